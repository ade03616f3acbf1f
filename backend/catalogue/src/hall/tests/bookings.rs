//! Slots, rules of booking, check-in, numbers.

use jiff::civil::{Date, DateTime, date, datetime, time};
use proptest::prelude::*;

use crate::clock::OfficeHours;
use crate::hall::{
    Booking, BookingState, CheckIn, Letter, Schedule, TicketNumber, barred_until, can_be_changed,
    check_in,
};
use crate::policy::HallPolicy;
use crate::record::Appointment;
use crate::sample::{TODAY, calendar, catalogue};

fn item(supported: bool, minutes: u16) -> Appointment {
    Appointment {
        supported,
        days_ahead: 0,
        slot_minutes: minutes,
        quota_per_slot: 0,
    }
}

#[test]
fn a_week_of_slots_skips_the_lunch_break_and_the_days_off() {
    let (catalogue, policy) = (catalogue(), HallPolicy::default());
    let hall = catalogue.station("S001").unwrap();
    let schedule = Schedule::new(&item(true, 0), hall, &policy).unwrap();
    let slots = schedule.slots(TODAY, &calendar());
    // Five working days of 6 slots in the morning and 8 after lunch.
    assert_eq!((slots.len(), schedule.quota), (5 * 14, 4));
    assert_eq!(slots[0].begins, datetime(2026, 3, 3, 9, 0, 0, 0));
    assert!(slots.iter().all(|slot| slot.begins.hour() != 12));
    let at = |hour, minute| {
        let begins = datetime(2026, 3, 3, hour, minute, 0, 0);
        schedule.slot(begins, TODAY, &calendar())
    };
    assert!(at(17, 0).is_some() && at(17, 30).is_none() && at(9, 10).is_none());
    // A make-up working day has slots, a day off has none.
    let slots = schedule.slots(date(2026, 9, 30), &calendar());
    assert!(slots.iter().all(|slot| slot.begins.day() > 7), "{slots:?}");
}

#[test]
fn a_rest_at_the_end_of_the_morning_is_no_slot_and_hours_of_a_station_are_its_own() {
    let catalogue = catalogue();
    let policy: HallPolicy = serde_json::from_value(serde_json::json!({
        "openingAt": {"S002": [["08:00:00", "09:40:00"]]},
        "daysAhead": 1
    }))
    .unwrap();
    let count = |station, minutes| {
        let station = catalogue.station(station).unwrap();
        let item = item(true, minutes);
        let schedule = Schedule::new(&item, station, &policy);
        schedule.map(|schedule| schedule.slots(TODAY, &calendar()).len())
    };
    assert_eq!(count("S002", 30), Some(3));
    assert_eq!(count("S001", 30), Some(14));
    assert_eq!(count("S001", u16::MAX), Some(0));
    // Kiosks only: nobody is there to be booked.
    assert_eq!(count("K901", 30), None);
    let hall = catalogue.station("S001").unwrap();
    assert!(Schedule::new(&item(false, 30), hall, &policy).is_none());
}

#[test]
fn three_no_shows_in_ninety_days_bar_for_thirty_and_then_it_is_over() {
    let policy = HallPolicy::default();
    let barred = |days: &[Date], today| barred_until(days, today, &policy);
    let days = [date(2026, 1, 5), date(2026, 2, 3), date(2026, 3, 2)];
    assert_eq!(barred(&days[..2], date(2026, 3, 3)), None);
    assert_eq!(barred(&days, date(2026, 3, 3)), Some(date(2026, 4, 1)));
    assert_eq!(barred(&days, date(2026, 4, 1)), Some(date(2026, 4, 1)));
    assert_eq!(barred(&days, date(2026, 4, 2)), None);
    // The fourth within ninety days of the second bars again.
    let more = [&days[1..], &[date(2026, 4, 20)]].concat();
    assert_eq!(barred(&more, date(2026, 4, 21)), Some(date(2026, 5, 20)));
    // Ninety days apart they do not meet.
    let apart = [date(2026, 1, 1), date(2026, 2, 1), date(2026, 4, 1)];
    assert_eq!(barred(&apart, date(2026, 4, 2)), None);
}

#[test]
fn a_booking_is_changed_up_to_two_hours_before() {
    let policy = HallPolicy::default();
    let begins = datetime(2026, 3, 3, 10, 0, 0, 0);
    let at = |hour, minute, second| datetime(2026, 3, 3, hour, minute, second, 0);
    assert!(can_be_changed(begins, at(8, 0, 0), &policy));
    assert!(!can_be_changed(begins, at(8, 0, 1), &policy));
}

fn booking(station: &str, begins: DateTime, state: BookingState) -> Booking {
    Booking {
        station: station.into(),
        begins,
        state,
    }
}

