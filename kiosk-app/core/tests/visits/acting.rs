//! Acting for another person: two cards in turn or a code, and every way it goes wrong.

use city_catalogue::form::Value;
use kiosk_core::screen::{
    AgentsShown, AgreementTrouble, CardTrouble, FactorTrouble, IdentifyPage, MaterialState,
    NumberTrouble, Overlay, Page, PartyShown, PrincipalAsk, PrincipalPage, PrincipalTrouble,
    Relation, ResultPrinting, StartPage,
};
use kiosk_core::{
    Acting, Agreement, AuthorityReply, Away, DeviceState, Devices, Effect, Event, FactorReply,
    Filing, Link, Outcome, OutcomeReply, Person, ReaderEvent, Reply, Request, ResultReply, Secret,
    SlipData, Touch,
};

use crate::room::{FIRST, Room};
use crate::samples::{all_well, person};

/// An item that takes agents, decided on the spot, and one that must be filed in person.
const TAKES: &str = "失业登记";
const IN_PERSON: &str = "婚姻登记预约";
/// Somebody with a right check digit.
const ZHOU: &str = "590102198103030077";

fn principal(room: &Room) -> PrincipalPage {
    match room.page() {
        Page::Principal(page) => page,
        other => panic!("not about the principal: {other:?}"),
    }
}

fn put(room: &mut Room, person: Person) {
    room.event(Event::Reader(ReaderEvent::Card(Box::new(person))));
}

fn answer(room: &mut Room, reply: Reply) {
    let ask = room.asked();
    let answer = Ok(reply);
    room.event(Event::City { ask, answer });
}

fn factor(room: &mut Room, reply: FactorReply) {
    answer(room, Reply::Factor(reply));
}

fn granted(grant: &str) -> FactorReply {
    FactorReply::Yes {
        grant: Secret::new(grant),
    }
}

/// From idle until the card of the other is asked for; the agent's own lies on the reader.
fn asked_for_whom(room: &mut Room) {
    room.find(TAKES);
    room.touch(Touch::ForAnother);
    room.card(1);
    room.prove_known();
    assert!(matches!(principal(room), PrincipalPage::PutCard { .. }));
}

/// Until it is asked how the other agrees; their card lies on the reader.
fn asked_how(room: &mut Room, place: usize) {
    asked_for_whom(room);
    room.lift();
    room.card(2);
    room.touch(Touch::Next);
    room.touch(Touch::Pick(0));
    room.touch(Touch::Pick(place));
}

/// The place of a way among those offered.
fn way(room: &Room, wanted: Agreement) -> Touch {
    let PrincipalPage::Choose {
        ask: PrincipalAsk::Agreement { ways, .. },
        ..
    } = principal(room)
    else {
        panic!("{:?}", principal(room))
    };
    let place = ways.iter().position(|way| *way == wanted);
    Touch::Pick(place.expect("offered"))
}

fn ways(room: &Room) -> (Vec<Agreement>, Option<AgreementTrouble>) {
    match principal(room) {
        PrincipalPage::Choose {
            ask: PrincipalAsk::Agreement { ways, trouble },
            ..
        } => (ways, trouble),
        other => panic!("{other:?}"),
    }
}

/// A code is sent and typed rightly, and the city takes the authority.
fn by_code(room: &mut Room) -> Acting {
    let code = way(room, Agreement::PhoneCode);
    room.touch(code);
    sent(room);
    room.touch(Touch::Type("123456".into()));
    room.touch(Touch::Next);
    factor(room, granted("theirs"));
    let acting = given(room);
    answer(room, Reply::Authority(AuthorityReply::Given));
    acting
}

/// A code goes to the applicant's phone, and they tell the right one.
fn their_code_is_right(room: &mut Room) {
    sent(room);
    room.touch(Touch::Type("123456".into()));
    room.touch(Touch::Next);
    factor(room, granted("theirs"));
}

fn sent(room: &mut Room) {
    factor(
        room,
        FactorReply::CodeSent {
            phone: "154****0007".into(),
        },
    );
}

