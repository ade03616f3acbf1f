//! The officers' part: tasks, acceptance, supplements, decisions (bearer token).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::outcome::{BodyRef, CaseState, DueDate};
use super::{BadField, Private, Request, Words, at_most, text};
use crate::application::{Authority, Party};

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
    /// Number of the bundle (一件事) the case was filed in; None for one filed alone.
    pub bundle: Option<String>,
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
    /// What kind of task it is.
    pub kind: TaskKind,
    /// Who works on it; None when anybody of the body and role may take it.
    #[serde(default)]
    pub held: Option<Held>,
    /// What is to be answered, point by point, to decide (R53).
    #[serde(default)]
    pub review_points: Vec<ReviewPoint>,
    /// The organisation that applies; None when a person does, or the body does not need to know.
    #[serde(default)]
    pub organisation: Option<Party>,
    /// Who acts for the applicant; None when nobody does, or the body does not need to know.
    #[serde(default)]
    pub agent: Option<AgentView>,
}

/// Both sides of a filing by an agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgentView {
    /// The agent, as on the document that was read.
    pub agent: Party,
    /// What the principal allowed.
    pub authority: Authority,
}

/// Kind of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaskKind {
    /// A step of the item.
    Step,
    /// A filing with a defect is looked at.
    Irregular,
    /// The result is handed over.
    Delivery,
}

crate::names! {
    pub TaskKind
    Step = "step",
    Irregular = "irregular",
    Delivery = "delivery",
}

/// A claim on a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Held {
    /// By who asks.
    pub by_you: bool,
    /// It ends by itself then; work renews it.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
}

/// A point of the handbook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReviewPoint {
    /// Key inside the item, for example `condition.1` or `material.3`.
    pub key: String,
    /// What is examined, in Chinese.
    pub text: String,
}

/// `POST /v1/tasks/next` and `POST /v1/tasks/{number}/claim`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClaimAnswer {
    /// The task, now held by who asked; None when there is none to do.
    pub task: Option<TaskView>,
}

/// `POST /v1/tasks/{number}/return`: it was wrongly routed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReturnRequest {
    /// Why, 1 to 1000 characters.
    #[schema(value_type = String, min_length = 1, max_length = 1000)]
    pub reason: Private,
    /// Id of the right body; None when it is not known: a supervisor routes it.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 64)]
    pub body: Option<String>,
}

impl Request for ReturnRequest {
    fn check(&self) -> Result<(), BadField> {
        text("reason", self.reason.reveal(), 1000)?;
        self.body.as_ref().map_or(Ok(()), |id| text("body", id, 64))
    }
}

/// `POST /v1/tasks/{number}/route`: a supervisor routes it by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RouteRequest {
    /// Id of the body.
    #[schema(min_length = 1, max_length = 64)]
    pub body: String,
}

impl Request for RouteRequest {
    fn check(&self) -> Result<(), BadField> {
        text("body", &self.body, 64)
    }
}

/// `GET /v1/dead-letters`: tasks that went back too often, or to nobody, the oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeadLettersAnswer {
    /// At most 200.
    pub letters: Vec<DeadLetter>,
}

/// A task that no body takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeadLetter {
    /// Number of the task.
    pub number: String,
    /// Name of the item.
    pub item: Words,
    /// Name of the step.
    pub step: Words,
    /// The body that gave it back last.
    pub body: BodyRef,
    /// Since when the task is open: its clock runs.
    #[schema(value_type = String, format = DateTime)]
    pub opened: Timestamp,
    /// When it should be done; None without a limit.
    pub due: Option<DueDate>,
    /// Who gave it back and why, the newest last.
    pub returns: Vec<Returned>,
}

/// A task was given back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Returned {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// By which body.
    pub body: BodyRef,
    /// By whom.
    pub person: String,
    /// Why.
    pub reason: Private,
    /// Id of the body it named as the right one; None when it named none.
    pub right: Option<String>,
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
    #[schema(value_type = Option<String>, min_length = 1, max_length = 1000)]
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
    #[schema(min_items = 1, max_items = 64)]
    pub materials: Vec<u32>,
    /// Words to the resident, 1 to 1000 characters.
    #[schema(value_type = String, min_length = 1, max_length = 1000)]
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
    #[schema(min_length = 1, max_length = 64)]
    pub task: Option<String>,
    /// Granted, or the step passed.
    pub granted: bool,
    /// The reason, 1 to 1000 characters; the resident reads the decision's.
    #[schema(value_type = String, min_length = 1, max_length = 1000)]
    pub opinion: Private,
    /// Whether each review point of the step is met, by its key; all of them, and no others (R53).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub points: BTreeMap<String, bool>,
}

impl Request for DecideRequest {
    fn check(&self) -> Result<(), BadField> {
        if let Some(task) = &self.task {
            text("task", task, 64)?;
        }
        at_most("points", self.points.len(), 128)?;
        text("opinion", self.opinion.reveal(), 1000)
    }
}

/// Answer to an officer's action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActionAnswer {
    /// State of the case now.
    pub state: CaseState,
    /// Promised end; None before acceptance and while the clock stands.
    pub promised: Option<DueDate>,
    /// Statutory end; None before acceptance and while the clock stands.
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
