//! The code library: what anybody may read of the items, and how a version comes into force.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{BadField, Request, Words, at_most, text};

/// `GET /v1/items`: the items in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ItemsAnswer {
    /// Version of the catalogue they stand in.
    pub catalogue_version: u64,
    /// The items, in the order of the catalogue.
    pub items: Vec<ItemSummary>,
}

/// An item in one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ItemSummary {
    /// Handling code.
    pub code: String,
    /// Version in force.
    pub version: u32,
    /// Name.
    pub name: Words,
    /// Domain (领域).
    pub domain: String,
    /// Theme (主题).
    pub theme: String,
    /// Id of the body that implements it.
    pub department: String,
    /// First day in force.
    #[schema(value_type = String, format = Date)]
    pub effective_from: Date,
    /// Last day somebody confirmed that the record is right.
    #[schema(value_type = String, format = Date)]
    pub last_checked: Date,
    /// Its name has approval character: two reviewers.
    pub approval_character: bool,
    /// Materials to bring, visits, steps, promised days.
    #[schema(value_type = Object)]
    pub burden: Value,
}

/// `GET /v1/items/{code}/versions`: every version that is or was in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VersionsAnswer {
    /// The acts, the oldest first; who did them is told to officers only.
    pub acts: Vec<Act>,
}

/// What was done with a version of an item or contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Act {
    /// Version.
    pub version: u32,
    /// `drafted`, `reviewed`, `enforced`, `cancelled`, `confirmed`, `published`, `ended`.
    pub act: String,
    /// Who; None for everybody but officers.
    pub person: Option<String>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Why.
    pub why: String,
}

/// `POST /v1/library/drafts`: a new version, or a new item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DraftRequest {
    /// The whole record as in `catalogue.json`; its status and revision are set by the city.
    #[schema(value_type = Object)]
    pub item: Value,
    /// Why it is written, 1 to 500 characters.
    #[schema(min_length = 1, max_length = 500)]
    pub why: String,
    /// Ratings and statistics that led to it: kind (`rating`, `statistics`, `objection`, `law`) and reference.
    #[serde(default)]
    #[schema(max_items = 32)]
    pub causes: Vec<CauseRef>,
}

/// What led to a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CauseRef {
    /// `rating`, `statistics`, `objection` or `law`.
    pub kind: String,
    /// Where it is found: number of a work order, a report and its period.
    #[schema(min_length = 1, max_length = 200)]
    pub reference: String,
}

impl Request for DraftRequest {
    fn check(&self) -> Result<(), BadField> {
        text("why", &self.why, 500)?;
        at_most("causes", self.causes.len(), 32)?;
        for (at, cause) in self.causes.iter().enumerate() {
            text(&format!("causes[{at}].reference"), &cause.reference, 200)?;
        }
        Ok(())
    }
}

/// Body of a review, of coming into force, of a cancellation and of a confirmation, of items and contracts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActRequest {
    /// Why, or what was found, 1 to 500 characters.
    #[schema(min_length = 1, max_length = 500)]
    pub why: String,
}

impl Request for ActRequest {
    fn check(&self) -> Result<(), BadField> {
        text("why", &self.why, 500)
    }
}

/// Where a version stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VersionAnswer {
    /// Handling code of the item, or id of the contract.
    pub code: String,
    /// Version.
    pub version: u32,
    /// `draft`, `reviewed`, `in_force`, `changed`, `cancelled`.
    pub status: String,
    /// Who wrote it.
    pub editor: String,
    /// Who reviewed it.
    pub reviewers: Vec<String>,
    /// Reviews it needs: two for approval character, else one.
    pub reviews_needed: u32,
}

/// `GET /v1/library/drafts` and `GET /v1/contracts/drafts`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DraftsAnswer {
    /// Versions that are not in force yet, at most 1000.
    pub drafts: Vec<VersionAnswer>,
}
