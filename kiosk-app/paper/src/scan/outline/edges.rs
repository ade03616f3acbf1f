//! The edges of a small picture.

use std::ops::RangeInclusive;

use super::super::ink::Small;
use crate::Picture;

/// Weakest edge that counts, in grey levels a dot.
const WEAKEST: f32 = 1.6;
/// An edge is steeper than half of all dots, or at least as steep as this.
const STEEP: f32 = 8.0;
/// Steeper than this, a dot belongs to a mark on the desk.
const MARK: f32 = 12.0;
/// How far inside of a sheet's edge its margin is looked at, in dots.
const MARGIN: RangeInclusive<i32> = 3..=8;
/// Of a sheet that lies alone, print may come nearer to the edge: a card's margin on the glass is
/// looked at from one and a half to two millimetres on.
const NARROW: RangeInclusive<i32> = 3..=4;
/// A desk has few marks when not even one of so many dots is one.
const FEW: usize = 8;
/// There it is flat: less steep than this part of the edge, or than the grain of the picture.
const FLAT: f32 = 0.35;
const GRAIN: f32 = 1.2;

/// How fast and in which direction a small picture gets lighter.
pub(super) struct Edges {
    pub(super) width: usize,
    pub(super) height: usize,
    /// How many pixels of the picture are one dot, in each direction.
    pub(super) factor: usize,
    across: Vec<f32>,
    down: Vec<f32>,
    /// Steepness from which a dot is an edge.
    pub(super) least: f32,
    /// Which dots belong to a sharp mark.
    pub(super) marks: Vec<bool>,
    /// Whether they are few.
    pub(super) few_marks: bool,
    /// Whether a narrow margin is one.
    pub(super) narrow: bool,
}

impl Edges {
    pub(super) fn of(picture: &Picture, factor: usize) -> Self {
        let small = Small::of(picture, factor);
        let (width, height) = (small.width, small.height);
        let (across, down) = slopes(&small.grey, width, height);
        let mut steep: Vec<f32> = across.iter().zip(&down).map(|(x, y)| x.hypot(*y)).collect();
        let marks: Vec<bool> = steep.iter().map(|steep| *steep > MARK).collect();
        let marked = marks.iter().filter(|mark| **mark).count();
        let middle = steep.len() / 2;
        let median = if steep.is_empty() {
            0.0
        } else {
            *steep.select_nth_unstable_by(middle, f32::total_cmp).1
        };
        Self {
            width,
            height,
            factor,
            least: median.clamp(WEAKEST, STEEP),
            few_marks: marked * FEW <= marks.len(),
            narrow: false,
            marks,
            across,
            down,
        }
    }

    /// Makes them those of the negative: what got lighter gets darker.
    pub(super) fn turn_over(&mut self) {
        for slope in self.across.iter_mut().chain(&mut self.down) {
            *slope = -*slope;
        }
    }

    /// The slope at a dot, level outside.
    pub(super) fn slope(&self, x: i32, y: i32) -> (f32, f32) {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else {
            return (0.0, 0.0);
        };
        if x >= self.width {
            return (0.0, 0.0);
        }
        let at = y * self.width + x;
        match (self.across.get(at), self.down.get(at)) {
            (Some(across), Some(down)) => (*across, *down),
            _ => (0.0, 0.0),
        }
    }

    /// Which of `ridges` each dot is.
    pub(super) fn places(&self, ridges: &[Ridge]) -> Vec<Option<u32>> {
        let mut places = vec![None; self.width * self.height];
        for (index, ridge) in ridges.iter().enumerate() {
            let at = ridge.y as usize * self.width + ridge.x as usize;
            if let Some(place) = places.get_mut(at) {
                *place = u32::try_from(index).ok();
            }
        }
        places
    }

    /// The dots on the ridge of an edge with a flat margin on its lighter side, as a sheet has
    /// one: letters and the grain of a desk have none.
    pub(super) fn ridges(&self) -> Vec<Ridge> {
        let mut ridges = Vec::new();
        for y in 1..self.height.saturating_sub(1) as i32 {
            for x in 1..self.width.saturating_sub(1) as i32 {
                let (across, down) = self.slope(x, y);
                let steep = across.hypot(down);
                if steep < self.least {
                    continue;
                }
                let step = |part: f32| (part / steep * 1.3).round() as i32;
                let (ahead_x, ahead_y) = (step(across), step(down));
                let at = |x: i32, y: i32| {
                    let (across, down) = self.slope(x, y);
                    across.hypot(down)
                };
                let ridge =
                    steep >= at(x + ahead_x, y + ahead_y) && steep > at(x - ahead_x, y - ahead_y);
                if ridge && self.has_margin(x, y, (across, down)) {
                    ridges.push(Ridge {
                        x: x as f32,
                        y: y as f32,
                        across: across / steep,
                        down: down / steep,
                    });
                }
            }
        }
        ridges
    }

    /// Whether the lighter side of an edge with such a slope is the margin of a sheet.
    fn has_margin(&self, x: i32, y: i32, (across, down): (f32, f32)) -> bool {
        let steep = across.hypot(down);
        let inwards = |off: i32| {
            let into = |part: f32| (part / steep * off as f32).round() as i32;
            self.slope(x + into(across), y + into(down))
        };
        let flat = |off: i32| {
            let (across, down) = inwards(off);
            across.hypot(down) <= (steep * FLAT).max(GRAIN)
        };
        // A line drawn on paper has the same paper on both sides: nothing rises across it.
        let rises = || {
            let steps = (-NARROW.start()..=*NARROW.start()).map(inwards);
            steps.map(|(x, y)| x * across + y * down).sum::<f32>() >= steep * steep
        };
        MARGIN.clone().all(flat) || (self.narrow && NARROW.clone().all(flat) && rises())
    }
}

/// A dot on an edge, and the direction in which it gets lighter, of length 1.
pub(super) struct Ridge {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) across: f32,
    pub(super) down: f32,
}

/// Slopes in grey levels a dot, to the right and down, after Scharr.
fn slopes(grey: &[u8], width: usize, height: usize) -> (Vec<f32>, Vec<f32>) {
    let mut across = vec![0.0; grey.len()];
    let mut down = vec![0.0; grey.len()];
    for y in 1..height.saturating_sub(1) {
        let row = |y: usize| grey.get(y * width..(y + 1) * width).unwrap_or_default();
        let three = row(y - 1)
            .windows(3)
            .zip(row(y).windows(3))
            .zip(row(y + 1).windows(3));
        let to = y * width + 1..(y + 1) * width - 1;
        let (Some(to_across), Some(to_down)) = (across.get_mut(to.clone()), down.get_mut(to))
        else {
            continue;
        };
        for (((above, here), below), (dx, dy)) in three.zip(to_across.iter_mut().zip(to_down)) {
            let ([a, b, c], [d, _, f], [g, h, i]) = (above, here, below) else {
                continue;
            };
            let [a, b, c, d, f, g, h, i] = [a, b, c, d, f, g, h, i].map(|v| f32::from(*v));
            *dx = (3.0 * (c + i - a - g) + 10.0 * (f - d)) / 32.0;
            *dy = (3.0 * (g + i - a - c) + 10.0 * (h - b)) / 32.0;
        }
    }
    (across, down)
}
