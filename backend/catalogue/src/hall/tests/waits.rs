//! Estimates of waiting.

use proptest::prelude::*;

use crate::hall::{Estimate, PastCall, calibrate, estimate};
use crate::policy::HallPolicy;

#[test]
fn too_few_calls_give_no_estimate_and_an_even_day_a_sharp_one() {
    let policy = HallPolicy::default();
    let call = |ahead: u32| PastCall {
        ahead,
        waited: (ahead + 1) * 60,
        told: None,
    };
    let history: Vec<_> = (0..10).map(call).collect();
    assert_eq!(estimate(&history[..9], 4, &policy), None);
    let sharp = estimate(&history, 4, &policy).unwrap();
    assert_eq!(
        sharp,
        Estimate {
            likely: 300,
            optimistic: 300
        }
    );
}

proptest! {
    /// What is told of the past holds for the past: as many wait no longer as the settings say.
    #[test]
    fn estimates_of_a_known_day_hold_for_as_many_as_was_set(
        days in prop::collection::vec((0..40_u32, 1..400_u32), 10..200),
    ) {
        let policy = HallPolicy::default();
        let history: Vec<_> = days
            .iter()
            .map(|(ahead, pace)| PastCall { ahead: *ahead, waited: (ahead + 1) * pace, told: None })
            .collect();
        let told: Vec<_> = history
            .iter()
            .map(|call| PastCall { told: estimate(&history, call.ahead, &policy), ..*call })
            .collect();
        let report = calibrate(&told);
        let all = u32::try_from(days.len()).unwrap();
        prop_assert_eq!(report.told, all);
        prop_assert!(report.within_likely * 100 >= all * u32::from(policy.likely_percent));
        prop_assert!(report.within_optimistic * 100 >= all * u32::from(policy.optimistic_percent));
        prop_assert!(told.iter().all(|call| call.told.is_some_and(|told| told.optimistic <= told.likely)));
    }
}
