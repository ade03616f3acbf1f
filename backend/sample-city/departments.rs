//! The departments' data service: registers, services and the identity provider of the fictional city.
//!
//! A process of its own, so that the city meets what it meets in life: another machine that answers late, answers no,
//! or does not answer. `PUT /control` makes it do so.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

use super::decisions::Decisions;
use super::registers::{Entry, Registers};
use super::{DECISIONS, REGISTERS};
use crate::departments::{CodeSent, FaceAnswer, PersonQuestion, RegisterAnswer, StepRequest};

/// The service cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The sample data cannot be read.
    #[error("reading the registers of the sample city")]
    Data(#[source] serde_json::Error),
    /// The address cannot be had.
    #[error("listening on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The runtime cannot be made.
    #[error("starting the departments' data service")]
    Runtime(#[source] std::io::Error),
}

/// What the service is told to do wrong (`PUT /control`); everything absent works.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Control {
    /// What the face comparison answers.
    pub face: FaceScript,
    /// Services and data sets that do not answer.
    pub away: BTreeSet<String>,
    /// Document numbers whose face is somebody else's, whatever [`Control::face`] says.
    pub face_no: BTreeSet<String>,
}

/// What the face comparison answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FaceScript {
    /// It is the person.
    #[default]
    Yes,
    /// It is not.
    No,
    /// The provider does not answer.
    Away,
}

#[derive(Debug)]
struct Service {
    registers: Registers,
    decisions: Decisions,
    control: Mutex<Control>,
    codes: Mutex<BTreeMap<String, String>>,
}

impl Service {
    fn control(&self) -> MutexGuard<'_, Control> {
        self.control.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn codes(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.codes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_away(&self, name: &str) -> bool {
        self.control().away.contains(name)
    }
}

/// A data service in this process, on sockets of its own.
#[derive(Debug)]
pub struct RunningDepartments {
    url: String,
    handle: axum_server::Handle<SocketAddr>,
    service: Arc<Service>,
    runtime: Option<tokio::runtime::Runtime>,
}

impl RunningDepartments {
    /// Starts the service; port 0 takes any free port.
    ///
    /// # Errors
    /// [`StartError`] when the address cannot be had.
    pub fn start(address: SocketAddr) -> Result<Self, StartError> {
        let listen = |source| StartError::Listen { address, source };
        let service = Arc::new(Service {
            registers: Registers::parse(REGISTERS).map_err(StartError::Data)?,
            decisions: Decisions::parse(DECISIONS).map_err(StartError::Data)?,
            control: Mutex::default(),
            codes: Mutex::default(),
        });
        let listener = TcpListener::bind(address).map_err(listen)?;
        listener.set_nonblocking(true).map_err(listen)?;
        let url = format!("http://{}", listener.local_addr().map_err(listen)?);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("departments")
            .enable_all()
            .build()
            .map_err(StartError::Runtime)?;
        let handle = axum_server::Handle::new();
        let router = router(Arc::clone(&service)).into_make_service();
        let _entered = runtime.enter();
        let server = axum_server::from_tcp(listener)
            .map_err(StartError::Runtime)?
            .handle(handle.clone());
        runtime.spawn(server.serve(router));
        drop(_entered);
        Ok(Self {
            url,
            handle,
            service,
            runtime: Some(runtime),
        })
    }

    /// Address of the service.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Tells the service what to do wrong from now on.
    pub fn set_control(&self, control: Control) {
        *self.service.control() = control;
    }

