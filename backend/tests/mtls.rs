//! Client certificates of kiosks over real TLS: whose, from whom, how long, and what goes on without one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use city_api::requests::enrolment::{
    CertificateAnswer, CertificateRequest, EnrolledKiosk, KiosksAnswer,
};
use city_api::requests::{Problem, ProblemCode, paths};
use city_backend::clock::Clock;
use city_backend::{City, CityError, Mtls, MtlsError, RunningCity, Tls};
use city_catalogue::policy::StaffRole;
use jiff::SignedDuration;
use rcgen::{CertificateParams, KeyPair, PKCS_ED25519};
use reqwest::blocking::{Client, Response};
use serde_json::json;

use common::filing::ZHANG;
use common::{Room, TestKiosk, TestOfficer, problem, read};

const DAY: i64 = 24 * 60 * 60;
const MINUTE: i64 = 60;

fn room(mtls: Mtls) -> Room {
    Room::open_with_config(|config| config.mtls = mtls)
}

/// A key for TLS and what the city gives for it.
struct Given {
    key: KeyPair,
    answer: CertificateAnswer,
}

fn asked(key: &KeyPair) -> CertificateRequest {
    CertificateRequest {
        tls_key: hex::encode(key.public_key_raw()),
    }
}

fn certificate(kiosk: &TestKiosk) -> Given {
    let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    let answer = read(kiosk.post(paths::CERTIFICATES, &asked(&key)));
    Given { key, answer }
}

/// The bytes of a certificate in PEM.
fn der(pem: &str) -> Vec<u8> {
    let lines = pem.lines().filter(|line| !line.starts_with("-----"));
    STANDARD.decode(lines.collect::<String>()).unwrap()
}

/// A client that shows this certificate to the city.
fn shows(city: &RunningCity, pem: &str, key: &KeyPair) -> Client {
    let identity = format!("{pem}\n{}", key.serialize_pem());
    let ca = city.ca_pem().unwrap();
    Client::builder()
        .add_root_certificate(reqwest::Certificate::from_pem(ca.as_bytes()).unwrap())
        .identity(reqwest::Identity::from_pem(identity.as_bytes()).unwrap())
        .timeout(Duration::from_secs(20))
        .no_proxy()
        .build()
        .unwrap()
}

/// The same kiosk as it shows a certificate.
fn with(mut kiosk: TestKiosk, city: &RunningCity, given: &Given) -> TestKiosk {
    kiosk.http = shows(city, &given.answer.certificate_pem, &given.key);
    kiosk
}

fn beat(kiosk: &TestKiosk) -> Response {
    let beat = json!({"program": "1", "uptimeSeconds": 1, "catalogueVersion": null, "outboxWaiting": 0,
                      "outboxOldestSeconds": null, "quarantined": 0, "devices": []});
    kiosk.post(paths::HEARTBEATS, &beat)
}

/// The words of a refusal for the certificate.
fn flaw(answer: Response) -> String {
    let problem: Problem = problem(answer);
    assert_eq!(problem.code, ProblemCode::Certificate);
    assert_eq!(problem.status, 401);
    problem.detail.unwrap()
}

#[test]
fn a_kiosk_without_a_certificate_is_refused_where_one_is_required_and_still_hands_over() {
    let room = room(Mtls::Required);
    let kiosk = room.kiosk();
    assert_eq!(
        flaw(beat(&kiosk)),
        "this city requires a client certificate, and none was shown"
    );
    let sealed = kiosk.unemployment(ZHANG);
    kiosk.send(&sealed);
    assert_eq!(room.city().cases().unwrap().len(), 1);
    let given = certificate(&kiosk);
    let kiosk = with(kiosk, room.city(), &given);
    assert_eq!(beat(&kiosk).status(), 200);
    assert_eq!(
        kiosk.outcome(&sealed).packet,
        sealed.fields.id,
        "what it asks for beside heartbeats is answered too"
    );
}

