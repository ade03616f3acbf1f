//! The glass after a visit: empty, a sheet, a card, dust, a lid that stands open.

use crate::Picture;
use crate::scan::{GlassLook, PageLimit, fit_picture};

const WIDTH: usize = 637;
const HEIGHT: usize = 877;

/// A look at 75 dpi, each dot as `light` says.
fn look(light: impl Fn(usize, usize) -> u8) -> GlassLook {
    let mut pixels = Vec::with_capacity(WIDTH * HEIGHT);
    for y in 0..HEIGHT {
        for x in 0..WIDTH {
            // The unevenness of a real lamp: a few steps, never the same.
            let noise = (x * 7 + y * 13) % 5;
            pixels.push(light(x, y).saturating_sub(noise as u8));
        }
    }
    let picture = Picture::new(WIDTH as u32, HEIGHT as u32, false, pixels).unwrap();
    read(&picture)
}

/// What is seen of a look at 75 dpi.
fn read(picture: &Picture) -> GlassLook {
    let limit = PageLimit {
        max_bytes: usize::MAX,
        colour: false,
    };
    let jpeg = fit_picture(picture, 75, limit).unwrap().jpeg;
    GlassLook::read(&jpeg).unwrap()
}

/// The lid, darker towards its edges and with a shadow at the frame.
fn lid(x: usize, y: usize) -> u8 {
    let edge = x.min(y).min(WIDTH - 1 - x).min(HEIGHT - 1 - y);
    match edge {
        0..6 => 150,
        _ => 240 - (x * 6 / WIDTH) as u8,
    }
}

/// Lines of writing from 20 to 120 dots across and down.
fn written(x: usize, y: usize) -> bool {
    (20..120).contains(&x) && (20..120).contains(&y) && y % 8 < 2 && x % 3 < 2
}

#[test]
fn a_glass_with_nothing_but_dust_on_it_is_empty() {
    assert!(look(lid).is_empty(None));
    let dust = |x: usize, y: usize| match (x, y) {
        (300..303, 400..402) | (90, 600) | (500, 100..102) => 90,
        _ => lid(x, y),
    };
    assert!(look(dust).is_empty(None));
    assert!(look(dust).is_empty(Some(&look(lid))));
}

#[test]
fn a_written_sheet_as_white_as_the_lid_is_seen() {
    let sheet = look(|x, y| if written(x, y) { 60 } else { lid(x, y) });
    assert!(!sheet.is_empty(None));
    assert!(!sheet.is_empty(Some(&look(lid))));
}

#[test]
fn a_card_in_the_corner_is_seen() {
    let card = look(|x, y| match (x < 253, y < 160) {
        (true, true) => 205,
        _ => lid(x, y),
    });
    assert!(!card.is_empty(None));
}

#[test]
fn a_sheet_is_seen_under_a_black_lid_too() {
    let black = |_: usize, _: usize| 22;
    assert!(look(black).is_empty(None));
    assert!(!look(|x, y| if x < 400 && y < 500 { 235 } else { 22 }).is_empty(None));
}

#[test]
fn a_lid_with_marks_of_its_own_is_told_apart_by_its_empty_look() {
    let marked = |x: usize, y: usize| match (x / 40 + y / 40) % 2 {
        0 => 240,
        _ => 200,
    };
    let empty = look(marked);
    assert!(!empty.is_empty(None), "nothing is known of this lid");
    assert!(look(marked).is_empty(Some(&empty)));
    let sheet = look(|x, y| if written(x, y) { 60 } else { marked(x, y) });
    assert!(!sheet.is_empty(Some(&empty)));
}

#[test]
fn a_look_of_another_glass_is_no_comparison() {
    let small = Picture::new(100, 100, false, vec![30; 10_000]).unwrap();
    let other = read(&small);
    assert!(look(lid).is_empty(Some(&other)));
    assert!(other.is_empty(None));
}
