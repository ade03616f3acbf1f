//! HTTP towards one scanner: our own host always, bounded bodies, three kinds of patience.

use std::io::Read;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::time::{Duration, Instant};

use reqwest::blocking::{Client, RequestBuilder, Response};
use reqwest::{Method, StatusCode, Url};
use zeroize::Zeroizing;

use super::protocol::{Host, job_path};
use crate::runner::CancelToken;
use crate::scanner::ScanFault;

/// How often a wait for bytes looks whether the job was cancelled.
const CANCEL_LOOK: Duration = Duration::from_millis(50);
/// So long bytes are collected until it is told how far the page is.
const TELL: Duration = Duration::from_millis(400);
/// Bytes read in one go.
const CHUNK: usize = 64 * 1024;
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
    /// It is still coming.
    Coming,
}

/// A page on its way.
#[derive(Debug)]
pub(super) struct Transfer {
    pieces: Receiver<Piece>,
    /// What has come of its body.
    pub(super) body: Zeroizing<Vec<u8>>,
    /// When it was asked for.
    pub(super) since: Instant,
    /// The latest moment something more comes.
    next: Instant,
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

    fn request(&self, method: Method, path: &str, timeout: Duration) -> RequestBuilder {
        let mut url = self.base.clone();
        url.set_path(path);
        let name = match (self.host, url.host_str(), url.port_or_known_default()) {
            (Host::WithPort, Some(host), Some(port)) => Some(format!("{host}:{port}")),
            (Host::Localhost, ..) if method == Method::POST => Some("localhost".to_owned()),
            _ => None,
        };
        let request = self.client.request(method, url).timeout(timeout);
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
            self.request(Method::GET, path, self.limits.exchange)
        })
    }

    /// POSTs job settings.
    pub(super) fn post_job(&self, xml: &str) -> Result<Answer, ScanFault> {
        let path = format!("{}ScanJobs", self.base_path());
        self.exchange(&path, |path| {
            self.request(Method::POST, path, self.limits.job)
                .header("Content-Type", "text/xml")
                .body(xml.to_owned())
        })
    }

    /// DELETEs a job; whatever comes back, there is nothing more to do.
    pub(super) fn delete(&self, path: &str) {
        if let Err(error) = short(self.request(Method::DELETE, path, self.limits.job)) {
            tracing::debug!(%error, "deleting a scan job");
        }
    }

    /// GETs one page on a thread of its own, so that a cancel, a stall and an endless page all end the wait.
    pub(super) fn ask_page(&self, job: &str) -> Result<Transfer, ScanFault> {
        let request = self.request(
            Method::GET,
            &format!("{job}/NextDocument"),
            self.limits.page,
        );
        let since = Instant::now();
        // The reader stays at most four pieces ahead and ends with the receiver.
        let (sender, pieces) = mpsc::sync_channel(4);
        std::thread::Builder::new()
            .name("scan-page".to_owned())
            .spawn(move || read_page(request, &sender))
            .map_err(|error| ScanFault::Device(format!("no thread to read a page: {error}")))?;
        Ok(Transfer {
            pieces,
            body: Zeroizing::new(Vec::new()),
            since,
            next: since + self.limits.first_byte,
        })
    }

    /// Collects more of a page.
    pub(super) fn collect(
        &self,
        transfer: &mut Transfer,
        cancel: &CancelToken,
    ) -> Result<Fetched, ScanFault> {
        let tell = Instant::now() + TELL;
        loop {
            let give_up = transfer.next.min(transfer.since + self.limits.page);
            let Some(piece) = wait(&transfer.pieces, give_up, tell, cancel)? else {
                return Ok(Fetched::Coming);
            };
            match piece {
                Piece::Refused(status) => return Ok(Fetched::Refused(status)),
                Piece::Fault(fault) if transfer.body.is_empty() => return Err(fault),
                Piece::Fault(_) => return Ok(Fetched::BrokenOff),
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
                    return Ok(Fetched::Body(body));
                }
            }
            transfer.next = Instant::now() + self.limits.idle;
        }
    }
}

/// What the reading thread reports.
#[derive(Debug)]
enum Piece {
    Refused(StatusCode),
    Begun,
    Bytes(Zeroizing<Vec<u8>>),
    End,
    Fault(ScanFault),
}

/// The next piece; `None` when none has come until `tell`.
fn wait(
    pieces: &Receiver<Piece>,
    give_up: Instant,
    tell: Instant,
    cancel: &CancelToken,
) -> Result<Option<Piece>, ScanFault> {
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
        let left = give_up.min(tell).saturating_duration_since(now);
        match pieces.recv_timeout(left.min(CANCEL_LOOK)) {
            Ok(piece) => return Ok(Some(piece)),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Err(ScanFault::Offline),
        }
    }
}

/// Reads one page until its end or until nobody wants it any more.
fn read_page(request: RequestBuilder, sender: &SyncSender<Piece>) {
    let mut response = match request.send() {
        Ok(response) => response,
        Err(error) => {
            let _ = sender.send(Piece::Fault(fault(&error)));
            return;
        }
    };
    if response.status() != StatusCode::OK {
        let _ = sender.send(Piece::Refused(response.status()));
        return;
    }
    let mut wanted = sender.send(Piece::Begun).is_ok();
    let mut buffer = Zeroizing::new(vec![0u8; CHUNK]);
    while wanted {
        let piece = match response.read(&mut buffer) {
            Ok(0) => Piece::End,
            Ok(count) => Piece::Bytes(Zeroizing::new(
                buffer.get(..count).unwrap_or_default().to_vec(),
            )),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => Piece::Fault(broken(&error)),
        };
        let more = matches!(piece, Piece::Bytes(_));
        wanted = sender.send(piece).is_ok() && more;
    }
}

fn broken(error: &std::io::Error) -> ScanFault {
    if error.kind() == std::io::ErrorKind::TimedOut {
        ScanFault::Timeout
    } else {
        ScanFault::Truncated
    }
}

fn short(request: RequestBuilder) -> Result<Answer, ScanFault> {
    let response = request.send().map_err(|error| fault(&error))?;
    let status = response.status();
    let header = |name: reqwest::header::HeaderName| {
        let value = response.headers().get(name)?;
        Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    let location = header(reqwest::header::LOCATION);
    let server = header(reqwest::header::SERVER);
    // Some scanners break the connection after the headers; what came is what there is.
    let body = read_short(response);
    Ok(Answer {
        status,
        location,
        server,
        body,
    })
}

fn read_short(response: Response) -> Vec<u8> {
    let mut body = Vec::new();
    if let Err(error) = response.take(MAX_XML as u64 + 1).read_to_end(&mut body) {
        tracing::debug!(%error, "reading a scanner's answer");
    }
    body
}

fn fault(error: &reqwest::Error) -> ScanFault {
    if error.is_timeout() {
        ScanFault::Timeout
    } else {
        ScanFault::Offline
    }
}
