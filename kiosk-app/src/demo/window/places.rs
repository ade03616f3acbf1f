//! Tells what can be pressed in the demonstration's windows, so that a program can press it with
//! the pointer of the display as a person would.

use std::cell::RefCell;
use std::time::Duration;

use kiosk_ui::{AppWindow, FaultPanel, Frame};
use serde::Serialize;
use slint::{ComponentHandle, Timer, TimerMode};

use crate::audit::{Pressable, pressable};

/// How often is looked.
const LOOK: Duration = Duration::from_millis(100);

/// The two windows, as they stand.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Places {
    /// Kind of the page on the kiosk's screen.
    page: String,
    /// Width and height of the kiosk's window in pixels.
    size: (u32, u32),
    /// What can be pressed in the kiosk's window.
    kiosk: Vec<Pressable>,
    /// What can be pressed on the panel.
    panel: Vec<Pressable>,
}

/// Tells the places whenever they are others than before, until the timer is dropped.
pub(super) fn watch(window: &AppWindow, panel: &FaultPanel, tell: fn(&Places)) -> Timer {
    let (window, panel) = (window.as_weak(), panel.as_weak());
    let told = RefCell::new(None);
    let timer = Timer::default();
    timer.start(TimerMode::Repeated, LOOK, move || {
        let (Some(window), Some(panel)) = (window.upgrade(), panel.upgrade()) else {
            return;
        };
        let size = window.window().size();
        let places = Places {
            page: format!("{:?}", window.global::<Frame>().get_page()),
            size: (size.width, size.height),
            kiosk: pressable(window.window()),
            panel: pressable(panel.window()),
        };
        if told.borrow().as_ref() != Some(&places) {
            tell(&places);
            told.replace(Some(places));
        }
    });
    timer
}
