//! Finding a text inside another with at most one typo, by bit-parallel matching.

/// A text to look for: one character may be wrong, missing, too many, or two neighbours swapped.
#[derive(Debug, Clone)]
pub(super) struct Needle {
    chars: Vec<char>,
    /// The text with each pair of neighbours swapped, without those that change nothing.
    swapped: Vec<String>,
}

impl Needle {
    /// Prepares `text`; of more than 60 characters only the first 60 count.
    pub(super) fn new(text: &str) -> Self {
        let chars: Vec<char> = text.chars().take(60).collect();
        let swap = |at: usize| {
            let mut other = chars.clone();
            other.swap(at, at + 1);
            other.into_iter().collect::<String>()
        };
        let pairs =
            (0..chars.len().saturating_sub(1)).filter(|&at| chars.get(at) != chars.get(at + 1));
        Self {
            swapped: pairs.map(swap).collect(),
            chars,
        }
    }

    /// Whether it occurs in `hay` with at most one typo.
    pub(super) fn is_near_part_of(&self, hay: &str) -> bool {
        self.within_one(hay) || self.swapped.iter().any(|other| hay.contains(other))
    }

    /// The shift-and automaton of Wu and Manber with one error: bit i of `whole` says that the
    /// first i+1 characters end here, of `near` that they do with one character wrong.
    fn within_one(&self, hay: &str) -> bool {
        let Some(last) = self.chars.len().checked_sub(1) else {
            return true;
        };
        let goal = 1_u64 << last;
        // One character may be missing at the very start, so the first bit of `near` is always set.
        let (mut whole, mut near) = (0_u64, 1_u64);
        for c in hay.chars() {
            let mask = self.mask(c);
            let before = whole;
            whole = ((whole << 1) | 1) & mask;
            near = (((near << 1) | 1) & mask) | before | (before << 1) | (whole << 1) | 1;
            if near & goal != 0 {
                return true;
            }
        }
        false
    }

    fn mask(&self, c: char) -> u64 {
        let places = self
            .chars
            .iter()
            .enumerate()
            .filter(|(_, known)| **known == c);
        places.fold(0, |mask, (place, _)| mask | 1 << place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_of_the_finger_is_forgiven_and_two_are_not() {
        let near = |text, hay| Needle::new(text).is_near_part_of(hay);
        for one in [
            "shiyedengji",
            "shixedengji",
            "shiyedngji",
            "shiyeedengji",
            "shiyedegnji",
        ] {
            assert!(near(one, "zaishiyedengjizai"), "{one}");
        }
        for two in ["shixedngji", "syedngji", "xxshiyedengji"] {
            assert!(!near(two, "zaishiyedengjizai"), "{two}");
        }
        assert!(near("失业等记", "失业登记"));
    }
}
