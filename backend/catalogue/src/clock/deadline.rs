//! When a limit ends, and how it stops, resumes and is extended.

use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use super::{Calendar, OfficeHours};
use crate::record::{Limit, LimitUnit};

/// Longest limit that is computed, in its unit (about ten years of days).
const MAX_UNITS: u32 = 3_660;

/// The last day of a limit; it ends at close of business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// The last day.
    pub date: Date,
    /// Whether a year without a notice was touched: shown as 暂定, recomputed when the notice comes.
    pub provisional: bool,
}

/// Why a deadline cannot be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClockError {
    /// Longer than any lawful limit.
    #[error("a limit of {0} units is longer than {MAX_UNITS}")]
    TooLong(u32),
    /// The day lies outside the calendar of jiff.
    #[error("the deadline lies outside the calendar")]
    OutOfRange,
    /// The clock stops before the day it runs from.
    #[error("the clock cannot stop on {stop}, it runs from {from}")]
    StopBeforeStart {
        /// Day it runs from.
        from: Date,
        /// Day it should stop.
        stop: Date,
    },
    /// The clock resumes before the day it stopped.
    #[error("the clock cannot resume on {resume}, it stopped on {stop}")]
    ResumeBeforeStop {
        /// Day it stopped.
        stop: Date,
        /// Day it should resume.
        resume: Date,
    },
}

impl Calendar {
    /// The deadline `value` units after `from`, the day of acceptance, which does not count.
    ///
    /// Natural-day limits that end on a day off move to the next working day; hours count as the
    /// days they reach into (24 h a day). Units are never converted into each other.
    ///
    /// # Errors
    /// [`ClockError`] for a limit or a day beyond the bounds.
    ///
    /// Source: Civil Code Art. 201 and 203; administrative licensing law Art. 82.
    pub fn deadline_of(
        &self,
        from: Date,
        value: u32,
        unit: LimitUnit,
    ) -> Result<Deadline, ClockError> {
        if value > MAX_UNITS {
            return Err(ClockError::TooLong(value));
        }
        let date = match unit {
            LimitUnit::Workday => self.after_workdays(from, value),
            LimitUnit::Day => self.after_days(from, value)?,
            LimitUnit::Hour => self.after_days(from, value.div_ceil(24))?,
        };
        let unsure = |year| !self.is_confirmed(year);
        let provisional = value > 0 && (from.year()..=date.year()).any(unsure);
        Ok(Deadline { date, provisional })
    }

    fn after_workdays(&self, from: Date, value: u32) -> Date {
        let mut day = from;
        for _ in 0..value {
            day = self.next_workday(day);
        }
        day
    }

    fn after_days(&self, from: Date, value: u32) -> Result<Date, ClockError> {
        let end = from
            .checked_add(i64::from(value).days())
            .map_err(|_| ClockError::OutOfRange)?;
        Ok(if value == 0 || self.is_workday(end) {
            end
        } else {
            self.next_workday(end)
        })
    }

    /// The day an acceptance counts from: outside office hours and on a day off it is the next
    /// moment that is an opening of a working day.
    ///
    /// Source: domain specification, section 4.4.
    #[must_use]
    pub fn acceptance_day(&self, moment: DateTime, hours: &OfficeHours) -> Date {
        let day = moment.date();
        if self.is_workday(day) && hours.counts_today(moment.time()) {
            day
        } else {
            self.next_workday(day)
        }
    }
}

/// A limit that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    /// Day 0.
    pub from: Date,
    /// Units left on day 0.
    pub remaining: u32,
    /// Unit of the limit.
    pub unit: LimitUnit,
}

/// A limit that stands still, for example during a special procedure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopped {
    /// Day it stopped; that day counts as used.
    pub stopped_on: Date,
    /// Units left when it resumes.
    pub remaining: u32,
    /// Unit of the limit.
    pub unit: LimitUnit,
}

impl Running {
    /// Starts `limit` on `from`, the day of acceptance.
    #[must_use]
    pub fn start(from: Date, limit: &Limit) -> Self {
        Self {
            from,
            remaining: limit.value,
            unit: limit.unit,
        }
    }

    /// When it ends.
    ///
    /// # Errors
    /// [`ClockError`] for a limit or a day beyond the bounds.
    pub fn deadline(&self, calendar: &Calendar) -> Result<Deadline, ClockError> {
        calendar.deadline_of(self.from, self.remaining, self.unit)
    }

    /// Stops it by whole days: the days used up to and including `stop` are gone. What is overdue
    /// has nothing left.
    ///
    /// # Errors
    /// [`ClockError::StopBeforeStart`].
    pub fn stop(&self, stop: Date, calendar: &Calendar) -> Result<Stopped, ClockError> {
        if stop < self.from {
            let from = self.from;
            return Err(ClockError::StopBeforeStart { from, stop });
        }
        let days = || u32::try_from((stop - self.from).get_days()).unwrap_or(u32::MAX);
        let used = match self.unit {
            LimitUnit::Workday => calendar.working_days_between(self.from, stop),
            LimitUnit::Day => days(),
            LimitUnit::Hour => days().saturating_mul(24),
        };
        Ok(Stopped {
            stopped_on: stop,
            remaining: self.remaining.saturating_sub(used),
            unit: self.unit,
        })
    }

    /// Gives it `more` units, once an extension is approved.
    ///
    /// Whether it was extended before is known to the case, not to the clock.
    #[must_use]
    pub fn extend(&self, more: u32) -> Self {
        Self {
            remaining: self.remaining.saturating_add(more),
            ..*self
        }
    }
}

impl Stopped {
    /// Runs on from `resume`, which is day 0 again.
    ///
    /// # Errors
    /// [`ClockError::ResumeBeforeStop`].
    pub fn resume(&self, resume: Date) -> Result<Running, ClockError> {
        if resume < self.stopped_on {
            let stop = self.stopped_on;
            return Err(ClockError::ResumeBeforeStop { stop, resume });
        }
        Ok(Running {
            from: resume,
            remaining: self.remaining,
            unit: self.unit,
        })
    }
}
