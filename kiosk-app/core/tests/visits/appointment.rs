//! Appointments: booking, moving, cancelling, and everything that comes between.

use city_catalogue::hall::{BookingState, CheckIn};
use jiff::civil::{DateTime, date};
use kiosk_core::screen::{
    Action, AppointmentPage, AppointmentTrouble, ConfirmShown, Deed, DoneDeed, IdentifyPage,
    Overlay, Page, SlipState, StartChoice, Waiting,
};
use kiosk_core::{
    AppointmentAsk, AppointmentReply, AskId, Away, BookingReply, CheckInReply, Devices, Effect,
    Event, FactorReply, Link, PrintedAs, Refusal, Reply, Request, Secret, SlipData, SlotReply,
    Stop, Touch, stops,
};

use crate::room::Room;
use crate::samples::{all_well, booking, slots};

// --- the room --------------------------------------------------------------------------

fn city(room: &mut Room, answer: Result<Reply, Away>) {
    let ask = room.asked();
    room.event(Event::City { ask, answer });
}

fn told(room: &mut Room, reply: AppointmentReply) {
    city(room, Ok(Reply::Appointment(reply)));
}

fn own(bookings: Vec<BookingReply>) -> AppointmentReply {
    AppointmentReply::Own {
        bookings,
        barred_until: None,
    }
}

/// A booking of the person for which somebody is expected.
fn mine() -> BookingReply {
    let booking = booking(0, 0);
    assert_eq!(booking.state, BookingState::Booked);
    booking
}

fn page(room: &Room) -> AppointmentPage {
    match room.page() {
        Page::Appointment(page) => page,
        other => panic!("no appointments: {other:?}"),
    }
}

fn trouble(room: &Room) -> AppointmentTrouble {
    match page(room) {
        AppointmentPage::Trouble(trouble) => trouble,
        other => panic!("no trouble: {other:?}"),
    }
}

fn confirm(room: &Room) -> ConfirmShown {
    match page(room) {
        AppointmentPage::Confirm(page) => *page,
        other => panic!("nothing to confirm: {other:?}"),
    }
}

fn done(room: &Room) -> DoneDeed {
    match page(room) {
        AppointmentPage::Done(page) => *page,
        other => panic!("not done: {other:?}"),
    }
}

fn action(room: &Room) -> Option<Action> {
    room.kiosk.screen().foot.primary.map(|it| it.action)
}

/// What the city was asked in the last event.
fn asked(room: &Room) -> Option<AppointmentAsk> {
    room.effects.iter().find_map(|effect| match effect {
        Effect::Ask {
            request: Request::Appointment(asked),
            ..
        } => Some(asked.clone()),
        _ => None,
    })
}

/// The start page's entry for appointments, from idle, then the card: no booking is known.
fn without_a_booking() -> Room {
    let mut room = Room::new();
    room.touch(Touch::Start);
    choose(&mut room, StartChoice::CheckIn);
    room.card(1);
    room.touch(Touch::Next);
    let grant = Secret::new("g");
    city(&mut room, Ok(Reply::Factor(FactorReply::Yes { grant })));
    let none = CheckInReply {
        outcome: CheckIn::NoBooking,
        ticket: None,
        station: None,
        begins: None,
        opens: None,
    };
    city(&mut room, Ok(Reply::CheckIn(Box::new(none))));
    room
}

fn choose(room: &mut Room, choice: StartChoice) {
    let Page::Start(page) = room.page() else {
        panic!("{:?}", room.page());
    };
    let place = page.choices.iter().position(|it| it.choice == choice);
    room.touch(Touch::Pick(place.expect("offered")));
}

/// On the list of these bookings.
fn listed(bookings: Vec<BookingReply>) -> Room {
    let mut room = without_a_booking();
    room.touch(Touch::Appointments);
    told(&mut room, own(bookings));
    room
}

/// From the list to the times of the first day, for the last matter at this kiosk's station.
fn to_the_times(room: &mut Room) {
    room.touch(Touch::Next);
    let AppointmentPage::Matter { matters, .. } = page(room) else {
        panic!("{:?}", page(room));
    };
    room.touch(Touch::Pick(matters.len() - 1));
    room.touch(Touch::Pick(0));
    told(room, AppointmentReply::Slots(slots(4)));
    room.touch(Touch::Pick(0));
}

