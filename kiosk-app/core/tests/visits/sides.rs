//! Front and back of a paper, a page that lies on its side, sheets left in the feeder.

use kiosk_core::screen::{Action, Page, PictureId, ScanPage, ScanTrouble};
use kiosk_core::{AskId, Effect, Event, ScanLook, ScanRoom, Scanned, Touch};

use crate::papers::{comes, opened_paper, page};
use crate::room::Room;

fn card(n: u32) -> Scanned {
    Scanned {
        card: true,
        ..page(n)
    }
}

/// A kiosk at the first paper, of which front and back are wanted.
fn two_sided() -> Room {
    let mut room = Room::new();
    room.limit_scans(r#"{"sides": "both"}"#);
    opened_paper(&mut room);
    room
}

/// Starts a scan: what it may bring, and how it is filed.
fn scan(room: &mut Room) -> (AskId, ScanRoom, ScanLook) {
    room.touch(Touch::Next);
    let found = room.effects.iter().find_map(|effect| match effect {
        Effect::Scan { ask, room, look } => Some((*ask, *room, look.clone())),
        _ => None,
    });
    found.expect("a scan")
}

fn place(room: &Room) -> (bool, u16) {
    match room.page() {
        Page::Scan(ScanPage::Place { back, pages, .. }) => (back, pages),
        other => panic!("{other:?}"),
    }
}

fn primary(room: &Room) -> Option<(Action, bool)> {
    let primary = room.kiosk.screen().foot.primary?;
    Some((primary.action, primary.enabled))
}

fn dropped(room: &Room) -> Vec<u32> {
    let drops = room.effects.iter().filter_map(|effect| match effect {
        Effect::DropPicture(picture) => Some(picture.0),
        _ => None,
    });
    drops.collect()
}

/// Numbers of the pages kept, looked through from the first.
fn kept(room: &mut Room) -> Vec<u32> {
    crate::papers::open_pages(room, paper_place(room));
    let mut numbers = Vec::new();
    loop {
        let Page::Scan(ScanPage::Pages {
            picture,
            page,
            pages,
            ..
        }) = room.page()
        else {
            panic!("{:?}", room.page())
        };
        numbers.push(picture.0);
        if page == pages {
            return numbers;
        }
        room.touch(Touch::Turn(1));
    }
}

/// The place of the only scanned paper in the checklist.
fn paper_place(room: &Room) -> usize {
    let Page::Materials(list) = room.page() else {
        panic!("{:?}", room.page())
    };
    let scanned = |entry: &kiosk_core::screen::MaterialEntry| {
        matches!(entry.state, kiosk_core::screen::MaterialState::Scanned(_))
    };
    list.materials.iter().position(scanned).expect("scanned")
}

#[test]
fn front_and_back_of_a_card_are_asked_for_and_kept_as_one_page() {
    let mut room = two_sided();
    let (ask, asked, look) = scan(&mut room);
    assert!(asked.both_sides && asked.after.is_none() && look.front.is_none());
    comes(&mut room, ask, &[card(1)]);
    assert_eq!(primary(&room), Some((Action::OtherSide, true)));
    room.touch(Touch::Next);
    assert_eq!(place(&room), (true, 0), "nothing is kept of one side alone");
    let (ask, asked, look) = scan(&mut room);
    assert_eq!((asked.pages, asked.both_sides), (1, false));
    assert_eq!(look.front, Some(PictureId(1)));
    assert_eq!(asked.after, Some(PictureId(1)), "not the same side twice");
    comes(&mut room, ask, &[card(2)]);
    assert_eq!(primary(&room), Some((Action::KeepPage, true)));
    room.touch(Touch::Next);
    assert_eq!(dropped(&room), [1], "the page of both holds it");
    assert_eq!(kept(&mut room), [2]);
}

#[test]
fn a_back_scanned_badly_is_scanned_again_and_thinking_better_of_it_leaves_nothing() {
    let mut room = two_sided();
    let (ask, ..) = scan(&mut room);
    comes(&mut room, ask, &[card(1)]);
    room.touch(Touch::Next);
    let (ask, ..) = scan(&mut room);
    comes(&mut room, ask, &[card(2)]);
    room.touch(Touch::Retake);
    assert_eq!((dropped(&room), place(&room)), (vec![2], (true, 0)));
    let (ask, _, look) = scan(&mut room);
    assert_eq!(look.front, Some(PictureId(1)), "the front is still there");
    let trouble = Some(ScanTrouble::NoCard);
    room.event(Event::ScanEnded { ask, trouble });
    assert_eq!(place(&room), (true, 0));
    room.touch(Touch::Back);
    assert_eq!((dropped(&room), place(&room)), (vec![1], (false, 0)));
    let (ask, _, look) = scan(&mut room);
    assert_eq!(look.front, None);
    comes(&mut room, ask, &[card(3)]);
    room.touch(Touch::Next);
    room.end();
    assert!(
        dropped(&room).contains(&3),
        "the person leaves with one side scanned"
    );
}

#[test]
fn the_back_of_a_sheet_is_asked_for_once_and_may_be_left_out() {
    let mut room = two_sided();
    let (ask, ..) = scan(&mut room);
    comes(&mut room, ask, &[page(1)]);
    room.touch(Touch::Next);
    assert_eq!(place(&room), (true, 1));
    let (ask, asked, look) = scan(&mut room);
    assert_eq!((asked.after, look.front), (Some(PictureId(1)), None));
    comes(&mut room, ask, &[page(2)]);
    assert_eq!(primary(&room), Some((Action::KeepPage, true)));
    room.touch(Touch::AddPage);
    assert_eq!(place(&room), (false, 2));
    let (ask, ..) = scan(&mut room);
    comes(&mut room, ask, &[page(3)]);
    room.touch(Touch::Next);
    // Nothing is on its back.
    room.touch(Touch::Back);
    room.touch(Touch::Next);
    assert_eq!(kept(&mut room), [1, 2, 3]);
}

#[test]
fn a_pile_of_two_sided_sheets_needs_no_turning_over() {
    let mut room = two_sided();
    let (ask, asked, _) = scan(&mut room);
    assert!(asked.both_sides);
    comes(&mut room, ask, &[page(1), page(2), page(3), page(4)]);
    room.touch(Touch::Next);
    assert_eq!(kept(&mut room), [1, 2, 3, 4]);
}

#[test]
fn of_a_paper_with_one_side_a_card_is_a_page_like_any() {
    let mut room = Room::new();
    opened_paper(&mut room);
    let (ask, asked, _) = scan(&mut room);
    assert!(!asked.both_sides);
    comes(&mut room, ask, &[card(1)]);
    room.touch(Touch::Next);
    assert_eq!(kept(&mut room), [1]);
}

/// Asks for the page shown to be turned.
fn turn(room: &mut Room) -> (AskId, PictureId) {
    room.touch(Touch::TurnPage);
    let found = room.effects.iter().find_map(|effect| match effect {
        Effect::TurnPage { ask, picture, .. } => Some((*ask, *picture)),
        _ => None,
    });
    found.expect("a turn")
}

#[test]
fn a_page_on_its_side_is_turned_before_it_is_kept_and_afterwards() {
    let mut room = Room::new();
    opened_paper(&mut room);
    let (ask, ..) = scan(&mut room);
    comes(&mut room, ask, &[page(1)]);
    let (ask, picture) = turn(&mut room);
    assert_eq!(picture, PictureId(1));
    assert_eq!(primary(&room), Some((Action::KeepPage, false)));
    room.touch(Touch::Next);
    let looked_at = |room: &Room| matches!(room.page(), Page::Scan(ScanPage::Look { .. }));
    assert!(looked_at(&room), "it is kept as it is seen, so not yet");
    let turned = Some(page(2));
    room.event(Event::PageTurned { ask, page: turned });
    assert_eq!((dropped(&room), looked_at(&room)), (vec![1], true));
    room.touch(Touch::Next);
    assert_eq!(kept(&mut room), [2]);
    let (ask, picture) = turn(&mut room);
    assert_eq!(picture, PictureId(2));
    let turned = Some(page(3));
    room.event(Event::PageTurned { ask, page: turned });
    assert_eq!(dropped(&room), [2]);
    let (ask, _) = turn(&mut room);
    room.event(Event::PageTurned { ask, page: None });
    room.touch(Touch::Next);
    assert_eq!(kept(&mut room), [3], "one that cannot be turned stays");
}

#[test]
fn a_turned_page_that_comes_late_is_dropped() {
    let mut room = Room::new();
    opened_paper(&mut room);
    let (ask, ..) = scan(&mut room);
    comes(&mut room, ask, &[page(1)]);
    let (ask, _) = turn(&mut room);
    room.touch(Touch::Retake);
    let turned = Some(page(2));
    room.event(Event::PageTurned { ask, page: turned });
    assert_eq!(dropped(&room), [2]);
}

#[test]
fn sheets_left_in_the_feeder_are_said_until_something_else_is_looked_at() {
    let mut room = Room::new();
    room.limit_scans(r#"{"maxPages": 2}"#);
    opened_paper(&mut room);
    let (ask, asked, _) = scan(&mut room);
    assert_eq!(asked.pages, 2);
    for n in 1..=2 {
        let (page, fed) = (page(n), true);
        room.event(Event::Scanned { ask, page, fed });
    }
    let trouble = Some(ScanTrouble::SheetsLeft);
    room.event(Event::ScanEnded { ask, trouble });
    let left = |room: &Room| match room.page() {
        Page::Scan(ScanPage::Pages { left, page, .. }) => (left, page),
        other => panic!("{other:?}"),
    };
    assert_eq!(left(&room), (true, 1));
    room.touch(Touch::Turn(1));
    assert_eq!(left(&room), (false, 2));
}
