//! Spoken pages after it was filed, and of what was filed before: done, rating, goodbye, matters,
//! check-in.

use kiosk_core::screen::{
    CheckInPage, CheckInShown, DonePage, GoodbyePage, MatterPage, MattersPage, OutcomeShown, Place,
    RatePage, SlipState, StationShown, TicketShown,
};

use super::{Telling, numbers};
use crate::view::{check_in, enquiry};
use crate::words::Words;

impl Telling<'_> {
    pub(super) fn done(&mut self, page: &DonePage) {
        self.text(&page.item);
        match &page.place {
            Place::StoredHere => self.detailed("done.stored"),
            Place::Received { .. } => self.detailed("done.received"),
        }
        self.code("done.receipt", &page.receipt);
        if let Place::Received { filing, case } = &page.place {
            match case {
                Some(case) => self.code("matter.case", case),
                None => self.code("matter.filing", filing),
            }
        }
        self.outcome(&page.outcome);
        self.fees(&page.fees);
        let trouble = self.say.print_trouble(page.slip_trouble);
        self.line(&trouble);
        match page.slip {
            SlipState::Waiting { .. } => self.key("spoken.slip-waiting"),
            SlipState::Printing => self.key("slip-state.printing"),
            SlipState::Ready => self.key("slip-state.ready"),
            SlipState::Printed => {
                self.key("slip-state.printed");
                self.key("slip-state.take");
            }
            SlipState::Taken => self.key("slip-state.taken"),
            SlipState::DrawnBack => self.key("slip-state.drawn-back"),
            SlipState::NotPrinted => self.key("slip-state.not-printed"),
            SlipState::Partial => self.key("slip-state.partial"),
            SlipState::Unknown => self.key("slip-state.unknown"),
            SlipState::NoPrinter => self.key("slip-state.no-printer"),
            SlipState::Declined => self.key("slip-state.declined"),
            SlipState::WithNext => self.key("slip-state.with-next"),
        }
        self.result(page.result.as_ref());
    }

    fn outcome(&mut self, outcome: &OutcomeShown) {
        match outcome {
            OutcomeShown::Unknown => {}
            OutcomeShown::Deciding => self.detailed("done.deciding"),
            OutcomeShown::Filed { due: Some(due) } => {
                let day = self.words().day(due.date);
                let day = numbers::read(&day, self.words());
                self.filled("done.due {0}", &[("0", &day)]);
                self.key(if due.provisional {
                    "done.due-provisional"
                } else {
                    "done.filed-detail"
                });
            }
            OutcomeShown::Filed { due: None } => self.detailed("done.filed"),
            OutcomeShown::Granted => self.detailed("done.granted"),
            OutcomeShown::Refused { reason } => {
                self.key("done.refused");
                self.text(reason);
            }
            OutcomeShown::WaitsForDepartment => self.detailed("done.waits"),
        }
    }

    pub(super) fn rate(&mut self, page: RatePage) {
        self.key("rate.title");
        self.key("rate.lead");
        if page.reasons.is_some() {
            self.key("rate.reasons");
        }
    }

    pub(super) fn goodbye(&mut self, page: GoodbyePage) {
        let take = page.card || page.original || page.on_glass || page.paper || page.coming;
        self.key(if take {
            "goodbye.take"
        } else {
            "goodbye.thanks"
        });
        self.key(if page.nothing_filed {
            "goodbye.nothing-filed"
        } else {
            "goodbye.filed"
        });
        let there = [
            (page.has_number, "goodbye.has-number"),
            (page.card, "goodbye.card"),
            (page.on_glass, "goodbye.on-glass"),
            (page.original && !page.on_glass, "goodbye.original"),
            (page.paper, "goodbye.paper"),
            (page.coming, "goodbye.coming"),
        ];
        for (_, key) in there.into_iter().filter(|(is, _)| *is) {
            self.key(key);
        }
        self.key("goodbye.forgotten");
    }

    pub(super) fn matters(&mut self, page: &MattersPage) {
        self.key("matters.title");
        if page.away {
            return self.detailed("matters.away");
        }
        if page.matters.is_empty() {
            return self.detailed("matters.none");
        }
        self.filled("matters.lead {0}", &[("0", &page.total.to_string())]);
        self.turn(page.turn);
    }

    pub(super) fn matter(&mut self, page: &MatterPage) {
        self.text(&page.item);
        let state = self.say.state(&page.state);
        self.line(&state);
        let holder = self.words().text(&page.holder);
        self.pair_of("matter.holder", &holder);
        match &page.case {
            Some(case) => self.code("matter.case", case),
            None => self.code("matter.filing", &page.filing),
        }
        let words: Words = self.words();
        self.pair_of("matter.filed", &words.moment(page.filed));
        let (promised, statutory) = (self.say.due(page.promised), self.say.due(page.statutory));
        self.pair_of("matter.promised", &promised);
        self.pair_of("matter.statutory", &statutory);
        if !page.asked.is_empty() {
            let asked = self.say.listed(&page.asked);
            self.pair_of("matter.asked", &asked);
        }
        if let Some(said) = &page.words {
            self.filled("matter.words {0}", &[("0", said)]);
        }
        self.result(page.result.as_ref());
        for shown in &page.enquiries {
            let line = enquiry::line(shown, &self.say);
            for part in [&line.said, &line.state, &line.answer] {
                self.line(part);
            }
        }
        for (when, state) in &page.history {
            let state = self.say.state(state);
            self.pair(&words.moment(*when), &state);
        }
    }

    pub(super) fn check_in(&mut self, page: &CheckInShown) {
        match &page.outcome {
            CheckInPage::InTime { ticket } => self.ticket("check-in.in-time", ticket),
            CheckInPage::Already { ticket } => self.ticket("check-in.already", ticket),
            CheckInPage::Late { ticket } => self.ticket("check-in.late", ticket),
            CheckInPage::WalkIn { ticket } => self.ticket("check-in.walk-in", ticket),
            CheckInPage::TooEarly { begins, opens } => {
                let clock = |at: jiff::civil::DateTime| format!("{}:{:02}", at.hour(), at.minute());
                self.filled("check-in.too-early", &[("time", &clock(*opens))]);
                self.key("check-in.too-early-detail");
                self.pair_of("check-in.begins", &clock(*begins));
            }
            CheckInPage::OtherStation { station, begins } => {
                self.detailed("check-in.other-station");
                self.station(station, *begins);
            }
            CheckInPage::OtherDay { station, begins } => {
                self.detailed("check-in.other-day");
                self.station(station, *begins);
            }
            CheckInPage::NoBooking { no_queue } => {
                let key = check_in::unfound(*no_queue, page.alone);
                self.detailed(&format!("check-in.{key}"));
            }
            CheckInPage::Away => self.detailed("check-in.away"),
            CheckInPage::NoNumber => self.detailed("check-in.no-number"),
        }
        if let Some(key) = check_in::alone(page) {
            self.key(key);
        }
        if let Some(print) = page.print {
            self.print("ticket-print", print);
        }
    }

    fn ticket(&mut self, key: &str, ticket: &TicketShown) {
        self.detailed(key);
        self.code("check-in.number", &ticket.number);
        if let Some(wait) = self.words().queue(ticket) {
            self.line(&wait);
        }
    }

    fn station(&mut self, station: &StationShown, begins: jiff::civil::DateTime) {
        let words = self.words();
        self.pair_of("check-in.begins", &words.moment(begins));
        self.pair_of("check-in.station", &words.text(&station.name));
        self.pair_of("check-in.address", &station.address);
    }
}
