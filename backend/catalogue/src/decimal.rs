//! Exact decimal numbers for form rules: typed amounts never pass through binary fractions.

/// Digits kept after the point.
const PLACES: u32 = 6;
/// 10 to the power of [`PLACES`].
const ONE: i128 = 1_000_000;
/// Most digits before the point.
const WHOLE_DIGITS: usize = 18;

/// A decimal number with up to 18 digits before and 6 after the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Decimal(i128);

impl Decimal {
    /// Reads `-12.50`; `None` for anything but an optional minus, digits, and a point with digits after it.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = match digits.split_once('.') {
            Some((_, "")) => return None,
            Some((whole, fraction)) => (whole, fraction),
            None => (digits, ""),
        };
        let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || whole.len() > WHOLE_DIGITS || !plain(whole) || !plain(fraction) {
            return None;
        }
        let places = u32::try_from(fraction.len())
            .ok()
            .filter(|&n| n <= PLACES)?;
        let fraction: i128 = if fraction.is_empty() {
            0
        } else {
            fraction.parse().ok()?
        };
        let units = whole.parse::<i128>().ok()? * ONE + fraction * 10_i128.pow(PLACES - places);
        Some(Self(if negative { -units } else { units }))
    }

    /// Whether there is nothing after the point.
    pub(crate) fn is_whole(self) -> bool {
        self.0 % ONE == 0
    }

    /// Whether there are at most two digits after the point.
    pub(crate) fn is_cents(self) -> bool {
        self.0 % (ONE / 100) == 0
    }

    /// Whether it is a multiple of `step`; every number is one of 0.
    pub(crate) fn is_multiple_of(self, step: Self) -> bool {
        step.0 == 0 || self.0 % step.0 == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_amounts_are_read_exactly() {
        let read = |text| Decimal::parse(text).unwrap();
        assert!(read("0.1") < read("0.10001"));
        assert_eq!(read("12.50"), read("12.5"));
        assert!(read("-3") < read("0"));
        assert!(read("3000").is_multiple_of(read("1000")));
        assert!(!read("3500.5").is_multiple_of(read("1000")));
        assert!(read("7.00").is_whole() && !read("7.01").is_whole());
        assert!(read("7.01").is_cents() && !read("7.011").is_cents());
    }

    #[test]
    fn anything_else_is_not_a_number() {
        for text in [
            "",
            "-",
            "1.",
            ".5",
            "1e3",
            "+1",
            "1,000",
            "１",
            "1.1234567",
            "NaN",
        ] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
        assert_eq!(Decimal::parse(&"9".repeat(19)), None);
    }
}
