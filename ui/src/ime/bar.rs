//! How many candidates a page of the keyboard's bar holds.

use super::Candidate;

/// The size of the bar in logical pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bar {
    /// Rows of candidates.
    pub rows: usize,
    /// Width of a row.
    pub width: u32,
    /// Width of one character of a short candidate.
    pub character: u32,
}

/// Where a candidate stands in the bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Its row, from 0.
    pub row: usize,
    /// Left edge, logical pixels.
    pub x: u32,
    /// Width, logical pixels.
    pub width: u32,
}

/// Left and right of a candidate together.
const BESIDE: u32 = 24;
/// No slot is narrower than a key may be.
const NARROWEST: u32 = 88;
/// Candidates longer than this are drawn smaller.
pub const LARGE: usize = 3;
/// A character of a smaller candidate, for one of a large one, in tenths.
const SMALLER: u32 = 7;
/// A Latin letter, for a character, in tenths.
const LATIN: u32 = 6;

impl Default for Bar {
    /// The bar of the portrait panel.
    fn default() -> Self {
        Self {
            rows: 2,
            width: 856,
            character: 60,
        }
    }
}

impl Bar {
    /// The slots of one page, for as many of `candidates` as fit; at least for the first.
    #[must_use]
    pub fn page(&self, candidates: &[Candidate]) -> Vec<Slot> {
        let room = self.width.max(NARROWEST);
        let (mut row, mut x) = (0, 0);
        let mut slots = Vec::new();
        for candidate in candidates {
            let width = self.slot(&candidate.text).min(room);
            if x + width > room {
                row += 1;
                x = 0;
            }
            if row >= self.rows.max(1) {
                break;
            }
            slots.push(Slot { row, x, width });
            x += width;
        }
        slots
    }

    fn slot(&self, text: &str) -> u32 {
        let tenths: u32 = text
            .chars()
            .map(|c| if c.is_ascii() { LATIN } else { 10 })
            .sum();
        let large = text.chars().count() <= LARGE;
        let size = if large { 10 } else { SMALLER };
        (self.character * tenths * size / 100 + BESIDE).max(NARROWEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(texts: &[&str]) -> Vec<Candidate> {
        let all = texts.iter().map(|text| Candidate {
            text: (*text).to_owned(),
            used: 1,
        });
        all.collect()
    }

    #[test]
    fn candidates_stand_side_by_side_and_never_beyond_the_bar() {
        let bar = Bar {
            rows: 2,
            width: 400,
            character: 60,
        };
        let slots = bar.page(&all(&[
            "社保卡",
            "社保",
            "社",
            "色",
            "设",
            "蛇",
            "射",
            "舌",
        ]));
        assert!(slots.iter().all(|slot| slot.x + slot.width <= 400));
        assert_eq!(slots.iter().filter(|slot| slot.row == 0).count(), 2);
        assert_eq!(slots.len(), 6);
    }

    #[test]
    fn a_candidate_wider_than_the_bar_is_still_shown() {
        let slots = Bar::default().page(&all(&[&"长".repeat(40)]));
        assert_eq!(slots.len(), 1);
        assert_eq!(slots[0].width, Bar::default().width);
    }
}
