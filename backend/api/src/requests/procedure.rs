//! What happens to a case between acceptance and decision: special procedures, an extension, its end by an officer.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{BadField, Private, Request, Words, text};

/// Most working days that a special procedure is announced with.
const MOST_DAYS: u32 = 365;

/// Kind of a special procedure (特别程序); its length is not counted (行政许可法 Art. 45).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SpecialKind {
    /// 听证.
    Hearing,
    /// 招标.
    Tender,
    /// 拍卖.
    Auction,
    /// 检验.
    Inspection,
    /// 检测.
    Testing,
    /// 检疫.
    Quarantine,
    /// 鉴定.
    Appraisal,
    /// 专家评审.
    ExpertReview,
}

crate::names! {
    pub SpecialKind
    Hearing = "hearing",
    Tender = "tender",
    Auction = "auction",
    Inspection = "inspection",
    Testing = "testing",
    Quarantine = "quarantine",
    Appraisal = "appraisal",
    ExpertReview = "expert_review",
}

impl SpecialKind {
    /// As the law names it, and in English.
    #[must_use]
    pub fn words(self) -> Words {
        match self {
            Self::Hearing => Words::new("听证", "hearing"),
            Self::Tender => Words::new("招标", "tender"),
            Self::Auction => Words::new("拍卖", "auction"),
            Self::Inspection => Words::new("检验", "inspection"),
            Self::Testing => Words::new("检测", "testing"),
            Self::Quarantine => Words::new("检疫", "quarantine"),
            Self::Appraisal => Words::new("鉴定", "appraisal"),
            Self::ExpertReview => Words::new("专家评审", "expert review"),
        }
    }
}

/// `POST /v1/cases/{number}/special`: an officer of the deciding body asks for a special procedure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SpecialRequest {
    /// Kind.
    pub kind: SpecialKind,
    /// Why, 1 to 1000 characters; the applicant reads it.
    #[schema(value_type = String, min_length = 1, max_length = 1000)]
    pub reason: Private,
    /// Working days it is expected to take; the applicant is told.
    #[schema(minimum = 1, maximum = 365)]
    pub days: u32,
}

impl Request for SpecialRequest {
    fn check(&self) -> Result<(), BadField> {
        if !(1..=MOST_DAYS).contains(&self.days) {
            return Err(BadField::new("days", format!("must be 1 to {MOST_DAYS}")));
        }
        text("reason", self.reason.reveal(), 1000)
    }
}

/// `POST /v1/cases/{number}/special/answer` and `…/extension/answer`: an approver grants or refuses what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApprovalRequest {
    /// Granted.
    pub granted: bool,
    /// The opinion, 1 to 1000 characters.
    #[schema(value_type = String, min_length = 1, max_length = 1000)]
    pub opinion: Private,
}

impl Request for ApprovalRequest {
    fn check(&self) -> Result<(), BadField> {
        text("opinion", self.opinion.reveal(), 1000)
    }
}

/// `POST /v1/cases/{number}/special/end`: the special procedure has its result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SpecialEndRequest {
    /// The result, 1 to 1000 characters; the applicant reads it.
    #[schema(value_type = String, min_length = 1, max_length = 1000)]
    pub result: Private,
}

impl Request for SpecialEndRequest {
    fn check(&self) -> Result<(), BadField> {
        text("result", self.result.reveal(), 1000)
    }
}

/// `POST /v1/cases/{number}/extension`: an officer of the deciding body asks for the one extension (延期).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExtensionRequest {
    /// Why, 1 to 1000 characters; the applicant reads it.
    #[schema(value_type = String, min_length = 1, max_length = 1000)]
    pub reason: Private,
}

impl Request for ExtensionRequest {
    fn check(&self) -> Result<(), BadField> {
        text("reason", self.reason.reveal(), 1000)
    }
}

/// How an officer ends a case without a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// 终止: accepted, and not to be decided any more.
    Terminated,
    /// 作废办结 (result code 2): no legal effect; before departments work on it.
    Void,
    /// 删除办结 (3): entered by mistake; before departments work on it.
    Deleted,
    /// 转报办结 (4): passed upward; while departments work on it.
    PassedUpward,
}

crate::names! {
    pub Ending
    Terminated = "terminated",
    Void = "void",
    Deleted = "deleted",
    PassedUpward = "passed_upward",
}

/// `POST /v1/cases/{number}/terminate`: an officer ends a case without a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TerminateRequest {
    /// How.
    pub ending: Ending,
    /// Why, 1 to 1000 characters; the applicant reads it.
    #[schema(value_type = String, min_length = 1, max_length = 1000)]
    pub reason: Private,
}

impl Request for TerminateRequest {
    fn check(&self) -> Result<(), BadField> {
        text("reason", self.reason.reveal(), 1000)
    }
}

/// What an approver is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sought {
    /// A special procedure.
    Special,
    /// An extension.
    Extension,
}

/// `GET /v1/approvals`: what officers of the approver's body ask for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApprovalsAnswer {
    /// The oldest case first, at most 200.
    pub approvals: Vec<Approval>,
}

/// Something that waits for an approver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Approval {
    /// Number of the case.
    pub case_number: String,
    /// Name of the item.
    pub name: Words,
    /// What is asked for.
    pub sought: Sought,
    /// Kind of the special procedure; None for an extension.
    pub kind: Option<SpecialKind>,
    /// Working days the special procedure is expected to take; for an extension the days it gives, in the unit of the
    /// item's limit.
    pub days: u32,
    /// Why.
    pub reason: Private,
    /// Who asks; the answer is another person's.
    pub asked_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub asked: Timestamp,
}

/// A special procedure as the applicant sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SpecialView {
    /// Kind.
    pub kind: SpecialKind,
    /// Why.
    pub reason: Private,
    /// Working days it is expected to take.
    pub days: u32,
    /// Since when the clock stands.
    #[schema(value_type = String, format = DateTime)]
    pub began: Timestamp,
    /// When it ended and the clock ran on; None while it stands.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended: Option<Timestamp>,
    /// Its result; None while the clock stands.
    pub result: Option<Private>,
}

/// The extension of a case as the applicant sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExtensionView {
    /// Why.
    pub reason: Private,
    /// Days it gave, in the unit of the item's limit.
    pub days: u32,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub extended: Timestamp,
}

/// How an officer ended a case, as the applicant sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TerminationView {
    /// How.
    pub ending: Ending,
    /// Why.
    pub reason: Private,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub ended: Timestamp,
}