#[test]
fn an_older_kiosk_without_a_certificate_goes_on_where_they_are_offered() {
    let room = room(Mtls::Offered);
    let kiosk = room.kiosk();
    assert_eq!(beat(&kiosk).status(), 200);
    let given = certificate(&kiosk);
    assert_eq!(beat(&with(kiosk, room.city(), &given)).status(), 200);
}

#[test]
fn a_kiosk_shows_the_certificate_of_another() {
    for mtls in [Mtls::Offered, Mtls::Required] {
        let room = room(mtls);
        let others = certificate(&room.kiosk());
        let kiosk = with(room.kiosk(), room.city(), &others);
        assert_eq!(
            flaw(beat(&kiosk)),
            "the client certificate is another kiosk's"
        );
        // Its own signature still gets it its own.
        let own = certificate(&kiosk);
        assert_eq!(beat(&with(kiosk, room.city(), &own)).status(), 200);
    }
}

#[test]
fn a_certificate_of_another_city_or_of_ones_own_making_is_worth_nothing() {
    let (here, there) = (room(Mtls::Offered), room(Mtls::Offered));
    let (kiosk, twin) = (here.kiosk(), there.kiosk());
    assert_eq!(kiosk.id, twin.id, "both cities have a kiosk of this name");
    let kiosk = with(kiosk, here.city(), &certificate(&twin));
    let foreign = "the client certificate is not of this city's authority";
    assert_eq!(flaw(beat(&kiosk)), foreign);

    let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    let name = format!("{}.kiosk.invalid", kiosk.id.to_string().to_lowercase());
    let own = CertificateParams::new(vec![name]).unwrap();
    let own = own.self_signed(&key).unwrap().pem();
    let mut kiosk = kiosk;
    kiosk.http = shows(here.city(), &own, &key);
    assert_eq!(flaw(beat(&kiosk)), foreign);
    let sealed = kiosk.unemployment(ZHANG);
    kiosk.send(&sealed);
}

#[test]
fn an_expired_certificate_strands_no_sealed_packet_and_is_replaced() {
    let room = room(Mtls::Required);
    let kiosk = room.kiosk();
    let given = certificate(&kiosk);
    let kiosk = with(kiosk, room.city(), &given);
    let sealed = kiosk.unemployment(ZHANG);
    assert_eq!(beat(&kiosk).status(), 200);
    // Some minutes of skew are nobody's fault; the connection stays the same all the while.
    room.city().clock().advance(90 * DAY + 4 * MINUTE);
    assert_eq!(beat(&kiosk).status(), 200);
    room.city().clock().advance(2 * MINUTE);
    assert_eq!(
        flaw(beat(&kiosk)),
        "the client certificate has expired: get another"
    );
    kiosk.send(&sealed);
    assert_eq!(room.city().cases().unwrap().len(), 1);
    let another = certificate(&kiosk);
    assert_eq!(beat(&with(kiosk, room.city(), &another)).status(), 200);
}

#[test]
fn a_node_whose_clock_is_minutes_behind_takes_what_another_has_just_given() {
    let room = room(Mtls::Required);
    let node = |behind: i64| {
        let mut config = room.config.clone();
        config.listen = "127.0.0.1:0".parse().unwrap();
        config.clock = Clock::default();
        config.clock.advance(-behind);
        City::start(config).unwrap()
    };
    let kiosk = room.kiosk();
    let given = certificate(&kiosk);
    let at = |node: &RunningCity| {
        let mut kiosk = with(kiosk.at(node), node, &given);
        kiosk.clock = node.clock().clone();
        beat(&kiosk)
    };
    assert_eq!(at(&node(4 * MINUTE)).status(), 200);
    assert_eq!(
        flaw(at(&node(7 * MINUTE))),
        "the client certificate is not valid yet"
    );
}

