//! Paper in and out: pages scanned within the bounds, a guide that does not print.

use kiosk_core::screen::{MaterialState, Page, PictureId, ScanPage, ScanTrouble, SlipState};
use kiosk_core::{Effect, Event, PrintedAs, Scanned, Touch};

use crate::room::Room;

/// A scanned page.
pub fn page(n: u32) -> Scanned {
    Scanned {
        picture: PictureId(n),
        bytes: 1,
        width: 1,
        height: 1,
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
            room.touch(Touch::Pick(place));
            room.touch(Touch::Pick(0));
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
    room.event(Event::Scanned {
        ask,
        page: Ok(page(n)),
    });
    true
}

fn pages(room: &Room, place: usize) -> u16 {
    let Page::Materials(page) = room.page() else {
        panic!("{:?}", room.page())
    };
    match page.materials[place].state {
        MaterialState::Scanned(pages) => pages,
        other => panic!("{other:?}"),
    }
}

#[test]
fn scan_again_from_the_checklist_never_passes_the_bound() {
    let mut room = Room::new();
    let place = opened_paper(&mut room);
    for n in 1..=20 {
        assert!(scan(&mut room, n));
        room.touch(Touch::Next);
        assert_eq!(u32::from(pages(&room, place)), n);
        room.touch(Touch::Pick(place));
        room.touch(Touch::Pick(0));
    }
    // The bound of 20 is reached: the next scan replaces what was kept, but only once kept.
    assert!(matches!(
        room.page(),
        Page::Scan(ScanPage::Place { pages: 0, .. })
    ));
    room.touch(Touch::Back);
    assert_eq!(
        pages(&room, place),
        20,
        "thought better of: nothing is lost"
    );
    room.touch(Touch::Pick(place));
    room.touch(Touch::Pick(0));
    assert!(scan(&mut room, 21));
    room.touch(Touch::Next);
    assert_eq!(pages(&room, place), 1);
    let dropped = room.count(|effect| matches!(effect, Effect::DropPicture(_)));
    assert_eq!(dropped, 20);
}

#[test]
fn a_full_packet_takes_no_page_of_another_material() {
    let mut room = Room::new();
    room.widen_scans(61);
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
