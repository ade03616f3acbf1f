//! From syllable to characters: the `pinyin` crate's readings turned around, once.

use std::collections::HashMap;
use std::sync::OnceLock;

use pinyin::{ToPinyin, ToPinyinMulti};

/// Letters of the longest syllable (`zhuang`, `chuang`, `shuang`).
pub(crate) const LONGEST: usize = 6;

/// The most used characters of written Chinese, then common surnames and address words,
/// most used first.
const MOST_USED: &str = include_str!("most_used.txt");

/// Level 1 of GB 2312: 3,755 characters in common use.
const LEVEL_1: &str = include_str!("level1.txt");

/// The blocks of Han characters, first and last code point.
const HAN: [(u32, u32); 4] = [
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0x2_0000, 0x2_FFFF),
    (0x3_0000, 0x3_FFFF),
];

struct Table {
    by_syllable: HashMap<String, Vec<char>>,
    /// Every most used character with its syllable.
    most_used: Vec<(char, String)>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(build)
}

fn build() -> Table {
    let mut by_syllable: HashMap<String, Vec<char>> = HashMap::new();
    let common: Vec<char> = MOST_USED.chars().chain(LEVEL_1.chars()).collect();
    let rest: Vec<char> = HAN
        .iter()
        .flat_map(|(first, last)| (*first..=*last).filter_map(char::from_u32))
        .collect();
    for characters in [&common, &rest] {
        // The usual reading first: few people look for 有 under "wei".
        for usual in [true, false] {
            for character in characters {
                for syllable in syllables(*character, usual) {
                    let row = by_syllable.entry(syllable).or_default();
                    if !row.contains(character) {
                        row.push(*character);
                    }
                }
            }
        }
    }
    let most_used = MOST_USED
        .chars()
        .filter_map(|c| Some((c, letters(c.to_pinyin()?.plain()))))
        .collect();
    Table {
        by_syllable,
        most_used,
    }
}

/// The usual reading of a character in letters, or its other readings.
fn syllables(character: char, usual: bool) -> Vec<String> {
    let first = character.to_pinyin().map(|p| letters(p.plain()));
    if usual {
        return first.into_iter().collect();
    }
    let all = character.to_pinyin_multi().into_iter().flatten();
    all.map(|reading| letters(reading.plain()))
        .filter(|syllable| first.as_ref() != Some(syllable))
        .collect()
}

/// On a keyboard ü is typed as v.
fn letters(plain: &str) -> String {
    plain.replace('ü', "v").replace('ê', "e")
}

/// The characters read exactly so, common ones first.
pub(crate) fn characters(syllable: &str) -> &'static [char] {
    table().by_syllable.get(syllable).map_or(&[], Vec::as_slice)
}

/// The most used characters whose reading begins with, and is longer than, `letters`.
pub(crate) fn beginning_with(letters: &str) -> impl Iterator<Item = char> + '_ {
    table()
        .most_used
        .iter()
        .filter(move |(_, syllable)| {
            syllable.len() > letters.len() && syllable.starts_with(letters)
        })
        .map(|(character, _)| *character)
}
