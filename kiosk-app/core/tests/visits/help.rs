//! Somebody calls for a person: heard, not heard, no city, gone.

use kiosk_core::screen::{Overlay, Page};
use kiosk_core::{Away, Effect, Event, HelpAsk, HelpReply, HelpShown, Link, Reply, Request, Touch};

use crate::room::Room;

fn shown(room: &Room) -> HelpShown {
    room.kiosk.screen().help
}

/// What the city is asked about the call in the last event.
fn asked(room: &Room) -> Option<HelpAsk> {
    room.effects.iter().find_map(|effect| match effect {
        Effect::Ask {
            request: Request::Help(asked),
            ..
        } => Some(asked.clone()),
        _ => None,
    })
}

fn answer(room: &mut Room, reply: Result<HelpReply, Away>) {
    let ask = room.effects.iter().find_map(|effect| match effect {
        Effect::Ask { ask, .. } => Some(*ask),
        _ => None,
    });
    let ask = ask.expect("the city was asked");
    let answer = reply.map(Reply::Help);
    room.event(Event::City { ask, answer });
}

/// Stuck on the start page, help open.
fn stuck() -> Room {
    let mut room = Room::new();
    room.event(Event::Link(Link::Up));
    room.touch(Touch::Start);
    room.touch(Touch::Help);
    room
}

fn raised() -> Room {
    let mut room = stuck();
    room.touch(Touch::CallHelp);
    room
}

#[test]
fn somebody_comes_and_the_visit_waits_for_them() {
    let mut room = raised();
    let Some(HelpAsk::Raise { id, step, item }) = asked(&room) else {
        panic!("nobody was called");
    };
    assert_eq!((step, item), ("start", None));
    assert_eq!(shown(&room), HelpShown::Calling);
    answer(&mut room, Ok(HelpReply::Waiting));
    assert_eq!(shown(&room), HelpShown::Waiting);
    room.wait(3);
    assert_eq!(asked(&room), Some(HelpAsk::Look { id }));
    answer(&mut room, Ok(HelpReply::Coming));
    assert_eq!(shown(&room), HelpShown::Coming);
    // Twice the time after which a visit warns.
    for _ in 0..40 {
        room.wait(3);
        answer(&mut room, Ok(HelpReply::Coming));
    }
    let overlay = room.kiosk.screen().overlay;
    assert!(matches!(overlay, Some(Overlay::Help { .. })), "{overlay:?}");
    assert!(matches!(room.page(), Page::Start(_)));
}

#[test]
fn who_said_to_come_does_not_come_and_the_visit_ends_all_the_same() {
    let mut room = raised();
    answer(&mut room, Ok(HelpReply::Coming));
    for _ in 0..140 {
        room.wait(3);
    }
    assert!(room.kiosk.is_idle());
}

#[test]
fn nobody_answers_and_it_is_said_what_to_do_instead() {
    let mut room = raised();
    answer(&mut room, Ok(HelpReply::Waiting));
    room.wait(59);
    assert_eq!(shown(&room), HelpShown::Waiting);
    room.wait(1);
    assert_eq!(shown(&room), HelpShown::Unanswered);
    // The call goes on, and somebody hears it after all.
    room.wait(3);
    answer(&mut room, Ok(HelpReply::Coming));
    assert_eq!(shown(&room), HelpShown::Coming);
}

#[test]
fn the_city_is_away_and_nobody_is_said_to_have_been_called() {
    let mut room = stuck();
    room.event(Event::Link(Link::Away));
    room.touch(Touch::CallHelp);
    assert_eq!((shown(&room), asked(&room)), (HelpShown::Away, None));
    room.event(Event::Link(Link::Up));
    room.touch(Touch::CallHelp);
    assert_eq!(shown(&room), HelpShown::Calling);
}

#[test]
fn the_city_went_away_a_moment_ago_and_what_to_do_instead_is_said_after_two_tries() {
    let mut room = raised();
    let first = asked(&room);
    answer(&mut room, Err(Away));
    assert_eq!(shown(&room), HelpShown::Calling);
    room.wait(3);
    answer(&mut room, Err(Away));
    assert_eq!(shown(&room), HelpShown::Unanswered);
    // It is tried on, and the same call reaches the city when that is back.
    room.wait(3);
    assert_eq!(asked(&room), first);
    answer(&mut room, Ok(HelpReply::Waiting));
    assert_eq!(shown(&room), HelpShown::Waiting);
}

#[test]
fn the_first_answer_is_lost_and_the_same_call_is_raised_again() {
    let mut room = raised();
    let first = asked(&room);
    answer(&mut room, Err(Away));
    assert_eq!(shown(&room), HelpShown::Calling);
    room.wait(3);
    assert!(first.is_some());
    assert_eq!(asked(&room), first, "the same id is one call");
}

#[test]
fn the_person_needs_nobody_any_more_or_goes_and_the_city_is_told() {
    let mut room = raised();
    let Some(HelpAsk::Raise { id, .. }) = asked(&room) else {
        panic!("nobody was called");
    };
    answer(&mut room, Ok(HelpReply::Waiting));
    room.touch(Touch::WithdrawHelp);
    assert_eq!(asked(&room), Some(HelpAsk::Withdraw { id }));
    assert_eq!(shown(&room), HelpShown::NotCalled);
    room.wait(3);
    assert_eq!(asked(&room), None);

    room.touch(Touch::CallHelp);
    let Some(HelpAsk::Raise { id: again, .. }) = asked(&room) else {
        panic!("nobody was called");
    };
    answer(&mut room, Ok(HelpReply::Coming));
    room.touch(Touch::Close);
    assert_eq!(shown(&room), HelpShown::Coming, "the foot says so");
    room.end();
    for _ in 0..100 {
        if room.kiosk.is_idle() {
            break;
        }
        room.wait(1);
    }
    assert_eq!(asked(&room), Some(HelpAsk::Withdraw { id: again }));
    assert_eq!(shown(&room), HelpShown::NotCalled);
}

#[test]
fn a_call_that_was_closed_at_the_window_is_not_asked_about_any_more() {
    let mut room = raised();
    answer(&mut room, Ok(HelpReply::Closed));
    assert_eq!(shown(&room), HelpShown::Over);
    room.wait(3);
    assert_eq!(asked(&room), None);
    room.touch(Touch::CallHelp);
    assert_eq!(shown(&room), HelpShown::Calling);
}
