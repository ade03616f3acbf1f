//! The queues of the departments: claims, wrongly routed tasks, dead letters, review points, what each officer sees.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use city_api::requests::officer::{
    AcceptRequest, ActionAnswer, ClaimAnswer, DeadLettersAnswer, DecideRequest, OfficerRole,
    ReturnRequest, RouteRequest, SupplementRequest, TaskKind, TaskView, TasksAnswer,
};
use city_api::requests::outcome::CaseState;
use city_api::requests::paths::{CaseAction, case_action, task_action};
use city_api::requests::{ProblemCode, paths};
use city_catalogue::policy::StaffRole;

use common::filing::{CHEN, LI, ZHANG};
use common::{Room, TestKiosk, TestOfficer, problem, read};

fn next(officer: &TestOfficer) -> Option<TaskView> {
    read::<ClaimAnswer>(officer.press(paths::NEXT_TASK)).task
}

fn accepted(room: &Room, kiosk: &TestKiosk) -> String {
    let number = kiosk.send(&kiosk.legal_aid(CHEN)).case_number.unwrap();
    let window = room.officer("ZSJ", OfficerRole::Window, "w1");
    let path = case_action(number.as_str(), CaseAction::Accept);
    let _: ActionAnswer = read(window.post(&path, &AcceptRequest::default()));
    number.to_string()
}

fn advance(room: &Room, seconds: i64) {
    room.city().clock().advance(seconds);
}

#[test]
fn eight_clerks_at_two_nodes_press_next_at_once_and_no_two_get_one_task() {
    let room = Room::open();
    let node = room.second_node();
    let kiosk = room.kiosk();
    for person in [CHEN, LI, ZHANG, CHEN, LI, ZHANG, CHEN, LI] {
        kiosk.send(&kiosk.legal_aid(person));
    }
    let clerks: Vec<TestOfficer> = (0..9)
        .map(|clerk| {
            let officer = room.officer("ZSJ", OfficerRole::Window, &format!("w{clerk}"));
            if clerk % 2 == 0 {
                officer
            } else {
                officer.at(&node)
            }
        })
        .collect();
    let taken: Vec<Option<TaskView>> = std::thread::scope(|scope| {
        let press = clerks.iter().map(|clerk| scope.spawn(|| next(clerk)));
        let press: Vec<_> = press.collect();
        press.into_iter().map(|got| got.join().unwrap()).collect()
    });
    // One whom a row that was locked kept waiting presses again.
    let again = clerks
        .iter()
        .zip(taken)
        .filter_map(|(clerk, got)| match got {
            Some(task) => Some(task),
            None => next(clerk),
        });
    let taken: Vec<TaskView> = again.collect();
    let numbers: BTreeSet<&str> = taken.iter().map(|task| task.number.as_str()).collect();
    assert_eq!((taken.len(), numbers.len()), (8, 8));
    assert!(taken.iter().all(|task| task.held.as_ref().unwrap().by_you));
    assert_eq!(clerks.iter().filter_map(next).count(), 0);
    node.shutdown();
}

#[test]
fn a_task_of_another_officer_is_taken_until_the_lease_ends_by_itself() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let number = kiosk.filed(&kiosk.legal_aid(ZHANG));
    let (one, other) = (
        room.officer("ZSJ", OfficerRole::Window, "w1"),
        room.officer("ZSJ", OfficerRole::Window, "w2"),
    );
    let task = next(&one).unwrap();
    assert_eq!((task.kind, &task.case_number), (TaskKind::Step, &number));
    assert_eq!(next(&other), None);
    let claim = task_action(&task.number, "claim");
    assert_eq!(problem(other.press(&claim)).code, ProblemCode::Taken);
    let accept = case_action(&number, CaseAction::Accept);
    let refused = problem(other.post(&accept, &AcceptRequest::default()));
    assert_eq!(refused.code, ProblemCode::Taken);
    let listed: TasksAnswer = read(other.get(paths::TASKS));
    assert!(!listed.tasks[0].held.as_ref().unwrap().by_you);

    // Work renews it: 20 minutes later it is claimed again, and 20 minutes after that it is held still.
    advance(&room, 20 * 60);
    let renewed: ClaimAnswer = read(one.press(&claim));
    assert!(renewed.task.unwrap().held.unwrap().until > task.held.unwrap().until);
    advance(&room, 20 * 60);
    assert_eq!(problem(other.press(&claim)).code, ProblemCode::Taken);
    assert_eq!(
        problem(other.press(&task_action(&task.number, "release"))).code,
        ProblemCode::Taken
    );
    advance(&room, 11 * 60);
    assert_eq!(next(&other).unwrap().number, task.number);
    assert_eq!(problem(one.press(&claim)).code, ProblemCode::Taken);
    let _: ActionAnswer = read(other.press(&task_action(&task.number, "release")));
    assert_eq!(
        problem(other.press(&task_action(&task.number, "release"))).code,
        ProblemCode::WrongState
    );
    let _: ActionAnswer = read(one.post(&accept, &AcceptRequest::default()));
}

