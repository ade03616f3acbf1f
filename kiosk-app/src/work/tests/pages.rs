//! A page laid twice on the same side, one on its side, a card of two sides, what the scanner gave.

use kiosk_drivers::scanner::sim::{CardSide, draw_card};
use kiosk_paper::Picture;
use kiosk_paper::scan::{PageLimit, Quarter, decode, fit_picture, quarter_turned};

use super::*;

/// A scan of an A4 glass at 300 dots per inch.
fn glass(jpeg: Vec<u8>) -> Page {
    Page {
        jpeg,
        width_px: 2480,
        height_px: 3508,
        dpi: Some(300),
        components: 3,
    }
}

fn card(side: CardSide) -> Page {
    glass(draw_card(side).unwrap())
}

/// A page of words laid down with its left side up. Without letters nothing tells which of its
/// two sides is the upper one.
fn laid_sideways() -> Page {
    let (width, height) = (1240_usize, 1754_usize);
    let mut pixels = vec![245; width * height];
    for (y, row) in pixels.chunks_exact_mut(width).enumerate() {
        let (line, inside) = (y / 44, (120..1640).contains(&y) && y % 44 < 16);
        let words = row.iter_mut().enumerate().take(1_100 - line * 37 % 100 * 4);
        for (x, dot) in words.skip(120) {
            if inside && (x + line * 61) % 96 < 74 {
                *dot = 40;
            }
        }
    }
    let sheet = Picture::new(1240, 1754, false, pixels).unwrap();
    let limit = PageLimit {
        max_bytes: usize::MAX,
        colour: true,
    };
    let turned = fit_picture(&quarter_turned(&sheet, Quarter::Right), 300, limit).unwrap();
    Page {
        jpeg: turned.jpeg.into_vec(),
        width_px: 1754,
        height_px: 1240,
        ..page()
    }
}

fn turned(worker: &Worker<Stores>, picture: PictureId) -> Scanned {
    match worker.turned(AskId(9), picture, 10_000_000, &PLAIN) {
        Event::PageTurned {
            ask: AskId(9),
            page: Some(page),
        } => page,
        other => panic!("{other:?}"),
    }
}

/// The page that comes after this one.
fn after(before: &Scanned) -> ScanRoom {
    ScanRoom {
        after: Some(before.picture),
        ..ROOM
    }
}

#[test]
fn a_sheet_not_turned_over_is_said_and_another_one_or_the_next_visits_is_not() {
    let mut worker = worker(Stores::Panics);
    let first = came(&mut worker, AskId(1), &page(), ROOM).unwrap();
    let again = came(&mut worker, AskId(2), &page(), after(&first)).unwrap();
    assert_eq!(again.advice, Some(PageAdvice::SameSide));
    let other = came(&mut worker, AskId(3), &laid_sideways(), after(&first)).unwrap();
    assert_ne!(other.advice, Some(PageAdvice::SameSide));
    // Two sheets of one scan through the feeder.
    let room = ScanRoom { pages: 2, ..ROOM };
    assert_eq!(
        came(&mut worker, AskId(4), &page(), room).unwrap().advice,
        None
    );
    let second = came(&mut worker, AskId(4), &page(), room).unwrap();
    assert_eq!(second.advice, Some(PageAdvice::SameSide));
    lock(&worker.memory).forget();
    let theirs = came(&mut worker, AskId(5), &page(), after(&first)).unwrap();
    assert_eq!(theirs.advice, None, "nothing is known of the visit before");
}

#[test]
fn a_page_on_its_side_is_said_and_turned_as_often_as_it_takes_without_loss() {
    let mut worker = worker(Stores::Panics);
    let sideways = laid_sideways();
    let kept = came(&mut worker, AskId(1), &sideways, ROOM).unwrap();
    assert_eq!(kept.advice, Some(PageAdvice::Sideways));
    assert_eq!((kept.width, kept.height), (1754, 1240));
    let mut shown = turned(&worker, kept.picture);
    assert_eq!(
        (shown.width, shown.height, shown.advice),
        (1240, 1754, None)
    );
    for _ in 0..3 {
        shown = turned(&worker, shown.picture);
    }
    let memory = lock(&worker.memory);
    let (first, last) = (memory.filed(kept.picture), memory.filed(shown.picture));
    assert!(first == last, "four quarters are none");
}

