//! The suite of keypads.

use std::convert::Infallible;

use super::device::{Device, cable, silent};
use super::guide::Instruction;
use super::report::Level;
use super::session::{Found, Session};
use super::target::Target;
use crate::keypad::{self, Key, KeypadEvent};
use crate::runner::DeviceThread;
use crate::transport::{LineSettings, evdev};

/// The checks of the digits; a keypad without them has them skipped or left out of its map.
const DIGITS: [&str; 10] = [
    "key-digit-0",
    "key-digit-1",
    "key-digit-2",
    "key-digit-3",
    "key-digit-4",
    "key-digit-5",
    "key-digit-6",
    "key-digit-7",
    "key-digit-8",
    "key-digit-9",
];

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
        for key in target.keys.keys() {
            press(session, &mut keypad, key);
        }
        cable(session, &mut keypad);
    }
}

fn press(session: &mut Session<'_>, keypad: &mut Keypad<'_>, key: Key) {
    session.check(check_name(key), |session| {
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

fn check_name(key: Key) -> &'static str {
    match key {
        Key::Up => "key-up",
        Key::Down => "key-down",
        Key::Left => "key-left",
        Key::Right => "key-right",
        Key::Select => "key-select",
        Key::Back => "key-back",
        Key::Repeat => "key-repeat",
        Key::VolumeUp => "key-volume-up",
        Key::VolumeDown => "key-volume-down",
        Key::Help => "key-help",
        Key::Digit(digit) => DIGITS
            .get(usize::from(digit))
            .copied()
            .unwrap_or("key-digit"),
    }
}
