//! sane-airscan as a client of our eSCL scanner: a driver nobody here wrote takes its pages.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::cell::Cell;
use std::os::unix::process::ExitStatusExt as _;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use jpeg_encoder::{ColorType, Encoder, PixelDensity};
use kiosk_drivers::scanner::sim::{Feeder, PageFault, ScannerSim, Sheet};
use kiosk_drivers::sim_host::play_scanner;
use kiosk_drivers::sim_script::Script;
use kiosk_paper::scan::PageFile;
use kiosk_tests::peer::{peer, real_pages};
use tempfile::TempDir;

/// 101.6 by 50.8 mm at 100 dpi.
const SIZE: (u16, u16) = (400, 200);

/// Seconds after which scanimage is killed; a scan takes less than one.
const PATIENCE: &str = "30";
/// How often a test is begun at most.
const TRIES: usize = 3;

thread_local! {
    /// scanimage was killed in the test of this thread.
    static LOCKED_UP: Cell<bool> = const { Cell::new(false) };
}

/// Runs a test, and runs it again where sane-airscan locked itself up: now and then it waits in
/// `sane_close` for its own idle device, with no connection to the scanner open.
fn ask_again_when_locked_up(test: impl Fn(Room)) {
    for left in (0..TRIES).rev() {
        let Some(room) = Room::new() else { return };
        let done = catch_unwind(AssertUnwindSafe(|| test(room)));
        match done {
            Ok(()) => return,
            Err(_) if left > 0 && LOCKED_UP.take() => {}
            Err(failed) => resume_unwind(failed),
        }
    }
}

/// A scanner of ours, and SANE told of it and of nothing else.
struct Room {
    sim: ScannerSim,
    scanimage: PathBuf,
    folder: TempDir,
}

impl Room {
    /// `None` when sane-airscan is not here and not required.
    fn new() -> Option<Self> {
        peer("sane-airscan")?;
        let scanimage = peer("scanimage")?;
        let sim = ScannerSim::start().unwrap();
        sim.model(|model| model.feeder = Feeder::Duplex);
        let folder = tempfile::tempdir().unwrap();
        let airscan = format!(
            "[devices]\nours = {}, eSCL\n[options]\ndiscovery = disable\n",
            sim.url()
        );
        std::fs::write(folder.path().join("dll.conf"), "airscan\n").unwrap();
        std::fs::write(folder.path().join("airscan.conf"), airscan).unwrap();
        Some(Self {
            sim,
            scanimage,
            folder,
        })
    }

    fn scan(&self, arguments: &[&str]) -> Output {
        let output = Command::new("timeout")
            .args(["--signal=KILL", PATIENCE])
            .arg(&self.scanimage)
            .args([
                "--device-name=airscan:e0:ours",
                "--format=pnm",
                "--resolution=100",
            ])
            .args(["-x", "101.6", "-y", "50.8"])
            .args(arguments)
            .env("SANE_CONFIG_DIR", self.folder.path())
            .env("LC_ALL", "C")
            .current_dir(self.folder.path())
            .output()
            .unwrap();
        if output.status.signal() == Some(9) || output.status.code() == Some(137) {
            LOCKED_UP.set(true);
        }
        output
    }

    /// The pages of a batch, in order.
    fn batch(&self, source: &str, mode: &str) -> (Option<i32>, Vec<Vec<u8>>) {
        let source = format!("--source={source}");
        let mode = format!("--mode={mode}");
        let output = self.scan(&[&source, &mode, "--batch=%d.pnm"]);
        // Its last word is a DELETE for whose answer it does not wait; what is laid down before the
        // scanner has heard it would be thrown out with the job.
        let begun = Instant::now();
        while self.sim.open_jobs() > 0 && begun.elapsed() < Duration::from_secs(10) {
            std::thread::yield_now();
        }
        let mut pages = Vec::new();
        loop {
            let path = self.folder.path().join(format!("{}.pnm", pages.len() + 1));
            if !path.exists() {
                return (output.status.code(), pages);
            }
            pages.push(pixels(&path));
            std::fs::remove_file(path).unwrap();
        }
    }
}

/// The rows of a PNM of the size asked for.
fn pixels(path: &Path) -> Vec<u8> {
    rows(&std::fs::read(path).unwrap())
}

fn rows(pnm: &[u8]) -> Vec<u8> {
    rows_of(pnm, SIZE)
}

fn rows_of(pnm: &[u8], (width, height): (u16, u16)) -> Vec<u8> {
    let head = format!("\n{width} {height}\n255\n");
    let at = pnm
        .windows(head.len())
        .position(|part| part == head.as_bytes());
    pnm[at.unwrap() + head.len()..].to_vec()
}

/// A page of squares as large as a JPEG's blocks, so that their values are exact; `seed`
/// tells one page from another.
fn board(components: usize, seed: usize) -> Vec<u8> {
    let (width, height) = (usize::from(SIZE.0), usize::from(SIZE.1));
    let value =
        |x: usize, y: usize, c: usize| ((x / 8 * 31 + y / 8 * 57 + c * 83 + seed * 13) % 256) as u8;
    let dots = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    dots.flat_map(|(x, y)| (0..components).map(move |c| value(x, y, c)))
        .collect()
}

fn paper(pixels: &[u8], colour: ColorType) -> Vec<u8> {
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, 100);
    encoder.set_density(PixelDensity::dpi(100));
    encoder.encode(pixels, SIZE.0, SIZE.1, colour).unwrap();
    jpeg
}