#[test]
fn at_half_its_life_a_certificate_is_followed_by_another_and_both_hold_until_they_end() {
    let room = Room::open_with_config(|config| {
        config.mtls = Mtls::Required;
        config.certificate_life = Duration::from_secs(10 * 24 * 60 * 60);
    });
    let kiosk = room.kiosk();
    let begin = kiosk.now().timestamp();
    let first = certificate(&kiosk);
    let near = |at: jiff::Timestamp, days: i64| {
        let off = at.duration_since(begin) - SignedDuration::from_hours(24 * days);
        off.abs() < SignedDuration::from_mins(1)
    };
    assert!(near(first.answer.renew_after, 5) && near(first.answer.ends, 10));
    room.city().clock().advance(5 * DAY);
    let old = with(kiosk.at(room.city()), room.city(), &first);
    let second = certificate(&old);
    assert!(near(second.answer.ends, 15));
    let new = with(kiosk, room.city(), &second);
    assert_eq!(
        (beat(&old).status(), beat(&new).status()),
        (200.try_into().unwrap(), 200.try_into().unwrap())
    );
    room.city().clock().advance(6 * DAY);
    assert!(flaw(beat(&old)).contains("expired"));
    assert_eq!(beat(&new).status(), 200);
}

#[test]
fn a_kiosk_was_stolen_and_neither_its_signature_nor_its_certificate_is_worth_anything() {
    let room = room(Mtls::Required);
    let kiosk = room.kiosk();
    let given = certificate(&kiosk);
    let kiosk = with(kiosk, room.city(), &given);
    assert_eq!(beat(&kiosk).status(), 200);
    let second = room.second_node();
    let id = kiosk.id.to_string();
    room.city().revoke_kiosk(&id, "stolen").unwrap();

    let words = "the enrolment of this kiosk was revoked";
    let sealed = kiosk.unemployment(ZHANG);
    let there = with(kiosk.at(&second), &second, &given);
    let part = &sealed.parts[0];
    let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    for answer in [
        beat(&kiosk),
        beat(&there),
        kiosk.post(paths::CERTIFICATES, &asked(&key)),
        kiosk.put(
            &paths::part(&part.sha256.to_string()),
            part.ciphertext.clone(),
            None,
        ),
    ] {
        let refused = problem(answer);
        assert_eq!(refused.code, ProblemCode::Unauthorised);
        assert_eq!(refused.detail.as_deref(), Some(words));
    }
    let refused = problem(kiosk.post_packet(&sealed));
    assert_eq!(refused.code, ProblemCode::Forged);
    assert_eq!(refused.detail.as_deref(), Some(words));
    assert_eq!(room.city().cases().unwrap().len(), 0);
    let noted = room.column("SELECT detail FROM event WHERE kind = 'kiosk revoked'");
    assert_eq!(noted, [format!("{id}: stolen")]);
    assert!(room.city().revoke_kiosk(&id, "again").is_err());
    assert!(room.city().revoke_kiosk("Z99", "never here").is_err());
    // The machine comes back by a new code, as another kiosk.
    assert_ne!(room.kiosk().id.to_string(), id);
}

fn kiosks(officer: &TestOfficer) -> Vec<EnrolledKiosk> {
    read::<KiosksAnswer>(officer.get(paths::KIOSKS)).kiosks
}

fn revoke(officer: &TestOfficer, kiosk: &str, why: &str) -> Response {
    officer.post(&paths::revoke_kiosk(kiosk), &json!({ "why": why }))
}

#[test]
fn a_kiosk_was_opened_at_night_and_the_security_officer_alone_ends_its_enrolment_at_every_node() {
    let room = room(Mtls::Required);
    let second = room.second_node();
    let kiosk = room.kiosk();
    let given = certificate(&kiosk);
    let kiosk = with(kiosk, room.city(), &given);
    let there = with(kiosk.at(&second), &second, &given);
    assert_eq!(
        (
            beat(&kiosk).status().as_u16(),
            beat(&there).status().as_u16()
        ),
        (200, 200)
    );
    let id = kiosk.id.to_string();
    for role in [
        StaffRole::System,
        StaffRole::Audit,
        StaffRole::Supervisor,
        StaffRole::Officer,
    ] {
        let other = room.staff(role.as_str(), "ZSJ", role);
        let refused = problem(revoke(&other, &id, "撬锁"));
        assert_eq!(refused.code, ProblemCode::Forbidden, "{role:?}");
    }
    let security = room.staff("guard", "ZSJ", StaffRole::Security);
    let silent = problem(revoke(&security, &id, " "));
    assert_eq!(silent.field.as_deref(), Some("why"));
    assert_eq!(beat(&kiosk).status(), 200);
    assert_eq!(revoke(&security, &id, "撬锁，机箱被打开").status(), 204);
    for kiosk in [&kiosk, &there] {
        let refused = problem(beat(kiosk));
        assert_eq!(refused.code, ProblemCode::Unauthorised);
        assert_eq!(
            refused.detail.as_deref(),
            Some("the enrolment of this kiosk was revoked")
        );
    }
    let again = problem(revoke(&security, &id, "再次"));
    assert_eq!(again.code, ProblemCode::NotFound);
    let noted = room.rows("SELECT actor, body, detail FROM event WHERE kind = 'kiosk revoked'");
    let told = format!("{id}: 撬锁，机箱被打开");
    assert_eq!(noted, [["guard", "ZSJ", told.as_str()]]);
}

