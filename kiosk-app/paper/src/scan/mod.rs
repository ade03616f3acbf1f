//! Scanned pages: read their size, show them, fit them into what a material allows.

mod advice;
mod card;
mod codes;
mod edge;
mod encode;
mod fit;
mod flat;
mod format;
mod glare;
mod glass;
mod ink;
mod letters;
mod outline;
pub mod portrait;
mod read;
mod segments;
mod sharp;
mod skew;
mod straighten;
mod turn;
mod upright;
mod warp;

use thiserror::Error;
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use crate::Picture;

pub use advice::{Advice, SideMark, advice, same_side};
pub use card::{CARD_PAGE_DPI, card_page};
pub use codes::{CodeKind, PageCode, codes};
pub use fit::{FittedPage, LEAST_DPI, PageLimit, fit, fit_picture};
pub use flat::{FlatPage, lay_flat};
pub use format::Format;
pub use glass::GlassLook;
pub use outline::{Point, Quad, outline};
pub use read::{Origin, PageFile};
pub use skew::skew;
pub use straighten::{Straightened, straighten};
pub use turn::{Quarter, quarter_turned, turned};
pub use upright::{Facing, facing};
pub use warp::rectified;

/// Most pixels of a page: A3 at 600 dpi is 70 million.
pub const MAX_PIXELS: u64 = 100_000_000;
/// Most pixels of a progressive page, whose colours the decoder holds all at once: A4 at 600 dpi.
const MAX_PROGRESSIVE: u64 = 36_000_000;
/// Most bytes of a page as it comes from a scanner.
pub const MAX_BYTES: usize = 64 * 1024 * 1024;
/// Longest side in pixels.
const MAX_SIDE: usize = 40_000;
/// Most pixels a byte can hold: of each square of 64 the picture says at least one bit.
const PIXELS_A_BYTE: u64 = 64 * 8;
/// Most scans of a progressive picture; encoders make a dozen, and each is work on every pixel.
const MAX_SCANS: usize = 32;
/// The end marker must stand within this many bytes from the end.
const END_WITHIN: usize = 4096;

/// Why a scanned page cannot be used.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ScanError {
    /// Not a JPEG, or a damaged one. `reason` tells of the format, never of the content.
    #[error("read page: no usable JPEG: {reason}")]
    NotJpeg {
        /// What the decoder objected to.
        reason: String,
    },
    /// Neither a JPEG nor a PNG file.
    #[error("read picture: its {bytes} bytes are neither a JPEG nor a PNG file")]
    NotPicture {
        /// Length of the file.
        bytes: usize,
    },
    /// A PNG that is damaged. `reason` tells of the format, never of the content.
    #[error("read picture: no usable PNG: {reason}")]
    NotPng {
        /// What the decoder objected to.
        reason: String,
    },
    /// The file has no end: the transfer broke off. Its bytes look like a page all the same.
    #[error("read page: the JPEG breaks off after {bytes} bytes")]
    Truncated {
        /// How many bytes came.
        bytes: usize,
    },
    /// Larger than this machine decodes.
    #[error("read page: {width} x {height} pixels in {bytes} bytes are too many")]
    TooLarge {
        /// Width in pixels, 0 when not read.
        width: u32,
        /// Height in pixels, 0 when not read.
        height: u32,
        /// Length of the file.
        bytes: usize,
    },
    /// Even grey at 200 dpi and the lowest quality is larger than the material allows.
    #[error("fit page: {bytes} bytes at the least, {allowed} allowed")]
    CannotFit {
        /// Smallest that was reached.
        bytes: usize,
        /// What the material allows.
        allowed: usize,
    },
    /// The words of a purpose are none, or too many for a watermark.
    #[error("write purpose over page: {characters} characters, 1 to {most} allowed")]
    Purpose {
        /// How many there are.
        characters: usize,
        /// How many there may be.
        most: usize,
    },
    /// The encoder refused; this is a fault of ours.
    #[error("encode page")]
    Encode,
}

/// What the head of a JPEG says, without decoding it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageInfo {
    /// Width in pixels.
    pub width_px: u32,
    /// Height in pixels.
    pub height_px: u32,
    /// Dots per inch of the JFIF head; `None` when it names none or unequal ones.
    pub dpi: Option<u16>,
    /// Whether the picture has no colour.
    pub grey: bool,
}

impl PageInfo {
    /// Reads the head of a JPEG.
    ///
    /// # Errors
    /// [`ScanError::NotJpeg`], and [`ScanError::TooLarge`] beyond [`MAX_PIXELS`] or [`MAX_BYTES`].
    pub fn read(jpeg: &[u8]) -> Result<Self, ScanError> {
        let mut decoder = decoder(jpeg, ColorSpace::RGB)?;
        decoder.decode_headers().map_err(|error| not_jpeg(&error))?;
        let info = decoder.info().ok_or_else(|| ScanError::NotJpeg {
            reason: "no frame header".into(),
        })?;
        let grey = decoder.input_colorspace() == Some(ColorSpace::Luma);
        let (width, height) = (u32::from(info.width), u32::from(info.height));
        if u64::from(width) * u64::from(height) > MAX_PIXELS {
            return Err(ScanError::TooLarge {
                width,
                height,
                bytes: jpeg.len(),
            });
        }
        if width == 0 || height == 0 {
            return Err(ScanError::NotJpeg {
                reason: "the picture has no size".into(),
            });
        }
        Ok(Self {
            width_px: width,
            height_px: height,
            dpi: jfif_dpi(jpeg),
            grey,
        })
    }

