//! A payload as text: decoded, wiped after use, harmless to show.

use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use encoding_rs::GB18030;
use serde_json::{Value, json};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The most bytes of one payload: the most characters a QR code holds.
pub const MAX_PAYLOAD: usize = 4296;

/// The same payload seen again within this time is the same presentation of it.
const REPEAT: Duration = Duration::from_secs(2);

/// Codes in sight at once, at most; the paper with the most of them is a card of three lines.
const IN_SIGHT: usize = 4;

/// What was scanned. Passed on as it is; it may be a token that identifies a person.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Code {
    text: String,
    symbology: Option<char>,
}

/// Why something scanned is no code. Holds nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rejection {
    /// Longer than [`MAX_PAYLOAD`] bytes.
    TooLong,
    /// Neither UTF-8 nor GB18030.
    Encoding,
    /// It broke off before its end.
    Unfinished,
    /// Keys that spell no text, or lost on the way.
    Keys,
}

impl Rejection {
    /// The stable name, as in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::TooLong => "too_long",
            Self::Encoding => "encoding",
            Self::Unfinished => "unfinished",
            Self::Keys => "keys",
        }
    }
}

impl Code {
    /// The text exactly as the code holds it, control characters and all. For programs, never
    /// for a screen, a log or a command line.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The symbology's letter (`Q` = QR) where the scanner sends AIM prefixes; else `None`.
    #[must_use]
    pub fn symbology(&self) -> Option<char> {
        self.symbology
    }

    /// Whether the text holds nothing that could act on a terminal or turn the order of
    /// characters around on a screen.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        !self.text.chars().any(acts)
    }

    /// The first `most` characters, fit for a screen: what acts is shown as U+FFFD, and a cut
    /// ends in an ellipsis.
    #[must_use]
    pub fn shown(&self, most: usize) -> String {
        let mut shown: String = self
            .text
            .chars()
            .take(most)
            .map(|c| {
                if acts(c) {
                    char::REPLACEMENT_CHARACTER
                } else {
                    c
                }
            })
            .collect();
        if self.text.chars().nth(most).is_some() {
            shown.push('…');
        }
        shown
    }

    /// The code as `kiosk device watch code-scanner` prints it; `*` without `reveal`.
    #[must_use]
    pub fn to_json(&self, reveal: bool) -> Value {
        let text = if reveal { self.text.as_str() } else { "*" };
        json!({"event": "code", "text": text})
    }
}

/// Controls, and the invisible characters that reorder or hide others.
fn acts(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{200B}'..='\u{200F}'
                | '\u{2028}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}'
                | '\u{FEFF}'
                | '\u{FFF9}'..='\u{FFFB}'
                | '\u{E0000}'..='\u{E007F}'
        )
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code([redacted])")
    }
}

/// Decodes a payload: UTF-8, else GB18030; an AIM prefix such as `]Q1` and a byte order mark
/// are taken off. `None` when nothing is left.
///
/// # Errors
/// [`Rejection::TooLong`] and [`Rejection::Encoding`].
pub fn decode(payload: &[u8]) -> Result<Option<Code>, Rejection> {
    if payload.len() > MAX_PAYLOAD {
        return Err(Rejection::TooLong);
    }
    let text = match std::str::from_utf8(payload) {
        Ok(text) => Zeroizing::new(text.to_owned()),
        Err(_) => Zeroizing::new(
            GB18030
                .decode_without_bom_handling_and_without_replacement(payload)
                .ok_or(Rejection::Encoding)?
                .into_owned(),
        ),
    };
    let (symbology, text) = aim(text.trim_start_matches('\u{FEFF}'));
    Ok((!text.is_empty()).then(|| Code {
        text: text.to_owned(),
        symbology,
    }))
}

/// Takes an AIM symbology identifier off: `]`, a letter, a digit or letter.
fn aim(text: &str) -> (Option<char>, &str) {
    let mut characters = text.chars();
    match (characters.next(), characters.next(), characters.next()) {
        (Some(']'), Some(letter), Some(modifier))
            if letter.is_ascii_alphabetic() && modifier.is_ascii_alphanumeric() =>
        {
            (Some(letter), characters.as_str())
        }
        _ => (None, text),
    }
}

/// Tells codes held before the window from those presented anew: a paper may have several in
/// sight, which are then seen in turn.
#[derive(Default)]
pub(super) struct Repeats {
    /// What was seen in the last two seconds and when last, oldest first.
    seen: VecDeque<(Zeroizing<String>, Duration)>,
}

impl Repeats {
    /// Whether `text` was not seen in the two seconds before `now`.
    pub(super) fn fresh(&mut self, now: Duration, text: &str) -> bool {
        self.expire(now);
        let known = self.seen.iter().position(|(seen, _)| seen.as_str() == text);
        match known.and_then(|at| self.seen.remove(at)) {
            Some((seen, _)) => {
                self.seen.push_back((seen, now));
                false
            }
            None => {
                self.seen.push_back((Zeroizing::new(text.to_owned()), now));
                if self.seen.len() > IN_SIGHT {
                    self.seen.pop_front();
                }
                true
            }
        }
    }

    /// Wipes what was seen before the last two seconds.
    pub(super) fn expire(&mut self, now: Duration) {
        self.seen
            .retain(|(_, seen)| now.saturating_sub(*seen) < REPEAT);
    }

    /// Wipes all of it.
    pub(super) fn forget(&mut self) {
        self.seen.clear();
    }
}
