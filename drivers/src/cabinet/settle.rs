//! When a switch that chatters, or a sensor that wavers, has settled.

use std::time::Duration;

/// A bit that counts only once it has stayed the same for a while.
#[derive(Debug, Default)]
pub(super) struct Settled {
    stable: Option<bool>,
    /// What it seems to become, and since when.
    candidate: Option<(bool, Duration)>,
}

impl Settled {
    /// Takes the bit seen at `now`; returns it when it has just settled at a new state. It
    /// settles when it was seen the same at least twice over `time`.
    pub(super) fn see(&mut self, now: Duration, bit: bool, time: Duration) -> Option<bool> {
        if self.stable == Some(bit) {
            self.candidate = None;
            return None;
        }
        match self.candidate {
            Some((same, since)) if same == bit => {
                if now.saturating_sub(since) < time {
                    return None;
                }
                self.candidate = None;
                self.stable = Some(bit);
                Some(bit)
            }
            _ => {
                self.candidate = Some((bit, now));
                None
            }
        }
    }

    /// The settled state; `None` until there is one.
    pub(super) fn state(&self) -> Option<bool> {
        self.stable
    }
}

/// A number that is told when it has moved by a step, seen twice.
#[derive(Debug)]
pub(super) struct Stepped {
    step: i32,
    told: Option<i32>,
    last: Option<i32>,
}

impl Stepped {
    pub(super) fn new(step: i32) -> Self {
        Self {
            step,
            told: None,
            last: None,
        }
    }

    /// Takes the number seen; returns it when it is to be told.
    pub(super) fn see(&mut self, number: i32) -> Option<i32> {
        let near = |other: Option<i32>| {
            other.is_some_and(|other| number.abs_diff(other) < self.step.unsigned_abs())
        };
        let steady = near(self.last);
        let moved = !near(self.told);
        self.last = Some(number);
        if steady && moved {
            self.told = Some(number);
            return Some(number);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn a_switch_that_chatters_settles_once() {
        let mut door = Settled::default();
        let mut told = Vec::new();
        let seen = [
            (0, false),
            (100, false),
            (200, false),
            (300, true),
            (400, false),
            (500, true),
            (600, true),
            (700, false),
            (800, true),
            (900, true),
            (1000, true),
            (1100, true),
        ];
        for (at, bit) in seen {
            told.extend(door.see(ms(at), bit, ms(200)).map(|bit| (at, bit)));
        }
        assert_eq!(told, [(200, false), (1000, true)]);
    }

    #[test]
    fn a_single_reading_never_counts_however_late_the_next_comes() {
        let mut door = Settled::default();
        assert_eq!(door.see(ms(0), true, ms(0)), None);
        assert_eq!(door.see(ms(9000), false, ms(200)), None);
        assert_eq!(door.see(ms(9100), false, ms(200)), None);
        assert_eq!(door.see(ms(9200), false, ms(200)), Some(false));
    }

    #[test]
    fn a_temperature_is_told_when_it_moved_and_stayed() {
        let mut sensor = Stepped::new(5);
        let told: Vec<Option<i32>> = [250, 251, 252, 300, 251, 254, 256, 257, 270, 271]
            .into_iter()
            .map(|number| sensor.see(number))
            .collect();
        let expected = [
            None,
            Some(251),
            None,
            None,
            None,
            None,
            Some(256),
            None,
            None,
            Some(271),
        ];
        assert_eq!(told, expected);
    }
}
