//! Devices that are unplugged and plugged in again and again: ready each time without a
//! restart, no descriptor left behind, and no more memory than before.
//!
//! Twenty times in the ordinary run, a hundred with `KIOSK_LONG=1`. Each device in a program of
//! its own, because descriptors and memory are counted; all at once, because they mostly wait.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use kiosk_drivers::cabinet::sim::SimBoard;
use kiosk_drivers::cabinet::{self, CabinetCommand, CabinetEvent, RegisterMap, Slot};
use kiosk_drivers::code_scanner::sim::SimScanner;
use kiosk_drivers::code_scanner::{self, CodeEvent, CodeScanner, Family, ScanCommand};
use kiosk_drivers::document_printer::ipp::sim::{Build as IppBuild, IppSim};
use kiosk_drivers::document_printer::ipp::{IppPrinter, Patience};
use kiosk_drivers::document_printer::{DocumentCommand, DocumentEvent, DocumentThread};
use kiosk_drivers::id_card::sim::{CardContent, SimReader};
use kiosk_drivers::id_card::{self, Document, ReaderEvent};
use kiosk_drivers::input_event::sim::SimKeys;
use kiosk_drivers::keypad::{Key, KeyMap, Keypad, KeypadEvent};
use kiosk_drivers::receipt_printer::sim::{Build, PrinterSim};
use kiosk_drivers::receipt_printer::{
    self, Bitmap, Job, JobId, MemoryJournal, Outcome, PrinterCommand, PrinterDriver, PrinterEvent,
    ProcessId, Profile, Settings,
};
use kiosk_drivers::runner::{self, HealthState, Ladder, Report, Upkeep};
use kiosk_drivers::scanner::camera::camera;
use kiosk_drivers::scanner::escl::{EsclScanner, Limits};
use kiosk_drivers::scanner::sim::{ScannerSim, draw_page};
use kiosk_drivers::scanner::{
    ColourMode, Region, ScanSettings, Scanner, ScannerCommand, ScannerEvent, ScannerThread, Source,
};
use kiosk_drivers::selector::Selector;
use kiosk_drivers::sim_host::SimHost;
use kiosk_drivers::transport::simulated::SimulatedDevice;
use kiosk_drivers::transport::{self, LineSettings};

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

/// Makes a test of every device's story.
macro_rules! devices {
    ($($name:ident => $story:ident,)*) => {
        const DEVICES: &[&str] = &[$(stringify!($name)),*];
        $(
            #[test]
            fn $name() {
                in_a_program(stringify!($name), $story);
            }
        )*
    };
}

devices! {
    a_reader_unplugged_again_and_again_comes_back_and_leaves_nothing_open => reader,
    a_receipt_printer_unplugged_again_and_again_comes_back_and_leaves_nothing_open => receipt_printer,
    a_code_scanner_unplugged_again_and_again_comes_back_and_leaves_nothing_open => code_scanner,
    a_cabinet_unplugged_again_and_again_comes_back_and_leaves_nothing_open => cabinet_board,
    a_scanner_that_types_unplugged_again_and_again_comes_back_and_leaves_nothing_open => scanner_that_types,
    a_keypad_unplugged_again_and_again_comes_back_and_leaves_nothing_open => keypad,
    a_scanner_unplugged_again_and_again_comes_back_and_leaves_nothing_open => scanner,
    a_camera_unplugged_again_and_again_comes_back_and_leaves_nothing_open => desk_camera,
    a_document_printer_unplugged_again_and_again_comes_back_and_leaves_nothing_open => document_printer,
}

/// Says to a program which of the tests is its own.
const ALONE: &str = "KIOSK_UNPLUGGED_ALONE";

