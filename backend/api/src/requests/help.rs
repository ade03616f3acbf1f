//! Calls for a person's help: raised at a kiosk, heard at the windows of its station. Nothing in them is about a person.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{BadField, Request, text};

/// Seconds after which a call that nobody closed is over.
pub const HELP_CALL_SECONDS: i64 = 15 * 60;

/// `POST /v1/help-calls` (kiosk).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HelpRequest {
    /// Id of the call, made by the kiosk: sent again, it is one.
    pub id: Uuid,
    /// Which page the person is on: small letters, digits and `-`.
    #[schema(min_length = 1, max_length = 32, pattern = "^[a-z0-9-]+$")]
    pub step: String,
    /// Handling code of the item they are at; None when no item was chosen.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 64)]
    pub item: Option<String>,
}

impl Request for HelpRequest {
    fn check(&self) -> Result<(), BadField> {
        text("step", &self.step, 32)?;
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !self.step.chars().all(plain) {
            return Err(BadField::new("step", "is not the name of a page"));
        }
        match &self.item {
            Some(item) => text("item", item, 64),
            None => Ok(()),
        }
    }
}

/// Where a call stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HelpState {
    /// Nobody heard it yet.
    Waiting,
    /// Somebody of the station heard it and comes.
    Coming,
    /// The kiosk or the helper closed it, or its time is over.
    Closed,
}

crate::names! {
    pub HelpState
    Waiting = "waiting",
    Coming = "coming",
    Closed = "closed",
}

/// A call as its kiosk sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HelpView {
    /// Where it stands.
    pub state: HelpState,
}

/// A call as the windows of its station see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HelpCall {
    /// Its id.
    pub id: Uuid,
    /// Kiosk it came from.
    pub kiosk: String,
    /// Which page the person is on.
    pub step: String,
    /// Handling code of the item they are at; None when no item was chosen.
    pub item: Option<String>,
    /// When it was raised.
    #[schema(value_type = String, format = DateTime)]
    pub called: Timestamp,
    /// Where it stands.
    pub state: HelpState,
    /// Who comes; None while nobody heard it.
    pub by: Option<String>,
}

/// `GET /v1/help-calls` (officer of a window).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HelpCallsAnswer {
    /// Open calls of the station, the oldest first, at most 200.
    pub calls: Vec<HelpCall>,
}
