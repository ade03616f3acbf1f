//! Bad requests of every kind get a problem that names the field; never a 500.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use city_api::keys::{DeviceKey as _, SoftwareKey};
use city_api::requests::enrolment::EnrolmentRequest;
use city_api::requests::officer::OfficerRole;
use city_api::requests::status::{DeviceHealth, DeviceState, HeartbeatAnswer, HeartbeatRequest};
use city_api::requests::{ProblemCode, paths};
use serde_json::{Value, json};

use common::{Room, SAM, problem, read};

/// A sound body for every JSON request of a kiosk.
fn bodies() -> Vec<(&'static str, Value)> {
    vec![
        (
            paths::PACKETS,
            json!({"header": "e30=", "signature": "AAAA"}),
        ),
        (
            paths::IDENTITY_CHECKS,
            json!({"item": null, "documentNumber": "1", "name": "张", "method": "card", "answer": null}),
        ),
        (paths::PREFILL, json!({"grant": "g", "item": "i"})),
        (paths::PERSON_SUMMARY, json!({"grant": "g"})),
        (paths::PERSON_CASES, json!({"grant": "g"})),
        (
            paths::APPOINTMENTS,
            json!({"id": "01890a5d-ac96-774b-bcce-b302099a8057", "grant": "g", "item": "i", "station": "S001",
                   "begins": "2026-03-02T01:00:00Z"}),
        ),
        (paths::OWN_APPOINTMENTS, json!({"grant": "g"})),
        (
            paths::HEARTBEATS,
            json!({"program": "1", "uptimeSeconds": 1, "catalogueVersion": null, "outboxWaiting": 0,
                   "outboxOldestSeconds": null, "quarantined": 0, "devices": [{"kind": "k", "health": "ok", "cause": null}]}),
        ),
    ]
}

/// The same body with one field after the other missing, of the wrong type, too long, and one too many.
fn broken(body: &Value) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    let fields = body.as_object().unwrap();
    for (name, value) in fields {
        let mut wrong = body.clone();
        wrong[name] = json!({"surprise": [1]});
        found.push((name.clone(), wrong));
        if !value.is_null() {
            let mut missing = body.clone();
            missing.as_object_mut().unwrap().remove(name);
            found.push((name.clone(), missing));
        }
        if value.is_string() && name != "method" {
            let mut long = body.clone();
            long[name] = json!("长".repeat(20_000));
            found.push((name.clone(), long));
        }
    }
    let mut more = body.clone();
    more["surprise"] = json!(1);
    found.push(("surprise".to_owned(), more));
    found
}

#[test]
fn every_broken_body_of_a_kiosk_gets_a_problem_that_names_the_field() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let mut tried = 0;
    for (path, body) in bodies() {
        for (field, body) in broken(&body) {
            let answer = problem(kiosk.post(path, &body));
            let named = answer.field.unwrap_or_default();
            assert!(
                named == field || named.starts_with(&format!("{field}.")),
                "{path} {field}: {named}"
            );
            assert!(
                (400..500).contains(&answer.status),
                "{path} {field}: {}",
                answer.status
            );
            tried += 1;
        }
        for bytes in [
            &b""[..],
            b"{",
            b"[]",
            b"null",
            b"{}x",
            b"\xff\xfe",
            b"\"text\"",
        ] {
            let answer = problem(kiosk.post_bytes(path, bytes.to_vec()));
            assert!((400..500).contains(&answer.status), "{path}: {answer:?}");
        }
        let large = problem(kiosk.post_bytes(path, vec![b' '; 200 * 1024]));
        assert_eq!(large.code, ProblemCode::TooLarge);
    }
    assert!(tried > 40, "{tried}");
}

