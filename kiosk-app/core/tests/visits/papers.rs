//! Paper in and out: pages scanned within the bounds, a guide that does not print.

use kiosk_core::screen::{
    MaterialState, Page, PageAdvice, PictureId, ScanPage, ScanTrouble, SlipState,
};
use kiosk_core::{AskId, Devices, Effect, Event, PrintedAs, ScanRoom, Scanned, Touch};

use crate::room::Room;
use crate::samples::all_well;

/// A scanned page.
pub fn page(n: u32) -> Scanned {
    Scanned {
        picture: PictureId(n),
        bytes: 1,
        width: 1,
        height: 1,
        card: false,
        advice: None,
    }
}

/// Opens the first paper to scan of a legal aid application; gives its place in the list.
pub fn opened_paper(room: &mut Room) -> usize {
    room.find("法律援助申请");
    room.prove();
    for _ in 0..60 {
        if let Page::Materials(page) = room.page() {
            let place = page
                .materials
                .iter()
                .position(|m| {
                    matches!(
                        m.state,
                        MaterialState::ToScan
                            | MaterialState::ToScanOrPromise
                            | MaterialState::Optional
                    )
                })
                .expect("something to scan");
            open_pages(room, place);
            assert!(matches!(room.page(), Page::Scan(_)), "{:?}", room.page());
            return place;
        }
        room.step_forward();
    }
    panic!("no paper: {:?}", room.page());
}

/// Scans one page; false when the kiosk takes no more.
fn scan(room: &mut Room, n: u32) -> bool {
    room.touch(Touch::Next);
    if room.count(|effect| matches!(effect, Effect::Scan { .. })) == 0 {
        return false;
    }
    let ask = room.asked();
    comes(room, ask, &[page(n)]);
    true
}

/// The scan `ask` brings these pages from the glass and ends well.
pub fn comes(room: &mut Room, ask: AskId, pages: &[Scanned]) {
    for page in pages {
        let (page, fed) = (*page, false);
        room.event(Event::Scanned { ask, page, fed });
    }
    room.event(Event::ScanEnded { ask, trouble: None });
}

fn pages_of(room: &Room, place: usize) -> u16 {
    let Page::Materials(page) = room.page() else {
        panic!("{:?}", room.page())
    };
    match page.materials[place].state {
        MaterialState::Scanned(pages) => pages,
        other => panic!("{other:?}"),
    }
}

/// A camera over the desk scans, not a glass.
fn with_desk(room: &mut Room) {
    room.event(Event::Devices(Devices {
        desk: true,
        ..all_well()
    }));
}

/// Opens the pages kept of the paper at `place` of the checklist.
pub fn open_pages(room: &mut Room, place: usize) {
    room.touch(Touch::Pick(place));
    room.touch(Touch::Pick(0));
}

/// The page shown of those kept: its picture, its number, and how many there are.
fn shown(room: &Room) -> (u32, u16, u16) {
    match room.page() {
        Page::Scan(ScanPage::Pages {
            picture,
            page,
            pages,
            ..
        }) => (picture.0, page, pages),
        other => panic!("{other:?}"),
    }
}

/// Three pages of the first paper, opened again from the checklist.
fn three_pages(room: &mut Room) -> usize {
    let place = opened_paper(room);
    for n in 1..=3 {
        assert!(scan(room, n));
        room.touch(if n < 3 { Touch::AddPage } else { Touch::Next });
    }
    open_pages(room, place);
    assert_eq!(shown(room), (1, 1, 3));
    place
}

fn dropped(room: &Room) -> usize {
    room.count(|effect| matches!(effect, Effect::DropPicture(_)))
}

#[test]
fn scan_again_from_the_checklist_never_passes_the_bound() {
    let mut room = Room::new();
    let place = opened_paper(&mut room);
    for n in 1..=20 {
        assert!(scan(&mut room, n));
        room.touch(Touch::Next);
        assert_eq!(u32::from(pages_of(&room, place)), n);
        open_pages(&mut room, place);
        room.touch(Touch::AddPage);
    }
    assert_eq!(shown(&room), (1, 1, 20), "the bound of 20 is reached");
    assert!(matches!(
        room.page(),
        Page::Scan(ScanPage::Pages { may_add: false, .. })
    ));
}

#[test]
fn a_kept_page_scanned_anew_is_replaced_in_its_place_and_only_once_kept() {
    let mut room = Room::new();
    let place = three_pages(&mut room);
    room.touch(Touch::Turn(1));
    room.touch(Touch::Retake);
    room.touch(Touch::Back);
    assert_eq!(
        shown(&room),
        (2, 2, 3),
        "thought better of: nothing is lost"
    );
    room.touch(Touch::Retake);
    assert!(scan(&mut room, 9));
    assert!(matches!(
        room.page(),
        Page::Scan(ScanPage::Look {
            page: 2,
            may_add: false,
            ..
        })
    ));
    assert_eq!(dropped(&room), 0);
    room.touch(Touch::Next);
    assert_eq!(pages_of(&room, place), 3);
    assert_eq!(dropped(&room), 1);
    open_pages(&mut room, place);
    room.touch(Touch::Turn(1));
    assert_eq!(shown(&room), (9, 2, 3));
}