#[test]
fn nobody_knew_which_certificate_a_machine_holds_and_the_list_says_it() {
    let room = room(Mtls::Offered);
    let (silent, kiosk) = (room.kiosk(), room.kiosk());
    let first = certificate(&kiosk);
    let kiosk = with(kiosk, room.city(), &first);
    room.city().clock().advance(DAY);
    let second = certificate(&kiosk);
    assert_eq!(beat(&kiosk).status(), 200);
    let security = room.staff("guard", "ZSJ", StaffRole::Security);
    let list = kiosks(&security);
    assert_eq!(list.len(), 2, "desks of windows are no kiosks");
    assert_eq!(list[0].id, silent.id.to_string());
    assert_eq!((&list[0].certificate, list[0].heard), (&None, None));
    let newest = list[1].certificate.as_ref().unwrap();
    assert_eq!(newest.ends, second.answer.ends);
    let in_hex = |given: &Given| hex::encode(der(&given.answer.certificate_pem));
    assert!(in_hex(&second).contains(&newest.serial));
    assert!(!in_hex(&first).contains(&newest.serial));
    assert!(list[1].heard.unwrap() > list[1].enrolled);
    assert_eq!(list[1].revocation, None);

    let id = silent.id.to_string();
    assert_eq!(revoke(&security, &id, "报废").status(), 204);
    let system = room.staff("root", "ZSJ", StaffRole::System);
    let revoked = kiosks(&system)[0].revocation.clone().unwrap();
    assert_eq!(
        (revoked.by.as_deref(), revoked.why.as_deref()),
        (Some("guard"), Some("报废"))
    );
    let after: KiosksAnswer = read(system.get(&format!("{}?after={id}", paths::KIOSKS)));
    assert_eq!(after.kiosks.len(), 1);
    let refused = problem(
        room.staff("eye", "ZSJ", StaffRole::Audit)
            .get(paths::KIOSKS),
    );
    assert_eq!(refused.code, ProblemCode::Forbidden);
}

#[test]
fn the_key_that_signs_requests_is_not_taken_for_tls() {
    use city_api::keys::DeviceKey as _;

    let room = room(Mtls::Offered);
    let kiosk = room.kiosk();
    let asked = CertificateRequest {
        tls_key: kiosk.key.public().to_string(),
    };
    let refused = problem(kiosk.post(paths::CERTIFICATES, &asked));
    assert_eq!(refused.field.as_deref(), Some("tlsKey"));
}

#[test]
fn behind_a_proxy_that_ends_tls_there_are_none_and_they_cannot_be_required() {
    let off = room(Mtls::Off);
    let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    let refused = problem(off.kiosk().post(paths::CERTIFICATES, &asked(&key)));
    assert_eq!(refused.code, ProblemCode::NotFound);
    assert_eq!(
        refused.detail.as_deref(),
        Some("this city gives no client certificates")
    );

    let mut config = off.config.clone();
    config.listen = "127.0.0.1:0".parse().unwrap();
    config.tls = Tls::Off;
    config.mtls = Mtls::Required;
    assert!(matches!(
        City::start(config),
        Err(CityError::Mtls(MtlsError::NoTls))
    ));
}
