//! What the printers say on the way of a slip or a result, up to the screen.

use city_catalogue::Catalogue;
use city_catalogue::clock::Calendar;
use city_catalogue::regions::Regions;
use city_catalogue::search::Index;
use kiosk_core::PrintTrouble;
use kiosk_core::Touch;
use kiosk_core::screen::{IdlePage, SlipState};
use kiosk_drivers::receipt_printer::sim::PrinterSim;
use kiosk_drivers::receipt_printer::{Delivery, Profile};
use kiosk_paper::Document;
use kiosk_paper::document::{DocumentDate, Row, Section};

use super::*;
use crate::config::PrinterProfile;
use crate::fonts::Fonts;

const CATALOGUE: &[u8] = include_bytes!("../../../../backend/sample-city/catalogue.json");
const HOLIDAYS: &[u8] = include_bytes!("../../../../backend/sample-city/holidays.json");
const REGIONS: &[u8] = include_bytes!("../../../../backend/sample-city/regions.json");

fn shelf() -> Arc<Shelf> {
    let catalogue = Catalogue::parse("catalogue.json", CATALOGUE).unwrap();
    Arc::new(Shelf {
        index: Index::new(&catalogue),
        calendar: Calendar::parse("holidays.json", HOLIDAYS).unwrap(),
        regions: Regions::parse("regions.json", REGIONS).unwrap(),
        catalogue,
        lockers: Vec::new(),
        here: "S001".into(),
        version: 1,
        confirmed: jiff::civil::date(2026, 11, 23).at(9, 0, 0, 0),
    })
}

fn page(shell: &Shell<NoErrands, Nobody>) -> Page {
    shell.kiosk.screen().page
}

fn tap(shell: &mut Shell<NoErrands, Nobody>, touch: Touch) {
    shell.take(Message::Tap(Tap {
        page: shell.kiosk.screen().number,
        touch,
        random: [0; 16],
    }));
}

/// A presenter that draws back after two seconds what nobody takes.
fn hasty_presenter() -> PrinterProfile {
    let mut profile = Profile::named("custom").unwrap();
    if let Delivery::Present {
        retract_after_seconds,
        ..
    } = &mut profile.delivery
    {
        *retract_after_seconds = 2;
    }
    PrinterProfile(profile)
}

/// A guide is wanted on paper, and its slip is drawn.
fn guide_prints(bench: &mut Bench, id: &str) {
    tap(&mut bench.shell, Touch::PrintGuide);
    let Work::Slip(ask, _, _) = bench.work.try_recv().unwrap() else {
        panic!("no slip was wanted")
    };
    let job = Job {
        id: JobId(id.to_owned()),
        ..job()
    };
    bench.shell.take(Message::PrintJob { ask, job });
}

