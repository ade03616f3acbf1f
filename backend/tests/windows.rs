//! At a window: an officer takes in what the person before them applies for, by the rules of a kiosk.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use city_api::application::{Application, AuthorityForm};
use city_api::requests::drafts::STATION_HEADER;
use city_api::requests::identity::IdentityMethod;
use city_api::requests::officer::{AcceptRequest, ActionAnswer, OfficerRole, TasksAnswer};
use city_api::requests::paths::{CaseAction, case_action};
use city_api::requests::persons::{CasesAnswer, GrantRequest};
use city_api::requests::staff::{AccountView, ScopeRequest, TrainingRequest};
use city_api::requests::window::TakenInAnswer;
use city_api::requests::{ProblemCode, paths};
use city_catalogue::form::{Answer, Value as Typed};
use city_catalogue::policy::StaffRole;
use serde_json::{Value, json};
use uuid::Uuid;

use common::filing::{LI, PAGE, WU, ZHANG, agent, application, at_window, authority, scanned};
use common::{LEGAL_AID, Room, TestOfficer, UNEMPLOYMENT, files, problem, read, wait_for};

const FILINGS: &str = "/v1/window/filings";

fn legal_aid() -> Value {
    let filed = application(LEGAL_AID, ZHANG, ZHANG.unpaid(), vec![scanned(4)]);
    at_window(&filed, 1)
}

fn unemployment() -> Value {
    let filed = application(UNEMPLOYMENT, ZHANG, ZHANG.unemployed(), Vec::new());
    at_window(&filed, 0)
}

fn file(window: &TestOfficer, body: &Value) -> TakenInAnswer {
    read(window.post(FILINGS, body))
}

#[test]
fn filed_at_a_window_accepted_there_and_never_decided_by_who_took_it_in() {
    let room = Room::open();
    let window = room.staff("wang", "ZSJ", StaffRole::Window);
    let body = legal_aid();
    let filed = file(&window, &body);
    let number = filed.case_number.clone().unwrap();
    assert!(number.starts_with("11590100YT0000126C3590512001000"));
    assert_eq!(filed.receipt.len(), 14, "like a kiosk's: ABC2-3456-789K");
    // The answer was lost and the window sends it again.
    assert_eq!(file(&window, &body), filed);
    assert_eq!(room.city().cases().unwrap().len(), 1);
    let mut answers = ZHANG.unpaid();
    answers.set("income", Answer::typed(Typed::Number("900".into())));
    let poorer = application(LEGAL_AID, ZHANG, answers, vec![scanned(4)]);
    let mut other = at_window(&poorer, 1);
    other["id"] = body["id"].clone();
    let refused = problem(window.post(FILINGS, &other));
    assert_eq!(refused.code, ProblemCode::OtherContent);
    let mut fewer = body.clone();
    fewer["pages"] = json!([STANDARD.encode(PAGE), STANDARD.encode(PAGE)]);
    let refused = problem(window.post(FILINGS, &fewer));
    assert_eq!(refused.code, ProblemCode::OtherContent);

    let facts = room.rows("SELECT channel, station, received_by FROM case_file");
    assert_eq!(facts, [["window", "S002", "wang"]]);
    let received = room.rows("SELECT actor, body, station FROM event WHERE kind = 'received'");
    assert_eq!(received, [["wang", "ZSJ", "S002"]]);
    // Desks are no kiosks: the console does not show them.
    let shown = room.get(paths::CONSOLE).text().unwrap();
    let desk = room.column("SELECT id FROM kiosk").swap_remove(0);
    assert!(!shown.contains(&format!(">{desk}<")));

    let accepted: ActionAnswer = read(window.post(
        &case_action(&number, CaseAction::Accept),
        &AcceptRequest::default(),
    ));
    assert!(accepted.promised.is_some());
    // The same person, with another hat on.
    let same = room.officer("SFJ", OfficerRole::Approver, "wang");
    let refused = problem(same.decide(&number, true, "x"));
    assert_eq!(refused.code, ProblemCode::SamePerson);
    let next: Value = read(same.press(paths::NEXT_TASK));
    assert!(next["task"].is_null(), "{next}");
    let approver = room.officer("SFJ", OfficerRole::Approver, "a1");
    let _: ActionAnswer = read(approver.decide(&number, true, "符合条件"));
}

#[test]
fn who_took_it_in_does_not_decide_even_when_another_accepted() {
    let room = Room::open();
    let window = room.staff("wang", "ZSJ", StaffRole::Window);
    let number = file(&window, &legal_aid()).case_number.unwrap();
    let colleague = room.staff("zhao", "ZSJ", StaffRole::Window);
    let _: ActionAnswer = read(colleague.post(
        &case_action(&number, CaseAction::Accept),
        &AcceptRequest::default(),
    ));
    let same = room.officer("SFJ", OfficerRole::Approver, "wang");
    let refused = problem(same.decide(&number, true, "x"));
    assert_eq!(refused.code, ProblemCode::SamePerson);
    let tasks: TasksAnswer = read(same.get(paths::TASKS));
    let claim = paths::task_action(&tasks.tasks[0].number, "claim");
    assert_eq!(problem(same.press(&claim)).code, ProblemCode::SamePerson);
    let next: Value = read(same.press(paths::NEXT_TASK));
    assert!(next["task"].is_null(), "{next}");
}

