//! The words that a run of letters can be the beginning of.

use super::dictionary::{Cost, Dictionary, Entry, Section};
use super::segment::{LONGER, Reading, Segment, segments};

/// Syllables of the longest word.
const DEEPEST: usize = 8;

/// Ways to cut the letters that are tried at most; bounds the time of any input.
const MOST_CUTS: usize = 600;

/// That a word is given by first letters at all.
const ABBREVIATED: Cost = 24;

/// A word with the letters it was found by.
#[derive(Clone, Copy)]
pub(super) struct Found {
    pub(super) entry: Entry,
    pub(super) cost: Cost,
    /// Where the letters after it begin.
    pub(super) end: usize,
}

/// Which words are looked for.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    pub(super) reading: Reading,
    /// Only words that use up all letters.
    pub(super) whole: bool,
    /// A last syllable that could end may also be the beginning of a longer one.
    pub(super) may_go_on: bool,
    /// Words taken of one group at most, the likeliest first.
    pub(super) of_group: usize,
}

/// The words of `section` that the letters from `at` on can stand for.
pub(super) fn search(
    dictionary: &Dictionary,
    section: &Section,
    letters: &[u8],
    at: usize,
    wanted: Wanted,
) -> Vec<Found> {
    let mut search = Search {
        dictionary,
        section,
        letters,
        wanted,
        cuts: 0,
        path: Vec::with_capacity(DEEPEST),
        first_letters: Vec::with_capacity(DEEPEST),
        found: Vec::new(),
    };
    search.descend(at);
    search.found
}

struct Search<'a> {
    dictionary: &'a Dictionary,
    section: &'a Section,
    letters: &'a [u8],
    wanted: Wanted,
    cuts: usize,
    path: Vec<Segment>,
    first_letters: Vec<u8>,
    found: Vec<Found>,
}

impl Search<'_> {
    fn descend(&mut self, at: usize) {
        if !self.path.is_empty() && (!self.wanted.whole || at >= self.letters.len()) {
            self.collect(at);
        }
        let Some(letter) = self.letters.get(at).copied() else {
            return;
        };
        if self.path.len() == DEEPEST || !self.section.goes_on(&self.first_letters) {
            return;
        }
        let next: Vec<Segment> =
            segments(self.dictionary, self.letters, at, self.wanted.reading).collect();
        // The longest first, so that what is cut off by the bound is the least likely.
        for segment in next.into_iter().rev() {
            if self.cuts == MOST_CUTS {
                return;
            }
            self.cuts += 1;
            self.path.push(segment);
            self.first_letters.push(letter);
            self.descend(segment.next);
            self.path.pop();
            self.first_letters.pop();
        }
    }

    fn collect(&mut self, end: usize) {
        let mut taken = 0;
        for entry in self.section.group(&self.first_letters) {
            if let Some(cost) = self.reads(&entry) {
                self.found.push(Found { entry, cost, end });
                taken += 1;
                if taken == self.wanted.of_group {
                    break;
                }
            }
        }
    }

    fn reads(&self, entry: &Entry) -> Option<Cost> {
        let abbreviated = self.path.iter().any(|segment| segment.by_initial);
        let mut cost = entry.cost() + if abbreviated { ABBREVIATED } else { 0 };
        for (place, segment) in self.path.iter().enumerate() {
            let more = segment.reads(entry.syllable(place))?;
            if more == LONGER && !self.wanted.may_go_on {
                return None;
            }
            cost += more;
        }
        Some(cost)
    }
}
