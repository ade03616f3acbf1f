//! The time, as an argument.

use std::time::Duration;

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

/// The moment an event happened.
///
/// `up` never jumps and drives every time-out; `civil` is the city's clock (fixed UTC+8)
/// and is only written down and compared by day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Now {
    /// Time since the program started.
    pub up: Duration,
    /// Date and time of day in the city.
    pub civil: DateTime,
}
