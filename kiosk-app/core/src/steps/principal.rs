//! The second person: whom the person at the kiosk acts for, and how that other agrees.
//!
//! While two cards are laid in turn nothing but masked names stands on the screen, so that lifting
//! one covers nothing. The step ends with the agent's own card on the reader: from then on it
//! vouches for who stands here, as in every visit.

use city_catalogue::code::{birth_date, check_citizen_number};
use jiff::civil::Date;
use uuid::Uuid;

use crate::application::Method;
use crate::availability::{DeviceState, Link};
use crate::effect::Request;
use crate::entry::Entry;
use crate::event::{Away, FactorReply, Reply};
use crate::kiosk::{Kiosk, foot, with_context};
use crate::person::{DocumentKind, Person, Secret};
use crate::principal::{
    Acting, Agreement, AgreementTrouble, AuthorityReply, NumberTrouble, PrincipalAsk,
    PrincipalPage, PrincipalTrouble, Relation, is_child, last_day, same,
};
use crate::screen::{Action, CardTrouble, Foot, Page, Waiting};
use crate::steps::flow::Stage;
use crate::steps::identify::CODE_DIGITS;
use crate::steps::wait::WaitFor;
use crate::steps::{Step, Wait};
use crate::touch::Touch;
use crate::visit::{CardPlace, Proof};

/// So many codes are sent to a principal's phone in one application: nobody's phone is pestered.
const MOST_CODES: u8 = 3;
/// Most characters of a name, as the city takes it.
const MOST_NAME: usize = 100;
/// Characters of an identity number.
const NUMBER_LENGTH: usize = 18;

const NO_READER: PrincipalTrouble = PrincipalTrouble::Card(CardTrouble::OutOfService);

/// What is asked now.
#[derive(Clone, Debug)]
enum Asked {
    Card {
        again: Option<PrincipalTrouble>,
    },
    /// Whether the card that was read is the principal's.
    IsItThem(Box<Person>),
    Name(Entry),
    Number {
        name: Entry,
        typed: Entry,
        trouble: Option<NumberTrouble>,
    },
    Relation,
    Collect,
    Agreement {
        trouble: Option<AgreementTrouble>,
    },
    Code {
        phone: String,
        typed: Entry,
        wrong: bool,
    },
    OwnCard {
        again: Option<PrincipalTrouble>,
    },
    NotOfAge,
}

/// The principal step; what is known of the principal is dropped with it.
#[derive(Clone, Debug)]
pub(crate) struct Principal {
    asked: Asked,
    /// Who is acted for; `None` until confirmed or typed.
    person: Option<Box<Person>>,
    /// Their card was read here.
    card_read: bool,
    relation: Option<Relation>,
    may_collect: bool,
    agreement: Option<Agreement>,
    /// What the city gave for their code.
    grant: Option<Secret>,
    /// The same one however often the same words are sent.
    authority: Uuid,
    /// First day of the authority: a visit past midnight changes none of its words.
    day: Date,
    codes: u8,
}

impl Principal {
    /// Nothing but masked names stands on the screen, and cards may be laid in turn.
    fn takes_cards(&self) -> bool {
        match self.asked {
            Asked::Name(_) | Asked::Number { .. } => false,
            Asked::Card { .. }
            | Asked::IsItThem(_)
            | Asked::Relation
            | Asked::Collect
            | Asked::Agreement { .. }
            | Asked::Code { .. }
            | Asked::OwnCard { .. }
            | Asked::NotOfAge => true,
        }
    }
}

impl Kiosk {
    /// Opens the step where an agent files and it is not settled for whom.
    pub(crate) fn enter_principal(&mut self) -> bool {
        let application = self.visit.application.as_ref();
        if !application.is_some_and(|application| application.is_for_somebody()) {
            return false;
        }
        let today = self.now.civil.date();
        let child = self.visit.person().is_some_and(|own| is_child(own, today));
        let asked = if child {
            Asked::NotOfAge
        } else {
            Asked::Card { again: None }
        };
        self.go(Step::Principal(Box::new(Principal {
            asked,
            person: None,
            card_read: false,
            relation: None,
            may_collect: false,
            agreement: None,
            grant: None,
            authority: self.new_id(),
            day: today,
            codes: 0,
        })));
        true
    }

    /// Cards may be laid in turn: the agent's own need not lie on the reader.
    pub(crate) fn takes_cards(&self) -> bool {
        match &self.step {
            Step::Principal(principal) => principal.takes_cards(),
            Step::Wait(wait) => matches!(wait.then, WaitFor::Principal(_)),
            _ => false,
        }
    }

