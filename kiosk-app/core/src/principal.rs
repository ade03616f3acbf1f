//! Acting for another person (代办): who is acted for, what they allowed, and how they were seen to.
//!
//! Source: domain specification, section 5.3.

use city_catalogue::record::{Audience, Identity as IdentityLevel, Item, Text};
use jiff::civil::Date;
use uuid::Uuid;

use crate::code;
use crate::person::{Person, Secret};
use crate::screen::{CardTrouble, MaskedPerson};

/// Place of the paper authority among the materials; no record has so many.
pub const AUTHORITY_PAPER: u32 = u32::MAX;

/// Under this age a person neither acts for another nor lets another act: their guardian does.
const OF_AGE: i16 = 18;

/// An authority given here that ends with the filing lasts so many days beyond today: a visit may
/// go on past midnight.
const DAYS_TO_FILE: i64 = 1;

/// One that lets the agent collect lasts so many days: a result that nobody takes is kept as long.
const DAYS_TO_COLLECT: i64 = 90;

/// What the agent is to the principal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// 配偶.
    Spouse,
    /// 子女.
    Child,
    /// 父母.
    Parent,
    /// 其他近亲属.
    Relative,
    /// 监护人.
    Guardian,
    /// 律师或法律工作者.
    Lawyer,
    /// Anybody else the principal trusts.
    Other,
}

impl Relation {
    const ALL: [Self; 7] = [
        Self::Child,
        Self::Spouse,
        Self::Parent,
        Self::Relative,
        Self::Guardian,
        Self::Lawyer,
        Self::Other,
    ];

    /// Who acts for a child by law.
    const FOR_CHILD: [Self; 2] = [Self::Parent, Self::Guardian];

    /// Those that may be, in the order offered.
    pub(crate) fn offered(for_child: bool) -> &'static [Self] {
        if for_child {
            &Self::FOR_CHILD
        } else {
            &Self::ALL
        }
    }
}

/// How the principal was seen to agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// They gave an electronic authority to the city, proven by a code sent to their phone.
    PhoneCode,
    /// They signed a paper that is scanned here, and their card was read here.
    Paper,
    /// A parent or guardian acts for a child by law; the child's card was read here.
    Guardian,
}

/// Whom the agent of a visit acts for, and by what right; personal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acting {
    /// Who is acted for: what their card says, or only the name and number typed.
    pub principal: Person,
    /// What the agent is to them.
    pub relation: Relation,
    /// The agent may collect the result, too.
    pub may_collect: bool,
    /// How they agreed.
    pub agreement: Agreement,
    /// Id of the authority; the same one however often it is sent.
    pub authority: Uuid,
    /// Its first day.
    pub from: Date,
    /// Its last day.
    pub to: Date,
}

/// Last day of an authority given on `today`.
pub(crate) fn last_day(today: Date, may_collect: bool) -> Date {
    let days = if may_collect {
        DAYS_TO_COLLECT
    } else {
        DAYS_TO_FILE
    };
    today.saturating_add(jiff::Span::new().days(days))
}

/// Whether `person` is known to be a child on that day.
pub(crate) fn is_child(person: &Person, today: Date) -> bool {
    let born = person.born;
    born.is_some_and(|born| city_catalogue::code::age(born, today) < OF_AGE)
}

/// The same person, whatever card they were read from or typed by.
pub(crate) fn same(one: &Person, other: &Person) -> bool {
    code::same_number(one.number.reveal(), other.number.reveal())
}

/// Whether an agent may file `item` at a kiosk: nobody is an agent where nobody is identified, nor
/// of an organisation, which has other papers.
pub(crate) fn takes_agents(item: &Item) -> bool {
    item.proxy.allowed
        && item.identity() != IdentityLevel::None
        && item.audience.contains(&Audience::Person)
}

