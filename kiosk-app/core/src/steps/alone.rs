//! Check-in while the city does not answer: by the list of today that it gave beforehand, with
//! the numbers of this kiosk. What is said has been committed before.
//!
//! Of the seven outcomes the list knows those of today's bookings at this station. A booking at
//! another station, of another day or cancelled is not in it: that it is not listed is all that can
//! be said, and a number of the normal queue is offered.

use city_catalogue::hall::CheckIn as Outcome;
use uuid::Uuid;

use crate::check_in::{
    Alone, Arrived, CheckInBy, CheckInPage, HallEntry, HallKept, Listed, ListedBy, TicketShown,
};
use crate::effect::{Effect, Request};
use crate::event::{AskId, Away, Reply};
use crate::kiosk::Kiosk;
use crate::screen::Waiting;
use crate::steps::check_in::Asking;
use crate::steps::wait::WaitFor;
use crate::steps::{Step, Wait};
use crate::timers::Timer;

/// What the city has still to be told of an outcome that was found here.
#[derive(Clone, Debug, Default)]
pub(crate) struct Untold {
    /// Something was kept for the city.
    kept: bool,
    /// Packet and ticket that it has not confirmed.
    waiting: Vec<Uuid>,
}

impl Untold {
    fn of(entry: &HallEntry) -> Self {
        let packet = entry.arrival.map(|arrival| arrival.packet);
        Self {
            kept: true,
            waiting: packet.into_iter().chain(entry.ticket).collect(),
        }
    }

    /// As shown.
    pub(super) fn stands(&self) -> Alone {
        match (self.kept, self.waiting.is_empty()) {
            (false, _) => Alone::Looked,
            (true, false) => Alone::KeptHere,
            (true, true) => Alone::Told,
        }
    }
}

/// What is said once it is kept.
#[derive(Clone, Debug)]
pub(crate) enum Keeping {
    /// In time, with the number of the booking.
    InTime(String),
    /// Too late for the booking, with a number of this kiosk.
    Late,
    /// No booking, with a number of this kiosk.
    WalkIn,
}

impl Keeping {
    /// The page; `None` when a number was to be drawn and was not.
    fn page(self, kept: HallKept) -> Option<CheckInPage> {
        Some(match self {
            Self::InTime(number) => CheckInPage::InTime {
                ticket: uncounted(number),
            },
            Self::Late => CheckInPage::Late {
                ticket: uncounted(kept.number?),
            },
            Self::WalkIn => CheckInPage::WalkIn {
                ticket: uncounted(kept.number?),
            },
        })
    }
}

/// A number whose wait nobody can tell while the queue is not seen.
fn uncounted(number: String) -> TicketShown {
    TicketShown {
        number,
        counter: None,
        ahead: None,
        minutes: None,
    }
}

impl Kiosk {
    /// Who is expected here today is known.
    pub(crate) fn knows_today(&self) -> bool {
        self.expected == Some(self.now.civil.date())
    }

    /// The city did not answer: what can be done here is done here.
    pub(super) fn without_city(&mut self, asking: Asking) {
        let by = match &asking {
            Asking::WalkIn(ticket) => {
                let entry = HallEntry {
                    arrival: None,
                    ticket: Some(*ticket),
                    at: self.now.civil,
                };
                return self.keep_hall(asking, Keeping::WalkIn, entry);
            }
            Asking::CheckIn(CheckInBy::Code(code)) => Some(ListedBy::Code(code.clone())),
            Asking::CheckIn(CheckInBy::Grant(_)) | Asking::Card => {
                let person = self.visit.person();
                person.map(|person| ListedBy::Number(person.number.clone()))
            }
        };
        let Some(by) = by else {
            return self.checked_in(CheckInPage::Away, asking, None);
        };
        let ask = self.ask_city(Request::Listed { by });
        let what = Waiting::CheckIn;
        let then = WaitFor::Listed(asking);
        self.go(Step::Wait(Wait { ask, what, then }));
    }

    /// The list was looked into.
    pub(crate) fn list_answered(&mut self, asking: Asking, answer: Result<Reply, Away>) {
        let Ok(Reply::Listed(listed)) = answer else {
            return self.checked_in(CheckInPage::Away, asking, None);
        };
        let now = self.now.civil;
        let found = listed.as_ref().map(|listed| listed.outcome(now));
        let page = match (found, listed) {
            (Some(Outcome::InTime), Some(listed)) => {
                let entry = self.arrival(&listed, None);
                return self.keep_hall(asking, Keeping::InTime(listed.ticket), entry);
            }
            // There is one ticket of a booking, wherever its number is from.
            (Some(Outcome::Late), Some(listed)) => {
                let entry = self.arrival(&listed, Some(listed.id));
                return self.keep_hall(asking, Keeping::Late, entry);
            }
            (Some(Outcome::Already), Some(listed)) => CheckInPage::Already {
                ticket: uncounted(listed.ticket),
            },
            (Some(Outcome::TooEarly), Some(listed)) => CheckInPage::TooEarly {
                begins: listed.begins,
                opens: listed.opens,
            },
            (_, _) => CheckInPage::NoBooking {
                no_queue: !self.has_queue(),
            },
        };
        self.checked_in(page, asking, Some(Untold::default()));
    }

    fn arrival(&self, listed: &Listed, ticket: Option<Uuid>) -> HallEntry {
        HallEntry {
            arrival: Some(Arrived {
                booking: listed.id,
                packet: self.new_id(),
            }),
            ticket,
            at: self.now.civil,
        }
    }

    /// Whether anybody is called at this station.
    fn has_queue(&self) -> bool {
        self.shelf.as_deref().is_some_and(|shelf| {
            let station = shelf.catalogue.station(&shelf.here);
            station.is_some_and(|station| station.windows > 0)
        })
    }

    /// Commits before anything is said.
    fn keep_hall(&mut self, asking: Asking, keeping: Keeping, entry: HallEntry) {
        let ask = self.ask();
        self.effect(Effect::Keep { ask, entry });
        let what = match keeping {
            Keeping::InTime(_) | Keeping::Late => Waiting::CheckIn,
            Keeping::WalkIn => Waiting::Ticket,
        };
        let then = WaitFor::Kept(asking, keeping, entry);
        self.go(Step::Wait(Wait { ask, what, then }));
    }

    /// It is on disk, or is not.
    pub(crate) fn hall_kept(&mut self, ask: AskId, kept: Option<HallKept>) {
        let Step::Wait(wait) = &self.step else {
            return;
        };
        let WaitFor::Kept(asking, keeping, entry) = &wait.then else {
            return;
        };
        if wait.ask != ask {
            return;
        }
        let (asking, keeping, entry) = (asking.clone(), keeping.clone(), *entry);
        self.timers.stop(Timer::AnswerLate);
        self.touched();
        match kept.and_then(|kept| keeping.page(kept)) {
            Some(page) => self.checked_in(page, asking, Some(Untold::of(&entry))),
            None => self.checked_in(CheckInPage::NoNumber, asking, Some(Untold::default())),
        }
    }

    /// The city has this packet or ticket now: said if its page is still open.
    pub(crate) fn hall_told(&mut self, id: Uuid) {
        if let Step::CheckIn(here) = &mut self.step
            && let Some(untold) = &mut here.alone
        {
            untold.waiting.retain(|waiting| *waiting != id);
        }
    }
}
