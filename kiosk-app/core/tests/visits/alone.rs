//! Check-in while the city does not answer: by the list of today, with this kiosk's own numbers.

use city_catalogue::hall::{BookingState, CheckIn};
use jiff::civil::date;
use kiosk_core::screen::{Action, Alone, CheckInPage, Overlay, Page, Reason, Waiting};
use kiosk_core::{
    AskId, Away, CheckInReply, Code, Effect, Event, HallEntry, HallKept, Link, Listed, ListedBy,
    PrintedAs, Reply, Request, Secret, SlipData, Touch,
};
use uuid::Uuid;

use crate::check_in::{
    CODE, action, answered, asks, at, by_card, choose, city, closed, number_asked, sent, shown, yes,
};
use crate::room::Room;
use crate::samples::{person, shelf_at, ticket};

/// The booking looked for.
const BOOKING: Uuid = Uuid::from_u128(14);

/// A kiosk that knows who is expected today, and whose city does not answer.
fn away() -> Room {
    let mut room = Room::new();
    room.event(Event::Expected(Some(room.now.civil.date())));
    room.event(Event::Link(Link::Away));
    room
}

/// From idle until the list is looked into for a card.
fn card_looked_for() -> Room {
    let mut room = away();
    asks(&mut room);
    room.card(1);
    room.touch(Touch::Next);
    room
}

/// A booking that can be checked in with from `opens` to `closes`; it is ten o'clock.
fn listed(state: BookingState, opens: i8, closes: i8) -> Listed {
    Listed {
        id: BOOKING,
        begins: at(opens + 1),
        opens: at(opens),
        closes: at(closes),
        state,
        ticket: "B014".into(),
    }
}

/// Looked up in the last event.
fn looked_for(room: &Room) -> Option<ListedBy> {
    room.effects.iter().find_map(|effect| match effect {
        Effect::Ask {
            request: Request::Listed { by },
            ..
        } => Some(by.clone()),
        _ => None,
    })
}

/// To be kept since the last event.
fn to_keep(room: &Room) -> Option<(AskId, HallEntry)> {
    room.effects.iter().find_map(|effect| match effect {
        Effect::Keep { ask, entry } => Some((*ask, *entry)),
        _ => None,
    })
}

fn found(room: &mut Room, listed: Option<Listed>) {
    city(room, Ok(Reply::Listed(listed)));
}

/// The store commits; `number` was drawn.
fn kept(room: &mut Room, number: Option<&str>) -> HallEntry {
    let (ask, entry) = to_keep(room).expect("something is kept");
    let number = number.map(str::to_owned);
    let kept = Some(HallKept { number });
    room.event(Event::Kept { ask, kept });
    entry
}

fn alone(room: &Room) -> Option<Alone> {
    match room.page() {
        Page::CheckIn(page) => page.alone,
        other => panic!("no outcome: {other:?}"),
    }
}

/// Whether the paper in the last event says that the city has still to be told.
fn paper_says_kept(room: &Room) -> Option<bool> {
    room.effects.iter().find_map(|effect| match effect {
        Effect::PrintSlip { slip, .. } => match slip.as_ref() {
            SlipData::Ticket { kept_here, .. } => Some(*kept_here),
            SlipData::Receipt { .. } | SlipData::Guide { .. } | SlipData::Booking { .. } => None,
        },
        _ => None,
    })
}

#[test]
fn the_city_is_away_and_every_outcome_the_list_knows_is_told_here() {
    use BookingState::{Arrived, Booked, Cancelled, Late, NoShow};
    let none = CheckIn::NoBooking;
    for (booking, outcome, number) in [
        (Some(listed(Booked, 9, 11)), CheckIn::InTime, Some("B014")),
        (Some(listed(NoShow, 9, 11)), CheckIn::InTime, Some("B014")),
        (Some(listed(Booked, 11, 13)), CheckIn::TooEarly, None),
        (Some(listed(Booked, 7, 9)), CheckIn::Late, Some("A021")),
        (Some(listed(Arrived, 9, 11)), CheckIn::Already, Some("B014")),
        (Some(listed(Late, 7, 9)), CheckIn::Already, Some("B014")),
        (Some(listed(Cancelled, 9, 11)), none, None),
        (None, none, None),
    ] {
        let case = format!("{booking:?}");
        let mut room = card_looked_for();
        found(&mut room, booking);
        let new = matches!(outcome, CheckIn::InTime | CheckIn::Late);
        assert_eq!(to_keep(&room).is_some(), new, "{case}");
        if new {
            let drawn = (outcome == CheckIn::Late).then_some("A021");
            kept(&mut room, drawn);
        }
        let page = shown(&room);
        let own = match (outcome, &page) {
            (CheckIn::InTime, CheckInPage::InTime { .. })
            | (CheckIn::Already, CheckInPage::Already { .. })
            | (CheckIn::Late, CheckInPage::Late { .. })
            | (CheckIn::NoBooking, CheckInPage::NoBooking { no_queue: false }) => true,
            (CheckIn::TooEarly, CheckInPage::TooEarly { begins, opens }) => {
                (*begins, *opens) == (at(12), at(11))
            }
            (_, _) => false,
        };
        assert!(own, "{case}: {page:?}");
        let given = page.ticket().map(|ticket| ticket.number.as_str());
        assert_eq!(given, number, "{case}");
        let told = if new { Alone::KeptHere } else { Alone::Looked };
        assert_eq!(alone(&room), Some(told), "{case}");
    }
}

