//! The store by area: what each remembers, its rows and its transactions.
//!
//! A further area is a file here, a line below and a name in [`Store`](super::Store).

mod alarms;
mod cases;
mod events;
mod health;
mod kiosks;
mod library;
mod packets;
mod people;
mod queue;
mod ratings;
mod results;
mod staff;

pub(crate) use alarms::{Alarm, AlarmKind, Alarms};
pub(crate) use cases::{CaseKey, CaseRow, Cases, Change, Refusal};
pub(crate) use events::{Event, Events};
pub(crate) use health::Health;
pub(crate) use kiosks::{KioskRow, Kiosks};
pub(crate) use library::{ItemRow, Library, REISSUE_MILLIS};
pub(crate) use packets::{Accepted, Acknowledge, Acknowledged, Drawn, Filing, NewPacket, Packets};
pub(crate) use people::{GrantRow, People};
pub(crate) use queue::{Queue, TaskRow, TaskState};
pub(crate) use results::{ResultRow, Results};
pub(crate) use staff::{OfficerRow, Staff};
