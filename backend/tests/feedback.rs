//! What residents say back: bad ratings and what they set going, questions, objections, withdrawal, and the messages
//! they get.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use city_api::application::RatingLevel;
use city_api::packet::Sealed;
use city_api::requests::feedback::{
    AnswerRequest, AskKind, AskRequest, EnquiriesAnswer, EnquiryView, FactSource, FactsAnswer,
    HandOverRequest, RatingsAnswer, WithdrawRequest, WorkOrder, WorkOrderRequest, WorkOrdersAnswer,
};
use city_api::requests::identity::IdentityMethod;
use city_api::requests::officer::{AcceptRequest, ActionAnswer, OfficerRole, SupplementRequest};
use city_api::requests::outcome::CaseState;
use city_api::requests::paths::{self, CaseAction, case_action};
use city_api::requests::persons::GrantRequest;
use city_api::requests::{Private, ProblemCode};
use city_backend::clock::civil;
use uuid::Uuid;

use common::filing::{LI, Someone, ZHANG, application};
use common::{Message, Room, TestKiosk, TestOfficer, problem, read, wait_for};

const DAY: i64 = 24 * 3600;

fn face(kiosk: &TestKiosk, who: Someone) -> Private {
    kiosk.grant(who.number, who.name, IdentityMethod::Face)
}

fn counts(room: &Room) -> RatingsAnswer {
    let today = civil(room.city().clock().now()).date();
    let from = today.checked_sub(jiff::Span::new().days(60)).unwrap();
    read(room.get(&format!("/v1/ratings/counts?from={from}&to={today}")))
}

fn orders(officer: &TestOfficer) -> Vec<WorkOrder> {
    let answer: WorkOrdersAnswer = read(officer.get("/v1/work-orders"));
    answer.work_orders
}

fn order_act(officer: &TestOfficer, number: &str, act: &str) -> reqwest::blocking::Response {
    let words = WorkOrderRequest {
        words: "已致电说明并改进".into(),
    };
    officer.post(&format!("/v1/work-orders/{number}/{act}"), &words)
}

fn rated(kiosk: &TestKiosk, contact: &Sealed, level: RatingLevel) {
    let packet = kiosk.rating(level, &["slow"], Some(contact.fields.id));
    assert_eq!(kiosk.send(&packet).irregular, None);
}

#[test]
fn a_bad_rating_is_called_back_put_right_and_rated_once_more() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let contact = kiosk.unemployment(ZHANG);
    kiosk.send(&contact);
    rated(&kiosk, &contact, RatingLevel::VeryDissatisfied);
    // The unit that handled it answers, nobody else.
    let unit = room.officer("JYZX", OfficerRole::Officer, "o1");
    let other = room.officer("SFJ", OfficerRole::Officer, "o2");
    assert!(orders(&other).is_empty());
    let order = orders(&unit).remove(0);
    assert_eq!(
        (order.level, order.state.as_str(), order.reasons.len()),
        (1, "open", 1)
    );
    assert!(order.call_by < order.rectify_by && !order.second_rating);
    let number = order.number.as_str();
    assert_eq!(
        problem(order_act(&other, number, "call")).code,
        ProblemCode::Forbidden
    );
    assert_eq!(
        problem(order_act(&unit, number, "rectify")).code,
        ProblemCode::WrongState
    );
    assert_eq!(
        problem(order_act(&unit, number, "remove")).code,
        ProblemCode::Forbidden
    );
    assert_eq!(
        problem(order_act(&unit, number, "forget")).code,
        ProblemCode::NotFound
    );
    assert_eq!(
        problem(order_act(&unit, "WO1", "call")).code,
        ProblemCode::NotFound
    );
    // Before it is put right, a further rating is not counted.
    rated(&kiosk, &contact, RatingLevel::VerySatisfied);
    assert_eq!(counts(&room).second, [0; 5]);
    let called: WorkOrder = read(order_act(&unit, number, "call"));
    assert_eq!(called.state, "called");
    let done: WorkOrder = read(order_act(&unit, number, "rectify"));
    assert!(done.second_rating && orders(&unit).is_empty());
    let own = GrantRequest {
        grant: face(&kiosk, ZHANG),
    };
    let told: WorkOrdersAnswer = read(kiosk.post("/v1/persons/work-orders", &own));
    let reply = told.work_orders[0].reply.as_ref().map(Private::reveal);
    assert_eq!(reply, Some("已致电说明并改进"));
    let stranger = GrantRequest {
        grant: face(&kiosk, LI),
    };
    let told: WorkOrdersAnswer = read(kiosk.post("/v1/persons/work-orders", &stranger));
    assert!(told.work_orders.is_empty());
    // One more rating, once.
    rated(&kiosk, &contact, RatingLevel::Satisfied);
    rated(&kiosk, &contact, RatingLevel::VerySatisfied);
    let counted = counts(&room);
    assert_eq!(counted.second, [0, 0, 0, 1, 0]);
    let body = &counted.bodies[0];
    assert_eq!(
        (body.body.id.as_str(), body.levels),
        ("JYZX", [1, 0, 0, 0, 0])
    );
    assert_eq!(
        (body.satisfied_permille, body.orders, body.orders_done),
        (Some(0), 1, 1)
    );
    assert!(!room.everything().iter().any(|row| row.contains("已致电")));
}

