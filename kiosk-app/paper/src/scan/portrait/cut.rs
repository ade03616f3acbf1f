//! Where the portrait lies in a picture, and cutting it out at the pixels wanted.

use zeroize::Zeroizing;

use super::figure::Head;
use super::{PortraitRules, scale};
use crate::Picture;

/// The guide takes this part of the picture the person sees.
pub(super) const GUIDE: f64 = 0.86;

/// A rectangle of a picture, in its pixels; it may reach beyond the borders.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Place {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Place {
    /// The portrait of this head.
    pub(super) fn of_head(head: &Head, rules: &PortraitRules) -> Self {
        let scale = scale(head, rules);
        let width = f64::from(rules.width_px) * scale;
        Self {
            left: head.x - width / 2.0,
            top: head.top - rules.above_px * scale,
            width,
            height: f64::from(rules.height_px) * scale,
        }
    }

    /// The middle of the picture in the proportions of the portrait: what the person sees.
    pub(super) fn view(picture: &Picture, rules: &PortraitRules) -> Self {
        let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
        let proportion = f64::from(rules.width_px) / f64::from(rules.height_px.max(1));
        let (across, down) = if width > height * proportion {
            (height * proportion, height)
        } else {
            (width, width / proportion.max(0.01))
        };
        Self {
            left: (width - across) / 2.0,
            top: (height - down) / 2.0,
            width: across,
            height: down,
        }
    }

    /// What is cut where no head was found.
    pub(super) fn guide(picture: &Picture, rules: &PortraitRules) -> Self {
        let view = Self::view(picture, rules);
        let edge = (1.0 - GUIDE) / 2.0;
        Self {
            left: view.left + view.width * edge,
            top: view.top + view.height * edge,
            width: view.width * GUIDE,
            height: view.height * GUIDE,
        }
    }

    /// The place in pixels of `width` by `height`, each the mean of the area it covers. Beyond
    /// the border its outermost dots go on.
    pub(super) fn cut(&self, picture: &Picture, width: u32, height: u32) -> Picture {
        let across = weights(self.left, self.width, width, picture.width());
        let down = weights(self.top, self.height, height, picture.height());
        let channels = if picture.is_colour() { 3 } else { 1 };
        let stride = picture.width() as usize * channels;
        let mut pixels = Vec::with_capacity(width as usize * height as usize * channels);
        let mut sums = Zeroizing::new(vec![0.0_f32; width as usize * channels]);
        for rows in &down {
            sums.fill(0.0);
            for (row, weight) in rows {
                let line = picture.pixels().get(row * stride..(row + 1) * stride);
                add(
                    line.unwrap_or_default(),
                    &across,
                    channels,
                    *weight,
                    &mut sums,
                );
            }
            pixels.extend(sums.iter().map(|sum| sum.round().clamp(0.0, 255.0) as u8));
        }
        // The number of bytes is that of the size by construction.
        Picture::new(width, height, picture.is_colour(), pixels)
            .unwrap_or_else(|| Picture::white(width, height))
    }
}

type Weights = Vec<Vec<(usize, f32)>>;

/// For each of `count` pixels that share `length` from `from`, the source pixels it covers and
/// how much of each; at least as wide as one, so that enlarging mixes neighbours.
fn weights(from: f64, length: f64, count: u32, size: u32) -> Weights {
    let step = length / f64::from(count.max(1));
    let reach = step.max(1.0) / 2.0;
    let last = i64::from(size.max(1)) - 1;
    let one = |at: u32| {
        let middle = from + (f64::from(at) + 0.5) * step;
        let (start, end) = (middle - reach, middle + reach);
        let mut covered: Vec<(usize, f32)> = Vec::new();
        for pixel in start.floor() as i64..=(end - 1e-9).floor() as i64 {
            let part = end.min(pixel as f64 + 1.0) - start.max(pixel as f64);
            let inside = usize::try_from(pixel.clamp(0, last)).unwrap_or(0);
            covered.push((inside, (part / (2.0 * reach)) as f32));
        }
        covered
    };
    (0..count).map(one).collect()
}

fn add(line: &[u8], across: &Weights, channels: usize, weight: f32, sums: &mut [f32]) {
    for (columns, sums) in across.iter().zip(sums.chunks_exact_mut(channels)) {
        for (column, part) in columns {
            let dot = line.get(column * channels..(column + 1) * channels);
            for (sum, value) in sums.iter_mut().zip(dot.unwrap_or_default()) {
                *sum += f32::from(*value) * part * weight;
            }
        }
    }
}
