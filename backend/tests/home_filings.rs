//! Handed in from home: filed, brought and rated by the rules of every other door.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use city_api::application::{Agreed, Application, How};
use city_api::requests::drafts::{DraftView, SaveDraftRequest, SavedDraftsAnswer};
use city_api::requests::feedback::WithdrawRequest;
use city_api::requests::home::HOME;
use city_api::requests::identity::{IdentityLevel, IdentityMethod};
use city_api::requests::officer::ActionAnswer;
use city_api::requests::outcome::CaseState;
use city_api::requests::persons::{CasesAnswer, GrantRequest};
use city_api::requests::window::TakenInAnswer;
use city_api::requests::{Private, ProblemCode, paths};
use city_backend::Rate;
use city_catalogue::form::{Answer, Source, Value as Typed};
use serde_json::{Value, json};
use uuid::Uuid;

use common::filing::{LI, Someone, WU, ZHANG, agent, authority, scanned};
use common::home::{FILINGS, RATINGS, filing, from_home, open, open_to};
use common::{LEGAL_AID, Room, UNEMPLOYMENT, files, problem, read, wait_for};

fn unemployment(who: Someone) -> Application {
    from_home(UNEMPLOYMENT, who, who.unemployed(), Vec::new())
}

fn legal_aid(who: Someone) -> Application {
    from_home(LEGAL_AID, who, who.unpaid(), vec![scanned(4)])
}

fn by(grant: &Private) -> GrantRequest {
    GrantRequest {
        grant: grant.clone(),
    }
}

#[test]
fn filed_at_home_handled_like_any_other_and_rated_from_there() {
    let room = open();
    let grant = room.at_home(ZHANG);
    let sent = filing(&unemployment(ZHANG), 1);
    let filed: TakenInAnswer = read(room.hand_in(FILINGS, &grant, &sent));
    assert!(filed.case_number.is_some());
    // The answer was lost, and the page sends it again; a later grant is as good.
    let later = room.at_home(ZHANG);
    let again: TakenInAnswer = read(room.hand_in(FILINGS, &later, &sent));
    assert_eq!(again, filed);
    let mut other = filing(&legal_aid(ZHANG), 1);
    other["id"] = sent["id"].clone();
    let refused = problem(room.hand_in(FILINGS, &grant, &other));
    assert_eq!(refused.code, ProblemCode::OtherContent);
    let mut strangers = filing(&unemployment(LI), 1);
    strangers["id"] = sent["id"].clone();
    let refused = problem(room.hand_in(FILINGS, &room.at_home(LI), &strangers));
    assert_eq!(refused.code, ProblemCode::OtherContent);
    assert_eq!(room.city().cases().unwrap().len(), 1);
    let facts = room.rows("SELECT channel, station, coalesce(received_by, '-') FROM case_file");
    assert_eq!(facts, [["online", "home", "-"]]);
    let received = room.rows("SELECT actor, station FROM event WHERE kind = 'received'");
    assert_eq!(received, [[HOME, HOME]]);

    let kiosk = room.kiosk_at("S003");
    let here = kiosk.grant(ZHANG.number, ZHANG.name, IdentityMethod::Face);
    let cases = || -> CasesAnswer { read(kiosk.post(paths::PERSON_CASES, &by(&here))) };
    let seen = wait_for(cases, |seen| !seen.cases[0].results.is_empty());
    assert_eq!(seen.cases[0].case_number, filed.case_number);
    // Nobody reads it under the id of its packet, without a grant.
    let outcome = format!(
        "{}{}",
        room.city().url(),
        paths::outcome(seen.cases[0].packet)
    );
    let asked = room.http().get(outcome).header("city-channel", HOME);
    assert_eq!(asked.send().unwrap().status(), 404);

    let rating = json!({
        "id": Uuid::now_v7(), "contact": seen.cases[0].packet, "level": 5, "reasons": [],
    });
    let refused = problem(room.hand_in(RATINGS, &room.at_home(LI), &rating));
    assert_eq!(refused.code, ProblemCode::NotFound);
    let mut bad = rating.clone();
    bad["level"] = json!(1);
    let refused = problem(room.hand_in(RATINGS, &grant, &bad));
    assert!(refused.detail.unwrap().starts_with("rating_incomplete"));
    for _ in 0..2 {
        let _: TakenInAnswer = read(room.hand_in(RATINGS, &grant, &rating));
    }
    let rated = room.rows("SELECT level, channel, suspicious FROM rating");
    assert_eq!(rated, [["5", "1", "0"]]);
    assert!(room.city().alarms().unwrap().is_empty());
    let all = room.everything().join("\n");
    assert!(!all.contains(ZHANG.name) && !all.contains(ZHANG.number));
}

