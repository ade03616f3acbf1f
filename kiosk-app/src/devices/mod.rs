//! The devices of this kiosk: threads started from the configuration, health gathered into
//! what the core cares about.

mod apart;
pub mod card;

use std::io;
use std::sync::mpsc::Sender;
use std::time::Duration;

use kiosk_core::screen::ScanTrouble;
use kiosk_core::{DeviceState, Devices, PrintedAs};
use kiosk_drivers::document_printer::ipp::{AddressError, IppPrinter, Patience};
use kiosk_drivers::document_printer::{
    DocumentCommand, DocumentEvent, DocumentPrinter, DocumentThread, FolderPrinter,
};
use kiosk_drivers::id_card::{self, ReaderEvent};
use kiosk_drivers::receipt_printer::{
    self, Job, Journal, Outcome, PrinterCommand, PrinterDriver, PrinterEvent, Profile,
};
use kiosk_drivers::runner::{self, DeviceThread, Health, HealthState, Ladder, Report};
use kiosk_drivers::scanner::{
    ScanFault, ScanSettings, ScannerCommand, ScannerEvent, ScannerThread, escl,
};
use kiosk_drivers::selector::Selector;
use rand::Rng;
use zeroize::Zeroizing;

use crate::config;

/// How often an idle scanner is asked for its health.
const SCANNER_POLL: Duration = Duration::from_secs(3);
/// How often an idle document printer is asked for its health.
const DOCUMENT_POLL: Duration = Duration::from_secs(5);

/// What the device threads report to the one loop.
#[derive(Debug)]
pub enum DeviceReport {
    /// The id-card reader.
    Reader(Report<ReaderEvent>),
    /// The receipt printer.
    Printer(Report<PrinterEvent>),
    /// The scanner.
    Scanner(Report<ScannerEvent>),
    /// The document printer.
    Document(Report<DocumentEvent>),
}