#[test]
fn pages_scanned_in_the_wrong_order_are_put_right_and_one_too_many_is_taken_out() {
    let mut room = Room::new();
    let place = three_pages(&mut room);
    room.touch(Touch::MoveEarlier);
    assert_eq!(shown(&room), (1, 1, 3), "nothing comes before the first");
    room.touch(Touch::Turn(-1));
    assert_eq!(shown(&room), (1, 1, 3));
    room.touch(Touch::Turn(5));
    assert_eq!(shown(&room), (3, 3, 3));
    room.touch(Touch::MoveEarlier);
    assert_eq!(shown(&room), (3, 2, 3));
    room.touch(Touch::Turn(1));
    assert_eq!(shown(&room), (2, 3, 3));
    room.touch(Touch::RemovePage);
    assert_eq!((shown(&room), dropped(&room)), ((3, 2, 2), 1));
    room.touch(Touch::RemovePage);
    room.touch(Touch::RemovePage);
    assert_eq!(shown(&room), (1, 1, 1), "the only page stays");
    room.touch(Touch::Next);
    assert_eq!(pages_of(&room, place), 1);
}

#[test]
fn a_page_with_nothing_on_it_is_said_and_kept_only_if_wanted() {
    let mut room = Room::new();
    opened_paper(&mut room);
    room.touch(Touch::Next);
    let ask = room.asked();
    let blank = Scanned {
        advice: Some(PageAdvice::Blank),
        ..page(1)
    };
    comes(&mut room, ask, &[blank]);
    assert!(matches!(
        room.page(),
        Page::Scan(ScanPage::Look {
            advice: Some(PageAdvice::Blank),
            ..
        })
    ));
    room.touch(Touch::Retake);
    assert_eq!(dropped(&room), 1);
    assert!(matches!(room.page(), Page::Scan(ScanPage::Place { .. })));
}

#[test]
fn at_a_kiosk_with_a_document_camera_nobody_is_sent_to_a_glass() {
    let mut room = Room::new();
    with_desk(&mut room);
    opened_paper(&mut room);
    let desk = |room: &Room| match room.page() {
        Page::Scan(
            ScanPage::Place { desk, .. }
            | ScanPage::Scanning { desk, .. }
            | ScanPage::Look { desk, .. }
            | ScanPage::Pages { desk, .. },
        ) => desk,
        other => panic!("{other:?}"),
    };
    assert!(desk(&room));
    room.touch(Touch::Next);
    assert!(desk(&room));
    let ask = room.asked();
    comes(&mut room, ask, &[page(1)]);
    assert!(desk(&room));
    room.event(Event::Devices(all_well()));
    assert!(!desk(&room), "the scanner was changed for one with a glass");
}

/// What the page shows of the page on its way, 40 percent of which are here.
fn coming(room: &mut Room, ask: AskId) -> u8 {
    let late = AskId(ask.0 + 1);
    for (ask, percent) in [(ask, 40), (late, 90)] {
        room.event(Event::ScanComing { ask, percent });
    }
    match room.page() {
        Page::Scan(ScanPage::Scanning { percent, .. }) => percent,
        other => panic!("{other:?}"),
    }
}

/// The running scan, and what it may bring.
fn asked_for(room: &mut Room) -> (AskId, ScanRoom) {
    room.touch(Touch::Next);
    let found = room.effects.iter().find_map(|effect| match effect {
        Effect::Scan { ask, room, .. } => Some((*ask, *room)),
        _ => None,
    });
    found.expect("a scan")
}

#[test]
fn ten_sheets_in_the_feeder_are_kept_in_one_go_and_the_first_poor_one_is_shown() {
    let mut room = Room::new();
    let place = opened_paper(&mut room);
    let (ask, asked) = asked_for(&mut room);
    assert_eq!(asked.pages, 20);
    let pages: Vec<Scanned> = (1..=10)
        .map(|n| Scanned {
            advice: (n == 7).then_some(PageAdvice::Blank),
            ..page(n)
        })
        .collect();
    for (n, page) in pages.iter().enumerate() {
        let came = u16::try_from(n).unwrap();
        let Page::Scan(ScanPage::Scanning { pages, .. }) = room.page() else {
            panic!("{:?}", room.page())
        };
        assert_eq!(pages, came, "the count goes up as they come");
        assert_eq!(coming(&mut room, ask), 40);
        let (page, fed) = (*page, true);
        room.event(Event::Scanned { ask, page, fed });
    }
    room.event(Event::ScanEnded { ask, trouble: None });
    assert_eq!(shown(&room), (7, 7, 10));
    assert!(matches!(
        room.page(),
        Page::Scan(ScanPage::Pages {
            advice: Some(PageAdvice::Blank),
            ..
        })
    ));
    room.touch(Touch::Next);
    assert_eq!(pages_of(&room, place), 10);
    room.end();
    let Page::Goodbye(goodbye) = room.page() else {
        panic!("{:?}", room.page())
    };
    assert!(goodbye.original, "the sheets lie in the tray");
}