#[test]
fn the_grant_was_over_or_of_a_kiosk_or_the_city_closed_home_meanwhile() {
    let room = open();
    let sent = filing(&unemployment(ZHANG), 1);
    let code = |grant: &Private| problem(room.hand_in(FILINGS, grant, &sent)).code;
    let here = room
        .kiosk()
        .grant(ZHANG.number, ZHANG.name, IdentityMethod::Face);
    assert_eq!(code(&here), ProblemCode::Unauthorised);
    assert_eq!(code(&"no grant".into()), ProblemCode::Unauthorised);
    let none = room.post_from_home(FILINGS, &sent);
    assert_eq!(problem(none).code, ProblemCode::Unauthorised);
    let grant = room.at_home(ZHANG);
    room.city().clock().advance(2 * 60 * 60);
    assert_eq!(code(&grant), ProblemCode::Unauthorised);
    let closed = Room::open();
    let refused = problem(closed.hand_in(FILINGS, &grant, &sent));
    assert_eq!(refused.code, ProblemCode::Forbidden);
    for room in [&room, &closed] {
        assert!(room.city().cases().unwrap().is_empty());
    }
}

#[test]
fn the_item_needs_the_chip_the_face_or_a_window_and_the_refusal_says_where() {
    let room = open();
    let grant = room.at_home(ZHANG);
    let detail = |room: &Room, grant: &Private, filed: &Application| {
        let refused = problem(room.hand_in(FILINGS, grant, &filing(filed, 1)));
        assert_eq!(refused.code, ProblemCode::BadField);
        assert_eq!(refused.field.as_deref(), Some("application"));
        refused.detail.unwrap()
    };
    let elsewhere = "it is done at a kiosk or at a window";
    let mut read = legal_aid(ZHANG);
    let address = read.answers.value("address").unwrap().clone();
    read.answers
        .set("address", Answer::from_source(address, Source::Card));
    let mut chip = legal_aid(ZHANG);
    chip.materials[0].how = How::FromCard {};
    let mut named = legal_aid(ZHANG);
    let name = Typed::Text(LI.name.into());
    let name = Answer::from_source(name, Source::Card);
    named.answers.set("applicantName", name);
    let mut proxy = legal_aid(ZHANG);
    let today = jiff::civil::date(2026, 3, 2);
    let given = authority(ZHANG, WU, &[LEGAL_AID], today);
    proxy.agent = Some(agent(WU, &given, Agreed::Given));
    for (filed, words) in [
        (read, "not_read_at_home: address"),
        (chip, "not_read_at_home: material 1"),
        (named, "not_read_at_home: applicantName"),
        (proxy, "agent_at_home"),
    ] {
        let told = detail(&room, &grant, &filed);
        assert!(told.starts_with(words), "{told}");
        assert!(told.ends_with(elsewhere), "{told}");
    }
    assert!(room.city().cases().unwrap().is_empty());
    assert!(room.city().alarms().unwrap().is_empty());

    let lower = open_to("idcard");
    let (grant, level) = lower.proven(ZHANG);
    assert_eq!(level, IdentityLevel::IdCard);
    let told = detail(&lower, &grant, &legal_aid(ZHANG));
    assert!(told.starts_with("identity_missing"), "{told}");
    assert!(told.ends_with(elsewhere), "{told}");
}

