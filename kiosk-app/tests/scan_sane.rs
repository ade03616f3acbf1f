//! `kiosk scan` with a device of SANE's, its own test device: found, scanned, ended by hand.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use kiosk_paper::scan::PageInfo;
use serde_json::{Value, json};

/// `kiosk scan` of the test device, told `more` in its settings; `None` where SANE is not here and
/// need not be.
fn kiosk_scan(device: &str, folder: &Path, more: &str) -> Option<Command> {
    let here = Path::new("/usr/bin/scanimage").is_file();
    let required = std::env::var("KIOSK_PEERS").is_ok_and(|value| value == "required");
    assert!(
        here || !required,
        "scanimage is missing: apt-get install sane-utils"
    );
    std::fs::write(folder.join("dll.conf"), "test\n").unwrap();
    let settings = format!(
        "number_of_devices 2\nmode Color\nresolution_max 1200.0\nresolution 100.0\n\
         geometry_max 400.0\nbr_x 210.0\nbr_y 297.0\ntest-picture \"Color pattern\"\n{more}"
    );
    std::fs::write(folder.join("test.conf"), settings).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_kiosk"));
    command
        .args(["scan", "--device", device, "--json", "--raw"])
        .args(["--kind", "card", "--out"])
        .arg(folder.join("out"))
        .env("SANE_CONFIG_DIR", folder);
    here.then_some(command)
}

#[test]
fn a_card_on_the_test_devices_glass_is_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let Some(mut command) = kiosk_scan("sane:test:1", folder.path(), "") else {
        return;
    };
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let lines = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines[0]["dpi"], 300);
    assert_eq!(lines[1], json!({"event": "end"}));
    let page = std::fs::read(folder.path().join("out/page-001.jpg")).unwrap();
    let info = PageInfo::read(&page).unwrap();
    // 1300 by 900 three-hundredths of an inch, in whole millimetres upwards.
    assert!(info.width_px.abs_diff(1311) <= 2, "{info:?}");
    assert!(info.height_px.abs_diff(909) <= 2, "{info:?}");
}

#[test]
fn ended_by_hand_in_mid_page_nothing_of_it_stays_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let slow = "read-delay true\nread-delay-duration 200000\nread-limit true\nread-limit-size 64\n";
    let Some(mut command) = kiosk_scan("sane:test:0", folder.path(), slow) else {
        return;
    };
    let scanning = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let pages = Path::new("/dev/shm/kiosk-scan-test_0");
    while !pages.join("1.pnm.part").exists() {
        std::thread::park_timeout(Duration::from_millis(10));
    }
    let killed = Command::new("kill")
        .args(["-TERM", &scanning.id().to_string()])
        .status();
    assert!(killed.unwrap().success());
    let output = scanning.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    let last: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(last, json!({"event": "fault", "kind": "cancelled"}));
    assert!(!pages.exists());
}
