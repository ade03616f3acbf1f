//! Fingers on a keypad, and what leans on one.

mod mutated;

use std::sync::mpsc;
use std::time::Duration;

use proptest::prelude::*;

use super::{Key, KeyMap, KeyMapError, Keypad, KeypadEvent, start};
use crate::input_event::SW_HEADPHONE_INSERT;
use crate::input_event::sim::SimKeys;
use crate::runner::{Driver, Fault, FaultKind, HealthState, Report};
use crate::sim_host::SimHost;
use crate::transport::memory::{MemoryLine, MemoryTransport};
use crate::transport::simulated::SimulatedDevice;
use crate::transport::{self, LineSettings};

const UP: u16 = 103;
const SELECT: u16 = 28;

struct Room {
    line: MemoryLine<SimKeys>,
    transport: MemoryTransport<SimKeys>,
    driver: Keypad,
    events: Vec<KeypadEvent>,
}

impl Room {
    fn new() -> Self {
        let line = MemoryLine::new(SimKeys::default(), None);
        let mut transport = line.open().unwrap();
        let mut driver = Keypad::new(KeyMap::default());
        driver.identify(&mut transport).unwrap();
        Self {
            line,
            transport,
            driver,
            events: Vec::new(),
        }
    }

    fn run(&mut self, seconds: f64) -> Vec<KeypadEvent> {
        let end = self.line.now() + Duration::from_secs_f64(seconds);
        while self.line.now() < end {
            let emit = &mut |event| self.events.push(event);
            self.driver
                .step(&mut self.transport, &mut || None, emit)
                .unwrap();
        }
        std::mem::take(&mut self.events)
    }
}

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

#[test]
fn keys_are_told_once_a_press_and_held_ones_as_held() {
    let mut room = Room::new();
    room.line.device(|keys| {
        keys.tap(UP, ms(10));
        keys.tap(SELECT, ms(200));
        keys.press(114, ms(200));
        keys.repeat(114, ms(250));
        keys.repeat(114, ms(33));
        keys.release(114, ms(20));
        // A key of no meaning here.
        keys.tap(30, ms(100));
    });
    assert_eq!(
        room.run(2.0),
        [
            KeypadEvent::Pressed(Key::Up),
            KeypadEvent::Pressed(Key::Select),
            KeypadEvent::Pressed(Key::VolumeDown),
            KeypadEvent::Held(Key::VolumeDown),
            KeypadEvent::Held(Key::VolumeDown),
        ]
    );
}

/// A release whose last bytes were lost reads as a repetition at the second second of a clock.
#[test]
fn a_key_that_has_just_gone_down_is_not_held_whatever_the_line_says() {
    let mut room = Room::new();
    room.line.device(|keys| {
        keys.press(UP, ms(10));
        keys.repeat(UP, ms(0));
        keys.repeat(UP, ms(50));
    });
    assert_eq!(room.run(1.0), [KeypadEvent::Pressed(Key::Up)]);
}

#[test]
fn a_contact_that_bounces_is_one_press() {
    let mut room = Room::new();
    room.line.device(|keys| {
        keys.tap(UP, ms(10));
        keys.tap(UP, ms(3));
        keys.tap(UP, ms(5));
        keys.tap(UP, ms(90));
    });
    assert_eq!(room.run(1.0), [KeypadEvent::Pressed(Key::Up); 2]);
    let counted = [("keys_pressed", 2), ("keys_bounced", 2), ("keys_lost", 0)];
    assert_eq!(room.driver.counters(), counted);
}

#[test]
fn a_key_something_leans_on_falls_silent_and_is_a_matter_for_a_hand() {
    let mut room = Room::new();
    room.line.device(|keys| {
        keys.press(UP, ms(10));
        for _ in 0..400 {
            keys.repeat(UP, ms(100));
        }
    });
    let events = room.run(40.2);
    assert!((290..=300).contains(&events.len()), "{}", events.len());
    let stuck = room.driver.condition();
    assert_eq!(
        (stuck.state, &*stuck.detail),
        (HealthState::UserError, "key_stuck")
    );
    room.line.device(|keys| {
        keys.release(UP, ms(10));
        keys.tap(UP, ms(100));
    });
    assert_eq!(room.run(1.0), [KeypadEvent::Pressed(Key::Up)]);
    assert_eq!(room.driver.condition().state, HealthState::Online);
}

