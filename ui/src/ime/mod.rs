//! Typed keys become characters: pinyin, strokes and code points; nothing learnt, nothing kept.
//!
//! Pinyin takes whole syllables, first letters and mixtures, offers words, rows of words and
//! names by likelihood, then every character of the first syllable. Strokes reach rare name
//! characters by how they are written, the code point whatever the data does not know. Word
//! list and strokes lie in the program's read-only pages (`data/README.md`) and are looked at
//! from the first key on. What a resident types is zeroed when it is used or dropped.

mod bar;
mod code_point;
mod composer;
mod dictionary;
mod pinyin;
mod search;
mod segment;
mod sentence;
mod strokes;
#[cfg(test)]
mod tests;

use zeroize::{Zeroize, ZeroizeOnDrop};

pub use bar::{Bar, LARGE, Slot};
pub use composer::{Composer, Shown};

/// What the keys stand for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Way {
    /// Letters a to z, `v` for ü, `'` between syllables.
    #[default]
    Pinyin,
    /// `h` 横, `s` 竖, `p` 撇, `n` 点 (also 捺), `z` 折, `?` any of them.
    Strokes,
    /// Hexadecimal digits of a character's number.
    CodePoint,
}

/// One candidate.
#[derive(Clone, Debug, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Candidate {
    /// What is typed when it is chosen.
    pub text: String,
    /// How many of the keys it uses up, from the left.
    pub used: usize,
}

/// The candidates for these keys, the likeliest first; none for no keys.
#[must_use]
pub fn candidates(way: Way, keys: &str) -> Vec<Candidate> {
    match way {
        Way::Pinyin => pinyin::candidates(keys),
        Way::Strokes => strokes::candidates(keys),
        Way::CodePoint => code_point::candidates(keys),
    }
}
