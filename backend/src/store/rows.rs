//! The rows of the store, the same for every engine.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use city_api::requests::ProblemCode;
use city_api::requests::identity::IdentityLevel;
use city_api::requests::officer::OfficerRole;
use city_api::requests::outcome::CaseState;

use super::StoreError;

/// An enrolled kiosk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KioskRow {
    /// Three characters.
    pub id: String,
    /// Ed25519 key.
    pub public_key: [u8; 32],
    /// Pinned security module of its reader.
    pub sam_id: String,
    /// Station it stands at.
    pub station: String,
    /// Last heartbeat: when, and its JSON. None before the first.
    pub heartbeat: Option<(Timestamp, String)>,
}

/// An item record as it was put in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ItemRow {
    /// Handling code.
    pub code: String,
    /// Version.
    pub version: u32,
    /// The record as JSON.
    pub record: String,
    /// When it was replaced, cancelled or taken out of the catalogue; None while it is in force.
    pub ended: Option<Timestamp>,
}

/// A packet that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PacketRow {
    /// Its id.
    pub id: Uuid,
    /// SHA-256 of its header.
    pub header_hash: [u8; 32],
    /// Kiosk that filed it.
    pub kiosk: String,
    /// Case it opened or changed; None for a packet that concerns no case.
    pub case: Option<Uuid>,
    /// When it was committed.
    pub received: Timestamp,
    /// Exact bytes of the acknowledgement and the city's signature.
    pub acknowledgement: Acknowledged,
}

/// A packet on its way in; authentic already.
#[derive(Debug, Clone)]
pub(crate) struct NewPacket {
    /// Its id.
    pub id: Uuid,
    /// Exact bytes of the header.
    pub header: Vec<u8>,
    /// SHA-256 of the header.
    pub header_hash: [u8; 32],
    /// The kiosk's signature.
    pub signature: Vec<u8>,
    /// Kiosk that filed it.
    pub kiosk: String,
    /// Sequence of the kiosk; None when the header cannot be understood: it has no known place in the chain.
    pub sequence: Option<u64>,
    /// SHA-256 of the header before it; None for the first.
    pub previous: Option<[u8; 32]>,
    /// Now.
    pub received: Timestamp,
    /// Day of the filing and case numbers.
    pub day: jiff::civil::Date,
    /// Written to the events of its case, in the same transaction.
    pub events: Vec<Event>,
    /// Raised in the same transaction.
    pub alarms: Vec<Alarm>,
}

/// Something that happened, for the record; no personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: &'static str,
    /// Who did it.
    pub actor: String,
    /// More about it.
    pub detail: String,
}

/// Exact bytes of an acknowledgement and the city's signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Acknowledged {
    /// The acknowledgement.
    pub bytes: Vec<u8>,
    /// Signature.
    pub signature: Vec<u8>,
}

/// Numbers drawn inside the transaction, and the case they belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Drawn {
    /// Daily sequence of filings, from 1.
    pub filing: u64,
    /// Daily sequence of the item's cases, from 1; None when no case number was asked for.
    pub case: Option<u64>,
}

/// Makes and signs the acknowledgement when the numbers are known: filing number, case number.
pub(crate) type Acknowledge =
    Box<dyn FnOnce(&str, Option<&str>) -> Result<Acknowledged, StoreError> + Send>;

/// Makes the new case out of the old one, or says why not.
pub(crate) type Change =
    Box<dyn FnOnce(CaseRow) -> Result<Result<CaseRow, Refusal>, StoreError> + Send>;

/// What an accepted packet does.
pub(crate) enum Filing {
    /// Opens a case. `counter` is the implementation code whose daily sequence gives the case number.
    Open {
        /// Implementation code; None for an irregular case without a known item.
        counter: Option<String>,
        /// Makes the case from the numbers.
        make: Box<dyn FnOnce(Drawn) -> Result<CaseRow, StoreError> + Send>,
    },
    /// Changes the case.
    Change {
        /// The case.
        key: CaseKey,
        /// The change.
        change: Change,
    },
    /// Changes nothing: the packet is kept without a case.
    Keep,
    /// Rates a service contact, unless it is rated already: once per contact (`specs/domain.md` 4.6).
    Rate {
        /// The packet whose service is rated.
        contact: Uuid,
        /// Its case.
        case: Uuid,
        /// 1 to 5.
        level: u8,
    },
}

impl std::fmt::Debug for Filing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Open { .. } => "Open",
            Self::Change { .. } => "Change",
            Self::Keep => "Keep",
            Self::Rate { .. } => "Rate",
        })
    }
}

/// What became of a packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Accepted {
    /// It is new.
    New {
        /// The acknowledgement.
        acknowledgement: Acknowledged,
    },
    /// It was here already: the same acknowledgement again.
    Again {
        /// The acknowledgement.
        acknowledgement: Acknowledged,
    },
    /// Another packet has this id.
    OtherContent,
    /// The case does not allow the change.
    Refused(Refusal),
}

/// Names a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CaseKey {
    /// By its id, the id of the packet that opened it.
    Id(Uuid),
    /// By case number, filing number or receipt number.
    Number(String),
}