#[test]
fn who_accepted_a_case_never_gets_its_decision_by_a_claim() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let number = accepted(&room, &kiosk);
    let both_hats = room.officer("SFJ", OfficerRole::Approver, "w1");
    assert_eq!(next(&both_hats), None);
    let approver = room.officer("SFJ", OfficerRole::Approver, "a1");
    let listed: TasksAnswer = read(both_hats.get(paths::TASKS));
    let task = &listed.tasks[0].number;
    let claimed = problem(both_hats.press(&task_action(task, "claim")));
    assert_eq!(claimed.code, ProblemCode::SamePerson);
    assert_eq!(&next(&approver).unwrap().number, task);
    assert_eq!(
        problem(both_hats.decide(&number, true, "x")).code,
        ProblemCode::Taken
    );
    let granted: ActionAnswer = read(approver.decide(&number, true, "符合条件"));
    assert_eq!(granted.state, CaseState::DecidedGranted);
}

#[test]
fn a_wrongly_routed_task_goes_on_its_clock_runs_and_what_nobody_takes_is_routed_by_hand() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let number = kiosk.filed(&kiosk.allowance(CHEN));
    let window = room.officer("ZSJ", OfficerRole::Window, "w1");
    let accept = case_action(&number, CaseAction::Accept);
    let _: ActionAnswer = read(window.post(&accept, &AcceptRequest::default()));
    let housing = room.officer("ZJJ", OfficerRole::Officer, "z1");
    let tax = room.officer("SWJ", OfficerRole::Officer, "t1");
    let task = next(&housing).unwrap();
    let give_back = task_action(&task.number, "return");
    let to = |body: Option<&str>| ReturnRequest {
        reason: "不属于本部门核查范围".into(),
        body: body.map(str::to_owned),
    };
    assert_eq!(
        problem(housing.post(&give_back, &to(Some("ZJJ"))))
            .field
            .as_deref(),
        Some("body")
    );
    let _: ActionAnswer = read(housing.post(&give_back, &to(Some("SWJ"))));
    assert_eq!(next(&housing), None);
    let listed: TasksAnswer = read(tax.get(paths::TASKS));
    let moved = listed
        .tasks
        .iter()
        .find(|moved| moved.number == task.number);
    let moved = moved.unwrap();
    assert_eq!((moved.opened, &moved.due), (task.opened, &task.due));

    // No body of the flow is named: a dead letter, which nobody may work on and a supervisor finds.
    let _: ActionAnswer = read(tax.post(&give_back, &to(Some("WLJ"))));
    for officer in [&housing, &tax] {
        assert_eq!(
            problem(officer.press(&task_action(&task.number, "claim"))).code,
            ProblemCode::Forbidden
        );
    }
    let supervisor = room.staff("sun", "ZSJ", StaffRole::Supervisor);
    let letters: DeadLettersAnswer = read(supervisor.get(paths::DEAD_LETTERS));
    let letter = &letters.letters[0];
    assert_eq!(
        (&letter.number, letter.body.id.as_str()),
        (&task.number, "SWJ")
    );
    let bodies: Vec<&str> = letter
        .returns
        .iter()
        .map(|back| back.body.id.as_str())
        .collect();
    assert_eq!(bodies, ["ZJJ", "SWJ"]);
    assert_eq!(letter.returns[1].reason.reveal(), "不属于本部门核查范围");
    assert!(
        room.city()
            .alarms()
            .unwrap()
            .contains(&"dead_letter".to_owned())
    );

    let route = task_action(&task.number, "route");
    let by_hand = |body: &str| RouteRequest {
        body: body.to_owned(),
    };
    assert_eq!(
        problem(housing.post(&route, &by_hand("ZJJ"))).code,
        ProblemCode::Forbidden
    );
    assert_eq!(
        problem(supervisor.post(&route, &by_hand("nobody")))
            .field
            .as_deref(),
        Some("body")
    );
    let _: ActionAnswer = read(supervisor.post(&route, &by_hand("ZJJ")));
    let letters: DeadLettersAnswer = read(supervisor.get(paths::DEAD_LETTERS));
    assert!(letters.letters.is_empty());
    let back = next(&housing).unwrap();
    assert_eq!((back.number, back.due), (task.number, task.due));
    // It came today; a week later it is too late to give it back.
    advance(&room, 7 * 24 * 3600);
    assert_eq!(
        problem(housing.post(&give_back, &to(None))).code,
        ProblemCode::WrongState
    );
    let id = room.column("SELECT id FROM case_file").remove(0);
    let kinds = room.column(&format!(
        "SELECT kind || ' ' || coalesce(body, '') FROM event WHERE case_id = '{id}'
            AND kind IN ('task returned', 'task rerouted', 'dead letter') ORDER BY id"
    ));
    let expected = [
        "task returned ZJJ",
        "task rerouted SWJ",
        "task returned SWJ",
        "dead letter SWJ",
        "task rerouted ZJJ",
    ];
    assert_eq!(kinds, expected);
}

