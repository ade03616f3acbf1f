//! The departments' registers, read from `registers.json`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::departments::PrefillSource;

/// A record: field and value.
pub(super) type Entry = BTreeMap<String, Value>;

/// All registers of the fictional city.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Registers {
    pub(super) phones: Vec<Phone>,
    prefill: BTreeMap<String, PrefillSource>,
    datasets: BTreeMap<String, Vec<Entry>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Phone {
    pub(super) id_number: String,
    mobile: String,
}

impl Registers {
    /// Reads the file.
    pub(super) fn parse(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }

    /// Records of a person in a data set; None when there is no such data set.
    pub(super) fn of(&self, dataset: &str, id_number: &str) -> Option<Vec<&Entry>> {
        let records = self.datasets.get(dataset)?;
        Some(
            records
                .iter()
                .filter(|entry| is_of(entry, id_number))
                .collect(),
        )
    }

    /// Phone on record.
    pub(super) fn phone(&self, id_number: &str) -> Option<&str> {
        self.phones
            .iter()
            .find(|phone| phone.id_number.eq_ignore_ascii_case(id_number))
            .map(|phone| phone.mobile.as_str())
    }

    /// Where a prefilled value comes from.
    pub(super) fn prefill(&self, source: &str) -> Option<&PrefillSource> {
        self.prefill.get(source)
    }
}

fn is_of(entry: &Entry, id_number: &str) -> bool {
    entry
        .get("idNumber")
        .and_then(Value::as_str)
        .is_some_and(|number| number.eq_ignore_ascii_case(id_number))
}