/// What the guide says about agents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AgentsShown {
    /// Nothing: the item identifies nobody, or is for organisations.
    NotSaid,
    /// An agent may file it: [`crate::Touch::ForAnother`].
    Taken {
        /// The item's own rule, in the catalogue's language.
        note: Option<String>,
    },
    /// It must be filed in person.
    NotTaken {
        /// The item's own rule, in the catalogue's language.
        note: Option<String>,
    },
}

impl AgentsShown {
    pub(crate) fn of(item: &Item) -> Self {
        let note = item.proxy.note.clone();
        if takes_agents(item) {
            Self::Taken { note }
        } else if item.proxy.allowed {
            Self::NotSaid
        } else {
            Self::NotTaken { note }
        }
    }
}

/// Page 5, the second person: whom do you act for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrincipalPage {
    /// Lay the other person's card on the reader in place of yours.
    PutCard {
        /// What was wrong with the last card.
        again: Option<PrincipalTrouble>,
        /// It can be done without the card: `Skip`.
        without: bool,
    },
    /// Read; is it they?
    IsItThem(MaskedPerson),
    /// One of these: `Pick`.
    Choose {
        /// Who is acted for.
        person: MaskedPerson,
        /// What is asked, with the answers in the order offered.
        ask: PrincipalAsk,
    },
    /// Their name, by keyboard: `Type`, `Erase`, `ClearText`.
    Name {
        /// Typed so far.
        text: String,
    },
    /// The number of their card, by keyboard.
    Number {
        /// Typed so far.
        text: String,
        /// Why it is not taken; `None` while it is not known to be wrong.
        trouble: Option<NumberTrouble>,
    },
    /// A code was sent to their phone; digits by `Type`.
    Code {
        /// The phone, masked.
        phone: String,
        /// Typed so far.
        typed: Secret,
        /// The last code was wrong.
        wrong: bool,
    },
    /// Take their card and lay your own back.
    OwnCard {
        /// What was wrong with the last card.
        again: Option<PrincipalTrouble>,
    },
    /// Who is not of age acts for nobody.
    NotOfAge,
}

/// A question about acting for another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrincipalAsk {
    /// What are you to them?
    Relation(Vec<Relation>),
    /// What do they let you do? First to file and sign, then to collect the result, too.
    Collect,
    /// How do they agree?
    Agreement {
        /// What can be done now; empty when nothing can.
        ways: Vec<Agreement>,
        /// What went wrong with the last way.
        trouble: Option<AgreementTrouble>,
    },
}

impl PrincipalAsk {
    /// How many answers there are.
    #[must_use]
    pub fn answers(&self) -> usize {
        match self {
            Self::Relation(relations) => relations.len(),
            Self::Collect => 2,
            Self::Agreement { ways, .. } => ways.len(),
        }
    }
}

/// What was wrong with a card while two are laid in turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrincipalTrouble {
    /// It could not be read.
    Card(CardTrouble),
    /// It is the agent's own.
    OwnCard,
    /// It is not the agent's own, which is awaited.
    AnotherCard,
    /// Who was typed is a child: only the card shows who acts for them.
    ChildNeedsCard,
}

/// Why a number typed is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberTrouble {
    /// Its check digit says that it was mistyped.
    Wrong,
    /// It is the agent's own.
    Own,
}

/// Why the principal is not yet known to agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgreementTrouble {
    /// Neither the city nor a scanner can be used now.
    NoWay,
    /// The city did not answer; what was proven is kept, and asking again does it once.
    Away,
    /// No phone is on record under this name and number.
    NoPhone,
    /// The code was wrong too often, or too many were sent.
    TooOften,
    /// The city does not take the authority.
    Refused,
}

/// The city's answer to an authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthorityReply {
    /// It stands.
    Given,
    /// It is not taken.
    Refused,
}

/// The name of the paper among the materials, as a catalogue would have it.
pub(crate) fn paper_name() -> Text {
    Text {
        zh: "授权委托书".to_owned(),
        en: "Signed authority to act".to_owned(),
    }
}
