//! How the result should reach the resident: asked once, confirmed, shown, filed.

use city_catalogue::delivery::{State, Way};
use jiff::civil::date;
use kiosk_core::screen::{
    Action, DeliveryPage, Due, Page, ResultPrinting, ReviewRow, StationChoice,
};
use kiosk_core::{
    DeliveryReply, Effect, Event, MatterReply, Outcome, OutcomeReply, Reply, ResultReply, Secret,
    Touch, Wish,
};

use crate::room::{FIRST, Room};
use crate::samples::matter;

/// An item on the spot whose result is printed, read or fetched, and one that may be posted and is
/// printed by no kiosk.
const PRINTED: &str = "失业登记";
const POSTED: &str = "出生医学证明补发";
/// The address on the first card.
const HOME: &str = "云汀市汀东区示例路1号";

/// Up to the question how the result should reach the resident.
fn asked(words: &str) -> Room {
    let mut room = Room::new();
    room.find(words);
    room.prove();
    for _ in 0..60 {
        if let Page::Delivery(_) = room.page() {
            return room;
        }
        room.step_forward();
    }
    panic!("never asked: {:?}", room.page());
}

fn delivery(room: &Room) -> DeliveryPage {
    match room.page() {
        Page::Delivery(page) => page,
        other => panic!("{other:?}"),
    }
}

/// The ways offered, and the one that is on.
fn ways(room: &Room) -> (Vec<Way>, Option<Way>) {
    match delivery(room) {
        DeliveryPage::Way { ways } => (
            ways.iter().map(|shown| shown.way).collect(),
            ways.iter().find(|shown| shown.on).map(|shown| shown.way),
        ),
        other => panic!("{other:?}"),
    }
}

fn pick(room: &mut Room, way: Way) {
    let (all, _) = ways(room);
    let place = all.iter().position(|offered| *offered == way);
    room.touch(Touch::Pick(place.expect("offered")));
    assert_eq!(ways(room).1, Some(way));
    room.touch(Touch::Next);
}

fn stations(room: &Room) -> Vec<StationChoice> {
    match delivery(room) {
        DeliveryPage::Station { stations, .. } => stations,
        other => panic!("{other:?}"),
    }
}

/// The row of the review about it, with its place on the list page.
fn row(room: &mut Room) -> (usize, ReviewRow) {
    loop {
        let Page::Review(page) = room.page() else {
            panic!("{:?}", room.page())
        };
        let mut rows = page.rows.iter().enumerate();
        if let Some((place, row)) = rows.find(|(_, row)| row.delivery.is_some()) {
            return (place, row.clone());
        }
        assert!(page.turn.at < page.turn.of, "no row about the result");
        room.touch(Touch::Turn(1));
    }
}

/// What was filed as the wish.
fn filed(room: &mut Room) -> Option<Wish> {
    room.reach_the_signature();
    room.touch(Touch::Next);
    room.effects.iter().find_map(|effect| match effect {
        Effect::File { filing, .. } => Some(filing.delivery.clone()),
        _ => None,
    })?
}

#[test]
fn each_way_is_asked_for_what_it_needs_said_on_the_review_and_filed() {
    let window = Wish::Window {
        station: "S002".into(),
    };
    let locker = Wish::Locker {
        station: "S001".into(),
    };
    let post = Wish::Post {
        address: Secret::new(HOME),
    };
    let table = [
        (PRINTED, Way::Print, Wish::Print),
        (PRINTED, Way::Electronic, Wish::Electronic),
        (PRINTED, Way::Window, window),
        (PRINTED, Way::Locker, locker),
        (POSTED, Way::Post, post),
    ];
    for (item, way, wish) in table {
        let mut room = asked(item);
        pick(&mut room, way);
        match way {
            Way::Print | Way::Electronic => {}
            Way::Window => room.touch(Touch::Next),
            Way::Locker => {
                room.touch(Touch::Pick(0));
                room.touch(Touch::Next);
            }
            Way::Post => {
                let foot = room.kiosk.screen().foot;
                let confirms = foot.primary.expect("a button");
                assert_eq!(
                    (confirms.action, confirms.enabled),
                    (Action::PostThere, true)
                );
                room.touch(Touch::Next);
            }
        }
        let (_, row) = row(&mut room);
        let shown = row.delivery.expect("a wish");
        assert_eq!((shown.way, shown.only, row.change), (way, false, true));
        assert_eq!(shown.station.is_some(), wish.station().is_some(), "{way:?}");
        assert_eq!(
            shown.address.as_ref().map(Secret::reveal),
            (way == Way::Post).then_some(HOME)
        );
        assert_eq!(filed(&mut room), Some(wish));
    }
}

