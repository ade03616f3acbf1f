//! The person who lends a hand in a guided run.

use std::fmt;

use super::report::Check;
use crate::cabinet::Signal;
use crate::keypad::Key;

/// What a person is asked to do. The device must have noticed soon after it was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Instruction {
    /// Lay a card on the reader.
    LayCard,
    /// Take the card away.
    TakeCardAway,
    /// Open the cover.
    OpenCover,
    /// Close the cover.
    CloseCover,
    /// Take the paper out.
    TakePaperOut,
    /// Put paper in and close the cover.
    PutPaperIn,
    /// Cut the paper off before the head so that it ends in the middle of the next slip.
    CutPaperShort,
    /// Take the slip that comes out.
    TakeSlip,
    /// Hold a code before the window.
    ShowCode,
    /// Press and release this key.
    PressKey(Key),
    /// Lay a page on the glass.
    LayPaper,
    /// Bring a switch or sensor of the cabinet into this state.
    Switch {
        /// Which.
        signal: Signal,
        /// The state wanted.
        on: bool,
    },
    /// Pull the device's cable.
    PullCable,
    /// Plug it in again.
    PlugCable,
}

impl Instruction {
    /// The stable name, for translations.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::LayCard => "lay-card",
            Self::TakeCardAway => "take-card-away",
            Self::OpenCover => "open-cover",
            Self::CloseCover => "close-cover",
            Self::TakePaperOut => "take-paper-out",
            Self::PutPaperIn => "put-paper-in",
            Self::CutPaperShort => "cut-paper-short",
            Self::TakeSlip => "take-slip",
            Self::ShowCode => "show-code",
            Self::PressKey(_) => "press-key",
            Self::LayPaper => "lay-paper",
            Self::Switch { .. } => "switch",
            Self::PullCable => "pull-cable",
            Self::PlugCable => "plug-cable",
        }
    }
}

impl fmt::Display for Instruction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LayCard => f.write_str("Lay a card on the reader and leave it there."),
            Self::TakeCardAway => f.write_str("Take the card away."),
            Self::OpenCover => f.write_str("Open the cover."),
            Self::CloseCover => f.write_str("Close the cover."),
            Self::TakePaperOut => f.write_str("Take the paper out and close the cover."),
            Self::PutPaperIn => f.write_str("Put paper in and close the cover."),
            Self::CutPaperShort => f.write_str(
                "Cut the paper between roll and head so that about 5 cm are left, and close the cover.",
            ),
            Self::TakeSlip => f.write_str("Take the slip."),
            Self::ShowCode => f.write_str("Hold a bar code or QR code before the window."),
            Self::PressKey(key) => write!(f, "Press the key {} once.", key.name()),
            Self::LayPaper => f.write_str("Lay a page on the glass."),
            Self::Switch { signal, on } => f.write_str(switch_words(*signal, *on)),
            Self::PullCable => f.write_str("Pull the device's cable."),
            Self::PlugCable => f.write_str("Plug the cable in again."),
        }
    }
}

fn switch_words(signal: Signal, on: bool) -> &'static str {
    match (signal, on) {
        (Signal::Presence, true) => "Stand before the kiosk.",
        (Signal::Presence, false) => "Step out of the presence sensor's sight.",
        (Signal::Door, true) => "Open the service door.",
        (Signal::Door, false) => "Close the service door.",
        (Signal::Cover, true) => "Open the cabinet's cover.",
        (Signal::Cover, false) => "Close the cabinet's cover.",
        (Signal::Headphones, true) => "Put a plug into the headphone socket.",
        (Signal::Headphones, false) => "Pull the plug out of the headphone socket.",
        (Signal::Mains, true) => "Switch the mains of the UPS on.",
        (Signal::Mains, false) => "Switch the mains of the UPS off.",
        (Signal::BatteryLow, true) => "Let the UPS report a low battery.",
        (Signal::BatteryLow, false) => "Let the UPS report a good battery.",
    }
}

/// What a person answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Answer {
    /// It is done.
    Done,
    /// Leave this one out.
    Skip,
    /// End the run.
    Stop,
}

/// Somebody who does what devices live through.
pub trait Guide {
    /// Asks for `instruction` and waits for the answer.
    fn ask(&mut self, instruction: Instruction) -> Answer;

    /// Is told how a check ended, as soon as it did.
    fn ended(&mut self, _check: &Check) {}
}

/// Nobody: everything that needs a hand is left out.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoGuide;

impl Guide for NoGuide {
    fn ask(&mut self, _instruction: Instruction) -> Answer {
        Answer::Skip
    }
}
