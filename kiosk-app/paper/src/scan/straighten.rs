//! A page as it will be filed: straight, and with what to say of it.

use jpeg_encoder::{ColorType, Encoder, PixelDensity};
use zeroize::Zeroize;

use super::advice::{Advice, advice};
use super::skew::skew;
use super::turn::{Quarter, quarter_turned, turned};
use super::{ScanError, decode};
use crate::{Picture, PrivateBytes};

/// Less than this is not seen, and turning blurs a little: the page stays as it came.
const LEAST_DEGREES: f64 = 0.15;
/// Turned pages are encoded anew, with no loss that is seen.
const QUALITY: u8 = 92;

/// A page made ready.
#[derive(Clone, Debug, PartialEq)]
pub struct Straightened {
    /// The page; the scanner's own bytes where nothing had to be turned.
    pub jpeg: PrivateBytes,
    /// How crooked it lay, in degrees, falling to the right; `None` when no lines told.
    pub skew_degrees: Option<f64>,
    /// What to tell the person, the most important first.
    pub advice: Vec<Advice>,
}

/// Makes a scanned page of `dpi` straight, after turning it by a `quarter` if one is wanted.
///
/// # Errors
/// As [`decode`]; [`ScanError::Encode`] when it is larger than a JPEG can be.
pub fn straighten(
    jpeg: &[u8],
    dpi: u16,
    quarter: Option<Quarter>,
) -> Result<Straightened, ScanError> {
    let decoded = decode(jpeg)?;
    let upright = quarter.map(|quarter| quarter_turned(&decoded, quarter));
    let page = upright.as_ref().unwrap_or(&decoded);
    let skew_degrees = skew(page);
    let crooked = skew_degrees.filter(|degrees| degrees.abs() >= LEAST_DEGREES);
    let advice = advice(page, dpi);
    let jpeg = match (crooked, quarter) {
        (None, None) => PrivateBytes::new(jpeg.to_vec()),
        (None, Some(_)) => encode(page, dpi)?,
        (Some(degrees), _) => encode(&turned(page, -degrees), dpi)?,
    };
    Ok(Straightened {
        jpeg,
        skew_degrees,
        advice,
    })
}

fn encode(page: &Picture, dpi: u16) -> Result<PrivateBytes, ScanError> {
    let side = |pixels: u32| u16::try_from(pixels).map_err(|_| ScanError::Encode);
    let (width, height) = (side(page.width())?, side(page.height())?);
    let kind = if page.is_colour() {
        ColorType::Rgb
    } else {
        ColorType::Luma
    };
    let mut bytes = Vec::with_capacity(page.pixels().len() / 4);
    let mut encoder = Encoder::new(&mut bytes, QUALITY);
    encoder.set_density(PixelDensity::dpi(dpi));
    if encoder.encode(page.pixels(), width, height, kind).is_ok() {
        Ok(PrivateBytes::new(bytes))
    } else {
        bytes.zeroize();
        Err(ScanError::Encode)
    }
}
