//! One person at the kiosk, from the first touch to goodbye; dropped and zeroed at its end.

use std::time::Duration;

use city_catalogue::form::DynamicOptions;
use city_catalogue::record::Text;
use jiff::civil::Date;
use uuid::Uuid;

use crate::application::{Application, Identity};
use crate::display::Display;
use crate::effect::FiledMatter;
use crate::enquiry::Enquiry;
use crate::event::{AskId, ResultReply};
use crate::hearing::Hearing;
use crate::help::Help;
use crate::person::{Person, Secret};
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

/// Whether the card that proved the identity still vouches for who stands here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// It has lain on the reader all the time, or was laid back.
    Held,
    /// It was lifted while no personal page was open.
    Lifted,
    /// Another card was read since.
    AnotherCard,
}

/// Everything of one visit.
#[derive(Debug)]
pub(crate) struct Visit {
    pub(crate) lang: Lang,
    pub(crate) display: Display,
    pub(crate) hearing: Hearing,
    pub(crate) began: Duration,
    /// The card that was read and not yet confirmed as "this is me".
    pub(crate) read: Option<Box<Person>>,
    pub(crate) identity: Option<Identity>,
    /// What the identity is worth once a personal page is left.
    pub(crate) proof: Proof,
    /// Who filed the matters of this visit: the slip is theirs. `None` when nobody was identified.
    pub(crate) filer: Option<Person>,
    pub(crate) application: Option<Application>,
    pub(crate) filed: Vec<Filed>,
    pub(crate) record: VisitRecord,
    /// Matters that wait, told by the city.
    pub(crate) waiting: Option<u32>,
    /// The question for the matters that wait; only its answer counts.
    pub(crate) waiting_ask: Option<AskId>,
    /// The question for the bookings told beside the matters; only its answer counts.
    pub(crate) bookings_ask: Option<AskId>,
    /// The question for what was asked before, told beside the matters; only its answer counts.
    pub(crate) enquiries_ask: Option<AskId>,
    /// What the person has asked in their matters; empty until the city told it.
    pub(crate) enquiries: Vec<Enquiry>,
    /// The matter asked for by its slip: opened once the identity is proven.
    pub(crate) wanted: Option<Secret>,
    /// A number of the queue was given, which will be called.
    pub(crate) has_number: bool,
    /// The call for a person's help.
    pub(crate) help: Help,
    /// Choices the city keeps, by the name the catalogue gives them.
    pub(crate) options: DynamicOptions,
    /// Something was scanned, or was to be.
    pub(crate) scanned: bool,
    /// Sheets went through the feeder.
    pub(crate) fed: bool,
    /// Paper came out.
    pub(crate) paper: bool,
    pub(crate) slip: Slip,
    pub(crate) prints: Prints,
    pub(crate) results: Results,
}

impl Visit {
    pub(crate) fn new(began: Duration, lang: Lang) -> Self {
        Self {
            lang,
            display: Display::default(),
            hearing: Hearing::default(),
            began,
            read: None,
            identity: None,
            proof: Proof::Held,
            filer: None,
            application: None,
            filed: Vec::new(),
            record: VisitRecord::default(),
            waiting: None,
            waiting_ask: None,
            bookings_ask: None,
            enquiries_ask: None,
            enquiries: Vec::new(),
            wanted: None,
            has_number: false,
            help: Help::default(),
            options: DynamicOptions::default(),
            scanned: false,
            fed: false,
            paper: false,
            slip: Slip::default(),
            prints: Prints::default(),
            results: Results::default(),
        }
    }

    /// Matters were filed and their slip is still to be printed.
    pub(crate) fn owes_slip(&self) -> bool {
        let waits = matches!(
            self.slip.state,
            SlipState::Waiting { .. } | SlipState::WithNext
        );
        waits && !self.filed.is_empty()
    }

    /// The identity must be proven again; matters that were filed keep their owner.
    pub(crate) fn withdraw_identity(&mut self) {
        self.identity = None;
        self.proof = Proof::Held;
        self.options = DynamicOptions::default();
        self.enquiries_ask = None;
        self.enquiries.clear();
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
}

impl Default for Slip {
    fn default() -> Self {
        Self {
            state: SlipState::Waiting { seconds: None },
            ask: None,
            copies: 0,
        }
    }
}

/// A print that does not report its end holds the visit this long.
const LONGEST_PRINT: Duration = Duration::from_secs(60);

/// A slip at the output holds it this long: a minute to be taken, then it is drawn back.
const LONGEST_AT_OUTPUT: Duration = Duration::from_secs(75);

/// The prints of this visit that have not come to their end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Prints(Vec<Print>);

#[derive(Clone, Debug)]
struct Print {
    ask: AskId,
    /// When it is given up.
    until: Duration,
    /// It lies at the output to be taken.
    ready: bool,
}

impl Prints {
    pub(crate) fn begin(&mut self, ask: AskId, now: Duration) {
        self.0.push(Print {
            ask,
            until: now + LONGEST_PRINT,
            ready: false,
        });
    }