#[test]
fn lost_events_leave_no_key_down() {
    let mut room = Room::new();
    room.line.device(|keys| {
        keys.press(UP, ms(10));
        keys.lose_events();
        keys.press(UP, ms(500));
    });
    assert_eq!(room.run(1.0), [KeypadEvent::Pressed(Key::Up); 2]);
}

#[test]
fn a_headphone_plug_is_told_and_withdrawn_with_the_keypad() {
    let mut room = Room::new();
    room.line.device(|keys| {
        keys.switch(SW_HEADPHONE_INSERT, true, ms(10));
        keys.switch(SW_HEADPHONE_INSERT, true, ms(10));
    });
    assert_eq!(room.run(0.5), [KeypadEvent::Headphones(true)]);
    let fault = Fault::new(FaultKind::LineLost, "read");
    let mut said = Vec::new();
    room.driver.failed(&fault, &mut |event| said.push(event));
    assert_eq!(said, [KeypadEvent::Headphones(false)]);
    room.driver.failed(&fault, &mut |event| said.push(event));
    assert_eq!(said.len(), 1);
}

#[test]
fn a_map_that_cannot_lead_a_visit_is_refused_with_the_reason() {
    let error = |text: &str| KeyMap::parse(text).unwrap_err();
    assert!(matches!(
        error("up = [1]\ndown = [2]"),
        KeyMapError::Missing(Key::Select)
    ));
    assert!(matches!(
        error("up = [1]\ndown = [2]\nselect = [2]"),
        KeyMapError::Twice(2)
    ));
    assert!(matches!(error("sideways = [1]"), KeyMapError::Toml(_)));
    assert!(matches!(error(&"#".repeat(20_000)), KeyMapError::TooLong));
    assert_eq!(
        error("up = [1]\ndown = [2]").to_string(),
        "reading the map of keys: no code for the key select"
    );
}

#[test]
fn a_map_is_read_from_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.toml");
    assert!(matches!(KeyMap::read(&path), Err(KeyMapError::Read { .. })));
    std::fs::write(&path, "up = [183]\ndown = [184]\nselect = [185]\n").unwrap();
    assert_eq!(KeyMap::read(&path).unwrap().key(185), Some(Key::Select));
}

#[test]
fn a_keypad_that_is_not_there_is_health() {
    for device in ["evdev:/dev/input/there-is-none", "hid:ffff:fffe"] {
        let (events, reports) = mpsc::channel();
        let selector = device.parse().unwrap();
        let thread = start(&selector, KeyMap::default(), events, tell).unwrap();
        while reports.recv_timeout(Duration::from_secs(10)).unwrap() != "no_device absent" {}
        thread.stop();
    }
}

fn tell(report: Report<KeypadEvent>) -> String {
    match report {
        Report::Identified(identity) => identity.name,
        Report::Health(health) => format!("{} {}", health.state.name(), health.detail),
        Report::Event(event) => event.to_json().to_string(),
    }
}

/// Says these bytes once.
struct Noise(Vec<u8>);

impl SimulatedDevice for Noise {
    fn receive(&mut self, _now: Duration, _bytes: &[u8]) {}

    fn next_due(&self) -> Option<Duration> {
        (!self.0.is_empty()).then_some(Duration::ZERO)
    }

    fn poll(&mut self, _now: Duration) -> Vec<u8> {
        std::mem::take(&mut self.0)
    }
}

proptest! {
    #[test]
    fn any_bytes_never_panic_and_hold_no_more_keys_than_there_are(
        bytes in prop::collection::vec(any::<u8>(), 0..3000),
    ) {
        let line = MemoryLine::new(Noise(bytes), None);
        let mut transport = line.open().unwrap();
        let mut driver = Keypad::new(KeyMap::default());
        driver.identify(&mut transport).unwrap();
        for _ in 0..20 {
            driver.step(&mut transport, &mut || None, &mut |_| {}).unwrap();
        }
        prop_assert!(driver.down.len() <= 14);
    }
}
