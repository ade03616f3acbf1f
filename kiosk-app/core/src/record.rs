//! The record of a visit: shapes and times of what happened, never a value.
//!
//! It travels sealed with the packet, so that a dispute can be settled by replay, and is
//! dropped when nothing was filed.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Longest record; older entries stay, the last one says that later ones are missing.
const MOST: usize = 2_000;

/// Shape of the last entry of a record that went on beyond the bound.
const CUT: &str = "cut";

/// What happened, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitRecord {
    /// Milliseconds since the visit began, and the shape of the event.
    pub events: Vec<(u64, String)>,
}

impl VisitRecord {
    /// Writes one event down.
    pub(crate) fn note(&mut self, since_begin: Duration, shape: &str) {
        let shape = match MOST.saturating_sub(self.events.len()) {
            0 => return,
            1 => CUT,
            _ => shape,
        };
        let milliseconds = u64::try_from(since_begin.as_millis()).unwrap_or(u64::MAX);
        self.events.push((milliseconds, shape.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endless_visit_keeps_a_bounded_record() {
        let mut record = VisitRecord::default();
        for second in 0..2_500 {
            record.note(Duration::from_secs(second), "touch:type");
        }
        assert_eq!(record.events.len(), MOST);
        let last = record.events.last().map(|(_, shape)| shape.as_str());
        assert_eq!(last, Some(CUT), "and says that it was cut");
    }
}