#[test]
fn nobody_calls_back_and_the_supervisor_is_told_once() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let contact = kiosk.unemployment(ZHANG);
    kiosk.send(&contact);
    rated(&kiosk, &contact, RatingLevel::Dissatisfied);
    let unit = room.officer("JYZX", OfficerRole::Officer, "o1");
    room.city().clock().advance(15 * DAY);
    let late = wait_for(|| orders(&unit).remove(0), |order| order.late);
    assert_eq!(late.state, "open");
    room.city().clock().advance(40 * DAY);
    let alarms = room.city().alarms().unwrap();
    let overdue = alarms.iter().filter(|kind| *kind == "overdue").count();
    assert_eq!(overdue, 1, "{alarms:?}");
    // A malicious one is taken away by the platform's approver and counts nowhere.
    let approver = room.officer("ZSJ", OfficerRole::Approver, "a1");
    let _: WorkOrder = read(order_act(&approver, &late.number, "remove"));
    let bodies = counts(&room).bodies;
    assert!(
        bodies.iter().all(|body| body.levels == [0; 5]),
        "{bodies:?}"
    );
}

#[test]
fn a_kiosk_that_praises_more_than_it_serves_is_looked_at_and_defaults_are_kept_apart() {
    let room = Room::open();
    let policy = r#"{"feedback": {"praiseAnHour": 2, "defaultRatingDays": 5}}"#;
    std::fs::write(room.config.catalogue.join("policy.json"), policy).unwrap();
    let mut room = room;
    room.stop();
    room.start_again();
    let kiosk = room.kiosk();
    let contacts: Vec<Sealed> = (0..4).map(|_| kiosk.unemployment(ZHANG)).collect();
    for contact in &contacts {
        kiosk.send(contact);
        kiosk.outcome_when(contact, |outcome| outcome.state.is_over());
    }
    for contact in &contacts[..3] {
        rated(&kiosk, contact, RatingLevel::VerySatisfied);
    }
    let body = counts(&room).bodies.remove(0);
    assert_eq!(
        (body.levels[4], body.suspicious, body.by_default),
        (2, 1, 0)
    );
    assert!(room.city().alarms().unwrap().contains(&"praise".to_owned()));
    room.city().clock().advance(6 * DAY);
    let body = wait_for(
        || counts(&room).bodies.remove(0),
        |body| body.by_default == 1,
    );
    assert_eq!((body.levels[4], body.satisfied_permille), (2, Some(1000)));
    // The resident comes after all: the default goes.
    rated(&kiosk, &contacts[3], RatingLevel::Satisfied);
    let body = counts(&room).bodies.remove(0);
    assert_eq!((body.levels, body.by_default), ([0, 0, 0, 1, 2], 0));
}

