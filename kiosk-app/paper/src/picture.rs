//! RGB and grey pictures for the screen.

use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::PrivateBytes;

/// A picture in memory, rows from the top. Wiped when dropped.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Picture {
    width: u32,
    height: u32,
    colour: bool,
    pixels: Vec<u8>,
}

crate::private::redacted_debug!(Picture);

impl Picture {
    /// A picture from its pixels: three bytes (RGB) each when `colour`, else one grey byte.
    ///
    /// `None` when the number of bytes does not fit the size.
    pub fn new(width: u32, height: u32, colour: bool, pixels: Vec<u8>) -> Option<Self> {
        let channels = if colour { 3 } else { 1 };
        let expected = u64::from(width) * u64::from(height) * channels;
        (pixels.len() as u64 == expected).then_some(Self {
            width,
            height,
            colour,
            pixels,
        })
    }

    pub(crate) fn white(width: u32, height: u32) -> Self {
        let pixels = vec![255; width as usize * height as usize * 3];
        Self {
            width,
            height,
            colour: true,
            pixels,
        }
    }

    /// Width in pixels.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Whether a pixel is three bytes (RGB); else it is one grey byte.
    pub fn is_colour(&self) -> bool {
        self.colour
    }

    /// All pixels, row after row without gaps.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// The pixels as RGB, three bytes each, whatever the picture is.
    pub fn to_rgb(&self) -> PrivateBytes {
        PrivateBytes::new(if self.colour {
            self.pixels.clone()
        } else {
            self.pixels.iter().flat_map(|grey| [*grey; 3]).collect()
        })
    }

    /// The same picture as RGB; one that is already costs nothing.
    pub(crate) fn into_colour(self) -> Self {
        if self.colour {
            return self;
        }
        Self {
            width: self.width,
            height: self.height,
            colour: true,
            pixels: self.pixels.iter().flat_map(|grey| [*grey; 3]).collect(),
        }
    }

    /// All pixels, to be changed in their places.
    pub(crate) fn pixels_mut(&mut self) -> &mut [u8] {
        &mut self.pixels
    }

    /// The picture as PNG.
    pub fn to_png(&self) -> PrivateBytes {
        encode_png(&self.pixels, self.width, self.height, self.colour)
    }

    /// Lays colour over a pixel of an RGB picture; `alpha` 255 covers it. Outside: nothing.
    pub(crate) fn blend(&mut self, x: i32, y: i32, colour: [u8; 3], alpha: u8) {
        let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y)) else {
            return;
        };
        if x >= self.width || y >= self.height {
            return;
        }
        let start = (y as usize * self.width as usize + x as usize) * 3;
        let Some(pixel) = self.pixels.get_mut(start..start + 3) else {
            return;
        };
        let over = u16::from(alpha);
        for (value, ink) in pixel.iter_mut().zip(colour) {
            let mixed = (u16::from(*value) * (255 - over) + u16::from(ink) * over + 127) / 255;
            *value = u8::try_from(mixed).unwrap_or(u8::MAX);
        }
    }

    /// The picture scaled down to `width` pixels by averaging areas; never scaled up.
    pub fn reduced(&self, width: u32) -> Self {
        let width = width.clamp(1, self.width.max(1));
        let ratio = f64::from(self.width) / f64::from(width);
        let height = ((f64::from(self.height) / ratio).round() as u32).max(1);
        if width == self.width || self.pixels.is_empty() {
            return self.clone();
        }
        let channels = if self.colour { 3 } else { 1 };
        let mut pixels = Vec::with_capacity(width as usize * height as usize * channels);
        let mut sums = vec![0_u64; width as usize * channels];
        for row in 0..height {
            let rows = span(row, self.height, height);
            sums.fill(0);
            for source in rows.clone() {
                self.add_row(source, width, channels, &mut sums);
            }
            for (position, sum) in sums.iter().enumerate() {
                let columns = span((position / channels) as u32, self.width, width);
                let area = (columns.len() * rows.len()).max(1) as u64;
                pixels.push(u8::try_from((sum + area / 2) / area).unwrap_or(u8::MAX));
            }
        }
        Self {
            width,
            height,
            colour: self.colour,
            pixels,
        }
    }

    fn add_row(&self, source: u32, width: u32, channels: usize, sums: &mut [u64]) {
        let start = source as usize * self.width as usize * channels;
        for (column, sums) in (0..width).zip(sums.chunks_exact_mut(channels)) {
            let columns = span(column, self.width, width);
            let from = start + columns.start as usize * channels;
            let area = self
                .pixels
                .get(from..from + columns.len() * channels)
                .unwrap_or_default();
            for pixel in area.chunks_exact(channels) {
                for (sum, value) in sums.iter_mut().zip(pixel) {
                    *sum += u64::from(*value);
                }
            }
        }
    }

    /// The picture without colour, weighted as the eye does (ITU-R BT.601).
    pub(crate) fn grey(&self) -> Self {
        if !self.colour {
            return self.clone();
        }
        let pixels = self
            .pixels
            .chunks_exact(3)
            .map(|pixel| match pixel {
                [r, g, b] => {
                    let sum = 299 * u32::from(*r) + 587 * u32::from(*g) + 114 * u32::from(*b);
                    u8::try_from((sum + 500) / 1000).unwrap_or(u8::MAX)
                }
                _ => 255,
            })
            .collect();
        Self {
            width: self.width,
            height: self.height,
            colour: false,
            pixels,
        }
    }
}

/// Which of `from` source cells make up cell `index` of `to` cells; at least one.
fn span(index: u32, from: u32, to: u32) -> std::ops::Range<u32> {
    let edge = |i: u32| (u64::from(i) * u64::from(from) / u64::from(to.max(1))) as u32;
    let start = edge(index).min(from.saturating_sub(1));
    start..edge(index + 1).clamp(start + 1, from.max(start + 1))
}

/// A PNG of grey or RGB bytes. The encoder writes to memory and is given a size that fits, so
/// it cannot fail; if it ever did, the result is empty and every viewer says so.
pub(crate) fn encode_png(pixels: &[u8], width: u32, height: u32, colour: bool) -> PrivateBytes {
    let kind = if colour {
        ExtendedColorType::Rgb8
    } else {
        ExtendedColorType::L8
    };
    let mut png = Vec::new();
    let written = PngEncoder::new(&mut png).write_image(pixels, width, height, kind);
    PrivateBytes::new(if written.is_ok() { png } else { Vec::new() })
}
