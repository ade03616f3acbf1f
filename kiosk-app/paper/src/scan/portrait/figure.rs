//! The person against the wall: which dots are not wall, and the head among them by the widths
//! of the outline from the top down.

use super::ground::{Ground, Small};
use crate::Picture;

/// A dot this far from the wall's colour is not wall.
const LEAST_DISTANCE: f32 = 22.0;
/// Where the wall itself is rough, so many times its roughness.
const TIMES_ROUGH: f32 = 3.5;
/// The least part of the picture a person fills.
const LEAST_AREA: f64 = 0.02;
/// Part of the picture's width below which a row is a hair that stands up.
const STRAY: f64 = 0.03;
/// A row this much wider than the head is shoulders.
const SHOULDERS: f64 = 1.45;
/// The neck is at most this part of the head's width; where it is not seen, hair hides it.
const NECK: f64 = 0.88;
/// A person before the lens fills more than this part of the picture.
const LOOMING: f64 = 0.3;
/// Of the head's width, so many rows without anything wider belong to its widest part.
const PLATEAU: f64 = 0.25;

/// A picture made small, its wall and its person.
pub(super) struct Seen {
    pub(super) small: Small,
    pub(super) ground: Ground,
    /// First and last dot of the person in each row, and how many dots they are; `None` in rows
    /// without.
    rows: Vec<Option<(usize, usize)>>,
    /// Pixels of the picture to one of the small one.
    pub(super) factor: f64,
}

/// A head, in pixels of the whole picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Head {
    /// Its middle.
    pub(super) x: f64,
    /// The top of its hair.
    pub(super) top: f64,
    /// Its widest width.
    pub(super) width: f64,
    /// Where the shoulders begin.
    pub(super) shoulders: f64,
    /// Hair hides the neck.
    pub(super) loose: bool,
}

impl Seen {
    pub(super) fn of(picture: &Picture, width: u32) -> Self {
        let small = Small::of(picture, width);
        let ground = Ground::of(&small);
        let rows = person(&small, &ground);
        let factor = f64::from(picture.width()) / small.width.max(1) as f64;
        Self {
            small,
            ground,
            rows,
            factor,
        }
    }

    fn width_at(&self, y: usize) -> f64 {
        let row = self.rows.get(y).copied().flatten();
        row.map_or(0.0, |(first, last)| (last - first + 1) as f64)
    }

    /// The first row that is more than a stray hair.
    fn top(&self) -> Option<usize> {
        let stray = self.small.width as f64 * STRAY;
        (0..self.rows.len()).find(|y| self.width_at(*y) >= stray)
    }

    /// The head; `None` when there is nothing with the widths of a head above shoulders.
    pub(super) fn head(&self) -> Option<Head> {
        let top = self.top()?;
        let widest = self.widest(top)?;
        let width = self.width_at(widest);
        let shoulders =
            (widest..self.rows.len()).find(|y| self.width_at(*y) >= width * SHOULDERS)?;
        let narrowest = (widest..shoulders)
            .map(|y| self.width_at(y))
            .fold(width, f64::min);
        let middle = self.middle(top, widest + (width * 0.3) as usize);
        // Taller than two widths or lower than a half, it is something else.
        let tall = (shoulders - top) as f64 / width;
        (0.5..3.0).contains(&tall).then_some(Head {
            x: (middle + 0.5) * self.factor,
            top: top as f64 * self.factor,
            width: width * self.factor,
            shoulders: shoulders as f64 * self.factor,
            loose: narrowest > width * NECK,
        })
    }

    /// Something fills so much of the picture that its shoulders do not fit.
    pub(super) fn looms(&self) -> bool {
        let all: f64 = (0..self.rows.len()).map(|y| self.width_at(y)).sum();
        all > self.small.dots.len() as f64 * LOOMING
    }

    /// Something round as a head, so low that its shoulders would be below the picture.
    pub(super) fn sunk(&self) -> bool {
        let Some((top, widest)) = self.top().and_then(|top| Some((top, self.widest(top)?))) else {
            return false;
        };
        let width = self.width_at(widest);
        let round = self.width_at(top + (width * 0.08) as usize) < width * 0.85;
        round && top as f64 + width * 2.0 > self.small.height as f64
    }

