//! The card on the reader: whose visit it is, and what happens when it is lifted.

use crate::availability::Link;
use crate::effect::{Effect, Request};
use crate::event::ReaderEvent;
use crate::kiosk::{Above, Kiosk};
use crate::person::Person;
use crate::screen::CardTrouble;
use crate::steps::Step;
use crate::timers::Timer;
use crate::visit::{CardPlace, Proof, Visit};

impl Kiosk {
    /// Whether the person of this visit has been confirmed and the page may show their data.
    fn personal(&self) -> bool {
        self.visit.identity.is_some()
            && !matches!(
                self.step,
                Step::Idle
                    | Step::Done(_)
                    | Step::Rate(_)
                    | Step::Goodbye(_)
                    | Step::CheckIn(_)
                    | Step::Booked(_)
            )
            && !self.asks_hall()
            && !self.takes_cards()
    }

    pub(crate) fn reader(&mut self, event: ReaderEvent) {
        match event {
            ReaderEvent::Card(person) => {
                self.card = CardPlace::OnReader;
                self.card_read(person);
            }
            ReaderEvent::Removed => {
                self.card = CardPlace::Away;
                self.card_removed();
            }
            ReaderEvent::Trouble(trouble) => self.card_trouble(trouble),
        }
    }

    fn card_read(&mut self, person: Box<Person>) {
        if let Some(Above::Cover { .. }) = self.above {
            if self.visit.person().is_some_and(|known| known.is(&person)) {
                self.take_off();
            } else {
                self.above = Some(Above::Cover { another_card: true });
            }
            return;
        }
        if self.personal() && !self.visit.person().is_some_and(|known| known.is(&person)) {
            self.cover(true);
            return;
        }
        if self.takes_cards() {
            return self.card_to_principal(person);
        }
        match self.step {
            Step::Idle => self.card_at_idle(person),
            Step::Done(_) | Step::CheckIn(_) | Step::Booked(_) => self.card_at_done(person),
            Step::Identify(_) | Step::Start | Step::Find(_) | Step::Guide(_)
                if self.visit.identity.is_none() =>
            {
                self.let_filer_go(&person);
                self.visit.read = Some(person);
                self.touched();
                self.card_to_identify();
            }
            // Elsewhere a card of the person already known changes nothing.
            _ => {}
        }
    }

    /// A card at idle is a key: the start page says how many matters wait.
    fn card_at_idle(&mut self, person: Box<Person>) {
        if self.halted().is_some() {
            return;
        }
        self.begin();
        self.go(Step::Start);
        self.ask_waiting(&person);
        self.visit.read = Some(person);
    }

    /// Asks how many matters wait for the holder of the card just read.
    fn ask_waiting(&mut self, person: &Person) {
        if self.link == Link::Away {
            return;
        }
        let request = Request::Waiting {
            document: person.document,
            name: person.name.clone(),
            number: person.number.clone(),
        };
        let ask = self.ask();
        self.visit.waiting_ask = Some(ask);
        self.effect(Effect::Ask { ask, request });
    }

    /// No personal page is open: the card only says whether the identity still holds.
    fn card_at_done(&mut self, person: Box<Person>) {
        let same = self.visit.person().is_some_and(|known| known.is(&person));
        self.visit.proof = match self.visit.proof {
            Proof::Held | Proof::Lifted if same => Proof::Held,
            Proof::Held | Proof::Lifted | Proof::AnotherCard => Proof::AnotherCard,
        };
        self.visit.read = Some(person);
    }

    /// Another matter: a person whose card was away proves the identity again, and one who is
    /// not the filer of the matters before begins a visit of their own.
    pub(crate) fn another_matter(&mut self) {
        if self.visit.proof != Proof::Held {
            self.visit.withdraw_identity();
        }
        let read = self.visit.read.take();
        if let Some(person) = &read {
            self.let_filer_go(person);
        }
        if self.visit.identity.is_none() {
            self.visit.read = read;
        }
        self.go(Step::Start);
    }

    /// `person` did not file the matters of this visit: a new visit begins. The slip of who filed
    /// still comes out; it is waited for in the new visit, so that nobody finds it later.
    fn let_filer_go(&mut self, person: &Person) {
        if self
            .visit
            .filer
            .as_ref()
            .is_none_or(|filer| filer.is(person))
        {
            return;
        }
        self.print_owed_slip();
        let owed = self.visit.slip.ask;
        self.effect(Effect::Forget { owed });
        let prints = self.visit.prints.only(owed);
        let (lang, application) = (self.visit.lang, self.visit.application.take());
        self.timers.clear();
        self.above = None;
        self.turned();
        self.visit = Visit::new(self.now.up, lang);
        self.visit.application = application;
        self.visit.prints = prints;
        self.touched();
    }

    fn card_removed(&mut self) {
        self.visit.read = None;
        self.visit.waiting = None;
        self.visit.waiting_ask = None;
        if self.personal() {
            self.cover(false);
        } else {
            self.card_gone_from_step();
        }
    }

    fn card_trouble(&mut self, trouble: CardTrouble) {
        if self.takes_cards() {
            self.principal_card_trouble(trouble);
        } else if self.visit.identity.is_none() {
            self.identify_trouble(trouble);
        }
    }

    fn cover(&mut self, another_card: bool) {
        self.put_above(Above::Cover { another_card });
        self.timers.stop(Timer::Warn);
        self.timers.stop(Timer::Wipe);
        let ends = self.now.up + self.settings.cover_for * self.visit.display.patience();
        self.timers.start(Timer::CoverEnds, ends);
    }
}
