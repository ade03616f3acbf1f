//! HTTP towards one printer: one exchange at a time, bounded, and never a second attempt.
//!
//! An exchange that is cancelled is hung up: a printer that takes a document and says nothing
//! would hold the thread for minutes, and one with a single connection would not hear that the
//! job is to end.

use std::time::Duration;

use bytes::Bytes;
use ipp::prelude::Uri;
use reqwest::{Client, RequestBuilder, Url};
use zeroize::Zeroizing;

use super::printer::AddressError;
use super::wire::{self, Answer, MAX_ANSWER};
use crate::receipt_printer::Cause;
use crate::runner::{CancelToken, Fault, FaultKind};
use crate::scanner::escl::Waiting;

/// How an exchange failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    /// Nobody took the connection: not a byte was handed over.
    NotReached,
    /// The connection broke, or no answer came in time: the printer may have all of it.
    Lost,
    /// The web server in front refused.
    Forbidden,
    /// An answer that is no IPP.
    Nonsense,
    /// It was cancelled, and the connection closed in the middle.
    HungUp,
}

impl Failure {
    /// The same as the cause of a print that failed.
    pub(super) fn cause(self) -> Cause {
        match self {
            Self::NotReached | Self::Lost => Cause::Disconnected,
            Self::Forbidden => Cause::NotPermitted,
            Self::Nonsense => Cause::Garbled,
            Self::HungUp => Cause::Cancelled,
        }
    }

    /// The same in the words of the recovery ladder; `operation` is what was being done.
    pub(super) fn during(self, operation: &'static str) -> Fault {
        let kind = match self {
            Self::NotReached | Self::Lost | Self::HungUp => FaultKind::NoAnswer,
            Self::Forbidden => FaultKind::Refused,
            Self::Nonsense => FaultKind::Garbled,
        };
        Fault::new(kind, operation).with_key(self.cause().as_str())
    }
}

/// The printer's address.
#[derive(Debug)]
pub(super) struct Http {
    client: Client,
    url: Url,
    /// The same as IPP names it, `ipp://HOST[:PORT]/PATH`.
    pub(super) uri: Uri,
}

impl Http {
    /// Speaks to the printer at `address`: `ipp`, `ipps`, `http` or `https`.
    pub(super) fn new(address: &str, connect: Duration) -> Result<Self, AddressError> {
        // Another part of the program may have chosen the same provider already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let unusable = |reason: &'static str| AddressError {
            address: address.chars().take(200).collect(),
            reason,
        };
        let (scheme, rest) = address
            .split_once("://")
            .ok_or_else(|| unusable("it has no scheme"))?;
        let (web, port) = match scheme {
            "ipp" => ("http", Some(631)),
            "ipps" => ("https", Some(631)),
            "http" => ("http", None),
            "https" => ("https", None),
            _ => return Err(unusable("its scheme is not ipp, ipps, http or https")),
        };
        let mut url =
            Url::parse(&format!("{web}://{rest}")).map_err(|_| unusable("it is no address"))?;
        if url.port().is_none() && port.is_some() && url.set_port(port).is_err() {
            return Err(unusable("it names no host"));
        }
        let uri: Uri = format!("ipp://{rest}")
            .parse()
            .map_err(|_| unusable("it is no address"))?;
        let client = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(connect)
            .pool_max_idle_per_host(0)
            .build()
            .map_err(|_| unusable("there is no HTTP client for it"))?;
        Ok(Self { client, url, uri })
    }

    /// Hands over `request` and, behind it, `document`; waits `patience` for the answer, and not
    /// longer than until `cancel`. However it ends, its connection is closed.
    pub(super) fn exchange(
        &self,
        request: &[u8],
        document: Option<&[u8]>,
        patience: Duration,
        cancel: &CancelToken,
    ) -> Result<Answer, Failure> {
        let waiting = Waiting::new().map_err(|error| {
            tracing::warn!(%error, "nothing to wait for a printer with");
            Failure::NotReached
        })?;
        // Of its whole size from the start, so that no part of it is left behind unwiped.
        let body = Zeroizing::new([request, document.unwrap_or_default()].concat());
        let sent = self
            .client
            .post(self.url.clone())
            .header("content-type", "application/ipp")
            .timeout(patience)
            .body(Bytes::from_owner(body));
        let bytes = waiting
            .unless_cancelled(answered(sent), cancel)
            .ok_or(Failure::HungUp)??;
        wire::answer(bytes).map_err(|error| {
            tracing::warn!(error = %error, "a printer's answer");
            Failure::Nonsense
        })
    }
}

/// The answer's body, or the beginning of one that is longer than any.
async fn answered(request: RequestBuilder) -> Result<Vec<u8>, Failure> {
    let mut response = request.send().await.map_err(|error| {
        let failure = if error.is_connect() {
            Failure::NotReached
        } else {
            Failure::Lost
        };
        tracing::debug!(error = %error.without_url(), "asking a printer");
        failure
    })?;
    if !response.status().is_success() {
        return Err(Failure::Forbidden);
    }
    let mut bytes = Vec::new();
    while bytes.len() <= MAX_ANSWER {
        match response.chunk().await {
            Ok(Some(piece)) => bytes.extend_from_slice(&piece),
            Ok(None) => break,
            Err(_) => return Err(Failure::Lost),
        }
    }
    Ok(bytes)
}
