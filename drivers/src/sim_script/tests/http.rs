//! Scripts on the devices that are HTTP servers, against their real drivers.

use std::time::Duration;

use super::super::{DocumentDeed, ScannerDeed, Script};
use crate::document_printer::DocumentPrinter;
use crate::document_printer::ipp::sim::{Build, IppSim};
use crate::document_printer::ipp::{IppPrinter, Patience};
use crate::receipt_printer::{Cause, Outcome};
use crate::runner::CancelToken;
use crate::scanner::escl::{EsclScanner, Limits};
use crate::scanner::sim::ScannerSim;
use crate::scanner::{
    ColourMode, NextPage, Page, Region, ScanFault, ScanSettings, Scanner, Source,
};
use crate::sim_host::http_line::{HttpDevice, HttpLine};
use crate::sim_host::{play_document_printer, play_scanner};

const SMALL: ScanSettings = ScanSettings {
    source: Source::Platen,
    region: Region {
        width: 300,
        height: 450,
    },
    dpi: 100,
    colour: ColourMode::Colour,
    preview: false,
};

fn scanner(text: &str) -> Script<ScannerDeed> {
    Script::parse("scanner.toml", text).unwrap()
}

fn limits() -> Limits {
    Limits {
        exchange: Duration::from_secs(2),
        job: Duration::from_secs(2),
        first_byte: Duration::from_secs(2),
        idle: Duration::from_secs(2),
        page: Duration::from_secs(4),
        retry: Duration::from_millis(1),
        rest_after_failure: Duration::ZERO,
        ..Limits::default()
    }
}

fn scan(driver: &mut EsclScanner) -> Result<Vec<Page>, ScanFault> {
    let mut pages = Vec::new();
    driver.start(&SMALL, &CancelToken::default())?;
    loop {
        match driver.next_page() {
            NextPage::Page(page) => pages.push(page),
            NextPage::Coming(_) => {}
            NextPage::Retry(pause) => assert!(!CancelToken::default().wait(pause)),
            NextPage::End => return Ok(pages),
            NextPage::Fault(fault) => return Err(fault),
        }
    }
}

/// Waits until a script that begins by counting bytes counts them.
fn await_script(line: &HttpLine, text: &str) {
    while text.starts_with("[[fault]]\nafter-bytes") && !line.armed() {
        std::thread::yield_now();
    }
}

/// Scans while `text` happens; then the scanner must be right again.
fn scans(text: &str) -> Result<usize, ScanFault> {
    let mut sim = ScannerSim::start().unwrap();
    let mut driver = EsclScanner::new(&sim.url(), limits()).unwrap();
    let script = scanner(text);
    let line = sim.line();
    let ended = std::thread::scope(|scope| {
        let player = scope.spawn(|| play_scanner(&mut sim, script));
        await_script(&line, text);
        let ended = scan(&mut driver).map(|pages| pages.len());
        // An entry that waits for bytes of a job that is over gets them from another.
        while !player.is_finished() {
            drop(scan(&mut driver));
        }
        player.join().unwrap().unwrap();
        ended
    });
    let well = scan(&mut driver).or_else(|_| scan(&mut driver));
    assert_eq!(well.unwrap().len(), 1, "not well after {text}");
    ended
}

#[test]
fn a_scanner_unplugged_at_any_byte_of_the_exchange_gives_a_whole_page_or_none() {
    for bytes in [1, 60, 200, 400, 700, 1000] {
        let text = format!(
            "[[fault]]\nafter-bytes-to-host = {bytes}\nunplug = true\n[[fault]]\nafter-ms = 5\nreplug = true"
        );
        assert!(scans(&text).is_err(), "unplugged after {bytes}");
    }
}

#[test]
fn a_scanner_whose_line_stumbles_gives_a_whole_page_or_none() {
    for (text, whole) in [
        ("delay-ms = 300", true),
        ("stuck-busy-ms = 200", true),
        ("split = { bytes = 700, pause-ms = 1 }", true),
        ("after-bytes-to-host = 2000\ndrop = 9", false),
        ("after-bytes-to-host = 40\ngarbage = [0, 13, 10, 65]", false),
        (
            "after-bytes-to-device = 20\nway = \"to-device\"\nflip = [255, 255]",
            false,
        ),
    ] {
        let pages = scans(&format!(
            "[[fault]]\n{text}\n[[fault]]\nsplit = {{ bytes = 0, pause-ms = 0 }}"
        ));
        match pages {
            Ok(count) => assert_eq!(count, 1, "{text}"),
            Err(fault) => assert!(!whole, "{text}: {fault:?}"),
        }
    }
}

/// What came of asking for a page, once it is more than a part of one.
fn come(driver: &mut EsclScanner) -> NextPage {
    loop {
        match driver.next_page() {
            NextPage::Coming(_) => {}
            whole => return whole,
        }
    }
}

