//! Stored here, then received by the city: outcome, result and the slip.

use uuid::Uuid;

use crate::availability::DeviceState;
use crate::effect::{Effect, Request, SlipData};
use crate::event::{AskId, Away, Outcome, OutcomeReply, PrintedAs, Reply, ResultReply};
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
        self.hall_told(application);
        let Some(filed) = self
            .visit
            .filed
            .iter_mut()
            .find(|filed| filed.application == application)
        else {
            return;
        };
        filed.place = Place::Received { filing, case };
        if filed.instant && !filed.settled {
            filed.outcome = OutcomeShown::Deciding;
        }
        self.ask_outcome();
    }

    /// Asks what became of every application the city has and has not decided.
    pub(crate) fn ask_outcome(&mut self) {
        if matches!(self.step, Step::Goodbye(_)) {
            return;
        }
        for place in 0..self.visit.filed.len() {
            let ask = self.ask();
            let filed = self.visit.filed.get_mut(place);
            let Some(filed) = filed.filter(|filed| filed.asks_outcome()) else {
                continue;
            };
            filed.ask = Some(ask);
            filed.asked = filed.asked.saturating_add(1);
            let application = filed.application;
            self.effect(Effect::Ask {
                ask,
                request: Request::Outcome { application },
            });
        }
    }

    pub(crate) fn outcome_answered(&mut self, ask: AskId, answer: Result<Reply, Away>) {
        let filed = self.visit.filed.iter_mut().enumerate();
        let Some((place, filed)) = filed.into_iter().find(|(_, f)| f.ask == Some(ask)) else {
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
            filed.settled = true;
            self.print_result(place);
            self.settled();
        }
    }

    /// The result of the matter at `place` is fetched and printed at once, if it may be printed
    /// here and whoever filed it is still known to stand here.
    fn print_result(&mut self, place: usize) {
        let ready = self.devices.document_printer == DeviceState::Ready;
        let known = self.visit.identity.is_some();
        let (ask, grant) = (self.ask(), self.grant());
        let Some(filed) = self.visit.filed.get(place) else {
            return;
        };
        let may = known || !filed.identified;
        let Some(result) = filed.result.clone() else {
            return;
        };
        if filed.as_chosen || !filed.may_collect || self.visit.results.of(&result).is_some() {
            return;
        }
        if !result.prints {
            let electronic = ResultPrinting::Electronic;
            self.visit.results.leave(&result, electronic);
        } else if ready && may {
            self.begin_result(&result, ask, grant);
        } else {
            let not_printed = ResultPrinting::NotPrinted;
            self.visit.results.leave(&result, not_printed);
        }
    }

    /// Fetches `result` and prints it.
    pub(crate) fn begin_result(&mut self, result: &ResultReply, ask: AskId, grant: Option<Secret>) {
        self.visit.results.begin(result, ask);
        self.visit.prints.begin(ask, self.now.up);
        let result = result.id.clone();
        self.effect(Effect::PrintResult { ask, result, grant });
    }

    pub(crate) fn grant(&self) -> Option<Secret> {
        self.visit.identity.as_ref()?.grant.clone()
    }

    /// A result as shown: as its printing stands, `unless` when none was begun.
    pub(crate) fn result_shown(&self, result: &ResultReply, unless: ResultPrinting) -> ResultShown {
        let printing = self.visit.results.of(result).unwrap_or(unless);
        let trouble = self.devices.document_trouble;
        ResultShown {
            name: result.name.clone(),
            number: result.number.clone(),
            verification: result.verification.clone(),
            printing,
            trouble: trouble.filter(|_| printing.tells_trouble()),
        }
    }

    /// The words of the slip are settled: it prints soon, unless another matter is wanted.
    fn settled(&mut self) {
        if !self.visit.filed.iter().all(|filed| filed.settled) {
            return;
        }
        self.timers.stop(Timer::CityLate);
        let waits = matches!(self.visit.slip.state, SlipState::Waiting { .. });
        if waits && matches!(self.step, Step::Done(_)) {
            let at = self.now.up + self.settings.slip_grace * self.visit.display.ears();
            self.timers.start(Timer::SlipPrints, at);
        }
    }

    /// The city did not answer in time: the slip says "stored here".
    pub(crate) fn city_late(&mut self) {
        if matches!(self.visit.slip.state, SlipState::Waiting { .. }) {
            self.slip_due();
        }
    }

    /// The visit is left: a slip that still waits is printed now.
    pub(crate) fn print_owed_slip(&mut self) {
        if self.visit.owes_slip() {
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
        if !self.devices.receipt_printer.takes_jobs() {
            self.visit.slip.state = SlipState::NoPrinter;
            return;
        }
        let ask = self.ask();
        let masked = self
            .visit
            .filer
            .as_ref()
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
        self.visit.prints.begin(ask, self.now.up);
        self.effect(Effect::PrintSlip {
            ask,
            slip: Box::new(slip),
        });
    }

    /// The receipt printer takes jobs again: a slip that it could not take is owed as before.
    pub(crate) fn printer_is_back(&mut self) {
        if self.visit.slip.state != SlipState::NoPrinter {
            return;
        }
        if matches!(self.step, Step::Done(_)) {
            self.visit.slip.state = SlipState::Waiting { seconds: None };
            let at = self.now.up + self.settings.slip_grace * self.visit.display.ears();
            self.timers.start(Timer::SlipPrints, at);
            self.turned();
        } else {
            self.visit.slip.state = SlipState::WithNext;
        }
    }

    /// The slip lies at the output: there is a minute to take it.
    pub(crate) fn slip_lies_ready(&mut self) {
        self.visit.slip.state = SlipState::Ready;
        self.touched();
    }

    pub(crate) fn slip_ended(&mut self, outcome: PrintedAs) {
        self.visit.slip.ask = None;
        self.visit.slip.state = SlipState::of(outcome);
        if outcome.may_have_come_out() {
            self.visit.slip.copies = self.visit.slip.copies.saturating_add(1);
        }
        self.touched();
    }

    pub(crate) fn done_tap(&mut self, touch: &Touch) {
        match touch {
            Touch::Another => {
                if matches!(self.visit.slip.state, SlipState::Waiting { .. }) {
                    self.visit.slip.state = SlipState::WithNext;
                }
                self.timers.stop(Timer::SlipPrints);
                self.timers.stop(Timer::CityLate);
                self.another_matter();
            }
            Touch::PrintSlip => {
                self.turned();
                self.slip_due();
            }
            Touch::NoPaper => {
                self.visit.slip.state = SlipState::Declined;
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
            result: (filed.result.as_ref()).map(|result| {
                let unless = if !filed.may_collect {
                    ResultPrinting::ForApplicant
                } else if filed.as_chosen {
                    ResultPrinting::AsChosen
                } else {
                    ResultPrinting::Fetching
                };
                self.result_shown(result, unless)
            }),
            slip_trouble: match self.visit.slip.state {
                SlipState::NotPrinted
                | SlipState::Partial
                | SlipState::Unknown
                | SlipState::NoPrinter => self.devices.receipt_trouble,
                SlipState::Waiting { .. }
                | SlipState::Printing
                | SlipState::Ready
                | SlipState::Printed
                | SlipState::Taken
                | SlipState::DrawnBack
                | SlipState::Declined
                | SlipState::WithNext => None,
            },
            fees: filed.fees.clone(),
            matters: u8::try_from(self.visit.filed.len()).unwrap_or(u8::MAX),
        };
        (Page::Done(page), foot(false, Some((Action::Finish, true))))
    }
}

/// Takes the city's word; true when it will not change while the person stands here.
fn take_outcome(filed: &mut Filed, reply: OutcomeReply) -> bool {
    if let Some(result) = reply.result {
        filed.result.get_or_insert(result);
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
