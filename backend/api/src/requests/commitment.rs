//! The look afterwards at commitments that stand in for materials (事后核查, R12).

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::outcome::BodyRef;
use super::{BadField, Private, Request, Words, text};

/// Where a check stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// To be looked at.
    Open,
    /// The commitment does not hold, and is to be put right (限期整改).
    Rectify,
    /// It holds.
    Kept,
    /// It does not hold: what was granted on it is revoked (撤销).
    Revoked,
    /// The case ended without a grant.
    NotNeeded,
}

crate::names! {
    pub CheckState
    Open = "open",
    Rectify = "rectify",
    Kept = "kept",
    Revoked = "revoked",
    NotNeeded = "not_needed",
}

/// A commitment to be looked at, as its body sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AfterCheck {
    /// Its id.
    pub id: Uuid,
    /// Number of its case.
    pub case_number: String,
    /// Handling code.
    pub item: Option<String>,
    /// Name of the item.
    pub name: Words,
    /// `seq` of the material in the item's record.
    pub material: u32,
    /// Name of the material.
    pub material_name: Words,
    /// Version of the text that was promised.
    pub text_version: Option<String>,
    /// SHA-256 of that text.
    pub text_sha256: Option<String>,
    /// Body that looks.
    pub body: BodyRef,
    /// State.
    pub state: CheckState,
    /// When the case was accepted on it.
    #[schema(value_type = String, format = DateTime)]
    pub opened: Timestamp,
    /// Last day to look; in `rectify`, to put it right.
    #[schema(value_type = String, format = Date)]
    pub due: Date,
    /// Its clock ran out.
    pub late: bool,
    /// What the officer wrote last; None before.
    pub words: Option<Private>,
    /// How it was repaired; None while it was not, and where nothing was found false.
    pub repair: Option<Repair>,
}

/// How a commitment that was found false was repaired (信用修复): its person may commit again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Repair {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The officer.
    pub by: String,
    /// Why.
    pub words: Private,
}

/// Why no commitment of a person counts for now (国办发〔2020〕42号).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CommitmentBar {
    /// Day an earlier one was found false, or the register listed the person.
    #[schema(value_type = String, format = Date)]
    pub since: Date,
    /// Last day of the bar, where it is known; it ends before when the earlier one is repaired.
    #[schema(value_type = Option<String>, format = Date)]
    pub until: Option<Date>,
    /// Body in whose register the person is listed; None for a commitment that was found false in this city.
    #[serde(default)]
    pub source: Option<BodyRef>,
}

/// `GET /v1/after-checks` and `…/broken` (officer).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AfterChecksAnswer {
    /// Of the officer's body, at most 200: open ones, the most urgent first; those found false that still bar their
    /// person, the newest first.
    pub after_checks: Vec<AfterCheck>,
}

/// What an officer found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckOutcome {
    /// The commitment holds.
    Kept,
    /// It does not, and is to be put right; once.
    Rectify,
    /// It does not, and what was granted on it is revoked.
    Revoke,
}

/// `POST /v1/after-checks/{id}/outcome` (officer).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckOutcomeRequest {
    /// What was found.
    pub outcome: CheckOutcome,
    /// What was looked at and what follows, 1 to 2000 characters.
    pub words: Private,
}

impl Request for CheckOutcomeRequest {
    fn check(&self) -> Result<(), BadField> {
        text("words", self.words.reveal(), 2000)
    }
}

/// `POST /v1/after-checks/{id}/repair` (officer).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RepairRequest {
    /// What the person put right and why they may commit again, 1 to 2000 characters.
    #[schema(value_type = String, min_length = 1, max_length = 2000)]
    pub words: Private,
}

impl Request for RepairRequest {
    fn check(&self) -> Result<(), BadField> {
        text("words", self.words.reveal(), 2000)
    }
}
