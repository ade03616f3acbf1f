//! Who it is: the card, then a second factor; the face is never the only way.

use city_catalogue::needs::OfflineClass;
use city_catalogue::record::Identity as IdentityLevel;

use crate::application::{Identity, Method};
use crate::availability::{DeviceState, Link};
use crate::effect::Request;
use crate::entry::Entry;
use crate::event::{Away, FactorReply, Reply};
use crate::kiosk::{Kiosk, foot};
use crate::person::{Person, Secret};
use crate::screen::{
    Action, CardTrouble, FactorTrouble, FactorWay, Foot, IdentifyPage, Page, Waiting,
};
use crate::steps::flow::Stage;
use crate::steps::wait::WaitFor;
use crate::steps::{Step, Wait};
use crate::touch::Touch;

pub(crate) const CODE_DIGITS: usize = 6;

/// Where the identity leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// Into the application of this visit.
    Application,
    /// To the person's cases.
    Matters,
    /// To the booking of today.
    CheckIn,
    /// To the person's appointments.
    Appointments,
}

impl Then {
    /// The card is enough, and the city's grant for it is needed.
    fn by_card_alone(self) -> bool {
        match self {
            Self::CheckIn | Self::Appointments => true,
            Self::Application | Self::Matters => false,
        }
    }
}

/// What is asked of the person now.
#[derive(Clone, Debug)]
enum Asked {
    Card {
        again: Option<CardTrouble>,
    },
    IsItYou,
    Factor {
        trouble: Option<FactorTrouble>,
    },
    Code {
        phone: String,
        typed: Entry,
        wrong: bool,
    },
    Staff {
        typed: Entry,
        wrong: bool,
    },
}

/// The identify step.
#[derive(Clone, Debug)]
pub(crate) struct Identify {
    then: Then,
    asked: Asked,
}

impl Identify {
    /// The code of a booking does as well as the card.
    pub(crate) fn takes_booking(&self) -> bool {
        self.then == Then::CheckIn && matches!(self.asked, Asked::Card { .. })
    }
}

impl Kiosk {
    /// Opens the step; a card already read is asked about at once.
    pub(crate) fn identify(&mut self, then: Then) {
        let asked = if self.visit.identity.is_some() {
            Asked::Factor { trouble: None }
        } else if self.visit.read.is_some() {
            Asked::IsItYou
        } else {
            let lies_there = self.card == crate::visit::CardPlace::OnReader;
            Asked::Card {
                again: lies_there.then_some(CardTrouble::LiftAndPutBack),
            }
        };
        self.go(Step::Identify(Identify { then, asked }));
        self.skip_if_enough();
    }

    /// A matter opened with an identity that is good enough asks nothing again.
    fn skip_if_enough(&mut self) {
        let Step::Identify(identify) = &self.step else {
            return;
        };
        let needed = self.needed(identify.then);
        let enough = self.visit.identity.as_ref().is_some_and(|identity| {
            identity.enough(needed)
                && (identity.grant.is_some() || identify.then == Then::Application)
        });
        if enough {
            self.identified(identify.then);
        } else if identify.then.by_card_alone() && self.visit.identity.is_some() {
            let then = identify.then;
            self.prove_card(then);
        }
    }

    fn needed(&self, then: Then) -> IdentityLevel {
        match (then, &self.visit.application) {
            (Then::Application, Some(application)) => application.needs(),
            (Then::CheckIn | Then::Appointments, _) => IdentityLevel::IdCard,
            (Then::Application | Then::Matters, _) => IdentityLevel::IdCardFace,
        }
    }

    /// A card was read: whose it is is asked at once where the card was asked for.
    pub(crate) fn card_to_identify(&mut self) {
        if let Step::Identify(identify) = &mut self.step
            && matches!(identify.asked, Asked::Card { .. })
        {
            identify.asked = Asked::IsItYou;
            self.turned();
        }
    }

    pub(crate) fn card_gone_from_identify(&mut self) {
        if let Step::Identify(identify) = &mut self.step {
            identify.asked = Asked::Card { again: None };
            self.turned();
        }
    }

    pub(crate) fn identify_trouble(&mut self, trouble: CardTrouble) {
        if let Step::Identify(identify) = &mut self.step {
            identify.asked = Asked::Card {
                again: Some(trouble),
            };
            self.turned();
        }
    }

