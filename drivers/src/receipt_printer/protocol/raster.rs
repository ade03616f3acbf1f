//! A picture as raster bands: short, trimmed, and free of bytes that act in real time.
//!
//! Source: the printer fact sheet, sections 1.3 and 1.10 ("Real-time bytes inside data").

use super::super::bitmap::Bitmap;
use super::commands::{Command, Feed, RasterHeader};

/// Fewer blank rows than this stay inside a band, so that the head does not stop for them.
const MIN_FEED_ROWS: usize = 8;

/// Most motion units of one `ESC J`.
const MAX_FEED_ROWS: usize = 255;

/// One command of a slip's picture with the paper it moves.
#[derive(Clone, PartialEq, Eq, zeroize::ZeroizeOnDrop)]
pub struct Band {
    /// The whole command: raster header and data, or a feed.
    pub bytes: Vec<u8>,
    /// Rows of paper it moves, 8 to a millimetre.
    pub rows: u16,
}

impl std::fmt::Debug for Band {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Band({} bytes, {} rows, [redacted])",
            self.bytes.len(),
            self.rows
        )
    }
}

/// Turns a picture into bands of at most `band_rows` rows for a head of `head_bytes` bytes a row.
///
/// Blank rows become paper feed (after `GS P` set to one dot a unit), white at the right
/// is not sent, and where two neighbouring bytes would act as a real-time command the
/// lowest dot of the first turns black: one dot of an eighth of a millimetre.
///
/// Returns `None` when the picture is wider than the head: it would be clipped or wrapped.
pub fn bands(bitmap: &Bitmap, head_bytes: u8, band_rows: u8) -> Option<Vec<Band>> {
    let most = usize::from(band_rows.max(1));
    if bitmap.stride() > usize::from(head_bytes) {
        return None;
    }
    let rows: Vec<&[u8]> = bitmap.rows().collect();
    let mut out = Vec::new();
    let mut rest = rows.as_slice();
    while !rest.is_empty() {
        let blank = leading_blank(rest);
        if blank >= MIN_FEED_ROWS || blank == rest.len() {
            feed(blank, &mut out);
            rest = rest.get(blank..).unwrap_or_default();
        } else {
            let (band, after) = rest.split_at(band_length(rest, most));
            out.push(raster(band));
            rest = after;
        }
    }
    Some(out)
}

fn is_blank(row: &[u8]) -> bool {
    row.iter().all(|byte| *byte == 0)
}

fn leading_blank(rows: &[&[u8]]) -> usize {
    rows.iter().take_while(|row| is_blank(row)).count()
}

/// Rows until the band is full or a blank stretch begins that is worth a feed.
fn band_length(rows: &[&[u8]], most: usize) -> usize {
    let mut blank = 0;
    for (index, row) in rows.iter().enumerate().take(most) {
        blank = if is_blank(row) { blank + 1 } else { 0 };
        if blank == MIN_FEED_ROWS && index + 1 > blank {
            return index + 1 - blank;
        }
    }
    rows.len().min(most)
}

fn feed(rows: usize, out: &mut Vec<Band>) {
    let mut left = rows;
    while left > 0 {
        let units = left.min(MAX_FEED_ROWS) as u8;
        out.push(Band {
            bytes: Feed { units }.bytes(),
            rows: u16::from(units),
        });
        left -= usize::from(units);
    }
}

fn raster(rows: &[&[u8]]) -> Band {
    let used = |row: &&[u8]| {
        row.iter()
            .rposition(|byte| *byte != 0)
            .map_or(0, |last| last + 1)
    };
    // At least one byte a row: a band of blank rows inside a picture still moves the paper.
    let width = rows.iter().map(used).max().unwrap_or(0).max(1);
    let header = RasterHeader {
        bytes_per_row: width as u8,
        rows: rows.len() as u8,
    };
    let mut bytes = header.bytes();
    let start = bytes.len();
    for row in rows {
        bytes.extend(row.iter().take(width));
    }
    disarm(bytes.get_mut(start..).unwrap_or_default());
    Band {
        bytes,
        rows: rows.len() as u16,
    }
}

