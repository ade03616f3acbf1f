//! One frame: how sharp and bright it is, and the page it makes. Pure.

use jpeg_encoder::{Encoder, ImageBuffer, JpegColorType};
use zeroize::Zeroizing;

use crate::scanner::bounds::check_size;
use crate::scanner::jpeg;
use crate::scanner::{Page, ScanFault};

/// Most bytes of a frame.
pub(super) const MAX_BYTES: usize = 256 << 20;
/// Seals and stamps stay as they are.
const QUALITY: u8 = 92;
/// Rows looked at for sharpness and light, spread over the whole frame.
const ROWS_LOOKED_AT: usize = 1_000;
/// Under this mean of 255 nothing is seen: the lens is covered. The darkest desk has more.
const BLACK: f32 = 8.0;

/// How the bytes are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// One JPEG, perhaps without its Huffman tables (MJPEG).
    Jpeg,
    /// Two pixels in four bytes, Y U Y V.
    Yuyv {
        /// Pixels a row, even.
        width: u32,
        /// Rows.
        height: u32,
        /// Bytes from one row to the next.
        stride: u32,
    },
}

/// A picture as the camera sent it.
pub(super) struct Frame {
    pub(super) format: Format,
    pub(super) bytes: Zeroizing<Vec<u8>>,
}

/// What a look at a whole frame says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Look {
    /// Mean light, 0 to 255.
    pub(super) light: f32,
    /// Mean square of the steps between neighbours; compares frames of one scene.
    pub(super) sharpness: f32,
}

impl Look {
    /// Whether the lens sees nothing at all.
    pub(super) fn is_black(&self) -> bool {
        self.light < BLACK
    }
}

impl Frame {
    /// Decodes the frame to its last row and looks at it.
    ///
    /// # Errors
    /// `EmptyImage` without a byte, `Truncated` with rows or the end marker missing, `Device`
    /// when it is no picture or larger than any page.
    pub(super) fn look(&self) -> Result<Look, ScanFault> {
        if self.bytes.is_empty() {
            return Err(ScanFault::EmptyImage);
        }
        match self.format {
            Format::Jpeg => {
                let (facts, luma) = jpeg::decode(&whole_jpeg(&self.bytes))?;
                Ok(look(&luma, size(facts.width)))
            }
            Format::Yuyv { .. } => {
                let rows = Rows::of(self)?;
                let luma: Vec<u8> = rows
                    .iter()
                    .flat_map(|row| row.iter().step_by(2))
                    .map(|value| light(*value))
                    .collect();
                Ok(look(&Zeroizing::new(luma), usize::from(rows.width)))
            }
        }
    }

    /// The page: a camera's own JPEG as it is, freed of metadata; other pictures are made one.
    ///
    /// # Errors
    /// As [`Frame::look`].
    pub(super) fn page(&self) -> Result<Page, ScanFault> {
        let whole = match self.format {
            Format::Jpeg => whole_jpeg(&self.bytes),
            Format::Yuyv { .. } => Rows::of(self)?.encode()?,
        };
        let facts = jpeg::examine(&whole)?;
        Ok(Page {
            jpeg: jpeg::strip_metadata(&whole),
            width_px: facts.width,
            height_px: facts.height,
            // A camera does not know how far away the paper lies.
            dpi: None,
            components: facts.components,
        })
    }
}

/// Rows of YUYV, checked to be all there.
struct Rows<'a> {
    bytes: &'a [u8],
    width: u16,
    height: u16,
    stride: usize,
}

impl<'a> Rows<'a> {
    fn of(frame: &'a Frame) -> Result<Self, ScanFault> {
        let device = |words: String| ScanFault::Device(words);
        let Format::Yuyv {
            width,
            height,
            stride,
        } = frame.format
        else {
            return Err(device("the frame has no rows".to_owned()));
        };
        check_size(width, height)?;
        let odd = width % 2 != 0 || u64::from(stride) < u64::from(width) * 2;
        if width == 0 || height == 0 || odd {
            return Err(device(format!(
                "a frame of {width} x {height} pixels is none"
            )));
        }
        let row = size(width) * 2;
        let needed = size(stride) * (size(height) - 1) + row;
        if frame.bytes.len() < needed {
            return Err(ScanFault::Truncated);
        }
        let side = |pixels: u32| u16::try_from(pixels).map_err(|_| ScanFault::Unsupported);
        Ok(Self {
            bytes: &frame.bytes,
            width: side(width)?,
            height: side(height)?,
            stride: size(stride),
        })
    }

