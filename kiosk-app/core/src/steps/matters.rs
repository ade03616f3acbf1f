//! My matters: the person's cases with who holds them, what is asked, and results to print.

use std::sync::Arc;

use city_catalogue::ItemCode;
use city_catalogue::record::Item;

use crate::application::Application;
use crate::appointment::{AppointmentAsk, AppointmentReply, BookingReply, NextBooking};
use crate::availability::{DeviceState, Link};
use crate::code::{Code, CodeTrouble, same_number};
use crate::effect::{Effect, Request};
use crate::event::{Away, MatterReply, Reply, ResultReply};
use crate::kiosk::{Kiosk, foot, on_page, turn, turned_page};
use crate::screen::{
    Action, DeliveryShown, Foot, MatterEntry, MatterPage, MattersPage, Page, ResultPrinting,
    ResultShown, Waiting,
};
use crate::steps::flow::Stage;
use crate::steps::wait::WaitFor;
use crate::steps::{Step, Wait, upcoming};
use crate::touch::Touch;

const A_PAGE: usize = 6;

/// The list.
#[derive(Clone, Debug)]
pub(crate) struct Matters {
    /// `None` when the city could not be asked.
    matters: Option<Vec<MatterReply>>,
    /// Bookings from today on; empty until the city told them.
    bookings: Vec<BookingReply>,
    at: usize,
}

impl Matters {
    pub(crate) fn new(matters: Option<Vec<MatterReply>>) -> Self {
        Self {
            matters,
            bookings: Vec::new(),
            at: 0,
        }
    }

    /// The city told them.
    pub(crate) fn known(&self) -> bool {
        self.matters.is_some()
    }

    /// The place of the matter with this receipt, filing or case number.
    fn numbered(&self, number: &str) -> Option<usize> {
        self.all().iter().position(|reply| {
            [
                Some(&reply.receipt),
                Some(&reply.filing),
                reply.case.as_ref(),
            ]
            .into_iter()
            .flatten()
            .any(|known| same_number(known, number))
        })
    }

    fn all(&self) -> &[MatterReply] {
        self.matters.as_deref().unwrap_or_default()
    }
}

/// One case.
#[derive(Clone, Debug)]
pub(crate) struct Matter {
    list: Matters,
    place: usize,
}

impl Matter {
    /// As the city told it; `None` only if the list has no such place.
    pub(crate) fn reply(&self) -> Option<&MatterReply> {
        self.list.all().get(self.place)
    }
}

impl Kiosk {
    /// Asks the city for the person's cases.
    pub(crate) fn ask_matters(&mut self) {
        self.visit.enquiries.clear();
        let Some(grant) = self.grant().filter(|_| self.link == Link::Up) else {
            return self.go(Step::Matters(Matters::new(None)));
        };
        let ask = self.ask_city(Request::Matters { grant });
        self.go(Step::Wait(Wait {
            ask,
            what: Waiting::Matters,
            then: WaitFor::Matters,
        }));
    }

    pub(crate) fn matters_tap(&mut self, touch: &Touch) {
        let Step::Matters(list) = &mut self.step else {
            return;
        };
        match touch {
            Touch::Turn(by) => {
                list.at = turned_page(list.at, *by, list.all().len(), A_PAGE);
                self.turned();
            }
            Touch::Pick(place) => {
                let place = list.at * A_PAGE + place;
                self.open_matter(place);
            }
            Touch::Appointments => self.open_appointments(),
            Touch::Back => self.go(Step::Start),
            _ => {}
        }
    }

    fn open_matter(&mut self, place: usize) {
        let Step::Matters(list) = &self.step else {
            return;
        };
        if place < list.all().len() {
            let list = list.clone();
            self.go(Step::Matter(Matter { list, place }));
        }
    }

    /// The city told the person's cases: the one asked for by its slip is opened at once.
    pub(crate) fn matters_came(&mut self, list: Matters) {
        let (wanted, known) = (self.visit.wanted.take(), list.known());
        self.go(Step::Matters(list));
        if known {
            self.ask_bookings();
            self.ask_enquiries();
        }
        if let Some(number) = wanted {
            self.matter_numbered(number.reveal());
        }
    }

    /// The bookings are asked for beside the list: it does not wait for them.
    fn ask_bookings(&mut self) {
        let Some(grant) = self.grant() else { return };
        let ask = self.ask();
        self.visit.bookings_ask = Some(ask);
        let request = Request::Appointment(AppointmentAsk::Own { grant });
        self.effect(Effect::Ask { ask, request });
    }

    /// The city told the bookings, or not: then their number is not said.
    pub(crate) fn bookings_told(&mut self, answer: Result<Reply, Away>) {
        let Ok(Reply::Appointment(AppointmentReply::Own { bookings, .. })) = answer else {
            return;
        };
        let bookings = upcoming(bookings);
        match &mut self.step {
            Step::Matters(list) => list.bookings = bookings,
            Step::Matter(matter) => matter.list.bookings = bookings,
            _ => {}
        }
    }

    pub(crate) fn matters_code(&mut self, code: &Code) {
        match code {
            Code::Receipt(number) | Code::Text(number) => self.matter_numbered(number.reveal()),
            Code::Travel(_) => self.code_is(CodeTrouble::NoReceipt),
            Code::Doubtful => self.code_is(CodeTrouble::Doubtful),
            Code::Unreadable => self.code_is(CodeTrouble::Unreadable),
        }
    }

