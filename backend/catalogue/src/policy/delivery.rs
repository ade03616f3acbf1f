//! The hand-over of results (`specs/domain.md` 5.2).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Settings of deliveries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct DeliveryPolicy {
    /// Working days after the decision in which a result is delivered (行政许可法 Art. 44).
    pub workdays: u32,
    /// Days a result waits for its applicant before they are reminded, once.
    pub remind_days: u32,
    /// Days it waits before it goes back to the body.
    pub return_days: u32,
    /// Compartments of the locker of a station, by the station's id; they are numbered from 1. A station that is not
    /// here has no locker.
    pub lockers: BTreeMap<String, u32>,
    /// Wrong codes at a locker, after which only a window hands the result out.
    pub pick_up_tries: u32,
}

impl Default for DeliveryPolicy {
    fn default() -> Self {
        Self {
            workdays: 10,
            remind_days: 30,
            return_days: 90,
            lockers: BTreeMap::new(),
            pick_up_tries: 5,
        }
    }
}
