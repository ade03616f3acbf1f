//! The code library: read by anybody, changed by two people, fetched piece by piece.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use city_api::bundle::{Bundle, SIGNATURE_HEADER, SignedBundle};
use city_api::increment::Increment;
use city_api::requests::library::{
    ActRequest, DraftRequest, DraftsAnswer, ItemsAnswer, VersionAnswer, VersionsAnswer,
};
use city_api::requests::officer::OfficerRole;
use city_api::requests::status::CatalogueStatus;
use city_api::requests::{ProblemCode, paths};
use serde_json::{Value, json};

use common::filing::ZHANG;
use common::{LEGAL_AID, Room, TestKiosk, TestOfficer, UNEMPLOYMENT, problem, read, wait_for};

fn record(code: &str, change: impl FnOnce(&mut Value)) -> Value {
    let (_, catalogue) = city_backend::sample_city::FILES[0];
    let catalogue: Value = serde_json::from_str(catalogue).unwrap();
    let items = catalogue["items"].as_array().unwrap();
    let found = items.iter().find(|item| item["codes"]["handling"] == code);
    let mut item = found.unwrap().clone();
    change(&mut item);
    item
}

fn version_two(code: &str) -> Value {
    record(code, |item| item["version"] = 2.into())
}

fn in_force(room: &Room, code: &str) -> Option<u64> {
    let items: ItemsAnswer = read(room.get("/v1/items"));
    let mut items = items.items.into_iter();
    let item = items.find(|item| item.code == code);
    item.map(|item| item.version.into())
}

fn why(why: &str) -> ActRequest {
    ActRequest { why: why.into() }
}

fn draft(officer: &TestOfficer, item: Value) -> reqwest::blocking::Response {
    let asked = DraftRequest {
        item,
        why: "简化环节".into(),
        causes: Vec::new(),
    };
    officer.post("/v1/library/drafts", &asked)
}

fn act(officer: &TestOfficer, code: &str, act: &str) -> reqwest::blocking::Response {
    officer.post(&format!("/v1/library/{code}/2/{act}"), &why("核对无误"))
}

fn bundle(room: &Room, kiosk: &TestKiosk) -> Bundle {
    let answer = room.get(paths::CATALOGUE);
    let signature = answer.headers()[SIGNATURE_HEADER].to_str().unwrap().parse();
    let signed = SignedBundle {
        signature: signature.unwrap(),
        bytes: answer.bytes().unwrap().to_vec(),
    };
    signed.verify(&kiosk.city_keys.signing, None).unwrap()
}

#[test]
fn anybody_reads_items_guides_versions_and_reports_without_a_login() {
    let room = Room::open();
    let items: ItemsAnswer = read(room.get("/v1/items"));
    assert_eq!(items.items.len(), 62);
    let marked = items.items.iter().filter(|item| item.approval_character);
    assert_eq!(marked.count(), 15);
    for item in &items.items {
        assert!(item.burden["steps"].as_u64().unwrap() > 0, "{}", item.code);
    }
    let item: Value = read(room.get(&format!("/v1/items/{LEGAL_AID}")));
    assert_eq!(item["lastChecked"], "2026-01-01");
    let guide: Value = read(room.get(&format!("/v1/items/{LEGAL_AID}/guide")));
    for part in ["legalBasis", "conditions", "materials", "flow"] {
        assert!(!guide[part].as_array().unwrap().is_empty(), "{part}");
    }
    assert!(guide["fee"]["charged"].is_boolean() && guide["promisedLimit"]["value"].is_u64());
    let handbook = format!("/v1/items/{LEGAL_AID}/handbook");
    assert_eq!(problem(room.get(&handbook)).code, ProblemCode::Unauthorised);
    let officer = room.officer("SFJ", OfficerRole::Officer, "o1");
    let steps: Value = read(officer.get(&handbook));
    assert!(
        steps["steps"]
            .as_array()
            .unwrap()
            .iter()
            .any(|step| step["examines"] == true)
    );
    let acts: VersionsAnswer = read(room.get(&format!("/v1/items/{LEGAL_AID}/versions")));
    assert_eq!(
        (acts.acts.len(), acts.acts[0].act.as_str()),
        (1, "published")
    );
    assert_eq!(acts.acts[0].person, None);
    let coverage: Value = read(room.get("/v1/library/coverage"));
    assert_eq!(coverage["bodiesWithoutItem"], json!([]));
    let report: Value = read(room.get("/v1/library/report"));
    assert_eq!(report["mostSteps"].as_array().unwrap().len(), 10);
    let bundles: Vec<Value> = read(room.get("/v1/bundles"));
    assert_eq!(bundles.len(), 4);
    let one: Value = read(room.get("/v1/bundles/B01"));
    assert_eq!(one["items"].as_array().unwrap().len(), 3);
    for nothing in [
        "/v1/items/x",
        "/v1/items/x/guide",
        "/v1/bundles/x",
        "/v1/items/x/versions",
    ] {
        assert_eq!(problem(room.get(nothing)).code, ProblemCode::NotFound);
    }
    let diff = format!("/v1/items/{LEGAL_AID}/diff");
    assert_eq!(problem(room.get(&diff)).code, ProblemCode::BadField);
    let far = problem(room.get(&format!("{diff}?from=1&to=9")));
    assert_eq!(far.code, ProblemCode::NotFound);
}

