//! Supervision: cards raised by the city itself and answered, counts, the report on duties.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use std::time::Instant;

use city_api::requests::officer::{AcceptRequest, ActionAnswer, OfficerRole};
use city_api::requests::paths::{CaseAction, case_action};
use city_api::requests::supervision::{
    Card, CardAnswerRequest, CardsAnswer, ConsistencyAnswer, ConsistencyOutcome, CountLine,
    DutiesAnswer, StatisticsAnswer,
};
use city_api::requests::{ProblemCode, paths};
use city_catalogue::clock::Warning;
use city_catalogue::policy::StaffRole;

use common::filing::{CHEN, LI, ZHANG};
use common::{LEGAL_AID, Room, TestKiosk, TestOfficer, problem, read};

fn accepted(room: &Room, kiosk: &TestKiosk) -> String {
    let number = kiosk.send(&kiosk.legal_aid(CHEN)).case_number.unwrap();
    let window = room.officer("ZSJ", OfficerRole::Window, "w1");
    let path = case_action(number.as_str(), CaseAction::Accept);
    let _: ActionAnswer = read(window.post(&path, &AcceptRequest::default()));
    number.to_string()
}

/// Asks for the cards until they are as wanted; the city looks every half second whether it is time.
fn cards_when(officer: &TestOfficer, wanted: impl Fn(&[Card]) -> bool) -> Vec<Card> {
    let begin = Instant::now();
    loop {
        let answer: CardsAnswer = read(officer.get(paths::CARDS));
        if wanted(&answer.cards) {
            return answer.cards;
        }
        assert!(begin.elapsed().as_secs() < 20, "still {:?}", answer.cards);
        std::thread::yield_now();
    }
}

#[test]
fn a_case_that_nobody_decides_turns_red_then_double_red_and_its_body_answers_in_writing() {
    let room = Room::open();
    let kiosk = room.kiosk();
    let number = accepted(&room, &kiosk);
    let approver = room.officer("SFJ", OfficerRole::Approver, "a1");
    let stranger = room.officer("GAJ", OfficerRole::Officer, "g1");
    let supervise = |day: i64| {
        room.city().clock().advance(day * 24 * 3600);
        room.session("sun", StaffRole::Supervisor)
    };
    room.account("sun", "ZSJ", &[StaffRole::Supervisor]);
    let early: CardsAnswer = read(supervise(0).get(paths::CARDS));
    assert!(early.cards.is_empty(), "{:?}", early.cards);

    let has = |level: Warning| move |cards: &[Card]| cards.iter().any(|card| card.level == level);
    let cards = cards_when(&supervise(60), has(Warning::DoubleRed));
    let late = cards
        .iter()
        .find(|card| card.level == Warning::DoubleRed)
        .unwrap();
    assert_eq!((&late.case_number, late.body.as_str()), (&number, "SFJ"));
    assert_eq!((late.item.as_deref(), &late.task), (Some(LEGAL_AID), &None));
    let step = cards_when(&approver, has(Warning::Yellow));
    assert!(
        step.iter()
            .any(|card| card.task.is_some() && card.reason.contains("环节超时"))
    );
    let none: CardsAnswer = read(stranger.get(paths::CARDS));
    assert!(none.cards.is_empty());

    let answer = format!("{}/{}/answer", paths::CARDS, late.id);
    let words = CardAnswerRequest {
        words: "承办人病假，已指派他人".into(),
    };
    assert_eq!(
        problem(stranger.post(&answer, &words)).code,
        ProblemCode::Forbidden
    );
    let answered: Card = read(approver.post(&answer, &words));
    let said = answered.answer.unwrap();
    assert_eq!(
        (said.person.as_str(), said.words.reveal()),
        ("a1", words.words.reveal())
    );
    assert_eq!(
        problem(approver.post(&answer, &words)).code,
        ProblemCode::WrongState
    );
    let everything = room.everything();
    assert!(everything.iter().all(|row| !row.contains("病假")));

    // The others are not answered: a week later that is an alarm, and said of each.
    let count = step.len();
    let cards = cards_when(&supervise(7), |cards| {
        cards.iter().any(|card| card.unanswered)
    });
    assert_eq!(cards.len(), count);
    assert!(
        cards.last().unwrap().answer.is_some(),
        "unanswered ones first"
    );
    let begin = Instant::now();
    while !room
        .city()
        .alarms()
        .unwrap()
        .contains(&"card_unanswered".to_owned())
    {
        assert!(begin.elapsed().as_secs() < 20);
        std::thread::yield_now();
    }
    let raised = room
        .column("SELECT count(*) FROM event WHERE kind = 'card raised'")
        .remove(0);
    assert_eq!(raised, count.to_string(), "each once");
}

