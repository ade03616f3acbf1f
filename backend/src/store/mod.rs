//! What the city remembers: one trait of whole transactions, engine by engine.
//!
//! Every method is one transaction and commits before it returns. The store knows keys and columns; what is in a
//! case is an encrypted record to it (`crate::file` makes and opens it).

mod error;
mod rows;
pub(crate) mod sqlite;

pub(crate) use error::StoreError;
pub(crate) use rows::{
    Accepted, Acknowledge, Acknowledged, Alarm, AlarmKind, CaseKey, CaseRow, Change, Counts, Drawn,
    Event, Filing, GrantRow, ItemRow, KioskRow, NewPacket, OfficerRow, PacketRow, Refusal,
    ResultRow, TaskRow, TaskState,
};

use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

use city_api::requests::officer::OfficerRole;

/// A bundle is published anew after a day even when nothing changed, so that no kiosk calls it stale.
pub(crate) const REISSUE_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// Result of a transaction.
pub(crate) type Stored<T> = Result<T, StoreError>;

/// Transactions of the city.
#[async_trait]
pub(crate) trait Store: Send + Sync + std::fmt::Debug {
    /// Keeps the hash of a one-time code for a station until `expires`.
    async fn add_enrol_code(
        &self,
        code: [u8; 32],
        station: String,
        expires: Timestamp,
    ) -> Stored<()>;

    /// Uses up a one-time code and enrols the kiosk; None when the code is used, over or unknown.
    async fn enrol(
        &self,
        code: [u8; 32],
        public_key: [u8; 32],
        sam_id: String,
        now: Timestamp,
    ) -> Stored<Option<KioskRow>>;

    /// The kiosk of this id.
    async fn kiosk(&self, id: String) -> Stored<Option<KioskRow>>;

    /// All kiosks by id.
    async fn kiosks(&self) -> Stored<Vec<KioskRow>>;

    /// Keeps the latest heartbeat of a kiosk.
    async fn heartbeat(&self, kiosk: String, at: Timestamp, body: String) -> Stored<()>;

    /// Keeps the item records in force now, so that a case stays on the version it began with. Known ones stay as they
    /// are; those that are not among them go out of force now.
    async fn keep_items(&self, items: Vec<ItemRow>, now: Timestamp) -> Stored<()>;

    /// An item in one version that is or was in force; in its newest when `version` is None.
    async fn item(&self, code: String, version: Option<u32>) -> Stored<Option<ItemRow>>;

    /// Version and issue of a bundle of this content: those of the newest while its content is the same and it is
    /// younger than a day, else the next version, issued now.
    async fn publish(&self, content: [u8; 32], now: Timestamp) -> Stored<(u64, Timestamp)>;

    /// A packet that was accepted; None when there is none of this id.
    async fn packet(&self, id: Uuid) -> Stored<Option<PacketRow>>;

    /// Accepts a packet, draws its numbers, opens or changes its case, keeps the acknowledgement, its events and its
    /// alarms: all or nothing.
    async fn accept_packet(
        &self,
        packet: NewPacket,
        filing: Filing,
        acknowledge: Acknowledge,
    ) -> Stored<Accepted>;

    /// A case.
    async fn case(&self, key: CaseKey) -> Stored<Option<CaseRow>>;

    /// Reads a case, lets `change` make the new one, writes it and the event: all or nothing. None when there is no
    /// such case.
    async fn change_case(
        &self,
        key: CaseKey,
        change: Change,
        event: Option<Event>,
    ) -> Stored<Option<Result<CaseRow, Refusal>>>;

    /// Cases of a person, newest first, at most `most`.
    async fn cases_of(&self, person: [u8; 32], most: u32) -> Stored<Vec<CaseRow>>;

    /// All cases, newest first, at most `most`.
    async fn all_cases(&self, most: u32) -> Stored<Vec<CaseRow>>;

    /// Open tasks of a body and role with their cases, the most urgent first, at most `most`.
    async fn open_tasks(
        &self,
        body: String,
        role: OfficerRole,
        most: u32,
    ) -> Stored<Vec<(TaskRow, CaseRow)>>;

    /// Cases on which the city itself has to work now: system steps due, clocks run out, results to make.
    async fn due_cases(&self, now: Timestamp, most: u32) -> Stored<Vec<Uuid>>;

    /// Puts off what the city has to do on a case until `until`, or until somebody changes the case.
    async fn put_off(&self, case: Uuid, until: Timestamp) -> Stored<()>;

    /// The next number of a counter, from 1.
    async fn draw(&self, counter: String) -> Stored<u64>;

    /// Keeps a result document, puts it on its case and writes the event: all or nothing, and nothing when the case has
    /// a result already.
    async fn add_result(&self, result: ResultRow, change: Change, event: Event) -> Stored<()>;

    /// A result by id.
    async fn result(&self, id: Uuid) -> Stored<Option<ResultRow>>;

    /// A result by the number on the paper.
    async fn result_by_number(&self, number: String) -> Stored<Option<ResultRow>>;

    /// Keeps an officer's token by its hash.
    async fn add_officer(&self, token: [u8; 32], officer: OfficerRow) -> Stored<()>;

    /// The officer of a token.
    async fn officer(&self, token: [u8; 32]) -> Stored<Option<OfficerRow>>;

    /// Keeps a grant by its hash; grants and codes that are over go.
    async fn add_grant(&self, grant: [u8; 32], row: GrantRow, now: Timestamp) -> Stored<()>;

    /// A grant that is not over.
    async fn grant(&self, grant: [u8; 32], now: Timestamp) -> Stored<Option<GrantRow>>;

    /// Keeps a code for one use under a place (`staff`, or `phone` and who), instead of an older one there; grants
    /// and codes that are over go.
    async fn put_code(
        &self,
        place: Vec<u8>,
        code: [u8; 32],
        tries: u8,
        expires: Timestamp,
        now: Timestamp,
    ) -> Stored<()>;

    /// Uses a code up: None when there is none or its time or tries are over, else whether it was the code and
    /// how many tries are left.
    async fn try_code(
        &self,
        place: Vec<u8>,
        code: [u8; 32],
        now: Timestamp,
    ) -> Stored<Option<(bool, u8)>>;

    /// Notes something a supervisor has to look at.
    async fn alarm(&self, alarm: Alarm) -> Stored<()>;

    /// The latest alarms.
    async fn alarms(&self, most: u32) -> Stored<Vec<Alarm>>;

    /// Whether the database answers.
    async fn answers(&self) -> Stored<()>;

    /// Counts for the console; no personal data.
    async fn counts(&self) -> Stored<Counts>;

    /// Appends to the events of a case, or of none: who did what and when, never changed afterwards.
    async fn note(&self, case: Option<Uuid>, event: Event) -> Stored<()>;
}
