//! A rating (好差评), `specs/domain.md` 4.6. Channel 5, "hall, other terminal".

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Private;

/// Content of a packet of kind `rating`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rating {
    /// The level.
    pub level: RatingLevel,
    /// Keys of reasons chosen; at least one (or a text) for the two bad levels.
    pub reasons: Vec<String>,
    /// The rater's own words; None when there are none.
    pub words: Option<Private>,
    /// Id of the packet whose service is rated; None for the kiosk itself.
    pub case: Option<Uuid>,
    /// Id of the station.
    pub station: String,
}

/// The five official levels, as numbers in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum RatingLevel {
    /// 非常不满意.
    VeryDissatisfied,
    /// 不满意.
    Dissatisfied,
    /// 基本满意.
    FairlySatisfied,
    /// 满意.
    Satisfied,
    /// 非常满意.
    VerySatisfied,
}

/// The number is not 1 to 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("reading a rating: 1 to 5 is expected")]
pub struct NotALevel;

impl RatingLevel {
    /// 差评: somebody calls back.
    #[must_use]
    pub fn is_bad(self) -> bool {
        self <= Self::Dissatisfied
    }
}

impl TryFrom<u8> for RatingLevel {
    type Error = NotALevel;

    fn try_from(number: u8) -> Result<Self, NotALevel> {
        match number {
            1 => Ok(Self::VeryDissatisfied),
            2 => Ok(Self::Dissatisfied),
            3 => Ok(Self::FairlySatisfied),
            4 => Ok(Self::Satisfied),
            5 => Ok(Self::VerySatisfied),
            _ => Err(NotALevel),
        }
    }
}

impl From<RatingLevel> for u8 {
    fn from(level: RatingLevel) -> Self {
        match level {
            RatingLevel::VeryDissatisfied => 1,
            RatingLevel::Dissatisfied => 2,
            RatingLevel::FairlySatisfied => 3,
            RatingLevel::Satisfied => 4,
            RatingLevel::VerySatisfied => 5,
        }
    }
}

impl Rating {
    /// Whether it says why, where it must: the two bad levels need a reason or words.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        let says_why = !self.reasons.is_empty() || self.words.is_some();
        !self.level.is_bad() || says_why
    }
}
