//! `kiosk device` as a technician types it, on simulated devices.
#![cfg(feature = "demo")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use kiosk_drivers::cabinet::RegisterMap;
use kiosk_drivers::cabinet::sim::SimBoard;
use kiosk_drivers::code_scanner::Family;
use kiosk_drivers::code_scanner::sim::SimScanner;
use kiosk_drivers::id_card::sim::SimReader;
use kiosk_drivers::receipt_printer::sim::{Build, PrinterSim};
use kiosk_drivers::sim_host::SimHost;
use kiosk_drivers::transport::simulated::SimulatedDevice;
use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_kiosk");

/// Runs `kiosk device` with `typed` at its terminal.
fn device(args: &[&str], typed: &str) -> Output {
    let mut child = Command::new(PROGRAM)
        .arg("device")
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut terminal = child.stdin.take().unwrap();
    terminal.write_all(typed.as_bytes()).unwrap();
    drop(terminal);
    child.wait_with_output().unwrap()
}

fn json(output: &Output) -> Vec<Value> {
    let text = std::str::from_utf8(&output.stdout).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[track_caller]
fn ended(output: &Output, code: i32, words: &str) {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{errors}");
    assert!(errors.contains(words), "{errors}");
}

/// `device` on a port, with its selector.
fn host<D: SimulatedDevice + 'static>(device: D) -> (SimHost<D>, String) {
    let host = SimHost::on_tcp(device, None, ([127, 0, 0, 1], 0).into()).unwrap();
    let selector = host.selector().to_string();
    (host, selector)
}

#[test]
fn a_silent_test_reports_every_check_and_the_exit_code_says_how_it_ended() {
    let (host, selector) = host(SimReader::default());
    let test = ["test", "id-card", "--device", &selector, "--json"];
    let good = device(&test, "");
    ended(&good, 0, "");
    let report = &json(&good)[0];
    assert_eq!(report["kind"], "id-card");
    assert_eq!(report["device"], *selector);
    assert_eq!(report["level"], "silent");
    assert_eq!(report["passed"], true);
    assert_eq!(
        report["identity"],
        host.device(|it| it.sam_id()).to_string()
    );
    assert_eq!(report["checks"].as_array().unwrap().len(), 5);
    host.device(|reader| reader.faults.not_authorised = true);
    let bad = device(&test, "");
    ended(&bad, 1, "the id-card did not pass");
    assert_eq!(json(&bad)[0]["passed"], false);
    assert!(
        json(&bad)[0]["detail"]
            .as_str()
            .unwrap()
            .starts_with("identifies: ")
    );
}

#[test]
fn a_guided_test_asks_at_the_terminal_and_can_be_skipped_and_ended() {
    let (_host, selector) = host(SimBoard::new(&RegisterMap::sample().unwrap()));
    let args = [
        "test", "cabinet", "--device", &selector, "--level", "guided",
    ];
    let output = device(&args, "s\nwhat?\nq\n");
    ended(
        &output,
        0,
        "Stand before the kiosk. [Enter = done, s = skip, q = quit]",
    );
    ended(&output, 0, "Open the service door.");
    let report = String::from_utf8_lossy(&output.stdout);
    assert!(report.contains("light-card         ok"), "{report}");
    assert!(report.contains("left out by hand"), "{report}");
    assert!(report.contains("the run was ended"), "{report}");
}

#[test]
fn a_printer_is_known_by_what_it_does_and_not_by_what_it_claims() {
    let build = Build {
        speed: None,
        ..Build::generic()
    };
    let (_host, selector) = host(PrinterSim::new(build));
    let probe = ["probe", "receipt-printer", "--device", &selector, "--json"];
    let output = device(&probe, "");
    ended(&output, 0, "");
    let found = &json(&output)[0];
    assert_eq!(found["profile"], "generic", "{found}");
    assert_eq!(found["findings"]["claims"], "TM-T88V");
    assert_eq!(found["device"], *selector);
    let nobody = ["probe", "receipt-printer", "--device", "tcp:127.0.0.1:1"];
    ended(&device(&nobody, ""), 3, "probing the receipt printer");
}

#[test]
fn a_recording_is_made_once_and_played_back() {
    let (_host, selector) = host(SimScanner::new(Some(Family::Gm65), b"\r"));
    let folder = tempfile::tempdir().unwrap();
    let file: PathBuf = folder.path().join("scanner.trace");
    let out = file.to_str().unwrap();
    let trace = [
        "trace",
        "code-scanner",
        "--device",
        &selector,
        "--family",
        "gm65",
        "--seconds",
        "1",
        "--order",
        "0.2:trigger",
        "--out",
        out,
    ];
    let recorded = device(&trace, "");
    ended(&recorded, 0, "lines in");
    ended(&device(&trace, ""), 2, "File exists");
    let replayed = device(&["replay", out], "");
    ended(&replayed, 0, "");
    assert_eq!(replayed.stdout, recorded.stdout);
    assert_eq!(json(&replayed)[0]["event"], "identified");

    let text = std::fs::read_to_string(&file).unwrap();
    let other = text.replace("02 01 AB CD", "02 07 AB CD");
    std::fs::write(&file, other).unwrap();
    ended(&device(&["replay", out], ""), 1, "of the recording, at 0.2");
    std::fs::write(&file, text.replace("open", "opened")).unwrap();
    ended(&device(&["replay", out], ""), 2, "line 7: an unknown word");
}

#[test]
fn what_cannot_be_is_refused_with_the_reason() {
    let escl = [
        "--device",
        "escl:http://127.0.0.1:1/eSCL",
        "--out",
        "never.trace",
    ];
    let output = device(&[&["trace", "scanner"], &escl[..]].concat(), "");
    ended(&output, 2, "there is no byte trace for this kind");
    let family = [
        "test",
        "keypad",
        "--device",
        "tcp:127.0.0.1:1",
        "--family",
        "gm65",
    ];
    ended(
        &device(&family, ""),
        2,
        "--family is for the kind code-scanner",
    );
    let cards = ["test", "chip-card", "--device", "tcp:127.0.0.1:1"];
    ended(&device(&cards, ""), 2, "no driver for the kind `chip-card`");
    // A file is no picture; as a camera it is there all the same.
    let own = format!("camera:file:{}", env!("CARGO_MANIFEST_PATH"));
    let camera = ["test", "camera", "--level", "silent", "--device", &own];
    ended(&device(&camera, ""), 0, "");
    let scan = ["test", "camera", "--level", "active", "--device", &own];
    ended(&device(&scan, ""), 1, "");
    let absent = [
        "watch",
        "cabinet",
        "--device",
        "serial:/dev/none",
        "--seconds",
        "1",
    ];
    ended(&device(&absent, ""), 3, "was never ready");
}

#[test]
fn what_is_plugged_in_is_listed_one_object_a_line() {
    let output = device(&["list", "--json"], "");
    ended(&output, 0, "");
    for place in json(&output) {
        let selector = place["selector"].as_str().unwrap();
        assert!(
            selector
                .parse::<kiosk_drivers::selector::Selector>()
                .is_ok(),
            "{selector}"
        );
        let state = place["state"].as_str().unwrap();
        assert!(["available", "permission_denied", "unavailable"].contains(&state));
    }
}
