//! Whether the letters of a page are sharp.

use super::ink::Small;
use crate::Picture;

/// Side of the squares looked at, in pixels.
const SQUARE: usize = 32;
/// A square with less between its darkest and lightest has no letters.
const LEAST_CONTRAST: u8 = 60;
/// Fewer squares with letters tell nothing.
const LEAST_SQUARES: usize = 12;
/// The steepest step between neighbours is at least this part of the contrast, in hundredths,
/// in the middle one of all squares.
const LEAST_STEEP: usize = 24;

/// Whether the edges of the letters run over many pixels. A page without letters is not.
pub(super) fn is_blurred(page: &Picture) -> bool {
    let full = Small::of(page, 1);
    let mut steep: Vec<usize> = Vec::new();
    for top in (0..full.height.saturating_sub(SQUARE)).step_by(SQUARE) {
        for left in (0..full.width.saturating_sub(SQUARE)).step_by(SQUARE) {
            steep.extend(steepness(&full, top, left));
        }
    }
    steep.sort_unstable();
    let middle = steep.get(steep.len() / 2);
    steep.len() >= LEAST_SQUARES && middle.is_some_and(|middle| *middle < LEAST_STEEP)
}

/// The steepest step across or down in a square, in hundredths of its contrast; `None` without
/// letters.
fn steepness(full: &Small, top: usize, left: usize) -> Option<usize> {
    let rows: Vec<&[u8]> = (top..top + SQUARE)
        .map(|y| full.row(y).get(left..left + SQUARE).unwrap_or_default())
        .collect();
    let dots = || rows.iter().flat_map(|row| row.iter().copied());
    let contrast = dots().max()? - dots().min()?;
    if contrast < LEAST_CONTRAST {
        return None;
    }
    let across = rows
        .iter()
        .flat_map(|row| row.windows(2))
        .map(|pair| match pair {
            [a, b] => a.abs_diff(*b),
            _ => 0,
        });
    let down = rows.windows(2).flat_map(|pair| match pair {
        [above, below] => above
            .iter()
            .zip(*below)
            .map(|(a, b)| a.abs_diff(*b))
            .collect(),
        _ => Vec::new(),
    });
    let steepest = across.chain(down).max()?;
    Some(usize::from(steepest) * 100 / usize::from(contrast))
}
