//! Scanned pages: damaged, too large, of the wrong size.

use jpeg_encoder::{ColorType, Encoder, PixelDensity};
use proptest::prelude::*;

use super::keep_picture;
use crate::scan::{PageInfo, PageLimit, ScanError, decode, fit, fit_picture, preview};

/// A page with lines like text and a stamp of colour; noise keeps it from packing too well.
pub(crate) fn jpeg(width: u16, height: u16, dpi: u16, colour: bool) -> Vec<u8> {
    let mut pixels = Vec::new();
    let mut noise = 12345_u32;
    for y in 0..u32::from(height) {
        for x in 0..u32::from(width) {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let grain = (noise >> 27) as u8;
            let ink = y % 24 < 9 && (x * 7 + y / 24 * 31) % 13 < 6;
            let value = if ink { 20 + grain } else { 220 + grain };
            let stamp = colour && x.abs_diff(60).pow(2) + y.abs_diff(40).pow(2) < 400;
            let rgb = if stamp { [200, 30, 40] } else { [value; 3] };
            pixels.extend(if colour { &rgb[..] } else { &rgb[..1] });
        }
    }
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 92);
    encoder.set_density(PixelDensity::dpi(dpi));
    let kind = if colour {
        ColorType::Rgb
    } else {
        ColorType::Luma
    };
    encoder.encode(&pixels, width, height, kind).unwrap();
    bytes
}

#[test]
fn head_of_a_page_tells_size_and_resolution() {
    let info = PageInfo::read(&jpeg(496, 702, 60, true)).unwrap();
    assert_eq!(
        (info.width_px, info.height_px, info.dpi, info.grey),
        (496, 702, Some(60), false)
    );
    let (width, height) = info.millimetres(60);
    assert!((width - 210.0).abs() < 0.1 && (height - 297.2).abs() < 0.1);
    assert!(PageInfo::read(&jpeg(64, 64, 60, false)).unwrap().grey);
}

#[test]
fn page_whose_transfer_was_cut_off_is_not_accepted() {
    let whole = jpeg(400, 300, 200, true);
    let limit = PageLimit {
        max_bytes: 1_000_000,
        colour: true,
    };
    for rest in [whole.len() / 2, whole.len() - 2, whole.len() - 1] {
        let bytes = rest;
        let part = &whole[..rest];
        assert_eq!(decode(part), Err(ScanError::Truncated { bytes }));
        assert_eq!(
            fit(part, 200, limit).err(),
            Some(ScanError::Truncated { bytes })
        );
    }
    // Padding after the end is what some scanners send.
    let mut padded = whole.clone();
    padded.extend([0; 511]);
    assert!(decode(&padded).is_ok());
    assert!(matches!(
        decode(b"%PDF-1.7"),
        Err(ScanError::NotJpeg { .. })
    ));
    assert!(matches!(decode(b""), Err(ScanError::NotJpeg { .. })));
}

#[test]
fn picture_that_claims_to_be_huge_is_refused_before_it_is_decoded() {
    let mut bytes = jpeg(64, 64, 200, true);
    let frame = bytes.windows(2).position(|w| w == [0xFF, 0xC0]).unwrap();
    bytes[frame + 5..frame + 9].copy_from_slice(&[0x75, 0x30, 0x75, 0x30]);
    assert!(matches!(
        decode(&bytes),
        Err(ScanError::TooLarge {
            width: 30_000,
            height: 30_000,
            ..
        })
    ));
}

#[test]
fn preview_is_small_and_keeps_what_is_on_the_page() {
    let page = jpeg(800, 600, 200, true);
    let small = preview(&page, 200).unwrap();
    assert_eq!(
        (small.width(), small.height(), small.is_colour()),
        (200, 150, true)
    );
    keep_picture("preview.png", &small.to_png());
    let red = small
        .pixels()
        .chunks_exact(3)
        .filter(|p| p[0] > 150 && p[1] < 90)
        .count();
    assert!(red > 40, "the stamp is seen");
    assert_eq!(
        preview(&page, 5000).unwrap().width(),
        800,
        "never made larger"
    );
    let bounds = small
        .pixels()
        .iter()
        .fold((255, 0), |(low, high), p| (low.min(*p), high.max(*p)));
    assert!(bounds.0 < 100 && bounds.1 > 200);
}

