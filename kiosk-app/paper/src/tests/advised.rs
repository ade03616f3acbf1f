//! Good and bad pages, committed as small pictures, each with the advice it is to get.
//!
//! They are drawn here: `UPDATE_GOLDEN=1` writes them anew, to be looked at before committing.
//! A later change of the checks has to leave every one of them as it is told in the table.

use std::path::{Path, PathBuf};

use jpeg_encoder::{ColorType, Encoder, PixelDensity};

use super::desks::{Dice, card, page};
use crate::Picture;
use crate::scan::{Advice, PageFile, Point, Quad, lay_flat, rectified, same_side, turned};

/// Resolution a camera's file names: none.
const CAMERA: u16 = 72;

/// Name, resolution the file tells, how it is drawn, what is to be said of it.
type Case = (&'static str, u16, fn() -> Picture, &'static [Advice]);

const CASES: &[Case] = &[
    ("scan-good", 200, text, &[]),
    ("scan-crooked", 200, || turned(&text(), 3.0), &[]),
    ("scan-cut-off", 200, || sheet(true), &[Advice::CutOff]),
    ("scan-seal", 200, || with_seal(text()), &[]),
    ("scan-coarse", 150, text, &[Advice::Coarse]),
    ("scan-blank", 200, || flat(245), &[Advice::Blank]),
    ("scan-remark", 200, remark, &[Advice::NearlyBlank]),
    (
        "scan-dark",
        200,
        || changed(&text(), |v, _, _| v * 0.38),
        &[Advice::Dark],
    ),
    ("scan-two-sheets", 200, long, &[Advice::DoubleFeed]),
    ("card-good", CAMERA, || desk(1.0, 0.0), &[]),
    ("card-glare", CAMERA, glare, &[Advice::Glare]),
    ("card-spot", CAMERA, spot, &[Advice::Glare]),
    (
        "card-bright",
        CAMERA,
        || changed(&desk(1.0, 0.0), |v, _, _| v * 1.5 + 30.0),
        &[Advice::Bright],
    ),
    (
        "card-moved",
        CAMERA,
        || blurred(&desk(1.0, 0.0)),
        // So much that its sides are not found either.
        &[Advice::CutOff, Advice::Blur],
    ),
    (
        "card-dark",
        CAMERA,
        || changed(&desk(1.0, 0.0), |v, _, _| v * 0.4),
        &[Advice::Dark],
    ),
    ("card-far", CAMERA, || desk(0.72, 0.0), &[Advice::TooSmall]),
    (
        "card-cut-off",
        CAMERA,
        || desk(1.0, 200.0),
        &[Advice::CutOff],
    ),
];

/// A piece of our form as a small sheet, grey: with margins all around, or with writing that runs
/// off at its edges.
fn sheet(runs_off: bool) -> Picture {
    let page = page();
    let (left, top, width, height, margin) = (140_usize, 170_usize, 800_usize, 560_usize, 40);
    let rows = page.pixels().chunks_exact(page.width() as usize * 3);
    let mut pixels: Vec<u8> = rows
        .skip(top)
        .take(height)
        .flat_map(|row| row[left * 3..(left + width) * 3].iter().step_by(3).copied())
        .collect();
    for (y, row) in pixels.chunks_exact_mut(width).enumerate() {
        let outside = y < margin || y >= height - margin;
        if !runs_off {
            row[..if outside { width } else { margin }].fill(255);
            row[width - margin..].fill(255);
        }
    }
    Picture::new(width as u32, height as u32, false, pixels).unwrap()
}

fn text() -> Picture {
    sheet(false)
}

fn flat(level: u8) -> Picture {
    Picture::new(800, 560, false, vec![level; 800 * 560]).unwrap()
}

/// Each value changed by its place.
fn changed(picture: &Picture, change: impl Fn(f64, f64, f64) -> f64) -> Picture {
    let channels = if picture.is_colour() { 3 } else { 1 };
    let width = picture.width() as usize * channels;
    let values = picture.pixels().iter().enumerate().map(|(at, value)| {
        let (x, y) = (at % width / channels, at / width);
        change(f64::from(*value), x as f64, y as f64).clamp(0.0, 255.0) as u8
    });
    let (width, height) = (picture.width(), picture.height());
    Picture::new(width, height, picture.is_colour(), values.collect()).unwrap()
}

/// A red ring over the text.
fn with_seal(text: Picture) -> Picture {
    let mut pixels = text.to_rgb().to_vec();
    for (at, dot) in pixels.chunks_exact_mut(3).enumerate() {
        let (x, y) = ((at % 800) as f64, (at / 800) as f64);
        if ((x - 600.0).hypot(y - 400.0) - 110.0).abs() < 5.0 {
            dot.copy_from_slice(&[200, 40, 40]);
        }
    }
    Picture::new(800, 560, true, pixels).unwrap()
}

/// One short word.
fn remark() -> Picture {
    changed(&flat(245), |level, x, y| {
        let word = (300.0..345.0).contains(&x) && (200.0..211.0).contains(&y);
        if word { 40.0 } else { level }
    })
}

