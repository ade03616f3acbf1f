//! The technician's service: rows and words for what the core says.

use kiosk_core::Link;
use kiosk_core::screen::Turn;
use kiosk_core::service::{
    CheckFacts, DeviceAction, DeviceEvent, DevicePage, EventsPage, HealthShown, LevelShown,
    MachinePage, OverviewEntry, OverviewPage, PinPage, PinTrouble, ReportPage, RollFacts, RollPage,
    ServicePage, TestLevel, TestingPage, Verdict,
};
use kiosk_drivers::keypad::Key;
use kiosk_ui as ui;
use slint::SharedString;

use super::found::{found, reason, with_reason};
use super::phrases::{Phrases, model, turn};

/// The page in words.
pub(super) fn service(page: &ServicePage, say: &Phrases<'_>) -> ui::ServiceData {
    match page {
        ServicePage::Pin(page) => pin(page, say),
        ServicePage::Overview(page) => overview(page, say),
        ServicePage::Device(page) => device(page, say),
        ServicePage::Testing(page) => testing(page, say),
        ServicePage::Report(page) => report(page, say),
        ServicePage::Roll(page) => roll(page, say),
        ServicePage::Events(page) => events(page, say),
        ServicePage::Machine(page) => machine(page, say),
    }
}

/// Words of the service.
fn get(say: &Phrases<'_>, key: &str) -> SharedString {
    say.get(&format!("service.{key}"))
}

/// Words of the service with values.
fn fill(say: &Phrases<'_>, key: &str, values: &[(&str, &str)]) -> SharedString {
    say.words.fill(&format!("service.{key}"), values).into()
}

/// The words of a driver's key; one that has none is shown as it is, readable at least.
fn named(say: &Phrases<'_>, group: &str, key: &str) -> SharedString {
    let full = format!("service.{group}.{key}");
    let words = say.words.get(&full);
    if words == full || words.contains('{') {
        key.replace('_', " ").into()
    } else {
        words.into()
    }
}

/// What is wrong with a device, as every driver's trouble is told to a technician, or what else
/// a row has to say.
fn detail(say: &Phrases<'_>, key: &str) -> SharedString {
    match reason(say, key) {
        Some(words) => words.into(),
        None => key.replace('_', " ").into(),
    }
}

fn row(title: SharedString, detail: SharedString) -> ui::ServiceRow {
    ui::ServiceRow {
        title,
        detail,
        ..ui::ServiceRow::default()
    }
}

fn marked(title: SharedString, badge: SharedString, tone: ui::Tone) -> ui::ServiceRow {
    ui::ServiceRow {
        title,
        badge,
        tone,
        ..ui::ServiceRow::default()
    }
}

/// A page that is read.
fn reading(title: SharedString, one: Turn) -> ui::ServiceData {
    let (at, of) = turn(one);
    ui::ServiceData {
        stage: ui::ServiceStage::Reading,
        title,
        at,
        of,
        ..ui::ServiceData::default()
    }
}

const ONE: Turn = Turn { at: 1, of: 1 };

fn pin(page: &PinPage, say: &Phrases<'_>) -> ui::ServiceData {
    let note = |key: &str, values: &[(&str, &str)]| {
        let detail = fill(say, &format!("{key}-detail"), values);
        (get(say, key), detail)
    };
    let (note, note_detail) = match page.trouble {
        None if page.checking => (get(say, "pin-checking"), SharedString::new()),
        None => Default::default(),
        Some(PinTrouble::Wrong { left }) => note("pin-wrong", &[("left", &left.to_string())]),
        Some(PinTrouble::Locked { seconds }) => {
            note("pin-locked", &[("seconds", &seconds.to_string())])
        }
        Some(PinTrouble::LockedHard) => note("pin-hard", &[]),
        Some(PinTrouble::NoneSet) => note("pin-none", &[]),
        Some(PinTrouble::Failed) => note("pin-failed", &[]),
    };
    let closed = match page.trouble {
        Some(PinTrouble::Locked { .. } | PinTrouble::LockedHard | PinTrouble::NoneSet) => true,
        None | Some(PinTrouble::Wrong { .. } | PinTrouble::Failed) => page.checking,
    };
    ui::ServiceData {
        stage: ui::ServiceStage::Pin,
        title: get(say, "pin-title"),
        lead: get(say, "pin-lead"),
        note,
        note_detail,
        note_tone: match page.trouble {
            None => ui::Tone::Info,
            Some(_) => ui::Tone::Error,
        },
        typed: "●".repeat(page.typed.into()).into(),
        closed,
        ..ui::ServiceData::default()
    }
}

