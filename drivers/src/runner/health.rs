//! How a device is, in the words the operator and the item list need.

use std::borrow::Cow;
use std::time::Instant;

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

/// A state with its reason, without a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The state.
    pub state: HealthState,
    /// Key of the reason, such as `paper_out`; empty when there is nothing to add.
    pub detail: Cow<'static, str>,
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
        }
    }
}

/// A device's health: reported when its state, detail or rung changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// The state.
    pub state: HealthState,
    /// Key of the reason; empty when there is nothing to add.
    pub detail: Cow<'static, str>,
    /// When the device came into this state.
    pub since: Instant,
    /// The rung of the recovery ladder it is on; `None` while it works.
    pub rung: Option<Rung>,
    /// What happened since the start, as of this report.
    pub counters: Counters,
}

impl Health {
    /// Puts a new health into `last` and returns it, if it is another than before.
    pub(crate) fn changed(
        last: &mut Option<Self>,
        condition: Condition,
        rung: Option<Rung>,
        counters: &Counters,
    ) -> Option<Self> {
        let Condition { state, detail } = condition;
        let same = |known: &&Self| known.state == state && known.detail == detail;
        let known = last.as_ref().filter(same);
        if known.is_some_and(|known| known.rung == rung) {
            return None;
        }
        let since = known.map_or_else(Instant::now, |known| known.since);
        *last = Some(Self {
            state,
            detail,
            since,
            rung,
            counters: counters.clone(),
        });
        last.clone()
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