    // --- cards -------------------------------------------------------------------------

    pub(crate) fn card_to_principal(&mut self, person: Box<Person>) {
        let own = self.visit.person().is_some_and(|own| same(own, &person));
        self.visit.proof = if own { Proof::Held } else { Proof::AnotherCard };
        let Step::Principal(principal) = &mut self.step else {
            return;
        };
        match principal.asked {
            Asked::Card { .. } if own => self.principal_again(PrincipalTrouble::OwnCard),
            Asked::Card { .. } => self.ask_principal(Asked::IsItThem(person)),
            Asked::OwnCard { .. } if own => self.principal_settled(),
            Asked::OwnCard { .. } => self.principal_again(PrincipalTrouble::AnotherCard),
            Asked::IsItThem(_)
            | Asked::Name(_)
            | Asked::Number { .. }
            | Asked::Relation
            | Asked::Collect
            | Asked::Agreement { .. }
            | Asked::Code { .. }
            | Asked::NotOfAge => {}
        }
        self.touched();
    }

    pub(crate) fn card_gone_from_principal(&mut self) {
        self.visit.proof = Proof::Lifted;
        let Step::Principal(principal) = &mut self.step else {
            return;
        };
        match &mut principal.asked {
            // Who was not confirmed is forgotten with their card.
            Asked::IsItThem(_) => self.ask_principal(Asked::Card { again: None }),
            Asked::Card { again } | Asked::OwnCard { again } => *again = None,
            Asked::Name(_)
            | Asked::Number { .. }
            | Asked::Relation
            | Asked::Collect
            | Asked::Agreement { .. }
            | Asked::Code { .. }
            | Asked::NotOfAge => {}
        }
    }

    pub(crate) fn principal_card_trouble(&mut self, trouble: CardTrouble) {
        self.principal_again(PrincipalTrouble::Card(trouble));
    }

    fn principal_again(&mut self, trouble: PrincipalTrouble) {
        let Step::Principal(principal) = &mut self.step else {
            return;
        };
        if let Asked::Card { again } | Asked::OwnCard { again } = &mut principal.asked {
            *again = Some(trouble);
            self.turned();
        }
    }

    // --- touches -----------------------------------------------------------------------

    fn ask_principal(&mut self, asked: Asked) {
        if let Step::Principal(principal) = &mut self.step {
            principal.asked = asked;
            self.turned();
        }
    }

    pub(crate) fn principal_tap(&mut self, touch: &Touch) {
        let Step::Principal(principal) = &self.step else {
            return;
        };
        match principal.asked {
            Asked::Card { .. } => match touch {
                Touch::Skip if self.may_type() => self.ask_principal(Asked::Name(Entry::default())),
                Touch::Back => self.leave_principal(),
                _ => {}
            },
            Asked::IsItThem(_) => match touch {
                Touch::Next => self.these_are_they(),
                Touch::NotMe | Touch::Back => self.ask_their_card(),
                _ => {}
            },
            Asked::Name(_) | Asked::Number { .. } => self.type_principal(touch),
            Asked::Relation => self.relation_tap(touch),
            Asked::Collect => match touch {
                Touch::Pick(place @ (0 | 1)) => self.may_they_collect(*place == 1),
                Touch::Back => self.ask_principal(Asked::Relation),
                _ => {}
            },
            Asked::Agreement { .. } => match touch {
                Touch::Pick(place) => {
                    if let Some(way) = self.agreements().get(*place).copied() {
                        self.take_agreement(way);
                    }
                }
                Touch::Back => self.ask_principal(Asked::Collect),
                _ => {}
            },
            Asked::Code { .. } => self.type_code_of_principal(touch),
            Asked::OwnCard { .. } | Asked::NotOfAge => {
                if matches!(touch, Touch::Back) {
                    self.leave_principal();
                }
            }
        }
    }

    /// Nothing is kept; who stands here without their own card proves anew who they are.
    fn leave_principal(&mut self) {
        self.drop_application();
        if self.visit.proof != Proof::Held {
            self.visit.withdraw_identity();
        }
        self.go(Step::Start);
    }

    /// Asks for the principal's card; one that lies there and was not theirs is to be lifted.
    fn ask_their_card(&mut self) {
        let other = self.visit.proof == Proof::AnotherCard && self.card_lies();
        let again = PrincipalTrouble::Card(CardTrouble::LiftAndPutBack);
        self.ask_principal(Asked::Card {
            again: other.then_some(again),
        });
    }

    fn these_are_they(&mut self) {
        let Step::Principal(principal) = &mut self.step else {
            return;
        };
        if let Asked::IsItThem(person) = &principal.asked {
            principal.person = Some(person.clone());
            principal.card_read = true;
            self.ask_principal(Asked::Relation);
        }
    }

