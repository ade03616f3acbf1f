//! The departments over HTTP: their registers, their services, and the identity provider.
//!
//! A call about a person wants a [`Permit`]: what its contract does not name is neither sent nor passed on.
//! Every answer is bounded in bytes and time. "Away" is a normal answer here: departments' systems are switched off
//! at night, and the city goes on.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::StatusCode;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use city_api::requests::{Private, Words};
use city_catalogue::contract::{ID_NUMBER, NAME};

use crate::sharing::Permit;

/// How long a department may take for an answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Most bytes of an answer.
const MAX_ANSWER: usize = 1024 * 1024;

/// A department's system gave no usable answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Away {
    /// Not reachable, too slow, or the answer broke off.
    #[error("asking a department")]
    Unreachable(#[source] reqwest::Error),
    /// An error status.
    #[error("asking a department: it answered with status {0}")]
    Status(u16),
    /// More bytes than allowed, or not the JSON agreed on.
    #[error("asking a department: the answer cannot be read")]
    Unreadable,
    /// The city was started without departments.
    #[error("asking a department: this city has none")]
    None,
}

/// What a register holds on a person: records as field and value.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct RegisterAnswer {
    /// Records of the person; empty when the department does not know the person.
    pub records: Vec<BTreeMap<String, serde_json::Value>>,
}

/// A step of an item for a department's service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct StepRequest {
    /// Case the data is called for (purpose of the call).
    pub case_number: String,
    /// Chinese name of the step.
    pub step: String,
    /// Document number of the applicant; None for an item that identifies nobody.
    pub id_number: Option<Private>,
    /// Name of the applicant.
    pub name: Option<Private>,
}

/// A service's answer to a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct StepAnswer {
    /// Passed or granted.
    pub granted: bool,
    /// Why, for the resident.
    pub reason: Words,
    /// Label and value for the result document.
    pub facts: Vec<(String, Private)>,
}

/// Yes or no of the identity provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FaceAnswer {
    /// It is the person.
    pub same: bool,
}

/// Question to the identity provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PersonQuestion {
    /// Document number.
    pub id_number: Private,
    /// Name as on the document.
    pub name: Private,
    /// The code to send; None in a question about a face.
    pub code: Option<Private>,
}

/// Where a code was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CodeSent {
    /// `154****0001`.
    pub masked_phone: String,
}

/// Client of the departments' data service.
#[derive(Debug, Clone)]
pub(crate) struct Departments {
    http: reqwest::Client,
    base: Option<String>,
}

impl Departments {
    /// A client of the data service at `base`; None for a city without departments.
    ///
    /// # Errors
    /// When the HTTP client cannot be made.
    pub(crate) fn new(base: Option<String>) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .timeout(PATIENCE)
            .connect_timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()?;
        Ok(Self {
            http,
            base: base.map(|base| base.trim_end_matches('/').to_owned()),
        })
    }

    /// What the data set of the permit holds on a person: its fields alone, whatever the register answers.
    ///
    /// # Errors
    /// [`Away`] when the department does not answer.
    pub(crate) async fn register(
        &self,
        permit: &Permit,
        id_number: &Private,
    ) -> Result<RegisterAnswer, Away> {
        let contract = permit.contract();
        let mut url = self.url(&["registers", &contract.dataset])?;
        url.query_pairs_mut()
            .append_pair(ID_NUMBER, id_number.reveal())
            .append_pair("fields", &contract.fields.join(","));
        let answer = self.http.get(url).send().await.map_err(unreachable)?;
        if answer.status() == StatusCode::NOT_FOUND {
            return Ok(RegisterAnswer::default());
        }
        let answer: RegisterAnswer = read(answer).await?;
        let records = answer.records.into_iter();
        Ok(RegisterAnswer {
            records: records.map(|record| permit.cut(record)).collect(),
        })
    }

    /// The data set and field of a prefill source such as `share.marriage`; None when no department serves it.
    ///
    /// # Errors
    /// [`Away`] when the departments do not answer.
    pub(crate) async fn prefill_source(&self, source: &str) -> Result<Option<PrefillSource>, Away> {
        let answer = self
            .http
            .get(self.url(&["prefill", source])?)
            .send()
            .await
            .map_err(unreachable)?;
        match answer.status() {
            StatusCode::NOT_FOUND => Ok(None),
            _ => read(answer).await.map(Some),
        }
    }

    /// Asks a service to do a step of the item with this basic code. Number and name are sent, and facts passed on,
    /// where the permit names them.
    ///
    /// # Errors
    /// [`Away`] when the service does not answer.
    pub(crate) async fn step(
        &self,
        permit: &Permit,
        service: &str,
        basic: &str,
        mut request: StepRequest,
    ) -> Result<StepAnswer, Away> {
        let contract = permit.contract();
        request.id_number = request.id_number.filter(|_| contract.passes(ID_NUMBER));
        request.name = request.name.filter(|_| contract.passes(NAME));
        let path = ["services", service, "steps", basic];
        let mut answer: StepAnswer = self.post(&path, &request).await?;
        answer.facts.retain(|(label, _)| contract.passes(label));
        Ok(answer)
    }

    /// Whether the person at the kiosk is the one on the document. The permit is of [`FACE`], whose contract always
    /// lets number and name pass.
    ///
    /// # Errors
    /// [`Away`] when the identity provider does not answer.
    ///
    /// [`FACE`]: city_catalogue::contract::FACE
    pub(crate) async fn face(
        &self,
        _permit: &Permit,
        question: &PersonQuestion,
    ) -> Result<FaceAnswer, Away> {
        self.post(&["identity", "face"], question).await
    }

    /// Sends a code to the phone on record; None when there is none. The permit is of
    /// [`PHONE`](city_catalogue::contract::PHONE).
    ///
    /// # Errors
    /// [`Away`] when the identity provider does not answer.
    pub(crate) async fn send_code(
        &self,
        _permit: &Permit,
        question: &PersonQuestion,
    ) -> Result<Option<CodeSent>, Away> {
        match self.post(&["identity", "phone-code"], question).await {
            Ok(sent) => Ok(Some(sent)),
            Err(Away::Status(404)) => Ok(None),
            Err(away) => Err(away),
        }
    }

    async fn post<T: DeserializeOwned>(
        &self,
        path: &[&str],
        body: &impl Serialize,
    ) -> Result<T, Away> {
        let answer = self
            .http
            .post(self.url(path)?)
            .json(body)
            .send()
            .await
            .map_err(unreachable)?;
        read(answer).await
    }

    fn url(&self, path: &[&str]) -> Result<reqwest::Url, Away> {
        let base = self.base.as_deref().ok_or(Away::None)?;
        let mut url = reqwest::Url::parse(base).map_err(|_| Away::None)?;
        url.path_segments_mut()
            .map_err(|()| Away::None)?
            .pop_if_empty()
            .extend(path);
        Ok(url)
    }
}

/// Where a prefilled value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PrefillSource {
    /// Data set.
    pub dataset: String,
    /// Field of its record.
    pub field: String,
}

/// The URL of a request holds a document number: it must not get into an error text.
fn unreachable(error: reqwest::Error) -> Away {
    Away::Unreachable(error.without_url())
}

async fn read<T: DeserializeOwned>(mut answer: reqwest::Response) -> Result<T, Away> {
    let status = answer.status();
    if !status.is_success() {
        return Err(Away::Status(status.as_u16()));
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
        if bytes.len() + chunk.len() > MAX_ANSWER {
            return Err(Away::Unreadable);
        }
        bytes.extend_from_slice(&chunk);
    }
    serde_json::from_slice(&bytes).map_err(|_| Away::Unreadable)
}
