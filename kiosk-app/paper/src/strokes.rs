//! A signature: what a finger or pen wrote, as smooth lines.

use swash::zeno::{Cap, Command, Join, Stroke, Vector};
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::fonts::glyphs;
use crate::{Picture, PrivateBytes};

/// Most strokes of one signature.
pub const MAX_STROKES: usize = 400;
/// Most points of one signature, all strokes together.
pub const MAX_POINTS: usize = 40_000;
/// Width of the line as a share of the pad's height.
const PEN: f32 = 0.022;

/// A signature on a pad, in the pad's own units from its upper left corner.
///
/// Wiped when dropped; `Debug` tells nothing.
#[derive(Clone, PartialEq, Zeroize, ZeroizeOnDrop)]
pub struct Strokes {
    width: f32,
    height: f32,
    strokes: Vec<Vec<(f32, f32)>>,
}

crate::private::redacted_debug!(Strokes);

/// Why a signature is not accepted.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum StrokesError {
    /// The pad has no area, or its size is not a number.
    #[error("take signature: the pad has no size")]
    Pad,
    /// More than [`MAX_STROKES`] strokes or [`MAX_POINTS`] points.
    #[error("take signature: {strokes} strokes with {points} points are too many")]
    TooMany {
        /// Strokes given.
        strokes: usize,
        /// Points given.
        points: usize,
    },
}

impl Strokes {
    /// A signature written on a pad of this size; points outside of it are moved to its edge,
    /// points that are not numbers are left out.
    ///
    /// # Errors
    /// [`StrokesError`] for a pad without size and for too many points.
    pub fn new(
        width: f32,
        height: f32,
        strokes: Vec<Vec<(f32, f32)>>,
    ) -> Result<Self, StrokesError> {
        let points = strokes.iter().map(Vec::len).sum();
        let size = |side: f32| side.is_finite() && side >= 1.0;
        if !size(width) || !size(height) {
            return Err(StrokesError::Pad);
        }
        if strokes.len() > MAX_STROKES || points > MAX_POINTS {
            return Err(StrokesError::TooMany {
                strokes: strokes.len(),
                points,
            });
        }
        let mut taken = Self {
            width,
            height,
            strokes,
        };
        for stroke in &mut taken.strokes {
            stroke.retain(|(x, y)| x.is_finite() && y.is_finite());
            for (x, y) in stroke.iter_mut() {
                (*x, *y) = (x.clamp(0.0, width), y.clamp(0.0, height));
            }
            stroke.dedup();
        }
        taken.strokes.retain(|stroke| !stroke.is_empty());
        Ok(taken)
    }

    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.strokes.is_empty()
    }

    /// Width of the pad divided by its height.
    pub fn aspect(&self) -> f32 {
        self.width / self.height
    }

    pub(crate) fn width(&self) -> f32 {
        self.width
    }

    pub(crate) fn height(&self) -> f32 {
        self.height
    }

    /// The signature in black on white as PNG, `width_px` (16 to 4000) pixels wide.
    pub fn to_png(&self, width_px: u32) -> PrivateBytes {
        let width = width_px.clamp(16, 4000);
        let scale = width as f32 / self.width;
        let height = ((self.height * scale).round() as u32).clamp(1, 4000);
        let mut picture = Picture::white(width, height);
        let path = self.path(0.0, 0.0, scale);
        let coverage = glyphs::path(&path, pen(self.pen_width(scale)));
        coverage.each((0, 0), false, |x, y, alpha| {
            picture.blend(x, y, [0; 3], alpha)
        });
        picture.to_png()
    }

    pub(crate) fn pen_width(&self, scale: f32) -> f32 {
        self.height * PEN * scale
    }

    /// Smooth curves through all points (Catmull-Rom), the pad's corner at `left`, `top`.
    pub(crate) fn path(&self, left: f32, top: f32, scale: f32) -> Vec<Command> {
        let place = |point: &(f32, f32)| Vector::new(left + point.0 * scale, top + point.1 * scale);
        let mut path = Vec::new();
        for stroke in &self.strokes {
            let points: Vec<Vector> = stroke.iter().map(place).collect();
            let Some(first) = points.first().copied() else {
                continue;
            };
            path.push(Command::MoveTo(first));
            if points.len() == 1 {
                // A dot: the round ends of the pen do the rest.
                path.push(Command::LineTo(Vector::new(first.x + 0.01, first.y)));
            }
            let at = |index: usize| {
                points
                    .get(index.min(points.len() - 1))
                    .copied()
                    .unwrap_or(first)
            };
            for index in 0..points.len().saturating_sub(1) {
                let (before, from) = (at(index.saturating_sub(1)), at(index));
                let (to, after) = (at(index + 1), at(index + 2));
                path.push(Command::CurveTo(
                    from + (to - before) / 6.0,
                    to - (after - from) / 6.0,
                    to,
                ));
            }
        }
        path
    }
}

/// A pen with round ends.
pub(crate) fn pen(width: f32) -> Stroke<'static> {
    let mut stroke = Stroke::new(width);
    stroke.cap(Cap::Round).join(Join::Round);
    stroke
}
