//! Pixels into the JPEG bytes that are filed.

use jpeg_encoder::{ColorType, Encoder, PixelDensity};
use zeroize::Zeroize;

use super::ScanError;
use crate::{Picture, PrivateBytes};

/// `picture` as a JPEG that names its resolution and holds nothing else about its origin.
///
/// Below a quality of 90 colour is kept at half the resolution, as the encoder does by itself.
///
/// # Errors
/// [`ScanError::Encode`] when a side is longer than a JPEG can tell.
pub(super) fn encode(picture: &Picture, dpi: u16, quality: u8) -> Result<PrivateBytes, ScanError> {
    let side = |pixels: u32| u16::try_from(pixels).map_err(|_| ScanError::Encode);
    let (width, height) = (side(picture.width())?, side(picture.height())?);
    let kind = if picture.is_colour() {
        ColorType::Rgb
    } else {
        ColorType::Luma
    };
    let mut bytes = Vec::with_capacity(picture.pixels().len() / 4);
    let mut encoder = Encoder::new(&mut bytes, quality);
    encoder.set_density(PixelDensity::dpi(dpi));
    // With tables of its own the encoder writes each colour as a scan of its own, which not every
    // decoder reads (zune-jpeg 0.5 mixes the rows up where colour has half of the resolution).
    encoder.set_optimized_huffman_tables(!picture.is_colour());
    if encoder
        .encode(picture.pixels(), width, height, kind)
        .is_ok()
    {
        Ok(PrivateBytes::new(bytes))
    } else {
        bytes.zeroize();
        Err(ScanError::Encode)
    }
}
