//! Check-in for an appointment: seven outcomes, and everything that comes between.

use city_catalogue::hall::CheckIn;
use jiff::civil::{DateTime, date};
use kiosk_core::screen::{
    Action, CheckInPage, IdentifyPage, Overlay, Page, Reason, SlipState, StartChoice, StartPage,
    Waiting,
};
use kiosk_core::{
    AskId, Away, CheckInBy, CheckInReply, Code, CodeTrouble, DeviceState, Devices, Effect, Event,
    FactorReply, Link, PrintedAs, Reply, Request, Secret, SlipData, Touch,
};
use uuid::Uuid;

use crate::room::Room;
use crate::samples::{all_well, ticket};

/// The code of a booking.
pub const CODE: &str = "K2Q2A-22B22";

fn start(room: &Room) -> StartPage {
    match room.page() {
        Page::Start(page) => page,
        other => panic!("{other:?}"),
    }
}

/// Why check-in is grey on the start page.
pub fn closed(room: &Room) -> Option<Reason> {
    let entries = start(room).choices.into_iter();
    let mut entries = entries.filter(|entry| entry.choice == StartChoice::CheckIn);
    entries.next().expect("check-in is offered").closed
}

/// Chooses check-in on the start page.
pub fn choose(room: &mut Room) {
    let choices = start(room).choices;
    let place = choices
        .iter()
        .position(|e| e.choice == StartChoice::CheckIn);
    room.touch(Touch::Pick(place.expect("offered")));
}

pub fn asks(room: &mut Room) {
    room.touch(Touch::Start);
    choose(room);
}

pub fn city(room: &mut Room, answer: Result<Reply, Away>) {
    let ask = room.asked();
    room.event(Event::City { ask, answer });
}

pub fn yes(room: &mut Room) {
    let grant = Secret::new("g");
    city(room, Ok(Reply::Factor(FactorReply::Yes { grant })));
}

/// From idle until the city is asked for the booking of a card.
pub fn by_card() -> Room {
    let mut room = Room::new();
    asks(&mut room);
    room.card(1);
    room.touch(Touch::Next);
    yes(&mut room);
    room
}

pub fn at(hour: i8) -> DateTime {
    date(2026, 11, 23).at(hour, 0, 0, 0)
}

fn reply(outcome: CheckIn) -> CheckInReply {
    let given = matches!(outcome, CheckIn::InTime | CheckIn::Already | CheckIn::Late);
    CheckInReply {
        outcome,
        ticket: given.then(|| ticket("B014")),
        station: (outcome != CheckIn::NoBooking).then(|| "S002".into()),
        begins: Some(at(14)),
        opens: (outcome == CheckIn::TooEarly).then(|| at(13)),
    }
}

pub fn answered(room: &mut Room, outcome: CheckIn) -> CheckInPage {
    city(room, Ok(Reply::CheckIn(Box::new(reply(outcome)))));
    shown(room)
}

pub fn shown(room: &Room) -> CheckInPage {
    match room.page() {
        Page::CheckIn(page) => page.outcome,
        other => panic!("no outcome: {other:?}"),
    }
}

pub fn action(room: &Room) -> Option<Action> {
    room.kiosk.screen().foot.primary.map(|it| it.action)
}

/// By what the booking was looked for in the last event.
fn looked_for(room: &Room) -> Option<CheckInBy> {
    room.effects.iter().find_map(|effect| match effect {
        Effect::Ask {
            request: Request::CheckIn { by },
            ..
        } => Some(by.clone()),
        _ => None,
    })
}

/// The walk-in number asked for in the last event.
pub fn number_asked(room: &Room) -> Option<Uuid> {
    room.effects.iter().find_map(|effect| match effect {
        Effect::Ask {
            request: Request::WalkIn { id },
            ..
        } => Some(*id),
        _ => None,
    })
}

#[test]
fn each_outcome_has_its_own_page_and_next_step() {
    for outcome in CheckIn::ALL {
        let mut room = by_card();
        let page = answered(&mut room, *outcome);
        let own = match (outcome, &page) {
            (CheckIn::InTime, CheckInPage::InTime { ticket })
            | (CheckIn::Already, CheckInPage::Already { ticket })
            | (CheckIn::Late, CheckInPage::Late { ticket }) => ticket.number == "B014",
            (CheckIn::TooEarly, CheckInPage::TooEarly { begins, opens }) => {
                (*begins, *opens) == (at(14), at(13))
            }
            (CheckIn::OtherStation, CheckInPage::OtherStation { station, begins })
            | (CheckIn::OtherDay, CheckInPage::OtherDay { station, begins }) => {
                *begins == at(14) && station.name.zh != "S002" && !station.address.is_empty()
            }
            (CheckIn::NoBooking, CheckInPage::NoBooking { no_queue: false }) => true,
            (_, _) => false,
        };
        assert!(own, "{outcome:?}: {page:?}");
        let next = match outcome {
            CheckIn::NoBooking => Action::TakeNumber,
            _ => Action::Finish,
        };
        assert_eq!(action(&room), Some(next), "{outcome:?}");
    }
}

