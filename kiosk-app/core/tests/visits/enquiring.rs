//! Questions inside a matter and objections to known facts, and everything that comes between.

use city_catalogue::Text;
use jiff::civil::date;
use kiosk_core::screen::{
    Action, EnquiryDraft, EnquiryPage, EnquiryShown, EnquiryTrouble, FactSource, Keyboard, Overlay,
    Page, Waiting,
};
use kiosk_core::{
    Away, CaseFact, Effect, Enquiry, EnquiryAsk, EnquiryRefusal, EnquiryReply, Event, Link,
    MatterReply, Reply, Request, Secret, Stop, Touch, Usual, Wording, field, stops,
};
use uuid::Uuid;

use crate::room::Room;
use crate::withdrawing::{action, asks_matters, city, list_in, opened, running, shown};

// --- the room --------------------------------------------------------------------------

fn told(room: &mut Room, reply: EnquiryReply) {
    city(room, Ok(Reply::Enquiry(reply)));
}

fn page(room: &Room) -> EnquiryPage {
    match room.page() {
        Page::Enquiry(page) => page,
        other => panic!("nothing is asked: {other:?}"),
    }
}

fn trouble(room: &Room) -> EnquiryTrouble {
    match page(room) {
        EnquiryPage::Trouble(trouble) => trouble,
        other => panic!("no trouble: {other:?}"),
    }
}

fn draft(room: &Room) -> EnquiryDraft {
    match page(room) {
        EnquiryPage::Confirm(draft) => *draft,
        other => panic!("nothing to confirm: {other:?}"),
    }
}

fn done(room: &Room) -> EnquiryShown {
    match page(room) {
        EnquiryPage::Done(shown) => *shown,
        other => panic!("not done: {other:?}"),
    }
}

/// What the city was asked in the last event.
fn asked(room: &Room) -> Option<EnquiryAsk> {
    room.effects.iter().find_map(|effect| match effect {
        Effect::Ask {
            request: Request::Enquiry(asked),
            ..
        } => Some(asked.clone()),
        _ => None,
    })
}

/// The question that was sent in the last event: id, field and words.
fn sent(room: &Room) -> (Uuid, Option<String>, Wording) {
    match asked(room) {
        Some(EnquiryAsk::Ask {
            id,
            field,
            wording,
            number,
            ..
        }) => {
            assert_eq!(number, "SB-1");
            (id, field, wording)
        }
        other => panic!("no question was sent: {other:?}"),
    }
}

/// A question of the person's case that nobody has answered.
fn open(field: Option<&str>, usual: Usual) -> Enquiry {
    Enquiry {
        number: "SB-1".into(),
        field: field.map(str::to_owned),
        wording: Wording::Usual(usual),
        body: Text {
            zh: "司法局".into(),
            en: String::new(),
        },
        asked: date(2026, 11, 23),
        due: date(2026, 11, 30),
        answer: None,
    }
}

fn known() -> Vec<CaseFact> {
    let fact = |field: &str, value: &str, from| CaseFact {
        field: field.into(),
        label: Text {
            zh: field.into(),
            en: field.into(),
        },
        value: (Secret::new(value), Secret::new(value)),
        from,
    };
    vec![
        fact("applicantName", "人*", FactSource::Card),
        fact("hukou", "汀东区", FactSource::Register),
    ]
}

/// On the usual questions.
fn asking() -> Room {
    let mut room = opened(running());
    room.touch(Touch::Ask);
    room
}

/// The first usual question, as it will be sent.
fn asked_to_confirm() -> Room {
    let mut room = asking();
    room.touch(Touch::Pick(0));
    room
}

/// What is known is on the screen.
fn objecting() -> Room {
    let mut room = opened(running());
    room.touch(Touch::Object);
    told(&mut room, EnquiryReply::Facts(known()));
    room
}

/// The city told beside the list what was asked before.
fn with_enquiries(enquiries: Vec<Enquiry>) -> Room {
    let mut room = crate::withdrawing::listed(running());
    let ask = room.effects.iter().find_map(|effect| match effect {
        Effect::Ask {
            ask,
            request: Request::Enquiry(EnquiryAsk::Own { .. }),
        } => Some(*ask),
        _ => None,
    });
    let answer = Ok(Reply::Enquiry(EnquiryReply::Own(enquiries)));
    room.event(Event::City {
        ask: ask.expect("asked beside the list"),
        answer,
    });
    room.touch(Touch::Pick(0));
    room
}

