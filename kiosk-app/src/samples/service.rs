//! The technician's service in every state that looks different.

use jiff::civil::date;
use kiosk_core::Link;
use kiosk_core::screen::{Action, Page, Turn};
use kiosk_core::service::*;

use super::ONE;

fn page(page: ServicePage) -> Page {
    Page::Service(Box::new(page))
}

fn pin(typed: u8, trouble: Option<PinTrouble>) -> Page {
    page(ServicePage::Pin(PinPage {
        typed,
        checking: false,
        trouble,
    }))
}

fn checking() -> Page {
    page(ServicePage::Pin(PinPage {
        typed: 6,
        checking: true,
        trouble: None,
    }))
}

fn roll(since: bool) -> RollFacts {
    RollFacts {
        used_mm: 182_000,
        cuts: 911,
        retracts: 3,
        slips: 908,
        since: since.then(|| date(2026, 11, 20).at(8, 5, 0, 0)),
        length_mm: 80_000,
        left_mm: 31_000,
        slips_left: Some(155),
        hours_left: Some(50),
    }
}

fn check(name: &str, verdict: Verdict, detail: &str) -> CheckFacts {
    CheckFacts {
        name: name.to_owned(),
        verdict,
        detail: detail.to_owned(),
    }
}

fn device(state: HealthShown, detail: &str, roll: Option<RollFacts>) -> Page {
    let tests = [TestLevel::Silent, TestLevel::Active, TestLevel::Guided];
    let mut actions: Vec<DeviceAction> = tests.into_iter().map(DeviceAction::Test).collect();
    actions.extend(roll.map(|_| DeviceAction::PaperReplaced));
    let device = DeviceFacts {
        kind: if roll.is_some() {
            "receipt-printer"
        } else {
            "id-card"
        },
        state,
        detail: detail.to_owned(),
        since: Some(date(2026, 11, 23).at(9, 12, 0, 0)),
        supplies: match roll {
            Some(_) => vec![("paper", LevelShown::Low)],
            None => Vec::new(),
        },
        counters: vec![("cards_read", 57), ("faults", 2), ("garbage_bytes", 118)],
        tests: tests.to_vec(),
        roll,
    };
    page(ServicePage::Device(Box::new(DevicePage {
        events: last_events(device.kind),
        device,
        actions,
    })))
}

fn last_events(kind: &str) -> Vec<DeviceEvent> {
    let what = [
        ("user_error", "paper_out"),
        ("partial", "wrong_confirmation"),
        ("online", ""),
    ];
    let events = what.map(|(what, detail)| DeviceEvent {
        at: date(2026, 11, 23).at(9, 12, 0, 0),
        device: kind.to_owned(),
        what: what.to_owned(),
        detail: detail.to_owned(),
    });
    events.to_vec()
}

fn overview() -> Page {
    let device = |kind, state, detail: &str| OverviewEntry::Device {
        kind,
        state,
        detail: detail.to_owned(),
    };
    page(ServicePage::Overview(OverviewPage {
        entries: vec![
            device("id-card", HealthShown::Online, ""),
            device("receipt-printer", HealthShown::UserError, "paper_out"),
            device("scanner", HealthShown::Offline, "no_answer"),
            device("document-printer", HealthShown::Busy, "tested"),
            OverviewEntry::Events { count: 17 },
            OverviewEntry::Machine {
                link: Link::Away,
                waiting: 2,
                quarantined: 0,
            },
        ],
        turn: Turn { at: 1, of: 2 },
    }))
}

/// The second list page, with the longest words.
fn overview_rest() -> Page {
    let device = |kind, state, detail: &str| OverviewEntry::Device {
        kind,
        state,
        detail: detail.to_owned(),
    };
    page(ServicePage::Overview(OverviewPage {
        entries: vec![
            device("code-scanner", HealthShown::NoDevice, "permission_denied"),
            device("keypad", HealthShown::Starting, ""),
            device("cabinet", HealthShown::PotentialFraud, "door_open"),
            OverviewEntry::Events { count: 0 },
            OverviewEntry::Machine {
                link: Link::Up,
                waiting: 0,
                quarantined: 3,
            },
        ],
        turn: Turn { at: 2, of: 2 },
    }))
}

