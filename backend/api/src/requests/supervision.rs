//! Supervision: cards and their answers, counts, reports (role `supervisor`).

use city_catalogue::clock::Warning;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{BadField, Private, Request, text};

/// `GET /v1/cards`: a supervisor's cards, or those of the officer's body; the unanswered first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CardsAnswer {
    /// At most 500.
    pub cards: Vec<Card>,
}

/// A card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Card {
    /// Id.
    pub id: uuid::Uuid,
    /// Colour.
    #[schema(value_type = String)]
    pub level: Warning,
    /// Case number, or the filing number of a case without one.
    pub case_number: String,
    /// Number of the task whose limit is over; None when it is the case's.
    pub task: Option<String>,
    /// Handling code.
    pub item: Option<String>,
    /// Id of the body it is raised against.
    pub body: String,
    /// Who held the task; None when nobody did.
    pub person: Option<String>,
    /// When it was raised.
    #[schema(value_type = String, format = DateTime)]
    pub raised: Timestamp,
    /// Day of the limit.
    #[schema(value_type = String, format = Date)]
    pub due: Date,
    /// Why.
    pub reason: String,
    /// Last day to answer it.
    #[schema(value_type = String, format = Date)]
    pub answer_by: Date,
    /// The answer; None while there is none.
    pub answer: Option<CardAnswer>,
    /// Whether the days to answer it are over without an answer.
    pub unanswered: bool,
}

/// What a body said to a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CardAnswer {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Who.
    pub person: String,
    /// The words.
    pub words: Private,
}

/// `POST /v1/cards/{id}/answer`: the written answer, by the body it is raised against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CardAnswerRequest {
    /// 1 to 1000 characters.
    #[schema(value_type = String, min_length = 1, max_length = 1000)]
    pub words: Private,
}

impl Request for CardAnswerRequest {
    fn check(&self) -> Result<(), BadField> {
        text("words", self.words.reveal(), 1000)
    }
}

/// What counts are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CountBy {
    /// Handling code.
    Item,
    /// Competent body.
    Body,
    /// Station filed at.
    Station,
    /// Channel filed by.
    Channel,
}

crate::names! {
    pub CountBy
    Item = "item",
    Body = "body",
    Station = "station",
    Channel = "channel",
}

/// `GET /v1/statistics`: counts of the cases received in a period (R29).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatisticsAnswer {
    /// First day.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// Last day.
    #[schema(value_type = String, format = Date)]
    pub to: Date,
    /// One line for each value, by name.
    pub lines: Vec<CountLine>,
}

/// Counts of one item, body, station or channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CountLine {
    /// The code or id; empty where a case has none.
    pub key: String,
    /// Received.
    pub filed: u64,
    /// Accepted.
    pub accepted: u64,
    /// Not accepted, or refused.
    pub refused: u64,
    /// Asked for a supplement at least once.
    pub corrected: u64,
    /// Closed.
    pub closed: u64,
    /// Closed after the promised day, or not closed on the day after it.
    pub overdue: u64,
    /// Days from acceptance to the close on average, in tenths; None while none is closed.
    pub average_tenth_days: Option<u64>,
    /// Results that were not delivered by their last day.
    pub delivered_late: u64,
    /// Ratings.
    pub ratings: u64,
    /// Ratings of 1 and 2 (差评).
    pub bad_ratings: u64,
}

/// `GET /v1/reports/duties`: who did what is not theirs, and who did not do what is (R30).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DutiesAnswer {
    /// First day.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// Last day.
    #[schema(value_type = String, format = Date)]
    pub to: Date,
    /// 越位: a body acted that is not in the item's flow; every time it was refused.
    pub overstepped: Vec<DutyLine>,
    /// 错位: a body of the flow acted in the wrong role; every time it was refused.
    pub misplaced: Vec<DutyLine>,
    /// 缺位: refused without a reason, or the limit of the law ran out.
    pub neglected: Vec<DutyLine>,
    /// 缺位: handling codes in force that nobody filed for in the period.
    pub never_handled: Vec<String>,
}

/// `GET /v1/reports/consistency`: cases with equal inputs and different outcomes (无差别服务, R55).
///
/// Inputs are equal where the item in its version, what can be compared of the answers, and the way each material was
/// settled are; who applied is not among them. A difference is something to look at, not a fault by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConsistencyAnswer {
    /// First day of receipt.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// Last day.
    #[schema(value_type = String, format = Date)]
    pub to: Date,
    /// At most 2,000 lines, those of a group together.
    pub lines: Vec<ConsistencyLine>,
    /// There are more: ask for fewer days.
    pub more: bool,
}

/// Cases of a group that one officer decided alike, filed at one station.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConsistencyLine {
    /// Names the inputs: equal for cases that should end alike; says nothing about anybody.
    pub group: String,
    /// Handling code.
    pub item: String,
    /// Version of the item.
    pub version: u32,
    /// Station filed at.
    pub station: String,
    /// Who decided; None for a service.
    pub officer: Option<String>,
    /// How it ended.
    pub outcome: ConsistencyOutcome,
    /// How many cases.
    pub cases: u64,
    /// Number of one of them.
    pub example: String,
}

/// How a case ended, for the report on equal cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConsistencyOutcome {
    /// 准予.
    Granted,
    /// 不予.
    Refused,
    /// 不予受理.
    NotAccepted,
}

crate::names! {
    pub ConsistencyOutcome
    Granted = "granted",
    Refused = "refused",
    NotAccepted = "not_accepted",
}

/// How often a body did, or did not do, something for an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DutyLine {
    /// Handling code.
    pub item: String,
    /// Id of the body.
    pub body: String,
    /// What.
    pub what: String,
    /// How often.
    pub count: u64,
}
