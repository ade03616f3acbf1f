//! Turning a page by some degrees, or by quarters.

use crate::Picture;

/// A quarter of a full turn, with the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quarter {
    /// 90 degrees with the clock.
    Right,
    /// 180 degrees.
    Half,
    /// 90 degrees against the clock.
    Left,
}

/// `page` turned by `degrees` with the clock around its middle, in its own size; what comes in
/// from outside has the colour of the nearest edge. Straight lines stay sharp: a dot is mixed
/// from the four around its place.
#[must_use]
pub fn turned(page: &Picture, degrees: f64) -> Picture {
    let (width, height) = (page.width() as usize, page.height() as usize);
    let (sin, cos) = degrees.to_radians().sin_cos();
    let middle = ((width as f64 - 1.0) / 2.0, (height as f64 - 1.0) / 2.0);
    let mut pixels = Vec::with_capacity(page.pixels().len());
    let source = Source::of(page);
    // Places in 1/65536 of a dot: whole numbers are twice as fast here as floats.
    let fixed = |value: f64| (value * 65536.0).round() as i64;
    let (step_x, step_y) = (fixed(cos), fixed(-sin));
    for y in 0..height {
        let (from_x, from_y) = (-middle.0, y as f64 - middle.1);
        let mut x_at = fixed(from_x * cos + from_y * sin + middle.0);
        let mut y_at = fixed(from_y * cos - from_x * sin + middle.1);
        for _ in 0..width {
            source.mix(x_at, y_at, &mut pixels);
            x_at += step_x;
            y_at += step_y;
        }
    }
    same_kind(page, page.width(), page.height(), pixels)
}

/// `page` turned by a quarter or two.
#[must_use]
pub fn quarter_turned(page: &Picture, quarter: Quarter) -> Picture {
    let channels = if page.is_colour() { 3 } else { 1 };
    let (width, height) = (page.width() as usize, page.height() as usize);
    let (new_width, new_height) = match quarter {
        Quarter::Half => (width, height),
        Quarter::Right | Quarter::Left => (height, width),
    };
    let mut pixels = Vec::with_capacity(page.pixels().len());
    for y in 0..new_height {
        for x in 0..new_width {
            let (from_x, from_y) = match quarter {
                Quarter::Right => (y, height - 1 - x),
                Quarter::Half => (width - 1 - x, height - 1 - y),
                Quarter::Left => (width - 1 - y, x),
            };
            let at = (from_y * width + from_x) * channels;
            pixels.extend_from_slice(page.pixels().get(at..at + channels).unwrap_or_default());
        }
    }
    same_kind(page, new_width as u32, new_height as u32, pixels)
}

/// `page` as a mirror shows it: left is right.
pub(super) fn mirrored(page: &Picture) -> Picture {
    let channels = if page.is_colour() { 3 } else { 1 };
    let stride = (page.width() as usize * channels).max(1);
    let mut pixels = Vec::with_capacity(page.pixels().len());
    for row in page.pixels().chunks_exact(stride) {
        pixels.extend(row.chunks_exact(channels).rev().flatten());
    }
    same_kind(page, page.width(), page.height(), pixels)
}

/// A picture of the kind of `page`; the number of bytes fits by construction.
fn same_kind(page: &Picture, width: u32, height: u32, pixels: Vec<u8>) -> Picture {
    Picture::new(width, height, page.is_colour(), pixels).unwrap_or_else(|| page.clone())
}

/// The page whose dots are taken.
pub(super) struct Source<'a> {
    pixels: &'a [u8],
    width: usize,
    height: usize,
    channels: usize,
}

impl<'a> Source<'a> {
    pub(super) fn of(page: &'a Picture) -> Self {
        Self {
            pixels: page.pixels(),
            width: page.width() as usize,
            height: page.height() as usize,
            channels: if page.is_colour() { 3 } else { 1 },
        }
    }

    /// Adds the dot at a place in 1/65536 dots.
    pub(super) fn mix(&self, x: i64, y: i64, to: &mut Vec<u8>) {
        let clamp = |value: i64, most: usize| {
            let last = (most.saturating_sub(1) as i64) << 16;
            value.clamp(0, last)
        };
        let (x, y) = (clamp(x, self.width), clamp(y, self.height));
        let (column, row) = ((x >> 16) as usize, (y >> 16) as usize);
        let (right, down) = ((x & 0xFFFF) as u32 >> 8, (y & 0xFFFF) as u32 >> 8);
        let (left, up) = (256 - right, 256 - down);
        let next_column = (column + 1).min(self.width.saturating_sub(1));
        let next_row = (row + 1).min(self.height.saturating_sub(1));
        let dot = |column: usize, row: usize| {
            let at = (row * self.width + column) * self.channels;
            self.pixels.get(at..at + self.channels).unwrap_or_default()
        };
        let top = dot(column, row).iter().zip(dot(next_column, row));
        let bottom = dot(column, next_row).iter().zip(dot(next_column, next_row));
        for ((a, b), (c, d)) in top.zip(bottom) {
            let above = u32::from(*a) * left + u32::from(*b) * right;
            let below = u32::from(*c) * left + u32::from(*d) * right;
            let mixed = (above * up + below * down + (1 << 15)) >> 16;
            to.push(u8::try_from(mixed).unwrap_or(u8::MAX));
        }
    }
}
