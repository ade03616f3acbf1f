//! What lies on the glass when nobody put anything there: a page with lines like writing.

use std::io;

use jpeg_encoder::{ColorType, Encoder, PixelDensity};

/// Draws a page of the given size in pixels as a JPEG that notes its density.
///
/// # Errors
/// When the size is nothing or more than a JPEG can have.
pub fn draw_page(width: u32, height: u32, dpi: u32, grey: bool) -> io::Result<Vec<u8>> {
    let invalid = || io::Error::new(io::ErrorKind::InvalidInput, "no JPEG has such a size");
    let too_large = |_| invalid();
    let (w, h) = (
        u16::try_from(width).map_err(too_large)?,
        u16::try_from(height).map_err(too_large)?,
    );
    let depth = if grey { 1 } else { 3 };
    let stride = usize::from(w) * depth;
    if stride == 0 || h == 0 {
        return Err(invalid());
    }
    let mut pixels = vec![0xF4u8; stride * usize::from(h)];
    let line = (dpi as usize / 6).max(4);
    for (index, row) in pixels.chunks_exact_mut(stride).enumerate() {
        let margin = stride / 10;
        let inside = index > line * 2 && index + line * 2 < usize::from(h);
        if inside && index % line < line / 3 {
            // Lines of different length, so that pages are told apart from a blank one.
            let length = stride - 2 * margin - (index / line * 37 % 100) * stride / 400;
            row.iter_mut()
                .skip(margin)
                .take(length)
                .for_each(|byte| *byte = 0x30);
        }
    }
    let density = u16::try_from(dpi).map_err(too_large)?;
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, 85);
    encoder.set_density(PixelDensity::dpi(density));
    let colour = if grey {
        ColorType::Luma
    } else {
        ColorType::Rgb
    };
    encoder
        .encode(&pixels, w, h, colour)
        .map_err(io::Error::other)?;
    Ok(jpeg)
}
