//! SANE's own test device through `scanimage`: real children, real statuses, real pages.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use kiosk_drivers::runner::{CancelToken, Condition};
use kiosk_drivers::scanner::sane::{SaneScanner, Settings};
use kiosk_drivers::scanner::{
    ColourMode, NextPage, Page, Region, ScanFault, ScanSettings, Scanner, Source,
};
use kiosk_tests::peer::peer;
use tempfile::TempDir;

/// A folder in memory and a scanner that is told `arguments` beside its own.
struct Room {
    memory: TempDir,
    scanner: SaneScanner,
}

impl Room {
    /// `None` when `scanimage` is not here and not required.
    fn with(arguments: &[&str]) -> Option<Self> {
        Self::of("test:0", arguments)
    }

    fn of(device: &str, arguments: &[&str]) -> Option<Self> {
        let program = peer("scanimage")?;
        let memory = tempfile::tempdir_in("/dev/shm").unwrap();
        let settings = Settings {
            program,
            memory: memory.path().to_owned(),
            look: Duration::ZERO,
            page: Duration::from_secs(4),
            // The test device is 200 mm wide, and says 40 % black.
            arguments: arguments.iter().map(|&one| one.to_owned()).collect(),
            ..Settings::default()
        };
        let scanner = SaneScanner::new(device, settings).unwrap();
        Some(Self { memory, scanner })
    }

    fn start(&mut self, source: Source) -> CancelToken {
        self.start_most(source, None)
    }

    fn start_most(&mut self, source: Source, most_pages: Option<u32>) -> CancelToken {
        let cancel = CancelToken::default();
        let settings = ScanSettings {
            source,
            region: Region::CARD,
            dpi: 100,
            colour: ColourMode::Colour,
            preview: false,
            most_pages,
        };
        self.scanner.start(&settings, &cancel).unwrap();
        cancel
    }

    /// The fault of a job. SANE's test device now and then locks itself up when it is told to
    /// fail; then the driver ends it at its limit of time, and it is asked again.
    fn fault(&mut self, source: Source) -> ScanFault {
        for _ in 0..10 {
            self.start(source);
            match self.come() {
                NextPage::Fault(ScanFault::Timeout) => {}
                NextPage::Fault(fault) => return fault,
                other => panic!("{other:?}"),
            }
        }
        panic!("it locked itself up ten times in a row");
    }

    /// What came of asking for a page, once it is more than a part of one.
    fn come(&mut self) -> NextPage {
        loop {
            match self.scanner.next_page() {
                NextPage::Coming(_) => {}
                whole => return whole,
            }
        }
    }

    fn page(&mut self) -> Page {
        match self.come() {
            NextPage::Page(page) => page,
            other => panic!("{other:?}"),
        }
    }
}

/// Files left in the scanner's folder.
fn left(memory: &Path) -> Vec<PathBuf> {
    let folder = memory.join("kiosk-scan-test_0");
    let files = std::fs::read_dir(folder).unwrap();
    files
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .collect()
}

#[test]
fn a_card_on_the_glass_is_one_page_of_its_size() {
    let Some(mut room) = Room::with(&[]) else {
        return;
    };
    assert_eq!(room.scanner.identify().unwrap(), "Noname frontend-tester");
    assert_eq!(room.scanner.status(), Ok(Condition::ONLINE));
    room.start(Source::Platen);
    let page = room.page();
    // 1300 by 900 three-hundredths of an inch are 110.07 by 76.2 mm, taken as 111 by 77.
    assert_eq!((page.width_px, page.height_px), (437, 303));
    assert_eq!((page.dpi, page.components), (Some(100), 3));
    assert!(page.jpeg.starts_with(&[0xFF, 0xD8]));
    assert_eq!(room.come(), NextPage::End);
    assert_eq!(left(room.memory.path()), Vec::<PathBuf>::new());
}

#[test]
fn ten_sheets_in_the_feeder_are_ten_pages() {
    let Some(mut room) = Room::with(&[]) else {
        return;
    };
    room.start(Source::Feeder);
    for _ in 0..10 {
        assert_eq!(room.page().width_px, 437);
    }
    assert_eq!(room.come(), NextPage::End);
    room.start(Source::Feeder);
    room.page();
    room.scanner.cancel();
    assert_eq!(left(room.memory.path()), Vec::<PathBuf>::new());
}

