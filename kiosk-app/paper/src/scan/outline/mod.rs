//! Where a sheet or card lies in a picture of a desk: its four corners, or nothing.
//!
//! In a small picture the straight edges that have a flat margin are found by voting. Four of
//! them are a sheet when nearly all of each side is an edge, the sides end at the corners, and
//! the inside is lighter all around (or darker, with nothing else on the desk). The sides are
//! then fitted anew in the full picture. What a finger covers is only missing from a side; a
//! round corner is where its sides meet.
//!
//! Source: the scanner fact sheet, section 5.4.

mod edges;
mod lines;
mod quad;
mod refine;

use crate::Picture;
use edges::Edges;

/// About how long the longer side of the small picture is.
const SMALL: usize = 640;

/// A place in a picture, in pixels from the outer corner of its upper left pixel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Down.
    pub y: f64,
}

impl Point {
    pub(super) fn to(self, other: Self) -> (f64, f64) {
        (other.x - self.x, other.y - self.y)
    }

    pub(super) fn distance(self, other: Self) -> f64 {
        let (x, y) = self.to(other);
        x.hypot(y)
    }
}

/// The corners of a sheet, with the clock, beginning with the one nearest to the upper left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quad(pub [Point; 4]);

impl Quad {
    /// The area within, in square pixels.
    #[must_use]
    pub fn area(&self) -> f64 {
        let twice: f64 = self.sides().map(|(a, b)| a.x * b.y - b.x * a.y).sum();
        twice.abs() / 2.0
    }

    /// The sides as pairs of corners: top, right, bottom, left.
    pub(super) fn sides(&self) -> impl Iterator<Item = (Point, Point)> + '_ {
        let next = self.0.iter().cycle().skip(1);
        self.0.iter().zip(next).map(|(a, b)| (*a, *b))
    }

    /// Mean length of top and bottom, and of left and right.
    pub(super) fn lengths(&self) -> (f64, f64) {
        let [a, b, c, d] = self.0;
        (
            f64::midpoint(a.distance(b), d.distance(c)),
            f64::midpoint(b.distance(c), a.distance(d)),
        )
    }

    /// The same corners in the order a reader expects.
    fn ordered(mut self) -> Self {
        let [a, b, c, d] = self.0;
        let turn = (b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x);
        if turn < 0.0 {
            self.0 = [a, d, c, b];
        }
        let first = (0..4)
            .min_by(|one, other| {
                let sum = |at: &usize| self.0.get(*at).map_or(f64::MAX, |p| p.x + p.y);
                sum(one).total_cmp(&sum(other))
            })
            .unwrap_or(0);
        self.0.rotate_left(first);
        self
    }
}

/// A sheet that was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sheet {
    pub(super) corners: Quad,
    /// Whether there is nothing else in the picture.
    pub(super) alone: bool,
}

/// The corners of the sheet or card in `picture`; `None` when there is no clear one, or when one
/// of its corners lies outside.
#[must_use]
pub fn outline(picture: &Picture) -> Option<Quad> {
    sheet(picture).map(|sheet| sheet.corners)
}

pub(super) fn sheet(picture: &Picture) -> Option<Sheet> {
    let longer = picture.width().max(picture.height()) as usize;
    let edges = Edges::of(picture, longer.div_ceil(SMALL).max(1));
    let factor = edges.factor;
    let rough = quad::best(edges)?;
    Some(Sheet {
        corners: refine::refined(picture, factor, &rough).ordered(),
        alone: rough.alone,
    })
}
