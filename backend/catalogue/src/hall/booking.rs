//! Rules of a booking: who may book, and until when it can be changed.

use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use crate::policy::HallPolicy;

closed_list! {
    /// What became of a booking.
    BookingState {
        /// Somebody is expected.
        Booked = "booked",
        /// Checked in.
        Arrived = "arrived",
        /// Came after the check-in had closed, and waits as a walk-in.
        Late = "late",
        /// Did not come on the day (爽约).
        NoShow = "no_show",
        /// Cancelled in time.
        Cancelled = "cancelled",
    }
}

impl BookingState {
    /// The state of this name; None when there is none.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|state| state.as_str() == name)
    }
}

/// The last day on which somebody with these days of no-show cannot book; None when they can book today.
///
/// A no-show bars when it is the third (or the set number) within the days up to it. A further one bars again; the
/// hall can be used all the time.
#[must_use]
pub fn barred_until(no_shows: &[Date], today: Date, policy: &HallPolicy) -> Option<Date> {
    let within = i64::from(policy.no_show_days).days();
    let bars = |last: &Date| {
        let first = last.checked_sub(within).unwrap_or(*last);
        let count = no_shows
            .iter()
            .filter(|day| first < **day && *day <= last)
            .count();
        policy.no_shows > 0 && count >= usize::from(policy.no_shows)
    };
    no_shows
        .iter()
        .filter(|last| bars(last))
        .filter_map(|last| last.checked_add(i64::from(policy.barred_days).days()).ok())
        .max()
        .filter(|until| *until >= today)
}

/// Whether a booking can still be moved or cancelled: the place must be of use to somebody else.
#[must_use]
pub fn can_be_changed(begins: DateTime, now: DateTime, policy: &HallPolicy) -> bool {
    begins
        .checked_sub(i64::from(policy.cancel_before_minutes).minutes())
        .is_ok_and(|last| now <= last)
}
