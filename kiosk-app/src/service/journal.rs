//! What devices report, as the technician's journal keeps it: changes, faults, paper. Keys only.

use std::collections::HashMap;

use kiosk_core::service::{TestFacts, TestLevel};
use kiosk_drivers::cabinet::CabinetEvent;
use kiosk_drivers::code_scanner::CodeEvent;
use kiosk_drivers::document_printer::{DocumentEvent, DocumentResult};
use kiosk_drivers::id_card::ReaderEvent;
use kiosk_drivers::receipt_printer::{Outcome, PaperUse, PrinterEvent, Supply};
use kiosk_drivers::runner::{Health, HealthState, Report};
use kiosk_drivers::scanner::ScannerEvent;

use super::desk::Task;
use crate::devices::{DeviceReport, happening};
use crate::store::DeviceEventRecord;

/// Remembers how each device was, so that only changes are kept.
#[derive(Default)]
pub(super) struct Journal {
    last: HashMap<&'static str, (HealthState, String)>,
    near_end: bool,
}

impl Journal {
    /// The roll is near its end, as the printer's sensor saw last.
    pub(super) fn near_end(&self) -> bool {
        self.near_end
    }

    /// The device is started anew: its next state is one.
    pub(super) fn forget(&mut self, kind: &str) {
        self.last.remove(kind);
    }

    /// What is to be kept of a report that came at `time` (seconds since 1970).
    pub(super) fn tasks(&mut self, report: &DeviceReport, time: i64) -> Vec<Task> {
        match report {
            DeviceReport::Reader(report) => self.reader(report, time),
            DeviceReport::Printer(report) => self.printer(report, time),
            DeviceReport::Scanner(report) => self.scanner(report, time),
            DeviceReport::Document(report) => self.document(report, time),
            DeviceReport::Codes(report) => self.codes(report, time),
            DeviceReport::Keypad(Report::Health(health)) => self.health("keypad", health, time),
            DeviceReport::Keypad(Report::Identified(_) | Report::Event(_)) => Vec::new(),
            DeviceReport::Cabinet(report) => self.cabinet(report, time),
        }
    }

    fn reader(&mut self, report: &Report<ReaderEvent>, time: i64) -> Vec<Task> {
        let kind = "id-card";
        match report {
            Report::Health(health) => self.health(kind, health, time),
            Report::Event(ReaderEvent::Card(_)) => vec![Task::Count("cards_read")],
            Report::Event(ReaderEvent::Fault(fault)) => {
                vec![event(kind, "fault", fault.kind.name(), time)]
            }
            Report::Identified(_) | Report::Event(ReaderEvent::SamId(_) | ReaderEvent::Removed) => {
                Vec::new()
            }
        }
    }

    fn printer(&mut self, report: &Report<PrinterEvent>, time: i64) -> Vec<Task> {
        let kind = "receipt-printer";
        match report {
            Report::Health(health) => self.health(kind, health, time),
            Report::Event(PrinterEvent::Used(used)) => vec![Task::Paper(*used, 0)],
            Report::Event(PrinterEvent::Outcome { outcome, .. }) => slip(kind, outcome, time),
            Report::Event(PrinterEvent::Supply(supply)) => {
                let key = match supply {
                    Supply::Enough => "enough",
                    Supply::NearEnd => "near_end",
                    Supply::Out => "paper_out",
                };
                self.near_end = *supply == Supply::NearEnd;
                vec![event(kind, "supply", key, time)]
            }
            Report::Identified(_)
            | Report::Event(
                PrinterEvent::SlipReady { .. }
                | PrinterEvent::Probed(_)
                | PrinterEvent::Status(_)
                | PrinterEvent::Cleared,
            ) => Vec::new(),
        }
    }

    fn scanner(&mut self, report: &Report<ScannerEvent>, time: i64) -> Vec<Task> {
        let kind = "scanner";
        match report {
            Report::Health(health) => self.health(kind, health, time),
            Report::Event(ScannerEvent::Page { .. }) => vec![Task::Count("pages_scanned")],
            Report::Event(ScannerEvent::Fault { fault, .. }) => {
                vec![event(kind, "fault", fault.kind(), time)]
            }
            Report::Identified(_)
            | Report::Event(
                ScannerEvent::Feeder(_) | ScannerEvent::Progress { .. } | ScannerEvent::End { .. },
            ) => Vec::new(),
        }
    }

