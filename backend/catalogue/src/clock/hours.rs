//! Office hours, for the day an acceptance counts from.

use jiff::civil::Time;
use serde::{Deserialize, Serialize};

/// The spans of a working day a clock can start in, for example 9:00-12:00 and 13:30-17:30.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<(Time, Time)>", into = "Vec<(Time, Time)>")]
pub struct OfficeHours {
    spans: Vec<(Time, Time)>,
}

/// Office hours that are empty or out of order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("office hours need spans in order, each opening before it closes")]
pub struct InvalidHours;

impl OfficeHours {
    /// The given spans, opening to closing, in order.
    ///
    /// # Errors
    /// [`InvalidHours`] when there is none or they overlap.
    pub fn new(spans: Vec<(Time, Time)>) -> Result<Self, InvalidHours> {
        let each = spans.iter().all(|(open, close)| open < close);
        let order = spans
            .iter()
            .zip(spans.iter().skip(1))
            .all(|(a, b)| a.1 <= b.0);
        if spans.is_empty() || !each || !order {
            return Err(InvalidHours);
        }
        Ok(Self { spans })
    }

    /// The spans, opening to closing, in order.
    #[must_use]
    pub fn spans(&self) -> &[(Time, Time)] {
        &self.spans
    }

    /// Whether offices are open at `time` of a working day.
    #[must_use]
    pub fn is_open(&self, time: Time) -> bool {
        self.spans
            .iter()
            .any(|(open, close)| *open <= time && time < *close)
    }

    /// Whether an acceptance at `time` of a working day counts on that day: it is before opening or
    /// in a span. In the break and after closing it counts from the next working day's opening.
    #[must_use]
    pub fn counts_today(&self, time: Time) -> bool {
        self.is_open(time) || self.spans.first().is_some_and(|(open, _)| time < *open)
    }
}

impl Default for OfficeHours {
    /// 9:00-12:00 and 13:30-17:30.
    fn default() -> Self {
        let at = |hour, minute| Time::constant(hour, minute, 0, 0);
        Self {
            spans: vec![(at(9, 0), at(12, 0)), (at(13, 30), at(17, 30))],
        }
    }
}

impl TryFrom<Vec<(Time, Time)>> for OfficeHours {
    type Error = InvalidHours;

    fn try_from(spans: Vec<(Time, Time)>) -> Result<Self, InvalidHours> {
        Self::new(spans)
    }
}

impl From<OfficeHours> for Vec<(Time, Time)> {
    fn from(hours: OfficeHours) -> Self {
        hours.spans
    }
}
