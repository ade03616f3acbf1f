//! Looks at a JPEG from a scanner: is it whole, how large, and what in it is not picture.

use zeroize::Zeroizing;
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::{ImageInfo, JpegDecoder};

use super::bounds::{MAX_AT_ONCE, MAX_PIXELS, MAX_SIDE, check_pixels};
use super::fault::ScanFault;
use super::progressive::{at_once, is_baseline, is_finished};

/// Most pixels a byte can hold: of each square of 64 the picture says at least one bit.
const PIXELS_A_BYTE: usize = 64 * 8;

/// Most scans of a progressive picture; encoders make a dozen, and each is work on every pixel.
const MAX_SCANS: usize = 32;

/// Bytes the decoder reads ahead at most.
const READ_AHEAD: usize = 16;

/// What a whole JPEG is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) components: u8,
    /// Dots per inch from the JFIF header; `None` when absent, an aspect ratio, or unequal.
    pub(super) density: Option<u32>,
}

/// Decodes the picture to its last row: that all of them are there is what matters.
///
/// # Errors
/// `EmptyImage` without a byte, `Truncated` without the end marker or with rows missing,
/// `Device` when it is no JPEG or larger than any page.
pub(super) fn examine(bytes: &[u8]) -> Result<Facts, ScanFault> {
    decode(bytes).map(|(facts, _)| facts)
}

/// Decodes the picture to its last row and gives its light too, a byte a pixel.
///
/// # Errors
/// As [`examine`].
pub(super) fn decode(bytes: &[u8]) -> Result<(Facts, Zeroizing<Vec<u8>>), ScanFault> {
    if bytes.is_empty() {
        return Err(ScanFault::EmptyImage);
    }
    if !bytes.starts_with(&[0xFF, 0xD8]) {
        return Err(ScanFault::Device("the page is no JPEG".to_owned()));
    }
    if !ends_whole(bytes) || !is_finished(bytes) {
        return Err(ScanFault::Truncated);
    }
    let open_ended = without_end(bytes);
    let (mut decoder, info) = opened(&open_ended, true, bytes.len())?;
    let (width, height) = (usize::from(info.width), usize::from(info.height));
    let rows = Zeroizing::new(decoder.decode().map_err(|_| ScanFault::Truncated)?);
    if rows.len() < width * height {
        return Err(ScanFault::Truncated);
    }
    let facts = Facts {
        width: u32::from(info.width),
        height: u32::from(info.height),
        components: info.components,
        density: density(bytes),
    };
    Ok((facts, rows))
}

/// A decoder and the head it has read.
type Opened<'a> = (JpegDecoder<ZCursor<&'a [u8]>>, ImageInfo);

/// A decoder that has read the head of `picture`, of whose bytes `held` came from the device.
fn opened(picture: &[u8], strict: bool, held: usize) -> Result<Opened<'_>, ScanFault> {
    let options = DecoderOptions::default()
        .set_strict_mode(strict)
        .set_max_width(MAX_SIDE as usize)
        .set_max_height(MAX_SIDE as usize)
        .jpeg_set_max_scans(MAX_SCANS)
        .jpeg_set_out_colorspace(ColorSpace::Luma);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(picture), options);
    let unreadable = |error: &dyn std::fmt::Display| {
        ScanFault::Device(format!("the page cannot be decoded: {error}"))
    };
    decoder
        .decode_headers()
        .map_err(|error| unreadable(&error))?;
    let info = decoder.info().ok_or_else(|| unreadable(&"no header"))?;
    let most = if at_once(picture) {
        MAX_AT_ONCE
    } else {
        MAX_PIXELS
    };
    check_pixels(info.width.into(), info.height.into(), most)?;
    // A header that promises a hall from a thimble: no memory is given for what cannot come.
    if usize::from(info.width) * usize::from(info.height) > held.saturating_mul(PIXELS_A_BYTE) {
        return Err(ScanFault::Truncated);
    }
    Ok((decoder, info))
}

/// How much of a picture is in its first bytes, in percent of its rows: 0 while that cannot be
/// told, as of progressive ones, whose rows all come at once.
pub(super) fn percent_here(bytes: &[u8]) -> u8 {
    if !is_baseline(bytes) {
        return 0;
    }
    let Ok((mut decoder, info)) = opened(bytes, false, bytes.len()) else {
        return 0;
    };
    let (width, height) = (usize::from(info.width), usize::from(info.height));
    if width == 0 {
        return 0;
    }
    let Ok(rows) = decoder.decode().map(Zeroizing::new) else {
        return 0;
    };
    // What has not come is grey without a grain.
    let absent = |row: &&[u8]| row.iter().all(|dot| *dot == 128);
    let absent = rows.rchunks_exact(width).take_while(absent).count();
    let here = height.saturating_sub(absent) * 100 / height.max(1);
    u8::try_from(here.min(99)).unwrap_or(0)
}

