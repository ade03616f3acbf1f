//! The life of a case: where it stands, what may be done with it, by whom, and what is told of it.
//!
//! One table ([`Standing::step`]) says which move leads where and who may make it; everything that is not in it is
//! refused. Times and persons come in as arguments.
//!
//! Source: domain specification, section 4.2; 接办分离 (R32).

mod actor;
mod event;
mod moves;
mod result;
mod state;
mod table;
#[cfg(test)]
mod tests;

pub use actor::{Actor, By};
pub use event::EventKind;
pub use moves::Move;
pub use result::{ResultCode, UnknownResultCode};
pub use state::{RunningClock, State, UnknownState};
pub use table::{Refusal, Standing, Why};