fn ask(kiosk: &TestKiosk, number: &str, asked: &AskRequest) -> reqwest::blocking::Response {
    kiosk.post(&format!("/v1/cases/{number}/enquiries"), asked)
}

fn question(kiosk: &TestKiosk, who: Someone) -> AskRequest {
    AskRequest {
        id: Uuid::now_v7(),
        grant: face(kiosk, who),
        kind: AskKind::Question,
        field: None,
        words: "什么时候安排律师？".into(),
    }
}

#[test]
fn a_question_stays_open_until_the_named_receiver_answers() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let filed = kiosk.send(&kiosk.legal_aid(ZHANG));
    let number = filed.case_number.unwrap();
    let asked = question(&kiosk, ZHANG);
    let first: EnquiryView = read(ask(&kiosk, number.as_str(), &asked));
    assert_eq!(first.first_contact, kiosk.id.to_string());
    assert_eq!(
        (first.station.as_str(), &first.receiver, &first.answer),
        ("S001", &None, &None)
    );
    // The answer was lost and the kiosk asks again: one question.
    let again: EnquiryView = read(ask(&kiosk, number.as_str(), &asked));
    assert_eq!(again, first);
    let stranger = problem(ask(&kiosk, number.as_str(), &question(&kiosk, LI)));
    assert_eq!(stranger.code, ProblemCode::NotFound);
    let card = AskRequest {
        grant: kiosk.grant(ZHANG.number, ZHANG.name, IdentityMethod::Card),
        ..question(&kiosk, ZHANG)
    };
    assert_eq!(
        problem(ask(&kiosk, number.as_str(), &card)).code,
        ProblemCode::LevelTooLow
    );

    let holder = room.officer(&first.body.id, OfficerRole::Window, "w1");
    let open: EnquiriesAnswer = read(holder.get("/v1/enquiries"));
    assert_eq!(open.enquiries.len(), 1);
    let path = |act: &str| format!("/v1/enquiries/{}/{act}", first.id);
    let handed = HandOverRequest {
        body: "SFJ".into(),
        receiver: "o7".into(),
        why: "由承办处室答复".into(),
    };
    let handed: EnquiryView = read(holder.post(&path("hand-over"), &handed));
    assert_eq!(
        (handed.body.id.as_str(), handed.receiver.as_deref()),
        ("SFJ", Some("o7"))
    );
    assert_eq!(handed.first_contact, first.first_contact);
    let words = AnswerRequest {
        words: "三个工作日内".into(),
    };
    let another = room.officer("SFJ", OfficerRole::Officer, "o8");
    for wrong in [&holder, &another] {
        let refused = problem(wrong.post(&path("answer"), &words));
        assert_eq!(refused.code, ProblemCode::Forbidden);
    }
    let receiver = room.officer("SFJ", OfficerRole::Officer, "o7");
    let _: EnquiryView = read(receiver.post(&path("answer"), &words));
    let twice = problem(receiver.post(&path("answer"), &words));
    assert_eq!(twice.code, ProblemCode::WrongState);
    let own = GrantRequest {
        grant: face(&kiosk, ZHANG),
    };
    let told: EnquiriesAnswer = read(kiosk.post("/v1/persons/enquiries", &own));
    let answer = told.enquiries[0].answer.as_ref().map(Private::reveal);
    assert_eq!(answer, Some("三个工作日内"));
    assert!(
        !room
            .everything()
            .iter()
            .any(|row| row.contains("三个工作日内"))
    );
    let kinds =
        "SELECT kind FROM event WHERE kind IN ('asked', 'handed over', 'answered') ORDER BY id";
    assert_eq!(room.column(kinds), ["asked", "handed over", "answered"]);
}

