//! One IPP printer: its address, its condition, and how long it is waited for.

use std::time::Duration;

use ipp::model::{DelimiterTag, Operation};
use ipp::value::IppValue;

use super::http::{Failure, Http};
use super::status::{PRINTER_ATTRIBUTES, Printer};
use super::wire::{self, Answer, WireError};
use crate::document_printer::{DocumentPrinter, DocumentResult, Progress};
use crate::runner::{CancelToken, Condition, Fault, Identity};

/// How long the printer may take when only its condition is wanted.
const GLANCE: Duration = Duration::from_secs(2);

/// How long an unattended terminal waits for its printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Connecting, and one short exchange.
    pub exchange: Duration,
    /// Handing over a document.
    pub send: Duration,
    /// Between two looks at a job.
    pub poll: Duration,
    /// For a hand that puts paper in or closes a cover; then the job is cancelled.
    pub hindered: Duration,
    /// For a job as a whole; then it is cancelled.
    pub whole: Duration,
    /// For the end of a job after the connection was lost or the job was cancelled.
    pub resolve: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            exchange: Duration::from_secs(20),
            send: Duration::from_secs(120),
            poll: Duration::from_secs(1),
            hindered: Duration::from_secs(180),
            whole: Duration::from_secs(600),
            resolve: Duration::from_secs(30),
        }
    }
}

/// Why a text is no address of a printer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the printer's address {address:?} is unusable: {reason}")]
pub struct AddressError {
    /// The text given.
    pub address: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

/// A document printer reached over IPP.
#[derive(Debug)]
pub struct IppPrinter {
    pub(super) http: Http,
    pub(super) patience: Patience,
    /// Number of the last request; answers carry it back.
    request: i32,
}

impl IppPrinter {
    /// The printer at `address`, such as `ipp://192.0.2.8/ipp/print`; nothing is asked yet.
    ///
    /// # Errors
    /// [`AddressError`] when the text is no address of a printer.
    pub fn new(address: &str, patience: Patience) -> Result<Self, AddressError> {
        Ok(Self {
            http: Http::new(address, patience.exchange)?,
            patience,
            request: 0,
        })
    }

    /// Asks the printer what it is and how, `patience` long and not longer than until `cancel`.
    pub(super) fn look(
        &self,
        patience: Duration,
        cancel: &CancelToken,
    ) -> Result<Printer, Failure> {
        let request = requested(&PRINTER_ATTRIBUTES)
            .and_then(|wanted| {
                wire::request(
                    Operation::GetPrinterAttributes,
                    &self.http.uri,
                    1,
                    vec![wanted],
                )
            })
            .map_err(|_| Failure::Nonsense)?;
        let answer = self.http.exchange(&request, None, patience, cancel)?;
        if answer.is_ok() {
            Ok(Printer::of(&answer.printer))
        } else {
            Err(Failure::Nonsense)
        }
    }

    /// One operation with `attributes`; the document follows it where there is one. Hung up at
    /// once when `cancel` says so.
    pub(super) fn operate(
        &mut self,
        operation: Operation,
        attributes: Vec<(DelimiterTag, &str, IppValue)>,
        document: Option<&[u8]>,
        cancel: &CancelToken,
    ) -> Result<Answer, Failure> {
        self.request = self.request.wrapping_add(1).max(1);
        let request = wire::request(operation, &self.http.uri, self.request, attributes)
            .map_err(|_| Failure::Nonsense)?;
        let patience = if document.is_some() {
            self.patience.send
        } else {
            self.patience.exchange
        };
        self.http.exchange(&request, document, patience, cancel)
    }
}

/// The attribute that asks for these and no others.
pub(super) fn requested(
    names: &[&str],
) -> Result<(DelimiterTag, &'static str, IppValue), WireError> {
    let words: Result<Vec<IppValue>, WireError> =
        names.iter().map(|name| wire::keyword(name)).collect();
    Ok((
        DelimiterTag::OperationAttributes,
        "requested-attributes",
        IppValue::Array(words?),
    ))
}

impl DocumentPrinter for IppPrinter {
    fn print(&mut self, pdf: &[u8]) -> DocumentResult {
        self.print_watched(pdf, &CancelToken::default(), &mut |_| {})
    }

    fn print_watched(
        &mut self,
        pdf: &[u8],
        cancel: &CancelToken,
        tell: &mut dyn FnMut(Progress),
    ) -> DocumentResult {
        DocumentResult {
            outcome: self.follow_through(pdf, cancel, tell),
            file: None,
        }
    }

    fn identify(&mut self) -> Result<Identity, Fault> {
        let printer = self.look(GLANCE, &CancelToken::default());
        let printer = printer.map_err(|failure| failure.during("identify the printer"))?;
        Ok(Identity {
            name: printer.model.unwrap_or_else(|| "IPP printer".to_owned()),
            detail: None,
        })
    }

    fn condition(&mut self) -> Result<Condition, Fault> {
        let printer = self.look(GLANCE, &CancelToken::default());
        let printer = printer.map_err(|failure| failure.during("ask the printer's state"))?;
        Ok(printer.condition())
    }
}