/// A case as the store sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CaseRow {
    /// Id of the packet that opened it.
    pub id: Uuid,
    /// 申报号.
    pub filing_number: String,
    /// 办件编号; None for an irregular case.
    pub case_number: Option<String>,
    /// Receipt number of the slip.
    pub receipt: String,
    /// Blind index of the person; None when nobody was identified.
    pub person: Option<[u8; 32]>,
    /// Identity level of the item.
    pub level: IdentityLevel,
    /// Handling code of the item; None when unknown.
    pub item: Option<String>,
    /// State.
    pub state: CaseState,
    /// When the packet was received.
    pub received: Timestamp,
    /// When the city itself has to act next on it; None when it waits for people.
    pub act_at: Option<Timestamp>,
    /// Wrapped data key.
    pub data_key: Vec<u8>,
    /// Encrypted record.
    pub record: Vec<u8>,
    /// Tasks by step.
    pub tasks: Vec<TaskRow>,
    /// What happened by this change: written with it, never read back.
    pub events: Vec<Event>,
    /// Raised by this change: written with it, never read back.
    pub alarms: Vec<Alarm>,
}

/// A task as the store sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TaskRow {
    /// `seq` of the step; several tasks may share one step.
    pub step: u32,
    /// Case number, hyphen, two digits.
    pub number: String,
    /// Body.
    pub body: String,
    /// Role; None for steps that the city or the applicant does.
    pub role: Option<OfficerRole>,
    /// State.
    pub state: TaskState,
    /// Since when it is open.
    pub opened: Option<Timestamp>,
    /// When it should be done, `YYYY-MM-DD`.
    pub due: Option<jiff::civil::Date>,
}

/// State of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TaskState {
    /// An earlier step is not done.
    Pending,
    /// To be done now.
    Open,
    /// Done.
    Done,
    /// Not needed any more.
    Cancelled,
}

/// Why an action on a case is refused; never personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// Code of the problem.
    pub code: ProblemCode,
    /// Field to blame; None when none is.
    pub field: Option<String>,
    /// The reason.
    pub reason: String,
}

impl Refusal {
    /// A refusal without a field.
    #[must_use]
    pub(crate) fn new(code: ProblemCode, reason: impl Into<String>) -> Self {
        Self {
            code,
            field: None,
            reason: reason.into(),
        }
    }

    /// Names the field to blame.
    #[must_use]
    pub(crate) fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }
}

/// A result document and what `/verify` may confirm: nothing that is not on the paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ResultRow {
    /// Its id.
    pub id: Uuid,
    /// Its case.
    pub case: Uuid,
    /// Number on the paper.
    pub number: String,
    /// Verification code on the paper.
    pub code: String,
    /// Name of the document.
    pub name: String,
    /// Body that issued it, in both languages, as JSON of `Words`.
    pub issuer: String,
    /// Day of issue.
    pub issued: jiff::civil::Date,
    /// The item lets a kiosk print it.
    pub kiosk_print: bool,
    /// Name of the encrypted document in the object store.
    pub blob: String,
}

/// An officer behind a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OfficerRow {
    /// The person: one person may have several tokens.
    pub person: String,
    /// Body.
    pub body: String,
    /// Role.
    pub role: OfficerRole,
}

/// What a grant allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GrantRow {
    /// Kiosk it was given to.
    pub kiosk: String,
    /// Blind index of the person.
    pub person: [u8; 32],
    /// Level reached.
    pub level: IdentityLevel,
    /// Document number, encrypted.
    pub number: Vec<u8>,
    /// End of the grant.
    pub expires: Timestamp,
}

/// Something a supervisor has to look at; no personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Alarm {
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: AlarmKind,
    /// Kiosk concerned; None when none is.
    pub kiosk: Option<String>,
    /// More about it.
    pub detail: String,
}

/// Kinds of alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AlarmKind {
    /// Packets are missing between two of a kiosk.
    SequenceGap,
    /// Two packets of a kiosk claim one place in its chain.
    SequenceFork,
    /// A packet that is not the kiosk's.
    Forged,
    /// Other content under a known id.
    OtherContent,
    /// The reader's security module is not the one pinned at enrolment.
    SamChanged,
    /// An authentic packet with a defect.
    Irregular,
    /// A department's service does not answer.
    ServiceAway,
    /// A clock ran out and nobody acted.
    Overdue,
}

city_api::names! {
    pub(crate) AlarmKind
    SequenceGap = "sequence_gap",
    SequenceFork = "sequence_fork",
    Forged = "forged",
    OtherContent = "other_content",
    SamChanged = "sam_changed",
    Irregular = "irregular",
    ServiceAway = "service_away",
    Overdue = "overdue",
}

/// Counts for the console.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Packets accepted.
    pub packets: u64,
    /// Cases by state.
    pub cases: Vec<(CaseState, u64)>,
    /// Open tasks.
    pub open_tasks: u64,
    /// Results issued.
    pub results: u64,
    /// Alarms.
    pub alarms: u64,
}

city_api::names! {
    pub(crate) TaskState
    Pending = "pending",
    Open = "open",
    Done = "done",
    Cancelled = "cancelled",
}
