//! What the devices say, told to the core and noted for the technician.

use std::sync::PoisonError;

use kiosk_core::screen::{Lang, ScanTrouble};
use kiosk_core::{Event, PrintedAs, ReaderEvent};
use kiosk_drivers::cabinet::CabinetEvent;
use kiosk_drivers::document_printer::DocumentEvent;
use kiosk_drivers::id_card;
use kiosk_drivers::keypad::KeypadEvent;
use kiosk_drivers::receipt_printer::PrinterEvent;
use kiosk_drivers::runner::Report;
use kiosk_drivers::scanner::{Page, ScannerEvent, Source};

use super::{Audience, Errands, ScanFor, Scanning, Shell};
use crate::devices::{
    DeviceReport, card, happening, presence, printed_as, scan_trouble, usable, words,
};
use crate::work::{ScannedPage, Work};

impl<E: Errands, A: Audience> Shell<E, A> {
    /// The health as the heartbeat tells it.
    pub(super) fn share_health(&self) {
        *self.health.lock().unwrap_or_else(PoisonError::into_inner) = self.devices.table();
    }

    pub(super) fn tell_devices(&mut self) {
        self.share_health();
        let devices = kiosk_core::Devices {
            voice: self.has_voice,
            ..self
                .devices
                .devices(self.pinned.as_deref(), self.can_store, self.enrolled)
        };
        self.tell(Event::Devices(devices));
    }

    pub(super) fn device(&mut self, report: DeviceReport) {
        let news = self.devices.note(self.clock.now().up, &report);
        self.service.note(&report);
        if !news {
            return;
        }
        if let (kind, Some(health)) = report.health() {
            let (state, detail) = (health.state.name(), &health.detail);
            self.note(format!("{}:{state} {detail}", kind.name()).trim_end());
            if let Some(words) = words::technician(Lang::En, detail) {
                let device = kind.name();
                if usable(health.state) {
                    tracing::info!(target: "device", device, state, "{words}");
                } else {
                    tracing::warn!(target: "device", device, state, "{words}");
                }
            }
            return self.tell_devices();
        }
        match report {
            DeviceReport::Reader(Report::Event(event)) => self.reader(event),
            DeviceReport::Printer(Report::Event(PrinterEvent::Outcome { job, outcome })) => {
                self.note(&format!("printer:{}", outcome.as_str()));
                self.reprints.ended(&job, outcome);
                if let Some(ask) = self.slips.remove(&job) {
                    let outcome = printed_as(&outcome);
                    self.tell(Event::Printed { ask, outcome });
                }
            }
            DeviceReport::Printer(Report::Event(PrinterEvent::SlipReady { job })) => {
                if let Some(&ask) = self.slips.get(&job) {
                    self.tell(Event::SlipReady { ask });
                }
            }
            DeviceReport::Scanner(Report::Event(event)) => self.scanner(event),
            DeviceReport::Camera(Report::Event(event)) => self.camera(event),
            DeviceReport::Document(Report::Event(DocumentEvent::Ended { job, result })) => {
                self.note(&format!("document-printer:{}", result.outcome.as_str()));
                if let Some(ask) = self.results.remove(&job) {
                    let outcome = printed_as(&result.outcome);
                    let fetched = self.fetched.remove(&ask);
                    // What a printer cannot vouch for is not said to be in anybody's hands.
                    if let (PrintedAs::Printed | PrintedAs::Taken, Some((result, grant))) =
                        (outcome, fetched)
                    {
                        self.errands.result_printed(result, grant);
                    }
                    self.tell(Event::Printed { ask, outcome });
                }
            }
            DeviceReport::Codes(Report::Event(event)) => {
                if let Some(code) = self.devices.read_code(self.clock.now(), &event) {
                    self.tell(Event::Code(code));
                }
            }
            DeviceReport::Keypad(Report::Event(event)) => self.keypad(event),
            DeviceReport::Cabinet(Report::Event(event)) => self.cabinet(event),
            DeviceReport::Document(_)
            | DeviceReport::Reader(_)
            | DeviceReport::Printer(_)
            | DeviceReport::Scanner(_)
            | DeviceReport::Camera(_)
            | DeviceReport::Codes(_)
            | DeviceReport::Keypad(_)
            | DeviceReport::Cabinet(_) => {}
        }
    }

