//! Somebody comes or goes, as the cabinet sees it: a hint for the time-out, never an end.

use crate::kiosk::{Above, Kiosk};
use crate::timers::Timer;

impl Kiosk {
    /// Who is seen to go is warned sooner; who is seen to come has the whole time again. Nothing
    /// is wiped by this alone: a child, a wheelchair or a bag can hide a person from the sensor.
    pub(crate) fn presence(&mut self, here: bool) {
        self.near = here;
        let Some(warn) = self.timers.at(Timer::Warn) else {
            return;
        };
        if here && self.above != Some(Above::TimeOut) {
            self.touched();
        } else if !here {
            let soon = self.now.up + self.settings.left_after * self.visit.display.ears();
            self.timers.start(Timer::Warn, warn.min(soon));
        }
    }
}