/// What the city was given.
fn given(room: &Room) -> Acting {
    let asked = room.effects.iter().find_map(|effect| match effect {
        Effect::Ask {
            request: Request::Authority { acting, agent, .. },
            ..
        } => Some((acting, agent)),
        _ => None,
    });
    let (acting, agent) = asked.expect("the city is given an authority");
    assert!(agent.is(&person(1)), "the agent is who stands here");
    acting.as_ref().clone()
}

/// Signs and files; what is filed.
fn files(room: &mut Room) -> Filing {
    room.reach_the_signature();
    room.touch(Touch::Next);
    let filing = room.effects.iter().find_map(|effect| match effect {
        Effect::File { filing, .. } => Some(filing.as_ref().clone()),
        _ => None,
    });
    filing.expect("it is filed")
}

fn own_card_back(room: &mut Room) {
    assert_eq!(principal(room), PrincipalPage::OwnCard { again: None });
    room.lift();
    room.card(1);
    room.city_is_away();
}

#[test]
fn two_cards_in_turn_and_a_code_file_for_the_other_with_both_names() {
    let mut room = Room::new();
    asked_how(&mut room, 1);
    let acting = by_code(&mut room);
    assert!(acting.principal.is(&person(2)) && acting.may_collect);
    assert_eq!(acting.relation, Relation::Child);
    assert_eq!((acting.to - acting.from).get_days(), 90);
    own_card_back(&mut room);
    let filing = files(&mut room);
    let identity = filing.identity.expect("somebody stood here");
    assert!(identity.person.is(&person(1)), "the agent was identified");
    assert_eq!(filing.acting, Some(acting));
    let name = filing.answers.get("applicantName").expect("by their card");
    let theirs = Value::Text(person(2).name.reveal().to_owned());
    assert!(name.value == theirs, "the card of the other fills it in");
}

#[test]
fn the_review_the_signature_and_the_slip_name_both_masked() {
    let mut room = Room::new();
    asked_how(&mut room, 0);
    by_code(&mut room);
    own_card_back(&mut room);
    for _ in 0..60 {
        if matches!(room.page(), Page::Review(_)) {
            break;
        }
        room.step_forward();
    }
    let Page::Review(review) = room.page() else {
        panic!("{:?}", room.page())
    };
    let today = room.now.civil.date();
    let parties: Vec<_> = review
        .rows
        .iter()
        .filter_map(|row| row.party.clone())
        .collect();
    let agent = PartyShown::Agent {
        person: person(1).masked(today),
        relation: Relation::Child,
        may_collect: false,
    };
    let applicant = PartyShown::Applicant(person(2).masked(today));
    assert_eq!(parties, [applicant, agent]);
    // The rows about who acts are no answers: nothing opens beside them.
    room.touch(Touch::Change(0));
    assert!(matches!(room.page(), Page::Review(_)));
    room.touch(Touch::Change(2));
    assert!(!matches!(room.page(), Page::Question(page) if page.label.zh.is_empty()));
    room.reach_the_signature();
    let Page::Sign(sign) = room.page() else {
        panic!("{:?}", room.page())
    };
    assert_eq!(sign.applicant.as_deref(), Some("人***"));
    room.submitted(FIRST);
    room.wait(10);
    let slip = room.effects.iter().find_map(|effect| match effect {
        Effect::PrintSlip { slip, .. } => Some(slip.as_ref().clone()),
        _ => None,
    });
    let Some(SlipData::Receipt { name, matters, .. }) = slip else {
        panic!("a slip")
    };
    assert_eq!(name.as_deref(), Some("人***"));
    assert_eq!(matters[0].applicant.as_deref(), Some("人***"));
}

#[test]
fn the_common_case_is_one_touch_as_before_and_what_is_filed_in_person_says_so() {
    let mut room = Room::new();
    room.find(IN_PERSON);
    let Page::Guide(guide) = room.page() else {
        panic!("{:?}", room.page())
    };
    let AgentsShown::NotTaken { note } = guide.agents else {
        panic!("{:?}", guide.agents)
    };
    assert!(note.is_some_and(|note| note.contains("双方亲自到场")));
    room.touch(Touch::ForAnother);
    assert!(matches!(room.page(), Page::Guide(_)), "it takes no agent");
    // Nobody is identified there, so nobody is an agent.
    let mut room = Room::new();
    room.find("公共法律服务咨询");
    let Page::Guide(guide) = room.page() else {
        panic!("{:?}", room.page())
    };
    assert_eq!(guide.agents, AgentsShown::NotSaid);
    let mut room = Room::new();
    room.find(TAKES);
    room.prove();
    assert!(!matches!(room.page(), Page::Principal(_)), "for oneself");
}