    pub(crate) fn identify_tap(&mut self, touch: &Touch) {
        let Step::Identify(identify) = &mut self.step else {
            return;
        };
        match (&mut identify.asked, touch) {
            (Asked::Card { .. }, Touch::Back) => self.leave_identify(),
            (Asked::IsItYou, Touch::Next) => self.this_is_me(),
            (Asked::IsItYou, Touch::NotMe | Touch::Back) => {
                self.visit.read = None;
                self.identify_trouble(CardTrouble::LiftAndPutBack);
            }
            (Asked::Factor { .. }, Touch::Pick(place)) => {
                let place = *place;
                if let Some(way) = self.ways().get(place).copied() {
                    self.take_way(way);
                }
            }
            (Asked::Factor { .. }, Touch::Back) => self.leave_identify(),
            (Asked::Code { typed, wrong, .. } | Asked::Staff { typed, wrong }, touch) => {
                *wrong &= !matches!(touch, Touch::Type(_));
                match touch {
                    touch if typed.digit_keyed(touch, CODE_DIGITS) => {}
                    Touch::Next => self.send_code(),
                    Touch::Back => self.ask_factor_again(None),
                    _ => {}
                }
            }
            _ => {}
        }
    }

    fn leave_identify(&mut self) {
        self.visit.wanted = None;
        self.drop_application();
        self.go(Step::Start);
    }

    fn ask_factor_again(&mut self, trouble: Option<FactorTrouble>) {
        if let Step::Identify(identify) = &mut self.step {
            identify.asked = Asked::Factor { trouble };
            self.turned();
        }
    }

    fn this_is_me(&mut self) {
        let Step::Identify(identify) = &self.step else {
            return;
        };
        let then = identify.then;
        let Some(person) = self.visit.read.take() else {
            return;
        };
        self.visit.identity = Some(Identity {
            person: *person,
            methods: vec![Method::Card],
            grant: None,
            later: false,
        });
        if self.needed(then) == IdentityLevel::IdCardFace {
            self.ask_factor_again(None);
        } else {
            self.prove_card(then);
        }
    }

    /// The card alone is enough: the city gives its grant, if it can be asked. Without it the
    /// appointments are nothing, nor is a check-in unless the list of today is here.
    fn prove_card(&mut self, then: Then) {
        let listed = then == Then::CheckIn && self.knows_today();
        if self.link == Link::Up || (then.by_card_alone() && !listed) {
            let asked = Asked::IsItYou;
            self.ask_factor(Identify { then, asked }, Method::Card, None);
        } else {
            self.identified(then);
        }
    }

    /// The ways on offer; with the city away the check may be made later.
    fn ways(&self) -> Vec<FactorWay> {
        let Step::Identify(identify) = &self.step else {
            return Vec::new();
        };
        let mut ways = Vec::new();
        if self.link == Link::Up {
            ways.extend([FactorWay::Face, FactorWay::PhoneCode, FactorWay::Staff]);
        }
        let failed = matches!(
            identify.asked,
            Asked::Factor {
                trouble: Some(FactorTrouble::Away)
            }
        );
        let may_wait = identify.then == Then::Application
            && self.visit.application.as_ref().is_some_and(|application| {
                application.item.offline_class() != OfflineClass::GuideOnly
            });
        if may_wait && (failed || self.link == Link::Away) {
            ways.push(FactorWay::CheckedLater);
        }
        ways
    }

    fn take_way(&mut self, way: FactorWay) {
        let Step::Identify(identify) = &mut self.step else {
            return;
        };
        match way {
            FactorWay::Face => {
                let here = identify.clone();
                self.ask_factor(here, Method::Face, None);
            }
            FactorWay::PhoneCode => {
                let here = identify.clone();
                self.ask_factor(here, Method::PhoneCode, None);
            }
            FactorWay::Staff => {
                identify.asked = Asked::Staff {
                    typed: Entry::default(),
                    wrong: false,
                };
                self.turned();
            }
            FactorWay::CheckedLater => {
                let then = identify.then;
                if let Some(identity) = &mut self.visit.identity {
                    identity.later = true;
                }
                self.identified(then);
            }
        }
    }

    fn send_code(&mut self) {
        let Step::Identify(identify) = &self.step else {
            return;
        };
        let (typed, method) = match &identify.asked {
            Asked::Code { typed, .. } => (typed, Method::PhoneCode),
            Asked::Staff { typed, .. } => (typed, Method::Staff),
            Asked::Card { .. } | Asked::IsItYou | Asked::Factor { .. } => return,
        };
        if typed.text().len() != CODE_DIGITS {
            return;
        }
        let (here, code) = (identify.clone(), Secret::new(typed.text()));
        self.ask_factor(here, method, Some(code));
    }

    fn ask_factor(&mut self, here: Identify, method: Method, code: Option<Secret>) {
        let Some(identity) = &self.visit.identity else {
            return;
        };
        let request = self.factor_of(&identity.person, method, code);
        let ask = self.ask_city(request);
        self.go(Step::Wait(Wait {
            ask,
            what: Waiting::Identity,
            then: WaitFor::Identity(Box::new(here)),
        }));
    }

    /// The question whether somebody is who they say they are, for the application if there is one.
    pub(crate) fn factor_of(
        &self,
        person: &Person,
        method: Method,
        code: Option<Secret>,
    ) -> Request {
        let application = self.visit.application.as_ref();
        Request::Factor {
            item: application.map(|application| application.item.code()),
            method,
            document: person.document,
            name: person.name.clone(),
            number: person.number.clone(),
            code,
        }
    }

