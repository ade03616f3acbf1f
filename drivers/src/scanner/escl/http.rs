//! HTTP towards one scanner: our own host always, bounded bodies, three kinds of patience.
//!
//! Exchanges are futures that this thread waits for: unlike a blocking call, one of them can be
//! dropped in the middle, and then its connection is closed.

use std::io;
use std::pin::{Pin, pin};
use std::time::{Duration, Instant};

use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, Url};
use tokio::runtime::Runtime;
use zeroize::Zeroizing;

use super::protocol::{Host, job_path};
use crate::runner::CancelToken;
use crate::scanner::ScanFault;

/// How often a wait for bytes looks whether the job was cancelled.
const CANCEL_LOOK: Duration = Duration::from_millis(50);
/// So long bytes are collected until it is told how far the page is.
const TELL: Duration = Duration::from_millis(400);
/// Largest XML answer taken.
const MAX_XML: usize = 512 * 1024;

/// Time and size limits of an unattended terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connecting, and one short exchange (capabilities, status).
    pub exchange: Duration,
    /// Creating and deleting a job.
    pub job: Duration,
    /// From asking for a page to its first byte.
    pub first_byte: Duration,
    /// Between two pieces of a page.
    pub idle: Duration,
    /// One whole page.
    pub page: Duration,
    /// Between two attempts at a busy scanner.
    pub retry: Duration,
    /// Attempts to create a job at a busy scanner.
    pub job_attempts: u32,
    /// Attempts to fetch a page that is not ready.
    pub page_attempts: u32,
    /// From a start that failed to the next one.
    pub rest_after_failure: Duration,
    /// Largest page in bytes.
    pub page_bytes: usize,
    /// Most pages of one job.
    pub pages: u32,
}

impl Default for Limits {
    /// Source: the scanner fact sheet, section 2.4.
    fn default() -> Self {
        Self {
            exchange: Duration::from_secs(20),
            job: Duration::from_secs(30),
            first_byte: Duration::from_secs(60),
            idle: Duration::from_secs(20),
            page: Duration::from_secs(180),
            retry: Duration::from_secs(1),
            job_attempts: 10,
            page_attempts: 30,
            rest_after_failure: Duration::from_millis(2_500),
            page_bytes: 64 << 20,
            pages: 200,
        }
    }
}

/// An answer with a short body.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) location: Option<String>,
    /// What answers, in its own words.
    pub(super) server: Option<String>,
    pub(super) body: Vec<u8>,
}

/// What came of asking for a page.
pub(super) enum Fetched {
    /// An answer other than 200.
    Refused(StatusCode),
    /// The whole body of a 200.
    Body(Zeroizing<Vec<u8>>),
    /// The body broke off in the middle.
    BrokenOff,
}

/// A page on its way. Dropping it closes its connection, before anything else is asked: behind
/// `ipp-usb` a scanner with one interface hears nothing else as long as a page is open.
pub(super) struct Transfer {
    stage: Stage,
    /// Dropped behind the stage, which runs on it.
    waiting: Waiting,
    /// What has come of its body.
    pub(super) body: Zeroizing<Vec<u8>>,
    /// When it was asked for.
    pub(super) since: Instant,
    /// The latest moment something more comes.
    next: Instant,
}

impl std::fmt::Debug for Transfer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Transfer({} bytes, [redacted])", self.body.len())
    }
}

/// How far a page is.
enum Stage {
    /// It is asked for; nothing has come.
    Asked(Pin<Box<dyn Future<Output = reqwest::Result<Response>> + Send>>),
    /// Its body comes.
    Begun(Box<Response>),
}

impl Stage {
    /// The next piece; dropped before it is there, nothing is lost.
    async fn next(&mut self) -> Piece {
        match self {
            Self::Asked(answer) => match answer.await {
                Ok(response) if response.status() == StatusCode::OK => {
                    *self = Self::Begun(Box::new(response));
                    Piece::Begun
                }
                Ok(response) => Piece::Refused(response.status()),
                Err(error) => Piece::Fault(fault(&error)),
            },
            Self::Begun(response) => match response.chunk().await {
                Ok(Some(bytes)) => Piece::Bytes(Zeroizing::new(bytes.to_vec())),
                Ok(None) => Piece::End,
                Err(_) => Piece::BrokenOff,
            },
        }
    }
}

/// What comes of a page.
enum Piece {
    Refused(StatusCode),
    Begun,
    Bytes(Zeroizing<Vec<u8>>),
    End,
    BrokenOff,
    Fault(ScanFault),
}

/// Where exchanges run, those with a document printer too: on the thread that waits for them, and
/// only as long as it waits. What is unfinished when it is dropped is closed.
#[derive(Debug)]
pub(crate) struct Waiting(Option<Runtime>);

