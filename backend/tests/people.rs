//! Who stands at the kiosk: identity answers, grants, prefill, staff.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use city_api::requests::identity::{
    HeldState, IdentityCheckAnswer, IdentityLevel, IdentityMethod, OptionsAnswer, PrefillAnswer,
    PrefillRequest,
};
use city_api::requests::officer::{OfficerRole, StaffCodeAnswer};
use city_api::requests::persons::{GrantRequest, SummaryAnswer};
use city_api::requests::{Private, ProblemCode, paths};
use city_backend::sample_city::departments::{Control, FaceScript};

use common::filing::{LI, ZHANG};
use common::{ALLOWANCE, Room, problem, read};

#[test]
fn the_provider_says_yes_no_or_nothing() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let ask = || kiosk.identify(ZHANG.number, ZHANG.name, IdentityMethod::Face, None);
    let IdentityCheckAnswer::Yes {
        level, valid_until, ..
    } = ask()
    else {
        panic!("yes")
    };
    assert_eq!(level, IdentityLevel::IdCardFace);
    assert!(valid_until > kiosk.now().timestamp());
    for (face, expected) in [
        (FaceScript::No, IdentityCheckAnswer::No {}),
        (FaceScript::Away, IdentityCheckAnswer::Away {}),
    ] {
        room.departments.set_control(Control {
            face,
            ..Control::default()
        });
        assert_eq!(ask(), expected);
    }
}

#[test]
fn the_lawful_other_way_is_a_code_to_the_phone_on_record() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let ask = |answer: Option<&str>| {
        kiosk.identify(ZHANG.number, ZHANG.name, IdentityMethod::PhoneCode, answer)
    };
    assert_eq!(
        ask(None),
        IdentityCheckAnswer::CodeSent {
            masked_phone: "154****0001".into()
        }
    );
    let code = room.departments.last_code(ZHANG.mobile).unwrap();
    let wrong = if code == "000000" { "000001" } else { "000000" };
    assert_eq!(
        ask(Some(wrong)),
        IdentityCheckAnswer::WrongCode { tries_left: 2 }
    );
    assert!(matches!(ask(Some(&code)), IdentityCheckAnswer::Yes { .. }));
    assert_eq!(
        ask(Some(&code)),
        IdentityCheckAnswer::WrongCode { tries_left: 0 }
    );

    ask(None);
    let code = room.departments.last_code(ZHANG.mobile).unwrap();
    room.city().clock().advance(301);
    assert_eq!(
        ask(Some(&code)),
        IdentityCheckAnswer::WrongCode { tries_left: 0 }
    );
    let nobody = kiosk.identify(
        "590102200001010010",
        "无名",
        IdentityMethod::PhoneCode,
        None,
    );
    assert_eq!(nobody, IdentityCheckAnswer::No {});
}

#[test]
fn three_wrong_phone_codes_end_the_code() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let ask = |answer: Option<&str>| {
        kiosk.identify(LI.number, LI.name, IdentityMethod::PhoneCode, answer)
    };
    ask(None);
    let code = room.departments.last_code(LI.mobile).unwrap();
    let wrong = if code == "111111" { "222222" } else { "111111" };
    for left in [2, 1, 0] {
        assert_eq!(
            ask(Some(wrong)),
            IdentityCheckAnswer::WrongCode { tries_left: left }
        );
    }
    assert_eq!(
        ask(Some(&code)),
        IdentityCheckAnswer::WrongCode { tries_left: 0 }
    );
}

#[test]
fn staff_vouch_for_one_person_with_a_code_for_one_use() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let window = room.officer("ZSJ", OfficerRole::Window, "w1");
    let approver = room.officer("SFJ", OfficerRole::Approver, "a1");
    assert_eq!(
        problem(approver.post(paths::STAFF_CODES, &())).code,
        ProblemCode::Forbidden
    );
    let code: StaffCodeAnswer = read(window.post(paths::STAFF_CODES, &()));
    let ask =
        |code: &str| kiosk.identify(ZHANG.number, ZHANG.name, IdentityMethod::Staff, Some(code));
    assert!(matches!(
        ask(code.code.reveal()),
        IdentityCheckAnswer::Yes { .. }
    ));
    assert!(matches!(
        ask(code.code.reveal()),
        IdentityCheckAnswer::WrongCode { .. }
    ));
}

#[test]
fn wrong_numbers_typed_at_the_open_page_do_not_lock_the_staff_check_of_a_kiosk() {
    let room = Room::open();
    let kiosk = room.kiosk();
    for _ in 0..11 {
        room.get(&format!("/verify?number={}&code=AAAA-AAAA-AAAA", kiosk.id));
    }
    let window = room.officer("ZSJ", OfficerRole::Window, "w1");
    let code: StaffCodeAnswer = read(window.post(paths::STAFF_CODES, &()));
    let code = Some(code.code.reveal());
    let answer = kiosk.identify(ZHANG.number, ZHANG.name, IdentityMethod::Staff, code);
    assert!(matches!(answer, IdentityCheckAnswer::Yes { .. }));
}

