//! Everything that can happen to the kiosk: one closed enum.

use std::fmt;
use std::sync::Arc;

use city_catalogue::form::{DynamicChoice, Value};
use city_catalogue::record::Text;
use jiff::civil::{Date, DateTime};
use uuid::Uuid;

use crate::aloud::Press;
use crate::appointment::AppointmentReply;
use crate::availability::{Devices, Link, Shelf};
use crate::check_in::{CheckInReply, HallKept, Listed, TicketShown};
use crate::code::Code;
use crate::delivery::DeliveryReply;
use crate::enquiry::EnquiryReply;
use crate::help::HelpReply;
use crate::person::{Person, Secret};
use crate::portrait::PortraitEvent;
use crate::principal::AuthorityReply;
use crate::screen::{
    CardTrouble, CommitmentBar, Due, PageAdvice, PageNumber, PictureId, ScanTrouble,
};
use crate::service::Answer;
use crate::touch::Tap;
use crate::withdrawal::WithdrawReply;

/// The number of a question the core asked; its answer carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AskId(pub u32);

/// What happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// A deadline has passed.
    Tick,
    /// A finger.
    Tap(Tap),
    /// A key of the keypad, while the visit is read aloud or to begin that.
    Key(Press),
    /// Headphones were plugged in, or pulled out.
    Headphones(bool),
    /// What the page with this number says was spoken to its end.
    Heard(PageNumber),
    /// The id-card reader.
    Reader(ReaderEvent),
    /// Something was held before the code scanner.
    Code(Code),
    /// Machine-readable lines that were typed have been read.
    Zone {
        /// The question.
        ask: AskId,
        /// What they say, as if a scanner had read them.
        code: Code,
    },
    /// Somebody came to the kiosk (`true`) or went (`false`), as the cabinet sees it.
    Presence(bool),
    /// The state of the devices and of this machine changed.
    Devices(Devices),
    /// Another catalogue is in force.
    Shelf(Arc<Shelf>),
    /// The city can or cannot be reached.
    Link(Link),
    /// A page is being scanned.
    ScanComing {
        /// The question.
        ask: AskId,
        /// So many percent of its rows are here; 0 when that is not known.
        percent: u8,
    },
    /// A page was scanned; more may follow.
    Scanned {
        /// The question.
        ask: AskId,
        /// The page.
        page: Scanned,
        /// It went through the feeder; from the glass it has still to be taken.
        fed: bool,
    },
    /// A scan ended.
    ScanEnded {
        /// The question.
        ask: AskId,
        /// What went wrong; `None` when all pages came.
        trouble: Option<ScanTrouble>,
    },
    /// A page was turned.
    PageTurned {
        /// The question.
        ask: AskId,
        /// The page as it is now; `None` when that could not be made, and the one before stays.
        page: Option<Scanned>,
    },
    /// A look at the glass ended.
    Glass {
        /// The question.
        ask: AskId,
        /// Something lies on it; `None` when it could not be seen.
        covered: Option<bool>,
    },
    /// The portrait camera says something.
    Portrait {
        /// The live view.
        ask: AskId,
        /// What.
        event: PortraitEvent,
    },
    /// The form was made; `None` when it could not be.
    Composed {
        /// The question.
        ask: AskId,
        /// The form.
        form: Option<Composed>,
    },
    /// A slip lies at the output and can be taken; how it ended is told afterwards.
    SlipReady {
        /// The question.
        ask: AskId,
    },
    /// A slip or document came to its end.
    Printed {
        /// The question.
        ask: AskId,
        /// As the printer proved it.
        outcome: PrintedAs,
    },
    /// Sealed, signed and committed to disk.
    Stored {
        /// The question.
        ask: AskId,
        /// Receipt number, grouped as shown.
        receipt: String,
    },
    /// Not stored; nothing of it is on disk.
    NotStored {
        /// The question.
        ask: AskId,
    },
    /// The city's signed acknowledgement of a packet was stored.
    Received {
        /// The application.
        application: Uuid,
        /// Filing number.
        filing: String,
        /// Case number, once known.
        case: Option<String>,
    },
    /// The city's list of who is expected at this station is here, of this day; `None` when it
    /// gives none any more.
    Expected(Option<Date>),
    /// A check-in or a number was committed to disk; `None` when it was not, and nothing of it is
    /// kept.
    Kept {
        /// The question.
        ask: AskId,
        /// What was kept.
        kept: Option<HallKept>,
    },
    /// The city took a number into its queue that was given here without it.
    Queued {
        /// The ticket.
        ticket: Uuid,
    },
    /// The city answered, or could not be asked.
    City {
        /// The question.
        ask: AskId,
        /// The answer.
        answer: Result<Reply, Away>,
    },
    /// The technician wants the service: the cabinet's door was opened.
    ServiceWanted,
    /// An errand of the service was done.
    Service {
        /// The question.
        ask: AskId,
        /// The answer.
        answer: Answer,
    },
}

