//! Accounts of staff: roles kept apart, lock-out, sessions that end, training, and what auditors read.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use city_api::requests::staff::{
    AccountRequest, AccountView, AccountsAnswer, EventsAnswer, PasswordRequest, RolesRequest,
    TrainingRequest,
};
use city_api::requests::{ProblemCode, paths};
use city_catalogue::policy::StaffRole;
use jiff::civil::date;

use common::filing::CHEN;
use common::{PASSWORD, Room, problem, read};

fn of_account(name: &str, action: &str) -> String {
    format!("{}/{name}/{action}", paths::ACCOUNTS)
}

fn roles(roles: &[StaffRole]) -> RolesRequest {
    RolesRequest {
        roles: roles.to_vec(),
    }
}

#[test]
fn one_makes_the_account_another_gives_the_role_a_third_trains_and_then_it_works_at_a_window() {
    let room = Room::open();
    let system = room.staff("root", "ZSJ", StaffRole::System);
    let security = room.staff("guard", "ZSJ", StaffRole::Security);
    let supervisor = room.staff("sun", "ZSJ", StaffRole::Supervisor);
    let asked = |name: &str, body: &str, password: &str| AccountRequest {
        name: name.into(),
        body: body.into(),
        password: password.into(),
    };
    for (bad, field) in [
        (asked("Zhao", "ZSJ", PASSWORD), "name"),
        (asked("zhao", "nobody", PASSWORD), "body"),
        (asked("zhao", "ZSJ", "short"), "password"),
        (asked("zhao", "ZSJ", "zhao zhao zhao"), "password"),
    ] {
        let refused = problem(system.post(paths::ACCOUNTS, &bad));
        assert_eq!(refused.field.as_deref(), Some(field));
    }
    let made: AccountView = read(system.post(paths::ACCOUNTS, &asked("zhao", "ZSJ", PASSWORD)));
    assert!(made.roles.is_empty() && made.trained_until.is_none());
    let again = problem(system.post(paths::ACCOUNTS, &asked("zhao", "SFJ", PASSWORD)));
    assert_eq!(again.code, ProblemCode::OtherContent);
    let no_role = problem(room.log_in("zhao", PASSWORD, None));
    assert_eq!(
        (no_role.code, no_role.field.as_deref()),
        (ProblemCode::Forbidden, Some("role"))
    );

    let give = of_account("zhao", "roles");
    let window = [StaffRole::Window];
    assert_eq!(
        problem(system.post(&give, &roles(&window))).code,
        ProblemCode::Forbidden
    );
    for apart in [
        [StaffRole::Window, StaffRole::Approver],
        [StaffRole::System, StaffRole::Audit],
        [StaffRole::Officer, StaffRole::Supervisor],
    ] {
        let refused = problem(security.post(&give, &roles(&apart)));
        assert_eq!(refused.field.as_deref(), Some("roles"), "{apart:?}");
    }
    let own = problem(security.post(&of_account("guard", "roles"), &roles(&window)));
    assert_eq!(own.code, ProblemCode::SamePerson);
    let _: AccountView = read(security.post(&give, &roles(&window)));

    let untrained = problem(room.log_in("zhao", PASSWORD, None));
    assert_eq!(untrained.code, ProblemCode::Forbidden);
    let until = |until| TrainingRequest { until };
    let train = of_account("zhao", "training");
    let soon = room
        .city()
        .clock()
        .now()
        .to_zoned(city_backend::clock::zone());
    let last = soon.date().tomorrow().unwrap();
    assert_eq!(
        problem(system.post(&train, &until(last))).code,
        ProblemCode::Forbidden
    );
    let _: AccountView = read(supervisor.post(&train, &until(last)));
    let zhao = room.session("zhao", StaffRole::Window);
    assert_eq!(zhao.get(paths::TASKS).status(), 200);
    assert_eq!(
        problem(zhao.get(paths::ACCOUNTS)).code,
        ProblemCode::Forbidden
    );
    assert_eq!(
        problem(supervisor.get(paths::TASKS)).code,
        ProblemCode::Forbidden
    );

    // Two days later the record is over; the session of a window is no good any more, and no new one begins.
    room.city().clock().advance(2 * 24 * 3600);
    assert_eq!(
        problem(room.log_in("zhao", PASSWORD, None)).code,
        ProblemCode::Forbidden
    );
    let supervisor = room.session("sun", StaffRole::Supervisor);
    let _: AccountView = read(supervisor.post(&train, &until(date(2099, 12, 31))));
    let zhao = room.session("zhao", StaffRole::Window);
    let system = room.session("root", StaffRole::System);
    let closed: AccountView = read(system.press(&of_account("zhao", "close")));
    assert!(closed.closed.is_some());
    assert_eq!(
        problem(zhao.get(paths::TASKS)).code,
        ProblemCode::Unauthorised
    );
    assert_eq!(
        problem(room.log_in("zhao", PASSWORD, None)).code,
        ProblemCode::Unauthorised
    );
    let gone = problem(system.press(&of_account("zhao", "close")));
    assert_eq!(gone.code, ProblemCode::NotFound);
    let listed: AccountsAnswer = read(system.get(paths::ACCOUNTS));
    let names: Vec<&str> = listed
        .accounts
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(names, ["guard", "root", "sun", "zhao"]);
}

