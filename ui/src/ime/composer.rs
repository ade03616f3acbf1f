//! The letters being typed and the page of candidates shown.

use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{Candidate, candidates};

/// Candidates on one page of the keyboard's bar.
const A_PAGE: usize = 8;

/// Longest run of letters; more are not taken.
const LONGEST: usize = 30;

/// Letters not yet turned into characters.
#[derive(Default, Zeroize, ZeroizeOnDrop)]
pub struct Composer {
    letters: String,
    page: usize,
}

impl Composer {
    /// The letters typed so far.
    #[must_use]
    pub fn letters(&self) -> &str {
        &self.letters
    }

    /// Nothing is being composed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.letters.is_empty()
    }

    /// Adds a letter; anything but a to z and `'` is refused (false).
    pub fn push(&mut self, letter: char) -> bool {
        let fits = letter.is_ascii_lowercase() || (letter == '\'' && !self.is_empty());
        if fits && self.letters.len() < LONGEST {
            self.letters.push(letter);
            self.page = 0;
        }
        fits
    }

    /// Takes the last letter away; false when there was none.
    pub fn erase(&mut self) -> bool {
        self.page = 0;
        self.letters.pop().is_some()
    }

    /// Forgets everything typed.
    pub fn clear(&mut self) {
        self.letters.zeroize();
        self.page = 0;
    }

    /// The candidates of the page shown, whether there is one before and one after.
    #[must_use]
    pub fn shown(&self) -> (Vec<String>, bool, bool) {
        let all = candidates(&self.letters);
        let from = self.page * A_PAGE;
        let page = all.iter().skip(from).take(A_PAGE);
        let texts = page.map(|candidate| candidate.text.clone()).collect();
        (texts, self.page > 0, all.len() > from + A_PAGE)
    }

    /// Turns the candidates by so many pages, as far as there are any.
    pub fn turn(&mut self, by: i32) {
        let last = candidates(&self.letters).len().saturating_sub(1) / A_PAGE;
        let page = i64::try_from(self.page).unwrap_or(0) + i64::from(by);
        self.page = usize::try_from(page).unwrap_or(0).min(last);
    }

    /// Takes the candidate at this place of the page shown; `None` when there is none.
    /// Letters it does not use stay.
    pub fn choose(&mut self, place: usize) -> Option<String> {
        let Candidate { text, used } = candidates(&self.letters)
            .into_iter()
            .nth(self.page * A_PAGE + place)?;
        let rest = self.letters.get(used..).unwrap_or_default().to_owned();
        self.clear();
        self.letters = rest;
        Some(text)
    }
}

/// What is typed belongs to a person.
impl std::fmt::Debug for Composer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(letters: &str) -> Composer {
        let mut composer = Composer::default();
        for letter in letters.chars() {
            assert!(composer.push(letter));
        }
        composer
    }

    #[test]
    fn choosing_keeps_the_letters_not_used() {
        let mut composer = typed("shiye");
        assert_eq!(composer.choose(0).as_deref(), Some("是"));
        assert_eq!(composer.letters(), "ye");
        assert!(composer.choose(0).is_some());
        assert!(composer.is_empty());
        assert_eq!(composer.choose(0), None);
    }

    #[test]
    fn pages_turn_to_the_rare_characters_and_stop_at_both_ends() {
        let mut composer = typed("wei");
        assert!(!composer.shown().1);
        composer.turn(-1);
        assert!(!composer.shown().1, "stays on the first page");
        let mut pages = 0;
        while composer.shown().2 {
            composer.turn(1);
            pages += 1;
        }
        assert!(pages > 10);
        composer.turn(1);
        assert!(!composer.shown().0.is_empty());
    }

    #[test]
    fn other_keys_are_refused_and_a_long_run_is_bounded() {
        let mut composer = Composer::default();
        assert!(!composer.push('7'));
        assert!(!composer.push('\''), "no separator before a letter");
        for _ in 0..100 {
            composer.push('a');
        }
        assert_eq!(composer.letters().len(), LONGEST);
        assert!(composer.erase());
        composer.clear();
        assert!(!composer.erase());
    }

    #[test]
    fn what_is_typed_is_never_printed() {
        assert_eq!(format!("{:?}", typed("zhang")), "[redacted]");
    }
}
