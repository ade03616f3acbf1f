//! One signed, bounded exchange with the city.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use city_api::auth;
use city_api::digest::Sha256;
use city_api::keys::DeviceKey;
use city_api::numbers::KioskId;
use city_api::requests::{Problem, ProblemCode};
use city_api::time::CityTime;
use jiff::{SignedDuration, Timestamp};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, DATE, HeaderMap};
use reqwest::{Method, Url};
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::{CityError, tls};

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(5);
/// How long an ordinary exchange may take.
pub(super) const ORDINARY: Duration = Duration::from_secs(15);
/// How long an exchange with much data may take.
pub(super) const LONG: Duration = Duration::from_secs(60);
/// Most bytes of an ordinary answer.
pub(super) const ORDINARY_BYTES: usize = 1024 * 1024;

/// The way to the city.
pub(super) struct Http {
    client: RwLock<reqwest::Client>,
    ca_pem: Option<String>,
    base: Url,
    signer: Option<Signer>,
    /// Seconds the city's clock is ahead of this one; learnt when the city complains.
    ahead: AtomicI64,
}

/// Who signs requests.
pub(super) struct Signer {
    pub(super) kiosk: KioskId,
    pub(super) key: Arc<dyn DeviceKey>,
}

/// One request.
pub(super) struct Call {
    pub(super) operation: &'static str,
    pub(super) method: Method,
    /// Path, with query where there is one.
    pub(super) path: String,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Zeroizing<Vec<u8>>,
    pub(super) json: bool,
    pub(super) within: Duration,
    pub(super) most: usize,
}

impl Call {
    pub(super) fn get(operation: &'static str, path: impl Into<String>) -> Self {
        Self {
            operation,
            method: Method::GET,
            path: path.into(),
            headers: Vec::new(),
            body: Zeroizing::default(),
            json: false,
            within: ORDINARY,
            most: ORDINARY_BYTES,
        }
    }

    /// A post that says all it has to say by its address.
    pub(super) fn tell(operation: &'static str, path: impl Into<String>) -> Self {
        Self {
            method: Method::POST,
            ..Self::get(operation, path)
        }
    }

    pub(super) fn delete(operation: &'static str, path: impl Into<String>) -> Self {
        Self {
            method: Method::DELETE,
            ..Self::get(operation, path)
        }
    }

    pub(super) fn post<T: serde::Serialize>(
        operation: &'static str,
        path: impl Into<String>,
        body: &T,
    ) -> Result<Self, CityError> {
        let body = city_api::application::to_bytes(body)
            .map_err(|_| CityError::Setup("a request cannot be written as JSON".to_owned()))?;
        Ok(Self {
            method: Method::POST,
            body,
            json: true,
            ..Self::get(operation, path)
        })
    }
}

/// One answer, whatever its status. The body zeroes itself.
pub(super) struct Answer {
    operation: &'static str,
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Zeroizing<Vec<u8>>,
}

impl Answer {
    /// A header's value as text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The answer when it is a success, the city's reason otherwise.
    pub(super) fn success(self) -> Result<Self, CityError> {
        if (200..300).contains(&self.status) {
            return Ok(self);
        }
        match self.problem() {
            Some(problem) => Err(CityError::Refused {
                operation: self.operation,
                problem: Box::new(problem),
            }),
            None => Err(self.unusable("no problem document with this status")),
        }
    }

    /// The body of a success as JSON.
    pub(super) fn json<T: DeserializeOwned>(self) -> Result<T, CityError> {
        let answer = self.success()?;
        serde_json::from_slice(&answer.body).map_err(|_| answer.unusable("not the agreed JSON"))
    }

    pub(super) fn problem(&self) -> Option<Problem> {
        serde_json::from_slice(&self.body).ok()
    }

    pub(super) fn unusable(&self, reason: &'static str) -> CityError {
        CityError::Answer {
            operation: self.operation,
            reason,
            status: self.status,
        }
    }
}

/// A client certificate and its key.
pub(super) struct Identity {
    pub(super) certificate_pem: String,
    pub(super) key_pem: Zeroizing<String>,
}

fn client(ca_pem: Option<&str>, identity: Option<&Identity>) -> Result<reqwest::Client, CityError> {
    let setup = |error: reqwest::Error| CityError::Setup(error.without_url().to_string());
    let mut builder = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT);
    if let Some(pem) = ca_pem {
        builder = builder.tls_backend_preconfigured(tls::pinned(pem, identity)?);
    } else {
        // Another part of the program may have installed it before.
        let _ = rustls::crypto::ring::default_provider().install_default();
        if let Some(identity) = identity {
            let key = identity.key_pem.as_bytes();
            let pem = Zeroizing::new([key, identity.certificate_pem.as_bytes()].concat());
            builder = builder.identity(reqwest::Identity::from_pem(&pem).map_err(setup)?);
        }
    }
    builder.build().map_err(setup)
}

