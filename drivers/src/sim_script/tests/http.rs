//! Scripts on the devices that are HTTP servers, against their real drivers.

use std::time::Duration;

use super::super::{DocumentDeed, ScannerDeed, Script};
use crate::document_printer::DocumentPrinter;
use crate::document_printer::ipp::sim::{Build, IppSim};
use crate::document_printer::ipp::{IppPrinter, Patience};
use crate::receipt_printer::{Cause, Outcome};
use crate::runner::CancelToken;
use crate::scanner::escl::{EsclScanner, Limits};
use crate::scanner::sim::{Faults, Location, PageFault, ScannerSim, XmlStyle, draw_page};
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
    most_pages: None,
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
fn whatever_the_scanner_can_do_wrong_a_script_can_tell_it() {
    type Seen = fn(&Faults) -> bool;
    let switches: [(&str, Seen); 26] = [
        ("page-fault = \"stalled\"", |faults| {
            faults.page == PageFault::Stalled
        }),
        ("page-delay-ms = 7", |faults| {
            faults.page_delay == Duration::from_millis(7)
        }),
        ("feeder-state = \"ScannerAdfJam\"", |faults| {
            faults.adf_state.as_deref() == Some("ScannerAdfJam")
        }),
        ("busy-jobs = 3", |faults| faults.busy_jobs == 3),
        ("good-pages = 3", |faults| faults.good_pages == 3),
        ("code-before-page = 404", |faults| {
            faults.codes_before_page == [404]
        }),
        ("not-ready = 3", |faults| faults.not_ready == 3),
        ("location = \"cut-ipv6\"", |faults| {
            faults.location == Location::CutIpv6
        }),
        ("job-code = 409", |faults| faults.job_code == Some(409)),
        ("job-code = 0", |faults| faults.job_code.is_none()),
        ("status-code = 500", |faults| {
            faults.status_code == Some(500)
        }),
        ("capabilities-code = 503", |faults| {
            faults.capabilities_code == Some(503)
        }),
        ("delete-code = 404", |faults| {
            faults.delete_code == Some(404)
        }),
        (
            "job-state = { state = \"Aborted\", reason = \"x\" }",
            |faults| faults.job_state == Some(("Aborted".to_owned(), "x".to_owned())),
        ),
        ("other-colour = true", |faults| faults.other_colour),
        ("half-size = true", |faults| faults.half_size),
        ("xml = \"default-namespace\"", |faults| {
            faults.xml == XmlStyle::DefaultNamespace
        }),
        ("slow-xml-ms = 7", |faults| {
            faults.slow_xml == Duration::from_millis(7)
        }),
        ("redirects = true", |faults| faults.redirects),
        ("cut-job-answer = true", |faults| faults.cut_job_answer),
        ("one-sheet-jobs = true", |faults| faults.one_sheet_jobs),
        ("hurried-ms = 7", |faults| {
            faults.hurried == Duration::from_millis(7)
        }),
        ("wants-host = \"localhost\"", |faults| {
            faults.wants_host.as_deref() == Some("localhost")
        }),
        ("forgets-fault = true", |faults| faults.forgets_fault),
        ("takes-empty-jobs = true", |faults| faults.takes_empty_jobs),
        ("one-connection = true", |faults| faults.one_connection),
    ];
    for (text, seen) in switches {
        let mut sim = ScannerSim::start().unwrap();
        play_scanner(&mut sim, scanner(&format!("[[fault]]\n{text}"))).unwrap();
        assert!(sim.faults(|faults| seen(faults)), "{text}");
    }
}

#[test]
fn a_script_says_what_kind_of_scanner_it_is() {
    let text = "[[fault]]\nmodel = { name = \"EPSON <WF-2930>\", platen = false, feeder = \"simplex\" }\n\
                [[fault]]\none-sheet-jobs = true\n[[fault]]\nsheets = 2";
    let mut sim = ScannerSim::start().unwrap();
    play_scanner(&mut sim, scanner(text)).unwrap();
    let mut driver = EsclScanner::new(&sim.url(), limits()).unwrap();
    assert_eq!(driver.identify().unwrap(), "EPSON <WF-2930>");
    assert_eq!(driver.places().unwrap(), [Source::Feeder]);
    let duplex = ScanSettings {
        source: Source::Duplex,
        ..SMALL
    };
    let refused = driver.start(&duplex, &CancelToken::default());
    assert_eq!(
        refused,
        Err(ScanFault::Unsupported),
        "sheets keep its feeder"
    );
    assert_eq!(sim.sheets(), 2);
}

#[test]
fn pages_in_files_lie_on_the_glass_and_in_the_feeder() {
    let folder = tempfile::tempdir().unwrap();
    let laid = draw_page(120, 90, 100, true).unwrap();
    std::fs::write(folder.path().join("laid.jpg"), &laid).unwrap();
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, 30, 20);
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[200; 600]).unwrap();
    writer.finish().unwrap();
    std::fs::write(folder.path().join("sheet.png"), &png).unwrap();
    let script = folder.path().join("script.toml");
    let text = "[[fault]]\nglass-file = \"laid.jpg\"\n\
                [[fault]]\nsheet-files = [\"sheet.png\", \"laid.jpg\"]";
    std::fs::write(&script, text).unwrap();
    let mut sim = ScannerSim::start().unwrap();
    play_scanner(&mut sim, Script::read(&script).unwrap()).unwrap();
    let mut driver = EsclScanner::new(&sim.url(), limits()).unwrap();
    assert!(scan(&mut driver).unwrap()[0].jpeg == laid);
    let feeder = ScanSettings {
        source: Source::Feeder,
        ..SMALL
    };
    driver.start(&feeder, &CancelToken::default()).unwrap();
    let NextPage::Page(sheet) = come(&mut driver) else {
        panic!("no page");
    };
    assert_eq!(
        (sheet.width_px, sheet.height_px, sheet.components),
        (30, 20, 1)
    );
    assert!(matches!(come(&mut driver), NextPage::Page(page) if page.jpeg == laid));
    play_scanner(&mut sim, scanner("[[fault]]\nglass-empty = true")).unwrap();
    assert!(scan(&mut driver).unwrap()[0].jpeg != laid);

    std::fs::write(&script, "\n[[fault]]\nglass-file = \"script.toml\"").unwrap();
    let said = Script::<ScannerDeed>::read(&script)
        .unwrap_err()
        .to_string();
    assert!(
        said.contains("line 2") && said.contains("no JPEG"),
        "{said}"
    );
    std::fs::write(&script, "[[fault]]\nsheet-files = [\"gone.jpg\"]").unwrap();
    let said = Script::<ScannerDeed>::read(&script)
        .unwrap_err()
        .to_string();
    assert!(said.contains("gone.jpg"), "{said}");
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
