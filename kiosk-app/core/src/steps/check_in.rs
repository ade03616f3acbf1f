//! Check-in for an appointment: by the card or the code of the booking, then one of seven outcomes.

use city_catalogue::hall::CheckIn as Outcome;
use city_catalogue::record::Text;
use uuid::Uuid;

use crate::availability::{DeviceState, Link};
use crate::check_in::{
    Alone, CheckInBy, CheckInPage, CheckInReply, CheckInShown, StationShown, TicketShown,
};
use crate::code::{Code, CodeTrouble};
use crate::effect::{Request, SlipData};
use crate::event::{Away, Reply};
use crate::kiosk::{Kiosk, foot, untranslated};
use crate::screen::{Action, Foot, Page, Reason, Waiting};
use crate::steps::alone::Untold;
use crate::steps::identify::Then;
use crate::steps::paper::Paper;
use crate::steps::wait::WaitFor;
use crate::steps::{Step, Wait};
use crate::touch::Touch;

/// Characters of a booking's code.
const CODE_CHARACTERS: usize = 10;
/// Longest way to write one.
const LONGEST_CODE: usize = 32;

/// What the city is asked, and asked again when no answer came: the same question has the same
/// answer.
#[derive(Clone, Debug)]
pub(crate) enum Asking {
    /// Who it is, by the card.
    Card,
    /// To check in.
    CheckIn(CheckInBy),
    /// For a walk-in ticket with this id.
    WalkIn(Uuid),
}

/// The outcome.
#[derive(Clone, Debug)]
pub(crate) struct CheckIn {
    outcome: CheckInPage,
    asking: Asking,
    pub(super) paper: Paper,
    /// What the city has still to be told of it; `None` when the city found it.
    pub(super) alone: Option<Untold>,
}

impl Kiosk {
    /// Why no check-in can begin; `None` when one can.
    pub(crate) fn check_in_closed(&self) -> Option<Reason> {
        let ready = DeviceState::Ready;
        if self.devices.reader != ready && self.devices.code_scanner != ready {
            Some(Reason::ReaderBroken)
        } else if self.link == Link::Away && !self.knows_today() {
            Some(Reason::CityAway)
        } else {
            None
        }
    }

    /// The card was confirmed: its booking is looked for.
    pub(crate) fn check_in_by_card(&mut self) {
        let asking = match self.grant() {
            Some(grant) => Asking::CheckIn(CheckInBy::Grant(grant)),
            None => Asking::Card,
        };
        self.ask_hall(asking);
    }

    /// A code was held up where the card is asked for.
    pub(crate) fn booking_code(&mut self, code: Code) {
        match code {
            Code::Text(code) if looks_like_booking(code.reveal()) => {
                self.ask_hall(Asking::CheckIn(CheckInBy::Code(code)));
            }
            Code::Text(_) | Code::Receipt(_) | Code::Travel(_) => {
                self.code_is(CodeTrouble::NoBooking);
            }
            Code::Doubtful => self.code_is(CodeTrouble::Doubtful),
            Code::Unreadable => self.code_is(CodeTrouble::Unreadable),
        }
    }

    fn ask_hall(&mut self, asking: Asking) {
        let (request, what) = match &asking {
            Asking::CheckIn(by) => (Request::CheckIn { by: by.clone() }, Waiting::CheckIn),
            Asking::WalkIn(id) => (Request::WalkIn { id: *id }, Waiting::Ticket),
            Asking::Card => return self.hall_answered(asking, Err(Away)),
        };
        if self.link == Link::Away && self.knows_today() {
            return self.hall_answered(asking, Err(Away));
        }
        let ask = self.ask_city(request);
        let then = WaitFor::Hall(asking);
        self.go(Step::Wait(Wait { ask, what, then }));
    }

    /// The city answered, or could not be asked.
    pub(crate) fn hall_answered(&mut self, asking: Asking, answer: Result<Reply, Away>) {
        let page = match (&asking, answer) {
            (_, Err(Away)) if self.knows_today() => return self.without_city(asking),
            (Asking::CheckIn(_), Ok(Reply::CheckIn(reply))) => self.check_in_shown(*reply),
            (Asking::WalkIn(_), Ok(Reply::Ticket(ticket))) => Some(walk_in(ticket)),
            (_, _) => None,
        };
        self.checked_in(page.unwrap_or(CheckInPage::Away), asking, None);
    }

    /// The outcome is known and shown; a number that is new is printed.
    pub(super) fn checked_in(
        &mut self,
        outcome: CheckInPage,
        asking: Asking,
        alone: Option<Untold>,
    ) {
        self.visit.has_number |= outcome.ticket().is_some();
        // Who has checked in before has the paper already.
        let has_paper = matches!(outcome, CheckInPage::Already { .. });
        let is_new = outcome.ticket().is_some() && !has_paper;
        self.go(Step::CheckIn(CheckIn {
            outcome,
            asking,
            paper: Paper::with(has_paper.into()),
            alone,
        }));
        if is_new {
            self.print_ticket();
        }
    }

