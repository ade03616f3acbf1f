//! Which rung of the recovery ladder is next. Pure: the thread climbs, this decides.
//!
//! A device that stops answering is asked again on the same line, then on a newly opened
//! one, then reset by its own command, then its port is power-cycled where a hook can do
//! so, and then it counts as broken, which greys the services that need it. It is tried for
//! ever all the same: nobody has to restart anything once it is mended.

use std::time::Duration;

use super::fault::FaultKind;
use super::ladder::Ladder;

/// One rung of the ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rung {
    /// Ask again on the same line.
    Retry,
    /// Close the line, wait, open it anew.
    Reopen,
    /// The device's own reset command.
    Reset,
    /// Switch the power of its port off and on.
    PowerCycle,
    /// Given up for now, and reopened after the longest pauses.
    Broken,
}

impl Rung {
    /// The rung's stable name, as in JSON and logs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Retry => "retry",
            Self::Reopen => "reopen",
            Self::Reset => "reset",
            Self::PowerCycle => "power_cycle",
            Self::Broken => "broken",
        }
    }

    /// Whether the line stays open for it.
    #[must_use]
    pub fn on_same_line(self) -> bool {
        match self {
            Self::Retry | Self::Reset => true,
            Self::Reopen | Self::PowerCycle | Self::Broken => false,
        }
    }
}

/// How many failures in a row a device is through, and what is next.
#[derive(Debug, Clone)]
pub struct Recovery {
    pauses: Ladder,
    power: bool,
    reset: bool,
    /// Failures on an open line that asking again, opening anew or a reset may end.
    silent: u32,
    /// Failures that a person has to end. They break nothing, however many there are.
    waiting: u32,
    /// Attempts to open its line in vain.
    away: u32,
}

/// Failures until the port's power is switched, where a hook can; then at twice as many,
/// and so on, because every switching disturbs what else hangs there.
const UNTIL_POWER: u32 = 4;

/// Failures of an open line until the device counts as broken.
const UNTIL_BROKEN: u32 = 5;

impl Recovery {
    /// A device that has not failed; `power` says whether its port's power can be switched.
    #[must_use]
    pub fn new(pauses: Ladder, power: bool) -> Self {
        Self {
            pauses,
            power,
            reset: true,
            silent: 0,
            waiting: 0,
            away: 0,
        }
    }

    /// The same for a device that has no reset command: it is reopened instead.
    #[must_use]
    pub fn without_reset(mut self) -> Self {
        self.reset = false;
        self
    }

    /// The rung to climb now that the device failed once more.
    pub fn failed(&mut self, kind: FaultKind) -> Rung {
        match kind {
            FaultKind::Absent | FaultKind::LineLost => {
                self.away = self.away.saturating_add(1);
                if self.power && is_power_turn(self.away) {
                    Rung::PowerCycle
                } else {
                    Rung::Reopen
                }
            }
            FaultKind::Refused => Rung::Reopen,
            // A hand has to help, or somebody else stands there: no reset changes that.
            FaultKind::NeedsHand | FaultKind::WrongDevice | FaultKind::Suspicious => {
                self.waiting = self.waiting.saturating_add(1);
                if self.waiting == 1 && self.silent == 0 {
                    Rung::Retry
                } else {
                    Rung::Reopen
                }
            }
            FaultKind::NoAnswer | FaultKind::Garbled | FaultKind::OutOfService => {
                self.silent = self.silent.saturating_add(1);
                self.for_open_line()
            }
        }
    }

    fn for_open_line(&self) -> Rung {
        match self.silent {
            // One that waits for a hand since just now was asked again for that already.
            1 if self.waiting == 1 => Rung::Reopen,
            1 => Rung::Retry,
            2 => Rung::Reopen,
            3 if self.reset => Rung::Reset,
            failures if self.power && is_power_turn(failures) => Rung::PowerCycle,
            failures if failures < UNTIL_BROKEN => Rung::Reopen,
            // Broken: reset at every fourth attempt, for a module that woke up confused.
            failures if self.reset && failures % UNTIL_POWER == 3 => Rung::Reset,
            _ => Rung::Broken,
        }
    }

    /// Whether the device counts as broken by now.
    #[must_use]
    pub fn broken(&self) -> bool {
        self.silent >= UNTIL_BROKEN
    }

    /// How long to wait before the line is opened anew; `noise` is any number, for jitter.
    pub fn pause(&mut self, noise: u64) -> Duration {
        self.pauses.climb(noise)
    }