#[test]
fn a_step_is_done_only_when_every_review_point_is_answered() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let number = accepted(&room, &kiosk);
    let approver = room.officer("SFJ", OfficerRole::Approver, "a1");
    let points = next(&approver).unwrap().review_points;
    assert!(
        points.len() > 2 && points[0].key == "condition.1",
        "{points:?}"
    );
    let asked = |granted, points: BTreeMap<String, bool>| DecideRequest {
        task: None,
        granted,
        opinion: "符合条件".into(),
        points,
    };
    let decide = |granted, points: &BTreeMap<String, bool>| {
        let path = case_action(&number, CaseAction::Decide);
        approver.post(&path, &asked(granted, points.clone()))
    };
    let mut answers = BTreeMap::new();
    for point in &points {
        let refused = problem(decide(true, &answers));
        let field = format!("points.{}", point.key);
        assert_eq!(
            (refused.code, refused.field),
            (ProblemCode::BadField, Some(field))
        );
        answers.insert(point.key.clone(), true);
    }
    let last = points.last().unwrap().key.clone();
    answers.insert(last.clone(), false);
    let refused = problem(decide(true, &answers));
    assert_eq!(refused.field, Some(format!("points.{last}")));
    answers.insert(last, true);
    answers.insert("condition.99".into(), true);
    let refused = problem(decide(true, &answers));
    assert_eq!(refused.field.as_deref(), Some("points.condition.99"));
    answers.remove("condition.99");
    let granted: ActionAnswer = read(decide(true, &answers));
    assert_eq!(granted.state, CaseState::DecidedGranted);
}

#[test]
fn an_officer_cannot_ask_for_more_than_the_item_does_and_the_try_is_noted() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let number = kiosk.filed(&kiosk.legal_aid(ZHANG));
    let window = room.officer("ZSJ", OfficerRole::Window, "w1");
    let path = case_action(&number, CaseAction::Supplement);
    let material = SupplementRequest {
        materials: vec![99],
        words: "请提供居委会证明".into(),
    };
    let refused = problem(window.post(&path, &material));
    assert_eq!(refused.field.as_deref(), Some("materials[0]"));
    let condition = serde_json::json!({"materials": [4], "words": "w", "conditions": ["本地户籍"]});
    let refused = problem(window.post(&path, &condition));
    assert_eq!(refused.field.as_deref(), Some("conditions"));
    let noted = room.column(
        "SELECT actor || ' ' || detail FROM event WHERE kind = 'action refused'
            AND case_id IS NOT NULL AND item IS NOT NULL ORDER BY id",
    );
    let expected = "w1 ask for a supplement: bad_field";
    assert_eq!(noted, [expected, expected]);
}

#[test]
fn an_officer_sees_the_fields_and_pages_of_the_task_and_each_view_is_an_event() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let number = kiosk.filed(&kiosk.allowance(CHEN));
    let window = room.officer("ZSJ", OfficerRole::Window, "w1");
    let all = next(&window).unwrap();
    assert!(all.fields.len() > 5 && all.materials.len() > 3);
    let accept = case_action(&number, CaseAction::Accept);
    let _: ActionAnswer = read(window.post(&accept, &AcceptRequest::default()));
    let police = room.officer("GAJ", OfficerRole::Officer, "g1");
    let part = next(&police).unwrap();
    let seen: Vec<&str> = part.fields.keys().map(String::as_str).collect();
    assert_eq!(seen, ["公民身份号码", "姓名"]);
    assert!(
        part.materials.len() < all.materials.len(),
        "{:?}",
        part.materials
    );
    assert!(part.review_points.len() <= part.materials.len());
    let stranger = room.officer("WLJ", OfficerRole::Officer, "x1");
    assert_eq!(next(&stranger), None);
    let views = room.column(
        "SELECT actor || ' ' || body || ' ' || station FROM event
            WHERE kind = 'tasks read' AND case_id IS NOT NULL ORDER BY id",
    );
    assert_eq!(views, ["w1 ZSJ S001", "g1 GAJ S001"]);
}