fn overview(page: &OverviewPage, say: &Phrases<'_>) -> ui::ServiceData {
    let (at, of) = turn(page.turn);
    ui::ServiceData {
        stage: ui::ServiceStage::Choices,
        title: get(say, "overview-title"),
        lead: get(say, "overview-lead"),
        rows: model(page.entries.iter().map(|entry| overview_row(entry, say))),
        at,
        of,
        ..ui::ServiceData::default()
    }
}

fn overview_row(entry: &OverviewEntry, say: &Phrases<'_>) -> ui::ServiceRow {
    match entry {
        OverviewEntry::Device {
            kind,
            state,
            detail: key,
        } => ui::ServiceRow {
            title: named(say, "device", kind),
            detail: detail(say, key),
            badge: get(say, &format!("state.{}", state_key(*state))),
            tone: tone(*state),
        },
        OverviewEntry::Events { count } => row(
            get(say, "events"),
            fill(say, "events-count", &[("count", &count.to_string())]),
        ),
        OverviewEntry::Machine {
            link,
            waiting,
            quarantined,
        } => {
            let values = [
                ("waiting", waiting.to_string()),
                ("quarantined", quarantined.to_string()),
            ];
            let values = values
                .each_ref()
                .map(|(name, value)| (*name, value.as_str()));
            let (city, tone) = city(*link, say);
            ui::ServiceRow {
                title: get(say, "machine"),
                detail: fill(say, "machine-waiting", &values),
                badge: city,
                tone,
            }
        }
    }
}

fn city(link: Link, say: &Phrases<'_>) -> (SharedString, ui::Tone) {
    match link {
        Link::Up => (get(say, "city-up"), ui::Tone::Success),
        Link::Away => (get(say, "city-away"), ui::Tone::Warning),
    }
}

fn state_key(state: HealthShown) -> &'static str {
    match state {
        HealthShown::Starting => "starting",
        HealthShown::Online => "online",
        HealthShown::Offline => "offline",
        HealthShown::PowerOff => "power_off",
        HealthShown::NoDevice => "no_device",
        HealthShown::HardwareError => "hardware_error",
        HealthShown::UserError => "user_error",
        HealthShown::Busy => "busy",
        HealthShown::FraudAttempt => "fraud_attempt",
        HealthShown::PotentialFraud => "potential_fraud",
    }
}

fn tone(state: HealthShown) -> ui::Tone {
    match state {
        HealthShown::Online => ui::Tone::Success,
        HealthShown::Starting | HealthShown::Busy => ui::Tone::Info,
        HealthShown::UserError => ui::Tone::Warning,
        HealthShown::Offline
        | HealthShown::PowerOff
        | HealthShown::NoDevice
        | HealthShown::HardwareError
        | HealthShown::FraudAttempt
        | HealthShown::PotentialFraud => ui::Tone::Error,
    }
}

fn device(page: &DevicePage, say: &Phrases<'_>) -> ui::ServiceData {
    let facts = &page.device;
    let since = facts.since.map_or_else(SharedString::new, |since| {
        fill(say, "since", &[("time", &say.words.moment(since))])
    });
    let reason = detail(say, &facts.detail);
    let printer = facts.roll.is_some();
    ui::ServiceData {
        lead: since,
        badge: get(say, &format!("state.{}", state_key(facts.state))),
        badge_tone: tone(facts.state),
        note: reason,
        // What is said of a device that works is a warning.
        note_tone: match facts.state {
            HealthShown::Online => ui::Tone::Warning,
            state => tone(state),
        },
        rows: model(device_rows(page, say)),
        actions: model(page.actions.iter().map(|action| match action {
            DeviceAction::Test(TestLevel::Silent) => get(say, "test-silent"),
            DeviceAction::Test(TestLevel::Active) if printer => get(say, "test-slip"),
            DeviceAction::Test(TestLevel::Active) => get(say, "test-active"),
            DeviceAction::Test(TestLevel::Guided) => get(say, "test-guided"),
            DeviceAction::PaperReplaced => get(say, "paper-replaced"),
        })),
        ..reading(named(say, "device", facts.kind), ONE)
    }
}

fn device_rows(page: &DevicePage, say: &Phrases<'_>) -> Vec<ui::ServiceRow> {
    let facts = &page.device;
    let supplies = facts.supplies.iter().map(|(name, level)| {
        let (word, tone) = match level {
            LevelShown::Enough => ("enough", ui::Tone::Success),
            LevelShown::Low => ("low", ui::Tone::Warning),
            LevelShown::Out => ("out", ui::Tone::Error),
        };
        let level = get(say, &format!("level.{word}"));
        marked(named(say, "supply", name), level, tone)
    });
    let mut rows: Vec<_> = supplies.collect();
    rows.extend(facts.roll.iter().flat_map(|roll| paper(roll, say)));
    rows.extend(page.events.iter().map(|event| {
        let what = named(say, "event", &event.what);
        row(what, event_detail(event, say).into())
    }));
    rows.extend(facts.counters.iter().map(|(name, count)| {
        let count = count.to_string().into();
        marked(named(say, "counter", name), count, ui::Tone::Neutral)
    }));
    rows
}

