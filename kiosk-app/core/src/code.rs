//! What is held before the code scanner: data for the page that asked for it, never a command.

use crate::availability::DeviceState;
use crate::effect::Effect;
use crate::kiosk::Kiosk;
use crate::person::Secret;
use crate::steps::Step;

/// Longest text of a code that a page takes, in characters: no number asked here is longer.
pub(crate) const LONGEST: usize = 64;

/// What the code scanner read; zeroed when dropped, never printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Code {
    /// A receipt number whose check character is right.
    Receipt(Secret),
    /// The number of a travel document, all of whose check digits are right.
    Travel(Secret),
    /// Any other text.
    Text(Secret),
    /// A machine-readable zone whose check digits do not agree.
    Doubtful,
    /// No text, or one that broke off.
    Unreadable,
}

impl Code {
    /// The kind of code without its content, for the visit's record.
    #[must_use]
    pub fn shape(&self) -> &'static str {
        match self {
            Self::Receipt(_) => "receipt",
            Self::Travel(_) => "travel",
            Self::Text(_) => "text",
            Self::Doubtful => "doubtful",
            Self::Unreadable => "unreadable",
        }
    }
}

/// Why a code did not help on the page that asked for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeTrouble {
    /// It holds no receipt number.
    NoReceipt,
    /// None of the person's matters has this number.
    NotMine,
    /// It holds no number that can be taken here.
    NoNumber,
    /// It is not the code of a booking.
    NoBooking,
    /// The check digits do not agree.
    Doubtful,
    /// It could not be read.
    Unreadable,
}

/// The page asks for something a code can carry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CodeAsk {
    /// What was wrong with the last code; `None` when nothing was.
    pub trouble: Option<CodeTrouble>,
}

/// The same number however it is grouped or typed.
pub(crate) fn same_number(one: &str, other: &str) -> bool {
    let plain = |text: &str| -> String {
        let characters = text.chars().filter(char::is_ascii_alphanumeric);
        characters.map(|c| c.to_ascii_uppercase()).collect()
    };
    let one = plain(one);
    !one.is_empty() && one == plain(other)
}

impl Kiosk {
    /// What the page asks of the code scanner; `None` where it asks for nothing or there is none.
    pub(crate) fn code_ask(&self) -> Option<CodeAsk> {
        let asked = self.devices.code_scanner == DeviceState::Ready
            && self.above.is_none()
            && match &self.step {
                Step::Start => self.takes_receipts(),
                Step::Matters(list) => list.known(),
                Step::Identify(identify) => identify.takes_booking(),
                Step::Question(question) => question.takes_code(),
                _ => false,
            };
        asked.then_some(CodeAsk {
            trouble: self.code_trouble,
        })
    }

    /// Tells the shell when the scanner is to look for codes, and when no longer.
    pub(crate) fn listen(&mut self) {
        let codes = self.code_ask().is_some();
        if codes != self.listening {
            self.listening = codes;
            self.effect(Effect::Listen { codes });
        }
    }

    /// A code on a page that asked for none is dropped.
    pub(crate) fn code(&mut self, code: Code) {
        if self.code_ask().is_none() {
            return;
        }
        let before = self.code_trouble.take();
        match &self.step {
            Step::Start => self.start_code(code),
            Step::Matters(_) => self.matters_code(&code),
            Step::Identify(_) => self.booking_code(code),
            Step::Question(_) => self.question_code(&code),
            _ => {}
        }
        // The same trouble again may be a paper that was left before the window.
        if before.is_none() || before != self.code_trouble {
            self.touched();
        }
    }

    /// What was wrong with a code is said until the page changes or another code comes.
    pub(crate) fn code_is(&mut self, trouble: CodeTrouble) {
        self.code_trouble = Some(trouble);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_the_same_however_it_is_grouped() {
        assert!(same_number("K2Q2-2222-2222", "k2q222222222"));
        assert!(!same_number("K2Q2-2222-2222", "K2Q2-2222-2223"));
        assert!(!same_number("-", "–"), "nothing is no number");
    }

    #[test]
    fn a_code_never_prints() {
        let code = Code::Travel(Secret::new("E00000000"));
        assert!(!format!("{code:?}").contains("E0"));
    }
}
