//! From home (R60): a grant that is bound to no kiosk, where the city's policy opens it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{BadField, Private, Request, text};

/// Header of a request that comes from no kiosk and no window; its value is [`HOME`].
pub const CHANNEL_HEADER: &str = "city-channel";
/// See [`CHANNEL_HEADER`].
pub const HOME: &str = "home";

/// `POST /v1/home-identity-checks`: a code to the phone on record, then what was typed. The answers are the same whether
/// the city knows the person or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HomeIdentityRequest {
    /// Number of the document.
    pub document_number: Private,
    /// Name as on the document.
    pub name: Private,
    /// The code that was typed; None asks for one to be sent.
    #[serde(default)]
    pub answer: Option<Private>,
}

impl Request for HomeIdentityRequest {
    fn check(&self) -> Result<(), BadField> {
        text("documentNumber", self.document_number.reveal(), 32)?;
        text("name", self.name.reveal(), 100)?;
        match &self.answer {
            Some(answer) => text("answer", answer.reveal(), 16),
            None => Ok(()),
        }
    }
}
