//! The service told by what went wrong: wrong PINs, power cuts, devices that break while tested.

mod entrance;
mod tested;

use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use kiosk_core::service::Answer;
use kiosk_core::{AskId, Event};
use kiosk_drivers::receipt_printer::MemoryJournal;

use super::*;
use crate::store::Options;

/// A service with a store of its own, and where its messages come out.
struct Bench {
    service: Service,
    devices: DeviceSet,
    store: Store,
    clock: Clock,
    inbox: Receiver<Message>,
    _folder: tempfile::TempDir,
}

const MACHINE: Machine = Machine {
    can_store: true,
    enrolled: true,
    has_voice: true,
};

impl Bench {
    /// With a receipt printer that is not there.
    fn new() -> Self {
        let printer = "serial:/dev/no-such-printer@9600".to_owned();
        let config = config::Devices {
            receipt_printer: Some(config::SelectorText::try_from(printer).unwrap()),
            ..config::Devices::default()
        };
        Self::of(&config, Kind::ReceiptPrinter)
    }

    /// With the device of `kind` that `config` names.
    fn of(config: &config::Devices, kind: Kind) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("kiosk.db"), Options::default()).unwrap();
        let (sender, inbox) = mpsc::channel();
        let start = {
            let (config, sender) = (config.clone(), sender.clone());
            move |kind| {
                let journal = MemoryJournal::default();
                DeviceSet::start(&config.only(kind), None, journal, &sender, Message::Device)
            }
        };
        let clock = Clock::new();
        let devices = start(kind).unwrap();
        let service = Service::start(Parts {
            store: store.clone(),
            devices: config.clone(),
            starter: Box::new(start),
            clock: clock.clone(),
            inbox: sender,
        });
        Self {
            service: service.unwrap(),
            devices,
            store,
            clock,
            inbox,
            _folder: folder,
        }
    }

    fn serve(&mut self, ask: u32, errand: Errand) -> Option<Event> {
        self.service
            .serve(AskId(ask), errand, &mut self.devices, MACHINE)
    }

    /// The next message that is not a device's.
    fn message(&mut self) -> Message {
        loop {
            match self.inbox.recv_timeout(Duration::from_secs(60)).unwrap() {
                Message::Device(report) => {
                    self.service.note(&report);
                    self.devices.note(Duration::ZERO, &report);
                }
                other => return other,
            }
        }
    }

    fn answer(&mut self, ask: u32) -> Answer {
        match self.message() {
            Message::Core(Event::Service { ask: found, answer }) => {
                assert_eq!(found, AskId(ask));
                answer
            }
            _ => panic!("an answer of the service"),
        }
    }
}
