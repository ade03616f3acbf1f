//! How a case ended.

use serde::{Deserialize, Serialize};

/// How a case ended (办结结果).
///
/// A case that waits for a correction closes as 5 and nothing else closes so; only a running case closes as 0, 4 or 6
/// ([`State::closes_as`](super::State::closes_as)).
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
