//! States of a case and the moves between them, as one table.
//!
//! Source: domain specification, section 4.2 (the part in use; 特别程序, 延期 and delivery join later).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Where a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// 已申报: received, not accepted yet.
    Submitted,
    /// Received with a defect that only an officer can put right; the resident has gone.
    Irregular,
    /// 补正告知: everything missing was named at once.
    Correction,
    /// 补正受理: the missing parts came.
    Corrected,
    /// 受理: accepted.
    Accepted,
    /// 办理中: departments work on it.
    Processing,
    /// 准予: granted.
    DecidedGranted,
    /// 不予: refused.
    DecidedRefused,
    /// 办结: closed with a result code.
    Closed,
    /// 撤回: taken back by the applicant.
    Withdrawn,
}

/// What somebody does with a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Move {
    /// An officer has put the defect of an irregular case right.
    Repair,
    /// A window or officer names everything that is missing.
    AskForSupplement,
    /// The applicant supplies it.
    Supplement,
    /// A window or the system accepts.
    Accept,
    /// The departments begin.
    Process,
    /// The approver or the system grants.
    Grant,
    /// The approver or the system refuses, with a reason.
    Refuse,
    /// The system closes with a result code.
    Close(ResultCode),
    /// The applicant takes it back.
    Withdraw,
}

/// How a case ended (办结结果).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum ResultCode {
    /// 0 出证办结: a result was issued.
    Issued,
    /// 1 退回办结: sent back.
    Returned,
    /// 2 作废办结: no legal effect.
    Void,
    /// 3 删除办结: entered by mistake.
    Deleted,
    /// 4 转报办结: passed upward.
    PassedUpward,
    /// 5 补交不来办结: the applicant did not supply.
    NotSupplied,
    /// 6 办结: other, refusals too.
    Other,
}

impl ResultCode {
    /// Every code in order.
    pub const ALL: [Self; 7] = [
        Self::Issued,
        Self::Returned,
        Self::Void,
        Self::Deleted,
        Self::PassedUpward,
        Self::NotSupplied,
        Self::Other,
    ];

    /// The number in the exchange tables.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Issued => 0,
            Self::Returned => 1,
            Self::Void => 2,
            Self::Deleted => 3,
            Self::PassedUpward => 4,
            Self::NotSupplied => 5,
            Self::Other => 6,
        }
    }
}

impl From<ResultCode> for u8 {
    fn from(code: ResultCode) -> Self {
        code.number()
    }
}

/// A number that is no result code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is no result code")]
pub struct UnknownResultCode(u8);

impl TryFrom<u8> for ResultCode {
    type Error = UnknownResultCode;

    fn try_from(number: u8) -> Result<Self, UnknownResultCode> {
        let code = Self::ALL.get(usize::from(number));
        code.copied().ok_or(UnknownResultCode(number))
    }
}

/// Which clock runs in a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunningClock {
    /// Five working days to accept or to name what is missing.
    Acceptance,
    /// Nothing runs while the applicant is waited for.
    Waiting,
    /// The item's limits.
    Handling,
    /// It is decided or over.
    Ended,
}

/// A move that the table does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a case that is {state} cannot {movement}")]
pub struct Refusal {
    /// Where the case stands.
    pub state: State,
    /// What somebody tried.
    pub movement: Move,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 10] = [
        Self::Submitted,
        Self::Irregular,
        Self::Correction,
        Self::Corrected,
        Self::Accepted,
        Self::Processing,
        Self::DecidedGranted,
        Self::DecidedRefused,
        Self::Closed,
        Self::Withdrawn,
    ];

    /// The state after `movement`.
    ///
    /// A case waiting for correction closes only as 5; only a running case closes as 0, 4 or 6,
    /// and a decided one by its decision; what has not been accepted closes as 1, 2 or 3.
    ///
    /// # Errors
    /// [`Refusal`] for every move that is not in the table.
    pub fn after(self, movement: Move) -> Result<Self, Refusal> {
        let next = match (self, movement) {
            (Self::Irregular, Move::Repair) => Self::Submitted,
            (Self::Submitted | Self::Corrected | Self::Irregular, Move::AskForSupplement) => {
                Self::Correction
            }
            (Self::Correction, Move::Supplement) => Self::Corrected,
            (Self::Submitted | Self::Corrected, Move::Accept) => Self::Accepted,
            (Self::Accepted, Move::Process) => Self::Processing,
            (Self::Processing, Move::Grant) => Self::DecidedGranted,
            (Self::Processing, Move::Refuse) => Self::DecidedRefused,
            (state, Move::Close(code)) if state.closes_as(code) => Self::Closed,
            (state, Move::Withdraw) if state.can_withdraw() => Self::Withdrawn,
            (state, movement) => return Err(Refusal { state, movement }),
        };
        Ok(next)
    }

    /// Whether a case in this state may close with `code`.
    #[must_use]
    pub const fn closes_as(self, code: ResultCode) -> bool {
        match self {
            Self::Submitted | Self::Irregular | Self::Corrected => {
                matches!(
                    code,
                    ResultCode::Returned | ResultCode::Void | ResultCode::Deleted
                )
            }
            Self::Correction => matches!(code, ResultCode::NotSupplied),
            Self::Accepted => matches!(code, ResultCode::Void | ResultCode::Deleted),
            Self::Processing => matches!(code, ResultCode::PassedUpward | ResultCode::Other),
            Self::DecidedGranted => matches!(code, ResultCode::Issued | ResultCode::Other),
            Self::DecidedRefused => matches!(code, ResultCode::Other),
            Self::Closed | Self::Withdrawn => false,
        }
    }

    /// Whether the applicant can still take it back: until it is decided.
    #[must_use]
    pub const fn can_withdraw(self) -> bool {
        match self {
            Self::Submitted
            | Self::Irregular
            | Self::Correction
            | Self::Corrected
            | Self::Accepted
            | Self::Processing => true,
            Self::DecidedGranted | Self::DecidedRefused | Self::Closed | Self::Withdrawn => false,
        }
    }

    /// Whether nothing can happen any more.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Closed | Self::Withdrawn)
    }

    /// The clock that runs.
    #[must_use]
    pub const fn clock(self) -> RunningClock {
        match self {
            Self::Submitted | Self::Irregular | Self::Corrected => RunningClock::Acceptance,
            Self::Correction => RunningClock::Waiting,
            Self::Accepted | Self::Processing => RunningClock::Handling,
            Self::DecidedGranted | Self::DecidedRefused | Self::Closed | Self::Withdrawn => {
                RunningClock::Ended
            }
        }
    }

    /// Name for the database, the wire and the translations.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Irregular => "irregular",
            Self::Correction => "correction",
            Self::Corrected => "corrected",
            Self::Accepted => "accepted",
            Self::Processing => "processing",
            Self::DecidedGranted => "decided_granted",
            Self::DecidedRefused => "decided_refused",
            Self::Closed => "closed",
            Self::Withdrawn => "withdrawn",
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
        let state = Self::ALL.into_iter().find(|state| state.as_str() == text);
        state.ok_or_else(|| UnknownState(text.to_owned()))
    }
}

