//! The shine of a lamp on a page.

use super::format::Format;
use super::ink::Small;

/// As light as this, a dot tells nothing any more.
const BURNT: u8 = 250;
/// On paper this light, no shine covers anything.
const WHITE_PAPER: u8 = 238;
/// Least part of the page a shine covers, in thousandths; on a card, where any digit or face may
/// be under it, a spot of 5 square millimetres.
const LEAST: usize = 5;
const LEAST_ON_CARD: usize = 1;
/// This far around a shine, in dots (a centimetre), the paper is darker than that; in even light
/// it is not, however strong.
const AROUND: usize = 40;
const DARKER: u8 = 232;
/// A printed white field fills its frame; a shine is round or ragged.
const MOST_FILLED: usize = 92;

/// Whether a spot on the page of this format is burnt out; `paper` is the brightness of the page.
pub(super) fn has_glare(small: &Small, paper: u8, format: Option<Format>) -> bool {
    if paper >= WHITE_PAPER {
        return false;
    }
    let thousandths = match format {
        Some(Format::Card) => LEAST_ON_CARD,
        Some(Format::A4) | None => LEAST,
    };
    let least = (small.grey.len() * thousandths / 1000).max(1);
    let mut seen = vec![false; small.grey.len()];
    for at in 0..small.grey.len() {
        if burnt(small, &seen, at) {
            let spot = Spot::flood(small, &mut seen, at);
            let frame = (spot.right - spot.left + 1) * (spot.bottom - spot.top + 1);
            let ragged = spot.dots * 100 < frame * MOST_FILLED;
            if spot.dots >= least && ragged && spot.around(small) < DARKER {
                return true;
            }
        }
    }
    false
}

fn burnt(small: &Small, seen: &[bool], at: usize) -> bool {
    small.grey.get(at).is_some_and(|grey| *grey >= BURNT) && seen.get(at) == Some(&false)
}

/// Dots that hang together, and the frame around them.
struct Spot {
    dots: usize,
    left: usize,
    right: usize,
    top: usize,
    bottom: usize,
}

impl Spot {
    /// The brightness of the paper on a frame around the spot, as far as it is on the page.
    fn around(&self, small: &Small) -> u8 {
        let (left, right) = (self.left.saturating_sub(AROUND), self.right + AROUND);
        let (top, bottom) = (self.top.checked_sub(AROUND), self.bottom + AROUND);
        let mut levels: Vec<u8> = Vec::new();
        for y in top.into_iter().chain([bottom]) {
            let row = small.row(y);
            let end = (right + 1).min(row.len());
            levels.extend(row.get(left.min(end)..end).unwrap_or_default());
        }
        for y in top.unwrap_or(0)..=bottom.min(small.height.saturating_sub(1)) {
            let row = small.row(y);
            let sides = [self.left.checked_sub(AROUND), Some(right)];
            levels.extend(sides.into_iter().flatten().filter_map(|x| row.get(x)));
        }
        levels.sort_unstable();
        // Ink is darker than the paper: the third of four.
        levels.get(levels.len() * 3 / 4).copied().unwrap_or(255)
    }

    fn flood(small: &Small, seen: &mut [bool], from: usize) -> Self {
        let width = small.width.max(1);
        let mut spot = Self {
            dots: 0,
            left: usize::MAX,
            right: 0,
            top: usize::MAX,
            bottom: 0,
        };
        let mut open = vec![from];
        while let Some(at) = open.pop() {
            if !burnt(small, seen, at) {
                continue;
            }
            if let Some(mark) = seen.get_mut(at) {
                *mark = true;
            }
            let (x, y) = (at % width, at / width);
            spot.dots += 1;
            spot.left = spot.left.min(x);
            spot.right = spot.right.max(x);
            spot.top = spot.top.min(y);
            spot.bottom = spot.bottom.max(y);
            if x > 0 {
                open.push(at - 1);
            }
            if x + 1 < width {
                open.push(at + 1);
            }
            open.extend(at.checked_sub(width));
            open.push(at + width);
        }
        spot
    }
}
