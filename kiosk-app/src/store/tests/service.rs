//! The technician's PIN under power cuts, the ring of device events, the paper's counters.

use kiosk_drivers::receipt_printer::PaperUse;

use super::*;
use crate::store::devices::KEPT_EVENTS;
use crate::store::{DeviceEventRecord, PaperRecord};

fn event(n: u32) -> DeviceEventRecord {
    DeviceEventRecord {
        time: n.into(),
        device: "receipt-printer".to_owned(),
        what: "user_error".to_owned(),
        detail: "paper_out".to_owned(),
    }
}

#[test]
fn a_power_cut_after_a_try_was_counted_takes_nothing_back() {
    let (folder, store) = store();
    store.set_pin("$argon2id$first").unwrap();
    assert_eq!(store.count_pin_try().unwrap(), 1);
    let left: Vec<(String, Vec<u8>)> = ["kiosk.db", "kiosk.db-wal"]
        .iter()
        .map(|name| {
            (
                (*name).to_owned(),
                std::fs::read(folder.path().join(name)).unwrap(),
            )
        })
        .collect();
    let after = tempfile::tempdir().unwrap();
    for (name, bytes) in left {
        std::fs::write(after.path().join(name), bytes).unwrap();
    }
    let after_cut = Store::open(&after.path().join("kiosk.db"), Options::default()).unwrap();
    let pin = after_cut.pin().unwrap().unwrap();
    assert_eq!((pin.hash.as_str(), pin.tries), ("$argon2id$first", 1));
}

#[test]
fn a_new_pin_begins_without_tries_and_its_hash_is_not_printed() {
    let (_folder, store) = store();
    assert_eq!(store.pin().unwrap(), None);
    assert!(store.count_pin_try().is_err(), "nothing to try");
    store.set_pin("$argon2id$first").unwrap();
    for tries in 1..=3 {
        assert_eq!(store.count_pin_try().unwrap(), tries);
    }
    let shown = format!("{:?}", store.pin().unwrap());
    assert!(!shown.contains("first"), "{shown}");
    store.clear_pin_tries().unwrap();
    assert_eq!(store.count_pin_try().unwrap(), 1);
    store.set_pin("$argon2id$second").unwrap();
    assert_eq!(store.pin().unwrap().unwrap().tries, 0);
}

#[test]
fn a_device_that_never_rests_fills_no_disk() {
    let (_folder, store) = store();
    let more = KEPT_EVENTS + 7;
    for n in 1..=more {
        store.note_device_event(&event(n)).unwrap();
    }
    let kept = store.device_events().unwrap();
    assert_eq!(kept.len(), usize::try_from(KEPT_EVENTS).unwrap());
    assert_eq!(kept.first(), Some(&event(more)), "newest first");
    assert_eq!(kept.last(), Some(&event(8)));
}

#[test]
fn a_new_roll_is_counted_from_where_it_was_put_in() {
    let (_folder, store) = store();
    assert_eq!(store.paper().unwrap(), PaperRecord::default());
    let slip = PaperUse {
        rows: 1_600,
        cuts: 1,
        retracts: 1,
    };
    store.add_paper(&slip, 1).unwrap();
    store.replace_roll(80_000, 5).unwrap();
    store.add_paper(&slip, 1).unwrap();
    let paper = store.paper().unwrap();
    assert_eq!((paper.used.rows, paper.used.retracts), (3_200, 2));
    assert_eq!((paper.slips, paper.roll_slips), (2, 1));
    assert_eq!((paper.roll_mm, paper.roll_since), (80_000, Some(5)));
    assert_eq!((paper.roll_used.rows, paper.roll_used.cuts), (1_600, 1));
    let endless = PaperUse {
        rows: u64::MAX,
        ..slip
    };
    for _ in 0..5 {
        store.add_paper(&endless, 0).unwrap();
    }
    assert!(store.paper().unwrap().used.rows > 0, "bounded, not broken");
}
