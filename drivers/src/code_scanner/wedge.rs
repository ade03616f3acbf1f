//! A scanner that types: keys of the US layout, ended by Enter, faster than any hand.

use std::time::Duration;

use zeroize::{Zeroize, Zeroizing};

use super::code::{MAX_PAYLOAD, Rejection};
use crate::input_event::{EV_KEY, EV_SYN, InputEvent, SYN_DROPPED};

/// Between two keys of a scanner; a hand is slower.
const KEY_GAP: Duration = Duration::from_millis(50);

/// First key code of a row, its characters, and those with Shift.
const ROWS: [(u16, &str, &str); 5] = [
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", "ASDFGHJKL:\"~"),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (57, " ", " "),
];

/// The keys of the number block that differ from their neighbours' order.
const NUMBER_BLOCK: (u16, &str) = (71, "789-456+1230.");

const SHIFTS: [u16; 2] = [42, 54];
const CAPS_LOCK: u16 = 58;
/// Control, Alt and the logo keys, left and right.
const MODIFIERS: [u16; 6] = [29, 97, 56, 100, 125, 126];
/// Enter, Enter of the number block, Tab.
const ENDS: [u16; 3] = [28, 96, 15];

/// The character of a key; `None` when it has none.
fn character(code: u16, shift: bool) -> Option<char> {
    let at = |first: u16, row: &str| {
        let index = usize::from(code.checked_sub(first)?);
        row.chars().nth(index)
    };
    match code {
        98 => return Some('/'),
        55 => return Some('*'),
        _ => {}
    }
    ROWS.iter()
        .find_map(|(first, plain, shifted)| at(*first, if shift { shifted } else { plain }))
        .or_else(|| at(NUMBER_BLOCK.0, NUMBER_BLOCK.1))
}

/// The key of a character and whether it needs Shift; line ends are Enter.
#[cfg(feature = "simulator")]
pub(crate) fn key_of(wanted: char) -> Option<(u16, bool)> {
    if wanted == '\n' {
        return Some((28, false));
    }
    ROWS.iter().find_map(|(first, plain, shifted)| {
        let at = |row: &str| {
            let index = row.chars().position(|character| character == wanted)?;
            Some(first + u16::try_from(index).ok()?)
        };
        let plain = at(plain).map(|code| (code, false));
        plain.or_else(|| at(shifted).map(|code| (code, true)))
    })
}

/// Codes out of keys. Holds one payload at most.
pub(super) struct Wedge {
    text: Zeroizing<String>,
    shift: bool,
    caps: bool,
    modifiers: u32,
    /// When a key last went down.
    last: Option<Duration>,
    spoiled: Option<Rejection>,
}

impl Default for Wedge {
    fn default() -> Self {
        Self {
            text: Zeroizing::new(String::with_capacity(MAX_PAYLOAD)),
            shift: false,
            caps: false,
            modifiers: 0,
            last: None,
            spoiled: None,
        }
    }
}

impl Wedge {
    /// Takes one event and says what it ended.
    pub(super) fn push(
        &mut self,
        event: InputEvent,
    ) -> Option<Result<Zeroizing<String>, Rejection>> {
        if (event.kind, event.value) == (EV_KEY, 1) {
            self.pressed(event.at);
        }
        match (event.kind, event.code) {
            (EV_SYN, SYN_DROPPED) => {
                // Releases may be among what was lost.
                self.shift = false;
                self.modifiers = 0;
                self.spoiled = Some(Rejection::Keys);
                None
            }
            (EV_KEY, code) if SHIFTS.contains(&code) => {
                self.shift = event.value != 0;
                None
            }
            (EV_KEY, code) if MODIFIERS.contains(&code) => {
                match event.value {
                    0 => self.modifiers = self.modifiers.saturating_sub(1),
                    1 => self.modifiers = self.modifiers.saturating_add(1),
                    _ => {}
                }
                None
            }
            (EV_KEY, code) if event.value == 1 => self.key(code),
            _ => None,
        }
    }

    /// Notes a key that went down at `at`, on the kernel's clock.
    ///
    /// What came before a pause that no scanner makes is of a hand, or of a scan that broke off:
    /// its text is forgotten, and what it holds, whose release may have been lost.
    fn pressed(&mut self, at: Duration) {
        if self.last.is_some_and(|last| at.abs_diff(last) > KEY_GAP) {
            self.reset();
        }
        self.last = Some(at);
    }

    fn key(&mut self, code: u16) -> Option<Result<Zeroizing<String>, Rejection>> {
        if ENDS.contains(&code) {
            let ended = match self.spoiled {
                Some(rejection) => Some(Err(rejection)),
                None if self.text.is_empty() => None,
                None => Some(Ok(self.text.clone())),
            };
            self.clear();
            return ended;
        }
        if code == CAPS_LOCK {
            self.caps = !self.caps;
            return None;
        }
        match character(code, self.shift) {
            Some(_) | None if self.modifiers > 0 => self.spoil(Rejection::Keys),
            None => self.spoil(Rejection::Keys),
            Some(_) if self.text.len() >= MAX_PAYLOAD => self.spoil(Rejection::TooLong),
            Some(letter) if self.caps && letter.is_ascii_lowercase() => {
                self.text.push(letter.to_ascii_uppercase());
            }
            Some(letter) if self.caps && letter.is_ascii_uppercase() => {
                self.text.push(letter.to_ascii_lowercase());
            }
            Some(letter) => self.text.push(letter),
        }
        None
    }

    fn spoil(&mut self, rejection: Rejection) {
        self.spoiled.get_or_insert(rejection);
    }

    /// Forgets what was typed so far.
    fn clear(&mut self) {
        self.text.zeroize();
        self.spoiled = None;
    }

    /// Forgets which keys are held too, as after the device was opened anew.
    pub(super) fn reset(&mut self) {
        self.clear();
        self.shift = false;
        self.caps = false;
        self.modifiers = 0;
        self.last = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_printable_character_has_its_key() {
        for wanted in ' '..='~' {
            let (code, shift) = key_of(wanted).unwrap();
            assert_eq!(character(code, shift), Some(wanted));
        }
        assert_eq!(character(44, false), Some('z'));
        assert_eq!(character(79, false), Some('1'));
        assert_eq!(character(59, false), None);
    }
}
