//! Calls for a person's help: raised at a kiosk, heard at the windows of its station.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use city_api::requests::drafts::STATION_HEADER;
use city_api::requests::help::{
    HELP_CALL_SECONDS, HelpCall, HelpCallsAnswer, HelpRequest, HelpState, HelpView,
};
use city_api::requests::{ProblemCode, paths};
use city_catalogue::policy::StaffRole;
use reqwest::Method;
use reqwest::blocking::Response;
use uuid::Uuid;

use common::{Room, TestKiosk, TestOfficer, UNEMPLOYMENT, problem, read};

fn call() -> HelpRequest {
    HelpRequest {
        id: Uuid::now_v7(),
        step: "scan".into(),
        item: Some(UNEMPLOYMENT.into()),
    }
}

fn state(kiosk: &TestKiosk, call: &HelpRequest) -> HelpState {
    read::<HelpView>(kiosk.get(&paths::help_call(call.id))).state
}

/// A window of a station asks.
fn ask(room: &Room, at: (&TestOfficer, &str), method: Method, path: &str) -> Response {
    let (officer, station) = at;
    room.http()
        .request(method, format!("{}{path}", room.city().url()))
        .bearer_auth(&officer.token)
        .header(STATION_HEADER, station)
        .send()
        .unwrap()
}

fn open(room: &Room, at: (&TestOfficer, &str)) -> Vec<HelpCall> {
    read::<HelpCallsAnswer>(ask(room, at, Method::GET, paths::HELP_CALLS)).calls
}

#[test]
fn somebody_is_stuck_a_window_hears_it_and_the_kiosk_says_that_help_comes() {
    let room = Room::open();
    let kiosk = room.kiosk_at("S002");
    let (wang, li) = (
        room.staff("wang", "ZSJ", StaffRole::Window),
        room.staff("li", "ZSJ", StaffRole::Window),
    );
    let call = call();
    let raised: HelpView = read(kiosk.post(paths::HELP_CALLS, &call));
    assert_eq!(raised.state, HelpState::Waiting);

    let heard = open(&room, (&wang, "S002"));
    assert_eq!(heard.len(), 1);
    assert_eq!(heard[0].kiosk, kiosk.id.to_string());
    assert_eq!(
        (heard[0].step.as_str(), heard[0].item.as_deref()),
        ("scan", Some(UNEMPLOYMENT))
    );
    let coming = format!("{}/coming", paths::help_call(call.id));
    for clerk in [&wang, &li] {
        let shown: HelpCall = read(ask(&room, (clerk, "S002"), Method::POST, &coming));
        assert_eq!(
            shown.by.as_deref(),
            Some("wang"),
            "who comes first is who comes"
        );
    }
    assert_eq!(state(&kiosk, &call), HelpState::Coming);

    // The visit went on.
    let path = paths::help_call(call.id);
    let closed = room
        .http()
        .delete(format!("{}{path}", room.city().url()))
        .header("authorization", kiosk.signed("DELETE", &path, b""))
        .send()
        .unwrap();
    assert_eq!(read::<HelpView>(closed).state, HelpState::Closed);
    assert_eq!(open(&room, (&wang, "S002")), []);
    let late: HelpCall = read(ask(&room, (&li, "S002"), Method::POST, &coming));
    assert_eq!(
        late.state,
        HelpState::Closed,
        "a closed call is not opened again"
    );
    let told =
        room.rows("SELECT kind, actor, station FROM event WHERE kind LIKE 'help %' ORDER BY id");
    let kiosk = kiosk.id.to_string();
    assert_eq!(
        told,
        [
            ["help called", kiosk.as_str(), "S002"],
            ["help coming", "wang", "S002"],
            ["help closed", kiosk.as_str(), "S002"],
        ]
    );
}

#[test]
fn the_answer_is_lost_the_call_comes_again_and_is_one() {
    let room = Room::open();
    let (kiosk, other) = (room.kiosk_at("S002"), room.kiosk_at("S002"));
    let call = call();
    for _ in 0..2 {
        read::<HelpView>(kiosk.post(paths::HELP_CALLS, &call));
    }
    let wang = room.staff("wang", "ZSJ", StaffRole::Window);
    assert_eq!(open(&room, (&wang, "S002")).len(), 1);
    let taken = problem(other.post(paths::HELP_CALLS, &call));
    assert_eq!(taken.code, ProblemCode::OtherContent);
    let unseen = problem(other.get(&paths::help_call(call.id)));
    assert_eq!(unseen.code, ProblemCode::NotFound);
}

#[test]
fn a_window_elsewhere_hears_nothing() {
    let room = Room::open();
    let kiosk = room.kiosk_at("S002");
    let call = call();
    read::<HelpView>(kiosk.post(paths::HELP_CALLS, &call));
    let wang = room.staff("wang", "ZSJ", StaffRole::Window);
    assert_eq!(open(&room, (&wang, "S003")), []);
    let coming = format!("{}/coming", paths::help_call(call.id));
    let there = problem(ask(&room, (&wang, "S003"), Method::POST, &coming));
    assert_eq!(there.code, ProblemCode::NotFound);
    let officer = room.staff("zhao", "ZSJ", StaffRole::Officer);
    let role = problem(ask(
        &room,
        (&officer, "S002"),
        Method::GET,
        paths::HELP_CALLS,
    ));
    assert_eq!(role.code, ProblemCode::Forbidden);
    assert_eq!(state(&kiosk, &call), HelpState::Waiting);
}

#[test]
fn nobody_closed_the_call_and_after_a_quarter_of_an_hour_it_is_over() {
    let room = Room::open();
    let kiosk = room.kiosk_at("S002");
    let call = call();
    read::<HelpView>(kiosk.post(paths::HELP_CALLS, &call));
    let milliseconds = HELP_CALL_SECONDS * 1000;
    room.execute(&format!(
        "UPDATE help_call SET called = called - {milliseconds}"
    ));
    assert_eq!(state(&kiosk, &call), HelpState::Closed);
    let wang = room.staff("wang", "ZSJ", StaffRole::Window);
    assert_eq!(open(&room, (&wang, "S002")), []);
}

#[test]
fn words_in_place_of_a_page_are_refused_so_that_no_name_gets_into_a_call() {
    let room = Room::open();
    let kiosk = room.kiosk_at("S002");
    for step in ["", "Zhang Wei", "张伟", "a\u{7}b", &"a".repeat(33)] {
        let asked = HelpRequest {
            step: step.into(),
            ..call()
        };
        let refused = problem(kiosk.post(paths::HELP_CALLS, &asked));
        assert_eq!(refused.code, ProblemCode::BadField, "{step:?}");
        assert_eq!(refused.field.as_deref(), Some("step"));
    }
    assert_eq!(
        room.rows("SELECT id FROM help_call"),
        Vec::<Vec<String>>::new()
    );
}
