//! Four edges that are the sides of one sheet.

use super::edges::Edges;
use super::lines::{Line, longest};
use super::{Point, Quad};

/// Least part of the picture a sheet takes.
const LEAST_AREA: f64 = 0.05;
/// A side is at least such a part of the picture's longer side.
const LEAST_SIDE: f64 = 0.12;
/// Left out at both ends of a side: round corners.
const ENDS: f32 = 0.07;
/// So much of each side has to be an edge: the rest may be under fingers.
const LEAST_COVERED: f32 = 0.4;
/// And so much of all sides together.
const MEAN_COVERED: f32 = 0.8;
/// A sheet's sides end at its corners: beyond them, from a few dots on for this part of the
/// side, no more than so much is an edge, but for one end that meets an edge of the desk.
const BEYOND: f32 = 0.1;
const GAP: f32 = 3.0;
const MOST_BEYOND: f32 = 0.5;
const GOING_ON: usize = 1;
/// Opposite sides are turned against each other by at most 35 degrees, neighbours by 50 to 130.
const OPPOSITE: f32 = -0.82;
const NEIGHBOUR: f32 = 0.64;
/// The greatest part of what lies around a sheet that is alone may be marks.
const ALONE: f64 = 0.004;
/// Dots around a sheet that are its own edge and shadow.
const RIM: f64 = 7.0;

/// A sheet in the small picture.
pub(super) struct Rough {
    /// Its corners in dots of the small picture, around.
    pub(super) corners: Quad,
    /// Whether the sheet is lighter than what it lies on.
    pub(super) lighter: bool,
    pub(super) alone: bool,
}

/// The sheet with the longest and clearest sides: one lighter than what it lies on, or else one
/// that lies alone and is printed nearly to its edges, or is darker.
pub(super) fn best(mut edges: Edges) -> Option<Rough> {
    let lighter = clear(&edges, true);
    if lighter.is_some() || !edges.few_marks {
        return lighter;
    }
    edges.narrow = true;
    let alone = |rough: &Rough| rough.alone;
    clear(&edges, true).filter(alone).or_else(|| {
        edges.turn_over();
        clear(&edges, false).filter(alone)
    })
}

fn clear(edges: &Edges, lighter: bool) -> Option<Rough> {
    let (_, corners) = clearest(edges)?;
    Some(Rough {
        corners,
        lighter,
        alone: is_alone(edges, &corners),
    })
}

/// The quadrilateral of lines with the best score.
fn clearest(edges: &Edges) -> Option<(f32, Quad)> {
    let lines = longest(edges);
    // Lines that converge may cross near the corner distances are taken from.
    let least = (edges.width.max(edges.height) / 4) as f32;
    let mut pairs = Vec::new();
    for (at, one) in lines.iter().enumerate() {
        for other in lines.iter().skip(at + 1) {
            let opposite = one.across * other.across + one.down * other.down < OPPOSITE;
            if opposite && one.facing(other) > -least {
                pairs.push((one, other));
            }
        }
    }
    let mut found: Option<(f32, Quad)> = None;
    for (at, one) in pairs.iter().enumerate() {
        for other in pairs.iter().skip(at + 1) {
            let made = candidate(edges, *one, *other);
            found = made
                .filter(|made| found.is_none_or(|best| made.0 > best.0))
                .or(found);
        }
    }
    found
}

/// The quadrilateral of two pairs of opposite lines, and how clear it is.
fn candidate(edges: &Edges, (a, c): (&Line, &Line), (b, d): (&Line, &Line)) -> Option<(f32, Quad)> {
    for one in [a, c] {
        for other in [b, d] {
            if (one.across * other.across + one.down * other.down).abs() > NEIGHBOUR {
                return None;
            }
        }
    }
    let corners = Quad([a.crosses(b)?, b.crosses(c)?, c.crosses(d)?, d.crosses(a)?]);
    let inside = |point: &Point| {
        let within = |at: f64, size: usize| at > -1.0 && at < size as f64;
        within(point.x, edges.width) && within(point.y, edges.height)
    };
    if !corners.0.iter().all(inside) {
        return None;
    }
    let frame = (edges.width * edges.height) as f64;
    let longer = edges.width.max(edges.height) as f64;
    let shortest = corners
        .sides()
        .map(|(a, b)| a.distance(b))
        .fold(f64::MAX, f64::min);
    if corners.area() < LEAST_AREA * frame || shortest < LEAST_SIDE * longer {
        return None;
    }
    if !lighter_within(&corners, [a, b, c, d]) {
        return None;
    }
    Some((clearness(&corners, [b, c, d, a])?, corners))
}

/// Whether it gets lighter inwards at all sides, and no side crosses the one opposite.
fn lighter_within(corners: &Quad, lines: [&Line; 4]) -> bool {
    lines.iter().all(|line| {
        corners.0.iter().all(|point| {
            let across = point.x * f64::from(line.across) + point.y * f64::from(line.down);
            across - f64::from(line.distance) > -1.0
        })
    })
}

/// The length of the sides, weighed by how much of them is an edge; `None` when that is too
/// little, or when they go on beyond the corners. `lines` are those of the sides in order.
fn clearness(corners: &Quad, lines: [&Line; 4]) -> Option<f32> {
    let (mut length, mut covered, mut beyond) = (0.0, 0.0, 0);
    for ((from, to), line) in corners.sides().zip(lines) {
        let (from, to) = (line.along(from), line.along(to));
        let reach = to - from;
        let share = line.covered(from + reach * ENDS, to - reach * ENDS);
        if share < LEAST_COVERED {
            return None;
        }
        let (out, gap) = (reach * BEYOND, GAP * reach.signum());
        let ends = [(from - out - gap, from - gap), (to + gap, to + out + gap)];
        let on = |(from, to): &(f32, f32)| line.covered(*from, *to) > MOST_BEYOND;
        beyond += ends.iter().filter(|end| on(end)).count();
        length += reach.abs();
        covered += share * reach.abs();
    }
    let covered = covered / length;
    (covered >= MEAN_COVERED && beyond <= GOING_ON).then_some(length * covered * covered)
}

/// Whether there are no marks but the sheet's.
fn is_alone(edges: &Edges, corners: &Quad) -> bool {
    let sides: Vec<(Point, f64, f64)> = corners
        .sides()
        .map(|(from, to)| {
            let (x, y) = from.to(to);
            let length = x.hypot(y).max(1.0);
            (from, x / length, y / length)
        })
        .collect();
    let turn = sides
        .iter()
        .zip(sides.iter().cycle().skip(1))
        .map(|(one, other)| one.1 * other.2 - one.2 * other.1)
        .sum::<f64>()
        .signum();
    let (mut marks, mut around) = (0_usize, 0_usize);
    for (y, row) in edges.marks.chunks_exact(edges.width.max(1)).enumerate() {
        for (x, mark) in row.iter().enumerate() {
            let outside = sides.iter().any(|(from, across, down)| {
                let (x, y) = (x as f64 - from.x, y as f64 - from.y);
                turn * (across * y - down * x) < -RIM
            });
            marks += usize::from(outside && *mark);
            around += usize::from(outside);
        }
    }
    marks as f64 <= ALONE * around as f64
}
