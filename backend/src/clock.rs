//! The city's clock: the machine's time, which a test or the demo can set ahead.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp, civil};

/// Time of the city. Clones share the same time.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    ahead_seconds: Arc<AtomicI64>,
}

impl Clock {
    /// Now: the machine's time plus what the clock was set ahead.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_secs(self.ahead_seconds.load(Ordering::Relaxed));
        let now = Timestamp::now();
        now.checked_add(ahead).unwrap_or(now)
    }

    /// Sets the clock further ahead, so that deadlines pass without waiting.
    pub fn advance(&self, seconds: i64) {
        self.ahead_seconds.fetch_add(seconds, Ordering::Relaxed);
    }
}

/// The time zone of every civil date of the city: UTC+8, without daylight saving.
#[must_use]
pub fn zone() -> TimeZone {
    TimeZone::fixed(Offset::constant(8))
}

/// The civil date and time at the city.
#[must_use]
pub fn civil(at: Timestamp) -> civil::DateTime {
    zone().to_datetime(at)
}

/// From the first moment of the day `from` to the one after the day `to`; `None` beyond all calendars.
#[must_use]
pub fn whole_days(from: civil::Date, to: civil::Date) -> Option<(Timestamp, Timestamp)> {
    let begin = |day: civil::Date| Some(day.to_zoned(zone()).ok()?.timestamp());
    Some((begin(from)?, begin(to.tomorrow().ok()?)?))
}

/// `at` after so many seconds; `at` itself when that is beyond all calendars.
#[must_use]
pub fn after(at: Timestamp, seconds: i64) -> Timestamp {
    at.checked_add(SignedDuration::from_secs(seconds))
        .unwrap_or(at)
}