#[test]
fn the_card_alone_is_enough_and_is_asked_for_once() {
    let mut room = by_card();
    assert_eq!(looked_for(&room), Some(CheckInBy::Grant(Secret::new("g"))));
    answered(&mut room, CheckIn::TooEarly);
    room.touch(Touch::Back);
    choose(&mut room);
    let grant = Some(CheckInBy::Grant(Secret::new("g")));
    assert_eq!(looked_for(&room), grant, "the card still lies there");
}

#[test]
fn the_code_of_the_booking_does_as_well_as_the_card() {
    let mut room = Room::new();
    asks(&mut room);
    assert!(room.kiosk.screen().codes.is_some());
    room.event(Event::Code(Code::Text(Secret::new(CODE))));
    assert_eq!(looked_for(&room), Some(CheckInBy::Code(Secret::new(CODE))));
    answered(&mut room, CheckIn::InTime);
}

#[test]
fn what_is_no_code_of_a_booking_is_said_and_sent_nowhere() {
    let mut room = Room::new();
    asks(&mut room);
    for (code, trouble) in [
        (Code::Text(Secret::new("$(reboot)")), CodeTrouble::NoBooking),
        (
            Code::Receipt(Secret::new("K2Q2-2222-2222")),
            CodeTrouble::NoBooking,
        ),
        (Code::Unreadable, CodeTrouble::Unreadable),
    ] {
        room.event(Event::Code(code));
        assert!(matches!(room.page(), Page::Identify(_)));
        let said = room.kiosk.screen().codes.and_then(|codes| codes.trouble);
        assert_eq!(said, Some(trouble));
        assert_eq!(looked_for(&room), None);
    }
}

#[test]
fn without_a_city_check_in_is_grey_and_says_why() {
    let mut room = Room::new();
    room.event(Event::Link(Link::Away));
    room.touch(Touch::Start);
    assert_eq!(closed(&room), Some(Reason::CityAway));
    choose(&mut room);
    assert!(matches!(room.page(), Page::Start(_)));
    room.event(Event::Link(Link::Up));
    assert_eq!(closed(&room), None);
}

#[test]
fn with_a_broken_reader_a_code_is_still_taken() {
    let mut room = Room::new();
    let broken = Devices {
        reader: DeviceState::NotReady,
        ..all_well()
    };
    room.event(Event::Devices(broken));
    room.touch(Touch::Start);
    assert_eq!(closed(&room), None);
    room.event(Event::Devices(Devices {
        code_scanner: DeviceState::Absent,
        ..broken
    }));
    assert_eq!(closed(&room), Some(Reason::ReaderBroken));
}

#[test]
fn the_city_goes_away_in_the_middle_and_trying_again_asks_the_same() {
    let mut room = by_card();
    city(&mut room, Err(Away));
    assert_eq!(shown(&room), CheckInPage::Away);
    assert_eq!(action(&room), Some(Action::TryAgain));
    room.event(Event::Link(Link::Away));
    room.touch(Touch::Next);
    city(&mut room, Err(Away));
    assert_eq!(shown(&room), CheckInPage::Away, "still away");
    room.touch(Touch::Next);
    assert_eq!(looked_for(&room), Some(CheckInBy::Grant(Secret::new("g"))));
    answered(&mut room, CheckIn::Already);
}

#[test]
fn the_city_goes_away_before_the_card_is_known_and_it_is_asked_about_again() {
    let mut room = Room::new();
    asks(&mut room);
    room.card(1);
    room.touch(Touch::Next);
    city(&mut room, Err(Away));
    assert_eq!(shown(&room), CheckInPage::Away);
    room.touch(Touch::Next);
    yes(&mut room);
    answered(&mut room, CheckIn::InTime);
}

#[test]
fn no_answer_in_time_is_said_and_a_late_one_changes_nothing() {
    let mut room = by_card();
    let ask = room.asked();
    room.wait(15);
    assert_eq!(shown(&room), CheckInPage::Away);
    let answer = Ok(Reply::CheckIn(Box::new(reply(CheckIn::InTime))));
    room.event(Event::City { ask, answer });
    assert_eq!(shown(&room), CheckInPage::Away);
}

