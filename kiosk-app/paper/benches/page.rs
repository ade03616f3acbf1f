//! How long a scanned A4 page in colour takes at 300 dpi, from its JPEG to a PDF of one page,
//! beside ImageMagick's `-deskew 40%` on the same file (Debian `imagemagick`; CI has none, and
//! then that is told). Debian's policy lets it write no PDF, so the peer that truly runs writes a
//! JPEG, which is less work, and that is told too.
//!
//! The bar is half of ImageMagick's time, both on one core: run it as
//! `taskset -c 0 cargo bench -p kiosk-paper --bench page`. Its peak of memory is told too.
//!
//! Beside it: the skew alone, from grey pixels, beside Leptonica's (Debian `liblept5`, which CI
//! installs; the bar is 1.5 times its time), a page of both sides of a card and a page seen by a
//! camera of 8 megapixels. Median and spread are told; nothing fails on time.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use jpeg_encoder::{ColorType, Encoder, PixelDensity};
use kiosk_paper::document::DocumentDate;
use kiosk_paper::scan::{
    Origin, PageFile, PageLimit, Point, Quad, card_page, decode, fit_picture, lay_flat, outline,
    rectified, skew,
};
use kiosk_paper::{JpegPage, Picture, pdf_from_jpegs};

const ROUNDS: usize = 7;
const BAR: f64 = 0.5;
const SKEW_BAR: f64 = 1.5;
/// Milliseconds that an outline at 8 megapixels may take.
const OUTLINE_BAR: f64 = 60.0;
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
    let (upright, _) = PageFile::read(jpeg)?.upright();
    let page = lay_flat(upright).fit(LIMIT)?;
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

/// With this and a file the bench only makes that page, and tells the peak of its memory.
const PEAK: &str = "--peak";

/// The most memory this process ever had, in kilobytes.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

fn theirs(from: &Path, to: &Path) -> std::io::Result<bool> {
    let done = Command::new("convert")
        .arg(from)
        .args(["-deskew", "40%"])
        .arg(to)
        .env("MAGICK_THREAD_LIMIT", "1")
        .env("OMP_NUM_THREADS", "1")
        .stderr(Stdio::null())
        .status()?;
    Ok(done.success())
}

/// Leptonica's milliseconds for a grey picture, each round from its pixels to the angle.
const LEPTONICA: &str = "
import ctypes, sys, time
lept = ctypes.CDLL('liblept.so.5')
pix = ctypes.c_void_p
lept.pixRead.restype = lept.pixConvertTo1.restype = pix
lept.pixRead.argtypes = [ctypes.c_char_p]
lept.pixConvertTo1.argtypes = [pix, ctypes.c_int]
lept.pixFindSkew.argtypes = [pix, ctypes.POINTER(ctypes.c_float), ctypes.POINTER(ctypes.c_float)]
grey = lept.pixRead(sys.argv[1].encode())
for _ in range(int(sys.argv[2])):
    begun = time.perf_counter()
    lept.pixFindSkew(lept.pixConvertTo1(grey, 130), ctypes.c_float(), ctypes.c_float())
    print(time.perf_counter() - begun)
";

fn leptonica(path: &Path) -> Option<Vec<f64>> {
    let output = Command::new("python3")
        .args(["-c", LEPTONICA])
        .arg(path)
        .arg(ROUNDS.to_string())
        .output()
        .ok()?;
    let told = String::from_utf8(output.stdout).ok()?;
    let taken: Vec<f64> = told.lines().filter_map(|line| line.parse().ok()).collect();
    (taken.len() == ROUNDS).then_some(taken)
}

/// The times of some rounds, in seconds.
fn timed<T>(mut round: impl FnMut() -> T) -> Vec<f64> {
    let one = |_| {
        let begun = Instant::now();
        std::hint::black_box(round());
        begun.elapsed().as_secs_f64()
    };
    (0..ROUNDS).map(one).collect()
}

fn grey(picture: &Picture) -> Option<Picture> {
    let grey = picture.pixels().chunks_exact(3).map(|dot| match dot {
        [r, g, b] => ((u32::from(*r) + 2 * u32::from(*g) + u32::from(*b)) / 4) as u8,
        _ => 255,
    });
    Picture::new(picture.width(), picture.height(), false, grey.collect())
}

/// The page on a dark desk as a camera of 8 megapixels sees it, leaning a little.
fn on_desk(page: &Picture) -> Option<Picture> {
    // As high to wide as the camera's picture: its dots are square.
    let corners = [
        (-620.0, -740.0),
        (3120.0, -820.0),
        (3300.0, 4320.0),
        (-700.0, 4200.0),
    ];
    let places = Quad(corners.map(|(x, y)| Point { x, y }));
    let seen = rectified(page, &places, 2448, 3264)?;
    let inside = rectified(&frame()?, &places, 2448, 3264)?;
    let pixels = seen.pixels().iter().zip(inside.pixels());
    let pixels = pixels.map(|(dot, inside)| if *inside > 127 { *dot } else { 70 });
    Picture::new(2448, 3264, true, pixels.collect())
}