#[test]
fn an_item_that_is_not_applied_for_from_home_says_where_it_is() {
    let room = Room::open_with(|config| {
        let mut files = city_backend::sample_city::FILES.iter();
        let (name, text) = files.find(|(name, _)| *name == "catalogue.json").unwrap();
        let mut catalogue: Value = serde_json::from_str(text).unwrap();
        for item in catalogue["items"].as_array_mut().unwrap() {
            item["channels"] = json!(["window"]);
        }
        std::fs::create_dir_all(&config.catalogue).unwrap();
        let write = |name: &str, value: &Value| {
            std::fs::write(config.catalogue.join(name), value.to_string()).unwrap();
        };
        write(name, &catalogue);
        write("policy.json", &json!({"people": {"home": "idcard+face"}}));
    });
    let grant = room.at_home(ZHANG);
    let refused = problem(room.hand_in(FILINGS, &grant, &filing(&unemployment(ZHANG), 1)));
    let told = refused.detail.unwrap();
    assert!(told.starts_with("not_online"), "{told}");
    assert!(told.ends_with("it is done at a window"), "{told}");
}

#[test]
fn ten_copies_at_once_over_two_nodes_are_one_case() {
    let room = open();
    let second = room.second_node();
    let grant = room.at_home(ZHANG);
    let sent = filing(&legal_aid(ZHANG), 1);
    let answers: Vec<TakenInAnswer> = std::thread::scope(|scope| {
        let copies: Vec<_> = (0..10)
            .map(|copy| {
                let node = if copy % 2 == 0 { room.city() } else { &second };
                scope.spawn(|| read(room.hand_in_to(node, FILINGS, &grant, &sent)))
            })
            .collect();
        copies
            .into_iter()
            .map(|copy| copy.join().unwrap())
            .collect()
    });
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(room.city().cases().unwrap().len(), 1);
    assert_eq!(room.column("SELECT count(*) FROM packet"), ["1"]);
    let left = files(&room.folder.path().join("blobs/parts")).len();
    assert_eq!(left, 3, "content, form and page of the one that was first");
    assert!(
        room.city().alarms().unwrap().is_empty(),
        "nobody forged anything"
    );
    second.shutdown();
}

#[test]
fn a_page_that_is_no_picture_and_a_form_that_is_no_pdf_leave_nothing_behind() {
    let room = open();
    let grant = room.at_home(ZHANG);
    let half = common::filing::PAGE;
    for (field, wrong) in [
        ("pages", b"<html>".as_slice()),
        ("pages", b"\xff\xd8\xff\xe0 begins like a JPEG"),
        ("pages", &half[..half.len() / 2]),
        ("pages", b"%PDF-1.7 broke off"),
        ("form", common::filing::PAGE),
    ] {
        let mut sent = filing(&legal_aid(ZHANG), 1);
        let wrong = json!(STANDARD.encode(wrong));
        let (slot, named) = match field {
            "pages" => (&mut sent["pages"][0], "pages[0]"),
            _ => (&mut sent["form"], "form"),
        };
        *slot = wrong;
        let refused = problem(room.hand_in(FILINGS, &grant, &sent));
        assert_eq!(refused.field.as_deref(), Some(named));
    }
    let mut ours = filing(&legal_aid(ZHANG), 1);
    ours["application"]["identity"] = json!({});
    let refused = problem(room.hand_in(FILINGS, &grant, &ours));
    assert_eq!(refused.field.as_deref(), Some("application.identity"));
    // A page that the application names and that did not come.
    let refused = problem(room.hand_in(FILINGS, &grant, &filing(&legal_aid(ZHANG), 0)));
    assert!(refused.detail.unwrap().starts_with("page_missing"));
    assert!(room.city().cases().unwrap().is_empty());
    assert_eq!(files(&room.folder.path().join("blobs/parts")).len(), 0);
}

