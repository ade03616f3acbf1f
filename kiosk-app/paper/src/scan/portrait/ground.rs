//! The wall behind a person: its colour as a plane over the picture, taken from the borders.

use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::Picture;

/// Part of the picture's width and height that is border.
const BORDER: f64 = 0.05;
/// The borders at the sides reach down to this part of the height: below are shoulders.
const SIDES: f64 = 0.45;
/// Of the upper border only the outer parts count: a head may reach up to the middle.
const CORNERS: f64 = 0.3;
/// How often dots that do not fit are left out and the plane is laid anew.
const ROUNDS: usize = 3;

/// A small colour picture, wiped when dropped.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(super) struct Small {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) dots: Vec<[f32; 3]>,
}

impl Small {
    pub(super) fn of(picture: &Picture, width: u32) -> Self {
        let reduced = picture.reduced(width);
        let dots = |pixels: &[u8], channels: usize| -> Vec<[f32; 3]> {
            let channel = |dot: &[u8], at: usize| f32::from(dot.get(at).copied().unwrap_or(0));
            pixels
                .chunks_exact(channels)
                .map(|dot| match channels {
                    3 => [channel(dot, 0), channel(dot, 1), channel(dot, 2)],
                    _ => [channel(dot, 0); 3],
                })
                .collect()
        };
        let channels = if reduced.is_colour() { 3 } else { 1 };
        Self {
            width: reduced.width() as usize,
            height: reduced.height() as usize,
            dots: dots(reduced.pixels(), channels),
        }
    }

    /// The dot there; black outside.
    pub(super) fn at(&self, x: usize, y: usize) -> [f32; 3] {
        let dot = self.dots.get(y * self.width + x);
        dot.copied().unwrap_or_default()
    }
}

/// The brightness of a dot as the eye weighs it (ITU-R BT.601).
pub(super) fn light([r, g, b]: [f32; 3]) -> f32 {
    0.299 * r + 0.587 * g + 0.114 * b
}

/// The background as a plane for each colour: `a + b x + c y`, with x and y from 0 to 1.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ground {
    planes: [[f32; 3]; 3],
    /// Mean distance of the border's dots from the plane.
    pub(super) rough: f32,
}

impl Ground {
    pub(super) fn of(small: &Small) -> Self {
        let mut dots = border(small);
        let mut planes = [[0.0; 3]; 3];
        let mut rough = 0.0;
        for round in 0..ROUNDS {
            for (channel, plane) in planes.iter_mut().enumerate() {
                *plane = fitted(&dots, channel);
            }
            let distances: Vec<f32> = dots.iter().map(|dot| dot.from(&planes)).collect();
            if round == 0 || rough > 0.0 {
                rough = mean(&distances);
            }
            if round + 1 < ROUNDS {
                // What does not belong to the wall at all, such as hair that hangs into it.
                let limit = (rough * 2.5).max(12.0);
                let keep = distances.iter().map(|distance| *distance <= limit);
                let kept: Vec<Dot> = dots
                    .iter()
                    .zip(keep)
                    .filter_map(|(dot, keep)| keep.then_some(*dot))
                    .collect();
                // A wall of which more than a third does not fit is not plain.
                if kept.len() * 3 < dots.len() * 2 {
                    break;
                }
                dots = kept;
            }
        }
        Self { planes, rough }
    }

    /// The background's colour at a place, from 0 to 1 across and down.
    pub(super) fn at(&self, x: f32, y: f32) -> [f32; 3] {
        self.planes.map(|[a, b, c]| a + b * x + c * y)
    }

    /// Its brightness between the darkest and the brightest corner of the upper part.
    pub(super) fn slope(&self) -> f32 {
        let y = SIDES as f32;
        let corners =
            [(0.0, 0.0), (1.0, 0.0), (0.0, y), (1.0, y)].map(|(x, y)| light(self.at(x, y)));
        let most = corners.iter().copied().fold(f32::MIN, f32::max);
        let least = corners.iter().copied().fold(f32::MAX, f32::min);
        most - least
    }
}

#[derive(Clone, Copy)]
struct Dot {
    x: f32,
    y: f32,
    colour: [f32; 3],
}

impl Dot {
    /// The largest distance of a colour from its plane.
    fn from(&self, planes: &[[f32; 3]; 3]) -> f32 {
        planes
            .iter()
            .zip(self.colour)
            .map(|([a, b, c], colour)| (colour - (a + b * self.x + c * self.y)).abs())
            .fold(0.0, f32::max)
    }
}

fn border(small: &Small) -> Vec<Dot> {
    let (width, height) = (small.width as f64, small.height as f64);
    let mut dots = Vec::new();
    for y in 0..small.height {
        for x in 0..small.width {
            let (across, down) = ((x as f64 + 0.5) / width, (y as f64 + 0.5) / height);
            let side = across.min(1.0 - across);
            let belongs = side < BORDER && down < SIDES || down < BORDER && side < CORNERS;
            if belongs {
                dots.push(Dot {
                    x: across as f32,
                    y: down as f32,
                    colour: small.at(x, y),
                });
            }
        }
    }
    dots
}

/// The plane of least squares through one colour of the dots.
fn fitted(dots: &[Dot], channel: usize) -> [f32; 3] {
    let count = (dots.len().max(1)) as f64;
    let value = |dot: &Dot| f64::from(dot.colour.get(channel).copied().unwrap_or(0.0));
    let middle = |of: &dyn Fn(&Dot) -> f64| dots.iter().map(of).sum::<f64>() / count;
    let (mx, my) = (
        middle(&|dot| f64::from(dot.x)),
        middle(&|dot| f64::from(dot.y)),
    );
    let mv = middle(&value);
    let (mut xx, mut yy, mut xy, mut xv, mut yv) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for dot in dots {
        let (x, y) = (f64::from(dot.x) - mx, f64::from(dot.y) - my);
        let v = value(dot) - mv;
        xx += x * x;
        yy += y * y;
        xy += x * y;
        xv += x * v;
        yv += y * v;
    }
    let det = xx * yy - xy * xy;
    if det.abs() < 1e-9 {
        return [mv as f32, 0.0, 0.0];
    }
    let (b, c) = ((xv * yy - yv * xy) / det, (yv * xx - xv * xy) / det);
    [(mv - b * mx - c * my) as f32, b as f32, c as f32]
}

fn mean(values: &[f32]) -> f32 {
    values.iter().sum::<f32>() / values.len().max(1) as f32
}
