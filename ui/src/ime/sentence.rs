//! Several words in a row, and names: what no single word of the list is.

use zeroize::{Zeroize, ZeroizeOnDrop};

use super::dictionary::{Cost, Dictionary};
use super::search::{Found, Wanted, search};
use super::segment::Reading;

/// Best ways kept at each letter.
const WAYS: usize = 4;

/// That a word is followed by an end at all, such as 路 or 证.
const AN_END: Cost = 16;

/// That the letters are a person's name at all.
const A_NAME: Cost = 20;
/// A given name of one character.
const ONE_CHARACTER: Cost = 20;
/// A given name of two characters that is not in the list of given names.
const FREE_PAIR: Cost = 8;

const LIKELIEST: Wanted = Wanted {
    reading: Reading::Strict,
    whole: false,
    may_go_on: false,
    of_group: 12,
};

/// Text for all letters up to `end`.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(super) struct Composed {
    pub(super) text: String,
    pub(super) cost: Cost,
    pub(super) end: usize,
}

struct Way {
    cost: Cost,
    words: usize,
    /// The step that ends here; `None` at the beginning.
    last: Option<Step>,
}

/// A word, perhaps with an end.
#[derive(Clone, Copy)]
struct Step {
    word: Found,
    end: Option<Found>,
    /// Where it begins and which way led there.
    from: (usize, usize),
}

/// The likeliest rows of words over the letters, as far as they can be read; rows of one word
/// are left out.
pub(super) fn sentences(dictionary: &Dictionary, letters: &[u8]) -> Vec<Composed> {
    let mut ways: Vec<Vec<Way>> = (0..=letters.len()).map(|_| Vec::new()).collect();
    let mut ends: Vec<Option<Vec<Found>>> = vec![None; letters.len() + 1];
    if let Some(first) = ways.first_mut() {
        first.push(Way {
            cost: 0,
            words: 0,
            last: None,
        });
    }
    for at in 0..letters.len() {
        if ways.get(at).is_none_or(Vec::is_empty) {
            continue;
        }
        for word in search(dictionary, &dictionary.words, letters, at, LIKELIEST) {
            step(&mut ways, at, word, None);
            if word.entry.syllables() == 1 {
                continue;
            }
            let Some(after) = ends.get_mut(word.end) else {
                continue;
            };
            let after = after.get_or_insert_with(|| {
                search(dictionary, &dictionary.ends, letters, word.end, LIKELIEST)
            });
            for end in after {
                step(&mut ways, at, word, Some(*end));
            }
        }
    }
    let end = ways.iter().rposition(|here| !here.is_empty());
    let end = end.unwrap_or_default();
    let reached = ways.get(end).map(Vec::as_slice).unwrap_or_default();
    reached
        .iter()
        .filter(|way| way.words > 1)
        .map(|way| Composed {
            text: spell(&ways, way),
            cost: way.cost,
            end,
        })
        .collect()
}

/// Goes on from every way that led to `at` by a word and perhaps its end.
fn step(ways: &mut [Vec<Way>], at: usize, word: Found, end: Option<Found>) {
    let cost = word.cost + end.map_or(0, |end| AN_END + end.cost);
    let to = end.map_or(word.end, |end| end.end);
    let begun: Vec<(Cost, usize)> = ways
        .get(at)
        .map(|all| all.iter().map(|way| (way.cost, way.words)).collect())
        .unwrap_or_default();
    let Some(here) = ways.get_mut(to) else {
        return;
    };
    for (which, (before, words)) in begun.into_iter().enumerate() {
        let way = Way {
            cost: before + cost,
            words: words + 1 + usize::from(end.is_some()),
            last: Some(Step {
                word,
                end,
                from: (at, which),
            }),
        };
        insert(here, way);
    }
}

fn insert(here: &mut Vec<Way>, way: Way) {
    let place = here.partition_point(|other| other.cost <= way.cost);
    if place < WAYS {
        here.truncate(WAYS - 1);
        here.insert(place, way);
    }
}

fn spell(ways: &[Vec<Way>], last: &Way) -> String {
    let mut words = Vec::new();
    let mut way = Some(last);
    while let Some(step) = way.and_then(|way| way.last) {
        words.extend(step.end.map(|end| end.entry));
        words.push(step.word.entry);
        let (at, which) = step.from;
        way = ways.get(at).and_then(|here| here.get(which));
    }
    let mut text = String::new();
    words
        .iter()
        .rev()
        .for_each(|entry| entry.push_to(&mut text));
    text
}

/// Family name and given name over all letters.
pub(super) fn names(dictionary: &Dictionary, letters: &[u8]) -> Vec<Composed> {
    let mut names = Vec::new();
    for surname in search(dictionary, &dictionary.surnames, letters, 0, LIKELIEST) {
        if surname.end >= letters.len() {
            continue;
        }
        let mut add = |parts: &[Found], more: Cost| {
            let mut text = String::new();
            surname.entry.push_to(&mut text);
            parts.iter().for_each(|part| part.entry.push_to(&mut text));
            let parts: Cost = parts.iter().map(|part| part.cost).sum();
            names.push(Composed {
                text,
                cost: A_NAME + surname.cost + parts + more,
                end: letters.len(),
            });
        };
        let find = |section, at, whole| {
            let wanted = Wanted { whole, ..LIKELIEST };
            search(dictionary, section, letters, at, wanted)
        };
        for given in find(&dictionary.given_two, surname.end, true) {
            add(&[given], 0);
        }
        for given in find(&dictionary.given_one, surname.end, true) {
            add(&[given], ONE_CHARACTER);
        }
        for first in find(&dictionary.given_characters, surname.end, false) {
            for second in find(&dictionary.given_characters, first.end, true) {
                add(&[first, second], FREE_PAIR);
            }
        }
    }
    names
}