#[test]
fn a_scanned_page_is_opened_for_the_officer_whose_task_needs_it_and_for_nobody_else() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let number = kiosk.filed(&kiosk.legal_aid(ZHANG));
    let window = room.officer("ZSJ", OfficerRole::Window, "w1");
    let task = next(&window).unwrap().number;
    let page = |task: &str, seq: &str, page: &str| {
        task_action(task, &format!("materials/{seq}/pages/{page}"))
    };
    let got = window.get(&page(&task, "4", "1"));
    assert_eq!(got.headers()["cache-control"], "no-store");
    assert_eq!(got.bytes().unwrap().as_ref(), b"a page");
    for (seq, number) in [("4", "2"), ("4", "0"), ("3", "1"), ("99", "1"), ("x", "1")] {
        let none = problem(window.get(&page(&task, seq, number)));
        assert_eq!(none.code, ProblemCode::NotFound, "{seq} {number}");
    }
    let other = room.officer("ZSJ", OfficerRole::Window, "w2");
    assert_eq!(
        problem(other.get(&page(&task, "4", "1"))).code,
        ProblemCode::Taken
    );
    let approver = room.officer("SFJ", OfficerRole::Approver, "a1");
    let early = problem(approver.get(&page(&task, "4", "1")));
    assert_eq!(early.code, ProblemCode::Forbidden);
    let accept = case_action(&number, CaseAction::Accept);
    let _: ActionAnswer = read(window.post(&accept, &AcceptRequest::default()));
    let task = next(&approver).unwrap().number;
    assert_eq!(approver.get(&page(&task, "4", "1")).status(), 200);
    assert_eq!(
        problem(window.get(&page(&task, "4", "1"))).code,
        ProblemCode::Forbidden
    );
    let views = room.column(
        "SELECT kind || ' ' || actor || ' ' || detail FROM event WHERE detail LIKE 'material 4 page 1%' ORDER BY id",
    );
    let expected = [
        "tasks read w1 material 4 page 1",
        "action refused w2 material 4 page 1: taken",
        "action refused a1 material 4 page 1: forbidden",
        "tasks read a1 material 4 page 1",
        "action refused w1 material 4 page 1: forbidden",
    ];
    assert_eq!(views, expected);
}

#[test]
fn facts_of_a_case_stand_beside_it_and_are_filled_in_for_older_ones() {
    let mut room = Room::open();
    let kiosk = room.kiosk_at("S003");
    let number = accepted(&room, &kiosk);
    let approver = room.officer("SFJ", OfficerRole::Approver, "a1");
    let _: ActionAnswer = read(approver.decide(&number, false, "不符合条件"));
    let facts = "SELECT body, station, channel, item_version, accepted_by, result_code, granted, corrections,
        promised > '2000', statutory >= promised, done_on > '2000', accepted_at > 0, closed_at >= accepted_at,
        provisional, kiosk FROM case_file";
    let kept = room.rows(facts).remove(0);
    let yes = if kept[8] == "t" { "t" } else { "1" };
    let expected = [
        "SFJ", "S003", "kiosk", "1", "w1", "6", "0", "0", yes, yes, yes, yes, yes, "0",
    ];
    assert_eq!(kept[..14], expected);
    assert_eq!(kept[14], kiosk.id.to_string());
    room.stop();
    // As a program left it that knew of no facts.
    room.execute(
        "UPDATE case_file SET body = NULL, station = NULL, channel = NULL, item_version = NULL, accepted_by = NULL,
            result_code = NULL, granted = NULL, corrections = NULL, promised = NULL, statutory = NULL, done_on = NULL,
            accepted_at = NULL, closed_at = NULL, provisional = NULL, kiosk = NULL",
    );
    room.start_again();
    let begin = std::time::Instant::now();
    while room.rows(facts)[0] != kept {
        assert!(begin.elapsed().as_secs() < 20, "{:?}", room.rows(facts));
        std::thread::yield_now();
    }
}