#[test]
fn broken_bodies_of_officers_and_enrolments_are_named_too() {
    let room = Room::open();
    let window = room.officer("ZSJ", OfficerRole::Window, "w1");
    for (path, body) in [
        ("/v1/cases/1/accept", json!({"note": "n"})),
        (
            "/v1/cases/1/supplement",
            json!({"materials": [1], "words": "w"}),
        ),
        (
            "/v1/cases/1/decide",
            json!({"task": null, "granted": true, "opinion": "o"}),
        ),
    ] {
        for (field, body) in broken(&body) {
            if path.ends_with("accept") && body == json!({}) {
                continue;
            }
            let answer = problem(window.post(path, &body));
            assert_eq!(answer.field.as_deref(), Some(field.as_str()), "{path}");
        }
        assert_eq!(
            problem(window.post(path, &body)).code,
            ProblemCode::NotFound
        );
    }
    let enrolment = json!({"code": "AAAA-AAAA-AAAA", "publicKey": "0".repeat(64), "samId": "1"});
    for (field, body) in broken(&enrolment) {
        let url = format!("{}{}", room.city().url(), paths::ENROLMENTS);
        let answer = problem(room.http().post(url).json(&body).send().unwrap());
        assert_eq!(answer.field.as_deref(), Some(field.as_str()));
    }
}

#[test]
fn numbers_and_texts_that_some_database_cannot_keep_are_refused() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let beat = |program: &str, uptime: u64| {
        json!({"program": program, "uptimeSeconds": uptime, "catalogueVersion": null, "outboxWaiting": 0,
               "outboxOldestSeconds": null, "quarantined": 0, "devices": []})
    };
    assert_eq!(
        kiosk
            .post(paths::HEARTBEATS, &beat("1", (1 << 53) - 1))
            .status(),
        200
    );
    let large = problem(kiosk.post(paths::HEARTBEATS, &beat("1", 1 << 63)));
    assert_eq!(large.field.as_deref(), Some("uptimeSeconds"));
    assert_eq!(
        problem(kiosk.post(paths::HEARTBEATS, &beat("1\0", 1))).code,
        ProblemCode::BadField
    );
    let nul = json!({"id": "01890a5d-ac96-774b-bcce-b302099a8057", "letter": "A", "item": "\0"});
    assert_eq!(
        problem(kiosk.post(paths::TICKETS, &nul)).code,
        ProblemCode::BadField
    );
    for address in [
        "/v1/items/%00",
        "/v1/items/%ff",
        "/v1/slots?item=%00&station=S001",
        "/v1/bundles/%01",
    ] {
        assert_eq!(
            problem(room.get(address)).code,
            ProblemCode::Unreadable,
            "{address}"
        );
    }
    // Every range of tickets is used up: there is no further one, and no number beyond all numbers.
    let day = city_backend::clock::civil(room.city().clock().now()).date();
    let range = json!({"day": day, "letter": "A", "beyond": u32::MAX});
    let answer = kiosk.post("/v1/tickets/ranges", &range);
    assert!(
        answer.status() == 200 || answer.status().is_client_error(),
        "{}",
        answer.status()
    );
}

#[test]
fn the_contract_names_fields_and_methods_as_they_are() {
    let room = Room::open();
    let contract: Value = read(room.get(paths::OPENAPI));
    let answers = contract["components"]["schemas"]["IdentityCheckAnswer"]["oneOf"]
        .as_array()
        .unwrap();
    let names: Vec<&str> = answers
        .iter()
        .flat_map(|answer| answer["properties"].as_object().unwrap().keys())
        .map(String::as_str)
        .collect();
    for name in ["validUntil", "maskedPhone", "triesLeft"] {
        assert!(names.contains(&name), "{name}: {names:?}");
    }
    // What a method that is not for an address is answered, and the methods that are.
    let url = format!("{}/v1/parts/{}", room.city().url(), "0".repeat(64));
    let answer = room.http().get(url).send().unwrap();
    assert_eq!(answer.headers()["allow"], "HEAD,PUT");
    assert_eq!(problem(answer).code, ProblemCode::MethodNotAllowed);
    // Who asks without saying who is told how to say it.
    let answer = room.get("/v1/tasks");
    let ways: Vec<_> = answer
        .headers()
        .get_all("www-authenticate")
        .iter()
        .collect();
    assert_eq!(ways, ["Bearer", "Kiosk"]);
}

