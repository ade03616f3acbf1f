//! The working-day clock: which days count, and when a limit ends.
//!
//! Time is always an argument. Days are civil days of the city's fixed time zone (UTC+8).
//!
//! Source: domain specification, sections 4.4 and 8.

mod calendar;
mod deadline;
mod hours;
#[cfg(test)]
mod tests;
mod warning;

pub use calendar::Calendar;
pub use deadline::{ClockError, Deadline, Running, Stopped};
pub use hours::{InvalidHours, OfficeHours};
pub use warning::{RunningDays, Warning};
