//! At a window (R33): an officer takes in what the person before them applies for or brings (session, role window).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::identity::IdentityMethod;
use super::packets::AcknowledgementBody;
use super::{BadField, Private, Request, at_most, text};
use crate::packet::MAX_PARTS;

/// Most bytes of a body with pages: `POST /v1/window/filings`, `…/supplements`, and the same from home.
pub const MAX_FILING_BYTES: usize = 32 * 1024 * 1024;

/// `POST /v1/window/filings`.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WindowFilingRequest {
    /// A new UUIDv7; filed again under it with the same content it is the same filing.
    pub id: Uuid,
    /// Station of the window.
    pub station: String,
    /// The papers by which the person was known, in the officer's words; None when the card was read.
    #[serde(default)]
    pub papers: Option<Private>,
    /// The content of a packet of kind `application`, without `identity`, `station` and `formSha256`: these the city
    /// writes.
    #[schema(value_type = Object)]
    pub application: serde_json::Value,
    /// The form that was shown and signed, as PDF, base64.
    pub form: Private,
    /// Scanned pages in order, base64; the first is `page-1`.
    #[serde(default)]
    pub pages: Vec<Private>,
}

impl std::fmt::Debug for WindowFilingRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "WindowFilingRequest({}, [redacted])", self.id)
    }
}

impl WindowFilingRequest {
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

impl Request for WindowFilingRequest {
    fn check(&self) -> Result<(), BadField> {
        at_window(&self.station, self.papers.as_ref())?;
        handed(self.id, ("application", &self.application), &self.pages)
    }
}

/// `POST /v1/window/supplements`: what was asked for, brought to any window.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WindowSupplementRequest {
    /// A new UUIDv7; brought again under it with the same content it is the same supplement.
    pub id: Uuid,
    /// Station of the window.
    pub station: String,
    /// The papers by which the person was known, in the officer's words; None when the card was read.
    #[serde(default)]
    pub papers: Option<Private>,
    /// The content of a packet of kind `supplement`, without `identity` and `station`: these the city writes.
    #[schema(value_type = Object)]
    pub supplement: serde_json::Value,
    /// Scanned pages in order, base64; the first is `page-1`.
    #[serde(default)]
    pub pages: Vec<Private>,
}

impl std::fmt::Debug for WindowSupplementRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "WindowSupplementRequest({}, [redacted])", self.id)
    }
}

impl WindowSupplementRequest {
    /// The bytes of the pages.
    ///
    /// # Errors
    /// [`BadField`] when one is empty or not base64.
    pub fn pages(&self) -> Result<Vec<Vec<u8>>, BadField> {
        pages(&self.pages)
    }
}

impl Request for WindowSupplementRequest {
    fn check(&self) -> Result<(), BadField> {
        at_window(&self.station, self.papers.as_ref())?;
        handed(self.id, ("supplement", &self.supplement), &self.pages)
    }
}

fn at_window(station: &str, papers: Option<&Private>) -> Result<(), BadField> {
    text("station", station, 64)?;
    papers.map_or(Ok(()), |papers| text("papers", papers.reveal(), 200))
}

/// What is handed in at a window or from home has an id of its own, content and not too many pages.
pub(super) fn handed(
    id: Uuid,
    (field, content): (&str, &serde_json::Value),
    pages: &[Private],
) -> Result<(), BadField> {
    if id.get_version_num() != 7 {
        return Err(BadField::new("id", "is not a UUIDv7"));
    }
    if !content.is_object() {
        return Err(BadField::new(field, "is not an object"));
    }
    // Content and form are parts too.
    at_most("pages", pages.len(), MAX_PARTS - 2)
}

/// The bytes of pages in base64.
pub(super) fn pages(pages: &[Private]) -> Result<Vec<Vec<u8>>, BadField> {
    let pages = pages.iter().enumerate();
    pages
        .map(|(at, page)| decode(&format!("pages[{at}]"), page))
        .collect()
}

pub(super) fn decode(field: &str, text: &Private) -> Result<Vec<u8>, BadField> {
    let bytes = STANDARD.decode(text.reveal());
    let bytes = bytes.map_err(|_| BadField::new(field, "is not base64"))?;
    if bytes.is_empty() {
        return Err(BadField::new(field, "is empty"));
    }
    Ok(bytes)
}

/// What was handed in at a window or from home, and what it became.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TakenInAnswer {
    /// The receipt number, as on a slip.
    pub receipt: String,
    /// 申报号.
    pub filing_number: String,
    /// 办件编号.
    pub case_number: Option<String>,
    /// The same acknowledgement a kiosk gets.
    pub acknowledgement: AcknowledgementBody,
}

/// `POST /v1/window/identity-checks`: the person before a window proves who they are, so that what is theirs may be
/// opened there. An officer cannot do it for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WindowIdentityRequest {
    /// Station of the window.
    pub station: String,
    /// Number of the document.
    pub document_number: Private,
    /// Name as on the document.
    pub name: Private,
    /// `face` or `phoneCode`.
    pub method: IdentityMethod,
    /// The phone code that was typed; None asks for one to be sent.
    #[serde(default)]
    pub answer: Option<Private>,
}

impl Request for WindowIdentityRequest {
    fn check(&self) -> Result<(), BadField> {
        text("station", &self.station, 64)?;
        text("documentNumber", self.document_number.reveal(), 32)?;
        text("name", self.name.reveal(), 100)?;
        if let Some(answer) = &self.answer {
            text("answer", answer.reveal(), 16)?;
        }
        match self.method {
            IdentityMethod::Face | IdentityMethod::PhoneCode => Ok(()),
            IdentityMethod::Card | IdentityMethod::Staff => Err(BadField::new(
                "method",
                "only the person can prove it here: face or phoneCode",
            )),
        }
    }
}
