//! The catalogue folder: what is dropped in is published or refused, the old one stays.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use std::time::{Duration, Instant};

use city_api::bundle::{Bundle, SIGNATURE_HEADER, SignedBundle};
use city_api::requests::paths;
use city_api::requests::status::CatalogueStatus;
use city_catalogue::{Catalogue, ItemCode};
use reqwest::blocking::Response;

use common::{Room, TestKiosk, UNEMPLOYMENT, read};

fn status(room: &Room) -> CatalogueStatus {
    read(room.get(paths::CATALOGUE_STATUS))
}

/// Asks until the status is as wanted; the city looks at the folder every two seconds.
fn status_when(room: &Room, wanted: impl Fn(&CatalogueStatus) -> bool) -> CatalogueStatus {
    let begin = Instant::now();
    loop {
        let status = status(room);
        if wanted(&status) {
            return status;
        }
        assert!(
            begin.elapsed() < Duration::from_secs(20),
            "still {status:?}"
        );
        std::thread::yield_now();
    }
}

fn bundle(kiosk: &TestKiosk, answer: Response) -> (Bundle, Catalogue) {
    let signature = answer.headers()[SIGNATURE_HEADER]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    let signed = SignedBundle {
        bytes: answer.bytes().unwrap().to_vec(),
        signature,
    };
    let bundle = signed.verify(&kiosk.city_keys.signing, None).unwrap();
    let json = serde_json::to_vec(&bundle.documents["catalogue"]).unwrap();
    let catalogue = Catalogue::parse("bundle", &json).unwrap();
    (bundle, catalogue)
}

/// The record of 失业登记 as a file of its own, changed.
fn item(change: impl FnOnce(&mut serde_json::Value)) -> Vec<u8> {
    let (_, catalogue) = city_backend::sample_city::FILES[0];
    let catalogue: serde_json::Value = serde_json::from_str(catalogue).unwrap();
    let items = catalogue["items"].as_array().unwrap();
    let found = items
        .iter()
        .find(|item| item["codes"]["handling"] == UNEMPLOYMENT);
    let mut item = found.unwrap().clone();
    change(&mut item);
    serde_json::to_vec(&item).unwrap()
}

#[test]
fn the_bundle_is_signed_and_not_sent_twice() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let answer = room.get(paths::CATALOGUE);
    let etag = answer.headers()["etag"].to_str().unwrap().to_owned();
    let (bundle, catalogue) = bundle(&kiosk, answer);
    assert_eq!(etag, Bundle::etag(bundle.version));
    assert_eq!(catalogue.items().len(), 62);
    assert_eq!(bundle.city_keys, kiosk.city_keys);
    for name in ["holidays", "regions", "options", "stations"] {
        assert!(bundle.documents.contains_key(name), "{name}");
    }
    let url = format!("{}{}", room.city().url(), paths::CATALOGUE);
    let again = room
        .http()
        .get(url)
        .header("if-none-match", etag)
        .send()
        .unwrap();
    assert_eq!(again.status(), 304);
}

#[test]
fn a_new_version_dropped_into_the_folder_is_published_and_a_faulty_one_is_not() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let before = status(&room);
    let folder = room.config.catalogue.clone();
    let newer = item(|item| {
        item["version"] = 2.into();
        item["name"]["en"] = "Unemployment registration, second edition".into();
    });
    std::fs::write(folder.join("unemployment.json"), newer).unwrap();
    let published = status_when(&room, |status| status.version > before.version);
    assert_eq!(published.items, 62);
    let (_, catalogue) = bundle(&kiosk, room.get(paths::CATALOGUE));
    let item_now = catalogue.item(&ItemCode::new(UNEMPLOYMENT)).unwrap();
    assert_eq!(
        (item_now.version, item_now.name.en.as_str()),
        (2, "Unemployment registration, second edition")
    );

    let faulty = item(|item| {
        item["version"] = 3.into();
        item["legalBasis"] = serde_json::json!([]);
        item["promisedLimit"]["value"] = 99.into();
    });
    std::fs::write(folder.join("unemployment.json"), faulty).unwrap();
    let refused = status_when(&room, |status| !status.refused.is_empty());
    assert_eq!(refused.version, published.version);
    let codes: Vec<&str> = refused.refused[0]
        .faults
        .iter()
        .map(|fault| fault.code.as_str())
        .collect();
    assert!(
        codes.contains(&"E_NO_LEGAL_BASIS") && codes.contains(&"E_PROMISE_GT_STATUTORY"),
        "{codes:?}"
    );
    let note = std::fs::read_to_string(folder.join("unemployment.json.refused.txt")).unwrap();
    assert!(note.contains("E_NO_LEGAL_BASIS"));
    let (_, catalogue) = bundle(&kiosk, room.get(paths::CATALOGUE));
    assert_eq!(
        catalogue
            .item(&ItemCode::new(UNEMPLOYMENT))
            .unwrap()
            .version,
        2
    );

    std::fs::write(folder.join("half.json"), b"{\"items\": [").unwrap();
    let refused = status_when(&room, |status| status.refused.len() == 2);
    assert!(refused.refused.iter().any(|file| file.file == "half.json"));

    std::fs::write(folder.join("catalogue.json"), b"broken").unwrap();
    let refused = status_when(&room, |status| status.refused.len() == 3);
    assert_eq!((refused.version, refused.items), (published.version, 62));
}

#[test]
fn a_case_stays_on_the_version_it_was_filed_under() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let before = status(&room);
    let newer = item(|item| item["version"] = 2.into());
    std::fs::write(room.config.catalogue.join("unemployment.json"), newer).unwrap();
    status_when(&room, |status| status.version > before.version);
    let packet = kiosk.unemployment(common::filing::ZHANG);
    assert_eq!(kiosk.send(&packet).irregular, None);
    let outcome = kiosk.outcome_when(&packet, |outcome| outcome.result.is_some());
    assert!(outcome.decision.unwrap().granted);
}