    /// Size on paper in millimetres at a resolution.
    pub fn millimetres(&self, dpi: u16) -> (f64, f64) {
        let inches = |pixels: u32| f64::from(pixels) / f64::from(dpi.max(1));
        (inches(self.width_px) * 25.4, inches(self.height_px) * 25.4)
    }
}

/// Decodes a JPEG to RGB, or to grey when it has no colour.
///
/// # Errors
/// [`ScanError::NotJpeg`] when it is none or damaged, [`ScanError::Truncated`] when it ends early,
/// [`ScanError::TooLarge`].
pub fn decode(jpeg: &[u8]) -> Result<Picture, ScanError> {
    let info = PageInfo::read(jpeg)?;
    if !has_end(jpeg) {
        return Err(ScanError::Truncated { bytes: jpeg.len() });
    }
    // A head that promises a hall from a thimble: no memory is given for what cannot come.
    let pixels = u64::from(info.width_px) * u64::from(info.height_px);
    if pixels > (jpeg.len() as u64).saturating_mul(PIXELS_A_BYTE) {
        return Err(ScanError::Truncated { bytes: jpeg.len() });
    }
    if pixels > MAX_PROGRESSIVE && segments::is_progressive(jpeg) {
        return Err(ScanError::TooLarge {
            width: info.width_px,
            height: info.height_px,
            bytes: jpeg.len(),
        });
    }
    if segments::is_split(jpeg) {
        return Err(ScanError::NotJpeg {
            reason: "each colour is a scan of its own, which is not read here".into(),
        });
    }
    let space = if info.grey {
        ColorSpace::Luma
    } else {
        ColorSpace::RGB
    };
    let pixels = decoder(jpeg, space)?
        .decode()
        .map_err(|error| not_jpeg(&error))?;
    Picture::new(info.width_px, info.height_px, !info.grey, pixels).ok_or_else(|| {
        ScanError::NotJpeg {
            reason: "pixels are missing".into(),
        }
    })
}

/// A small picture of the page for the screen, `width_px` wide, by averaging areas.
///
/// # Errors
/// As [`decode`].
pub fn preview(jpeg: &[u8], width_px: u32) -> Result<Picture, ScanError> {
    Ok(decode(jpeg)?.reduced(width_px))
}

fn decoder(jpeg: &[u8], space: ColorSpace) -> Result<JpegDecoder<ZCursor<&[u8]>>, ScanError> {
    if jpeg.len() > MAX_BYTES {
        return Err(ScanError::TooLarge {
            width: 0,
            height: 0,
            bytes: jpeg.len(),
        });
    }
    let options = DecoderOptions::new_safe()
        .set_max_width(MAX_SIDE)
        .set_max_height(MAX_SIDE)
        .set_strict_mode(true)
        .jpeg_set_max_scans(MAX_SCANS)
        .jpeg_set_out_colorspace(space);
    Ok(JpegDecoder::new_with_options(ZCursor::new(jpeg), options))
}

/// Whether the end marker stands near the end of the file; some scanners pad after it.
fn has_end(jpeg: &[u8]) -> bool {
    let tail = jpeg
        .get(jpeg.len().saturating_sub(END_WITHIN)..)
        .unwrap_or(jpeg);
    tail.windows(2).any(|pair| pair == [0xFF, 0xD9])
}

fn not_jpeg(error: &zune_jpeg::errors::DecodeErrors) -> ScanError {
    // Only the first line, and not endless: some messages list what was read.
    let reason = error
        .to_string()
        .lines()
        .next()
        .unwrap_or_default()
        .chars()
        .take(120)
        .collect();
    ScanError::NotJpeg { reason }
}

/// Resolution in the JFIF segment (ITU-T T.871, 10.1), which some programs put behind others.
fn jfif_dpi(jpeg: &[u8]) -> Option<u16> {
    let body = segments::bodies(jpeg, 0xE0).find_map(|body| body.strip_prefix(b"JFIF\0"))?;
    let [_, _, unit, across @ .., _, _] = body.get(..9)? else {
        return None;
    };
    let [high, low, down @ ..] = across else {
        return None;
    };
    let density = u16::from_be_bytes([*high, *low]);
    if down != [*high, *low] || density == 0 {
        return None;
    }
    match *unit {
        1 => Some(density),
        // Dots per centimetre.
        2 => u16::try_from((u32::from(density) * 254 + 50) / 100).ok(),
        _ => None,
    }
}
