//! A matter is taken back, and everything that comes between.

use kiosk_core::screen::{
    Action, CaseShown, MatterPage, Overlay, Page, StartChoice, Waiting, WithdrawPage,
    WithdrawTrouble,
};
use kiosk_core::{
    Away, Effect, Event, FactorReply, Link, MatterReply, Reply, Request, Secret, Stop, Touch,
    WithdrawAsk, WithdrawRefusal, WithdrawReply, stops,
};

use crate::room::Room;
use crate::samples::matter;

// --- the room --------------------------------------------------------------------------

pub fn city(room: &mut Room, answer: Result<Reply, Away>) {
    let ask = room.asked();
    room.event(Event::City { ask, answer });
}

/// A case of which nothing is asked and nothing is there yet.
pub fn running() -> MatterReply {
    let running = matter(1);
    assert!(running.asked.is_empty() && running.result.is_none());
    running
}

/// From idle to the list with this matter alone.
pub fn listed(matter: MatterReply) -> Room {
    let mut room = Room::new();
    list_in(&mut room, matter);
    room
}

/// The same in a room where somebody was before.
pub fn list_in(room: &mut Room, matter: MatterReply) {
    room.touch(Touch::Start);
    let Page::Start(page) = room.page() else {
        panic!("{:?}", room.page());
    };
    let mine = page.choices.iter();
    let place = mine.map(|it| it.choice);
    let place = place
        .into_iter()
        .position(|it| it == StartChoice::MyMatters);
    room.touch(Touch::Pick(place.expect("offered")));
    room.card(1);
    room.touch(Touch::Next);
    room.touch(Touch::Pick(0));
    let grant = Secret::new("g");
    city(room, Ok(Reply::Factor(FactorReply::Yes { grant })));
    city(room, Ok(Reply::Matters(vec![matter])));
}

/// From idle to the open matter.
pub fn opened(matter: MatterReply) -> Room {
    let mut room = listed(matter);
    room.touch(Touch::Pick(0));
    room
}

pub fn shown(room: &Room) -> MatterPage {
    match room.page() {
        Page::Matter(page) => *page,
        other => panic!("no open matter: {other:?}"),
    }
}

pub fn action(room: &Room) -> Option<Action> {
    room.kiosk.screen().foot.primary.map(|it| it.action)
}

/// On the question whether the matter is really taken back.
fn asked_to_confirm() -> Room {
    let mut room = opened(running());
    room.touch(Touch::Withdraw);
    room
}

/// The city was asked to take it back.
fn sent() -> Room {
    let mut room = asked_to_confirm();
    room.touch(Touch::Next);
    room
}

fn told(room: &mut Room, reply: WithdrawReply) {
    city(room, Ok(Reply::Withdraw(reply)));
}

fn page(room: &Room) -> WithdrawPage {
    match room.page() {
        Page::Withdraw(page) => page,
        other => panic!("nothing is taken back: {other:?}"),
    }
}

fn trouble(room: &Room) -> WithdrawTrouble {
    match page(room) {
        WithdrawPage::Trouble(trouble) => trouble,
        other => panic!("no trouble: {other:?}"),
    }
}

fn done(room: &Room) -> CaseShown {
    match page(room) {
        WithdrawPage::Done(case) => *case,
        other => panic!("not done: {other:?}"),
    }
}

/// What the city was asked in the last event.
fn asked(room: &Room) -> Option<WithdrawAsk> {
    room.effects.iter().find_map(|effect| match effect {
        Effect::Ask {
            request: Request::Withdraw(asked),
            ..
        } => Some(asked.clone()),
        _ => None,
    })
}

pub fn asks_matters(room: &Room) -> bool {
    let asks = |effect: &Effect| {
        matches!(
            effect,
            Effect::Ask {
                request: Request::Matters { .. },
                ..
            }
        )
    };
    room.count(asks) == 1
}

// --- the way ---------------------------------------------------------------------------

#[test]
fn a_matter_is_said_to_be_withdrawn_only_when_the_city_said_so() {
    let mut room = asked_to_confirm();
    assert!(matches!(page(&room), WithdrawPage::Confirm(case) if case.state == "accepted"));
    assert_eq!(action(&room), Some(Action::Withdraw));
    assert!(
        asked(&room).is_none(),
        "nothing is done before it is confirmed"
    );
    room.touch(Touch::Next);
    assert_eq!(asked(&room).map(|it| it.number).as_deref(), Some("SB-1"));
    assert!(matches!(room.page(), Page::Wait(page) if page.what == Waiting::Withdrawal));
    told(&mut room, WithdrawReply::Done);
    assert_eq!(done(&room).state, "withdrawn");
    assert_eq!(action(&room), Some(Action::Finish));
    room.touch(Touch::Back);
    assert!(asks_matters(&room), "the list is told anew");
}

#[test]
fn a_case_is_named_by_its_case_number_where_it_has_one() {
    let mut room = opened(MatterReply {
        case: Some("C-1".into()),
        ..running()
    });
    room.touch(Touch::Withdraw);
    room.touch(Touch::Next);
    assert_eq!(asked(&room).map(|it| it.number).as_deref(), Some("C-1"));
}