#[test]
fn a_window_filing_is_the_persons_own_matter_at_every_kiosk_and_decided_at_once() {
    let room = Room::open();
    let window = room.staff("wang", "ZSJ", StaffRole::Window);
    let filed = file(&window, &unemployment());
    let kiosk = room.kiosk_at("S003");
    let grant = kiosk.grant(ZHANG.number, ZHANG.name, IdentityMethod::Face);
    let cases = || -> CasesAnswer {
        let grant = grant.clone();
        read(kiosk.post(paths::PERSON_CASES, &GrantRequest { grant }))
    };
    let seen = wait_for(cases, |seen| !seen.cases[0].results.is_empty());
    assert_eq!(seen.cases[0].receipt, filed.receipt);
    assert_eq!(seen.cases[0].case_number, filed.case_number);
    let result = paths::result(seen.cases[0].results[0].id);
    assert_eq!(kiosk.get_with_grant(&result, &grant).status(), 200);
    // The officer who took it in prints it for the person before them; a colleague does not.
    let colleague = room.staff("zhao", "ZSJ", StaffRole::Window);
    let print = |officer: &TestOfficer, path: &str| {
        let url = format!("{}{path}", room.city().url());
        let asked = room.http().get(url).bearer_auth(&officer.token);
        asked.header(STATION_HEADER, "S002").send().unwrap()
    };
    let outcome = paths::outcome(seen.cases[0].packet);
    assert_eq!(print(&window, &outcome).status(), 200);
    assert_eq!(print(&window, &result).status(), 200);
    assert_eq!(
        problem(print(&colleague, &outcome)).code,
        ProblemCode::NotFound
    );
    assert_eq!(
        problem(print(&colleague, &result)).code,
        ProblemCode::Forbidden
    );
    room.city().clock().advance(3700);
    let late = problem(print(&window, &result));
    assert!([ProblemCode::Forbidden, ProblemCode::Unauthorised].contains(&late.code));
    let read_by = room.column("SELECT actor FROM event WHERE kind = 'result read' ORDER BY id");
    assert_eq!(read_by, [kiosk.id.to_string(), "wang".into()]);
}

#[test]
fn a_defect_is_told_while_the_person_is_there_and_opens_nothing() {
    let room = Room::open();
    let window = room.staff("wang", "ZSJ", StaffRole::Window);
    let changed = |change: &dyn Fn(&mut Application)| {
        let mut filed = application(UNEMPLOYMENT, ZHANG, ZHANG.unemployed(), Vec::new());
        change(&mut filed);
        problem(window.post(FILINGS, &at_window(&filed, 0)))
    };
    for (change, words) in [
        (
            (|one| {
                one.answers.remove("mobile");
            }) as fn(&mut Application),
            "form_invalid: mobile",
        ),
        (|one| one.item.version = 9, "item_unknown"),
        (|one| one.item.code = "1".repeat(33), "item_unknown"),
        (|one| one.materials.clear(), "materials_invalid"),
        (|one| one.person = None, "identity_missing"),
        (
            |one| {
                let today = jiff::civil::date(2026, 1, 1);
                let old = authority(ZHANG, WU, &[UNEMPLOYMENT], today);
                let seen = city_api::application::Agreed::Papers;
                one.agent = Some(agent(WU, &old, seen));
            },
            "authority_",
        ),
    ] {
        let refused = changed(&change);
        assert_eq!(refused.code, ProblemCode::BadField);
        assert_eq!(refused.field.as_deref(), Some("application"));
        let told = refused.detail.unwrap();
        assert!(told.starts_with(words), "{told}");
    }
    assert!(room.city().cases().unwrap().is_empty());
    let blobs = room.folder.path().join("blobs/parts");
    let left = files(&blobs).len();
    assert_eq!(left, 0, "a refusal leaves nothing behind");
    let noted = "SELECT kind FROM event WHERE kind IN ('item refused', 'action refused')";
    assert_eq!(room.column(noted).len(), 6);

    let mut ours = unemployment();
    ours["application"]["identity"] = json!({});
    let refused = problem(window.post(FILINGS, &ours));
    assert_eq!(refused.field.as_deref(), Some("application.identity"));
    for (field, wrong) in [
        ("form", json!("%%")),
        ("form", json!(STANDARD.encode(b"no PDF"))),
        ("pages", json!([STANDARD.encode(b"no picture")])),
        ("pages", json!(["%%"])),
        ("station", json!("K901")),
        ("station", json!("nowhere")),
        ("id", json!(Uuid::nil())),
        ("application", json!([])),
    ] {
        let mut bad = unemployment();
        bad[field] = wrong;
        let refused = problem(window.post(FILINGS, &bad));
        assert!(refused.field.unwrap().starts_with(field), "{field}");
    }
}

