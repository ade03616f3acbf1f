//! How long the outbox waits between attempts.

use std::time::Duration;

/// The bounds of waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Before the second attempt, at most.
    pub first: Duration,
    /// Between later attempts, at most.
    pub most: Duration,
}

impl Default for Pace {
    /// One second, doubling up to one minute.
    fn default() -> Self {
        Self {
            first: Duration::from_secs(1),
            most: Duration::from_secs(60),
        }
    }
}

impl Pace {
    /// The wait after `attempts` failures in a row (from 1). `random` spreads it over the upper half of the time, so
    /// that a city that comes back is not met by all its kiosks in one second.
    #[must_use]
    pub fn wait(&self, attempts: u32, random: u16) -> Duration {
        let doubled = 2u32.saturating_pow(attempts.saturating_sub(1).min(16));
        let whole = self.first.saturating_mul(doubled).min(self.most);
        whole / 2 + whole / 2 * u32::from(random) / u32::from(u16::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_city_away_for_a_month_is_asked_once_a_minute_and_not_by_all_at_once() {
        let pace = Pace::default();
        let longest: Vec<u64> = (1..9).map(|n| pace.wait(n, u16::MAX).as_secs()).collect();
        assert_eq!(longest, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(pace.wait(u32::MAX, 0), Duration::from_secs(30));
        assert!(pace.wait(3, 100) < pace.wait(3, 60_000));
    }
}
