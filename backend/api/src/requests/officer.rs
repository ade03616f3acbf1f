//! The officers' part: tasks, acceptance, supplements, decisions (bearer token).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::outcome::{BodyRef, CaseState, DueDate};
use super::{BadField, Private, Request, Words, at_most, text};

/// What an officer may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum OfficerRole {
    /// 综合窗口: accepts, asks for supplements, hands over.
    Window,
    /// Handles the step of its body.
    Officer,
    /// Decides.
    Approver,
}

crate::names! {
    pub OfficerRole
    Window = "window",
    Officer = "officer",
    Approver = "approver",
}

/// `GET /v1/tasks`: open tasks of the officer's body and role, the most urgent first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TasksAnswer {
    /// At most 200.
    pub tasks: Vec<TaskView>,
}

/// One body's part of a case, with only the fields it needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaskView {
    /// Case number, a hyphen and two digits.
    pub number: String,
    /// Number to name the case by in `/v1/cases/{number}/…`.
    pub case_number: String,
    /// Name of the item.
    pub item: Words,
    /// Name of the step.
    pub step: Words,
    /// Body whose task it is.
    pub body: BodyRef,
    /// Role whose task it is.
    pub role: OfficerRole,
    /// State of the case.
    pub state: CaseState,
    /// Since when the task is open.
    #[schema(value_type = String, format = DateTime)]
    pub opened: Timestamp,
    /// When it should be done; None without a limit.
    pub due: Option<DueDate>,
    /// Label and value of the fields this body needs.
    pub fields: BTreeMap<String, Private>,
    /// Materials of the case with how they were given.
    pub materials: Vec<TaskMaterial>,
    /// Things to look at, for example a value of the chip with a wrong check digit.
    pub flags: Vec<Words>,
}

/// A material as an officer sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaskMaterial {
    /// `seq` in the item.
    pub seq: u32,
    /// Its name.
    pub name: Words,
    /// How it was given: `scanned`, `promised`, `held`, …
    pub how: String,
    /// Scanned pages.
    pub pages: u32,
}

/// `POST /v1/cases/{number}/accept`: 受理.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AcceptRequest {
    /// A note for the file; None for none.
    #[serde(default)]
    pub note: Option<Private>,
}

impl Request for AcceptRequest {
    fn check(&self) -> Result<(), BadField> {
        self.note
            .as_ref()
            .map_or(Ok(()), |n| text("note", n.reveal(), 1000))
    }
}

/// `POST /v1/cases/{number}/supplement`: 补正告知, everything at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SupplementRequest {
    /// `seq` of the materials to bring; each must be one of the item's (R9: nothing else may be asked).
    pub materials: Vec<u32>,
    /// Words to the resident, 1 to 1000 characters.
    pub words: Private,
}

impl Request for SupplementRequest {
    fn check(&self) -> Result<(), BadField> {
        at_most("materials", self.materials.len(), 64)?;
        if self.materials.is_empty() {
            return Err(BadField::new("materials", "name at least one material"));
        }
        text("words", self.words.reveal(), 1000)
    }
}

/// `POST /v1/cases/{number}/decide`: the decision, or the opinion of one step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DecideRequest {
    /// Number of the task; None when the officer has only one open in this case.
    #[serde(default)]
    pub task: Option<String>,
    /// Granted, or the step passed.
    pub granted: bool,
    /// The reason, 1 to 1000 characters; the resident reads the decision's.
    pub opinion: Private,
}

impl Request for DecideRequest {
    fn check(&self) -> Result<(), BadField> {
        if let Some(task) = &self.task {
            text("task", task, 64)?;
        }
        text("opinion", self.opinion.reveal(), 1000)
    }
}

/// Answer to an officer's action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActionAnswer {
    /// State of the case now.
    pub state: CaseState,
    /// Promised end; None before acceptance or when closed.
    pub promised: Option<DueDate>,
    /// Statutory end; None before acceptance or when closed.
    pub statutory: Option<DueDate>,
}

/// `POST /v1/staff-codes`: a code for one staff check at a kiosk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StaffCodeAnswer {
    /// Six digits, for one use.
    pub code: Private,
    /// The code ends then.
    #[schema(value_type = String, format = DateTime)]
    pub valid_until: Timestamp,
}
