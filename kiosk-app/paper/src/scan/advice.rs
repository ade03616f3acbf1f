//! What is wrong with a page that a person can mend, one thing at a time.
//!
//! The bounds are the starting values of the scanner fact sheet, section 5.5: to be calibrated
//! with real devices.

use zeroize::{Zeroize, ZeroizeOnDrop};

use super::LEAST_DPI;
use super::format::Format;
use super::glare::has_glare;
use super::ink::Small;
use super::sharp::is_blurred;
use crate::Picture;

/// About how many dots of the small picture make an inch.
const SMALL_DPI: usize = 100;
/// Left out at every edge: shadows of the lid, the edge of the paper itself.
const EDGE_MM: usize = 5;
/// Paper darker than this was scanned with the lid up, or in the shadow.
const DARK: u8 = 110;
/// As light as this, a dot tells nothing any more; so many of a hundred may be that.
const CLIPPED: u8 = 254;
const MOST_CLIPPED: usize = 30;
/// Fewer dots of ink in a million: nothing is on the page.
const BLANK: usize = 500;
/// Fewer: perhaps nothing is.
const NEARLY_BLANK: usize = 2_000;
/// A sheet of A4 with what a feeder adds is shorter.
const LONGEST_MM: f64 = 305.0;
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
    /// A part of it lies outside of the picture: move it into the frame.
    CutOff,
    /// Too far away: move it closer.
    TooSmall,
    /// A lamp shines in it: tilt it, or move it away from the lamp.
    Glare,
    /// Blurred: hold still, lay it flat.
    Blur,
    /// The same side was scanned twice: turn it over.
    SameSide,
    /// Longer than its format: two sheets may have gone through as one; feed them again.
    DoubleFeed,
    /// Too dark to read: close the lid, or switch the light on.
    Dark,
    /// Too bright: what is pale on it is gone. Move it away from the lamp.
    Bright,
    /// Fewer dots than the archive wants.
    Coarse,
}

impl Advice {
    /// The stable name: `blank`, `nearly_blank`, `dark`, `bright`, `coarse`, `cut_off`, `too_small`,
    /// `glare`, `blur`, `same_side`, `double_feed`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Blank => "blank",
            Self::NearlyBlank => "nearly_blank",
            Self::CutOff => "cut_off",
            Self::TooSmall => "too_small",
            Self::Glare => "glare",
            Self::Blur => "blur",
            Self::SameSide => "same_side",
            Self::DoubleFeed => "double_feed",
            Self::Dark => "dark",
            Self::Bright => "bright",
            Self::Coarse => "coarse",
        }
    }

    /// What is wrong and what to do about it, for a person at a command line. Residents are told
    /// in their own language by the screen.
    #[must_use]
    pub fn hint(self) -> &'static str {
        match self {
            Self::Blank => "nothing is on it: turn the sheet over",
            Self::NearlyBlank => "almost nothing is on it: is this the right side?",
            Self::CutOff => "a part of it lies outside: move it into the frame",
            Self::TooSmall => "it was too far away: move it closer",
            Self::Glare => "a lamp shines in it: tilt it or move it away from the lamp",
            Self::Blur => "it is blurred: lay it flat and hold still",
            Self::SameSide => "the same side came twice: turn it over",
            Self::DoubleFeed => "it is too long: two sheets may have gone through as one",
            Self::Dark => "it is too dark: close the lid or switch the light on",
            Self::Bright => "it is too bright: move it away from the lamp",
            Self::Coarse => "it has fewer than 200 dots per inch: scan it finer",
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
    said.extend(emptiness(&small, dpi));
    if dpi < LEAST_DPI {
        said.push(Advice::Coarse);
    }
    said
}

/// What to say of a page of this format that a camera saw and that was laid flat at `dpi`: light
/// and sharpness too; how large it was seen is not known here.
///
/// Only of a camera's page too much light is said: a scanner makes its paper as white as it can,
/// and loses nothing by it.
pub(super) fn camera_advice(page: &Picture, dpi: u16, format: Option<Format>) -> Vec<Advice> {
    let small = Small::of(page, usize::from(dpi) / SMALL_DPI);
    let level = paper_level(&small);
    let mut said = Vec::new();
    if level < DARK {
        said.push(Advice::Dark);
    }
    if is_clipped(&small) {
        said.push(Advice::Bright);
    }
    if has_glare(&small, level, format) {
        said.push(Advice::Glare);
    }
    if is_blurred(page) {
        said.push(Advice::Blur);
    }
    said.extend(emptiness(&small, dpi));
    said
}

fn is_clipped(small: &Small) -> bool {
    let clipped = small.grey.iter().filter(|grey| **grey >= CLIPPED).count();
    clipped * 100 > small.grey.len() * MOST_CLIPPED
}

/// Whether nothing is on the page, or almost nothing.
fn emptiness(small: &Small, dpi: u16) -> Option<Advice> {
    let edge = usize::from(dpi) * EDGE_MM * 10 / 254 / small.factor.max(1);
    match ink_share(small, edge) {
        share if share < BLANK => Some(Advice::Blank),
        share if share < NEARLY_BLANK => Some(Advice::NearlyBlank),
        _ => None,
    }
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

/// Where on a side it is dark, as a grid of squares: enough to know the side again.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct SideMark(Vec<bool>);

crate::private::redacted_debug!(SideMark);

impl SideMark {
    /// Of a page; its size does not matter.
    #[must_use]
    pub fn of(page: &Picture) -> Self {
        Self(fingerprint(page))
    }

    /// Whether both are of the same side; an empty one is like no other.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let pairs = self.0.iter().zip(&other.0);
        let different = pairs.filter(|(one, other)| one != other).count();
        self.0.contains(&true) && (different as u32) < SAME
    }
}

/// Whether two scanned sides are the same one: the card or sheet was not turned over.
///
/// Sizes may differ a little; what is compared is where on the page it is dark.
#[must_use]
pub fn same_side(one: &Picture, other: &Picture) -> bool {
    SideMark::of(one).is_same(&SideMark::of(other))
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
pub(super) fn is_double(page: &Picture, dpi: u16) -> bool {
    f64::from(page.height()) / f64::from(dpi.max(1)) * 25.4 > LONGEST_MM
}
