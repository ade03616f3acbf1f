//! The kernel's `struct input_event`, as read from an evdev node: keys and switches.
//!
//! Pure bytes; [`crate::transport`] opens the node, and a test or a simulator feeds the same
//! bytes without one. Source: `linux/input.h`, `linux/input-event-codes.h`.

use std::time::Duration;

/// `EV_SYN`: the end of a group of events.
pub const EV_SYN: u16 = 0;
/// `EV_KEY`: a key; value 0 released, 1 pressed, 2 repeated by the kernel.
pub const EV_KEY: u16 = 1;
/// `EV_SW`: a switch; value 0 off, 1 on.
pub const EV_SW: u16 = 5;
/// `SYN_DROPPED`: the kernel's buffer ran over and events are missing.
pub const SYN_DROPPED: u16 = 3;
/// `SW_HEADPHONE_INSERT`.
pub const SW_HEADPHONE_INSERT: u16 = 2;

/// Bytes of one event: two words of time, type, code and value.
pub const SIZE: usize = 2 * WORD + 8;

const WORD: usize = size_of::<usize>();

/// One event of an input device.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct InputEvent {
    /// The kernel's time of it; only differences mean anything.
    pub at: Duration,
    /// [`EV_SYN`], [`EV_KEY`], [`EV_SW`] or another kind.
    pub kind: u16,
    /// Which key or switch.
    pub code: u16,
    /// What happened to it.
    pub value: i32,
}

/// Keys may spell what a person typed.
impl std::fmt::Debug for InputEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "InputEvent({}, [redacted])", self.kind)
    }
}

impl InputEvent {
    /// The event's bytes as the kernel writes them.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let word = |number: u64| number.to_ne_bytes();
        let mut bytes = Vec::with_capacity(SIZE);
        for number in [self.at.as_secs(), u64::from(self.at.subsec_micros())] {
            let eight = word(number);
            let part = if cfg!(target_endian = "big") {
                eight.get(8 - WORD..)
            } else {
                eight.get(..WORD)
            };
            bytes.extend_from_slice(part.unwrap_or_default());
        }
        bytes.extend(self.kind.to_ne_bytes());
        bytes.extend(self.code.to_ne_bytes());
        bytes.extend(self.value.to_ne_bytes());
        bytes
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let word = |at: usize| {
            let part = bytes.get(at..at + WORD)?;
            Some(usize::from_ne_bytes(part.try_into().ok()?) as u64)
        };
        let half = |at: usize| {
            let part = bytes.get(at..at + 2)?;
            Some(u16::from_ne_bytes(part.try_into().ok()?))
        };
        let micros = word(WORD)?.min(999_999);
        Some(Self {
            at: Duration::from_secs(word(0)?) + Duration::from_micros(micros),
            kind: half(2 * WORD)?,
            code: half(2 * WORD + 2)?,
            value: i32::from_ne_bytes(bytes.get(2 * WORD + 4..SIZE)?.try_into().ok()?),
        })
    }
}

/// Puts events together from bytes split anywhere; holds less than one event.
#[derive(Default)]
pub struct InputEvents {
    partial: zeroize::Zeroizing<Vec<u8>>,
}

impl InputEvents {
    /// Takes `bytes` and hands every whole event to `each`.
    pub fn push(&mut self, bytes: &[u8], each: &mut dyn FnMut(InputEvent)) {
        let mut rest = bytes;
        while !rest.is_empty() {
            let missing = SIZE - self.partial.len();
            let (part, later) = rest.split_at(missing.min(rest.len()));
            self.partial.extend_from_slice(part);
            rest = later;
            if self.partial.len() == SIZE {
                if let Some(event) = InputEvent::decode(&self.partial) {
                    each(event);
                }
                self.partial.clear();
            }
        }
    }

    /// Forgets half an event, as after the line was opened anew.
    pub fn clear(&mut self) {
        zeroize::Zeroize::zeroize(&mut *self.partial);
    }
}