#[test]
fn who_wrote_a_version_does_not_review_it_and_a_registration_needs_two() {
    let room = Room::open();
    let editor = room.officer("JYZX", OfficerRole::Officer, "e1");
    let own = room.officer("JYZX", OfficerRole::Approver, "e1");
    let [first, second] = ["r1", "r2"].map(|who| room.officer("JYZX", OfficerRole::Approver, who));
    let window = room.officer("ZSJ", OfficerRole::Window, "w1");
    let other = room.officer("SFJ", OfficerRole::Officer, "o1");
    for stranger in [&window, &other] {
        let refused = problem(draft(stranger, version_two(UNEMPLOYMENT)));
        assert_eq!(refused.code, ProblemCode::Forbidden);
    }
    let faulty = record(UNEMPLOYMENT, |item| {
        item["version"] = 2.into();
        item["legalBasis"] = json!([]);
    });
    let refused = problem(draft(&editor, faulty));
    assert!(refused.detail.unwrap().contains("E_NO_LEGAL_BASIS"));

    let shorter = record(UNEMPLOYMENT, |item| {
        item["version"] = 2.into();
        item["name"]["en"] = "Unemployment registration, shorter".into();
    });
    let written: VersionAnswer = read(draft(&editor, shorter));
    assert_eq!(
        (written.status.as_str(), written.reviews_needed),
        ("draft", 2)
    );
    let again = problem(draft(&editor, version_two(UNEMPLOYMENT)));
    assert_eq!(again.code, ProblemCode::WrongState);
    let review = |officer| act(officer, UNEMPLOYMENT, "review");
    assert_eq!(problem(review(&editor)).code, ProblemCode::Forbidden);
    assert_eq!(problem(review(&own)).code, ProblemCode::SamePerson);
    let once: VersionAnswer = read(review(&first));
    assert_eq!(once.status, "draft");
    let enforce = || act(&first, UNEMPLOYMENT, "enforce");
    assert_eq!(problem(enforce()).code, ProblemCode::WrongState);
    assert_eq!(problem(review(&first)).code, ProblemCode::SamePerson);
    let twice: VersionAnswer = read(review(&second));
    assert_eq!(
        (twice.status.as_str(), twice.reviewers.len()),
        ("reviewed", 2)
    );
    assert_eq!(in_force(&room, UNEMPLOYMENT), Some(1));
    let drafts: DraftsAnswer = read(editor.get("/v1/library/drafts"));
    assert_eq!(drafts.drafts.len(), 1);
    let enforced: VersionAnswer = read(enforce());
    assert_eq!(enforced.status, "in_force");
    wait_for(
        || in_force(&room, UNEMPLOYMENT),
        |version| *version == Some(2),
    );
    let diff: Value = read(room.get(&format!("/v1/items/{UNEMPLOYMENT}/diff?from=1&to=2")));
    assert_eq!(
        (&diff["daysSaved"], &diff["why"]),
        (&json!(0), &json!("简化环节"))
    );

    // Every version with who, when and why; the persons for officers only.
    let history = format!("/v1/library/{UNEMPLOYMENT}/history");
    let acts: VersionsAnswer = read(editor.get(&history));
    let acts: Vec<(u32, String, Option<String>)> = acts
        .acts
        .into_iter()
        .map(|act| (act.version, act.act, act.person))
        .collect();
    let told =
        |version, act: &str, person: &str| (version, act.to_owned(), Some(person.to_owned()));
    assert_eq!(acts[1], told(2, "drafted", "e1"));
    assert_eq!(acts[2], told(2, "reviewed", "r1"));
    assert_eq!(acts[3], told(2, "reviewed", "r2"));
    assert_eq!(acts[4], told(2, "enforced", "r1"));
    assert!(
        acts.iter()
            .any(|(version, act, _)| *version == 1 && act == "ended")
    );
    assert_eq!(problem(room.get(&history)).code, ProblemCode::Unauthorised);

    // A case of the old version stays on it; the new one is filed from now on.
    let kiosk = room.kiosk();
    assert_eq!(kiosk.send(&kiosk.unemployment(ZHANG)).irregular, None);
}

