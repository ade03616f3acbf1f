//! Take your card, your original, your paper; then nothing of the visit is left.

use std::time::Duration;

use crate::kiosk::{Above, Kiosk, foot};
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
    /// Ends the visit politely; its data is dropped now, what lies on the machine is named.
    pub(crate) fn goodbye(&mut self) {
        self.drop_application();
        self.visit.identity = None;
        self.visit.read = None;
        self.visit.options = city_catalogue::form::DynamicOptions::default();
        self.timers.stop(Timer::Warn);
        self.timers.stop(Timer::AnswerLate);
        let ends = self.now.up + LONGEST;
        self.go(Step::Goodbye(Goodbye { ends }));
        self.goodbye_soon();
    }

    /// Nothing is left to take: the page stands a little while only.
    fn goodbye_soon(&mut self) {
        let Step::Goodbye(goodbye) = &self.step else {
            return;
        };
        let held = self.card == CardPlace::OnReader || self.visit.slip.ask.is_some();
        let soon = self.now.up + self.settings.goodbye_for;
        let at = if held {
            goodbye.ends
        } else {
            soon.min(goodbye.ends)
        };
        self.timers.start(Timer::GoodbyeEnds, at);
    }

    pub(crate) fn goodbye_card_taken(&mut self) {
        self.goodbye_soon();
    }

    pub(crate) fn goodbye_print_ended(&mut self) {
        self.goodbye_soon();
    }

    pub(crate) fn goodbye_ends(&mut self) {
        self.end_visit();
    }

    pub(crate) fn goodbye_tap(&mut self, touch: &Touch) {
        let free = self.card == CardPlace::Away && self.visit.slip.ask.is_none();
        if matches!(touch, Touch::Next | Touch::EndNow | Touch::Start) && free {
            self.end_visit();
        }
    }

    /// Help from the start page: whom to call.
    pub(crate) fn step_help(&mut self) {
        self.above = Some(Above::Help);
        self.turned();
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
