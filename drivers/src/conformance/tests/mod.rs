//! The suites against the simulators: good devices pass, broken ones fail the right check.

mod paper;
mod reports;
mod streams;

use std::net::SocketAddr;
use std::time::Duration;

use super::{
    Answer, Check, DeviceKind, Guide, Instruction, Level, Limits, NoGuide, Report, Target, run,
};
use crate::at_once::at_once;
use crate::selector::Selector;
use crate::sim_host::SimHost;
use crate::transport::simulated::SimulatedDevice;

// What waits for printers, hands and silence in real time.
at_once! {
    paper::a_good_receipt_printer_passes_every_level_and_wastes_no_paper_in_silence,
    paper::a_printer_with_a_presenter_passes_with_what_it_can_prove,
    paper::a_printer_with_a_tear_bar_passes_with_what_it_can_prove,
    paper::a_generic_clone_passes_with_what_it_can_prove,
    paper::a_printer_without_paper_is_not_ready,
    paper::a_printer_that_confirms_whatever_it_likes_fails_to_print,
    paper::a_printer_whose_knife_jams_fails_to_print,
    paper::a_printer_blind_to_its_cover_fails_the_cover,
    paper::a_printer_switched_off_does_not_identify_itself,
    paper::a_good_document_printer_passes_every_level_and_prints_each_page_once,
    streams::a_good_reader_passes_every_level,
    streams::a_reader_without_a_card_is_not_at_fault,
    streams::a_silent_reader_does_not_identify_itself,
    streams::a_reader_that_misses_the_removal_fails_it,
    streams::crossed_wires_of_a_keypad_fail_the_key_and_name_the_one_that_came,
    streams::a_good_code_scanner_passes_every_level_and_is_dark_in_silence,
    streams::a_deaf_code_scanner_does_not_identify_itself,
    streams::a_code_scanner_that_goes_deaf_at_work_fails_the_trigger,
    streams::a_code_scanner_set_to_another_encoding_fails_the_code,
    streams::a_good_cabinet_passes_every_level_and_is_dark_afterwards,
    streams::a_technician_who_stands_before_the_kiosk_already_has_only_to_step_away,
    streams::a_door_switch_that_hangs_fails_the_door,
    streams::a_board_that_takes_another_address_does_not_identify_itself,
}

/// A hand that does to the simulator what the instruction says.
struct Hand<F>(F);

impl<F: FnMut(Instruction)> Guide for Hand<F> {
    fn ask(&mut self, instruction: Instruction) -> Answer {
        (self.0)(instruction);
        Answer::Done
    }
}

/// Something that happens right after a check, as things do.
struct After<F>(&'static str, Option<F>);

impl<F: FnOnce()> Guide for After<F> {
    fn ask(&mut self, _instruction: Instruction) -> Answer {
        Answer::Skip
    }

    fn ended(&mut self, check: &Check) {
        if check.name == self.0
            && let Some(happen) = self.1.take()
        {
            happen();
        }
    }
}

/// `device` on a pty under a link, so that it can be unplugged and found again.
fn host<D: SimulatedDevice + 'static>(device: D) -> (SimHost<D>, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("device");
    (SimHost::on_pty(device, None, Some(&link)).unwrap(), folder)
}

/// Moves the cable; true when the instruction was about it.
fn moved_cable<D: SimulatedDevice + 'static>(host: &SimHost<D>, instruction: Instruction) -> bool {
    match instruction {
        Instruction::PullCable => host.unplug().unwrap(),
        Instruction::PlugCable => host.plug().unwrap(),
        _ => return false,
    }
    true
}

fn target(selector: &Selector) -> Target {
    Target::new(selector.clone())
}

/// For devices that are to fail: nobody waits long for them.
fn impatient(selector: &Selector) -> Target {
    Target {
        limits: Limits {
            answer: Duration::from_secs(5),
            notice: Duration::from_secs(2),
            ..Limits::default()
        },
        ..target(selector)
    }
}

fn silent(kind: DeviceKind, target: &Target) -> Report {
    run(kind, target, Level::Silent, &mut NoGuide)
}

fn active(kind: DeviceKind, target: &Target) -> Report {
    run(kind, target, Level::Active, &mut NoGuide)
}

fn guided(kind: DeviceKind, target: &Target, hand: &mut dyn Guide) -> Report {
    run(kind, target, Level::Guided, hand)
}

#[track_caller]
fn passes(report: &Report) {
    assert!(report.passed(), "{report}");
}

/// The check `name` failed, with `detail` in its words, and none before it did.
#[track_caller]
fn fails(report: &Report, name: &str, detail: &str) {
    let failure = report.failure();
    assert_eq!(failure.map(|check| check.name), Some(name), "{report}");
    assert!(failure.unwrap().detail.contains(detail), "{report}");
    assert!(!report.passed());
}

/// The names of the checks of a report that passed.
fn shown(report: &Report) -> Vec<&str> {
    let passed = report.checks.iter();
    passed
        .filter(|check| check.verdict == super::Verdict::Passed)
        .map(|check| check.name)
        .collect()
}

/// All of these checks passed.
#[track_caller]
fn shows(report: &Report, names: &[&str]) {
    let shown = shown(report);
    for name in names {
        assert!(shown.contains(name), "{name}: {report}");
    }
}

fn anywhere() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}