/// On the question whether the first time of the first day is booked.
fn asked_to_confirm() -> Room {
    let mut room = listed(Vec::new());
    to_the_times(&mut room);
    room.touch(Touch::Pick(0));
    room
}

/// On the open booking.
fn opened() -> Room {
    let mut room = listed(vec![mine()]);
    room.touch(Touch::Pick(0));
    room
}

/// On the question whether the booking is moved to the first time of the second day.
fn asked_to_move() -> Room {
    let mut room = opened();
    room.touch(Touch::Pick(0));
    room.touch(Touch::Pick(0));
    told(&mut room, AppointmentReply::Slots(slots(4)));
    room.touch(Touch::Pick(1));
    room.touch(Touch::Pick(0));
    room
}

/// On the question whether the booking is cancelled.
fn asked_to_cancel() -> Room {
    let mut room = opened();
    room.touch(Touch::Pick(1));
    room
}

fn at(day: i8, hour: i8) -> DateTime {
    date(2026, 12, day).at(hour, 0, 0, 0)
}

/// What was sent to the printer in the last event: begin, name, and mark.
fn sent(room: &Room) -> Option<(DateTime, Option<String>, u32, AskId)> {
    room.effects.iter().find_map(|effect| match effect {
        Effect::PrintSlip { ask, slip } => match slip.as_ref() {
            SlipData::Booking {
                name,
                booking,
                copy,
                ..
            } => Some((booking.begins, name.clone(), *copy, *ask)),
            SlipData::Receipt { .. } | SlipData::Ticket { .. } | SlipData::Guide { .. } => None,
        },
        _ => None,
    })
}

// --- the way ---------------------------------------------------------------------------

#[test]
fn who_has_no_booking_books_one_and_it_is_said_to_be_only_when_the_city_said_so() {
    let mut room = asked_to_confirm();
    let shown = confirm(&room);
    assert_eq!((shown.deed, shown.begins), (Deed::Book, at(3, 9)));
    assert!(shown.name.ends_with('*'), "{}", shown.name);
    assert!(!shown.bring.is_empty(), "what to bring is said before");
    assert_eq!(
        asked(&room).map(|it| it.deed()),
        None,
        "nothing is booked yet"
    );
    room.touch(Touch::Next);
    let Some(AppointmentAsk::Book {
        station, begins, ..
    }) = asked(&room)
    else {
        panic!("{:?}", asked(&room));
    };
    assert_eq!((station.as_str(), begins), ("S002", at(3, 9)));
    assert!(matches!(room.page(), Page::Wait(page) if page.what == Waiting::Booking));
    told(&mut room, AppointmentReply::Done(Box::new(mine())));
    let done = done(&room);
    assert_eq!(
        (done.deed, done.booking.begins),
        (Deed::Book, mine().begins)
    );
    assert_eq!(done.booking.code.reveal(), "K2Q2A-22B22");
    assert_eq!(done.print, Some(SlipState::Printing));
}

#[test]
fn a_full_day_or_time_is_shown_and_not_taken() {
    let mut room = listed(Vec::new());
    to_the_times(&mut room);
    room.touch(Touch::Pick(1));
    let AppointmentPage::Slot { slots, .. } = page(&room) else {
        panic!("{:?}", page(&room));
    };
    assert_eq!(slots[1].left, 0, "it stays visible");
    let stops = stops(&room.kiosk.screen());
    assert!(!stops.contains(&Stop::Touch(Touch::Pick(1))), "{stops:?}");
    assert!(stops.contains(&Stop::Touch(Touch::Pick(2))), "{stops:?}");
    room.touch(Touch::Back);
    room.touch(Touch::Back);
    room.touch(Touch::Pick(0));
    let full = slots.iter().map(|slot| SlotReply { left: 0, ..*slot });
    told(&mut room, AppointmentReply::Slots(full.collect()));
    room.touch(Touch::Pick(0));
    assert!(matches!(page(&room), AppointmentPage::Day { .. }));
}

#[test]
fn back_from_every_page_leads_to_the_one_before_with_what_was_chosen() {
    let mut room = asked_to_confirm();
    let name = |page: &AppointmentPage| {
        format!("{page:?}")
            .split(['(', ' '])
            .next()
            .map(str::to_owned)
    };
    let mut way = Vec::new();
    for _ in 0..6 {
        way.extend(name(&page(&room)));
        room.touch(Touch::Back);
    }
    assert_eq!(way, ["Confirm", "Slot", "Day", "Station", "Matter", "List"]);
    assert!(matches!(room.page(), Page::Start(_)));
}

