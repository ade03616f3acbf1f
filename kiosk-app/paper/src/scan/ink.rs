//! A page made small, and which of its dots are ink.

use crate::Picture;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Side of the squares in which the paper's brightness is taken, in dots of the small picture:
/// light on a page changes slowly, and letters are smaller than this.
const SQUARE: usize = 32;
/// The paper's brightness is that of the 9th of ten dots of a square.
const PAPER_SHARE: usize = 9;
/// Darker than this part of the paper around it (of 256), a dot is ink.
const INK_BELOW: u32 = 190;

/// A grey picture of about a quarter of the page's width, wiped when dropped.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(super) struct Small {
    pub(super) width: usize,
    pub(super) height: usize,
    /// How many dots of the page are one of these, in each direction.
    pub(super) factor: usize,
    pub(super) grey: Vec<u8>,
}

impl Small {
    /// `page` with every square of `factor` dots taken together; what is left over at the right
    /// and the bottom is dropped.
    pub(super) fn of(page: &Picture, factor: usize) -> Self {
        let factor = factor.max(1);
        let channels = if page.is_colour() { 3 } else { 1 };
        let (width, height) = (
            page.width() as usize / factor,
            page.height() as usize / factor,
        );
        let mut grey = Vec::with_capacity(width * height);
        let mut sums = vec![0_u32; width];
        let most = (factor * factor) as u32 * if channels == 3 { 4 } else { 1 };
        let stride = page.width() as usize * channels;
        for rows in page.pixels().chunks_exact(stride.max(1) * factor) {
            sums.fill(0);
            for row in rows.chunks_exact(stride) {
                for (sum, cell) in sums.iter_mut().zip(row.chunks_exact(channels * factor)) {
                    *sum += brightness(cell, channels);
                }
            }
            grey.extend(
                sums.iter()
                    .map(|sum| u8::try_from(sum / most).unwrap_or(u8::MAX)),
            );
        }
        Self {
            width,
            height,
            factor,
            grey,
        }
    }

    /// Row `y`, empty outside.
    pub(super) fn row(&self, y: usize) -> &[u8] {
        self.grey
            .get(y * self.width..(y + 1) * self.width)
            .unwrap_or_default()
    }

    /// The paper's brightness in each square, row after row, and how many squares a row has.
    pub(super) fn paper(&self) -> (Vec<u8>, usize) {
        let across = self.width.div_ceil(SQUARE).max(1);
        let mut levels = Vec::new();
        for top in (0..self.height).step_by(SQUARE) {
            for left in (0..self.width).step_by(SQUARE) {
                levels.push(self.level(top, left));
            }
        }
        (levels, across)
    }

    fn level(&self, top: usize, left: usize) -> u8 {
        let mut counts = [0_usize; 256];
        let mut dots = 0;
        for y in top..(top + SQUARE).min(self.height) {
            let row = self.row(y);
            for grey in row
                .get(left..(left + SQUARE).min(self.width))
                .unwrap_or_default()
            {
                if let Some(count) = counts.get_mut(usize::from(*grey)) {
                    *count += 1;
                }
                dots += 1;
            }
        }
        let mut below = 0;
        for (grey, count) in (0_u8..=255).zip(counts) {
            below += count;
            if below * 10 >= dots * PAPER_SHARE {
                return grey;
            }
        }
        255
    }

    /// Which dots are darker than the paper around them: 1 is ink.
    pub(super) fn ink(&self) -> Vec<u8> {
        let limits = self.limits();
        let mut ink = Vec::with_capacity(self.grey.len());
        for y in 0..self.height {
            for (dots, limit) in self.row(y).chunks(SQUARE).zip(limits.row(y)) {
                ink.extend(dots.iter().map(|dot| u8::from(dot < limit)));
            }
        }
        ink
    }

    /// What a dot has to be darker than to be ink, for each square.
    pub(super) fn limits(&self) -> Limits {
        let (mut squares, across) = self.paper();
        for paper in &mut squares {
            let limit = u32::from(*paper) * INK_BELOW / 256;
            *paper = u8::try_from(limit).unwrap_or(u8::MAX);
        }
        Limits { squares, across }
    }
}

/// Darker than these, dots are ink.
pub(super) struct Limits {
    squares: Vec<u8>,
    across: usize,
}

impl Limits {
    /// Those of the squares that row `y` of dots runs through.
    fn row(&self, y: usize) -> &[u8] {
        let first = y / SQUARE * self.across;
        self.squares
            .get(first..first + self.across)
            .unwrap_or_default()
    }

    /// That of one dot.
    pub(super) fn at(&self, x: usize, y: usize) -> u8 {
        self.row(y).get(x / SQUARE).copied().unwrap_or(0)
    }
}

/// The sum of brightness of some dots; of colour, four times as much.
fn brightness(cell: &[u8], channels: usize) -> u32 {
    if channels == 1 {
        return cell.iter().map(|grey| u32::from(*grey)).sum();
    }
    cell.chunks_exact(3)
        .map(|dot| match dot {
            [r, g, b] => u32::from(*r) + 2 * u32::from(*g) + u32::from(*b),
            _ => 0,
        })
        .sum()
}
