//! `kiosk scan` from outside: what lies in a scanner becomes files and facts.
#![cfg(feature = "demo")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::path::Path;
use std::process::{Command, Output};

use kiosk_drivers::scanner::sim::{Feeder, PageFault, ScannerSim, Sheet, draw_page};
use kiosk_paper::scan::{PageInfo, PageLimit, decode, fit_picture, skew, turned};
use serde_json::{Value, json};

fn scan(sim: &ScannerSim, folder: &Path, args: &[&str]) -> (Output, Vec<Value>) {
    let output = Command::new(env!("CARGO_BIN_EXE_kiosk"))
        .args(["scan", "--device", &format!("escl:{}", sim.url()), "--json"])
        .args(["--out", folder.to_str().unwrap()])
        .args(args)
        .output()
        .unwrap();
    let lines = String::from_utf8(output.stdout.clone()).unwrap();
    let lines = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    (output, lines.collect())
}

/// A page of lines, turned by so many degrees.
fn crooked(degrees: f64) -> Vec<u8> {
    let straight = decode(&draw_page(2480, 3508, 300, true).unwrap()).unwrap();
    let limit = PageLimit {
        max_bytes: 10_000_000,
        colour: true,
    };
    let page = fit_picture(&turned(&straight, degrees), 300, limit).unwrap();
    page.jpeg.to_vec()
}

#[test]
fn a_sheet_laid_down_crooked_comes_straight_and_raw_as_it_was() {
    let sim = ScannerSim::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let laid = crooked(3.0);
    sim.load_page(laid.clone());
    let (output, lines) = scan(&sim, folder.path(), &[]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(lines[0]["file"], "page-001.jpg");
    assert_eq!(lines[0]["dpi"], 300);
    let found = lines[0]["skewDegrees"].as_f64().unwrap();
    assert!((found.abs() - 3.0).abs() < 0.1, "{found}");
    assert_eq!(lines[1], json!({"event": "end"}));
    let page = folder.path().join("page-001.jpg");
    let kept = decode(&std::fs::read(&page).unwrap()).unwrap();
    assert!(skew(&kept).is_none_or(|left| left.abs() < 0.1));

    let (_, lines) = scan(&sim, folder.path(), &["--raw"]);
    assert_eq!(lines[0]["quality"], json!([]));
    assert!(std::fs::read(&page).unwrap() == laid);
}

#[test]
fn a_jam_at_the_third_sheet_leaves_two_files_and_is_told() {
    let sim = ScannerSim::start().unwrap();
    sim.model(|model| model.feeder = Feeder::Simplex);
    sim.load_feeder((0..5).map(|_| Sheet::default()));
    sim.faults(|faults| {
        faults.good_pages = 2;
        faults.page = PageFault::Code(409);
        faults.adf_state = Some("ScannerAdfJam".to_owned());
    });
    let folder = tempfile::tempdir().unwrap();
    let args = ["--source", "feeder", "--raw"];
    let (output, lines) = scan(&sim, folder.path(), &args);
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0]["turnedDegrees"], 0, "the shape of every page");
    assert_eq!(lines[2], json!({"event": "fault", "kind": "jam"}));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn the_empty_glass_is_scanned_whole_for_the_configuration() {
    let sim = ScannerSim::start().unwrap();
    sim.clear_glass();
    let folder = tempfile::tempdir().unwrap();
    let (output, lines) = scan(&sim, folder.path(), &["--kind", "glass"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(
        lines[0]["quality"],
        json!([]),
        "an empty glass is no poor page"
    );
    let look = std::fs::read(folder.path().join("page-001.jpg")).unwrap();
    let info = PageInfo::read(&look).unwrap();
    assert_eq!((info.width_px, info.height_px), (637, 877));
}
