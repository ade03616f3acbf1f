//! The person in front, as the card told it; in memory only.

use city_catalogue::record::CardField;
use jiff::civil::Date;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::screen::MaskedPerson;

/// A string that belongs to a person: zeroed when dropped, never printed.
#[derive(Clone, Default, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Secret(String);

impl Secret {
    /// Takes the string in.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The string, for a place that may hold it (the screen, the sealed packet).
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Which card it is (specs/id-card-reader, section 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentKind {
    /// Resident identity card.
    Resident,
    /// Residence permit for Hong Kong, Macao and Taiwan residents.
    Hmt,
    /// Foreign permanent resident, 2017 layout.
    Foreigner2017,
    /// Foreign permanent resident, 2023 layout.
    Foreigner2023,
}

/// What the card says of its holder; never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// The kind of card.
    pub document: DocumentKind,
    /// The name as on the card; a foreigner's Chinese name, or the Latin one where there is none.
    pub name: Secret,
    /// Latin name; empty when the card has none.
    pub latin_name: Secret,
    /// Number of the card.
    pub number: Secret,
    /// The number's check digit is right; a wrong one is flagged, never refused.
    pub number_valid: bool,
    /// Code of GB/T 2261.1 as on the card.
    pub sex_code: String,
    /// Date of birth; `None` when unreadable.
    pub born: Option<Date>,
    /// Address (the newest one where the card carries it); empty when the card has none.
    pub address: Secret,
    /// Last day of validity; `None` when long-term or unreadable.
    pub valid_to: Option<Date>,
}

impl Person {
    /// The same person: document kind and number agree.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.document == other.document && self.number == other.number
    }

    /// What the card says in one place, in every wording a form may know; `None` when nothing.
    pub(crate) fn told(&self, place: CardField) -> Option<Vec<Secret>> {
        let told = match place {
            CardField::Name => vec![self.name.clone()],
            CardField::Number => vec![self.number.clone()],
            CardField::Address => vec![self.address.clone()],
            CardField::BirthDate => vec![Secret::new(self.born?.to_string())],
            // GB/T 2261.1: the word first, the code for a form that stores codes.
            CardField::Sex => {
                let word = match self.sex_code.as_str() {
                    "1" => "男",
                    "2" => "女",
                    _ => return None,
                };
                vec![Secret::new(word), Secret::new(self.sex_code.clone())]
            }
            CardField::Ethnicity => return None,
        };
        Some(told)
    }

    /// As shown: first character of the name, first character and last four of the number.
    #[must_use]
    pub fn masked(&self, today: Date) -> MaskedPerson {
        MaskedPerson {
            name: mask_name(self.name.reveal()),
            number: mask_number(self.number.reveal()),
            expired: self.valid_to.is_some_and(|last| last < today),
        }
    }
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

/// 张示例 becomes 张**.
#[must_use]
pub(crate) fn mask_name(name: &str) -> String {
    let mut characters = name.chars();
    let first: String = characters.by_ref().take(1).collect();
    let rest = characters.count().min(8);
    first + &"*".repeat(rest)
}

/// 590102199002150015 becomes 5*************0015.
#[must_use]
pub(crate) fn mask_number(number: &str) -> String {
    let characters: Vec<char> = number.chars().collect();
    if characters.len() < 6 {
        return "*".repeat(characters.len());
    }
    let hidden = characters.len() - 5;
    let tail: String = characters.iter().skip(hidden + 1).collect();
    let head: String = characters.iter().take(1).collect();
    format!("{head}{}{tail}", "*".repeat(hidden))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_person_shows_first_and_last_only() {
        assert_eq!(mask_name("陈𬱖样"), "陈**");
        assert_eq!(mask_number("590102199002150015"), "5*************0015");
        assert_eq!(mask_number("123"), "***");
    }

    #[test]
    fn a_secret_never_prints() {
        assert_eq!(format!("{:?}", Secret::new("张示例")), "[redacted]");
    }
}