    fn document(&mut self, report: &Report<DocumentEvent>, time: i64) -> Vec<Task> {
        let kind = "document-printer";
        match report {
            Report::Health(health) => self.health(kind, health, time),
            Report::Event(DocumentEvent::Ended { result, .. }) => document(kind, result, time),
            Report::Identified(_) | Report::Event(DocumentEvent::Progress { .. }) => Vec::new(),
        }
    }

    fn codes(&mut self, report: &Report<CodeEvent>, time: i64) -> Vec<Task> {
        match report {
            Report::Health(health) => self.health("code-scanner", health, time),
            Report::Event(CodeEvent::Code(_)) => vec![Task::Count("codes_read")],
            Report::Identified(_)
            | Report::Event(CodeEvent::Rejected(_) | CodeEvent::Refused(_)) => Vec::new(),
        }
    }

    fn cabinet(&mut self, report: &Report<CabinetEvent>, time: i64) -> Vec<Task> {
        let kind = "cabinet";
        match report {
            Report::Health(health) => self.health(kind, health, time),
            Report::Event(happened) => happening(*happened)
                .map(|what| event(kind, what, "", time))
                .into_iter()
                .collect(),
            Report::Identified(_) => Vec::new(),
        }
    }

    /// A state is kept when it is another than before; working and being opened are none.
    fn health(&mut self, kind: &'static str, health: &Health, time: i64) -> Vec<Task> {
        match health.state {
            HealthState::Busy | HealthState::Starting => return Vec::new(),
            HealthState::Online
            | HealthState::Offline
            | HealthState::PowerOff
            | HealthState::NoDevice
            | HealthState::HardwareError
            | HealthState::UserError
            | HealthState::FraudAttempt
            | HealthState::PotentialFraud => {}
        }
        let now = (health.state, health.detail.to_string());
        if self.last.get(kind) == Some(&now) {
            return Vec::new();
        }
        let entry = event(kind, now.0.name(), &now.1, time);
        self.last.insert(kind, now);
        vec![entry]
    }
}

/// A slip that came out is counted, one that did not is an event.
fn slip(kind: &'static str, outcome: &Outcome, time: i64) -> Vec<Task> {
    let cause = outcome.cause().map_or("", |cause| cause.as_str());
    match outcome {
        Outcome::Printed | Outcome::Processed | Outcome::PrintedTaken => {
            vec![Task::Paper(PaperUse::default(), 1)]
        }
        Outcome::PrintedNotTaken => vec![
            Task::Paper(PaperUse::default(), 1),
            event(kind, outcome.as_str(), cause, time),
        ],
        Outcome::NotPrinted(_) | Outcome::Partial(_) | Outcome::Unknown(_) => {
            vec![event(kind, outcome.as_str(), cause, time)]
        }
    }
}

fn document(kind: &'static str, result: &DocumentResult, time: i64) -> Vec<Task> {
    let outcome = &result.outcome;
    let cause = outcome.cause().map_or("", |cause| cause.as_str());
    match outcome {
        Outcome::Printed
        | Outcome::Processed
        | Outcome::PrintedTaken
        | Outcome::PrintedNotTaken => vec![Task::Count("documents_printed")],
        Outcome::NotPrinted(_) | Outcome::Partial(_) | Outcome::Unknown(_) => {
            vec![event(kind, outcome.as_str(), cause, time)]
        }
    }
}

fn event(device: &str, what: &str, detail: &str, time: i64) -> Task {
    Task::Event(DeviceEventRecord {
        time,
        device: device.to_owned(),
        what: what.to_owned(),
        detail: detail.to_owned(),
    })
}

/// A test as the journal keeps it.
pub(super) fn tested(report: &TestFacts, time: i64) -> DeviceEventRecord {
    let what = if report.passed() {
        "test_passed"
    } else {
        "test_failed"
    };
    let level = match report.level {
        TestLevel::Silent => "silent",
        TestLevel::Active => "active",
        TestLevel::Guided => "guided",
    };
    DeviceEventRecord {
        time,
        device: report.kind.to_owned(),
        what: what.to_owned(),
        detail: level.to_owned(),
    }
}
