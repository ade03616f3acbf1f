//! The identity question, prefill and choices that only the city knows.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::commitment::CommitmentBar;
use super::{BadField, Private, Request, Words, text};

/// How far a person was identified; the words are those of `kiosk.identity` in the catalogue.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
pub enum IdentityLevel {
    /// Nobody was identified.
    #[serde(rename = "none")]
    None,
    /// The card was on the reader.
    #[serde(rename = "idcard")]
    IdCard,
    /// The card, and the face or a lawful other way.
    #[serde(rename = "idcard+face")]
    IdCardFace,
}

crate::names! {
    pub IdentityLevel
    None = "none",
    IdCard = "idcard",
    IdCardFace = "idcard+face",
}

/// `POST /v1/identity/checks`: a yes/no question; no picture leaves the kiosk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IdentityCheckRequest {
    /// Handling code of the item it is for; None for "my matters".
    #[schema(min_length = 1, max_length = 64)]
    pub item: Option<String>,
    /// Number of the document on the reader.
    #[schema(value_type = String, min_length = 1, max_length = 32)]
    pub document_number: Private,
    /// Name as on the document.
    #[schema(value_type = String, min_length = 1, max_length = 100)]
    pub name: Private,
    /// How the person is identified.
    pub method: IdentityMethod,
    /// What was typed: the phone code or the staff code. None asks for a phone code to be sent.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 16)]
    pub answer: Option<Private>,
}

impl Request for IdentityCheckRequest {
    fn check(&self) -> Result<(), BadField> {
        if let Some(item) = &self.item {
            text("item", item, 64)?;
        }
        text("documentNumber", self.document_number.reveal(), 32)?;
        text("name", self.name.reveal(), 100)?;
        match &self.answer {
            Some(answer) => text("answer", answer.reveal(), 16),
            None if self.method == IdentityMethod::Staff => Err(BadField::new(
                "answer",
                "a staff check needs the staff code",
            )),
            None => Ok(()),
        }
    }
}

/// The ways of identification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum IdentityMethod {
    /// The card alone: reaches [`IdentityLevel::IdCard`].
    Card,
    /// Yes/no by the identity provider.
    Face,
    /// A code to the phone on record.
    PhoneCode,
    /// A member of staff looked at the person and typed a staff code.
    Staff,
}

/// The answer to the identity question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
// The names of fields stand at each: utoipa does not see those that serde makes for all of them.
#[serde(rename_all = "camelCase", tag = "outcome")]
pub enum IdentityCheckAnswer {
    /// It is the person.
    Yes {
        /// Opaque; goes with further requests of this visit.
        grant: Private,
        /// Level reached.
        level: IdentityLevel,
        /// The grant ends then.
        #[serde(rename = "validUntil")]
        #[schema(value_type = String, format = DateTime)]
        valid_until: Timestamp,
    },
    /// It is not, or there is no phone on record: offer another way.
    No {},
    /// The provider does not answer: offer another way.
    Away {},
    /// A code was sent; ask again with what was typed.
    CodeSent {
        /// `154****0001`.
        #[serde(rename = "maskedPhone")]
        masked_phone: String,
    },
    /// Not the code that was sent.
    WrongCode {
        /// Tries left before a new code is needed.
        #[serde(rename = "triesLeft")]
        tries_left: u8,
    },
}

/// `POST /v1/prefill`: what the city already knows for an item's form and materials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PrefillRequest {
    /// Grant of the item's identity level.
    #[schema(value_type = String, min_length = 1, max_length = 128)]
    pub grant: Private,
    /// Handling code of the item.
    #[schema(min_length = 1, max_length = 64)]
    pub item: String,
}

impl Request for PrefillRequest {
    fn check(&self) -> Result<(), BadField> {
        text("grant", self.grant.reveal(), 128)?;
        text("item", &self.item, 64)
    }
}

/// Answer to [`PrefillRequest`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PrefillAnswer {
    /// By field name: the value as text in the way of the field's type (region code, value of a choice, digits,
    /// `YYYY-MM-DD`). A field not here is asked.
    pub fields: BTreeMap<String, Private>,
    /// The item's `shared` materials.
    pub materials: Vec<HeldMaterial>,
    /// Data sets whose department does not answer now: those materials are looked up after filing.
    pub away: Vec<String>,
    /// Why the person's commitments count nowhere for now: the kiosk offers to scan the paper instead. None when they do.
    #[serde(default)]
    pub commitment_bar: Option<CommitmentBar>,
}

/// A material that is not to be brought when the city holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HeldMaterial {
    /// `seq` of the material in the item.
    pub seq: u32,
    /// What the register says.
    pub state: HeldState,
    /// The data set asked.
    pub dataset: String,
}

/// What a register holds on a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum HeldState {
    /// There is a record: 免提交.
    Held,
    /// There is none; the department checks, the resident need not bring it.
    NoRecord,
    /// The department does not answer now; it is looked up after filing.
    Away,
}

/// `GET /v1/options/{name}`: choices that change by the day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OptionsAnswer {
    /// In the order to show.
    pub options: Vec<OptionChoice>,
}

/// One choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OptionChoice {
    /// What is filed.
    pub value: String,
    /// What is shown.
    pub label: Words,
}
