//! The hall of a station: appointments, check-in, tickets, and whom a counter calls next.
//!
//! Source: domain specification, section 5.4; what it marks as a choice is set in [`crate::policy::HallPolicy`].

mod booking;
mod check_in;
mod queue;
mod slots;
mod ticket;
mod wait;

#[cfg(test)]
mod tests;

pub use booking::{BookingState, barred_until, can_be_changed};
pub use check_in::{Booking, CheckIn, check_in};
pub use queue::{CallError, Queue, Run, Ticket, TicketState};
pub use slots::{Schedule, Slot};
pub use ticket::{Letter, NotATicket, TicketNumber};
pub use wait::{Calibration, Estimate, PastCall, calibrate, estimate};