    /// The row in which the head is widest: after it, for a while, nothing is wider.
    fn widest(&self, top: usize) -> Option<usize> {
        for y in top..self.rows.len() {
            let width = self.width_at(y);
            let below = y + 1..=y + (width * PLATEAU).max(2.0) as usize;
            let most = below.clone().map(|y| self.width_at(y)).fold(0.0, f64::max);
            if most <= width * 1.04 {
                // Of rows as good as equal, the widest.
                let all = y..=*below.end();
                return all.max_by(|a, b| self.width_at(*a).total_cmp(&self.width_at(*b)));
            }
        }
        None
    }

    /// The mean middle of the rows from `top` to `end`.
    fn middle(&self, top: usize, end: usize) -> f64 {
        let rows = self.rows.get(top..end.min(self.rows.len()));
        let middles: Vec<f64> = rows
            .unwrap_or_default()
            .iter()
            .flatten()
            .map(|(first, last)| (first + last) as f64 / 2.0)
            .collect();
        middles.iter().sum::<f64>() / middles.len().max(1) as f64
    }
}

/// First and last dot of the person in each row.
fn person(small: &Small, ground: &Ground) -> Vec<Option<(usize, usize)>> {
    let mask = cleaned(&marked(small, ground), small.width, small.height);
    let person = largest(&mask, small.width, small.height);
    let area = person.iter().filter(|dot| **dot).count();
    if (area as f64) < small.dots.len() as f64 * LEAST_AREA {
        return vec![None; small.height];
    }
    let rows = person.chunks(small.width.max(1)).map(|row| {
        let first = row.iter().position(|dot| *dot)?;
        let last = row.iter().rposition(|dot| *dot)?;
        Some((first, last))
    });
    rows.collect()
}

/// Dots that are not wall.
fn marked(small: &Small, ground: &Ground) -> Vec<bool> {
    let limit = LEAST_DISTANCE.max(ground.rough * TIMES_ROUGH);
    let (width, height) = (small.width as f32, small.height as f32);
    let mut mask = Vec::with_capacity(small.dots.len());
    for y in 0..small.height {
        for x in 0..small.width {
            let wall = ground.at((x as f32 + 0.5) / width, (y as f32 + 0.5) / height);
            let dot = small.at(x, y);
            let far = dot.iter().zip(wall).map(|(dot, wall)| (dot - wall).abs());
            mask.push(far.fold(0.0, f32::max) > limit);
        }
    }
    mask
}

/// Without dots that stand almost alone.
fn cleaned(mask: &[bool], width: usize, height: usize) -> Vec<bool> {
    let at = |x: usize, y: usize| mask.get(y * width + x).copied().unwrap_or(false);
    let mut clean = Vec::with_capacity(mask.len());
    for y in 0..height {
        for x in 0..width {
            let around = (y.saturating_sub(1)..=(y + 1).min(height - 1))
                .flat_map(|y| (x.saturating_sub(1)..=(x + 1).min(width - 1)).map(move |x| (x, y)))
                .filter(|(x, y)| at(*x, *y))
                .count();
            clean.push(around >= 5);
        }
    }
    clean
}

/// The largest part of the mask that hangs together.
pub(super) fn largest(mask: &[bool], width: usize, height: usize) -> Vec<bool> {
    let mut part = vec![0_u32; mask.len()];
    let (mut parts, mut best, mut best_size) = (0, 0, 0);
    let mut open = Vec::new();
    for start in 0..mask.len() {
        let free =
            |at: usize, part: &[u32]| mask.get(at) == Some(&true) && part.get(at) == Some(&0);
        if !free(start, &part) {
            continue;
        }
        parts += 1;
        let mut size = 0;
        open.push(start);
        while let Some(at) = open.pop() {
            if !free(at, &part) {
                continue;
            }
            if let Some(dot) = part.get_mut(at) {
                *dot = parts;
            }
            size += 1;
            let (x, y) = (at % width, at / width);
            open.extend((x > 0).then(|| at - 1));
            open.extend((x + 1 < width).then_some(at + 1));
            open.extend((y > 0).then(|| at - width));
            open.extend((y + 1 < height).then_some(at + width));
        }
        if size > best_size {
            (best, best_size) = (parts, size);
        }
    }
    part.iter().map(|dot| best > 0 && *dot == best).collect()
}
