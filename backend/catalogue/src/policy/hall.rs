//! Settings of the halls: appointments, check-in, tickets, calls (`specs/domain.md` 5.4).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::clock::OfficeHours;

/// How a hall lets people book, arrive and be called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct HallPolicy {
    /// When counters are open on a working day, for stations without hours of their own.
    pub opening: OfficeHours,
    /// Hours of single stations by their id.
    pub opening_at: BTreeMap<String, OfficeHours>,
    /// Days from today to the first that can be booked.
    pub first_day: u16,
    /// Days from today to the last that can be booked, where the item does not say.
    pub days_ahead: u16,
    /// Minutes of a slot, where the item does not say.
    pub slot_minutes: u16,
    /// Bookings of a slot, where the item does not say.
    pub quota_per_slot: u16,
    /// Minutes before the slot begins from which on people check in.
    pub check_in_before_minutes: u16,
    /// Minutes after the slot began until which people check in.
    pub check_in_after_minutes: u16,
    /// Minutes before the slot begins until which a booking is moved or cancelled.
    pub cancel_before_minutes: u16,
    /// So many no-shows …
    pub no_shows: u16,
    /// … within so many days …
    pub no_show_days: u16,
    /// … and nothing can be booked for so many days.
    pub barred_days: u16,
    /// Most priority and booked tickets in a row while a walk-in waits.
    pub favoured_in_a_row: u32,
    /// Calls after which somebody who did not come is missed.
    pub calls: u32,
    /// How many others are called before one who was missed is called again.
    pub back_places: u32,
    /// Walk-in numbers that a kiosk reserves at once.
    pub range_numbers: u32,
    /// Past calls that an estimate of waiting rests on, the newest.
    pub history_calls: u32,
    /// Fewer past calls give no estimate.
    pub fewest_calls: u32,
    /// Percent of people who should wait no longer than the optimistic estimate.
    pub optimistic_percent: u8,
    /// Percent of people who should wait no longer than the likely estimate.
    pub likely_percent: u8,
}

impl Default for HallPolicy {
    fn default() -> Self {
        Self {
            opening: OfficeHours::default(),
            opening_at: BTreeMap::new(),
            first_day: 1,
            days_ahead: 7,
            slot_minutes: 30,
            quota_per_slot: 4,
            check_in_before_minutes: 30,
            check_in_after_minutes: 15,
            cancel_before_minutes: 120,
            no_shows: 3,
            no_show_days: 90,
            barred_days: 30,
            favoured_in_a_row: 2,
            calls: 3,
            back_places: 3,
            range_numbers: 20,
            history_calls: 200,
            fewest_calls: 10,
            optimistic_percent: 20,
            likely_percent: 60,
        }
    }
}

impl HallPolicy {
    /// When the counters of this station are open on a working day.
    #[must_use]
    pub fn hours(&self, station: &str) -> &OfficeHours {
        self.opening_at.get(station).unwrap_or(&self.opening)
    }
}
