//! The city around the items: districts, stations, bodies, bundles, sample persons.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{BodyKind, BodyNature, Lang, Level, Sex, StationKind, Text};
use crate::code::ItemCode;

/// What the file says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Meta {
    /// Version of the file's shape.
    pub schema_version: String,
    /// Languages of the texts.
    pub language: Vec<String>,
    /// Where the code rules stand.
    pub code_rules: String,
    /// Chinese names of the item types by their code.
    pub type_names: BTreeMap<String, String>,
    /// English names of the themes by their Chinese ones; one that has none is shown in Chinese.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub theme_names: BTreeMap<String, String>,
    /// Names of the values of the closed lists.
    pub enums: BTreeMap<String, EnumText>,
    /// Materials that a data set can supply and nobody may be asked for.
    pub shared_materials: Vec<String>,
    /// What is real and what is not.
    pub disclaimer: String,
}

/// Names of one closed list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum EnumText {
    /// Values with their Chinese names.
    Named(BTreeMap<String, String>),
    /// Values only.
    Listed(Vec<String>),
}

/// The city.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct City {
    /// Name.
    pub name: Text,
    /// Its province.
    pub province: Text,
    /// 6-digit division code.
    pub division: String,
    /// 12-digit area code.
    pub area12: String,
    /// What is fictional about it; empty for a real city.
    pub notice: String,
    /// Its districts.
    pub districts: Vec<District>,
    /// Its stations.
    pub stations: Vec<Station>,
}

/// A district of the city.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct District {
    /// 6-digit division code.
    pub code: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
}

/// A place with windows and kiosks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Station {
    /// Id, for example `S001`.
    pub id: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// Kind.
    pub kind: StationKind,
    /// 6-digit code of its district.
    pub district: String,
    /// Address in Chinese.
    pub address: String,
    /// Number of windows.
    pub windows: u16,
    /// Number of kiosks.
    pub kiosks: u16,
    /// Degrees north, WGS 84; `None` where not surveyed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latitude: Option<f64>,
    /// Degrees east, WGS 84; `None` where not surveyed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longitude: Option<f64>,
}

impl Station {
    /// Its name in `lang`.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

/// A body that implements items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Department {
    /// Id, for example `RSJ`.
    pub id: String,
    /// Name.
    pub name: Text,
    /// Unified social credit code.
    pub uscc: String,
    /// Two digits of the sector, digits 5 and 6 of its items' basic codes.
    pub sector: String,
    /// Level.
    pub level: Level,
    /// 6-digit division code it is competent for.
    pub division: String,
    /// Kind.
    pub kind: BodyKind,
    /// Legal standing.
    pub nature: BodyNature,
    /// Id of the body above it; `None` for bodies directly under the city.
    pub parent: Option<String>,
    /// Telephone.
    pub phone: String,
    /// Whether it still acts.
    pub active: bool,
}

/// Several items as one matter (一件事).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bundle {
    /// Id, for example `B01`.
    pub id: String,
    /// Name.
    pub name: Text,
    /// Codes of its items.
    pub items: Vec<ItemCode>,
}

/// A fictional person to try the system with.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// Name.
    pub name: String,
    /// Name in Latin letters.
    pub name_en: String,
    /// Citizen number with a valid check digit and an unused division.
    pub id_number: String,
    /// Date of birth.
    pub birth_date: Date,
    /// Sex.
    pub sex: Sex,
    /// Mobile number of a range that is not allotted.
    pub mobile: String,
    /// What the person is for.
    pub note: String,
}

impl std::fmt::Debug for Person {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str("[redacted]")
    }
}

/// A fictional organisation to try the system with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// Name.
    pub name: String,
    /// Unified social credit code.
    pub uscc: String,
}