#[test]
fn counts_by_body_station_item_and_channel_and_a_report_on_who_did_what_is_not_theirs() {
    let room = Room::open();
    let (kiosk, other) = (room.kiosk(), room.kiosk_at("S003"));
    let number = accepted(&room, &kiosk);
    let window = room.officer("ZSJ", OfficerRole::Window, "w1");
    let refused = other.send(&other.legal_aid(ZHANG)).case_number.unwrap();
    let _: ActionAnswer = read(window.decide(refused.as_str(), false, "不属于法律援助范围"));
    other.send(&other.legal_aid(LI));
    let stranger = room.officer("GAJ", OfficerRole::Approver, "g1");
    let misplaced = room.officer("SFJ", OfficerRole::Officer, "o1");
    for officer in [&stranger, &stranger, &misplaced] {
        assert_eq!(
            problem(officer.decide(&number, true, "x")).code,
            ProblemCode::Forbidden
        );
    }
    let supervisor = room.staff("sun", "ZSJ", StaffRole::Supervisor);
    let counts = |by: &str| -> Vec<CountLine> {
        let path = format!("{}?by={by}", paths::STATISTICS);
        read::<StatisticsAnswer>(supervisor.get(&path)).lines
    };
    for (by, keys) in [
        ("body", vec!["SFJ"]),
        ("station", vec!["S001", "S003"]),
        ("item", vec![LEGAL_AID]),
        ("channel", vec!["kiosk"]),
    ] {
        let lines = counts(by);
        let found: Vec<&str> = lines.iter().map(|line| line.key.as_str()).collect();
        assert_eq!(found, keys);
        assert_eq!(lines.iter().map(|line| line.filed).sum::<u64>(), 3);
    }
    let line = counts("station").remove(1);
    assert_eq!(
        (line.filed, line.accepted, line.refused, line.closed),
        (2, 0, 1, 1)
    );
    assert_eq!(
        (line.overdue, line.corrected, line.average_tenth_days),
        (0, 0, None)
    );
    let csv = supervisor.get(&format!("{}?by=station&format=csv", paths::STATISTICS));
    assert_eq!(csv.headers()["content-type"], "text/csv; charset=utf-8");
    assert_eq!(
        csv.text().unwrap(),
        "station,filed,accepted,refused,corrected,closed,overdue,deliveredLate,averageDays,ratings,badRatings\n\
         S001,1,1,0,0,0,0,0,,0,0\nS003,2,0,1,0,1,0,0,,0,0\n"
    );
    let none: StatisticsAnswer = read(supervisor.get(&format!(
        "{}?from=2020-01-01&to=2020-12-31",
        paths::STATISTICS
    )));
    assert!(none.lines.is_empty());
    let turned = format!("{}?from=2020-02-01&to=2020-01-01", paths::STATISTICS);
    assert_eq!(
        problem(supervisor.get(&turned)).field.as_deref(),
        Some("to")
    );
    assert_eq!(
        problem(window.get(paths::STATISTICS)).code,
        ProblemCode::Forbidden
    );

    let report: DutiesAnswer = read(supervisor.get(paths::DUTIES));
    let line = |lines: &[city_api::requests::supervision::DutyLine]| {
        let lines = lines.iter().filter(|line| !line.item.is_empty());
        let lines = lines.map(|line| (line.item.clone(), line.body.clone(), line.count));
        lines.collect::<Vec<_>>()
    };
    let of = |body: &str, count| vec![(LEGAL_AID.to_owned(), body.to_owned(), count)];
    assert_eq!(line(&report.overstepped), of("GAJ", 2));
    assert_eq!(line(&report.misplaced), of("SFJ", 1));
    assert!(report.neglected.is_empty());
    assert!(!report.never_handled.contains(&LEGAL_AID.to_owned()));
    assert!(report.never_handled.len() > 50);
}

