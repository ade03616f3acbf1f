//! What a simulated scanner sees: a page with lines like writing, or the glass and what lies on it.

use std::io;

use jpeg_encoder::{ColorType, Encoder, PixelDensity};

use super::AskedFor;
use crate::scanner::{ScanFault, jpeg, png};

/// Draws a page of the given size in pixels as a JPEG that notes its density.
///
/// # Errors
/// When the size is nothing or more than a JPEG can have.
pub fn draw_page(width: u32, height: u32, dpi: u32, grey: bool) -> io::Result<Vec<u8>> {
    let (w, h) = size(width, height)?;
    let depth = if grey { 1 } else { 3 };
    let stride = usize::from(w) * depth;
    if stride == 0 || h == 0 {
        return Err(no_size());
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
    encode(&pixels, (w, h), dpi, grey)
}

/// A page in a picture file: a JPEG as it is, a PNG as the best JPEG of it.
///
/// # Errors
/// [`ScanFault::Device`] when it is neither, or larger than any page.
pub fn picture(bytes: Vec<u8>) -> Result<Vec<u8>, ScanFault> {
    if bytes.starts_with(b"\x89PNG") {
        return Ok(png::to_jpeg(&bytes, 100)?.to_vec());
    }
    if bytes.starts_with(&[0xFF, 0xD8]) {
        return Ok(bytes);
    }
    Err(ScanFault::Device(
        "the picture is no JPEG and no PNG".to_owned(),
    ))
}

fn size(width: u32, height: u32) -> io::Result<(u16, u16)> {
    let side = |side: u32| u16::try_from(side).map_err(|_| no_size());
    Ok((side(width)?, side(height)?))
}

fn no_size() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "no JPEG has such a size")
}

/// The white of the lid over an empty glass.
const LID: u8 = 0xF6;

/// Looks at the whole of the glass asked for, with `paper`, a JPEG, in its corner.
///
/// # Errors
/// When the size is more than a JPEG can have, or `paper` is none.
pub(super) fn draw_glass(asked: &AskedFor, paper: Option<&[u8]>) -> io::Result<Vec<u8>> {
    let (width, height) = asked.pixels();
    let size = size(width, height)?;
    let stride = width as usize;
    let mut light = vec![LID; stride * height as usize];
    if let Some(paper) = paper {
        let (facts, paper) = jpeg::decode(paper).map_err(io::Error::other)?;
        let across = facts.width as usize;
        let dpi = facts.density.unwrap_or(300);
        // The pixel of the paper that a pixel of the look falls on.
        let there = |at: usize| at * dpi as usize / asked.dpi as usize;
        for (y, row) in light.chunks_exact_mut(stride.max(1)).enumerate() {
            let row_there = paper.get(there(y) * across..).unwrap_or_default();
            let row_there = row_there.get(..across).unwrap_or_default();
            for (x, pixel) in row.iter_mut().enumerate() {
                *pixel = row_there.get(there(x)).copied().unwrap_or(*pixel);
            }
        }
    }
    if asked.grey {
        return encode(&light, size, asked.dpi, true);
    }
    let colour: Vec<u8> = light.iter().flat_map(|light| [*light; 3]).collect();
    encode(&colour, size, asked.dpi, false)
}

/// What is fed beyond the end of what was asked for, and a tenth of an inch, is not seen. A page
/// that is cut is grey.
///
/// # Errors
/// When the size is more than a JPEG can have.
pub(super) fn cut_at_end(asked: &AskedFor, page: Vec<u8>) -> io::Result<Vec<u8>> {
    let Ok((facts, light)) = jpeg::decode(&page) else {
        return Ok(page);
    };
    let (_, most) = asked.pixels();
    if facts.density.is_none_or(|density| density != asked.dpi)
        || facts.height <= most + asked.dpi / 10
    {
        return Ok(page);
    }
    let whole = facts.width as usize * most as usize;
    let kept = light.get(..whole).unwrap_or_default();
    encode(kept, size(facts.width, most)?, asked.dpi, true)
}

fn encode(pixels: &[u8], (width, height): (u16, u16), dpi: u32, grey: bool) -> io::Result<Vec<u8>> {
    let density = u16::try_from(dpi).map_err(io::Error::other)?;
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, 85);
    encoder.set_density(PixelDensity::dpi(density));
    let colour = if grey {
        ColorType::Luma
    } else {
        ColorType::Rgb
    };
    encoder
        .encode(pixels, width, height, colour)
        .map_err(io::Error::other)?;
    Ok(jpeg)
}
