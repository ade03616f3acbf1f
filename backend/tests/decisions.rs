//! Instant decisions by the departments' service: granted, refused, away and back; the result and its verification.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use city_api::requests::identity::IdentityMethod;
use city_api::requests::outcome::CaseState;
use city_api::requests::persons::{GrantRequest, SummaryAnswer};
use city_api::requests::{ProblemCode, paths};

use common::filing::{CHEN, LI, ZHANG};
use common::{Room, problem, read};

#[test]
fn unemployment_of_zhang_is_registered_on_the_spot_and_printed() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let packet = kiosk.unemployment(ZHANG);
    let acknowledgement = kiosk.send(&packet);
    assert!(
        acknowledgement
            .case_number
            .unwrap()
            .as_str()
            .starts_with("12590100YT001014893592014003000")
    );
    let outcome = kiosk.outcome_when(&packet, |outcome| outcome.state == CaseState::Closed);
    let decision = outcome.decision.unwrap();
    assert!(decision.granted);
    assert_eq!(decision.body.id, "JYZX");
    let promised = outcome.dates.promised.unwrap();
    assert_eq!(promised.date, kiosk.now().date());
    assert!(!promised.provisional);

    let result = outcome.result.unwrap();
    assert_eq!(result.name, "就业创业证（失业登记）");
    let answer = kiosk.get(&paths::result(result.id));
    assert_eq!(answer.headers()["content-type"], "application/pdf");
    assert!(answer.bytes().unwrap().starts_with(b"%PDF"));
}

#[test]
fn unemployment_of_li_who_has_work_is_refused_with_the_reason() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let packet = kiosk.unemployment(LI);
    kiosk.send(&packet);
    let outcome = kiosk.outcome_when(&packet, |outcome| outcome.state == CaseState::Closed);
    let decision = outcome.decision.unwrap();
    assert!(!decision.granted);
    let reason = decision.reason.unwrap();
    assert!(reason.zh.contains("在职") && reason.en.contains("employed"));
    assert_eq!(outcome.result, None);
}

#[test]
fn the_departments_service_is_away_the_case_waits_and_is_decided_when_it_is_back() {
    let room = Room::open();
    let kiosk = room.kiosk();
    room.away(&["JYZX"]);
    let packet = kiosk.unemployment(CHEN);
    kiosk.send(&packet);
    let outcome = kiosk.outcome_when(&packet, |outcome| outcome.waiting.is_some());
    let waiting = outcome.waiting.unwrap();
    assert_eq!(waiting.body.id, "JYZX");
    assert!(waiting.next_try > waiting.since);
    assert_eq!(outcome.state, CaseState::Processing);
    assert_eq!(outcome.decision, None);
    // The alarm is raised right after the case was seen to wait.
    kiosk.outcome_when(&packet, |_| {
        let alarms = room.city().alarms().unwrap();
        alarms.contains(&"service_away".to_owned())
    });

    room.away(&[]);
    room.city().clock().advance(600);
    room.city().wake();
    let outcome = kiosk.outcome_when(&packet, |outcome| outcome.state == CaseState::Closed);
    assert!(outcome.decision.unwrap().granted);
    assert_eq!(outcome.waiting, None);
    assert_eq!(room.city().cases().unwrap().len(), 1);
}

#[test]
fn a_result_waits_ninety_days_from_its_decision_not_from_the_filing() {
    let room = Room::open();
    let kiosk = room.kiosk();
    room.away(&["JYZX"]);
    let packet = kiosk.unemployment(ZHANG);
    kiosk.send(&packet);
    kiosk.outcome_when(&packet, |outcome| outcome.waiting.is_some());
    let days = |days: i64| {
        room.city().clock().advance(days * 24 * 3600);
        room.city().wake();
    };
    let results = || {
        let grant = kiosk.grant(ZHANG.number, ZHANG.name, IdentityMethod::Card);
        let ask = GrantRequest { grant };
        read::<SummaryAnswer>(kiosk.post(paths::PERSON_SUMMARY, &ask)).results
    };
    room.away(&[]);
    days(100);
    kiosk.outcome_when(&packet, |outcome| outcome.result.is_some());
    assert_eq!(results(), 1);
    days(89);
    assert_eq!(results(), 1);
    days(2);
    assert_eq!(results(), 0);
}

#[test]
fn cases_the_city_fails_on_are_put_off_longer_and_longer() {
    let room = Room::open();
    let kiosk = room.kiosk();
    room.away(&["JYZX"]);
    let damaged = kiosk.unemployment(CHEN);
    kiosk.send(&damaged);
    kiosk.outcome_when(&damaged, |outcome| outcome.waiting.is_some());
    room.execute("UPDATE case_file SET record = substr(record, 1, 1), act_at = 1");
    let put_off_beyond = |before: i64| {
        let begin = std::time::Instant::now();
        room.city().wake();
        loop {
            let at = room.column("SELECT act_at FROM case_file");
            let at: i64 = at[0].parse().unwrap();
            if at > before {
                return at - room.city().clock().now().as_millisecond();
            }
            assert!(begin.elapsed().as_secs() < 30, "it is never put off");
            std::thread::yield_now();
        }
    };
    for (seconds, next) in [(2, 5), (5, 15), (15, 60)] {
        let now = room.city().clock().now().as_millisecond();
        let pause = put_off_beyond(now);
        let bounds = (seconds * 1000 - 1500)..=(seconds * 1000);
        assert!(
            bounds.contains(&pause),
            "{pause} of {seconds} s, then {next} s"
        );
        room.city().clock().advance(seconds);
    }
}

