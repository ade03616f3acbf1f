//! Devices that are unplugged and plugged in again and again: ready each time without a
//! restart, no descriptor left behind, and no more memory than before.
//!
//! Twenty times in the ordinary run, a hundred with `KIOSK_LONG=1`. Alone in their program and
//! one after the other, because descriptors are counted.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::mpsc::{self, Receiver};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use kiosk_drivers::cabinet::sim::SimBoard;
use kiosk_drivers::cabinet::{self, CabinetCommand, CabinetEvent, RegisterMap, Slot};
use kiosk_drivers::code_scanner::sim::SimScanner;
use kiosk_drivers::code_scanner::{self, CodeEvent, Family, ScanCommand};
use kiosk_drivers::document_printer::DocumentThread;
use kiosk_drivers::document_printer::ipp::sim::{Build as IppBuild, IppSim};
use kiosk_drivers::document_printer::ipp::{IppPrinter, Patience};
use kiosk_drivers::id_card::sim::{CardContent, SimReader};
use kiosk_drivers::id_card::{self, Document, ReaderEvent};
use kiosk_drivers::receipt_printer::sim::{Build, PrinterSim};
use kiosk_drivers::receipt_printer::{
    self, Bitmap, Job, JobId, MemoryJournal, Outcome, PrinterCommand, PrinterDriver, PrinterEvent,
    ProcessId, Profile, Settings,
};
use kiosk_drivers::runner::{self, HealthState, Ladder, Report, Upkeep};
use kiosk_drivers::scanner::ScannerThread;
use kiosk_drivers::scanner::escl::{EsclScanner, Limits};
use kiosk_drivers::scanner::sim::ScannerSim;
use kiosk_drivers::sim_host::SimHost;
use kiosk_drivers::transport::simulated::SimulatedDevice;

/// The longest a device may take to be ready again.
const READY: Duration = Duration::from_secs(10);

/// The memory the program may take more, in KiB: what an allocator keeps, not what leaks.
const MEMORY: u64 = 2048;

/// Rounds before anything is counted: what is made once and kept.
const FIRST: u32 = 3;

/// How often a device without a line of its own is asked for its health.
const POLL: Duration = Duration::from_millis(50);

fn rounds() -> u32 {
    match std::env::var_os("KIOSK_LONG") {
        Some(_) => 100,
        None => 20,
    }
}

fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

/// The descriptors open while no question to a device is under way.
fn fewest() -> usize {
    let begun = Instant::now();
    let mut fewest = descriptors();
    while begun.elapsed() < 2 * POLL {
        fewest = fewest.min(descriptors());
    }
    fewest
}

/// Waits until no more than `open` descriptors are; a question that is under way has its own.
fn settle(open: usize, round: u32) {
    let begun = Instant::now();
    while descriptors() > open {
        assert!(
            begun.elapsed() < READY,
            "more than {open} open after {round} rounds"
        );
    }
}

/// Memory in use, in KiB.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.unwrap().trim().trim_end_matches(" kB");
    number.parse().unwrap()
}

/// The health of a report; its event is of no interest here.
fn health<E>(report: Report<E>) -> Option<HealthState> {
    match report {
        Report::Health(health) => Some(health.state),
        Report::Identified(_) | Report::Event(_) => None,
    }
}

/// [`health`], and a channel that says when an event was as `wanted`: the device works.
fn health_and<E>(
    wanted: impl Fn(&E) -> bool + Send + 'static,
) -> (
    impl Fn(Report<E>) -> Option<HealthState> + Send + 'static,
    Receiver<()>,
) {
    let (said, heard) = mpsc::channel();
    let map = move |report: Report<E>| {
        if matches!(&report, Report::Event(event) if wanted(event)) {
            // The test may be over.
            let _ = said.send(());
        }
        health(report)
    };
    (map, heard)
}

fn until(reports: &Receiver<Option<HealthState>>, wanted: HealthState) {
    loop {
        match reports.recv_timeout(READY) {
            Ok(state) if state == Some(wanted) => return,
            Ok(_) => {}
            Err(_) => panic!("not {} within {READY:?}", wanted.name()),
        }
    }
}

/// Pulls the plug of a device that runs, and puts it back, again and again.
fn again_and_again(
    reports: &Receiver<Option<HealthState>>,
    away: HealthState,
    mut plug: impl FnMut(bool),
    mut works: impl FnMut(),
) {
    until(reports, HealthState::Online);
    works();
    let (mut open, mut used, mut slowest) = (0, 0, Duration::ZERO);
    for round in 0..FIRST + rounds() {
        if round == FIRST {
            (open, used) = (fewest(), memory());
        }
        plug(false);
        until(reports, away);
        plug(true);
        let plugged = Instant::now();
        until(reports, HealthState::Online);
        slowest = slowest.max(plugged.elapsed());
        works();
        if round > FIRST {
            settle(open, round);
        }
    }
    let grown = memory().saturating_sub(used);
    println!("slowest to be ready again: {slowest:?}; {grown} KiB more memory");
    assert!(slowest < READY);
    assert!(grown < MEMORY, "{grown} KiB more");
}

/// A device at a pty under a link that stays the same.
fn at_a_link<D: SimulatedDevice + 'static>(device: D) -> (tempfile::TempDir, SimHost<D>) {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("device");
    let host = SimHost::on_pty(device, None, Some(&link)).unwrap();
    (folder, host)
}

fn plug<D: SimulatedDevice + 'static>(host: &SimHost<D>) -> impl FnMut(bool) {
    |plugged| {
        if plugged {
            host.plug().unwrap();
        } else {
            host.unplug().unwrap();
        }
    }
}

