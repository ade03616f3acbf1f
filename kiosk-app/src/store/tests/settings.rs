//! Enrolment, catalogue bundles, events and counters.

use std::collections::BTreeMap;

use city_api::bundle::{BadBundle, Bundle};

use super::super::DeviceEvent;
use super::*;

fn bundle(version: u64, keys: CityKeys) -> Bundle {
    Bundle {
        version,
        issued: now(),
        city_keys: keys,
        documents: BTreeMap::from([("catalogue".to_owned(), serde_json::json!({"items": []}))]),
    }
}

#[test]
fn the_last_good_bundle_and_its_keys_survive_bad_ones_and_a_restart() {
    let (_folder, store) = store();
    let path = store.path().to_owned();
    let first = enrolment();
    let early = bundle(3, first.city_keys.clone())
        .sign(&city_key())
        .unwrap();
    let unknown = store.save_bundle(&early);
    assert!(matches!(unknown, Err(StoreError::NotEnrolled { .. })));
    store.enrol(&first).unwrap();
    let renewed = enrolment().city_keys;
    let good = bundle(3, renewed.clone()).sign(&city_key()).unwrap();
    store.save_bundle(&good).unwrap();
    let older = bundle(2, first.city_keys.clone())
        .sign(&city_key())
        .unwrap();
    let forged = bundle(4, first.city_keys.clone())
        .sign(&kiosk_key())
        .unwrap();
    assert!(matches!(
        store.save_bundle(&older),
        Err(StoreError::Bundle(BadBundle::Older { .. }))
    ));
    assert!(matches!(
        store.save_bundle(&forged),
        Err(StoreError::Bundle(BadBundle::Forged(_)))
    ));
    drop(store);
    let store = Store::open(&path, Options::default()).unwrap();
    assert_eq!(store.bundle().unwrap().unwrap().version, 3);
    assert_eq!(store.signed_bundle().unwrap(), Some(good));
    let kept = store.enrolment().unwrap().unwrap();
    assert_eq!(kept.city_keys, renewed);
    assert_eq!(kept.sam_id, first.sam_id);
}

#[test]
fn events_come_newest_first_and_counters_add_up() {
    let (_folder, store) = store();
    for what in ["paper-out", "ready"] {
        let event = DeviceEvent {
            time: now(),
            device: "receipt-printer".to_owned(),
            what: what.to_owned(),
            detail: None,
        };
        store.record(&event).unwrap();
    }
    let events = store.events(10).unwrap();
    assert_eq!(events.len(), 2);
    assert_eq!(events[0].what, "ready");
    assert_eq!(store.count("slips", 2).unwrap(), 2);
    assert_eq!(store.count("slips", 3).unwrap(), 5);
    assert_eq!(store.counter("never").unwrap(), 0);
}