#[test]
fn wrong_tries_are_counted_before_they_are_compared_and_lock_for_twice_as_long_each_time() {
    let room = Room::open();
    room.account("li", "SFJ", &[StaffRole::Officer]);
    // Twelve at once: five are compared for nothing, the sixth is and locks; no more are.
    let codes: Vec<ProblemCode> = std::thread::scope(|scope| {
        let tries = (0..12).map(|_| scope.spawn(|| problem(room.log_in("li", "wrong", None)).code));
        let tries: Vec<_> = tries.collect();
        tries.into_iter().map(|code| code.join().unwrap()).collect()
    });
    let compared = codes
        .iter()
        .filter(|code| **code == ProblemCode::Unauthorised);
    assert_eq!(compared.count(), 6, "{codes:?}");
    let locked = problem(room.log_in("li", PASSWORD, None));
    assert_eq!(locked.code, ProblemCode::TooMany);
    room.city().clock().advance(61);
    assert_eq!(
        problem(room.log_in("li", "wrong", None)).code,
        ProblemCode::Unauthorised
    );
    room.city().clock().advance(61);
    assert_eq!(
        problem(room.log_in("li", PASSWORD, None)).code,
        ProblemCode::TooMany
    );
    room.city().clock().advance(60);
    assert_eq!(room.log_in("li", PASSWORD, None).status(), 200);

    // A name that is no account answers alike, and role security takes a lock away.
    for _ in 0..6 {
        assert_eq!(
            problem(room.log_in("nobody", "wrong", None)).code,
            ProblemCode::Unauthorised
        );
        problem(room.log_in("li", "wrong", None));
    }
    assert_eq!(
        problem(room.log_in("nobody", "wrong", None)).code,
        ProblemCode::TooMany
    );
    assert_eq!(
        problem(room.log_in("li", PASSWORD, None)).code,
        ProblemCode::TooMany
    );
    let security = room.staff("guard", "ZSJ", StaffRole::Security);
    assert_eq!(security.press(&of_account("li", "unlock")).status(), 204);
    assert_eq!(room.log_in("li", PASSWORD, None).status(), 200);
    let everything = room.everything();
    assert!(everything.iter().all(|row| !row.contains(PASSWORD)));
}

