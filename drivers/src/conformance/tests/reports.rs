//! The report itself, and a run that is ended.

use serde_json::json;

use super::*;
use crate::conformance::{NoGuide, Verdict};
use crate::id_card::sim::SimReader;
use crate::receipt_printer::PaperUse;

/// Skips what it is asked once, and ends the run the second time.
struct Hurried(u32);

impl Guide for Hurried {
    fn ask(&mut self, _instruction: Instruction) -> Answer {
        self.0 += 1;
        if self.0 == 1 {
            Answer::Skip
        } else {
            Answer::Stop
        }
    }
}

#[test]
fn what_the_technician_skips_or_ends_is_neither_passed_nor_failed() {
    let (host, _folder) = host(SimReader::default());
    let target = target(host.selector());
    let mut hurried = Hurried(0);
    let report = guided(DeviceKind::IdCard, &target, &mut hurried);
    passes(&report);
    assert_eq!(hurried.0, 2, "{report}");
    let last: Vec<_> = report.checks.iter().rev().take(2).collect();
    assert!(
        last.iter().all(|check| check.verdict == Verdict::Skipped),
        "{report}"
    );
    assert_eq!(last[0].detail, "the run was ended");
}

#[test]
fn a_run_without_time_left_fails_and_says_so() {
    let (host, _folder) = host(SimReader::default());
    let mut target = target(host.selector());
    target.limits.whole = Duration::ZERO;
    let report = guided(DeviceKind::IdCard, &target, &mut NoGuide);
    fails(&report, "opens", "no time is left");
    assert_eq!(report.checks.len(), 1);
}

#[test]
fn the_report_reads_the_same_in_json_and_text() {
    let check = |name, verdict, detail: &str| Check {
        name,
        verdict,
        detail: detail.to_owned(),
    };
    let mut report = Report {
        kind: DeviceKind::Cabinet,
        device: "serial:/dev/ttyS4".to_owned(),
        level: Level::Active,
        identity: None,
        checks: vec![
            check("opens", Verdict::Passed, ""),
            check("works", Verdict::Skipped, "not here"),
        ],
        paper: PaperUse::default(),
    };
    assert!(report.passed());
    assert_eq!(report.summary(), "1 checks passed, 1 skipped");
    report
        .checks
        .push(check("light-card", Verdict::Failed, "dark"));
    assert_eq!(
        report.to_json(),
        json!({
            "kind": "cabinet", "device": "serial:/dev/ttyS4", "level": "active",
            "passed": false, "identity": null, "detail": "light-card: dark",
            "checks": [
                {"name": "opens", "verdict": "passed", "detail": ""},
                {"name": "works", "verdict": "skipped", "detail": "not here"},
                {"name": "light-card", "verdict": "failed", "detail": "dark"},
            ],
        })
    );
    let text = report.to_string();
    assert!(text.contains("light-card         FAILED   dark"), "{text}");
    assert!(
        text.ends_with("cabinet serial:/dev/ttyS4: FAILED (-) light-card: dark"),
        "{text}"
    );
    report.checks.clear();
    assert!(!report.passed(), "nothing was shown");
}

#[test]
fn every_kind_is_found_by_its_name() {
    for kind in DeviceKind::ALL {
        assert_eq!(DeviceKind::from_name(kind.name()), Some(kind));
    }
    assert_eq!(DeviceKind::from_name("camera"), None);
}