#[test]
fn of_ten_sheets_no_more_are_drawn_than_are_wanted() {
    let Some(mut room) = Room::with(&[]) else {
        return;
    };
    room.start_most(Source::Feeder, Some(3));
    for _ in 0..3 {
        room.page();
    }
    assert_eq!(room.come(), NextPage::End, "the fourth stays where it is");
    assert_eq!(left(room.memory.path()), Vec::<PathBuf>::new());
}

#[test]
fn what_goes_wrong_in_the_feeder_has_its_own_fault() {
    for (status, expected) in [
        ("DEVICE_BUSY", ScanFault::Busy),
        ("JAMMED", ScanFault::Jam),
        ("NO_DOCS", ScanFault::NoPaper),
        ("COVER_OPEN", ScanFault::CoverOpen),
        ("CANCELLED", ScanFault::Cancelled),
        ("UNSUPPORTED", ScanFault::Unsupported),
        ("INVAL", ScanFault::Unsupported),
        ("EOF", ScanFault::EmptyImage),
    ] {
        let told = format!("--read-return-value=SANE_STATUS_{status}");
        let Some(mut room) = Room::with(&[&told]) else {
            return;
        };
        assert_eq!(room.fault(Source::Feeder), expected, "{status}");
        assert_eq!(left(room.memory.path()), Vec::<PathBuf>::new(), "{status}");
    }
    for status in ["IO_ERROR", "ACCESS_DENIED", "NO_MEM"] {
        let told = format!("--read-return-value=SANE_STATUS_{status}");
        let mut room = Room::with(&[&told]).unwrap();
        assert_eq!(room.fault(Source::Platen).kind(), "device", "{status}");
    }
}

#[test]
fn a_slow_scanner_is_cancelled_at_once_and_is_free_again() {
    let slow = [
        "--read-delay=yes",
        "--read-delay-duration=200000",
        "--read-limit=yes",
        "--read-limit-size=64",
    ];
    let Some(mut room) = Room::with(&slow) else {
        return;
    };
    let cancel = room.start(Source::Platen);
    let puller = std::thread::spawn(move || {
        std::thread::park_timeout(Duration::from_millis(300));
        cancel.cancel();
    });
    let begun = Instant::now();
    assert_eq!(room.come(), NextPage::Fault(ScanFault::Cancelled));
    assert!(begun.elapsed() < Duration::from_secs(8));
    puller.join().unwrap();
    assert_eq!(left(room.memory.path()), Vec::<PathBuf>::new());
    room.start(Source::Platen);
    room.scanner.cancel();
}

#[test]
fn a_scanner_without_known_height_or_in_three_passes_gives_its_page() {
    for told in ["--hand-scanner=yes", "--three-pass=yes"] {
        let Some(mut room) = Room::with(&[told]) else {
            return;
        };
        room.start(Source::Platen);
        assert!(room.page().height_px > 100, "{told}");
        assert_eq!(room.come(), NextPage::End);
    }
}

#[test]
fn a_scanner_that_is_unplugged_or_not_allowed_says_so() {
    let Some(mut room) = Room::of("test:9", &[]) else {
        return;
    };
    assert_eq!(room.scanner.identify(), Err(ScanFault::Offline));
    assert_eq!(room.scanner.status(), Err(ScanFault::Offline));
    let duplex = ScanSettings {
        source: Source::Duplex,
        ..ScanSettings::default()
    };
    let mut room = Room::with(&[]).unwrap();
    let refused = room.scanner.start(&duplex, &CancelToken::default());
    assert_eq!(refused, Err(ScanFault::Unsupported));
}

#[test]
fn without_scanimage_the_fault_names_it() {
    let memory = tempfile::tempdir_in("/dev/shm").unwrap();
    let settings = Settings {
        program: "/there/is/no/scanimage".into(),
        memory: memory.path().to_owned(),
        ..Settings::default()
    };
    let mut scanner = SaneScanner::new("test:0", settings.clone()).unwrap();
    let fault = scanner.identify().unwrap_err();
    assert!(fault.to_string().contains("not installed"), "{fault}");
    for device in ["", "-A", "test\n"] {
        assert!(SaneScanner::new(device, settings.clone()).is_err());
    }
}
