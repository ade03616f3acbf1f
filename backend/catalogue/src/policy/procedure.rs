//! The one extension of a case (延期).

use serde::{Deserialize, Serialize};

/// Settings of extensions; in the unit of the item's limit, for units are never converted. Source: 行政许可法 Art. 42,
/// whose days are working days (Art. 82).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ProcedurePolicy {
    /// Days an extension gives.
    pub extension_days: u32,
    /// The same where several bodies handle the case (统一办理, 联合办理).
    pub joint_extension_days: u32,
}

impl Default for ProcedurePolicy {
    fn default() -> Self {
        Self {
            extension_days: 10,
            joint_extension_days: 15,
        }
    }
}