#[test]
fn seven_outcomes_of_a_check_in() {
    use BookingState::{Arrived, Booked, Cancelled, Late, NoShow};
    let ten = datetime(2026, 3, 3, 10, 0, 0, 0);
    let day = |day| datetime(2026, 3, day, 10, 0, 0, 0);
    let at = |hour, minute, second| datetime(2026, 3, 3, hour, minute, second, 0);
    let (here, there) = ("S001", "S002");
    let table = [
        (here, ten, Booked, at(9, 29, 59), CheckIn::TooEarly),
        (here, ten, Booked, at(9, 30, 0), CheckIn::InTime),
        (here, ten, Booked, at(10, 15, 0), CheckIn::InTime),
        (here, ten, Booked, at(10, 15, 1), CheckIn::Late),
        (here, ten, NoShow, at(17, 0, 0), CheckIn::Late),
        (here, ten, Arrived, at(9, 31, 0), CheckIn::Already),
        (here, ten, Late, at(10, 31, 0), CheckIn::Already),
        (there, ten, Booked, at(10, 0, 0), CheckIn::OtherStation),
        (here, day(4), Booked, at(10, 0, 0), CheckIn::OtherDay),
        (there, day(4), Booked, at(10, 0, 0), CheckIn::OtherDay),
        (here, day(2), NoShow, at(10, 0, 0), CheckIn::OtherDay),
        (here, ten, Cancelled, at(10, 0, 0), CheckIn::NoBooking),
    ];
    let mut seen = Vec::new();
    for (station, begins, state, now, expected) in table {
        let bookings = [booking(station, begins, state)];
        let (outcome, about) = check_in(&bookings, here, now, &HallPolicy::default());
        assert_eq!(outcome, expected, "{station} {begins} {state:?} at {now}");
        assert_eq!(about, (expected != CheckIn::NoBooking).then_some(0));
        seen.push(outcome);
    }
    assert!(CheckIn::ALL.iter().all(|outcome| seen.contains(outcome)));
    let none = check_in(&[], here, ten, &HallPolicy::default());
    assert_eq!(none, (CheckIn::NoBooking, None));
}

#[test]
fn of_several_bookings_todays_here_counts_then_todays_elsewhere_then_the_next() {
    use BookingState::Booked;
    let at = |day, hour| datetime(2026, 3, day, hour, 0, 0, 0);
    let all = [
        booking("S001", at(9, 10), Booked),
        booking("S001", at(4, 10), Booked),
        booking("S002", at(3, 9), Booked),
        booking("S001", at(3, 10), Booked),
    ];
    let about =
        |bookings: &[Booking]| check_in(bookings, "S001", at(3, 10), &HallPolicy::default());
    assert_eq!(about(&all), (CheckIn::InTime, Some(3)));
    assert_eq!(about(&all[..3]), (CheckIn::OtherStation, Some(2)));
    assert_eq!(about(&all[..2]), (CheckIn::OtherDay, Some(1)));
}

proptest! {
    /// Whatever the hours: slots are whole, in order, apart from each other, inside the hours and on working days ahead.
    #[test]
    fn slots_are_whole_apart_and_inside_the_hours_of_working_days(
        mut edges in prop::collection::btree_set(0..24 * 60_i16, 2..8),
        minutes in 10..600_u16,
        ahead in 0..30_u16,
    ) {
        if edges.len() % 2 == 1 {
            edges.pop_first();
        }
        let edges: Vec<_> = edges.iter().map(|at| time(i8::try_from(at / 60).unwrap(), i8::try_from(at % 60).unwrap(), 0, 0)).collect();
        let spans: Vec<_> = edges.chunks(2).map(|pair| (pair[0], pair[1])).collect();
        let policy = HallPolicy { opening: OfficeHours::new(spans.clone()).unwrap(), ..HallPolicy::default() };
        let (catalogue, calendar) = (catalogue(), calendar());
        let item = Appointment { days_ahead: ahead, ..item(true, minutes) };
        let schedule = Schedule::new(&item, catalogue.station("S001").unwrap(), &policy).unwrap();
        let slots = schedule.slots(TODAY, &calendar);
        for slot in &slots {
            prop_assert!(calendar.is_workday(slot.begins.date()) && slot.begins.date() > TODAY);
            let length = slot.begins.until(slot.ends).unwrap().total(jiff::Unit::Minute).unwrap();
            prop_assert_eq!(length, f64::from(minutes));
            let (begins, ends) = (slot.begins.time(), slot.ends.time());
            prop_assert!(spans.iter().any(|(open, close)| *open <= begins && ends <= *close));
        }
        let last = slots.last();
        let found = last.and_then(|slot| schedule.slot(slot.begins, TODAY, &calendar));
        prop_assert_eq!(found.as_ref(), last);
        prop_assert!(slots.windows(2).all(|pair| pair[0].ends <= pair[1].begins));
    }

    #[test]
    fn a_ticket_number_has_one_spelling(letter in 0..Letter::ALL.len(), number in 1..999_999_u32, junk in "\\PC{0,8}") {
        let ticket = TicketNumber { letter: Letter::ALL[letter], number };
        let text = ticket.to_string();
        prop_assert_eq!(text.parse(), Ok(ticket));
        prop_assert!(text.len() == 4 || number > 999);
        if let Ok(read) = junk.parse::<TicketNumber>() {
            prop_assert_eq!(read.to_string(), junk);
        }
    }
}

#[test]
fn misspelled_ticket_numbers_are_none() {
    for text in [
        "", "A", "A1", "A000", "A0012", "X001", "a001", "A+12", "A 12", "001", "人001",
    ] {
        assert!(text.parse::<TicketNumber>().is_err(), "{text}");
    }
    assert_eq!("A1000".parse::<TicketNumber>().unwrap().number, 1000);
}
