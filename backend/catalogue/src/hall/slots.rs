//! Slots that can be booked: cut from opening hours, on working days.

use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime, Time};

use crate::clock::{Calendar, OfficeHours};
use crate::policy::HallPolicy;
use crate::record::{Appointment, Station};

/// Days ahead that are looked at, at most: nobody plans further, and a mistyped setting must not fill a screen.
const MOST_DAYS: u16 = 92;

/// A span in which some people are expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot {
    /// Its begin.
    pub begins: DateTime,
    /// Its end.
    pub ends: DateTime,
}

/// What can be booked for one item at one station.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule<'a> {
    hours: &'a OfficeHours,
    /// Days from today to the first and the last.
    days: (u16, u16),
    slot_minutes: u16,
    /// Bookings of each slot.
    pub quota: u16,
}

impl<'a> Schedule<'a> {
    /// What the item, the station and the city's settings give; None where nothing can be booked: the item does not
    /// take bookings, or the station has no counter.
    #[must_use]
    pub fn new(item: &Appointment, station: &Station, policy: &'a HallPolicy) -> Option<Self> {
        if !item.supported || station.windows == 0 {
            return None;
        }
        let or = |own: u16, default| if own == 0 { default } else { own };
        Some(Self {
            hours: policy.hours(&station.id),
            days: (
                policy.first_day,
                or(item.days_ahead, policy.days_ahead).min(MOST_DAYS),
            ),
            slot_minutes: or(item.slot_minutes, policy.slot_minutes),
            quota: or(item.quota_per_slot, policy.quota_per_slot),
        })
    }

    /// Every slot that can be booked today, in order.
    #[must_use]
    pub fn slots(&self, today: Date, calendar: &Calendar) -> Vec<Slot> {
        (self.days.0..=self.days.1)
            .filter_map(|ahead| today.checked_add(i64::from(ahead).days()).ok())
            .filter(|day| calendar.is_workday(*day))
            .flat_map(|day| self.slots_of(day))
            .collect()
    }

    /// The slot that begins then; None when none can be booked there.
    #[must_use]
    pub fn slot(&self, begins: DateTime, today: Date, calendar: &Calendar) -> Option<Slot> {
        let mut slots = self.slots(today, calendar).into_iter();
        slots.find(|slot| slot.begins == begins)
    }

    /// Whole slots of a day: a rest at the end of a span is none.
    fn slots_of(&self, day: Date) -> Vec<Slot> {
        let length = i64::from(self.slot_minutes).minutes();
        let mut slots = Vec::new();
        for (open, close) in self.hours.spans() {
            let mut begins = *open;
            while let Some(ends) = later(begins, length).filter(|ends| ends <= close) {
                slots.push(Slot {
                    begins: day.to_datetime(begins),
                    ends: day.to_datetime(ends),
                });
                begins = ends;
            }
        }
        slots
    }
}

/// None when it would be no later: past midnight, or no step at all.
fn later(time: Time, span: jiff::Span) -> Option<Time> {
    time.checked_add(span).ok().filter(|later| *later > time)
}