/// Two narrow sheets that went through the feeder as one.
fn long() -> Picture {
    let text = text().reduced(250);
    let once = text.pixels();
    let pixels = once.iter().copied().cycle().take(250 * 2450).collect();
    Picture::new(250, 2450, false, pixels).unwrap()
}

/// A card on a plain desk, so many times as large as 300 dots an inch, moved to the right.
fn desk(size: f64, right: f64) -> Picture {
    let card = card();
    let (across, down) = (1030.0 * size, 650.0 * size);
    let place = |x: f64, y: f64| Point {
        x: (x - 640.0 - right) / across * 1284.0 + 642.0,
        y: (y - 480.0) / down * 810.0 + 405.0 + x / 40.0 - 17.0,
    };
    // The picture as places on the card: what lies outside of it is desk.
    let (width, height) = (1280.0, 960.0);
    let whole = Quad([
        place(0.0, 0.0),
        place(width, 0.0),
        place(width, height),
        place(0.0, height),
    ]);
    let seen = rectified(&card, &whole, 1280, 960).unwrap();
    let mut dice = Dice::new(3);
    let mut pixels = seen.pixels().to_vec();
    for (at, dot) in pixels.chunks_exact_mut(3).enumerate() {
        let on = place((at % 1280) as f64 + 0.5, (at / 1280) as f64 + 0.5);
        let inside = (0.0..1284.0).contains(&on.x) && (0.0..810.0).contains(&on.y);
        let grain = dice.between(-2.0, 2.0);
        for (value, desk) in dot.iter_mut().zip([88.0, 84.0, 80.0]) {
            *value = if inside { *value } else { (desk + grain) as u8 };
        }
    }
    Picture::new(1280, 960, true, pixels).unwrap()
}

/// A lamp shines on the card.
fn glare() -> Picture {
    changed(&desk(1.0, 0.0), |value, x, y| {
        value + 260.0 * (1.0 - (x - 520.0).hypot(y - 560.0) / 190.0).max(0.0)
    })
}

/// It shines in a small spot only, where a digit may stand.
fn spot() -> Picture {
    changed(&desk(1.0, 0.0), |value, x, y| {
        value + 400.0 * (1.0 - (x - 430.0).hypot(y - 560.0) / 30.0).max(0.0)
    })
}

/// Moved slantwise while the picture was taken.
fn blurred(picture: &Picture) -> Picture {
    let width = picture.width() as usize * 3;
    let from = picture.pixels();
    let mean = |at: usize| {
        let places = (0..9).map(|step| (at + step * (width + 3)).min(from.len() - 1));
        (places.map(|at| u32::from(from[at])).sum::<u32>() / 9) as u8
    };
    let pixels = (0..from.len()).map(mean).collect();
    Picture::new(picture.width(), picture.height(), true, pixels).unwrap()
}

fn path(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/advice");
    folder.join(name).with_extension("jpg")
}

/// The committed file, drawn anew when wanted.
fn committed((name, dpi, draw, _): &Case) -> Vec<u8> {
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let picture = draw();
        let kind = if picture.is_colour() {
            ColorType::Rgb
        } else {
            ColorType::Luma
        };
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, 55);
        encoder.set_density(PixelDensity::dpi(*dpi));
        let (width, height) = (picture.width() as u16, picture.height() as u16);
        encoder
            .encode(picture.pixels(), width, height, kind)
            .unwrap();
        std::fs::write(path(name), bytes).unwrap();
    }
    std::fs::read(path(name)).unwrap()
}

#[test]
fn committed_pages_get_the_advice_of_the_table() {
    let mut wrong = Vec::new();
    for case in CASES {
        let said = lay_flat(PageFile::read(&committed(case)).unwrap()).advice;
        if said != case.3 {
            wrong.push(format!("{}: {said:?}, not {:?}", case.0, case.3));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn every_advice_of_a_single_page_is_in_the_table() {
    // Of two sides compared with each other the next test tells.
    let all = [
        Advice::Blank,
        Advice::NearlyBlank,
        Advice::CutOff,
        Advice::TooSmall,
        Advice::Glare,
        Advice::Blur,
        Advice::DoubleFeed,
        Advice::Dark,
        Advice::Bright,
        Advice::Coarse,
    ];
    for advice in all {
        let told = CASES.iter().any(|case| case.3.contains(&advice));
        assert!(told, "{advice:?}");
    }
}

#[test]
fn a_committed_card_seen_again_is_the_same_side_and_a_sheet_is_not() {
    let of = |name: &str| {
        let case = CASES.iter().find(|case| case.0 == name).unwrap();
        lay_flat(PageFile::read(&committed(case)).unwrap())
    };
    let (card, text) = (of("card-good"), of("scan-good"));
    assert!(same_side(card.picture(), of("card-dark").picture()));
    assert!(!same_side(card.picture(), text.picture()));
    assert!(same_side(text.picture(), of("scan-crooked").picture()));
}
