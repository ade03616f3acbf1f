//! The outcome of a check-in in words: what it means, what to do, the number and the way.

use city_catalogue::record::Text;
use jiff::civil::DateTime;
use kiosk_core::screen::{CheckInPage, CheckInShown, StationShown};
use kiosk_ui as ui;
use slint::SharedString;

use super::after::slip;
use super::phrases::Phrases;

pub(super) fn check_in(page: &CheckInShown, say: &Phrases<'_>) -> ui::CheckInData {
    let (outcome, key) = outcome(&page.outcome);
    let said = ui::CheckInData {
        outcome,
        title: say.get(&format!("check-in.{key}")),
        detail: say.get(&format!("check-in.{key}-detail")),
        appointments: page.outcome.offers_appointments(),
        print: page
            .print
            .map_or(ui::SlipKind::Waiting, |print| slip(print).0),
        ..ui::CheckInData::default()
    };
    match &page.outcome {
        // How long it will be was told when the number was given.
        CheckInPage::Already { ticket } => ui::CheckInData {
            ticket: ticket.number.as_str().into(),
            wait: or_nothing(say.words.counter(ticket)),
            ..said
        },
        CheckInPage::InTime { ticket }
        | CheckInPage::Late { ticket }
        | CheckInPage::WalkIn { ticket } => ui::CheckInData {
            ticket: ticket.number.as_str().into(),
            wait: or_nothing(say.words.queue(ticket)),
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

fn or_nothing(words: Option<String>) -> SharedString {
    words.unwrap_or_default().into()
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
