//! In which sizes, colours and modes every page is looked at.

use std::fmt;

use kiosk_core::{Contrast, Display, TextSize};

/// Screens in pixels: on end, across, and a small one.
const SIZES: [(u32, u32); 3] = [(1080, 1920), (1920, 1080), (1280, 800)];

/// One way to show a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Combination {
    pub(super) size: (u32, u32),
    pub(super) display: Display,
}

impl fmt::Display for Combination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (width, height) = self.size;
        let contrast = match self.display.contrast {
            Contrast::Standard => "standard",
            Contrast::Soft => "soft",
            Contrast::BlackOnWhite => "black-on-white",
            Contrast::YellowOnBlack => "yellow-on-black",
        };
        write!(
            f,
            "{width}x{height} {}% {contrast}",
            self.display.text.percent()
        )?;
        f.write_str(if self.display.reach { " reach" } else { "" })?;
        f.write_str(if self.display.elder { " elder" } else { "" })
    }
}

/// All of them, those of one size and text together.
pub(super) fn all() -> Vec<Combination> {
    let mut all = Vec::new();
    for size in SIZES {
        for text in TextSize::ALL {
            for mode in 0..4 {
                for contrast in Contrast::ALL {
                    let (reach, elder) = (mode & 1 == 1, mode & 2 == 2);
                    let display = Display {
                        text,
                        contrast,
                        reach,
                        elder,
                        ..Display::default()
                    };
                    all.push(Combination { size, display });
                }
            }
        }
    }
    all
}

/// So few that every two choices still meet: each size with each contrast, each mode with each
/// size, and so on.
pub(super) fn pairwise() -> Vec<Combination> {
    let mut pairs = Vec::new();
    for (one, text) in TextSize::ALL.into_iter().enumerate() {
        for (other, contrast) in Contrast::ALL.into_iter().enumerate() {
            let display = Display {
                text,
                contrast,
                reach: (one + other / 2) % 2 == 1,
                elder: (one / 2 + other) % 2 == 1,
                ..Display::default()
            };
            let size = SIZES[(one + other) % SIZES.len()];
            pairs.push(Combination { size, display });
        }
    }
    pairs.sort_by_key(|it| (it.size, it.display.text));
    pairs
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The choices of a combination as numbers.
    fn choices(it: &Combination) -> [usize; 5] {
        let place = |found: Option<usize>| found.unwrap();
        [
            place(SIZES.iter().position(|size| *size == it.size)),
            place(
                TextSize::ALL
                    .iter()
                    .position(|text| *text == it.display.text),
            ),
            place(
                Contrast::ALL
                    .iter()
                    .position(|contrast| *contrast == it.display.contrast),
            ),
            usize::from(it.display.reach),
            usize::from(it.display.elder),
        ]
    }

    fn met(combinations: &[Combination]) -> BTreeSet<[usize; 4]> {
        let mut met = BTreeSet::new();
        for choices in combinations.iter().map(choices) {
            for one in 0..choices.len() {
                for other in one + 1..choices.len() {
                    met.insert([one, choices[one], other, choices[other]]);
                }
            }
        }
        met
    }

    #[test]
    fn every_two_choices_meet_in_the_few_as_in_all() {
        assert_eq!(all().len(), 3 * 4 * 4 * 4);
        assert_eq!(met(&pairwise()), met(&all()));
    }
}