/// Alters the lowest dot wherever two bytes would read as `DLE EOT`, `DLE ENQ` or `DLE DC4`.
fn disarm(data: &mut [u8]) {
    let mut second = None;
    for byte in data.iter_mut().rev() {
        if *byte == 0x10 && matches!(second, Some(0x04 | 0x05 | 0x14)) {
            *byte = 0x11;
        }
        second = Some(*byte);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Reads bands back the way a printer does; panics at a byte that fits no command.
    fn decode(bands: &[Band], stride: usize) -> Vec<Vec<u8>> {
        let mut rows = Vec::new();
        for band in bands {
            match band.bytes.as_slice() {
                [0x1B, 0x4A, n] => {
                    rows.extend(std::iter::repeat_n(vec![0; stride], usize::from(*n)))
                }
                [0x1D, 0x76, 0x30, 0x00, x, 0x00, y, 0x00, data @ ..] => {
                    assert_eq!(data.len(), usize::from(*x) * usize::from(*y));
                    for row in data.chunks(usize::from(*x)) {
                        let mut whole = row.to_vec();
                        whole.resize(stride, 0);
                        rows.push(whole);
                    }
                }
                other => panic!("no command: {other:02x?}"),
            }
        }
        rows
    }

    fn acts_in_real_time(bytes: &[u8]) -> bool {
        bytes
            .windows(2)
            .any(|pair| pair[0] == 0x10 && matches!(pair[1], 0x04 | 0x05 | 0x14))
    }

    #[test]
    fn white_margin_and_blank_rows_are_not_sent() {
        let mut data = vec![0u8; 72 * 300];
        data[72 * 20] = 0xFF;
        data[72 * 20 + 1] = 0x01;
        let bands = bands(&Bitmap::new(576, data).unwrap(), 72, 128).unwrap();
        let bytes: Vec<Vec<u8>> = bands.iter().map(|band| band.bytes.clone()).collect();
        assert_eq!(
            bytes,
            [
                vec![0x1B, 0x4A, 20],
                vec![0x1D, 0x76, 0x30, 0, 2, 0, 1, 0, 0xFF, 0x01],
                vec![0x1B, 0x4A, 255],
                vec![0x1B, 0x4A, 24],
            ]
        );
    }

    #[test]
    fn a_picture_wider_than_the_head_is_refused() {
        let bitmap = Bitmap::new(577, vec![0; 73]).unwrap();
        assert!(bands(&bitmap, 72, 128).is_none());
    }

    #[test]
    fn a_real_time_command_across_two_rows_is_disarmed() {
        let bitmap = Bitmap::new(16, vec![0x10, 0x10, 0x14, 0x08]).unwrap();
        let bands = bands(&bitmap, 72, 128).unwrap();
        assert_eq!(&bands[0].bytes[8..], [0x10, 0x11, 0x14, 0x08]);
    }

    fn dots() -> impl Strategy<Value = (usize, Vec<u8>)> {
        let byte = prop_oneof![4 => Just(0u8), 2 => Just(0x10), 1 => Just(0x04), 1 => Just(0x05), 1 => Just(0x14), 2 => any::<u8>()];
        let row = (1usize..=8).prop_flat_map(move |stride| {
            let row = prop_oneof![
                1 => Just(vec![0u8; stride]),
                1 => proptest::collection::vec(byte.clone(), stride),
            ];
            (
                Just(stride),
                proptest::collection::vec((row, 1usize..20), 1..40),
            )
        });
        row.prop_map(|(stride, runs)| {
            let rows = runs
                .into_iter()
                .flat_map(|(row, times)| std::iter::repeat_n(row, times));
            (stride, rows.flatten().collect())
        })
    }

    proptest! {
        #[test]
        fn the_picture_comes_back_and_nothing_in_it_acts((stride, data) in dots()) {
            let bitmap = Bitmap::new((stride * 8) as u16, data).unwrap();
            let bands = bands(&bitmap, 72, 128).unwrap();
            let stream: Vec<u8> = bands.iter().flat_map(|band| band.bytes.clone()).collect();
            prop_assert!(!acts_in_real_time(&stream));
            let rows = decode(&bands, stride);
            prop_assert_eq!(rows.len(), bitmap.height());
            prop_assert_eq!(bands.iter().map(|band| usize::from(band.rows)).sum::<usize>(), bitmap.height());
            for (sent, wanted) in rows.iter().flatten().zip(bitmap.as_bytes()) {
                // Only a disarmed DLE differs, by its lowest dot.
                prop_assert!(sent == wanted || (*wanted == 0x10 && *sent == 0x11));
            }
            for band in &bands {
                prop_assert!(usize::from(band.rows) <= 255);
                let is_raster = band.bytes.first() == Some(&0x1D);
                prop_assert!(!is_raster || usize::from(band.rows) <= 128);
            }
        }
    }
}
