//! The life of a version of an item or of a contract: draft, reviewed, in force, changed, cancelled, and who may move it (R15, R21).

use serde::{Deserialize, Serialize};

use crate::policy::LibraryPolicy;
use crate::record::{Item, Status};

/// A version and who had a hand in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Life {
    /// Where it stands.
    pub status: Status,
    /// Who wrote it.
    pub editor: String,
    /// Who reviewed it and found it right.
    pub reviewers: Vec<String>,
    /// Its name has approval character: two reviewers.
    pub approval_character: bool,
}

/// Why a version is not moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// Its status does not allow it.
    #[error("a version that is {0} does not allow this")]
    Status(&'static str),
    /// Who wrote it cannot review it.
    #[error("who wrote a version does not review it")]
    Editor,
    /// One person is one review.
    #[error("a second reviewer is a second person")]
    SameReviewer,
    /// Nothing is moved without a recorded reason.
    #[error("a reason is needed")]
    NoReason,
}

impl Life {
    /// A new draft of `item` by `editor`.
    #[must_use]
    pub fn draft(item: &Item, editor: &str, policy: &LibraryPolicy) -> Self {
        Self {
            approval_character: has_approval_character(item, policy),
            ..Self::contract(editor)
        }
    }

    /// A new draft of a contract by `editor`: one review by another person.
    #[must_use]
    pub fn contract(editor: &str) -> Self {
        Self {
            status: Status::Draft,
            editor: editor.to_owned(),
            reviewers: Vec::new(),
            approval_character: false,
        }
    }

    /// Reviews it needs before it can come into force.
    #[must_use]
    pub const fn reviews_needed(&self) -> usize {
        if self.approval_character { 2 } else { 1 }
    }

    /// `person` found the draft right; it is reviewed when all reviews are there.
    ///
    /// # Errors
    /// [`Denied`] when it is no draft, or `person` wrote or reviewed it.
    pub fn review(&mut self, person: &str) -> Result<(), Denied> {
        self.only_as(Status::Draft)?;
        if person == self.editor {
            return Err(Denied::Editor);
        }
        if self.reviewers.iter().any(|known| known == person) {
            return Err(Denied::SameReviewer);
        }
        self.reviewers.push(person.to_owned());
        if self.reviewers.len() >= self.reviews_needed() {
            self.status = Status::Reviewed;
        }
        Ok(())
    }

    /// It comes into force.
    ///
    /// # Errors
    /// [`Denied::Status`] when it is not reviewed.
    pub fn enforce(&mut self) -> Result<(), Denied> {
        self.only_as(Status::Reviewed)?;
        self.status = Status::InForce;
        Ok(())
    }

    /// A newer version came into force instead of it.
    ///
    /// # Errors
    /// [`Denied::Status`] when it is not in force.
    pub fn change(&mut self) -> Result<(), Denied> {
        self.only_as(Status::InForce)?;
        self.status = Status::Changed;
        Ok(())
    }

    /// It is cancelled: what is in force, and what never came into it.
    ///
    /// # Errors
    /// [`Denied`] without a reason, or when it is changed or cancelled already.
    pub fn cancel(&mut self, why: &str) -> Result<(), Denied> {
        if why.trim().is_empty() {
            return Err(Denied::NoReason);
        }
        match self.status {
            Status::Draft | Status::Reviewed | Status::InForce => {
                self.status = Status::Cancelled;
                Ok(())
            }
            Status::Changed | Status::Cancelled => Err(Denied::Status(self.status.as_str())),
        }
    }

    fn only_as(&self, status: Status) -> Result<(), Denied> {
        if self.status == status {
            return Ok(());
        }
        Err(Denied::Status(self.status.as_str()))
    }
}

/// Whether the name of `item` marks an approval in disguise (隐性审批).
#[must_use]
pub fn has_approval_character(item: &Item, policy: &LibraryPolicy) -> bool {
    let mut words = policy.approval_words.iter();
    words.any(|word| item.name.zh.contains(word))
}

/// Whether the record says that it was reviewed by as many other persons as it needs.
#[must_use]
pub fn is_reviewed(item: &Item, policy: &LibraryPolicy) -> bool {
    let Some(revision) = &item.revision else {
        return false;
    };
    let mut life = Life::draft(item, &revision.editor, policy);
    for reviewer in &revision.reviewers {
        if life.review(reviewer).is_err() {
            return false;
        }
        if life.status == Status::Reviewed {
            return true;
        }
    }
    false
}
