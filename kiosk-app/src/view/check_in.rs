//! The outcome of a check-in in words: what it means, what to do, the number and the way.

use city_catalogue::record::Text;
use jiff::civil::DateTime;
use kiosk_core::screen::{Alone, CheckInPage, CheckInShown, StationShown};
use kiosk_ui as ui;
use slint::SharedString;

use super::after::slip;
use super::phrases::Phrases;

pub(super) fn check_in(page: &CheckInShown, say: &Phrases<'_>) -> ui::CheckInData {
    let (outcome, key) = outcome(page);
    let said = ui::CheckInData {
        outcome,
        title: say.get(&format!("check-in.{key}")),
        detail: say.get(&format!("check-in.{key}-detail")),
        appointments: page.offers_appointments(),
        print: page
            .print
            .map_or(ui::SlipKind::Waiting, |print| slip(print).0),
        alone: alone(page).map_or_else(SharedString::default, |key| say.get(key)),
        told: page.alone == Some(Alone::Told),
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
        CheckInPage::NoBooking { .. } | CheckInPage::Away | CheckInPage::NoNumber => said,
    }
}

/// The key of how it stands that the city did not answer; `None` where the outcome says it.
pub(super) fn alone(page: &CheckInShown) -> Option<&'static str> {
    let says_it = matches!(
        page.outcome,
        CheckInPage::NoBooking { .. } | CheckInPage::Away | CheckInPage::NoNumber
    );
    let alone = page.alone.filter(|_| !says_it)?;
    Some(match alone {
        Alone::Looked => "check-in.looked",
        Alone::KeptHere => "check-in.kept-here",
        Alone::Told => "check-in.told",
    })
}

/// The key of the words where nobody was found.
pub(super) fn unfound(no_queue: bool, alone: Option<Alone>) -> &'static str {
    match (no_queue, alone) {
        (false, None) => "no-booking",
        (true, None) => "no-queue",
        (false, Some(_)) => "unlisted",
        (true, Some(_)) => "unlisted-no-queue",
    }
}

/// The picture, and the key of the words.
fn outcome(page: &CheckInShown) -> (ui::CheckInOutcome, &'static str) {
    match &page.outcome {
        CheckInPage::InTime { .. } => (ui::CheckInOutcome::InTime, "in-time"),
        CheckInPage::Already { .. } => (ui::CheckInOutcome::Already, "already"),
        CheckInPage::TooEarly { .. } => (ui::CheckInOutcome::TooEarly, "too-early"),
        CheckInPage::Late { .. } => (ui::CheckInOutcome::Late, "late"),
        CheckInPage::OtherStation { .. } => (ui::CheckInOutcome::OtherStation, "other-station"),
        CheckInPage::OtherDay { .. } => (ui::CheckInOutcome::OtherDay, "other-day"),
        CheckInPage::NoBooking { no_queue } => (
            ui::CheckInOutcome::NoBooking,
            unfound(*no_queue, page.alone),
        ),
        CheckInPage::WalkIn { .. } => (ui::CheckInOutcome::WalkIn, "walk-in"),
        CheckInPage::Away => (ui::CheckInOutcome::Away, "away"),
        CheckInPage::NoNumber => (ui::CheckInOutcome::NoNumber, "no-number"),
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
