//! What residents say back: ratings, questions and objections inside a case (`specs/domain.md` 4.6, R43, R67).

use serde::{Deserialize, Serialize};

/// Settings of ratings and enquiries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct FeedbackPolicy {
    /// Working days until the rater of a bad rating is called back.
    pub call_back_workdays: u32,
    /// Working days until a bad rating is put right or explained.
    pub rectify_workdays: u32,
    /// Best ratings from one kiosk within an hour, from which on they are looked at.
    pub praise_an_hour: u32,
    /// Days after which the city rates by default what nobody rated, on a channel of its own; 0 is never.
    pub default_rating_days: u32,
    /// Working days until a question inside a case is answered.
    pub answer_workdays: u32,
    /// Working days until the holder of disputed data says what is right.
    pub objection_workdays: u32,
    /// Days before the last one on which a resident is reminded of what to bring.
    pub remind_days: u32,
}

impl Default for FeedbackPolicy {
    fn default() -> Self {
        Self {
            call_back_workdays: 1,
            rectify_workdays: 15,
            praise_an_hour: 12,
            default_rating_days: 0,
            answer_workdays: 3,
            objection_workdays: 5,
            remind_days: 3,
        }
    }
}
