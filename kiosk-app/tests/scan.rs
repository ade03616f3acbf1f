//! `kiosk scan` from outside: what lies in a scanner becomes files and facts.
#![cfg(feature = "demo")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use kiosk_drivers::scanner::sim::{Feeder, PageFault, ScannerSim, Sheet, draw_page};
use kiosk_paper::scan::{PageInfo, PageLimit, decode, fit_picture, skew, turned};
use serde_json::{Value, json};

/// `kiosk scan` of `device` into `folder`.
fn kiosk_scan(device: &str, folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kiosk"));
    command
        .args(["scan", "--device", device, "--json"])
        .args(["--out", folder.to_str().unwrap()])
        .args(args);
    command
}

fn scan(sim: &ScannerSim, folder: &Path, args: &[&str]) -> (Output, Vec<Value>) {
    told(&mut kiosk_scan(
        &format!("escl:{}", sim.url()),
        folder,
        args,
    ))
}

/// What a command says, an object a line.
fn told(command: &mut Command) -> (Output, Vec<Value>) {
    let output = command.output().unwrap();
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

#[test]
fn ended_by_hand_in_mid_page_the_job_is_ended_at_the_scanner_too() {
    for signal in ["-INT", "-TERM", "-HUP"] {
        let sim = ScannerSim::start().unwrap();
        sim.faults(|faults| faults.page = PageFault::Stalled);
        let folder = tempfile::tempdir().unwrap();
        let device = format!("escl:{}", sim.url());
        let scanning = kiosk_scan(&device, folder.path(), &["--raw"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let asked = |what: &str| sim.requests().iter().any(|line| line.contains(what));
        while !asked("NextDocument") {
            std::thread::park_timeout(Duration::from_millis(5));
        }
        let killed = Command::new("kill")
            .args([signal, &scanning.id().to_string()])
            .status();
        assert!(killed.unwrap().success());
        let output = scanning.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{signal}: {output:?}");
        let last: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(last, json!({"event": "fault", "kind": "cancelled"}));
        assert!(asked("DELETE"), "{signal}: {:?}", sim.requests());
        assert_eq!(sim.open_jobs(), 0, "{signal}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

#[test]
fn a_card_is_looked_for_in_the_corner_of_the_glass() {
    let sim = ScannerSim::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (output, lines) = scan(&sim, folder.path(), &["--kind", "card", "--raw"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(lines[0]["widthPx"], 1300);
    assert_eq!(lines[0]["heightPx"], 900);
    assert_eq!(lines[1], json!({"event": "end"}));
}

#[test]
fn both_sides_of_two_sheets_are_four_files_in_order() {
    let sim = ScannerSim::start().unwrap();
    sim.model(|model| model.feeder = Feeder::Duplex);
    let side = |height| Some(draw_page(120, height, 100, true).unwrap());
    sim.load_feeder([100, 110].map(|height| Sheet {
        front: side(height),
        back: side(height + 1),
    }));
    let folder = tempfile::tempdir().unwrap();
    let args = ["--source", "duplex", "--raw"];
    let (output, lines) = scan(&sim, folder.path(), &args);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let heights: Vec<&Value> = lines[..4].iter().map(|page| &page["heightPx"]).collect();
    assert_eq!(heights, [100, 101, 110, 111]);
    assert_eq!(lines[4], json!({"event": "end"}));
    assert_eq!((sim.sheets(), sim.open_jobs()), (0, 0));
}

#[test]
fn a_picture_in_a_cameras_place_is_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let seen = folder.path().join("desk.jpg");
    std::fs::write(&seen, draw_page(1600, 1200, 100, false).unwrap()).unwrap();
    let out = folder.path().join("out");
    let device = format!("camera:file:{}", seen.display());
    let (output, lines) = told(&mut kiosk_scan(&device, &out, &["--raw"]));
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(
        (&lines[0]["widthPx"], &lines[0]["heightPx"]),
        (&json!(1600), &json!(1200))
    );
    assert_eq!(lines[1], json!({"event": "end"}));
    let gone = folder.path().join("gone.jpg");
    let device = format!("camera:file:{}", gone.display());
    let (output, lines) = told(&mut kiosk_scan(&device, &out, &[]));
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert_eq!(lines, [json!({"event": "fault", "kind": "offline"})]);
}

#[test]
fn an_operators_table_holds_at_the_command_line_too() {
    let sim = ScannerSim::start().unwrap();
    sim.model(|model| model.name = "Roomy 3".to_owned());
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("quirks.toml");
    std::fs::write(
        &table,
        "[[quirk]]\nabout = 'ours'\nmodels = ['Roomy']\nmax-dpi = 200",
    )
    .unwrap();
    let out = folder.path().join("out");
    let args = [
        "--raw",
        "--kind",
        "card",
        "--quirks",
        table.to_str().unwrap(),
    ];
    let (output, lines) = scan(&sim, &out, &args);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(lines[0]["dpi"], 200);
    std::fs::write(&table, "[[quirk]]\nabout = 'ours'\nmodels = []").unwrap();
    let (output, _) = scan(&sim, &out, &args);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
}
