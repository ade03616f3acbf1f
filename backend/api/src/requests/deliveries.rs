//! The hand-over of results (送达): what officers and couriers do with one, and where it stands for its applicant.

use city_catalogue::delivery::{State, Way};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::outcome::BodyRef;
use super::{BadField, Private, Request, Words, text};

/// Where the result of a case is, for its applicant and for officers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryView {
    /// How it reaches the applicant.
    #[schema(value_type = String)]
    pub way: Way,
    /// Where it stands.
    #[schema(value_type = String)]
    pub state: State,
    /// Last day of the delivery (行政许可法 Art. 44).
    #[schema(value_type = String, format = Date)]
    pub due: Date,
    /// The day was reckoned without the notice of a year's holidays (暂定).
    #[serde(default)]
    pub provisional: bool,
    /// Station where it is, or will be, fetched; None for a way without one.
    pub station: Option<String>,
    /// Compartment of the station's locker it lies in; None elsewhere.
    pub compartment: Option<u32>,
    /// Tracking number of the post; None while it was not posted.
    pub tracking: Option<Private>,
    /// Since when it waits to be taken; None while it does not.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub since: Option<Timestamp>,
    /// Last day it is kept for its applicant before it goes back to the body; None while it does not wait.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub kept_until: Option<Date>,
    /// When it was delivered; None before.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub delivered: Option<Timestamp>,
}

/// A delivery as an officer sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryTask {
    /// Number of its case, by which it is asked for.
    pub case_number: String,
    /// Handling code.
    pub item: Option<String>,
    /// Name of the item.
    pub name: Words,
    /// Body whose result it is.
    pub body: BodyRef,
    /// Where it stands.
    pub delivery: DeliveryView,
    /// Its last day is over.
    pub late: bool,
    /// The label of the post; None for any other way, and when it is delivered.
    pub label: Option<Label>,
}

/// Whom and where the post goes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Label {
    /// Name of the applicant, or of the agent who may collect.
    pub name: Private,
    /// Address as the applicant confirmed it.
    pub address: Private,
}

/// `GET /v1/deliveries` (officer).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeliveriesAnswer {
    /// What is not delivered: at the station of a window, else of the officer's body; the most urgent first and what
    /// went back last, at most 200.
    pub deliveries: Vec<DeliveryTask>,
}

/// `POST /v1/deliveries/{number}/locker` (officer of a window).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StoreRequest {
    /// Number of the compartment, from 1.
    #[schema(minimum = 1)]
    pub compartment: u32,
}

impl Request for StoreRequest {
    fn check(&self) -> Result<(), BadField> {
        if self.compartment == 0 {
            return Err(BadField::new("compartment", "is counted from 1"));
        }
        Ok(())
    }
}

/// `POST /v1/deliveries/{number}/hand-out` (officer of a window).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandOutRequest {
    /// Grant of the person before the window (`/v1/window/identity-checks`).
    #[schema(value_type = String, min_length = 1, max_length = 128)]
    pub grant: Private,
}

impl Request for HandOutRequest {
    fn check(&self) -> Result<(), BadField> {
        text("grant", self.grant.reveal(), 128)
    }
}

/// `POST /v1/deliveries/{number}/post` (officer).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PostRequest {
    /// Tracking number, 1 to 40 characters.
    #[schema(value_type = String, min_length = 1, max_length = 40)]
    pub tracking: Private,
}

impl Request for PostRequest {
    fn check(&self) -> Result<(), BadField> {
        text("tracking", self.tracking.reveal(), 40)
    }
}

/// `POST /v1/deliveries/{number}/pick-up` (kiosk beside the locker).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PickUpRequest {
    /// Grant of the item's identity level.
    #[schema(value_type = String, min_length = 1, max_length = 128)]
    pub grant: Private,
    /// The pick-up code that was sent.
    #[schema(value_type = String, min_length = 1, max_length = 16)]
    pub code: Private,
}

impl Request for PickUpRequest {
    fn check(&self) -> Result<(), BadField> {
        text("grant", self.grant.reveal(), 128)?;
        text("code", self.code.reveal(), 16)
    }
}

/// What to open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PickUpAnswer {
    /// Number of the compartment.
    pub compartment: u32,
}
