//! Picture files made into pages: their origin, what they must not keep, what is said of them.

use std::io::Cursor;
use std::sync::OnceLock;

use super::camera::Camera;
use super::desks::{Desk, Dice, Scene, Thing, card, page};
use super::keep_picture;
use super::scans::jpeg;
use crate::Picture;
use crate::scan::{
    Advice, CARD_PAGE_DPI, FlatPage, Format, Origin, PageFile, PageInfo, PageLimit, Point, Quad,
    Quarter, ScanError, card_page, decode, lay_flat, quarter_turned, rectified,
};

const LIMIT: PageLimit = PageLimit {
    max_bytes: 2_000_000,
    colour: true,
};

/// Puts segments right after the start of a JPEG.
fn with_segments(jpeg: &[u8], segments: &[(u8, &[u8])]) -> Vec<u8> {
    let mut bytes = jpeg[..2].to_vec();
    for (marker, body) in segments {
        bytes.extend([0xFF, *marker]);
        bytes.extend((body.len() as u16 + 2).to_be_bytes());
        bytes.extend(*body);
    }
    bytes.extend(&jpeg[2..]);
    bytes
}

/// Exif data of a camera: its maker and how the picture is to be turned.
fn exif(orientation: u16, maker: bool) -> Vec<u8> {
    let mut bytes = b"Exif\0\0II*\0\x08\0\0\0".to_vec();
    bytes.extend((1 + u16::from(maker)).to_le_bytes());
    if maker {
        bytes.extend([0x0F, 0x01, 2, 0, 4, 0, 0, 0]);
        bytes.extend(b"GPS\0");
    }
    bytes.extend([0x12, 0x01, 3, 0, 1, 0, 0, 0]);
    bytes.extend(u32::from(orientation).to_le_bytes());
    bytes.extend([0; 4]);
    bytes
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|at| at == part)
}

#[test]
fn a_straight_scan_keeps_its_data_but_nothing_about_its_origin() {
    let plain = jpeg(800, 1100, 200, true);
    let mut told = with_segments(
        &plain,
        &[
            (0xE1, &exif(1, false)),
            (0xFE, b"serial 4711"),
            (0xED, b"Photoshop 3.0"),
        ],
    );
    told.extend(b"what was hidden behind the end");
    let file = PageFile::read(&told).unwrap();
    assert_eq!(
        file.origin,
        Origin::Scan { dpi: 200 },
        "a JFIF head anywhere near the start counts"
    );
    let filed = lay_flat(file).fit(LIMIT).unwrap();
    assert_eq!(filed.quality, None, "not encoded anew");
    for part in [&b"Exif"[..], b"4711", b"Photoshop", b"hidden"] {
        assert!(!contains(&filed.jpeg, part));
    }
    assert_eq!(PageInfo::read(&filed.jpeg).unwrap().dpi, Some(200));
    assert!(decode(&filed.jpeg).unwrap() == decode(&plain).unwrap());
}

#[test]
fn a_picture_taken_with_the_camera_held_aside_is_turned_upright() {
    let plain = jpeg(400, 300, 72, true);
    let upright = decode(&plain).unwrap();
    for (orientation, turn) in [(3, Quarter::Half), (6, Quarter::Right), (8, Quarter::Left)] {
        let file = PageFile::read(&with_segments(&plain, &[(0xE1, &exif(orientation, true))]));
        let file = file.unwrap();
        assert_eq!(file.origin, Origin::Camera);
        let turned = lay_flat(file);
        assert!(
            *turned.picture() == quarter_turned(&upright, turn),
            "{orientation}"
        );
    }
}

#[test]
fn a_file_that_is_no_picture_is_refused_by_name() {
    assert_eq!(
        PageFile::read(b"%PDF-1.7 something").err(),
        Some(ScanError::NotPicture { bytes: 18 })
    );
    assert_eq!(
        PageFile::read(b"").err(),
        Some(ScanError::NotPicture { bytes: 0 })
    );
    let whole = page().reduced(300).to_png();
    let cut = PageFile::read(&whole[..whole.len() / 2]).err();
    assert!(matches!(cut, Some(ScanError::NotPng { .. })), "{cut:?}");
    let mut bomb = whole.to_vec();
    bomb[16..24].copy_from_slice(&[0, 0, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF]);
    assert!(PageFile::read(&bomb).is_err());
    let jpeg = jpeg(200, 200, 200, true);
    let cut = PageFile::read(&jpeg[..jpeg.len() / 2]).err();
    assert!(matches!(cut, Some(ScanError::Truncated { .. })), "{cut:?}");
}

