//! A city of one kiosk in memory: parts, packets, signed answers, and faults to switch on.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, head, post};
use city_api::acknowledgement::Acknowledgement;
use city_api::auth::{Claim, Request as Signed, Unauthorised};
use city_api::digest::Sha256;
use city_api::keys::{DeviceKey as _, Signature, SoftwareKey};
use city_api::numbers::FilingNumber;
use city_api::packet::{self, Header};
use city_api::requests::packets::{AcknowledgementBody, PacketBody};
use city_api::requests::upload::{COMPLETE_HEADER, ContentRange, OFFSET_HEADER};
use city_api::requests::{Problem, ProblemCode};
use city_api::time::CityTime;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{city_key, kiosk_key};

/// What is wrong with the city.
#[derive(Debug, Default)]
pub(super) struct Faults {
    /// Answers of `POST /v1/packets` that are lost after the commit.
    pub(super) lose_answers: u32,
    /// Bytes of each `PUT` that are kept; the rest is lost.
    pub(super) keep_at_most: Option<usize>,
    /// Packets refused, by id.
    pub(super) refuse: BTreeMap<Uuid, ProblemCode>,
    /// Parts are forgotten when the next header comes, once.
    pub(super) forget_parts: bool,
    /// Acknowledgements are signed by somebody else.
    pub(super) foreign_signature: bool,
    /// The city's clock is ahead by this.
    pub(super) ahead: SignedDuration,
}

#[derive(Debug, Default)]
pub(super) struct Held {
    pub(super) parts: BTreeMap<Sha256, (Vec<u8>, bool)>,
    /// Packets by id: header, and how often it was posted.
    pub(super) packets: BTreeMap<Uuid, (Header, u32)>,
    /// Bytes received in `PUT` bodies.
    pub(super) received: usize,
    pub(super) faults: Faults,
}

/// The city's memory; it survives the server.
#[derive(Debug, Clone, Default)]
pub(super) struct FakeCity(Arc<Mutex<Held>>);

impl FakeCity {
    pub(super) fn with<T>(&self, act: impl FnOnce(&mut Held) -> T) -> T {
        act(&mut self.0.lock().unwrap())
    }

    pub(super) fn router(&self) -> Router {
        Router::new()
            .route("/v1/parts/{sha256}", head(part_state).put(put_part))
            .route("/v1/packets", post(post_packet))
            .route("/v1/catalogue", get(super::questions::catalogue))
            .route("/v1/options/{*name}", get(super::questions::options))
            .layer(middleware::from_fn_with_state(self.clone(), signed))
            .with_state(self.clone())
    }

    /// Serves over plain HTTP until the handle is dropped.
    pub(super) async fn serve(&self, address: SocketAddr) -> Server {
        let listener = tokio::net::TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = self.router();
        let task = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Server { address, task }
    }
}

pub(super) struct Server {
    pub(super) address: SocketAddr,
    task: tokio::task::JoinHandle<()>,
}

impl Server {
    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub(super) fn any_port() -> SocketAddr {
    "127.0.0.1:0".parse().unwrap()
}

fn refusal(code: ProblemCode) -> Response {
    let problem = Problem::new(code);
    let status = StatusCode::from_u16(problem.status).unwrap();
    (status, serde_json::to_vec(&problem).unwrap()).into_response()
}

fn with_offset(status: StatusCode, offset: usize) -> Response {
    (status, [(OFFSET_HEADER, offset.to_string())]).into_response()
}

/// Every request is the kiosk's, by the city's clock; every answer carries that clock.
async fn signed(State(city): State<FakeCity>, request: Request, next: Next) -> Response {
    let now = Timestamp::now() + city.with(|held| held.faults.ahead);
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 24).await.unwrap();
    let claim = parts.headers.get("authorization").unwrap();
    let path = parts.uri.path_and_query().unwrap().as_str().to_owned();
    let claimed = Signed {
        method: parts.method.as_str(),
        path: &path,
        body: Sha256::of(&body),
    };
    let claim = Claim::parse(claim.to_str().unwrap()).unwrap();
    let mut response = match claim.verify(&kiosk_key().public(), now, &claimed) {
        Ok(()) => next.run(Request::from_parts(parts, body.into())).await,
        Err(Unauthorised::Skew) => refusal(ProblemCode::ClockSkew),
        Err(_) => refusal(ProblemCode::Unauthorised),
    };
    let zoned = now.to_zoned(jiff::tz::TimeZone::UTC);
    let date = zoned.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let date = HeaderValue::from_str(&date).unwrap();
    response.headers_mut().insert("date", date);
    response
}

