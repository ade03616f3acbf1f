//! What became of a packet: the state of its case, the decision and the result.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::Words;

/// `GET /v1/packets/{id}/outcome`, for the kiosk that filed the packet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// Id of the packet.
    pub packet: Uuid,
    /// 申报号: the city's number from the moment of receipt.
    pub filing_number: String,
    /// 办件编号: None for an irregular case.
    pub case_number: Option<String>,
    /// State of the case.
    pub state: CaseState,
    /// Who holds the case now; None when it is closed.
    pub held_by: Option<BodyRef>,
    /// A department's service did not answer; the case waits and is tried again. None when nothing waits.
    pub waiting: Option<Waiting>,
    /// The decision; None before there is one.
    pub decision: Option<Decision>,
    /// The result document; None when there is none (yet).
    pub result: Option<ResultRef>,
    /// Dates of the case.
    pub dates: Dates,
}

/// State of a case, `specs/domain.md` 4.2, and `irregular` for an authentic packet with a defect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CaseState {
    /// 暂存: not filed.
    Draft,
    /// 已申报: the acceptance clock runs.
    Submitted,
    /// 预受理: looked at, not accepted yet.
    PreAccepted,
    /// 补正告知: the resident is asked for something.
    Correction,
    /// 补正受理: supplied, a new acceptance clock runs.
    Corrected,
    /// 不予受理.
    NotAccepted,
    /// 受理: the handling clock runs.
    Accepted,
    /// 办理中.
    Processing,
    /// 特别程序: the clock stands.
    Special,
    /// 延期: the limit was extended.
    Extended,
    /// 准予.
    DecidedGranted,
    /// 不予.
    DecidedRefused,
    /// 办结.
    Closed,
    /// 送达: the result is in the applicant's hands.
    Delivered,
    /// 评价.
    Rated,
    /// 归档.
    Archived,
    /// 撤回.
    Withdrawn,
    /// 终止: ended by an officer with a reason.
    Terminated,
    /// Authentic but defective: an officer looks at it by a clock.
    Irregular,
    /// A state of a newer city: a program that does not know it goes on with the others.
    #[serde(other)]
    Unknown,
}

impl CaseState {
    /// Whether its handling is over.
    #[must_use]
    pub const fn is_over(self) -> bool {
        match self {
            Self::NotAccepted
            | Self::Closed
            | Self::Delivered
            | Self::Rated
            | Self::Archived
            | Self::Withdrawn
            | Self::Terminated => true,
            Self::Draft
            | Self::Submitted
            | Self::PreAccepted
            | Self::Correction
            | Self::Corrected
            | Self::Accepted
            | Self::Processing
            | Self::Special
            | Self::Extended
            | Self::DecidedGranted
            | Self::DecidedRefused
            | Self::Irregular
            | Self::Unknown => false,
        }
    }
}

crate::names! {
    pub CaseState
    Draft = "draft",
    Submitted = "submitted",
    PreAccepted = "pre_accepted",
    Correction = "correction",
    Corrected = "corrected",
    NotAccepted = "not_accepted",
    Accepted = "accepted",
    Processing = "processing",
    Special = "special",
    Extended = "extended",
    DecidedGranted = "decided_granted",
    DecidedRefused = "decided_refused",
    Closed = "closed",
    Delivered = "delivered",
    Rated = "rated",
    Archived = "archived",
    Withdrawn = "withdrawn",
    Terminated = "terminated",
    Irregular = "irregular",
    Unknown = "unknown",
}

/// A body of the city by id and name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BodyRef {
    /// Id as in the catalogue.
    pub id: String,
    /// Its name.
    pub name: Words,
}

/// A case that waits for a department's service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Waiting {
    /// The body whose service is away.
    pub body: BodyRef,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// When the city asks again.
    #[schema(value_type = String, format = DateTime)]
    pub next_try: Timestamp,
}

/// The decision on a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// 准予 (true) or 不予 (false).
    pub granted: bool,
    /// Why; always there for a refusal. Written for the resident.
    pub reason: Option<Words>,
    /// When it was taken.
    #[schema(value_type = String, format = DateTime)]
    pub decided: Timestamp,
    /// The body that decided.
    pub body: BodyRef,
}

/// A result document that can be fetched and printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResultRef {
    /// Id for `GET /v1/results/{id}`.
    pub id: Uuid,
    /// Number on the document.
    pub number: String,
    /// Verification code on the document, for `/verify`.
    pub verification_code: String,
    /// Name of the document, for example 就业创业证（失业登记）.
    pub name: String,
    /// The item lets a kiosk print it.
    pub kiosk_print: bool,
}

/// Dates of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Dates {
    /// The city committed the packet.
    #[schema(value_type = String, format = DateTime)]
    pub received: Timestamp,
    /// Until when the city must accept or ask; None when the case is past that.
    pub accept_by: Option<DueDate>,
    /// Accepted; None before.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub accepted: Option<Timestamp>,
    /// Promised end (承诺时限); None before acceptance and during a special procedure.
    pub promised: Option<DueDate>,
    /// Statutory end (法定时限); None before acceptance and during a special procedure.
    pub statutory: Option<DueDate>,
    /// The clock stands, for example for a supplement.
    pub stopped: bool,
}

/// A computed date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DueDate {
    /// Last day, end of business.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// 暂定: the year's notice of holidays is not out yet.
    pub provisional: bool,
}