    /// It lies at the output; whether `ask` is a print of this visit.
    pub(crate) fn ready(&mut self, ask: AskId, now: Duration) -> bool {
        let print = self.0.iter_mut().find(|print| print.ask == ask);
        print.is_some_and(|print| {
            print.ready = true;
            print.until = now + LONGEST_AT_OUTPUT;
            true
        })
    }

    /// The print `ask` alone, where it has not ended.
    pub(crate) fn only(&self, ask: Option<AskId>) -> Self {
        let wanted = self.0.iter().filter(|print| Some(print.ask) == ask);
        Self(wanted.cloned().collect())
    }

    /// Whether `ask` was a print of this visit.
    pub(crate) fn end(&mut self, ask: AskId) -> bool {
        let all = self.0.len();
        self.0.retain(|print| print.ask != ask);
        self.0.len() < all
    }

    /// Something is being printed, or lies at the output, and may be waited for.
    pub(crate) fn under_way(&self, now: Duration) -> bool {
        self.0.iter().any(|print| now < print.until)
    }

    /// A device works, and may be waited for.
    pub(crate) fn at_work(&self, now: Duration) -> bool {
        self.0.iter().any(|print| !print.ready && now < print.until)
    }

    /// When the last slip at the output is given up; `None` when none lies there.
    pub(crate) fn output_until(&self) -> Option<Duration> {
        let ready = self.0.iter().filter(|print| print.ready);
        ready.map(|print| print.until).max()
    }
}

/// How the printing of each result stands that this visit has begun to print, or could not.
#[derive(Clone, Debug, Default)]
pub(crate) struct Results(Vec<ResultPrint>);

#[derive(Clone, Debug)]
struct ResultPrint {
    /// The result's id.
    result: Secret,
    /// The print under way.
    ask: Option<AskId>,
    printing: ResultPrinting,
}

impl Results {
    /// As it stands; `None` when nothing was begun.
    pub(crate) fn of(&self, result: &ResultReply) -> Option<ResultPrinting> {
        let known = self.0.iter().find(|it| it.result.reveal() == result.id);
        known.map(|it| it.printing)
    }

    /// It is printed from now on as `ask`.
    pub(crate) fn begin(&mut self, result: &ResultReply, ask: AskId) {
        self.put(result, Some(ask), ResultPrinting::Printing);
    }

    /// It is not printed now, for the reason that `printing` says.
    pub(crate) fn leave(&mut self, result: &ResultReply, printing: ResultPrinting) {
        self.put(result, None, printing);
    }

    fn put(&mut self, result: &ResultReply, ask: Option<AskId>, printing: ResultPrinting) {
        self.0.retain(|it| it.result.reveal() != result.id);
        self.0.push(ResultPrint {
            result: Secret::new(result.id.as_str()),
            ask,
            printing,
        });
    }

    /// The print `ask` ended, if it is one of a result.
    pub(crate) fn end(&mut self, ask: AskId, printing: ResultPrinting) {
        let print = self.0.iter_mut().find(|it| it.ask == Some(ask));
        if let Some(print) = print {
            print.ask = None;
            print.printing = printing;
        }
    }
}

/// One application filed in this visit.
#[derive(Clone, Debug)]
pub(crate) struct Filed {
    pub(crate) application: Uuid,
    pub(crate) item: Text,
    /// Masked name of whom an agent filed it for; `None` when who stood here applied.
    pub(crate) applicant: Option<String>,
    /// Who stood here may have its result; an agent only when they may collect it.
    pub(crate) may_collect: bool,
    /// Filed by an identified person: its result is printed for nobody else.
    pub(crate) identified: bool,
    pub(crate) instant: bool,
    pub(crate) receipt: String,
    pub(crate) place: Place,
    pub(crate) outcome: OutcomeShown,
    pub(crate) result: Option<ResultReply>,
    /// The result goes another way than out of a printer here, as was wished.
    pub(crate) as_chosen: bool,
    pub(crate) fees: Vec<FeeShown>,
    pub(crate) later: Vec<(Text, Date)>,
    /// The question for its outcome that is under way.
    pub(crate) ask: Option<AskId>,
    /// Times the city was asked for the outcome.
    pub(crate) asked: u8,
    /// The outcome will not change while the person stands here.
    pub(crate) settled: bool,
}

impl Filed {
    /// The city has it, and its outcome is neither known nor asked for.
    pub(crate) fn asks_outcome(&self) -> bool {
        let received = matches!(self.place, Place::Received { .. });
        received && !self.settled && self.ask.is_none()
    }

    /// As it stands on the slip.
    pub(crate) fn matter(&self) -> FiledMatter {
        let (filing, case) = match &self.place {
            Place::StoredHere => (None, None),
            Place::Received { filing, case } => (Some(filing.clone()), case.clone()),
        };
        FiledMatter {
            item: self.item.clone(),
            applicant: self.applicant.clone(),
            receipt: self.receipt.clone(),
            filing,
            case,
            outcome: self.outcome.clone(),
            result: self
                .result
                .as_ref()
                .map(|result| (result.number.clone(), result.verification.clone())),
            fees: self.fees.clone(),
            later: self.later.clone(),
        }
    }
}