#[test]
fn a_version_comes_into_force_at_every_node_and_survives_a_restart() {
    let mut room = Room::open();
    let editor = room.officer("SFJ", OfficerRole::Officer, "e1");
    let reviewer = room.officer("SFJ", OfficerRole::Approver, "r1");
    let node = room.second_node();
    let mut second = room.config.clone();
    second.listen = node.address();
    let _: VersionAnswer = read(draft(&editor, version_two(LEGAL_AID)));
    let _: VersionAnswer = read(act(&reviewer, LEGAL_AID, "review"));
    let _: VersionAnswer = read(act(&reviewer, LEGAL_AID, "enforce"));
    let there = || {
        let url = format!("{}/v1/items", node.url());
        let items: ItemsAnswer = read(room.http().get(url).send().unwrap());
        items
            .items
            .into_iter()
            .find(|item| item.code == LEGAL_AID)
            .unwrap()
            .version
    };
    wait_for(there, |version| *version == 2);
    drop(node);
    room.stop();
    room.start_again();
    assert_eq!(in_force(&room, LEGAL_AID), Some(2));

    let reviewer = room.officer("SFJ", OfficerRole::Approver, "r1");
    let cancel = format!("/v1/library/{LEGAL_AID}/cancel");
    let cancelled: VersionAnswer = read(reviewer.post(&cancel, &why("法律废止")));
    assert_eq!(
        (cancelled.version, cancelled.status.as_str()),
        (3, "cancelled")
    );
    wait_for(|| in_force(&room, LEGAL_AID), Option::is_none);
    assert_eq!(
        problem(reviewer.post(&cancel, &why("再次"))).code,
        ProblemCode::NotFound
    );
}

#[test]
fn a_draft_dropped_into_the_folder_leaves_the_version_in_force_alone() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let before = bundle(&room, &kiosk);
    let draft = record(UNEMPLOYMENT, |item| {
        item["version"] = 2.into();
        item["status"] = "draft".into();
    });
    let file = room.config.catalogue.join("next.json");
    std::fs::write(file, draft.to_string()).unwrap();
    let status = || -> CatalogueStatus { read(room.get(paths::CATALOGUE_STATUS)) };
    let status = wait_for(status, |status| status.drafts == 1);
    assert_eq!((status.version, status.items), (before.version, 62));
    assert_eq!(in_force(&room, UNEMPLOYMENT), Some(1));
    assert_eq!(bundle(&room, &kiosk), before);
    assert_eq!(kiosk.send(&kiosk.unemployment(ZHANG)).irregular, None);
}

#[test]
fn a_city_that_asks_for_reviews_takes_no_file_without_them() {
    let room = Room::open();
    let folder = room.config.catalogue.clone();
    std::fs::write(
        folder.join("policy.json"),
        r#"{"library": {"filesNeedReview": true}}"#,
    )
    .unwrap();
    let file = folder.join("next.json");
    let status = || -> CatalogueStatus { read(room.get(paths::CATALOGUE_STATUS)) };
    let with = |reviewers: &[&str]| {
        let item = record(UNEMPLOYMENT, |item| {
            item["version"] = 2.into();
            item["revision"] = json!({
                "editor": "e1", "at": "2026-02-01", "why": "修订", "reviewers": reviewers,
            });
        });
        std::fs::write(&file, item.to_string()).unwrap();
    };
    with(&["r1"]);
    let refused = wait_for(status, |status| !status.refused.is_empty());
    assert_eq!(refused.refused[0].faults[0].code, "E_REVIEW");
    with(&["r1", "r2"]);
    wait_for(
        || in_force(&room, UNEMPLOYMENT),
        |version| *version == Some(2),
    );
}

