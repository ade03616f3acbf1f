//! The simulated devices of a demonstration: byte-exact, on ptys and loopback sockets.

use std::io;
use std::path::Path;
use std::time::Duration;

use kiosk_drivers::cabinet::sim::SimBoard;
use kiosk_drivers::cabinet::{RegisterMap, Signal};
use kiosk_drivers::code_scanner::sim::SimScanner;
use kiosk_drivers::code_scanner::{self, Family};
use kiosk_drivers::document_printer::ipp::sim::{self as ipp, IppSim};
use kiosk_drivers::id_card::SamId;
use kiosk_drivers::id_card::sim::{CardContent, SimReader};
use kiosk_drivers::input_event::sim::SimKeys;
use kiosk_drivers::receipt_printer::sim::{Build, PrinterSim};
use kiosk_drivers::scanner::sim::{Feeder, ScannerSim, draw_page};
use kiosk_drivers::selector::Selector;
use kiosk_drivers::sim_host::SimHost;
use kiosk_drivers::transport::simulated::SimulatedDevice;
use serde::Deserialize;

use super::camera::SimCamera;
use super::desk::SimDesk;

use crate::config::{self, SelectorText};

/// Speed of the simulated serial lines when the wire is paced.
const BAUD: u32 = 115_200;
/// Speed the printer's driver paces itself by when waiting is compressed.
const FAST_BAUD: u32 = 1_000_000;
/// The command language of the simulated code scanner.
const FAMILY: Family = Family::Newland;
/// The kiosk that scans with a camera over the desk.
const DESK_AT: u8 = 2;
const CARDS: &str = include_str!("../../../backend/sample-city/cards.json");

/// One kiosk's devices.
pub struct SimulatedDevices {
    /// Id-card reader.
    pub reader: SimHost<SimReader>,
    /// Receipt printer.
    pub printer: SimHost<Recorded>,
    /// Scanner.
    pub scanner: ScannerSim,
    /// The document camera of a kiosk that has one instead.
    desk: Option<SimDesk>,
    /// The portrait camera: the file in which its frame lies.
    pub camera: SimCamera,
    /// Code scanner.
    pub codes: SimHost<SimScanner>,
    /// Tactile keypad: the kernel's input events on a line of its own.
    pub keypad: SimHost<SimKeys>,
    /// The cabinet's board.
    pub cabinet: SimHost<SimBoard>,
    /// Document printer.
    pub document_printer: IppSim,
    paced: bool,
}

/// A printer whose received bytes are kept, so that a visit can show them.
pub struct Recorded {
    /// The printer itself.
    pub printer: PrinterSim,
    bytes: Vec<u8>,
}

/// Most bytes kept of one visit.
const MOST_BYTES: usize = 16 * 1024 * 1024;

impl Recorded {
    fn new(printer: PrinterSim) -> Self {
        Self {
            printer,
            bytes: Vec::new(),
        }
    }

    /// The bytes received since the last call.
    pub fn take_bytes(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }
}

impl SimulatedDevice for Recorded {
    fn receive(&mut self, now: Duration, bytes: &[u8]) {
        let room = MOST_BYTES.saturating_sub(self.bytes.len());
        self.bytes.extend(bytes.iter().take(room));
        self.printer.receive(now, bytes);
    }

    fn next_due(&self) -> Option<Duration> {
        self.printer.next_due()
    }

    fn poll(&mut self, now: Duration) -> Vec<u8> {
        self.printer.poll(now)
    }
}

/// The register map of the simulated board: the one shipped as a sample.
fn registers() -> io::Result<RegisterMap> {
    RegisterMap::sample().map_err(io::Error::other)
}

/// A scanner with glass and feeder, on which nothing lies.
fn scanner() -> io::Result<ScannerSim> {
    let scanner = ScannerSim::start()?;
    scanner.model(|model| {
        model.feeder = Feeder::Simplex;
        model.feeder_length = 4200;
    });
    scanner.clear_glass();
    Ok(scanner)
}

/// A document printer that takes its time only where time is not compressed.
fn document_printer(paced: bool) -> io::Result<IppSim> {
    let build = ipp::Build::default();
    let looks = if paced { build.looks } else { 1 };
    IppSim::start(ipp::Build { looks, ..build })
}

/// A card of the sample city.
#[derive(Clone, Deserialize)]
pub struct SampleCard {
    /// Its name in scripts.
    pub id: String,
    /// What its chip says.
    #[serde(flatten)]
    fields: serde_json::Map<String, serde_json::Value>,
}

impl SampleCard {
    /// The chip's content.
    ///
    /// # Errors
    /// When the sample data is not a card, which a test excludes.
    pub fn content(&self) -> Result<CardContent, serde_json::Error> {
        serde_json::from_value(serde_json::Value::Object(self.fields.clone()))
    }

