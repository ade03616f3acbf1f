//! The sides of a sheet, placed anew in the full picture.

use super::quad::Rough;
use super::{Point, Quad};
use crate::Picture;

/// Places along a side where the edge is looked for.
const PLACES: usize = 64;
/// Left out at both ends of a side, as a part of it: round corners.
const ENDS: f64 = 0.08;
/// Searched to both sides, in dots of the small picture.
const REACH: f64 = 1.8;
/// Rounds of leaving out what lies off the line.
const ROUNDS: usize = 4;

/// The corners in pixels of `picture`; a side that is not found there stays as it was.
pub(super) fn refined(picture: &Picture, factor: usize, rough: &Rough) -> Quad {
    // The middle of a dot of the small picture lies in the middle of its pixels.
    let scale = |at: f64| (at + 0.5) * factor as f64 - 0.5;
    let corners = Quad(rough.corners.0.map(|point| Point {
        x: scale(point.x),
        y: scale(point.y),
    }));
    let sign = if rough.lighter { 1.0 } else { -1.0 };
    let search = Search {
        picture,
        reach: REACH * factor as f64,
        along: factor as f64 / 2.0,
        sign,
    };
    let middle = {
        let sum = |part: fn(&Point) -> f64| corners.0.iter().map(part).sum::<f64>() / 4.0;
        Point {
            x: sum(|p| p.x),
            y: sum(|p| p.y),
        }
    };
    let sides: Vec<Side> = corners
        .sides()
        .map(|(from, to)| search.side(from, to, middle))
        .collect();
    let [a, b, c, d] = sides.as_slice() else {
        return corners;
    };
    let crossed = [d.crosses(a), a.crosses(b), b.crosses(c), c.crosses(d)];
    let near = 3.0 * search.reach;
    let mut refined = corners;
    for (corner, crossed) in refined.0.iter_mut().zip(crossed) {
        if let Some(point) = crossed.filter(|point| point.distance(*corner) <= near) {
            *corner = point;
        }
    }
    // So far whole numbers were the middles of pixels; of a place they are the edges.
    for corner in &mut refined.0 {
        corner.x += 0.5;
        corner.y += 0.5;
    }
    refined
}

/// A line by a point on it and its direction.
#[derive(Clone, Copy)]
struct Side {
    from: Point,
    along: (f64, f64),
}

impl Side {
    fn crosses(&self, other: &Self) -> Option<Point> {
        let turn = self.along.0 * other.along.1 - self.along.1 * other.along.0;
        let (x, y) = self.from.to(other.from);
        let way = (x * other.along.1 - y * other.along.0) / turn;
        (turn.abs() > 0.1).then_some(Point {
            x: self.from.x + way * self.along.0,
            y: self.from.y + way * self.along.1,
        })
    }
}

/// How the edge of a side is looked for.
struct Search<'a> {
    picture: &'a Picture,
    reach: f64,
    /// Half of the width over which brightness is taken together along the side.
    along: f64,
    /// 1 when it gets lighter inwards, else -1.
    sign: f64,
}