#[test]
fn the_next_booking_is_told_in_my_matters_which_wait_for_nothing() {
    let mut room = Room::new();
    room.touch(Touch::Start);
    choose(&mut room, StartChoice::MyMatters);
    room.card(1);
    room.touch(Touch::Next);
    room.touch(Touch::Pick(0));
    let grant = Secret::new("g");
    city(&mut room, Ok(Reply::Factor(FactorReply::Yes { grant })));
    city(&mut room, Ok(Reply::Matters(Vec::new())));
    let Page::Matters(matters) = room.page() else {
        panic!("{:?}", room.page());
    };
    assert_eq!(matters.booked, None);
    let cancelled = BookingReply {
        state: BookingState::Cancelled,
        ..mine()
    };
    told(&mut room, own(vec![cancelled, booking(1, 0)]));
    let Page::Matters(matters) = room.page() else {
        panic!("{:?}", room.page());
    };
    let next = matters.booked.expect("told");
    assert_eq!((next.count, next.begins), (1, at(4, 9)));
    room.touch(Touch::Appointments);
    assert!(matches!(asked(&room), Some(AppointmentAsk::Own { .. })));
}

// --- what goes wrong -------------------------------------------------------------------

#[test]
fn somebody_else_was_faster_and_only_the_time_is_chosen_again() {
    let mut room = asked_to_confirm();
    room.touch(Touch::Next);
    told(&mut room, AppointmentReply::Refused(Refusal::SlotFull));
    assert!(
        matches!(asked(&room), Some(AppointmentAsk::Slots { station, .. }) if station == "S002")
    );
    told(&mut room, AppointmentReply::Slots(slots(4)));
    let AppointmentPage::Slot { day, taken, .. } = page(&room) else {
        panic!("{:?}", page(&room));
    };
    assert_eq!((day, taken), (date(2026, 12, 3), true));
    room.touch(Touch::Pick(2));
    assert_eq!(confirm(&room).begins, at(3, 11));
}

#[test]
fn the_last_place_of_the_day_is_gone_and_another_day_is_chosen() {
    let mut room = asked_to_confirm();
    room.touch(Touch::Next);
    told(&mut room, AppointmentReply::Refused(Refusal::SlotFull));
    let later = slots(4).into_iter().filter(|slot| slot.begins.day() == 4);
    told(&mut room, AppointmentReply::Slots(later.collect()));
    assert!(
        matches!(page(&room), AppointmentPage::Day { taken: true, days, .. } if days.len() == 1)
    );
}

#[test]
fn a_lost_answer_is_asked_for_again_and_books_once() {
    let mut room = asked_to_confirm();
    room.touch(Touch::Next);
    let Some(AppointmentAsk::Book { id, begins, .. }) = asked(&room) else {
        panic!("{:?}", asked(&room));
    };
    city(&mut room, Err(Away));
    assert_eq!(trouble(&room), AppointmentTrouble::NoAnswer(Deed::Book));
    assert_eq!(action(&room), Some(Action::TryAgain));
    // The next try does not get through: the first one may have, all the same.
    room.touch(Touch::Next);
    told(&mut room, AppointmentReply::NotSent);
    assert_eq!(trouble(&room), AppointmentTrouble::NoAnswer(Deed::Book));
    room.touch(Touch::Next);
    let Some(AppointmentAsk::Book {
        id: again,
        begins: same,
        ..
    }) = asked(&room)
    else {
        panic!("{:?}", asked(&room));
    };
    assert_eq!((again, same), (id, begins), "it is one booking");
    told(&mut room, AppointmentReply::Done(Box::new(mine())));
    assert_eq!(done(&room).deed, Deed::Book);
}

#[test]
fn no_answer_in_time_is_said_and_a_late_one_changes_nothing() {
    let mut room = asked_to_cancel();
    room.touch(Touch::Next);
    let ask = room.asked();
    room.wait(15);
    assert_eq!(trouble(&room), AppointmentTrouble::NoAnswer(Deed::Cancel));
    let answer = Ok(Reply::Appointment(AppointmentReply::Done(Box::new(mine()))));
    room.event(Event::City { ask, answer });
    assert_eq!(trouble(&room), AppointmentTrouble::NoAnswer(Deed::Cancel));
    room.touch(Touch::Back);
    assert!(
        matches!(asked(&room), Some(AppointmentAsk::Own { .. })),
        "the city tells what stands"
    );
}