impl Waiting {
    /// Somewhere to wait, for one exchange.
    ///
    /// # Errors
    /// When the system gives no descriptor for it.
    pub(crate) fn new() -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        Ok(Self(Some(runtime)))
    }

    /// What comes of `future`; `None` once this was dropped, which cannot be.
    fn on<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        Some(self.0.as_ref()?.block_on(future))
    }

    /// What comes of `future`; `None` when it was cancelled first, and is to be hung up.
    pub(crate) fn unless_cancelled<T>(
        &self,
        future: impl Future<Output = T>,
        cancel: &CancelToken,
    ) -> Option<T> {
        let mut future = pin!(future);
        while !cancel.is_cancelled() {
            let look = async { tokio::time::timeout(CANCEL_LOOK, future.as_mut()).await };
            if let Ok(done) = self.on(look)? {
                return Some(done);
            }
        }
        None
    }
}

/// A [`Waiting`] for a scanner.
fn waiting() -> Result<Waiting, ScanFault> {
    Waiting::new().map_err(|error| {
        ScanFault::Device(format!("nothing to wait for the scanner with: {error}"))
    })
}

impl Drop for Waiting {
    fn drop(&mut self) {
        // A name that is still being looked up is not waited for.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// The scanner's address and how we speak to it.
#[derive(Debug)]
pub(super) struct Http {
    client: Client,
    base: Url,
    pub(super) limits: Limits,
    /// What this scanner wants to be called.
    pub(super) host: Host,
}

impl Http {
    /// Speaks to the scanner at `base`, such as `http://127.0.0.1:60000/eSCL/`.
    pub(super) fn new(base: &str, limits: Limits) -> Result<Self, ScanFault> {
        // Another part of the program may have chosen the same provider already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let unusable = |error: &dyn std::fmt::Display| {
            ScanFault::Device(format!("unusable scanner address: {error}"))
        };
        let mut base = Url::parse(base).map_err(|error| unusable(&error))?;
        if base.cannot_be_a_base() || base.host_str().is_none() {
            return Err(unusable(&"it names no host"));
        }
        if !base.path().ends_with('/') {
            let path = format!("{}/", base.path());
            base.set_path(&path);
        }
        let client = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(limits.exchange)
            // Scanners close idle connections without a word; a fresh one each time costs nothing on loopback.
            .pool_max_idle_per_host(0)
            .build()
            .map_err(|error| unusable(&error))?;
        Ok(Self {
            client,
            base,
            limits,
            host: Host::Usual,
        })
    }

    /// The path all addresses begin with, ending with a slash.
    pub(super) fn base_path(&self) -> &str {
        self.base.path()
    }

    /// A request with the name this scanner wants to be called by.
    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut url = self.base.clone();
        url.set_path(path);
        let name = match (self.host, url.host_str(), url.port_or_known_default()) {
            (Host::WithPort, Some(host), Some(port)) => Some(format!("{host}:{port}")),
            (Host::Localhost, ..) if method == Method::POST => Some("localhost".to_owned()),
            _ => None,
        };
        let request = self.client.request(method, url);
        match name {
            Some(name) => request.header(reqwest::header::HOST, name),
            None => request,
        }
    }

    /// Exchanges a short request; one redirect is followed, and only to another path here.
    fn exchange(
        &self,
        path: &str,
        build: impl Fn(&str) -> RequestBuilder,
    ) -> Result<Answer, ScanFault> {
        let answer = short(build(path))?;
        let moved = answer
            .location
            .as_deref()
            .filter(|_| answer.status.is_redirection());
        match moved.and_then(|location| job_path(location, self.base_path())) {
            Some(path) => short(build(&path)),
            None => Ok(answer),
        }
    }

    /// GETs a short document below the base path.
    pub(super) fn get(&self, name: &str) -> Result<Answer, ScanFault> {
        let path = format!("{}{name}", self.base_path());
        self.exchange(&path, |path| {
            self.request(Method::GET, path)
                .timeout(self.limits.exchange)
        })
    }

    /// POSTs job settings.
    pub(super) fn post_job(&self, xml: &str) -> Result<Answer, ScanFault> {
        let path = format!("{}ScanJobs", self.base_path());
        self.exchange(&path, |path| {
            self.request(Method::POST, path)
                .timeout(self.limits.job)
                .header("Content-Type", "text/xml")
                .body(xml.to_owned())
        })
    }

    /// DELETEs a job; whatever comes back, there is nothing more to do.
    pub(super) fn delete(&self, path: &str) {
        let request = self.request(Method::DELETE, path).timeout(self.limits.job);
        if let Err(error) = short(request) {
            tracing::debug!(%error, "deleting a scan job");
        }
    }

    /// Asks for one page; it comes by [`Self::collect`].
    pub(super) fn ask_page(&self, job: &str) -> Result<Transfer, ScanFault> {
        let request = self.request(Method::GET, &format!("{job}/NextDocument"));
        let since = Instant::now();
        Ok(Transfer {
            stage: Stage::Asked(Box::pin(async move { request.send().await })),
            waiting: waiting()?,
            body: Zeroizing::new(Vec::new()),
            since,
            next: since + self.limits.first_byte,
        })
    }