/// A device cannot even be started as configured.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    /// The selector names a carrier this device has no driver for.
    #[error("starting the {kind}: `{selector}` is no carrier of this device")]
    Carrier {
        /// The device.
        kind: &'static str,
        /// As configured.
        selector: String,
    },
    /// No thread, or the driver refused its settings.
    #[error("starting the {kind}")]
    Start {
        /// The device.
        kind: &'static str,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The scanner's URL is not understood.
    #[error("starting the scanner")]
    Scanner(#[source] ScanFault),
    /// The document printer's address is not understood.
    #[error("starting the document printer")]
    Document(#[from] AddressError),
}

/// The running devices.
pub struct DeviceSet {
    reader: Option<DeviceThread<id_card::ReaderCommand>>,
    printer: Option<DeviceThread<PrinterCommand>>,
    scanner: Option<ScannerThread>,
    documents: Option<DocumentThread>,
    health: HealthTable,
}

/// The last known health of each device.
#[derive(Default)]
struct HealthTable {
    reader: Option<Health>,
    printer: Option<Health>,
    scanner: Option<Health>,
    documents: Option<Health>,
    /// The module the reader last reported.
    sam_id: Option<String>,
}

impl DeviceSet {
    /// Starts what `config` names; everything they report goes through `map` into `events`.
    ///
    /// # Errors
    /// [`DeviceError`] when a device cannot be started as configured. A device that is merely
    /// absent or broken is no error: it is reported as health.
    pub fn start<E, J>(
        config: &config::Devices,
        journal: J,
        events: &Sender<E>,
        map: impl Fn(DeviceReport) -> E + Clone + Send + 'static,
    ) -> Result<Self, DeviceError>
    where
        E: Send + 'static,
        J: Journal + 'static,
    {
        let reader = config.id_card.as_ref().map(|selector| {
            let map = map.clone();
            let report = move |report| map(DeviceReport::Reader(report));
            id_card::start(&selector.0, events.clone(), report)
                .map_err(|source| start("id-card reader", source))
        });
        let printer = config.receipt_printer.as_ref().map(|selector| {
            let map = map.clone();
            let report = move |report| map(DeviceReport::Printer(report));
            let profile = config.receipt_printer_profile.clone();
            let profile = profile.map_or_else(Profile::default, |profile| profile.0);
            start_printer(&selector.0, profile, journal, events.clone(), report)
        });
        let scanner = config.scanner.as_ref().map(|selector| {
            let map = map.clone();
            let report = move |report| map(DeviceReport::Scanner(report));
            start_scanner(&selector.0, events.clone(), report)
        });
        let documents = config.document_printer.as_ref().map(|selector| {
            let printer = document_printer(&selector.0)?;
            let map = map.clone();
            let report = move |report| map(DeviceReport::Document(report));
            let name = "document printer";
            DocumentThread::start(name, printer, DOCUMENT_POLL, events.clone(), report)
                .map_err(|source| start(name, source))
        });
        Ok(Self {
            reader: reader.transpose()?,
            printer: printer.transpose()?,
            scanner: scanner.transpose()?,
            documents: documents.transpose()?,
            health: HealthTable::default(),
        })
    }

    /// Notes what a report says about health and identity.
    pub fn note(&mut self, report: &DeviceReport) {
        match report {
            DeviceReport::Reader(Report::Health(health)) => {
                self.health.reader = Some(health.clone());
            }
            DeviceReport::Reader(Report::Event(ReaderEvent::SamId(id))) => {
                self.health.sam_id = Some(id.to_string());
            }
            DeviceReport::Printer(Report::Health(health)) => {
                self.health.printer = Some(health.clone());
            }
            DeviceReport::Scanner(Report::Health(health)) => {
                self.health.scanner = Some(health.clone());
            }
            DeviceReport::Document(Report::Health(health)) => {
                self.health.documents = Some(health.clone());
            }
            DeviceReport::Reader(_)
            | DeviceReport::Printer(_)
            | DeviceReport::Scanner(_)
            | DeviceReport::Document(_) => {}
        }
    }

    /// The module the reader reports; `None` until it has.
    #[must_use]
    pub fn sam_id(&self) -> Option<&str> {
        self.health.sam_id.as_deref()
    }

    /// The devices as the core sees them; `pinned` is the module of the enrolment.
    #[must_use]
    pub fn devices(&self, pinned: Option<&str>, can_store: bool, enrolled: bool) -> Devices {
        Devices {
            reader: state(self.reader.is_some(), self.health.reader.as_ref()),
            reader_pinned: pinned.is_some() && pinned == self.sam_id(),
            scanner: state(self.scanner.is_some(), self.health.scanner.as_ref()),
            receipt_printer: state(self.printer.is_some(), self.health.printer.as_ref()),
            document_printer: state(self.documents.is_some(), self.health.documents.as_ref()),
            camera: DeviceState::Absent,
            can_store,
            enrolled,
        }
    }

    /// Kind, state and detail key of every configured device, for the heartbeat and `kiosk check`.
    #[must_use]
    pub fn table(&self) -> Vec<(&'static str, HealthState, String)> {
        let row = |kind, there: bool, health: &Option<Health>| {
            there.then(|| {
                health
                    .as_ref()
                    .map_or((kind, HealthState::Starting, String::new()), |health| {
                        (kind, health.state, health.detail.to_string())
                    })
            })
        };
        [
            row("id-card", self.reader.is_some(), &self.health.reader),
            row(
                "receipt-printer",
                self.printer.is_some(),
                &self.health.printer,
            ),
            row("scanner", self.scanner.is_some(), &self.health.scanner),
            row(
                "document-printer",
                self.documents.is_some(),
                &self.health.documents,
            ),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// Hands a slip to the receipt printer; false when there is none.
    #[must_use]
    pub fn print(&self, job: Job) -> bool {
        self.printer
            .as_ref()
            .is_some_and(|printer| printer.send(PrinterCommand::Print(job)))
    }

    /// Hands a document to the document printer as `job`; false when there is none.
    #[must_use]
    pub fn print_document(&self, job: u64, pdf: Zeroizing<Vec<u8>>) -> bool {
        let print = DocumentCommand::Print {
            job,
            pdf,
            pages: None,
        };
        self.documents
            .as_ref()
            .is_some_and(|printer| printer.send(print))
    }

    /// Ends a document, at the printer too.
    pub fn cancel_document(&self, job: u64) {
        if let Some(printer) = &self.documents {
            printer.send(DocumentCommand::Cancel { job });
        }
    }

    /// Starts a scan of one page; false when there is no scanner.
    #[must_use]
    pub fn scan(&self, job: u64) -> bool {
        self.scanner.as_ref().is_some_and(|scanner| {
            scanner.send(ScannerCommand::Scan {
                job,
                settings: ScanSettings::default(),
            })
        })
    }

    /// Ends a scan.
    pub fn cancel_scan(&self, job: u64) {
        if let Some(scanner) = &self.scanner {
            scanner.send(ScannerCommand::Cancel { job });
        }
    }
}

fn start(kind: &'static str, source: io::Error) -> DeviceError {
    DeviceError::Start { kind, source }
}

/// Starts the printer's thread on its carrier. The driver answers XON and XOFF itself, so that
/// a printer that holds back can still be cleared.
///
/// # Errors
/// [`DeviceError::Start`] when the system gives no thread.
pub fn start_printer<E, J, M>(
    selector: &Selector,
    profile: Profile,
    journal: J,
    events: Sender<E>,
    map: M,
) -> Result<DeviceThread<PrinterCommand>, DeviceError>
where
    E: Send + 'static,
    J: Journal + 'static,
    M: Fn(Report<PrinterEvent>) -> E + Send + 'static,
{
    let settings = receipt_printer::Settings::for_profile(profile, selector, rand::rng().random());
    let selector = selector.clone();
    let carrier = settings.clone();
    runner::start(
        "receipt-printer",
        PrinterDriver::new(settings, journal),
        Box::new(move || receipt_printer::open(&selector, &carrier)),
        Ladder::default(),
        events,
        map,
    )
    .map_err(|source| start("receipt printer", source))
}

fn start_scanner<E, M>(
    selector: &Selector,
    events: Sender<E>,
    map: M,
) -> Result<ScannerThread, DeviceError>
where
    E: Send + 'static,
    M: Fn(Report<ScannerEvent>) -> E + Send + 'static,
{
    let Selector::Escl(url) = selector else {
        return Err(DeviceError::Carrier {
            kind: "scanner",
            selector: selector.to_string(),
        });
    };
    let scanner =
        escl::EsclScanner::new(url, escl::Limits::default()).map_err(DeviceError::Scanner)?;
    ScannerThread::start("scanner", Box::new(scanner), SCANNER_POLL, events, map)
        .map_err(|source| start("scanner", source))
}

/// The document printer that `selector` names: a folder or an IPP printer. Nothing is asked yet.
///
/// # Errors
/// [`DeviceError::Carrier`] and [`DeviceError::Document`].
pub fn document_printer(selector: &Selector) -> Result<Box<dyn DocumentPrinter>, DeviceError> {
    match selector {
        Selector::File(folder) => Ok(Box::new(FolderPrinter::new(folder))),
        Selector::Ipp(address) => Ok(Box::new(IppPrinter::new(address, Patience::default())?)),
        other => Err(DeviceError::Carrier {
            kind: "document printer",
            selector: other.to_string(),
        }),
    }
}

/// Whether a device in this state can be given work.
#[must_use]
pub fn usable(state: HealthState) -> bool {
    match state {
        HealthState::Online | HealthState::Busy => true,
        HealthState::Starting
        | HealthState::Offline
        | HealthState::NoDevice
        | HealthState::HardwareError
        | HealthState::UserError
        | HealthState::PowerOff
        | HealthState::FraudAttempt
        | HealthState::PotentialFraud => false,
    }
}

fn state(there: bool, health: Option<&Health>) -> DeviceState {
    match (there, health) {
        (false, _) => DeviceState::Absent,
        (true, Some(health)) if usable(health.state) => DeviceState::Ready,
        (true, _) => DeviceState::NotReady,
    }
}

/// A print's outcome in the core's words.
#[must_use]
pub fn printed_as(outcome: &Outcome) -> PrintedAs {
    match outcome {
        Outcome::Printed
        | Outcome::Processed
        | Outcome::PrintedTaken
        | Outcome::PrintedNotTaken => PrintedAs::Printed,
        Outcome::NotPrinted(_) => PrintedAs::NotPrinted,
        Outcome::Partial(_) => PrintedAs::Partial,
        Outcome::Unknown(_) => PrintedAs::Unknown,
    }
}

/// A scan's fault in the resident's words.
#[must_use]
pub fn scan_trouble(fault: &ScanFault) -> ScanTrouble {
    match fault {
        ScanFault::NoPaper => ScanTrouble::NoPaper,
        ScanFault::Jam => ScanTrouble::Jam,
        ScanFault::CoverOpen => ScanTrouble::CoverOpen,
        ScanFault::Busy => ScanTrouble::Busy,
        ScanFault::DoubleFeed => ScanTrouble::DoubleFeed,
        ScanFault::Offline => ScanTrouble::Offline,
        ScanFault::Truncated | ScanFault::EmptyImage => ScanTrouble::Broken,
        ScanFault::Timeout => ScanTrouble::Timeout,
        ScanFault::Unsupported | ScanFault::Cancelled | ScanFault::Device(_) => ScanTrouble::Device,
    }
}