#[test]
fn with_their_card_and_a_signed_paper_it_is_filed_without_the_city() {
    let mut room = Room::new();
    room.event(Event::Link(Link::Away));
    room.find(TAKES);
    room.touch(Touch::ForAnother);
    room.card(1);
    room.touch(Touch::Next);
    // The identity of the agent is checked later.
    let later = match room.page() {
        Page::Identify(IdentifyPage::SecondFactor { ways, .. }) => ways.len() - 1,
        other => panic!("{other:?}"),
    };
    room.touch(Touch::Pick(later));
    room.lift();
    room.card(2);
    room.touch(Touch::Next);
    room.touch(Touch::Pick(1));
    room.touch(Touch::Pick(0));
    assert_eq!(ways(&room), (vec![Agreement::Paper], None));
    let paper = way(&room, Agreement::Paper);
    room.touch(paper);
    own_card_back(&mut room);
    for _ in 0..60 {
        if matches!(room.page(), Page::Materials(_)) {
            break;
        }
        room.step_forward();
    }
    let Page::Materials(page) = room.page() else {
        panic!("{:?}", room.page())
    };
    assert_eq!(page.materials[0].name.zh, "授权委托书");
    assert_eq!(page.materials[0].state, MaterialState::ToScan);
}

#[test]
fn wrong_cards_are_named_and_change_nothing() {
    let mut room = Room::new();
    asked_for_whom(&mut room);
    let again = |room: &Room| match principal(room) {
        PrincipalPage::PutCard { again, .. } | PrincipalPage::OwnCard { again } => again,
        other => panic!("{other:?}"),
    };
    room.lift();
    room.card(1);
    assert_eq!(again(&room), Some(PrincipalTrouble::OwnCard), "their own");
    room.lift();
    assert_eq!(again(&room), None);
    let unreadable = CardTrouble::Unsupported;
    room.event(Event::Reader(ReaderEvent::Trouble(unreadable)));
    assert_eq!(again(&room), Some(PrincipalTrouble::Card(unreadable)));
    room.event(Event::Devices(Devices {
        reader: DeviceState::NotReady,
        ..all_well()
    }));
    let out = PrincipalTrouble::Card(CardTrouble::OutOfService);
    assert_eq!(again(&room), Some(out));
    room.event(Event::Devices(all_well()));
    // Lifted before it was said whose it is: it is forgotten.
    room.card(2);
    assert!(matches!(principal(&room), PrincipalPage::IsItThem(_)));
    room.lift();
    assert_eq!(again(&room), None);
    room.card(2);
    room.touch(Touch::NotMe);
    let lift = PrincipalTrouble::Card(CardTrouble::LiftAndPutBack);
    assert_eq!(again(&room), Some(lift));
    room.lift();
    room.card(2);
    room.touch(Touch::Next);
    room.touch(Touch::Pick(0));
    room.touch(Touch::Pick(0));
    let paper = way(&room, Agreement::Paper);
    room.touch(paper);
    room.lift();
    room.card(3);
    assert_eq!(again(&room), Some(PrincipalTrouble::AnotherCard));
    room.lift();
    room.card(1);
    room.city_is_away();
    assert!(matches!(room.page(), Page::Notice(_)), "{:?}", room.page());
}

#[test]
fn cards_change_places_uncovered_and_cover_the_screen_afterwards_as_ever() {
    let mut room = Room::new();
    asked_how(&mut room, 0);
    room.lift();
    assert_eq!(room.kiosk.screen().overlay, None, "only masked names stand");
    by_code(&mut room);
    room.card(1);
    room.city_is_away();
    assert!(matches!(room.page(), Page::Notice(_)));
    room.lift();
    assert!(matches!(
        room.kiosk.screen().overlay,
        Some(Overlay::Cover { .. })
    ));
    // Their card does not open it: the agent's own does.
    room.card(2);
    assert!(matches!(
        room.kiosk.screen().overlay,
        Some(Overlay::Cover {
            another_card: true,
            ..
        })
    ));
    room.lift();
    room.card(1);
    assert_eq!(room.kiosk.screen().overlay, None);
}