#[test]
fn page_that_fits_keeps_its_bytes() {
    let page = jpeg(400, 300, 300, true);
    let fitted = fit(
        &page,
        300,
        PageLimit {
            max_bytes: page.len(),
            colour: true,
        },
    )
    .unwrap();
    assert_eq!(
        (&*fitted.jpeg, fitted.quality, fitted.dpi),
        (&page[..], None, 300)
    );
}

#[test]
fn page_too_large_loses_quality_then_dots_then_colour() {
    let page = jpeg(480, 360, 600, true);
    let mut before = (usize::MAX, 600, false);
    let mut seen = Vec::new();
    let mut max_bytes = page.len() - 1;
    while let Ok(fitted) = fit(
        &page,
        600,
        PageLimit {
            max_bytes,
            colour: true,
        },
    ) {
        assert!(fitted.jpeg.len() <= max_bytes);
        assert!(fitted.dpi >= 200 && fitted.dpi <= before.1 && (fitted.grey || !before.2));
        let info = PageInfo::read(&fitted.jpeg).unwrap();
        assert_eq!((info.dpi, info.grey), (Some(fitted.dpi), fitted.grey));
        assert_eq!(info.width_px, 480 * u32::from(fitted.dpi) / 600);
        seen.push((fitted.dpi, fitted.grey));
        before = (fitted.jpeg.len(), fitted.dpi, fitted.grey);
        max_bytes = before.0 - 1;
    }
    for step in [(600, false), (300, false), (200, false), (200, true)] {
        assert!(seen.contains(&step), "{step:?} in {seen:?}");
    }
    let never = fit(
        &page,
        600,
        PageLimit {
            max_bytes: 100,
            colour: true,
        },
    );
    assert!(matches!(
        never,
        Err(ScanError::CannotFit { allowed: 100, .. })
    ));
}

#[test]
fn a_fitted_page_shows_what_the_page_showed() {
    let page = decode(&jpeg(480, 360, 200, true)).unwrap();
    let limit = PageLimit {
        max_bytes: 1_000_000,
        colour: true,
    };
    let fitted = fit_picture(&page, 200, limit).unwrap();
    let shown = decode(&fitted.jpeg).unwrap();
    let off = page.pixels().iter().zip(shown.pixels());
    let off: u64 = off.map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    let mean = off as f64 / page.pixels().len() as f64;
    assert!(mean < 6.0, "{mean} levels off");
}

#[test]
fn a_jpeg_with_a_scan_for_each_colour_is_refused_and_not_shown_wrong() {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 80);
    encoder.set_optimized_huffman_tables(true);
    encoder
        .encode(&[90; 64 * 64 * 3], 64, 64, ColorType::Rgb)
        .unwrap();
    assert!(matches!(decode(&bytes), Err(ScanError::NotJpeg { .. })));
}

#[test]
fn material_without_colour_is_filed_grey() {
    let page = jpeg(300, 200, 200, true);
    let fitted = fit(
        &page,
        200,
        PageLimit {
            max_bytes: 1_000_000,
            colour: false,
        },
    )
    .unwrap();
    assert!(fitted.grey && PageInfo::read(&fitted.jpeg).unwrap().grey);
    assert_eq!(fitted.dpi, 200);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_page_never_brings_the_kiosk_down(at in 0_usize..4000, value: u8, cut in 0_usize..4000) {
        let mut bytes = jpeg(48, 48, 200, true);
        let place = at % bytes.len();
        bytes[place] = value;
        bytes.truncate(bytes.len() - cut % bytes.len());
        if let Ok(picture) = decode(&bytes) {
            let pixels = u64::from(picture.width()) * u64::from(picture.height());
            prop_assert!(pixels <= crate::scan::MAX_PIXELS);
        }
    }
}