#[test]
fn a_session_ends_when_nobody_works_after_a_day_and_with_another_password() {
    let room = Room::open();
    room.account("li", "SFJ", &[StaffRole::Officer, StaffRole::Approver]);
    let several = problem(room.log_in("li", PASSWORD, None));
    assert_eq!(several.field.as_deref(), Some("role"));
    let other = problem(room.log_in("li", PASSWORD, Some(StaffRole::Window)));
    assert_eq!(other.code, ProblemCode::Forbidden);
    let li = room.session("li", StaffRole::Approver);
    let minutes = |minutes: i64| room.city().clock().advance(60 * minutes);
    for _ in 0..2 {
        minutes(29);
        assert_eq!(li.get(paths::TASKS).status(), 200);
    }
    minutes(31);
    assert_eq!(
        problem(li.get(paths::TASKS)).code,
        ProblemCode::Unauthorised
    );

    let li = room.session("li", StaffRole::Approver);
    for _ in 0..25 {
        minutes(29);
        let status = li.get(paths::TASKS).status();
        if status != 200 {
            break;
        }
    }
    assert_eq!(
        problem(li.get(paths::TASKS)).code,
        ProblemCode::Unauthorised
    );

    let li = room.session("li", StaffRole::Officer);
    let path = of_account("li", "password");
    let change = |old: Option<&str>| PasswordRequest {
        old: old.map(Into::into),
        new: "another long phrase".into(),
    };
    assert_eq!(
        problem(li.post(&path, &change(None))).field.as_deref(),
        Some("old")
    );
    let wrong = problem(li.post(&path, &change(Some("wrong"))));
    assert_eq!(
        (wrong.code, wrong.field.as_deref()),
        (ProblemCode::Unauthorised, Some("old"))
    );
    let others = problem(li.post(&of_account("root", "password"), &change(None)));
    assert_eq!(others.code, ProblemCode::Forbidden);
    let _: AccountView = read(li.post(&path, &change(Some(PASSWORD))));
    assert_eq!(
        problem(li.get(paths::TASKS)).code,
        ProblemCode::Unauthorised
    );
    assert_eq!(
        room.log_in("li", "another long phrase", Some(StaffRole::Officer))
            .status(),
        200
    );
    room.account("wang", "SFJ", &[StaffRole::Officer]);
    let wang = room.session("wang", StaffRole::Officer);
    assert_eq!(wang.delete(paths::SESSIONS).status(), 204);
    assert_eq!(
        problem(wang.get(paths::TASKS)).code,
        ProblemCode::Unauthorised
    );
}

#[test]
fn an_auditor_reads_who_logged_in_and_who_looked_at_whom_and_nobody_else_does() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let packet = kiosk.legal_aid(CHEN);
    kiosk.send(&packet);
    let zhao = room.staff("zhao", "ZSJ", StaffRole::Window);
    assert_eq!(zhao.get(paths::TASKS).status(), 200);
    assert_eq!(
        problem(zhao.get(paths::EVENTS)).code,
        ProblemCode::Forbidden
    );
    let audit = room.staff("ai", "ZSJ", StaffRole::Audit);
    let all: EventsAnswer = read(audit.get(paths::EVENTS));
    let told = |kind: &str| all.events.iter().find(|event| event.kind == kind).unwrap();
    assert_eq!(told("logged in").actor, "zhao");
    let view = told("tasks read");
    assert_eq!(
        (view.actor.as_str(), view.case_id),
        ("zhao", Some(packet.fields.id))
    );
    assert_eq!(
        told("action refused").detail,
        "read events: forbidden as window"
    );
    let of_case = format!(
        "{}?case={}&after={}",
        paths::EVENTS,
        packet.fields.id,
        view.number - 1
    );
    let some: EventsAnswer = read(audit.get(&of_case));
    assert_eq!(some.events[0].number, view.number);
    assert!(
        some.events
            .iter()
            .all(|event| event.case_id == Some(packet.fields.id))
    );
    let again: EventsAnswer = read(audit.get(&of_case));
    assert_eq!(again.events.last().unwrap().kind, "events read");
    assert_eq!(
        problem(audit.get(&format!("{}?x=1", paths::EVENTS))).status,
        400
    );
}
