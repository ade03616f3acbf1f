//! What an item costs the people who need it.

use serde::{Deserialize, Serialize};

use crate::record::{Item, LimitUnit, Material, Necessity, Supply};

/// The four measures of an item (R1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Burden {
    /// Materials the applicant brings: papers and the identity document. What is shared, made at the kiosk, optional or
    /// replaced by a commitment is not brought.
    pub materials: u32,
    /// Times the applicant must come beyond filing.
    pub visits: u32,
    /// Steps of the flow.
    pub steps: u32,
    /// Promised limit in `unit`; 0 is on the spot.
    pub days: u32,
    /// Unit of `days`.
    pub unit: LimitUnit,
}

closed_list! {
    /// One of the four measures.
    Measure {
        /// Materials to bring.
        Materials = "materials",
        /// Visits.
        Visits = "visits",
        /// Steps.
        Steps = "steps",
        /// Promised days.
        Days = "days",
    }
}

impl Burden {
    /// The measures of `item`.
    #[must_use]
    pub fn of(item: &Item) -> Self {
        let brought = item
            .materials
            .iter()
            .filter(|material| is_brought(item, material));
        Self {
            materials: count(brought.count()),
            visits: item.on_site_visits.into(),
            steps: count(item.steps.len()),
            days: item.promised_limit.value,
            unit: item.promised_limit.unit,
        }
    }

    /// The measures that are higher than `before`. Limits of another unit are never converted: the change itself counts
    /// as higher, unless the new one is on the spot.
    #[must_use]
    pub fn rises(&self, before: &Self) -> Vec<Measure> {
        let longer = if self.unit == before.unit {
            self.days > before.days
        } else {
            self.days > 0
        };
        let higher = [
            (Measure::Materials, self.materials > before.materials),
            (Measure::Visits, self.visits > before.visits),
            (Measure::Steps, self.steps > before.steps),
            (Measure::Days, longer),
        ];
        let higher = higher.into_iter().filter(|(_, higher)| *higher);
        higher.map(|(measure, _)| measure).collect()
    }
}

/// The measures in which `item` burdens people more than `before` without saying why.
#[must_use]
pub fn unexplained(item: &Item, before: &Item) -> Vec<Measure> {
    let explained = item
        .revision
        .as_ref()
        .is_some_and(|revision| !revision.why.trim().is_empty());
    if explained {
        return Vec::new();
    }
    Burden::of(item).rises(&Burden::of(before))
}

fn is_brought(item: &Item, material: &Material) -> bool {
    matches!(material.supply, Supply::Submit | Supply::IdRead)
        && material.necessity != Necessity::Optional
        && !item.allows_commitment(material)
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