#[test]
fn what_the_scanner_gave_stays_untouched_beside_what_is_filed_and_is_wiped_with_the_visit() {
    let mut worker = worker(Stores::Panics);
    let page = page();
    let most = ScanRoom {
        page_bytes: page.jpeg.len() as u64 * 3 / 4,
        ..ROOM
    };
    let kept = came(&mut worker, AskId(1), &page, most).unwrap();
    let gave = |worker: &Worker<Stores>| {
        let memory = lock(&worker.memory);
        let scans = memory
            .made(kept.picture)
            .and_then(|made| made.scans.clone());
        scans.map(|scans| scans.page.page)
    };
    let given = gave(&worker).unwrap();
    assert!(given.jpeg == page.jpeg);
    assert!(lock(&worker.memory).filed(kept.picture).unwrap().len() < page.jpeg.len());
    lock(&worker.memory).forget();
    assert!(gave(&worker).is_none());
    assert_eq!(Arc::strong_count(&given), 1, "nobody else holds it");
}

#[test]
fn front_and_back_of_a_card_become_one_page() {
    let mut worker = worker(Stores::Panics);
    let front = came(&mut worker, AskId(1), &card(CardSide::Front), ROOM).unwrap();
    assert!(front.card && front.advice.is_none(), "{front:?}");
    let look = ScanLook {
        front: Some(front.picture),
        watermark: Some("仅用于换证 2026-03-02".to_owned()),
        ..PLAIN
    };
    let mut back = |side| filed(&mut worker, AskId(2), &side, after(&front), look.clone());
    let not_turned = back(card(CardSide::Front)).unwrap();
    assert_eq!(not_turned.advice, Some(PageAdvice::SameSide));
    assert_eq!(back(empty_glass()), Err(ScanTrouble::NoCard));
    let both = back(card(CardSide::Back)).unwrap();
    assert_eq!((both.width, both.height), (2480, 3508));
    assert!(both.card && both.advice.is_none(), "{both:?}");
    let dark = |picture: PictureId, rows: std::ops::Range<usize>| {
        let memory = lock(&worker.memory);
        let page = decode(memory.filed(picture).unwrap()).unwrap();
        let of = page
            .pixels()
            .chunks_exact(2480 * 3)
            .skip(rows.start)
            .take(rows.len());
        of.flatten().filter(|value| **value < 130).count()
    };
    // Each card 638 rows high, the portrait side above.
    let (above, below) = (800..1450, 1850..2500);
    assert!(dark(both.picture, above.clone()) > dark(both.picture, below.clone()));
    assert!(dark(both.picture, below.clone()) > 5_000);
    // The back upside down: only it is turned.
    let turned = turned(&worker, both.picture);
    let same = dark(turned.picture, above.clone()).abs_diff(dark(both.picture, above));
    assert!(same < 2_000, "{same}");
    assert_eq!((turned.width, turned.height), (2480, 3508));
}

/// An A4 glass with nothing on it.
fn empty_glass() -> Page {
    glass(draw_page(2480, 3508, 24_000, false).unwrap())
}

#[test]
fn a_page_whose_scan_was_dropped_for_want_of_room_can_still_be_turned() {
    let mut worker = worker(Stores::Panics);
    let kept = came(&mut worker, AskId(1), &page(), ROOM).unwrap();
    let large = Arc::new(Page {
        jpeg: vec![0; 60 << 20],
        ..page()
    });
    for _ in 0..4 {
        let mut memory = lock(&worker.memory);
        let made = memory.made(kept.picture).cloned().unwrap();
        let laid = crate::memory::Laid {
            page: Arc::clone(&large),
            quarters: 0,
        };
        let scans = crate::memory::Scans {
            page: laid,
            front: None,
        };
        let picture = memory.picture(kept.picture).unwrap().clone();
        let made = crate::memory::Made {
            scans: Some(scans),
            ..made
        };
        memory.keep_page(picture, Zeroizing::default(), made);
    }
    let held = |worker: &Worker<Stores>| {
        let memory = lock(&worker.memory);
        memory.made(kept.picture).unwrap().scans.is_some()
    };
    assert!(!held(&worker), "the oldest went");
    let turned = turned(&worker, kept.picture);
    assert_eq!((turned.width, turned.height), (1754, 1240));
}