#[test]
fn a_jam_at_the_third_sheet_keeps_two_and_goes_on_with_the_third() {
    let mut room = Room::new();
    let place = opened_paper(&mut room);
    let (ask, _) = asked_for(&mut room);
    for n in 1..=2 {
        let (page, fed) = (page(n), true);
        room.event(Event::Scanned { ask, page, fed });
    }
    let trouble = Some(ScanTrouble::Jam);
    room.event(Event::ScanEnded { ask, trouble });
    let Page::Scan(ScanPage::Place {
        pages,
        trouble: Some(ScanTrouble::Jam),
        ..
    }) = room.page()
    else {
        panic!("{:?}", room.page())
    };
    assert_eq!(pages, 2);
    // A page that still comes has lost its place.
    room.event(Event::Scanned {
        ask,
        page: page(9),
        fed: true,
    });
    assert_eq!(dropped(&room), 1);
    let (ask, asked) = asked_for(&mut room);
    assert_eq!(asked.pages, 18);
    comes(&mut room, ask, &[page(3), page(4)]);
    assert_eq!(shown(&room), (3, 3, 4));
    room.touch(Touch::Next);
    assert_eq!(pages_of(&room, place), 4);
}

#[test]
fn a_scan_stopped_by_the_person_keeps_none_of_its_pages() {
    let mut room = Room::new();
    opened_paper(&mut room);
    let (ask, _) = asked_for(&mut room);
    for n in 1..=3 {
        let (page, fed) = (page(n), true);
        room.event(Event::Scanned { ask, page, fed });
    }
    room.touch(Touch::Back);
    assert_eq!(dropped(&room), 3);
    assert_eq!(room.count(|effect| matches!(effect, Effect::CancelScan)), 1);
    assert!(matches!(
        room.page(),
        Page::Scan(ScanPage::Place { pages: 0, .. })
    ));
}

#[test]
fn a_scanner_that_sends_more_pages_than_were_asked_for_fills_nothing_up() {
    let mut room = Room::new();
    let place = opened_paper(&mut room);
    let (ask, asked) = asked_for(&mut room);
    for n in 1..=asked.pages + 5 {
        let (page, fed) = (page(n), true);
        room.event(Event::Scanned { ask, page, fed });
        assert_eq!(dropped(&room), usize::from(n > asked.pages));
    }
    room.event(Event::ScanEnded { ask, trouble: None });
    room.touch(Touch::Next);
    assert_eq!(u32::from(pages_of(&room, place)), asked.pages);
}

#[test]
fn a_full_packet_takes_no_page_of_another_material() {
    let mut room = Room::new();
    room.limit_scans(r#"{"maxPages": 61}"#);
    room.find("医疗费用零星报销");
    room.prove();
    for _ in 0..60 {
        if matches!(room.page(), Page::Materials(_)) {
            break;
        }
        room.step_forward();
    }
    let Page::Materials(list) = room.page() else {
        panic!("{:?}", room.page())
    };
    let open: Vec<usize> = (0..list.materials.len())
        .filter(|place| list.materials[*place].state == MaterialState::ToScan)
        .collect();
    assert!(open.len() >= 2, "{list:?}");
    room.touch(Touch::Pick(open[0]));
    room.touch(Touch::Pick(0));
    for n in 1..=61 {
        assert!(scan(&mut room, n));
        room.touch(if n < 61 { Touch::AddPage } else { Touch::Next });
    }
    room.touch(Touch::Pick(open[1]));
    room.touch(Touch::Pick(0));
    assert!(!scan(&mut room, 62), "nothing is scanned in vain");
    let Page::Scan(ScanPage::Place { trouble, .. }) = room.page() else {
        panic!("{:?}", room.page())
    };
    assert_eq!(trouble, Some(ScanTrouble::Enough));
}

#[test]
fn a_guide_that_did_not_print_is_said_and_no_paper_is_promised() {
    let mut room = Room::new();
    room.find("失业登记");
    room.touch(Touch::PrintGuide);
    let ask = room.asked();
    room.event(Event::Printed {
        ask,
        outcome: PrintedAs::NotPrinted,
    });
    let Page::Guide(guide) = room.page() else {
        panic!("guide")
    };
    assert_eq!(guide.print, Some(SlipState::NotPrinted));
    room.end();
    let Page::Goodbye(goodbye) = room.page() else {
        panic!("goodbye")
    };
    assert!(!goodbye.paper);
}

#[test]
fn a_guide_printed_after_its_page_was_left_is_still_named_at_goodbye() {
    let mut room = Room::new();
    room.find("失业登记");
    room.touch(Touch::PrintGuide);
    let ask = room.asked();
    room.touch(Touch::Back);
    room.print_ends(ask);
    room.end();
    let Page::Goodbye(goodbye) = room.page() else {
        panic!("goodbye")
    };
    assert!(goodbye.paper);
}
