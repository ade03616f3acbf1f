//! "My matters": counts for the card alone, the matters behind the item's identity level.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::deliveries::DeliveryView;
use super::outcome::{BodyRef, CaseState, Dates, Decision, ResultRef, Waiting};
use super::procedure::{ExtensionView, SpecialView, TerminationView};
use super::{BadField, Private, Request, Words, text};

/// `POST /v1/persons/summary` and `/v1/persons/cases`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GrantRequest {
    /// Grant of the person at the kiosk.
    #[schema(value_type = String, min_length = 1, max_length = 128)]
    pub grant: Private,
}

impl Request for GrantRequest {
    fn check(&self) -> Result<(), BadField> {
        text("grant", self.grant.reveal(), 128)
    }
}

/// Counts only: what the card alone may show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SummaryAnswer {
    /// Matters that are not closed.
    pub open: u32,
    /// Of them, those that wait for the resident (a supplement).
    pub waiting_for_you: u32,
    /// Results of the last 90 days that can be printed.
    pub results: u32,
}

/// The matters of a person, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CasesAnswer {
    /// At most 100.
    pub cases: Vec<CaseView>,
    /// Matters not shown because their items ask for a higher identity level.
    pub hidden: u32,
}

/// One matter as its resident sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CaseView {
    /// Id of the packet that opened it, of a case in a bundle its own id; a rating names it.
    pub packet: Uuid,
    /// Number of the bundle it was filed in; None for one filed alone.
    pub bundle: Option<String>,
    /// Receipt number of the slip.
    pub receipt: String,
    /// 申报号.
    pub filing_number: String,
    /// 办件编号; None for an irregular case.
    pub case_number: Option<String>,
    /// Handling code of the item; None for an irregular case without one.
    pub item: Option<String>,
    /// Version of the item the case began with.
    pub item_version: Option<u32>,
    /// Name of the item.
    pub name: Words,
    /// State of the case.
    pub state: CaseState,
    /// Who holds it now; None when it is closed.
    pub held_by: Option<BodyRef>,
    /// A department's service is away.
    pub waiting: Option<Waiting>,
    /// Dates of the case.
    pub dates: Dates,
    /// What the resident is asked for; None when nothing.
    pub supplement: Option<SupplementAsked>,
    /// The decision.
    pub decision: Option<Decision>,
    /// Its results.
    pub results: Vec<ResultRef>,
    /// Its last special procedure (特别程序); None when there was none.
    #[serde(default)]
    pub special: Option<SpecialView>,
    /// Its extension (延期); None when there was none.
    #[serde(default)]
    pub extension: Option<ExtensionView>,
    /// How an officer ended it without a decision; None when nobody did.
    #[serde(default)]
    pub termination: Option<TerminationView>,
    /// Where its result is; None while there is none to deliver.
    #[serde(default)]
    pub delivery: Option<DeliveryView>,
}

/// A correction notice (补正告知): everything that is missing, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SupplementAsked {
    /// Materials to bring.
    pub materials: Vec<MaterialAsked>,
    /// The officer's words to the resident.
    pub words: Private,
    /// When it was asked.
    #[schema(value_type = String, format = DateTime)]
    pub asked: Timestamp,
    /// Bring it by then.
    #[schema(value_type = String, format = Date)]
    pub bring_by: Date,
}

/// A material to bring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MaterialAsked {
    /// `seq` of the material in the item's version of the case.
    pub seq: u32,
    /// Its name.
    pub name: Words,
}
