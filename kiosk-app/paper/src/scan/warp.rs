//! A sheet seen from an angle, as if it lay under a scanner.

use super::outline::{Point, Quad};
use super::turn::Source;
use crate::Picture;

/// Pixels between two places that are computed exactly; between them a straight line is taken.
const EXACT: usize = 16;

/// What lies within `corners`, stretched to `width` times `height` pixels.
///
/// `None` when the corners enclose nothing or the size is none.
#[must_use]
pub fn rectified(picture: &Picture, corners: &Quad, width: u32, height: u32) -> Option<Picture> {
    let map = Map::new(corners, f64::from(width), f64::from(height))?;
    let source = Source::of(picture);
    let channels = if picture.is_colour() { 3 } else { 1 };
    let mut pixels = Vec::with_capacity(width as usize * height as usize * channels);
    let fixed = |value: f64| (value * 65536.0) as i64;
    for y in 0..height {
        let y = f64::from(y) + 0.5;
        let mut from = map.at(0.5, y);
        for left in (0..width as usize).step_by(EXACT) {
            let steps = EXACT.min(width as usize - left);
            let to = map.at((left + EXACT) as f64 + 0.5, y);
            let (mut at_x, mut at_y) = (fixed(from.x - 0.5), fixed(from.y - 0.5));
            let step = |from: f64, to: f64| fixed((to - from) / EXACT as f64);
            let (step_x, step_y) = (step(from.x, to.x), step(from.y, to.y));
            for _ in 0..steps {
                source.mix(at_x, at_y, &mut pixels);
                at_x += step_x;
                at_y += step_y;
            }
            from = to;
        }
    }
    Picture::new(width, height, picture.is_colour(), pixels)
}

/// The perspective from a rectangle to four corners.
struct Map {
    x: [f64; 3],
    y: [f64; 3],
    w: [f64; 2],
    width: f64,
    height: f64,
}

impl Map {
    /// Heckbert, "Fundamentals of Texture Mapping and Image Warping", 1989, section 2.2.3.
    fn new(corners: &Quad, width: f64, height: f64) -> Option<Self> {
        let [a, b, c, d] = corners.0;
        let (sum_x, sum_y) = (a.x - b.x + c.x - d.x, a.y - b.y + c.y - d.y);
        let (bx, by) = (b.x - c.x, b.y - c.y);
        let (dx, dy) = (d.x - c.x, d.y - c.y);
        let turn = bx * dy - by * dx;
        if width < 1.0 || height < 1.0 || turn.abs() < 1.0 {
            return None;
        }
        let g = (sum_x * dy - sum_y * dx) / turn;
        let h = (bx * sum_y - by * sum_x) / turn;
        Some(Self {
            x: [b.x - a.x + g * b.x, d.x - a.x + h * d.x, a.x],
            y: [b.y - a.y + g * b.y, d.y - a.y + h * d.y, a.y],
            w: [g, h],
            width,
            height,
        })
    }

    /// Where a place of the rectangle lies in the picture.
    fn at(&self, x: f64, y: f64) -> Point {
        let (u, v) = (x / self.width, y / self.height);
        let [g, h] = self.w;
        let w = g * u + h * v + 1.0;
        let part = |[a, b, c]: [f64; 3]| (a * u + b * v + c) / w;
        Point {
            x: part(self.x),
            y: part(self.y),
        }
    }
}
