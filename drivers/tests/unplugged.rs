//! A reader that is unplugged and plugged in again and again: ready each time without a
//! restart, no descriptor left behind, and no more memory than before.
//!
//! Twenty times in the ordinary run, a hundred with `KIOSK_LONG=1`. Alone in its program,
//! because descriptors are counted.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use kiosk_drivers::id_card::sim::{CardContent, SimReader};
use kiosk_drivers::id_card::{Document, ReaderEvent, start};
use kiosk_drivers::runner::{Health, HealthState, Report};
use kiosk_drivers::sim_host::SimHost;

type Reports = Receiver<Report<ReaderEvent>>;

/// The longest a reader may take to be ready again.
const READY: Duration = Duration::from_secs(10);

/// The memory the program may take more, in KiB: what an allocator keeps, not what leaks.
const MEMORY: u64 = 2048;

fn rounds() -> u32 {
    match std::env::var_os("KIOSK_LONG") {
        Some(_) => 100,
        None => 20,
    }
}

/// Waits until the reader is as `wanted`, and returns its health.
fn until(reports: &Reports, wanted: HealthState) -> Health {
    loop {
        match reports.recv_timeout(READY) {
            Ok(Report::Health(health)) if health.state == wanted => return health,
            Ok(Report::Health(_) | Report::Identified(_) | Report::Event(_)) => {}
            Err(_) => panic!("not {} within {READY:?}", wanted.name()),
        }
    }
}

fn until_card(reports: &Reports) {
    loop {
        match reports.recv_timeout(READY) {
            Ok(Report::Event(ReaderEvent::Card(_))) => return,
            Ok(Report::Health(_) | Report::Identified(_) | Report::Event(_)) => {}
            Err(_) => panic!("no card within {READY:?}"),
        }
    }
}

fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

/// Memory in use, in KiB.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.unwrap().trim().trim_end_matches(" kB");
    number.parse().unwrap()
}

#[test]
fn a_reader_unplugged_again_and_again_comes_back_and_leaves_nothing_open() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("reader");
    let host = SimHost::on_pty(SimReader::default(), None, Some(&link)).unwrap();
    let (events, reports) = mpsc::channel();
    let reader = start(host.selector(), events, |report| report).unwrap();
    until(&reports, HealthState::Online);
    let mut card = CardContent::blank(Document::Resident);
    "张示例".clone_into(&mut card.name);
    "590102199002150015".clone_into(&mut card.number);
    host.device(|device| device.put(card));
    until_card(&reports);
    let open_before = descriptors();
    let memory_before = memory();
    let mut slowest = Duration::ZERO;
    for round in 1..=rounds() {
        host.unplug().unwrap();
        until(&reports, HealthState::NoDevice);
        host.plug().unwrap();
        let plugged = Instant::now();
        let health = until(&reports, HealthState::Online);
        slowest = slowest.max(plugged.elapsed());
        assert!(health.counters.identified > u64::from(round));
        until_card(&reports);
        assert_eq!(descriptors(), open_before, "after {round} rounds");
    }
    let grown = memory().saturating_sub(memory_before);
    println!("slowest to be ready again: {slowest:?}; {grown} KiB more memory");
    assert!(slowest < READY);
    assert!(grown < MEMORY, "{grown} KiB more");
    drop(reader);
}