    /// Without the card only a code proves that they agree, and only the city sends one.
    fn may_type(&self) -> bool {
        self.link == Link::Up && self.visit.proof == Proof::Held && self.card_lies()
    }

    fn card_lies(&self) -> bool {
        self.card == CardPlace::OnReader
    }

    fn type_principal(&mut self, touch: &Touch) {
        let Step::Principal(principal) = &mut self.step else {
            return;
        };
        let (typed, most) = match &mut principal.asked {
            Asked::Name(name) => (name, MOST_NAME),
            Asked::Number { typed, trouble, .. } => {
                *trouble = None;
                (typed, NUMBER_LENGTH)
            }
            _ => return,
        };
        match touch {
            Touch::Type(text) if most == NUMBER_LENGTH => {
                let text = text.to_ascii_uppercase();
                let text: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
                typed.push(&text, most);
            }
            touch if typed.keyed(touch, most) => {}
            Touch::Next => self.typed_principal(),
            Touch::Back => self.back_from_typing(),
            _ => {}
        }
    }

    fn back_from_typing(&mut self) {
        let Step::Principal(principal) = &self.step else {
            return;
        };
        let before = match &principal.asked {
            Asked::Number { name, .. } => Asked::Name(name.clone()),
            _ => return self.ask_their_card(),
        };
        self.ask_principal(before);
    }

    fn typed_principal(&mut self) {
        let today = self.now.civil.date();
        let own = self.visit.person().cloned();
        let Step::Principal(principal) = &mut self.step else {
            return;
        };
        let (name, typed, trouble) = match &mut principal.asked {
            Asked::Name(name) => {
                if name.text().trim().is_empty() {
                    return;
                }
                let name = name.clone();
                return self.ask_principal(Asked::Number {
                    name,
                    typed: Entry::default(),
                    trouble: None,
                });
            }
            Asked::Number {
                name,
                typed,
                trouble,
            } => (name, typed, trouble),
            _ => return,
        };
        if check_citizen_number(typed.text(), today).is_err() {
            *trouble = Some(NumberTrouble::Wrong);
            return self.turned();
        }
        let person = typed_person(name.text().trim(), typed.text());
        if own.is_some_and(|own| same(&own, &person)) {
            *trouble = Some(NumberTrouble::Own);
            return self.turned();
        }
        if is_child(&person, today) {
            return self.ask_principal(Asked::Card {
                again: Some(PrincipalTrouble::ChildNeedsCard),
            });
        }
        principal.person = Some(Box::new(person));
        principal.card_read = false;
        self.ask_principal(Asked::Relation);
    }

    fn for_child(&self) -> bool {
        let today = self.now.civil.date();
        let Step::Principal(principal) = &self.step else {
            return false;
        };
        let person = principal.person.as_deref();
        person.is_some_and(|person| is_child(person, today))
    }

    fn relation_tap(&mut self, touch: &Touch) {
        let (offered, new) = (Relation::offered(self.for_child()), self.new_id());
        let Step::Principal(principal) = &mut self.step else {
            return;
        };
        match touch {
            Touch::Pick(place) => {
                if let Some(relation) = offered.get(*place) {
                    // The city may have heard of an authority that said otherwise.
                    if principal.relation.replace(*relation) != Some(*relation) {
                        principal.authority = new;
                    }
                    self.ask_principal(Asked::Collect);
                }
            }
            // Another person is another question: what was proven of this one is dropped.
            Touch::Back => {
                principal.person = None;
                principal.grant = None;
                principal.agreement = None;
                principal.relation = None;
                self.ask_their_card();
            }
            _ => {}
        }
    }

    fn may_they_collect(&mut self, may_collect: bool) {
        let child = self.for_child();
        let new = self.new_id();
        let Step::Principal(principal) = &mut self.step else {
            return;
        };
        if principal.may_collect != may_collect {
            principal.authority = new;
        }
        principal.may_collect = may_collect;
        if child {
            self.agreed(Agreement::Guardian);
        } else {
            self.ask_principal(Asked::Agreement { trouble: None });
        }
    }

    // --- how they agree ----------------------------------------------------------------

    /// The ways open now, in the order offered.
    fn agreements(&self) -> Vec<Agreement> {
        let Step::Principal(principal) = &self.step else {
            return Vec::new();
        };
        let mut ways = Vec::new();
        let asks = principal.grant.is_some() || principal.codes < MOST_CODES;
        if self.link == Link::Up && asks {
            ways.push(Agreement::PhoneCode);
        }
        if principal.card_read && self.devices.scanner == DeviceState::Ready {
            ways.push(Agreement::Paper);
        }
        ways
    }

