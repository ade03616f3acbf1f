//! What an officer of a window may take in (R33): a setting of the account, not of the city.

use serde::{Deserialize, Serialize};

/// Stations and items of a window officer. A comprehensive window (综合窗口) has every item at its stations.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WindowScope {
    /// Ids of the stations; `None` is every one.
    pub stations: Option<Vec<String>>,
    /// Handling codes; `None` is every item.
    pub items: Option<Vec<String>>,
}

impl WindowScope {
    /// Whether the officer may sit at this station.
    #[must_use]
    pub fn allows_station(&self, station: &str) -> bool {
        allows(self.stations.as_deref(), station)
    }

    /// Whether the officer may take this item in.
    #[must_use]
    pub fn allows_item(&self, code: &str) -> bool {
        allows(self.items.as_deref(), code)
    }
}

fn allows(list: Option<&[String]>, one: &str) -> bool {
    list.is_none_or(|list| list.iter().any(|listed| listed == one))
}
