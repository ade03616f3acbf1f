//! What the service asks of the shell, and the answers.

use super::facts::{CheckFacts, ServiceFacts, TestFacts, TestLevel};
use crate::person::Secret;

/// What to do for the service.
#[derive(Clone, Debug)]
pub enum Errand {
    /// Say whether the entrance is open; answered by [`Answer::Pin`].
    Entrance,
    /// Compare this PIN; answered by [`Answer::Pin`].
    CheckPin(Secret),
    /// Gather everything; answered by [`Answer::Facts`].
    Look,
    /// Test a device, which is taken out of use meanwhile; answered by [`Answer::Guide`] for each
    /// thing the technician is to do, by [`Answer::Checked`] for each check, and by
    /// [`Answer::Tested`] at the end.
    Test {
        /// Kind of the device.
        kind: &'static str,
        /// How thoroughly.
        level: TestLevel,
    },
    /// What the technician says to the instruction of the test under way; not answered itself.
    Guided(GuideReply),
    /// A new roll of this length is in the receipt printer; answered by [`Answer::RollKept`].
    PaperReplaced {
        /// Metres.
        metres: u16,
    },
    /// The service was left: nothing of it is wanted any more. Not answered.
    Leave,
}

/// The technician's answer to an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuideReply {
    /// It was done.
    Done,
    /// It cannot be done; this check is skipped.
    Skip,
    /// The whole test is ended.
    Stop,
}

/// The shell's answers.
#[derive(Clone, Debug)]
pub enum Answer {
    /// To [`Errand::Entrance`] and [`Errand::CheckPin`].
    Pin(PinAnswer),
    /// To [`Errand::Look`].
    Facts(Box<ServiceFacts>),
    /// The test waits for the technician to do this: the key of an instruction, and a value such
    /// as the key to press; empty when there is none.
    Guide((&'static str, String)),
    /// A check of the test under way has ended.
    Checked(CheckFacts),
    /// To [`Errand::Test`].
    Tested(Box<TestFacts>),
    /// To [`Errand::PaperReplaced`]: whether it was kept.
    RollKept(bool),
}

/// How the entrance stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinAnswer {
    /// A PIN is asked for.
    Ask,
    /// It is the technician's.
    Right,
    /// It is not; so many more tries until a lock-out.
    Wrong {
        /// Tries left.
        left: u8,
    },
    /// Locked for so long.
    Locked {
        /// Seconds.
        seconds: u32,
    },
    /// Locked until it is unlocked at the machine itself.
    LockedHard,
    /// No PIN was ever set: there is no way in.
    NoneSet,
    /// The try could not be counted or compared.
    Failed,
}

impl Answer {
    /// The kind of answer without any value.
    #[must_use]
    pub fn shape(&self) -> &'static str {
        match self {
            Self::Pin(_) => "pin",
            Self::Facts(_) => "facts",
            Self::Guide(_) => "guide",
            Self::Checked(_) => "checked",
            Self::Tested(_) => "tested",
            Self::RollKept(_) => "roll",
        }
    }
}
