//! Catalogues that cannot be used, and registers that say what a form does not take.

use std::collections::BTreeMap;

use city_api::bundle::Bundle;
use city_api::keys::{CityKeys, SealingIdentity};
use city_api::requests::Private;
use city_api::requests::identity::PrefillAnswer;
use city_backend::sample_city;
use city_catalogue::record::FieldType;
use serde_json::Value as Json;

use super::*;
use crate::store::Options;

fn city_key() -> SoftwareKey {
    SoftwareKey::from_seed(&[2; 32])
}

fn keys() -> CityKeys {
    CityKeys {
        sealing_current: SealingIdentity::generate().public(),
        sealing_next: None,
        signing: city_key().public(),
    }
}

fn documents() -> BTreeMap<String, Json> {
    sample_city::FILES
        .iter()
        .filter_map(|(name, text)| {
            let name = name.strip_suffix(".json")?;
            Some((name.to_owned(), serde_json::from_str(text).unwrap()))
        })
        .collect()
}

fn signed(version: u64, documents: BTreeMap<String, Json>) -> SignedBundle {
    let bundle = Bundle {
        version,
        issued: "2026-03-02T09:15:00+08:00".parse().unwrap(),
        city_keys: keys(),
        documents,
    };
    bundle.sign(&city_key()).unwrap()
}

fn enrolled(folder: &std::path::Path) -> Store {
    let store = Store::open(&folder.join("kiosk.db"), Options::default()).unwrap();
    let enrolment = Enrolment {
        kiosk: "ABC".parse().unwrap(),
        station: "S002".to_owned(),
        city_keys: keys(),
        sam_id: None,
        ca_pem: None,
    };
    store.enrol(&enrolment).unwrap();
    store
}

#[test]
fn a_signed_catalogue_with_faults_leaves_the_last_good_one() {
    let folder = tempfile::tempdir().unwrap();
    let store = enrolled(folder.path());
    assert_eq!(take(&store, &signed(3, documents())).unwrap().version, 3);
    let mut faulty = documents();
    faulty.insert("catalogue".to_owned(), serde_json::json!({"items": []}));
    let refused = take(&store, &signed(4, faulty));
    assert!(matches!(refused, Err(LinkError::Shelf(_))));
    let mut poor = documents();
    poor.remove("regions");
    let refused = take(&store, &signed(5, poor));
    assert!(matches!(refused, Err(LinkError::Shelf(_))));
    assert_eq!(store.bundle().unwrap().unwrap().version, 3);
}

#[test]
fn a_newer_city_adds_fields_to_its_documents_and_the_kiosk_takes_them() {
    let folder = tempfile::tempdir().unwrap();
    let store = enrolled(folder.path());
    let mut newer = documents();
    for (document, pointer) in [
        ("catalogue", "/items/0"),
        ("holidays", "/years/2026"),
        ("regions", "/regions/0"),
    ] {
        let part = newer.get_mut(document).unwrap().pointer_mut(pointer);
        part.unwrap()["news"] = true.into();
    }
    assert_eq!(take(&store, &signed(3, newer)).unwrap().version, 3);
}

#[test]
fn every_state_of_a_case_has_words_in_both_languages() {
    for &state in city_api::requests::outcome::CaseState::ALL {
        let key = format!("state.{}", state.name());
        for lang in ["zh-Hans", "en"] {
            let known = kiosk_ui::words::fill(lang, &key, &[]) != key;
            let newer = state == city_api::requests::outcome::CaseState::Unknown;
            assert_eq!(known, !newer, "{lang}: {key}");
        }
    }
}

#[test]
fn a_register_that_answers_in_another_type_leaves_it_to_be_asked() {
    let folder = tempfile::tempdir().unwrap();
    let store = enrolled(folder.path());
    let shelf = take(&store, &signed(3, documents())).unwrap();
    let with = |wanted: FieldType| {
        let items = shelf.catalogue.items().iter();
        let mut fields = items.flat_map(|item| item.form.iter().map(move |field| (item, field)));
        fields
            .find(|(_, field)| field.field_type == wanted && field.dynamic_options.is_none())
            .unwrap()
    };
    let known = |(item, field): (&Arc<city_catalogue::Item>, &city_catalogue::record::Field),
                 text: &str| {
        let answer = PrefillAnswer {
            fields: BTreeMap::from([(field.name.clone(), Private::new(text.to_owned()))]),
            materials: Vec::new(),
            away: Vec::new(),
        };
        let known = replies::prefilled(&answer, Some(item), Some(&shelf));
        !known.fields.is_empty()
    };
    let choice = with(FieldType::Select);
    assert!(known(choice, &choice.1.choices()[0].value));
    assert!(!known(choice, "no such choice"));
    assert!(!known(with(FieldType::Boolean), "maybe"));
    assert!(known(with(FieldType::Boolean), "true"));
    assert!(!known(with(FieldType::Date), "soon"));
}