/// Whole metres.
fn metres(millimetres: u64) -> String {
    (millimetres / 1000).to_string()
}

fn paper(roll: &RollFacts, say: &Phrases<'_>) -> Vec<ui::ServiceRow> {
    let length = metres(roll.length_mm.into());
    let length_of = |mm: u64| fill(say, "roll-metres", &[("metres", &metres(mm))]);
    let counts = [
        ("cuts", roll.cuts.to_string()),
        ("slips", roll.slips.to_string()),
        ("retracts", roll.retracts.to_string()),
    ];
    let counts = counts
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let used = ui::ServiceRow {
        detail: fill(say, "paper-used-detail", &counts),
        ..marked(
            get(say, "paper-used"),
            length_of(roll.used_mm),
            ui::Tone::Neutral,
        )
    };
    let Some(since) = roll.since else {
        return vec![used, row(get(say, "roll-none"), SharedString::new())];
    };
    let put_in = say.words.moment(since);
    let left = ui::ServiceRow {
        detail: fill(
            say,
            "paper-left-detail",
            &[("length", &length), ("time", &put_in)],
        ),
        ..marked(
            get(say, "paper-left"),
            length_of(roll.left_mm.into()),
            ui::Tone::Info,
        )
    };
    let ends = match (roll.slips_left, roll.hours_left) {
        (Some(slips), Some(hours)) => {
            let days = (hours / 24).to_string();
            let values = [("slips", slips.to_string()), ("days", days)];
            let values = values
                .each_ref()
                .map(|(name, value)| (*name, value.as_str()));
            fill(say, "paper-forecast-value", &values)
        }
        (_, _) => get(say, "paper-forecast-none"),
    };
    vec![used, left, row(get(say, "paper-forecast"), ends)]
}

fn testing(page: &TestingPage, say: &Phrases<'_>) -> ui::ServiceData {
    let name = named(say, "device", page.kind);
    let title = fill(say, "testing-title", &[("device", &name)]);
    let checks = model(page.checks.iter().map(|check| check_row(check, say)));
    let (lead, note, skip) = match &page.instruction {
        None => (
            get(say, "testing-lead"),
            SharedString::new(),
            SharedString::new(),
        ),
        Some((key, value)) => (
            get(say, "step"),
            instruction(say, key, value),
            get(say, "skip"),
        ),
    };
    ui::ServiceData {
        lead,
        note,
        note_tone: ui::Tone::Info,
        rows: checks,
        skip,
        ..reading(title, ONE)
    }
}

/// What the technician is to do.
fn instruction(say: &Phrases<'_>, key: &str, value: &str) -> SharedString {
    match key {
        "switch" => named(say, "switch", value),
        key => {
            let value = named(say, "key", value);
            fill(say, &format!("instruct.{key}"), &[("value", &value)])
        }
    }
}

fn report(page: &ReportPage, say: &Phrases<'_>) -> ui::ServiceData {
    let name = named(say, "device", page.kind);
    let lead = match &page.identity {
        Some(identity) => fill(say, "report-identity", &[("name", identity)]),
        None => get(say, "report-no-identity"),
    };
    let (badge, badge_tone) = if page.passed {
        (get(say, "passed"), ui::Tone::Success)
    } else {
        (get(say, "failed"), ui::Tone::Error)
    };
    ui::ServiceData {
        lead,
        badge,
        badge_tone,
        rows: model(page.checks.iter().map(|check| check_row(check, say))),
        ..reading(fill(say, "report-title", &[("device", &name)]), page.turn)
    }
}

fn check_row(check: &CheckFacts, say: &Phrases<'_>) -> ui::ServiceRow {
    let (badge, tone) = match check.verdict {
        Verdict::Passed => (get(say, "passed"), ui::Tone::Success),
        Verdict::Failed => (get(say, "failed"), ui::Tone::Error),
        Verdict::Skipped => (get(say, "skipped"), ui::Tone::Neutral),
    };
    // The checks of a keypad are called as its keys.
    let name = match reason(say, &check.name) {
        Some(key) if Key::named(&check.name).is_some() => fill(say, "check.key", &[("key", &key)]),
        Some(_) | None => named(say, "check", &check.name),
    };
    ui::ServiceRow {
        detail: found(say, check),
        ..marked(name, badge, tone)
    }
}

