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
use city_api::requests::identity::{IdentityCheckRequest, IdentityMethod, PrefillRequest};
use city_api::requests::officer::{
    AcceptRequest, ActionAnswer, DecideRequest, OfficerRole, TasksAnswer,
};
use city_api::requests::outcome::CaseState;
use city_api::requests::paths::{CaseAction, case_action};
use city_api::requests::status::CatalogueStatus;
use city_api::requests::{ProblemCode, paths};
use city_catalogue::form::{Answer, Source, Value};
use city_catalogue::{Catalogue, ItemCode};
use reqwest::blocking::Response;

use common::filing::{CHEN, LI, ZHANG, application};
use common::{ALLOWANCE, Room, TestKiosk, UNEMPLOYMENT, problem, read};

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
    record(UNEMPLOYMENT, change)
}

/// The record of this code as a file of its own, changed.
fn record(code: &str, change: impl FnOnce(&mut serde_json::Value)) -> Vec<u8> {
    let (_, catalogue) = city_backend::sample_city::FILES[0];
    let catalogue: serde_json::Value = serde_json::from_str(catalogue).unwrap();
    let items = catalogue["items"].as_array().unwrap();
    let found = items.iter().find(|item| item["codes"]["handling"] == code);
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

/// Drops another version of 失业登记 into the folder and waits until the city took it.
fn drop_version(room: &Room, change: impl FnOnce(&mut serde_json::Value)) {
    let before = status(room).version;
    let newer = item(|item| {
        item["version"] = 2.into();
        change(item);
    });
    std::fs::write(room.config.catalogue.join("unemployment.json"), newer).unwrap();
    status_when(room, |status| status.version > before);
}

fn refusals(room: &Room) -> Vec<(String, String)> {
    let sql = "SELECT actor, detail FROM event WHERE kind = 'item refused' ORDER BY id";
    let rows = room.rows(sql).into_iter();
    rows.map(|row| (row[0].clone(), row[1].clone())).collect()
}

#[test]
fn an_item_was_cancelled_and_a_kiosk_files_it_with_the_catalogue_of_last_week() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let window = room.officer("ZSJ", OfficerRole::Window, "w1");
    drop_version(&room, |item| item["status"] = "cancelled".into());
    // Within 72 hours the kiosk may not know; when such a packet arrives does not matter.
    assert_eq!(kiosk.send(&kiosk.unemployment(ZHANG)).irregular, None);
    let in_time = kiosk.unemployment(ZHANG);
    room.city().clock().advance(73 * 3600);
    assert_eq!(kiosk.send(&in_time).irregular, None);
    assert!(refusals(&room).is_empty());

    let late = kiosk.unemployment(LI);
    let received = kiosk.send(&late);
    assert_eq!(received.irregular.as_deref(), Some("item_not_in_force"));
    let refused = refusals(&room);
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0].0, kiosk.id.to_string());
    assert!(refused[0].1.starts_with(UNEMPLOYMENT), "{refused:?}");

    // Nobody may accept what was not in force; it is closed with a reason.
    let number = received.filing_number.to_string();
    let accept = case_action(&number, CaseAction::Accept);
    let accepted = problem(window.post(&accept, &AcceptRequest::default()));
    assert_eq!(accepted.code, ProblemCode::WrongState);
    let reason = DecideRequest {
        task: None,
        granted: false,
        opinion: "事项已取消".into(),
        points: std::collections::BTreeMap::new(),
    };
    let closed = window.post(&case_action(&number, CaseAction::Decide), &reason);
    assert_eq!(read::<ActionAnswer>(closed).state, CaseState::NotAccepted);
}