fn grey_sheet(front: usize, back: usize) -> Sheet {
    let side = |seed| Some(paper(&board(1, seed), ColorType::Luma));
    Sheet {
        front: side(front),
        back: side(back),
    }
}

#[test]
fn a_page_on_the_glass_arrives_as_it_was_laid_down() {
    ask_again_when_locked_up(|room| {
        let grey = board(1, 1);
        room.sim.load_page(paper(&grey, ColorType::Luma));
        let output = room.scan(&["--source=Flatbed", "--mode=Gray"]);
        assert!(output.status.success(), "{output:?}");
        assert!(rows(&output.stdout) == grey, "not a dot may differ");
        let colour = board(3, 2);
        room.sim.load_page(paper(&colour, ColorType::Rgb));
        let output = room.scan(&["--source=Flatbed", "--mode=Color"]);
        let got = rows(&output.stdout);
        assert_eq!(got.len(), colour.len());
        // To a JPEG's colours and back: two roundings, each way.
        let furthest = got.iter().zip(&colour).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(furthest <= Some(2), "{furthest:?}");
        assert_eq!(room.sim.open_jobs(), 0);
    });
}

/// A real page is 2550 by 3300 dots of black and white at 300 to the inch: from a file, by a fault
/// script, through our server and a driver nobody here wrote, to the dots it has.
#[test]
fn a_real_page_in_a_file_arrives_dot_for_dot_from_the_glass_and_from_the_feeder() {
    let Some(pages) = real_pages() else { return };
    ask_again_when_locked_up(|mut room| {
        let file = pages.join("linn.png");
        let page = PageFile::read(&std::fs::read(&file).unwrap()).unwrap();
        let page = page.picture();
        assert_eq!((page.width(), page.height()), (2550, 3300));
        let wanted = page.to_rgb();
        let script = format!(
            "[[fault]]\nglass-file = \"{0}\"\n[[fault]]\nsheet-files = [\"{0}\", \"{0}\"]",
            file.display()
        );
        play_scanner(&mut room.sim, Script::parse("real", &script).unwrap()).unwrap();
        let whole = [
            "-x",
            "215.9",
            "-y",
            "279.4",
            "--resolution=300",
            "--mode=Color",
        ];
        let far = |pnm: &[u8]| {
            let got = rows_of(pnm, (2550, 3300));
            assert_eq!(got.len(), wanted.len());
            let apart = got
                .iter()
                .zip(wanted.iter())
                .map(|(a, b)| u64::from(a.abs_diff(*b)));
            (
                apart.clone().max(),
                apart.sum::<u64>() / wanted.len() as u64,
            )
        };
        let glass = room.scan(&[&["--source=Flatbed"], &whole[..]].concat());
        assert!(glass.status.success(), "{glass:?}");
        // A JPEG of the best quality rounds: by a few of 255, and on the whole by nothing.
        let (most, mean) = far(&glass.stdout);
        assert!(most <= Some(4) && mean == 0, "{most:?} {mean}");
        let fed = room.scan(&[&["--source=ADF", "--batch=real%d.pnm"], &whole[..]].concat());
        assert!(fed.status.success(), "{fed:?}");
        for number in [1, 2] {
            let pnm = room.folder.path().join(format!("real{number}.pnm"));
            let (most, mean) = far(&std::fs::read(pnm).unwrap());
            assert!(most <= Some(4) && mean == 0, "{number}: {most:?} {mean}");
        }
        assert_eq!((room.sim.sheets(), room.sim.open_jobs()), (0, 0));
    });
}

#[test]
fn a_pile_in_the_feeder_arrives_in_order_one_side_or_both() {
    ask_again_when_locked_up(|room| {
        room.sim.load_feeder((0..5).map(|n| grey_sheet(n, 50 + n)));
        let (code, pages) = room.batch("ADF", "Gray");
        assert_eq!((code, pages.len()), (Some(0), 5));
        assert!((0..5).all(|n| pages[n] == board(1, n)));
        room.sim.load_feeder((0..3).map(|n| grey_sheet(n, 50 + n)));
        let (code, pages) = room.batch("ADF Duplex", "Gray");
        assert_eq!((code, pages.len()), (Some(0), 6));
        let sides = [0, 50, 1, 51, 2, 52];
        assert!(
            sides
                .iter()
                .zip(&pages)
                .all(|(seed, page)| *page == board(1, *seed))
        );
        assert_eq!((room.sim.sheets(), room.sim.open_jobs()), (0, 0));
    });
}

#[test]
fn a_jam_at_the_second_sheet_and_an_empty_feeder_are_understood() {
    ask_again_when_locked_up(|room| {
        assert_eq!(
            room.batch("ADF", "Gray"),
            (Some(7), Vec::new()),
            "no documents"
        );
        room.sim.load_feeder((0..3).map(|n| grey_sheet(n, n)));
        room.sim.faults(|faults| {
            faults.good_pages = 1;
            faults.page = PageFault::Code(409);
            faults.adf_state = Some("ScannerAdfJam".to_owned());
            // The client fetches a sheet ahead: a jam at once could overtake the page before it.
            faults.page_delay = Duration::from_millis(500);
        });
        let jammed = room.batch("ADF", "Gray");
        assert_eq!((jammed.0, jammed.1.len()), (Some(6), 1));
        assert_eq!(room.sim.open_jobs(), 0);
    });
}
