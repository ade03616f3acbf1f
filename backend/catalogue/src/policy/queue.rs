//! Settings of the departments' queues.

use serde::{Deserialize, Serialize};

/// Tasks in the queues of the departments (`specs/domain.md` 5.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct QueuePolicy {
    /// Minutes an officer keeps a task without working on it; then anybody of its body and role may take it.
    pub lease_minutes: u32,
    /// Working days after it was opened in which a wrongly routed task may go back.
    pub return_workdays: u32,
    /// How often a task is routed again without a person; the next return makes it a dead letter.
    pub most_returns: u32,
}

impl Default for QueuePolicy {
    fn default() -> Self {
        Self {
            lease_minutes: 30,
            return_workdays: 1,
            most_returns: 2,
        }
    }
}
