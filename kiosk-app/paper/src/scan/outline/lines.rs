//! The longest straight edges of a small picture.

use super::Point;
use super::edges::{Edges, Ridge};

/// Directions voted for, all around.
const DIRECTIONS: usize = 360;
/// A dot votes for directions this near to its own, in degrees: the stones or blades of grass that
/// a sheet lies on turn the direction of its edge from dot to dot.
const NEAR: i32 = 15;
/// Width of the stripe two parallel lines share, in dots.
const STRIPE: f32 = 1.5;
/// Most lines that are looked at.
const MOST: usize = 48;
/// Dots this near to a line that was found are its own.
const OWN: f32 = 3.0;
/// A line is fitted to the dots this near to it.
const FITTED: f32 = 2.0;
/// An edge belongs to a line when it gets lighter within about 30 degrees of the line's normal.
const ALIGNED: f32 = 0.86;

/// A straight edge: `x * across + y * down = distance`, lighter on the side of the normal.
pub(super) struct Line {
    pub(super) across: f32,
    pub(super) down: f32,
    pub(super) distance: f32,
    /// How much of the line is an edge up to each dot along it.
    sums: Vec<u32>,
    /// How much of it lies in the picture.
    inside: Vec<u32>,
    /// Place along the line of the first of them.
    start: f32,
}

impl Line {
    fn new(ridges: &Ridges<'_>, (across, down, distance): (f32, f32, f32)) -> Self {
        let reach = (ridges.width as f32).hypot(ridges.height as f32).ceil();
        let mut line = Self {
            across,
            down,
            distance,
            sums: vec![0],
            inside: vec![0],
            start: -reach,
        };
        let (mut sum, mut inside) = (0, 0);
        for step in 0..(2.0 * reach) as i32 {
            let at = line.at(line.start + step as f32 + 0.5);
            sum += u32::from(ridges.near(at, across, down));
            line.sums.push(sum);
            inside += u32::from(ridges.holds(at));
            line.inside.push(inside);
        }
        line
    }

    /// The point at a place along the line.
    fn at(&self, along: f32) -> (f32, f32) {
        (
            self.across * self.distance - self.down * along,
            self.down * self.distance + self.across * along,
        )
    }

    /// The place along the line that is nearest to a point.
    pub(super) fn along(&self, point: Point) -> f32 {
        point.y as f32 * self.across - point.x as f32 * self.down
    }

    /// The share of a stretch that is an edge, 0 to 1, as far as it lies in the picture.
    pub(super) fn covered(&self, from: f32, to: f32) -> f32 {
        let place = |along: f32| (along - self.start).max(0.0) as usize;
        let (first, last) = (place(from.min(to)), place(from.max(to)));
        let last = last.min(self.sums.len().saturating_sub(1));
        let within = |sums: &[u32]| Some(sums.get(last)?.saturating_sub(*sums.get(first)?));
        match (within(&self.sums), within(&self.inside)) {
            (Some(edge), Some(all)) if all > 1 => edge as f32 / all as f32,
            _ => 0.0,
        }
    }

    /// How far apart two lines are that face each other; negative when they turn their backs.
    pub(super) fn facing(&self, other: &Self) -> f32 {
        -(self.distance + other.distance)
    }

    /// Where two lines cross; `None` when they are nearly parallel.
    pub(super) fn crosses(&self, other: &Self) -> Option<Point> {
        let turn = self.across * other.down - self.down * other.across;
        (turn.abs() > 0.3).then(|| Point {
            x: f64::from((self.distance * other.down - other.distance * self.down) / turn),
            y: f64::from((self.across * other.distance - other.across * self.distance) / turn),
        })
    }
}

/// The ridges of a picture, to be found by their place.
struct Ridges<'a> {
    all: &'a [Ridge],
    places: Vec<Option<u32>>,
    width: usize,
    height: usize,
}

impl Ridges<'_> {
    /// Whether a ridge of the line's direction lies within a dot of a point.
    fn near(&self, (x, y): (f32, f32), across: f32, down: f32) -> bool {
        let (x, y) = (x.round() as i32, y.round() as i32);
        (y - 1..=y + 1).any(|y| {
            (x - 1..=x + 1).any(|x| {
                let ridge = self.at(x, y);
                ridge.is_some_and(|ridge| ridge.across * across + ridge.down * down >= ALIGNED)
            })
        })
    }

    /// Whether a point lies in the picture.
    fn holds(&self, (x, y): (f32, f32)) -> bool {
        x >= 0.0 && y >= 0.0 && x < self.width as f32 && y < self.height as f32
    }

    fn at(&self, x: i32, y: i32) -> Option<&Ridge> {
        let (x, y) = (usize::try_from(x).ok()?, usize::try_from(y).ok()?);
        if x >= self.width || y >= self.height {
            return None;
        }
        let index = (*self.places.get(y * self.width + x)?)?;
        self.all.get(index as usize)
    }
}