#[test]
fn a_question_that_nobody_answers_is_overdue() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let number = kiosk.send(&kiosk.legal_aid(ZHANG)).case_number.unwrap();
    let _: EnquiryView = read(ask(&kiosk, number.as_str(), &question(&kiosk, ZHANG)));
    room.city().clock().advance(12 * DAY);
    let own = || -> EnquiriesAnswer {
        let own = GrantRequest {
            grant: face(&kiosk, ZHANG),
        };
        read(kiosk.post("/v1/persons/enquiries", &own))
    };
    wait_for(own, |told| told.enquiries[0].late);
}

#[test]
fn a_disputed_value_opens_an_objection_and_the_case_goes_on() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let mut answers = ZHANG.unemployed();
    assert!(answers.dispute("applicantName", true));
    let filed = application(common::UNEMPLOYMENT, ZHANG, answers, Vec::new());
    let packet = kiosk.seal_application(&filed, 0);
    let number = kiosk.send(&packet).case_number.unwrap();
    kiosk.outcome_when(&packet, |outcome| outcome.state == CaseState::Closed);
    let own = || -> EnquiriesAnswer {
        let own = GrantRequest {
            grant: face(&kiosk, ZHANG),
        };
        read(kiosk.post("/v1/persons/enquiries", &own))
    };
    let told = own().enquiries;
    assert_eq!(
        (told.len(), told[0].kind, told[0].field.as_deref()),
        (1, AskKind::Objection, Some("applicantName"))
    );
    assert_eq!(told[0].case_number, number.as_str());
    // One more, asked at the kiosk afterwards; of a field that is not there, none.
    let objection = AskRequest {
        kind: AskKind::Objection,
        field: Some("lastDay".into()),
        ..question(&kiosk, ZHANG)
    };
    let _: EnquiryView = read(ask(&kiosk, number.as_str(), &objection));
    let wrong = AskRequest {
        id: Uuid::now_v7(),
        field: Some("nothing".into()),
        ..objection
    };
    let refused = problem(ask(&kiosk, number.as_str(), &wrong));
    assert_eq!(refused.field.as_deref(), Some("field"));
    assert_eq!(own().enquiries.len(), 2);
}

#[test]
fn what_was_known_when_it_was_filed_is_shown_to_its_person_alone_and_masked() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let mut answers = ZHANG.unemployed();
    assert!(answers.dispute("applicantName", true));
    let filed = application(common::UNEMPLOYMENT, ZHANG, answers, Vec::new());
    let number = kiosk.send(&kiosk.seal_application(&filed, 0)).case_number;
    let path = paths::case_facts(number.unwrap().as_str());
    let asked = |grant| kiosk.post(&path, &GrantRequest { grant });
    let told: FactsAnswer = read(asked(face(&kiosk, ZHANG)));
    let known: Vec<_> = told
        .facts
        .iter()
        .map(|fact| (fact.field.as_str(), fact.source, fact.disputed))
        .collect();
    assert_eq!(
        known,
        [
            ("applicantName", FactSource::Card, true),
            ("applicantId", FactSource::Card, false),
        ]
    );
    let number = told.facts[1].value.reveal();
    assert!(number.contains('*') && number != ZHANG.number, "{number}");
    // What was typed is no fact that anybody else keeps.
    assert!(filed.answers.len() > told.facts.len());
    let stranger = problem(asked(face(&kiosk, LI)));
    assert_eq!(stranger.code, ProblemCode::NotFound);
}

fn withdraw(kiosk: &TestKiosk, number: &str, who: Someone) -> reqwest::blocking::Response {
    let asked = WithdrawRequest {
        grant: face(kiosk, who),
    };
    kiosk.post(&format!("/v1/cases/{number}/withdraw"), &asked)
}