#[test]
fn equal_cases_that_ended_differently_stand_together_by_station_and_officer_and_others_do_not() {
    let room = Room::open();
    let (here, there) = (room.kiosk(), room.kiosk_at("S003"));
    let end = |number: &str, person: &str, granted: bool| {
        let window = room.officer("ZSJ", OfficerRole::Window, person);
        if granted {
            let path = case_action(number, CaseAction::Accept);
            let _: ActionAnswer = read(window.post(&path, &AcceptRequest::default()));
            for step in 0..20 {
                for role in [OfficerRole::Officer, OfficerRole::Approver] {
                    let officer = room.officer("SFJ", role, &format!("{}-{step}", role.name()));
                    drop(officer.decide(number, true, "符合条件"));
                }
            }
        } else {
            let _: ActionAnswer = read(window.decide(number, false, "不属于法律援助范围"));
        }
    };
    // Three people who want the same, and one who earns more.
    let granted = here.filed(&here.legal_aid(CHEN));
    let refused = there.filed(&there.legal_aid(LI));
    let waits = there.filed(&there.legal_aid(ZHANG));
    let mut answers = ZHANG.unpaid();
    let more = city_catalogue::form::Value::Number("2800".into());
    answers.set("income", city_catalogue::form::Answer::typed(more));
    let richer = vec![common::filing::scanned(4)];
    let richer = common::filing::application(LEGAL_AID, ZHANG, answers, richer);
    let richer = here.filed(&here.seal_application(&richer, 1));
    end(&granted, "w1", true);
    end(&refused, "w2", false);
    end(&richer, "w2", false);

    let supervisor = room.staff("sun", "ZSJ", StaffRole::Supervisor);
    let report: ConsistencyAnswer = read(supervisor.get(paths::CONSISTENCY));
    let lines: Vec<_> = report.lines.iter().collect();
    let found: Vec<_> = lines
        .iter()
        .map(|line| {
            (
                line.station.as_str(),
                line.outcome,
                line.cases,
                line.example.as_str(),
            )
        })
        .collect();
    let expected = [
        ("S001", ConsistencyOutcome::Granted, 1, granted.as_str()),
        ("S003", ConsistencyOutcome::NotAccepted, 1, refused.as_str()),
    ];
    assert_eq!(found, expected);
    assert_eq!(lines[1].officer.as_deref(), Some("w2"));
    assert_eq!(lines[0].group, lines[1].group);
    assert!(lines.iter().all(|line| line.item == LEGAL_AID) && !report.more);

    let csv = supervisor.get(&format!("{}?format=csv", paths::CONSISTENCY));
    assert_eq!(csv.headers()["content-type"], "text/csv; charset=utf-8");
    let csv = csv.text().unwrap();
    let second = format!(
        "{},{LEGAL_AID},1,S003,w2,not_accepted,1,{refused}",
        lines[1].group
    );
    assert_eq!(csv.lines().last(), Some(second.as_str()));
    assert_eq!(csv.lines().count(), 3);

    // The third ends like the first: the group has one more line, and nothing else changes.
    end(&waits, "w3", true);
    let report: ConsistencyAnswer = read(supervisor.get(paths::CONSISTENCY));
    assert_eq!(report.lines.len(), 3);
    let window = room.officer("ZSJ", OfficerRole::Window, "w1");
    assert_eq!(
        problem(window.get(paths::CONSISTENCY)).code,
        ProblemCode::Forbidden
    );
}
