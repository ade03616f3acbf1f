//! Which side of a page is up, by the shape of its text, without reading it.
//!
//! Which way the lines run is told by the gaps between them: along the lines a page is stripes
//! of ink and paper, across them it is not. Which side of a line is up is told by two things:
//! commas and full stops stand at the foot of a line, in Chinese at the lower left of their
//! square; and more Latin letters rise above the small ones than hang below them. Both are
//! counted, and a page is only turned when the counts leave next to no doubt: a form of single
//! words, a table of numbers or a photo tells nothing and stays as it is, for its owner to turn.
//!
//! Chinese in columns from right to left, as on old certificates, is not known here.

use super::flat::straight;
use super::letters::Ink;
use super::turn::{Quarter, quarter_turned};
use crate::Picture;

/// About how long the longer side of the small picture is that is looked at: 150 dpi of A4.
const LENGTH: u32 = 1_700;
/// Both signs of level lines say so at least so clearly.
const CLEAR: f64 = 1.3;
/// Gaps closed to see what joins, in dots.
const GAPS: [usize; 3] = [2, 4, 7];
/// Fewer dots of ink are no page of text.
const LEAST_INK: usize = 1_500;
/// So many standard deviations from "as much for it as against it". Of about 100 drawn and real pages
/// that lay upright none had less than -1.8.
const SURE: f64 = 3.5;

/// What a page's text tells of the way it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Facing {
    /// Nothing that is sure.
    Unknown,
    /// The right side is up.
    Upright,
    /// The lines run up and down; which of them is the first is not sure.
    Sideways,
    /// This turn puts the right side up.
    Turn(Quarter),
}

/// Which way the lines of a page run, and which side of them is up.
#[must_use]
pub fn facing(page: &Picture) -> Facing {
    let longer = page.width().max(page.height());
    let width = u64::from(page.width()) * u64::from(LENGTH) / u64::from(longer.max(1));
    let small = page.reduced(u32::try_from(width).unwrap_or(LENGTH)).grey();
    let ink = Ink::of(&small);
    if ink.count() < LEAST_INK {
        return Facing::Unknown;
    }
    // Once its lines are level, the page has one of two sides up.
    let (level, ink, up, down, unsure) = match lines(&ink) {
        None => return Facing::Unknown,
        Some(Lines::Level) => {
            let down = Facing::Turn(Quarter::Half);
            (small, Some(ink), Facing::Upright, down, Facing::Unknown)
        }
        Some(Lines::Standing) => {
            let turned = quarter_turned(&small, Quarter::Right);
            let sides = (Facing::Turn(Quarter::Right), Facing::Turn(Quarter::Left));
            (turned, None, sides.0, sides.1, Facing::Sideways)
        }
    };
    match votes(&level, ink) {
        votes if votes >= SURE => up,
        votes if votes <= -SURE => down,
        _ => unsure,
    }
}

/// Which way the lines of a page run.
enum Lines {
    Level,
    Standing,
}

/// Letters of a word are nearer to each other than lines are, be the text wide or tight; and
/// along the lines a page is striped. Columns of a table speak against one of the two, and such
/// a page tells nothing.
fn lines(ink: &Ink) -> Option<Lines> {
    let across = ink.transposed();
    let tells = |ratio: f64| ratio.max(f64::MIN_POSITIVE).ln().abs();
    let joined = GAPS
        .map(|gap| ink.joined(gap) / across.joined(gap).max(1.0))
        .into_iter()
        .fold(1.0, |most, ratio| {
            if tells(ratio) > tells(most) {
                ratio
            } else {
                most
            }
        });
    let striped = ink.stripes() / across.stripes().max(f64::MIN_POSITIVE);
    if joined.min(striped) >= CLEAR {
        Some(Lines::Level)
    } else if joined.max(striped) <= 1.0 / CLEAR {
        Some(Lines::Standing)
    } else {
        None
    }
}

/// By how much more speaks for this side of a page with level lines being up; `ink` is its ink,
/// where that is known.
fn votes(page: &Picture, ink: Option<Ink>) -> f64 {
    let ink = match straight(page) {
        (Some(straight), _) => Ink::of(&straight),
        (None, _) => ink.unwrap_or_else(|| Ink::of(page)),
    };
    ink.votes().deviations()
}