#[test]
fn a_child_is_acted_for_by_parent_or_guardian_and_acts_for_nobody() {
    let child = |n| Person {
        born: Some(jiff::civil::date(2015, 6, 1)),
        ..person(n)
    };
    let mut room = Room::new();
    asked_for_whom(&mut room);
    room.lift();
    put(&mut room, child(2));
    room.touch(Touch::Next);
    let PrincipalPage::Choose { ask, .. } = principal(&room) else {
        panic!("{:?}", principal(&room))
    };
    let by_law = vec![Relation::Parent, Relation::Guardian];
    assert_eq!(ask, PrincipalAsk::Relation(by_law));
    room.touch(Touch::Pick(0));
    room.touch(Touch::Pick(1));
    own_card_back(&mut room);
    let acting = files(&mut room).acting.expect("for the child");
    assert_eq!(acting.agreement, Agreement::Guardian);

    let mut room = Room::new();
    room.find(TAKES);
    room.touch(Touch::ForAnother);
    put(&mut room, child(1));
    room.prove_known();
    assert_eq!(principal(&room), PrincipalPage::NotOfAge);
    room.touch(Touch::Back);
    assert!(matches!(room.page(), Page::Start(_)));
}

#[test]
fn without_the_card_name_number_and_a_code_do() {
    let mut room = Room::new();
    asked_for_whom(&mut room);
    room.touch(Touch::Skip);
    room.touch(Touch::Next);
    assert!(matches!(principal(&room), PrincipalPage::Name { .. }));
    room.touch(Touch::Type("周委托".into()));
    room.touch(Touch::Next);
    room.touch(Touch::Type("59010219810303007x".into()));
    room.touch(Touch::Next);
    let wrong = |room: &Room| match principal(room) {
        PrincipalPage::Number { trouble, .. } => trouble,
        other => panic!("{other:?}"),
    };
    assert_eq!(wrong(&room), Some(NumberTrouble::Wrong));
    room.touch(Touch::ClearText);
    assert_eq!(wrong(&room), None);
    // What was typed stands in full: it is covered when the card goes.
    room.lift();
    assert!(room.kiosk.screen().overlay.is_some());
    room.card(1);
    room.touch(Touch::Type(ZHOU.into()));
    room.touch(Touch::Next);
    room.touch(Touch::Pick(0));
    room.touch(Touch::Pick(0));
    assert_eq!(
        ways(&room).0,
        [Agreement::PhoneCode],
        "a paper needs their card"
    );
    by_code(&mut room);
    // The agent's own card never left: nothing more is asked.
    room.city_is_away();
    assert!(matches!(room.page(), Page::Notice(_)), "{:?}", room.page());
    let acting = files(&mut room).acting.expect("for another");
    assert_eq!(acting.principal.number.reveal(), ZHOU);
    assert_eq!((acting.to - acting.from).get_days(), 1);
}

