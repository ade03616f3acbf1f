//! The devices of this kiosk: threads started from the configuration, health gathered into
//! what the core cares about.

mod apart;
mod cabinet;
mod camera;
pub mod card;
mod code_scanner;
mod document_printer;
mod health;
mod reader;
mod receipt_printer;
mod report;
mod scanner;
#[cfg(test)]
mod tests;
pub mod words;

use std::io;
use std::path::Path;
use std::sync::mpsc::Sender;
use std::time::Duration;

use kiosk_core::service::PinAnswer;
use kiosk_core::{Code, Devices, Lights, Now, ReaderModule};
use kiosk_drivers::cabinet::{CabinetEvent, MapError};
use kiosk_drivers::code_scanner::CodeEvent;
use kiosk_drivers::document_printer::ipp::AddressError;
use kiosk_drivers::document_printer::{DocumentCommand, DocumentThread};
use kiosk_drivers::id_card::{ReaderCommand, ReaderEvent, SamId};
use kiosk_drivers::keypad;
use kiosk_drivers::receipt_printer::{Job, Journal, PrinterCommand, Profile};
use kiosk_drivers::runner::{DeviceThread, HealthState, Line, Report, Upkeep};
use kiosk_drivers::scanner::camera::LiveThread;
use kiosk_drivers::scanner::{
    ScanFault, ScanSettings, ScannerCommand, ScannerEvent, ScannerThread,
};
use kiosk_drivers::selector::Selector;
use kiosk_drivers::usb_port::power_switch;
use zeroize::Zeroizing;

use crate::config;
use cabinet::{Cabinet, Keeper};
use code_scanner::Codes;
use health::HealthTable;

pub use cabinet::happening;
pub(crate) use code_scanner::typed_zone;
pub use document_printer::document_printer;
pub use health::{Kind, usable};
pub use receipt_printer::{print_trouble, printed_as, start_printer};
pub use report::DeviceReport;
pub use scanner::scan_trouble;

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
    /// The register map that is built in, which a test excludes.
    #[error("starting the cabinet")]
    Map(#[source] MapError),
}

/// The running devices.
pub struct DeviceSet {
    /// Runs as long as it is held; a visit has nothing to tell it.
    reader: Option<DeviceThread<ReaderCommand>>,
    printer: Option<DeviceThread<PrinterCommand>>,
    scanner: Option<ScannerThread>,
    camera: Option<LiveThread>,
    documents: Option<DocumentThread>,
    codes: Option<Codes>,
    /// Runs as long as it is held; there is nothing to tell it.
    keypad: Option<DeviceThread<std::convert::Infallible>>,
    cabinet: Option<Cabinet>,
    health: HealthTable,
    /// The module the reader last reported.
    sam_id: Option<String>,
    /// The scanner has a feeder.
    feeder: bool,
    /// The scanner has a glass; a camera has none.
    glass: bool,
    keeper: Keeper,
}

/// Where the reports of one device go, and how they are wrapped.
type Way<E, V> = (Sender<E>, Box<dyn Fn(Report<V>) -> E + Send>);

/// Where the reports of every device go.
struct Outlet<'a, E, M> {
    events: &'a Sender<E>,
    map: M,
}

impl<E: 'static, M> Outlet<'_, E, M>
where
    M: Fn(DeviceReport) -> E + Clone + Send + 'static,
{
    /// The way of one device, whose reports `wrap` names.
    fn of<V: 'static>(&self, wrap: fn(Report<V>) -> DeviceReport) -> Way<E, V> {
        let map = self.map.clone();
        let wrapped = move |report| map(wrap(report));
        (self.events.clone(), Box::new(wrapped))
    }
}

