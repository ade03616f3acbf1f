//! The visit of one person at a kiosk, as a pure state machine.
//!
//! [`Kiosk::handle`] takes what happened and says what to do; [`Kiosk::screen`] says what the
//! person sees; [`Kiosk::deadline`] says when to call again with [`Event::Tick`]. The clock is
//! an argument, randomness comes in with touches, slow work is an [`Effect`] whose result comes
//! back as an [`Event`] carrying the number of the question; a late answer is ignored.
//!
//! Nothing about a person is in [`Kiosk`] before a visit begins or after it has ended.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod aloud;
mod application;
mod appointment;
mod availability;
mod card;
mod check_in;
mod code;
mod delivery;
mod display;
mod effect;
mod enquiry;
mod entry;
mod event;
mod hearing;
mod help;
mod kiosk;
mod lights;
mod now;
mod person;
mod portrait;
mod presence;
mod principal;
mod problem;
mod record;
pub mod screen;
pub mod service;
mod source;
mod steps;
mod timers;
mod touch;
mod visit;
mod withdrawal;

pub use aloud::{Aloud, Key, Letter, Press, Spelling, Stop, Volume, field, letters, stops};
pub use application::{FiledMaterial, Filing, FilingKind, Form, Identity, Level, Material, Method};
pub use appointment::{
    AppointmentAsk, AppointmentReply, BookingReply, BookingShown, Deed, Refusal, SlotReply,
};
pub use availability::{DeviceState, Devices, Halt, Link, PrintTrouble, ReaderModule, Shelf};
pub use check_in::{
    Arrived, CheckInBy, CheckInReply, HallEntry, HallKept, Listed, ListedBy, TicketShown,
};
pub use code::{Code, CodeAsk, CodeTrouble};
pub use delivery::{DeliveryReply, Wish};
pub use display::{Contrast, Display, TextSize};
pub use effect::{Effect, FiledMatter, Request, ScanLook, ScanRoom, SlipData};
pub use enquiry::{CaseFact, Enquiry, EnquiryAsk, EnquiryRefusal, EnquiryReply, Usual, Wording};
pub use event::{
    AskId, Away, Composed, Event, FactorReply, MatterReply, Outcome, OutcomeReply, Prefilled,
    PrintedAs, ReaderEvent, Reply, ResultReply, Scanned,
};
pub use help::{HelpAsk, HelpReply, HelpShown};
pub use kiosk::{Kiosk, Settings};
pub use lights::Lights;
pub use now::Now;
pub use person::{DocumentKind, Person, Secret};
pub use portrait::{PortraitEvent, PortraitOrder, PortraitWanted};
pub use principal::{AUTHORITY_PAPER, Acting, Agreement, AuthorityReply, Relation};
pub use record::VisitRecord;
pub use screen::Screen;
pub use source::value_from_source;
pub use touch::{Tap, Touch};
pub use withdrawal::{WithdrawAsk, WithdrawRefusal, WithdrawReply};