    /// The name on the card, for the panel.
    #[must_use]
    pub fn name(&self) -> String {
        let text = |key| self.fields.get(key).and_then(serde_json::Value::as_str);
        text("name")
            .or(text("englishName"))
            .unwrap_or_default()
            .to_owned()
    }
}

/// The cards of the sample city.
///
/// # Errors
/// When the sample data is malformed, which a test excludes.
pub fn cards() -> Result<Vec<SampleCard>, serde_json::Error> {
    #[derive(Deserialize)]
    struct Cards {
        cards: Vec<SampleCard>,
    }
    serde_json::from_str::<Cards>(CARDS).map(|file| file.cards)
}

impl SimulatedDevices {
    /// Starts the devices of a kiosk; `paced` keeps the speed of real wires and paper. `number`
    /// tells the readers' modules of several kiosks apart. In `folder` lie the links under which
    /// what is unplugged comes back.
    ///
    /// # Errors
    /// When the system gives no pty or port.
    pub fn start(number: u8, paced: bool, folder: &Path) -> io::Result<Self> {
        let pace = paced.then_some(BAUD);
        let mut sam = [0; 16];
        sam[..4].copy_from_slice(&[5, 0, 3, 0]);
        sam[15] = number;
        let build = if paced {
            Build::default()
        } else {
            Build {
                speed: Some(5_000.0),
                ..Build::default()
            }
        };
        let recorded = Recorded::new(PrinterSim::new(build));
        let link = |name: &str| folder.join(name);
        let codes = SimScanner::new(Some(FAMILY), b"\r");
        Ok(Self {
            reader: SimHost::on_pty(SimReader::new(SamId(sam)), pace, Some(&link("reader")))?,
            // Paced in any case: on a wire, bytes wait for a program that is held up; all at
            // once they would overrun the printer's buffer.
            printer: SimHost::on_pty(recorded, pace.or(Some(FAST_BAUD)), Some(&link("printer")))?,
            scanner: scanner()?,
            desk: (number == DESK_AT)
                .then(|| SimDesk::start(&link("desk.jpg")))
                .transpose()?,
            camera: SimCamera::start(&link("camera.jpg"))?,
            codes: SimHost::on_pty(codes, pace, Some(&link("codes")))?,
            keypad: SimHost::on_pty(SimKeys::default(), None, Some(&link("keypad")))?,
            cabinet: SimHost::on_pty(SimBoard::new(&registers()?), pace, Some(&link("cabinet")))?,
            document_printer: document_printer(paced)?,
            paced,
        })
    }

    /// The configuration that names these devices; documents go to `documents`.
    #[must_use]
    pub fn config(&self, documents: &Path) -> config::Devices {
        self.document_printer.keep_in(documents);
        let text = |selector: &Selector| Some(SelectorText(selector.clone()));
        let printer = match (self.printer.selector(), self.paced) {
            // The driver paces itself by the speed of the line; a compressed visit has a fast one.
            (Selector::Serial { path, .. }, false) => Selector::Serial {
                path: path.clone(),
                baud: Some(FAST_BAUD),
            },
            (selector, _) => selector.clone(),
        };
        config::Devices {
            id_card: text(self.reader.selector()),
            receipt_printer: text(&printer),
            receipt_printer_profile: None,
            scanner: text(&match &self.desk {
                Some(desk) => desk.selector(),
                None => self.scanner.selector(),
            }),
            camera: text(&self.camera.selector()),
            document_printer: text(&self.document_printer.selector()),
            code_scanner: text(self.codes.selector()),
            code_scanner_settings: code_scanner::Settings {
                family: Some(FAMILY),
                ..code_scanner::Settings::default()
            },
            keypad: text(self.keypad.selector()),
            cabinet: text(self.cabinet.selector()),
            ..config::Devices::default()
        }
    }

    /// Lays a page on the glass, or under the document camera. Pages of different brightness
    /// are different pages.
    ///
    /// # Errors
    /// When it cannot be drawn, which a test excludes, or the camera's file not be written.
    pub fn lay_page(&self, grey: bool) -> io::Result<()> {
        match &self.desk {
            Some(desk) => desk.lay_page(grey),
            None => {
                self.scanner.load_page(draw_page(2480, 3508, 300, grey)?);
                Ok(())
            }
        }
    }

    /// Takes away what was laid down to be scanned.
    pub fn take_page(&self) {
        self.scanner.clear_glass();
        if let Some(desk) = &self.desk {
            desk.clear();
        }
    }

    /// Nobody stands there, all doors are closed, the mains is on, no code is held up, nothing
    /// lies there to be scanned.
    pub fn settle(&self) {
        self.take_page();
        self.codes.device(SimScanner::take_away);
        self.camera.settle();
        self.cabinet.device(|board| {
            let quiet = [
                Signal::Presence,
                Signal::Door,
                Signal::Cover,
                Signal::Headphones,
            ];
            for signal in quiet {
                board.set(signal, false);
            }
            board.set(Signal::Mains, true);
            board.set_temperature(250);
        });
    }
}