// --- a question ------------------------------------------------------------------------

#[test]
fn a_usual_question_is_sent_once_it_was_shown_and_is_with_the_city_only_when_it_said_so() {
    let mut room = asked_to_confirm();
    let shown = draft(&room);
    assert_eq!(shown.wording, Wording::Usual(Usual::Progress));
    assert_eq!((shown.fact, shown.case.filing.as_str()), (None, "SB-1"));
    assert_eq!(action(&room), Some(Action::SendQuestion));
    assert!(asked(&room).is_none(), "nothing is asked yet");
    room.touch(Touch::Next);
    let (_, field, wording) = sent(&room);
    assert_eq!((field, wording), (None, Wording::Usual(Usual::Progress)));
    assert!(matches!(room.page(), Page::Wait(page) if page.what == Waiting::Enquiry));
    let kept = open(None, Usual::Progress);
    told(&mut room, EnquiryReply::Asked(Box::new(kept.clone())));
    assert_eq!(done(&room).due, kept.due);
    assert_eq!(action(&room), Some(Action::Finish));
    room.touch(Touch::Back);
    assert!(asks_matters(&room));
}

#[test]
fn a_question_is_typed_and_what_is_typed_is_what_is_sent() {
    let mut room = asking();
    let EnquiryPage::Usual { usual, .. } = page(&room) else {
        panic!("{:?}", page(&room));
    };
    room.touch(Touch::Pick(usual.len()));
    assert_eq!(field(&room.kiosk.screen()), Some(Keyboard::Full));
    assert!(!room.kiosk.screen().foot.primary.expect("one").enabled);
    room.touch(Touch::Next);
    assert!(matches!(page(&room), EnquiryPage::Typed { .. }), "empty");
    room.touch(Touch::Type("  律师什么时候来".into()));
    room.touch(Touch::Type("吗x".into()));
    room.touch(Touch::Erase);
    room.touch(Touch::Next);
    let words = Wording::Own(Secret::new("律师什么时候来吗"));
    assert_eq!(draft(&room).wording, words);
    // Back leads to the keyboard with what stands there.
    room.touch(Touch::Back);
    assert!(matches!(page(&room), EnquiryPage::Typed { text, .. } if text.ends_with('吗')));
    room.touch(Touch::Next);
    room.touch(Touch::Next);
    assert_eq!(sent(&room).2, words);
}

#[test]
fn no_more_is_typed_than_is_sent() {
    let mut room = asking();
    room.touch(Touch::Pick(Usual::QUESTIONS.len()));
    for _ in 0..10 {
        room.touch(Touch::Type("问".repeat(50)));
    }
    let EnquiryPage::Typed { text, max, .. } = page(&room) else {
        panic!("{:?}", page(&room));
    };
    assert_eq!(text.chars().count(), usize::try_from(max).expect("few"));
    room.touch(Touch::ClearText);
    assert!(matches!(page(&room), EnquiryPage::Typed { text, .. } if text.is_empty()));
}

#[test]
fn back_leads_to_the_page_before_and_at_last_to_the_matter() {
    let mut room = asked_to_confirm();
    room.touch(Touch::Back);
    assert!(matches!(page(&room), EnquiryPage::Usual { .. }));
    room.touch(Touch::Back);
    assert_eq!(shown(&room).filing, "SB-1");
    assert!(asked(&room).is_none());
}

#[test]
fn the_answer_of_the_officer_stands_in_the_matter() {
    let answered = Enquiry {
        asked: date(2026, 11, 20),
        answer: Some((Secret::new("三个工作日内"), date(2026, 11, 22))),
        ..open(None, Usual::WhenDone)
    };
    let elsewhere = Enquiry {
        number: "SB-2".into(),
        ..open(None, Usual::GetResult)
    };
    let room = with_enquiries(vec![
        answered,
        open(Some("applicantName"), Usual::Miswritten),
        elsewhere,
    ]);
    let asked = shown(&room).enquiries;
    assert_eq!(asked.len(), 2, "those of this matter alone");
    assert!(
        asked[0].objection && asked[0].answer.is_none(),
        "newest first"
    );
    let answer = asked[1].answer.as_ref().expect("answered");
    assert_eq!(answer.0.reveal(), "三个工作日内");
}