async fn part_state(State(city): State<FakeCity>, Path(sha256): Path<Sha256>) -> Response {
    city.with(|held| match held.parts.get(&sha256) {
        None => StatusCode::NOT_FOUND.into_response(),
        Some((bytes, complete)) => {
            let mut response = with_offset(StatusCode::OK, bytes.len());
            let complete = HeaderValue::from_static(if *complete { "true" } else { "false" });
            response.headers_mut().insert(COMPLETE_HEADER, complete);
            response
        }
    })
}

async fn put_part(
    State(city): State<FakeCity>,
    Path(sha256): Path<Sha256>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let range = headers
        .get("content-range")
        .map(|value| value.to_str().unwrap().parse::<ContentRange>().unwrap());
    let length = body.len() as u64;
    let range = range.unwrap_or(ContentRange::of(0, length, length).unwrap());
    assert_eq!(range.length(), length);
    city.with(|held| {
        held.received += body.len();
        let kept = held
            .faults
            .keep_at_most
            .unwrap_or(usize::MAX)
            .min(body.len());
        let (bytes, complete) = held.parts.entry(sha256).or_default();
        if bytes.len() as u64 != range.first {
            return conflict(bytes.len());
        }
        bytes.extend_from_slice(&body[..kept]);
        if (bytes.len() as u64) < range.total {
            return with_offset(StatusCode::ACCEPTED, bytes.len());
        }
        if Sha256::of(bytes) != sha256 {
            bytes.clear();
            return refusal(ProblemCode::HashMismatch);
        }
        *complete = true;
        StatusCode::CREATED.into_response()
    })
}

fn conflict(offset: usize) -> Response {
    let mut response = refusal(ProblemCode::WrongOffset);
    let offset = HeaderValue::from(offset as u64);
    response.headers_mut().insert(OFFSET_HEADER, offset);
    response
}

async fn post_packet(State(city): State<FakeCity>, body: Bytes) -> Response {
    let body: PacketBody = serde_json::from_slice(&body).unwrap();
    let (bytes, signature) = body.bytes().unwrap();
    let signature = Signature::from_slice(&signature).unwrap();
    let header = packet::verify(&bytes, &signature, &kiosk_key().public()).unwrap();
    city.with(|held| receive(held, &bytes, header))
}

fn receive(held: &mut Held, bytes: &[u8], header: Header) -> Response {
    if let Some(code) = held.faults.refuse.get(&header.id) {
        return refusal(*code);
    }
    if std::mem::take(&mut held.faults.forget_parts) {
        held.parts.clear();
    }
    let missing: Vec<String> = header
        .parts
        .iter()
        .filter(|part| !held.parts.get(&part.sha256).is_some_and(|(_, done)| *done))
        .map(|part| part.sha256.to_string())
        .collect();
    if !missing.is_empty() {
        let mut problem = Problem::new(ProblemCode::PartMissing);
        problem.missing_parts = missing;
        return (
            StatusCode::UNPROCESSABLE_ENTITY,
            serde_json::to_vec(&problem).unwrap(),
        )
            .into_response();
    }
    let answer = acknowledgement(bytes, &header, held.faults.foreign_signature);
    let entry = held.packets.entry(header.id).or_insert((header, 0));
    entry.1 += 1;
    if held.faults.lose_answers > 0 {
        held.faults.lose_answers -= 1;
        return StatusCode::BAD_GATEWAY.into_response();
    }
    serde_json::to_vec(&answer).unwrap().into_response()
}

fn acknowledgement(bytes: &[u8], header: &Header, foreign: bool) -> AcknowledgementBody {
    let acknowledgement = Acknowledgement {
        version: Acknowledgement::VERSION,
        id: header.id,
        header_sha256: Sha256::of(bytes),
        filing_number: FilingNumber::new(header.time.date(), header.sequence),
        case_number: None,
        time: CityTime::new(Timestamp::now()),
        irregular: None,
        cases: Vec::new(),
    };
    let key = if foreign {
        SoftwareKey::from_seed(&[9; 32])
    } else {
        city_key()
    };
    let signed = acknowledgement.sign(&key).unwrap();
    AcknowledgementBody::new(&signed.bytes, signed.signature.as_bytes())
}
