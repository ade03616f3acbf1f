//! The machine's clock as the core's [`Now`]; scripted visits may skip waiting.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use kiosk_core::Now;

/// The city's time zone, fixed.
const HOURS_EAST: i8 = 8;

fn zone() -> TimeZone {
    TimeZone::fixed(Offset::constant(HOURS_EAST))
}

/// A moment as the city's clocks show it.
#[must_use]
pub fn civil(moment: Timestamp) -> DateTime {
    moment.to_zoned(zone()).datetime()
}

/// The moment at which the city's clocks show this; 1970 for one that no clock can hold.
#[must_use]
pub fn moment(civil: DateTime) -> Timestamp {
    civil
        .to_zoned(zone())
        .map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp())
}

/// The clock; clones share it.
#[derive(Clone, Debug)]
pub struct Clock {
    started: Instant,
    /// Milliseconds skipped so far.
    skipped: Arc<AtomicU64>,
}

impl Clock {
    /// A clock that starts now.
    #[must_use]
    pub fn new() -> Self {
        Self {
            started: Instant::now(),
            skipped: Arc::new(AtomicU64::new(0)),
        }
    }

    fn skipped(&self) -> Duration {
        Duration::from_millis(self.skipped.load(Ordering::Relaxed))
    }

    /// Time since start, and the civil time in the city.
    #[must_use]
    pub fn now(&self) -> Now {
        let skipped = self.skipped();
        let moment = Timestamp::now()
            .saturating_add(skipped)
            .unwrap_or(Timestamp::MAX);
        Now {
            up: self.started.elapsed() + skipped,
            civil: civil(moment),
        }
    }

    /// Lets `time` pass at once; only scripted visits do that.
    pub fn skip(&self, time: Duration) {
        let milliseconds = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self.skipped.fetch_add(milliseconds, Ordering::Relaxed);
    }

    /// How long until `at` (time since start) comes; zero when it has passed.
    #[must_use]
    pub fn until(&self, at: Duration) -> Duration {
        at.saturating_sub(self.started.elapsed() + self.skipped())
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}
