//! Enrolment, catalogue bundles and counters.

use std::collections::BTreeMap;

use city_api::bundle::{BadBundle, Bundle};

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
    let kept = store.enrolment().unwrap().unwrap();
    assert_eq!(kept.city_keys, renewed);
    assert_eq!(kept.sam_id, first.sam_id);
}

#[test]
fn another_city_may_count_its_versions_from_the_start() {
    let (_folder, store) = store();
    let first = enrolment();
    store.enrol(&first).unwrap();
    let signed = |version| bundle(version, first.city_keys.clone()).sign(&city_key());
    store.save_bundle(&signed(40).unwrap()).unwrap();
    store.enrol(&first).unwrap();
    assert_eq!(store.bundle().unwrap(), None);
    store.save_bundle(&signed(2).unwrap()).unwrap();
    assert_eq!(store.bundle().unwrap().unwrap().version, 2);
}

#[test]
fn a_counter_is_0_until_it_is_set() {
    let (_folder, store) = store();
    assert_eq!(store.counter("slips").unwrap(), 0);
    store.set_counter("slips", 2).unwrap();
    store.set_counter("slips", 3).unwrap();
    assert_eq!(store.counter("slips").unwrap(), 3);
}