#[test]
fn a_city_that_does_not_tell_what_was_asked_keeps_nobody_from_asking() {
    let room = opened(running());
    assert!(shown(&room).enquiries.is_empty());
    let stops = stops(&room.kiosk.screen());
    assert!(stops.contains(&Stop::Touch(Touch::Ask)));
}

// --- an objection ----------------------------------------------------------------------

#[test]
fn a_fact_is_disputed_by_its_name_and_nothing_else_is_said() {
    let mut room = objecting();
    let EnquiryPage::Fact { facts, .. } = page(&room) else {
        panic!("{:?}", page(&room));
    };
    let from: Vec<_> = facts.iter().map(|fact| fact.from).collect();
    assert_eq!(from, [FactSource::Card, FactSource::Register]);
    room.touch(Touch::Pick(1));
    let EnquiryPage::Usual { usual, fact } = page(&room) else {
        panic!("{:?}", page(&room));
    };
    assert_eq!(usual, Usual::OBJECTIONS);
    assert_eq!(fact.expect("one").label.zh, "hukou");
    room.touch(Touch::Pick(1));
    assert_eq!(action(&room), Some(Action::SendObjection));
    room.touch(Touch::Next);
    let (_, field, wording) = sent(&room);
    assert_eq!(field.as_deref(), Some("hukou"));
    assert_eq!(wording, Wording::Usual(Usual::Miswritten));
    let kept = open(Some("hukou"), Usual::Miswritten);
    told(&mut room, EnquiryReply::Asked(Box::new(kept)));
    assert!(done(&room).objection);
}

#[test]
fn a_fact_whose_objection_is_open_is_not_disputed_twice() {
    let disputed = open(Some("hukou"), Usual::OutOfDate);
    let closed = Enquiry {
        answer: Some((Secret::new("已更正"), date(2026, 11, 22))),
        ..open(Some("applicantName"), Usual::OutOfDate)
    };
    let mut room = with_enquiries(vec![disputed, closed]);
    room.touch(Touch::Object);
    told(&mut room, EnquiryReply::Facts(known()));
    let stops = stops(&room.kiosk.screen());
    assert!(stops.contains(&Stop::Touch(Touch::Pick(0))), "answered");
    assert!(!stops.contains(&Stop::Touch(Touch::Pick(1))), "open");
    room.touch(Touch::Pick(1));
    assert!(matches!(page(&room), EnquiryPage::Fact { .. }));
    room.touch(Touch::Pick(0));
    assert!(matches!(page(&room), EnquiryPage::Usual { .. }));
}

#[test]
fn nothing_was_known_beforehand_and_there_is_nothing_to_dispute() {
    let mut room = opened(running());
    room.touch(Touch::Object);
    told(&mut room, EnquiryReply::Facts(Vec::new()));
    assert!(matches!(page(&room), EnquiryPage::Fact { facts, .. } if facts.is_empty()));
    assert_eq!(action(&room), None);
    room.touch(Touch::Back);
    assert_eq!(shown(&room).filing, "SB-1");
}

#[test]
fn an_item_that_fills_nothing_in_offers_no_objection() {
    let unknown = MatterReply {
        item_code: "no such item".into(),
        ..running()
    };
    assert!(!shown(&opened(unknown)).may_object);
    assert!(shown(&opened(running())).may_object);
}

#[test]
fn what_is_known_cannot_be_read_and_is_asked_for_again() {
    let mut room = opened(running());
    room.touch(Touch::Object);
    city(&mut room, Err(Away));
    assert_eq!(trouble(&room), EnquiryTrouble::CannotRead);
    room.touch(Touch::Next);
    assert!(matches!(asked(&room), Some(EnquiryAsk::Facts { .. })));
    city(&mut room, Err(Away));
    room.touch(Touch::Back);
    assert_eq!(shown(&room).filing, "SB-1");
}

