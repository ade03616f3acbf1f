//! Picture files from outside, bounded, turned upright as they ask, with what they tell of
//! themselves.

use png::{BitDepth, ColorType, Decoder, Limits, Transformations};
use zeroize::Zeroizing;
use zune_core::bytestream::ZCursor;

use super::segments::{Exif, stripped};
use super::turn::{Quarter, mirrored, quarter_turned};
use super::upright::{Facing, facing};
use super::{MAX_BYTES, MAX_PIXELS, PageInfo, ScanError, decode};
use crate::{Picture, PrivateBytes};

/// Fewer dots per inch are no scan: cameras write 72 or 96 for want of a number.
const LEAST_SCAN_DPI: u16 = 100;
/// Width to height of A4, both ways lying within so much of it, is a scan without a number.
const A4: f64 = 297.0 / 210.0;
const A4_WITHIN: f64 = 0.02;
/// Inches of the long side of A4.
const A4_LONG_INCHES: f64 = 297.0 / 25.4;

/// Where a page comes from, which decides how it is made ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A scanner, at so many dots per inch: the size on paper is known.
    Scan {
        /// Dots per inch.
        dpi: u16,
    },
    /// A camera above a desk: the size is known once the sheet's outline is.
    Camera,
}

/// A decoded picture file, upright.
#[derive(Debug)]
pub struct PageFile {
    pub(super) picture: Picture,
    /// The file's own JPEG without its metadata, where it need not be encoded anew.
    pub(super) jpeg: Option<PrivateBytes>,
    /// What the file tells about its origin.
    pub origin: Origin,
}

impl PageFile {
    /// Reads a JPEG or PNG file of at most [`MAX_BYTES`] and [`MAX_PIXELS`].
    ///
    /// A resolution of 100 dpi and more, or the shape of A4, tells a scan; a camera's name in the
    /// Exif data, or neither, tells a camera.
    ///
    /// # Errors
    /// [`ScanError::NotPicture`] for other files, else as [`decode`].
    pub fn read(bytes: &[u8]) -> Result<Self, ScanError> {
        if bytes.starts_with(&[0xFF, 0xD8]) {
            Self::jpeg(bytes)
        } else if bytes.starts_with(b"\x89PNG") {
            Self::png(bytes)
        } else {
            Err(ScanError::NotPicture { bytes: bytes.len() })
        }
    }

    /// A picture in memory from a known origin, for example a camera's frame.
    #[must_use]
    pub fn of(picture: Picture, origin: Origin) -> Self {
        Self {
            picture,
            jpeg: None,
            origin,
        }
    }

    /// The picture.
    #[must_use]
    pub fn picture(&self) -> &Picture {
        &self.picture
    }

    /// The page with its right side up, as far as its text tells that for sure, and what it told.
    #[must_use]
    pub fn upright(self) -> (Self, Facing) {
        let facing = facing(&self.picture);
        let Facing::Turn(quarter) = facing else {
            return (self, facing);
        };
        (self.quarter_turned(quarter), facing)
    }

    /// The page turned by a quarter or two.
    #[must_use]
    pub fn quarter_turned(self, quarter: Quarter) -> Self {
        Self {
            picture: quarter_turned(&self.picture, quarter),
            jpeg: None,
            origin: self.origin,
        }
    }