#[test]
fn a_png_scan_with_transparency_and_resolution_is_read_on_white() {
    let mut bytes = Cursor::new(Vec::new());
    let mut encoder = png::Encoder::new(&mut bytes, 3, 1);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_pixel_dims(Some(png::PixelDimensions {
        xppu: 11811,
        yppu: 11811,
        unit: png::Unit::Meter,
    }));
    let mut writer = encoder.write_header().unwrap();
    writer
        .write_image_data(&[9, 9, 9, 0, 10, 20, 30, 255, 0, 0, 0, 128])
        .unwrap();
    writer.finish().unwrap();
    let file = PageFile::read(bytes.get_ref()).unwrap();
    assert_eq!(file.origin, Origin::Scan { dpi: 300 });
    assert_eq!(
        file.picture().pixels(),
        [255, 255, 255, 10, 20, 30, 127, 127, 127]
    );
}

#[test]
fn a_sheet_under_the_camera_becomes_a_page_of_a4() {
    let sheet = Thing {
        face: page(),
        round: 0.0,
    };
    let scene = Scene {
        desk: Desk::Planks,
        share: 0.62,
        fingers: 0,
        turn: 14.0,
        seed: 5,
    };
    let seen = scene.seen(Some(&sheet));
    let flat = lay_flat(PageFile::of(seen.picture, Origin::Camera));
    assert_eq!(flat.format, Some(Format::A4));
    keep_picture("flat-sheet.png", &flat.picture().to_png());
    let (width, height) = (flat.picture().width(), flat.picture().height());
    let (long, short) = (f64::from(width.max(height)), f64::from(width.min(height)));
    assert!(
        (long / short - 297.0 / 210.0).abs() < 0.002,
        "{width} x {height}"
    );
    let inches = long / f64::from(flat.dpi);
    assert!(
        (inches - 297.0 / 25.4).abs() < 0.02,
        "true size on paper: {inches}"
    );
    assert_eq!(
        flat.advice,
        [Advice::TooSmall],
        "a sheet on 62 % of the height has few dots"
    );
    let fitted = flat.fit(LIMIT).unwrap();
    assert!(fitted.jpeg.len() <= LIMIT.max_bytes);
}

#[test]
fn a_sheet_under_a_camera_that_leans_far_is_not_pressed_flat() {
    let sheet = Thing {
        face: page(),
        round: 0.0,
    };
    let scene = Scene {
        desk: Desk::Plain,
        share: 0.6,
        fingers: 0,
        turn: 14.0,
        seed: 9,
    };
    let camera = Camera {
        focal: 0.7,
        lean: (36.0, 0.0),
        turn: 3.0,
    };
    let corners = camera.sees((210.0, 297.0), 0.5);
    let seen = scene.seen_at(Some(&sheet), corners, &mut Dice::new(scene.seed));
    keep_picture("leaning.png", &seen.picture.reduced(800).to_png());
    let flat = lay_flat(PageFile::of(seen.picture, Origin::Camera));
    keep_picture("leaning-flat.png", &flat.picture().to_png());
    // The sides as they are seen say 1.1.
    assert_eq!(flat.format, Some(Format::A4));
    let shape = f64::from(flat.picture().height()) / f64::from(flat.picture().width());
    assert!((shape - 297.0 / 210.0).abs() < 0.002, "{shape}");
}

#[test]
fn both_sides_of_a_card_lie_on_one_page_as_large_as_they_are() {
    let face = card();
    let thing = Thing {
        face: &face,
        round: 3.18 / 85.6,
    };
    let scene = Scene {
        desk: Desk::Grass,
        share: 0.5,
        fingers: 0,
        turn: 14.0,
        seed: 8,
    };
    let flat = lay_flat(PageFile::of(
        scene.seen(Some(&thing)).picture,
        Origin::Camera,
    ));
    assert_eq!(flat.format, Some(Format::Card));
    let page = card_page(flat.picture(), flat.picture());
    keep_picture("card-page.png", &page.to_png());
    assert_eq!((page.width(), page.height()), (2480, 3508));
    // How wide and high the dots are that are not white.
    let ink = |x: usize, y: usize| page.pixels()[(y * 2480 + x) * 3] < 250;
    let middle = 3508 * 32 / 100;
    let wide = (0..2480).filter(|x| ink(*x, middle)).count();
    let high = (0..3508 / 2 - 100).filter(|y| ink(1240, *y)).count();
    let mm = |dots: usize| dots as f64 / f64::from(CARD_PAGE_DPI) * 25.4;
    assert!(
        (mm(wide) - 85.6).abs() < 0.3 && (mm(high) - 53.98).abs() < 0.3,
        "{wide} {high}"
    );
}