#[test]
fn nothing_is_said_before_it_is_on_disk_and_the_visit_does_not_end_in_between() {
    let mut room = card_looked_for();
    found(&mut room, Some(listed(BookingState::Booked, 9, 11)));
    assert!(matches!(room.page(), Page::Wait(page) if page.what == Waiting::CheckIn));
    let (ask, _) = to_keep(&room).expect("kept");
    room.touch(Touch::End);
    assert_eq!(room.kiosk.screen().overlay, None);
    room.wait(120);
    assert!(matches!(room.page(), Page::Wait(_)), "{:?}", room.page());
    let kept = Some(HallKept { number: None });
    room.event(Event::Kept { ask, kept });
    assert!(matches!(shown(&room), CheckInPage::InTime { .. }));
}

#[test]
fn the_booking_and_its_time_are_what_the_city_will_be_told() {
    let mut room = card_looked_for();
    let number = person(1).number;
    assert_eq!(looked_for(&room), Some(ListedBy::Number(number)));
    found(&mut room, Some(listed(BookingState::Booked, 9, 11)));
    let entry = kept(&mut room, None);
    let arrival = entry.arrival.expect("an arrival");
    assert_eq!((arrival.booking, entry.at), (BOOKING, at(10)));
    assert_eq!(entry.ticket, None, "the number is the booking's");
    assert!(!arrival.packet.is_nil());
}

#[test]
fn who_is_late_gets_one_number_that_belongs_to_the_booking() {
    let mut room = card_looked_for();
    found(&mut room, Some(listed(BookingState::Booked, 7, 9)));
    let entry = kept(&mut room, Some("A021"));
    assert!(entry.arrival.is_some());
    assert_eq!(entry.ticket, Some(BOOKING));
}

#[test]
fn the_code_of_the_booking_does_as_well_as_the_card_without_the_city() {
    let mut room = away();
    asks(&mut room);
    room.event(Event::Code(Code::Text(Secret::new(CODE))));
    let code = Secret::new(CODE);
    assert_eq!(looked_for(&room), Some(ListedBy::Code(code)));
    found(&mut room, Some(listed(BookingState::Booked, 9, 11)));
    kept(&mut room, None);
    assert!(matches!(shown(&room), CheckInPage::InTime { .. }));
}

#[test]
fn the_city_goes_away_in_the_middle_and_the_list_answers() {
    let mut room = by_card();
    let ask = room.asked();
    room.event(Event::Expected(Some(room.now.civil.date())));
    room.event(Event::City {
        ask,
        answer: Err(Away),
    });
    let number = person(1).number;
    assert_eq!(looked_for(&room), Some(ListedBy::Number(number)));
}

#[test]
fn a_lost_answer_to_a_number_asks_for_the_same_ticket_and_gives_one_of_our_own() {
    let mut room = by_card();
    let ask = room.asked();
    room.event(Event::Expected(Some(room.now.civil.date())));
    let none = CheckInReply {
        outcome: CheckIn::NoBooking,
        ticket: None,
        station: None,
        begins: None,
        opens: None,
    };
    room.event(Event::City {
        ask,
        answer: Ok(Reply::CheckIn(Box::new(none))),
    });
    room.touch(Touch::Next);
    let asked = number_asked(&room);
    assert!(asked.is_some());
    city(&mut room, Err(Away));
    let entry = kept(&mut room, Some("A021"));
    assert_eq!((entry.arrival, entry.ticket), (None, asked));
    let given = ticket("A021").number;
    assert_eq!(shown(&room).ticket().map(|t| t.number.clone()), Some(given));
    assert_eq!(alone(&room), Some(Alone::KeptHere));
}

#[test]
fn who_is_not_listed_may_take_a_number_of_this_kiosk() {
    let mut room = card_looked_for();
    found(&mut room, None);
    assert_eq!(action(&room), Some(Action::TakeNumber));
    room.touch(Touch::Next);
    assert_eq!(number_asked(&room), None, "nobody is there to be asked");
    kept(&mut room, Some("A021"));
    assert!(matches!(shown(&room), CheckInPage::WalkIn { .. }));
    assert_eq!(action(&room), Some(Action::Finish));
}