#[test]
fn the_city_stopped_while_a_service_was_away_and_goes_on_after_the_start() {
    let mut room = Room::open();
    let kiosk = room.kiosk();
    room.away(&["JYZX"]);
    let packet = kiosk.unemployment(ZHANG);
    kiosk.send(&packet);
    kiosk.outcome_when(&packet, |outcome| outcome.waiting.is_some());
    room.stop();
    room.away(&[]);
    room.start_again();
    room.city().clock().advance(600);
    room.city().wake();
    let outcome = kiosk.outcome_when(&packet, |outcome| outcome.result.is_some());
    assert_eq!(outcome.state, CaseState::Closed);
}

#[test]
fn the_verify_page_confirms_the_paper_and_denies_everything_else() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let packet = kiosk.unemployment(ZHANG);
    kiosk.send(&packet);
    let result = kiosk
        .outcome_when(&packet, |outcome| outcome.result.is_some())
        .result
        .unwrap();
    let (number, code) = (&result.number, &result.verification_code);

    let form = room
        .get(&format!("/verify?number={number}"))
        .text()
        .unwrap();
    assert!(form.contains(number) && form.contains("<form"));
    let page = room.get(&format!(
        "/verify?number={number}&code={}",
        code.to_lowercase()
    ));
    assert_eq!(page.status(), 200);
    let page = page.text().unwrap();
    assert!(
        page.contains("核验一致") && page.contains(&result.name) && page.contains("就业"),
        "{page}"
    );
    for secret in [ZHANG.name, ZHANG.number, ZHANG.mobile] {
        assert!(
            !page.contains(secret),
            "the page tells more than who holds the paper knows"
        );
    }

    let wrong = room.get(&format!("/verify?number={number}&code=AAAA-AAAA-AAAA"));
    let unknown = room.get("/verify?number=YT20260302999999&code=AAAA-AAAA-AAAA");
    assert_eq!(
        (wrong.status().as_u16(), unknown.status().as_u16()),
        (404, 404)
    );
    let strip = |text: String, number: &str| text.replace(number, "");
    assert_eq!(
        strip(wrong.text().unwrap(), number),
        strip(unknown.text().unwrap(), "YT20260302999999")
    );
    let hostile = room
        .get("/verify?number=%3Cscript%3E&code=x")
        .text()
        .unwrap();
    assert!(!hostile.contains("<script>") && hostile.contains("&lt;script&gt;"));
}

#[test]
fn a_result_is_read_by_the_filing_kiosk_for_an_hour_then_only_with_a_grant() {
    let room = Room::open();
    let (kiosk, other) = (room.kiosk(), room.kiosk_at("S002"));
    let packet = kiosk.unemployment(ZHANG);
    kiosk.send(&packet);
    let result = kiosk
        .outcome_when(&packet, |outcome| outcome.result.is_some())
        .result
        .unwrap();
    let path = paths::result(result.id);
    assert_eq!(problem(other.get(&path)).code, ProblemCode::Forbidden);
    room.city().clock().advance(3700);
    assert_eq!(problem(kiosk.get(&path)).code, ProblemCode::Forbidden);
    assert_eq!(
        problem(other.get(&paths::outcome(packet.fields.id))).code,
        ProblemCode::NotFound
    );

    let with = |who: common::filing::Someone, method| {
        let grant = other.grant(who.number, who.name, method);
        other.get_with_grant(&path, &grant)
    };
    assert_eq!(
        problem(with(ZHANG, IdentityMethod::Card)).code,
        ProblemCode::LevelTooLow
    );
    assert_eq!(
        problem(with(LI, IdentityMethod::Face)).code,
        ProblemCode::NotFound
    );
    assert_eq!(with(ZHANG, IdentityMethod::Face).status(), 200);
}

#[test]
fn two_nodes_on_one_database_ask_each_service_once() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let second = room.second_node();
    let packets: Vec<_> = (0..20).map(|_| kiosk.unemployment(ZHANG)).collect();
    for packet in &packets {
        kiosk.send(packet);
        second.wake();
    }
    for packet in &packets {
        kiosk.outcome_when(packet, |outcome| outcome.state == CaseState::Closed);
    }
    second.shutdown();
    let count = |kind: &str| {
        let sql = format!("SELECT count(*) FROM event WHERE kind = '{kind}'");
        room.column(&sql)
    };
    assert_eq!(count("service asked"), ["20"]);
    assert_eq!(count("result issued"), ["20"]);
}