#[cfg(feature = "simulator")]
pub mod sim {
    //! A keyboard or keypad that exists as a program: keys pressed with their times, as bytes.

    use std::time::Duration;

    use super::{EV_KEY, EV_SW, EV_SYN, InputEvent, SYN_DROPPED};
    use crate::transport::outgoing::Outgoing;
    use crate::transport::simulated::SimulatedDevice;

    /// The simulated input device. What is done to it happens one after the other.
    #[derive(Default)]
    pub struct SimKeys {
        outgoing: Outgoing,
        clock: Duration,
    }

    impl SimKeys {
        /// Presses and releases `code` after `gap`.
        pub fn tap(&mut self, code: u16, gap: Duration) {
            self.press(code, gap);
            self.release(code, Duration::ZERO);
        }

        /// Presses `code` after `gap` and holds it.
        pub fn press(&mut self, code: u16, gap: Duration) {
            self.event(EV_KEY, code, 1, gap);
        }

        /// Releases `code` after `gap`.
        pub fn release(&mut self, code: u16, gap: Duration) {
            self.event(EV_KEY, code, 0, gap);
        }

        /// The kernel's repetition of a held `code` after `gap`.
        pub fn repeat(&mut self, code: u16, gap: Duration) {
            self.event(EV_KEY, code, 2, gap);
        }

        /// Sets the switch `code` after `gap`.
        pub fn switch(&mut self, code: u16, on: bool, gap: Duration) {
            self.event(EV_SW, code, i32::from(on), gap);
        }

        /// The kernel's buffer runs over.
        pub fn lose_events(&mut self) {
            self.event(EV_SYN, SYN_DROPPED, 0, Duration::ZERO);
        }

        /// Types `text` with `gap` before every key, in the US layout; other characters are left out.
        pub fn type_text(&mut self, text: &str, gap: Duration) {
            for character in text.chars() {
                let Some((code, shift)) = crate::code_scanner::key_of(character) else {
                    continue;
                };
                if shift {
                    self.press(42, Duration::ZERO);
                }
                self.tap(code, gap);
                if shift {
                    self.release(42, Duration::ZERO);
                }
            }
        }

        fn event(&mut self, kind: u16, code: u16, value: i32, gap: Duration) {
            self.clock += gap;
            let event = InputEvent {
                at: self.clock,
                kind,
                code,
                value,
            };
            let end = InputEvent {
                kind: EV_SYN,
                code: 0,
                value: 0,
                ..event
            };
            let mut bytes = event.encode();
            bytes.extend(end.encode());
            self.outgoing.push(self.clock, bytes);
        }
    }

    impl SimulatedDevice for SimKeys {
        fn receive(&mut self, _now: Duration, _bytes: &[u8]) {}

        fn next_due(&self) -> Option<Duration> {
            self.outgoing.next_due()
        }

        fn poll(&mut self, now: Duration) -> Vec<u8> {
            self.clock = self.clock.max(now);
            self.outgoing.take(now)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_event_reads_back_as_the_kernel_writes_it() {
        let event = InputEvent {
            at: Duration::from_micros(1_700_000_000_123_456),
            kind: EV_KEY,
            code: 30,
            value: -2,
        };
        let bytes = event.encode();
        assert_eq!(bytes.len(), SIZE);
        let mut events = InputEvents::default();
        let mut seen = Vec::new();
        for byte in &bytes {
            events.push(&[*byte], &mut |event| seen.push(event));
        }
        assert_eq!(seen, [event]);
        assert_eq!(format!("{event:?}"), "InputEvent(1, [redacted])");
    }

    proptest! {
        #[test]
        fn any_bytes_give_a_bounded_number_of_events(bytes in prop::collection::vec(any::<u8>(), 0..500)) {
            let mut events = InputEvents::default();
            let mut count = 0;
            events.push(&bytes, &mut |_| count += 1);
            prop_assert_eq!(count, bytes.len() / SIZE);
            prop_assert!(events.partial.len() < SIZE);
        }
    }
}
