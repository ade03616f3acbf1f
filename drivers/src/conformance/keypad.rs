//! The suite of keypads.

use std::convert::Infallible;

use super::device::{Device, cable, silent};
use super::guide::Instruction;
use super::report::Level;
use super::session::{Found, Session};
use super::target::Target;
use crate::keypad::{self, Key, KeyMap, KeypadEvent};
use crate::runner::DeviceThread;
use crate::transport::{LineSettings, evdev};

type Keypad<'a> = Device<'a, DeviceThread<Infallible>, KeypadEvent>;

pub(super) fn suite(target: &Target, session: &mut Session<'_>) {
    let mut keypad: Keypad<'_> = Device::new(|events| {
        keypad::start(&target.selector, target.keys.clone(), events, |report| {
            report
        })
    })
    .on(|| evdev::open_selector(&target.selector, LineSettings::default()));
    if !silent(session, &mut keypad) {
        return;
    }
    if session.reaches(Level::Active) {
        session.leave_out("works", "a keypad does nothing by itself");
    }
    if session.reaches(Level::Guided) {
        // The kernel's own names have digits; most keypads have none, and those that have say so
        // in their map.
        let usual = target.keys == KeyMap::default();
        for key in target.keys.keys() {
            if !(usual && matches!(key, Key::Digit(_))) {
                press(session, &mut keypad, key);
            }
        }
        cable(session, &mut keypad);
    }
}

fn press(session: &mut Session<'_>, keypad: &mut Keypad<'_>, key: Key) {
    session.check(key.name(), |session| {
        keypad.forget();
        if let Err(found) = session.ask(Instruction::PressKey(key)) {
            return found;
        }
        let limit = session.limit(|limits| limits.notice);
        let pressed = keypad.until(limit, |keypad| {
            keypad.take(|event| match event {
                KeypadEvent::Pressed(pressed) => Some(pressed),
                KeypadEvent::Held(_) | KeypadEvent::Headphones(_) => None,
            })
        });
        match pressed {
            Ok(pressed) if pressed == key => Found::Passed(String::new()),
            Ok(pressed) => Found::Failed(format!("{} came instead", pressed.name())),
            Err(reason) => Found::Failed(reason),
        }
    });
}