#[test]
fn the_item_s_own_way_is_proposed_and_the_ways_are_those_it_offers() {
    let room = asked(PRINTED);
    let offered = [Way::Print, Way::Window, Way::Electronic, Way::Locker];
    assert_eq!(ways(&room), (offered.to_vec(), Some(Way::Print)));
    let room = asked(POSTED);
    let offered = [Way::Window, Way::Electronic, Way::Locker, Way::Post];
    assert_eq!(ways(&room), (offered.to_vec(), Some(Way::Window)));
}

#[test]
fn the_kiosk_s_own_station_comes_first_and_one_without_windows_is_not_offered() {
    let mut room = asked(PRINTED);
    pick(&mut room, Way::Window);
    let stations = stations(&room);
    let on: Vec<bool> = stations.iter().map(|choice| choice.on).collect();
    assert_eq!(on, [true, false, false, false, false]);
    let shelf = crate::samples::shelf();
    let here = shelf.catalogue.station("S002").expect("a station");
    assert_eq!(stations[0].station.name.zh, here.zh);
}

#[test]
fn no_locker_is_proposed_where_this_station_has_none() {
    let mut room = asked(PRINTED);
    pick(&mut room, Way::Locker);
    assert_eq!(stations(&room).len(), 1);
    let primary = room.kiosk.screen().foot.primary.expect("a button");
    assert!(!primary.enabled);
    room.touch(Touch::Next);
    assert_eq!(stations(&room).len(), 1, "it waits for the choice");
}

#[test]
fn an_address_is_never_confirmed_silently() {
    let mut room = asked(POSTED);
    pick(&mut room, Way::Post);
    let from_card = DeliveryPage::Address {
        text: HOME.into(),
        from_card: true,
    };
    assert_eq!(delivery(&room), from_card);
    // Back from it without the button: nothing is wished.
    room.touch(Touch::Back);
    assert_eq!(ways(&room).1, Some(Way::Window));
    pick(&mut room, Way::Post);
    room.touch(Touch::ClearText);
    room.touch(Touch::Next);
    let nothing = DeliveryPage::Address {
        text: String::new(),
        from_card: false,
    };
    assert_eq!(delivery(&room), nothing, "an empty address goes nowhere");
    room.touch(Touch::Type("汀西区示例街8号".into()));
    room.touch(Touch::Next);
    let address = Secret::new("汀西区示例街8号");
    assert_eq!(filed(&mut room), Some(Wish::Post { address }));
}

#[test]
fn changed_on_the_review_the_signed_form_is_void_and_the_new_wish_is_filed() {
    let mut room = asked(PRINTED);
    pick(&mut room, Way::Print);
    room.reach_the_signature();
    room.touch(Touch::Back);
    while !matches!(room.page(), Page::Review(_)) {
        room.touch(Touch::Back);
    }
    let (place, _) = row(&mut room);
    room.touch(Touch::Change(place));
    assert_eq!(ways(&room).1, Some(Way::Print), "what was chosen is on");
    room.touch(Touch::Back);
    assert!(matches!(room.page(), Page::Review(_)), "{:?}", room.page());
    let (place, _) = row(&mut room);
    room.touch(Touch::Change(place));
    pick(&mut room, Way::Electronic);
    let dropped = room.count(|effect| matches!(effect, Effect::DropPicture(_)));
    assert_eq!(dropped, 1, "the form said another way");
    assert!(matches!(room.page(), Page::Review(_)), "{:?}", room.page());
    assert_eq!(filed(&mut room), Some(Wish::Electronic));
}

