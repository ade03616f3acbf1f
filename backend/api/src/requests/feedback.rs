//! Talking back: questions and objections inside a case, withdrawal, and the answers to bad ratings.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::outcome::BodyRef;
use super::{BadField, Private, Request, Words, text};

/// What is asked inside a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AskKind {
    /// A question.
    Question,
    /// 数据异议: data of a register is not right.
    Objection,
}

/// `POST /v1/cases/{number}/enquiries` (kiosk, grant of the applicant).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AskRequest {
    /// Id of the question, made by the kiosk: sent again, it is one.
    pub id: Uuid,
    /// Grant of the applicant at the kiosk.
    #[schema(value_type = String, min_length = 1, max_length = 128)]
    pub grant: Private,
    /// What it is.
    pub kind: AskKind,
    /// Name of the form field whose value is disputed; only in an objection.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 64)]
    pub field: Option<String>,
    /// The words, 1 to 1000 characters.
    #[schema(value_type = String, min_length = 1, max_length = 1000)]
    pub words: Private,
}

impl Request for AskRequest {
    fn check(&self) -> Result<(), BadField> {
        text("grant", self.grant.reveal(), 128)?;
        text("words", self.words.reveal(), 1000)?;
        if let Some(field) = &self.field {
            text("field", field, 64)?;
        }
        match (self.kind, &self.field) {
            (AskKind::Question, Some(_)) => {
                Err(BadField::new("field", "only an objection names one"))
            }
            (AskKind::Objection, None) => Err(BadField::new("field", "an objection names one")),
            (AskKind::Question, None) | (AskKind::Objection, Some(_)) => Ok(()),
        }
    }
}

/// A question as who asked and who answers see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EnquiryView {
    /// Its id.
    pub id: Uuid,
    /// Number of its case.
    pub case_number: String,
    /// What it is.
    pub kind: AskKind,
    /// Field disputed; None in a question.
    pub field: Option<String>,
    /// The words.
    pub words: Private,
    /// Kiosk that took it first (首问负责).
    pub first_contact: String,
    /// Station it was asked at.
    pub station: String,
    /// Body that has it.
    pub body: BodyRef,
    /// The person it was handed to by name; None before.
    pub receiver: Option<String>,
    /// When it was asked.
    #[schema(value_type = String, format = DateTime)]
    pub asked: Timestamp,
    /// Last day to answer.
    #[schema(value_type = String, format = Date)]
    pub due: Date,
    /// The answer; None while it is open.
    pub answer: Option<Private>,
    /// When it was answered.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub answered: Option<Timestamp>,
    /// Its clock ran out.
    pub late: bool,
}

/// `GET /v1/enquiries` (officer) and `POST /v1/persons/enquiries` (kiosk, grant).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EnquiriesAnswer {
    /// At most 200.
    pub enquiries: Vec<EnquiryView>,
}

/// Where a value that was known beforehand came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FactSource {
    /// The chip of the identity document.
    Card,
    /// A data set of the city.
    Register,
}

/// Something known of the person when the case was filed, which they can dispute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CaseFact {
    /// Name of the form field.
    pub field: String,
    /// Its label.
    pub label: Words,
    /// The value in Chinese, masked where the form says that it is.
    pub value: Private,
    /// The same in English.
    pub value_en: Private,
    /// Where it came from.
    pub source: FactSource,
    /// It was disputed when the case was filed.
    pub disputed: bool,
}

/// `POST /v1/cases/{number}/facts` (kiosk, grant of the applicant).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FactsAnswer {
    /// In the order of the form.
    pub facts: Vec<CaseFact>,
}

/// `POST /v1/enquiries/{id}/answer`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerRequest {
    /// The answer, 1 to 2000 characters.
    #[schema(value_type = String, min_length = 1, max_length = 2000)]
    pub words: Private,
}

