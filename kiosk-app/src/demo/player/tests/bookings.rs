//! The pretended city's bookings: two days of three slots at every station, one place each.

use city_catalogue::hall::BookingState;
use jiff::ToSpan as _;
use jiff::civil::date;
use kiosk_core::{
    AppointmentAsk, AppointmentReply, BookingReply, Refusal, Secret, Shelf, SlotReply,
};

/// Everything booked, each with the grant of who did it.
#[derive(Default)]
pub(super) struct Bookings(Vec<(String, BookingReply)>);

impl Bookings {
    pub(super) fn answer(&mut self, asked: &AppointmentAsk, shelf: &Shelf) -> AppointmentReply {
        match asked {
            AppointmentAsk::Own { grant } => AppointmentReply::Own {
                bookings: self.own(grant).map(|booking| booking.clone()).collect(),
                barred_until: None,
            },
            AppointmentAsk::Slots { station, .. } => AppointmentReply::Slots(self.slots(station)),
            AppointmentAsk::Book {
                id,
                grant,
                item,
                station,
                begins,
            } => {
                let free = self.slots(station).into_iter();
                let mut free = free.filter(|slot| slot.begins == *begins && slot.left > 0);
                let Some(slot) = free.next() else {
                    return AppointmentReply::Refused(Refusal::SlotFull);
                };
                let known = shelf
                    .catalogue
                    .item(item)
                    .expect("an item of the catalogue");
                let booking = BookingReply {
                    id: *id,
                    item: item.clone(),
                    matter: known.name.clone(),
                    station: station.clone(),
                    begins: slot.begins,
                    ends: slot.ends,
                    state: BookingState::Booked,
                    number: format!("B{:03}", self.0.len() + 1),
                    code: Secret::new("K2Q2A-22B22"),
                };
                self.0.push((grant.reveal().to_owned(), booking.clone()));
                AppointmentReply::Done(Box::new(booking))
            }
            AppointmentAsk::Move {
                id,
                grant,
                station,
                begins,
            } => self.change(grant, *id, |booking| {
                station.clone_into(&mut booking.station);
                booking.begins = *begins;
                booking.ends = *begins + 30.minutes();
            }),
            AppointmentAsk::Cancel { id, grant } => self.change(grant, *id, |booking| {
                booking.state = BookingState::Cancelled;
            }),
        }
    }

    fn own(&mut self, grant: &Secret) -> impl Iterator<Item = &mut BookingReply> {
        let own = self
            .0
            .iter_mut()
            .filter(|(whose, _)| whose == grant.reveal());
        own.map(|(_, booking)| booking)
    }

    fn change(
        &mut self,
        grant: &Secret,
        id: uuid::Uuid,
        change: impl FnOnce(&mut BookingReply),
    ) -> AppointmentReply {
        let Some(booking) = self.own(grant).find(|booking| booking.id == id) else {
            return AppointmentReply::Refused(Refusal::Gone);
        };
        change(booking);
        AppointmentReply::Done(Box::new(booking.clone()))
    }

    fn slots(&self, station: &str) -> Vec<SlotReply> {
        let slot = |n: i8| {
            let begins = date(2026, 12, 3 + n / 3).at(9 + n % 3, 0, 0, 0);
            let taken = self.0.iter().any(|(_, booking)| {
                (booking.station.as_str(), booking.begins) == (station, begins)
                    && booking.state != BookingState::Cancelled
            });
            SlotReply {
                begins,
                ends: begins + 30.minutes(),
                left: u16::from(!taken),
            }
        };
        (0..6).map(slot).collect()
    }
}