fn testing(instruction: Option<(&'static str, String)>) -> Page {
    page(ServicePage::Testing(TestingPage {
        kind: "receipt-printer",
        level: TestLevel::Guided,
        instruction,
        checks: vec![
            check("identifies", Verdict::Passed, "PT-80"),
            check("opens", Verdict::Passed, ""),
        ],
    }))
}

fn report(passed: bool) -> Page {
    let verdict = if passed {
        Verdict::Passed
    } else {
        Verdict::Failed
    };
    page(ServicePage::Report(ReportPage {
        kind: "receipt-printer",
        level: TestLevel::Active,
        passed,
        identity: passed.then(|| "PT-80 1.02".to_owned()),
        checks: vec![
            check("opens", Verdict::Passed, ""),
            check(
                "prints",
                verdict,
                if passed { "printed" } else { "paper_out" },
            ),
            check("clears", Verdict::Skipped, "left out by hand"),
        ],
        turn: Turn { at: 1, of: 2 },
    }))
}

/// The longest of what checks find.
fn found(kind: &'static str, checks: Vec<CheckFacts>) -> Page {
    page(ServicePage::Report(ReportPage {
        kind,
        level: TestLevel::Guided,
        passed: false,
        identity: Some("PT-80 1.02".to_owned()),
        checks,
        turn: Turn { at: 2, of: 3 },
    }))
}

fn reports() -> Vec<Page> {
    use Verdict::{Failed, Passed, Skipped};
    let printer = vec![
        check(
            "identifies",
            Passed,
            "PT-80 Presenter, 1.02 build 2026-03-14",
        ),
        check("reopens", Failed, "not within 30 s: offline no_answer"),
        check("partial", Failed, "unknown wrong_confirmation"),
        check("plugged-in", Passed, "ready after 3.2 s"),
        check("next-slip", Skipped, "the run was ended"),
        check("clears", Failed, "the flux is out of phase"),
    ];
    let cabinet = vec![
        check("light-document", Failed, "the board did not confirm it"),
        check(
            "battery-low",
            Skipped,
            "a battery is not drained for a test",
        ),
        check(
            "presence",
            Failed,
            "not within 10 s: potential_fraud door_open",
        ),
        check("door", Passed, "there and back"),
    ];
    let keypad = vec![
        check("volume-up", Failed, "volume-down came instead"),
        check("select", Passed, ""),
        check("works", Skipped, "a keypad does nothing by itself"),
    ];
    let scanner = vec![
        check("scans", Passed, "scanned 2480 x 3508 pixels"),
        check(
            "page",
            Failed,
            "scanning: the scanner does not support these settings",
        ),
    ];
    vec![
        found("receipt-printer", printer),
        found("cabinet", cabinet),
        found("keypad", keypad),
        found("scanner", scanner),
    ]
}

fn machine(link: Link) -> Page {
    let known = link == Link::Up;
    page(ServicePage::Machine(MachinePage {
        machine: MachineFacts {
            waiting: 2,
            oldest: known.then(|| date(2026, 11, 23).at(8, 0, 0, 0)),
            quarantined: 1,
            disk_free: known.then_some(12_345_678_901),
            can_store: known,
            enrolled: true,
            has_voice: known,
            past_kept: true,
            clock: date(2026, 11, 23).at(14, 36, 0, 0),
            version: "0.1.0",
        },
        link,
        catalogue: known.then_some(7),
    }))
}

fn events(count: usize) -> Page {
    let kinds = [
        ("service", "entered", ""),
        ("receipt-printer", "paper_replaced", "80"),
        ("receipt-printer", "partial", "paper_out"),
        ("id-card", "fault", "read_failed"),
        ("scanner", "offline", "no_answer"),
    ];
    let events = kinds
        .iter()
        .take(count)
        .map(|(device, what, detail)| DeviceEvent {
            at: date(2026, 11, 23).at(10, 1, 0, 0),
            device: (*device).to_owned(),
            what: (*what).to_owned(),
            detail: (*detail).to_owned(),
        });
    page(ServicePage::Events(EventsPage {
        events: events.collect(),
        turn: ONE,
    }))
}

/// Every page of the service.
pub(crate) fn service() -> Vec<(Page, Option<Action>)> {
    let confirm = Some(Action::Confirm);
    let digits = |digits: &str, since, failed| {
        page(ServicePage::Roll(RollPage {
            digits: digits.to_owned(),
            roll: Some(roll(since)),
            failed,
        }))
    };
    let empty = page(ServicePage::Roll(RollPage {
        digits: String::new(),
        roll: None,
        failed: false,
    }));
    let mut pages = vec![
        (pin(4, None), confirm),
        (checking(), None),
        (pin(0, Some(PinTrouble::Wrong { left: 2 })), confirm),
        (pin(0, Some(PinTrouble::Locked { seconds: 240 })), None),
        (pin(0, Some(PinTrouble::LockedHard)), None),
        (pin(0, Some(PinTrouble::NoneSet)), None),
        (pin(0, Some(PinTrouble::Failed)), confirm),
        (overview(), None),
        (overview_rest(), None),
        (device(HealthShown::Online, "", None), None),
        (
            device(HealthShown::UserError, "paper_out", Some(roll(true))),
            None,
        ),
        (
            device(HealthShown::Online, "near_end", Some(roll(false))),
            None,
        ),
        (testing(None), None),
        (
            testing(Some(("press-key", "select".to_owned()))),
            Some(Action::Continue),
        ),
        (
            testing(Some(("switch", "presence-off".to_owned()))),
            Some(Action::Continue),
        ),
        (
            testing(Some(("cut-paper-short", String::new()))),
            Some(Action::Continue),
        ),
        (report(true), None),
        (report(false), None),
        (digits("80", true, false), confirm),
        (digits("", false, true), confirm),
        (events(5), None),
        (events(0), None),
        (empty, confirm),
        (machine(Link::Up), None),
        (machine(Link::Away), None),
    ];
    pages.extend(reports().into_iter().map(|page| (page, None)));
    pages
}