#[test]
fn a_matter_is_taken_back_at_any_kiosk_and_by_nobody_else() {
    let room = Room::open();
    let (kiosk, other) = (room.kiosk(), room.kiosk_at("S002"));
    let packet = kiosk.legal_aid(ZHANG);
    let number = kiosk.send(&packet).case_number.unwrap();
    let stranger = problem(withdraw(&kiosk, number.as_str(), LI));
    assert_eq!(stranger.code, ProblemCode::NotFound);
    let answer: ActionAnswer = read(withdraw(&other, number.as_str(), ZHANG));
    assert_eq!(answer.state, CaseState::Withdrawn);
    // The answer was lost and the kiosk asks again: it is taken back once.
    let again: ActionAnswer = read(withdraw(&kiosk, number.as_str(), ZHANG));
    assert_eq!(again.state, CaseState::Withdrawn);
    let withdrawn = "SELECT count(*) FROM event WHERE kind = 'withdrawn'";
    assert_eq!(room.column(withdrawn), ["1"]);
    let open = "SELECT count(*) FROM task WHERE state IN ('open', 'pending')";
    assert_eq!(room.column(open), ["0"]);
    assert_eq!(kiosk.outcome(&packet).held_by, None);
    // What is decided is not taken back.
    let decided = kiosk.unemployment(LI);
    let number = kiosk.send(&decided).case_number.unwrap();
    kiosk.outcome_when(&decided, |outcome| outcome.state == CaseState::Closed);
    let late = problem(withdraw(&kiosk, number.as_str(), LI));
    assert_eq!(late.code, ProblemCode::WrongState);
}

#[test]
fn a_resident_hears_of_acceptance_of_what_is_missing_and_when_it_is_due_soon() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let window = room.officer("ZSJ", OfficerRole::Window, "w1");
    let number = kiosk.send(&kiosk.legal_aid(ZHANG)).case_number.unwrap();
    let number = number.as_str();
    let missing = SupplementRequest {
        materials: vec![4],
        words: "请补交证据".into(),
    };
    let asked = case_action(number, CaseAction::Supplement);
    let _: ActionAnswer = read(window.post(&asked, &missing));
    let about = |messages: &Vec<Message>| -> Vec<String> {
        messages.iter().map(|message| message.0.clone()).collect()
    };
    let told = wait_for(|| room.outbox(), |told| told.len() == 1);
    assert_eq!(
        (told[0].0.as_str(), told[0].1.as_str()),
        ("correction", ZHANG.mobile)
    );
    assert!(told[0].2.contains(number) && !told[0].2.contains(ZHANG.name));
    // Three days before the last one the resident is reminded, once.
    let last: jiff::civil::Date = told[0].2.split_once("请于").unwrap().1[..10]
        .parse()
        .unwrap();
    let today = civil(room.city().clock().now()).date();
    let days = i64::from((last - today).get_days());
    room.city().clock().advance((days - 2) * DAY);
    let told = wait_for(|| room.outbox(), |told| told.len() >= 2);
    assert_eq!(about(&told), ["correction", "due_soon"]);
    // Nothing personal stands in the table of messages.
    let due = room.rows("SELECT case_id, kind, CAST(at AS TEXT), CAST(sent AS TEXT) FROM notice");
    let personal = |text: &String| text.contains(ZHANG.mobile) || text.contains(ZHANG.name);
    assert!(due.len() >= 2 && !due.iter().flatten().any(personal));

    let accepted = kiosk.send(&kiosk.legal_aid(LI)).case_number.unwrap();
    let accept = case_action(accepted.as_str(), CaseAction::Accept);
    let _: ActionAnswer = read(window.post(&accept, &AcceptRequest::default()));
    wait_for(
        || room.outbox(),
        |told| about(told).contains(&"accepted".to_owned()),
    );
    let instant = kiosk.unemployment(LI);
    kiosk.send(&instant);
    let told = wait_for(
        || room.outbox(),
        |told| about(told).contains(&"result".to_owned()),
    );
    assert!(told.iter().any(|message| message.1 == LI.mobile));
}
