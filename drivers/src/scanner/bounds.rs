//! How large a page may be, whichever scanner or camera it comes from.

use super::ScanFault;

/// Longest side in pixels: A3 at 1200 dpi.
pub(super) const MAX_SIDE: u32 = 20_000;
/// Most pixels: A4 at 600 dpi is 35 million.
pub(super) const MAX_PIXELS: u64 = 100_000_000;

/// Most pixels of a JPEG that the decoder holds all at once, with 2 bytes for each colour of
/// each: A4 at 600 dpi.
pub(super) const MAX_AT_ONCE: u64 = 36_000_000;

/// # Errors
/// `Device` with the size when it is larger than any page.
pub(super) fn check_size(width: u32, height: u32) -> Result<(), ScanFault> {
    check_pixels(width, height, MAX_PIXELS)
}

/// As [`check_size`], of a page of no more than `most` pixels.
///
/// # Errors
/// As [`check_size`].
pub(super) fn check_pixels(width: u32, height: u32, most: u64) -> Result<(), ScanFault> {
    let pixels = u64::from(width) * u64::from(height);
    if width.max(height) > MAX_SIDE || pixels > most {
        return Err(ScanFault::Device(format!(
            "the page has {width} x {height} pixels, more than any page"
        )));
    }
    Ok(())
}
