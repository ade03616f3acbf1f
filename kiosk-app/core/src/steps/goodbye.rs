//! Take your card, your original, your paper; then nothing of the visit is left.

use std::time::Duration;

use crate::effect::Effect;
use crate::event::AskId;
use crate::kiosk::{Kiosk, foot};
use crate::screen::{Foot, GoodbyePage, Page};
use crate::steps::Step;
use crate::timers::Timer;
use crate::touch::Touch;
use crate::visit::CardPlace;

/// A card or a print under way holds the page at most this long.
const LONGEST: Duration = Duration::from_secs(60);

/// Where something lies on the glass it is looked at again after so long.
const LOOK_AGAIN: Duration = Duration::from_secs(3);

/// The goodbye step.
#[derive(Clone, Debug)]
pub(crate) struct Goodbye {
    /// The latest moment the visit ends.
    ends: Duration,
    /// The look at the glass under way.
    looks: Option<AskId>,
    /// Something lies on the glass; `None` when that is not known.
    covered: Option<bool>,
}

impl Goodbye {
    /// The glass is being looked at, or something lies on it.
    fn glass_holds(&self) -> bool {
        self.looks.is_some() || self.covered == Some(true)
    }
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
        self.go(Step::Goodbye(Goodbye {
            ends,
            looks: None,
            covered: None,
        }));
        if self.visit.scanned && self.devices.scanner.works() {
            self.look_at_glass();
        }
        self.goodbye_soon();
    }

    /// Looks whether the original still lies on the glass.
    pub(crate) fn look_at_glass(&mut self) {
        let ask = self.ask();
        if let Step::Goodbye(goodbye) = &mut self.step {
            goodbye.looks = Some(ask);
            self.effect(Effect::LookAtGlass { ask });
        }
    }

    /// The glass was looked at; wanted only by the page that asked last.
    pub(crate) fn glass_seen(&mut self, ask: AskId, covered: Option<bool>) {
        let Step::Goodbye(goodbye) = &mut self.step else {
            return;
        };
        if goodbye.looks != Some(ask) {
            return;
        }
        goodbye.looks = None;
        goodbye.covered = covered;
        if covered == Some(true) {
            let again = self.now.up + LOOK_AGAIN;
            self.timers.start(Timer::GlassLook, again);
        }
        self.goodbye_soon();
    }

    /// What was seen on the glass is told to the next person who scans.
    pub(crate) fn leave_goodbye(&mut self) {
        if let Step::Goodbye(goodbye) = &self.step {
            let (looks, covered) = (goodbye.looks.is_some(), goodbye.covered);
            if looks {
                self.effect(Effect::CancelScan);
            }
            self.left_behind = covered == Some(true);
        }
    }

    /// Once the card and the original are taken and nothing is being printed, the page stands a
    /// little while only.
    pub(crate) fn goodbye_soon(&mut self) {
        let Step::Goodbye(goodbye) = &self.step else {
            return;
        };
        let held = !self.may_leave() || goodbye.glass_holds();
        let soon = self.now.up + self.settings.goodbye_for * self.visit.display.ears();
        // The next person must not find the slip that nobody has taken yet.
        let output = self.visit.prints.output_until();
        let ends = output.map_or(goodbye.ends, |until| until.max(goodbye.ends));
        let at = if held { ends } else { soon.min(ends) };
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

    pub(crate) fn goodbye_page(&self, goodbye: &Goodbye) -> (Page, Foot) {
        let page = GoodbyePage {
            card: self.card == CardPlace::OnReader,
            original: self.visit.fed || self.visit.scanned && goodbye.covered != Some(false),
            on_glass: goodbye.covered == Some(true),
            paper: self.visit.paper || self.visit.prints.output_until().is_some(),
            coming: self.visit.prints.at_work(self.now.up),
            nothing_filed: self.visit.filed.is_empty(),
            has_number: self.visit.has_number,
        };
        let mut foot = foot(false, None);
        foot.end = false;
        (Page::Goodbye(page), foot)
    }
}