#[test]
fn a_child_or_oneself_typed_is_not_taken() {
    let own = Person {
        number: Secret::new(ZHOU),
        ..person(1)
    };
    for (number, taken) in [
        (ZHOU, Some(NumberTrouble::Own)),
        ("590102201506010040", None),
    ] {
        let mut room = Room::new();
        room.find(TAKES);
        room.touch(Touch::ForAnother);
        put(&mut room, own.clone());
        room.prove_known();
        room.touch(Touch::Skip);
        room.touch(Touch::Type("某某".into()));
        room.touch(Touch::Next);
        room.touch(Touch::Type(number.into()));
        room.touch(Touch::Next);
        match (principal(&room), taken) {
            (PrincipalPage::Number { trouble, .. }, Some(_)) => assert_eq!(trouble, taken),
            (PrincipalPage::PutCard { again, .. }, None) => {
                assert_eq!(again, Some(PrincipalTrouble::ChildNeedsCard));
            }
            (other, _) => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_code_that_does_not_come_or_is_wrong_too_often_leaves_the_paper() {
    let mut room = Room::new();
    asked_how(&mut room, 0);
    for round in 0..3 {
        let code = way(&room, Agreement::PhoneCode);
        room.touch(code);
        sent(&mut room);
        room.touch(Touch::Type("000000".into()));
        room.touch(Touch::Next);
        factor(&mut room, FactorReply::WrongCode { left: 2 });
        assert!(matches!(
            principal(&room),
            PrincipalPage::Code { wrong: true, .. }
        ));
        if round == 1 {
            // It did not come: back, and another one is sent.
            room.touch(Touch::Back);
            assert_eq!(ways(&room).1, None);
            continue;
        }
        room.touch(Touch::Type("000000".into()));
        room.touch(Touch::Next);
        factor(&mut room, FactorReply::WrongCode { left: 0 });
        assert_eq!(ways(&room).1, Some(AgreementTrouble::TooOften));
    }
    assert_eq!(ways(&room).0, [Agreement::Paper], "no fourth code is sent");
    let paper = way(&room, Agreement::Paper);
    room.touch(paper);
    own_card_back(&mut room);
    assert!(matches!(room.page(), Page::Notice(_)));
}

#[test]
fn an_answer_that_is_lost_is_asked_for_again_under_the_same_id() {
    let mut room = Room::new();
    asked_how(&mut room, 0);
    let code = way(&room, Agreement::PhoneCode);
    room.touch(code.clone());
    their_code_is_right(&mut room);
    let first = given(&room);
    room.wait(20);
    assert_eq!(ways(&room).1, Some(AgreementTrouble::Away));
    room.touch(code.clone());
    assert_eq!(given(&room), first, "no second code, the same authority");
    answer(&mut room, Reply::Authority(AuthorityReply::Refused));
    assert_eq!(ways(&room).1, Some(AgreementTrouble::Refused));
    // What was refused is not sent again: they agree anew.
    room.touch(code);
    their_code_is_right(&mut room);
    assert_ne!(given(&room).authority, first.authority);
    answer(&mut room, Reply::Authority(AuthorityReply::Given));
    assert_eq!(principal(&room), PrincipalPage::OwnCard { again: None });
}

#[test]
fn another_right_is_another_authority() {
    let mut room = Room::new();
    asked_how(&mut room, 0);
    let code = way(&room, Agreement::PhoneCode);
    room.touch(code.clone());
    their_code_is_right(&mut room);
    let first = given(&room);
    let ask = room.asked();
    room.event(Event::City {
        ask,
        answer: Err(Away),
    });
    room.touch(Touch::Back);
    room.touch(Touch::Pick(1));
    room.touch(code);
    let second = given(&room);
    assert!(second.may_collect && second.authority != first.authority);
}

#[test]
fn no_phone_on_record_no_city_and_no_scanner_leave_what_is_left() {
    let mut room = Room::new();
    asked_how(&mut room, 0);
    let code = way(&room, Agreement::PhoneCode);
    room.touch(code);
    factor(&mut room, FactorReply::NoPhone);
    assert_eq!(ways(&room).1, Some(AgreementTrouble::NoPhone));
    room.event(Event::Devices(Devices {
        scanner: DeviceState::NotReady,
        ..all_well()
    }));
    assert_eq!(ways(&room).0, [Agreement::PhoneCode]);
    room.event(Event::Link(Link::Away));
    assert_eq!(ways(&room).0, []);
    room.touch(Touch::Back);
    room.touch(Touch::Pick(0));
    assert_eq!(ways(&room), (vec![], Some(AgreementTrouble::NoWay)));
}

#[test]
fn given_up_in_between_the_identity_is_proven_anew_unless_the_card_lies_there() {
    let mut room = Room::new();
    asked_for_whom(&mut room);
    room.touch(Touch::Back);
    room.touch(Touch::Pick(1));
    assert!(
        matches!(room.page(), Page::Wait(_)),
        "their own matters open"
    );

    let mut room = Room::new();
    asked_how(&mut room, 0);
    for _ in 0..4 {
        room.touch(Touch::Back);
    }
    assert!(
        matches!(room.page(), Page::Start(StartPage { waiting: None, .. })),
        "{:?}",
        room.page()
    );
    room.touch(Touch::Pick(1));
    assert!(
        matches!(room.page(), Page::Identify(IdentifyPage::PutCard { .. })),
        "with the other's card lying there nobody's matters open: {:?}",
        room.page()
    );
    assert_eq!(room.count(|e| matches!(e, Effect::Ask { .. })), 0);
}

#[test]
fn nobody_is_left_of_either_when_the_visit_runs_out() {
    let mut room = Room::new();
    asked_how(&mut room, 0);
    room.wait(61);
    room.wait(31);
    assert!(room.kiosk.is_idle());
    let all = format!("{:?}", room.kiosk);
    for word in [person(1).name, person(2).name] {
        assert!(!all.contains(word.reveal()));
    }
}

#[test]
fn departments_are_asked_by_the_grant_of_the_other_never_of_the_agent() {
    let mut room = Room::new();
    asked_how(&mut room, 0);
    by_code(&mut room);
    room.lift();
    room.card(1);
    let grant = room.effects.iter().find_map(|effect| match effect {
        Effect::Ask {
            request: Request::Prefill { grant, .. },
            ..
        } => Some(grant.reveal().to_owned()),
        _ => None,
    });
    assert_eq!(grant.as_deref(), Some("theirs"));
    // On paper they gave no grant: nothing is looked up, and nothing of the agent.
    let mut room = Room::new();
    asked_how(&mut room, 0);
    let paper = way(&room, Agreement::Paper);
    room.touch(paper);
    room.lift();
    room.card(1);
    assert_eq!(room.count(|e| matches!(e, Effect::Ask { .. })), 0);
}

#[test]
fn the_result_is_printed_only_for_an_agent_who_may_collect() {
    for (place, prints) in [(0, 0), (1, 1)] {
        let mut room = Room::new();
        asked_how(&mut room, place);
        by_code(&mut room);
        own_card_back(&mut room);
        files(&mut room);
        let ask = room.asked();
        room.event(Event::Stored {
            ask,
            receipt: FIRST.into(),
        });
        room.received();
        let reply = OutcomeReply {
            outcome: Outcome::Granted,
            due: None,
            result: Some(ResultReply {
                id: "r".into(),
                name: "证".into(),
                number: "1".into(),
                verification: "v".into(),
                prints: true,
            }),
        };
        answer(&mut room, Reply::Outcome(reply));
        let printed = room.count(|e| matches!(e, Effect::PrintResult { .. }));
        assert_eq!(printed, prints);
        let Page::Done(done) = room.page() else {
            panic!("{:?}", room.page())
        };
        let printing = done.result.expect("a result").printing;
        assert_eq!(printing == ResultPrinting::ForApplicant, prints == 0);
    }
}

#[test]
fn the_own_code_wrong_too_often_is_said_and_another_way_offered() {
    let mut room = Room::new();
    room.find(TAKES);
    room.touch(Touch::Next);
    room.card(1);
    room.touch(Touch::Next);
    room.touch(Touch::Pick(1));
    sent(&mut room);
    room.touch(Touch::Type("000000".into()));
    room.touch(Touch::Next);
    factor(&mut room, FactorReply::WrongCode { left: 0 });
    let Page::Identify(IdentifyPage::SecondFactor { trouble, .. }) = room.page() else {
        panic!("{:?}", room.page())
    };
    assert_eq!(trouble, Some(FactorTrouble::TooOften));
}

#[test]
fn a_second_touch_on_a_way_asks_once() {
    let mut room = Room::new();
    asked_how(&mut room, 0);
    let page = room.kiosk.screen().number;
    let code = way(&room, Agreement::PhoneCode);
    room.touch(code.clone());
    assert_eq!(room.count(|e| matches!(e, Effect::Ask { .. })), 1);
    room.event(Event::Tap(kiosk_core::Tap {
        page,
        touch: code,
        random: [3; 16],
    }));
    assert_eq!(room.count(|e| matches!(e, Effect::Ask { .. })), 0);
}
