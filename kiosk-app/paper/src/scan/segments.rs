//! The segments of a JPEG: what it tells about its origin, and the same picture without it.
//!
//! Source: ITU-T T.81 annex B, T.871 section 10 (JFIF), CIPA DC-008 section 4 (Exif).

use zeroize::Zeroizing;

use crate::PrivateBytes;

/// Head of a segment that holds Exif data.
const EXIF: &[u8] = b"Exif\0\0";
/// Entries of a directory looked at; real ones have about 20.
const MOST_ENTRIES: usize = 512;

/// What Exif data say that matters to a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Exif {
    /// How the picture is to be turned, 1 (not at all) to 8; `None`: not told.
    pub(super) orientation: Option<u8>,
    /// Whether a camera's maker is named.
    pub(super) made_by_camera: bool,
}

impl Exif {
    /// Of a JPEG; nothing where it has none or they are damaged.
    pub(super) fn of(jpeg: &[u8]) -> Self {
        bodies(jpeg, 0xE1)
            .find_map(|body| body.strip_prefix(EXIF))
            .and_then(Self::read)
            .unwrap_or_default()
    }

    /// Of the TIFF structure in an Exif segment: only its first directory.
    fn read(tiff: &[u8]) -> Option<Self> {
        let big = match tiff.get(..4)? {
            b"MM\0*" => true,
            b"II*\0" => false,
            _ => return None,
        };
        let short = |at: usize| -> Option<u16> {
            let bytes: [u8; 2] = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
            Some(if big {
                u16::from_be_bytes(bytes)
            } else {
                u16::from_le_bytes(bytes)
            })
        };
        let (first, second) = (short(4)?, short(6)?);
        let (high, low) = if big {
            (first, second)
        } else {
            (second, first)
        };
        let directory = usize::from(high) << 16 | usize::from(low);
        let mut exif = Self::default();
        for entry in 0..usize::from(short(directory)?).min(MOST_ENTRIES) {
            let at = directory + 2 + entry * 12;
            match short(at)? {
                // Make.
                0x010F => exif.made_by_camera = true,
                // Orientation, one short.
                0x0112 => {
                    let value = short(at + 8)?;
                    exif.orientation = u8::try_from(value).ok().filter(|one| (1..=8).contains(one));
                }
                _ => {}
            }
        }
        Some(exif)
    }
}

/// The same picture, bit by bit, without what is not needed to draw it: no Exif, no thumbnails,
/// no comments, nothing after the end. Its head names `dpi`.
///
/// `None` when the segments are not understood; then the picture has to be encoded anew.
pub(super) fn stripped(jpeg: &[u8], dpi: u16) -> Option<PrivateBytes> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(jpeg.len() + 18));
    bytes.extend([0xFF, 0xD8]);
    // With an Adobe segment the colours may be others than those JFIF promises.
    let adobe = segments(jpeg).any(|segment| segment.marker == 0xEE);
    if !adobe {
        bytes.extend([0xFF, 0xE0, 0, 16]);
        bytes.extend(b"JFIF\0\x01\x01");
        let [high, low] = dpi.to_be_bytes();
        bytes.extend([1, high, low, high, low, 0, 0]);
    }
    let mut ended = false;
    for segment in segments(jpeg) {
        match segment.marker {
            // Application data, but Adobe's, and comments.
            0xE0..=0xED | 0xEF | 0xFE => {}
            0xD9 => ended = true,
            // A frame that is not of 8 bits, of one or three colours: no PDF reader has to know it.
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF if !common(&segment) => {
                return None;
            }
            _ => {
                bytes.extend([0xFF, segment.marker]);
                let length = u16::try_from(segment.body.len() + 2).ok()?;
                bytes.extend(length.to_be_bytes());
                bytes.extend(segment.body);
                bytes.extend(segment.data);
            }
        }
    }
    bytes.extend([0xFF, 0xD9]);
    ended.then(|| PrivateBytes::new(std::mem::take(&mut bytes)))
}

/// Whether a frame is baseline, extended or progressive, of 8 bits, grey or of three colours.
fn common(frame: &Segment<'_>) -> bool {
    matches!(frame.marker, 0xC0..=0xC2)
        && frame.body.first() == Some(&8)
        && matches!(frame.body.get(5), Some(1 | 3))
}

/// One segment, and the entropy-coded data after it.
struct Segment<'a> {
    marker: u8,
    body: &'a [u8],
    data: &'a [u8],
}

/// What segments of a marker hold.
pub(super) fn bodies(jpeg: &[u8], marker: u8) -> impl Iterator<Item = &[u8]> {
    segments(jpeg)
        .filter(move |segment| segment.marker == marker)
        .map(|segment| segment.body)
}

/// Whether a picture's rows come all at once.
pub(super) fn is_progressive(jpeg: &[u8]) -> bool {
    bodies(jpeg, 0xC2).next().is_some()
}

/// Whether a picture that is not progressive has a scan for each of its colours.
pub(super) fn is_split(jpeg: &[u8]) -> bool {
    let sequential = bodies(jpeg, 0xC0)
        .chain(bodies(jpeg, 0xC1))
        .next()
        .is_some();
    sequential && bodies(jpeg, 0xDA).nth(1).is_some()
}

/// The segments from the start to the end of the picture; ends early where they are damaged.
fn segments(jpeg: &[u8]) -> impl Iterator<Item = Segment<'_>> {
    let mut rest = jpeg.strip_prefix(&[0xFF, 0xD8]).unwrap_or_default();
    std::iter::from_fn(move || {
        let (segment, after) = segment(rest)?;
        rest = after;
        Some(segment)
    })
}

fn segment(bytes: &[u8]) -> Option<(Segment<'_>, &[u8])> {
    // Before a marker there may be any number of fill bytes.
    let fill = bytes.iter().take_while(|byte| **byte == 0xFF).count();
    let (marker, rest) = bytes.get(fill..)?.split_first()?;
    if fill == 0 || matches!(*marker, 0 | 0x01 | 0xD0..=0xD8) {
        return None;
    }
    let nothing: &[u8] = &[];
    if *marker == 0xD9 {
        let end = Segment {
            marker: *marker,
            body: nothing,
            data: nothing,
        };
        // Whatever follows is no part of the picture.
        return Some((end, nothing));
    }
    let length = u16::from_be_bytes(rest.get(..2)?.try_into().ok()?);
    let (body, after) = (
        rest.get(2..usize::from(length))?,
        rest.get(usize::from(length)..)?,
    );
    let (data, after) = if *marker == 0xDA {
        after.split_at(data_length(after))
    } else {
        (nothing, after)
    };
    let segment = Segment {
        marker: *marker,
        body,
        data,
    };
    Some((segment, after))
}

/// Entropy-coded data reach up to the next marker that is neither a stuffed byte nor a restart.
fn data_length(bytes: &[u8]) -> usize {
    bytes
        .windows(2)
        .position(|pair| matches!(pair, [0xFF, next] if !matches!(*next, 0 | 0xD0..=0xD7 | 0xFF)))
        .unwrap_or(bytes.len())
}