impl DeviceSet {
    /// Starts what `config` names; everything they report goes through `map` into `events`. A
    /// reader reads cards only with the module of the enrolment, where one is `pinned`.
    ///
    /// # Errors
    /// [`DeviceError`] when a device cannot be started as configured. A device that is merely
    /// absent or broken is no error: it is reported as health.
    pub fn start<E, J>(
        config: &config::Devices,
        pinned: Option<SamId>,
        journal: J,
        events: &Sender<E>,
        map: impl Fn(DeviceReport) -> E + Clone + Send + 'static,
    ) -> Result<Self, DeviceError>
    where
        E: Send + 'static,
        J: Journal + 'static,
    {
        let outlet = Outlet { events, map };
        let power = config.port_power.as_deref();
        let reader = config
            .id_card
            .as_ref()
            .map(|at| reader::start_reader(&at.0, config, pinned, outlet.of(DeviceReport::Reader)));
        let printer = config.receipt_printer.as_ref().map(|at| {
            let (sender, map) = outlet.of(DeviceReport::Printer);
            let profile = config.receipt_printer_profile.clone();
            let profile = profile.map_or_else(Profile::default, |profile| profile.0);
            start_printer(&at.0, profile, power, journal, sender, map)
        });
        let scanner = config.scanner.as_ref().map(|at| {
            let quirks = config.scanner_quirks.clone();
            let quirks = quirks.map(|quirks| quirks.0).unwrap_or_default();
            scanner::start_scanner(&at.0, &quirks, power, outlet.of(DeviceReport::Scanner))
        });
        let camera = config
            .camera
            .as_ref()
            .map(|at| camera::start_camera(&at.0, power, outlet.of(DeviceReport::Camera)));
        let documents = config
            .document_printer
            .as_ref()
            .map(|at| document_printer::start_documents(&at.0, outlet.of(DeviceReport::Document)));
        let codes = config
            .code_scanner
            .as_ref()
            .map(|at| Codes::start(&at.0, config, outlet.of(DeviceReport::Codes)));
        let keypad = config.keypad.as_ref().map(|at| {
            let (sender, map) = outlet.of(DeviceReport::Keypad);
            let keys = config.keypad_map.clone().map(|map| map.0);
            let line = switched(keypad::line(&at.0), power, &at.0);
            keypad::start_on(line, keys.unwrap_or_default(), sender, map)
                .map_err(|source| start("keypad", source))
        });
        let cabinet = config
            .cabinet
            .as_ref()
            .map(|at| Cabinet::start(&at.0, config, outlet.of(DeviceReport::Cabinet)));
        Ok(Self {
            reader: reader.transpose()?,
            printer: printer.transpose()?,
            scanner: scanner.transpose()?,
            camera: camera.transpose()?,
            documents: documents.transpose()?,
            codes: codes.transpose()?,
            keypad: keypad.transpose()?,
            cabinet: cabinet.transpose()?,
            health: HealthTable::of_config(config),
            sam_id: None,
            feeder: false,
            glass: config
                .scanner
                .as_ref()
                .is_some_and(|at| scanner::has_glass(&at.0)),
            keeper: Keeper::default(),
        })
    }

    /// Notes what a report says about health and identity; `now` is the time since start.
    /// False for health that is the same as before but for a number that was counted.
    pub fn note(&mut self, now: Duration, report: &DeviceReport) -> bool {
        let news = match report.health() {
            (kind, Some(health)) => self.health.note(kind, health),
            (_, None) => true,
        };
        match report {
            DeviceReport::Reader(Report::Event(ReaderEvent::SamId(id))) => {
                self.sam_id = Some(id.to_string());
            }
            DeviceReport::Codes(Report::Identified(_)) => {
                self.codes.iter_mut().for_each(|codes| codes.found(now));
            }
            DeviceReport::Scanner(Report::Event(ScannerEvent::Feeder(has))) => {
                self.feeder = *has;
            }
            DeviceReport::Cabinet(Report::Identified(_)) => {
                self.cabinet.iter_mut().for_each(Cabinet::found);
            }
            DeviceReport::Cabinet(Report::Event(event)) => {
                self.cabinet.iter_mut().for_each(|c| c.take(*event));
                let open = self.cabinet.as_ref().and_then(|c| c.sensed().open());
                if self.keeper == Keeper::LockedOut && open.is_none() {
                    self.keeper = Keeper::Unknown;
                }
            }
            DeviceReport::Reader(_)
            | DeviceReport::Printer(_)
            | DeviceReport::Scanner(_)
            | DeviceReport::Camera(_)
            | DeviceReport::Document(_)
            | DeviceReport::Codes(_)
            | DeviceReport::Keypad(_)
            | DeviceReport::Cabinet(_) => {}
        }
        news
    }

    /// A PIN was compared: who stands at a cabinet that is open is known by it.
    pub fn pin_compared(&mut self, answer: PinAnswer) {
        match answer {
            PinAnswer::Right => self.keeper = Keeper::Technician,
            PinAnswer::Locked { .. } | PinAnswer::LockedHard => self.keeper = Keeper::LockedOut,
            PinAnswer::Ask | PinAnswer::Wrong { .. } | PinAnswer::NoneSet | PinAnswer::Failed => {}
        }
    }

    /// The technician's service was left.
    pub fn service_left(&mut self) {
        if self.keeper == Keeper::Technician {
            self.keeper = Keeper::Unknown;
        }
    }

    /// The module the reader reports; `None` until it has.
    #[must_use]
    pub fn sam_id(&self) -> Option<&str> {
        self.sam_id.as_deref()
    }

    fn module(&self, pinned: Option<&str>) -> ReaderModule {
        match self.sam_id() {
            None => ReaderModule::Unknown,
            found if found == pinned => ReaderModule::Enrolled,
            Some(_) => ReaderModule::Other,
        }
    }

    /// The devices as the core sees them; `pinned` is the module of the enrolment.
    #[must_use]
    pub fn devices(&self, pinned: Option<&str>, can_store: bool, enrolled: bool) -> Devices {
        Devices {
            reader: self.health.state(Kind::IdCard),
            reader_module: self.module(pinned),
            scanner: self.health.state(Kind::Scanner),
            feeder: self.feeder,
            desk: self.scanner.is_some() && !self.glass,
            receipt_printer: self.health.state(Kind::ReceiptPrinter),
            document_printer: self.health.state(Kind::DocumentPrinter),
            camera: self.health.state(Kind::Camera),
            code_scanner: self.health.state(Kind::CodeScanner),
            cabinet: self.health.state(Kind::Cabinet),
            lights: self
                .cabinet
                .as_ref()
                .map_or_else(Lights::default, Cabinet::lightable),
            halt: self.cabinet.as_ref().and_then(|c| c.sensed().halt()),
            receipt_trouble: print_trouble(self.health.of(Kind::ReceiptPrinter)),
            document_trouble: print_trouble(self.health.of(Kind::DocumentPrinter)),
            can_store,
            enrolled,
            // Of the loop, which has it.
            voice: false,
        }
    }

