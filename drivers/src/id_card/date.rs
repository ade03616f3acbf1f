//! The dates of a card: days that exist, 长期, and what stands there instead.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

/// A day of the calendar.
#[derive(Clone, Copy, PartialEq, Eq, Zeroize)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// Reads `YYYYMMDD`; `None` when there is no such day.
    #[must_use]
    pub fn from_digits(text: &str) -> Option<Self> {
        if text.len() != 8 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let year: u16 = text.get(..4)?.parse().ok()?;
        let month: u8 = text.get(4..6)?.parse().ok()?;
        let day: u8 = text.get(6..)?.parse().ok()?;
        let leap =
            year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        (year > 0 && (1..=days).contains(&day)).then_some(Self { year, month, day })
    }

    /// Year, month (1 to 12) and day (1 to 31).
    #[must_use]
    pub fn parts(self) -> (u16, u8, u8) {
        (self.year, self.month, self.day)
    }

    /// `YYYYMMDD`, as on the chip.
    #[must_use]
    pub fn digits(self) -> String {
        format!("{:04}{:02}{:02}", self.year, self.month, self.day)
    }
}

/// `YYYY-MM-DD`.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// A date field of a card.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub enum CardDate {
    /// A day that exists.
    Date(Date),
    /// What stands there instead, kept as it is.
    Unreadable(String),
}

impl CardDate {
    /// Reads the text of a date field.
    #[must_use]
    pub fn parse(text: String) -> Self {
        match take_date(text) {
            Ok(date) => Self::Date(date),
            Err(text) => Self::Unreadable(text),
        }
    }
}

/// Reads `YYYYMMDD` and wipes it, or gives the text back.
fn take_date(mut text: String) -> Result<Date, String> {
    match Date::from_digits(&text) {
        Some(date) => {
            text.zeroize();
            Ok(date)
        }
        None => Err(text),
    }
}

impl fmt::Display for CardDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date(date) => date.fmt(f),
            Self::Unreadable(text) => f.write_str(text),
        }
    }
}

impl fmt::Debug for CardDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Until when a card is valid.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub enum Validity {
    /// Through this day.
    Date(Date),
    /// 长期: without end.
    LongTerm,
    /// What stands there instead, kept as it is.
    Unreadable(String),
}

impl Validity {
    /// Reads the text of the field.
    #[must_use]
    pub fn parse(text: String) -> Self {
        if text == "长期" {
            return Self::LongTerm;
        }
        match take_date(text) {
            Ok(date) => Self::Date(date),
            Err(text) => Self::Unreadable(text),
        }
    }
}

/// `YYYY-MM-DD`, `long-term`, or what stands there.
impl fmt::Display for Validity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date(date) => date.fmt(f),
            Self::LongTerm => f.write_str("long-term"),
            Self::Unreadable(text) => f.write_str(text),
        }
    }
}

impl fmt::Debug for Validity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_that_does_not_exist_is_kept_as_it_stands() {
        for text in [
            "19000229",
            "20230431",
            "20231301",
            "20230100",
            "2023010",
            "２０２３０１０１",
        ] {
            assert!(Date::from_digits(text).is_none(), "{text}");
            assert_eq!(CardDate::parse(text.to_owned()).to_string(), text);
        }
        let leap = CardDate::parse("20000229".to_owned());
        assert_eq!(leap.to_string(), "2000-02-29");
    }
}
