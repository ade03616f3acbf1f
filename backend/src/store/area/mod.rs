//! The store by area: what each remembers, its rows and its transactions.
//!
//! A further area is a file here and a line below: an `impl Store` and the statements it carries out.

mod accounts;
mod after_checks;
mod alarms;
mod appointments;
mod authorities;
mod cases;
mod claims;
mod deliveries;
mod enquiries;
mod event_chain;
mod events;
mod facts;
mod health;
mod help;
mod kiosks;
mod library;
mod notices;
mod packets;
mod people;
mod queue;
mod ratings;
mod results;
mod saved;
mod sharing;
mod staff;
mod supervision;
mod tickets;
mod versions;

pub(crate) use accounts::{AccountChange, AccountRow, SessionRow};
pub(crate) use after_checks::{CheckRow, NewCheck};
pub(crate) use alarms::{Alarm, AlarmKind};
pub(crate) use appointments::{AppointmentRow, Asked, CheckInBy, Place};
pub(crate) use authorities::AuthorityRow;
pub(crate) use cases::{CaseKey, CaseRow, Change, Refusal};
pub(crate) use claims::Claim;
pub(crate) use deliveries::{DeliveryRow, LOCKER_SECONDS, Moving, NewDelivery};
pub(crate) use enquiries::{EnquiryChange, EnquiryKind, EnquiryRow};
pub(crate) use event_chain::{ChainRow, hash as event_hash};
pub(crate) use events::Event;
pub(crate) use facts::CaseFacts;
pub(crate) use health::Figures;
pub(crate) use help::HelpRow;
pub(crate) use kiosks::{EnrolledRow, KioskRow};
pub(crate) use library::{ItemRow, REISSUE_MILLIS};
pub(crate) use notices::{NoticeKind, NoticeRow};
pub(crate) use packets::{
    Accepted, Acknowledge, Acknowledged, Drawn, Filing, NewPacket, Opening, PacketRow,
};
pub(crate) use people::GrantRow;
pub(crate) use queue::{TaskRow, TaskState};
pub(crate) use ratings::{
    DEFAULT_CHANNEL, KIOSK_CHANNEL, NewRating, OrderDates, OrderRow, OrderState, WEB_CHANNEL,
};
pub(crate) use results::ResultRow;
pub(crate) use saved::{NewSaved, SavedRow};
pub(crate) use sharing::{CallRow, ViewRow};
pub(crate) use staff::OfficerRow;
pub(crate) use supervision::{CardRow, LateTask, Period, RunningCase};
pub(crate) use tickets::{Call, Counter, CounterAct, Reported, TicketRow};
pub(crate) use versions::{ActKind, ActRow, Shelf, VersionRow};
