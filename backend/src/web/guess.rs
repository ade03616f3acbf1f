//! Wrong tries at open pages, counted so that nobody guesses codes by the thousand.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// Wrong tries for one number within [`WINDOW`].
const MOST_WRONG: u32 = 10;
/// How long wrong tries count.
const WINDOW: SignedDuration = SignedDuration::from_hours(1);
/// Most numbers remembered; the oldest go.
const MOST_NUMBERS: usize = 10_000;

/// Wrong tries by what was tried.
#[derive(Debug, Default)]
pub(crate) struct Guesses {
    wrong: Mutex<BTreeMap<String, (Timestamp, u32)>>,
}

impl Guesses {
    /// Whether `what` may be tried now.
    #[must_use]
    pub(crate) fn allowed(&self, what: &str, now: Timestamp) -> bool {
        let wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        wrong
            .get(what)
            .is_none_or(|(since, count)| *count < MOST_WRONG || now.duration_since(*since) > WINDOW)
    }

    /// Counts a wrong try.
    pub(crate) fn wrong(&self, what: &str, now: Timestamp) {
        let mut wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        wrong.retain(|_, (since, _)| now.duration_since(*since) <= WINDOW);
        if wrong.len() >= MOST_NUMBERS {
            wrong.clear();
        }
        wrong.entry(what.to_owned()).or_insert((now, 0)).1 += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::Guesses;
    use crate::clock::after;

    #[test]
    fn the_eleventh_wrong_try_waits_an_hour() {
        let guesses = Guesses::default();
        let now = jiff::Timestamp::UNIX_EPOCH;
        for _ in 0..10 {
            assert!(guesses.allowed("n", now));
            guesses.wrong("n", now);
        }
        assert!(!guesses.allowed("n", now));
        assert!(guesses.allowed("other", now));
        assert!(guesses.allowed("n", after(now, 3601)));
    }
}