impl Request for AnswerRequest {
    fn check(&self) -> Result<(), BadField> {
        text("words", self.words.reveal(), 2000)
    }
}

/// `POST /v1/enquiries/{id}/hand-over`: to a named receiver of a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandOverRequest {
    /// Id of the body.
    #[schema(min_length = 1, max_length = 64)]
    pub body: String,
    /// The person who takes it, by work id.
    #[schema(min_length = 1, max_length = 64)]
    pub receiver: String,
    /// Why, 1 to 500 characters; nothing personal.
    #[schema(min_length = 1, max_length = 500)]
    pub why: String,
}

impl Request for HandOverRequest {
    fn check(&self) -> Result<(), BadField> {
        text("body", &self.body, 64)?;
        text("receiver", &self.receiver, 64)?;
        text("why", &self.why, 500)
    }
}

/// `POST /v1/cases/{number}/withdraw` (kiosk, grant of the applicant).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawRequest {
    /// Grant of the applicant at the kiosk.
    #[schema(value_type = String, min_length = 1, max_length = 128)]
    pub grant: Private,
}

impl Request for WithdrawRequest {
    fn check(&self) -> Result<(), BadField> {
        text("grant", self.grant.reveal(), 128)
    }
}

/// A work order of a bad rating.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WorkOrder {
    /// Its number.
    pub number: String,
    /// Number of the case.
    pub case_number: String,
    /// The unit that answers.
    pub body: BodyRef,
    /// 1 or 2.
    pub level: u8,
    /// Keys of the reasons chosen.
    pub reasons: Vec<String>,
    /// The rater's words; None when there are none.
    pub words: Option<Private>,
    /// `open`, `called`, `rectified`, `explained`, `removed`.
    pub state: String,
    /// When it was opened.
    #[schema(value_type = String, format = DateTime)]
    pub opened: Timestamp,
    /// Last day to call back.
    #[schema(value_type = String, format = Date)]
    pub call_by: Date,
    /// Last day to put it right or to explain.
    #[schema(value_type = String, format = Date)]
    pub rectify_by: Date,
    /// A clock ran out.
    pub late: bool,
    /// The unit's reply to the rater; None before.
    pub reply: Option<Private>,
    /// Whether the rater may rate once more now.
    pub second_rating: bool,
}

/// `GET /v1/work-orders` (officer) and `POST /v1/persons/work-orders` (kiosk, grant).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WorkOrdersAnswer {
    /// At most 200.
    pub work_orders: Vec<WorkOrder>,
}

/// `POST /v1/work-orders/{number}/{act}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkOrderRequest {
    /// The reply to the rater, or why it is removed: 1 to 2000 characters.
    #[schema(value_type = String, min_length = 1, max_length = 2000)]
    pub words: Private,
}

impl Request for WorkOrderRequest {
    fn check(&self) -> Result<(), BadField> {
        text("words", self.words.reveal(), 2000)
    }
}

/// `GET /v1/ratings/counts`: results are public.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RatingsAnswer {
    /// First day.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// Last day.
    #[schema(value_type = String, format = Date)]
    pub to: Date,
    /// By body.
    pub bodies: Vec<BodyRatings>,
    /// Second ratings after rectification, level 1 to 5.
    pub second: [u64; 5],
}

/// The ratings of one body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BodyRatings {
    /// The body.
    pub body: BodyRef,
    /// How many of level 1 to 5, without defaults and suspicious praise.
    pub levels: [u64; 5],
    /// Satisfied (level 3 to 5) of those, in tenths of a percent; None when nobody rated.
    pub satisfied_permille: Option<u32>,
    /// What the city rated by itself: in no rate.
    pub by_default: u64,
    /// Praise that is looked at: in no rate until somebody did.
    pub suspicious: u64,
    /// Work orders opened.
    pub orders: u64,
    /// Of them those put right, explained or removed.
    pub orders_done: u64,
    /// Of them those whose clock ran out.
    pub orders_late: u64,
}
