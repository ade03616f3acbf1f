//! Power cuts, full disks, second programs, old and new files.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::*;

fn wal(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push("-wal");
    PathBuf::from(name)
}

#[test]
fn the_pragmas_are_those_that_keep_a_promise() {
    let (_folder, store) = store();
    let connection = store.connection();
    let number = |name: &str| -> i64 {
        connection
            .pragma_query_value(None, name, |row| row.get(0))
            .unwrap()
    };
    assert!(rusqlite::version_number() >= 3_051_003);
    assert_eq!(number("synchronous"), 2, "FULL");
    assert_eq!(number("secure_delete"), 1);
    assert_eq!(number("foreign_keys"), 1);
    assert_eq!(number("wal_autocheckpoint"), 0);
    let mode: String = connection
        .pragma_query_value(None, "journal_mode", |row| row.get(0))
        .unwrap();
    assert_eq!(mode, "wal");
}

#[test]
fn a_power_cut_at_any_byte_of_the_log_leaves_whole_packets_only() {
    let (folder, store) = store();
    let path = store.path().to_owned();
    let filed: Vec<Filed> = (0..3).map(|_| file(&store)).collect();
    let (database, log) = (fs::read(&path).unwrap(), fs::read(wal(&path)).unwrap());
    let after = folder.path().join("after.db");
    let mut seen = [false; 4];
    for cut in (0..=log.len()).rev().step_by(log.len() / 60 + 1) {
        let _ = fs::remove_file(wal(&after));
        fs::write(&after, &database).unwrap();
        fs::write(wal(&after), &log[..cut]).unwrap();
        let reopened = Store::open(&after, Options::default()).unwrap();
        assert_eq!(reopened.check().unwrap(), "ok", "cut at {cut}");
        let waiting = reopened.pending(10).unwrap();
        seen[waiting.len()] = true;
        assert_eq!(
            reopened.chain_head().unwrap().sequence,
            waiting.len() as u64 + 1
        );
        for (packet, filed) in waiting.iter().zip(&filed) {
            assert_eq!(packet.fields.id, filed.id);
            for part in &packet.fields.parts {
                let bytes = reopened.part(filed.id, part.sha256, 0, usize::MAX).unwrap();
                assert_eq!(city_api::digest::Sha256::of(&bytes), part.sha256);
            }
        }
    }
    assert_eq!(seen, [true; 4], "every stage was met");
}

#[test]
fn a_full_disk_says_so_and_leaves_nothing_half_written() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { max_bytes: 600_000 };
    let store = Store::open(&folder.path().join("kiosk.db"), options).unwrap();
    let kept = file(&store);
    let before = store.chain_head().unwrap();
    let full = file_one(&store, &enrolment(), &kiosk_key(), &with_page_of(900_000));
    assert!(matches!(full, Err(StoreError::DiskFull { .. })), "{full:?}");
    assert_eq!(store.chain_head().unwrap(), before);
    assert_eq!(store.check().unwrap(), "ok");
    let waiting = store.pending(10).unwrap();
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].fields.id, kept.id);
    // Room again: the next one is stored, in the place the failed one did not take.
    assert_eq!(file(&store).sequence, before.sequence);
}

#[test]
fn a_full_disk_is_known_before_anybody_files_and_does_not_stop_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kiosk.db");
    let store = Store::open(&path, Options::default()).unwrap();
    assert!(store.has_room());
    assert_eq!(store.check().unwrap(), "ok");
    let kept = file(&store);
    drop(store);
    let full = Options { max_bytes: 600_000 };
    let store = Store::open(&path, full).unwrap();
    assert!(!store.has_room());
    assert_eq!(store.pending(10).unwrap()[0].fields.id, kept.id);
}

#[test]
fn nothing_of_an_acknowledged_packet_is_left_in_the_files() {
    let (_folder, store) = store();
    let filed = file_one(&store, &enrolment(), &kiosk_key(), &with_page_of(60_000)).unwrap();
    let part = store.pending(1).unwrap()[0].fields.parts[2];
    let sealed = store.part(filed.id, part.sha256, 30_000, 64).unwrap();
    let found = |path: &Path| {
        fs::read(path)
            .unwrap_or_default()
            .windows(64)
            .any(|window| window == sealed)
    };
    let path = store.path().to_owned();
    store.tidy().unwrap();
    assert!(found(&path), "the packet is in the file before");
    store
        .acknowledge(filed.id, &confirmation(&filed), &city_key().public(), now())
        .unwrap();
    store.tidy().unwrap();
    assert!(!found(&path) && !found(&wal(&path)));
}

#[test]
fn a_second_program_does_not_get_the_store() {
    let (_folder, store) = store();
    let path = store.path().to_owned();
    let second = Store::open(&path, Options::default());
    assert!(matches!(second, Err(StoreError::InUse)), "{second:?}");
    drop(store);
    Store::open(&path, Options::default()).unwrap();
}

#[test]
fn a_store_of_version_1_is_brought_up_and_keeps_its_packets() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kiosk.db");
    let receipt = city_api::numbers::ReceiptNumber::new("ABC".parse().unwrap(), [3; 8]);
    let rows = include_str!("../fixtures/version-1.sql").replace("@RECEIPT@", &receipt.to_string());
    let old = Connection::open(&path).unwrap();
    old.execute_batch(include_str!("../schema/1.sql")).unwrap();
    old.execute_batch(&rows).unwrap();
    drop(old);
    let store = Store::open(&path, Options::default()).unwrap();
    let version: i64 = store
        .connection()
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    assert_eq!(version, super::super::schema::version());
    let waiting = store.pending(10).unwrap();
    assert_eq!(waiting[0].fields.receipt, receipt);
    let sha256 = waiting[0].fields.parts[0].sha256;
    let part = store.part(waiting[0].fields.id, sha256, 0, 10).unwrap();
    assert_eq!(part, b"abc");
    assert_eq!(store.chain_head().unwrap().sequence, 3);
    assert_eq!(store.counter("slips").unwrap(), 7);
    assert!(
        super::super::PrintJournal::new(store)
            .jobs(1)
            .unwrap()
            .is_empty()
    );
}

#[test]
fn a_store_of_a_later_program_is_left_alone() {
    let (_folder, store) = store();
    let path = store.path().to_owned();
    store
        .connection()
        .pragma_update(None, "user_version", 99)
        .unwrap();
    drop(store);
    let refused = Store::open(&path, Options::default());
    assert!(
        matches!(refused, Err(StoreError::Newer { found: 99 })),
        "{refused:?}"
    );
}
