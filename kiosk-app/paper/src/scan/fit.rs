//! Makes a page small enough for its material, and no smaller.

use jpeg_encoder::{ColorType, Encoder, PixelDensity, SamplingFactor};
use zeroize::Zeroize;

use crate::{Picture, PrivateBytes};

use super::{PageInfo, ScanError, decode};

/// No page is ever filed below this resolution.
pub const LEAST_DPI: u16 = 200;
/// Resolution tried before the least one.
const MIDDLE_DPI: u16 = 300;
/// Qualities tried in turn at each resolution.
const QUALITIES: [u8; 3] = [85, 75, 65];

/// What a material allows a page to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageLimit {
    /// Most bytes of the page.
    pub max_bytes: usize,
    /// Whether colour is kept as long as it fits.
    pub colour: bool,
}

/// A page that fits, and what it took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FittedPage {
    /// The JPEG to file.
    pub jpeg: PrivateBytes,
    /// Its resolution in dots per inch.
    pub dpi: u16,
    /// JPEG quality it was encoded with; `None`: the scanner's own bytes, untouched.
    pub quality: Option<u8>,
    /// Whether it has no colour.
    pub grey: bool,
    /// Width in pixels.
    pub width_px: u32,
    /// Height in pixels.
    pub height_px: u32,
}

/// Fits a page of `dpi` into a limit: first by quality (85, 75, 65), then at 300 and 200 dpi,
/// last without colour. A page that fits already keeps its bytes. Never below 200 dpi, and
/// never made larger.
///
/// # Errors
/// As [`decode`]; [`ScanError::CannotFit`] when even the last step is too large.
pub fn fit(jpeg: &[u8], dpi: u16, limit: PageLimit) -> Result<FittedPage, ScanError> {
    let info = PageInfo::read(jpeg)?;
    if jpeg.len() <= limit.max_bytes && (limit.colour || info.grey) {
        // Decoded all the same: a page that ends early must not be filed.
        decode(jpeg)?;
        return Ok(FittedPage {
            jpeg: PrivateBytes::new(jpeg.to_vec()),
            dpi,
            quality: None,
            grey: info.grey,
            width_px: info.width_px,
            height_px: info.height_px,
        });
    }
    let decoded = decode(jpeg)?;
    let mut smallest = usize::MAX;
    let keep_colour = limit.colour && decoded.is_colour();
    let passes = if keep_colour {
        [true, false].as_slice()
    } else {
        [false].as_slice()
    };
    for colour in passes {
        let base = if *colour {
            decoded.clone()
        } else {
            decoded.grey()
        };
        // Colour goes last: before that every resolution is tried with it.
        let resolutions = if keep_colour && !colour {
            last(dpi)
        } else {
            steps(dpi)
        };
        for target in resolutions {
            let scaled = scaled(&base, dpi, target);
            for quality in QUALITIES {
                let bytes = encode(&scaled, target, quality)?;
                if bytes.len() <= limit.max_bytes {
                    return Ok(FittedPage {
                        jpeg: bytes,
                        dpi: target,
                        quality: Some(quality),
                        grey: !colour,
                        width_px: scaled.width(),
                        height_px: scaled.height(),
                    });
                }
                smallest = smallest.min(bytes.len());
            }
        }
    }
    Err(ScanError::CannotFit {
        bytes: smallest,
        allowed: limit.max_bytes,
    })
}

/// The page's own resolution, then those below it.
fn steps(dpi: u16) -> Vec<u16> {
    let lower = [MIDDLE_DPI, LEAST_DPI]
        .into_iter()
        .filter(|step| *step < dpi);
    std::iter::once(dpi).chain(lower).collect()
}

fn last(dpi: u16) -> Vec<u16> {
    vec![dpi.min(LEAST_DPI)]
}

fn scaled(picture: &Picture, from: u16, to: u16) -> Picture {
    if to >= from {
        return picture.clone();
    }
    let width = f64::from(picture.width()) * f64::from(to) / f64::from(from);
    picture.reduced((width.round() as u32).max(1))
}

fn encode(picture: &Picture, dpi: u16, quality: u8) -> Result<PrivateBytes, ScanError> {
    let side = |pixels: u32| u16::try_from(pixels).map_err(|_| ScanError::Encode);
    let kind = if picture.is_colour() {
        ColorType::Rgb
    } else {
        ColorType::Luma
    };
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, quality);
    encoder.set_density(PixelDensity::dpi(dpi));
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.set_optimized_huffman_tables(true);
    let (width, height) = (side(picture.width())?, side(picture.height())?);
    match encoder.encode(picture.pixels(), width, height, kind) {
        Ok(()) => Ok(PrivateBytes::new(bytes)),
        Err(_) => {
            bytes.zeroize();
            Err(ScanError::Encode)
        }
    }
}