impl fmt::Display for Move {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Repair => to.write_str("be repaired"),
            Self::AskForSupplement => to.write_str("be sent back for a supplement"),
            Self::Supplement => to.write_str("be supplemented"),
            Self::Accept => to.write_str("be accepted"),
            Self::Process => to.write_str("be processed"),
            Self::Grant => to.write_str("be granted"),
            Self::Refuse => to.write_str("be refused"),
            Self::Close(code) => write!(to, "be closed as {}", code.number()),
            Self::Withdraw => to.write_str("be withdrawn"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moves() -> Vec<Move> {
        use Move::{
            Accept, AskForSupplement, Grant, Process, Refuse, Repair, Supplement, Withdraw,
        };
        let plain = [
            Repair,
            AskForSupplement,
            Supplement,
            Accept,
            Process,
            Grant,
            Refuse,
            Withdraw,
        ];
        let closes = ResultCode::ALL.map(Move::Close);
        plain.into_iter().chain(closes).collect()
    }

    /// The whole table: what is not written here is refused.
    #[test]
    fn the_table_allows_exactly_these_moves() {
        let mut allowed = Vec::new();
        for state in State::ALL {
            for movement in moves() {
                match state.after(movement) {
                    Ok(next) => allowed.push(format!("{state}: {movement} -> {next}")),
                    Err(refusal) => assert_eq!(refusal, Refusal { state, movement }),
                }
            }
        }
        let expected = "\
submitted: be sent back for a supplement -> correction
submitted: be accepted -> accepted
submitted: be withdrawn -> withdrawn
submitted: be closed as 1 -> closed
submitted: be closed as 2 -> closed
submitted: be closed as 3 -> closed
irregular: be repaired -> submitted
irregular: be sent back for a supplement -> correction
irregular: be withdrawn -> withdrawn
irregular: be closed as 1 -> closed
irregular: be closed as 2 -> closed
irregular: be closed as 3 -> closed
correction: be supplemented -> corrected
correction: be withdrawn -> withdrawn
correction: be closed as 5 -> closed
corrected: be sent back for a supplement -> correction
corrected: be accepted -> accepted
corrected: be withdrawn -> withdrawn
corrected: be closed as 1 -> closed
corrected: be closed as 2 -> closed
corrected: be closed as 3 -> closed
accepted: be processed -> processing
accepted: be withdrawn -> withdrawn
accepted: be closed as 2 -> closed
accepted: be closed as 3 -> closed
processing: be granted -> decided_granted
processing: be refused -> decided_refused
processing: be withdrawn -> withdrawn
processing: be closed as 4 -> closed
processing: be closed as 6 -> closed
decided_granted: be closed as 0 -> closed
decided_granted: be closed as 6 -> closed
decided_refused: be closed as 6 -> closed";
        assert_eq!(allowed.join("\n"), expected);
    }

    #[test]
    fn every_open_case_can_still_end() {
        for state in State::ALL {
            let ends = moves().into_iter().any(|m| state.after(m).is_ok());
            assert_eq!(ends, !state.is_final(), "{state}");
            assert_eq!(state.as_str().parse::<State>().unwrap(), state);
            let json = serde_json::to_value(state).unwrap();
            assert_eq!(json, state.as_str());
        }
        assert!("lost".parse::<State>().is_err());
        assert!(ResultCode::try_from(7).is_err());
        assert_eq!(ResultCode::try_from(5).unwrap(), ResultCode::NotSupplied);
    }
}