/// The lines with the most dots, the longest first. A dot votes for one line only: those of a
/// line that was found are taken out before the next is looked for.
pub(super) fn longest(edges: &Edges) -> Vec<Line> {
    let all = edges.ridges();
    let on_them = Ridges {
        places: edges.places(&all),
        all: &all,
        width: edges.width,
        height: edges.height,
    };
    let mut ridges: Vec<&Ridge> = all.iter().collect();
    let mut votes = Votes::of(edges, &all);
    // With fewer dots than a part of the picture, no line is a side.
    let least = (edges.width.max(edges.height) / 14) as i32;
    let mut lines = Vec::new();
    while lines.len() < MOST {
        let Some((direction, stripe)) = votes.most(least) else {
            break;
        };
        let (across, down) = normal(direction);
        let distance = (stripe as f32 + 0.5) * STRIPE - votes.reach;
        let line = fitted(&ridges, across, down, distance);
        ridges.retain(|ridge| {
            let on = near(ridge, line, OWN);
            if on {
                votes.add(ridge, -1);
            }
            !on
        });
        votes.clear(direction, stripe);
        lines.push(Line::new(&on_them, line));
    }
    lines
}

/// Whether a dot lies within `off` of a line and is an edge of its direction.
fn near(ridge: &Ridge, (across, down, distance): (f32, f32, f32), off: f32) -> bool {
    (ridge.x * across + ridge.y * down - distance).abs() <= off
        && ridge.across * across + ridge.down * down >= ALIGNED
}

fn normal(direction: usize) -> (f32, f32) {
    let (sin, cos) = (direction as f32).to_radians().sin_cos();
    (cos, sin)
}

/// How many dots lie on each line, by direction and distance.
struct Votes {
    counts: Vec<i32>,
    normals: Vec<(f32, f32)>,
    stripes: usize,
    reach: f32,
}

impl Votes {
    fn of(edges: &Edges, ridges: &[Ridge]) -> Self {
        let reach = (edges.width as f32).hypot(edges.height as f32);
        let stripes = (2.0 * reach / STRIPE) as usize + 2;
        let mut votes = Self {
            counts: vec![0; DIRECTIONS * stripes],
            normals: (0..DIRECTIONS).map(normal).collect(),
            stripes,
            reach,
        };
        for ridge in ridges {
            votes.add(ridge, 1);
        }
        votes
    }

    /// Adds a dot's votes, or takes them back.
    fn add(&mut self, ridge: &Ridge, vote: i32) {
        let own = ridge.down.atan2(ridge.across).to_degrees().round() as i32;
        for near in own - NEAR..=own + NEAR {
            let direction = near.rem_euclid(DIRECTIONS as i32) as usize;
            let Some((across, down)) = self.normals.get(direction) else {
                continue;
            };
            let distance = ridge.x * across + ridge.y * down + self.reach;
            let stripe = ((distance / STRIPE) as usize).min(self.stripes - 1);
            if let Some(count) = self.counts.get_mut(direction * self.stripes + stripe) {
                *count += vote;
            }
        }
    }

    /// The line with the most votes.
    fn most(&self, least: i32) -> Option<(usize, usize)> {
        let (at, most) = self
            .counts
            .iter()
            .enumerate()
            .max_by_key(|(_, count)| **count)?;
        (*most >= least).then_some((at / self.stripes, at % self.stripes))
    }

    fn clear(&mut self, direction: usize, stripe: usize) {
        if let Some(count) = self.counts.get_mut(direction * self.stripes + stripe) {
            *count = 0;
        }
    }
}

/// The line through the middle of the dots near it, along their longest extent.
fn fitted(ridges: &[&Ridge], across: f32, down: f32, distance: f32) -> (f32, f32, f32) {
    // Along the line, and off it: a line of best fit in its own frame.
    let (mut n, mut sum_a, mut sum_o, mut sum_aa, mut sum_ao) = (0.0, 0.0, 0.0, 0.0, 0.0);
    let line = (across, down, distance);
    for ridge in ridges.iter().filter(|ridge| near(ridge, line, FITTED)) {
        let along = f64::from(ridge.y * across - ridge.x * down);
        let off = f64::from(ridge.x * across + ridge.y * down - distance);
        n += 1.0;
        sum_a += along;
        sum_o += off;
        sum_aa += along * along;
        sum_ao += along * off;
    }
    let spread = n * sum_aa - sum_a * sum_a;
    if n < 8.0 || spread <= f64::EPSILON {
        return line;
    }
    let slope = (n * sum_ao - sum_a * sum_o) / spread;
    let offset = (sum_o - slope * sum_a) / n;
    let length = slope.hypot(1.0);
    let (slope, long) = (slope as f32, length as f32);
    (
        (across + slope * down) / long,
        (down - slope * across) / long,
        ((f64::from(distance) + offset) / length) as f32,
    )
}