    fn print_ticket(&mut self) {
        let Step::CheckIn(here) = &self.step else {
            return;
        };
        let Some(ticket) = here.outcome.ticket().cloned() else {
            return;
        };
        let slip = SlipData::Ticket {
            lang: self.visit.lang,
            at: self.now.civil,
            ticket,
            kept_here: here.shown().alone == Some(Alone::KeptHere),
            copy: here.paper.came_out,
        };
        self.print_paper(slip);
    }

    /// The outcome as shown; `None` when the answer does not hold what it speaks of.
    fn check_in_shown(&self, reply: CheckInReply) -> Option<CheckInPage> {
        let station = |id: Option<String>| id.map(|id| self.station_shown(&id));
        Some(match reply.outcome {
            Outcome::InTime => CheckInPage::InTime {
                ticket: reply.ticket?,
            },
            Outcome::Already => CheckInPage::Already {
                ticket: reply.ticket?,
            },
            Outcome::Late => CheckInPage::Late {
                ticket: reply.ticket?,
            },
            Outcome::TooEarly => CheckInPage::TooEarly {
                begins: reply.begins?,
                opens: reply.opens?,
            },
            Outcome::OtherStation => CheckInPage::OtherStation {
                station: station(reply.station)?,
                begins: reply.begins?,
            },
            Outcome::OtherDay => CheckInPage::OtherDay {
                station: station(reply.station)?,
                begins: reply.begins?,
            },
            Outcome::NoBooking => CheckInPage::NoBooking { no_queue: false },
        })
    }

    /// A station with its address; its id where the catalogue does not know it.
    pub(crate) fn station_shown(&self, id: &str) -> StationShown {
        let shelf = self.shelf.as_deref();
        let known = shelf.and_then(|shelf| shelf.catalogue.station(id));
        StationShown {
            name: known.map_or_else(
                || untranslated(id),
                |station| Text {
                    zh: station.zh.clone(),
                    en: station.en.clone(),
                },
            ),
            address: known.map_or_else(String::new, |station| station.address.clone()),
        }
    }

    pub(crate) fn check_in_tap(&mut self, touch: &Touch) {
        let Step::CheckIn(here) = &self.step else {
            return;
        };
        match (touch, &here.outcome) {
            (Touch::Next, CheckInPage::Away | CheckInPage::NoNumber) => match here.asking.clone() {
                Asking::Card => self.identify(Then::CheckIn),
                asking @ (Asking::CheckIn(_) | Asking::WalkIn(_)) => self.ask_hall(asking),
            },
            (Touch::Next, CheckInPage::NoBooking { no_queue: false }) => {
                let id = self.new_id();
                self.ask_hall(Asking::WalkIn(id));
            }
            (Touch::PrintSlip, _) if !here.paper.is_under_way() => self.print_ticket(),
            (Touch::Appointments, _) if here.shown().offers_appointments() => {
                self.open_appointments();
            }
            (Touch::Next, _) => self.goodbye(),
            (Touch::Back, _) => self.another_matter(),
            (_, _) => {}
        }
    }

    pub(crate) fn check_in_page(here: &CheckIn) -> (Page, Foot) {
        let action = match &here.outcome {
            CheckInPage::Away | CheckInPage::NoNumber => Action::TryAgain,
            CheckInPage::NoBooking { no_queue: false } => Action::TakeNumber,
            CheckInPage::NoBooking { no_queue: true }
            | CheckInPage::InTime { .. }
            | CheckInPage::Already { .. }
            | CheckInPage::TooEarly { .. }
            | CheckInPage::Late { .. }
            | CheckInPage::OtherStation { .. }
            | CheckInPage::OtherDay { .. }
            | CheckInPage::WalkIn { .. } => Action::Finish,
        };
        (
            Page::CheckIn(here.shown()),
            foot(true, Some((action, true))),
        )
    }
}

impl CheckIn {
    fn shown(&self) -> CheckInShown {
        CheckInShown {
            outcome: self.outcome.clone(),
            print: self.paper.state(),
            alone: self.alone.as_ref().map(Untold::stands),
        }
    }
}

/// The city's number, or the word that there is no queue at this station.
fn walk_in(ticket: Option<TicketShown>) -> CheckInPage {
    match ticket {
        Some(ticket) => CheckInPage::WalkIn { ticket },
        None => CheckInPage::NoBooking { no_queue: true },
    }
}

/// Ten letters and digits, grouped or not: what else is held up is not sent anywhere.
fn looks_like_booking(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c.is_whitespace();
    let characters = text.chars().filter(char::is_ascii_alphanumeric);
    text.len() <= LONGEST_CODE && text.chars().all(plain) && characters.count() == CODE_CHARACTERS
}

#[cfg(test)]
mod tests {
    use super::looks_like_booking;

    #[test]
    fn only_what_can_be_the_code_of_a_booking_is_asked_about() {
        for code in ["K2Q2A-22B22", "k2q2a22b22", "K2Q2A 22B22"] {
            assert!(looks_like_booking(code), "{code}");
        }
        for other in ["", "K2Q2-2222-2222", "https://x.example/K2", "K2Q2A-22B2号"] {
            assert!(!looks_like_booking(other), "{other}");
        }
    }
}