#[test]
fn a_card_on_the_glass_is_cut_out_of_the_scan() {
    let face = card().reduced(700);
    let (width, height) = (1654_usize, 2339_usize);
    let mut pixels = vec![246; width * height * 3];
    let dots = face.pixels().chunks_exact(700 * 3);
    for (row, dots) in pixels.chunks_exact_mut(width * 3).skip(300).zip(dots) {
        row[600..600 + dots.len()].copy_from_slice(dots);
    }
    let glass = Picture::new(width as u32, height as u32, true, pixels).unwrap();
    let flat = lay_flat(PageFile::of(glass, Origin::Scan { dpi: 200 }));
    let outline = flat.outline.expect("the card lies alone");
    let wanted = [
        (200.0, 300.0),
        (900.0, 300.0),
        (900.0, 742.0),
        (200.0, 742.0),
    ];
    for (corner, (x, y)) in outline.0.iter().zip(wanted) {
        assert!(
            (corner.x - x).abs() < 3.0 && (corner.y - y).abs() < 3.0,
            "{outline:?}"
        );
    }
    assert_eq!(
        flat.format, None,
        "700 dots of 200 dpi are more than a card"
    );
    // A page of text with frames on it fills the glass and stays whole.
    let whole = lay_flat(PageFile::of(page().clone(), Origin::Scan { dpi: 150 }));
    assert_eq!(whole.outline, None);
}

/// Dots of the glass a millimetre, at 150 dpi.
const GLASS_DOTS: f64 = 150.0 / 25.4;

/// A4 of the glass at 150 dpi, grey; `light` tells how light a place in millimetres is.
fn on_glass(light: impl Fn(f64, f64) -> u8) -> FlatPage {
    let place = |at: u32| (f64::from(at) + 0.5) / GLASS_DOTS;
    let dots = (0..1754).flat_map(|y| (0..1240).map(move |x| (x, y)));
    let pixels = dots.map(|(x, y)| light(place(x), place(y))).collect();
    let glass = Picture::new(1240, 1754, false, pixels).unwrap();
    lay_flat(PageFile::of(glass, Origin::Scan { dpi: 150 }))
}

/// Words in lines, some 3 mm high.
fn words(x: f64, y: f64) -> bool {
    x.rem_euclid(3.6) < 2.6 && y.rem_euclid(5.2) < 3.0
}

#[test]
fn a_card_with_print_four_millimetres_from_its_edges_is_cut_out_of_the_scan() {
    let (wide, high) = (85.6, 53.98);
    for lid in [246, 20] {
        for degrees in [-9.0_f64, 0.4, 6.0] {
            let (sin, cos) = degrees.to_radians().sin_cos();
            let flat = on_glass(|x, y| {
                let (x, y) = (x - 96.0, y - 120.0);
                let (u, v) = (x * cos + y * sin, y * cos - x * sin);
                // From the nearest edges, inwards.
                let (in_u, in_v) = (wide / 2.0 - u.abs(), high / 2.0 - v.abs());
                let print = in_u > 4.0 && in_v > 4.0 && (in_v < 7.0 || in_u < 7.0 || words(u, v));
                match (in_u > 0.0 && in_v > 0.0, print) {
                    (false, _) => lid,
                    (true, false) => 218,
                    (true, true) => 50,
                }
            });
            assert_eq!(flat.format, Some(Format::Card), "{lid} {degrees}");
            let found = flat.skew_degrees.unwrap();
            assert!((found - degrees).abs() < 0.3, "{lid} {degrees}: {found}");
        }
    }
}

#[test]
fn a_form_that_is_one_table_is_not_cut_to_its_lines() {
    let flat = on_glass(|x, y| {
        let inside = (20.0..190.4).contains(&x) && (40.0..240.4).contains(&y);
        let (x, y) = (x - 20.0, y - 40.0);
        let (across, down) = (x.rem_euclid(42.5), y.rem_euclid(8.0));
        let line = across < 0.4 || down < 0.4;
        let word = (2.0..40.0).contains(&across) && (2.5..5.5).contains(&down);
        let word = word && across.rem_euclid(3.6) < 2.6;
        if inside && (line || word) { 50 } else { 248 }
    });
    assert_eq!(flat.outline, None);
    assert_eq!(flat.picture().width(), 1240);
}