    /// The last code sent to a phone; None when none was.
    #[must_use]
    pub fn last_code(&self, phone: &str) -> Option<String> {
        self.service.codes().get(phone).cloned()
    }
}

impl Drop for RunningDepartments {
    fn drop(&mut self) {
        self.handle.shutdown();
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn router(service: Arc<Service>) -> Router {
    Router::new()
        .route("/registers/{dataset}", get(register))
        .route("/prefill/{source}", get(prefill))
        .route("/services/{service}/steps/{basic}", post(step))
        .route("/identity/face", post(face))
        .route("/identity/phone-code", post(phone_code))
        .route("/identity/last-code", get(last_code))
        .route("/control", put(set_control).get(get_control))
        .with_state(service)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ByNumber {
    id_number: String,
    /// Names with commas between them; absent for all.
    fields: Option<String>,
}

impl ByNumber {
    /// What of a record was asked for.
    fn cut(&self, entry: &Entry) -> Entry {
        let asked = |field: &str| {
            let names = self.fields.as_deref();
            names.is_none_or(|names| names.split(',').any(|name| name == field))
        };
        let fields = entry.iter().filter(|(field, _)| asked(field));
        fields
            .map(|(field, value)| (field.clone(), value.clone()))
            .collect()
    }
}

async fn register(
    State(service): State<Arc<Service>>,
    Path(dataset): Path<String>,
    Query(by): Query<ByNumber>,
) -> Response {
    if service.is_away(&dataset) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    match service.registers.of(&dataset, &by.id_number) {
        Some(records) => Json(RegisterAnswer {
            records: records.into_iter().map(|entry| by.cut(entry)).collect(),
        })
        .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn prefill(State(service): State<Arc<Service>>, Path(source): Path<String>) -> Response {
    match service.registers.prefill(&source) {
        Some(found) => Json(found).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn step(
    State(service): State<Arc<Service>>,
    Path((name, basic)): Path<(String, String)>,
    Json(request): Json<StepRequest>,
) -> Response {
    if service.is_away(&name) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let person = request.id_number.as_ref().map(|number| number.reveal());
    Json(service.decisions.decide(&basic, person, &service.registers)).into_response()
}

async fn face(
    State(service): State<Arc<Service>>,
    Json(question): Json<PersonQuestion>,
) -> Response {
    let control = service.control();
    let other = control.face_no.contains(question.id_number.reveal());
    match control.face {
        FaceScript::Away => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        FaceScript::No => Json(FaceAnswer { same: false }).into_response(),
        FaceScript::Yes => Json(FaceAnswer { same: !other }).into_response(),
    }
}

async fn phone_code(
    State(service): State<Arc<Service>>,
    Json(question): Json<PersonQuestion>,
) -> Response {
    if service.is_away("phone-code") {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let (Some(phone), Some(code)) = (
        service.registers.phone(question.id_number.reveal()),
        &question.code,
    ) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    service
        .codes()
        .insert(phone.to_owned(), code.reveal().to_owned());
    Json(CodeSent {
        masked_phone: masked(phone),
    })
    .into_response()
}

/// First three and last four digits.
fn masked(phone: &str) -> String {
    let first = phone.get(..3).unwrap_or_default();
    let last = phone
        .len()
        .checked_sub(4)
        .and_then(|at| phone.get(at..))
        .unwrap_or_default();
    format!("{first}****{last}")
}

#[derive(Debug, Deserialize)]
struct ByPhone {
    phone: String,
}

#[derive(Debug, Serialize)]
struct LastCode {
    code: String,
}

async fn last_code(State(service): State<Arc<Service>>, Query(by): Query<ByPhone>) -> Response {
    match service.codes().get(&by.phone).cloned() {
        Some(code) => Json(LastCode { code }).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn set_control(
    State(service): State<Arc<Service>>,
    Json(control): Json<Control>,
) -> StatusCode {
    *service.control() = control;
    StatusCode::NO_CONTENT
}

async fn get_control(State(service): State<Arc<Service>>) -> Json<Control> {
    Json(service.control().clone())
}

/// Serves as a program: prints `listening on URL`, then runs until SIGTERM, or until standard input ends where a city
/// started it.
///
/// # Errors
/// [`StartError`] when the address cannot be had.
pub fn serve(address: SocketAddr, until_input_ends: bool) -> Result<(), StartError> {
    let running = RunningDepartments::start(address)?;
    println!("listening on {}", running.url());
    if until_input_ends {
        // The end of our input is the end of the city that started us, however it ended.
        let mut input = std::io::stdin().lock();
        let _ = std::io::copy(&mut input, &mut std::io::sink());
    } else {
        loop {
            std::thread::park();
        }
    }
    Ok(())
}
