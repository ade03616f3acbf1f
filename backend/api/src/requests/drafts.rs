//! Drafts (暂存, R34): begun in one place, taken up in another (kiosk or window, grant of the person).

use city_catalogue::form::Answers;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{BadField, Private, Request, Words, at_most, text};
use crate::application::{How, MaterialRef};
use crate::packet::{MAX_PARTS, Role};

/// Most bytes of the body of `POST /v1/drafts`.
pub const MAX_DRAFT_BYTES: usize = 32 * 1024 * 1024;
/// Header by which a window says at which station it is.
pub const STATION_HEADER: &str = "city-station";

/// `POST /v1/drafts`: keeps a draft at the person's wish. A kiosk that is offline sends a packet of kind `draft`.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SaveDraftRequest {
    /// A new UUIDv7; kept again under it, it is the same draft.
    pub id: Uuid,
    /// Grant of the person, of the item's identity level.
    pub grant: Private,
    /// Handling code of the item.
    pub item: String,
    /// Version the person saw.
    pub version: u32,
    /// The answers so far, as in a packet.
    #[schema(value_type = Object)]
    pub answers: Answers,
    /// The materials so far, as in a packet.
    #[schema(value_type = Vec<Object>)]
    pub materials: Vec<MaterialRef>,
    /// Scanned pages in order, base64; the first is `page-1`.
    #[serde(default)]
    pub pages: Vec<Private>,
    /// An older draft of this person that it stands for.
    #[serde(default)]
    pub replaces: Option<Uuid>,
}

impl std::fmt::Debug for SaveDraftRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SaveDraftRequest({}, [redacted])", self.id)
    }
}

impl SaveDraftRequest {
    /// The bytes of the pages.
    ///
    /// # Errors
    /// [`BadField`] when one is empty or not base64.
    pub fn pages(&self) -> Result<Vec<Vec<u8>>, BadField> {
        super::window::pages(&self.pages)
    }
}

impl Request for SaveDraftRequest {
    fn check(&self) -> Result<(), BadField> {
        if self.id.get_version_num() != 7 {
            return Err(BadField::new("id", "is not a UUIDv7"));
        }
        text("grant", self.grant.reveal(), 128)?;
        text("item", &self.item, 64)?;
        at_most("materials", self.materials.len(), 200)?;
        at_most("pages", self.pages.len(), MAX_PARTS - 2)?;
        for material in &self.materials {
            let How::Scanned { pages } = &material.how else {
                continue;
            };
            let there = |role: &Role| match role {
                Role::Page(number) => (1..=self.pages.len()).contains(&usize::from(*number)),
                Role::Content | Role::Form | Role::Visit => false,
            };
            if !pages.iter().all(there) {
                return Err(BadField::new("materials", "names a page that is not there"));
            }
        }
        Ok(())
    }
}

/// A draft in a list: what it is about, nothing of what is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DraftView {
    /// Its id.
    pub id: Uuid,
    /// Handling code of the item.
    pub item: String,
    /// Version it was begun with.
    pub version: u32,
    /// Version in force now; None when the item cannot be applied for any more.
    pub version_now: Option<u32>,
    /// Name of the item.
    pub name: Words,
    /// Station it was kept at.
    pub station: String,
    /// When it was kept.
    #[schema(value_type = String, format = DateTime)]
    pub kept: Timestamp,
    /// It is gone then.
    #[schema(value_type = String, format = DateTime)]
    pub lapses: Timestamp,
}

/// `POST /v1/drafts/mine`: drafts of a person, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SavedDraftsAnswer {
    /// Those whose items ask for no more than the level reached.
    pub drafts: Vec<DraftView>,
    /// How many ask for more.
    pub hidden: u32,
}

/// `POST /v1/drafts/{id}/take-up`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TakenUpAnswer {
    /// What it is about.
    pub draft: DraftView,
    /// The answers, as in a packet.
    #[schema(value_type = Object)]
    pub answers: Answers,
    /// The materials, as in a packet.
    #[schema(value_type = Vec<Object>)]
    pub materials: Vec<MaterialRef>,
    /// How many pages there are: `GET /v1/drafts/{id}/pages/{page}`, from 1.
    pub pages: u32,
    /// What no longer fits the version in force.
    pub misfits: Vec<Misfit>,
}

/// Something of a draft that no longer fits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Misfit {
    /// Name of the form's field; None for a material.
    pub field: Option<String>,
    /// `seq` of the material; None for a field.
    pub material: Option<u32>,
    /// Key of what is wrong: a problem of the form, `material_gone` or `material_changed`.
    pub problem: String,
}
