//! A camera that leans over a desk, as a pinhole: where it sees the corners of a sheet.

use crate::scan::Point;

/// The picture's size: 8 megapixels.
pub(crate) const WIDTH: u32 = 3264;
pub(crate) const HEIGHT: u32 = 2448;

/// How a camera looks at a sheet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Camera {
    /// Focal length in diagonals of the picture.
    pub(crate) focal: f64,
    /// How the sheet leans away around the axis across and the one down, in degrees.
    pub(crate) lean: (f64, f64),
    /// How it is turned in its plane, in degrees.
    pub(crate) turn: f64,
}

impl Camera {
    /// Corners of a sheet of such width and height in any unit, with the clock from its own
    /// upper left. It lies a little off the middle; its longer side is about `share` of the
    /// picture's diagonal.
    pub(crate) fn sees(self, (width, height): (f64, f64), share: f64) -> [Point; 4] {
        let (wide, high) = (f64::from(WIDTH), f64::from(HEIGHT));
        let (sin, cos) = self.turn.to_radians().sin_cos();
        let (sin_x, cos_x) = self.lean.0.to_radians().sin_cos();
        let (sin_y, cos_y) = self.lean.1.to_radians().sin_cos();
        let away = self.focal * width.max(height) / share;
        [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)].map(|(u, v)| {
            let (u, v) = (u * width / 2.0, v * height / 2.0);
            let (x, y) = (u * cos - v * sin, u * sin + v * cos);
            let (y, z) = (y * cos_x, y * sin_x);
            let (x, z) = (x * cos_y + z * sin_y, z * cos_y - x * sin_y);
            let scale = self.focal * wide.hypot(high) / (away + z);
            Point {
                x: wide / 2.0 + (x + width / 20.0) * scale,
                y: high / 2.0 + (y - height / 30.0) * scale,
            }
        })
    }
}