    /// The identity provider or the city answered.
    pub(crate) fn factor_answered(&mut self, here: Identify, answer: Result<Reply, Away>) {
        let reply = match answer {
            Ok(Reply::Factor(reply)) => reply,
            Ok(_) | Err(Away) => FactorReply::Away,
        };
        let then = here.then;
        let typing = here.asked.clone();
        let method = match &typing {
            Asked::Code { .. } => Method::PhoneCode,
            Asked::Staff { .. } => Method::Staff,
            Asked::Factor { .. } => Method::Face,
            Asked::Card { .. } | Asked::IsItYou => Method::Card,
        };
        self.go(Step::Identify(here));
        match reply {
            FactorReply::Yes { grant } => {
                if let Some(identity) = &mut self.visit.identity {
                    identity.grant = Some(grant);
                    identity.later = false;
                    if method != Method::Card {
                        identity.methods.push(method);
                    }
                }
                self.identified(then);
            }
            FactorReply::CodeSent { phone } => self.set_asked(Asked::Code {
                phone,
                typed: Entry::default(),
                wrong: false,
            }),
            FactorReply::WrongCode { left: 0 } if method != Method::Face => {
                self.ask_factor_again(Some(FactorTrouble::TooOften));
            }
            FactorReply::WrongCode { .. } => self.set_asked(match typing {
                Asked::Staff { .. } => Asked::Staff {
                    typed: Entry::default(),
                    wrong: true,
                },
                Asked::Code { phone, .. } => Asked::Code {
                    phone,
                    typed: Entry::default(),
                    wrong: true,
                },
                other @ (Asked::Card { .. } | Asked::IsItYou | Asked::Factor { .. }) => other,
            }),
            // The card alone needs no answer of the city to file; to open matters it does. A
            // check-in or an appointment without its grant says that the city is away.
            FactorReply::Away if method == Method::Card && then != Then::Matters => {
                self.identified(then);
            }
            FactorReply::Away => self.ask_factor_again(Some(FactorTrouble::Away)),
            FactorReply::No => self.ask_factor_again(Some(FactorTrouble::SaidNo)),
            FactorReply::NoPhone => self.ask_factor_again(Some(FactorTrouble::NoPhone)),
        }
    }

    fn set_asked(&mut self, asked: Asked) {
        if let Step::Identify(identify) = &mut self.step {
            identify.asked = asked;
            self.turned();
        }
    }

    fn identified(&mut self, then: Then) {
        match then {
            Then::Application => self.enter(Stage::Identify),
            Then::Matters => self.ask_matters(),
            Then::CheckIn => self.check_in_by_card(),
            Then::Appointments => self.ask_appointments(),
        }
    }

    /// A reader that does not work is said, as `out`, as long as it does not, whatever the last card did.
    pub(crate) fn reader_trouble<T: PartialEq>(&self, last: Option<T>, out: T) -> Option<T> {
        match self.devices.reader {
            DeviceState::Ready => last.filter(|trouble| *trouble != out),
            DeviceState::Absent | DeviceState::Starting | DeviceState::NotReady => Some(out),
        }
    }

    pub(crate) fn identify_page(&self, identify: &Identify) -> (Page, Foot) {
        let today = self.now.civil.date();
        let read = self.visit.read.as_deref().or(self.visit.person());
        let (page, primary) = match (&identify.asked, read) {
            (Asked::Card { again }, _) => {
                let again = self.reader_trouble(*again, CardTrouble::OutOfService);
                (IdentifyPage::PutCard { again }, None)
            }
            (Asked::IsItYou | Asked::Factor { .. }, None) => {
                (IdentifyPage::PutCard { again: None }, None)
            }
            (Asked::IsItYou, Some(person)) => (
                IdentifyPage::IsItYou(person.masked(today)),
                Some((Action::ThisIsMe, true)),
            ),
            (Asked::Factor { trouble }, Some(person)) => (
                IdentifyPage::SecondFactor {
                    person: person.masked(today),
                    ways: self.ways(),
                    trouble: *trouble,
                },
                None,
            ),
            (
                Asked::Code {
                    phone,
                    typed,
                    wrong,
                },
                _,
            ) => (
                IdentifyPage::Code {
                    phone: phone.clone(),
                    typed: Secret::new(typed.text()),
                    wrong: *wrong,
                },
                Some((Action::ConfirmCode, typed.text().len() == CODE_DIGITS)),
            ),
            (Asked::Staff { typed, wrong }, _) => (
                IdentifyPage::Staff {
                    typed: u8::try_from(typed.text().len()).unwrap_or(u8::MAX),
                    wrong: *wrong,
                },
                Some((Action::ConfirmCode, typed.text().len() == CODE_DIGITS)),
            ),
        };
        (Page::Identify(page), foot(true, primary))
    }
}
