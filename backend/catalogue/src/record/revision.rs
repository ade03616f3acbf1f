//! How a version of an item came about (审核, 变更), as its record carries it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Who wrote and reviewed a version, when and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Revision {
    /// Work id of who wrote it.
    pub editor: String,
    /// The day it was written.
    pub at: Date,
    /// Why, in a sentence; also the reason where it burdens people more than the version before.
    pub why: String,
    /// Work ids of those who reviewed it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reviewers: Vec<String>,
    /// Last day somebody confirmed that the record is still right; `None` is the day it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked: Option<Date>,
    /// Ratings and statistics that led to it (评价, 完善).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<Cause>,
}

/// One thing that led to a new version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// Kind.
    pub kind: CauseKind,
    /// Where it is found: number of a work order, name and period of a report.
    pub reference: String,
}

closed_list! {
    /// What can lead to a new version.
    CauseKind {
        /// A rating or its work order.
        Rating = "rating",
        /// A count of the supervision.
        Statistics = "statistics",
        /// A data objection.
        Objection = "objection",
        /// A change of the law.
        Law = "law",
    }
}