    fn iter(&self) -> impl Iterator<Item = &'a [u8]> {
        let row = usize::from(self.width) * 2;
        let rows = self
            .bytes
            .chunks(self.stride)
            .take(usize::from(self.height));
        rows.filter_map(move |bytes| bytes.get(..row))
    }

    fn encode(&self) -> Result<Zeroizing<Vec<u8>>, ScanFault> {
        let mut jpeg = Zeroizing::new(Vec::new());
        Encoder::new(&mut *jpeg, QUALITY)
            .encode_image(Borrowed(self))
            .map_err(|error| ScanFault::Device(format!("the frame cannot be encoded: {error}")))?;
        Ok(jpeg)
    }
}

/// Hands the encoder a row at a time, so that no second picture stands in memory.
struct Borrowed<'a>(&'a Rows<'a>);

impl ImageBuffer for Borrowed<'_> {
    fn get_jpeg_color_type(&self) -> JpegColorType {
        JpegColorType::Ycbcr
    }

    fn width(&self) -> u16 {
        self.0.width
    }

    fn height(&self) -> u16 {
        self.0.height
    }

    fn fill_buffers(&self, y: u16, buffers: &mut [Vec<u8>; 4]) {
        let from = usize::from(y) * self.0.stride;
        let row = self.0.bytes.get(from..from + usize::from(self.0.width) * 2);
        let [luma, blue, red, _] = buffers;
        for pair in row.unwrap_or_default().chunks_exact(2 * 2) {
            if let [first, u, second, v] = pair {
                luma.extend([light(*first), light(*second)]);
                blue.extend([colour(*u); 2]);
                red.extend([colour(*v); 2]);
            }
        }
    }
}

/// A camera's light goes from 16 to 235, a JPEG's from 0 to 255.
fn light(value: u8) -> u8 {
    scaled(i32::from(value) - 16, 219)
}

/// A camera's colour differences go from 16 to 240.
fn colour(value: u8) -> u8 {
    scaled(i32::from(value) - 16, 224)
}

fn scaled(value: i32, of: i32) -> u8 {
    u8::try_from((value * 255 + of / 2) / of).unwrap_or(if value < 0 { 0 } else { 255 })
}

fn size(pixels: u32) -> usize {
    pixels as usize
}

/// Steps to the right and down, on rows spread over the frame.
fn look(luma: &[u8], width: usize) -> Look {
    let width = width.max(1);
    let rows = (luma.len() / width).max(1);
    let every = rows.div_ceil(ROWS_LOOKED_AT);
    let (mut light, mut steps, mut count) = (0_u64, 0_u64, 0_u64);
    let square = |a: u8, b: u8| u64::from(a.abs_diff(b)).pow(2);
    for at in (0..rows.saturating_sub(1)).step_by(every) {
        let two = luma.get(at * width..(at + 2) * width).unwrap_or_default();
        let (row, below) = two.split_at(width.min(two.len()));
        let right = row.iter().skip(1);
        for ((here, right), below) in row.iter().zip(right).zip(below) {
            light += u64::from(*here);
            steps += square(*here, *right) + square(*here, *below);
            count += 1;
        }
    }
    let mean = |sum: u64| sum as f32 / count.max(1) as f32;
    Look {
        light: mean(light),
        sharpness: mean(steps),
    }
}

/// The JPEG in a frame: to its end marker, without what the camera left behind it, and with
/// the standard Huffman tables where the camera leaves them out.
fn whole_jpeg(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    let (segments, scan) = jpeg::segments(bytes);
    let after = bytes.get(scan..).unwrap_or_default();
    let end = after.windows(2).position(|pair| pair == [0xFF, 0xD9]);
    let picture = match end {
        Some(end) => after.get(..end + 2).unwrap_or_default(),
        None => after,
    };
    let tables = segments.iter().any(|(marker, _)| *marker == 0xC4);
    let baseline = segments.iter().any(|(marker, _)| *marker == 0xC0);
    let mut whole = Zeroizing::new(Vec::with_capacity(bytes.len() + HUFFMAN.len()));
    whole.extend_from_slice(bytes.get(..scan.min(bytes.len())).unwrap_or_default());
    if baseline && !tables {
        whole.extend_from_slice(&HUFFMAN);
    }
    whole.extend_from_slice(picture);
    whole
}