impl Event {
    /// The kind of event without any value, for the visit's record.
    #[must_use]
    pub fn shape(&self) -> String {
        match self {
            Self::Tick => "tick".into(),
            Self::Tap(tap) => format!("touch:{}", tap.touch.shape()),
            Self::Key(press) => format!("key:{}", press.key.shape()),
            Self::Headphones(plugged) => outcome("headphones", *plugged),
            Self::Heard(_) => "heard".into(),
            Self::Reader(ReaderEvent::Card(_)) => "card".into(),
            Self::Reader(ReaderEvent::Removed) => "card-removed".into(),
            Self::Reader(ReaderEvent::Trouble(_)) => "card-trouble".into(),
            Self::Code(code) => format!("code:{}", code.shape()),
            Self::Zone { code, .. } => format!("zone:{}", code.shape()),
            Self::Presence(here) => outcome("present", *here),
            Self::Devices(_) => "devices".into(),
            Self::Shelf(_) => "catalogue".into(),
            Self::Link(_) => "link".into(),
            Self::Portrait { event, .. } => event.shape().into(),
            Self::ScanComing { .. } => "scan-coming".into(),
            Self::Scanned { .. } => "scanned-page".into(),
            Self::ScanEnded { trouble, .. } => outcome("scanned", trouble.is_none()),
            Self::PageTurned { page, .. } => outcome("page-turned", page.is_some()),
            Self::Glass { covered, .. } => outcome("glass", *covered == Some(false)),
            Self::Composed { form, .. } => outcome("composed", form.is_some()),
            Self::SlipReady { .. } => "slip-ready".into(),
            Self::Printed { .. } => "printed".into(),
            Self::Stored { .. } => "stored".into(),
            Self::NotStored { .. } => "not-stored".into(),
            Self::Received { .. } => "received".into(),
            Self::Expected(day) => outcome("expected", day.is_some()),
            Self::Kept { kept, .. } => outcome("kept", kept.is_some()),
            Self::Queued { .. } => "queued".into(),
            Self::City { answer, .. } => outcome("city", answer.is_ok()),
            Self::ServiceWanted => "service-wanted".into(),
            Self::Service { answer, .. } => format!("service:{}", answer.shape()),
        }
    }
}

fn outcome(what: &str, well: bool) -> String {
    format!("{what}:{}", if well { "yes" } else { "no" })
}

/// What the reader reports.
#[derive(Clone, Debug)]
pub enum ReaderEvent {
    /// A card was read wholly.
    Card(Box<Person>),
    /// The card is gone.
    Removed,
    /// A card could not be read.
    Trouble(CardTrouble),
}

/// A scanned page in the shell's memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scanned {
    /// The page.
    pub picture: PictureId,
    /// Bytes of its JPEG.
    pub bytes: u64,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// It is a card of the size of an identity card.
    pub card: bool,
    /// What to mend about it first; `None` when it is good.
    pub advice: Option<PageAdvice>,
}

/// The form in the shell's memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Composed {
    /// SHA-256 of the PDF: what will be signed.
    pub sha256: [u8; 32],
    /// Its pages as pictures, in order; at least one.
    pub pages: Vec<PictureId>,
}

/// What is proven about a print (specs/printers, section 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrintedAs {
    /// The printer confirmed it.
    Printed,
    /// The printer took all of it and cannot tell what came out.
    Processed,
    /// Printed, and taken from the output.
    Taken,
    /// Printed, taken by nobody, and drawn back into the machine.
    DrawnBack,
    /// Certainly nothing came out.
    NotPrinted,
    /// Some paper came out.
    Partial,
    /// Nobody knows.
    Unknown,
}

impl PrintedAs {
    /// Whether paper came out, wholly or in part, or may have: the next print is a copy.
    pub(crate) fn may_have_come_out(self) -> bool {
        self != Self::NotPrinted
    }

    /// Whether paper lies outside for somebody to take, or may.
    pub(crate) fn leaves_paper(self) -> bool {
        match self {
            Self::Printed | Self::Processed | Self::Partial | Self::Unknown => true,
            Self::Taken | Self::DrawnBack | Self::NotPrinted => false,
        }
    }
}