/// The picture for the decoder, so that rows that are not there are noticed.
///
/// At an end marker the decoder takes the rest of the rows for grey, without a word; at the
/// end of its bytes it complains. So a baseline picture goes in with its end marker replaced
/// by as many bytes as the decoder reads ahead. Progressive ones need their marker.
fn without_end(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut open_ended = Zeroizing::new(bytes.to_vec());
    if is_baseline(bytes) {
        let end = whole_length(bytes).saturating_sub(2);
        open_ended.truncate(end);
        open_ended.extend_from_slice(&[0; READ_AHEAD]);
    }
    open_ended
}

/// Whether the end marker stands at the end; some devices pad behind it.
fn ends_whole(bytes: &[u8]) -> bool {
    let whole = bytes.get(..whole_length(bytes)).unwrap_or_default();
    whole.ends_with(&[0xFF, 0xD9])
}

/// Length without padding.
fn whole_length(bytes: &[u8]) -> usize {
    let last = bytes.iter().rposition(|byte| *byte != 0x00);
    last.map_or(0, |last| last + 1)
}

/// Segments up to the picture data: marker and the range of the whole segment.
pub(super) fn segments(bytes: &[u8]) -> (Vec<(u8, std::ops::Range<usize>)>, usize) {
    let mut found = Vec::new();
    let mut at = 2;
    while let Some([0xFF, marker, high, low]) = bytes.get(at..at + 4) {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let end = at + 2 + length;
        if *marker == 0xDA || *marker == 0xFF || length < 2 || end > bytes.len() {
            break;
        }
        found.push((*marker, at..end));
        at = end;
    }
    (found, at)
}

/// Takes out everything that is not the picture: EXIF, XMP, comments, makers' notes.
///
/// Kept are JFIF (APP0), the colour profile (APP2) and Adobe's transform (APP14), without
/// which the colours would change.
pub(super) fn strip_metadata(bytes: &[u8]) -> Vec<u8> {
    let (segments, rest) = segments(bytes);
    let mut out = Vec::with_capacity(bytes.len());
    out.extend_from_slice(bytes.get(..2).unwrap_or_default());
    for (marker, range) in segments {
        let metadata = matches!(marker, 0xE1 | 0xE3..=0xED | 0xEF | 0xFE);
        if !metadata {
            out.extend_from_slice(bytes.get(range).unwrap_or_default());
        }
    }
    out.extend_from_slice(bytes.get(rest..).unwrap_or_default());
    out
}

fn density(bytes: &[u8]) -> Option<u32> {
    let (segments, _) = segments(bytes);
    let (_, range) = segments.into_iter().find(|(marker, _)| *marker == 0xE0)?;
    match bytes.get(range)? {
        [
            _,
            _,
            _,
            _,
            b'J',
            b'F',
            b'I',
            b'F',
            0,
            _,
            _,
            units,
            xh,
            xl,
            yh,
            yl,
            ..,
        ] => {
            let x = u32::from(u16::from_be_bytes([*xh, *xl]));
            let y = u32::from(u16::from_be_bytes([*yh, *yl]));
            match units {
                1 if x == y && x > 1 => Some(x),
                // Dots per centimetre.
                2 if x == y && x > 1 => Some((x * 254 + 50) / 100),
                _ => None,
            }
        }
        _ => None,
    }
}

#[cfg(all(test, feature = "simulator"))]
mod tests {
    use super::*;
    use jpeg_encoder::{ColorType, Encoder, PixelDensity, PixelDensityUnit};

    fn picture(width: u16, height: u16, density: PixelDensity) -> Vec<u8> {
        let pixels: Vec<u8> = (0..usize::from(width) * usize::from(height))
            .map(|i| (i * 7 % 251) as u8)
            .collect();
        let mut out = Vec::new();
        let mut encoder = Encoder::new(&mut out, 80);
        encoder.set_density(density);
        encoder
            .encode(&pixels, width, height, ColorType::Luma)
            .unwrap();
        out
    }

    fn with_segment(jpeg: &[u8], marker: u8, body: &[u8]) -> Vec<u8> {
        let mut out = jpeg[..2].to_vec();
        out.extend([0xFF, marker]);
        out.extend(((body.len() + 2) as u16).to_be_bytes());
        out.extend(body);
        out.extend(&jpeg[2..]);
        out
    }

