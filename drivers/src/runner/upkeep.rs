//! How a device that works on jobs is looked after between them.

use std::time::Duration;

use super::Ladder;
use super::arrival::Place;
use super::power::{PortPower, PowerSwitch};
use crate::selector::Selector;

/// How often a device that works on jobs is looked at between them, and how it is healed.
pub struct Upkeep {
    /// Between two looks at one that is well.
    pub(super) poll: Duration,
    /// Between two attempts at one that is not.
    pub(super) pauses: Ladder,
    pub(super) place: Option<Place>,
    pub(super) power: Option<PortPower>,
}

impl Upkeep {
    /// Looked at every `poll` while it is well; no hot plug, no power switch.
    #[must_use]
    pub fn every(poll: Duration) -> Self {
        Self {
            poll,
            pauses: Ladder::default(),
            place: None,
            power: None,
        }
    }

    /// With other pauses between attempts at a device that fails.
    #[must_use]
    pub fn with_pauses(mut self, pauses: Ladder) -> Self {
        self.pauses = pauses;
        self
    }

    /// Looked at at once when the device node of `selector` appears; a selector without one
    /// changes nothing.
    #[must_use]
    pub fn at(mut self, selector: &Selector) -> Self {
        self.place = Place::of(selector);
        self
    }

    /// With a hook that switches the port's power, the last rung before a device counts as
    /// broken.
    #[must_use]
    pub fn with_power_switch(mut self, power: PowerSwitch) -> Self {
        self.power = Some(PortPower::new(power));
        self
    }
}