fn alone(name: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture", "--test-threads=1"])
        .env(ALONE, name)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The tests as programs: all of them from the first on, or the one that was picked by its name.
static PROGRAMS: LazyLock<Mutex<BTreeMap<&str, Child>>> = LazyLock::new(|| {
    let picked = std::env::args()
        .skip(1)
        .any(|argument| !argument.starts_with('-'));
    let names = DEVICES.iter().filter(|_| !picked);
    Mutex::new(names.map(|name| (*name, alone(name))).collect())
});

/// Tells `story` in a program that is the story's alone.
fn in_a_program(name: &str, story: impl FnOnce()) {
    if std::env::var_os(ALONE).is_some() {
        return story();
    }
    let begun = PROGRAMS
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .remove(name);
    let ended = begun
        .unwrap_or_else(|| alone(name))
        .wait_with_output()
        .unwrap();
    let said = |bytes| String::from_utf8_lossy(bytes).into_owned();
    print!("{}", said(&ended.stdout));
    assert!(ended.status.success(), "{}", said(&ended.stderr));
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

fn reader() {
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

fn receipt_printer() {
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

fn code_scanner() {
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

fn cabinet_board() {
    let map = RegisterMap::sample().unwrap();
    let (_folder, host) = at_a_link(SimBoard::new(&map));
    let (events, reports) = mpsc::channel();
    let (tell, told) = health_and(|event| matches!(event, CabinetEvent::Lit { .. }));
    let thread = cabinet::start(host.selector(), map, events, tell).unwrap();
    let works = || {
        // The second is a round behind the first. Unplugged in its first round a board counts as
        // one that never worked, and is waited for longer and longer.
        for on in [true, false] {
            let slot = Slot::Card;
            assert!(thread.send(CabinetCommand::Light { slot, on }));
            told.recv_timeout(READY).unwrap();
        }
    };
    again_and_again(&reports, HealthState::NoDevice, plug(&host), works);
    thread.stop();
}

fn scanner_that_types() {
    let (_folder, host) = at_a_link(SimKeys::default());
    let selector = host.selector().clone();
    let (events, reports) = mpsc::channel();
    let (map, read) = health_and(|event| matches!(event, CodeEvent::Code(_)));
    let thread = runner::start(
        "code-scanner",
        CodeScanner::wedge(),
        Box::new(move || transport::open(&selector, LineSettings::default())),
        Ladder::default(),
        events,
        map,
    )
    .unwrap();
    let mut codes = 0;
    let works = || {
        codes += 1;
        host.device(|keys| keys.type_text(&format!("code {codes}\n"), Duration::from_millis(2)));
        read.recv_timeout(READY).unwrap();
    };
    again_and_again(&reports, HealthState::NoDevice, plug(&host), works);
    thread.stop();
}

fn keypad() {
    let (_folder, host) = at_a_link(SimKeys::default());
    let selector = host.selector().clone();
    let (events, reports) = mpsc::channel();
    let (map, pressed) = health_and(|event| *event == KeypadEvent::Pressed(Key::Select));
    let thread = runner::start(
        "keypad",
        Keypad::new(KeyMap::default()),
        Box::new(move || transport::open(&selector, LineSettings::default())),
        Ladder::default(),
        events,
        map,
    )
    .unwrap();
    let select = KeyMap::default().code(Key::Select).unwrap();
    let works = || {
        // Longer than a contact bounces.
        host.device(|keys| keys.tap(select, Duration::from_millis(30)));
        pressed.recv_timeout(READY).unwrap();
    };
    again_and_again(&reports, HealthState::NoDevice, plug(&host), works);
    thread.stop();
}

/// A page of a hundred dots an inch, so that a debug build scans it at once.
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

/// Runs `scanner`, whose every round is one page more.
fn scan_again_and_again(scanner: Box<dyn Scanner>, plug: impl FnMut(bool)) {
    let (events, reports) = mpsc::channel();
    let (map, ended) = health_and(|event| matches!(event, ScannerEvent::End { pages: 1, .. }));
    let thread =
        ScannerThread::start("scanner", scanner, Upkeep::every(POLL), events, map).unwrap();
    let mut job = 0;
    let works = || {
        job += 1;
        let settings = SMALL;
        assert!(thread.send(ScannerCommand::Scan { job, settings }));
        ended.recv_timeout(READY).unwrap();
    };
    again_and_again(&reports, HealthState::Offline, plug, works);
    drop(thread);
}

fn scanner() {
    let mut sim = ScannerSim::start().unwrap();
    let scanner = EsclScanner::new(&sim.url(), Limits::default()).unwrap();
    scan_again_and_again(Box::new(scanner), |plugged| {
        if plugged {
            sim.resume().unwrap();
        } else {
            sim.stop();
        }
    });
}

fn desk_camera() {
    let folder = tempfile::tempdir().unwrap();
    let (there, away) = (folder.path().join("desk"), folder.path().join("away"));
    std::fs::create_dir(&there).unwrap();
    std::fs::write(
        there.join("1.jpg"),
        draw_page(100, 150, 100, false).unwrap(),
    )
    .unwrap();
    let camera = camera(&Selector::CameraFrames(there.clone())).unwrap();
    scan_again_and_again(Box::new(camera), |plugged| {
        let (from, to) = if plugged {
            (&away, &there)
        } else {
            (&there, &away)
        };
        std::fs::rename(from, to).unwrap();
    });
}

fn document_printer() {
    let mut sim = IppSim::start(IppBuild::default()).unwrap();
    let printer = IppPrinter::new(
        &sim.url(),
        Patience {
            poll: Duration::from_millis(5),
            ..Patience::default()
        },
    )
    .unwrap();
    let (events, reports) = mpsc::channel();
    let (map, printed) = health_and(|event| {
        let outcome = Outcome::Printed;
        matches!(event, DocumentEvent::Ended { result, .. } if result.outcome == outcome)
    });
    let thread = DocumentThread::start(
        "document-printer",
        Box::new(printer),
        Upkeep::every(POLL),
        events,
        map,
    )
    .unwrap();
    let mut job = 0;
    let works = || {
        job += 1;
        let pdf = b"%PDF-1.7\n%%EOF\n".to_vec().into();
        assert!(thread.send(DocumentCommand::Print { job, pdf }));
        printed.recv_timeout(READY).unwrap();
    };
    let plug = |plugged| {
        if plugged {
            sim.resume().unwrap();
        } else {
            sim.stop();
        }
    };
    again_and_again(&reports, HealthState::Offline, plug, works);
    drop(thread);
}
