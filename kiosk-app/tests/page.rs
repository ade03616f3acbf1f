//! `kiosk page` from outside: picture files in, pages and one PDF out.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::path::Path;
use std::process::{Command, Output};

use kiosk_paper::Picture;
use kiosk_paper::document::{Document, DocumentDate, Section, Verification};
use kiosk_paper::scan::{PageInfo, PageLimit, decode, fit_picture, skew, turned};
use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_kiosk");

fn sheet() -> Picture {
    sheet_with(None)
}

fn sheet_with(verification: Option<Verification>) -> Picture {
    let date = DocumentDate {
        year: 2026,
        month: 3,
        day: 4,
        hour: 15,
        minute: 26,
        utc_offset_hours: 8,
    };
    let mut document = Document::new("材料清单", "云汀市（示例）", date);
    document.sections = vec![Section::default()];
    document.verification = verification;
    document.statements = (1..24)
        .map(|line| format!("{line} 本人承诺所提供的材料真实有效，与原件一致。"))
        .collect();
    let fonts = kiosk::fonts::Fonts::new().unwrap().for_text("");
    document.lay_out(&fonts).unwrap().picture(0, 1654).unwrap()
}

fn jpeg(page: &Picture) -> Vec<u8> {
    let limit = PageLimit {
        max_bytes: 10_000_000,
        colour: true,
    };
    fit_picture(page, 200, limit).unwrap().jpeg.to_vec()
}

fn page(folder: &Path, args: &[&str]) -> (Output, Vec<Value>) {
    let output = Command::new(PROGRAM)
        .arg("page")
        .args(args)
        .args(["--out", "out", "--json"])
        .current_dir(folder)
        .output()
        .unwrap();
    let lines = String::from_utf8(output.stdout.clone()).unwrap();
    let events = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    let events = events.collect();
    (output, events)
}

#[test]
fn crooked_and_straight_pages_become_files_and_one_pdf() {
    let folder = tempfile::tempdir().unwrap();
    let sheet = sheet();
    std::fs::write(folder.path().join("a.jpg"), jpeg(&turned(&sheet, 3.0))).unwrap();
    std::fs::write(folder.path().join("b.png"), &*sheet.to_png()).unwrap();
    let (output, events) = page(folder.path(), &["a.jpg", "b.png"]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(events.len(), 3);
    let skew_degrees = events[0]["skewDegrees"].as_f64().unwrap();
    assert!((skew_degrees - 3.0).abs() < 0.1, "{events:?}");
    assert_eq!(events[0]["quality"], serde_json::json!([]));
    assert_eq!(events[1]["quality"], serde_json::json!(["same_side"]));
    assert_eq!(events[2]["event"], "end");
    let pdf = std::fs::read(folder.path().join("out/pages.pdf")).unwrap();
    for event in &events[..2] {
        let file = folder
            .path()
            .join("out")
            .join(event["file"].as_str().unwrap());
        let bytes = std::fs::read(file).unwrap();
        let info = PageInfo::read(&bytes).unwrap();
        assert_eq!(event["widthPx"], info.width_px);
        assert_eq!(event["heightPx"], info.height_px);
        assert_eq!(event["dpi"], info.dpi.unwrap());
        assert!(skew(&decode(&bytes).unwrap()).unwrap().abs() < 0.1);
        assert!(pdf.windows(bytes.len()).any(|part| part == bytes));
    }
}

#[test]
fn what_a_code_on_a_page_says_is_told_when_asked_and_only_then() {
    let folder = tempfile::tempdir().unwrap();
    let said = "https://example.org/verify?code=ABC2-3456-789K";
    let sheet = sheet_with(Some(Verification {
        qr: said.to_owned(),
        label: "验证码".to_owned(),
        code: "ABC2-3456-789K".to_owned(),
        note: "扫描二维码核对。".to_owned(),
    }));
    std::fs::write(folder.path().join("a.jpg"), jpeg(&sheet)).unwrap();
    let (output, events) = page(folder.path(), &["a.jpg", "--codes"]);
    assert!(output.status.success(), "{output:?}");
    let code = serde_json::json!([{"kind": "qr", "text": said, "cut": false}]);
    assert_eq!(events[0]["codes"], code);
    let (_, events) = page(folder.path(), &["a.jpg"]);
    assert_eq!(events[0].get("codes"), None);
}

#[test]
fn a_card_goes_on_one_page_with_its_purpose_over_it() {
    let folder = tempfile::tempdir().unwrap();
    let side = Picture::new(1011, 638, false, vec![225; 1011 * 638]).unwrap();
    std::fs::write(folder.path().join("front.jpg"), jpeg(&side)).unwrap();
    let card = [
        "front.jpg",
        "front.jpg",
        "--card",
        "--watermark",
        "仅用于办理失业登记",
    ];
    let (output, events) = page(folder.path(), &card);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(
        (&events[0]["widthPx"], &events[0]["heightPx"]),
        (&2480.into(), &3508.into())
    );
    let filed = decode(&std::fs::read(folder.path().join("out/page-001.jpg")).unwrap()).unwrap();
    let words = filed.pixels().iter().filter(|value| **value < 205).count();
    assert!(words > 20_000, "the purpose is seen: {words}");
    let (output, _) = page(folder.path(), &["front.jpg", "--card"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_damaged_file_is_named_and_no_pdf_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let whole = jpeg(&sheet());
    std::fs::write(folder.path().join("cut.jpg"), &whole[..whole.len() / 2]).unwrap();
    std::fs::write(folder.path().join("empty.jpg"), b"").unwrap();
    for (file, kind) in [("cut.jpg", "truncated"), ("empty.jpg", "not_picture")] {
        let (output, events) = page(folder.path(), &[file]);
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(events[0]["kind"], kind);
        assert!(String::from_utf8_lossy(&output.stderr).contains(file));
    }
    assert!(!folder.path().join("out/pages.pdf").exists());
    let (output, _) = page(folder.path(), &["missing.jpg"]);
    assert_eq!(output.status.code(), Some(2));
}