#[test]
fn without_the_city_nothing_is_done_and_it_says_so() {
    let deeds: [(fn() -> Room, Deed); 3] = [
        (asked_to_confirm, Deed::Book),
        (asked_to_move, Deed::Move),
        (asked_to_cancel, Deed::Cancel),
    ];
    for (asked_to, deed) in deeds {
        let mut room = asked_to();
        assert_eq!(confirm(&room).deed, deed);
        room.event(Event::Link(Link::Away));
        room.touch(Touch::Next);
        assert!(asked(&room).is_none(), "{deed:?} was sent");
        assert_eq!(trouble(&room), AppointmentTrouble::NotSent(deed));
        // Tried again, it is asked whatever is known of the city.
        room.touch(Touch::Next);
        assert_eq!(asked(&room).and_then(|it| it.deed()), Some(deed));
        told(&mut room, AppointmentReply::Done(Box::new(mine())));
        assert_eq!(done(&room).deed, deed);
    }
}

#[test]
fn a_no_of_the_city_is_said_and_leads_on() {
    for (refusal, next) in [
        (Refusal::OneADay, Action::ChooseAgain),
        (Refusal::NotOffered, Action::ChooseAgain),
        (Refusal::Barred, Action::MyAppointments),
        (Refusal::TooLate, Action::MyAppointments),
        (Refusal::Gone, Action::MyAppointments),
    ] {
        let mut room = asked_to_move();
        room.touch(Touch::Next);
        told(&mut room, AppointmentReply::Refused(refusal));
        assert_eq!(trouble(&room), AppointmentTrouble::Refused(refusal));
        assert_eq!(action(&room), Some(next), "{refusal:?}");
        room.touch(Touch::Next);
        match next {
            Action::ChooseAgain => assert!(matches!(page(&room), AppointmentPage::Day { .. })),
            _ => assert!(matches!(asked(&room), Some(AppointmentAsk::Own { .. }))),
        }
    }
}

#[test]
fn bookings_that_cannot_be_read_are_not_said_to_be_none() {
    let mut room = without_a_booking();
    room.touch(Touch::Appointments);
    city(&mut room, Err(Away));
    assert_eq!(trouble(&room), AppointmentTrouble::CannotRead);
    room.touch(Touch::Next);
    told(&mut room, own(vec![mine()]));
    assert!(matches!(
        page(&room),
        AppointmentPage::List { total: 1, .. }
    ));
}

#[test]
fn who_missed_too_many_reads_until_when_and_books_nothing() {
    let mut room = without_a_booking();
    room.touch(Touch::Appointments);
    let until = date(2026, 12, 24);
    told(
        &mut room,
        AppointmentReply::Own {
            bookings: Vec::new(),
            barred_until: Some(until),
        },
    );
    assert!(
        matches!(page(&room), AppointmentPage::List { barred_until: Some(day), .. } if day == until)
    );
    room.touch(Touch::Next);
    assert!(matches!(page(&room), AppointmentPage::List { .. }));
}

#[test]
fn a_booking_is_moved_after_one_question_and_the_new_time_is_printed() {
    let mut room = asked_to_move();
    let shown = confirm(&room);
    assert_eq!((shown.before, shown.begins), (Some(at(3, 9)), at(4, 9)));
    room.touch(Touch::Next);
    assert!(
        matches!(asked(&room), Some(AppointmentAsk::Move { id, begins, .. })
        if id == mine().id && begins == at(4, 9))
    );
    let moved = BookingReply {
        begins: at(4, 9),
        ..mine()
    };
    told(&mut room, AppointmentReply::Done(Box::new(moved)));
    let (begins, name, copy, _) = sent(&room).expect("it is printed");
    assert_eq!((begins, copy), (at(4, 9), 0));
    assert!(name.is_some_and(|name| name.ends_with('*')));
}

#[test]
fn a_booking_is_cancelled_after_one_question_and_no_paper_says_otherwise() {
    let mut room = asked_to_cancel();
    assert!(asked(&room).is_none(), "it asks first");
    room.touch(Touch::Next);
    assert!(matches!(asked(&room), Some(AppointmentAsk::Cancel { id, .. }) if id == mine().id));
    let cancelled = BookingReply {
        state: BookingState::Cancelled,
        ..mine()
    };
    told(&mut room, AppointmentReply::Done(Box::new(cancelled)));
    assert_eq!((done(&room).deed, sent(&room)), (Deed::Cancel, None));
    room.touch(Touch::PrintSlip);
    assert_eq!(sent(&room), None);
}

