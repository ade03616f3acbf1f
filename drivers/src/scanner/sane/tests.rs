//! A `scanimage` that goes wrong as no test device of SANE's does: a script in its place.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;

use super::{SaneScanner, Settings};
use crate::runner::CancelToken;
use crate::scanner::{NextPage, ScanFault, ScanSettings, Scanner, Source};

/// Answers what can be scanned, and learns the folder of the pages.
const HEAD: &str = r#"#!/bin/sh
case "$*" in *--all-options*) echo "--source Flatbed|ADF [Flatbed]"; exit;; esac
for told; do case $told in --batch=*) folder=${told#--batch=}; folder=${folder%/*};; esac; done
"#;

/// A scanner whose program does `scan` with the folder of its pages.
fn scripted(scan: &str) -> (TempDir, SaneScanner) {
    scripted_for(Duration::from_secs(60), scan)
}

/// The same, whose pages may take so long.
fn scripted_for(page: Duration, scan: &str) -> (TempDir, SaneScanner) {
    let memory = tempfile::tempdir_in("/dev/shm").unwrap();
    let program = memory.path().join("scanimage");
    std::fs::write(&program, format!("{HEAD}{scan}\n")).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let settings = Settings {
        program,
        memory: memory.path().to_owned(),
        page,
        page_bytes: 300_000,
        ..Settings::default()
    };
    let scanner = SaneScanner::new("script:0", settings).unwrap();
    (memory, scanner)
}

fn start(scanner: &mut SaneScanner) -> CancelToken {
    let cancel = CancelToken::default();
    let feeder = ScanSettings {
        source: Source::Feeder,
        ..ScanSettings::default()
    };
    scanner.start(&feeder, &cancel).unwrap();
    cancel
}

/// What came of asking for a page, once it is more than a part of one.
fn come(scanner: &mut SaneScanner) -> NextPage {
    loop {
        match scanner.next_page() {
            NextPage::Coming(_) => {}
            whole => return whole,
        }
    }
}

/// Files left of pages.
fn left(memory: &Path) -> usize {
    let files = std::fs::read_dir(memory.join("kiosk-scan-script_0")).unwrap();
    files
        .filter(|entry| entry.as_ref().unwrap().path().is_file())
        .count()
}

#[test]
fn a_page_that_grows_for_ever_is_stopped_and_wiped() {
    for scan in [
        "exec cat /dev/zero > $folder/1.pnm.part",
        "exec cat /dev/zero > $folder/1.pnm",
        // One that goes on when its writing fails.
        "while :; do head -c 50000 /dev/zero >> $folder/1.pnm.part; done 2> /dev/null",
        "head -c 400000 /dev/zero > $folder/1.pnm.part; mv $folder/1.pnm.part $folder/1.pnm; \
         echo $folder/1.pnm; exec tail -f /dev/null",
    ] {
        let (memory, mut scanner) = scripted(scan);
        start(&mut scanner);
        let fault = come(&mut scanner);
        assert!(
            matches!(&fault, NextPage::Fault(ScanFault::Device(words)) if words.contains("larger")),
            "{scan}: {fault:?}"
        );
        assert_eq!(left(memory.path()), 0, "{scan}");
        assert_eq!(scanner.next_page(), NextPage::End);
    }
}

#[test]
fn a_page_on_its_way_tells_how_much_of_it_is_there() {
    let (memory, mut scanner) = scripted(
        "{ printf 'P5\\n100 200\\n255\\n'; head -c 5000 /dev/zero; } > $folder/1.pnm.part
         exec tail -f /dev/null",
    );
    let cancel = start(&mut scanner);
    loop {
        match scanner.next_page() {
            NextPage::Coming(0) => {}
            NextPage::Coming(percent) => break assert_eq!(percent, 25),
            other => panic!("{other:?}"),
        }
    }
    cancel.cancel();
    assert_eq!(scanner.next_page(), NextPage::Fault(ScanFault::Cancelled));
    assert_eq!(left(memory.path()), 0);
}

#[test]
fn a_scanner_that_says_nothing_ends_by_the_time_of_a_page() {
    let page = Duration::from_millis(900);
    let (_memory, mut scanner) = scripted_for(page, "exec tail -f /dev/null");
    start(&mut scanner);
    assert_eq!(come(&mut scanner), NextPage::Fault(ScanFault::Timeout));
}
