//! Appointments in words: the same for the screen and for the ear.

use city_catalogue::hall::BookingState;
use kiosk_core::screen::{
    AppointmentPage, AppointmentTrouble, BookingEntry, BookingShown, ConfirmShown, DayShown, Deed,
    DoneDeed, Refusal, SlotReply, StationShown, Turn,
};
use kiosk_ui as ui;
use slint::SharedString;

use super::after::slip;
use super::phrases::{Phrases, model, turn};

/// What a page of the appointments says.
#[derive(Default)]
pub(super) struct Said {
    pub(super) title: SharedString,
    pub(super) lead: SharedString,
    pub(super) note: SharedString,
    pub(super) note_detail: SharedString,
    pub(super) facts: Vec<Fact>,
    /// Papers to bring.
    pub(super) bring: Vec<SharedString>,
    /// What can be picked, in order.
    pub(super) rows: Vec<Row>,
}

/// One fact of a booking.
pub(super) struct Fact {
    pub(super) label: SharedString,
    pub(super) value: SharedString,
    /// Read character by character.
    pub(super) code: bool,
}

/// One choice.
#[derive(Default)]
pub(super) struct Row {
    pub(super) title: SharedString,
    pub(super) detail: SharedString,
    pub(super) badge: SharedString,
    /// It cannot be picked: the detail says why.
    pub(super) closed: bool,
}

pub(super) fn appointment(page: &AppointmentPage, say: &Phrases<'_>) -> ui::AppointmentData {
    let (at, of) = list(page).map_or((1, 1), turn);
    let (prints, print) = match page {
        AppointmentPage::Done(done) => (done.deed != Deed::Cancel, done.print),
        _ => (false, None),
    };
    ui::AppointmentData {
        narrow: matches!(page, AppointmentPage::Slot { .. }),
        prints,
        print: print.map_or(ui::SlipKind::Waiting, |print| slip(print).0),
        at,
        of,
        ..drawn(said(page, say), mark(page))
    }
}

/// A page of which nothing is printed and that is not turned.
pub(super) fn drawn(said: Said, mark: ui::AppointmentMark) -> ui::AppointmentData {
    ui::AppointmentData {
        title: said.title,
        lead: said.lead,
        note: said.note,
        note_detail: said.note_detail,
        mark,
        facts: model(said.facts.into_iter().map(|fact| ui::LabelledText {
            label: fact.label,
            value: fact.value,
            number: fact.code,
        })),
        bring: model(said.bring),
        rows: model(said.rows.into_iter().map(|row| ui::AppointmentRow {
            title: row.title,
            detail: row.detail,
            badge: row.badge,
            closed: row.closed,
        })),
        narrow: false,
        prints: false,
        print: ui::SlipKind::Waiting,
        at: 1,
        of: 1,
    }
}

fn list(page: &AppointmentPage) -> Option<Turn> {
    match page {
        AppointmentPage::List { turn, .. }
        | AppointmentPage::Matter { turn, .. }
        | AppointmentPage::Station { turn, .. }
        | AppointmentPage::Day { turn, .. }
        | AppointmentPage::Slot { turn, .. } => Some(*turn),
        AppointmentPage::Booking(_)
        | AppointmentPage::Confirm(_)
        | AppointmentPage::Trouble(_)
        | AppointmentPage::Done(_) => None,
    }
}

/// The large picture: what became of it.
fn mark(page: &AppointmentPage) -> ui::AppointmentMark {
    match page {
        AppointmentPage::Done(done) => match done.deed {
            Deed::Book | Deed::Move => ui::AppointmentMark::Booked,
            Deed::Cancel => ui::AppointmentMark::Done,
        },
        AppointmentPage::Trouble(AppointmentTrouble::NoAnswer(_)) => ui::AppointmentMark::Unsure,
        AppointmentPage::Trouble(_) => ui::AppointmentMark::Trouble,
        AppointmentPage::List { .. }
        | AppointmentPage::Booking(_)
        | AppointmentPage::Matter { .. }
        | AppointmentPage::Station { .. }
        | AppointmentPage::Day { .. }
        | AppointmentPage::Slot { .. }
        | AppointmentPage::Confirm(_) => ui::AppointmentMark::None,
    }
}

