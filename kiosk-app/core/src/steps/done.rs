//! Stored here, then received by the city: outcome, result and the slip.

use uuid::Uuid;

use crate::availability::{DeviceState, Link};
use crate::effect::{Effect, Request, SlipData};
use crate::event::{AskId, Away, Outcome, OutcomeReply, PrintedAs, Reply};
use crate::kiosk::{Kiosk, foot};
use crate::person::Secret;
use crate::screen::{
    Action, DonePage, Foot, OutcomeShown, Page, Place, ResultPrinting, ResultShown, SlipState,
};
use crate::steps::{Rate, Step};
use crate::timers::Timer;
use crate::touch::Touch;
use crate::visit::Filed;

/// The city is asked this often for the outcome of an instant item.
const MOST_ASKED: u8 = 20;

/// The done step; everything it shows is in the visit.
#[derive(Clone, Debug)]
pub(crate) struct Done;

impl Kiosk {
    /// The signed acknowledgement of a packet of this visit (or of an earlier one: then nothing shows).
    pub(crate) fn received(&mut self, application: Uuid, filing: String, case: Option<String>) {
        let Some(filed) = self
            .visit
            .filed
            .iter_mut()
            .find(|filed| filed.application == application)
        else {
            return;
        };
        filed.place = Place::Received { filing, case };
        if filed.instant {
            filed.outcome = OutcomeShown::Deciding;
        }
        self.ask_outcome();
    }

    /// Asks what became of the last application.
    pub(crate) fn ask_outcome(&mut self) {
        let Some(last) = self.visit.filed.last() else {
            return;
        };
        if last.ask.is_some() || matches!(last.place, Place::StoredHere) {
            return;
        }
        let application = last.application;
        let ask = self.ask();
        if let Some(last) = self.visit.filed.last_mut() {
            last.ask = Some(ask);
            last.asked = last.asked.saturating_add(1);
        }
        self.effect(Effect::Ask {
            ask,
            request: Request::Outcome { application },
        });
    }

    pub(crate) fn outcome_answered(&mut self, ask: AskId, answer: Result<Reply, Away>) {
        let Some(filed) = self.visit.filed.iter_mut().find(|f| f.ask == Some(ask)) else {
            return;
        };
        filed.ask = None;
        let settled = match answer {
            Ok(Reply::Outcome(reply)) => take_outcome(filed, reply),
            Ok(_) | Err(Away) => false,
        };
        if !settled && filed.asked < MOST_ASKED {
            let again = self.now.up + self.settings.ask_again;
            self.timers.start(Timer::AskOutcome, again);
        } else {
            self.print_result(ask);
            self.settled();
        }
    }

    /// A result that may be printed here is fetched and printed at once.
    fn print_result(&mut self, _answered: AskId) {
        let ready = self.devices.document_printer == DeviceState::Ready;
        let ask = self.ask();
        let grant = self.grant();
        let Some(last) = self.visit.filed.last_mut() else {
            return;
        };
        let Some((result, printing)) = &mut last.result else {
            return;
        };
        if last.print.is_some() || *printing != ResultPrinting::Fetching {
            return;
        }
        if !result.prints {
            *printing = ResultPrinting::Electronic;
        } else if ready {
            *printing = ResultPrinting::Printing;
            last.print = Some(ask);
            let result = result.id.clone();
            self.effect(Effect::PrintResult { ask, result, grant });
        } else {
            *printing = ResultPrinting::NotPrinted;
        }
    }

    pub(crate) fn grant(&self) -> Option<Secret> {
        self.visit.identity.as_ref()?.grant.clone()
    }

    pub(crate) fn result_printed(&mut self, ask: AskId, outcome: PrintedAs) {
        let ours = self.visit.filed.iter_mut().find(|f| f.print == Some(ask));
        let printed = outcome == PrintedAs::Printed;
        if let Some(filed) = ours {
            filed.print = None;
            if let Some((_, printing)) = &mut filed.result {
                *printing = if printed {
                    ResultPrinting::Printed
                } else {
                    ResultPrinting::NotPrinted
                };
            }
            self.visit.paper |= outcome != PrintedAs::NotPrinted;
        } else {
            self.matter_printed(ask, printed);
        }
    }

    /// The words of the slip are settled: it prints soon, unless another matter is wanted.
    fn settled(&mut self) {
        self.timers.stop(Timer::CityLate);
        let waits = matches!(self.visit.slip.state, SlipState::Waiting { .. });
        if waits && matches!(self.step, Step::Done(_)) {
            let at = self.now.up + self.settings.slip_grace;
            self.timers.start(Timer::SlipPrints, at);
        }
    }

    /// The city did not answer in time: the slip says "stored here".
    pub(crate) fn city_late(&mut self) {
        if matches!(self.visit.slip.state, SlipState::Waiting { .. }) {
            self.slip_due();
        }
    }

