//! The last resort: a character by its number in Unicode.

use super::Candidate;

/// Digits of the shortest and the longest number taken.
const DIGITS: std::ops::RangeInclusive<usize> = 4..=6;

/// The planes of rare Han characters, newer ones among them that nobody here has heard of.
const RARE_HAN: std::ops::RangeInclusive<u32> = 0x2_0000..=0x3_FFFD;

/// The character with this number, if it is one that can be written in a name.
pub(super) fn candidates(digits: &str) -> Vec<Candidate> {
    let character = DIGITS
        .contains(&digits.len())
        .then(|| u32::from_str_radix(digits, 16).ok())
        .flatten()
        .and_then(char::from_u32)
        .filter(|c| c.is_alphanumeric() || RARE_HAN.contains(&u32::from(*c)));
    let candidate = |character: char| Candidate {
        text: character.to_string(),
        used: digits.len(),
    };
    character.map(candidate).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(digits: &str) -> Option<String> {
        candidates(digits).first().map(|found| found.text.clone())
    }

    #[test]
    fn a_number_of_four_to_six_digits_is_its_character() {
        assert_eq!(only("4E00").as_deref(), Some("一"));
        assert_eq!(only("2CC56").as_deref(), Some("𬱖"));
        assert_eq!(only("02CC56").as_deref(), Some("𬱖"));
        assert_eq!(only("3134A").as_deref(), Some("\u{3134A}"));
    }

    #[test]
    fn what_is_no_character_gives_nothing() {
        for digits in [
            "", "4E0", "D800", "110000", "0007", "0020", "202E", "FFFF", "FFFFFFF",
        ] {
            assert_eq!(only(digits), None, "{digits}");
        }
    }
}
