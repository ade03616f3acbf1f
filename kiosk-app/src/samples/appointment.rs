//! Appointments: every page, and every word of its troubles.

use city_catalogue::hall::BookingState;
use jiff::civil::{Date, DateTime, date};
use kiosk_core::Secret;
use kiosk_core::screen::*;

use super::{ONE, item, text};

fn day(day: i8) -> Date {
    date(2026, 12, day)
}

fn at(hour: i8, minute: i8) -> DateTime {
    day(3).at(hour, minute, 0, 0)
}

fn station() -> StationShown {
    StationShown {
        name: text("汀东便民服务站", "Tingdong Neighbourhood Station"),
        address: "云汀市汀东区演示路22号".to_owned(),
    }
}

fn booking(state: BookingState) -> BookingShown {
    BookingShown {
        matter: text(
            "国有建设用地使用权及房屋所有权转移登记",
            "Transfer of land use right and house ownership",
        ),
        station: station(),
        begins: at(9, 0),
        ends: at(9, 30),
        state,
        number: "B014".to_owned(),
        code: Secret::new("K2Q2A-22B22"),
        bring: vec![
            text("居民身份证", "Identity card"),
            text("不动产权证书", "Certificate of ownership"),
        ],
    }
}

fn entry(state: BookingState) -> BookingEntry {
    let booking = booking(state);
    BookingEntry {
        matter: booking.matter,
        station: booking.station.name,
        begins: booking.begins,
        state,
    }
}

fn lists() -> Vec<(AppointmentPage, Option<Action>)> {
    let own = |bookings: Vec<BookingEntry>, barred_until| {
        let total = u16::try_from(bookings.len()).unwrap_or(u16::MAX);
        let list = AppointmentPage::List {
            bookings,
            total,
            barred_until,
            turn: ONE,
        };
        (list, Some(Action::BookNew))
    };
    let stations = vec![station(), station()];
    let days = [(3, 40), (4, 0), (7, 56)].map(|(of, left)| DayShown { day: day(of), left });
    let slot = |(half, left): (i8, u16)| {
        let at = |half: i8| at(9 + half / 2, half % 2 * 30);
        SlotReply {
            begins: at(half),
            ends: at(half + 1),
            left,
        }
    };
    let left = [4, 3, 2, 1, 0, 4, 3, 2];
    let slots: Vec<SlotReply> = (0..8).zip(left).map(slot).collect();
    let two = Turn { at: 1, of: 2 };
    let dayed = |days: Vec<DayShown>, taken| AppointmentPage::Day {
        matter: item(),
        station: station().name,
        days,
        taken,
        turn: ONE,
    };
    let timed = |taken| AppointmentPage::Slot {
        day: day(3),
        slots: slots.clone(),
        taken,
        turn: two,
    };
    vec![
        own(
            BookingState::ALL
                .iter()
                .map(|state| entry(*state))
                .collect(),
            None,
        ),
        own(Vec::new(), None),
        own(vec![entry(BookingState::NoShow)], Some(day(24))),
        (
            AppointmentPage::Matter {
                matters: vec![item(), booking(BookingState::Booked).matter],
                turn: two,
            },
            None,
        ),
        (
            AppointmentPage::Station {
                matter: item(),
                stations,
                turn: ONE,
            },
            None,
        ),
        (dayed(days.to_vec(), false), None),
        (dayed(Vec::new(), false), None),
        (dayed(days.to_vec(), true), None),
        (timed(false), None),
        (timed(true), None),
    ]
}

fn confirm(deed: Deed, action: Action) -> (AppointmentPage, Option<Action>) {
    let booking = booking(BookingState::Booked);
    let page = ConfirmShown {
        deed,
        name: "张**".to_owned(),
        matter: booking.matter,
        station: booking.station,
        begins: booking.begins,
        ends: booking.ends,
        before: (deed == Deed::Move).then(|| day(2).at(14, 0, 0, 0)),
        bring: if deed == Deed::Cancel {
            Vec::new()
        } else {
            booking.bring
        },
    };
    (AppointmentPage::Confirm(Box::new(page)), Some(action))
}

fn done(deed: Deed, print: Option<SlipState>) -> (AppointmentPage, Option<Action>) {
    let state = match deed {
        Deed::Book | Deed::Move => BookingState::Booked,
        Deed::Cancel => BookingState::Cancelled,
    };
    let page = DoneDeed {
        deed,
        booking: booking(state),
        print,
    };
    (AppointmentPage::Done(Box::new(page)), Some(Action::Finish))
}

/// Every page of the appointments.
pub(super) fn all() -> Vec<(Page, Option<Action>)> {
    let trouble = |trouble, action| (AppointmentPage::Trouble(trouble), Some(action));
    let deeds = [Deed::Book, Deed::Move, Deed::Cancel];
    let again = Action::TryAgain;
    let refused = |refusal, action| trouble(AppointmentTrouble::Refused(refusal), action);
    let opened = |state| (AppointmentPage::Booking(Box::new(booking(state))), None);
    let mut all = lists();
    all.extend([opened(BookingState::Booked), opened(BookingState::Arrived)]);
    all.extend([
        confirm(Deed::Book, Action::Book),
        confirm(Deed::Move, Action::MoveBooking),
        confirm(Deed::Cancel, Action::CancelBooking),
        trouble(AppointmentTrouble::CannotRead, again),
    ]);
    all.extend(deeds.map(|deed| trouble(AppointmentTrouble::NotSent(deed), again)));
    all.extend(deeds.map(|deed| trouble(AppointmentTrouble::NoAnswer(deed), again)));
    all.extend([
        refused(Refusal::SlotFull, Action::ChooseAgain),
        refused(Refusal::OneADay, Action::ChooseAgain),
        refused(Refusal::Barred, Action::MyAppointments),
        refused(Refusal::TooLate, Action::MyAppointments),
        refused(Refusal::Gone, Action::MyAppointments),
        refused(Refusal::NotOffered, Action::ChooseAgain),
    ]);
    all.extend([
        done(Deed::Book, Some(SlipState::Printed)),
        done(Deed::Move, Some(SlipState::NoPrinter)),
        done(Deed::Cancel, None),
    ]);
    all.into_iter()
        .map(|(page, action)| (Page::Appointment(page), action))
        .collect()
}
