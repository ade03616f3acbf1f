//! One person at the kiosk, from the first touch to goodbye; dropped and zeroed at its end.

use std::time::Duration;

use city_catalogue::form::DynamicOptions;
use city_catalogue::record::Text;
use jiff::civil::Date;
use uuid::Uuid;

use crate::application::{Application, Identity};
use crate::effect::FiledMatter;
use crate::event::{AskId, ResultReply};
use crate::person::Person;
use crate::record::VisitRecord;
use crate::screen::{FeeShown, Lang, OutcomeShown, Place, ResultPrinting, SlipState};

/// Where the card of this visit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CardPlace {
    /// No card lies on the reader.
    Away,
    /// A card lies on it.
    OnReader,
}

/// Everything of one visit.
#[derive(Debug)]
pub(crate) struct Visit {
    pub(crate) lang: Lang,
    pub(crate) began: Duration,
    /// The card that was read and not yet confirmed as "this is me".
    pub(crate) read: Option<Box<Person>>,
    pub(crate) identity: Option<Identity>,
    pub(crate) application: Option<Application>,
    pub(crate) filed: Vec<Filed>,
    pub(crate) record: VisitRecord,
    /// Matters that wait, told by the city.
    pub(crate) waiting: Option<u32>,
    /// Choices the city keeps, by the name the catalogue gives them.
    pub(crate) options: DynamicOptions,
    /// Something was laid on the scanner.
    pub(crate) scanned: bool,
    /// Paper came out.
    pub(crate) paper: bool,
    pub(crate) slip: Slip,
}

impl Visit {
    pub(crate) fn new(began: Duration, lang: Lang) -> Self {
        Self {
            lang,
            began,
            read: None,
            identity: None,
            application: None,
            filed: Vec::new(),
            record: VisitRecord::default(),
            waiting: None,
            options: DynamicOptions::default(),
            scanned: false,
            paper: false,
            slip: Slip::default(),
        }
    }

    /// The person of this visit, once confirmed.
    pub(crate) fn person(&self) -> Option<&Person> {
        self.identity.as_ref().map(|identity| &identity.person)
    }
}

/// The slip of the visit.
#[derive(Clone, Debug)]
pub(crate) struct Slip {
    pub(crate) state: SlipState,
    /// The print under way.
    pub(crate) ask: Option<AskId>,
    /// Prints so far that may have put paper out; marks the next one as a copy.
    pub(crate) copies: u32,
    /// Matters that stood on the last slip printed.
    pub(crate) matters: usize,
}

impl Default for Slip {
    fn default() -> Self {
        Self {
            state: SlipState::Waiting { seconds: None },
            ask: None,
            copies: 0,
            matters: 0,
        }
    }
}

/// One application filed in this visit.
#[derive(Clone, Debug)]
pub(crate) struct Filed {
    pub(crate) application: Uuid,
    pub(crate) item: Text,
    pub(crate) instant: bool,
    pub(crate) receipt: String,
    pub(crate) place: Place,
    pub(crate) outcome: OutcomeShown,
    pub(crate) result: Option<(ResultReply, ResultPrinting)>,
    pub(crate) fees: Vec<FeeShown>,
    pub(crate) later: Vec<(Text, Date)>,
    /// The question for its outcome that is under way.
    pub(crate) ask: Option<AskId>,
    /// The print of its result that is under way.
    pub(crate) print: Option<AskId>,
    /// Times the city was asked for the outcome.
    pub(crate) asked: u8,
}

impl Filed {
    /// As it stands on the slip.
    pub(crate) fn matter(&self) -> FiledMatter {
        let (filing, case) = match &self.place {
            Place::StoredHere => (None, None),
            Place::Received { filing, case } => (Some(filing.clone()), case.clone()),
        };
        FiledMatter {
            item: self.item.clone(),
            receipt: self.receipt.clone(),
            filing,
            case,
            outcome: self.outcome.clone(),
            result: self
                .result
                .as_ref()
                .map(|(result, _)| (result.number.clone(), result.verification.clone())),
            fees: self.fees.clone(),
            later: self.later.clone(),
        }
    }
}
