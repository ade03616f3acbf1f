//! What the city remembers: whole transactions by area, engine by engine.
//!
//! Every method is one transaction and commits before it returns. The store knows keys and columns; what is in a
//! case is an encrypted record to it (`crate::file` makes and opens it).

mod area;
mod error;
pub(crate) mod sqlite;

pub(crate) use area::{
    Accepted, Acknowledge, Acknowledged, Alarm, AlarmKind, Alarms, CaseKey, CaseRow, Cases, Change,
    Drawn, Event, Events, Filing, GrantRow, Health, ItemRow, KioskRow, Kiosks, Library, NewPacket,
    OfficerRow, Packets, People, Queue, REISSUE_MILLIS, Refusal, ResultRow, Results, Staff,
    TaskRow, TaskState,
};
pub(crate) use error::StoreError;

/// Result of a transaction.
pub(crate) type Stored<T> = Result<T, StoreError>;

/// Everything the city remembers.
pub(crate) trait Store:
    Alarms
    + Cases
    + Events
    + Health
    + Kiosks
    + Library
    + Packets
    + People
    + Queue
    + Results
    + Staff
    + Send
    + Sync
    + std::fmt::Debug
{
}

impl Store for sqlite::Sqlite {}