#[test]
fn a_reader_unplugged_again_and_again_comes_back_and_leaves_nothing_open() {
    let _alone = alone();
    let (_folder, host) = at_a_link(SimReader::default());
    let (events, reports) = mpsc::channel();
    let (map, read) = health_and(|event| matches!(event, ReaderEvent::Card(_)));
    let thread = id_card::start(host.selector(), events, map).unwrap();
    let mut card = CardContent::blank(Document::Resident);
    "张示例".clone_into(&mut card.name);
    "590102199002150015".clone_into(&mut card.number);
    host.device(|device| device.put(card));
    let works = || read.recv_timeout(READY).unwrap();
    again_and_again(&reports, HealthState::NoDevice, plug(&host), works);
    thread.stop();
}

#[test]
fn a_receipt_printer_unplugged_again_and_again_comes_back_and_leaves_nothing_open() {
    let _alone = alone();
    let (_folder, host) = at_a_link(PrinterSim::new(Build::default()));
    let settings = Settings {
        profile: Profile::default(),
        pace: None,
        first_process_id: ProcessId::wrapping(1),
        confirm_within: Duration::from_secs(15),
    };
    let (selector, carrier) = (host.selector().clone(), settings.clone());
    let (events, reports) = mpsc::channel();
    let (map, printed) = health_and(|event| {
        let outcome = Outcome::Printed;
        matches!(event, PrinterEvent::Outcome { outcome: is, .. } if *is == outcome)
    });
    let thread = runner::start(
        "receipt-printer",
        PrinterDriver::new(settings, MemoryJournal::default()),
        Box::new(move || receipt_printer::open(&selector, &carrier)),
        Ladder::default(),
        events,
        map,
    )
    .unwrap();
    let mut slips = 0;
    let works = || {
        slips += 1;
        let job = Job {
            id: JobId(slips.to_string()),
            content_hash: [0; 32],
            bitmap: Bitmap::new(576, vec![0xFF; 72]).unwrap(),
            copies: 1,
            reprint: None,
        };
        assert!(thread.send(PrinterCommand::Print(job)));
        printed.recv_timeout(READY).unwrap();
    };
    again_and_again(&reports, HealthState::NoDevice, plug(&host), works);
    thread.stop();
}

#[test]
fn a_code_scanner_unplugged_again_and_again_comes_back_and_leaves_nothing_open() {
    let _alone = alone();
    let (_folder, host) = at_a_link(SimScanner::new(Some(Family::Gm65), b"\r"));
    let settings = code_scanner::Settings {
        family: Some(Family::Gm65),
        ..code_scanner::Settings::default()
    };
    let (events, reports) = mpsc::channel();
    let (map, read) = health_and(|event| matches!(event, CodeEvent::Code(_)));
    let thread = code_scanner::start(host.selector(), settings, events, map).unwrap();
    let mut codes = 0;
    let works = || {
        codes += 1;
        host.device(|scanner| scanner.show(format!("code {codes}").as_bytes()));
        assert!(thread.send(ScanCommand::Trigger));
        read.recv_timeout(READY).unwrap();
    };
    again_and_again(&reports, HealthState::NoDevice, plug(&host), works);
    thread.stop();
}

#[test]
fn a_cabinet_unplugged_again_and_again_comes_back_and_leaves_nothing_open() {
    let _alone = alone();
    let map = RegisterMap::sample().unwrap();
    let (_folder, host) = at_a_link(SimBoard::new(&map));
    let (events, reports) = mpsc::channel();
    let (tell, told) = health_and(|event| matches!(event, CabinetEvent::Lit { .. }));
    let thread = cabinet::start(host.selector(), map, events, tell).unwrap();
    let works = || {
        let (slot, on) = (Slot::Card, true);
        assert!(thread.send(CabinetCommand::Light { slot, on }));
        told.recv_timeout(READY).unwrap();
    };
    again_and_again(&reports, HealthState::NoDevice, plug(&host), works);
    thread.stop();
}

#[test]
fn a_scanner_unplugged_again_and_again_comes_back_and_leaves_nothing_open() {
    let _alone = alone();
    let mut sim = ScannerSim::start().unwrap();
    let scanner = EsclScanner::new(&sim.url(), Limits::default()).unwrap();
    let (events, reports) = mpsc::channel();
    let upkeep = Upkeep::every(POLL);
    let thread =
        ScannerThread::start("scanner", Box::new(scanner), upkeep, events, health).unwrap();
    let plug = |plugged| {
        if plugged {
            sim.resume().unwrap();
        } else {
            sim.stop();
        }
    };
    again_and_again(&reports, HealthState::Offline, plug, || {});
    drop(thread);
}

#[test]
fn a_document_printer_unplugged_again_and_again_comes_back_and_leaves_nothing_open() {
    let _alone = alone();
    let mut sim = IppSim::start(IppBuild::default()).unwrap();
    let printer = IppPrinter::new(&sim.url(), Patience::default()).unwrap();
    let (events, reports) = mpsc::channel();
    let upkeep = Upkeep::every(POLL);
    let printer = Box::new(printer);
    let thread =
        DocumentThread::start("document-printer", printer, upkeep, events, health).unwrap();
    let plug = |plugged| {
        if plugged {
            sim.resume().unwrap();
        } else {
            sim.stop();
        }
    };
    again_and_again(&reports, HealthState::Offline, plug, || {});
    drop(thread);
}
