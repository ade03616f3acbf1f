//! Makes a page small enough for its material, and no smaller.

use crate::{Picture, PrivateBytes};

use super::encode::encode;
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
    // Decoded in any case: a page that ends early must not be filed.
    let decoded = decode(jpeg)?;
    if jpeg.len() <= limit.max_bytes && (limit.colour || info.grey) {
        return Ok(FittedPage {
            jpeg: PrivateBytes::new(jpeg.to_vec()),
            dpi,
            quality: None,
            grey: info.grey,
            width_px: info.width_px,
            height_px: info.height_px,
        });
    }
    fit_picture(&decoded, dpi, limit)
}

/// As [`fit`], for a page that is no JPEG yet.
///
/// # Errors
/// [`ScanError::CannotFit`] when even the last step is too large, [`ScanError::Encode`] when it
/// is longer than a JPEG can be.
pub fn fit_picture(page: &Picture, dpi: u16, limit: PageLimit) -> Result<FittedPage, ScanError> {
    let mut smallest = usize::MAX;
    for step in steps(page.is_colour(), limit.colour, dpi) {
        let made = step.apply(page, dpi);
        let picture = made.as_ref().unwrap_or(page);
        for quality in QUALITIES {
            let jpeg = encode(picture, step.dpi, quality)?;
            if jpeg.len() <= limit.max_bytes {
                return Ok(FittedPage {
                    jpeg,
                    dpi: step.dpi,
                    quality: Some(quality),
                    grey: !picture.is_colour(),
                    width_px: picture.width(),
                    height_px: picture.height(),
                });
            }
            smallest = smallest.min(jpeg.len());
        }
    }
    Err(ScanError::CannotFit {
        bytes: smallest,
        allowed: limit.max_bytes,
    })
}

/// One resolution to try, with colour or without.
struct Step {
    dpi: u16,
    colour: bool,
}

impl Step {
    /// The page at this step; `None` when it is the page as it stands.
    fn apply(&self, page: &Picture, dpi: u16) -> Option<Picture> {
        let grey = (page.is_colour() && !self.colour).then(|| page.grey());
        if self.dpi >= dpi {
            return grey;
        }
        let base = grey.as_ref().unwrap_or(page);
        let width = f64::from(base.width()) * f64::from(self.dpi) / f64::from(dpi);
        Some(base.reduced((width.round() as u32).max(1)))
    }
}

/// The page's own resolution and those below it; colour goes last, at the least of them.
fn steps(has_colour: bool, keep_colour: bool, dpi: u16) -> Vec<Step> {
    let colour = has_colour && keep_colour;
    let lower = [MIDDLE_DPI, LEAST_DPI].into_iter().filter(|to| *to < dpi);
    let mut steps: Vec<Step> = std::iter::once(dpi)
        .chain(lower)
        .map(|dpi| Step { dpi, colour })
        .collect();
    if colour {
        steps.push(Step {
            dpi: dpi.min(LEAST_DPI),
            colour: false,
        });
    }
    steps
}