pub(super) fn said(page: &AppointmentPage, say: &Phrases<'_>) -> Said {
    match page {
        AppointmentPage::List {
            bookings,
            total,
            barred_until,
            ..
        } => {
            let said = Said {
                title: say.get("appointment.title"),
                rows: bookings.iter().map(|it| entry(it, say)).collect(),
                ..Said::default()
            };
            match (barred_until, total) {
                (Some(day), _) => Said {
                    note: filled("appointment.barred", "day", &say.words.day(*day), say),
                    note_detail: say.get("appointment.barred-detail"),
                    ..said
                },
                (None, 0) => Said {
                    note: say.get("appointment.none"),
                    note_detail: say.get("appointment.none-detail"),
                    ..said
                },
                (None, total) => Said {
                    lead: filled("appointment.lead", "count", &total.to_string(), say),
                    ..said
                },
            }
        }
        AppointmentPage::Booking(booking) => opened(booking, say),
        AppointmentPage::Matter { matters, .. } => Said {
            lead: say.get("appointment.ask-matter-detail"),
            rows: matters.iter().map(|name| titled(say.text(name))).collect(),
            ..asked("appointment.ask-matter", say)
        },
        AppointmentPage::Station {
            matter, stations, ..
        } => Said {
            lead: say.text(matter),
            rows: stations.iter().map(|it| station_row(it, say)).collect(),
            ..asked("appointment.ask-station", say)
        },
        AppointmentPage::Day {
            matter,
            station,
            days,
            taken,
            ..
        } => Said {
            lead: say.listed(&[matter.clone(), station.clone()]),
            rows: days.iter().map(|it| day_row(*it, say)).collect(),
            ..no_place(
                *taken,
                days.is_empty(),
                asked("appointment.ask-day", say),
                say,
            )
        },
        AppointmentPage::Slot {
            day, slots, taken, ..
        } => {
            let day = say.words.weekday(*day);
            let said = Said {
                title: filled("appointment.ask-slot", "day", &day, say),
                rows: slots.iter().map(|it| slot_row(*it, say)).collect(),
                ..Said::default()
            };
            no_place(*taken, false, said, say)
        }
        AppointmentPage::Confirm(confirm) => confirmed(confirm, say),
        AppointmentPage::Trouble(trouble) => {
            let key = trouble_key(*trouble);
            Said {
                title: say.get(key),
                lead: say.get(&format!("{key}-detail")),
                ..Said::default()
            }
        }
        AppointmentPage::Done(done) => deed_done(done, say),
    }
}

fn asked(key: &str, say: &Phrases<'_>) -> Said {
    Said {
        title: say.get(key),
        ..Said::default()
    }
}

/// The time wanted was taken meanwhile, or there is none at all.
fn no_place(taken: bool, none: bool, said: Said, say: &Phrases<'_>) -> Said {
    let key = match (taken, none) {
        (true, _) => "appointment.taken",
        (false, true) => "appointment.no-days",
        (false, false) => return said,
    };
    Said {
        note: say.get(key),
        note_detail: say.get(&format!("{key}-detail")),
        ..said
    }
}

fn titled(title: SharedString) -> Row {
    Row {
        title,
        ..Row::default()
    }
}

fn entry(entry: &BookingEntry, say: &Phrases<'_>) -> Row {
    let when = say.words.moment(entry.begins);
    let place = say.words.text(&entry.station);
    Row {
        title: say.text(&entry.matter),
        detail: [when, place].join(&say.words.get("word.separator")).into(),
        badge: say.get(state_key(entry.state)),
        closed: false,
    }
}

fn station_row(station: &StationShown, say: &Phrases<'_>) -> Row {
    Row {
        detail: station.address.as_str().into(),
        ..titled(say.text(&station.name))
    }
}

fn day_row(day: DayShown, say: &Phrases<'_>) -> Row {
    left(day.left, say.words.weekday(day.day).into(), say)
}

fn slot_row(slot: SlotReply, say: &Phrases<'_>) -> Row {
    left(
        slot.left,
        say.words.span(slot.begins, slot.ends).into(),
        say,
    )
}

/// A choice of which so many places are left.
fn left(left: u16, title: SharedString, say: &Phrases<'_>) -> Row {
    Row {
        detail: match left {
            0 => say.get("appointment.full"),
            left => filled("appointment.left", "n", &left.to_string(), say),
        },
        closed: left == 0,
        ..titled(title)
    }
}

fn opened(booking: &BookingShown, say: &Phrases<'_>) -> Said {
    let said = Said {
        title: say.text(&booking.matter),
        facts: facts(booking, say),
        bring: booking.bring.iter().map(|name| say.text(name)).collect(),
        ..Said::default()
    };
    if !booking.may_change() {
        return Said {
            note: say.get(state_key(booking.state)),
            note_detail: say.get("appointment.fixed"),
            ..said
        };
    }
    let way = |key: &str| Row {
        detail: say.get(&format!("{key}-detail")),
        ..titled(say.get(key))
    };
    Said {
        lead: say.get("appointment.check-in"),
        rows: vec![way("appointment.move"), way("appointment.cancel")],
        ..said
    }
}

