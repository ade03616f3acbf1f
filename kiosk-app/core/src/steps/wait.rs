//! Waiting for the city or for the form to be made.

use crate::check_in::HallEntry;
use crate::event::{AskId, Away, Composed, Reply};
use crate::kiosk::{Kiosk, foot};
use crate::screen::{Foot, Page, WaitPage, Waiting};
use crate::steps::alone::Keeping;
use crate::steps::check_in::Asking;
use crate::steps::flow::Stage;
use crate::steps::{
    AppointmentAsking, Document, EnquiryAsking, Identify, Matters, Principal, Step, Withdraw,
};

/// What the answer is for.
#[derive(Clone, Debug)]
pub(crate) enum WaitFor {
    /// A second factor or the card's grant.
    Identity(Box<Identify>),
    /// Whether a principal agrees.
    Principal(Box<Principal>),
    /// Known facts and held materials.
    Registers,
    /// Choices of the question named.
    Options {
        /// The source as the catalogue names it.
        source: String,
        /// The question.
        field: String,
        /// It is answered anew from the review.
        change: bool,
    },
    /// The form.
    Document,
    /// The person's cases.
    Matters,
    /// A check-in or a number of the queue.
    Hall(Asking),
    /// Bookings and slots, or what is done with one.
    Appointment(Box<AppointmentAsking>),
    /// The same, by the list of today.
    Listed(Asking),
    /// The same, once it is on disk.
    Kept(Asking, Keeping, HallEntry),
    /// A matter is taken back.
    Withdrawal(Box<Withdraw>),
    /// A question or an objection inside a matter, or what is known.
    Enquiry(Box<EnquiryAsking>),
}

impl WaitFor {
    /// Something is being committed: the visit cannot end in between.
    pub(crate) fn is_storing(&self) -> bool {
        matches!(self, Self::Kept(..))
    }
}

/// The wait step.
#[derive(Clone, Debug)]
pub(crate) struct Wait {
    pub(crate) ask: AskId,
    pub(crate) what: Waiting,
    pub(crate) then: WaitFor,
}

impl Kiosk {
    pub(crate) fn wait_page(wait: &Wait) -> (Page, Foot) {
        (Page::Wait(WaitPage { what: wait.what }), foot(false, None))
    }

    /// The hall is asked: nothing of the person is on the screen, and the card may be taken.
    pub(crate) fn asks_hall(&self) -> bool {
        let Step::Wait(wait) = &self.step else {
            return false;
        };
        matches!(
            wait.then,
            WaitFor::Hall(_) | WaitFor::Listed(_) | WaitFor::Kept(..)
        )
    }

    /// The city answered what the person waits for.
    pub(crate) fn waited(&mut self, answer: Result<Reply, Away>) {
        let Step::Wait(wait) = &self.step else {
            return;
        };
        let then = wait.then.clone();
        self.timers.stop(crate::timers::Timer::AnswerLate);
        self.touched();
        match then {
            WaitFor::Identity(identify) => self.factor_answered(*identify, answer),
            WaitFor::Principal(principal) => self.principal_answered(principal, answer),
            WaitFor::Registers => {
                if let Ok(Reply::Prefilled(known)) = answer {
                    self.take_registers(known);
                }
                self.enter(Stage::Notice);
            }
            WaitFor::Options {
                source,
                field,
                change,
            } => {
                if let Ok(Reply::Options(options)) = answer {
                    self.visit.options.set(source, options);
                }
                self.open_question(&field, change);
            }
            // The form and what is committed are answered otherwise.
            WaitFor::Document | WaitFor::Kept(..) => {}
            WaitFor::Matters => {
                let matters = match answer {
                    Ok(Reply::Matters(matters)) => Some(matters),
                    Ok(_) | Err(Away) => None,
                };
                self.matters_came(Matters::new(matters));
            }
            WaitFor::Hall(asking) => self.hall_answered(asking, answer),
            WaitFor::Appointment(asking) => self.appointment_answered(*asking, answer),
            WaitFor::Withdrawal(here) => self.withdraw_answered(*here, answer),
            WaitFor::Enquiry(asking) => self.enquiry_answered(*asking, answer),
            WaitFor::Listed(asking) => self.list_answered(asking, answer),
        }
    }

    /// The form was made, or could not be: then the review stands again.
    pub(crate) fn form_made(&mut self, form: Option<Composed>) {
        self.timers.stop(crate::timers::Timer::AnswerLate);
        self.touched();
        match (form, &mut self.visit.application) {
            (Some(form), Some(application)) if !form.pages.is_empty() => {
                application.form = Some(form);
                self.go(Step::Document(Document::default()));
            }
            (_, _) => self.enter(Stage::Review),
        }
    }

    /// No answer in time is the same as no answer.
    pub(crate) fn answer_late(&mut self) {
        if let Step::Wait(wait) = &self.step {
            if matches!(wait.then, WaitFor::Document) {
                self.form_made(None);
            } else {
                self.waited(Err(Away));
            }
        }
    }
}
