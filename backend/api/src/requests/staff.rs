//! Accounts and sessions of the people who work for the city (bearer token of a session).

use city_catalogue::policy::{StaffRole, WindowScope};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{BadField, Private, Request, at_most, text};

/// Most characters of a name.
const NAME: usize = 32;
/// Most characters of a password: hashing takes all of them.
const PASSWORD: usize = 128;

/// `POST /v1/sessions`: logs in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SessionRequest {
    /// Name of the account.
    #[schema(min_length = 1, max_length = 32)]
    pub name: String,
    /// Its password.
    #[schema(value_type = String, min_length = 1, max_length = 128)]
    pub password: Private,
    /// The role of this session; None when the account has only one.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub role: Option<StaffRole>,
}

impl Request for SessionRequest {
    fn check(&self) -> Result<(), BadField> {
        text("name", &self.name, NAME)?;
        text("password", self.password.reveal(), PASSWORD)
    }
}

/// A session that began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionAnswer {
    /// Bearer token.
    pub token: Private,
    /// Role of the session.
    #[schema(value_type = String)]
    pub role: StaffRole,
    /// Body of the account.
    pub body: String,
    /// The session ends then, and earlier when nothing is asked for a while.
    #[schema(value_type = String, format = DateTime)]
    pub valid_until: Timestamp,
}

/// `POST /v1/accounts`: a new account, without any role (role `system`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AccountRequest {
    /// 1 to 32 of `a` to `z`, `0` to `9`, `.`, `_`, `-`; never used again for somebody else.
    #[schema(min_length = 1, max_length = 32, pattern = "^[a-z0-9._-]+$")]
    pub name: String,
    /// Id of the body.
    #[schema(min_length = 1, max_length = 64)]
    pub body: String,
    /// First password.
    #[schema(value_type = String, min_length = 1, max_length = 128)]
    pub password: Private,
}

impl Request for AccountRequest {
    fn check(&self) -> Result<(), BadField> {
        account_name("name", &self.name)?;
        text("body", &self.body, 64)?;
        text("password", self.password.reveal(), PASSWORD)
    }
}

/// Name of an account.
fn account_name(field: &str, name: &str) -> Result<(), BadField> {
    text(field, name, NAME)?;
    let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-');
    if name.bytes().all(allowed) {
        Ok(())
    } else {
        Err(BadField::new(field, "only a to z, 0 to 9, `.`, `_`, `-`"))
    }
}

/// `POST /v1/accounts/{name}/roles`: all roles it has from now on (role `security`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RolesRequest {
    /// The roles; empty takes all away.
    #[schema(value_type = Vec<String>, max_items = 7)]
    pub roles: Vec<StaffRole>,
}

impl Request for RolesRequest {
    fn check(&self) -> Result<(), BadField> {
        at_most("roles", self.roles.len(), StaffRole::ALL.len())
    }
}

/// `POST /v1/accounts/{name}/training`: the training record (role `supervisor`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TrainingRequest {
    /// Last day it is valid.
    #[schema(value_type = String, format = Date)]
    pub until: Date,
}

impl Request for TrainingRequest {
    fn check(&self) -> Result<(), BadField> {
        Ok(())
    }
}

/// `POST /v1/accounts/{name}/scope`: what an officer of a window takes in (role `supervisor`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ScopeRequest {
    /// Ids of the stations; null is every one.
    pub stations: Option<Vec<String>>,
    /// Handling codes; null is every item.
    pub items: Option<Vec<String>>,
}

impl Request for ScopeRequest {
    fn check(&self) -> Result<(), BadField> {
        for (field, list) in [("stations", &self.stations), ("items", &self.items)] {
            let list = list.as_deref().unwrap_or_default();
            at_most(field, list.len(), 1000)?;
            list.iter().try_for_each(|one| text(field, one, 64))?;
        }
        Ok(())
    }
}

/// `POST /v1/accounts/{name}/password`: another password, by its owner or by role `system`. Its sessions end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PasswordRequest {
    /// The one of now; only its owner has to say it.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 128)]
    pub old: Option<Private>,
    /// The new one.
    #[schema(value_type = String, min_length = 1, max_length = 128)]
    pub new: Private,
}

impl Request for PasswordRequest {
    fn check(&self) -> Result<(), BadField> {
        if let Some(old) = &self.old {
            text("old", old.reveal(), PASSWORD)?;
        }
        text("new", self.new.reveal(), PASSWORD)
    }
}

/// `GET /v1/accounts` (roles `system`, `security`, `audit`, `supervisor`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccountsAnswer {
    /// By name, at most 1,000.
    pub accounts: Vec<AccountView>,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccountView {
    /// Name.
    pub name: String,
    /// Id of the body.
    pub body: String,
    /// Roles.
    #[schema(value_type = Vec<String>)]
    pub roles: Vec<StaffRole>,
    /// Stations and items it may take in at a window.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub scope: WindowScope,
    /// Last day of the training record; None without one.
    #[schema(value_type = Option<String>, format = Date)]
    pub trained_until: Option<Date>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created: Timestamp,
    /// When it was closed; None while it is not.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub closed: Option<Timestamp>,
}

/// `GET /v1/events`: what happened, the oldest first (role `audit`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventsAnswer {
    /// At most 500, after the number asked from.
    pub events: Vec<EventView>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventView {
    /// Its number, rising.
    pub number: i64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What.
    pub kind: String,
    /// Who.
    pub actor: String,
    /// Id of the packet that opened the case; None when it concerns no case.
    pub case_id: Option<uuid::Uuid>,
    /// Handling code.
    pub item: Option<String>,
    /// Body.
    pub body: Option<String>,
    /// Station.
    pub station: Option<String>,
    /// Kiosk.
    pub device: Option<String>,
    /// More about it; never personal data.
    pub detail: String,
}