    fn matter_numbered(&mut self, number: &str) {
        let Step::Matters(list) = &self.step else {
            return;
        };
        match list.numbered(number) {
            Some(place) => self.open_matter(place),
            None if list.known() => self.code_is(CodeTrouble::NotMine),
            None => {}
        }
    }

    pub(crate) fn matter_tap(&mut self, touch: &Touch) {
        let Step::Matter(matter) = &self.step else {
            return;
        };
        match touch {
            Touch::Next => self.bring_papers(),
            Touch::Pick(0) => self.print_matter(),
            Touch::Ask => self.open_question_in(matter.clone()),
            Touch::Object => self.open_objection(matter.clone()),
            Touch::Withdraw => self.open_withdrawal(matter.clone()),
            Touch::Back => {
                let list = matter.list.clone();
                self.go(Step::Matters(list));
            }
            _ => {}
        }
    }

    /// What an officer asked for is scanned and filed as a supplement.
    fn bring_papers(&mut self) {
        let Step::Matter(matter) = &self.step else {
            return;
        };
        let Some(reply) = matter.reply() else {
            return;
        };
        let item = self.item_of(reply);
        let Some(item) = item.filter(|_| !reply.asked.is_empty()) else {
            return;
        };
        let case = reply.case.clone().unwrap_or_else(|| reply.filing.clone());
        let asked = reply.asked.clone();
        let id = self.new_id();
        self.visit.application = Some(Application::supplement(id, item, case, &asked));
        self.enter(Stage::Materials);
    }

    /// The item of a case as the catalogue has it now.
    pub(crate) fn item_of(&self, reply: &MatterReply) -> Option<Arc<Item>> {
        let shelf = self.shelf.as_deref()?;
        let code = ItemCode::new(reply.item_code.clone());
        shelf.catalogue.item(&code).cloned()
    }

    /// The form of the item takes what is known of the person from their card or a register.
    fn may_object(&self, reply: &MatterReply) -> bool {
        let item = self.item_of(reply);
        item.is_some_and(|item| item.form.iter().any(|field| field.prefill().is_some()))
    }

    fn print_matter(&mut self) {
        let ready = self.devices.document_printer == DeviceState::Ready;
        let (ask, grant) = (self.ask(), self.grant());
        let Step::Matter(matter) = &self.step else {
            return;
        };
        let reply = matter.reply();
        let Some(result) = reply.and_then(|reply| reply.result.clone()) else {
            return;
        };
        let shown = self.result_of_matter(&result).printing;
        if !shown.prints_on_touch() {
            return;
        }
        self.turned();
        if ready {
            self.begin_result(&result, ask, grant);
        } else if self.visit.results.of(&result).is_none() {
            let not_printed = ResultPrinting::NotPrinted;
            self.visit.results.leave(&result, not_printed);
        }
    }

    /// A result that is printed only when it is asked for, if at kiosks at all.
    fn result_of_matter(&self, result: &ResultReply) -> ResultShown {
        let unless = if result.prints {
            ResultPrinting::Offered
        } else {
            ResultPrinting::Electronic
        };
        self.result_shown(result, unless)
    }

    pub(crate) fn matters_page(&self, list: &Matters) -> (Page, Foot) {
        let page = MattersPage {
            matters: on_page(list.all(), list.at, A_PAGE)
                .iter()
                .map(|reply| MatterEntry {
                    item: reply.item.clone(),
                    state: reply.state.clone(),
                    due: reply.due,
                    asked: !reply.asked.is_empty(),
                })
                .collect(),
            total: u16::try_from(list.all().len()).unwrap_or(u16::MAX),
            turn: turn(list.at, list.all().len(), A_PAGE),
            away: list.matters.is_none(),
            booked: list.bookings.first().map(|first| NextBooking {
                count: u16::try_from(list.bookings.len()).unwrap_or(u16::MAX),
                begins: first.begins,
            }),
        };
        (Page::Matters(page), foot(true, None))
    }

    pub(crate) fn matter_page(&self, matter: &Matter) -> (Page, Foot) {
        let Some(reply) = matter.reply() else {
            return self.matters_page(&matter.list);
        };
        let page = MatterPage {
            item: reply.item.clone(),
            filing: reply.filing.clone(),
            case: reply.case.clone(),
            state: reply.state.clone(),
            holder: reply.holder.clone(),
            filed: reply.filed,
            promised: reply.promised,
            statutory: reply.statutory,
            history: reply.history.clone(),
            asked: reply.asked.iter().map(|(_, name)| name.clone()).collect(),
            words: reply.words.as_ref().map(|words| words.reveal().to_owned()),
            result: reply
                .result
                .as_ref()
                .map(|result| self.result_of_matter(result)),
            delivery: reply.delivery.as_ref().map(|reply| DeliveryShown {
                reply: reply.clone(),
                station: reply.station.as_deref().map(|id| self.station_shown(id)),
            }),
            enquiries: self.enquiries_shown(reply),
            may_object: self.may_object(reply),
            may_withdraw: reply.may_withdraw(),
        };
        let primary = (!reply.asked.is_empty()).then_some((Action::BringPapers, true));
        (Page::Matter(Box::new(page)), foot(true, primary))
    }
}
