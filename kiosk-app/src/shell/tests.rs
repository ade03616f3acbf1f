//! A visit that ended before its paper came, and a work thread that died.

mod portrait;
mod printing;

use std::path::Path;
use std::sync::mpsc;

use kiosk_core::screen::{Lang, Page, Reason};
use kiosk_core::{Code, DeviceState, ReaderModule, SlipData};
use kiosk_drivers::cabinet::sim::SimBoard;
use kiosk_drivers::cabinet::{RegisterMap, Signal, Slot};
use kiosk_drivers::code_scanner::sim::SimScanner;
use kiosk_drivers::code_scanner::{self, Family};
use kiosk_drivers::document_printer::ipp::sim::{Build, IppSim};
use kiosk_drivers::id_card::sim::{CardContent, SimReader};
use kiosk_drivers::id_card::{self, SamId};
use kiosk_drivers::input_event::sim::SimKeys;
use kiosk_drivers::keypad::{Key, KeyMap};
use kiosk_drivers::receipt_printer::{self, Bitmap, MemoryJournal, Reprint, ReprintReason};
use kiosk_drivers::runner::Report;
use kiosk_drivers::selector::Selector;
use kiosk_drivers::sim_host::SimHost;

use super::*;
use crate::config;
use crate::devices::usable;
use crate::service;
use crate::store::{Options, Store};

/// Nobody is asked; what was said to be printed is kept.
#[derive(Default)]
struct NoErrands(Vec<String>);

impl Errands for NoErrands {
    fn ask(&mut self, _: AskId, _: Request, _: Option<Arc<Shelf>>) {}
    fn fetch_result(&mut self, _: AskId, _: String, _: Option<Secret>) {}
    fn result_printed(&mut self, result: String, _: Option<Secret>) {
        self.0.push(result);
    }
}

/// Nobody looks; what is noted is kept.
#[derive(Default)]
struct Nobody(Vec<String>);

