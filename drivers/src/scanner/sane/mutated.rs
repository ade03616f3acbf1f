//! Thousands of jobs of a `scanimage` that says damaged things: real children whose pages, and the
//! lines that tell of them, lose, double, turn and add bytes, or come late. A wrong success is a
//! job told as ended with fewer pages than were written, or with more, and a page of another size.
//!
//! A turned bit in the dots of a page is another picture, which nobody can know. What the device
//! can do is asked once, before anything is damaged.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::{SaneScanner, Settings};
use crate::runner::CancelToken;
use crate::scanner::{NextPage, Page, ScanFault, ScanSettings, Scanner, Source};
use crate::transport::mutating::{Dice, spoil, stories, wanted};

/// Jobs spoiled at one scanner.
const STORY: u64 = 100;

/// Scanners at once: most of the time goes by with starting children.
const AT_ONCE: u64 = 4;

/// How long the scanner may take to be right again.
const RECOVERED: Duration = Duration::from_secs(10);

/// Dots of a page.
const SIZE: (usize, usize) = (16, 12);

const PAGES: usize = 2;

const OPTIONS: &str = "--source Flatbed|ADF [ADF]\n--mode Gray [Gray]\n--resolution 100dpi [100]\n";

/// A shell that plays `scanimage`: its options, and else what stands beside it.
const SCANIMAGE: &str = r#"#!/bin/sh
case "$*" in
*--all-options*) printf '%s' "$OPTIONS" ;;
*) . "$0.job" ;;
esac
"#;

/// The scanner, and the folder in which it finds what to play.
struct Desk {
    memory: tempfile::TempDir,
    scanner: SaneScanner,
    dice: Dice,
    /// So many of a thousand pages and lines are spoiled.
    rate: usize,
}

impl Desk {
    fn new(seed: u64) -> Self {
        let memory = tempfile::tempdir_in("/dev/shm").unwrap();
        let program = memory.path().join("scanimage");
        let text = SCANIMAGE.replace("$OPTIONS", OPTIONS);
        fs::write(&program, text).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).unwrap();
        let settings = Settings {
            program,
            memory: memory.path().to_owned(),
            ..Settings::default()
        };
        Self {
            scanner: SaneScanner::new("mutated:0", settings).unwrap(),
            memory,
            dice: Dice::new(seed),
            rate: 0,
        }
    }

    /// Where the driver expects its pages.
    fn folder(&self) -> PathBuf {
        self.memory.path().join("kiosk-scan-mutated_0")
    }

    /// Spoils bytes or not; whether they were, and the words by which a shell waits first.
    fn spoil(&mut self, bytes: &mut Vec<u8>) -> (bool, &'static str) {
        if !self.dice.happens(self.rate) {
            return (false, "");
        }
        let late = spoil(&mut self.dice, bytes, |_| true);
        (true, if late { "sleep 0.01\n" } else { "" })
    }

    /// Writes what the next job plays; whether any of it is spoiled.
    fn prepare(&mut self) -> bool {
        let (mut job, mut spoiled) = (String::new(), false);
        for number in 1..=PAGES {
            let path = self.folder().join(format!("{number}.pnm"));
            let mut page = format!("P5\n{} {}\n255\n", SIZE.0, SIZE.1).into_bytes();
            page.extend((0..SIZE.0 * SIZE.1).map(|dot| (dot * 37 % 256) as u8));
            let mut line = format!("{}\n", path.display()).into_bytes();
            for (bytes, place) in [
                (&mut page, format!(" > '{}'", path.display())),
                (&mut line, String::new()),
            ] {
                let (hit, wait) = self.spoil(bytes);
                spoiled |= hit;
                job += &format!("{wait}printf '{}'{place}\n", octal(bytes));
            }
        }
        job += "exit 7\n";
        fs::write(self.memory.path().join("scanimage.job"), job).unwrap();
        spoiled
    }

    /// Scans what was prepared; whether all went well.
    fn is_scanned(&mut self, seed: u64) -> bool {
        let settings = ScanSettings {
            source: Source::Feeder,
            ..ScanSettings::default()
        };
        let (pages, end) = scan(&mut self.scanner, &settings);
        for page in &pages {
            let size = (page.width_px as usize, page.height_px as usize);
            assert_eq!(size, SIZE, "seed {seed}: a page of another size");
        }
        let fits = pages.len() == PAGES || end.is_err() && pages.len() < PAGES;
        assert!(fits, "seed {seed}: {} pages: {end:?}", pages.len());
        end.is_ok()
    }
}

fn scan(scanner: &mut SaneScanner, settings: &ScanSettings) -> (Vec<Page>, Result<(), ScanFault>) {
    let mut pages = Vec::new();
    if let Err(fault) = scanner.start(settings, &CancelToken::default()) {
        return (pages, Err(fault));
    }
    loop {
        match scanner.next_page() {
            NextPage::Page(page) => pages.push(page),
            NextPage::Coming(_) | NextPage::Retry(_) => {}
            NextPage::End => return (pages, Ok(())),
            NextPage::Fault(fault) => return (pages, Err(fault)),
        }
    }
}

/// Bytes as `printf` of any shell takes them.
fn octal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("\\{byte:03o}")).collect()
}

/// Scans at one scanner until so many jobs were spoiled; then all must be well again. Returns how
/// many were, and how many went well meanwhile.
fn story(seed: u64) -> (u64, u64) {
    let mut desk = Desk::new(seed);
    desk.scanner.identify().unwrap();
    desk.rate = 300;
    let (mut spoiled, mut well) = (0, 0);
    while spoiled < STORY {
        spoiled += u64::from(desk.prepare());
        well += u64::from(desk.is_scanned(seed));
    }
    desk.rate = 0;
    let mended = Instant::now();
    desk.prepare();
    while !desk.is_scanned(seed) {
        assert!(
            mended.elapsed() < RECOVERED,
            "seed {seed}: not right in time"
        );
    }
    (spoiled, well)
}

#[test]
fn thousands_of_spoiled_jobs_are_never_done_without_all_their_pages() {
    let (spoiled, well) = stories(wanted(10_000, 100_000), AT_ONCE, story);
    println!("{spoiled} spoiled jobs, {well} jobs went well");
    assert!(well > spoiled / 5, "{well}");
}

#[test]
fn a_page_whose_line_is_lost_is_not_left_behind() {
    let mut desk = Desk::new(0);
    let write = |desk: &Desk, told: &[usize]| {
        let path = |number: usize| desk.folder().join(format!("{number}.pnm"));
        let page = |number| format!("printf 'P5 1 1 255 x' > '{}'\n", path(number).display());
        let line = |number: &usize| format!("echo '{}'\n", path(*number).display());
        let mut job: String = (1..=3).map(page).collect();
        job.extend(told.iter().map(line));
        fs::write(desk.memory.path().join("scanimage.job"), job).unwrap();
    };
    for told in [&[1, 2, 3][..], &[1, 3], &[1, 2], &[3], &[]] {
        write(&desk, told);
        let settings = ScanSettings {
            source: Source::Feeder,
            ..ScanSettings::default()
        };
        let (pages, end) = scan(&mut desk.scanner, &settings);
        assert_eq!((pages.len(), end), (3, Ok(())), "{told:?}");
    }
}
