//! Devices under test, the journal and the paper.

use std::time::Instant;

use kiosk_core::service::{DeviceFacts, GuideReply, HealthShown, PinAnswer, TestLevel, Verdict};
use kiosk_drivers::cabinet::sim::SimBoard;
use kiosk_drivers::cabinet::{RegisterMap, Signal};
use kiosk_drivers::conformance::{Answer as Answered, Guide as _, Instruction};
use kiosk_drivers::receipt_printer::{PaperUse, PrinterEvent, Supply};
use kiosk_drivers::runner::{Condition, Counters, Health, HealthState, Report};
use kiosk_drivers::scanner::escl::protocol::QuirkTable;
use kiosk_drivers::sim_host::SimHost;

use super::super::conform::{self, Technician};
use super::super::facts;
use super::super::journal::Journal;
use super::*;

fn health(state: HealthState, detail: &'static str) -> DeviceReport {
    let Condition { state, detail, .. } = Condition::new(state, detail);
    DeviceReport::Printer(Report::Health(Health {
        state,
        detail,
        since: std::time::Instant::now(),
        rung: None,
        supplies: Vec::new(),
        counters: Counters::default(),
    }))
}

#[test]
fn a_device_that_is_gone_while_it_is_tested_fails_and_is_used_again() {
    let mut bench = Bench::new();
    let test = |level| Errand::Test {
        kind: "receipt-printer",
        level,
    };
    assert!(bench.serve(1, test(TestLevel::Silent)).is_none());
    assert!(bench.devices.healths().is_empty(), "the test has it alone");
    bench.serve(2, Errand::Look);
    let second = bench.serve(3, test(TestLevel::Active));
    let Some(Event::Service { answer, .. }) = second else {
        panic!("one test at a time");
    };
    assert!(matches!(answer, Answer::Tested(report) if !report.passed()));
    // The desk and the test are two threads: either may answer first.
    let (mut report, mut looked) = (None, false);
    while report.is_none() || !looked {
        match bench.message() {
            Message::Tested { ask, report: ended } => {
                assert_eq!(ask, AskId(1));
                report = Some(ended);
            }
            Message::Core(Event::Service {
                answer: Answer::Facts(facts),
                ..
            }) => {
                assert_eq!(facts.devices[0].state, HealthShown::Busy);
                looked = true;
            }
            _ => {}
        }
    }
    let report = report.unwrap();
    assert_eq!(report.checks[0].verdict, Verdict::Failed, "{report:?}");
    bench.service.test_ended(&report, &mut bench.devices);
    assert_eq!(bench.devices.healths().len(), 1, "used again");
    bench.serve(4, Errand::Look);
    let Answer::Facts(facts) = bench.answer(4) else {
        panic!("facts");
    };
    assert!(facts.events.iter().any(|event| event.what == "test_failed"));
}

#[test]
fn a_test_of_a_device_this_kiosk_has_not_fails_at_once() {
    let mut bench = Bench::new();
    let errand = Errand::Test {
        kind: "scanner",
        level: TestLevel::Silent,
    };
    let Some(Event::Service { answer, .. }) = bench.serve(1, errand) else {
        panic!("an answer at once");
    };
    assert!(matches!(answer, Answer::Tested(report) if !report.passed()));
}

#[test]
fn a_scanner_with_ways_of_its_own_is_tested_as_it_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("quirks.toml");
    let text = "[[quirk]]\nabout = 'ours'\nmodels = ['Roomy']\nmax-dpi = 200";
    std::fs::write(&path, text).unwrap();
    let devices = format!(
        "scanner = \"escl:http://127.0.0.1:1/eSCL\"\nscanner-quirks = \"{}\"",
        path.display()
    );
    let devices = toml::from_str(&devices).unwrap();
    let target = conform::target(&devices, Kind::Scanner).unwrap();
    assert_eq!(target.quirks, QuirkTable::parse(text).unwrap());
}

#[test]
fn the_technician_has_left_and_the_guided_test_stops() {
    let (inbox, messages) = mpsc::channel();
    let (replies, answers) = mpsc::channel();
    let mut technician = Technician {
        ask: AskId(7),
        inbox: &inbox,
        replies: answers,
    };
    replies.send(GuideReply::Done).unwrap();
    assert_eq!(technician.ask(Instruction::OpenCover), Answered::Done);
    drop(replies);
    assert_eq!(technician.ask(Instruction::CloseCover), Answered::Stop);
    let Ok(Message::Core(Event::Service { ask, answer })) = messages.recv() else {
        panic!("the instruction is shown");
    };
    assert!(matches!(answer, Answer::Guide(("open-cover", _))) && ask == AskId(7));
}

