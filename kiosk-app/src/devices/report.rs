//! What the device threads report to the one loop.

use kiosk_drivers::cabinet::CabinetEvent;
use kiosk_drivers::code_scanner::CodeEvent;
use kiosk_drivers::document_printer::DocumentEvent;
use kiosk_drivers::id_card::ReaderEvent;
use kiosk_drivers::keypad::KeypadEvent;
use kiosk_drivers::receipt_printer::PrinterEvent;
use kiosk_drivers::runner::{Health, Report};
use kiosk_drivers::scanner::ScannerEvent;
use kiosk_drivers::scanner::camera::LiveEvent;

use super::Kind;

/// What one device reports.
#[derive(Debug)]
pub enum DeviceReport {
    /// The id-card reader.
    Reader(Report<ReaderEvent>),
    /// The receipt printer.
    Printer(Report<PrinterEvent>),
    /// The scanner.
    Scanner(Report<ScannerEvent>),
    /// The portrait camera.
    Camera(Report<LiveEvent>),
    /// The document printer.
    Document(Report<DocumentEvent>),
    /// The code scanner.
    Codes(Report<CodeEvent>),
    /// The keypad.
    Keypad(Report<KeypadEvent>),
    /// The cabinet.
    Cabinet(Report<CabinetEvent>),
}

impl DeviceReport {
    /// Which device, and its health where the report is about that.
    #[must_use]
    pub fn health(&self) -> (Kind, Option<&Health>) {
        match self {
            Self::Reader(report) => (Kind::IdCard, health(report)),
            Self::Printer(report) => (Kind::ReceiptPrinter, health(report)),
            Self::Scanner(report) => (Kind::Scanner, health(report)),
            Self::Camera(report) => (Kind::Camera, health(report)),
            Self::Document(report) => (Kind::DocumentPrinter, health(report)),
            Self::Codes(report) => (Kind::CodeScanner, health(report)),
            Self::Keypad(report) => (Kind::Keypad, health(report)),
            Self::Cabinet(report) => (Kind::Cabinet, health(report)),
        }
    }
}

fn health<V>(report: &Report<V>) -> Option<&Health> {
    match report {
        Report::Health(health) => Some(health),
        Report::Identified(_) | Report::Event(_) => None,
    }
}
