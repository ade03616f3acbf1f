//! Pages laid down crooked: how much, and made straight.

use jpeg_encoder::{ColorType, Encoder, PixelDensity};
use proptest::prelude::*;

use super::desks::page;
use super::{keep_picture, long};
use crate::Picture;
use crate::scan::{
    Advice, PageInfo, Quarter, advice, decode, quarter_turned, same_side, skew, straighten, turned,
};

#[test]
fn a_crooked_page_is_measured_to_a_tenth_of_a_degree() {
    let straight = skew(page()).unwrap();
    assert!(straight.abs() < 0.05, "{straight}");
    for degrees in [-9.5, -7.0, -4.0, -1.3, -0.2, 0.1, 0.7, 2.5, 5.0, 8.0] {
        let crooked = turned(page(), degrees);
        let found = skew(&crooked).unwrap();
        assert!((found - degrees).abs() < 0.1, "{degrees}: {found}");
        let again = skew(&turned(&crooked, -found)).unwrap();
        assert!(again.abs() < 0.1, "{degrees}: {again} left");
    }
    keep_picture("crooked.png", &turned(page(), 5.0).to_png());
    keep_picture("straight.png", &turned(&turned(page(), 5.0), -5.0).to_png());
}

#[test]
fn a_coarse_page_that_lies_nearly_straight_is_not_taken_for_straight() {
    // Whole rows of dots alone drew every page below a third of a degree to none at all.
    let coarse = page().reduced(700);
    for degrees in [-0.3, -0.2, -0.1, 0.1, 0.2, 0.3] {
        let found = skew(&turned(&coarse, degrees)).unwrap();
        assert!((found - degrees).abs() < 0.05, "{degrees}: {found}");
    }
}

#[test]
fn columns_whose_lines_are_not_at_the_same_heights_are_no_stairs() {
    // Lines all over the page, those of the right half a third of their distance higher.
    let (width, height) = (1240_usize, 1754_usize);
    let mut pixels = vec![250; width * height];
    for y in 150..height - 150 {
        for x in 120..width - 120 {
            let (column, line) = (x / (width / 2), y + x / (width / 2) * 11);
            let margin = x.abs_diff(width / 2) < 40;
            let letter = line % 32 < 14 && (x * 7 + line / 32 * 5) % 17 < 9;
            let gap = (x / 11 * 37 + line / 32 * 61 + column) % 7 == 0;
            if letter && !gap && !margin {
                pixels[y * width + x] = 30;
            }
        }
    }
    let columns = Picture::new(width as u32, height as u32, false, pixels).unwrap();
    keep_picture("columns.png", &columns.to_png());
    for degrees in [-2.0, -0.4, 0.0, 0.5, 3.0] {
        let found = skew(&turned(&columns, degrees)).unwrap();
        assert!((found - degrees).abs() < 0.05, "{degrees}: {found}");
    }
}

/// `page` with nothing left of it but some places.
fn only(page: &Picture, places: &[(usize, usize, usize, usize)]) -> Picture {
    let width = page.width() as usize;
    let mut pixels = page.grey().pixels().to_vec();
    for (at, level) in pixels.iter_mut().enumerate() {
        let (x, y) = (at % width, at / width);
        let kept = |(left, top, wide, high): &(usize, usize, usize, usize)| {
            (*left..left + wide).contains(&x) && (*top..top + high).contains(&y)
        };
        if !places.iter().any(kept) {
            *level = 255;
        }
    }
    Picture::new(page.width(), page.height(), false, pixels).unwrap()
}

#[test]
fn a_page_of_few_words_is_never_made_more_crooked() {
    let rows = |count: usize| -> Vec<_> {
        (0..count)
            .map(|row| (200 + row % 3 * 150, 250 + row * 210, 330, 50))
            .collect()
    };
    let angles = [-6.5, -3.0, -0.9, -0.2, 0.0, 0.2, 0.9, 3.0, 6.5];
    for count in 1..=6 {
        let few = only(page(), &rows(count));
        keep_picture(&format!("few-{count}.png"), &few.to_png());
        // A third of the angles each time: every one with two numbers of rows.
        let (first, step) = if long() { (0, 1) } else { (count % 3, 3) };
        for degrees in angles.into_iter().skip(first).step_by(step) {
            let found = skew(&turned(&few, degrees));
            let left = found.map_or(degrees, |found| degrees - found);
            assert!(
                left.abs() <= degrees.abs().max(0.1),
                "{count} rows, {degrees}: {found:?}"
            );
        }
    }
}

#[test]
fn a_page_without_lines_is_left_as_it_is() {
    assert_eq!(
        skew(&Picture::new(800, 1100, false, vec![250; 880_000]).unwrap()),
        None
    );
    assert_eq!(skew(&Picture::new(1, 1, true, vec![0; 3]).unwrap()), None);
    assert_eq!(skew(&Picture::new(0, 0, true, Vec::new()).unwrap()), None);
    // Dots everywhere, in no order: dust, a photo.
    let mut noise = 1_u32;
    let mut dust = || {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        if noise >> 24 < 16 { 30 } else { 240 }
    };
    let dusty = (0..800 * 1100).map(|_| dust()).collect();
    assert_eq!(skew(&Picture::new(800, 1100, false, dusty).unwrap()), None);
}

