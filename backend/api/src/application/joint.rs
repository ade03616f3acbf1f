//! Several items filed as one matter (一件事): every question and every paper once.

use std::collections::BTreeSet;

use city_catalogue::form::{Answer, Answers};
use serde::{Deserialize, Serialize};

use super::{Application, Defect, Fee, FormSignature, How, Identity, MaterialRef, Notice, Person};
use crate::digest::Sha256;
use crate::packet::{Header, ItemRef};

/// Most items of one matter.
const MAX_ITEMS: usize = 32;

/// Content of a packet of kind `bundle`. Each of its items becomes a case of its own; pages are parts of the packet and
/// are there once, however many cases need them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct JointApplication {
    /// Id of the bundle in the catalogue.
    pub bundle: String,
    /// Its items in the versions the resident saw, at least one, each once.
    pub items: Vec<ItemRef>,
    /// The applicant as on the document; None for items that identify nobody.
    pub person: Option<Person>,
    /// How far the applicant was identified.
    pub identity: Identity,
    /// The answers, each once, with the items that take it.
    pub answers: Vec<JointAnswer>,
    /// The notice that was shown before the first question, and what was consented to.
    pub notice: Notice,
    /// The materials, each once, with the items that take it.
    pub materials: Vec<JointGiven>,
    /// SHA-256 of the one form that was shown and signed (part [`Form`](crate::packet::Role::Form)).
    pub form_sha256: Sha256,
    /// The applicant's signature on the screen; None where no item asks for one.
    pub signature: Option<FormSignature>,
    /// The fees that are due, by item; empty for free items.
    #[serde(default)]
    pub fees: Vec<JointFee>,
    /// Id of the station.
    pub station: String,
}

/// An answer, and the items whose form asks for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct JointAnswer {
    /// Name of the form field, the same in each of the items.
    pub field: String,
    /// Handling codes.
    pub items: Vec<String>,
    /// The answer.
    pub answer: Answer,
}

/// A material, and where each item lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct JointGiven {
    /// The items that take it.
    pub places: Vec<JointPlace>,
    /// Name of the form field that takes the file; None for a material of the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// How it is supplied.
    pub how: How,
}

/// A material's place in an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct JointPlace {
    /// Handling code.
    pub item: String,
    /// `seq` of the material there; 0 for a file field of the form.
    pub seq: u32,
}

/// A fee of one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct JointFee {
    /// Handling code.
    pub item: String,
    /// The fee.
    pub fee: Fee,
}

impl JointApplication {
    /// Whether header and content belong together, and every answer, paper and fee is for an item of the packet.
    ///
    /// What concerns one item alone (its form, its materials) is checked item by item: a defect there leaves the
    /// others as they are.
    ///
    /// # Errors
    /// [`Defect::Item`] when the header names an item, [`Defect::Bundle`] for what does not fit inside.
    pub fn check(&self, header: &Header) -> Result<(), Defect> {
        if header.item.is_some() {
            return Err(Defect::Item);
        }
        let codes: BTreeSet<&str> = self.items.iter().map(|item| item.code.as_str()).collect();
        let is_sound = codes.len() == self.items.len() && (1..=MAX_ITEMS).contains(&codes.len());
        let mut answered = self.answers.iter().flat_map(|answer| {
            let items = answer.items.iter();
            items.map(|item| (item.as_str(), answer.field.as_str()))
        });
        let mut asked = BTreeSet::new();
        let once = answered.all(|place| codes.contains(place.0) && asked.insert(place));
        let places = self.materials.iter().flat_map(|given| &given.places);
        let of_items = places
            .map(|place| &place.item)
            .chain(self.fees.iter().map(|fee| &fee.item))
            .all(|item| codes.contains(item.as_str()));
        (is_sound && once && of_items)
            .then_some(())
            .ok_or(Defect::Bundle)
    }

    /// The application for each of its items, in their order.
    #[must_use]
    pub fn split(&self) -> Vec<Application> {
        self.items.iter().map(|item| self.of(item)).collect()
    }

    fn of(&self, item: &ItemRef) -> Application {
        let mut answers = Answers::new();
        for joint in &self.answers {
            if joint.items.contains(&item.code) {
                answers.set(&joint.field, joint.answer.clone());
            }
        }
        let materials = self.materials.iter().flat_map(|given| {
            let places = given.places.iter();
            let own = places.filter(|place| place.item == item.code);
            own.map(|place| MaterialRef {
                seq: place.seq,
                field: given.field.clone(),
                how: given.how.clone(),
            })
        });
        let fees = self.fees.iter().filter(|fee| fee.item == item.code);
        Application {
            item: item.clone(),
            person: self.person.clone(),
            // A bundle is filed by the one it is for.
            organisation: None,
            agent: None,
            identity: self.identity.clone(),
            answers,
            notice: self.notice.clone(),
            materials: materials.collect(),
            form_sha256: self.form_sha256,
            signature: self.signature.clone(),
            fees: fees.map(|fee| fee.fee.clone()).collect(),
            station: self.station.clone(),
            draft: None,
            delivery: None,
        }
    }
}
