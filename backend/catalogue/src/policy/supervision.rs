//! Settings of the cards (红黄牌).

use serde::{Deserialize, Serialize};

/// When cards are raised and answered (`specs/domain.md` 4.5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct SupervisionPolicy {
    /// Blue when so many working days of the promise are left, or fewer.
    pub blue_workdays_left: u32,
    /// Blue when so much of the promised days is used, in percent.
    pub blue_percent: u32,
    /// Working days in which a card is answered in writing.
    pub answer_workdays: u32,
    /// Minutes between two looks at the running cases.
    pub look_minutes: u32,
}

impl Default for SupervisionPolicy {
    fn default() -> Self {
        Self {
            blue_workdays_left: 1,
            blue_percent: 80,
            answer_workdays: 2,
            look_minutes: 10,
        }
    }
}