#[test]
fn in_another_name_or_number_nothing_is_filed_and_a_strangers_draft_stays() {
    let room = open();
    let (zhang, li) = (room.at_home(ZHANG), room.at_home(LI));
    let mut renamed = unemployment(ZHANG);
    renamed.person.as_mut().unwrap().name = LI.name.into();
    let mut read_off = unemployment(ZHANG);
    read_off.person.as_mut().unwrap().address = Some("示例大道12号".into());
    for (filed, field) in [
        (unemployment(LI), "application.person.number"),
        (renamed, "application.person.name"),
        (read_off, "application.person"),
    ] {
        let refused = problem(room.hand_in(FILINGS, &zhang, &filing(&filed, 1)));
        assert_eq!(refused.field.as_deref(), Some(field));
    }
    let mut nobody = unemployment(ZHANG);
    nobody.person = None;
    let refused = problem(room.hand_in(FILINGS, &zhang, &filing(&nobody, 1)));
    assert!(refused.detail.unwrap().starts_with("not_read_at_home"));

    let begun = SaveDraftRequest {
        id: Uuid::now_v7(),
        grant: li.clone(),
        item: LEGAL_AID.into(),
        version: 1,
        answers: LI.unpaid(),
        materials: Vec::new(),
        pages: Vec::new(),
        replaces: None,
    };
    let kept: DraftView = read(room.post_from_home("/v1/drafts", &begun));
    let drafts = || -> usize {
        let mine: SavedDraftsAnswer = read(room.post_from_home("/v1/drafts/mine", &by(&li)));
        mine.drafts.len()
    };
    let mut filed = legal_aid(ZHANG);
    filed.draft = Some(kept.id);
    let _: TakenInAnswer = read(room.hand_in(FILINGS, &zhang, &filing(&filed, 1)));
    assert_eq!(drafts(), 1, "whose it is has not filed it");
    let mut own = legal_aid(LI);
    own.draft = Some(kept.id);
    let _: TakenInAnswer = read(room.hand_in(FILINGS, &li, &filing(&own, 1)));
    assert_eq!(drafts(), 0);
    let twice = problem(room.hand_in(FILINGS, &li, &filing(&own, 1)));
    assert!(twice.detail.unwrap().starts_with("draft_filed"));
}

#[test]
fn taken_back_from_home_and_whoever_files_without_end_waits() {
    let room = Room::open_with_config(|config| {
        std::fs::create_dir_all(&config.catalogue).unwrap();
        let policy = r#"{"people": {"home": "idcard+face"}}"#;
        std::fs::write(config.catalogue.join("policy.json"), policy).unwrap();
        config.limits.home = Rate::new(2, 1);
    });
    let grant = room.at_home(ZHANG);
    let sent = filing(&legal_aid(ZHANG), 1);
    let filed: TakenInAnswer = read(room.hand_in(FILINGS, &grant, &sent));
    let number = filed.case_number.unwrap();
    let wish = WithdrawRequest {
        grant: grant.clone(),
    };
    let path = format!("/v1/cases/{number}/withdraw");
    let taken: ActionAnswer = read(room.post_from_home(&path, &wish));
    assert_eq!(taken.state, CaseState::Withdrawn);
    let _: TakenInAnswer = read(room.hand_in(FILINGS, &grant, &sent));
    // Another grant of the same person is no way around it.
    for grant in [&grant, &room.at_home(ZHANG)] {
        let refused = room.hand_in(FILINGS, grant, &sent);
        assert!(refused.headers().contains_key("retry-after"));
        assert_eq!(problem(refused).code, ProblemCode::TooMany);
    }
    let other = filing(&legal_aid(LI), 1);
    let _: TakenInAnswer = read(room.hand_in(FILINGS, &room.at_home(LI), &other));
}