    #[test]
    fn a_header_that_promises_more_than_its_bytes_can_hold_costs_no_memory() {
        let mut bomb = picture(64, 48, PixelDensity::default());
        let (segments, _) = segments(&bomb);
        let frame = segments.into_iter().find(|(marker, _)| *marker == 0xC0);
        let at = frame.unwrap().1.start + 5;
        // 10 000 rows of 10 000 pixels in a few hundred bytes.
        bomb[at..at + 4].copy_from_slice(&[0x27, 0x10, 0x27, 0x10]);
        assert_eq!(examine(&bomb), Err(ScanFault::Truncated));
        bomb[at..at + 4].copy_from_slice(&[0x4E, 0x20, 0x4E, 0x20]);
        assert_eq!(examine(&bomb).unwrap_err().kind(), "device");
    }

    #[test]
    fn a_whole_page_tells_its_size_and_density() {
        let facts = examine(&picture(120, 80, PixelDensity::dpi(300))).unwrap();
        assert_eq!(
            facts,
            Facts {
                width: 120,
                height: 80,
                components: 1,
                density: Some(300)
            }
        );
        let facts = examine(&picture(
            120,
            80,
            PixelDensity {
                density: (118, 118),
                unit: PixelDensityUnit::Centimeters,
            },
        ))
        .unwrap();
        assert_eq!(facts.density, Some(300));
        assert_eq!(
            examine(&picture(16, 16, PixelDensity::default()))
                .unwrap()
                .density,
            None
        );
    }

    #[test]
    fn a_page_cut_off_anywhere_is_no_page() {
        let whole = picture(200, 200, PixelDensity::default());
        for end in (0..whole.len()).step_by(97) {
            assert!(examine(&whole[..end]).is_err(), "cut at {end}");
            // Rows are missed in strips of eight: the last strip of the 25, closed, passes as whole.
            if end > whole.len() / 2 && end < whole.len() * 23 / 25 {
                let mut closed = whole[..end].to_vec();
                closed.extend([0xFF, 0xD9]);
                assert_eq!(
                    examine(&closed),
                    Err(ScanFault::Truncated),
                    "closed at {end} of {}",
                    whole.len()
                );
            }
        }
    }

    #[test]
    fn a_progressive_page_cut_off_and_closed_is_no_page() {
        let pixels: Vec<u8> = (0..400 * 300 * 3).map(|i| (i * 13 % 241) as u8).collect();
        let mut whole = Vec::new();
        let mut encoder = Encoder::new(&mut whole, 80);
        encoder.set_progressive(true);
        encoder.encode(&pixels, 400, 300, ColorType::Rgb).unwrap();
        assert!(examine(&whole).is_ok());
        // What is left of the last scan can be finished by nobody; up to there a cut is seen.
        let last = whole
            .windows(2)
            .rposition(|pair| pair == [0xFF, 0xDA])
            .unwrap();
        assert!(last > whole.len() / 2, "{last} of {}", whole.len());
        for end in (2..last).step_by(53) {
            let mut closed = whole[..end].to_vec();
            closed.extend([0xFF, 0xD9]);
            assert!(examine(&closed).is_err(), "closed at {end} of {last}");
        }
    }

    /// A grey field of three colours: one scan of nothing but zeroes, two bits a block and colour.
    fn field(marker: u8, side: u16) -> Vec<u8> {
        let segment = |marker: u8, body: &[u8]| {
            let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
            [&[0xFF, marker], &length[..], body].concat()
        };
        let [high, low] = side.to_be_bytes();
        let components = [1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0];
        let frame = [&[8, high, low, high, low, 3], &components[..]].concat();
        // One code of one bit, for "as before".
        let table = [&[0x00, 1][..], &[0; 15], &[0]].concat();
        let scan = [3, 1, 0, 2, 0, 3, 0, 0, 0, 0];
        let blocks = usize::from(side.div_ceil(8)).pow(2) * 3;
        [
            &[0xFF, 0xD8][..],
            &segment(0xDB, &[&[0][..], &[1; 64]].concat()),
            &segment(marker, &frame),
            &segment(0xC4, &table),
            &segment(0xDA, &scan),
            &vec![0; blocks / 8 + 1],
            &[0xFF, 0xD9],
        ]
        .concat()
    }

