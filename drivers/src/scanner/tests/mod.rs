//! Each row of the decision table, and what goes wrong at the glass, over real HTTP on loopback.

mod feeder;
mod jobs;
mod mutated;
mod pages;
mod quirks;
mod threads;

use std::time::Duration;

use super::escl::{EsclScanner, Limits};
use super::sim::{PageFault, ScannerSim};
use super::*;

/// A small region, so that a debug build draws and decodes it at once.
const SMALL: ScanSettings = ScanSettings {
    source: Source::Platen,
    region: Region {
        width: 300,
        height: 450,
    },
    dpi: 100,
    colour: ColourMode::Colour,
    preview: false,
    most_pages: None,
};

/// The real limits, with the waiting compressed.
fn quick() -> Limits {
    Limits {
        exchange: Duration::from_secs(10),
        job: Duration::from_secs(10),
        first_byte: Duration::from_secs(10),
        idle: Duration::from_secs(10),
        page: Duration::from_secs(20),
        retry: Duration::from_millis(1),
        rest_after_failure: Duration::ZERO,
        ..Limits::default()
    }
}

fn pair() -> (ScannerSim, EsclScanner) {
    let sim = ScannerSim::start().unwrap();
    let scanner = EsclScanner::new(&sim.url(), quick()).unwrap();
    (sim, scanner)
}

/// Runs one job to its end; pages and how it ended.
fn scan(scanner: &mut EsclScanner) -> (Vec<Page>, Result<(), ScanFault>) {
    scan_with(scanner, &SMALL)
}

/// What came of asking for a page, once it is more than a part of one.
fn come(scanner: &mut EsclScanner) -> NextPage {
    loop {
        match scanner.next_page() {
            NextPage::Coming(_) => {}
            whole => return whole,
        }
    }
}

fn scan_with(
    scanner: &mut EsclScanner,
    settings: &ScanSettings,
) -> (Vec<Page>, Result<(), ScanFault>) {
    let mut pages = Vec::new();
    if let Err(fault) = scanner.start(settings, &CancelToken::default()) {
        return (pages, Err(fault));
    }
    loop {
        match scanner.next_page() {
            NextPage::Page(page) => pages.push(page),
            NextPage::Coming(_) => {}
            NextPage::Retry(pause) => assert!(!CancelToken::default().wait(pause)),
            NextPage::End => return (pages, Ok(())),
            NextPage::Fault(fault) => return (pages, Err(fault)),
        }
    }
}

/// The fault a scan ends with, without a page.
fn fault_of(scanner: &mut EsclScanner) -> ScanFault {
    let (pages, end) = scan(scanner);
    assert!(pages.is_empty());
    end.unwrap_err()
}

/// After a fault: nothing is left open at the scanner, and the next scan is a page.
fn usable_again(sim: &ScannerSim, scanner: &mut EsclScanner) {
    await_hung_up(sim);
    assert_eq!(sim.open_jobs(), 0);
    sim.faults(|faults| *faults = sim::Faults::default());
    let (pages, end) = scan(scanner);
    assert_eq!((pages.len(), end), (1, Ok(())));
}

/// Waits until no connection to the scanner is open; for ever if one stays.
fn await_hung_up(sim: &ScannerSim) {
    while sim.connections() > 0 {
        std::thread::park_timeout(Duration::from_millis(2));
    }
}

fn count(sim: &ScannerSim, method: &str) -> usize {
    sim.requests()
        .iter()
        .filter(|request| request.starts_with(method))
        .count()
}