#[test]
fn a_draft_is_filed_by_nobody() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let file = room.config.catalogue.join("unemployment.json");
    let draft = item(|item| {
        item["version"] = 2.into();
        item["status"] = "draft".into();
    });
    std::fs::write(&file, draft).unwrap();
    let before = status_when(&room, |status| status.drafts == 1).version;
    let mut filed = application(UNEMPLOYMENT, ZHANG, ZHANG.unemployed(), Vec::new());
    filed.item.version = 2;
    let received = kiosk.send(&kiosk.seal_application(&filed, 0));
    assert_eq!(received.irregular.as_deref(), Some("item_unknown"));
    assert_eq!(refusals(&room).len(), 1);
    // The draft comes into force under its number and is filed.
    let in_force = item(|item| item["version"] = 2.into());
    std::fs::write(file, in_force).unwrap();
    status_when(&room, |status| status.version > before);
    let received = kiosk.send(&kiosk.seal_application(&filed, 0));
    assert_eq!(received.irregular, None);
}

#[test]
fn an_item_out_of_force_opens_no_door_and_each_refusal_is_noted() {
    let room = Room::open();
    let kiosk = room.kiosk();
    drop_version(&room, |item| item["status"] = "cancelled".into());
    room.city().clock().advance(73 * 3600);
    let grant = kiosk.grant(ZHANG.number, ZHANG.name, IdentityMethod::Face);
    let unknown = "1259010000000000000000000000000000";
    for code in [UNEMPLOYMENT, unknown] {
        let asked = PrefillRequest {
            grant: grant.clone(),
            item: code.to_owned(),
        };
        let prefill = problem(kiosk.post(paths::PREFILL, &asked));
        let check = IdentityCheckRequest {
            item: Some(code.to_owned()),
            document_number: ZHANG.number.into(),
            name: ZHANG.name.into(),
            method: IdentityMethod::Card,
            answer: None,
        };
        let identity = problem(kiosk.post(paths::IDENTITY_CHECKS, &check));
        for refused in [prefill, identity] {
            assert_eq!(refused.code, ProblemCode::BadField);
            assert_eq!(refused.field.as_deref(), Some("item"));
        }
    }
    let refused = refusals(&room);
    assert_eq!(refused.len(), 4);
    assert!(
        refused
            .iter()
            .all(|(actor, _)| *actor == kiosk.id.to_string())
    );
}

#[test]
fn a_filing_from_a_district_without_a_body_is_handled_by_the_city_by_its_own_record() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let before = status(&room).version;
    let implementation = "11590100YT0000118H3590511001000";
    let own = record(ALLOWANCE, |item| {
        item["codes"]["implementation"] = implementation.into();
        item["codes"]["handling"] = format!("{implementation}01").into();
        item["department"] = "MZJ".into();
        item["level"] = "3".into();
        let steps = item["steps"].as_array_mut().unwrap();
        steps.retain(|step| step["parallelGroup"].is_null());
        for step in steps {
            if step["department"] == "HD-MZJ" {
                step["department"] = "MZJ".into();
            }
        }
    });
    std::fs::write(room.config.catalogue.join("allowance.json"), own).unwrap();
    status_when(&room, |status| status.version > before);
    let mut answers = CHEN.in_need();
    let elsewhere = Value::Region("590121".into());
    answers.set(
        "hukouRegion",
        Answer::from_source(elsewhere, Source::Register),
    );
    let filed = application(ALLOWANCE, CHEN, answers, Vec::new());
    let received = kiosk.send(&kiosk.seal_application(&filed, 0));
    assert_eq!(received.irregular, None);
    let number = received.case_number.unwrap();
    assert!(number.as_str().starts_with(implementation), "{number:?}");
    let window = room.officer("ZSJ", OfficerRole::Window, "w1");
    let accept = case_action(number.as_str(), CaseAction::Accept);
    let _: ActionAnswer = read(window.post(&accept, &AcceptRequest::default()));
    // The city's own record has no checks by other bodies: its officers are next.
    for (body, open) in [("MZJ", 1), ("HD-MZJ", 0), ("RSJ", 0)] {
        let officer = room.officer(body, OfficerRole::Officer, body);
        let tasks: TasksAnswer = read(officer.get(paths::TASKS));
        assert_eq!(tasks.tasks.len(), open, "{body}");
    }
}