#[test]
fn an_answer_without_the_ticket_it_speaks_of_is_no_answer() {
    let mut room = by_card();
    let poor = CheckInReply {
        ticket: None,
        ..reply(CheckIn::InTime)
    };
    city(&mut room, Ok(Reply::CheckIn(Box::new(poor))));
    assert_eq!(shown(&room), CheckInPage::Away);
}

#[test]
fn who_has_no_booking_takes_a_number_and_a_lost_answer_costs_no_second_one() {
    let mut room = by_card();
    answered(&mut room, CheckIn::NoBooking);
    room.touch(Touch::Next);
    let id = number_asked(&room);
    assert!(id.is_some());
    city(&mut room, Err(Away));
    room.touch(Touch::Next);
    assert_eq!(number_asked(&room), id, "the same number again");
    city(&mut room, Ok(Reply::Ticket(Some(ticket("A017")))));
    let page = CheckInPage::WalkIn {
        ticket: ticket("A017"),
    };
    assert_eq!(shown(&room), page);
    assert_eq!(action(&room), Some(Action::Finish));
}

#[test]
fn a_station_without_a_queue_gives_no_number_and_says_so() {
    let mut room = by_card();
    answered(&mut room, CheckIn::NoBooking);
    room.touch(Touch::Next);
    city(&mut room, Ok(Reply::Ticket(None)));
    assert_eq!(shown(&room), CheckInPage::NoBooking { no_queue: true });
    room.touch(Touch::Next);
    assert!(matches!(room.page(), Page::Goodbye(page) if !page.has_number));
}

#[test]
fn a_double_tap_on_take_a_number_asks_for_one() {
    let mut room = by_card();
    answered(&mut room, CheckIn::NoBooking);
    let page = room.kiosk.screen().number;
    for n in 1..=2 {
        room.event(Event::Tap(kiosk_core::Tap {
            page,
            touch: Touch::Next,
            random: [n; 16],
        }));
        assert_eq!(number_asked(&room).is_some(), n == 1, "tap {n}");
    }
    assert!(matches!(room.page(), Page::Wait(page) if page.what == Waiting::Ticket));
}

#[test]
fn the_card_is_taken_at_once_and_the_number_is_still_shown() {
    let mut room = by_card();
    let ask = room.asked();
    room.lift();
    assert_eq!(room.kiosk.screen().overlay, None);
    let answer = Ok(Reply::CheckIn(Box::new(reply(CheckIn::InTime))));
    room.event(Event::City { ask, answer });
    assert!(matches!(shown(&room), CheckInPage::InTime { .. }));
    room.touch(Touch::Back);
    choose(&mut room);
    let put = matches!(room.page(), Page::Identify(IdentifyPage::PutCard { .. }));
    assert!(put, "the card is asked for anew: {:?}", room.page());
}

#[test]
fn a_card_lifted_opens_nothing_of_its_person_afterwards() {
    let mut room = by_card();
    answered(&mut room, CheckIn::InTime);
    room.lift();
    assert!(matches!(shown(&room), CheckInPage::InTime { .. }));
    assert_eq!(room.kiosk.screen().overlay, None);
    room.touch(Touch::Back);
    choose(&mut room);
    let put = matches!(
        room.page(),
        Page::Identify(IdentifyPage::PutCard { again: None })
    );
    assert!(put, "the card is asked for anew: {:?}", room.page());
}

#[test]
fn the_card_lifted_while_its_owner_is_looked_up_covers_the_page() {
    let mut room = Room::new();
    asks(&mut room);
    room.card(1);
    room.touch(Touch::Next);
    room.lift();
    let cover = room.kiosk.screen().overlay;
    assert!(matches!(cover, Some(Overlay::Cover { .. })), "{cover:?}");
}

#[test]
fn who_walks_away_with_a_number_leaves_nothing_for_the_next() {
    let mut room = by_card();
    answered(&mut room, CheckIn::InTime);
    room.lift();
    room.wait(60);
    assert!(matches!(
        room.kiosk.screen().overlay,
        Some(Overlay::TimeOut { .. })
    ));
    room.wait(30);
    assert!(room.kiosk.is_idle());
    room.touch(Touch::Start);
    let said = format!("{:?}", room.kiosk.screen());
    assert!(!said.contains("B014"), "{said}");
    choose(&mut room);
    assert!(matches!(
        room.page(),
        Page::Identify(IdentifyPage::PutCard { again: None })
    ));
}

