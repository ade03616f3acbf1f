//! Which days are working days, from the yearly notices or, without one, provisionally.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, Weekday};
use serde::Deserialize;
use serde_json::Value;

use crate::load::{Refused, Unknown, record_fault, whole_file};

/// Most bytes of a calendar file.
const MAX_BYTES: usize = 4 << 20;
/// Statutory days with a fixed date: New Year, Labour Day (2), National Day (3).
const FIXED_DAYS: [(i8, i8); 6] = [(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)];

/// Days off and make-up working days by year.
///
/// A year without a notice is computed from weekends and the statutory days of fixed date, and
/// everything that touches it is provisional (暂定).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    years: BTreeMap<i16, Year>,
}

/// One year with a confirmed notice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Year {
    off: BTreeSet<Date>,
    work: BTreeSet<Date>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CalendarFile {
    #[serde(rename = "meta")]
    _meta: Value,
    years: BTreeMap<i16, YearRecord>,
    #[serde(default, rename = "testVectors")]
    _test_vectors: Value,
    #[serde(default)]
    workdays_per_year: BTreeMap<i16, u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct YearRecord {
    confidence: Confidence,
    #[serde(rename = "basis")]
    _basis: Value,
    off_days: Option<Vec<NamedDay>>,
    make_up_workdays: Option<Vec<NamedDay>>,
    #[serde(default, rename = "note")]
    _note: Option<String>,
}

#[derive(Deserialize, PartialEq, Clone, Copy)]
#[serde(rename_all = "camelCase")]
enum Confidence {
    Confirmed,
    Unknown,
}

#[derive(Deserialize)]
struct NamedDay {
    date: Date,
    #[serde(rename = "name")]
    _name: String,
}

impl Calendar {
    /// Reads `holidays.json`. Only confirmed years are taken. `file` is only used to name faults.
    ///
    /// # Errors
    /// [`Refused`] (`E_RECORD`) for a wrong shape, a day in the wrong year, a day both off and
    /// worked, and a year whose working days are not as many as the file itself says.
    pub fn parse(file: &str, json: &[u8]) -> Result<Self, Refused> {
        Self::read(file, json, Unknown::Refused)
    }

    /// Reads one that a city published: fields that a newer city added are ignored.
    ///
    /// # Errors
    /// [`Refused`], as `parse`.
    pub fn parse_published(file: &str, json: &[u8]) -> Result<Self, Refused> {
        Self::read(file, json, Unknown::Ignored)
    }

    fn read(file: &str, json: &[u8], unknown: Unknown) -> Result<Self, Refused> {
        let fault = |field: &str, reason| record_fault(file, None, field, reason);
        let read: CalendarFile = whole_file(file, json, MAX_BYTES, unknown)?;
        let mut faults = Vec::new();
        let mut calendar = Self::default();
        for (number, record) in read.years {
            if record.confidence == Confidence::Unknown {
                continue;
            }
            match year(number, record) {
                Ok(year) => {
                    calendar.years.insert(number, year);
                }
                Err(reason) => faults.push(fault(&format!("years.{number}"), reason)),
            }
        }
        for (number, expected) in read.workdays_per_year {
            let counted = calendar.working_days_in(number);
            if calendar.is_confirmed(number) && counted != expected {
                let reason = format!("{counted} working days counted, {expected} stated");
                faults.push(fault(&format!("workdaysPerYear.{number}"), reason));
            }
        }
        if faults.is_empty() {
            Ok(calendar)
        } else {
            Err(Refused { faults })
        }
    }

    /// Whether the notice of `year` is known.
    #[must_use]
    pub fn is_confirmed(&self, year: i16) -> bool {
        self.years.contains_key(&year)
    }

    /// Whether `day` is a working day.
    #[must_use]
    pub fn is_workday(&self, day: Date) -> bool {
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        match self.years.get(&day.year()) {
            Some(year) => year.work.contains(&day) || !weekend && !year.off.contains(&day),
            None => !weekend && !FIXED_DAYS.contains(&(day.month(), day.day())),
        }
    }

    /// Working days of a year.
    #[must_use]
    pub fn working_days_in(&self, year: i16) -> u32 {
        let (Ok(first), Ok(last)) = (Date::new(year, 1, 1), Date::new(year, 12, 31)) else {
            return 0;
        };
        let before = first.yesterday().unwrap_or(first);
        self.working_days_between(before, last)
    }

    /// Working days after `from` up to and including `to`; 0 when `to` is not later.
    #[must_use]
    pub fn working_days_between(&self, from: Date, to: Date) -> u32 {
        let mut day = from;
        let mut count = 0;
        while day < to {
            let Ok(next) = day.tomorrow() else { break };
            day = next;
            count += u32::from(self.is_workday(day));
        }
        count
    }

    /// The first working day after `day`.
    #[must_use]
    pub fn next_workday(&self, day: Date) -> Date {
        let mut next = day;
        while let Ok(day) = next.tomorrow() {
            next = day;
            if self.is_workday(next) {
                break;
            }
        }
        next
    }
}

fn year(number: i16, record: YearRecord) -> Result<Year, String> {
    let (Some(off), Some(work)) = (record.off_days, record.make_up_workdays) else {
        return Err("a confirmed year needs offDays and makeUpWorkdays".into());
    };
    let days = |list: Vec<NamedDay>| list.into_iter().map(|day| day.date).collect();
    let year = Year {
        off: days(off),
        work: days(work),
    };
    if let Some(day) = year
        .off
        .iter()
        .chain(&year.work)
        .find(|day| day.year() != number)
    {
        return Err(format!("{day} lies in another year"));
    }
    match year.off.intersection(&year.work).next() {
        Some(day) => Err(format!("{day} is both off and worked")),
        None => Ok(year),
    }
}
