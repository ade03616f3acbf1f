//! The fields of a number of the queue.

use jiff::civil::DateTime;
use kiosk_core::TicketShown;
use kiosk_paper::slip::template::{List, Values};

use super::Standing;
use crate::words::Words;

/// Fields of the slip; `wait` is not known when nobody counted, `kept` is there while the city has not heard of it.
pub(super) const FIELDS: &[&str] = &["city", "station", "phone", "number", "wait", "kept", "time"];

/// It has no lists.
pub(super) const LISTS: &[List<'_>] = &[];

/// A number as it was when it was given.
pub(super) struct Ticket<'a> {
    pub(super) at: DateTime,
    pub(super) ticket: &'a TicketShown,
    pub(super) kept_here: bool,
    pub(super) copy: u32,
}

impl Ticket<'_> {
    pub(super) fn values(&self, words: Words, standing: &Standing) -> Values {
        let mut values = Values::new()
            .with("city", words.text(&standing.city))
            .with("station", words.text(&standing.station))
            .with("phone", standing.phone.clone())
            .with("number", self.ticket.number.clone())
            .with("wait", words.queue(self.ticket))
            .with("kept", self.kept_here.then(|| words.get("slip.queue-kept")))
            .with("time", words.moment(self.at));
        values.copy = self.copy;
        values
    }
}