impl Search<'_> {
    fn side(&self, from: Point, to: Point, middle: Point) -> Side {
        let length = from.distance(to).max(1.0);
        let (x, y) = from.to(to);
        let along = (x / length, y / length);
        // Inwards.
        let mut normal = (-along.1, along.0);
        let (x, y) = from.to(middle);
        if x * normal.0 + y * normal.1 < 0.0 {
            normal = (-normal.0, -normal.1);
        }
        let places: Vec<(f64, f64)> = (0..PLACES)
            .filter_map(|place| {
                let share = ENDS + (1.0 - 2.0 * ENDS) * place as f64 / (PLACES - 1) as f64;
                let way = share * length;
                let at = Point {
                    x: from.x + along.0 * way,
                    y: from.y + along.1 * way,
                };
                Some((way, self.edge(at, along, normal)?))
            })
            .collect();
        let Some((offset, slope)) = line(places) else {
            return Side { from, along };
        };
        Side {
            from: Point {
                x: from.x + normal.0 * offset,
                y: from.y + normal.1 * offset,
            },
            along: (along.0 + normal.0 * slope, along.1 + normal.1 * slope),
        }
    }

    /// How far inwards from a place on the side the edge is; `None` when there is none.
    fn edge(&self, at: Point, along: (f64, f64), normal: (f64, f64)) -> Option<f64> {
        let reach = self.reach.ceil() as i32;
        let levels: Vec<f64> = (-reach - 2..=reach + 2)
            .map(|off| {
                let off = f64::from(off);
                self.level(
                    Point {
                        x: at.x + normal.0 * off,
                        y: at.y + normal.1 * off,
                    },
                    along,
                )
            })
            .collect::<Option<_>>()?;
        // Rise over five places: the grain of the picture is less than that.
        let rises: Vec<f64> = levels
            .windows(5)
            .map(|w| match w {
                [a, b, _, d, e] => self.sign * (d + e - a - b) / 2.0,
                _ => 0.0,
            })
            .collect();
        let (place, rise) = rises
            .iter()
            .enumerate()
            .max_by(|one, other| one.1.total_cmp(other.1))?;
        let off = place as f64 - f64::from(reach);
        (*rise > 2.0).then_some(off + summit(&rises, place))
    }

    /// Mean brightness over a short way along the side; `None` outside of the picture.
    fn level(&self, at: Point, along: (f64, f64)) -> Option<f64> {
        let half = self.along.round().max(1.0) as i32;
        let mut sum = 0.0;
        for step in -half..=half {
            let step = f64::from(step);
            sum += grey(self.picture, at.x + along.0 * step, at.y + along.1 * step)?;
        }
        Some(sum / f64::from(2 * half + 1))
    }
}

/// Where between the places the top lies, from -0.5 to 0.5.
fn summit(rises: &[f64], place: usize) -> f64 {
    let Some([low, top, high]) = place.checked_sub(1).and_then(|at| rises.get(at..at + 3)) else {
        return 0.0;
    };
    let bend = low - 2.0 * top + high;
    if bend < 0.0 {
        (0.5 * (low - high) / bend).clamp(-0.5, 0.5)
    } else {
        0.0
    }
}

fn grey(picture: &Picture, x: f64, y: f64) -> Option<f64> {
    let (x, y) = (x.round(), y.round());
    if x < 0.0 || y < 0.0 || x >= f64::from(picture.width()) || y >= f64::from(picture.height()) {
        return None;
    }
    let at = y as usize * picture.width() as usize + x as usize;
    if picture.is_colour() {
        let dot = picture.pixels().get(at * 3..at * 3 + 3)?;
        let [r, g, b] = dot else { return None };
        Some((f64::from(*r) + 2.0 * f64::from(*g) + f64::from(*b)) / 4.0)
    } else {
        picture.pixels().get(at).map(|grey| f64::from(*grey))
    }
}

/// Offset and slope of the line most places agree on; `None` when they are too few.
fn line(mut places: Vec<(f64, f64)>) -> Option<(f64, f64)> {
    // Fingers and letters lie to one side: begin at the middle one, not at the mean.
    let mut offs: Vec<f64> = places.iter().map(|(_, off)| *off).collect();
    offs.sort_unstable_by(f64::total_cmp);
    let (mut offset, mut slope) = (*offs.get(offs.len() / 2)?, 0.0);
    for _ in 0..ROUNDS {
        let off = |(way, at): &(f64, f64)| (at - offset - slope * way).abs();
        let mut apart: Vec<f64> = places.iter().map(off).collect();
        apart.sort_unstable_by(f64::total_cmp);
        let allowed = (apart.get(apart.len() / 2)? * 2.5).max(1.0);
        places.retain(|place| off(place) <= allowed);
        (offset, slope) = least_squares(&places)?;
    }
    Some((offset, slope))
}

fn least_squares(places: &[(f64, f64)]) -> Option<(f64, f64)> {
    let n = places.len() as f64;
    let sum = |of: fn(&(f64, f64)) -> f64| places.iter().map(of).sum::<f64>();
    let (ways, offs) = (sum(|p| p.0), sum(|p| p.1));
    let spread = n * sum(|p| p.0 * p.0) - ways * ways;
    if places.len() < PLACES / 4 || spread <= f64::EPSILON {
        return None;
    }
    let slope = (n * sum(|p| p.0 * p.1) - ways * offs) / spread;
    Some(((offs - slope * ways) / n, slope))
}
