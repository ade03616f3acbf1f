//! How a device is, in the words the operator and the item list need.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use super::recovery::Rung;

/// The closed list of states a device can be in: the ten of XFS4IoT.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HealthState {
    /// Not opened yet.
    Starting,
    /// Ready for use.
    Online,
    /// Configured, present as far as known, not reachable.
    Offline,
    /// Present and without power, as far as the device or its port tells.
    PowerOff,
    /// Nothing is plugged in where it should be.
    NoDevice,
    /// The device says it is broken, or is not the one expected.
    HardwareError,
    /// Someone at the kiosk can mend it: paper, cover, a card left inside.
    UserError,
    /// Working; a new command has to wait.
    Busy,
    /// Somebody tampers with it: a shutter forced, a cover open in service.
    FraudAttempt,
    /// It may have been tampered with: another security module than the one pinned.
    PotentialFraud,
}

impl HealthState {
    /// The state's stable name, as in JSON and logs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Online => "online",
            Self::Offline => "offline",
            Self::PowerOff => "power_off",
            Self::NoDevice => "no_device",
            Self::HardwareError => "hardware_error",
            Self::UserError => "user_error",
            Self::Busy => "busy",
            Self::FraudAttempt => "fraud_attempt",
            Self::PotentialFraud => "potential_fraud",
        }
    }
}

/// How much there is of something that a device uses up, as far as its sensors tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Level {
    /// The device tells of no shortage.
    Enough,
    /// Nearly used up.
    Low,
    /// Used up.
    Out,
}

impl Level {
    /// The level's stable name, as in JSON and logs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Enough => "enough",
            Self::Low => "low",
            Self::Out => "out",
        }
    }
}

/// Something that a device uses up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Supply {
    /// Stable name: `paper`, `toner`, `battery`.
    pub name: &'static str,
    /// How much there is of it.
    pub level: Level,
}

/// A state with its reason, without a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The state.
    pub state: HealthState,
    /// Key of the reason, such as `paper_out`; empty when there is nothing to add.
    pub detail: Cow<'static, str>,
    /// What it uses up, as far as it tells; empty when nothing is known.
    pub supplies: Vec<Supply>,
}

impl Condition {
    /// Ready for use.
    pub const ONLINE: Self = Self::new(HealthState::Online, "");

    /// `state` for the reason `detail` names.
    #[must_use]
    pub const fn new(state: HealthState, detail: &'static str) -> Self {
        Self {
            state,
            detail: Cow::Borrowed(detail),
            supplies: Vec::new(),
        }
    }

    /// The same with what the device uses up.
    #[must_use]
    pub fn with_supplies(mut self, supplies: Vec<Supply>) -> Self {
        self.supplies = supplies;
        self
    }
}

/// A device's health: reported when its state, detail, supplies or rung changes, with every
/// rung climbed again, and now and then when its driver counted something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// The state.
    pub state: HealthState,
    /// Key of the reason; empty when there is nothing to add.
    pub detail: Cow<'static, str>,
    /// What it uses up, as far as it tells; empty when nothing is known.
    pub supplies: Vec<Supply>,
    /// When the device came into this state.
    pub since: Instant,
    /// The rung of the recovery ladder it is on; `None` while it works.
    pub rung: Option<Rung>,
    /// What happened since the start, as of this report.
    pub counters: Counters,
}

/// A device that works is reported again after so long when only its driver counted something:
/// a reader asks three times a second.
const COUNTED: Duration = Duration::from_secs(10);

/// What was told of a device's health last, and when.
#[derive(Debug, Default)]
pub(super) struct Told(Option<(Health, Instant)>);

impl Told {
    /// The supplies told of last.
    pub(super) fn supplies(&self) -> Vec<Supply> {
        let last = self.0.as_ref();
        last.map_or_else(Vec::new, |(health, _)| health.supplies.clone())
    }