    /// Kind, state and detail key of every configured device, for the heartbeat and `kiosk
    /// check`. A door that stands open or a cabinet too hot counts as the cabinet's state.
    #[must_use]
    pub fn table(&self) -> Vec<(&'static str, HealthState, String)> {
        let cabinet = self.cabinet.as_ref();
        let sensed = cabinet.and_then(|c| c.sensed().condition(self.keeper));
        self.health
            .rows()
            .map(|(kind, state, detail)| match sensed {
                Some((worse, why)) if kind == Kind::Cabinet && usable(state) => {
                    (kind.name(), worse, why.to_owned())
                }
                Some(_) | None => (kind.name(), state, detail),
            })
            .collect()
    }

    /// A plug is in the headphone socket of the cabinet, for the audio mode.
    #[must_use]
    pub fn headphones(&self) -> bool {
        self.cabinet
            .as_ref()
            .is_some_and(|c| c.sensed().headphones())
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
        let print = DocumentCommand::Print { job, pdf };
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

    /// Starts a scan of the sheets in the feeder, `pages` at most and of both sides where wanted
    /// and possible, or of what lies on the glass; false when there is no scanner.
    #[must_use]
    pub fn scan(&self, job: u64, pages: u32, both_sides: bool) -> bool {
        self.scanner.as_ref().is_some_and(|scanner| {
            scanner.send(ScannerCommand::ScanPaper {
                job,
                settings: ScanSettings::default(),
                pages,
                both_sides,
            })
        })
    }

    /// Starts a look at the glass; false when there is none.
    #[must_use]
    pub fn look_at_glass(&self, job: u64) -> bool {
        let look = ScannerCommand::Scan {
            job,
            settings: ScanSettings::PREVIEW,
        };
        let scanner = self.scanner.as_ref().filter(|_| self.glass);
        scanner.is_some_and(|scanner| scanner.send(look))
    }

    /// Ends a scan or a look.
    pub fn cancel_scan(&self, job: u64) {
        if let Some(scanner) = &self.scanner {
            scanner.send(ScannerCommand::Cancel { job });
        }
    }

    /// Looks for codes from now on, or no longer.
    pub fn listen(&mut self, now: Duration, codes: bool) {
        if let Some(scanner) = &mut self.codes {
            scanner.listen(now, codes);
        }
    }

    /// Triggers a code scanner that has stopped looking by itself while a code is asked for.
    pub fn keep_looking(&mut self, now: Duration) {
        if let Some(scanner) = &mut self.codes {
            scanner.keep_looking(now);
        }
    }

    /// What the code scanner read, in the core's words; `None` while nobody asks for a code.
    #[must_use]
    pub fn read_code(&mut self, now: Now, event: &CodeEvent) -> Option<Code> {
        self.codes.as_mut()?.read(now, event)
    }

    /// Whether a light of the cabinet is on, or not yet known to be off.
    #[must_use]
    pub fn lit(&self) -> bool {
        self.cabinet.as_ref().is_some_and(Cabinet::lit)
    }

    /// Lights the slots as the screen says; nothing happens without a cabinet.
    pub fn light(&mut self, lights: Lights) {
        if let Some(cabinet) = &mut self.cabinet {
            cabinet.show(lights);
        }
    }
}

/// `line` with the last rung of the recovery ladder, where a program for it is configured.
fn switched(line: Line, program: Option<&Path>, selector: &Selector) -> Line {
    match program.and_then(|program| power_switch(program.to_owned(), selector.clone())) {
        Some(power) => line.with_power_switch(power),
        None => line,
    }
}

/// The same for a device that works on jobs and is asked for its health every `poll`.
fn looked_after(poll: Duration, program: Option<&Path>, selector: &Selector) -> Upkeep {
    let upkeep = Upkeep::every(poll).at(selector);
    match program.and_then(|program| power_switch(program.to_owned(), selector.clone())) {
        Some(power) => upkeep.with_power_switch(power),
        None => upkeep,
    }
}

/// Whether somebody is near, where the event tells that.
#[must_use]
pub fn presence(event: CabinetEvent) -> Option<bool> {
    match event {
        CabinetEvent::Presence(here) => Some(here),
        CabinetEvent::Lost
        | CabinetEvent::Door(_)
        | CabinetEvent::Cover(_)
        | CabinetEvent::Headphones(_)
        | CabinetEvent::Temperature(_)
        | CabinetEvent::Ups(_)
        | CabinetEvent::Lit { .. }
        | CabinetEvent::Refused(_) => None,
    }
}

fn start(kind: &'static str, source: io::Error) -> DeviceError {
    DeviceError::Start { kind, source }
}
