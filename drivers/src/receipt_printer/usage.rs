//! Paper used and how long the roll still lasts. Pure.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Rows of one millimetre.
const ROWS_PER_MM: u64 = 8;
/// Blank rows every cut costs: the way from the head to the knife, about 12 mm.
pub(super) const CUT_ROWS: u64 = 96;
/// What a roll still holds when the near-end sensor first sees its core, at most: 8 m. The
/// sensor is not calibrated; a forecast must not promise more.
const NEAR_END_MM: u64 = 8_000;

/// Paper and mechanics used, to be added up by whoever keeps the counters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaperUse {
    /// Rows moved at most, 8 to a millimetre: what was handed over and what each cut feeds.
    pub rows: u64,
    /// Strokes of the knife.
    pub cuts: u32,
    /// Slips drawn back because nobody took them.
    pub retracts: u32,
}

impl PaperUse {
    /// Metres of paper.
    #[must_use]
    pub fn metres(&self) -> f64 {
        self.rows as f64 / (ROWS_PER_MM * 1000) as f64
    }

    /// This and `more` together.
    #[must_use]
    pub fn plus(&self, more: &Self) -> Self {
        Self {
            rows: self.rows.saturating_add(more.rows),
            cuts: self.cuts.saturating_add(more.cuts),
            retracts: self.retracts.saturating_add(more.retracts),
        }
    }
}

/// The roll in the printer, as the technician entered it and the counters followed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Roll {
    /// Length when it was put in, in millimetres.
    pub length_mm: u32,
    /// Used since then.
    pub used: PaperUse,
    /// Slips printed since then.
    pub slips: u32,
    /// How long it has been in.
    pub age: Duration,
    /// The near-end sensor sees the core.
    pub near_end: bool,
}

/// How long a roll still lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Forecast {
    /// Paper left, in millimetres.
    pub left_mm: u32,
    /// Slips left, each as long as the average so far; `None` before the first.
    pub slips: Option<u32>,
    /// Time left at the pace so far; `None` before the first slip.
    pub time: Option<Duration>,
}

impl Roll {
    /// What is left of the roll, by what was used of it.
    #[must_use]
    pub fn forecast(&self) -> Forecast {
        let used_mm = self.used.rows / ROWS_PER_MM;
        let counted = u64::from(self.length_mm).saturating_sub(used_mm);
        let left = if self.near_end {
            counted.min(NEAR_END_MM)
        } else {
            counted
        };
        let share = |of: u128| (used_mm > 0).then(|| of * u128::from(left) / u128::from(used_mm));
        let begun = self.slips > 0;
        Forecast {
            left_mm: u32::try_from(left).unwrap_or(u32::MAX),
            slips: share(u128::from(self.slips))
                .filter(|_| begun)
                .map(|slips| u32::try_from(slips).unwrap_or(u32::MAX)),
            time: share(self.age.as_secs().into())
                .filter(|_| begun)
                .map(|seconds| Duration::from_secs(u64::try_from(seconds).unwrap_or(u64::MAX))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    fn roll(used_mm: u64, slips: u32, days: u32) -> Roll {
        Roll {
            length_mm: 80_000,
            used: PaperUse {
                rows: used_mm * ROWS_PER_MM,
                cuts: slips,
                retracts: 0,
            },
            slips,
            age: DAY * days,
            near_end: false,
        }
    }

    #[test]
    fn a_roll_half_used_in_ten_days_lasts_ten_more() {
        let forecast = roll(40_000, 250, 10).forecast();
        assert_eq!(
            (forecast.left_mm, forecast.slips, forecast.time),
            (40_000, Some(250), Some(DAY * 10))
        );
    }

    #[test]
    fn a_new_roll_promises_no_time() {
        let forecast = roll(0, 0, 0).forecast();
        assert_eq!(
            (forecast.left_mm, forecast.slips, forecast.time),
            (80_000, None, None)
        );
    }

    #[test]
    fn the_sensor_at_the_core_is_believed_before_the_counter() {
        let near = Roll {
            near_end: true,
            ..roll(20_000, 100, 5)
        };
        let forecast = near.forecast();
        assert_eq!((forecast.left_mm, forecast.slips), (8_000, Some(40)));
        assert_eq!(forecast.time, Some(DAY * 2));
        let almost_empty = Roll {
            near_end: true,
            ..roll(79_000, 100, 5)
        };
        assert_eq!(almost_empty.forecast().left_mm, 1_000);
    }

    #[test]
    fn a_roll_longer_than_entered_is_empty_and_not_a_panic() {
        assert_eq!(roll(90_000, 10, 1).forecast().left_mm, 0);
        let most = PaperUse {
            rows: u64::MAX,
            cuts: u32::MAX,
            retracts: u32::MAX,
        };
        assert_eq!(most.plus(&most), most);
        let endless = Roll {
            used: most,
            ..roll(1, 1, 1)
        };
        assert_eq!(endless.forecast().left_mm, 0);
    }

    #[test]
    fn eight_rows_are_a_millimetre() {
        let used = PaperUse {
            rows: 12_000,
            ..PaperUse::default()
        };
        assert!((used.metres() - 1.5).abs() < 1e-9);
    }
}
