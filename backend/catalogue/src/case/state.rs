//! Where a case stands.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::ResultCode;

closed_list! {
    /// Where a case stands; the name is for the database and the wire.
    State {
        /// 暂存: kept by the applicant, not filed.
        Draft = "draft",
        /// 已申报: received, not accepted yet.
        Submitted = "submitted",
        /// Received with a defect that only an officer can put right; the resident has gone.
        Irregular = "irregular",
        /// 预受理: looked at, not accepted yet.
        PreAccepted = "pre_accepted",
        /// 补正告知: everything missing was named at once.
        Correction = "correction",
        /// 补正受理: the missing parts came.
        Corrected = "corrected",
        /// 不予受理: not accepted, with a written reason.
        NotAccepted = "not_accepted",
        /// 受理: accepted.
        Accepted = "accepted",
        /// 办理中: departments work on it.
        Processing = "processing",
        /// 特别程序: the clock stands.
        Special = "special",
        /// 延期: departments work on it, with the limit extended.
        Extended = "extended",
        /// 准予: granted.
        DecidedGranted = "decided_granted",
        /// 不予: refused.
        DecidedRefused = "decided_refused",
        /// 办结: closed with a result code.
        Closed = "closed",
        /// 送达: the result is in the applicant's hands.
        Delivered = "delivered",
        /// 评价: rated.
        Rated = "rated",
        /// 归档: archived.
        Archived = "archived",
        /// 撤回: taken back by the applicant.
        Withdrawn = "withdrawn",
        /// 终止: ended by an officer with a reason.
        Terminated = "terminated",
    }
}

closed_list! {
    /// Which clock runs in a state.
    RunningClock {
        /// None yet: it is not filed.
        None = "none",
        /// Five working days to accept or to name what is missing.
        Acceptance = "acceptance",
        /// Nothing runs while the applicant is waited for.
        Waiting = "waiting",
        /// The item's limits.
        Handling = "handling",
        /// The item's limits stand.
        Stopped = "stopped",
        /// The days to hand the result over.
        Delivery = "delivery",
        /// It is decided or over.
        Ended = "ended",
    }
}

impl State {
    /// Whether the handling of it goes on: accepted, not stopped, not closed.
    #[must_use]
    pub const fn is_running(self) -> bool {
        matches!(
            self,
            Self::Accepted
                | Self::Processing
                | Self::Extended
                | Self::DecidedGranted
                | Self::DecidedRefused
        )
    }

    /// Whether it waits for acceptance, with nothing left to put right.
    #[must_use]
    pub const fn awaits_acceptance(self) -> bool {
        matches!(self, Self::Submitted | Self::PreAccepted | Self::Corrected)
    }

    /// Whether departments work on it.
    #[must_use]
    pub const fn is_processing(self) -> bool {
        matches!(self, Self::Processing | Self::Extended)
    }

    /// Whether a case in this state may close with `code`.
    ///
    /// One that waits for a correction closes as 5; only a running one closes as 0, 4 or 6, a decided one by its
    /// decision; one in a special procedure needs its result first.
    #[must_use]
    pub const fn closes_as(self, code: ResultCode) -> bool {
        match self {
            Self::Submitted | Self::Irregular | Self::PreAccepted | Self::Corrected => {
                matches!(
                    code,
                    ResultCode::Returned | ResultCode::Void | ResultCode::Deleted
                )
            }
            Self::Correction => matches!(code, ResultCode::NotSupplied),
            Self::Accepted => matches!(code, ResultCode::Void | ResultCode::Deleted),
            Self::Processing | Self::Extended => {
                matches!(code, ResultCode::PassedUpward | ResultCode::Other)
            }
            Self::DecidedGranted => matches!(code, ResultCode::Issued | ResultCode::Other),
            Self::DecidedRefused => matches!(code, ResultCode::Other),
            Self::Draft
            | Self::NotAccepted
            | Self::Special
            | Self::Closed
            | Self::Delivered
            | Self::Rated
            | Self::Archived
            | Self::Withdrawn
            | Self::Terminated => false,
        }
    }

    /// Whether the applicant can still take it back: until it is decided.
    #[must_use]
    pub const fn can_withdraw(self) -> bool {
        match self {
            Self::Draft
            | Self::Submitted
            | Self::Irregular
            | Self::PreAccepted
            | Self::Correction
            | Self::Corrected
            | Self::Accepted
            | Self::Processing
            | Self::Special
            | Self::Extended => true,
            Self::NotAccepted
            | Self::DecidedGranted
            | Self::DecidedRefused
            | Self::Closed
            | Self::Delivered
            | Self::Rated
            | Self::Archived
            | Self::Withdrawn
            | Self::Terminated => false,
        }
    }

    /// Whether its handling is over: what can still come is delivery, rating and the archive.
    #[must_use]
    pub const fn is_closed(self) -> bool {
        match self {
            Self::NotAccepted
            | Self::Closed
            | Self::Delivered
            | Self::Rated
            | Self::Archived
            | Self::Withdrawn
            | Self::Terminated => true,
            Self::Draft
            | Self::Submitted
            | Self::Irregular
            | Self::PreAccepted
            | Self::Correction
            | Self::Corrected
            | Self::Accepted
            | Self::Processing
            | Self::Special
            | Self::Extended
            | Self::DecidedGranted
            | Self::DecidedRefused => false,
        }
    }

    /// The clock that runs.
    #[must_use]
    pub const fn clock(self) -> RunningClock {
        match self {
            Self::Draft => RunningClock::None,
            Self::Submitted | Self::Irregular | Self::PreAccepted | Self::Corrected => {
                RunningClock::Acceptance
            }
            Self::Correction => RunningClock::Waiting,
            Self::Accepted | Self::Processing | Self::Extended => RunningClock::Handling,
            Self::Special => RunningClock::Stopped,
            Self::Closed => RunningClock::Delivery,
            Self::NotAccepted
            | Self::DecidedGranted
            | Self::DecidedRefused
            | Self::Delivered
            | Self::Rated
            | Self::Archived
            | Self::Withdrawn
            | Self::Terminated => RunningClock::Ended,
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(self.as_str())
    }
}

/// A text that names no state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no state of a case")]
pub struct UnknownState(String);

impl FromStr for State {
    type Err = UnknownState;

    fn from_str(text: &str) -> Result<Self, UnknownState> {
        let state = Self::ALL.iter().find(|state| state.as_str() == text);
        state.copied().ok_or_else(|| UnknownState(text.to_owned()))
    }
}
