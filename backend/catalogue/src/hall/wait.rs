//! How long somebody will wait: a likely and an optimistic estimate from past calls, and how far they were right.

use crate::policy::HallPolicy;

/// Somebody who was called: how it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PastCall {
    /// How many waited before them when they came.
    pub ahead: u32,
    /// Seconds they waited.
    pub waited: u32,
    /// What they were told; None when there was no estimate.
    pub told: Option<Estimate>,
}

/// Seconds of waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate {
    /// Most people wait no longer.
    pub likely: u32,
    /// A few people wait no longer.
    pub optimistic: u32,
}

/// How far estimates were right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Calibration {
    /// People who were told an estimate and were called.
    pub told: u32,
    /// Of them, those who waited no longer than the likely one.
    pub within_likely: u32,
    /// Of them, those who waited no longer than the optimistic one.
    pub within_optimistic: u32,
    /// Sum of seconds between the likely estimate and the truth.
    pub off_seconds: u64,
}

/// The wait of somebody with so many ahead; None as long as too few were called to tell.
///
/// A hall moves by one place in a time that depends on open counters and the day's matters: past waits for each place
/// hold both.
#[must_use]
pub fn estimate(history: &[PastCall], ahead: u32, policy: &HallPolicy) -> Option<Estimate> {
    let fewest = usize::try_from(policy.fewest_calls).unwrap_or(usize::MAX);
    if history.is_empty() || history.len() < fewest {
        return None;
    }
    let places = |ahead: u32| u64::from(ahead) + 1;
    // Thousandths of a second for each place.
    let mut pace: Vec<u64> = history
        .iter()
        .map(|call| u64::from(call.waited) * 1000 / places(call.ahead))
        .collect();
    pace.sort_unstable();
    let seconds = |percent: u8| {
        let last = pace.len() - 1;
        let at = (last * usize::from(percent.min(100))).div_ceil(100);
        let pace = pace.get(at).copied().unwrap_or_default();
        u32::try_from((pace * places(ahead)).div_ceil(1000)).unwrap_or(u32::MAX)
    };
    Some(Estimate {
        likely: seconds(policy.likely_percent),
        optimistic: seconds(policy.optimistic_percent),
    })
}

/// How far past estimates were right.
#[must_use]
pub fn calibrate(history: &[PastCall]) -> Calibration {
    let mut report = Calibration::default();
    for call in history {
        let Some(told) = call.told else { continue };
        report.told += 1;
        report.within_likely += u32::from(call.waited <= told.likely);
        report.within_optimistic += u32::from(call.waited <= told.optimistic);
        report.off_seconds += u64::from(call.waited.abs_diff(told.likely));
    }
    report
}
