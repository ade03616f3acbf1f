//! Commitments instead of materials, and the look at them afterwards (告知承诺, 事后核查, R12).

use serde::{Deserialize, Serialize};

/// Settings of the check afterwards. 国办发〔2020〕42号 wants one and leaves the time to the bodies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct CommitmentPolicy {
    /// Working days after acceptance in which the body looks whether a commitment holds: about two months.
    pub check_workdays: u32,
    /// Working days in which one that does not hold is put right.
    pub rectify_workdays: u32,
    /// Days for which a person whose commitment was found false commits nowhere, unless it is repaired before: the same
    /// paper wants the bar and leaves its length to the city.
    pub broken_days: u16,
    /// Data set in which another body lists persons of serious bad credit (严重失信主体名单), who commit nowhere either;
    /// `None` where the city asks none. It is asked only for items with something to commit to, and only where a
    /// contract in force lets the item's body call it.
    pub credit_register: Option<String>,
}

impl Default for CommitmentPolicy {
    fn default() -> Self {
        Self {
            check_workdays: 40,
            rectify_workdays: 15,
            broken_days: 365,
            credit_register: None,
        }
    }
}
