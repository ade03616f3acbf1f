//! What somebody does with a case.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::ResultCode;

/// What somebody does with a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Move {
    /// The applicant files a draft.
    Submit,
    /// An officer has put the defect of an irregular case right.
    Repair,
    /// A window or the system has looked at it before acceptance (预受理).
    PreAccept,
    /// A window or officer names everything that is missing.
    AskForSupplement,
    /// The applicant supplies it.
    Supplement,
    /// A window or the system accepts.
    Accept,
    /// A window does not accept, with a written reason (不予受理).
    RefuseAcceptance,
    /// The departments begin.
    Process,
    /// A special procedure begins that was asked for and approved: the clock stops.
    Stop,
    /// The special procedure ended with its result: the clock runs on.
    Resume,
    /// The head of the body extends the limit, once.
    Extend,
    /// What was to follow (容缺) did not come in time.
    Lapse,
    /// The approver, an officer or the system grants.
    Grant,
    /// The approver, an officer or the system refuses, with a reason.
    Refuse,
    /// The system closes with a result code.
    Close(ResultCode),
    /// The result is in the applicant's hands.
    Deliver,
    /// The applicant rates it.
    Rate,
    /// The system puts it into the archive.
    Archive,
    /// The applicant takes it back.
    Withdraw,
    /// An officer ends it, with a reason.
    Terminate,
}

impl Move {
    /// Every move, with every result code.
    pub fn all() -> impl Iterator<Item = Self> {
        let plain = [
            Self::Submit,
            Self::Repair,
            Self::PreAccept,
            Self::AskForSupplement,
            Self::Supplement,
            Self::Accept,
            Self::RefuseAcceptance,
            Self::Process,
            Self::Stop,
            Self::Resume,
            Self::Extend,
            Self::Lapse,
            Self::Grant,
            Self::Refuse,
            Self::Deliver,
            Self::Rate,
            Self::Archive,
            Self::Withdraw,
            Self::Terminate,
        ];
        let closes = ResultCode::ALL.map(Self::Close);
        plain.into_iter().chain(closes)
    }
}

impl fmt::Display for Move {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self {
            Self::Submit => "be filed",
            Self::Repair => "be repaired",
            Self::PreAccept => "be pre-accepted",
            Self::AskForSupplement => "be sent back for a supplement",
            Self::Supplement => "be supplemented",
            Self::Accept => "be accepted",
            Self::RefuseAcceptance => "be refused acceptance",
            Self::Process => "be processed",
            Self::Stop => "be stopped",
            Self::Resume => "be resumed",
            Self::Extend => "be extended",
            Self::Lapse => "lapse",
            Self::Grant => "be granted",
            Self::Refuse => "be refused",
            Self::Close(code) => return write!(to, "be closed as {}", code.number()),
            Self::Deliver => "be delivered",
            Self::Rate => "be rated",
            Self::Archive => "be archived",
            Self::Withdraw => "be withdrawn",
            Self::Terminate => "be terminated",
        };
        to.write_str(words)
    }
}
