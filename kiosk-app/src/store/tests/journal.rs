//! The print journal over a crash.

use kiosk_drivers::receipt_printer::{
    Cause, JobId, JobRecord, Journal as _, Outcome, Phase, ProcessId,
};

use super::super::PrintJournal;
use super::*;

fn record(job: &str, process_id: u16) -> JobRecord {
    JobRecord {
        job: JobId(job.to_owned()),
        content_hash: [7; 32],
        process_id: ProcessId::wrapping(process_id),
        phase: Phase::Sending,
        bytes: 0,
        epoch: 3,
        outcome: None,
        reprint: None,
    }
}

#[test]
fn a_program_killed_in_mid_slip_finds_the_open_job() {
    let (_folder, store) = store();
    let path = store.path().to_owned();
    let mut journal = PrintJournal::new(store.clone());
    assert_eq!(journal.last_process_id().unwrap(), None);
    let mut open = record("slip-1", 9_999);
    for bytes in [4_000, 8_000] {
        open.bytes = bytes;
        journal.save(&open).unwrap();
    }
    drop((journal, store));
    let store = Store::open(&path, Options::default()).unwrap();
    let mut journal = PrintJournal::new(store);
    assert_eq!(journal.open_job().unwrap(), Some(open.clone()));
    assert_eq!(journal.last_process_id().unwrap(), Some(open.process_id));
    open.phase = Phase::Confirming;
    open.outcome = Some(Outcome::Partial(Cause::ProgramStopped));
    journal.close(&open).unwrap();
    assert_eq!(journal.open_job().unwrap(), None);
    assert_eq!(journal.jobs(10).unwrap(), [open]);
}

#[test]
fn a_full_disk_keeps_the_printer_from_being_told() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options {
        max_bytes: 16 * 1024 * 40,
    };
    let store = Store::open(&folder.path().join("kiosk.db"), options).unwrap();
    let mut journal = PrintJournal::new(store);
    let failed = (0..20_000).find_map(|number| {
        let long = format!("slip-{number}-{}", "x".repeat(400));
        journal.save(&record(&long, 1)).err()
    });
    let cause = std::error::Error::source(&failed.unwrap())
        .unwrap()
        .to_string();
    assert_eq!(cause, "writing a print job: the disk is full");
}
