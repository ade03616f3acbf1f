//! A page as it will be filed: straight, and with what to say of it.

use super::advice::{Advice, advice};
use super::encode::encode;
use super::skew::skew;
use super::turn::{Quarter, quarter_turned, turned};
use super::{ScanError, decode};
use crate::PrivateBytes;

/// Less than this is not seen, and turning blurs a little: the page stays as it came.
pub(super) const LEAST_DEGREES: f64 = 0.15;
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
        (None, Some(_)) => encode(page, dpi, QUALITY)?,
        (Some(degrees), _) => encode(&turned(page, -degrees), dpi, QUALITY)?,
    };
    Ok(Straightened {
        jpeg,
        skew_degrees,
        advice,
    })
}
