//! Whether the writing of a scanned sheet goes on beyond the edge of the glass.
//!
//! A sheet that fills the glass has its margins there, and of one that lies on it the edges are
//! seen. Only where line after line of writing, or letter after letter, runs into an edge is
//! something missing for sure: a shadow, a frame or a black background is one long mark there.

use super::ink::Small;
use crate::Picture;

/// About how many dots of the small picture make an inch.
const SMALL_DPI: usize = 100;
/// Looked at so far from the edge, in its dots (half a millimetre to one): at
/// the very edge lies the lid's shadow.
const AT: std::ops::Range<usize> = 2..4;
/// A mark goes on inwards for so many dots (three millimetres), of which so many are ink.
const INWARDS: usize = 12;
const LEAST_INK: usize = 3;
/// Marks longer than this along the edge (6 mm) are no writing.
const LONGEST: usize = 24;
/// Fewer are specks, or holes of a binding.
const LEAST_MARKS: usize = 8;

/// Whether writing runs into one of the edges of a scan of `dpi`.
pub(super) fn runs_off(scan: &Picture, dpi: u16) -> bool {
    let small = Small::of(scan, usize::from(dpi) / SMALL_DPI);
    let ink = small.ink();
    let (width, height) = (small.width, small.height);
    let dot = |x: usize, y: usize| x < width && ink.get(y * width + x) == Some(&1);
    // Places along an edge and distances from it, as places of the page.
    marks(height, |along, off| dot(off, along))
        || marks(height, |along, off| {
            dot(width.saturating_sub(off + 1), along)
        })
        || marks(width, dot)
        || marks(width, |along, off| {
            dot(along, height.saturating_sub(off + 1))
        })
}

/// Whether there are marks enough along an edge of this length.
fn marks(length: usize, dot: impl Fn(usize, usize) -> bool) -> bool {
    let here = |along: usize| AT.clone().all(|off| dot(along, off));
    let (mut marks, mut run, mut inwards) = (0, 0, 0);
    for along in 0..=length {
        if along < length && here(along) {
            run += 1;
            let ink = (AT.end..AT.end + INWARDS).filter(|off| dot(along, *off));
            inwards = inwards.max(ink.count());
            continue;
        }
        marks += usize::from((1..=LONGEST).contains(&run) && inwards >= LEAST_INK);
        (run, inwards) = (0, 0);
    }
    marks >= LEAST_MARKS
}
