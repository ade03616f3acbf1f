//! The typed records of a catalogue file, name for name as in `catalogue.json`.
//!
//! Every closed list is an enum. A record says nothing about whether it is right: that is decided by
//! [`crate::load`], which also refuses fields that no record knows where the city reads a file. A kiosk
//! ignores them: its city may be newer.
//!
//! Source: domain specification, section 3.

mod city;
mod enums;
mod field;
mod item;
mod material;
mod revision;

pub use city::{Bundle, City, Department, District, EnumText, Meta, Organisation, Person, Station};
pub use enums::{
    Audience, BodyKind, BodyNature, CaseType, Channel, Checksum, Colour, Domain, FieldType, Format,
    Identity, ItemType, KioskMode, LegalRank, Level, LimitUnit, MaterialKind, MaterialType,
    Necessity, ResultKind, Scope, Sex, Sides, SourceChannel, StationKind, Status, StepRole, Supply,
    TrustLevel,
};
pub use field::{Bound, CardField, Choice, Field, Pattern, PatternError, Prefill, VisibleIf};
pub use item::{
    Appointment, Codes, Commitment, Complaint, Consult, Express, Fee, FeeItem, Item, Kiosk,
    LegalBasis, Limit, Nullable, Proxy, ServiceResult, Step,
};
pub use material::{Material, Scan, ScanLimits, Share, Tolerance};
pub use revision::{Cause, CauseKind, Revision};

use serde::{Deserialize, Serialize};

/// The two languages every text of the catalogue has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Lang {
    /// Simplified Chinese.
    #[serde(rename = "zh")]
    Zh,
    /// English.
    #[serde(rename = "en")]
    En,
}

/// One text in both languages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Text {
    /// Simplified Chinese; what counts in law.
    pub zh: String,
    /// English, for reading only.
    pub en: String,
}

impl Text {
    /// The text in `lang`; Chinese where the English one is empty.
    #[must_use]
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::En if !self.en.is_empty() => &self.en,
            Lang::En | Lang::Zh => &self.zh,
        }
    }
}
