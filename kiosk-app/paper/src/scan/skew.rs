//! How crooked a page lies, by the lines of its text.
//!
//! Seen along its lines, a page of text is stripes of ink and paper; at any other angle they
//! blur. So the ink is projected at many angles and the one with the sharpest stripes wins,
//! first roughly, then closely. A page without lines says nothing and is left as it is.
//!
//! Source: the scanner fact sheet, section 5.3.

use super::ink::Small;
use crate::Picture;

/// Angles looked at, either way.
const MOST_DEGREES: f64 = 10.0;
/// About how wide the small picture is that is looked at.
const WIDTH: usize = 640;
/// At the edges of a scan lie shadows, and not lines of text: one part of so many is left out.
const EDGE: usize = 40;
/// Dots of ink projected, at most: in the rough search, and in the close one.
const ROUGH_DOTS: usize = 15_000;
const MOST_DOTS: usize = 60_000;
/// Fewer dots are no page of text.
const LEAST_DOTS: usize = 400;
/// With fewer, a page is sparse: it is asked again by parts.
const SPARSE_DOTS: usize = 12_000;
/// Into so many parts, by bands so high in dots of the small picture.
const PARTS: usize = 4;
const BAND: f32 = 24.0;
/// How far the parts may be from each other, in degrees, and how much more crooked than that the
/// page has to lie.
const MOST_DOUBT: f64 = 0.3;
const SURELY: f64 = 2.0;
/// Stripes at the best angle have to be so much sharper than on the average.
const CLEAR: f64 = 1.25;

/// A dot of ink, from the middle of the page.
#[derive(Clone, Copy)]
struct Dot {
    x: f32,
    y: f32,
}

/// The angle by which the lines of `page` fall to the right, in degrees, within ±10: turning
/// the page by as much against the clock makes them level. `None` when that is not clear.
#[must_use]
pub fn skew(page: &Picture) -> Option<f64> {
    let small = Small::of(page, (page.width() as usize / WIDTH).max(1));
    let dots = undersides(&small);
    if dots.len() < LEAST_DOTS {
        return None;
    }
    let reach = (small.width + small.height) as f32;
    let every = dots.len().div_ceil(ROUGH_DOTS).max(1);
    let few: Vec<Dot> = dots.iter().step_by(every).copied().collect();
    let rough = scores(&few, reach, Look::Afar, 0.0, MOST_DEGREES, 0.4);
    let mean = rough.iter().map(|(_, score)| score).sum::<f64>() / rough.len().max(1) as f64;
    let (around, sharpness) = best(&rough);
    if sharpness < mean * CLEAR {
        return None;
    }
    let (around, _) = best(&scores(&few, reach, Look::Near, around, 0.8, 0.1));
    let degrees = close(&dots, reach, around);
    if dots.len() < SPARSE_DOTS {
        let doubt = doubt(&dots, reach, degrees)?;
        if doubt > MOST_DOUBT || degrees.abs() < SURELY * doubt {
            return None;
        }
    }
    (degrees.abs() <= MOST_DEGREES).then_some(degrees)
}

/// The best angle near one that is right to a quarter of a degree, to some thousandths.
fn close(dots: &[Dot], span: f32, around: f64) -> f64 {
    let (around, _) = best(&scores(dots, span, Look::Near, around, 0.25, 0.05));
    summit(&scores(dots, span, Look::Near, around, 0.05, 0.025))
}

/// How uncertain the angle of a page of few words is, in degrees: how far its parts, each with
/// words of its own, are from each other. `None` when it has no parts.
fn doubt(dots: &[Dot], span: f32, degrees: f64) -> Option<f64> {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (sin, cos) = (sin as f32, cos as f32);
    let mut parts = vec![Vec::new(); PARTS];
    for dot in dots {
        let band = ((dot.y * cos - dot.x * sin + span) / BAND) as usize;
        if let Some(part) = parts.get_mut(band % PARTS) {
            part.push(*dot);
        }
    }
    let told: Vec<f64> = parts
        .iter()
        .filter(|part| part.len() * PARTS * PARTS > dots.len())
        .map(|part| {
            let (around, _) = best(&scores(part, span, Look::Near, degrees, 0.5, 0.1));
            close(part, span, around)
        })
        .collect();
    let n = told.len() as f64;
    let mean = told.iter().sum::<f64>() / n;
    let apart = told.iter().map(|one| (one - mean).powi(2)).sum::<f64>();
    (told.len() > 1).then(|| (apart / (n - 1.0) / n).sqrt())
}

