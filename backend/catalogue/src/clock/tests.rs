//! The published vectors, and the stops, holidays and unknown years around them.

use jiff::civil::{Date, date, time};
use proptest::prelude::*;
use serde::Deserialize;

use super::{Calendar, ClockError, Deadline, OfficeHours, Running};
use crate::record::{Limit, LimitUnit, Nullable};
use crate::sample::{HOLIDAYS, calendar};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vectors {
    test_vectors: Vec<Vector>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vector {
    accepted_on: Date,
    workdays: u32,
    deadline: Date,
}

fn workdays(from: Date, value: u32) -> Deadline {
    calendar()
        .deadline_of(from, value, LimitUnit::Workday)
        .unwrap()
}

fn days(from: Date, value: u32) -> Deadline {
    calendar().deadline_of(from, value, LimitUnit::Day).unwrap()
}

#[test]
fn every_published_vector_is_met() {
    let vectors: Vectors = serde_json::from_slice(HOLIDAYS).unwrap();
    assert_eq!(vectors.test_vectors.len(), 11);
    for vector in vectors.test_vectors {
        let met = workdays(vector.accepted_on, vector.workdays);
        assert_eq!(
            met.date, vector.deadline,
            "{} + {}",
            vector.accepted_on, vector.workdays
        );
        assert!(!met.provisional);
    }
}

#[test]
fn both_confirmed_years_have_248_working_days() {
    assert_eq!(calendar().working_days_in(2025), 248);
    assert_eq!(calendar().working_days_in(2026), 248);
}

#[test]
fn natural_days_that_end_on_a_holiday_move_on() {
    assert_eq!(days(date(2026, 3, 2), 7).date, date(2026, 3, 9));
    assert_eq!(days(date(2026, 9, 28), 5).date, date(2026, 10, 8));
    assert_eq!(
        days(date(2026, 2, 7), 7).date,
        date(2026, 2, 14),
        "a make-up Saturday counts"
    );
    assert_eq!(days(date(2026, 10, 3), 0).date, date(2026, 10, 3));
}

#[test]
fn a_year_without_a_notice_is_provisional_and_not_refused() {
    let into = workdays(date(2026, 12, 31), 1);
    assert_eq!(
        into,
        Deadline {
            date: date(2027, 1, 4),
            provisional: true
        }
    );
    let labour = workdays(date(2027, 4, 30), 1);
    assert_eq!(
        labour,
        Deadline {
            date: date(2027, 5, 3),
            provisional: true
        }
    );
    assert!(!workdays(date(2026, 12, 30), 1).provisional);
    assert!(days(date(2026, 12, 28), 7).provisional);
}

#[test]
fn a_stop_uses_whole_days_and_a_resume_begins_at_day_0() {
    let calendar = calendar();
    let limit = Limit {
        value: 20,
        unit: LimitUnit::Workday,
        note: Nullable::Absent,
    };
    let running = Running::start(date(2026, 3, 2), &limit);
    let stopped = running.stop(date(2026, 3, 6), &calendar).unwrap();
    assert_eq!(stopped.remaining, 16);
    let resumed = stopped.resume(date(2026, 3, 20)).unwrap();
    assert_eq!(resumed.deadline(&calendar).unwrap().date, date(2026, 4, 14));
    assert_eq!(running.extend(10).remaining, 30);
    let late = running.stop(date(2026, 12, 1), &calendar).unwrap();
    assert_eq!(late.remaining, 0);
    let early = running.stop(date(2026, 3, 1), &calendar);
    assert!(matches!(early, Err(ClockError::StopBeforeStart { .. })));
    let back = stopped.resume(date(2026, 3, 5));
    assert!(matches!(back, Err(ClockError::ResumeBeforeStop { .. })));
}

#[test]
fn stopped_natural_days_are_counted_as_natural_days() {
    let calendar = calendar();
    let running = Running {
        from: date(2026, 3, 2),
        remaining: 7,
        unit: LimitUnit::Day,
    };
    assert_eq!(
        running.stop(date(2026, 3, 7), &calendar).unwrap().remaining,
        2
    );
}

#[test]
fn an_acceptance_outside_office_hours_counts_from_the_next_opening() {
    let (calendar, hours) = (calendar(), OfficeHours::default());
    let day = |day: Date, at| calendar.acceptance_day(day.to_datetime(at), &hours);
    let friday = date(2026, 2, 13);
    assert_eq!(day(friday, time(8, 0, 0, 0)), friday);
    assert_eq!(day(friday, time(9, 0, 0, 0)), friday);
    assert_eq!(
        day(friday, time(12, 0, 0, 0)),
        date(2026, 2, 14),
        "the break"
    );
    assert_eq!(day(friday, time(17, 29, 59, 0)), friday);
    assert_eq!(
        day(friday, time(17, 30, 0, 0)),
        date(2026, 2, 14),
        "a make-up Saturday"
    );
    assert_eq!(day(date(2026, 2, 15), time(10, 0, 0, 0)), date(2026, 2, 24));
    assert!(OfficeHours::new(vec![(time(12, 0, 0, 0), time(9, 0, 0, 0))]).is_err());
    assert!(OfficeHours::new(Vec::new()).is_err());
}

#[test]
fn a_calendar_that_contradicts_itself_is_refused() {
    let text = std::str::from_utf8(HOLIDAYS).unwrap();
    for (from, to, field) in [
        ("\"2026\": 248", "\"2026\": 249", "workdaysPerYear.2026"),
        ("\"2026-10-10\"", "\"2026-10-01\"", "years.2026"),
        ("\"2026-10-10\"", "\"2025-10-10\"", "years.2026"),
        ("\"confirmed\"", "\"guessed\"", "years.2025.confidence"),
    ] {
        let wrong = text.replace(from, to);
        let refused = Calendar::parse("h.json", wrong.as_bytes()).unwrap_err();
        assert!(refused.faults[0].field.starts_with(field), "{refused}");
    }
}

#[test]
fn limits_beyond_all_law_are_refused() {
    let error = calendar().deadline_of(date(2026, 1, 1), 4_000, LimitUnit::Workday);
    assert_eq!(error, Err(ClockError::TooLong(4_000)));
}

proptest! {
    #[test]
    fn counting_back_gives_the_working_days_counted_forth(start in 0_i64..700, value in 0_u32..120) {
        let calendar = calendar();
        let from = date(2025, 1, 1).saturating_add(jiff::Span::new().days(start));
        let end = calendar.deadline_of(from, value, LimitUnit::Workday).unwrap();
        prop_assert_eq!(calendar.working_days_between(from, end.date), value);
        prop_assert!(value == 0 || calendar.is_workday(end.date));
    }
}
