//! Kiosks by the thousand against one city, to learn what it carries: heartbeats at their pace, filings as fast as the
//! city takes them, then every kiosk at once after the line was away.

use std::sync::Arc;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rand::Rng as _;
use reqwest::{Client, Method, Response, StatusCode};
use serde::Serialize;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use uuid::Uuid;
use zeroize::Zeroizing;

use city_api::application::{Application, to_bytes};
use city_api::auth::{Request, authorization};
use city_api::digest::Sha256;
use city_api::keys::{CityKeys, DeviceKey as _, SoftwareKey};
use city_api::numbers::{KioskId, ReceiptNumber};
use city_api::packet::{ChainHead, Draft, ItemRef, Kind, PlainPart, Role, Sealed};
use city_api::requests::enrolment::{EnrolmentAnswer, EnrolmentRequest};
use city_api::requests::packets::PacketBody;
use city_api::requests::paths;
use city_api::requests::status::{DeviceHealth, DeviceState, HeartbeatRequest};
use city_api::time::CityTime;

/// A filing of a fictional person with one scanned page.
const APPLICATION: &str = include_str!("application.json");
/// Its form document: only its hash matters.
const FORM: &[u8] = b"%PDF-1.7 the form that was shown";
/// Bytes of the scanned page.
const PAGE_BYTES: usize = 300 * 1024;
/// Security module of every simulated reader.
const SAM: &str = "05.01-20240101-0000000001-1234567890";
/// Requests under way at once while kiosks enrol and come back: what one machine has ports and files for.
const AT_ONCE: usize = 500;
/// A kiosk gives a request up after this long.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is simulated.
#[derive(Debug, Clone)]
pub struct Simulation {
    /// Where the city is, `https://HOST:PORT` or `http://…`.
    pub url: String,
    /// Authority of its certificate in PEM; None for a public one or without TLS.
    pub ca_pem: Option<String>,
    /// A one-time enrolment code for every kiosk.
    pub codes: Vec<String>,
    /// How long kiosks file and say how they are.
    pub duration: Duration,
    /// Pause between two heartbeats of a kiosk, a fifth more or less.
    pub heartbeat: Duration,
    /// Kiosks that file at once, one after the other without a pause.
    pub filers: usize,
}

/// What was measured.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Kiosks enrolled.
    pub kiosks: usize,
    /// Heartbeats while kiosks filed.
    pub heartbeats: Times,
    /// Filings, from the first byte of the first part to the acknowledgement.
    pub filings: Times,
    /// Filings acknowledged a second.
    pub filings_per_second: f64,
    /// A heartbeat of every kiosk at once, each on a new connection.
    pub storm: Times,
}

/// How long requests took.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Times {
    /// Answered well.
    pub count: usize,
    /// Refused, failed or given up.
    pub failed: usize,
    /// Half were faster, in milliseconds.
    pub median_ms: f64,
    /// 99 of 100 were faster, in milliseconds.
    pub p99_ms: f64,
}

