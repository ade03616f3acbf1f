//! What the city did with a booking, and the paper with it.

use crate::appointment::{AppointmentPage, BookingReply, Deed, DoneDeed};
use crate::effect::SlipData;
use crate::kiosk::{Kiosk, foot};
use crate::screen::{Action, Foot, Page};
use crate::steps::Step;
use crate::steps::paper::Paper;
use crate::touch::Touch;

/// The outcome.
#[derive(Clone, Debug)]
pub(crate) struct Booked {
    deed: Deed,
    booking: BookingReply,
    /// Whose it is, masked; `None` when that was not known any more.
    name: Option<String>,
    pub(super) paper: Paper,
}

impl Booked {
    /// A booking that was given up is on no paper.
    fn prints(&self) -> bool {
        self.deed != Deed::Cancel && !self.paper.is_under_way()
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
            paper: Paper::default(),
        })));
        self.print_booking();
    }

    fn print_booking(&mut self) {
        let Step::Booked(here) = &self.step else {
            return;
        };
        if !here.prints() {
            return;
        }
        let slip = SlipData::Booking {
            lang: self.visit.lang,
            at: self.now.civil,
            name: here.name.clone(),
            booking: Box::new(self.booking_shown(&here.booking)),
            copy: here.paper.came_out,
        };
        self.print_paper(slip);
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
            print: here.paper.state(),
        }));
        let primary = Some((Action::Finish, true));
        (Page::Appointment(page), foot(true, primary))
    }
}