#[test]
fn what_is_decided_cannot_be_taken_back_and_what_runs_can() {
    for (state, may) in [
        ("submitted", true),
        ("irregular", true),
        ("correction", true),
        ("processing", true),
        ("special", true),
        ("decided_granted", false),
        ("closed", false),
        ("not_accepted", false),
        ("withdrawn", false),
        ("terminated", false),
        ("a state of a newer city", false),
    ] {
        let mut room = opened(MatterReply {
            state: state.into(),
            ..running()
        });
        assert_eq!(shown(&room).may_withdraw, may, "{state}");
        let stop = Stop::Touch(Touch::Withdraw);
        let offered = stops(&room.kiosk.screen()).contains(&stop);
        assert_eq!(offered, may, "{state}");
        room.touch(Touch::Withdraw);
        assert_eq!(matches!(room.page(), Page::Withdraw(_)), may, "{state}");
    }
}

#[test]
fn somebody_thinks_again_and_nothing_is_asked_of_the_city() {
    let mut room = asked_to_confirm();
    room.touch(Touch::Back);
    assert!(shown(&room).may_withdraw);
    assert!(asked(&room).is_none());
}

#[test]
fn a_second_tap_asks_the_city_once() {
    let mut room = asked_to_confirm();
    room.touch(Touch::Next);
    assert!(asked(&room).is_some());
    room.touch(Touch::Next);
    assert!(asked(&room).is_none());
}

// --- what goes wrong -------------------------------------------------------------------

#[test]
fn without_a_network_nothing_is_sent_and_the_matter_stands() {
    let mut room = asked_to_confirm();
    room.event(Event::Link(Link::Away));
    room.touch(Touch::Next);
    assert_eq!(trouble(&room), WithdrawTrouble::NotSent);
    assert!(asked(&room).is_none());
    room.touch(Touch::Back);
    assert_eq!(shown(&room).state, "accepted");
    // Somebody who wants it tried again has it tried again.
    room.touch(Touch::Withdraw);
    room.touch(Touch::Next);
    room.touch(Touch::Next);
    assert!(asked(&room).is_some());
}

#[test]
fn a_lost_answer_leaves_it_open_and_is_asked_for_again() {
    let mut room = sent();
    city(&mut room, Err(Away));
    assert_eq!(trouble(&room), WithdrawTrouble::NoAnswer);
    assert_eq!(action(&room), Some(Action::TryAgain));
    // The next try does not get through: the first one may have, all the same.
    room.touch(Touch::Next);
    told(&mut room, WithdrawReply::NotSent);
    assert_eq!(trouble(&room), WithdrawTrouble::NoAnswer);
    room.touch(Touch::Next);
    told(&mut room, WithdrawReply::Done);
    assert_eq!(done(&room).state, "withdrawn");
}

#[test]
fn after_a_lost_answer_back_leads_to_what_the_city_says_now() {
    let mut room = sent();
    city(&mut room, Err(Away));
    room.touch(Touch::Back);
    assert!(asks_matters(&room));
}

#[test]
fn an_answer_that_never_comes_is_no_answer() {
    let mut room = sent();
    room.wait(60);
    assert_eq!(trouble(&room), WithdrawTrouble::NoAnswer);
}

#[test]
fn it_was_decided_meanwhile_and_the_list_is_told_anew() {
    for refusal in [WithdrawRefusal::Decided, WithdrawRefusal::Gone] {
        let mut room = sent();
        told(&mut room, WithdrawReply::Refused(refusal));
        assert_eq!(trouble(&room), WithdrawTrouble::Refused(refusal));
        assert_eq!(action(&room), Some(Action::MyMatters));
        room.touch(Touch::Next);
        assert!(asks_matters(&room));
    }
}

#[test]
fn a_proof_that_is_over_is_given_again_before_anything_else() {
    let mut room = sent();
    told(
        &mut room,
        WithdrawReply::Refused(WithdrawRefusal::NotProven),
    );
    room.touch(Touch::Next);
    assert!(
        matches!(room.page(), Page::Identify(_)),
        "{:?}",
        room.page()
    );
    assert!(!asks_matters(&room));
}

#[test]
fn the_card_is_lifted_while_the_city_is_asked_and_nothing_is_seen() {
    let mut room = sent();
    let ask = room.asked();
    room.lift();
    let answer = Ok(Reply::Withdraw(WithdrawReply::Done));
    room.event(Event::City { ask, answer });
    let overlay = room.kiosk.screen().overlay;
    assert!(
        matches!(overlay, Some(Overlay::Cover { .. })),
        "{overlay:?}"
    );
    room.card(1);
    assert_eq!(done(&room).state, "withdrawn");
    assert_eq!(room.kiosk.screen().overlay, None);
}

#[test]
fn who_walks_away_from_the_question_has_taken_nothing_back() {
    let mut room = asked_to_confirm();
    for _ in 0..10 {
        room.wait(60);
    }
    assert!(room.kiosk.is_idle());
    assert!(asked(&room).is_none());
}