/// The lower ends of strokes: they stand on the line, whatever the letters above it are.
fn undersides(small: &Small) -> Vec<Dot> {
    let limits = small.limits();
    let (edge_x, edge_y) = (small.width / EDGE, small.height / EDGE);
    let middle = (small.width as f32 / 2.0, small.height as f32 / 2.0);
    let mut dots = Vec::new();
    for y in edge_y..small.height.saturating_sub(edge_y + 1) {
        let pairs = small.row(y).iter().zip(small.row(y + 1));
        for (x, (here, under)) in pairs.enumerate() {
            let limit = limits.at(x, y);
            if *here < limit && *under >= limit && x >= edge_x && x + edge_x < small.width {
                // Between the rows, where it gets as light as the limit: whole rows alone
                // would make every page that lies nearly straight a straight one.
                let below = f32::from(limit - here) / f32::from(under - here);
                dots.push(Dot {
                    x: x as f32 - middle.0,
                    y: y as f32 + below - middle.1,
                });
            }
        }
    }
    let every = dots.len().div_ceil(MOST_DOTS).max(1);
    dots.into_iter().step_by(every).collect()
}

/// What makes stripes of ink sharp.
#[derive(Clone, Copy)]
enum Look {
    /// That some have much and others nothing: this sees a line of text from afar.
    Afar,
    /// That they begin and end at once: this places it, and the lines of two columns, which need
    /// not be at the same heights, are no stairs.
    Near,
}

impl Look {
    /// Width of a stripe in dots of the small picture.
    fn stripe(self) -> f32 {
        match self {
            Self::Afar => 2.0,
            Self::Near => 1.0,
        }
    }
}

/// How sharp the stripes are at each angle from `middle - reach` to `middle + reach`.
fn scores(
    dots: &[Dot],
    span: f32,
    look: Look,
    middle: f64,
    reach: f64,
    step: f64,
) -> Vec<(f64, f64)> {
    let steps = (reach / step).round() as i32;
    let mut stripes = vec![0.0_f32; (span / look.stripe()) as usize + 3];
    (-steps..=steps)
        .map(|at| {
            let degrees = middle + f64::from(at) * step;
            (degrees, sharpness(dots, span, look, degrees, &mut stripes))
        })
        .collect()
}

/// How sharp the stripes are at an angle.
fn sharpness(dots: &[Dot], span: f32, look: Look, degrees: f64, stripes: &mut [f32]) -> f64 {
    stripes.fill(0.0);
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (sin, cos) = (sin as f32, cos as f32);
    for dot in dots {
        let place = (dot.y * cos - dot.x * sin + span / 2.0) / look.stripe();
        let at = place.max(0.0) as usize;
        // Shared with the stripes beside it, so that the score changes smoothly with the angle.
        let off = place - at as f32 - 0.5;
        if let Some([before, here, next]) = stripes.get_mut(at..at + 3) {
            *before += 0.5 * (0.5 - off) * (0.5 - off);
            *here += 0.75 - off * off;
            *next += 0.5 * (0.5 + off) * (0.5 + off);
        }
    }
    // Smoothed, so that it does not matter where between two stripes a level line lies.
    let told = stripes.windows(5).map(|five| match (look, five) {
        (Look::Afar, [_, above, here, below, _]) => above + 2.0 * here + below,
        (Look::Near, [far, above, _, below, farther]) => farther + 2.0 * (below - above) - far,
        _ => 0.0,
    });
    told.map(|told| f64::from(told * told)).sum()
}

fn best(scores: &[(f64, f64)]) -> (f64, f64) {
    scores.iter().copied().fold(
        (0.0, f64::MIN),
        |best, one| if one.1 > best.1 { one } else { best },
    )
}

/// The top of the parabola through the best score and its neighbours.
fn summit(scores: &[(f64, f64)]) -> f64 {
    let (degrees, _) = best(scores);
    let near: Option<&[(f64, f64)]> = scores
        .windows(3)
        .find(|three| three.get(1).is_some_and(|middle| middle.0 == degrees));
    let Some([(left, low), (_, top), (_, high)]) = near else {
        return degrees;
    };
    let bend = low - 2.0 * top + high;
    if bend >= 0.0 {
        return degrees;
    }
    degrees + (degrees - left) * 0.5 * (low - high) / bend
}
