//! Service items, form rules and working-day clocks of a city, pure.
//!
//! The kiosk and the city use this one crate, so both decide alike what is asked, what is valid,
//! what an item needs and when a case is due. There is no clock, file, thread or network in here:
//! days, bytes and facts are arguments.
//!
//! * [`record`]: the typed records of `catalogue.json`
//! * [`code`]: item codes, credit codes, citizen numbers
//! * [`library`]: the items as a whole: burdens, versions, reports, guides
//! * [`load`]: reading and validating a catalogue, all faults at once
//! * [`form`]: what is asked and whether an answer is right
//! * [`regions`]: the division tree
//! * [`clock`]: working days and deadlines
//! * [`needs`]: devices, identity and offline class of an item
//! * [`case`]: states of a case
//! * [`delivery`]: how a result reaches the applicant
//! * [`hall`]: appointments, check-in and queue of a station
//! * [`policy`]: what the city sets by itself
//! * [`contract`]: whose data may be called by whom, for what
//! * [`complete`]: whether the materials of an application are what its item asks for
//! * [`routing`]: which body is competent
//! * [`search`]: finding an item by words or pinyin

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

#[macro_use]
mod list;

pub mod case;
pub mod clock;
pub mod code;
pub mod complete;
pub mod contract;
mod decimal;
pub mod delivery;
pub mod form;
pub mod hall;
pub mod library;
pub mod load;
pub mod needs;
pub mod policy;
pub mod record;
pub mod regions;
pub mod routing;
#[cfg(test)]
mod sample;
pub mod search;

pub use code::ItemCode;
pub use load::{Catalogue, Fault, FaultCode, Refused};
pub use record::{Item, Lang, Text};