impl Audience for Nobody {
    fn show(&mut self, _: Screen) {}
    fn note(&mut self, _: Duration, what: &str) {
        self.0.push(what.to_owned());
    }
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

fn named(text: impl ToString) -> Option<config::SelectorText> {
    Some(config::SelectorText::try_from(text.to_string()).unwrap())
}

fn bench_with(document_printer: &Selector) -> Bench {
    bench_of(&config::Devices {
        receipt_printer: named("serial:/dev/no-such-printer@9600"),
        document_printer: named(document_printer),
        ..config::Devices::default()
    })
}

fn bench_of(devices: &config::Devices) -> Bench {
    bench_pinned(devices, None, MemoryJournal::default())
}

/// A bench whose print jobs go into `journal`.
fn bench_keeping(devices: &config::Devices, journal: MemoryJournal) -> Bench {
    bench_pinned(devices, None, journal)
}

/// A bench of a kiosk enrolled with the module `pinned`.
fn bench_pinned(devices: &config::Devices, pinned: Option<SamId>, journal: MemoryJournal) -> Bench {
    let (inbox, messages) = mpsc::channel();
    let (work, pieces) = mpsc::channel();
    let state = tempfile::tempdir().unwrap();
    let clock = Clock::new();
    let service = Service::start(service::Parts {
        store: Store::open(&state.path().join("kiosk.db"), Options::default()).unwrap(),
        devices: devices.clone(),
        starter: Box::new({
            let (devices, inbox) = (devices.clone(), inbox.clone());
            move |kind| {
                let journal = MemoryJournal::default();
                let only = devices.only(kind);
                DeviceSet::start(&only, pinned, journal, &inbox, Message::Device)
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
        devices: DeviceSet::start(devices, pinned, journal, &inbox, Message::Device).unwrap(),
        service: service.unwrap(),
        errands: NoErrands::default(),
        audience: Nobody::default(),
        memory: SharedMemory::default(),
        health: SharedHealth::default(),
        voice: None,
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
            shell.perform(Effect::Forget { owed: None });
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
    shell.perform(Effect::Forget { owed: None });
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
fn a_receipt_printed_again_is_in_the_journal_as_a_copy_of_the_first() {
    let build = receipt_printer::sim::Build {
        speed: None,
        power_notice: false,
        xon_xoff: false,
        ..receipt_printer::sim::Build::default()
    };
    let printer = receipt_printer::sim::PrinterSim::new(build);
    let host = SimHost::on_tcp(printer, None, "127.0.0.1:0".parse().unwrap()).unwrap();
    let journal = MemoryJournal::default();
    let devices = config::Devices {
        receipt_printer: named(host.selector()),
        ..config::Devices::default()
    };
    let mut shell = bench_keeping(&devices, journal.clone()).shell;
    let receipt = |copy| SlipData::Receipt {
        lang: Lang::En,
        at: jiff::civil::date(2026, 11, 23).at(14, 36, 0, 0),
        name: None,
        number: None,
        matters: Vec::new(),
        copy,
        come_back: jiff::civil::date(2026, 12, 1),
    };
    for (ask, id, copy) in [(AskId(1), "first", 0), (AskId(2), "second", 1)] {
        let slip = Box::new(receipt(copy));
        shell.perform(Effect::PrintSlip { ask, slip });
        let job = Job {
            id: JobId(id.to_owned()),
            ..job()
        };
        shell.take(Message::PrintJob { ask, job });
        while !shell.slips.is_empty() {
            let message = shell.inbox.recv_timeout(Duration::from_secs(60)).unwrap();
            shell.take(message);
        }
    }
    let copy = Reprint {
        of: JobId("first".to_owned()),
        count: 1,
        reason: ReprintReason::AskedAgain,
    };
    let reprints: Vec<_> = journal.closed().into_iter().map(|it| it.reprint).collect();
    assert_eq!(reprints, [None, Some(copy)]);
    shell.perform(Effect::Forget { owed: None });
    assert_eq!(shell.reprints, Reprints::default(), "with the visit");
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
    shell.perform(Effect::Forget { owed: None });
    shell.take(Message::PrintJob { ask, job: job() });
    assert!(shell.slips.is_empty());
}

#[test]
fn the_slip_owed_to_who_left_is_drawn_and_printed_in_the_visit_of_who_came() {
    let documents = tempfile::tempdir().unwrap();
    let mut shell = bench(documents.path()).shell;
    let (owed, other) = (AskId(1), AskId(2));
    for ask in [owed, other] {
        let slip = guide();
        shell.perform(Effect::PrintSlip { ask, slip });
    }
    shell.perform(Effect::Forget { owed: Some(owed) });
    for (ask, id) in [(other, "other"), (owed, "owed")] {
        let job = Job {
            id: JobId(id.to_owned()),
            ..job()
        };
        shell.take(Message::PrintJob { ask, job });
    }
    let printing: Vec<_> = shell.slips.values().copied().collect();
    assert_eq!(printing, [owed], "and nothing else of theirs");
    shell.perform(Effect::Forget { owed: Some(owed) });
    assert_eq!(shell.slips.len(), 1, "its end is still told");
    shell.perform(Effect::Forget { owed: None });
    assert!(shell.slips.is_empty() && shell.owed.is_none());
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

/// Takes what the devices tell until `done`.
fn take_until(
    shell: &mut Shell<NoErrands, Nobody>,
    done: impl Fn(&Shell<NoErrands, Nobody>) -> bool,
) {
    while !done(shell) {
        let message = shell.inbox.recv_timeout(Duration::from_secs(60)).unwrap();
        shell.take(message);
    }
}

/// A reader with this module, and a kiosk enrolled with the module `pinned`.
fn reader_of(module: u8, pinned: u8) -> (SimHost<SimReader>, Shell<NoErrands, Nobody>) {
    let id = |number| SamId([number; 16]);
    let reader = SimHost::on_pty(SimReader::new(id(module)), None, None).unwrap();
    let devices = config::Devices {
        id_card: named(reader.selector()),
        ..config::Devices::default()
    };
    let journal = MemoryJournal::default();
    let mut shell = bench_pinned(&devices, Some(id(pinned)), journal).shell;
    shell.take(Message::Standing {
        pinned: Some(id(pinned).to_string()),
        can_store: true,
        enrolled: true,
    });
    (reader, shell)
}

fn card() -> CardContent {
    let cards = crate::demo::devices::cards().unwrap();
    cards.first().unwrap().content().unwrap()
}

#[test]
fn a_reader_with_another_module_reads_no_card_and_closes_the_items() {
    let (reader, mut shell) = reader_of(2, 1);
    reader.device(|reader| reader.put(card()));
    take_until(&mut shell, |shell| {
        state_of(shell, "id-card") == "potential_fraud other_module"
            && shell.devices.sam_id().is_some()
    });
    let pinned = shell.pinned.as_deref();
    let devices = shell.devices.devices(pinned, true, true);
    assert_eq!(devices.reader, DeviceState::NotReady);
    assert_eq!(devices.reader_module, ReaderModule::Other);
    assert!(shell.kiosk.is_idle(), "no card was read");
}

#[test]
fn a_reader_with_the_module_of_the_enrolment_is_used() {
    let (reader, mut shell) = reader_of(1, 1);
    take_until(&mut shell, |shell| state_of(shell, "id-card") == "online ");
    let module = |shell: &Shell<NoErrands, Nobody>| {
        let devices = shell.devices.devices(shell.pinned.as_deref(), true, true);
        devices.reader_module
    };
    take_until(&mut shell, |shell| module(shell) == ReaderModule::Enrolled);
    reader.device(|reader| reader.put(card()));
    take_until(&mut shell, |shell| {
        matches!(shell.kiosk.screen().page, Page::Idle(page) if page.card_left)
            || !shell.kiosk.is_idle()
    });
}

#[test]
fn the_photo_of_a_card_goes_through_the_decoder_of_the_configuration() {
    let reader = SimHost::on_pty(SimReader::default(), None, None).unwrap();
    let program = "[ \"$(wc -c)\" = 1024 ] && head -c 38556 /dev/zero";
    let decoder = ["/bin/sh", "-c", program].map(str::to_owned).to_vec();
    let mut shell = bench_of(&config::Devices {
        id_card: named(reader.selector()),
        photo_decoder: Some(decoder.try_into().unwrap()),
        ..config::Devices::default()
    })
    .shell;
    reader.device(|reader| reader.put(card()));
    loop {
        let message = shell.inbox.recv_timeout(Duration::from_secs(60)).unwrap();
        if let Message::Device(DeviceReport::Reader(Report::Event(event))) = &message {
            match event {
                id_card::ReaderEvent::Card(card) if card.picture.is_some() => return,
                // A machine that is busy may not decode within the driver's limit: once more.
                id_card::ReaderEvent::Card(_) => reader.device(SimReader::remove),
                id_card::ReaderEvent::Removed => reader.device(|reader| reader.put(card())),
                id_card::ReaderEvent::SamId(_) | id_card::ReaderEvent::Fault(_) => {}
            }
        }
        shell.take(message);
    }
}

fn cabinet() -> SimHost<SimBoard> {
    let map = RegisterMap::sample().unwrap();
    SimHost::on_pty(SimBoard::new(&map), None, None).unwrap()
}

fn state_of(shell: &Shell<NoErrands, Nobody>, device: &str) -> String {
    let table = shell.devices.table();
    let row = table.iter().find(|(kind, _, _)| *kind == device).unwrap();
    format!("{} {}", row.1.name(), row.2)
}

#[test]
fn somebody_who_comes_finds_the_reader_lit_and_nobody_leaves_it_dark() {
    let board = cabinet();
    let mut shell = bench_of(&config::Devices {
        cabinet: named(board.selector()),
        ..config::Devices::default()
    })
    .shell;
    let lit = || board.device(|board| board.lit(Slot::Card)) == Some(true);
    board.device(|board| board.set(Signal::Presence, true));
    take_until(&mut shell, |_| lit());
    board.device(|board| board.set(Signal::Presence, false));
    take_until(&mut shell, |_| !lit());
}

#[test]
fn a_light_the_board_refuses_to_switch_is_no_longer_shown_as_lit() {
    let without = "[[light]]\nslot = \"card\"\ncoil = 0\n";
    assert!(RegisterMap::SAMPLE.contains(without));
    let map = RegisterMap::parse(&RegisterMap::SAMPLE.replace(without, "")).unwrap();
    let board = SimHost::on_pty(SimBoard::new(&map), None, None).unwrap();
    let mut shell = bench_of(&config::Devices {
        cabinet: named(board.selector()),
        ..config::Devices::default()
    })
    .shell;
    let lights = |shell: &Shell<NoErrands, Nobody>| {
        let devices = shell.devices.devices(None, true, true);
        devices.lights
    };
    assert!(lights(&shell).card, "the map has it");
    take_until(&mut shell, |shell| !lights(shell).card);
    assert!(lights(&shell).receipt, "the others can be lit");
    board.device(|board| board.set(Signal::Presence, true));
    let near = |shell: &Shell<NoErrands, Nobody>| match &shell.shown {
        Some(Screen {
            page: Page::Idle(page),
            lights,
            ..
        }) => page.near.then_some(*lights),
        _ => None,
    };
    take_until(&mut shell, |shell| near(shell).is_some());
    assert_eq!(near(&shell), Some(Lights::default()), "nothing is said lit");
}

#[test]
fn the_lights_are_out_when_the_kiosk_has_ended() {
    let board = cabinet();
    let Bench {
        mut shell,
        inbox,
        _state,
        ..
    } = bench_of(&config::Devices {
        cabinet: named(board.selector()),
        ..config::Devices::default()
    });
    let lit = || board.device(|board| board.lit(Slot::Card));
    board.device(|board| board.set(Signal::Presence, true));
    take_until(&mut shell, |_| lit() == Some(true));
    inbox.send(Message::Quit).unwrap();
    shell.run().unwrap();
    assert_eq!(lit(), Some(false));
}

#[test]
fn an_opened_door_is_the_cabinets_state_until_it_is_closed() {
    let board = cabinet();
    let mut shell = bench_of(&config::Devices {
        cabinet: named(board.selector()),
        ..config::Devices::default()
    })
    .shell;
    board.device(|board| board.set(Signal::Door, true));
    take_until(&mut shell, |shell| {
        state_of(shell, "cabinet") == "potential_fraud door_open"
    });
    let devices = shell.devices.devices(None, true, true);
    assert_eq!(
        devices.cabinet,
        DeviceState::Ready,
        "its sensors are used all the same"
    );
    board.device(|board| board.set(Signal::Door, false));
    take_until(&mut shell, |shell| state_of(shell, "cabinet") == "online ");
}

#[test]
fn the_mains_gone_closes_the_kiosk_until_it_is_back() {
    let board = cabinet();
    let mut shell = bench_of(&config::Devices {
        cabinet: named(board.selector()),
        ..config::Devices::default()
    })
    .shell;
    let halted = |shell: &Shell<NoErrands, Nobody>| match &shell.shown {
        Some(Screen {
            page: Page::Idle(page),
            ..
        }) => page.halted,
        _ => None,
    };
    board.device(|board| board.set(Signal::Mains, false));
    take_until(&mut shell, |shell| halted(shell) == Some(Reason::OnBattery));
    board.device(|board| board.set(Signal::Mains, true));
    take_until(&mut shell, |shell| halted(shell).is_none());
}

#[test]
fn a_code_scanner_reads_once_a_page_asks_and_also_when_it_is_found_later() {
    let scanner = SimScanner::new(Some(Family::Newland), b"\r");
    let scanner = SimHost::on_pty(scanner, None, None).unwrap();
    let mut shell = bench_of(&config::Devices {
        code_scanner: named(scanner.selector()),
        code_scanner_settings: code_scanner::Settings {
            family: Some(Family::Newland),
            ..code_scanner::Settings::default()
        },
        ..config::Devices::default()
    })
    .shell;
    // The module was not found yet: the trigger is refused and given again.
    shell.perform(Effect::Listen { codes: true });
    scanner.device(|scanner| scanner.show(b"A-1"));
    loop {
        let message = shell.inbox.recv_timeout(Duration::from_secs(60)).unwrap();
        let Message::Device(DeviceReport::Codes(Report::Event(event))) = &message else {
            shell.take(message);
            continue;
        };
        let read = shell.devices.read_code(shell.clock.now(), event);
        if let Some(code) = read {
            assert_eq!(code, Code::Text(Secret::new("A-1")));
            return;
        }
    }
}

#[test]
fn a_keypad_leads_from_idle_into_a_visit_and_back() {
    let keypad = SimHost::on_pty(SimKeys::default(), None, None).unwrap();
    let mut shell = bench_of(&config::Devices {
        keypad: named(keypad.selector()),
        ..config::Devices::default()
    })
    .shell;
    shell.show();
    let page = |shell: &Shell<NoErrands, Nobody>| {
        let shown = shell.shown.as_ref().map(|screen| &screen.page);
        shown.map(Page::name)
    };
    // What is pressed before the line is open reaches nobody.
    take_until(&mut shell, |shell| {
        shell.devices.table().iter().all(|row| usable(row.1))
    });
    let code = |key| KeyMap::default().code(key).unwrap();
    keypad.device(|keys| keys.tap(code(Key::Select), Duration::ZERO));
    take_until(&mut shell, |shell| page(shell) == Some("start"));
    keypad.device(|keys| keys.tap(code(Key::Back), Duration::ZERO));
    take_until(&mut shell, |shell| page(shell) == Some("goodbye"));
}
