//! What the city did with a booking, and the paper with it.

use crate::appointment::{AppointmentPage, BookingReply, Deed, DoneDeed};
use crate::effect::{Effect, SlipData};
use crate::event::AskId;
use crate::kiosk::{Kiosk, foot};
use crate::screen::{Action, Foot, Page, SlipState};
use crate::steps::Step;
use crate::touch::Touch;

/// The outcome.
#[derive(Clone, Debug)]
pub(crate) struct Booked {
    deed: Deed,
    booking: BookingReply,
    /// Whose it is, masked; `None` when that was not known any more.
    name: Option<String>,
    /// The last print of the booking, and how it stands.
    print: Option<(AskId, SlipState)>,
    /// Papers with it that came out, wholly or in part, as far as is known.
    papers: u32,
}

impl Booked {
    /// A booking that was given up is on no paper.
    fn prints(&self) -> bool {
        let print = self.print.map(|(_, state)| state);
        self.deed != Deed::Cancel && !matches!(print, Some(SlipState::Printing | SlipState::Ready))
    }
}

impl Kiosk {
    /// The city did it: the booking stands as it says, and what is to be kept comes out on paper.
    pub(crate) fn booking_done(&mut self, deed: Deed, booking: BookingReply) {
        let today = self.now.civil.date();
        let person = self.visit.person();
        let name = person.map(|person| person.masked(today).name);
        self.go(Step::Booked(Box::new(Booked {
            deed,
            booking,
            name,
            print: None,
            papers: 0,
        })));
        self.print_booking();
    }

    fn print_booking(&mut self) {
        let ready = self.devices.receipt_printer.takes_jobs();
        let (lang, at) = (self.visit.lang, self.now.civil);
        let Step::Booked(here) = &self.step else {
            return;
        };
        if !here.prints() {
            return;
        }
        let slip = SlipData::Booking {
            lang,
            at,
            name: here.name.clone(),
            booking: Box::new(self.booking_shown(&here.booking)),
            copy: here.papers,
        };
        let ask = self.ask();
        let state = if ready {
            SlipState::Printing
        } else {
            SlipState::NoPrinter
        };
        if let Step::Booked(here) = &mut self.step {
            here.print = Some((ask, state));
        }
        if ready {
            self.visit.prints.begin(ask, self.now.up);
            self.effect(Effect::PrintSlip {
                ask,
                slip: Box::new(slip),
            });
        }
        self.turned();
    }

    /// How the print of the booking stands, said on the page if it is still open; once it
    /// `came_out`, the next one is a copy.
    pub(crate) fn booking_print_is(&mut self, ask: AskId, now: SlipState, came_out: bool) {
        if let Step::Booked(here) = &mut self.step
            && let Some((asked, state)) = &mut here.print
            && *asked == ask
        {
            here.papers += u32::from(came_out);
            *state = now;
        }
    }

    pub(crate) fn booked_tap(&mut self, touch: &Touch) {
        match touch {
            Touch::Next => self.goodbye(),
            Touch::Back => self.another_matter(),
            Touch::PrintSlip => self.print_booking(),
            _ => {}
        }
    }

    pub(crate) fn booked_page(&self, here: &Booked) -> (Page, Foot) {
        let page = AppointmentPage::Done(Box::new(DoneDeed {
            deed: here.deed,
            booking: self.booking_shown(&here.booking),
            print: here.print.map(|(_, state)| state),
        }));
        let primary = Some((Action::Finish, true));
        (Page::Appointment(page), foot(true, primary))
    }
}
