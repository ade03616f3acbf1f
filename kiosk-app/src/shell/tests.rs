//! A visit that ended before its paper came, and a work thread that died.

use std::path::Path;
use std::sync::mpsc;

use kiosk_core::SlipData;
use kiosk_core::screen::Lang;
use kiosk_drivers::document_printer::ipp::sim::{Build, IppSim};
use kiosk_drivers::receipt_printer::{Bitmap, MemoryJournal};
use kiosk_drivers::selector::Selector;

use super::*;
use crate::config;
use crate::service;
use crate::store::{Options, Store};

struct NoErrands;

impl Errands for NoErrands {
    fn ask(&mut self, _: AskId, _: Request, _: Option<Arc<Shelf>>) {}
    fn fetch_result(&mut self, _: AskId, _: String, _: Option<Secret>) {}
}

struct Nobody;

impl Audience for Nobody {
    fn show(&mut self, _: Screen) {}
    fn note(&mut self, _: Duration, _: &str) {}
}

struct Bench {
    shell: Shell<NoErrands, Nobody>,
    inbox: Sender<Message>,
    work: Receiver<Work>,
    _state: tempfile::TempDir,
}

/// A loop with a receipt printer that is not there and documents that go to `documents`.
fn bench(documents: &Path) -> Bench {
    bench_with(&Selector::File(documents.to_owned()))
}

fn bench_with(document_printer: &Selector) -> Bench {
    let (inbox, messages) = mpsc::channel();
    let (work, pieces) = mpsc::channel();
    let named = |text: String| Some(config::SelectorText::try_from(text).unwrap());
    let devices = config::Devices {
        receipt_printer: named("serial:/dev/no-such-printer@9600".to_owned()),
        document_printer: named(document_printer.to_string()),
        ..config::Devices::default()
    };
    let journal = MemoryJournal::default();
    let state = tempfile::tempdir().unwrap();
    let clock = Clock::new();
    let service = Service::start(service::Parts {
        store: Store::open(&state.path().join("kiosk.db"), Options::default()).unwrap(),
        devices: devices.clone(),
        starter: Box::new({
            let (devices, inbox) = (devices.clone(), inbox.clone());
            move |kind| {
                let journal = MemoryJournal::default();
                DeviceSet::start(&devices.only(kind), journal, &inbox, Message::Device)
            }
        }),
        clock: clock.clone(),
        inbox: inbox.clone(),
    });
    let shell = Shell::new(Parts {
        settings: Settings::default(),
        clock,
        inbox: messages,
        work,
        devices: DeviceSet::start(&devices, journal, &inbox, Message::Device).unwrap(),
        service: service.unwrap(),
        errands: NoErrands,
        audience: Nobody,
        memory: SharedMemory::default(),
        health: SharedHealth::default(),
    });
    Bench {
        shell,
        inbox,
        work: pieces,
        _state: state,
    }
}

fn guide() -> Box<SlipData> {
    Box::new(SlipData::Guide {
        lang: Lang::En,
        item: city_catalogue::code::ItemCode::new("1".to_owned()),
    })
}

fn job() -> Job {
    Job {
        id: JobId("1".to_owned()),
        content_hash: [0; 32],
        bitmap: Bitmap::new(8, vec![0xFF; 8]).unwrap(),
        copies: 1,
        reprint: None,
    }
}

fn printed(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

#[test]
fn a_result_that_comes_after_the_person_left_is_not_printed() {
    let documents = tempfile::tempdir().unwrap();
    let mut shell = bench(documents.path()).shell;
    for (ask, left) in [(AskId(1), false), (AskId(2), true)] {
        shell.perform(Effect::PrintResult {
            ask,
            result: "r".to_owned(),
            grant: None,
        });
        if left {
            shell.perform(Effect::Forget);
        }
        let pdf = Some(Zeroizing::new(b"%PDF-1.7".to_vec()));
        shell.take(Message::ResultFetched { ask, pdf });
        while !shell.results.is_empty() {
            let message = shell.inbox.recv_timeout(Duration::from_secs(60)).unwrap();
            shell.take(message);
        }
    }
    assert_eq!(printed(documents.path()), 1, "only the first one");
}

#[test]
fn a_result_waits_for_paper_and_is_cancelled_when_the_person_leaves() {
    let printer = IppSim::start(Build::default()).unwrap();
    printer.set_reason("media-empty", true);
    let mut shell = bench_with(&printer.selector()).shell;
    let ask = AskId(1);
    let pdf = || Some(Zeroizing::new(b"%PDF-1.7 result".to_vec()));
    shell.wanted.insert(ask);
    shell.take(Message::ResultFetched { ask, pdf: pdf() });
    assert_eq!(shell.results.len(), 1, "the loop goes on meanwhile");
    shell.perform(Effect::Forget);
    printer.set_reason("media-empty", false);
    let ask = AskId(2);
    shell.wanted.insert(ask);
    shell.take(Message::ResultFetched { ask, pdf: pdf() });
    while !shell.results.is_empty() {
        let message = shell.inbox.recv_timeout(Duration::from_secs(60)).unwrap();
        shell.take(message);
    }
    assert_eq!(printer.printed().len(), 1, "only the second one");
}

#[test]
fn a_slip_that_is_drawn_after_the_person_left_is_not_printed() {
    let documents = tempfile::tempdir().unwrap();
    let mut shell = bench(documents.path()).shell;
    let (ask, slip) = (AskId(1), guide());
    shell.perform(Effect::PrintSlip { ask, slip });
    shell.take(Message::PrintJob { ask, job: job() });
    assert_eq!(shell.slips.len(), 1, "while the person is there it prints");
    let (ask, slip) = (AskId(2), guide());
    shell.perform(Effect::PrintSlip { ask, slip });
    shell.perform(Effect::Forget);
    shell.take(Message::PrintJob { ask, job: job() });
    assert!(shell.slips.is_empty());
}

#[test]
fn a_work_thread_that_died_ends_the_loop() {
    let documents = tempfile::tempdir().unwrap();
    let Bench {
        shell,
        inbox,
        _state,
        ..
    } = bench(documents.path());
    inbox.send(Message::WorkEnded).unwrap();
    assert_eq!(shell.run(), Err(WorkEnded));

    let Bench {
        mut shell,
        inbox,
        work,
        _state,
    } = bench(documents.path());
    drop(work);
    let (ask, slip) = (AskId(1), guide());
    shell.perform(Effect::PrintSlip { ask, slip });
    inbox.send(Message::Wake).unwrap();
    assert_eq!(shell.run(), Err(WorkEnded));
}

#[test]
fn a_store_that_is_full_closes_the_items() {
    let documents = tempfile::tempdir().unwrap();
    let mut shell = bench(documents.path()).shell;
    shell.take(Message::Standing {
        pinned: None,
        can_store: true,
        enrolled: true,
    });
    shell.take(Message::CanStore(false));
    assert!(!shell.can_store && shell.enrolled);
}
