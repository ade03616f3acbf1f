//! From letters to ranked candidates.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use super::Candidate;
use super::dictionary::{Cost, dictionary};
use super::search::{Found, Wanted, search};
use super::segment::Reading;
use super::sentence::{Composed, names, sentences};

/// Candidates for one run of letters at most; pages beyond are of no use to anyone.
const MOST: usize = 1_200;

/// First letters may stand anywhere for syllables in runs up to this length.
const LONGEST_ABBREVIATION: usize = 12;

/// Names offered at most.
const MOST_NAMES: usize = 12;

/// The candidates for `letters` (a to z, `v` for ü, `'` between syllables).
///
/// First what uses all letters, the likeliest first: words, rows of words and names. Then words
/// of the first letters, the longest first, and all characters of the first syllable, rare ones
/// too. Last the letters themselves. Empty letters have no candidates.
pub(super) fn candidates(letters: &str) -> Vec<Candidate> {
    if letters.is_empty() {
        return Vec::new();
    }
    let (whole, beginnings) = read(letters.as_bytes());
    let mut list = List::default();
    for mut composed in whole {
        list.push(std::mem::take(&mut composed.text), composed.end);
    }
    for found in beginnings {
        let mut text = String::new();
        found.entry.push_to(&mut text);
        list.push(text, found.end);
    }
    list.push(letters.to_owned(), letters.len());
    list.candidates
}

/// What uses all letters (or as many as can be read), and what uses the first of them.
fn read(letters: &[u8]) -> (Vec<Composed>, Vec<Found>) {
    let dictionary = dictionary();
    let wanted = Wanted {
        reading: Reading::Strict,
        whole: false,
        may_go_on: true,
        of_group: usize::MAX,
    };
    let mut found = search(dictionary, &dictionary.words, letters, 0, wanted);
    if letters.len() <= LONGEST_ABBREVIATION {
        let abbreviated = Wanted {
            reading: Reading::Free,
            whole: true,
            ..wanted
        };
        found.extend(search(
            dictionary,
            &dictionary.words,
            letters,
            0,
            abbreviated,
        ));
    }
    let (mut single, mut beginnings): (Vec<Found>, Vec<Found>) = found
        .into_iter()
        .partition(|found| found.end >= letters.len());
    // Only so many become text.
    keep_first(&mut single, |found| found.cost);
    keep_first(&mut beginnings, |found| {
        (usize::MAX - found.end, found.cost)
    });
    let mut whole: Vec<Composed> = single.iter().map(alone).collect();
    whole.extend(sentences(dictionary, letters));
    let mut persons = names(dictionary, letters);
    persons.sort_by_key(|name| name.cost);
    persons.truncate(MOST_NAMES);
    whole.append(&mut persons);
    whole.sort_by_key(|composed| composed.cost);
    (whole, beginnings)
}

/// The first [`MOST`] in order of `rank`; equals stay as they were.
fn keep_first<R: Ord>(all: &mut Vec<Found>, rank: impl Fn(&Found) -> R) {
    all.sort_by_key(rank);
    all.truncate(MOST);
}

fn alone(found: &Found) -> Composed {
    let mut text = String::new();
    found.entry.push_to(&mut text);
    let cost: Cost = found.cost;
    Composed {
        text,
        cost,
        end: found.end,
    }
}

#[derive(Default)]
struct List {
    candidates: Vec<Candidate>,
    /// Hashes, so that no text is left behind.
    seen: HashSet<u64>,
    hasher: RandomState,
}

impl List {
    fn push(&mut self, text: String, used: usize) {
        let candidate = Candidate { text, used };
        let hash = self.hasher.hash_one((&candidate.text, used));
        if self.candidates.len() < MOST && self.seen.insert(hash) {
            self.candidates.push(candidate);
        }
    }
}