#[test]
fn only_a_trained_window_officer_takes_in_and_only_at_their_stations_their_items() {
    let room = Room::open();
    let supervisor = room.staff("sun", "ZSJ", StaffRole::Supervisor);
    let window = room.staff("wang", "ZSJ", StaffRole::Window);
    let machine = room.officer("ZSJ", OfficerRole::Window, "w1");
    let approver = room.staff("qian", "SFJ", StaffRole::Approver);
    for who in [&machine, &approver] {
        let refused = problem(who.post(FILINGS, &unemployment()));
        assert_eq!(refused.code, ProblemCode::Forbidden);
    }
    let scope = |stations: &[&str], items: &[&str]| {
        let list = |list: &[&str]| {
            let list: Vec<String> = list.iter().map(|&one| one.to_owned()).collect();
            (!list.is_empty()).then_some(list)
        };
        let asked = ScopeRequest {
            stations: list(stations),
            items: list(items),
        };
        supervisor.post("/v1/accounts/wang/scope", &asked)
    };
    assert_eq!(
        problem(scope(&["S999"], &[])).field.as_deref(),
        Some("stations")
    );
    assert_eq!(problem(scope(&[], &["1"])).field.as_deref(), Some("items"));
    let own = problem(window.post(
        "/v1/accounts/wang/scope",
        &json!({"stations": null, "items": null}),
    ));
    assert_eq!(own.code, ProblemCode::Forbidden);

    let set: AccountView = read(scope(&["S001"], &[]));
    assert!(!set.scope.allows_station("S002"));
    let refused = problem(window.post(FILINGS, &unemployment()));
    assert_eq!(
        (refused.code, refused.field.as_deref()),
        (ProblemCode::Forbidden, Some("station"))
    );
    read::<AccountView>(scope(&["S002"], &[LEGAL_AID]));
    let refused = problem(window.post(FILINGS, &unemployment()));
    assert_eq!(
        (refused.code, refused.field.as_deref()),
        (ProblemCode::Forbidden, Some("application.item"))
    );
    file(&window, &legal_aid());
    read::<AccountView>(scope(&[], &[]));
    file(&window, &unemployment());

    let ended = TrainingRequest {
        until: jiff::civil::date(2020, 1, 1),
    };
    read::<AccountView>(supervisor.post("/v1/accounts/wang/training", &ended));
    let untrained = problem(window.post(FILINGS, &unemployment()));
    assert_eq!(untrained.code, ProblemCode::Forbidden);
    let refused = "SELECT count(*) FROM event WHERE kind = 'action refused' AND actor = 'wang'";
    assert_eq!(room.column(refused), ["3"]);
}

#[test]
fn papers_instead_of_a_card_and_an_agent_before_the_window_are_recorded_for_the_next() {
    let room = Room::open();
    let window = room.staff("wang", "ZSJ", StaffRole::Window);
    let kiosk = room.kiosk();
    let mut paper = authority(ZHANG, LI, &[LEGAL_AID], kiosk.now().date());
    paper.form = AuthorityForm::Paper;
    let mut filed = application(LEGAL_AID, ZHANG, ZHANG.unpaid(), vec![scanned(4)]);
    // The officer saw both documents and the paper.
    let seen = city_api::application::Agreed::Papers;
    filed.agent = Some(agent(LI, &paper, seen));
    let mut sent = at_window(&filed, 1);
    sent["papers"] = json!("护照");
    file(&window, &sent);
    let tasks: TasksAnswer = read(window.get(paths::TASKS));
    let flags: Vec<&str> = tasks.tasks[0]
        .flags
        .iter()
        .map(|flag| flag.en.as_str())
        .collect();
    assert!(
        flags
            .iter()
            .any(|flag| flag.contains("papers seen at the window")),
        "{flags:?}"
    );
    assert!(
        flags.iter().any(|flag| flag.contains("Filed by an agent")),
        "{flags:?}"
    );
    let agent = tasks.tasks[0].agent.as_ref().unwrap();
    assert_eq!(agent.agent.number.reveal(), LI.number);
    let known = room.column("SELECT detail FROM event WHERE kind = 'staff check'");
    assert_eq!(known, ["papers seen at the window"]);
    // The papers are told in the officer's words inside the case, and nowhere else.
    assert!(!room.everything().join("\n").contains("护照"));
}

#[test]
fn twenty_clerks_of_one_hall_file_at_once_and_each_has_a_number_of_their_own() {
    let room = Room::open();
    let window = room.staff("wang", "ZSJ", StaffRole::Window);
    let numbers: Vec<String> = std::thread::scope(|scope| {
        let clerks: Vec<_> = (0..20)
            .map(|_| scope.spawn(|| file(&window, &unemployment()).case_number.unwrap()))
            .collect();
        clerks
            .into_iter()
            .map(|clerk| clerk.join().unwrap())
            .collect()
    });
    let mut different = numbers.clone();
    different.sort();
    different.dedup();
    assert_eq!(different.len(), 20);
    assert_eq!(room.column("SELECT count(*) FROM kiosk"), ["1"]);
    assert!(room.city().alarms().unwrap().is_empty(), "no fork, no gap");
}