pub(super) fn fact(label: &str, value: impl Into<SharedString>, say: &Phrases<'_>) -> Fact {
    Fact {
        label: say.get(label),
        value: value.into(),
        code: false,
    }
}

fn place(station: &StationShown, say: &Phrases<'_>) -> [Fact; 2] {
    [
        fact("check-in.station", say.text(&station.name), say),
        fact("check-in.address", station.address.as_str(), say),
    ]
}

fn facts(booking: &BookingShown, say: &Phrases<'_>) -> Vec<Fact> {
    let when = say.words.slot(booking.begins, booking.ends);
    let code = |label, value: &str| Fact {
        code: true,
        ..fact(label, value, say)
    };
    let mut facts = vec![fact("check-in.begins", when, say)];
    facts.extend(place(&booking.station, say));
    facts.push(code("appointment.code", booking.code.reveal()));
    facts.push(code("appointment.number", &booking.number));
    facts.retain(|fact| !fact.value.is_empty());
    facts
}

fn confirmed(page: &ConfirmShown, say: &Phrases<'_>) -> Said {
    let (title, rule) = match page.deed {
        Deed::Book => ("appointment.confirm-book", "appointment.rule"),
        Deed::Move => ("appointment.confirm-move", "appointment.rule"),
        Deed::Cancel => ("appointment.confirm-cancel", "appointment.rule-cancel"),
    };
    let when = say.words.slot(page.begins, page.ends);
    let mut facts = vec![
        fact("appointment.matter", say.text(&page.matter), say),
        fact("check-in.begins", when, say),
    ];
    let before = page.before.map(|before| say.words.moment(before));
    facts.extend(before.map(|before| fact("appointment.before", before, say)));
    facts.extend(place(&page.station, say));
    facts.push(fact("appointment.name", page.name.as_str(), say));
    facts.retain(|fact| !fact.value.is_empty());
    Said {
        title: say.get(title),
        lead: say.get(rule),
        facts,
        bring: page.bring.iter().map(|name| say.text(name)).collect(),
        ..Said::default()
    }
}

fn deed_done(done: &DoneDeed, say: &Phrases<'_>) -> Said {
    let key = match done.deed {
        Deed::Book => "appointment.booked",
        Deed::Move => "appointment.moved",
        Deed::Cancel => "appointment.cancelled",
    };
    let booking = &done.booking;
    let matter = fact("appointment.matter", say.text(&booking.matter), say);
    let mut said = Said {
        title: say.get(key),
        lead: say.get(&format!("{key}-detail")),
        facts: vec![matter],
        ..Said::default()
    };
    if done.deed == Deed::Cancel {
        let when = say.words.slot(booking.begins, booking.ends);
        said.facts.push(fact("check-in.begins", when, say));
    } else {
        said.facts.extend(facts(booking, say));
        said.bring = booking.bring.iter().map(|name| say.text(name)).collect();
    }
    said
}

fn state_key(state: BookingState) -> &'static str {
    match state {
        BookingState::Booked => "appointment.state-booked",
        BookingState::Arrived => "appointment.state-arrived",
        BookingState::Late => "appointment.state-late",
        BookingState::NoShow => "appointment.state-no-show",
        BookingState::Cancelled => "appointment.state-cancelled",
    }
}

fn trouble_key(trouble: AppointmentTrouble) -> &'static str {
    match trouble {
        AppointmentTrouble::CannotRead => "appointment.cannot-read",
        AppointmentTrouble::NotSent(Deed::Book) => "appointment.not-booked",
        AppointmentTrouble::NotSent(Deed::Move) => "appointment.not-moved",
        AppointmentTrouble::NotSent(Deed::Cancel) => "appointment.not-cancelled",
        AppointmentTrouble::NoAnswer(Deed::Book) => "appointment.unsure-booked",
        AppointmentTrouble::NoAnswer(Deed::Move) => "appointment.unsure-moved",
        AppointmentTrouble::NoAnswer(Deed::Cancel) => "appointment.unsure-cancelled",
        AppointmentTrouble::Refused(refusal) => match refusal {
            Refusal::SlotFull => "appointment.taken",
            Refusal::OneADay => "appointment.one-a-day",
            Refusal::Barred => "appointment.refused-barred",
            Refusal::TooLate => "appointment.too-late",
            Refusal::Gone => "appointment.gone",
            Refusal::NotOffered => "appointment.not-offered",
        },
    }
}

fn filled(key: &str, name: &str, value: &str, say: &Phrases<'_>) -> SharedString {
    say.words.fill(key, &[(name, value)]).into()
}
