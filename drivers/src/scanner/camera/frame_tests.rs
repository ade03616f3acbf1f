//! Frames whole, cut, without tables, covered and sharp.

use jpeg_encoder::ColorType;
use proptest::prelude::*;

use super::*;

/// A grey board of squares with `side` pixels each.
fn board(side: usize) -> Vec<u8> {
    let of = |at: usize| {
        if (at % 64 / side + at / 64 / side).is_multiple_of(2) {
            40
        } else {
            220
        }
    };
    (0..64 * 48).map(of).collect()
}

fn jpeg_of(pixels: &[u8]) -> Vec<u8> {
    let mut jpeg = Vec::new();
    Encoder::new(&mut jpeg, 90)
        .encode(pixels, 64, 48, ColorType::Luma)
        .unwrap();
    jpeg
}

fn camera(bytes: &[u8]) -> Frame {
    Frame {
        format: Format::Jpeg,
        bytes: Zeroizing::new(bytes.to_vec()),
    }
}

fn yuyv(bytes: Vec<u8>, width: u32, height: u32, stride: u32) -> Frame {
    Frame {
        format: Format::Yuyv {
            width,
            height,
            stride,
        },
        bytes: Zeroizing::new(bytes),
    }
}

/// The JPEG without the segments of `marker`.
fn without(jpeg: &[u8], marker: u8) -> Vec<u8> {
    let (segments, rest) = jpeg::segments(jpeg);
    let mut out = vec![0xFF, 0xD8];
    for (found, range) in segments {
        if found != marker {
            out.extend(&jpeg[range]);
        }
    }
    out.extend(&jpeg[rest..]);
    out
}

#[test]
fn a_cameras_jpeg_becomes_the_page_as_it_is() {
    let sent = jpeg_of(&board(8));
    let page = camera(&sent).page().unwrap();
    assert_eq!(page.jpeg, sent);
    assert_eq!(
        (page.width_px, page.height_px, page.components),
        (64, 48, 1)
    );
    assert_eq!(page.dpi, None);
    let padded = [sent.as_slice(), b"\x00\x00left from the last frame"].concat();
    assert_eq!(camera(&padded).page().unwrap().jpeg, sent);
}

#[test]
fn mjpeg_without_its_tables_gets_the_standard_ones() {
    // The encoder uses the standard tables too, so the picture must be the same again.
    let whole = jpeg_of(&board(8));
    let bare = without(&whole, 0xC4);
    assert!(bare.len() + 400 > whole.len() && bare.len() < whole.len());
    let (_, expected) = jpeg::decode(&whole).unwrap();
    let page = camera(&bare).page().unwrap();
    assert_eq!(jpeg::decode(&page.jpeg).unwrap().1, expected);
}

#[test]
fn a_frame_cut_off_anywhere_is_no_page() {
    let whole = jpeg_of(&board(8));
    assert_eq!(camera(b"").look(), Err(ScanFault::EmptyImage));
    for keep in [2, whole.len() / 2, whole.len() - 2] {
        let fault = camera(&whole[..keep]).look().unwrap_err();
        assert_eq!(fault, ScanFault::Truncated, "{keep} of {}", whole.len());
    }
    assert_eq!(camera(b"<html>").look().unwrap_err().kind(), "device");
}

#[test]
fn yuyv_becomes_a_page_in_colour_with_full_light() {
    // A red field: Y 81, U 90, V 240 in a camera's range.
    let row: Vec<u8> = [81, 90, 81, 240]
        .repeat(32)
        .into_iter()
        .chain([0; 6])
        .collect();
    let frame = yuyv(row.repeat(48), 64, 48, 134);
    let page = frame.page().unwrap();
    assert_eq!(
        (page.width_px, page.height_px, page.components),
        (64, 48, 3)
    );
    let mut decoder = zune_jpeg::JpegDecoder::new(zune_core::bytestream::ZCursor::new(&page.jpeg));
    let pixels = decoder.decode().unwrap();
    let near = |got: u8, wanted: u8| got.abs_diff(wanted) < 8;
    let red = pixels
        .chunks(3)
        .all(|dot| near(dot[0], 255) && near(dot[1], 0) && near(dot[2], 0));
    assert!(red, "{:?}", &pixels[..3]);
}

#[test]
fn yuyv_too_short_odd_or_beyond_all_bounds_is_refused() {
    let kind = |frame: Frame| frame.look().unwrap_err().kind();
    assert_eq!(
        kind(yuyv(vec![128; 64 * 48 * 2 - 1], 64, 48, 128)),
        "truncated"
    );
    assert_eq!(kind(yuyv(vec![128; 100], 0, 48, 128)), "device");
    assert_eq!(kind(yuyv(vec![128; 10_000], 63, 48, 128)), "device");
    assert_eq!(kind(yuyv(vec![128; 10_000], 64, 48, 127)), "device");
    let huge = yuyv(vec![128; 100], 20_000, 20_000, 40_000)
        .look()
        .unwrap_err();
    assert!(huge.to_string().contains("more than any page"), "{huge}");
    assert_eq!(
        kind(yuyv(vec![128; 100], u32::MAX - 1, u32::MAX, u32::MAX)),
        "device"
    );
}

#[test]
fn the_finer_board_is_sharper_and_a_covered_lens_is_black() {
    let fine = camera(&jpeg_of(&board(2))).look().unwrap();
    let coarse = camera(&jpeg_of(&board(8))).look().unwrap();
    assert!(
        fine.sharpness > 2.0 * coarse.sharpness,
        "{fine:?} {coarse:?}"
    );
    assert!(!fine.is_black());
    assert!(camera(&jpeg_of(&[3; 64 * 48])).look().unwrap().is_black());
    let black = yuyv([16, 128].repeat(64 * 48), 64, 48, 128);
    assert!(black.look().unwrap().is_black());
}

proptest! {
    #[test]
    fn any_bytes_are_a_page_or_a_fault(
        bytes in proptest::collection::vec(any::<u8>(), 0..400),
        width in 0..40_u32,
        height in 0..40_u32,
        stride in 0..100_u32,
        at in 0..600_usize,
        with in any::<u8>(),
    ) {
        let _ = camera(&bytes).look();
        let mut damaged = jpeg_of(&board(8));
        let at = at % damaged.len();
        damaged[at] = with;
        let _ = camera(&damaged).page();
        let frame = yuyv(bytes, width, height, stride);
        prop_assert_eq!(frame.look().is_ok(), frame.page().is_ok());
    }
}
