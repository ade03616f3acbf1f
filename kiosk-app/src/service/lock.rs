//! The rule of the lock-out, pure: how long the entrance stays closed after so many tries.

use std::time::Duration;

/// So many wrong tries are free of any lock-out.
pub const LOCK_AFTER: u32 = 5;
/// After so many the entrance is only unlocked at the machine itself.
pub const HARD_AFTER: u32 = 15;
/// The first lock-out; every further wrong try doubles it.
const FIRST: Duration = Duration::from_secs(15);
/// No lock-out is longer.
const LONGEST: Duration = Duration::from_secs(3_600);

/// What the tries since the PIN was last right mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lockout {
    /// A PIN is taken; so many tries until a lock-out.
    Open {
        /// At least 1.
        left: u32,
    },
    /// Closed for so long after the last try, or after the program started.
    For(Duration),
    /// Closed until somebody at the machine unlocks it.
    Hard,
}

impl Lockout {
    /// What `tries` mean.
    #[must_use]
    pub fn after(tries: u32) -> Self {
        if tries >= HARD_AFTER {
            return Self::Hard;
        }
        match tries.checked_sub(LOCK_AFTER) {
            None => Self::Open {
                left: LOCK_AFTER - tries,
            },
            Some(more) => Self::For((FIRST * 2_u32.pow(more)).min(LONGEST)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_tries_then_fifteen_seconds_doubling_to_an_hour_then_hard() {
        let seconds = |tries| match Lockout::after(tries) {
            Lockout::For(time) => time.as_secs(),
            other => panic!("{other:?}"),
        };
        assert_eq!(Lockout::after(0), Lockout::Open { left: 5 });
        assert_eq!(Lockout::after(4), Lockout::Open { left: 1 });
        let locked: Vec<u64> = (5..15).map(seconds).collect();
        assert_eq!(
            locked,
            [15, 30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600]
        );
        assert_eq!(Lockout::after(15), Lockout::Hard);
        assert_eq!(Lockout::after(u32::MAX), Lockout::Hard);
    }
}