    /// The health at `now`, if it is to be told; then it counts as told.
    pub(super) fn news(
        &mut self,
        now: Instant,
        condition: Condition,
        rung: Option<Rung>,
        counters: &Counters,
    ) -> Option<Health> {
        let Condition {
            state,
            detail,
            supplies,
        } = condition;
        let last = self.0.as_ref();
        let same = last.filter(|(known, _)| known.state == state && known.detail == detail);
        let told = same.is_some_and(|(known, at)| {
            let counted = known.counters.driver != counters.driver;
            known.rung == rung
                && known.supplies == supplies
                && known.counters.same_recovery(counters)
                && (!counted || now.saturating_duration_since(*at) < COUNTED)
        });
        if told {
            return None;
        }
        let health = Health {
            state,
            detail,
            supplies,
            since: same.map_or(now, |(known, _)| known.since),
            rung,
            counters: counters.clone(),
        };
        self.0 = Some((health.clone(), now));
        Some(health)
    }
}

/// What happened to a device since the program started.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counters {
    /// Its line was opened.
    pub opened: u64,
    /// It said who it is and was used.
    pub identified: u64,
    /// It failed.
    pub faults: u64,
    /// It was asked again on the same line.
    pub retries: u64,
    /// Its line was given up, to be opened anew.
    pub reopens: u64,
    /// It took its own reset command.
    pub resets: u64,
    /// The power of its port was switched.
    pub power_cycles: u64,
    /// It came to count as broken.
    pub broken: u64,
    /// What its driver counts, by stable names.
    pub driver: Vec<(&'static str, u64)>,
}

impl Counters {
    /// Whether nothing was climbed between `self` and `other`.
    fn same_recovery(&self, other: &Self) -> bool {
        let climbed = |counters: &Self| Self {
            driver: Vec::new(),
            ..counters.clone()
        };
        climbed(self) == climbed(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFLINE: Condition = Condition::new(HealthState::Offline, "no_answer");

    #[test]
    fn a_device_reopened_a_hundred_times_does_not_show_one() {
        let mut told = Told::default();
        let begun = Instant::now();
        for reopens in 1..=100 {
            let counters = Counters {
                reopens,
                ..Counters::default()
            };
            let now = begun + Duration::from_secs(reopens);
            let health = told.news(now, OFFLINE, Some(Rung::Reopen), &counters);
            let health = health.unwrap();
            assert_eq!(health.counters.reopens, reopens);
            assert_eq!(health.since, begun + Duration::from_secs(1));
            assert_eq!(told.news(now, OFFLINE, Some(Rung::Reopen), &counters), None);
        }
    }

    #[test]
    fn what_a_driver_counts_is_told_every_ten_seconds_and_not_with_every_poll() {
        let mut told = Told::default();
        let begun = Instant::now();
        let mut seen = Vec::new();
        for tenth in 0..300_u32 {
            let counters = Counters {
                driver: vec![("requests", u64::from(tenth))],
                ..Counters::default()
            };
            let now = begun + Duration::from_millis(100) * tenth;
            if told.news(now, Condition::ONLINE, None, &counters).is_some() {
                seen.push(tenth);
            }
        }
        assert_eq!(seen, [0, 100, 200]);
    }

    #[test]
    fn a_roll_that_gets_thin_is_told_of_a_printer_that_works_on() {
        let mut told = Told::default();
        let now = Instant::now();
        let mut paper = |level| {
            let supplies = vec![Supply {
                name: "paper",
                level,
            }];
            let condition = Condition::ONLINE.with_supplies(supplies);
            told.news(now, condition, None, &Counters::default())
                .map(|health| health.supplies.first().map(|paper| paper.level.name()))
        };
        assert_eq!(paper(Level::Enough), Some(Some("enough")));
        assert_eq!(paper(Level::Enough), None);
        assert_eq!(paper(Level::Low), Some(Some("low")));
    }
}