#[test]
fn a_grant_of_another_kiosk_or_an_hour_ago_opens_nothing() {
    let room = Room::open();
    let (kiosk, other) = (room.kiosk(), room.kiosk_at("S002"));
    let grant = kiosk.grant(ZHANG.number, ZHANG.name, IdentityMethod::Card);
    let ask = GrantRequest { grant };
    let counts: SummaryAnswer = read(kiosk.post(paths::PERSON_SUMMARY, &ask));
    assert_eq!(
        (counts.open, counts.waiting_for_you, counts.results),
        (0, 0, 0)
    );
    assert_eq!(
        problem(other.post(paths::PERSON_SUMMARY, &ask)).code,
        ProblemCode::Unauthorised
    );
    room.city().clock().advance(3601);
    let late = problem(kiosk.post(paths::PERSON_SUMMARY, &ask));
    assert_eq!(
        (late.code, late.field.as_deref()),
        (ProblemCode::Unauthorised, Some("grant"))
    );
}

#[test]
fn what_the_departments_know_is_not_asked_again() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let ask = |grant: Private| PrefillRequest {
        grant,
        item: ALLOWANCE.into(),
    };
    let card = kiosk.grant(ZHANG.number, ZHANG.name, IdentityMethod::Card);
    assert_eq!(
        problem(kiosk.post(paths::PREFILL, &ask(card))).code,
        ProblemCode::LevelTooLow
    );
    let grant = kiosk.grant(ZHANG.number, ZHANG.name, IdentityMethod::Face);
    let known: PrefillAnswer = read(kiosk.post(paths::PREFILL, &ask(grant.clone())));
    assert_eq!(known.fields["hukouRegion"].reveal(), "590102002");
    assert_eq!(known.fields["bankCard"].reveal(), "6299990000000017");
    let state = |answer: &PrefillAnswer, dataset: &str| {
        answer
            .materials
            .iter()
            .find(|material| material.dataset == dataset)
            .unwrap()
            .state
    };
    assert_eq!(state(&known, "人口库-户籍"), HeldState::Held);
    assert_eq!(state(&known, "不动产登记库"), HeldState::NoRecord);
    assert!(known.away.is_empty());

    room.away(&["人口库-户籍"]);
    let known: PrefillAnswer = read(kiosk.post(paths::PREFILL, &ask(grant)));
    assert!(!known.fields.contains_key("hukouRegion"));
    assert_eq!(state(&known, "人口库-户籍"), HeldState::Away);
    assert_eq!(known.away, ["人口库-户籍"]);
}

#[test]
fn choices_of_the_day_depend_on_what_was_answered() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let get = |path: &str| read::<OptionsAnswer>(kiosk.get(path)).options;
    assert!(get(&paths::options("/api/hospitals")).len() >= 3);
    let first = get(&format!("{}?course=1", paths::options("/api/sessions")));
    assert!(!first.is_empty() && first.iter().all(|choice| choice.value.starts_with("1-")));
    assert_eq!(
        problem(kiosk.get("/v1/options/nothing")).code,
        ProblemCode::NotFound
    );
}

#[test]
fn nothing_of_a_person_is_readable_in_the_database_or_the_blobs() {
    let mut room = Room::open();
    let kiosk = room.kiosk();
    let packet = kiosk.unemployment(ZHANG);
    kiosk.send(&packet);
    kiosk.outcome_when(&packet, |outcome| outcome.result.is_some());
    kiosk.grant(ZHANG.number, ZHANG.name, IdentityMethod::Face);
    room.stop();
    let mut files = vec![room.folder.path().to_owned()];
    let mut looked = 0;
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(
                std::fs::read_dir(&path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
            continue;
        }
        // The catalogue shows fictional persons; a message has left the city for the phone it names.
        let beside = |part: std::path::Component<'_>| {
            part.as_os_str() == "catalogue" || part.as_os_str() == "outbox"
        };
        if path.components().any(beside) {
            continue;
        }
        // The database folds its log away while it closes: a file may go between listing and reading.
        let Ok(bytes) = std::fs::read(&path) else {
            continue;
        };
        for secret in [ZHANG.name, ZHANG.number, ZHANG.mobile] {
            let found = bytes
                .windows(secret.len())
                .any(|window| window == secret.as_bytes());
            assert!(!found, "{} holds a person", path.display());
        }
        looked += 1;
    }
    assert!(looked > 6);
    for row in room.everything() {
        for secret in [ZHANG.name, ZHANG.number, ZHANG.mobile] {
            let in_bytes: String = secret.bytes().map(escaped).collect();
            let found = row.contains(secret) || row.contains(&in_bytes);
            assert!(!found, "a row holds a person");
        }
    }
}

/// A byte as PostgreSQL writes it in the text of a row.
fn escaped(byte: u8) -> String {
    if byte.is_ascii() {
        return char::from(byte).to_string();
    }
    format!("\\\\{byte:03o}")
}