fn guide_is(shell: &Shell<NoErrands, Nobody>) -> Option<SlipState> {
    match page(shell) {
        Page::Guide(page) => page.print,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_slip_at_the_presenter_is_said_to_be_there_then_taken_then_drawn_back() {
    let build = receipt_printer::sim::Build {
        speed: None,
        xon_xoff: false,
        ..receipt_printer::sim::Build::custom()
    };
    let printer = PrinterSim::new(build);
    let host = SimHost::on_tcp(printer, None, "127.0.0.1:0".parse().unwrap()).unwrap();
    let mut bench = bench_of(&config::Devices {
        receipt_printer: named(host.selector()),
        receipt_printer_profile: Some(hasty_presenter()),
        ..config::Devices::default()
    });
    take_until(&mut bench.shell, |shell| {
        shell.devices.table().iter().all(|row| usable(row.1))
    });
    bench.shell.take(Message::Core(Event::Shelf(shelf())));
    for touch in [
        Touch::Start,
        Touch::Pick(3),
        Touch::Type("失业登记".to_owned()),
        Touch::Pick(0),
    ] {
        tap(&mut bench.shell, touch);
    }
    guide_prints(&mut bench, "first");
    assert_eq!(guide_is(&bench.shell), Some(SlipState::Printing));
    take_until(&mut bench.shell, |shell| {
        guide_is(shell) == Some(SlipState::Ready)
    });
    host.device(PrinterSim::take_slip);
    take_until(&mut bench.shell, |shell| {
        guide_is(shell) == Some(SlipState::Taken)
    });
    guide_prints(&mut bench, "second");
    let mut seen = Vec::new();
    while guide_is(&bench.shell) != Some(SlipState::DrawnBack) {
        let state = guide_is(&bench.shell);
        if seen.last() != Some(&state) {
            seen.push(state);
        }
        let message = bench.shell.inbox.recv_timeout(Duration::from_secs(60));
        bench.shell.take(message.unwrap());
    }
    assert_eq!(seen, [Some(SlipState::Printing), Some(SlipState::Ready)]);
    assert_eq!(host.device(|printer| printer.drawn_back().len()), 1);
}

/// A result of three pages, as the city makes it.
fn three_pages() -> Zeroizing<Vec<u8>> {
    let date = DocumentDate {
        year: 2026,
        month: 11,
        day: 23,
        hour: 10,
        minute: 0,
        utc_offset_hours: 8,
    };
    let mut document = Document::new("证明", "云汀市", date);
    let fonts = Fonts::new().unwrap().for_text("证明云汀市第部分姓名");
    loop {
        document.sections.push(Section {
            heading: "第部分".to_owned(),
            rows: vec![Row::new("姓名", None::<String>)],
            table: None,
        });
        let layout = document.lay_out(&fonts).unwrap();
        if layout.page_count() == 3 {
            return Zeroizing::new(layout.pdf().unwrap().to_vec());
        }
    }
}

/// How the result `pdf` ended at a printer of this kind, and what the city is told was printed.
fn result_at(build: Build, pdf: Zeroizing<Vec<u8>>) -> (String, Vec<String>) {
    let printer = IppSim::start(build).unwrap();
    let mut shell = bench_with(&printer.selector()).shell;
    let ask = AskId(1);
    shell.perform(Effect::PrintResult {
        ask,
        result: "r".to_owned(),
        grant: None,
    });
    let pdf = Some(pdf);
    shell.take(Message::ResultFetched { ask, pdf });
    take_until(&mut shell, |shell| shell.results.is_empty());
    let ended = |note: &&String| note.starts_with("document-printer:p");
    let ended = shell.audience.0.iter().rfind(ended).unwrap().clone();
    (ended, shell.errands.0.clone())
}

#[test]
fn two_pages_of_a_result_of_three_are_a_part_of_it() {
    let pdf = three_pages();
    for (pages, ended) in [
        (1, "partial"),
        (2, "partial"),
        (3, "printed"),
        (0, "printed"),
    ] {
        let build = Build {
            pages,
            looks: 1,
            ..Build::default()
        };
        let (found, told) = result_at(build, pdf.clone());
        assert_eq!(found, format!("document-printer:{ended}"), "{pages} of 3");
        assert_eq!(told.len(), usize::from(ended == "printed"), "{pages} of 3");
    }
}

#[test]
fn no_paper_jam_and_cover_are_known_while_the_result_waits_for_them() {
    let printer = IppSim::start(Build {
        looks: 1_000,
        ..Build::default()
    })
    .unwrap();
    let mut shell = bench_with(&printer.selector()).shell;
    let ask = AskId(1);
    shell.wanted.insert(ask);
    let pdf = Some(Zeroizing::new(b"%PDF-1.7 result".to_vec()));
    shell.take(Message::ResultFetched { ask, pdf });
    take_until(&mut shell, |_| printer.jobs() == 1);
    let trouble = |shell: &Shell<NoErrands, Nobody>| {
        let devices = shell.devices.devices(None, true, true);
        devices.document_trouble
    };
    for (reason, said) in [
        ("media-empty", PrintTrouble::Paper),
        ("media-jam", PrintTrouble::Jam),
        ("cover-open", PrintTrouble::Cover),
    ] {
        printer.set_reason(reason, true);
        take_until(&mut shell, |shell| trouble(shell) == Some(said));
        printer.set_reason(reason, false);
        take_until(&mut shell, |shell| trouble(shell).is_none());
        assert_eq!(shell.results.len(), 1, "it is still being printed");
    }
    shell.perform(Effect::Forget { owed: None });
}

#[test]
fn nobody_begins_before_the_printer_has_told_that_nothing_is_left_in_it() {
    let build = receipt_printer::sim::Build {
        xon_xoff: false,
        ..receipt_printer::sim::Build::default()
    };
    let printer = PrinterSim::new(build);
    let host = SimHost::on_tcp(printer, None, "127.0.0.1:0".parse().unwrap()).unwrap();
    let mut shell = bench_of(&config::Devices {
        receipt_printer: named(host.selector()),
        ..config::Devices::default()
    })
    .shell;
    let halted = |shell: &Shell<NoErrands, Nobody>| match page(shell) {
        Page::Idle(IdlePage { halted, .. }) => halted,
        other => panic!("{other:?}"),
    };
    shell.tell_devices();
    assert_eq!(halted(&shell), Some(Reason::Starting));
    tap(&mut shell, Touch::Start);
    assert_eq!(halted(&shell), Some(Reason::Starting));
    take_until(&mut shell, |shell| halted(shell).is_none());
    assert!(usable(shell.devices.table()[0].1));
    tap(&mut shell, Touch::Start);
    assert!(matches!(page(&shell), Page::Start(_)));
}

#[test]
fn a_printer_that_is_not_there_holds_nobody() {
    let documents = tempfile::tempdir().unwrap();
    let mut shell = bench(documents.path()).shell;
    take_until(&mut shell, |shell| {
        matches!(page(shell), Page::Idle(page) if page.halted.is_none())
            && shell
                .devices
                .table()
                .iter()
                .any(|row| row.1 == HealthState::NoDevice)
    });
    tap(&mut shell, Touch::Start);
    assert!(matches!(page(&shell), Page::Start(_)));
}
