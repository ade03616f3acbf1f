//! The outcome of a check-in in words: what it means, what to do, the number and the way.

use city_catalogue::record::Text;
use jiff::civil::DateTime;
use kiosk_core::screen::{CheckInPage, StationShown, TicketShown};
use kiosk_ui as ui;
use slint::SharedString;

use super::phrases::Phrases;

pub(super) fn check_in(page: &CheckInPage, say: &Phrases<'_>) -> ui::CheckInData {
    let (outcome, key) = outcome(page);
    let said = ui::CheckInData {
        outcome,
        title: say.get(&format!("check-in.{key}")),
        detail: say.get(&format!("check-in.{key}-detail")),
        ..ui::CheckInData::default()
    };
    match page {
        // How long it will be was told when the number was given.
        CheckInPage::Already { ticket } => ui::CheckInData {
            ticket: ticket.number.as_str().into(),
            wait: counter(ticket, say).unwrap_or_default(),
            ..said
        },
        CheckInPage::InTime { ticket }
        | CheckInPage::Late { ticket }
        | CheckInPage::WalkIn { ticket } => ui::CheckInData {
            ticket: ticket.number.as_str().into(),
            wait: wait(ticket, say),
            ..said
        },
        CheckInPage::TooEarly { begins, opens } => ui::CheckInData {
            title: filled("check-in.too-early", "time", &clock(*opens), say),
            begins: clock(*begins).into(),
            ..said
        },
        CheckInPage::OtherStation { station, begins } => ui::CheckInData {
            begins: clock(*begins).into(),
            ..placed(said, station, say)
        },
        CheckInPage::OtherDay { station, begins } => ui::CheckInData {
            begins: say.words.moment(*begins).into(),
            ..placed(said, station, say)
        },
        CheckInPage::NoBooking { .. } | CheckInPage::Away => said,
    }
}

/// The picture, and the key of the words.
fn outcome(page: &CheckInPage) -> (ui::CheckInOutcome, &'static str) {
    match page {
        CheckInPage::InTime { .. } => (ui::CheckInOutcome::InTime, "in-time"),
        CheckInPage::Already { .. } => (ui::CheckInOutcome::Already, "already"),
        CheckInPage::TooEarly { .. } => (ui::CheckInOutcome::TooEarly, "too-early"),
        CheckInPage::Late { .. } => (ui::CheckInOutcome::Late, "late"),
        CheckInPage::OtherStation { .. } => (ui::CheckInOutcome::OtherStation, "other-station"),
        CheckInPage::OtherDay { .. } => (ui::CheckInOutcome::OtherDay, "other-day"),
        CheckInPage::NoBooking { no_queue: false } => (ui::CheckInOutcome::NoBooking, "no-booking"),
        CheckInPage::NoBooking { no_queue: true } => (ui::CheckInOutcome::NoBooking, "no-queue"),
        CheckInPage::WalkIn { .. } => (ui::CheckInOutcome::WalkIn, "walk-in"),
        CheckInPage::Away => (ui::CheckInOutcome::Away, "away"),
    }
}

/// The counter it is called to; `None` while it waits.
fn counter(ticket: &TicketShown, say: &Phrases<'_>) -> Option<SharedString> {
    let counter = ticket.counter?.to_string();
    Some(filled("check-in.counter", "n", &counter, say))
}

/// Where to go, or how long it will be; empty when nothing is known.
fn wait(ticket: &TicketShown, say: &Phrases<'_>) -> SharedString {
    if let Some(counter) = counter(ticket, say) {
        return counter;
    }
    match (ticket.ahead, ticket.minutes) {
        (_, Some(minutes)) => filled("check-in.minutes", "n", &minutes.to_string(), say),
        (Some(0), None) => say.get("check-in.next"),
        (Some(ahead), None) => filled("check-in.ahead", "n", &ahead.to_string(), say),
        (None, None) => SharedString::new(),
    }
}

fn placed(said: ui::CheckInData, station: &StationShown, say: &Phrases<'_>) -> ui::CheckInData {
    let name: &Text = &station.name;
    ui::CheckInData {
        station: say.text(name),
        address: station.address.as_str().into(),
        ..said
    }
}

fn filled(key: &str, name: &str, value: &str, say: &Phrases<'_>) -> SharedString {
    say.words.fill(key, &[(name, value)]).into()
}

/// Hour and minute.
fn clock(at: DateTime) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}
