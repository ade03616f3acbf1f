//! Authorities of agents (委托代办): given, listed and revoked by the principal, used by the agent (kiosk or window, grant).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::persons::CaseView;
use super::{BadField, Private, Request, at_most, text};
use crate::application::{Action, Authority, MOST_ITEMS};

/// `POST /v1/authorities`: the principal lets an agent act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AuthorityRequest {
    /// Grant of the principal, of the highest identity level of the items named.
    pub grant: Private,
    /// What is allowed; its form is `electronic`, its principal the person of the grant.
    pub authority: Authority,
}

impl Request for AuthorityRequest {
    fn check(&self) -> Result<(), BadField> {
        text("grant", self.grant.reveal(), 128)?;
        let authority = &self.authority;
        for (field, party) in [
            ("principal", &authority.principal),
            ("agent", &authority.agent),
        ] {
            let field = |part: &str| format!("authority.{field}.{part}");
            text(&field("number"), party.number.reveal(), 32)?;
            text(&field("name"), party.name.reveal(), 100)?;
        }
        if authority.items.is_empty() {
            return Err(BadField::new("authority.items", "names no item"));
        }
        at_most("authority.items", authority.items.len(), MOST_ITEMS)?;
        for item in &authority.items {
            text("authority.items", item, 64)?;
        }
        if authority.actions.is_empty() {
            return Err(BadField::new("authority.actions", "allows nothing"));
        }
        let most = Action::ALL.len();
        at_most("authority.actions", authority.actions.len(), most)
    }
}

/// An authority as its principal and its agent see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuthorityView {
    /// What it says.
    pub authority: Authority,
    /// Whether who asks gave it; else it was given to them.
    pub own: bool,
    /// The principal gave it to the city; else it came with a filing.
    pub given: bool,
    /// When it came.
    #[schema(value_type = String, format = DateTime)]
    pub made: Timestamp,
    /// When the principal took it back; None while it stands.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub revoked: Option<Timestamp>,
}

/// `POST /v1/authorities/mine`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuthoritiesAnswer {
    /// The newest first, at most 100.
    pub authorities: Vec<AuthorityView>,
}

/// `POST /v1/authorities/{id}/cases`: what the agent may see of the principal's matters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PrincipalCasesAnswer {
    /// Matters of the items the authority names, the newest first.
    pub cases: Vec<CaseView>,
}
