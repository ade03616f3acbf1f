//! A paper that comes out of the receipt printer beside a page: a guide, a number of the queue, a
//! booking.

use crate::effect::{Effect, SlipData};
use crate::event::AskId;
use crate::kiosk::Kiosk;
use crate::screen::SlipState;
use crate::steps::Step;

/// The paper of a page.
#[derive(Clone, Debug, Default)]
pub(crate) struct Paper {
    /// The last print, and how it stands.
    print: Option<(AskId, SlipState)>,
    /// Those that came out, wholly or in part, as far as is known: with any, the next is a copy.
    pub(super) came_out: u32,
}

impl Paper {
    /// Of which so many came out elsewhere.
    pub(super) fn with(came_out: u32) -> Self {
        Self {
            print: None,
            came_out,
        }
    }

    /// How the last print stands; `None` where none was asked for.
    pub(super) fn state(&self) -> Option<SlipState> {
        self.print.map(|(_, state)| state)
    }

    /// Nothing further is printed before it has ended.
    pub(super) fn is_under_way(&self) -> bool {
        self.state().is_some_and(SlipState::is_under_way)
    }

    /// The receipt printer takes jobs again: that it did not is no longer said.
    pub(super) fn may_come(&mut self) {
        self.print
            .take_if(|(_, state)| *state == SlipState::NoPrinter);
    }
}

impl Step {
    fn paper(&mut self) -> Option<&mut Paper> {
        match self {
            Self::Guide(guide) => Some(&mut guide.paper),
            Self::CheckIn(here) => Some(&mut here.paper),
            Self::Booked(here) => Some(&mut here.paper),
            _ => None,
        }
    }
}

impl Kiosk {
    /// Prints the paper of the page that stands, or says that no printer takes it.
    pub(super) fn print_paper(&mut self, slip: SlipData) {
        let ready = self.devices.receipt_printer.takes_jobs();
        let ask = self.ask();
        let Some(paper) = self.step.paper() else {
            return;
        };
        let state = if ready {
            SlipState::Printing
        } else {
            SlipState::NoPrinter
        };
        paper.print = Some((ask, state));
        if ready {
            self.visit.prints.begin(ask, self.now.up);
            let slip = Box::new(slip);
            self.effect(Effect::PrintSlip { ask, slip });
        }
        self.turned();
    }

    /// How a print stands, said on its page if that is still open; once it `came_out`, the next one
    /// is a copy.
    pub(super) fn paper_print_is(&mut self, ask: AskId, now: SlipState, came_out: bool) {
        if let Some(paper) = self.step.paper()
            && let Some((asked, state)) = &mut paper.print
            && *asked == ask
        {
            paper.came_out += u32::from(came_out);
            *state = now;
        }
    }
}
