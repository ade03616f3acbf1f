//! A PNG as the JPEG a scanner or a camera would have sent.

use jpeg_encoder::{ColorType, Encoder};
use zeroize::Zeroizing;

use super::bounds::MAX_PIXELS;
use super::fault::ScanFault;

/// The picture in `bytes`, at this quality of a JPEG.
///
/// # Errors
/// `Device` when it is no PNG or larger than any page.
pub(super) fn to_jpeg(bytes: &[u8], quality: u8) -> Result<Zeroizing<Vec<u8>>, ScanFault> {
    let unreadable = |error: &dyn std::fmt::Display| {
        ScanFault::Device(format!("the picture cannot be decoded: {error}"))
    };
    let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(|error| unreadable(&error))?;
    let (width, height) = reader.info().size();
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(unreadable(&format!(
            "{width} x {height} pixels are more than any page"
        )));
    }
    let room = reader.output_buffer_size().unwrap_or(0);
    let mut pixels = Zeroizing::new(vec![0; room]);
    reader
        .next_frame(&mut pixels)
        .map_err(|error| unreadable(&error))?;
    let (channels, colour) = match reader.output_color_type().0 {
        png::ColorType::Grayscale => (1, ColorType::Luma),
        png::ColorType::GrayscaleAlpha => (2, ColorType::Luma),
        png::ColorType::Rgb | png::ColorType::Indexed => (3, ColorType::Rgb),
        png::ColorType::Rgba => (4, ColorType::Rgba),
    };
    if channels == 2 {
        *pixels = pixels.iter().step_by(2).copied().collect();
    }
    let side = |pixels: u32| u16::try_from(pixels).map_err(|error| unreadable(&error));
    let mut jpeg = Zeroizing::new(Vec::new());
    Encoder::new(&mut *jpeg, quality)
        .encode(&pixels, side(width)?, side(height)?, colour)
        .map_err(|error| unreadable(&error))?;
    Ok(jpeg)
}
