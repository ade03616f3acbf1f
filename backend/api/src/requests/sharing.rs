//! Data that one body calls from another by contract, and what its person is told (R4, R68, R69).

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::outcome::BodyRef;
use super::{BadField, Private, Request, Words, text};

/// `GET /v1/contracts`: every contract of the city (open).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContractsAnswer {
    /// Those of the city's file in its order, then those written at the city.
    pub contracts: Vec<ContractView>,
}

/// A contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContractView {
    /// Id.
    pub id: String,
    /// Version.
    pub version: u32,
    /// What the data is for.
    pub purpose: Words,
    /// Handling code of the item; None for the identity question.
    pub item: Option<String>,
    /// Legal ground: title and article.
    pub ground: String,
    /// Key of the consent that has to stand in the application; None where none is needed.
    pub consent: Option<String>,
    /// Data set.
    pub dataset: String,
    /// What is passed.
    pub fields: Vec<String>,
    /// The body that provides.
    pub provider: BodyRef,
    /// The body that calls.
    pub caller: BodyRef,
    /// First day.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// Last day.
    #[schema(value_type = String, format = Date)]
    pub to: Date,
    /// Whether it is in force today.
    pub in_force: bool,
}

/// `POST /v1/contracts/drafts`: a new version of a contract, or a new contract.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContractDraftRequest {
    /// The whole contract as in `contracts.json`.
    #[schema(value_type = Object)]
    pub contract: serde_json::Value,
    /// Why it is written, 1 to 500 characters.
    #[schema(min_length = 1, max_length = 500)]
    pub why: String,
}

impl Request for ContractDraftRequest {
    fn check(&self) -> Result<(), BadField> {
        text("why", &self.why, 500)
    }
}

/// `POST /v1/tasks/{number}/data`: an officer calls what a data set holds on the applicant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DataRequest {
    /// Data set.
    pub dataset: String,
}

impl Request for DataRequest {
    fn check(&self) -> Result<(), BadField> {
        text("dataset", &self.dataset, 200)
    }
}

/// What a data set holds, cut to the fields of the contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DataAnswer {
    /// Id of the contract.
    pub contract: String,
    /// What the data is for; it is for nothing else.
    pub purpose: Words,
    /// The body that provides.
    pub provider: BodyRef,
    /// Records of the person: field and value.
    pub records: Vec<BTreeMap<String, Private>>,
}

/// What became of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CallOutcome {
    /// The provider answered.
    Answered,
    /// It knows nothing of the person.
    NoRecord,
    /// It did not answer.
    Away,
    /// Refused: no contract in force allows it.
    NoContract,
    /// Refused: the applicant's consent does not stand in the application.
    NoConsent,
}

crate::names! {
    pub CallOutcome
    Answered = "answered",
    NoRecord = "no_record",
    Away = "away",
    NoContract = "no_contract",
    NoConsent = "no_consent",
}

impl CallOutcome {
    /// Whether the city refused it: nothing was asked.
    #[must_use]
    pub const fn is_refused(self) -> bool {
        match self {
            Self::NoContract | Self::NoConsent => true,
            Self::Answered | Self::NoRecord | Self::Away => false,
        }
    }
}

/// `GET /v1/data-calls`: the log of calls, the oldest first (role `audit`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DataCallsAnswer {
    /// At most 500, after the number asked from.
    pub calls: Vec<DataCall>,
}

/// A call as it is logged; the values are not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DataCall {
    /// Its number, rising.
    pub number: i64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Id of the contract; None for one that was refused for want of it.
    pub contract: Option<String>,
    /// Handling code of the item; None for the identity question.
    pub item: Option<String>,
    /// Data set.
    pub dataset: String,
    /// Id of the body that provides; None where no contract names it.
    pub provider: Option<String>,
    /// Id of the body that calls.
    pub caller: String,
    /// Who called: an officer, a kiosk, or the city by itself.
    pub actor: String,
    /// Station; None for a call at none.
    pub station: Option<String>,
    /// Id of the case; None before there is one.
    pub case_id: Option<uuid::Uuid>,
    /// The fields it may pass.
    pub fields: Vec<String>,
    /// What became of it.
    pub outcome: CallOutcome,
}

/// What calls are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CallsBy {
    /// Contract.
    Contract,
    /// The body that provides.
    Provider,
    /// The body that calls.
    Caller,
    /// Handling code.
    Item,
    /// Data set.
    Dataset,
}

crate::names! {
    pub CallsBy
    Contract = "contract",
    Provider = "provider",
    Caller = "caller",
    Item = "item",
    Dataset = "dataset",
}

/// `GET /v1/statistics/data-calls`: how often data was called in a period (role `supervisor`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CallCountsAnswer {
    /// First day.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// Last day.
    #[schema(value_type = String, format = Date)]
    pub to: Date,
    /// One line for each value, by name.
    pub lines: Vec<CallCount>,
}

/// Counts of one contract, body, item or data set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CallCount {
    /// The id, code or name; empty where a call has none.
    pub key: String,
    /// All calls.
    pub calls: u64,
    /// Answered.
    pub answered: u64,
    /// Nothing known of the person.
    pub no_record: u64,
    /// Not answered.
    pub away: u64,
    /// Refused: no contract, or no consent.
    pub refused: u64,
}

/// `POST /v1/persons/data-uses`: who used my data (谁用过我的数据), the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DataUsesAnswer {
    /// Calls of what a body holds on the person, at most 200.
    pub calls: Vec<DataUse>,
    /// Looks into the person's matters, at most 200.
    pub views: Vec<DataView>,
}

/// A call about the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DataUse {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The body that called.
    pub caller: BodyRef,
    /// The body that provides; None where no contract names it.
    pub provider: Option<BodyRef>,
    /// What for; None for a call that was refused for want of a contract.
    pub purpose: Option<Words>,
    /// Data set.
    pub dataset: String,
    /// The fields it may pass.
    pub fields: Vec<String>,
    /// Handling code of the item.
    pub item: Option<String>,
    /// Case or filing number; None before there is one.
    pub case_number: Option<String>,
    /// What became of it.
    pub outcome: CallOutcome,
}

/// A look into a matter of the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DataView {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The body that looked; None for a kiosk.
    pub body: Option<BodyRef>,
    /// Station of a kiosk; of an officer the one the matter was filed at.
    pub station: Option<String>,
    /// What was looked at: `file`, `page` or `result`.
    pub what: DataSeen,
    /// Case or filing number.
    pub case_number: String,
}

/// What somebody looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DataSeen {
    /// The task of a case, with what its body may see.
    File,
    /// A scanned page.
    Page,
    /// The result document.
    Result,
}