    fn take_agreement(&mut self, way: Agreement) {
        let Step::Principal(principal) = &mut self.step else {
            return;
        };
        match way {
            Agreement::PhoneCode if principal.grant.is_some() => self.give_authority(),
            Agreement::PhoneCode => {
                principal.codes = principal.codes.saturating_add(1);
                self.ask_their_phone(None);
            }
            Agreement::Paper | Agreement::Guardian => self.agreed(way),
        }
    }

    fn type_code_of_principal(&mut self, touch: &Touch) {
        let Step::Principal(principal) = &mut self.step else {
            return;
        };
        let Asked::Code { typed, wrong, .. } = &mut principal.asked else {
            return;
        };
        *wrong &= !matches!(touch, Touch::Type(_));
        match touch {
            touch if typed.digit_keyed(touch, CODE_DIGITS) => {}
            Touch::Next if typed.text().len() == CODE_DIGITS => {
                let code = Secret::new(typed.text());
                self.ask_their_phone(Some(code));
            }
            Touch::Back => self.ask_principal(Asked::Agreement { trouble: None }),
            _ => {}
        }
    }

    /// Has a code sent, or held against the one that was sent.
    fn ask_their_phone(&mut self, code: Option<Secret>) {
        let Step::Principal(principal) = &self.step else {
            return;
        };
        let Some(person) = &principal.person else {
            return;
        };
        let request = self.factor_of(person, Method::PhoneCode, code);
        let principal = principal.clone();
        self.wait_for_principal(request, principal);
    }

    fn give_authority(&mut self) {
        let (Step::Principal(principal), Some(application), Some(agent)) =
            (&self.step, &self.visit.application, self.visit.person())
        else {
            return;
        };
        let acting = Self::acting_of(principal, Agreement::PhoneCode);
        let (Some(acting), Some(grant)) = (acting, principal.grant.clone()) else {
            return;
        };
        let request = Request::Authority {
            grant,
            item: application.item.code(),
            agent: Box::new(agent.clone()),
            acting: Box::new(acting),
        };
        let principal = principal.clone();
        self.wait_for_principal(request, principal);
    }

    fn wait_for_principal(&mut self, request: Request, principal: Box<Principal>) {
        let ask = self.ask_city(request);
        self.go(Step::Wait(Wait {
            ask,
            what: Waiting::Principal,
            then: WaitFor::Principal(principal),
        }));
    }

    /// The city answered about a code or an authority.
    pub(crate) fn principal_answered(&mut self, here: Box<Principal>, answer: Result<Reply, Away>) {
        let asked = here.asked.clone();
        self.go(Step::Principal(here));
        let trouble = match answer {
            Ok(Reply::Factor(FactorReply::Yes { grant })) => return self.they_agree(grant),
            Ok(Reply::Authority(AuthorityReply::Given)) => {
                return self.agreed(Agreement::PhoneCode);
            }
            Ok(Reply::Factor(FactorReply::CodeSent { phone })) => {
                return self.ask_principal(Asked::Code {
                    phone,
                    typed: Entry::default(),
                    wrong: false,
                });
            }
            Ok(Reply::Factor(FactorReply::WrongCode { left: 1.. })) => {
                let Asked::Code { phone, .. } = asked else {
                    return;
                };
                return self.ask_principal(Asked::Code {
                    phone,
                    typed: Entry::default(),
                    wrong: true,
                });
            }
            Ok(Reply::Factor(FactorReply::WrongCode { left: 0 })) => AgreementTrouble::TooOften,
            Ok(Reply::Factor(FactorReply::No | FactorReply::NoPhone)) => AgreementTrouble::NoPhone,
            Ok(Reply::Authority(AuthorityReply::Refused)) => {
                self.drop_their_grant();
                AgreementTrouble::Refused
            }
            Ok(_) | Err(Away) => AgreementTrouble::Away,
        };
        self.ask_principal(Asked::Agreement {
            trouble: Some(trouble),
        });
    }

    /// Their code was right: the city is given what they allow.
    fn they_agree(&mut self, grant: Secret) {
        if let Step::Principal(principal) = &mut self.step {
            principal.grant = Some(grant);
            self.give_authority();
        }
    }

    /// An authority that was refused is not sent again: another one is asked for.
    fn drop_their_grant(&mut self) {
        let new = self.new_id();
        if let Step::Principal(principal) = &mut self.step {
            principal.grant = None;
            principal.authority = new;
        }
    }

