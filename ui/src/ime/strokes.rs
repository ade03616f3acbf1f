//! Characters by the order of their strokes.
//!
//! `data/strokes.bin` holds rows of twelve bytes: the first strokes, three bits each from the
//! highest down, how unlikely the character is, its code point. All rows are looked at for each
//! key; that is 1.4 MB in order and takes well under a millisecond.

use super::Candidate;

static BYTES: &[u8] = include_bytes!("data/strokes.bin");

const MARK: usize = 8;
const ROW: usize = 12;
/// Strokes a row holds; where a character has more, the rest is not asked for.
const KEPT: usize = 21;
/// How much less likely a character is that goes on after the strokes given, in the measure of
/// prices: a common one still stands before a rare one that ends with them.
const GOES_ON: u16 = 64;
/// Candidates at most.
const MOST: usize = 400;

/// The characters that begin with these strokes, the likeliest first; those that end with them
/// are likelier.
pub(super) fn candidates(strokes: &str) -> Vec<Candidate> {
    let Some((wanted, mask)) = pattern(strokes) else {
        return Vec::new();
    };
    let complete = strokes.len() < KEPT;
    let after = complete.then(|| 0b111 << place(strokes.len()));
    let mut found: Vec<(u16, u32)> = rows()
        .filter(|(packed, ..)| packed & mask == wanted)
        .map(|(packed, price, point)| {
            let goes_on = after.is_some_and(|after| packed & after != 0);
            (u16::from(price) + if goes_on { GOES_ON } else { 0 }, point)
        })
        .collect();
    if found.len() > MOST {
        found.select_nth_unstable(MOST);
        found.truncate(MOST);
    }
    found.sort_unstable();
    // A character with two stroke orders is one candidate.
    let mut seen = std::collections::HashSet::new();
    found
        .into_iter()
        .filter(|(_, point)| seen.insert(*point))
        .filter_map(|(_, point)| char::from_u32(point))
        .map(|character| Candidate {
            text: character.to_string(),
            used: strokes.len(),
        })
        .collect()
}

/// The strokes packed as in the rows, and which bits count; `None` for no strokes at all.
fn pattern(strokes: &str) -> Option<(u64, u64)> {
    let (mut wanted, mut mask) = (0, 0);
    for (at, stroke) in strokes.chars().take(KEPT).enumerate() {
        let digit = match stroke {
            'h' => 1,
            's' => 2,
            'p' => 3,
            'n' => 4,
            'z' => 5,
            _ => continue,
        };
        wanted |= digit << place(at);
        mask |= 0b111 << place(at);
    }
    (mask != 0).then_some((wanted, mask))
}

/// How far the bits of a stroke are shifted.
fn place(at: usize) -> usize {
    3 * (KEPT - 1).saturating_sub(at)
}

/// Packed strokes, price and code point of each row.
fn rows() -> impl Iterator<Item = (u64, u8, u32)> {
    BYTES
        .get(MARK..)
        .unwrap_or_default()
        .chunks_exact(ROW)
        .filter_map(|row| match *row {
            [a, b, c, d, e, f, g, h, price, low, middle, high] => Some((
                u64::from_le_bytes([a, b, c, d, e, f, g, h]),
                price,
                u32::from_le_bytes([low, middle, high, 0]),
            )),
            _ => None,
        })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// GB 18030-2022 level 3: the Han characters of the basic block and of Extensions A to F as
    /// far as the standard names them, and twelve of the compatibility block.
    const LEVEL_3: [(u32, u32); 16] = [
        (0x4E00, 0x9FEF),
        (0x3400, 0x4DB5),
        (0x2_0000, 0x2_A6D6),
        (0x2_A700, 0x2_B734),
        (0x2_B740, 0x2_B81D),
        (0x2_B820, 0x2_CEA1),
        (0x2_CEB0, 0x2_EBE0),
        (0xFA0E, 0xFA0F),
        (0xFA11, 0xFA11),
        (0xFA13, 0xFA14),
        (0xFA1F, 0xFA1F),
        (0xFA21, 0xFA21),
        (0xFA23, 0xFA24),
        (0xFA27, 0xFA27),
        (0xFA28, 0xFA28),
        (0xFA29, 0xFA29),
    ];

    fn texts(strokes: &str) -> Vec<String> {
        let found = candidates(strokes);
        found.iter().map(|c| c.text.clone()).collect()
    }

    #[test]
    fn a_character_is_found_by_its_first_strokes() {
        assert!(texts("hsh").iter().take(3).any(|found| found == "土"));
        assert!(texts("hhsh").contains(&"王".to_owned()));
        // 䶮: 龙 over 天.
        assert!(texts("hpzpnhhpn").contains(&"䶮".to_owned()));
        assert!(texts("").is_empty());
        assert!(texts("??").is_empty(), "anything at all is no question");
    }

    #[test]
    fn a_stroke_one_is_not_sure_of_may_be_left_open() {
        assert!(texts("h?sh").contains(&"王".to_owned()));
        assert!(texts("hhs?").contains(&"王".to_owned()));
        assert!(!texts("s?sh").contains(&"王".to_owned()));
    }

    #[test]
    fn the_share_of_gb_18030_level_3_that_strokes_reach_is_known() {
        let have: HashSet<u32> = rows().map(|(_, _, point)| point).collect();
        let mut reached = 0;
        let mut all = 0;
        for (first, last) in LEVEL_3 {
            let here = (first..=last).filter(|point| have.contains(point)).count();
            let of = (first..=last).count();
            println!("U+{first:04X} to U+{last:04X}: {here} of {of}");
            reached += here;
            all += of;
        }
        println!("strokes reach {reached} of {all} Han characters of GB 18030-2022 level 3");
        assert_eq!(all, 87_887, "the number the standard gives");
        assert!(reached >= 83_000);
    }
}