    /// Decodes in a process of its own; the most memory it took, in MiB, and what came of it.
    fn decoded_alone(case: &str) -> (u64, String) {
        let test = "scanner::jpeg::tests::a_bomb_is_decoded_here";
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", test, "--nocapture"])
            .env("KIOSK_TEST_BOMB", case)
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let line = said.lines().find_map(|line| line.split_once("bomb: "));
        let (most, ended) = line.unwrap().1.split_once(' ').unwrap();
        (most.parse::<u64>().unwrap() / 1024, ended.to_owned())
    }

    /// The other half of the test below; by itself it has nothing to decode.
    #[test]
    fn a_bomb_is_decoded_here() {
        let Ok(case) = std::env::var("KIOSK_TEST_BOMB") else {
            return;
        };
        let bomb = match case.as_str() {
            "progressive" => field(0xC2, 10_000),
            _ => field(0xC2, 6_000),
        };
        assert!(bomb.len() < 600_000);
        // Without the end the scans are not all there: the decoder alone is asked.
        let opened = opened(&bomb, true, bomb.len());
        let ended = opened.map(|(mut decoder, _)| decoder.decode().map(|rows| rows.len()));
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let most = status
            .lines()
            .find(|line| line.starts_with("VmHWM"))
            .unwrap();
        let most = most.split_whitespace().nth(1).unwrap();
        println!("bomb: {most} {ended:?}");
    }

    #[test]
    fn a_bomb_of_a_progressive_picture_is_not_unpacked() {
        let (most, ended) = decoded_alone("progressive");
        assert!(ended.contains("more than any page"), "{ended}");
        assert!(most < 100, "{most} MiB: {ended}");
        // The largest that is decoded: 36 million pixels.
        let (most, ended) = decoded_alone("allowed");
        assert!(ended.contains("Ok(36000000)"), "{ended}");
        assert!((200..400).contains(&most), "{most} MiB: {ended}");
    }

    #[test]
    fn whole_pages_of_every_common_make_pass() {
        use jpeg_encoder::SamplingFactor;
        let pixels: Vec<u8> = (0..211 * 133 * 3).map(|i| (i * 13 % 241) as u8).collect();
        for sampling in [
            SamplingFactor::R_4_4_4,
            SamplingFactor::R_4_2_2,
            SamplingFactor::R_4_2_0,
        ] {
            for (progressive, restart) in [(false, 0), (false, 5), (true, 0)] {
                let mut jpeg = Vec::new();
                let mut encoder = Encoder::new(&mut jpeg, 80);
                encoder.set_sampling_factor(sampling);
                encoder.set_progressive(progressive);
                encoder.set_restart_interval(restart);
                encoder.encode(&pixels, 211, 133, ColorType::Rgb).unwrap();
                let facts = examine(&jpeg).unwrap();
                assert_eq!((facts.width, facts.height, facts.components), (211, 133, 3));
            }
        }
        assert!(examine(&picture(1, 1, PixelDensity::default())).is_ok());
    }

    #[test]
    fn padding_behind_the_end_marker_is_borne() {
        let mut padded = picture(16, 16, PixelDensity::default());
        padded.extend([0; 100]);
        assert!(examine(&padded).is_ok());
    }

    #[test]
    fn what_a_scanner_notes_about_place_and_time_is_taken_out() {
        let plain = picture(64, 64, PixelDensity::dpi(200));
        let noted = with_segment(
            &with_segment(&plain, 0xE1, b"Exif\0\0 serial 4711"),
            0xFE,
            b"made by",
        );
        assert!(examine(&noted).is_ok());
        assert_eq!(strip_metadata(&noted), plain);
        assert_eq!(strip_metadata(&plain), plain);
        let profile = with_segment(&plain, 0xE2, b"ICC_PROFILE\0");
        assert_eq!(strip_metadata(&profile), profile);
    }

    #[test]
    fn a_page_of_absurd_size_is_refused_before_it_is_decoded() {
        let mut huge = picture(16, 16, PixelDensity::default());
        let frame = huge
            .windows(2)
            .position(|pair| pair == [0xFF, 0xC0])
            .unwrap();
        huge[frame + 5..frame + 9].copy_from_slice(&[0x4E, 0x00, 0x4E, 0x00]);
        assert!(matches!(examine(&huge), Err(ScanFault::Device(_))));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_examined_and_stripped(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
            let mut jpeg = vec![0xFF, 0xD8];
            jpeg.extend(&bytes);
            jpeg.extend([0xFF, 0xD9]);
            let _ = examine(&jpeg);
            proptest::prop_assert!(strip_metadata(&jpeg).len() <= jpeg.len());
        }
    }
}
