//! The example of the guide "write a driver in an hour" does what the guide says.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::time::Duration;

use kiosk_drivers::conformance::{Check, Limits, Verdict};
use kiosk_drivers::sim_host::SimHost;
use queue_lamp::{SimLamp, checks, light};

#[path = "../examples/queue_lamp.rs"]
mod queue_lamp;

fn impatient() -> Limits {
    let answer = Duration::from_secs(3);
    Limits {
        answer,
        ..Limits::default()
    }
}

fn failed(checks: &[Check]) -> Vec<(&str, &str)> {
    let failed = checks
        .iter()
        .filter(|check| check.verdict == Verdict::Failed);
    failed
        .map(|check| (check.name, check.detail.as_str()))
        .collect()
}

#[test]
fn the_lamp_of_the_guide_conforms_and_is_lit() {
    let host = SimHost::on_pty(SimLamp::default(), Some(9600), None).unwrap();
    let checks = checks(&host, impatient());
    assert_eq!(failed(&checks), []);
    assert_eq!(checks.len(), 5, "{checks:?}");
    assert!(!host.device(|lamp| lamp.lit), "silent means dark");
    light(&host).unwrap();
    assert!(host.device(|lamp| lamp.lit));
    queue_lamp::main().unwrap();
}

#[test]
fn a_lamp_that_is_silent_or_has_no_bulb_does_not_conform() {
    let host = SimHost::on_pty(SimLamp::default(), None, None).unwrap();
    host.device(|lamp| lamp.broken = true);
    let broken = checks(&host, impatient());
    assert_eq!(failed(&broken)[0].0, "status");
    assert!(
        failed(&broken)[0].1.contains("hardware_error bulb"),
        "{broken:?}"
    );
    host.device(|lamp| lamp.silent = true);
    assert_eq!(failed(&checks(&host, impatient()))[0].0, "identifies");
}

#[test]
fn the_example_is_as_short_as_the_guide_says() {
    let text = include_str!("../examples/queue_lamp.rs");
    assert!(text.lines().count() < 200, "{}", text.lines().count());
}
