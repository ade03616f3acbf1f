//! The behaviour of a keypad: bouncing contacts, held keys, a key that is stuck.

use std::convert::Infallible;
use std::time::Duration;

use super::map::{Key, KeyMap};
use crate::input_event::{
    EV_KEY, EV_SW, EV_SYN, InputEvent, InputEvents, SIZE, SW_HEADPHONE_INSERT, SYN_DROPPED,
};
use crate::runner::{Condition, Driver, Fault, HealthState, Identity};
use crate::transport::Transport;

/// How long a round lasts when nothing is pressed.
const ROUND: Duration = Duration::from_millis(100);

/// A contact may bounce for this long after it opened.
const BOUNCE: Duration = Duration::from_millis(25);

/// The kernel repeats a key no sooner than this after it went down, and usually after 250 ms.
const REPEATS: Duration = Duration::from_millis(100);

/// A key held for longer is stuck: something leans on it.
const STUCK: Duration = Duration::from_secs(30);

/// What a keypad has to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeypadEvent {
    /// A key went down.
    Pressed(Key),
    /// A key is still held; the kernel says so about thirty times a second.
    Held(Key),
    /// A plug was put into the headphone socket (`true`) or pulled out.
    Headphones(bool),
}

impl KeypadEvent {
    /// The event as `kiosk device watch keypad` prints it.
    #[must_use]
    pub fn to_json(self) -> serde_json::Value {
        match self {
            Self::Pressed(key) => serde_json::json!({"event": "key", "key": key.name()}),
            Self::Held(key) => serde_json::json!({"event": "held", "key": key.name()}),
            Self::Headphones(plugged) => {
                serde_json::json!({"event": "headphones", "plugged": plugged})
            }
        }
    }
}

/// A key that is down.
#[derive(Clone, Copy)]
pub(super) struct Down {
    code: u16,
    since: Duration,
    /// When it went down on the kernel's clock.
    at: Duration,
}

/// The driver of one keypad.
pub struct Keypad {
    map: KeyMap,
    events: InputEvents,
    /// At most one entry a code of the map.
    pub(super) down: Vec<Down>,
    /// The last code released and when, on the kernel's clock.
    released: Option<(u16, Duration)>,
    headphones: Option<bool>,
    stuck: bool,
    tally: Tally,
}

/// What is counted since the driver was made; never which keys.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    pressed: u64,
    bounced: u64,
    /// The kernel's buffer ran over.
    overrun: u64,
}

impl Keypad {
    /// A keypad whose key codes `map` explains.
    #[must_use]
    pub fn new(map: KeyMap) -> Self {
        Self {
            map,
            events: InputEvents::default(),
            down: Vec::new(),
            released: None,
            headphones: None,
            stuck: false,
            tally: Tally::default(),
        }
    }

    fn event(&mut self, now: Duration, event: InputEvent) -> Option<KeypadEvent> {
        match (event.kind, event.code) {
            (EV_SYN, SYN_DROPPED) => {
                // Releases may be among what was lost.
                self.down.clear();
                self.tally.overrun += 1;
                None
            }
            (EV_SW, SW_HEADPHONE_INSERT) => {
                let plugged = event.value != 0;
                (self.headphones.replace(plugged) != Some(plugged))
                    .then_some(KeypadEvent::Headphones(plugged))
            }
            (EV_KEY, code) => {
                let key = self.map.key(code)?;
                match event.value {
                    0 => {
                        self.down.retain(|down| down.code != code);
                        self.released = Some((code, event.at));
                        None
                    }
                    1 => self
                        .press(now, code, event.at)
                        .then_some(KeypadEvent::Pressed(key)),
                    2 => self
                        .held(now, code, event.at)
                        .then_some(KeypadEvent::Held(key)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Notes a key that went down; `false` for a contact that only bounced.
    fn press(&mut self, now: Duration, code: u16, at: Duration) -> bool {
        let bounced = self
            .released
            .is_some_and(|(last, open)| last == code && at.saturating_sub(open) < BOUNCE);
        if self.down.iter().any(|down| down.code == code) {
            return false;
        }
        let since = now;
        self.down.push(Down { code, since, at });
        self.tally.bounced += u64::from(bounced);
        self.tally.pressed += u64::from(!bounced);
        !bounced
    }

    /// Whether a key that is said to repeat is held: one that has just gone down is not yet.
    fn held(&self, now: Duration, code: u16, at: Duration) -> bool {
        let mut down = self.down.iter().filter(|down| down.code == code);
        down.any(|down| {
            now.saturating_sub(down.since) < STUCK && at.saturating_sub(down.at) >= REPEATS
        })
    }
}

impl Driver for Keypad {
    type Command = Infallible;
    type Event = KeypadEvent;

    fn identify(&mut self, _line: &mut dyn Transport) -> Result<Identity, Fault> {
        self.events.clear();
        self.down.clear();
        self.released = None;
        self.stuck = false;
        Ok(Identity {
            name: "keypad".to_owned(),
            detail: None,
        })
    }

    fn step(
        &mut self,
        line: &mut dyn Transport,
        _commands: &mut dyn FnMut() -> Option<Infallible>,
        emit: &mut dyn FnMut(KeypadEvent),
    ) -> Result<(), Fault> {
        let deadline = line.now() + ROUND;
        // Whole input events only; the kernel refuses a smaller buffer.
        let mut buffer = [0; 32 * SIZE];
        let count = line.read(&mut buffer, deadline)?;
        let now = line.now();
        if count == 0 {
            // The kernel gives whole events: half of one that is followed by quiet lost the rest.
            self.events.clear();
        }
        let mut arrived = Vec::new();
        self.events
            .push(buffer.get(..count).unwrap_or_default(), &mut |event| {
                arrived.push(event)
            });
        for event in arrived {
            if let Some(event) = self.event(now, event) {
                emit(event);
            }
        }
        self.stuck = self
            .down
            .iter()
            .any(|down| now.saturating_sub(down.since) >= STUCK);
        Ok(())
    }

    fn counters(&self) -> Vec<(&'static str, u64)> {
        let tally = self.tally;
        vec![
            ("keys_pressed", tally.pressed),
            ("keys_bounced", tally.bounced),
            ("keys_lost", tally.overrun),
        ]
    }

    fn condition(&self) -> Condition {
        if self.stuck {
            Condition::new(HealthState::UserError, "key_stuck")
        } else {
            Condition::ONLINE
        }
    }

    /// A headphone in a socket that cannot be seen any more counts as pulled out.
    fn failed(&mut self, _fault: &Fault, emit: &mut dyn FnMut(KeypadEvent)) {
        self.events.clear();
        self.down.clear();
        self.stuck = false;
        if self.headphones.take() == Some(true) {
            emit(KeypadEvent::Headphones(false));
        }
    }

    fn refuse(&mut self, command: Infallible, _fault: &Fault, _emit: &mut dyn FnMut(KeypadEvent)) {
        match command {}
    }
}
