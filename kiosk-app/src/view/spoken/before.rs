//! Spoken pages before an application: idle, find, guide, identify.

use kiosk_core::screen::{
    AgentsShown, FindPage, GuidePage, IdentifyPage, IdlePage, MaskedPerson, Offline, PrincipalAsk,
    PrincipalPage, PrincipalTrouble, Reason, SlipState,
};

use super::super::{identity, principal};
use super::{Telling, numbers};

impl Telling<'_> {
    pub(super) fn idle(&mut self, page: &IdlePage) {
        if page.halted == Some(Reason::Starting) {
            return self.key("idle.starting");
        }
        self.key("spoken.welcome");
        if page.trouble.is_some() {
            let reason = self.say.reason(page.trouble);
            self.line(&reason);
            self.key(if page.halted.is_some() {
                "idle.halted-detail"
            } else {
                "idle.trouble-detail"
            });
        } else if page.items_open > 0 {
            self.filled("idle.open {0}", &[("0", &page.items_open.to_string())]);
        } else {
            self.detailed("idle.closed");
        }
        if page.card_left {
            self.detailed("idle.card-left");
        }
    }

    pub(super) fn find(&mut self, page: &FindPage) {
        if page.query.is_empty() {
            match &page.open {
                Some(open) => self.text(open),
                None => self.key("find.hint"),
            }
        }
        if page.groups.is_empty() {
            if page.items.is_empty() {
                self.detailed("find.nothing");
            } else {
                self.filled("find.found {0}", &[("0", &page.total.to_string())]);
            }
        } else {
            self.key("find.overview");
        }
        self.turn(page.turn);
    }

    pub(super) fn guide(&mut self, page: &GuidePage) {
        self.text(&page.name);
        self.text(&page.body);
        if page.instant {
            self.key("guide.instant");
        }
        if page.closed.is_some() {
            let reason = self.say.reason(page.closed);
            self.line(&reason);
            self.key("guide.closed-detail");
        }
        match page.offline {
            Offline::Connected => {}
            Offline::FilesOffline => self.detailed("guide.files-offline"),
            Offline::CheckedLater => self.detailed("guide.checked-later"),
            Offline::GuideOnly => self.detailed("guide.guide-only"),
        }
        match &page.agents {
            AgentsShown::NotSaid | AgentsShown::Taken { .. } => {}
            AgentsShown::NotTaken { note } => {
                self.key("guide.in-person");
                if let Some(note) = note {
                    let note = self.words().chinese(note);
                    self.line(&note);
                }
            }
        }
        if !page.materials.is_empty() {
            self.key("guide.bring");
            for material in &page.materials {
                let (name, state) = (
                    self.words().text(&material.name),
                    self.say.material(material.state).1,
                );
                self.pair(&name, &state);
            }
        }
        if !page.conditions.is_empty() {
            self.key("guide.conditions");
            for condition in &page.conditions {
                let condition = self.words().chinese(condition);
                self.line(&condition);
            }
        }
        if !page.steps.is_empty() {
            self.key("guide.steps");
            for step in &page.steps {
                let (name, limit) = (self.words().text(&step.name), self.say.limit(step.limit));
                self.pair(&name, &limit);
            }
        }
        let (promised, statutory) = (
            self.say.limit(page.promised),
            self.say.limit(page.statutory),
        );
        self.pair_of("guide.promised", &promised);
        self.pair_of("guide.statutory", &statutory);
        if page.fees.is_empty() {
            self.key("guide.free");
        }
        self.fees(&page.fees);
        self.code("guide.phone", &page.phone);
        self.pair_of("guide.address", &page.address);
        if page.prints_here {
            self.key("guide.prints-here");
        }
        if let Some(print) = page.print {
            self.print("guide-print", print);
        }
        self.turn(page.turn);
    }

    /// How the paper of a page stands, in the words of `what`.
    pub(super) fn print(&mut self, what: &str, print: SlipState) {
        let said = |how: &str| format!("{what}.{how}");
        match print {
            SlipState::Waiting { .. }
            | SlipState::Taken
            | SlipState::Declined
            | SlipState::WithNext => {}
            SlipState::Printing => self.key(&said("printing")),
            SlipState::Ready | SlipState::Printed => {
                self.key(&said("printed"));
                self.key("slip-state.take");
            }
            SlipState::NotPrinted => self.key(&said("not-printed")),
            SlipState::Partial => self.key(&said("partial")),
            SlipState::Unknown => self.key(&said("unknown")),
            SlipState::DrawnBack => self.key("slip-state.drawn-back"),
            SlipState::NoPrinter => self.key("slip-state.no-printer"),
        }
    }

    fn person(&mut self, person: &MaskedPerson) {
        self.line(&person.name);
        self.line(&person.number);
        if person.expired {
            self.key("identify.expired");
        }
    }

    pub(super) fn identify(&mut self, page: &IdentifyPage) {
        match page {
            IdentifyPage::PutCard { again } => {
                if let Some(trouble) = again {
                    self.detailed(identity::card_trouble(*trouble));
                }
                self.detailed("identify.put-card");
            }
            IdentifyPage::IsItYou(person) => {
                self.key("identify.is-it-you");
                self.person(person);
            }
            IdentifyPage::SecondFactor {
                person: _,
                ways: _,
                trouble,
            } => {
                if let Some(trouble) = trouble {
                    self.detailed(identity::factor_trouble(*trouble));
                }
                self.detailed("identify.second-factor");
            }
            IdentifyPage::Code { phone, wrong, .. } => {
                if *wrong {
                    self.detailed("identify.code-wrong");
                }
                self.key("identify.code-title");
                let phone = numbers::read(phone, self.words());
                self.filled("identify.code-lead {0}", &[("0", &phone)]);
            }
            IdentifyPage::Staff { wrong, .. } => {
                if *wrong {
                    self.key("identify.code-wrong");
                    self.key("identify.staff-wrong-detail");
                }
                self.key("identify.staff-title");
                self.key("identify.staff-lead");
            }
        }
    }

    pub(super) fn principal(&mut self, page: &PrincipalPage) {
        match page {
            PrincipalPage::PutCard { again, .. } => {
                self.card_again(*again);
                self.detailed("principal.put-card");
            }
            PrincipalPage::IsItThem(person) => {
                self.key("principal.is-it-them");
                self.person(person);
                self.key("principal.masked");
            }
            PrincipalPage::Choose { person, ask } => {
                if let PrincipalAsk::Agreement {
                    trouble: Some(trouble),
                    ..
                } = ask
                {
                    self.detailed(principal::agreement_trouble(*trouble));
                }
                self.key(principal::choices(ask).0);
                if matches!(ask, PrincipalAsk::Agreement { .. }) {
                    self.key("principal.agree-detail");
                }
                self.person(person);
            }
            PrincipalPage::Name { text } => {
                self.key("principal.name");
                self.key("principal.name-hint");
                self.line(text);
            }
            PrincipalPage::Number { text, trouble } => {
                if let Some(trouble) = trouble {
                    self.key(principal::number_trouble(*trouble));
                }
                self.key("principal.number");
                self.key("principal.number-hint");
                let number = numbers::code(text, self.words());
                self.line(&number);
            }
            PrincipalPage::Code { phone, wrong, .. } => {
                if *wrong {
                    self.detailed("identify.code-wrong");
                }
                self.key("principal.code-title");
                let phone = numbers::read(phone, self.words());
                self.filled(principal::code_lead(*wrong), &[("0", &phone)]);
            }
            PrincipalPage::OwnCard { again } => {
                self.card_again(*again);
                self.detailed("principal.own-card");
            }
            PrincipalPage::NotOfAge => self.detailed("principal.not-of-age"),
        }
    }

    fn card_again(&mut self, again: Option<PrincipalTrouble>) {
        if let Some(trouble) = again {
            self.detailed(principal::principal_trouble(trouble));
        }
    }
}
