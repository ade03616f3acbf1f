//! Thousands of damaged answers on their way from a scanner, over real sockets. A wrong success is
//! a job told as ended with fewer pages than lay in the feeder, or with more, and a page of
//! another size than the sheet, or with rows missing.
//!
//! A turned bit in the picture of a page is another picture, which nobody can know, and so are the
//! four bytes of its size. What a scanner can do is asked once, before the line is bad.

use std::ops::Range;
use std::time::Instant;

use super::sim::{Feeder, Sheet};
use super::*;
use crate::sim_host::mutating_relay::Relay;
use crate::transport::mutating::{stories, wanted};

/// Answers spoiled at one scanner.
const STORY: u64 = 100;

/// Scanners at once: much of the time goes by with waiting.
const AT_ONCE: u64 = 4;

/// How long the scanner may take to be right again.
const RECOVERED: Duration = Duration::from_secs(10);

const SHEETS: usize = 2;

/// Height and width of a JPEG in an answer.
fn size_of_the_page(answer: &[u8]) -> Range<usize> {
    let frame = answer.windows(2).position(|pair| pair == [0xFF, 0xC0]);
    frame.map_or(0..0, |at| at + 5..at + 9)
}

/// Scans what lies in the feeder; whether all went well.
fn is_scanned(sim: &ScannerSim, scanner: &mut EsclScanner, seed: u64) -> bool {
    if sim.sheets() == 0 {
        sim.load_feeder(vec![Sheet::default(); SHEETS]);
    }
    sim.forget_jobs();
    let sheets = sim.sheets();
    let settings = ScanSettings {
        source: Source::Feeder,
        ..SMALL
    };
    let (pages, end) = scan_with(scanner, &settings);
    for page in &pages {
        let size = (page.width_px, page.height_px);
        assert_eq!(size, (100, 150), "seed {seed}: a page of another size");
        assert!(
            super::super::jpeg::examine(&page.jpeg).is_ok(),
            "seed {seed}"
        );
    }
    let fits = pages.len() == sheets || end.is_err() && pages.len() < sheets;
    assert!(
        fits,
        "seed {seed}: {} pages of {sheets}: {end:?}",
        pages.len()
    );
    end.is_ok()
}

/// Scans at one scanner until so many answers were spoiled; then all must be well again.
/// Returns how many answers were, and how many jobs went well meanwhile.
fn story(seed: u64) -> (u64, u64) {
    let sim = ScannerSim::start().unwrap();
    sim.model(|model| model.feeder = Feeder::Simplex);
    let url = sim.url();
    let authority = url["http://".len()..].split('/').next().unwrap();
    let relay = Relay::start(authority.parse().unwrap(), seed, size_of_the_page).unwrap();
    let address = format!("http://{}/eSCL/", relay.address());
    let mut scanner = EsclScanner::new(&address, quick()).unwrap();
    scanner.identify().unwrap();
    let mut well = 0;
    relay.spoil(300);
    while relay.spoiled() < STORY {
        well += u64::from(is_scanned(&sim, &mut scanner, seed));
    }
    relay.spoil(0);
    let mended = Instant::now();
    while !is_scanned(&sim, &mut scanner, seed) {
        assert!(
            mended.elapsed() < RECOVERED,
            "seed {seed}: not right in time"
        );
    }
    (relay.spoiled(), well)
}

#[test]
fn thousands_of_spoiled_answers_make_no_job_done_that_is_not_and_no_page_of_another_size() {
    let (spoiled, well) = stories(wanted(10_000, 100_000), AT_ONCE, story);
    println!("{spoiled} spoiled answers, {well} jobs went well");
    assert!(well > spoiled / 100, "{well}");
}