    /// They agree; the agent's own card comes back before anything else is shown.
    fn agreed(&mut self, agreement: Agreement) {
        let Step::Principal(principal) = &mut self.step else {
            return;
        };
        principal.agreement = Some(agreement);
        if self.visit.proof == Proof::Held && self.card_lies() {
            self.principal_settled();
        } else {
            self.ask_principal(Asked::OwnCard { again: None });
        }
    }

    /// What an authority of the principal says; `None` while it is not known who they are or what
    /// they are to the agent.
    fn acting_of(principal: &Principal, agreement: Agreement) -> Option<Acting> {
        Some(Acting {
            principal: principal.person.as_deref()?.clone(),
            relation: principal.relation?,
            may_collect: principal.may_collect,
            agreement,
            authority: principal.authority,
            from: principal.day,
            to: last_day(principal.day, principal.may_collect),
        })
    }

    /// From here on it is an application like any other, of the principal.
    fn principal_settled(&mut self) {
        let Step::Principal(principal) = &self.step else {
            return;
        };
        let acting = principal.agreement;
        let acting = acting.and_then(|agreement| Self::acting_of(principal, agreement));
        let grant = principal.grant.clone();
        let (Some(acting), Some(application)) = (acting, &mut self.visit.application) else {
            return self.leave_principal();
        };
        if let Some(shelf) = &self.shelf {
            with_context(shelf, &self.now, &self.visit.options, |context| {
                application.take_card(&acting.principal, context);
            });
        }
        application.act(acting, grant);
        self.enter(Stage::Registers);
    }

    // --- the page ----------------------------------------------------------------------

    pub(crate) fn principal_page(&self, principal: &Principal) -> (Page, Foot) {
        let today = self.now.civil.date();
        let (page, primary) = match &principal.asked {
            Asked::Card { again } => {
                let page = PrincipalPage::PutCard {
                    again: self.reader_trouble(*again, NO_READER),
                    without: self.may_type(),
                };
                (page, None)
            }
            Asked::IsItThem(person) => (
                PrincipalPage::IsItThem(person.masked(today)),
                Some((Action::ForThem, true)),
            ),
            Asked::Name(typed) => {
                let text = typed.text().to_owned();
                let filled = !text.trim().is_empty();
                (
                    PrincipalPage::Name { text },
                    Some((Action::Continue, filled)),
                )
            }
            Asked::Number { typed, trouble, .. } => {
                let text = typed.text().to_owned();
                let filled = text.chars().count() == NUMBER_LENGTH;
                let trouble = *trouble;
                (
                    PrincipalPage::Number { text, trouble },
                    Some((Action::Continue, filled)),
                )
            }
            Asked::Relation => {
                let relations = Relation::offered(self.for_child()).to_vec();
                (
                    self.choose(principal, PrincipalAsk::Relation(relations)),
                    None,
                )
            }
            Asked::Collect => (self.choose(principal, PrincipalAsk::Collect), None),
            Asked::Agreement { trouble } => {
                let ways = self.agreements();
                let none = ways.is_empty().then_some(AgreementTrouble::NoWay);
                let trouble = trouble.or(none);
                let ask = PrincipalAsk::Agreement { ways, trouble };
                (self.choose(principal, ask), None)
            }
            Asked::Code {
                phone,
                typed,
                wrong,
            } => (
                PrincipalPage::Code {
                    phone: phone.clone(),
                    typed: Secret::new(typed.text()),
                    wrong: *wrong,
                },
                Some((Action::ConfirmCode, typed.text().len() == CODE_DIGITS)),
            ),
            Asked::OwnCard { again } => {
                let again = self.reader_trouble(*again, NO_READER);
                (PrincipalPage::OwnCard { again }, None)
            }
            Asked::NotOfAge => (PrincipalPage::NotOfAge, None),
        };
        (Page::Principal(page), foot(true, primary))
    }

    fn choose(&self, principal: &Principal, ask: PrincipalAsk) -> PrincipalPage {
        let today = self.now.civil.date();
        match principal.person.as_deref() {
            Some(person) => PrincipalPage::Choose {
                person: person.masked(today),
                ask,
            },
            None => PrincipalPage::PutCard {
                again: None,
                without: self.may_type(),
            },
        }
    }
}

/// Whoever has this name and number: nothing else is known of them.
fn typed_person(name: &str, number: &str) -> Person {
    Person {
        document: DocumentKind::Resident,
        name: Secret::new(name),
        latin_name: Secret::default(),
        number: Secret::new(number),
        number_valid: true,
        sex_code: String::new(),
        born: birth_date(number),
        address: Secret::default(),
        valid_to: None,
    }
}