    /// The same page, from an origin the caller knows better.
    #[must_use]
    pub fn from_origin(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    fn jpeg(bytes: &[u8]) -> Result<Self, ScanError> {
        let info = PageInfo::read(bytes)?;
        let decoded = decode(bytes)?;
        let exif = Exif::of(bytes);
        let picture = exif.orientation.and_then(|how| upright(&decoded, how));
        let turned = picture.is_some();
        let picture = picture.unwrap_or(decoded);
        let origin = origin(&picture, info.dpi.filter(|_| !exif.made_by_camera));
        let origin = match origin {
            Origin::Scan { .. } if exif.made_by_camera => Origin::Camera,
            origin => origin,
        };
        let jpeg = match origin {
            Origin::Scan { dpi } if !turned => stripped(bytes, dpi),
            _ => None,
        };
        Ok(Self {
            picture,
            jpeg,
            origin,
        })
    }

    fn png(bytes: &[u8]) -> Result<Self, ScanError> {
        let (picture, dpi) = decode_png(bytes)?;
        let origin = origin(&picture, dpi);
        Ok(Self {
            picture,
            jpeg: None,
            origin,
        })
    }
}

fn origin(picture: &Picture, dpi: Option<u16>) -> Origin {
    if let Some(dpi) = dpi.filter(|dpi| *dpi >= LEAST_SCAN_DPI) {
        return Origin::Scan { dpi };
    }
    let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
    let long = width.max(height);
    if (long / width.min(height).max(1.0) / A4 - 1.0).abs() > A4_WITHIN {
        return Origin::Camera;
    }
    Origin::Scan {
        dpi: ((long / A4_LONG_INCHES).round() as u16).max(1),
    }
}

/// The picture as its Exif orientation wants it seen; `None` when it is so already.
fn upright(picture: &Picture, orientation: u8) -> Option<Picture> {
    let mirror = || mirrored(picture);
    Some(match orientation {
        2 => mirror(),
        3 => quarter_turned(picture, Quarter::Half),
        4 => quarter_turned(&mirror(), Quarter::Half),
        5 => quarter_turned(&mirror(), Quarter::Left),
        6 => quarter_turned(picture, Quarter::Right),
        7 => quarter_turned(&mirror(), Quarter::Right),
        8 => quarter_turned(picture, Quarter::Left),
        _ => return None,
    })
}

/// A PNG as RGB or grey, what is transparent on white, and its resolution.
fn decode_png(bytes: &[u8]) -> Result<(Picture, Option<u16>), ScanError> {
    let too_large = |width, height| ScanError::TooLarge {
        width,
        height,
        bytes: bytes.len(),
    };
    if bytes.len() > MAX_BYTES {
        return Err(too_large(0, 0));
    }
    let mut decoder = Decoder::new_with_limits(
        ZCursor::new(bytes),
        Limits {
            bytes: MAX_PIXELS as usize * 4,
        },
    );
    // Palettes and odd depths become 8 bits a channel.
    decoder.set_transformations(Transformations::normalize_to_color8());
    decoder.set_ignore_text_chunk(true);
    let mut reader = decoder.read_info().map_err(not_png)?;
    let info = reader.info();
    let (width, height) = (info.width, info.height);
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(too_large(width, height));
    }
    let dpi = info.pixel_dims.and_then(dpi);
    let (kind, depth) = reader.output_color_type();
    let size = reader
        .output_buffer_size()
        .filter(|_| depth == BitDepth::Eight);
    let mut pixels = Zeroizing::new(vec![0; size.ok_or_else(|| too_large(width, height))?]);
    reader.next_frame(&mut pixels).map_err(not_png)?;
    let (colour, pixels) = match kind {
        ColorType::Grayscale => (false, std::mem::take(&mut *pixels)),
        ColorType::Rgb => (true, std::mem::take(&mut *pixels)),
        ColorType::GrayscaleAlpha => (false, on_white::<2>(&pixels)),
        ColorType::Rgba => (true, on_white::<4>(&pixels)),
        ColorType::Indexed => {
            return Err(ScanError::NotPng {
                reason: "a palette was not resolved".into(),
            });
        }
    };
    let picture = Picture::new(width, height, colour, pixels);
    let missing = || ScanError::NotPng {
        reason: "pixels are missing".into(),
    };
    Ok((picture.ok_or_else(missing)?, dpi))
}

/// Dots of `N` bytes, the last of which is how opaque they are, laid on white paper.
fn on_white<const N: usize>(pixels: &[u8]) -> Vec<u8> {
    let mut flat = Vec::with_capacity(pixels.len() / N * (N - 1));
    for dot in pixels.chunks_exact(N) {
        let Some((alpha, colours)) = dot.split_last() else {
            continue;
        };
        let alpha = u32::from(*alpha);
        flat.extend(colours.iter().map(|value| {
            let mixed = (u32::from(*value) * alpha + 255 * (255 - alpha) + 127) / 255;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        }));
    }
    flat
}

/// Dots per inch of equal dots per metre.
fn dpi(dims: png::PixelDimensions) -> Option<u16> {
    let metres = matches!(dims.unit, png::Unit::Meter) && dims.xppu == dims.yppu;
    let inches = f64::from(dims.xppu) * 0.0254;
    (metres && inches >= 1.0 && inches <= f64::from(u16::MAX)).then(|| inches.round() as u16)
}

fn not_png(error: png::DecodingError) -> ScanError {
    // Only the kind: the whole text may quote what was read.
    let reason = match error {
        png::DecodingError::IoError(_) => "it ends early",
        png::DecodingError::Format(_) => "the format is damaged",
        png::DecodingError::LimitsExceeded => "it needs too much memory",
        png::DecodingError::Parameter(_) => "it cannot be read",
    };
    ScanError::NotPng {
        reason: reason.into(),
    }
}