#[test]
fn goodbye_reminds_who_has_a_number_to_wait_for_it() {
    let mut room = by_card();
    answered(&mut room, CheckIn::InTime);
    room.touch(Touch::Next);
    assert!(matches!(room.page(), Page::Goodbye(page) if page.has_number && page.card));
}

/// How the paper with the number stands.
fn paper(room: &Room) -> Option<SlipState> {
    match room.page() {
        Page::CheckIn(page) => page.print,
        other => panic!("no outcome: {other:?}"),
    }
}

/// The number that goes to the printer in the last event, and its mark.
pub fn sent(room: &Room) -> Option<(String, u32, AskId)> {
    room.effects.iter().find_map(|effect| match effect {
        Effect::PrintSlip { ask, slip } => match slip.as_ref() {
            SlipData::Ticket { ticket, copy, .. } => Some((ticket.number.clone(), *copy, *ask)),
            SlipData::Receipt { .. } | SlipData::Booking { .. } | SlipData::Guide { .. } => None,
        },
        _ => None,
    })
}

fn printed(room: &mut Room, ask: AskId, outcome: PrintedAs) {
    room.event(Event::Printed { ask, outcome });
}

#[test]
fn the_number_comes_out_on_paper_and_is_said_to_only_when_the_printer_said_so() {
    let mut room = by_card();
    answered(&mut room, CheckIn::InTime);
    let (number, copy, ask) = sent(&room).expect("it is printed");
    assert_eq!((number.as_str(), copy), ("B014", 0));
    assert_eq!(paper(&room), Some(SlipState::Printing));
    // Tapped while it prints: one paper.
    room.touch(Touch::PrintSlip);
    assert_eq!(sent(&room), None);
    printed(&mut room, ask, PrintedAs::Printed);
    assert_eq!(paper(&room), Some(SlipState::Printed));
    room.touch(Touch::PrintSlip);
    let (_, copy, _) = sent(&room).expect("once more");
    assert_eq!(copy, 1, "a second paper is a copy");
}

#[test]
fn a_number_that_was_taken_or_drawn_back_has_been_printed_and_the_next_is_a_copy() {
    for outcome in [PrintedAs::Taken, PrintedAs::DrawnBack] {
        let mut room = by_card();
        answered(&mut room, CheckIn::InTime);
        let (_, _, ask) = sent(&room).expect("it is printed");
        printed(&mut room, ask, outcome);
        room.touch(Touch::PrintSlip);
        let (_, copy, _) = sent(&room).expect("once more");
        assert_eq!(copy, 1, "{outcome:?}");
    }
}

#[test]
fn the_paper_jams_and_the_number_counts_all_the_same() {
    let mut room = by_card();
    answered(&mut room, CheckIn::Late);
    let (_, _, ask) = sent(&room).expect("it is printed");
    printed(&mut room, ask, PrintedAs::NotPrinted);
    assert_eq!(paper(&room), Some(SlipState::NotPrinted));
    room.touch(Touch::PrintSlip);
    let (number, copy, _) = sent(&room).expect("once more");
    assert_eq!((number.as_str(), copy), ("B014", 0), "none came out before");
    room.touch(Touch::Next);
    assert!(matches!(room.page(), Page::Goodbye(page) if page.has_number));
}

#[test]
fn no_printer_no_promise() {
    let mut room = Room::new();
    room.event(Event::Devices(Devices {
        receipt_printer: DeviceState::NotReady,
        ..all_well()
    }));
    asks(&mut room);
    room.card(1);
    room.touch(Touch::Next);
    yes(&mut room);
    answered(&mut room, CheckIn::InTime);
    assert_eq!(
        (sent(&room), paper(&room)),
        (None, Some(SlipState::NoPrinter))
    );
}

#[test]
fn who_has_checked_in_before_gets_a_copy_and_only_when_asked_for() {
    let mut room = by_card();
    answered(&mut room, CheckIn::Already);
    assert_eq!((sent(&room), paper(&room)), (None, None));
    room.touch(Touch::PrintSlip);
    let (number, copy, _) = sent(&room).expect("it is printed");
    assert_eq!((number.as_str(), copy), ("B014", 1));
}

#[test]
fn an_outcome_without_a_number_prints_nothing() {
    for outcome in [
        CheckIn::TooEarly,
        CheckIn::OtherStation,
        CheckIn::OtherDay,
        CheckIn::NoBooking,
    ] {
        let mut room = by_card();
        answered(&mut room, outcome);
        room.touch(Touch::PrintSlip);
        assert_eq!((sent(&room), paper(&room)), (None, None), "{outcome:?}");
    }
}
