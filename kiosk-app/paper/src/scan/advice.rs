//! What is wrong with a page that a person can mend, one thing at a time.
//!
//! The bounds are the starting values of the scanner fact sheet, section 5.5: to be calibrated
//! with real devices.

use super::ink::Small;
use super::{LEAST_DPI, PageInfo};
use crate::Picture;

/// About how many dots of the small picture make an inch.
const SMALL_DPI: usize = 100;
/// Left out at every edge: shadows of the lid, the edge of the paper itself.
const EDGE_MM: usize = 5;
/// Paper darker than this was scanned with the lid up, or in the shadow.
const DARK: u8 = 110;
/// Fewer dots of ink in a million: nothing is on the page.
const BLANK: usize = 500;
/// Fewer: perhaps nothing is.
const NEARLY_BLANK: usize = 2_000;
/// Squares of a page's fingerprint, each way.
const PRINT_SIDE: usize = 16;
/// Pages whose fingerprints differ in fewer squares of 256 are the same side.
const SAME: u32 = 12;

/// Something to tell the resident about a page, with what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Advice {
    /// Nothing is on it: was it laid the wrong way round?
    Blank,
    /// Almost nothing is on it: keep it or not.
    NearlyBlank,
    /// Too dark to read: close the lid, or switch the light on.
    Dark,
    /// Fewer dots than the archive wants.
    Coarse,
}

impl Advice {
    /// The stable name: `blank`, `nearly_blank`, `dark`, `coarse`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Blank => "blank",
            Self::NearlyBlank => "nearly_blank",
            Self::Dark => "dark",
            Self::Coarse => "coarse",
        }
    }
}

/// What to say of a page scanned at `dpi`, the most important first; empty when it is good.
#[must_use]
pub fn advice(page: &Picture, dpi: u16) -> Vec<Advice> {
    let small = Small::of(page, usize::from(dpi) / SMALL_DPI);
    let mut said = Vec::new();
    if paper_level(&small) < DARK {
        said.push(Advice::Dark);
    }
    let edge = usize::from(dpi) * EDGE_MM * 10 / 254 / small.factor.max(1);
    match ink_share(&small, edge) {
        share if share < BLANK => said.push(Advice::Blank),
        share if share < NEARLY_BLANK => said.push(Advice::NearlyBlank),
        _ => {}
    }
    if dpi < LEAST_DPI {
        said.push(Advice::Coarse);
    }
    said
}

/// The middle one of the paper's brightness all over the page.
fn paper_level(small: &Small) -> u8 {
    let (mut levels, _) = small.paper();
    levels.sort_unstable();
    levels.get(levels.len() / 2).copied().unwrap_or(255)
}

/// Dots of ink in a million, without the edges.
fn ink_share(small: &Small, edge: usize) -> usize {
    let ink = small.ink();
    let inner = |rows: &[u8]| {
        let end = rows.len().saturating_sub(edge);
        let row = rows.get(edge..end).unwrap_or_default();
        (
            row.iter().map(|dot| usize::from(*dot)).sum::<usize>(),
            row.len(),
        )
    };
    let (dots, all) = ink
        .chunks_exact(small.width.max(1))
        .skip(edge)
        .take(small.height.saturating_sub(2 * edge))
        .map(inner)
        .fold((0, 0), |(dots, all), (one, row)| (dots + one, all + row));
    (dots * 1_000_000).checked_div(all).unwrap_or(0)
}

/// Whether two scanned sides are the same one: the card or sheet was not turned over.
///
/// Sizes may differ a little; what is compared is where on the page it is dark.
#[must_use]
pub fn same_side(one: &Picture, other: &Picture) -> bool {
    let different = fingerprint(one)
        .iter()
        .zip(fingerprint(other))
        .filter(|(one, other)| *one != other)
        .count();
    (different as u32) < SAME
}

/// Which squares of a grid over the page have more ink than the middle one.
fn fingerprint(page: &Picture) -> Vec<bool> {
    let small = Small::of(page, (page.width() as usize / 512).max(1));
    let ink = small.ink();
    let mut counts = vec![0_u32; PRINT_SIDE * PRINT_SIDE];
    for (y, row) in ink.chunks_exact(small.width.max(1)).enumerate() {
        for (x, dot) in row.iter().enumerate() {
            let place = y * PRINT_SIDE / small.height.max(1) * PRINT_SIDE
                + x * PRINT_SIDE / small.width.max(1);
            if let Some(count) = counts.get_mut(place) {
                *count += u32::from(*dot);
            }
        }
    }
    let mut sorted = counts.clone();
    sorted.sort_unstable();
    let middle = sorted.get(sorted.len() / 2).copied().unwrap_or(0);
    counts.into_iter().map(|count| count > middle).collect()
}

/// Whether a page is longer than its format: two sheets may have gone through as one.
#[must_use]
pub fn longer_than_a4(info: &PageInfo, dpi: u16) -> bool {
    let (_, height) = info.millimetres(dpi);
    height > 305.0
}