#[test]
fn papers_changed_on_the_review_do_not_ask_for_the_way_again() {
    let mut room = asked(PRINTED);
    pick(&mut room, Way::Electronic);
    room.touch(Touch::Back);
    assert!(
        matches!(room.page(), Page::Delivery(_)),
        "{:?}",
        room.page()
    );
    room.touch(Touch::Next);
    let Page::Review(page) = room.page() else {
        panic!("{:?}", room.page())
    };
    assert!(page.turn.of >= 1);
}

#[test]
fn an_item_with_one_way_asks_nothing_and_says_it_on_the_review() {
    let mut room = Room::new();
    room.event(Event::Shelf(crate::samples::shelf_printed_only()));
    room.find(PRINTED);
    room.prove();
    for _ in 0..60 {
        match room.page() {
            Page::Review(_) => break,
            Page::Delivery(page) => panic!("asked: {page:?}"),
            _ => room.step_forward(),
        }
    }
    let (place, said) = row(&mut room);
    let shown = said.delivery.expect("the way");
    assert_eq!(
        (shown.way, shown.only, said.change),
        (Way::Print, true, false)
    );
    room.touch(Touch::Change(place));
    assert!(matches!(room.page(), Page::Review(_)), "nothing to change");
    assert_eq!(filed(&mut room), None, "the item's own way");
}

/// A granted result of the application stored under [`FIRST`].
fn granted(room: &mut Room) {
    room.received();
    let ask = room.asked();
    let answer = Ok(Reply::Outcome(OutcomeReply {
        outcome: Outcome::Granted,
        due: None,
        result: Some(ResultReply {
            id: "r".into(),
            name: "登记证明".into(),
            number: "1".into(),
            verification: "ABCD".into(),
            prints: true,
        }),
    }));
    room.event(Event::City { ask, answer });
}

#[test]
fn what_goes_another_way_is_not_printed_unasked() {
    for (way, prints) in [(Way::Print, 1), (Way::Electronic, 0)] {
        let mut room = asked(PRINTED);
        pick(&mut room, way);
        room.reach_the_signature();
        room.submitted(FIRST);
        granted(&mut room);
        let printed = room.count(|effect| matches!(effect, Effect::PrintResult { .. }));
        assert_eq!(printed, prints, "{way:?}");
        let Page::Done(page) = room.page() else {
            panic!("{:?}", room.page())
        };
        let printing = page.result.expect("a result").printing;
        assert_eq!(printing == ResultPrinting::AsChosen, prints == 0, "{way:?}");
    }
}

#[test]
fn a_decided_case_says_what_way_where_and_until_when() {
    let reply = DeliveryReply {
        way: Way::Locker,
        state: State::InLocker,
        due: Due {
            date: date(2026, 12, 4),
            provisional: true,
        },
        station: Some("S001".into()),
        compartment: Some(2),
        tracking: None,
        kept_until: Some(date(2027, 2, 28)),
        delivered: None,
    };
    let mut room = Room::new();
    room.touch(Touch::Start);
    room.touch(Touch::Pick(1));
    room.card(1);
    room.prove_known_up_to_registers();
    let ask = room.asked();
    let matter = MatterReply {
        delivery: Some(reply.clone()),
        ..matter(1)
    };
    let answer = Ok(Reply::Matters(vec![matter]));
    room.event(Event::City { ask, answer });
    room.touch(Touch::Pick(0));
    let Page::Matter(page) = room.page() else {
        panic!("{:?}", room.page())
    };
    let shown = page.delivery.expect("where the result is");
    assert_eq!(shown.reply, reply);
    let station = shown.station.expect("a station");
    assert!(!station.name.en.is_empty() && !station.address.is_empty());
}
