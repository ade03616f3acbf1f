//! Walking from element to element without a finger: the markup's own keyboard focus, whose ring
//! is drawn around the element.

use slint::platform::{Key, WindowEvent};
use slint::{ComponentHandle, SharedString};

use super::View;
use crate::shell::Walk;

impl View {
    /// Walks on, back, or touches the element walked to; nothing happens once the window is gone.
    pub fn walk(&self, walk: Walk) {
        let Some(window) = self.window.upgrade() else {
            return;
        };
        let key: SharedString = match walk {
            Walk::Before => Key::Backtab.into(),
            Walk::After => Key::Tab.into(),
            Walk::Take => Key::Return.into(),
        };
        let text = key.clone();
        for event in [
            WindowEvent::KeyPressed { text },
            WindowEvent::KeyReleased { text: key },
        ] {
            // A window that is being closed takes no keys.
            drop(window.window().dispatch_event_with_result(event));
        }
    }
}