#[test]
fn a_one_time_code_is_used_twice_or_too_late() {
    let room = Room::open();
    let url = format!("{}{}", room.city().url(), paths::ENROLMENTS);
    let enrol = |code: &str| {
        let asked = EnrolmentRequest {
            code: code.to_owned(),
            public_key: SoftwareKey::from_seed(&rand::random()).public().to_string(),
            sam_id: SAM.into(),
        };
        room.http().post(&url).json(&asked).send().unwrap()
    };
    let code = room.city().enrol_code("S001").unwrap();
    assert_eq!(enrol(&code.to_lowercase().replace('-', "")).status(), 200);
    assert_eq!(problem(enrol(&code)).code, ProblemCode::CodeSpent);
    assert_eq!(
        problem(enrol("AAAA-BBBB-CCCC")).code,
        ProblemCode::CodeSpent
    );
    let late = room.city().enrol_code("S001").unwrap();
    room.city().clock().advance(15 * 60 + 1);
    assert_eq!(problem(enrol(&late)).code, ProblemCode::CodeSpent);
    assert!(room.city().enrol_code("S999").is_err());
}

#[test]
fn nobody_asks_without_saying_who() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let part = paths::part(&"0".repeat(64));
    for path in [
        part.as_str(),
        "/v1/packets/0/outcome",
        "/v1/results/0",
        "/v1/tasks",
        "/v1/options/hospitals",
    ] {
        let answer = room.get(path);
        assert!(
            [401, 405].contains(&answer.status().as_u16()),
            "{path}: {}",
            answer.status()
        );
        problem(answer);
    }
    assert_eq!(
        problem(kiosk.get("/v1/tasks")).code,
        ProblemCode::Unauthorised
    );
    assert_eq!(
        problem(kiosk.get("/v1/nothing")).code,
        ProblemCode::NotFound
    );
    assert_eq!(
        problem(kiosk.get("/v1/packets/x/outcome")).field.as_deref(),
        Some("id")
    );
    assert_eq!(
        problem(kiosk.get(paths::PACKETS)).code,
        ProblemCode::MethodNotAllowed
    );
    assert_eq!(
        problem(kiosk.put("/v1/parts/xyz", vec![1], None))
            .field
            .as_deref(),
        Some("sha256")
    );
    let range = problem(kiosk.put(&part, vec![1, 2], Some("bytes 0-0/2".into())));
    assert_eq!(range.field.as_deref(), Some("Content-Range"));
}

#[test]
fn a_kiosk_whose_clock_is_wrong_is_told_so_and_its_packets_still_come_in() {
    let room = Room::open();
    let mut kiosk = room.kiosk();
    kiosk.clock = city_backend::clock::Clock::default();
    let packet = kiosk.unemployment(common::filing::ZHANG);
    kiosk.send_parts(&packet);
    room.city().clock().advance(600);
    assert_eq!(
        problem(kiosk.get(&paths::outcome(packet.fields.id))).code,
        ProblemCode::ClockSkew
    );
    kiosk.acknowledged(&packet, kiosk.post_packet(&packet));
}

#[test]
fn the_console_shows_counts_and_kiosks_and_nobody() {
    let room = Room::open();
    let kiosk = room.kiosk();
    kiosk.send(&kiosk.unemployment(common::filing::ZHANG));
    let beat = HeartbeatRequest {
        program: "0.1.0".into(),
        uptime_seconds: 5,
        catalogue_version: Some(1),
        outbox_waiting: 0,
        outbox_oldest_seconds: None,
        quarantined: 0,
        devices: vec![DeviceState {
            kind: "receipt-printer".into(),
            health: DeviceHealth::Fault,
            cause: Some("paper-out".into()),
        }],
        event_sequence: None,
        event_sequence_older: None,
        event_fault: None,
    };
    let answer: HeartbeatAnswer = read(kiosk.post(paths::HEARTBEATS, &beat));
    assert_eq!(answer.catalogue_version, 1);
    let page = room.get(paths::CONSOLE).text().unwrap();
    assert!(page.contains(&kiosk.id.to_string()) && page.contains("paper-out"));
    assert!(!page.contains("张示例") && !page.contains("590102199002150015"));
    assert_eq!(room.get(paths::HEALTHZ).text().unwrap(), "ok");
    assert_eq!(room.get(paths::READYZ).text().unwrap(), "ready");
    let contract: Value = read(room.get(paths::OPENAPI));
    assert!(contract["paths"]["/v1/packets"]["post"].is_object());
}
