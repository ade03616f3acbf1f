//! The person who files, as the document on the reader says, and how far that was checked.

use serde::{Deserialize, Serialize};

use crate::requests::Private;
use crate::requests::identity::{IdentityLevel, IdentityMethod};

/// A person as on the identity document. None is what the document does not say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Person {
    /// Which document.
    pub document: DocumentKind,
    /// Name as on the document.
    pub name: Private,
    /// Latin name.
    pub english_name: Option<Private>,
    /// Number of the document.
    pub number: Private,
    /// False when the check character of the number is wrong: accepted, and flagged to the officer.
    pub number_valid: bool,
    /// Sex code of the chip (`1` male, `2` female …).
    pub sex_code: Option<Private>,
    /// Ethnicity code of the chip.
    pub ethnicity_code: Option<Private>,
    /// Nationality, three letters.
    pub nationality: Option<Private>,
    /// `YYYY-MM-DD`.
    pub birth_date: Option<Private>,
    /// Address of the chip, the newest where there are several.
    pub address: Option<Private>,
    /// Authority that issued the document.
    pub issuer: Option<Private>,
    /// `YYYY-MM-DD`.
    pub valid_from: Option<Private>,
    /// `YYYY-MM-DD` or `long-term`.
    pub valid_to: Option<Private>,
}

/// The documents a reader reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DocumentKind {
    /// 居民身份证.
    Resident,
    /// 港澳台居民居住证.
    Hmt,
    /// Foreigner's permanent residence card of 2017.
    Foreigner2017,
    /// Foreigner's permanent residence card of 2023.
    Foreigner2023,
}

/// How far the person was identified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Identity {
    /// Level reached.
    pub level: IdentityLevel,
    /// The ways it was reached, in order; empty at level none.
    pub methods: Vec<IdentityMethod>,
    /// The city's grant; None when the city could not be asked.
    pub grant: Option<Private>,
    /// The item asks for more than was checked here: the city checks it before the case goes on.
    pub later: bool,
}