#[test]
fn of_five_sheets_the_third_jams() {
    let text = "[[fault]]\nsheets = 5\n[[fault]]\ngood-pages = 2\n\
                [[fault]]\npage-fault = { code = 409 }\n\
                [[fault]]\nfeeder-state = \"ScannerAdfJam\"\n\
                [[fault]]\ncode-before-page = 503";
    let mut sim = ScannerSim::start().unwrap();
    play_scanner(&mut sim, scanner(text)).unwrap();
    let mut driver = EsclScanner::new(&sim.url(), limits()).unwrap();
    let feeder = ScanSettings {
        source: Source::Feeder,
        ..SMALL
    };
    driver.start(&feeder, &CancelToken::default()).unwrap();
    assert!(matches!(come(&mut driver), NextPage::Retry(_)));
    assert!(matches!(come(&mut driver), NextPage::Page(_)));
    assert!(matches!(come(&mut driver), NextPage::Page(_)));
    assert_eq!(come(&mut driver), NextPage::Fault(ScanFault::Jam));
    assert_eq!(sim.sheets(), 3);
}

#[test]
fn what_the_scanner_does_wrong_is_a_fault_and_over_when_it_is_mended() {
    for text in [
        "page-fault = \"cut-picture\"",
        "page-fault = \"rubbish\"",
        "page-fault = \"empty\"",
        "page-fault = { code = 410 }",
        "busy-jobs = 40",
    ] {
        let text = format!(
            "[[fault]]\n{text}\n[[fault]]\nafter-ms = 500\npage-fault = \"none\"\n[[fault]]\nbusy-jobs = 0"
        );
        let mut sim = ScannerSim::start().unwrap();
        let mut driver = EsclScanner::new(&sim.url(), limits()).unwrap();
        let script = scanner(&text);
        std::thread::scope(|scope| {
            let player = scope.spawn(|| play_scanner(&mut sim, script));
            while !player.is_finished() {
                if let Ok(pages) = scan(&mut driver) {
                    assert!(pages.len() == 1, "{text}");
                }
            }
            player.join().unwrap().unwrap();
        });
        assert_eq!(scan(&mut driver).unwrap().len(), 1, "{text}");
    }
}

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n";

fn patience() -> Patience {
    let ms = Duration::from_millis;
    Patience {
        exchange: ms(3000),
        send: ms(3000),
        poll: ms(5),
        hindered: ms(5000),
        whole: ms(20_000),
        resolve: ms(300),
    }
}

/// Prints while `text` happens, and once more; outcome and sheets of the first.
fn prints(text: &str) -> (Outcome, usize) {
    let mut sim = IppSim::start(Build::default()).unwrap();
    let mut driver = IppPrinter::new(&sim.url(), patience()).unwrap();
    let script = Script::<DocumentDeed>::parse("printer.toml", text).unwrap();
    let line = sim.line();
    let outcome = std::thread::scope(|scope| {
        let player = scope.spawn(|| play_document_printer(&mut sim, script));
        await_script(&line, text);
        let outcome = driver.print(PDF).outcome;
        // An entry that waits for bytes gets them from questions for the printer's state.
        while !player.is_finished() {
            let _ = driver.condition();
        }
        player.join().unwrap().unwrap();
        outcome
    });
    let sheets = sim.printed().len();
    assert_eq!(
        driver.print(PDF).outcome,
        Outcome::Printed,
        "not well after {text}"
    );
    // A document that was sent and given up may come out late, and never twice.
    assert!(
        sim.printed().len() <= 2,
        "{} after {text}",
        sim.printed().len()
    );
    (outcome, sheets)
}

#[test]
fn a_document_printer_unplugged_at_any_byte_never_claims_a_sheet_or_prints_it_twice() {
    for way in ["host", "device"] {
        for bytes in [1, 100, 600, 1100, 2300] {
            let text = format!(
                "[[fault]]\nafter-bytes-to-{way} = {bytes}\nunplug = true\n[[fault]]\nafter-ms = 5\nreplug = true"
            );
            let (outcome, sheets) = prints(&text);
            match outcome {
                Outcome::Printed => assert_eq!(sheets, 1, "{text}"),
                Outcome::NotPrinted(_) => assert_eq!(sheets, 0, "{text}"),
                other => assert!(sheets <= 1, "{other:?}: {text}"),
            }
        }
    }
}

#[test]
fn a_document_printer_out_of_paper_by_a_script_goes_on_after_the_refill() {
    let text = "[[fault]]\nafter-bytes-to-device = 900\nreason = \"media-empty-error\"\n\
                [[fault]]\nafter-ms = 200\nreason-gone = \"media-empty-error\"";
    assert_eq!(prints(text), (Outcome::Printed, 1));
}

#[test]
fn a_document_printer_that_is_jammed_before_prints_nothing_and_says_so() {
    let mut sim = IppSim::start(Build::default()).unwrap();
    let mut driver = IppPrinter::new(&sim.url(), patience()).unwrap();
    let mut play = |text: &str| {
        let script = Script::<DocumentDeed>::parse("printer.toml", text).unwrap();
        play_document_printer(&mut sim, script).unwrap();
    };
    play("[[fault]]\nreason = \"media-jam-error\"");
    assert_eq!(driver.condition().unwrap().detail, Cause::Jam.as_str());
    let outcome = driver.print(PDF).outcome;
    assert_eq!(outcome, Outcome::NotPrinted(Cause::Jam));
    play("[[fault]]\nreason-gone = \"media-jam-error\"");
    assert_eq!(driver.print(PDF).outcome, Outcome::Printed);
    assert_eq!(sim.printed().len(), 1);
}