    /// Prints the slip of all matters of this visit.
    pub(crate) fn slip_due(&mut self) {
        self.timers.stop(Timer::SlipPrints);
        self.timers.stop(Timer::CityLate);
        if self.visit.filed.is_empty() || self.visit.slip.ask.is_some() {
            return;
        }
        if self.devices.receipt_printer != DeviceState::Ready {
            self.visit.slip.state = SlipState::NoPrinter;
            return;
        }
        let ask = self.ask();
        let masked = self
            .visit
            .person()
            .map(|person| person.masked(self.now.civil.date()));
        let days = jiff::Span::new().days(self.settings.come_back_days);
        let slip = SlipData::Receipt {
            lang: self.visit.lang,
            at: self.now.civil,
            name: masked.as_ref().map(|masked| masked.name.clone()),
            number: masked.map(|masked| masked.number),
            matters: self.visit.filed.iter().map(Filed::matter).collect(),
            copy: self.visit.slip.copies,
            come_back: self.now.civil.date().saturating_add(days),
        };
        self.visit.slip.ask = Some(ask);
        self.visit.slip.state = SlipState::Printing;
        self.visit.slip.matters = self.visit.filed.len();
        self.effect(Effect::PrintSlip {
            ask,
            slip: Box::new(slip),
        });
    }

    pub(crate) fn slip_ended(&mut self, outcome: PrintedAs) {
        self.visit.slip.ask = None;
        self.visit.slip.state = match outcome {
            PrintedAs::Printed => SlipState::Printed,
            PrintedAs::NotPrinted => SlipState::NotPrinted,
            PrintedAs::Partial => SlipState::Partial,
            PrintedAs::Unknown => SlipState::Unknown,
        };
        if outcome != PrintedAs::NotPrinted {
            self.visit.paper = true;
            self.visit.slip.copies = self.visit.slip.copies.saturating_add(1);
        }
        self.touched();
        self.goodbye_print_ended();
    }

    pub(crate) fn done_tap(&mut self, touch: &Touch) {
        match touch {
            Touch::Another => {
                if matches!(self.visit.slip.state, SlipState::Waiting { .. }) {
                    self.visit.slip.state = SlipState::WithNext;
                }
                self.timers.stop(Timer::SlipPrints);
                self.timers.stop(Timer::CityLate);
                self.go(Step::Start);
            }
            Touch::PrintSlip => {
                self.turned();
                self.slip_due();
            }
            Touch::NoPaper => {
                self.visit.slip.state = SlipState::NoPrinter;
                self.timers.stop(Timer::SlipPrints);
                self.timers.stop(Timer::CityLate);
                self.turned();
            }
            Touch::Next => {
                if matches!(self.visit.slip.state, SlipState::Waiting { .. }) {
                    self.slip_due();
                }
                self.go(Step::Rate(Rate::default()));
            }
            _ => {}
        }
    }

    pub(crate) fn done_page(&self, _done: &Done) -> (Page, Foot) {
        let Some(filed) = self.visit.filed.last() else {
            return self.start_page();
        };
        let seconds = self
            .timers
            .at(Timer::SlipPrints)
            .map(|at| u8::try_from(at.saturating_sub(self.now.up).as_secs()).unwrap_or(u8::MAX));
        let page = DonePage {
            item: filed.item.clone(),
            receipt: filed.receipt.clone(),
            place: filed.place.clone(),
            outcome: filed.outcome.clone(),
            slip: match self.visit.slip.state {
                SlipState::Waiting { .. } => SlipState::Waiting { seconds },
                state => state,
            },
            result: filed.result.as_ref().map(|(result, printing)| ResultShown {
                name: result.name.clone(),
                number: result.number.clone(),
                verification: result.verification.clone(),
                printing: *printing,
            }),
            fees: filed.fees.clone(),
            matters: u8::try_from(self.visit.filed.len()).unwrap_or(u8::MAX),
        };
        let foot = crate::screen::Foot {
            back: false,
            ..foot(false, Some((Action::Finish, true)))
        };
        (Page::Done(page), foot)
    }

    /// The city can be asked now.
    pub(crate) fn city_up(&self) -> bool {
        self.link == Link::Up
    }
}

/// Takes the city's word; true when it will not change while the person stands here.
fn take_outcome(filed: &mut Filed, reply: OutcomeReply) -> bool {
    if let Some(result) = reply.result {
        filed
            .result
            .get_or_insert((result, ResultPrinting::Fetching));
    }
    match reply.outcome {
        Outcome::Deciding => {
            filed.outcome = OutcomeShown::Deciding;
            false
        }
        Outcome::Filed => {
            filed.outcome = OutcomeShown::Filed { due: reply.due };
            true
        }
        // The decision may be known a moment before its document is made.
        Outcome::Granted => {
            filed.outcome = OutcomeShown::Granted;
            filed.result.is_some()
        }
        Outcome::Refused { reason } => {
            filed.outcome = OutcomeShown::Refused { reason };
            true
        }
        Outcome::WaitsForDepartment => {
            filed.outcome = OutcomeShown::WaitsForDepartment;
            true
        }
    }
}
