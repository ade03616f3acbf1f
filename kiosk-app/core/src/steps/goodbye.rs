//! Take your card, your original, your paper; then nothing of the visit is left.

use std::time::Duration;

use crate::kiosk::{Kiosk, foot};
use crate::screen::{Foot, GoodbyePage, Page};
use crate::steps::Step;
use crate::timers::Timer;
use crate::touch::Touch;
use crate::visit::CardPlace;

/// A card or a print under way holds the page at most this long.
const LONGEST: Duration = Duration::from_secs(60);

/// The goodbye step.
#[derive(Clone, Debug)]
pub(crate) struct Goodbye {
    /// The latest moment the visit ends.
    ends: Duration,
}

impl Kiosk {
    /// Ends the visit politely: an owed slip prints, the data is dropped now, what lies on the
    /// machine is named.
    pub(crate) fn goodbye(&mut self) {
        self.print_owed_slip();
        self.leave_scan();
        self.leave_portrait();
        self.drop_application();
        self.visit.withdraw_identity();
        self.visit.filer = None;
        self.visit.read = None;
        self.visit.waiting = None;
        for filed in &mut self.visit.filed {
            filed.ask = None;
        }
        for timer in [
            Timer::Warn,
            Timer::Wipe,
            Timer::CoverEnds,
            Timer::AnswerLate,
            Timer::AskOutcome,
        ] {
            self.timers.stop(timer);
        }
        let ends = self.now.up + LONGEST;
        self.go(Step::Goodbye(Goodbye { ends }));
        self.goodbye_soon();
    }

    /// Once the card is taken and nothing is being printed, the page stands a little while only.
    pub(crate) fn goodbye_soon(&mut self) {
        let Step::Goodbye(goodbye) = &self.step else {
            return;
        };
        let held = !self.may_leave();
        let soon = self.now.up + self.settings.goodbye_for;
        let at = if held {
            goodbye.ends
        } else {
            soon.min(goodbye.ends)
        };
        self.timers.start(Timer::GoodbyeEnds, at);
    }

    /// No card lies on the reader and nothing is being printed.
    fn may_leave(&self) -> bool {
        self.card == CardPlace::Away && !self.visit.prints.under_way(self.now.up)
    }

    pub(crate) fn goodbye_tap(&mut self, touch: &Touch) {
        if matches!(touch, Touch::Next | Touch::EndNow | Touch::Start) && self.may_leave() {
            self.end_visit();
        }
    }

    pub(crate) fn goodbye_page(&self, _goodbye: &Goodbye) -> (Page, Foot) {
        let page = GoodbyePage {
            card: self.card == CardPlace::OnReader,
            original: self.visit.scanned,
            paper: self.visit.paper,
            nothing_filed: self.visit.filed.is_empty(),
        };
        let mut foot = foot(false, None);
        foot.end = false;
        (Page::Goodbye(page), foot)
    }
}
