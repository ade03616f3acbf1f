//! The embedded city of a demonstration: the real server on loopback, its departments in a
//! process of their own, and officers who act through its API.

use std::collections::BTreeMap;
use std::path::Path;

use city_api::requests::feedback::{AnswerRequest, EnquiriesAnswer};
use city_api::requests::officer::{
    AcceptRequest, DecideRequest, OfficerRole, StaffCodeAnswer, SupplementRequest, TaskView,
    TasksAnswer,
};
use city_api::requests::{Private, paths};
use city_backend::{
    AdminError, CaseOverview, City, CityConfig, CityError, DepartmentsSource, RunningCity,
};
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The body that accepts at every window of the sample city.
const WINDOW: &str = "ZSJ";
/// The class of the verify page's good answer.
const CONFIRMED: &str = "class=\"yes\"";
/// A case never needs more decisions than this.
const MOST_TASKS: usize = 40;

/// Why the embedded city cannot do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum SampleCityError {
    /// It cannot start.
    #[error("starting the embedded city")]
    Start(#[from] CityError),
    /// Its administration refused.
    #[error("administering the embedded city")]
    Admin(#[from] AdminError),
    /// An HTTP exchange failed.
    #[error("asking the embedded city")]
    Http(#[from] reqwest::Error),
    /// It is stopped just now.
    #[error("the embedded city is stopped")]
    Stopped,
    /// It answered an officer with a problem.
    #[error("the embedded city refused an officer: {0}")]
    Refused(String),
    /// Nothing of the kind is there.
    #[error("the embedded city knows no {0}")]
    Unknown(&'static str),
}

/// The embedded city.
pub struct SampleCity {
    config: CityConfig,
    running: Option<RunningCity>,
    departments: Option<String>,
    http: reqwest::blocking::Client,
    tokens: BTreeMap<(String, &'static str), String>,
}

impl SampleCity {
    /// Starts a city in `folder`; `departments` says where its departments' data service is.
    ///
    /// # Errors
    /// [`SampleCityError::Start`].
    pub fn start(folder: &Path, departments: DepartmentsSource) -> Result<Self, SampleCityError> {
        let mut config = CityConfig::in_folder(folder);
        config.departments = departments;
        let running = City::start(config.clone())?;
        // It comes back at the same place after it was stopped.
        config.listen = running.address();
        let departments = running.departments_url().map(str::to_owned);
        let mut http = reqwest::blocking::Client::builder();
        if let Some(pem) = running.ca_pem() {
            http = http.add_root_certificate(reqwest::Certificate::from_pem(pem.as_bytes())?);
        }
        Ok(Self {
            config,
            running: Some(running),
            departments,
            http: http.build()?,
            tokens: BTreeMap::new(),
        })
    }

    fn running(&self) -> Result<&RunningCity, SampleCityError> {
        self.running.as_ref().ok_or(SampleCityError::Stopped)
    }

    /// Base URL while it runs.
    ///
    /// # Errors
    /// [`SampleCityError::Stopped`].
    pub fn url(&self) -> Result<String, SampleCityError> {
        Ok(self.running()?.url().to_owned())
    }

    /// The authority of its TLS.
    ///
    /// # Errors
    /// [`SampleCityError::Stopped`].
    pub fn ca_pem(&self) -> Result<Option<String>, SampleCityError> {
        Ok(self.running()?.ca_pem().map(str::to_owned))
    }

    /// Stops it, or starts it again at the same place with the same data.
    ///
    /// # Errors
    /// [`SampleCityError::Start`].
    pub fn set_up(&mut self, up: bool) -> Result<(), SampleCityError> {
        match (up, self.running.take()) {
            (true, Some(running)) => self.running = Some(running),
            (true, None) => {
                let running = City::start(self.config.clone())?;
                self.departments = running.departments_url().map(str::to_owned);
                self.running = Some(running);
            }
            (false, Some(running)) => running.shutdown(),
            (false, None) => {}
        }
        Ok(())
    }

    /// A one-time code for a kiosk at `station`.
    ///
    /// # Errors
    /// [`SampleCityError`].
    pub fn enrol_code(&self, station: &str) -> Result<String, SampleCityError> {
        Ok(self.running()?.enrol_code(station)?)
    }

    /// Lets somebody have booked for today; nobody can book today.
    ///
    /// # Errors
    /// [`SampleCityError`].
    pub fn expect_today(
        &self,
        station: &str,
        document_number: &str,
        begins: Timestamp,
    ) -> Result<(), SampleCityError> {
        let running = self.running()?;
        running.expect_today(station, document_number, begins)?;
        Ok(())
    }

    /// Numbers in the queue of a station today.
    ///
    /// # Errors
    /// [`SampleCityError`].
    pub fn queue(&self, station: &str) -> Result<Vec<String>, SampleCityError> {
        Ok(self.running()?.queue(station)?)
    }

    /// All cases, newest first.
    ///
    /// # Errors
    /// [`SampleCityError`].
    pub fn cases(&self) -> Result<Vec<CaseOverview>, SampleCityError> {
        Ok(self.running()?.cases()?)
    }

    /// The code sent last to `phone`, as only the sample city tells.
    ///
    /// # Errors
    /// [`SampleCityError`].
    pub fn phone_code(&self, phone: &str) -> Result<String, SampleCityError> {
        let url = self
            .departments
            .as_deref()
            .ok_or(SampleCityError::Unknown("departments"))?;
        let answer: serde_json::Value = self
            .http
            .get(format!("{url}/identity/last-code?phone={phone}"))
            .send()?
            .error_for_status()?
            .json()?;
        answer
            .get("code")
            .and_then(serde_json::Value::as_str)
            .map(str::to_owned)
            .ok_or(SampleCityError::Unknown("code"))
    }

    /// Whether the city's verify page confirms a result.
    ///
    /// # Errors
    /// [`SampleCityError`].
    pub fn verify(&self, number: &str, code: &str) -> Result<bool, SampleCityError> {
        let mut url = reqwest::Url::parse(&format!("{}{}", self.url()?, paths::VERIFY))
            .map_err(|_| SampleCityError::Unknown("address"))?;
        url.query_pairs_mut()
            .append_pair("number", number)
            .append_pair("code", code);
        let page = self.http.get(url).send()?.text()?;
        Ok(page.contains(CONFIRMED))
    }

    /// A code by which staff vouch for one person.
    ///
    /// # Errors
    /// [`SampleCityError`].
    pub fn staff_code(&mut self) -> Result<String, SampleCityError> {
        let answer: StaffCodeAnswer = self.post(
            WINDOW,
            OfficerRole::Window,
            paths::STAFF_CODES,
            &serde_json::json!({}),
        )?;
        Ok(answer.code.reveal().to_owned())
    }

    /// The window accepts a case.
    ///
    /// # Errors
    /// [`SampleCityError`].
    pub fn accept(&mut self, number: &str) -> Result<(), SampleCityError> {
        let path = paths::case_action(number, paths::CaseAction::Accept);
        let body = AcceptRequest { note: None };
        self.post::<serde_json::Value>(WINDOW, OfficerRole::Window, &path, &body)?;
        Ok(())
    }

    /// The window asks for papers, all at once.
    ///
    /// # Errors
    /// [`SampleCityError`].
    pub fn supplement(
        &mut self,
        number: &str,
        materials: &[u32],
        words: &str,
    ) -> Result<(), SampleCityError> {
        let path = paths::case_action(number, paths::CaseAction::Supplement);
        let body = SupplementRequest {
            materials: materials.to_vec(),
            words: Private::new(words.to_owned()),
        };
        self.post::<serde_json::Value>(WINDOW, OfficerRole::Window, &path, &body)?;
        Ok(())
    }

    /// Whichever of the bodies named has an open question of the case answers it.
    ///
    /// # Errors
    /// [`SampleCityError`].
    pub fn answer(
        &mut self,
        number: &str,
        bodies: &[String],
        words: &str,
    ) -> Result<(), SampleCityError> {
        let request = AnswerRequest {
            words: Private::new(words.to_owned()),
        };
        for body in bodies {
            let open: EnquiriesAnswer = self.get(body, OfficerRole::Officer, paths::ENQUIRIES)?;
            let open = open.enquiries.into_iter();
            for asked in open.filter(|asked| asked.case_number == number) {
                let path = paths::answer_enquiry(asked.id);
                self.post::<serde_json::Value>(body, OfficerRole::Officer, &path, &request)?;
            }
        }
        Ok(())
    }

    /// The bodies named decide every task of the case that is open with them, in turn.
    ///
    /// # Errors
    /// [`SampleCityError`].
    pub fn decide(
        &mut self,
        number: &str,
        bodies: &[String],
        granted: bool,
        opinion: &str,
    ) -> Result<usize, SampleCityError> {
        let path = paths::case_action(number, paths::CaseAction::Decide);
        let mut decided = 0;
        while decided < MOST_TASKS {
            let Some((body, task)) = self.next_task(number, bodies)? else {
                break;
            };
            let points = task.review_points.into_iter();
            let request = DecideRequest {
                task: Some(task.number),
                granted,
                opinion: Private::new(opinion.to_owned()),
                points: points.map(|point| (point.key, granted)).collect(),
            };
            self.post::<serde_json::Value>(&body, task.role, &path, &request)?;
            decided += 1;
        }
        Ok(decided)
    }

    /// The first open task of a case with one of the bodies.
    fn next_task(
        &mut self,
        number: &str,
        bodies: &[String],
    ) -> Result<Option<(String, TaskView)>, SampleCityError> {
        for body in bodies {
            for role in [OfficerRole::Officer, OfficerRole::Approver] {
                let tasks: TasksAnswer = self.get(body, role, paths::TASKS)?;
                let open = tasks
                    .tasks
                    .into_iter()
                    .find(|task| task.case_number == number && task.role == role);
                if let Some(task) = open {
                    return Ok(Some((body.clone(), task)));
                }
            }
        }
        Ok(None)
    }

    fn token(&mut self, body: &str, role: OfficerRole) -> Result<String, SampleCityError> {
        let key = (body.to_owned(), role_name(role));
        if let Some(token) = self.tokens.get(&key) {
            return Ok(token.clone());
        }
        let token = self.running()?.officer_token(body, role, None)?;
        self.tokens.insert(key, token.clone());
        Ok(token)
    }

    fn get<T: DeserializeOwned>(
        &mut self,
        body: &str,
        role: OfficerRole,
        path: &str,
    ) -> Result<T, SampleCityError> {
        let token = self.token(body, role)?;
        let url = format!("{}{path}", self.url()?);
        answer(self.http.get(url).bearer_auth(token).send()?)
    }

    fn post<T: DeserializeOwned>(
        &mut self,
        body: &str,
        role: OfficerRole,
        path: &str,
        request: &impl Serialize,
    ) -> Result<T, SampleCityError> {
        let token = self.token(body, role)?;
        let url = format!("{}{path}", self.url()?);
        answer(
            self.http
                .post(url)
                .bearer_auth(token)
                .json(request)
                .send()?,
        )
    }
}

fn role_name(role: OfficerRole) -> &'static str {
    match role {
        OfficerRole::Window => "window",
        OfficerRole::Officer => "officer",
        OfficerRole::Approver => "approver",
    }
}

fn answer<T: DeserializeOwned>(answer: reqwest::blocking::Response) -> Result<T, SampleCityError> {
    if answer.status().is_success() {
        Ok(answer.json()?)
    } else {
        let status = answer.status();
        Err(SampleCityError::Refused(format!(
            "{status}: {}",
            answer.text()?
        )))
    }
}
