//! `kiosk device watch`: what a device's driver reports, one object a line.

use std::io;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::Args;
use kiosk_drivers::cabinet::{self, RegisterMap};
use kiosk_drivers::code_scanner;
use kiosk_drivers::conformance::{DeviceKind, Target};
use kiosk_drivers::document_printer::DocumentThread;
use kiosk_drivers::id_card;
use kiosk_drivers::keypad;
use kiosk_drivers::receipt_printer::{MemoryJournal, PrinterEvent};
use kiosk_drivers::runner::{Health, HealthState, Report, Upkeep};
use kiosk_drivers::scanner::ScannerThread;
use serde_json::{Value, json};

use super::super::{DEVICE, Exit, Failure, USAGE};
use super::{About, driven, scanner};

/// How often a device behind HTTP is asked how it is.
const POLL: Duration = Duration::from_secs(1);

/// `kiosk device watch`.
#[derive(Args)]
pub(super) struct Watch {
    #[command(flatten)]
    about: About,
    /// Ends after so many seconds; without it, only by Ctrl-C.
    #[arg(long)]
    seconds: Option<u64>,
    /// One JSON object a line and nothing else.
    #[arg(long)]
    json: bool,
    /// Shows values unmasked.
    #[arg(long)]
    reveal: bool,
}

impl Watch {
    pub(super) fn run(self) -> Result<(), Failure> {
        let kind = driven(self.about.kind)?;
        let target = self.about.setup.target(kind, self.about.device.clone())?;
        let reveal = self.reveal;
        match kind {
            DeviceKind::IdCard => self.follow(
                |events| id_card::start(&target.selector, events, |report| report),
                |event| event.to_json(reveal),
            ),
            DeviceKind::Keypad => self.follow(
                |events| keypad::start(&target.selector, target.keys.clone(), events, |it| it),
                |event| Some(event.to_json()),
            ),
            DeviceKind::CodeScanner => self.follow(
                |events| code_scanner::start(&target.selector, target.codes, events, |it| it),
                |event| event.to_json(reveal),
            ),
            DeviceKind::Cabinet => {
                let map = match target.registers {
                    Some(map) => map,
                    None => RegisterMap::sample().exit(USAGE)?,
                };
                self.follow(
                    |events| cabinet::start(&target.selector, map, events, |report| report),
                    |event| event.to_json(),
                )
            }
            DeviceKind::ReceiptPrinter => self.watch_printer(target),
            DeviceKind::DocumentPrinter => {
                let printer = kiosk::devices::document_printer(&target.selector).exit(USAGE)?;
                let upkeep = Upkeep::every(POLL);
                self.follow(
                    |events| DocumentThread::start("documents", printer, upkeep, events, |it| it),
                    |_| None,
                )
            }
            DeviceKind::Scanner => {
                let scanner = scanner(&target.selector, &target.quirks)?;
                let upkeep = Upkeep::every(POLL);
                self.follow(
                    |events| ScannerThread::start("scanner", scanner, upkeep, events, |it| it),
                    |_| None,
                )
            }
        }
    }

    fn watch_printer(&self, target: Target) -> Result<(), Failure> {
        let Target {
            selector, profile, ..
        } = target;
        let journal = MemoryJournal::default();
        self.follow(
            |events| {
                kiosk::devices::start_printer(&selector, profile, None, journal, events, |it| it)
                    .map_err(io::Error::other)
            },
            |event| match event {
                PrinterEvent::Supply(supply) => Some(json!({"event": "supply", "supply": supply})),
                PrinterEvent::Outcome { .. }
                | PrinterEvent::SlipReady { .. }
                | PrinterEvent::Used(_)
                | PrinterEvent::Probed(_)
                | PrinterEvent::Status(_)
                | PrinterEvent::Cleared => None,
            },
        )
    }

    /// Prints what `start`'s thread reports until the time is over; an event is what `words`
    /// makes of it. A device that was never ready is a failure.
    fn follow<T, E>(
        &self,
        start: impl FnOnce(Sender<Report<E>>) -> io::Result<T>,
        words: impl Fn(E) -> Option<Value>,
    ) -> Result<(), Failure> {
        let name = self.about.kind.name();
        let (events, inbox) = mpsc::channel();
        let thread = start(events)
            .with_context(|| format!("starting the {name}"))
            .exit(DEVICE)?;
        let mut online = false;
        let mut told = None;
        let alive = until(&inbox, self.seconds, |report| match report {
            Report::Event(event) => {
                if let Some(line) = words(event) {
                    println!("{line}");
                }
            }
            Report::Health(health) => {
                online |= health.state == HealthState::Online;
                // A device that stays away climbs rung after rung and is told of once.
                let now = Some((health.state, health.detail.clone()));
                if std::mem::replace(&mut told, now.clone()) != now {
                    self.tell_health(&health);
                }
            }
            Report::Identified(identity) if !self.json => eprintln!("{name} {}", identity.name),
            Report::Identified(_) => {}
        });
        drop(thread);
        if alive && (online || self.seconds.is_none()) {
            Ok(())
        } else {
            let device = &self.about.device;
            Err(anyhow::anyhow!("the {name} {device} was never ready")).exit(DEVICE)
        }
    }

    /// The lines of what people present are theirs alone; of the others the health is a line too.
    fn tell_health(&self, health: &Health) {
        use super::Kind;
        if matches!(
            self.about.kind,
            Kind::IdCard | Kind::CodeScanner | Kind::Keypad
        ) {
            if !self.json {
                eprintln!("{} {}", health.state.name(), health.detail);
            }
            return;
        }
        let detail = (!health.detail.is_empty()).then_some(&health.detail);
        println!(
            "{}",
            json!({"event": "health", "state": health.state.name(), "detail": detail})
        );
    }
}

/// Receives until the time is over; false when the device's thread ended before.
fn until<T>(inbox: &Receiver<T>, seconds: Option<u64>, mut each: impl FnMut(T)) -> bool {
    let end = seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    loop {
        let wait = end.map_or(Duration::from_secs(3600), |end| {
            end.saturating_duration_since(Instant::now())
        });
        match inbox.recv_timeout(wait) {
            Ok(report) => each(report),
            Err(RecvTimeoutError::Timeout) if end.is_some() => return true,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return false,
        }
        // A device that never falls quiet does not outlast the time either.
        if end.is_some_and(|end| end <= Instant::now()) {
            return true;
        }
    }
}
