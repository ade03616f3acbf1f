//! Wrong tries at open pages, counted so that nobody guesses codes by the thousand.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// Most wrong tries for one number within [`WINDOW`].
pub(crate) const MOST_WRONG: u32 = 10;
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
            .is_none_or(|(since, count)| *count < MOST_WRONG || is_over(*since, now))
    }

    /// Counts a wrong try; returns how many it makes within the hour.
    pub(crate) fn wrong(&self, what: &str, now: Timestamp) -> u32 {
        let mut wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        if wrong.len() >= MOST_NUMBERS && !wrong.contains_key(what) {
            wrong.retain(|_, (since, _)| !is_over(*since, now));
            if wrong.len() >= MOST_NUMBERS {
                let by_age = wrong.iter().min_by_key(|(_, (since, _))| *since);
                let oldest = by_age.map(|(what, _)| what.clone());
                oldest.map(|what| wrong.remove(&what));
            }
        }
        let (since, count) = wrong.entry(what.to_owned()).or_insert((now, 0));
        if is_over(*since, now) {
            (*since, *count) = (now, 0);
        }
        *count = count.saturating_add(1);
        *count
    }
}

/// Whether tries since `since` do not count any more.
fn is_over(since: Timestamp, now: Timestamp) -> bool {
    now.duration_since(since) > WINDOW
}

#[cfg(test)]
mod tests {
    use super::{Guesses, MOST_NUMBERS};
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

    #[test]
    fn ten_thousand_made_up_numbers_unlock_nothing_that_was_locked_since() {
        let guesses = Guesses::default();
        let begin = jiff::Timestamp::UNIX_EPOCH;
        guesses.wrong("the oldest", begin);
        for _ in 0..10 {
            guesses.wrong("locked", after(begin, 1));
        }
        for number in 0..MOST_NUMBERS - 1 {
            guesses.wrong(&number.to_string(), after(begin, 2));
        }
        assert!(!guesses.allowed("locked", after(begin, 3)));
        assert!(guesses.allowed("the oldest", after(begin, 3)));
    }
}
