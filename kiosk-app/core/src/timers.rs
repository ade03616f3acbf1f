//! Deadlines are data: a table of named timers; the shell sleeps until the earliest.

use std::collections::BTreeMap;
use std::time::Duration;

/// Everything the core waits for by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Timer {
    /// Nobody touched for a while: warn.
    Warn,
    /// Nobody answered the warning: end the visit.
    Wipe,
    /// The card stayed away: end the visit.
    CoverEnds,
    /// The city did not answer soon after "stored here": print the slip as it is.
    CityLate,
    /// The slip prints by itself unless another matter is wanted.
    SlipPrints,
    /// Ask the city again for the outcome of an instant item.
    AskOutcome,
    /// A revealed value hides again.
    Hide,
    /// Ask whether somebody heard the call for help.
    HelpLook,
    /// The goodbye page has been read.
    GoodbyeEnds,
    /// Something still lay on the glass: look again.
    GlassLook,
    /// An answer of the city or the shell is overdue.
    AnswerLate,
    /// The service looks at the devices, or at its lock, again.
    ServiceLook,
    /// The technician has not touched for a while.
    ServiceEnds,
}

/// When each running timer fires, in time since start.
#[derive(Clone, Debug, Default)]
pub(crate) struct Timers(BTreeMap<Timer, Duration>);

impl Timers {
    /// Starts `timer`, or starts it anew.
    pub(crate) fn start(&mut self, timer: Timer, at: Duration) {
        self.0.insert(timer, at);
    }

    /// Stops `timer`; nothing happens when it does not run.
    pub(crate) fn stop(&mut self, timer: Timer) {
        self.0.remove(&timer);
    }

    /// Stops all.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// When `timer` fires; `None` when it does not run.
    pub(crate) fn at(&self, timer: Timer) -> Option<Duration> {
        self.0.get(&timer).copied()
    }

    /// The earliest deadline.
    pub(crate) fn next(&self) -> Option<Duration> {
        self.0.values().min().copied()
    }

    /// Takes one timer that is due, the earliest first.
    pub(crate) fn take_due(&mut self, now: Duration) -> Option<Timer> {
        let due = self
            .0
            .iter()
            .filter(|(_, at)| **at <= now)
            .min_by_key(|(_, at)| **at)
            .map(|(timer, _)| *timer)?;
        self.0.remove(&due);
        Some(due)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_due_timer_fires_first_and_once() {
        let mut timers = Timers::default();
        timers.start(Timer::Wipe, Duration::from_secs(9));
        timers.start(Timer::Warn, Duration::from_secs(5));
        assert_eq!(timers.next(), Some(Duration::from_secs(5)));
        assert_eq!(timers.take_due(Duration::from_secs(4)), None);
        assert_eq!(timers.take_due(Duration::from_secs(10)), Some(Timer::Warn));
        assert_eq!(timers.take_due(Duration::from_secs(10)), Some(Timer::Wipe));
        assert_eq!(timers.take_due(Duration::from_secs(10)), None);
    }
}
