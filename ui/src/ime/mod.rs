//! Pinyin in its simplest honest form: from letters to characters, nothing learnt, nothing kept.
//!
//! Readings come from the `pinyin` crate, turned around once. Candidates of a syllable stand in
//! the order: most used characters, level 1 of GB 2312, all others by code point, so that rare
//! name characters (to Extension B and beyond) are reached by turning pages. What a resident
//! types is zeroed when it is used or dropped.

mod composer;
mod table;

pub use composer::Composer;

/// One candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What is typed when it is chosen.
    pub text: String,
    /// How many of the letters it uses up, from the left.
    pub used: usize,
}

/// Candidates for one run of letters at most; pages beyond are of no use to anyone.
const MOST: usize = 2_000;

/// The candidates for `letters` (a to z, `v` for ü, `'` between syllables).
///
/// The longest syllable at the left counts first, then shorter ones; where no syllable is
/// complete yet, the most used characters that begin so. Digits and other characters give
/// themselves. Empty letters have no candidates.
#[must_use]
pub fn candidates(letters: &str) -> Vec<Candidate> {
    let Some(first) = letters.chars().next() else {
        return Vec::new();
    };
    if !first.is_ascii_lowercase() {
        return vec![Candidate {
            text: first.to_string(),
            used: first.len_utf8(),
        }];
    }
    let mut found = Vec::new();
    for length in (1..=letters.len().min(table::LONGEST)).rev() {
        let Some(syllable) = letters.get(..length) else {
            continue;
        };
        // A separator right after the syllable belongs to it.
        let used = length + usize::from(letters[length..].starts_with('\''));
        for character in table::characters(syllable) {
            push(&mut found, *character, used);
        }
    }
    for character in table::beginning_with(letters) {
        push(&mut found, character, letters.len());
    }
    found.push(Candidate {
        text: letters.to_owned(),
        used: letters.len(),
    });
    found.truncate(MOST);
    found
}

fn push(found: &mut Vec<Candidate>, character: char, used: usize) {
    found.push(Candidate {
        text: character.to_string(),
        used,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(letters: &str) -> Vec<String> {
        candidates(letters).into_iter().map(|c| c.text).collect()
    }

    #[test]
    fn common_characters_stand_before_the_rest() {
        let shi = texts("shi");
        assert_eq!(shi.first().map(String::as_str), Some("是"));
        let place = |c: &str| shi.iter().position(|t| t == c);
        assert!(place("师") < place("鲺"), "level 1 before level 2");
    }

    #[test]
    fn the_longest_syllable_counts_first_and_says_what_it_uses() {
        let found = candidates("shiye");
        assert_eq!(found.first().map(|c| c.used), Some(3));
        let fang = candidates("fangan");
        assert_eq!(
            fang.first().map(|c| (c.text.as_str(), c.used)),
            Some(("方", 4))
        );
        assert_eq!(candidates("xi'an").first().map(|c| c.used), Some(3));
    }

    /// Readings are those of the table; it knows U+2CC56 as "di".
    #[test]
    fn every_character_of_the_sample_names_can_be_typed() {
        for (letters, character) in [
            ("zhang", "张"),
            ("di", "𬱖"),
            ("wei", "𬱟"),
            ("wang", "王"),
            ("nv", "女"),
            ("lv", "吕"),
            ("yan", "䶮"),
            ("sheng", "昇"),
        ] {
            assert!(
                texts(letters).iter().any(|t| t == character),
                "{character} by {letters}"
            );
        }
    }

    #[test]
    fn unfinished_letters_offer_the_most_used_beginnings() {
        assert!(texts("zh").iter().any(|t| t == "中"));
        assert!(texts("x").iter().any(|t| t == "小"));
    }

    #[test]
    fn digits_and_other_scripts_give_themselves() {
        assert_eq!(texts("7"), ["7"]);
        assert_eq!(texts("é"), ["é"]);
        assert!(texts("").is_empty());
    }

    #[test]
    fn letters_that_are_no_syllable_can_still_be_taken_as_letters() {
        assert_eq!(texts("qqq").last().map(String::as_str), Some("qqq"));
    }
}
