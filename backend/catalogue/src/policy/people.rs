//! People who are not there themselves, and what they leave half done (`specs/domain.md` 5.3, R34).

use serde::{Deserialize, Serialize};

/// Settings of authorities and drafts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct PeoplePolicy {
    /// Most days between the first and the last day of an authority (委托书).
    pub authority_days: u32,
    /// Days after which a draft lapses.
    pub draft_days: u32,
    /// Most drafts of one person.
    pub most_drafts: u32,
}

impl Default for PeoplePolicy {
    fn default() -> Self {
        Self {
            authority_days: 180,
            draft_days: 30,
            most_drafts: 20,
        }
    }
}
