//! How long to wait before the next attempt to reach a device.

use std::time::Duration;

/// Growing pauses between attempts: each twice the last, up to a bound, a quarter jittered
/// so that ten kiosks behind one tripped fuse do not knock in step.
#[derive(Debug, Clone)]
pub struct Ladder {
    first: Duration,
    longest: Duration,
    climbed: u32,
}

impl Default for Ladder {
    /// From 250 ms to 8 s: a device that comes back is ready within 10 s.
    fn default() -> Self {
        Self::new(Duration::from_millis(250), Duration::from_secs(8))
    }
}

impl Ladder {
    /// Pauses from `first` to `longest`.
    #[must_use]
    pub fn new(first: Duration, longest: Duration) -> Self {
        Self {
            first,
            longest,
            climbed: 0,
        }
    }

    /// The next pause; `noise` is any number, spread over the quarter below the full pause.
    pub fn climb(&mut self, noise: u64) -> Duration {
        let factor = 1_u32.checked_shl(self.climbed.min(20)).unwrap_or(u32::MAX);
        self.climbed = self.climbed.saturating_add(1);
        let full = self.first.saturating_mul(factor).min(self.longest);
        let thousandths = u32::try_from(noise % 251).unwrap_or(0);
        full - full * thousandths / 1000
    }

    /// Back to the bottom: the device works.
    pub fn reset(&mut self) {
        self.climbed = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_that_stays_away_is_tried_ever_more_slowly_but_never_given_up() {
        let mut ladder = Ladder::default();
        let pauses: Vec<u128> = (0..9).map(|_| ladder.climb(0).as_millis()).collect();
        assert_eq!(pauses, [250, 500, 1000, 2000, 4000, 8000, 8000, 8000, 8000]);
        for noise in 0..1000 {
            let pause = ladder.climb(noise).as_millis();
            assert!((6000..=8000).contains(&pause), "{pause}");
        }
        ladder.reset();
        assert_eq!(ladder.climb(250), Duration::from_micros(187_500));
    }
}
