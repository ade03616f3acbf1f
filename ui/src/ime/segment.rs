//! Where one syllable of the letters can end: whole, begun, or by its first letter alone.

use super::dictionary::{Cost, Dictionary};

/// Letters of the longest syllable (`zhuang`, `chuang`, `shuang`).
const LONGEST: usize = 6;

/// A syllable given by its first letter only (`sbk` for `she bao ka`).
const BY_INITIAL: Cost = 16;
/// The last syllable, of which the end is still to come.
const BEGUN: Cost = 12;
/// The last syllable goes on although it could end here.
pub(super) const LONGER: Cost = 40;
/// `lu` where `lv` is meant.
const OTHER_SPELLING: Cost = 10;

/// How freely letters may stand for syllables.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// A first letter stands for a syllable only where the next letter cannot belong to it.
    Strict,
    /// Any first letter may stand for a syllable.
    Free,
}

/// What one run of letters can stand for.
#[derive(Clone, Copy)]
pub(super) struct Segment {
    exact: Option<u16>,
    other: Option<u16>,
    first: u16,
    end: u16,
    begun: Cost,
    /// A first letter stands for the syllable.
    pub(super) by_initial: bool,
    /// Where the next segment begins.
    pub(super) next: usize,
}

impl Segment {
    /// What it costs to read the segment as this syllable; `None` when it cannot be that.
    pub(super) fn reads(&self, syllable: u16) -> Option<Cost> {
        if self.exact == Some(syllable) {
            Some(0)
        } else if self.other == Some(syllable) {
            Some(OTHER_SPELLING)
        } else {
            (self.first..self.end)
                .contains(&syllable)
                .then_some(self.begun)
        }
    }
}

/// All segments that begin at `at`.
pub(super) fn segments<'a>(
    dictionary: &'a Dictionary,
    letters: &'a [u8],
    at: usize,
    reading: Reading,
) -> impl Iterator<Item = Segment> + 'a {
    (1..=LONGEST).filter_map(move |length| {
        let run = letters.get(at..at + length)?;
        let after = at + length;
        let next = after + usize::from(letters.get(after) == Some(&b'\''));
        let exact = spelled(dictionary, run);
        let last = after == letters.len();
        let initial =
            is_initial(run) && (reading == Reading::Free || closed(dictionary, letters, at, after));
        let by_initial = initial && exact.is_none();
        let range = if last || initial {
            dictionary.beginning_with(run)
        } else {
            0..0
        };
        if exact.is_none() && range.is_empty() {
            return None;
        }
        Some(Segment {
            exact,
            other: other_spelling(dictionary, run),
            first: range.start,
            end: range.end,
            begun: match (exact, by_initial) {
                (Some(_), _) => LONGER,
                (None, true) => BY_INITIAL,
                (None, false) => BEGUN,
            },
            by_initial,
            next,
        })
    })
}

/// The syllable written so; `jv` is `ju`, `lue` is `lüe`, `lyu` is `lü`.
fn spelled(dictionary: &Dictionary, run: &[u8]) -> Option<u16> {
    let mut usual = [0; LONGEST];
    let run: &[u8] = match run {
        b"lue" => b"lve",
        b"nue" => b"nve",
        b"lyu" => b"lv",
        b"nyu" => b"nv",
        [initial @ (b'j' | b'q' | b'x' | b'y'), b'v', rest @ ..] if rest.len() <= 2 => {
            let (head, tail) = usual.split_at_mut(2);
            head.copy_from_slice(&[*initial, b'u']);
            tail.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
            usual.get(..2 + rest.len()).unwrap_or_default()
        }
        run => run,
    };
    dictionary.exactly(run)
}

/// Many type u for ü.
fn other_spelling(dictionary: &Dictionary, run: &[u8]) -> Option<u16> {
    match run {
        b"lu" => dictionary.exactly(b"lv"),
        b"nu" => dictionary.exactly(b"nv"),
        _ => None,
    }
}

fn is_initial(run: &[u8]) -> bool {
    matches!(run, [letter] if !matches!(letter, b'i' | b'u' | b'v' | b'\''))
        || matches!(run, b"zh" | b"ch" | b"sh")
}

/// No syllable goes on with the letter that follows.
fn closed(dictionary: &Dictionary, letters: &[u8], at: usize, after: usize) -> bool {
    letters
        .get(at..=after)
        .is_none_or(|longer| dictionary.beginning_with(longer).is_empty())
}