// --- what goes wrong -------------------------------------------------------------------

#[test]
fn without_a_network_nothing_is_sent_and_the_words_stay() {
    let mut room = asked_to_confirm();
    room.event(Event::Link(Link::Away));
    room.touch(Touch::Next);
    assert_eq!(trouble(&room), EnquiryTrouble::NotSent);
    assert!(asked(&room).is_none());
    room.touch(Touch::Back);
    assert_eq!(draft(&room).wording, Wording::Usual(Usual::Progress));
}

#[test]
fn a_lost_answer_is_asked_for_again_and_is_one_question() {
    let mut room = asked_to_confirm();
    room.touch(Touch::Next);
    let (first, ..) = sent(&room);
    city(&mut room, Err(Away));
    assert_eq!(trouble(&room), EnquiryTrouble::NoAnswer);
    assert_eq!(action(&room), Some(Action::TryAgain));
    // The next try does not get through: the first one may have, all the same.
    room.touch(Touch::Next);
    assert_eq!(sent(&room).0, first);
    told(&mut room, EnquiryReply::NotSent);
    assert_eq!(trouble(&room), EnquiryTrouble::NoAnswer);
    room.touch(Touch::Back);
    assert!(asks_matters(&room), "what the city has is told");
}

#[test]
fn another_question_has_another_id() {
    let mut room = asked_to_confirm();
    room.touch(Touch::Next);
    let (first, ..) = sent(&room);
    let kept = open(None, Usual::Progress);
    told(&mut room, EnquiryReply::Asked(Box::new(kept)));
    room.touch(Touch::Back);
    city(&mut room, Ok(Reply::Matters(vec![running()])));
    room.touch(Touch::Pick(0));
    room.touch(Touch::Ask);
    room.touch(Touch::Pick(0));
    room.touch(Touch::Next);
    assert_ne!(sent(&room).0, first);
}

#[test]
fn a_second_tap_asks_the_city_once() {
    let mut room = asked_to_confirm();
    room.touch(Touch::Next);
    assert!(asked(&room).is_some());
    room.touch(Touch::Next);
    assert!(asked(&room).is_none());
}

#[test]
fn what_the_city_refuses_leads_to_what_stands() {
    for refusal in [EnquiryRefusal::NotTaken, EnquiryRefusal::Gone] {
        let mut room = asked_to_confirm();
        room.touch(Touch::Next);
        told(&mut room, EnquiryReply::Refused(refusal));
        assert_eq!(trouble(&room), EnquiryTrouble::Refused(refusal));
        assert_eq!(action(&room), Some(Action::MyMatters));
        room.touch(Touch::Next);
        assert!(asks_matters(&room));
    }
    let mut room = asked_to_confirm();
    room.touch(Touch::Next);
    told(&mut room, EnquiryReply::Refused(EnquiryRefusal::NotProven));
    room.touch(Touch::Next);
    assert!(matches!(room.page(), Page::Identify(_)));
}

#[test]
fn the_card_is_lifted_while_something_is_typed_and_nothing_is_seen() {
    let mut room = asking();
    room.touch(Touch::Pick(Usual::QUESTIONS.len()));
    room.touch(Touch::Type("我的案子".into()));
    room.lift();
    let overlay = room.kiosk.screen().overlay;
    assert!(
        matches!(overlay, Some(Overlay::Cover { .. })),
        "{overlay:?}"
    );
    room.card(1);
    assert!(matches!(page(&room), EnquiryPage::Typed { text, .. } if text == "我的案子"));
}

#[test]
fn nothing_of_what_was_asked_is_left_for_the_next_person() {
    let mut room = with_enquiries(vec![open(None, Usual::WhenDone)]);
    assert_eq!(shown(&room).enquiries.len(), 1);
    room.touch(Touch::Ask);
    for _ in 0..10 {
        room.wait(60);
    }
    assert!(room.kiosk.is_idle());
    list_in(&mut room, running());
    room.touch(Touch::Pick(0));
    assert!(shown(&room).enquiries.is_empty());
}
