//! How long a scanned A4 page in colour takes at 300 dpi, from its JPEG to a PDF of one page,
//! beside ImageMagick's `-deskew 40%` on the same file (to a JPEG, because its PDF is often
//! switched off; writing one would only be more).
//!
//! The bar is half of ImageMagick's time, both on one core. Median and spread are told; nothing
//! fails on time.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use jpeg_encoder::{ColorType, Encoder, PixelDensity};
use kiosk_paper::document::DocumentDate;
use kiosk_paper::scan::{PageFile, PageLimit, lay_flat};
use kiosk_paper::{JpegPage, pdf_from_jpegs};

const ROUNDS: usize = 7;
const BAR: f64 = 0.5;
const WIDTH: u16 = 2480;
const HEIGHT: u16 = 3508;
const DPI: u16 = 300;
const LIMIT: PageLimit = PageLimit {
    max_bytes: 2_000_000,
    colour: true,
};

/// Words as grey bars, two degrees crooked, and a red seal.
fn page() -> Result<Vec<u8>, jpeg_encoder::EncodingError> {
    let (sin, cos) = 2.0_f64.to_radians().sin_cos();
    let mut pixels = Vec::with_capacity(usize::from(WIDTH) * usize::from(HEIGHT) * 3);
    for y in 0..HEIGHT {
        for x in 0..WIDTH {
            let (x, y) = (f64::from(x), f64::from(y));
            let (across, down) = (x * cos + y * sin, y * cos - x * sin);
            let inside = (250.0..2250.0).contains(&across) && (250.0..3250.0).contains(&down);
            let word =
                down.rem_euclid(48.0) < 20.0 && (across + down / 48.0).rem_euclid(90.0) < 68.0;
            let seal = ((across - 1800.0).hypot(down - 2900.0) - 200.0).abs() < 8.0;
            pixels.extend(match (seal, inside && word) {
                (true, _) => [200, 30, 30],
                (false, true) => [50, 50, 55],
                (false, false) => [246, 245, 240],
            });
        }
    }
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, 90);
    encoder.set_density(PixelDensity::dpi(DPI));
    encoder.encode(&pixels, WIDTH, HEIGHT, ColorType::Rgb)?;
    Ok(jpeg)
}

fn ours(jpeg: &[u8]) -> Result<usize, Box<dyn std::error::Error>> {
    let page = lay_flat(PageFile::read(jpeg)?).fit(LIMIT)?;
    let pages = [JpegPage {
        jpeg: &page.jpeg,
        dpi: page.dpi,
    }];
    let date = DocumentDate {
        year: 2026,
        month: 3,
        day: 4,
        hour: 9,
        minute: 0,
        utc_offset_hours: 8,
    };
    Ok(pdf_from_jpegs(&pages, "bench", date)?.len())
}

fn theirs(from: &Path, to: &Path) -> std::io::Result<bool> {
    let done = Command::new("convert")
        .arg(from)
        .args(["-deskew", "40%"])
        .arg(to)
        .env("MAGICK_THREAD_LIMIT", "1")
        .status()?;
    Ok(done.success())
}

/// Least, median and most of the times, in seconds.
fn spread(mut taken: Vec<f64>) -> [f64; 3] {
    taken.sort_by(f64::total_cmp);
    let at = |index: usize| taken.get(index).copied().unwrap_or(f64::NAN);
    [
        at(0),
        at(taken.len() / 2),
        at(taken.len().saturating_sub(1)),
    ]
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let jpeg = page()?;
    let folder = std::env::temp_dir().join(format!("page-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let (from, to) = (folder.join("page.jpg"), folder.join("straight.jpg"));
    std::fs::write(&from, &jpeg)?;
    let (mut own, mut peer) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        std::hint::black_box(ours(&jpeg)?);
        own.push(begun.elapsed().as_secs_f64());
        let begun = Instant::now();
        if matches!(theirs(&from, &to), Ok(true)) {
            peer.push(begun.elapsed().as_secs_f64());
        }
    }
    std::fs::remove_dir_all(&folder)?;
    let [least, median, most] = spread(own);
    println!("a page: {median:.3} s ({least:.3} to {most:.3}, {ROUNDS} rounds)");
    if peer.len() < ROUNDS {
        println!("ImageMagick's convert is not here: nothing to compare with");
    } else {
        let [low, middle, high] = spread(peer);
        println!(
            "ImageMagick: {middle:.3} s ({low:.3} to {high:.3}); ratio {:.3}, bar {BAR}",
            median / middle
        );
    }
    Ok(())
}
