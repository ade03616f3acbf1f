//! The simulated devices of a demonstration: byte-exact, on ptys and loopback sockets.

use std::io;
use std::path::Path;
use std::time::Duration;

use kiosk_drivers::id_card::SamId;
use kiosk_drivers::id_card::sim::{CardContent, SimReader};
use kiosk_drivers::receipt_printer::sim::{Build, PrinterSim};
use kiosk_drivers::scanner::sim::ScannerSim;
use kiosk_drivers::selector::Selector;
use kiosk_drivers::sim_host::SimHost;
use kiosk_drivers::transport::simulated::SimulatedDevice;
use serde::Deserialize;

use crate::config::{self, SelectorText};

/// Speed of the simulated serial lines when the wire is paced.
const BAUD: u32 = 115_200;
/// Speed the printer's driver paces itself by when waiting is compressed.
const FAST_BAUD: u32 = 1_000_000;
const CARDS: &str = include_str!("../../../backend/sample-city/cards.json");

/// One kiosk's devices.
pub struct SimulatedDevices {
    /// Id-card reader.
    pub reader: SimHost<SimReader>,
    /// Receipt printer.
    pub printer: SimHost<Recorded>,
    /// Scanner.
    pub scanner: ScannerSim,
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
    /// Starts a reader, a printer and a scanner; `paced` keeps the speed of real wires and paper.
    /// `number` tells the readers' modules of several kiosks apart.
    ///
    /// # Errors
    /// When the system gives no pty or port.
    pub fn start(number: u8, paced: bool) -> io::Result<Self> {
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
        Ok(Self {
            reader: SimHost::on_pty(SimReader::new(SamId(sam)), pace, None)?,
            printer: SimHost::on_pty(Recorded::new(PrinterSim::new(build)), pace, None)?,
            scanner: ScannerSim::start()?,
            paced,
        })
    }

    /// The configuration that names these devices; documents go to `documents`.
    #[must_use]
    pub fn config(&self, documents: &Path) -> config::Devices {
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
            scanner: text(&self.scanner.selector()),
            document_printer: text(&Selector::File(documents.to_owned())),
        }
    }
}
