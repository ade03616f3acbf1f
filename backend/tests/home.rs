//! From home: booked, asked, read and begun there, gone on with at a kiosk or window.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use city_api::requests::drafts::{DraftView, SaveDraftRequest, SavedDraftsAnswer, TakenUpAnswer};
use city_api::requests::feedback::{AskKind, AskRequest, EnquiryView};
use city_api::requests::hall::{AppointmentView, AppointmentsAnswer, BookRequest, SlotsAnswer};
use city_api::requests::home::HOME;
use city_api::requests::identity::{IdentityCheckAnswer, IdentityMethod};
use city_api::requests::persons::{CasesAnswer, GrantRequest};
use city_api::requests::{Private, ProblemCode, paths};
use uuid::Uuid;

use common::filing::{Someone, ZHANG, scanned};
use common::home::open;
use common::{LEGAL_AID, Room, problem, read};

/// 公证申请 is booked beforehand.
const BOOKABLE: &str = "12590100YT0010121H359201200200001";

const DRAFTS: &str = "/v1/drafts";
const NOBODY: Someone = Someone {
    name: "无名",
    number: "590102200001010010",
    mobile: "",
};

fn by(grant: &Private) -> GrantRequest {
    GrantRequest {
        grant: grant.clone(),
    }
}

#[test]
fn a_city_that_opens_nothing_at_home_says_so() {
    let room = Room::open();
    assert_eq!(
        problem(room.prove(ZHANG, None)).code,
        ProblemCode::Forbidden
    );
    let kiosk = room.kiosk();
    let grant = kiosk.grant(ZHANG.number, ZHANG.name, IdentityMethod::Face);
    let refused = problem(room.post_from_home(paths::PERSON_CASES, &by(&grant)));
    assert_eq!(refused.code, ProblemCode::Forbidden);
}

#[test]
fn begun_and_booked_at_home_gone_on_with_at_a_kiosk_and_asked_about_at_home() {
    let room = open();
    let kiosk = room.kiosk();
    let at_home = room.at_home(ZHANG);
    let begun = SaveDraftRequest {
        id: Uuid::now_v7(),
        grant: at_home.clone(),
        item: LEGAL_AID.into(),
        version: 1,
        answers: ZHANG.unpaid(),
        materials: Vec::new(),
        pages: Vec::new(),
        replaces: None,
    };
    let kept: DraftView = read(room.post_from_home(DRAFTS, &begun));
    let path = format!("{}?item={BOOKABLE}&station=S001", paths::SLOTS);
    let slots = read::<SlotsAnswer>(room.get(&path)).slots;
    let wish = |begins| BookRequest {
        id: Uuid::now_v7(),
        grant: at_home.clone(),
        item: BOOKABLE.into(),
        station: "S001".into(),
        begins,
    };
    let free = slots.iter().rev().map(|slot| slot.begins).next().unwrap();
    let booked: AppointmentView = read(room.post_from_home(paths::APPOINTMENTS, &wish(free)));

    let here = kiosk.grant(ZHANG.number, ZHANG.name, IdentityMethod::Face);
    let mine: AppointmentsAnswer = read(kiosk.post(paths::OWN_APPOINTMENTS, &by(&here)));
    assert_eq!(mine.appointments[0].id, booked.id);
    let take_up = format!("{DRAFTS}/{}/take-up", kept.id);
    let taken: TakenUpAnswer = read(kiosk.post(&take_up, &by(&here)));
    assert_eq!(taken.answers, ZHANG.unpaid());
    let mut filed = common::filing::application(LEGAL_AID, ZHANG, taken.answers, vec![scanned(4)]);
    filed.draft = Some(kept.id);
    let number = kiosk.filed(&kiosk.seal_application(&filed, 1));

    let drafts: SavedDraftsAnswer =
        read(room.post_from_home(&format!("{DRAFTS}/mine"), &by(&at_home)));
    assert!(drafts.drafts.is_empty(), "it was filed");
    let cases: CasesAnswer = read(room.post_from_home(paths::PERSON_CASES, &by(&at_home)));
    assert_eq!(cases.cases[0].case_number.as_deref(), Some(number.as_str()));
    let question = AskRequest {
        id: Uuid::now_v7(),
        grant: at_home.clone(),
        kind: AskKind::Question,
        field: None,
        words: "何时有结果？".into(),
    };
    let asked: EnquiryView =
        read(room.post_from_home(&format!("/v1/cases/{number}/enquiries"), &question));
    assert_eq!(asked.first_contact, HOME);
}

#[test]
fn a_grant_of_home_is_none_at_a_kiosk_and_the_other_way_round() {
    let room = open();
    let kiosk = room.kiosk();
    let at_home = room.at_home(ZHANG);
    let there = problem(kiosk.post(paths::PERSON_CASES, &by(&at_home)));
    assert_eq!(there.code, ProblemCode::Unauthorised);
    let here = kiosk.grant(ZHANG.number, ZHANG.name, IdentityMethod::Face);
    let refused = problem(room.post_from_home(paths::PERSON_CASES, &by(&here)));
    assert_eq!(refused.code, ProblemCode::Unauthorised);
    // What only a kiosk does is not done from home.
    let beat = problem(room.post_from_home(paths::HEARTBEATS, &by(&here)));
    assert_eq!(beat.code, ProblemCode::Unauthorised);
}

#[test]
fn who_is_known_here_cannot_be_found_out_and_nobody_is_flooded_with_codes() {
    let room = open();
    let wrong = |who: Someone| {
        let sent: IdentityCheckAnswer = read(room.prove(who, None));
        let tried: Vec<IdentityCheckAnswer> = (0..4)
            .map(|_| read(room.prove(who, Some("no code"))))
            .collect();
        (sent, tried)
    };
    let known = wrong(ZHANG);
    assert_eq!(known, wrong(NOBODY));
    let tries = |left| IdentityCheckAnswer::WrongCode { tries_left: left };
    assert_eq!(known.1, [2, 1, 0, 0].map(tries));
    for _ in 0..9 {
        assert_eq!(room.prove(ZHANG, None).status(), 200);
    }
    let flooded = problem(room.prove(ZHANG, None));
    assert_eq!(flooded.code, ProblemCode::TooMany);
}
