//! The technician's service outside the core: the PIN, the device journal, the paper's counters,
//! tests of devices, and the facts the pages show.
//!
//! ```text
//! the loop ──> desk thread (store, PIN: argon2 takes its time)   ──> Event::Service
//!          └─> test thread (owns the device while it is tested)  ──> Event::Service
//! ```
//! Nothing about any resident is here. The PIN is counted on disk before it is compared.

pub mod conform;
mod desk;
mod entrance;
mod facts;
mod journal;
mod lock;
pub mod pin;
#[cfg(test)]
mod tests;

pub use desk::Desk;
pub use lock::{HARD_AFTER, LOCK_AFTER, Lockout};

use std::sync::mpsc::Sender;

use kiosk_core::service::{Answer, Errand, TestFacts, Verdict};
use kiosk_core::{AskId, Event, ReaderEvent};

use crate::clock::Clock;
use crate::config;
use crate::devices::{DeviceError, DeviceReport, DeviceSet, Kind};
use crate::shell::Message;
use crate::store::Store;
use conform::{Conform, Run};
use desk::Task;
use journal::Journal;

/// Starts one device of the configuration again, by its kind.
pub type Starter = Box<dyn Fn(Kind) -> Result<DeviceSet, DeviceError> + Send>;

/// What the loop holds for the service.
pub struct Service {
    desk: Desk,
    journal: Journal,
    conform: Conform,
    devices: config::Devices,
    starter: Starter,
    clock: Clock,
    inbox: Sender<Message>,
}

/// What the service is made of.
pub struct Parts {
    /// PIN, journal and counters.
    pub store: Store,
    /// The configured devices.
    pub devices: config::Devices,
    /// Starts one of them again.
    pub starter: Starter,
    /// The clock.
    pub clock: Clock,
    /// Where answers go.
    pub inbox: Sender<Message>,
}

/// What the loop knows of this machine.
#[derive(Clone, Copy, Debug)]
pub struct Machine {
    /// The store takes applications.
    pub can_store: bool,
    /// Enrolled at a city.
    pub enrolled: bool,
    /// Something reads aloud here.
    pub has_voice: bool,
}

impl Service {
    /// Starts the desk's thread.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(parts: Parts) -> std::io::Result<Self> {
        let desk = Desk::start(parts.store, parts.clock.clone(), parts.inbox.clone())?;
        Ok(Self {
            desk,
            journal: Journal::default(),
            conform: Conform::default(),
            devices: parts.devices,
            starter: parts.starter,
            clock: parts.clock,
            inbox: parts.inbox,
        })
    }

    /// Notes what a device reported, for the technician.
    pub fn note(&mut self, report: &DeviceReport) {
        let time = crate::clock::moment(self.clock.now().civil).as_second();
        for task in self.journal.tasks(report, time) {
            self.desk.send(task);
        }
    }

    /// Does what the core asks; gives an event the loop must tell at once.
    pub fn serve(
        &mut self,
        ask: AskId,
        errand: Errand,
        devices: &mut DeviceSet,
        machine: Machine,
    ) -> Option<Event> {
        match errand {
            Errand::Entrance => self.desk.send(Task::Entrance(ask)),
            Errand::CheckPin(pin) => self.desk.send(Task::CheckPin(ask, pin)),
            Errand::Look => {
                let kinds = conform::kinds(&self.devices);
                let now = self.clock.now();
                let list = facts::devices(&kinds, devices, self.conform.under_test(), now.civil);
                let near_end = self.journal.near_end();
                self.desk.send(Task::Look(ask, list, machine, near_end));
            }
            Errand::Test { kind, level } => return self.test(ask, kind, level, devices),
            Errand::Guided(reply) => self.conform.reply(reply),
            Errand::PaperReplaced { metres } => self.desk.send(Task::Roll(ask, metres)),
            Errand::Leave => {
                self.conform.forsake();
                devices.service_left();
                self.desk.send(Task::Left);
            }
        }
        None
    }

    fn test(
        &mut self,
        ask: AskId,
        kind: &'static str,
        level: kiosk_core::service::TestLevel,
        devices: &mut DeviceSet,
    ) -> Option<Event> {
        let place = Kind::named(kind).filter(|_| self.conform.free());
        let target = place.and_then(|place| conform::target(&self.devices, place));
        let (Some(place), Some(target), Some(device_kind)) = (place, target, conform::suite(kind))
        else {
            return Some(refused(ask, kind, level));
        };
        let paused = devices.take(place);
        let run = Run {
            ask,
            kind,
            device_kind,
            level,
            target,
        };
        if let Err(error) = self.conform.start(run, paused, self.inbox.clone()) {
            tracing::error!("testing the {kind}: {error}");
            self.restart(kind, devices);
            return Some(refused(ask, kind, level));
        }
        // Whatever lay on the reader is read anew when it works again.
        (kind == "id-card").then_some(Event::Reader(ReaderEvent::Removed))
    }

    /// A test has ended: the device is used again.
    pub fn test_ended(&mut self, report: &TestFacts, devices: &mut DeviceSet) {
        self.conform.ended();
        let time = crate::clock::moment(self.clock.now().civil).as_second();
        self.desk.send(Task::Event(journal::tested(report, time)));
        self.restart(report.kind, devices);
    }

    fn restart(&mut self, kind: &'static str, devices: &mut DeviceSet) {
        self.journal.forget(kind);
        match Kind::named(kind).map(&self.starter) {
            None => {}
            Some(Ok(started)) => devices.put(started),
            Some(Err(error)) => tracing::error!("{}", crate::work::chain(&error)),
        }
    }
}

/// A test that could not even begin.
fn refused(ask: AskId, kind: &'static str, level: kiosk_core::service::TestLevel) -> Event {
    let check = kiosk_core::service::CheckFacts {
        name: "begins".to_owned(),
        verdict: Verdict::Failed,
        detail: String::new(),
    };
    let report = TestFacts {
        kind,
        level,
        identity: None,
        checks: vec![check],
    };
    Event::Service {
        ask,
        answer: Answer::Tested(Box::new(report)),
    }
}