    /// The device works again: back to the bottom.
    pub fn works(&mut self) {
        self.pauses.reset();
        self.silent = 0;
        self.waiting = 0;
        self.away = 0;
    }
}

/// 4, 8, 16, 32 …
fn is_power_turn(failures: u32) -> bool {
    failures >= UNTIL_POWER && failures.is_power_of_two()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn climb(kind: FaultKind, power: bool, times: usize) -> Vec<&'static str> {
        let mut recovery = Recovery::new(Ladder::default(), power);
        (0..times).map(|_| recovery.failed(kind).name()).collect()
    }

    #[test]
    fn a_device_that_stays_silent_goes_up_the_whole_ladder() {
        let rungs = climb(FaultKind::NoAnswer, false, 9);
        let expected = [
            "retry", "reopen", "reset", "reopen", "broken", "broken", "reset", "broken", "broken",
        ];
        assert_eq!(rungs, expected);
        let with_power = climb(FaultKind::NoAnswer, true, 9);
        assert_eq!(with_power[3], "power_cycle");
        assert_eq!(with_power[4..7], ["broken", "broken", "reset"]);
        assert_eq!(with_power[7], "power_cycle");
    }

    #[test]
    fn a_device_that_is_not_there_is_waited_for_and_its_port_woken_ever_more_rarely() {
        assert!(
            climb(FaultKind::Absent, false, 50)
                .iter()
                .all(|rung| *rung == "reopen")
        );
        let rungs = climb(FaultKind::Absent, true, 40);
        let turns: Vec<usize> = (1..=40).filter(|n| rungs[n - 1] == "power_cycle").collect();
        assert_eq!(turns, [4, 8, 16, 32]);
    }

    #[test]
    fn paper_out_resets_nothing_and_breaks_nothing() {
        for kind in [
            FaultKind::NeedsHand,
            FaultKind::Suspicious,
            FaultKind::WrongDevice,
        ] {
            let mut recovery = Recovery::new(Ladder::default(), true);
            for _ in 0..20 {
                let rung = recovery.failed(kind);
                assert!(matches!(rung, Rung::Retry | Rung::Reopen), "{rung:?}");
                assert!(!recovery.broken(), "{kind:?}");
            }
            // One that then falls silent begins at the bottom all the same.
            let rungs = [(); 5].map(|()| recovery.failed(FaultKind::NoAnswer).name());
            let expected = ["retry", "reopen", "reset", "power_cycle", "broken"];
            assert_eq!(rungs, expected, "{kind:?}");
        }
    }

    #[test]
    fn a_device_without_a_reset_command_is_never_said_to_be_reset() {
        let mut recovery = Recovery::new(Ladder::default(), false).without_reset();
        let rungs = [(); 9].map(|()| recovery.failed(FaultKind::NoAnswer).name());
        let expected = [
            "retry", "reopen", "reopen", "reopen", "broken", "broken", "broken", "broken", "broken",
        ];
        assert_eq!(rungs, expected);
    }

    #[test]
    fn a_device_that_works_again_starts_at_the_bottom() {
        let mut recovery = Recovery::new(Ladder::default(), true);
        for _ in 0..7 {
            recovery.failed(FaultKind::Garbled);
            recovery.pause(0);
        }
        assert!(recovery.broken());
        recovery.works();
        assert!(!recovery.broken());
        assert_eq!(recovery.failed(FaultKind::Garbled), Rung::Retry);
        assert_eq!(recovery.pause(0), Duration::from_millis(250));
    }

    proptest! {
        #[test]
        fn an_open_line_is_never_kept_for_ever(kinds in prop::collection::vec(0_usize..9, 1..60)) {
            let all = [
                FaultKind::Absent, FaultKind::Refused, FaultKind::LineLost, FaultKind::NoAnswer,
                FaultKind::Garbled, FaultKind::WrongDevice, FaultKind::OutOfService,
                FaultKind::Suspicious, FaultKind::NeedsHand,
            ];
            let mut recovery = Recovery::new(Ladder::default(), false);
            let mut kept = 0;
            for kind in kinds {
                let kind = all[kind];
                let rung = recovery.failed(kind);
                kept = if rung.on_same_line() { kept + 1 } else { 0 };
                prop_assert!(kept <= 1 && (kind.line_usable() || !rung.on_same_line()));
            }
        }
    }
}
