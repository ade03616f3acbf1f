//! The pretended room's hall: bookings of today, numbers given with and without the city.

use city_catalogue::hall::{BookingState, CheckIn};
use jiff::ToSpan as _;
use jiff::civil::DateTime;
use kiosk_core::{
    Away, CheckInBy, CheckInReply, Event, HallEntry, HallKept, Listed, ListedBy, Reply, Request,
    Secret, TicketShown,
};
use uuid::Uuid;

/// The hall.
#[derive(Default)]
pub(super) struct Hall {
    /// Number of the card, and what was booked with it.
    booked: Vec<(Secret, Listed)>,
    /// Numbers in the city's queue.
    pub(super) queue: Vec<String>,
    /// Given here, and not told yet.
    untold: Vec<(Event, Option<String>)>,
    drawn: u32,
}

impl Hall {
    pub(super) fn book(&mut self, number: Secret, now: DateTime, minutes: i64) {
        let begins = now.saturating_add(minutes.minutes());
        let place = self.booked.len() + 1;
        let listed = Listed {
            id: Uuid::from_u128(place as u128),
            begins,
            opens: begins.saturating_sub(30.minutes()),
            closes: begins.saturating_add(15.minutes()),
            state: BookingState::Booked,
            ticket: format!("B{place:03}"),
        };
        self.booked.push((number, listed));
    }

    fn find(&self, number: &str) -> Option<&Listed> {
        let mut found = self.booked.iter();
        found
            .find(|(of, _)| of.reveal() == number)
            .map(|(_, listed)| listed)
    }

    /// What is known here, or what the city says of somebody who has booked; `None` for the rest.
    pub(super) fn answer(&self, request: &Request, up: bool) -> Option<Result<Reply, Away>> {
        match request {
            Request::Listed {
                by: ListedBy::Number(number) | ListedBy::Code(number),
            } => Some(Ok(Reply::Listed(self.find(number.reveal()).cloned()))),
            // The grant of this city is the number of the card.
            Request::CheckIn {
                by: CheckInBy::Grant(grant),
            } if up => {
                let listed = self.find(grant.reveal())?;
                let ticket = TicketShown {
                    number: listed.ticket.clone(),
                    counter: None,
                    ahead: Some(0),
                    minutes: None,
                };
                let reply = CheckInReply {
                    outcome: match listed.state {
                        BookingState::Arrived => CheckIn::Already,
                        _ => CheckIn::InTime,
                    },
                    ticket: Some(ticket),
                    station: Some("S001".into()),
                    begins: Some(listed.begins),
                    opens: None,
                };
                Some(Ok(Reply::CheckIn(Box::new(reply))))
            }
            _ => None,
        }
    }

    pub(super) fn keep(&mut self, entry: &HallEntry) -> HallKept {
        let number = entry.ticket.map(|ticket| {
            self.drawn += 1;
            let number = format!("A{:03}", 20 + self.drawn);
            let told = Event::Queued { ticket };
            self.untold.push((told, Some(number.clone())));
            number
        });
        if let Some(arrival) = entry.arrival {
            let mut booked = self.booked.iter_mut();
            let found = booked.find(|(_, listed)| listed.id == arrival.booking);
            let (_, listed) = found.expect("a booking of the list");
            listed.state = BookingState::Arrived;
            let told = Event::Received {
                application: arrival.packet,
                filing: String::new(),
                case: None,
            };
            let own = number.is_none().then(|| listed.ticket.clone());
            self.untold.push((told, own));
        }
        HallKept { number }
    }

    /// Tells the city, when it is there.
    pub(super) fn tell(&mut self, up: bool) -> Vec<Event> {
        if !up {
            return Vec::new();
        }
        let told = std::mem::take(&mut self.untold);
        self.queue
            .extend(told.iter().filter_map(|(_, n)| n.clone()));
        told.into_iter().map(|(event, _)| event).collect()
    }
}