fn roll(page: &RollPage, say: &Phrases<'_>) -> ui::ServiceData {
    let now = page.roll.filter(|roll| roll.since.is_some());
    let (note, note_detail, note_tone) = match now {
        _ if page.failed => (
            get(say, "roll-failed"),
            get(say, "roll-failed-detail"),
            ui::Tone::Error,
        ),
        Some(roll) => {
            let length = metres(roll.length_mm.into());
            let left = metres(roll.left_mm.into());
            let values = [("length", length.as_str()), ("left", left.as_str())];
            let note = fill(say, "roll-now", &values);
            (note, SharedString::new(), ui::Tone::Info)
        }
        None => (get(say, "roll-none"), SharedString::new(), ui::Tone::Info),
    };
    let typed = match page.digits.as_str() {
        "" => SharedString::new(),
        digits => fill(say, "roll-metres", &[("metres", digits)]),
    };
    ui::ServiceData {
        stage: ui::ServiceStage::Roll,
        title: get(say, "roll-title"),
        lead: get(say, "roll-lead"),
        note,
        note_detail,
        note_tone,
        typed,
        ..ui::ServiceData::default()
    }
}

fn events(page: &EventsPage, say: &Phrases<'_>) -> ui::ServiceData {
    let empty = page.events.is_empty();
    ui::ServiceData {
        note: if empty {
            get(say, "events-none")
        } else {
            SharedString::new()
        },
        note_tone: ui::Tone::Info,
        rows: model(page.events.iter().map(|event| event_row(event, say))),
        ..reading(get(say, "events"), page.turn)
    }
}

fn event_row(event: &DeviceEvent, say: &Phrases<'_>) -> ui::ServiceRow {
    let device = named(say, "device", &event.device);
    let what = named(say, "event", &event.what);
    let what = say
        .words
        .fill("service.event-row", &[("device", &device), ("what", &what)]);
    row(what.into(), event_detail(event, say).into())
}

/// When it happened, and why.
fn event_detail(event: &DeviceEvent, say: &Phrases<'_>) -> String {
    let why = match event.what.as_str() {
        "paper_replaced" => fill(say, "detail.metres", &[("metres", &event.detail)]),
        _ => detail(say, &event.detail),
    };
    let when = say.words.moment(event.at);
    if why.is_empty() {
        when
    } else {
        with_reason(say, &when, &why)
    }
}

fn machine(page: &MachinePage, say: &Phrases<'_>) -> ui::ServiceData {
    let facts = &page.machine;
    let neutral = |key: &str, value: String| marked(get(say, key), value.into(), ui::Tone::Neutral);
    let good = |key: &str, good: bool| {
        let (word, tone) = if good {
            ("yes", ui::Tone::Success)
        } else {
            ("no", ui::Tone::Error)
        };
        marked(get(say, key), get(say, word), tone)
    };
    let unknown = || get(say, "unknown").to_string();
    let disk = facts.disk_free.map_or_else(unknown, |bytes| {
        let mib = (bytes / 1024 / 1024).to_string();
        fill(say, "disk-value", &[("mib", &mib)]).to_string()
    });
    let oldest = facts.oldest.map_or_else(SharedString::new, |time| {
        fill(say, "outbox-oldest", &[("time", &say.words.moment(time))])
    });
    let waiting = ui::ServiceRow {
        detail: oldest,
        ..neutral("outbox", facts.waiting.to_string())
    };
    let quarantined = if facts.quarantined == 0 {
        neutral("quarantined", "0".to_owned())
    } else {
        ui::ServiceRow {
            detail: get(say, "quarantined-detail"),
            tone: ui::Tone::Error,
            ..neutral("quarantined", facts.quarantined.to_string())
        }
    };
    let past = if facts.past_kept {
        good("event-chain", true)
    } else {
        ui::ServiceRow {
            detail: get(say, "event-chain-detail"),
            ..good("event-chain", false)
        }
    };
    let catalogue = page
        .catalogue
        .map_or_else(unknown, |version| version.to_string());
    let (city, city_tone) = city(page.link, say);
    ui::ServiceData {
        badge: city,
        badge_tone: city_tone,
        rows: model([
            waiting,
            quarantined,
            neutral("disk", disk),
            good("store", facts.can_store),
            good("enrolled", facts.enrolled),
            good("voice", facts.has_voice),
            past,
            neutral("clock", say.words.moment(facts.clock)),
            neutral("catalogue", catalogue),
            neutral("version", facts.version.to_owned()),
        ]),
        ..reading(get(say, "machine"), ONE)
    }
}