impl Http {
    /// Prepares the way; connects to nothing yet.
    pub(super) fn new(
        base_url: &str,
        ca_pem: Option<&str>,
        signer: Option<Signer>,
    ) -> Result<Self, CityError> {
        let base = base(base_url)?;
        Ok(Self {
            client: RwLock::new(client(ca_pem, None)?),
            ca_pem: ca_pem.map(str::to_owned),
            base,
            signer,
            ahead: AtomicI64::new(0),
        })
    }

    /// Shows this client certificate from now on, on connections of its own: one that was made without it, or is resumed,
    /// would go on without it.
    pub(super) fn show(&self, identity: &Identity) -> Result<(), CityError> {
        let client = client(self.ca_pem.as_deref(), Some(identity))?;
        *self.client.write().unwrap_or_else(PoisonError::into_inner) = client;
        Ok(())
    }

    /// Sends the request and reads the answer. When the city says that the clocks are too far apart, its own time is
    /// taken for signing and the request goes out once more.
    pub(super) async fn call(&self, call: &Call) -> Result<Answer, CityError> {
        let answer = self.once(call).await?;
        let skewed = answer.status == 401
            && answer
                .problem()
                .is_some_and(|problem| problem.code == ProblemCode::ClockSkew);
        if skewed && self.learn_time(&answer.headers) {
            return self.once(call).await;
        }
        Ok(answer)
    }

    async fn once(&self, call: &Call) -> Result<Answer, CityError> {
        let operation = call.operation;
        let url = self
            .base
            .join(&call.path)
            .map_err(|_| CityError::Setup("a path cannot be joined to the address".to_owned()))?;
        let client = self.client.read();
        let client = client.unwrap_or_else(PoisonError::into_inner).clone();
        let mut request = client
            .request(call.method.clone(), url.clone())
            .timeout(call.within);
        if let Some(signer) = &self.signer {
            request = request.header(AUTHORIZATION, self.authorization(signer, call, &url)?);
        }
        if call.json {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        for (name, value) in &call.headers {
            request = request.header(*name, value);
        }
        let unreachable = |error: reqwest::Error| CityError::Unreachable {
            operation,
            source: error.without_url(),
        };
        let response = request
            .body(call.body.to_vec())
            .send()
            .await
            .map_err(unreachable)?;
        read(call, response).await
    }

    fn authorization(&self, signer: &Signer, call: &Call, url: &Url) -> Result<String, CityError> {
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let request = auth::Request {
            method: call.method.as_str(),
            path: &path,
            body: Sha256::of(&call.body),
        };
        let ahead = SignedDuration::from_secs(self.ahead.load(Ordering::Relaxed));
        let now = Timestamp::now();
        let now = CityTime::new(now.checked_add(ahead).unwrap_or(now));
        Ok(auth::authorization(
            signer.kiosk,
            signer.key.as_ref(),
            now,
            &request,
        )?)
    }

    /// Takes over the city's time from an answer; false when it has none.
    fn learn_time(&self, headers: &HeaderMap) -> bool {
        let date = headers.get(DATE).and_then(|value| value.to_str().ok());
        let Some(theirs) = date.and_then(|text| jiff::fmt::rfc2822::parse(text).ok()) else {
            return false;
        };
        let ahead = theirs.timestamp().as_second() - Timestamp::now().as_second();
        tracing::warn!(
            seconds = ahead,
            "the city's clock differs; its time is used for signing"
        );
        self.ahead.store(ahead, Ordering::Relaxed);
        true
    }
}

/// The answer's body, refused beyond its bound while it arrives.
async fn read(call: &Call, mut response: reqwest::Response) -> Result<Answer, CityError> {
    let mut answer = Answer {
        operation: call.operation,
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body: Zeroizing::default(),
    };
    if call.method == Method::HEAD {
        return Ok(answer);
    }
    let chunk = |error: reqwest::Error| CityError::Unreachable {
        operation: call.operation,
        source: error.without_url(),
    };
    while let Some(bytes) = response.chunk().await.map_err(chunk)? {
        if answer.body.len() + bytes.len() > call.most {
            return Err(answer.unusable("longer than agreed"));
        }
        answer.body.extend_from_slice(&bytes);
    }
    Ok(answer)
}

/// The address: https, or http to this machine (development), without a path.
fn base(text: &str) -> Result<Url, CityError> {
    let setup = |what: &str| CityError::Setup(what.to_owned());
    let url = Url::parse(text).map_err(|_| setup("the city's address is not a URL"))?;
    let here = matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
    match url.scheme() {
        "https" => {}
        "http" if here => {}
        _ => return Err(setup("the city's address must begin with https")),
    }
    if url.path() != "/" || url.query().is_some() {
        return Err(setup("the city's address must have no path"));
    }
    Ok(url)
}
