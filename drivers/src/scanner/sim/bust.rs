//! Who sits before a simulated portrait camera: a drawn bust, nobody in particular.

use std::io;

use jpeg_encoder::{ColorType, Encoder, PixelDensity};

/// Width and height of a simulated portrait camera's frames.
const FRAME: (u16, u16) = (960, 720);

const HAIR: [u8; 3] = [44, 38, 36];
const SKIN: [u8; 3] = [216, 172, 146];
const SHADED: [u8; 3] = [198, 156, 132];
const SHIRT: [u8; 3] = [58, 82, 126];

/// Somebody before the camera.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bust {
    /// The middle of the head, in pixels from the left.
    pub x: f32,
    /// The top of the hair, in pixels from above.
    pub top: f32,
    /// Width of the head in pixels.
    pub width: f32,
}

impl Bust {
    /// Somebody who sits as they should.
    pub const WELL: Self = Self {
        x: 480.0,
        top: 130.0,
        width: 250.0,
    };
    /// Somebody who stands far away.
    pub const FAR: Self = Self {
        x: 480.0,
        top: 250.0,
        width: 110.0,
    };

    /// The colour of a place of the person; `None` beside them.
    fn at(&self, x: f32, y: f32) -> Option<[u8; 3]> {
        let (dx, dy) = ((x - self.x) / self.width, (y - self.top) / self.width);
        let oval = |cx: f32, cy: f32, rx: f32, ry: f32| {
            ((dx - cx) / rx).powi(2) + ((dy - cy) / ry).powi(2) <= 1.0
        };
        let skin = if dx > 0.06 { SHADED } else { SKIN };
        if oval(0.0, 0.72, 0.42, 0.58) && dy > 0.32 {
            let eyes = oval(-0.17, 0.66, 0.055, 0.028) || oval(0.17, 0.66, 0.055, 0.028);
            let brows = oval(-0.17, 0.56, 0.1, 0.018) || oval(0.17, 0.56, 0.1, 0.018);
            let mouth = oval(0.0, 1.03, 0.12, 0.022);
            return Some(match (eyes || brows, mouth) {
                (true, _) => HAIR,
                (false, true) => [168, 92, 84],
                (false, false) => skin,
            });
        }
        let hair = oval(0.0, 0.62, 0.5, 0.62) && dy < 0.95;
        let neck = dx.abs() < 0.24 && (1.0..1.62).contains(&dy);
        let body = oval(0.0, 2.5, 1.05, 1.02);
        match (hair, neck, body) {
            (true, _, _) => Some(HAIR),
            (false, true, _) => Some(SHADED),
            (false, false, true) => Some(SHIRT),
            (false, false, false) => None,
        }
    }
}

/// A frame of the camera as a JPEG: a light wall, and who sits before it.
///
/// # Errors
/// When the picture cannot be encoded, which a test excludes.
pub fn draw_frame(bust: Option<Bust>) -> io::Result<Vec<u8>> {
    let (width, height) = FRAME;
    let mut pixels = Vec::with_capacity(usize::from(width) * usize::from(height) * 3);
    for y in 0..height {
        for x in 0..width {
            pixels.extend(dot(bust, f32::from(x), f32::from(y), wall));
        }
    }
    let mut jpeg = Vec::new();
    Encoder::new(&mut jpeg, 90)
        .encode(&pixels, width, height, ColorType::Rgb)
        .map_err(io::Error::other)?;
    Ok(jpeg)
}

/// An A4 glass at 300 dots per inch, white, with a photo of 26 x 32 mm on it or none.
///
/// # Errors
/// As [`draw_frame`].
pub fn draw_photo(photo: bool) -> io::Result<Vec<u8>> {
    const GLASS: (u16, u16) = (2480, 3508);
    const PHOTO: (usize, usize) = (307, 378);
    const AT: (usize, usize) = (90, 80);
    let bust = Bust {
        x: 153.0,
        top: 16.0,
        width: 196.0,
    };
    let stride = usize::from(GLASS.0) * 3;
    let mut pixels = vec![0xF4_u8; stride * usize::from(GLASS.1)];
    let rows = pixels.chunks_exact_mut(stride).skip(AT.1).take(PHOTO.1);
    for (y, row) in rows.enumerate().filter(|_| photo) {
        let dots = row.chunks_exact_mut(3).skip(AT.0).take(PHOTO.0);
        for (x, pixel) in dots.enumerate() {
            let white = |_: f32| [0xF4; 3];
            pixel.copy_from_slice(&dot(Some(bust), x as f32, y as f32, white));
        }
    }
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, 90);
    encoder.set_density(PixelDensity::dpi(300));
    encoder
        .encode(&pixels, GLASS.0, GLASS.1, ColorType::Rgb)
        .map_err(io::Error::other)?;
    Ok(jpeg)
}

/// The wall is a little brighter in the middle, as a lamp makes it.
fn wall(x: f32) -> [u8; 3] {
    let grey = 226 - ((x - 480.0).abs() / 40.0) as u8;
    [grey, grey, grey + 3]
}

/// The mean of four places of a pixel, so that edges are not stairs.
fn dot(bust: Option<Bust>, x: f32, y: f32, wall: fn(f32) -> [u8; 3]) -> [u8; 3] {
    let mut sums = [0_u16; 3];
    for (across, down) in [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)] {
        let (x, y) = (x + across, y + down);
        let seen = bust.and_then(|bust| bust.at(x, y));
        let seen = seen.unwrap_or_else(|| wall(x));
        for (sum, colour) in sums.iter_mut().zip(seen) {
            *sum += u16::from(colour);
        }
    }
    sums.map(|sum| u8::try_from(sum / 4).unwrap_or(u8::MAX))
}
