//! One file per step of the visit: its data, what it shows, what touches do there.

mod alone;
mod appointment;
mod booked;
mod check_in;
mod delivery;
mod done;
mod enquire;
mod facts;
mod find;
mod flow;
mod goodbye;
mod guide;
mod identify;
mod materials;
mod matters;
mod notice;
mod paper;
mod portrait;
mod principal;
mod question;
mod rate;
mod review;
mod scan;
mod scan_room;
mod sign;
mod start;
mod submit;
mod wait;
mod withdraw;
mod zone;

use crate::event::{AskId, Away, Composed, PrintedAs, Reply, Scanned};
use crate::kiosk::Kiosk;
use crate::screen::{Foot, Page, ResultPrinting, ScanTrouble, SlipState};
use crate::service::Service;
use crate::touch::Touch;
use crate::visit::Proof;

pub(crate) use appointment::{Appointments, Asking as AppointmentAsking, upcoming};
pub(crate) use booked::Booked;
pub(crate) use check_in::CheckIn;
pub(crate) use delivery::Delivery;
pub(crate) use done::Done;
pub(crate) use enquire::{Asking as EnquiryAsking, Enquire};
pub(crate) use facts::Facts;
pub(crate) use find::Find;
pub(crate) use goodbye::Goodbye;
pub(crate) use guide::Guide;
pub(crate) use identify::Identify;
pub(crate) use materials::{MaterialStep, Materials};
pub(crate) use matters::{Matter, Matters};
pub(crate) use notice::Notice;
pub(crate) use portrait::Portrait;
pub(crate) use principal::Principal;
pub(crate) use question::Question;
pub(crate) use rate::Rate;
pub(crate) use review::{Document, Review};
pub(crate) use scan::Scan;
pub(crate) use submit::Submit;
pub(crate) use wait::Wait;
pub(crate) use withdraw::Withdraw;

/// Where in the visit we are, with what only this step knows.
#[derive(Debug)]
pub(crate) enum Step {
    Idle,
    Start,
    Find(Find),
    Guide(Guide),
    Identify(Identify),
    Principal(Box<Principal>),
    Wait(Wait),
    Notice(Notice),
    Facts(Facts),
    Question(Box<Question>),
    Materials(Materials),
    Material(MaterialStep),
    Scan(Scan),
    Portrait(Portrait),
    Delivery(Delivery),
    Review(Review),
    Document(Document),
    Sign,
    Submit(Submit),
    Done(Done),
    Rate(Rate),
    Goodbye(Goodbye),
    Matters(Matters),
    Matter(Matter),
    CheckIn(CheckIn),
    Appointments(Box<Appointments>),
    Booked(Box<Booked>),
    Withdraw(Box<Withdraw>),
    Enquire(Box<Enquire>),
    Service(Box<Service>),
}

impl Kiosk {
    /// A touch on the page itself; one that has no meaning there does nothing.
    pub(crate) fn step_tap(&mut self, touch: Touch) {
        match self.step {
            Step::Idle => self.idle_tap(&touch),
            Step::Start => self.start_tap(&touch),
            Step::Find(_) => self.find_tap(&touch),
            Step::Guide(_) => self.guide_tap(&touch),
            Step::Identify(_) => self.identify_tap(&touch),
            Step::Principal(_) => self.principal_tap(&touch),
            Step::Wait(_) => {}
            Step::Notice(_) => self.notice_tap(&touch),
            Step::Facts(_) => self.facts_tap(&touch),
            Step::Question(_) => self.question_tap(&touch),
            Step::Materials(_) => self.materials_tap(&touch),
            Step::Material(_) => self.material_tap(&touch),
            Step::Scan(_) => self.scan_tap(&touch),
            Step::Portrait(_) => self.portrait_tap(&touch),
            Step::Delivery(_) => self.delivery_tap(&touch),
            Step::Review(_) => self.review_tap(&touch),
            Step::Document(_) => self.document_tap(&touch),
            Step::Sign => self.sign_tap(touch),
            Step::Submit(_) => self.submit_tap(&touch),
            Step::Done(_) => self.done_tap(&touch),
            Step::Rate(_) => self.rate_tap(&touch),
            Step::Goodbye(_) => self.goodbye_tap(&touch),
            Step::Matters(_) => self.matters_tap(&touch),
            Step::Matter(_) => self.matter_tap(&touch),
            Step::CheckIn(_) => self.check_in_tap(&touch),
            Step::Appointments(_) => self.appointment_tap(&touch),
            Step::Booked(_) => self.booked_tap(&touch),
            Step::Withdraw(_) => self.withdraw_tap(&touch),
            Step::Enquire(_) => self.enquire_tap(&touch),
            Step::Service(_) => self.service_tap(touch),
        }
    }

