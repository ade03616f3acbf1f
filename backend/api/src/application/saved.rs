//! A draft (暂存): kept at the resident's wish, under their own identity.

use city_catalogue::form::Answers;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Defect, Identity, MaterialRef, Person};
use crate::packet::{Header, ItemRef};

/// Content of a packet of kind `draft`. Its id is the draft's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SavedDraft {
    /// The item in the version the resident saw; the same as in the header.
    pub item: ItemRef,
    /// Whose draft it is.
    pub person: Person,
    /// How far the person was identified.
    pub identity: Identity,
    /// The resident asked for it to be kept: without that nothing is.
    pub wished: bool,
    /// The answers so far.
    pub answers: Answers,
    /// The materials so far.
    pub materials: Vec<MaterialRef>,
    /// An older draft of this person that it stands for; None for a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<Uuid>,
    /// Id of the station.
    pub station: String,
}

impl SavedDraft {
    /// Whether header and content belong together, and every page named is there.
    ///
    /// # Errors
    /// [`Defect::Item`] or [`Defect::Page`].
    pub fn check(&self, header: &Header) -> Result<(), Defect> {
        if header.item.as_ref() != Some(&self.item) {
            return Err(Defect::Item);
        }
        super::defect::check_pages(&self.materials, header)
    }
}