    fn reader(&mut self, event: id_card::ReaderEvent) {
        match event {
            id_card::ReaderEvent::SamId(_) => self.tell_devices(),
            id_card::ReaderEvent::Card(read) => {
                let person = Box::new(card::person(&read));
                self.tell(Event::Reader(ReaderEvent::Card(person)));
            }
            id_card::ReaderEvent::Removed => self.tell(Event::Reader(ReaderEvent::Removed)),
            id_card::ReaderEvent::Fault(fault) => {
                let status = fault
                    .sw3
                    .map_or_else(String::new, |sw3| format!(" {sw3:02X}"));
                self.note(&format!("id-card:{}{status}", fault.kind.name()));
                let words = fault.words().technician.en;
                tracing::warn!(target: "device", device = "id-card", "{words}");
                let trouble = card::trouble(&fault);
                self.tell(Event::Reader(ReaderEvent::Trouble(trouble)));
            }
        }
    }

    fn keypad(&mut self, event: KeypadEvent) {
        match event {
            KeypadEvent::Pressed(key) => self.key(key),
            // A key that is held is one press.
            KeypadEvent::Held(_) => {}
            KeypadEvent::Headphones(plugged) => {
                let what = if plugged { "in" } else { "out" };
                self.note(&format!("keypad:headphones-{what}"));
                self.tell(Event::Headphones(plugged));
            }
        }
    }

    fn cabinet(&mut self, event: CabinetEvent) {
        if let Some(what) = happening(event) {
            self.note(&format!("cabinet:{what}"));
        }
        match event {
            // Who opens the door has a key: it is the technician, who is asked for the PIN.
            CabinetEvent::Headphones(plugged) => {
                self.tell_devices();
                self.tell(Event::Headphones(plugged));
            }
            CabinetEvent::Door(true) => {
                self.tell_devices();
                self.tell(Event::ServiceWanted);
            }
            other => match presence(other) {
                Some(here) => self.tell(Event::Presence(here)),
                None => self.tell_devices(),
            },
        }
    }

    fn scanner(&mut self, event: ScannerEvent) {
        match event {
            ScannerEvent::Feeder(_) => self.tell_devices(),
            ScannerEvent::Page {
                job, source, page, ..
            } => self.scanned(job, page, source != Source::Platen),
            ScannerEvent::Fault { job, fault } => {
                self.note(&format!("scanner:{}", fault.kind()));
                self.scan_ended(job, Some(scan_trouble(&fault)));
            }
            ScannerEvent::End { job, left, .. } => {
                self.scan_ended(job, left.then_some(ScanTrouble::SheetsLeft));
            }
            ScannerEvent::Progress { job, percent, .. } => {
                let scan = self.scan.as_ref().filter(|scan| scan.is(job));
                if let Some(ask) = scan.map(|scan| scan.ask) {
                    self.tell(Event::ScanComing { ask, percent });
                }
            }
        }
    }

    fn scanned(&mut self, job: u64, page: Page, fed: bool) {
        let scan = self.scan.as_ref().filter(|scan| scan.is(job));
        if let Some(Scanning { ask, wanted }) = scan.cloned() {
            self.work(match wanted {
                ScanFor::Pages(room, look) => Work::Page(Box::new(ScannedPage {
                    ask,
                    page,
                    fed,
                    room,
                    look,
                })),
                ScanFor::Photo(wanted) => Work::Photo {
                    ask,
                    page: Box::new(page),
                    fed,
                    wanted,
                },
            });
        } else if let Some(ask) = self.look.take_if(|ask| u64::from(ask.0) == job) {
            self.work(Work::Glass(ask, Box::new(page)));
        }
    }

    /// Told after the pages that came before, which are still worked on.
    fn scan_ended(&mut self, job: u64, trouble: Option<ScanTrouble>) {
        if let Some(Scanning { ask, .. }) = self.scan.take_if(|scan| scan.is(job)) {
            self.work(Work::ScanEnded(ask, trouble));
        } else if let Some(ask) = self.look.take_if(|ask| u64::from(ask.0) == job) {
            let covered = None;
            self.tell(Event::Glass { ask, covered });
        }
    }
}