    /// The page and foot of the present step.
    pub(crate) fn step_page(&self) -> (Page, Foot) {
        match &self.step {
            Step::Idle => self.idle_page(),
            Step::Start => self.start_page(),
            Step::Find(find) => self.find_page(find),
            Step::Guide(guide) => self.guide_page(guide),
            Step::Identify(identify) => self.identify_page(identify),
            Step::Principal(principal) => self.principal_page(principal),
            Step::Wait(wait) => Self::wait_page(wait),
            Step::Notice(notice) => self.notice_page(notice),
            Step::Facts(facts) => self.facts_page(facts),
            Step::Question(question) => self.question_page(question),
            Step::Materials(materials) => self.materials_page(materials),
            Step::Material(material) => self.material_page(material),
            Step::Scan(scan) => self.scan_page(scan),
            Step::Portrait(portrait) => self.portrait_page(portrait),
            Step::Delivery(delivery) => self.delivery_page(delivery),
            Step::Review(review) => self.review_page(review),
            Step::Document(document) => self.document_page(document),
            Step::Sign => self.sign_page(),
            Step::Submit(submit) => Self::submit_page(submit),
            Step::Done(done) => self.done_page(done),
            Step::Rate(rate) => Self::rate_page(rate),
            Step::Goodbye(goodbye) => self.goodbye_page(goodbye),
            Step::Matters(matters) => self.matters_page(matters),
            Step::Matter(matter) => self.matter_page(matter),
            Step::CheckIn(here) => Self::check_in_page(here),
            Step::Appointments(here) => self.appointment_page(here),
            Step::Booked(here) => self.booked_page(here),
            Step::Withdraw(here) => self.withdraw_page(here),
            Step::Enquire(here) => self.enquire_page(here),
            Step::Service(service) => self.service_page(service),
        }
    }

    /// A scan ended; wanted only by the scan that asked.
    pub(crate) fn scanned(&mut self, ask: AskId, page: Scanned, fed: bool) {
        if matches!(&self.step, Step::Scan(scan) if scan.waits_for(ask)) {
            self.page_came(page, fed);
        } else {
            self.effect(crate::Effect::DropPicture(page.picture));
        }
    }

    /// A page is on its way; shown only on the page that asked.
    pub(crate) fn scan_coming(&mut self, ask: AskId, percent: u8) {
        if let Step::Scan(scan) = &mut self.step {
            scan.coming(ask, percent);
        }
    }

    /// A scan ended; wanted only by the page that asked.
    pub(crate) fn scan_over(&mut self, ask: AskId, trouble: Option<ScanTrouble>) {
        if matches!(&self.step, Step::Scan(scan) if scan.waits_for(ask)) {
            self.scan_ended(trouble);
        }
    }

    /// The form was made; wanted only by the wait that asked.
    pub(crate) fn composed(&mut self, ask: AskId, form: Option<Composed>) {
        if matches!(&self.step, Step::Wait(wait) if wait.ask == ask) {
            self.form_made(form);
        } else if let Some(form) = form {
            for page in form.pages {
                self.effect(crate::Effect::DropPicture(page));
            }
        }
    }

    /// A print of this visit ended: the slip's, a guide's, a number's, a booking's or a result's.
    pub(crate) fn printed(&mut self, ask: AskId, outcome: PrintedAs) {
        if !self.visit.prints.end(ask) {
            return;
        }
        self.visit.paper |= outcome.leaves_paper();
        if self.visit.slip.ask == Some(ask) {
            self.slip_ended(outcome);
        }
        let printing = ResultPrinting::of(outcome);
        self.visit.results.end(ask, printing);
        self.paper_print_is(ask, SlipState::of(outcome), outcome.may_have_come_out());
        self.goodbye_soon();
    }

    /// A slip of this visit lies at the output: the receipt, a guide, a number or a booking.
    pub(crate) fn slip_ready(&mut self, ask: AskId) {
        if !self.visit.prints.ready(ask, self.now.up) {
            return;
        }
        if self.visit.slip.ask == Some(ask) {
            self.slip_lies_ready();
        }
        self.paper_print_is(ask, SlipState::Ready, false);
        self.goodbye_soon();
    }

    /// The city answered or could not be asked.
    pub(crate) fn city(&mut self, ask: AskId, answer: Result<Reply, Away>) {
        if matches!(&self.step, Step::Wait(wait) if wait.ask == ask) {
            self.waited(answer);
        } else if self.visit.filed.iter().any(|filed| filed.ask == Some(ask)) {
            self.outcome_answered(ask, answer);
        } else if self.asked_for_help(ask) {
            self.help_answered(answer);
        } else if self.visit.bookings_ask == Some(ask) {
            self.visit.bookings_ask = None;
            self.bookings_told(answer);
        } else if self.visit.enquiries_ask == Some(ask) {
            self.visit.enquiries_ask = None;
            self.enquiries_told(answer);
        } else if self.visit.waiting_ask == Some(ask) {
            self.visit.waiting_ask = None;
            self.visit.waiting = match answer {
                Ok(Reply::Waiting(count)) => Some(count),
                Ok(_) | Err(Away) => None,
            };
        }
    }

    /// The card left while no page with the person's data was open.
    pub(crate) fn card_gone_from_step(&mut self) {
        let held = self.visit.proof == Proof::Held;
        match self.step {
            Step::Identify(_) => self.card_gone_from_identify(),
            Step::Principal(_) | Step::Wait(_) if self.takes_cards() => {
                self.card_gone_from_principal();
            }
            Step::Done(_) | Step::CheckIn(_) | Step::Booked(_) if held => {
                self.visit.proof = Proof::Lifted
            }
            Step::Wait(_) if held && self.asks_hall() => self.visit.proof = Proof::Lifted,
            Step::Goodbye(_) => self.goodbye_soon(),
            _ => {}
        }
    }

    /// A revealed value hides again.
    pub(crate) fn hide(&mut self) {
        match &mut self.step {
            Step::Facts(facts) => facts.revealed = None,
            Step::Review(review) => review.revealed = None,
            _ => {}
        }
    }
}
