//! From home (R60): a grant that is bound to no kiosk, where the city's policy opens it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::window::{decode, handed, pages};
use super::{BadField, Private, Request, at_most, text};
use crate::application::RatingLevel;

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

/// `POST /v1/home-filings`: files from home, with the grant in the header `city-grant`.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HomeFilingRequest {
    /// A new UUIDv7; filed again under it with the same content it is the same filing.
    pub id: Uuid,
    /// The content of a packet of kind `application`, without `identity`, `station` and `formSha256`: these the city
    /// writes. The person is the one of the grant.
    #[schema(value_type = Object)]
    pub application: serde_json::Value,
    /// The form that was shown and signed, as PDF, base64.
    pub form: Private,
    /// Pages in order, JPEG, PNG or PDF, base64; the first is `page-1`.
    #[serde(default)]
    pub pages: Vec<Private>,
}

impl std::fmt::Debug for HomeFilingRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HomeFilingRequest({}, [redacted])", self.id)
    }
}

impl HomeFilingRequest {
    /// The bytes of the form.
    ///
    /// # Errors
    /// [`BadField`] when it is empty or not base64.
    pub fn form(&self) -> Result<Vec<u8>, BadField> {
        decode("form", &self.form)
    }

    /// The bytes of the pages.
    ///
    /// # Errors
    /// [`BadField`] when one is empty or not base64.
    pub fn pages(&self) -> Result<Vec<Vec<u8>>, BadField> {
        pages(&self.pages)
    }
}

impl Request for HomeFilingRequest {
    fn check(&self) -> Result<(), BadField> {
        handed(self.id, ("application", &self.application), &self.pages)
    }
}

/// `POST /v1/home-supplements`: what was asked for, from home, with the grant in the header `city-grant`.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HomeSupplementRequest {
    /// A new UUIDv7; brought again under it with the same content it is the same supplement.
    pub id: Uuid,
    /// The content of a packet of kind `supplement`, without `identity` and `station`: these the city writes.
    #[schema(value_type = Object)]
    pub supplement: serde_json::Value,
    /// Pages in order, JPEG, PNG or PDF, base64; the first is `page-1`.
    #[serde(default)]
    pub pages: Vec<Private>,
}

impl std::fmt::Debug for HomeSupplementRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HomeSupplementRequest({}, [redacted])", self.id)
    }
}

impl HomeSupplementRequest {
    /// The bytes of the pages.
    ///
    /// # Errors
    /// [`BadField`] when one is empty or not base64.
    pub fn pages(&self) -> Result<Vec<Vec<u8>>, BadField> {
        pages(&self.pages)
    }
}

impl Request for HomeSupplementRequest {
    fn check(&self) -> Result<(), BadField> {
        handed(self.id, ("supplement", &self.supplement), &self.pages)
    }
}

/// `POST /v1/home-ratings`: rates a service from home, with the grant in the header `city-grant`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HomeRatingRequest {
    /// A new UUIDv7; sent again under it with the same content it is the same rating.
    pub id: Uuid,
    /// `packet` of the case, as "my matters" shows it.
    pub contact: Uuid,
    /// 1 (非常不满意) to 5 (非常满意).
    #[schema(value_type = u8, minimum = 1, maximum = 5)]
    pub level: RatingLevel,
    /// Keys of reasons chosen; at least one, or words, for the two bad levels.
    #[serde(default)]
    pub reasons: Vec<String>,
    /// The rater's own words.
    #[serde(default)]
    pub words: Option<Private>,
}

impl Request for HomeRatingRequest {
    fn check(&self) -> Result<(), BadField> {
        if self.id.get_version_num() != 7 {
            return Err(BadField::new("id", "is not a UUIDv7"));
        }
        at_most("reasons", self.reasons.len(), 20)?;
        for reason in &self.reasons {
            text("reasons", reason, 64)?;
        }
        match &self.words {
            Some(words) => text("words", words.reveal(), 1000),
            None => Ok(()),
        }
    }
}