    /// Collects more of a page; `None` while it is still coming.
    pub(super) fn collect(
        &self,
        transfer: &mut Transfer,
        cancel: &CancelToken,
    ) -> Result<Option<Fetched>, ScanFault> {
        let tell = Instant::now() + TELL;
        loop {
            let Some(piece) = self.wait(transfer, tell, cancel)? else {
                return Ok(None);
            };
            match piece {
                Piece::Refused(status) => return Ok(Some(Fetched::Refused(status))),
                Piece::Fault(fault) => return Err(fault),
                Piece::BrokenOff => return Ok(Some(Fetched::BrokenOff)),
                Piece::Bytes(bytes) => {
                    if transfer.body.len() + bytes.len() > self.limits.page_bytes {
                        return Err(ScanFault::Device(
                            "the page is larger than any page may be".to_owned(),
                        ));
                    }
                    transfer.body.extend_from_slice(&bytes);
                }
                Piece::Begun => {}
                Piece::End => {
                    let body = std::mem::take(&mut transfer.body);
                    return Ok(Some(Fetched::Body(body)));
                }
            }
            transfer.next = Instant::now() + self.limits.idle;
        }
    }

    /// The next piece; `None` when none has come until `tell`.
    fn wait(
        &self,
        transfer: &mut Transfer,
        tell: Instant,
        cancel: &CancelToken,
    ) -> Result<Option<Piece>, ScanFault> {
        let give_up = transfer.next.min(transfer.since + self.limits.page);
        loop {
            if cancel.is_cancelled() {
                return Err(ScanFault::Cancelled);
            }
            let now = Instant::now();
            if now >= give_up {
                return Err(ScanFault::Timeout);
            }
            if now >= tell {
                return Ok(None);
            }
            let until = give_up.min(tell).min(now + CANCEL_LOOK);
            let Transfer { stage, waiting, .. } = &mut *transfer;
            // The clock of the future is there only once it runs.
            let piece = async { tokio::time::timeout_at(until.into(), stage.next()).await };
            if let Ok(piece) = waiting.on(piece).ok_or(ScanFault::Offline)? {
                return Ok(Some(piece));
            }
        }
    }
}

/// Exchanges a short request; however it ends, its connection is closed.
fn short(request: RequestBuilder) -> Result<Answer, ScanFault> {
    let exchange = async {
        let response = request.send().await.map_err(|error| fault(&error))?;
        let status = response.status();
        let header = |name: reqwest::header::HeaderName| {
            let value = response.headers().get(name)?;
            Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let location = header(reqwest::header::LOCATION);
        let server = header(reqwest::header::SERVER);
        // Some scanners break the connection after the headers; what came is what there is.
        let body = read_short(response).await;
        Ok(Answer {
            status,
            location,
            server,
            body,
        })
    };
    waiting()?.on(exchange).ok_or(ScanFault::Offline)?
}

/// The body, or the beginning of one that is longer than any.
async fn read_short(mut response: Response) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(bytes)) => body.extend_from_slice(&bytes),
            Ok(None) => return body,
            Err(error) => {
                tracing::debug!(%error, "reading a scanner's answer");
                return body;
            }
        }
        if body.len() > MAX_XML {
            return body;
        }
    }
}

fn fault(error: &reqwest::Error) -> ScanFault {
    if error.is_timeout() {
        ScanFault::Timeout
    } else {
        ScanFault::Offline
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The `Host` a page is asked for with, at the scanner at `address`; `None` = the usual one.
    fn host_told(address: &str, host: Host, method: Method) -> Option<String> {
        let mut http = Http::new(address, Limits::default()).unwrap();
        http.host = host;
        let request = http.request(method, "/eSCL/ScanJobs").build().unwrap();
        let told = request.headers().get(reqwest::header::HOST)?;
        Some(told.to_str().unwrap().to_owned())
    }

    #[test]
    fn an_epson_at_the_usual_port_is_told_it_all_the_same() {
        let told = |address| host_told(address, Host::WithPort, Method::GET);
        assert_eq!(told("http://scanner/eSCL").unwrap(), "scanner:80");
        assert_eq!(told("https://scanner/eSCL/").unwrap(), "scanner:443");
        assert_eq!(told("http://[::1]:8080/eSCL").unwrap(), "[::1]:8080");
        assert_eq!(
            host_told("http://scanner/eSCL", Host::Usual, Method::POST),
            None
        );
    }

    #[test]
    fn only_a_new_job_is_posted_to_localhost() {
        let told = |method| host_told("http://scanner/eSCL", Host::Localhost, method);
        assert_eq!(told(Method::POST).unwrap(), "localhost");
        assert_eq!(told(Method::GET), None);
    }
}