#[test]
fn a_station_without_counters_gives_no_number_without_the_city_either() {
    let mut room = away();
    room.event(Event::Shelf(shelf_at("K901")));
    asks(&mut room);
    room.card(1);
    room.touch(Touch::Next);
    found(&mut room, None);
    assert_eq!(shown(&room), CheckInPage::NoBooking { no_queue: true });
    assert_eq!(action(&room), Some(Action::Finish));
}

#[test]
fn the_numbers_are_used_up_or_the_disk_is_full_and_no_number_is_promised() {
    for late in [false, true] {
        let mut room = card_looked_for();
        let booking = listed(BookingState::Booked, 7, 9);
        found(&mut room, late.then_some(booking));
        if !late {
            room.touch(Touch::Next);
        }
        let (ask, entry) = to_keep(&room).expect("tried");
        room.event(Event::Kept { ask, kept: None });
        assert_eq!(shown(&room), CheckInPage::NoNumber);
        assert_eq!(action(&room), Some(Action::TryAgain));
        assert_eq!(sent(&room), None, "no paper without a number");
        room.touch(Touch::Next);
        if !late {
            let (_, again) = to_keep(&room).expect("tried again");
            assert_eq!(again.ticket, entry.ticket, "the same ticket");
        }
    }
}

#[test]
fn a_number_that_was_to_be_drawn_and_was_not_is_none() {
    let mut room = card_looked_for();
    found(&mut room, Some(listed(BookingState::Booked, 7, 9)));
    kept(&mut room, None);
    assert_eq!(shown(&room), CheckInPage::NoNumber);
}

#[test]
fn the_paper_says_that_the_city_will_be_told_until_it_was() {
    let mut room = card_looked_for();
    found(&mut room, Some(listed(BookingState::Booked, 7, 9)));
    let entry = kept(&mut room, Some("A021"));
    assert_eq!(paper_says_kept(&room), Some(true));
    let (_, _, ask) = sent(&room).expect("printed");
    let outcome = PrintedAs::Printed;
    room.event(Event::Printed { ask, outcome });
    room.event(Event::Link(Link::Up));
    let application = entry.arrival.expect("an arrival").packet;
    let (filing, case) = (String::new(), None);
    room.event(Event::Received {
        application,
        filing,
        case,
    });
    assert_eq!(alone(&room), Some(Alone::KeptHere), "the number is untold");
    room.event(Event::Queued { ticket: BOOKING });
    assert_eq!(alone(&room), Some(Alone::Told));
    room.touch(Touch::PrintSlip);
    assert_eq!(paper_says_kept(&room), Some(false));
}

#[test]
fn the_list_of_yesterday_lets_nobody_in() {
    let mut room = Room::new();
    room.event(Event::Expected(Some(date(2026, 11, 22))));
    room.event(Event::Link(Link::Away));
    room.touch(Touch::Start);
    assert_eq!(closed(&room), Some(Reason::CityAway));
    room.event(Event::Expected(Some(date(2026, 11, 23))));
    assert_eq!(closed(&room), None);
    // The city gives it to this kiosk no more.
    room.event(Event::Expected(None));
    assert_eq!(closed(&room), Some(Reason::CityAway));
}

#[test]
fn a_kiosk_that_started_anew_without_the_city_knows_nobody_and_says_so() {
    let mut room = Room::new();
    room.event(Event::Link(Link::Away));
    room.touch(Touch::Start);
    assert_eq!(closed(&room), Some(Reason::CityAway));
}

#[test]
fn the_card_is_lifted_while_the_list_is_looked_into_and_nothing_covers_the_page() {
    let mut room = card_looked_for();
    let ask = room.asked();
    room.lift();
    let cover = room.kiosk.screen().overlay;
    assert!(!matches!(cover, Some(Overlay::Cover { .. })), "{cover:?}");
    let answer = Ok(Reply::Listed(Some(listed(BookingState::Booked, 9, 11))));
    room.event(Event::City { ask, answer });
    kept(&mut room, None);
    assert!(matches!(shown(&room), CheckInPage::InTime { .. }));
}

#[test]
fn the_city_is_back_and_is_asked_again() {
    let mut room = card_looked_for();
    found(&mut room, None);
    room.event(Event::Link(Link::Up));
    room.touch(Touch::Back);
    choose(&mut room);
    yes(&mut room);
    answered(&mut room, CheckIn::InTime);
    assert_eq!(alone(&room), None, "the city found it");
}