/// The city could not be asked (no network, no answer in time, refused for now).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Away;

/// The city's answers, one per [`crate::Request`].
#[derive(Clone, Debug)]
pub enum Reply {
    /// To an identity check.
    Factor(FactorReply),
    /// To an authority.
    Authority(AuthorityReply),
    /// To a request for known facts.
    Prefilled(Prefilled),
    /// To a request for choices.
    Options(Vec<DynamicChoice>),
    /// To a request for counts.
    Waiting(u32),
    /// To a request for the person's cases.
    Matters(Vec<MatterReply>),
    /// To the wish to take a case back.
    Withdraw(WithdrawReply),
    /// To whatever was asked about questions and objections.
    Enquiry(EnquiryReply),
    /// To a request for what became of an application.
    Outcome(OutcomeReply),
    /// To a check-in.
    CheckIn(Box<CheckInReply>),
    /// To whatever was asked about appointments.
    Appointment(AppointmentReply),
    /// To a look into the list of today; `None` when nobody of it was sought.
    Listed(Option<Listed>),
    /// To whatever was asked about a call for help.
    Help(HelpReply),
    /// To a request for a walk-in ticket; `None` when this station gives none.
    Ticket(Option<TicketShown>),
}

/// An identity check's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FactorReply {
    /// Yes: the grant opens what the level allows.
    Yes {
        /// The city's token, kept for this visit.
        grant: Secret,
    },
    /// No.
    No,
    /// The provider is away.
    Away,
    /// A code was sent to this masked phone.
    CodeSent {
        /// Masked.
        phone: String,
    },
    /// No phone is on record.
    NoPhone,
    /// The code was wrong.
    WrongCode {
        /// So many tries are left before another code is needed.
        left: u8,
    },
}

/// What departments know of the person for one item.
#[derive(Clone, Debug, Default)]
pub struct Prefilled {
    /// Field name and value.
    pub fields: Vec<(String, Value)>,
    /// Material place (`seq`) and whether a record was found; `None` when the department is away.
    pub held: Vec<(u32, Option<bool>)>,
    /// Why no commitment of the person counts for now; `None` when they count.
    pub bar: Option<CommitmentBar>,
}

/// One case of the person; never printed.
#[derive(Clone)]
pub struct MatterReply {
    /// Receipt number of its slip; empty when the city does not tell.
    pub receipt: String,
    /// The application's id, as filed.
    pub application: Uuid,
    /// The item.
    pub item: Text,
    /// Handling code of the item.
    pub item_code: String,
    /// Filing number.
    pub filing: String,
    /// Case number.
    pub case: Option<String>,
    /// State key.
    pub state: String,
    /// Who holds it.
    pub holder: Text,
    /// Filed at.
    pub filed: DateTime,
    /// Due date of the present state.
    pub due: Option<Due>,
    /// Promised date.
    pub promised: Option<Due>,
    /// Statutory date.
    pub statutory: Option<Due>,
    /// What has happened.
    pub history: Vec<(DateTime, String)>,
    /// Papers asked for: their place (`seq`) in the item's list, and name.
    pub asked: Vec<(u32, Text)>,
    /// The officer's words.
    pub words: Option<Secret>,
    /// The result, once there.
    pub result: Option<ResultReply>,
    /// Where the result is; `None` while there is none to deliver.
    pub delivery: Option<DeliveryReply>,
}

impl fmt::Debug for MatterReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// A result that the city holds; never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct ResultReply {
    /// To fetch it by.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its number.
    pub number: String,
    /// The code the verify page asks for.
    pub verification: String,
    /// May be printed at a kiosk.
    pub prints: bool,
}

impl fmt::Debug for ResultReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// What became of an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutcomeReply {
    /// The decision so far.
    pub outcome: Outcome,
    /// Due date of the present state.
    pub due: Option<Due>,
    /// The result, once there.
    pub result: Option<ResultReply>,
}

/// A decision; its reason is never printed.
#[derive(Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Still being decided by the system: ask again.
    Deciding,
    /// With officers.
    Filed,
    /// Granted.
    Granted,
    /// Refused.
    Refused {
        /// Why.
        reason: Text,
    },
    /// The department is away; the case waits.
    WaitsForDepartment,
}

impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Deciding => "Deciding",
            Self::Filed => "Filed",
            Self::Granted => "Granted",
            Self::Refused { .. } => "Refused",
            Self::WaitsForDepartment => "WaitsForDepartment",
        })
    }
}
