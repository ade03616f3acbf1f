//! The committed word list, read where it lies.
//!
//! `data/pinyin.bin` is part of the program's read-only pages: nothing is parsed or copied, so it
//! costs nothing until the first key, and afterwards only the pages that were looked at. Its
//! layout is described in `data/README.md`.

use std::cmp::Ordering;
use std::sync::OnceLock;

static BYTES: &[u8] = include_bytes!("data/pinyin.bin");

/// Name and version at the beginning of the file.
const MARK: usize = 8;
/// Bytes of a syllable, padded with zeros.
const SYLLABLE: usize = 6;
/// Bytes of a group: three first letters, syllables of its words, where they begin.
const GROUP: usize = 8;
/// First letters by which words are grouped; longer words share the group of their first three.
const KEY: usize = 3;

/// Surprise in eighths of a bit: 8 more is half as likely.
pub(super) type Cost = u32;

/// Six lists of one form.
pub(super) struct Dictionary {
    syllables: &'static [u8],
    /// Words and all single characters.
    pub(super) words: Section,
    /// Family names, of one or two characters.
    pub(super) surnames: Section,
    /// Given names of one character.
    pub(super) given_one: Section,
    /// Characters that stand in given names of two.
    pub(super) given_characters: Section,
    /// Given names of two characters.
    pub(super) given_two: Section,
    /// What follows a word in addresses and in names of papers (路, 小区, 证).
    pub(super) ends: Section,
}

/// Words grouped by first letters, the likeliest first in each group.
pub(super) struct Section {
    groups: &'static [u8],
    entries: &'static [u8],
}

/// A word where it lies in its section.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    bytes: &'static [u8],
    syllables: usize,
}

pub(super) fn dictionary() -> &'static Dictionary {
    static DICTIONARY: OnceLock<Dictionary> = OnceLock::new();
    DICTIONARY.get_or_init(|| {
        let mut rest = BYTES.get(MARK..).unwrap_or_default();
        let count = usize::from(u16_at(rest, 0));
        rest = rest.get(2..).unwrap_or_default();
        let syllables = cut(&mut rest, count * SYLLABLE);
        Dictionary {
            syllables,
            words: Section::cut(&mut rest),
            surnames: Section::cut(&mut rest),
            given_one: Section::cut(&mut rest),
            given_characters: Section::cut(&mut rest),
            given_two: Section::cut(&mut rest),
            ends: Section::cut(&mut rest),
        }
    })
}

impl Dictionary {
    /// The numbers of all syllables that begin with `letters`; syllables stand in order of the
    /// alphabet, so an exact one is the first of its range.
    pub(super) fn beginning_with(&self, letters: &[u8]) -> std::ops::Range<u16> {
        let number = |wanted: Ordering| {
            let (mut low, mut high) = (0, self.syllables.len() / SYLLABLE);
            while low < high {
                let middle = usize::midpoint(low, high);
                let syllable = self.bytes_of(middle);
                let head = syllable.get(..letters.len()).unwrap_or(syllable);
                let order = head.cmp(letters);
                if order == Ordering::Less || order == wanted {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            u16::try_from(low).unwrap_or(u16::MAX)
        };
        number(Ordering::Less)..number(Ordering::Equal)
    }

    /// The number of exactly this syllable; `None` when there is no such syllable.
    pub(super) fn exactly(&self, letters: &[u8]) -> Option<u16> {
        let range = self.beginning_with(letters);
        let first = self.bytes_of(usize::from(range.start));
        (!range.is_empty() && first == letters).then_some(range.start)
    }

    fn bytes_of(&self, number: usize) -> &'static [u8] {
        let from = number * SYLLABLE;
        let padded = self.syllables.get(from..from + SYLLABLE);
        let padded = padded.unwrap_or_default();
        let end = padded.iter().position(|b| *b == 0);
        &padded[..end.unwrap_or(padded.len())]
    }
}

impl Section {
    fn cut(rest: &mut &'static [u8]) -> Self {
        let sizes = cut(rest, 8);
        Self {
            groups: cut(rest, u32_at(sizes, 0)),
            entries: cut(rest, u32_at(sizes, 4)),
        }
    }

