//! How much memory a scanned page takes on its way from the scanner's JPEG to a PDF.
//!
//! The page is made in a process of its own, whose peak the kernel tells; the pixels are drawn
//! in another one. All of the process counts: the program, the fonts, the allocator's waste.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test may stop")]

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use jpeg_encoder::{ColorType, Encoder, PixelDensity};
use kiosk_paper::document::{DocumentDate, with_purpose};
use kiosk_paper::scan::{Origin, PageFile, PageLimit, Quarter, lay_flat, preview};
use kiosk_paper::{FontSet, JpegPage, pdf_from_jpegs};

/// Most memory of a page, in kilobytes.
const MOST: u64 = 150 * 1024;
/// Tells the process of its own which page to make, and how.
const PAGE: &str = "KIOSK_PAPER_MEMORY_PAGE";
const HOW: &str = "KIOSK_PAPER_MEMORY_HOW";

/// A4 at 300 dots per inch in colour: lines of words, two degrees crooked.
fn draw(path: &Path) {
    let (width, height) = (2480_u16, 3508_u16);
    let (sin, cos) = 2.0_f64.to_radians().sin_cos();
    let mut pixels = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let (x, y) = (f64::from(x), f64::from(y));
            let (across, down) = (x * cos + y * sin, y * cos - x * sin);
            let inside = (250.0..2250.0).contains(&across) && (250.0..3250.0).contains(&down);
            let word = down.rem_euclid(48.0) < 20.0 && (across + down).rem_euclid(90.0) < 68.0;
            let ink = inside && word;
            pixels.extend(if ink { [50, 50, 60] } else { [246, 245, 240] });
        }
    }
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, 92);
    encoder.set_density(PixelDensity::dpi(300));
    encoder
        .encode(&pixels, width, height, ColorType::Rgb)
        .unwrap();
    std::fs::write(path, jpeg).unwrap();
}

/// All that a visit does with a page; `marked` pages are turned by hand and have their purpose
/// written over them.
fn make(path: &str, marked: bool) {
    let jpeg = std::fs::read(path).unwrap();
    let page = PageFile::read(&jpeg).unwrap();
    let (mut page, _) = page.from_origin(Origin::Scan { dpi: 300 }).upright();
    if marked {
        page = page.quarter_turned(Quarter::Half);
    }
    let mut flat = lay_flat(page);
    assert!(flat.skew_degrees.is_some_and(|degrees| degrees.abs() > 1.0));
    if marked {
        let font: &[u8] = include_bytes!("../../../ui/fonts/KioskSans-Bold.otf");
        let fonts = Arc::new(FontSet::new(&[font.into()], &[]).unwrap());
        let words = "仅用于失业登记 2026-03-02";
        flat = flat
            .try_map(|picture| with_purpose(picture, 300, words, &fonts))
            .unwrap();
    }
    let limit = PageLimit {
        max_bytes: 2_000_000,
        colour: true,
    };
    let page = flat.fit(limit).unwrap();
    preview(&page.jpeg, 952).unwrap();
    let date = DocumentDate {
        year: 2026,
        month: 3,
        day: 4,
        hour: 9,
        minute: 0,
        utc_offset_hours: 8,
    };
    let pages = [JpegPage {
        jpeg: &page.jpeg,
        dpi: page.dpi,
    }];
    pdf_from_jpegs(&pages, "page", date).unwrap();
}

/// The most memory this process ever had, in kilobytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.unwrap().trim().trim_end_matches(" kB");
    number.parse().unwrap()
}

#[test]
fn a_page_in_colour_takes_less_than_150_megabytes_from_scan_to_pdf() {
    if let (Ok(page), Ok(how)) = (std::env::var(PAGE), std::env::var(HOW)) {
        make(&page, how == "marked");
        println!("peak {}", peak());
        return;
    }
    let folder = std::env::temp_dir().join(format!("paper-memory-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let page = folder.join("page.jpg");
    draw(&page);
    let mut told = Vec::new();
    for how in ["plain", "marked"] {
        let output = Command::new(std::env::current_exe().unwrap())
            .arg("--nocapture")
            .env(PAGE, &page)
            .env(HOW, how)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let peak = said.lines().find_map(|line| line.split("peak ").nth(1));
        let peak: u64 = peak.expect(&said).trim().parse().unwrap();
        println!("{how}: {} MB", peak / 1024);
        told.push((how, peak));
    }
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(told.iter().all(|(_, peak)| *peak < MOST), "{told:?} kB");
}