#[test]
fn what_nobody_confirmed_for_half_a_year_is_listed_until_somebody_does() {
    let room = Room::open();
    room.city().clock().advance(400 * 24 * 3600);
    let stale = || -> Vec<Value> { read(room.get("/v1/library/stale")) };
    assert_eq!(stale().len(), 62);
    let officer = room.officer("SFJ", OfficerRole::Officer, "o1");
    let confirm = format!("/v1/library/{LEGAL_AID}/confirm");
    let window = room.officer("ZSJ", OfficerRole::Window, "w1");
    let refused = problem(window.post(&confirm, &why("看过")));
    assert_eq!(refused.code, ProblemCode::Forbidden);
    assert_eq!(officer.post(&confirm, &why("逐项核对")).status(), 204);
    let left = stale();
    assert!(left.len() == 61 && left.iter().all(|item| item["code"] != LEGAL_AID));
}

#[test]
fn a_kiosk_fetches_what_changed_and_holds_the_same_bundle() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let old = bundle(&room, &kiosk);
    let path = |version: u64| format!("/v1/catalogue/increments/{version}");
    assert_eq!(room.get(&path(old.version)).status(), 304);
    let item = record(UNEMPLOYMENT, |item| {
        item["version"] = 2.into();
        item["name"]["en"] = "Unemployment registration, second edition".into();
    });
    std::fs::write(room.config.catalogue.join("next.json"), item.to_string()).unwrap();
    let status = || -> CatalogueStatus { read(room.get(paths::CATALOGUE_STATUS)) };
    wait_for(status, |status| status.version > old.version);
    let answer = room.get(&path(old.version));
    let text = answer.text().unwrap();
    let whole = serde_json::to_vec(&old).unwrap().len();
    assert!(text.len() * 100 < whole, "{} of {whole} bytes", text.len());
    let increment: Increment = serde_json::from_str(&text).unwrap();
    let (_, taken) = increment.apply(&old, &kiosk.city_keys.signing).unwrap();
    assert_eq!(taken, bundle(&room, &kiosk));
    // The fictional persons of the catalogue are in the bundle, and in no row of the database.
    let kept = room.column("SELECT CAST(document AS TEXT) FROM bundle");
    assert!(!kept.iter().any(|row| row.contains(ZHANG.number)));
    assert_eq!(
        taken.documents["catalogue"]["items"]
            .as_array()
            .unwrap()
            .len(),
        62
    );
    for unknown in [0, 999] {
        assert_eq!(
            problem(room.get(&path(unknown))).code,
            ProblemCode::NotFound
        );
    }
    // A day later only the signature is new.
    room.city().clock().advance(25 * 3600);
    let reissued = wait_for(status, |status| status.version > taken.version);
    let text = room.get(&path(taken.version)).text().unwrap();
    assert!(text.len() < 400, "{text}");
    let increment: Increment = serde_json::from_str(&text).unwrap();
    assert_eq!(increment.version, reissued.version);
    increment.apply(&taken, &kiosk.city_keys.signing).unwrap();
}

#[test]
fn a_draft_was_given_up_and_the_item_is_cancelled_all_the_same() {
    let room = Room::open();
    let editor = room.officer("SFJ", OfficerRole::Officer, "e1");
    let approver = room.officer("SFJ", OfficerRole::Approver, "a1");
    let _: VersionAnswer = read(draft(&editor, version_two(LEGAL_AID)));
    let cancel = format!("/v1/library/{LEGAL_AID}/cancel");
    let under_way = problem(approver.post(&cancel, &why("法律废止")));
    assert_eq!(under_way.code, ProblemCode::WrongState);
    let _: VersionAnswer = read(act(&approver, LEGAL_AID, "discard"));
    let cancelled: VersionAnswer = read(approver.post(&cancel, &why("法律废止")));
    assert_eq!(
        (cancelled.version, cancelled.status.as_str()),
        (3, "cancelled")
    );
    wait_for(|| in_force(&room, LEGAL_AID), Option::is_none);
    let told = "SELECT detail FROM event WHERE kind = 'version moved' ORDER BY id";
    let moved = ["2: drafted", "2: cancelled", "3: cancelled"];
    let moved = moved.map(|moved| format!("item {LEGAL_AID}, version {moved}"));
    assert_eq!(room.column(told), moved);
}