    /// The words of as many syllables as `first_letters`, beginning with these.
    pub(super) fn group(&self, first_letters: &[u8]) -> impl Iterator<Item = Entry> + use<> {
        let syllables = first_letters.len();
        let at = self.lower_bound(first_letters, syllables);
        let (key, count) = self.key(at);
        let found = count == syllables && key == padded(first_letters);
        let from = self.start(at);
        let to = if found { self.start(at + 1) } else { from };
        let bytes = self.entries.get(from..to).unwrap_or_default();
        bytes
            .chunks_exact(entry_size(syllables).max(1))
            .map(move |bytes| Entry { bytes, syllables })
    }

    /// Whether there are words that begin with these letters and have more syllables.
    pub(super) fn goes_on(&self, first_letters: &[u8]) -> bool {
        let at = self.lower_bound(first_letters, first_letters.len() + 1);
        let (key, _) = self.key(at);
        let shared = first_letters.len().min(KEY);
        key.get(..shared) == first_letters.get(..shared)
    }

    /// The first group that is not before these letters and this number of syllables.
    fn lower_bound(&self, first_letters: &[u8], syllables: usize) -> usize {
        let wanted = (padded(first_letters), syllables);
        let (mut low, mut high) = (0, self.groups.len() / GROUP);
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.key(middle) < wanted {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    fn key(&self, at: usize) -> ([u8; KEY], usize) {
        match self.groups.get(at * GROUP..) {
            Some(&[a, b, c, syllables, ..]) => ([a, b, c], usize::from(syllables)),
            _ => ([u8::MAX; KEY], 0),
        }
    }

    fn start(&self, at: usize) -> usize {
        u32_at(self.groups, at * GROUP + KEY + 1)
    }
}

impl Entry {
    pub(super) fn cost(&self) -> Cost {
        self.bytes.first().copied().map_or(Cost::MAX, Cost::from)
    }

    pub(super) fn syllables(&self) -> usize {
        self.syllables
    }

    pub(super) fn syllable(&self, place: usize) -> u16 {
        u16_at(self.bytes, 1 + 2 * place)
    }

    pub(super) fn push_to(&self, text: &mut String) {
        let written = self.bytes.get(1 + 2 * self.syllables..);
        let written = written.unwrap_or_default();
        if let [low, middle, high] = written {
            text.extend(char::from_u32(u32::from_le_bytes([
                *low, *middle, *high, 0,
            ])));
        } else {
            let points = (0..self.syllables).map(|place| u32::from(u16_at(written, 2 * place)));
            text.extend(points.filter_map(char::from_u32));
        }
    }
}

/// One character takes three bytes, those of words two.
fn entry_size(syllables: usize) -> usize {
    1 + 2 * syllables + if syllables == 1 { 3 } else { 2 * syllables }
}

fn padded(first_letters: &[u8]) -> [u8; KEY] {
    let mut key = [0; KEY];
    for (to, from) in key.iter_mut().zip(first_letters) {
        *to = *from;
    }
    key
}

fn cut(rest: &mut &'static [u8], size: usize) -> &'static [u8] {
    let (first, others) = rest.split_at(size.min(rest.len()));
    *rest = others;
    first
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    match bytes.get(at..) {
        Some(&[low, high, ..]) => u16::from_le_bytes([low, high]),
        _ => 0,
    }
}

fn u32_at(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at..) {
        Some(&[a, b, c, d, ..]) => {
            usize::try_from(u32::from_le_bytes([a, b, c, d])).unwrap_or_default()
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_file_is_whole() {
        assert_eq!(BYTES.get(..MARK), Some(&b"KIOSKPY1"[..]));
        let found = dictionary();
        assert!(found.syllables.len() / SYLLABLE > 400);
        for section in [
            &found.words,
            &found.surnames,
            &found.given_one,
            &found.given_characters,
            &found.given_two,
            &found.ends,
        ] {
            let last = section.groups.len() / GROUP - 1;
            assert_eq!(section.start(last), section.entries.len());
        }
    }

    #[test]
    fn syllables_are_found_by_their_beginning() {
        let found = dictionary();
        assert_eq!(
            found.exactly(b"xi"),
            Some(found.beginning_with(b"xi").start)
        );
        assert_eq!(found.exactly(b"x"), None);
        assert_eq!(found.exactly(b"zhuangg"), None);
        assert!(found.beginning_with(b"zh").len() > 15);
        assert!(found.beginning_with(b"q7").is_empty());
        assert!(found.beginning_with(b"zz").is_empty());
    }
}
