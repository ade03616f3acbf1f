//! Files that promise more than they are: refused early, in little memory and time.

use std::time::Instant;

use jpeg_encoder::{ColorType, Encoder};

use crate::scan::{MAX_BYTES, PageFile, PageInfo, ScanError, decode};

/// Slow machines and builds without optimisation included; a bomb that goes off takes minutes.
const SOON: u64 = 10;

fn jpeg(progressive: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 80);
    encoder.set_progressive(progressive);
    encoder
        .encode(&[200; 64 * 64 * 3], 64, 64, ColorType::Rgb)
        .unwrap();
    bytes
}

/// The same JPEG, whose frame header names another size.
fn named(mut jpeg: Vec<u8>, width: u16, height: u16) -> Vec<u8> {
    let frame = jpeg
        .windows(2)
        .position(|pair| matches!(pair, [0xFF, 0xC0 | 0xC2]));
    let at = frame.unwrap() + 5;
    jpeg[at..at + 2].copy_from_slice(&height.to_be_bytes());
    jpeg[at + 2..at + 4].copy_from_slice(&width.to_be_bytes());
    jpeg
}

fn png(width: u32, height: u32, kind: png::ColorType, data: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(kind);
    encoder.set_depth(png::BitDepth::Eight);
    encoder
        .write_header()
        .unwrap()
        .write_chunk(png::chunk::IDAT, data)
        .unwrap();
    bytes
}

#[test]
fn a_jpeg_that_names_a_hundred_megapixels_in_a_kilobyte_is_none() {
    for progressive in [false, true] {
        let start = Instant::now();
        for (width, height) in [(10_000, 10_000), (65_000, 1_500), (9_000, 11_000)] {
            let bomb = named(jpeg(progressive), width, height);
            assert!(decode(&bomb).is_err(), "{width} x {height}");
            assert!(PageFile::read(&bomb).is_err());
        }
        assert!(start.elapsed().as_secs() < SOON);
    }
    let bomb = named(jpeg(false), 10_001, 10_000);
    let refused = PageInfo::read(&bomb);
    assert!(matches!(
        refused,
        Err(ScanError::TooLarge { width: 10_001, .. })
    ));
}

#[test]
fn a_progressive_page_larger_than_is_held_at_once_is_refused_before_it_is_unpacked() {
    // Enough bytes to be believed: two comments of 60 KB.
    let padded = |progressive| {
        let mut bomb = named(jpeg(progressive), 7_000, 6_000);
        let comment = [&[0xFF, 0xFE, 0xEA, 0x60][..], &[b' '; 0xEA5E]].concat();
        bomb.splice(2..2, [&comment[..], &comment].concat());
        bomb
    };
    let refused = decode(&padded(true));
    assert!(
        matches!(refused, Err(ScanError::TooLarge { width: 7_000, .. })),
        "{refused:?}"
    );
    let sequential = decode(&padded(false));
    assert!(
        !matches!(sequential, Err(ScanError::TooLarge { .. })),
        "its rows come one by one"
    );
}

#[test]
fn a_jpeg_of_scans_without_end_is_none() {
    // A progressive picture says its last scan again and again: each is work on every pixel.
    let mut bomb = jpeg(true);
    let last = bomb
        .windows(2)
        .rposition(|pair| pair == [0xFF, 0xDA])
        .unwrap();
    let scan = bomb[last..bomb.len() - 2].to_vec();
    bomb.truncate(bomb.len() - 2);
    for _ in 0..20_000 {
        bomb.extend_from_slice(&scan);
    }
    bomb.extend_from_slice(&[0xFF, 0xD9]);
    let start = Instant::now();
    assert!(matches!(decode(&bomb), Err(ScanError::NotJpeg { .. })));
    assert!(start.elapsed().as_secs() < SOON);
}

#[test]
fn a_png_is_refused_by_its_head_before_memory_is_given() {
    for (width, height) in [
        (10_001, 10_000),
        (100_000_001, 1),
        (u32::MAX >> 1, u32::MAX >> 1),
    ] {
        let bomb = png(width, height, png::ColorType::Rgb, &[]);
        let refused = PageFile::read(&bomb);
        let known = matches!(
            refused,
            Err(ScanError::TooLarge { .. } | ScanError::NotPng { .. })
        );
        assert!(known, "{refused:?}");
    }
}

#[test]
fn a_png_whose_data_unpacks_to_more_than_its_rows_or_to_less_is_bounded() {
    // 64 MB of zeros in 64 KB, for a picture of 8 x 8.
    let start = Instant::now();
    let zeros = vec![0; 64 << 20];
    let mut packed = Vec::new();
    {
        let mut encoder = png::Encoder::new(&mut packed, 8_192, 8_192);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::High);
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(&zeros).unwrap();
    }
    let at = 16;
    let mut more = packed.clone();
    more[at..at + 8].copy_from_slice(&[0, 0, 0, 8, 0, 0, 0, 8]);
    assert!(
        PageFile::read(&more).is_err(),
        "its checksum no longer fits"
    );
    let less = png(9_000, 9_000, png::ColorType::Rgb, &[0x78, 0x01]);
    assert!(matches!(
        PageFile::read(&less),
        Err(ScanError::NotPng { .. })
    ));
    assert!(start.elapsed().as_secs() < SOON);
}

#[test]
fn a_file_of_nothing_of_another_kind_or_beyond_its_length_is_none() {
    for bytes in [
        &b""[..],
        b"%PDF-1.7",
        b"GIF89a",
        b"II*\0",
        b"P6 1 1 255 xxx",
        b"\xFF\xD8",
    ] {
        assert!(PageFile::read(bytes).is_err());
    }
    let mut long = jpeg(false);
    long.resize(MAX_BYTES + 1, 0);
    assert!(matches!(
        PageFile::read(&long),
        Err(ScanError::TooLarge { .. })
    ));
}