#[test]
fn an_uneven_light_does_not_make_a_page_crooked() {
    let mut pixels = page().to_rgb().to_vec();
    let width = page().width() as usize * 3;
    for (at, value) in pixels.iter_mut().enumerate() {
        let shade = 255 - (at % width) * 130 / width;
        *value = (usize::from(*value) * shade / 255) as u8;
    }
    let dark = Picture::new(page().width(), page().height(), true, pixels).unwrap();
    let found = skew(&turned(&dark, 3.0)).unwrap();
    assert!((found - 3.0).abs() < 0.1, "{found}");
}

#[test]
fn quarters_add_up_to_a_whole_turn() {
    let right = quarter_turned(page(), Quarter::Right);
    assert_eq!(
        (right.width(), right.height()),
        (page().height(), page().width())
    );
    assert!(&quarter_turned(&right, Quarter::Left) == page());
    let half = quarter_turned(page(), Quarter::Half);
    assert!(quarter_turned(&right, Quarter::Right) == half);
    assert!(&quarter_turned(&half, Quarter::Half) == page());
}

proptest! {
    #[test]
    fn any_picture_is_turned_and_measured(
        width in 0_u32..90, height in 0_u32..90, colour: bool, degrees in -400.0..400.0_f64, seed: u8,
    ) {
        let count = (width * height) as usize * if colour { 3 } else { 1 };
        let pixels = (0..count).map(|at| (at as u8).wrapping_mul(seed)).collect();
        let picture = Picture::new(width, height, colour, pixels).unwrap();
        let turned = turned(&picture, degrees);
        prop_assert_eq!((turned.width(), turned.height()), (width, height));
        let found = skew(&picture);
        prop_assert!(found.is_none_or(|degrees| degrees.abs() <= 10.0));
    }
}

/// `page` as a scanner would send it.
fn scanned(page: &Picture, dpi: u16) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 92);
    encoder.set_density(PixelDensity::dpi(dpi));
    let (width, height) = (page.width() as u16, page.height() as u16);
    let kind = if page.is_colour() {
        ColorType::Rgb
    } else {
        ColorType::Luma
    };
    encoder.encode(page.pixels(), width, height, kind).unwrap();
    bytes
}

#[test]
fn a_crooked_scan_is_filed_straight_and_a_straight_one_untouched() {
    let straight = scanned(page(), 150);
    let kept = straighten(&straight, 150, None).unwrap();
    assert_eq!(&*kept.jpeg, straight.as_slice());
    let crooked = scanned(&turned(page(), -3.3), 150);
    let filed = straighten(&crooked, 150, None).unwrap();
    assert!((filed.skew_degrees.unwrap() + 3.3).abs() < 0.1);
    assert!(skew(&decode(&filed.jpeg).unwrap()).unwrap().abs() < 0.1);
    assert_eq!(PageInfo::read(&filed.jpeg).unwrap().dpi, Some(150));
    let lying = scanned(&quarter_turned(page(), Quarter::Left), 150);
    let upright = straighten(&lying, 150, Some(Quarter::Right)).unwrap();
    let info = PageInfo::read(&upright.jpeg).unwrap();
    assert_eq!(
        (info.width_px, info.height_px),
        (page().width(), page().height())
    );
}

#[test]
fn good_and_bad_pages_get_their_advice() {
    let (width, height) = (page().width(), page().height());
    let count = (width * height) as usize;
    let flat = |level: u8| Picture::new(width, height, false, vec![level; count]).unwrap();
    assert_eq!(advice(page(), 300), []);
    assert_eq!(advice(page(), 150), [Advice::Coarse]);
    assert_eq!(advice(&flat(250), 300), [Advice::Blank]);
    assert_eq!(advice(&flat(60), 300), [Advice::Dark, Advice::Blank]);
    // A short remark on an empty sheet is asked about, never dropped.
    let mut pixels = vec![245; count];
    for y in 400..412 {
        let at = y * width as usize + 300;
        pixels[at..at + 160].fill(30);
    }
    let remark = Picture::new(width, height, false, pixels).unwrap();
    assert_eq!(advice(&remark, 300), [Advice::NearlyBlank]);
    // A shadow of the lid along the edge is no ink.
    let mut pixels = vec![245; count];
    pixels[..width as usize * 40].fill(20);
    let shadow = Picture::new(width, height, false, pixels).unwrap();
    assert_eq!(advice(&shadow, 300), [Advice::Blank]);
}

#[test]
fn a_card_that_was_not_turned_over_is_noticed() {
    let again = turned(page(), 0.3);
    assert!(same_side(page(), &again));
    assert!(!same_side(page(), &quarter_turned(page(), Quarter::Half)));
}