#[test]
fn a_flapping_device_writes_its_changes_and_not_its_work() {
    let mut journal = Journal::default();
    let reports = [
        health(HealthState::Starting, ""),
        health(HealthState::Online, ""),
        health(HealthState::Busy, "printing"),
        health(HealthState::Online, ""),
        health(HealthState::UserError, "paper_out"),
        health(HealthState::UserError, "paper_out"),
    ];
    let entries: usize = reports.iter().map(|r| journal.tasks(r, 0).len()).sum();
    assert_eq!(entries, 2, "online, then out of paper");
}

#[test]
fn paper_is_counted_and_a_new_roll_is_forecast() {
    let mut bench = Bench::new();
    bench.serve(1, Errand::PaperReplaced { metres: 80 });
    assert!(matches!(bench.answer(1), Answer::RollKept(true)));
    let slip = PaperUse {
        rows: 8 * 40_000,
        cuts: 1,
        retracts: 0,
    };
    bench
        .service
        .note(&DeviceReport::Printer(Report::Event(PrinterEvent::Used(
            slip,
        ))));
    let near = PrinterEvent::Supply(Supply::NearEnd);
    bench
        .service
        .note(&DeviceReport::Printer(Report::Event(near)));
    bench.clock.skip(Duration::from_secs(3_600));
    bench.serve(2, Errand::Look);
    let Answer::Facts(facts) = bench.answer(2) else {
        panic!("facts");
    };
    let roll = facts.devices[0].roll.unwrap();
    assert_eq!((roll.used_mm, roll.cuts), (40_000, 1));
    assert_eq!(roll.left_mm, 8_000, "the sensor at the core is believed");
    assert!(facts.events.iter().any(|event| event.detail == "near_end"));
}

/// The cabinet on the technician's overview once it is in this state. What it tells while an
/// answer is awaited stands in the next one only, so that one is asked for again after a while.
fn overview_says(bench: &mut Bench, state: HealthShown, detail: &str) {
    let end = Instant::now() + Duration::from_secs(60);
    while Instant::now() < end {
        bench.serve(1, Errand::Look);
        let Answer::Facts(facts) = bench.answer(1) else {
            panic!("facts");
        };
        let cabinet = &facts.devices[0];
        if (cabinet.state, cabinet.detail.as_str()) == (state, detail) {
            return;
        }
        let told = bench.inbox.recv_timeout(Duration::from_millis(100));
        if let Ok(Message::Device(report)) = told {
            bench.service.note(&report);
            bench.devices.note(Duration::ZERO, &report);
        }
    }
    panic!("the overview never told {state:?} {detail}");
}

#[test]
fn an_open_door_and_a_hot_cabinet_stand_on_the_overview_until_they_are_mended() {
    let map = RegisterMap::sample().unwrap();
    let board = SimHost::on_pty(SimBoard::new(&map), None, None).unwrap();
    let config = config::Devices {
        cabinet: Some(config::SelectorText(board.selector().clone())),
        ..config::Devices::default()
    };
    let mut bench = Bench::of(&config, Kind::Cabinet);
    board.device(|board| board.set(Signal::Door, true));
    overview_says(&mut bench, HealthShown::PotentialFraud, "door_open");
    // Somebody who does not know the PIN, and then the technician.
    bench
        .devices
        .pin_compared(PinAnswer::Locked { seconds: 60 });
    overview_says(&mut bench, HealthShown::FraudAttempt, "door_open");
    bench.devices.pin_compared(PinAnswer::Right);
    overview_says(&mut bench, HealthShown::UserError, "door_open");
    bench.serve(2, Errand::Leave);
    overview_says(&mut bench, HealthShown::PotentialFraud, "door_open");
    board.device(|board| board.set(Signal::Door, false));
    overview_says(&mut bench, HealthShown::Online, "");
    board.device(|board| board.set_temperature(750));
    overview_says(&mut bench, HealthShown::HardwareError, "too_hot");
    board.device(|board| board.set_temperature(250));
    overview_says(&mut bench, HealthShown::Online, "");
}

#[test]
fn a_roll_near_its_end_stands_on_the_overview_of_a_printer_that_works() {
    let bench = Bench::new();
    let printer = |state| DeviceFacts {
        kind: "receipt-printer",
        state,
        detail: String::new(),
        since: None,
        supplies: Vec::new(),
        counters: Vec::new(),
        tests: Vec::new(),
        roll: None,
    };
    let detail = |state, near_end| {
        let (folder, now) = (std::env::temp_dir(), bench.clock.now().civil);
        let found = facts::complete(
            &bench.store,
            &folder,
            vec![printer(state)],
            MACHINE,
            near_end,
            now,
        );
        found.unwrap().devices[0].detail.clone()
    };
    assert_eq!(detail(HealthShown::Online, true), "near_end");
    assert_eq!(detail(HealthShown::Online, false), "");
    assert_eq!(detail(HealthShown::Offline, true), "");
}
