//! The fields of a booking.

use jiff::civil::DateTime;
use kiosk_core::BookingShown;
use kiosk_paper::slip::template::{List, Values};

use super::Standing;
use crate::words::Words;

/// Fields of the slip; `name` is not known when nobody was identified any more, `address` not of a
/// station that the catalogue does not know.
pub(super) const FIELDS: &[&str] = &[
    "city", "station", "phone", "name", "item", "when", "place", "address", "code", "number",
    "time",
];

/// Lists of the slip.
pub(super) const LISTS: &[List<'_>] = &[List {
    name: "paper",
    inside: None,
    fields: &["name"],
}];

/// A booking as the city told it.
pub(super) struct Booking<'a> {
    pub(super) at: DateTime,
    pub(super) name: Option<&'a str>,
    pub(super) booking: &'a BookingShown,
    pub(super) copy: u32,
}

impl Booking<'_> {
    pub(super) fn values(&self, words: Words, standing: &Standing) -> Values {
        let booking = self.booking;
        let papers = booking.bring.iter();
        let address = Some(booking.station.address.clone()).filter(|text| !text.is_empty());
        let mut values = Values::new()
            .with("city", words.text(&standing.city))
            .with("station", words.text(&standing.station))
            .with("phone", standing.phone.clone())
            .with("name", self.name.map(str::to_owned))
            .with("item", words.text(&booking.matter))
            .with("when", words.slot(booking.begins, booking.ends))
            .with("place", words.text(&booking.station.name))
            .with("address", address)
            .with("code", booking.code.reveal().to_owned())
            .with("number", booking.number.clone())
            .with("time", words.moment(self.at))
            .with_list(
                "paper",
                papers.map(|name| Values::new().with("name", words.text(name))),
            );
        values.copy = self.copy;
        values
    }
}