#[test]
fn a_booking_that_was_used_is_shown_and_cannot_be_changed() {
    let used = BookingReply {
        state: BookingState::Arrived,
        ..mine()
    };
    let mut room = listed(vec![used]);
    room.touch(Touch::Pick(0));
    for place in [0, 1] {
        room.touch(Touch::Pick(place));
        assert!(
            matches!(page(&room), AppointmentPage::Booking(_)),
            "{place}"
        );
    }
}

#[test]
fn a_double_tap_on_book_it_asks_once() {
    let mut room = asked_to_confirm();
    let page = room.kiosk.screen().number;
    for n in 1..=2 {
        room.event(Event::Tap(kiosk_core::Tap {
            page,
            touch: Touch::Next,
            random: [n; 16],
        }));
        assert_eq!(asked(&room).is_some(), n == 1, "tap {n}");
    }
}

// --- the card and the paper ------------------------------------------------------------

#[test]
fn the_card_lifted_before_it_is_booked_covers_the_page() {
    let mut room = asked_to_confirm();
    room.lift();
    let cover = room.kiosk.screen().overlay;
    assert!(matches!(cover, Some(Overlay::Cover { .. })), "{cover:?}");
    room.touch(Touch::Next);
    assert!(asked(&room).is_none(), "a passer-by books nothing");
}

#[test]
fn once_it_is_booked_the_card_is_taken_and_opens_nothing_afterwards() {
    let mut room = asked_to_confirm();
    room.touch(Touch::Next);
    told(&mut room, AppointmentReply::Done(Box::new(mine())));
    room.lift();
    assert_eq!(room.kiosk.screen().overlay, None);
    assert_eq!(done(&room).deed, Deed::Book);
    room.touch(Touch::Back);
    choose(&mut room, StartChoice::CheckIn);
    let put = matches!(
        room.page(),
        Page::Identify(IdentifyPage::PutCard { again: None })
    );
    assert!(put, "the card is asked for anew: {:?}", room.page());
}

#[test]
fn who_walks_away_from_a_booking_leaves_nothing_for_the_next() {
    let mut room = asked_to_confirm();
    room.touch(Touch::Next);
    told(&mut room, AppointmentReply::Done(Box::new(mine())));
    let (_, _, _, ask) = sent(&room).expect("it is printed");
    let outcome = PrintedAs::Taken;
    room.event(Event::Printed { ask, outcome });
    room.lift();
    room.wait(60);
    room.wait(30);
    assert!(room.kiosk.is_idle());
    let kept = format!("{:?}", room.kiosk);
    // Of its matter alone the catalogue speaks too.
    assert!(!kept.contains("BookingReply"), "{kept}");
    assert!(!kept.contains("B014"), "{kept}");
}

#[test]
fn the_paper_jams_and_the_booking_holds_all_the_same() {
    let mut room = asked_to_confirm();
    room.touch(Touch::Next);
    told(&mut room, AppointmentReply::Done(Box::new(mine())));
    let (_, _, _, ask) = sent(&room).expect("it is printed");
    // Tapped while it prints: one paper.
    room.touch(Touch::PrintSlip);
    assert_eq!(sent(&room), None);
    let outcome = PrintedAs::Partial;
    room.event(Event::Printed { ask, outcome });
    assert_eq!(done(&room).print, Some(SlipState::Partial));
    assert_eq!(done(&room).booking.state, BookingState::Booked);
    room.touch(Touch::PrintSlip);
    let (_, _, copy, _) = sent(&room).expect("once more");
    assert_eq!(copy, 1, "some of the first came out");
}

#[test]
fn no_printer_no_promise() {
    let mut room = asked_to_confirm();
    room.event(Event::Devices(Devices {
        receipt_printer: kiosk_core::DeviceState::NotReady,
        ..all_well()
    }));
    room.touch(Touch::Next);
    told(&mut room, AppointmentReply::Done(Box::new(mine())));
    assert_eq!(
        (sent(&room), done(&room).print),
        (None, Some(SlipState::NoPrinter))
    );
}
