//! The sample city, for the tests of this crate.

use std::sync::LazyLock;

use jiff::civil::{Date, date};

use crate::clock::Calendar;
use crate::form::{Context, DynamicOptions, as_published};
use crate::load::Catalogue;
use crate::record::Field;
use crate::regions::Regions;

pub(crate) const CATALOGUE: &[u8] = include_bytes!("../../sample-city/catalogue.json");
pub(crate) const BROKEN: &[u8] = include_bytes!("../../sample-city/catalogue-broken.json");
pub(crate) const HOLIDAYS: &[u8] = include_bytes!("../../sample-city/holidays.json");
pub(crate) const REGIONS: &[u8] = include_bytes!("../../sample-city/regions.json");
pub(crate) const OPTIONS: &[u8] = include_bytes!("../../sample-city/options.json");

pub(crate) const TODAY: Date = date(2026, 3, 2);

/// The sample catalogue, parsed once for all tests.
pub(crate) fn catalogue() -> Catalogue {
    static ONCE: LazyLock<Catalogue> =
        LazyLock::new(|| Catalogue::parse("catalogue.json", CATALOGUE).unwrap());
    ONCE.clone()
}

pub(crate) fn calendar() -> Calendar {
    Calendar::parse("holidays.json", HOLIDAYS).unwrap()
}

pub(crate) struct City {
    pub(crate) calendar: Calendar,
    pub(crate) options: DynamicOptions,
    pub(crate) regions: Regions,
}

impl City {
    pub(crate) fn load() -> Self {
        Self {
            calendar: calendar(),
            options: serde_json::from_slice(OPTIONS).unwrap(),
            regions: Regions::parse("regions.json", REGIONS).unwrap(),
        }
    }

    pub(crate) fn context(&self) -> Context<'_> {
        Context {
            today: TODAY,
            calendar: &self.calendar,
            options: &self.options,
            regions: &self.regions,
            script: as_published,
        }
    }
}

/// A field from its JSON, with `name`, `label` and `required` filled in.
pub(crate) fn field(mut rules: serde_json::Value) -> Field {
    let object = rules.as_object_mut().unwrap();
    object.entry("name").or_insert("x".into());
    object.entry("required").or_insert(true.into());
    object
        .entry("label")
        .or_insert(serde_json::json!({"zh": "项", "en": "X"}));
    serde_json::from_value(rules).unwrap()
}
