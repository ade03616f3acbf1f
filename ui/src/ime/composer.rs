//! The keys typed and the page of candidates shown.

use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{Bar, Candidate, Slot, Way, candidates};

/// Longest run of keys; more are not taken. An address of sixteen syllables fits.
const LONGEST: usize = 64;
/// Digits of the largest code point.
const LONGEST_NUMBER: usize = 6;

/// Keys not yet turned into characters.
#[derive(Default, Zeroize, ZeroizeOnDrop)]
pub struct Composer {
    keys: String,
    #[zeroize(skip)]
    way: Way,
    #[zeroize(skip)]
    bar: Bar,
    candidates: Vec<Candidate>,
    /// Where the pages up to the one shown begin.
    pages: Vec<usize>,
}

/// The page of candidates shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Texts and where they stand.
    pub candidates: Vec<(String, Slot)>,
    /// There is a page before.
    pub before: bool,
    /// There is a page after.
    pub after: bool,
}

impl Composer {
    /// The keys typed so far.
    #[must_use]
    pub fn keys(&self) -> &str {
        &self.keys
    }

    /// Nothing is being composed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Forgets everything typed; keys stand for this from now on.
    pub fn begin(&mut self, way: Way) {
        self.clear();
        self.way = way;
    }

    /// The bar that pages have to fit in; the first page is shown again when it changed.
    pub fn fit(&mut self, bar: Bar) {
        if self.bar != bar {
            self.bar = bar;
            self.pages.clear();
        }
    }

    /// Adds a key; one that has no meaning here is refused (false).
    pub fn push(&mut self, key: char) -> bool {
        let (fits, longest) = match self.way {
            Way::Pinyin => (
                key.is_ascii_lowercase() || (key == '\'' && !self.is_empty()),
                LONGEST,
            ),
            Way::Strokes => (matches!(key, 'h' | 's' | 'p' | 'n' | 'z' | '?'), LONGEST),
            Way::CodePoint => (key.is_ascii_hexdigit(), LONGEST_NUMBER),
        };
        if fits && self.keys.len() < longest {
            // One buffer for all keys: a larger one would leave the smaller behind in memory.
            self.keys.reserve_exact(LONGEST - self.keys.len());
            self.keys.push(key);
            self.search();
        }
        fits
    }

    /// Takes the last key away; false when there was none.
    pub fn erase(&mut self) -> bool {
        let taken = self.keys.pop().is_some();
        self.search();
        taken
    }

    /// Forgets everything typed.
    pub fn clear(&mut self) {
        self.keys.zeroize();
        self.candidates.zeroize();
        self.pages.clear();
    }

    /// The candidates of the page shown.
    #[must_use]
    pub fn shown(&self) -> Shown {
        let from = self.from();
        let here = self.candidates.get(from..).unwrap_or_default();
        let slots = self.bar.page(here);
        Shown {
            before: !self.pages.is_empty(),
            after: here.len() > slots.len(),
            candidates: here.iter().map(|c| c.text.clone()).zip(slots).collect(),
        }
    }

    /// Turns the candidates by so many pages, as far as there are any.
    pub fn turn(&mut self, by: i32) {
        for _ in 0..by.unsigned_abs() {
            if by < 0 {
                self.pages.pop();
            } else {
                let here = self.candidates.get(self.from()..).unwrap_or_default();
                let on_page = self.bar.page(here).len();
                if here.len() == on_page {
                    return;
                }
                self.pages.push(self.from() + on_page);
            }
        }
    }

    /// Takes the candidate at this place of the page shown; `None` when there is none.
    /// Keys it does not use stay.
    pub fn choose(&mut self, place: usize) -> Option<String> {
        let place = self.from() + place;
        let chosen = self.candidates.get_mut(place)?;
        let text = std::mem::take(&mut chosen.text);
        let used = chosen.used;
        self.keys.drain(..used.min(self.keys.len()));
        self.search();
        Some(text)
    }

    /// The first candidate of the page shown.
    fn from(&self) -> usize {
        self.pages.last().copied().unwrap_or_default()
    }

    fn search(&mut self) {
        self.pages.clear();
        self.candidates.zeroize();
        self.candidates = candidates(self.way, &self.keys);
    }
}

/// What is typed belongs to a person.
impl std::fmt::Debug for Composer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}
