//! People who are not there themselves, and what they leave half done (`specs/domain.md` 5.3, R34).

use serde::{Deserialize, Serialize};

use crate::record::Identity;

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
    /// What a code to the phone on record reaches outside kiosks and windows; `none` gives no grant there.
    pub home: Identity,
}

impl Default for PeoplePolicy {
    fn default() -> Self {
        Self {
            authority_days: 180,
            draft_days: 30,
            most_drafts: 20,
            // Number, name and a phone alone: whether that is enough at home is the city's own decision.
            home: Identity::None,
        }
    }
}