/// White with a black rim: what lies on the page and what outside.
fn frame() -> Option<Picture> {
    let (width, height) = (usize::from(WIDTH), usize::from(HEIGHT));
    let mut pixels = vec![255; width * height * 3];
    for (at, dot) in pixels.chunks_exact_mut(3).enumerate() {
        let (x, y) = (at % width, at / width);
        if x.min(y) < 2 || x + 2 >= width || y + 2 >= height {
            dot.fill(0);
        }
    }
    Picture::new(u32::from(WIDTH), u32::from(HEIGHT), true, pixels)
}

/// Tells the skew alone, the card page and the camera page; `whole` is the time of a scanned page
/// in seconds.
fn others(jpeg: &[u8], folder: &Path, whole: f64) -> Result<(), Box<dyn std::error::Error>> {
    let page = decode(jpeg)?;
    let plain = grey(&page).ok_or("grey")?;
    let pgm = folder.join("page.pgm");
    let mut bytes = format!("P5\n{WIDTH} {HEIGHT}\n255\n").into_bytes();
    bytes.extend(plain.pixels());
    std::fs::write(&pgm, bytes)?;
    let milliseconds = |seconds: f64| seconds * 1000.0;
    let [low, own, high] = spread(timed(|| skew(&plain))).map(milliseconds);
    match leptonica(&pgm).map(spread) {
        Some(peer) => {
            let [least, middle, most] = peer.map(milliseconds);
            println!(
                "skew: {own:.1} ms ({low:.1} to {high:.1}), Leptonica {middle:.1} ms ({least:.1} \
                 to {most:.1}); ratio {:.2}, bar {SKEW_BAR}",
                own / middle
            );
        }
        None => println!("skew: {own:.1} ms; liblept5 is not here: nothing to compare with"),
    }
    let side = page.reduced(1011);
    let both = || fit_picture(&card_page(&side, &side), DPI, LIMIT);
    both()?;
    let [_, card, _] = spread(timed(both));
    println!(
        "a card page: {card:.3} s; {:.2} of a scanned page",
        card / whole
    );
    let seen = on_desk(&page).ok_or("desk")?;
    outline(&seen).ok_or("the page on the desk was not found")?;
    let [low, at, high] = spread(timed(|| outline(&seen))).map(milliseconds);
    println!("an outline at 8 MP: {at:.0} ms ({low:.0} to {high:.0}), bar {OUTLINE_BAR}");
    let flat = || lay_flat(PageFile::of(seen.clone(), Origin::Camera)).fit(LIMIT);
    let made = flat()?;
    let [_, camera, _] = spread(timed(flat));
    println!(
        "a camera page, {} x {} px of 8 MP: {camera:.3} s; {:.2} of a scanned page",
        made.width_px,
        made.height_px,
        camera / whole
    );
    Ok(())
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
    if let Some(file) = std::env::args().skip_while(|arg| arg != PEAK).nth(1) {
        ours(&std::fs::read(file)?)?;
        println!("{}", peak().ok_or("the kernel tells no peak")? / 1024);
        return Ok(());
    }
    let jpeg = page()?;
    let folder = std::env::temp_dir().join(format!("page-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let (from, pdf) = (folder.join("page.jpg"), folder.join("straight.pdf"));
    std::fs::write(&from, &jpeg)?;
    let writes_pdf = matches!(theirs(&from, &pdf), Ok(true));
    let to = if writes_pdf {
        pdf
    } else {
        folder.join("straight.jpg")
    };
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
    let [least, median, most] = spread(own);
    println!("a page: {median:.3} s ({least:.3} to {most:.3}, {ROUNDS} rounds)");
    let alone = Command::new(std::env::current_exe()?)
        .arg(PEAK)
        .arg(&from)
        .output()?;
    let megabytes = String::from_utf8(alone.stdout)?;
    println!("its peak of memory: {} MB, bar 150", megabytes.trim());
    if peer.len() < ROUNDS {
        println!("ImageMagick's convert is not here: nothing to compare with");
    } else {
        let [low, middle, high] = spread(peer);
        println!(
            "ImageMagick, to a {}: {middle:.3} s ({low:.3} to {high:.3}); ratio {:.3}, bar {BAR}",
            if writes_pdf { "PDF" } else { "JPEG only" },
            median / middle
        );
    }
    let told = others(&jpeg, &folder, median);
    std::fs::remove_dir_all(&folder)?;
    told
}
