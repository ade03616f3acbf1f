//! Several items as one matter (一件事): one view of the progress of all its cases (R58).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Words;
use super::outcome::{BodyRef, CaseState, Dates, Outcome};
use super::persons::CaseView;

/// `POST /v1/persons/bundles`: the bundles a person filed, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BundlesAnswer {
    /// Those among the person's last 100 matters.
    pub bundles: Vec<BundleView>,
}

/// A bundle as its resident sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BundleView {
    /// What it is and how far it is.
    pub matter: Matter,
    /// Receipt number of the one slip.
    pub receipt: String,
    /// Its cases whose items ask for no more than the level reached, in the order they were filed.
    pub cases: Vec<CaseView>,
    /// Cases not shown because their items ask for a higher identity level.
    pub hidden: u32,
}

/// A bundle and its progress.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Matter {
    /// Number of the bundle.
    pub number: String,
    /// Id of the bundle in the catalogue.
    pub bundle: String,
    /// Its name.
    pub name: Words,
    /// The city committed it.
    #[schema(value_type = String, format = DateTime)]
    pub received: Timestamp,
    /// How far its cases are.
    pub progress: Progress,
    /// Items of the bundle, as it is published now, that were not filed with it.
    pub left_out: Vec<MatterItem>,
}

/// How far the cases of a bundle are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// All cases.
    pub cases: u32,
    /// Not over yet.
    pub open: u32,
    /// Of them, those that wait for the resident.
    pub waiting_for_you: u32,
    /// Granted.
    pub granted: u32,
    /// Refused or not accepted.
    pub refused: u32,
}

/// An item by code and name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MatterItem {
    /// Handling code.
    pub code: String,
    /// Name.
    pub name: Words,
}

/// `GET /v1/matters/{number}`: a bundle for the officers of the bodies that take part in it; nothing personal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MatterAnswer {
    /// What it is and how far it is.
    pub matter: Matter,
    /// All its cases.
    pub cases: Vec<MatterCase>,
}

/// A case of a bundle, without what was filed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MatterCase {
    /// Handling code; None when the item is not known.
    pub item: Option<String>,
    /// Name of the item.
    pub name: Words,
    /// Case number, before there is one the filing number.
    pub number: String,
    /// State.
    pub state: CaseState,
    /// Competent body.
    pub body: BodyRef,
    /// Who holds it now; None when nobody does.
    pub held_by: Option<BodyRef>,
    /// Granted or not; None before it is decided.
    pub granted: Option<bool>,
    /// Its dates.
    pub dates: Dates,
}

/// `GET /v1/packets/{id}/outcomes`: what became of everything in a packet, for the kiosk that filed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OutcomesAnswer {
    /// Number of the bundle; None for a packet of one item.
    pub bundle: Option<String>,
    /// One for each case.
    pub outcomes: Vec<ItemOutcome>,
}

/// What became of one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ItemOutcome {
    /// Handling code; None when the item is not known.
    pub item: Option<String>,
    /// Name of the item.
    pub name: Words,
    /// What became of it.
    pub outcome: Outcome,
}