/// A page as a camera sees it from right above, at 200 dpi: grey paper, `change` made to it.
fn shot(change: impl Fn(f64, f64, f64) -> f64) -> Picture {
    static PAGE: OnceLock<Picture> = OnceLock::new();
    let whole = Quad(
        [(0.0, 0.0), (1240.0, 0.0), (1240.0, 1754.0), (0.0, 1754.0)].map(|(x, y)| Point { x, y }),
    );
    let page = PAGE.get_or_init(|| rectified(page(), &whole, 1654, 2339).unwrap());
    let (width, height) = (1900_usize, 2600_usize);
    let mut pixels = vec![70; width * height];
    for y in 0..2339_usize {
        for x in 0..1654_usize {
            let grey = f64::from(page.pixels()[(y * 1654 + x) * 3]) * 0.82;
            let level = change(grey, x as f64, y as f64).clamp(0.0, 255.0);
            pixels[(y + 120) * width + x + 120] = level as u8;
        }
    }
    Picture::new(width as u32, height as u32, false, pixels).unwrap()
}

fn said(picture: Picture) -> Vec<Advice> {
    lay_flat(PageFile::of(picture, Origin::Camera)).advice
}

#[test]
fn good_and_bad_pages_under_the_camera_get_their_advice() {
    let good = |grey, _, _| grey;
    assert_eq!(said(shot(good)), []);
    let lamp = |grey: f64, x: f64, y: f64| {
        let off = (x - 700.0).hypot(y - 900.0);
        grey + 260.0 * (1.0 - off / 420.0).max(0.0)
    };
    assert_eq!(said(shot(lamp)), [Advice::Glare]);
    assert_eq!(
        said(shot(|grey, _, _| grey * 0.42)).first(),
        Some(&Advice::Dark)
    );
    assert_eq!(said(shot(|_, _, _| 210.0)), [Advice::Blank]);
    // Moved while the picture was taken.
    let still = shot(good);
    let (width, height) = (still.width() as usize, still.height() as usize);
    let mut moved = still.pixels().to_vec();
    for (to, from) in moved
        .chunks_exact_mut(width)
        .zip(still.pixels().chunks_exact(width))
    {
        for (to, around) in to[8..].iter_mut().zip(from.windows(17)) {
            *to = (around.iter().map(|v| u32::from(*v)).sum::<u32>() / 17) as u8;
        }
    }
    let shaken: Vec<u8> = (0..width * height)
        .map(|at| {
            let rows = (0..11).map(|row| (at + row * width).min(width * height - 1));
            (rows.map(|at| u32::from(moved[at])).sum::<u32>() / 11) as u8
        })
        .collect();
    let shaken = Picture::new(width as u32, height as u32, false, shaken).unwrap();
    assert_eq!(said(shaken), [Advice::Blur]);
    // The lower end lies outside of the frame.
    let kept = still.pixels()[..width * 1700].to_vec();
    let cut = Picture::new(width as u32, 1700, false, kept).unwrap();
    assert_eq!(said(cut).first(), Some(&Advice::CutOff));
}

/// A page of text at 150 dpi, with `tail` of so many rows below it.
fn fed(rows: usize, tail: impl Fn(usize, usize) -> u8) -> Picture {
    let page = page();
    let width = page.width() as usize;
    let grey = page.pixels().chunks_exact(3).map(|dot| dot[1]);
    let below = (0..rows * width).map(|at| tail(at % width, at / width));
    let pixels: Vec<u8> = grey.chain(below).collect();
    let height = page.height() + rows as u32;
    Picture::new(page.width(), height, false, pixels).unwrap()
}

#[test]
fn what_a_feeder_sees_behind_a_page_is_cut_off_and_a_second_sheet_is_told() {
    let scan = |picture| lay_flat(PageFile::of(picture, Origin::Scan { dpi: 150 }));
    let rows = 195;
    for background in [255, 20] {
        let flat = scan(fed(rows, |_, _| background));
        assert_eq!(flat.advice, [Advice::Coarse], "{background}");
        let long = f64::from(flat.picture().height()) / 150.0 * 25.4;
        assert!((long - 297.0).abs() < 1.5, "{background}: {long} mm");
    }
    // The second sheet lags 33 mm behind, and is written on.
    let lines = |x: usize, y: usize| {
        let word = (120..1_100).contains(&x) && x % 40 < 28;
        if word && y % 24 < 8 { 40 } else { 250 }
    };
    let two = scan(fed(rows, lines));
    assert_eq!(two.advice, [Advice::Coarse, Advice::DoubleFeed]);
    assert!(two.picture().height() > page().height() + 150);
}