/// Why nothing could be measured.
#[derive(Debug, thiserror::Error)]
pub enum SimulateError {
    /// The client cannot be made, or the city does not answer at all.
    #[error("asking the city")]
    Client(#[from] reqwest::Error),
    /// The city enrolled no kiosk with this code.
    #[error("enrolling a kiosk: the city answered {0}")]
    Enrol(StatusCode),
    /// The city's answer is not of the contract.
    #[error("reading the city's answer to an enrolment")]
    Answer,
    /// The sample application is not of the contract.
    #[error("reading the sample application")]
    Application(#[from] serde_json::Error),
    /// A task of the simulation fell over.
    #[error("simulating a kiosk")]
    Task(#[from] tokio::task::JoinError),
}

impl Simulation {
    /// Enrols the kiosks and lets them work.
    ///
    /// # Errors
    /// [`SimulateError`] when the city is not there or enrols none; a request that fails later is counted.
    pub async fn run(&self) -> Result<Report, SimulateError> {
        // An earlier one is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let kiosks = self.enrol().await?;
        let ends = Instant::now() + self.duration;
        let beats = self.beat(&kiosks, ends);
        let filings = self.file(&kiosks, ends);
        let (beats, filings) = tokio::try_join!(beats, filings)?;
        let per_second = filings.count as f64 / self.duration.as_secs_f64();
        Ok(Report {
            kiosks: kiosks.len(),
            heartbeats: beats,
            filings,
            filings_per_second: per_second,
            storm: self.storm(&kiosks).await?,
        })
    }

    fn client(&self, kept_connections: usize) -> Result<Client, SimulateError> {
        let mut builder = Client::builder()
            .timeout(PATIENCE)
            .pool_max_idle_per_host(kept_connections)
            .no_proxy();
        if let Some(pem) = &self.ca_pem {
            builder = builder.tls_certs_only([reqwest::Certificate::from_pem(pem.as_bytes())?]);
        }
        Ok(builder.build()?)
    }

    async fn enrol(&self) -> Result<Vec<Arc<Kiosk>>, SimulateError> {
        let client = self.client(AT_ONCE)?;
        let turns = Arc::new(Semaphore::new(AT_ONCE));
        let mut tasks = JoinSet::new();
        for code in self.codes.clone() {
            let (client, url, turns) = (client.clone(), self.url.clone(), Arc::clone(&turns));
            tasks.spawn(async move {
                // The semaphore is never closed.
                let _turn = turns.acquire_owned().await;
                Kiosk::enrol(&client, url, code).await
            });
        }
        let mut kiosks = Vec::with_capacity(self.codes.len());
        while let Some(kiosk) = tasks.join_next().await {
            kiosks.push(Arc::new(kiosk??));
        }
        Ok(kiosks)
    }

    /// Every kiosk says how it is at its own pace until `ends`.
    async fn beat(&self, kiosks: &[Arc<Kiosk>], ends: Instant) -> Result<Times, SimulateError> {
        let (client, pause) = (self.client(AT_ONCE)?, self.heartbeat);
        timed(kiosks, kiosks.len(), move |kiosk, seen| {
            let client = client.clone();
            async move {
                let mut next = Instant::now() + pause.mul_f64(rand::random());
                while next < ends {
                    tokio::time::sleep_until(next.into()).await;
                    seen.time(kiosk.heartbeat(&client)).await;
                    next += pause.mul_f64(rand::rng().random_range(0.8..1.2));
                }
            }
        })
        .await
    }

    /// The first kiosks file one application after the other until `ends`.
    async fn file(&self, kiosks: &[Arc<Kiosk>], ends: Instant) -> Result<Times, SimulateError> {
        let application: Application = serde_json::from_str(APPLICATION)?;
        let content: Arc<[u8]> = to_bytes(&application)?.to_vec().into();
        let client = self.client(self.filers)?;
        timed(kiosks, self.filers, move |kiosk, seen| {
            let (client, content) = (client.clone(), Arc::clone(&content));
            let item = application.item.clone();
            async move {
                let mut chain = ChainHead::START;
                while Instant::now() < ends {
                    // Sealing is the kiosk's work and not the city's: it is not counted.
                    let Some(sealed) = kiosk.sealed(item.clone(), &content, chain) else {
                        return;
                    };
                    if seen.time(kiosk.send(&client, &sealed)).await {
                        chain.sequence += 1;
                        chain.previous = Some(sealed.header_sha256());
                    }
                }
            }
        })
        .await
    }

    /// The line was away and is back: all kiosks come at once, and none has a connection.
    async fn storm(&self, kiosks: &[Arc<Kiosk>]) -> Result<Times, SimulateError> {
        let client = self.client(0)?;
        let turns = Arc::new(Semaphore::new(AT_ONCE));
        timed(kiosks, kiosks.len(), move |kiosk, seen| {
            let (client, turns) = (client.clone(), Arc::clone(&turns));
            async move {
                let _turn = turns.acquire_owned().await;
                seen.time(kiosk.heartbeat(&client)).await;
            }
        })
        .await
    }
}

/// Lets the first so many kiosks work side by side, each in a task of its own; what their requests took.
async fn timed<W, F>(kiosks: &[Arc<Kiosk>], most: usize, work: W) -> Result<Times, SimulateError>
where
    W: Fn(Arc<Kiosk>, Arc<Seen>) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    let seen = Arc::new(Seen::default());
    let mut tasks = JoinSet::new();
    for kiosk in kiosks.iter().take(most) {
        tasks.spawn(work(Arc::clone(kiosk), Arc::clone(&seen)));
    }
    while let Some(done) = tasks.join_next().await {
        done?;
    }
    Ok(seen.times())
}

/// What requests took.
#[derive(Debug, Default)]
struct Seen {
    well: Mutex<Vec<Duration>>,
    failed: Mutex<usize>,
}

impl Seen {
    /// Times a request that says whether it was answered well, and says so.
    async fn time(&self, request: impl Future<Output = bool>) -> bool {
        let begun = Instant::now();
        let is_well = request.await;
        if is_well {
            if let Ok(mut well) = self.well.lock() {
                well.push(begun.elapsed());
            }
        } else if let Ok(mut failed) = self.failed.lock() {
            *failed += 1;
        }
        is_well
    }

    fn times(&self) -> Times {
        let mut well = self
            .well
            .lock()
            .map(|well| well.clone())
            .unwrap_or_default();
        well.sort_unstable();
        let at = |share: f64| {
            let last = well.len().saturating_sub(1);
            let place = (last as f64 * share).round() as usize;
            well.get(place).map_or(0.0, |time| time.as_secs_f64() * 1e3)
        };
        Times {
            count: well.len(),
            failed: self.failed.lock().map(|failed| *failed).unwrap_or_default(),
            median_ms: at(0.5),
            p99_ms: at(0.99),
        }
    }
}

/// A simulated kiosk: its key and what the city told it.
struct Kiosk {
    id: KioskId,
    key: SoftwareKey,
    city_keys: CityKeys,
    url: String,
}

impl Kiosk {
    async fn enrol(client: &Client, url: String, code: String) -> Result<Self, SimulateError> {
        let key = SoftwareKey::from_seed(&rand::random());
        let asked = EnrolmentRequest {
            code,
            public_key: key.public().to_string(),
            sam_id: SAM.to_owned(),
        };
        let address = format!("{url}{}", paths::ENROLMENTS);
        let answer = client.post(address).json(&asked).send().await?;
        if !answer.status().is_success() {
            return Err(SimulateError::Enrol(answer.status()));
        }
        let answer: EnrolmentAnswer = answer.json().await?;
        Ok(Self {
            id: answer.kiosk.parse().map_err(|_| SimulateError::Answer)?,
            city_keys: CityKeys::try_from(&answer.city_keys).map_err(|_| SimulateError::Answer)?,
            key,
            url,
        })
    }

    async fn ask(
        &self,
        client: &Client,
        method: Method,
        path: &str,
        body: Vec<u8>,
    ) -> Option<Response> {
        let request = Request {
            method: method.as_str(),
            path,
            body: Sha256::of(&body),
        };
        let now = CityTime::new(Timestamp::now());
        let signed = authorization(self.id, &self.key, now, &request).ok()?;
        let request = client
            .request(method, format!("{}{path}", self.url))
            .header("authorization", signed)
            .header("content-type", "application/json")
            .body(body);
        let answer = request.send().await.ok()?;
        answer.status().is_success().then_some(answer)
    }

    async fn heartbeat(&self, client: &Client) -> bool {
        let device = |kind: &str| DeviceState {
            kind: kind.to_owned(),
            health: DeviceHealth::Ok,
            cause: None,
        };
        let beat = HeartbeatRequest {
            program: env!("CARGO_PKG_VERSION").to_owned(),
            uptime_seconds: 86_400,
            catalogue_version: Some(1),
            outbox_waiting: 0,
            outbox_oldest_seconds: None,
            quarantined: 0,
            devices: ["id-card", "receipt-printer", "document-printer", "scanner"]
                .map(device)
                .to_vec(),
            // As a kiosk asks that kept a head.
            event_sequence: Some(1),
            event_sequence_older: Some(1),
            event_fault: None,
        };
        let body = serde_json::to_vec(&beat).unwrap_or_default();
        let answer = self
            .ask(client, Method::POST, paths::HEARTBEATS, body)
            .await;
        // The answer is read to its end, so that the connection serves again.
        match answer {
            Some(answer) => answer.bytes().await.is_ok(),
            None => false,
        }
    }

    /// An application with a page of its own; None when it cannot be sealed.
    fn sealed(&self, item: ItemRef, content: &[u8], chain: ChainHead) -> Option<Sealed> {
        let mut page = vec![0; PAGE_BYTES];
        rand::rng().fill(page.as_mut_slice());
        let part = |role, bytes| PlainPart {
            role,
            bytes: Zeroizing::new(bytes),
        };
        let draft = Draft {
            kind: Kind::Application,
            kiosk: self.id,
            sam_id: Some(SAM.to_owned()),
            id: Uuid::now_v7(),
            receipt: ReceiptNumber::new(self.id, rand::random()),
            item: Some(item),
            time: CityTime::new(Timestamp::now()),
            parts: vec![
                part(Role::Content, content.to_vec()),
                part(Role::Form, FORM.to_vec()),
                part(Role::Page(1), page),
            ],
        };
        let sealed = draft.seal(&self.city_keys).ok()?;
        sealed.sign(chain, &self.key).ok()
    }

    async fn send(&self, client: &Client, packet: &Sealed) -> bool {
        for part in &packet.parts {
            let path = paths::part(&part.sha256.to_string());
            let sent = self
                .ask(client, Method::PUT, &path, part.ciphertext.clone())
                .await;
            let Some(answer) = sent else {
                return false;
            };
            if answer.bytes().await.is_err() {
                return false;
            }
        }
        let body = PacketBody::new(&packet.header, packet.signature.as_bytes());
        let body = serde_json::to_vec(&body).unwrap_or_default();
        match self.ask(client, Method::POST, paths::PACKETS, body).await {
            Some(answer) => answer.bytes().await.is_ok(),
            None => false,
        }
    }
}
