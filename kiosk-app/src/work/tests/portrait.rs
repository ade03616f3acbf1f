//! Portraits on the work thread: who is before the camera, a frame in pieces, a photo on the glass.

use kiosk_core::screen::PortraitAdvice;
use kiosk_core::{PortraitEvent, PortraitWanted};
use kiosk_drivers::scanner::sim::{Bust, draw_frame, draw_photo};
use kiosk_paper::scan::PageInfo;

use super::*;

const VIEW: AskId = AskId(3);
const WANTED: PortraitWanted = PortraitWanted {
    width_px: 358,
    height_px: 441,
    most_bytes: 1_000_000,
};

fn frame(jpeg: Vec<u8>) -> Page {
    Page {
        jpeg,
        width_px: 960,
        height_px: 720,
        dpi: None,
        components: 3,
    }
}

fn seen(worker: &Worker<Stores>, jpeg: Vec<u8>) -> Option<Option<PortraitAdvice>> {
    match worker.look(VIEW, &frame(jpeg), WANTED) {
        Message::Seen { ask: VIEW, advice } => advice,
        _ => panic!("another message"),
    }
}

#[test]
fn what_is_seen_lies_in_the_visits_memory_only_while_somebody_watches() {
    let worker = worker(Stores::Panics);
    let well = || draw_frame(Some(Bust::WELL)).unwrap();
    assert_eq!(seen(&worker, well()), Some(None));
    assert!(lock(&worker.memory).live().is_none(), "nobody watches");
    lock(&worker.memory).watch(VIEW);
    assert_eq!(seen(&worker, well()), Some(None));
    let size = lock(&worker.memory).live().map(|p| (p.width(), p.height()));
    assert_eq!(size, Some((480, 591)));
    let nobody = draw_frame(None).unwrap();
    assert_eq!(seen(&worker, nobody), Some(Some(PortraitAdvice::Nobody)));
    let half = well()[..2_000].to_vec();
    assert_eq!(seen(&worker, half), None, "the next frame may be whole");
}

#[test]
fn a_portrait_is_filed_at_the_pixels_wanted() {
    let worker = worker(Stores::Panics);
    let taken = frame(draw_frame(Some(Bust::WELL)).unwrap());
    let Event::Portrait {
        event: PortraitEvent::Taken { portrait, advice },
        ..
    } = worker.portrait(VIEW, &taken, WANTED)
    else {
        panic!("no portrait")
    };
    assert_eq!((portrait.width, portrait.height, advice), (358, 441, None));
    let memory = lock(&worker.memory);
    let filed = memory.filed(portrait.picture).unwrap();
    let info = PageInfo::read(filed).unwrap();
    assert_eq!((info.width_px, info.height_px), (358, 441));
    assert_eq!(portrait.bytes, filed.len() as u64);
}

#[test]
fn a_frame_in_pieces_is_no_portrait_and_that_is_told() {
    let worker = worker(Stores::Panics);
    let broken = frame(draw_frame(None).unwrap()[..3_000].to_vec());
    assert!(matches!(
        worker.portrait(VIEW, &broken, WANTED),
        Event::Portrait {
            event: PortraitEvent::Trouble(ScanTrouble::Broken),
            ..
        }
    ));
}

#[test]
fn a_photo_on_the_glass_is_cut_and_an_empty_glass_is_said() {
    let worker = worker(Stores::Panics);
    let glass = |photo| Page {
        jpeg: draw_photo(photo).unwrap(),
        width_px: 2480,
        height_px: 3508,
        dpi: Some(300),
        components: 3,
    };
    for (photo, advice) in [(true, None), (false, Some(PageAdvice::NoPhoto))] {
        let Event::Scanned { page, .. } = worker.photo((VIEW, false), &glass(photo), WANTED) else {
            panic!("no photo")
        };
        assert_eq!((page.width, page.height, page.advice), (358, 441, advice));
    }
}