/// The tables every MJPEG decoder is to know, as one DHT segment.
///
/// Source: ITU-T T.81, annex K.3.
const HUFFMAN: [u8; 420] = [
    0xFF, 0xC4, 0x01, 0xA2, 0x00, 0x00, 0x01, 0x05, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A,
    0x0B, 0x10, 0x00, 0x02, 0x01, 0x03, 0x03, 0x02, 0x04, 0x03, 0x05, 0x05, 0x04, 0x04, 0x00, 0x00,
    0x01, 0x7D, 0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51,
    0x61, 0x07, 0x22, 0x71, 0x14, 0x32, 0x81, 0x91, 0xA1, 0x08, 0x23, 0x42, 0xB1, 0xC1, 0x15, 0x52,
    0xD1, 0xF0, 0x24, 0x33, 0x62, 0x72, 0x82, 0x09, 0x0A, 0x16, 0x17, 0x18, 0x19, 0x1A, 0x25, 0x26,
    0x27, 0x28, 0x29, 0x2A, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3A, 0x43, 0x44, 0x45, 0x46, 0x47,
    0x48, 0x49, 0x4A, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5A, 0x63, 0x64, 0x65, 0x66, 0x67,
    0x68, 0x69, 0x6A, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7A, 0x83, 0x84, 0x85, 0x86, 0x87,
    0x88, 0x89, 0x8A, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A, 0xA2, 0xA3, 0xA4, 0xA5,
    0xA6, 0xA7, 0xA8, 0xA9, 0xAA, 0xB2, 0xB3, 0xB4, 0xB5, 0xB6, 0xB7, 0xB8, 0xB9, 0xBA, 0xC2, 0xC3,
    0xC4, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8, 0xD9, 0xDA,
    0xE1, 0xE2, 0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xEA, 0xF1, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6,
    0xF7, 0xF8, 0xF9, 0xFA, 0x01, 0x00, 0x03, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A,
    0x0B, 0x11, 0x00, 0x02, 0x01, 0x02, 0x04, 0x04, 0x03, 0x04, 0x07, 0x05, 0x04, 0x04, 0x00, 0x01,
    0x02, 0x77, 0x00, 0x01, 0x02, 0x03, 0x11, 0x04, 0x05, 0x21, 0x31, 0x06, 0x12, 0x41, 0x51, 0x07,
    0x61, 0x71, 0x13, 0x22, 0x32, 0x81, 0x08, 0x14, 0x42, 0x91, 0xA1, 0xB1, 0xC1, 0x09, 0x23, 0x33,
    0x52, 0xF0, 0x15, 0x62, 0x72, 0xD1, 0x0A, 0x16, 0x24, 0x34, 0xE1, 0x25, 0xF1, 0x17, 0x18, 0x19,
    0x1A, 0x26, 0x27, 0x28, 0x29, 0x2A, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3A, 0x43, 0x44, 0x45, 0x46,
    0x47, 0x48, 0x49, 0x4A, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5A, 0x63, 0x64, 0x65, 0x66,
    0x67, 0x68, 0x69, 0x6A, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7A, 0x82, 0x83, 0x84, 0x85,
    0x86, 0x87, 0x88, 0x89, 0x8A, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A, 0xA2, 0xA3,
    0xA4, 0xA5, 0xA6, 0xA7, 0xA8, 0xA9, 0xAA, 0xB2, 0xB3, 0xB4, 0xB5, 0xB6, 0xB7, 0xB8, 0xB9, 0xBA,
    0xC2, 0xC3, 0xC4, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8,
    0xD9, 0xDA, 0xE2, 0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xEA, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6,
    0xF7, 0xF8, 0xF9, 0xFA,
];

#[cfg(test)]
#[path = "frame_tests.rs"]
mod tests;
