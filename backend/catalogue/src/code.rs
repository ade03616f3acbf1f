//! Codes with rules: items, bodies, persons, bank cards.
//!
//! Nothing here guesses or repairs: a code is right or it is not.
//!
//! Source: domain specification, sections 2.1 to 2.4.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Alphabet of the unified social credit code: no I, O, S, V, Z.
const CREDIT_ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Weights of its first 17 characters.
const CREDIT_WEIGHTS: [u32; 17] = [
    1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28,
];
/// Weights of the first 8 characters of an organisation code.
const ORGANISATION_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
/// Weights of the first 17 digits of a citizen number.
const CITIZEN_WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// Check characters of a citizen number by remainder.
const CITIZEN_CHECKS: &[u8; 11] = b"10X98765432";

/// The code an item is known by (业务办理项编码), 33 characters; 31 where the body does not split it.
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ItemCode(String);

impl ItemCode {
    /// Wraps `code` as it is. Whether it is well formed is for the loader to say.
    #[must_use]
    pub fn new(code: impl Into<String>) -> Self {
        Self(code.into())
    }

    /// The code as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The 12 digits of the basic code inside it; `None` where it is too short.
    #[must_use]
    pub fn basic(&self) -> Option<&str> {
        self.0.get(19..31)
    }
}

impl fmt::Display for ItemCode {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.0)
    }
}

impl fmt::Debug for ItemCode {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "ItemCode({})", self.0)
    }
}

impl From<&str> for ItemCode {
    fn from(code: &str) -> Self {
        Self::new(code)
    }
}

/// Whether `code` is a basic code: 12 digits.
#[must_use]
pub fn is_basic(code: &str) -> bool {
    code.len() == 12 && code.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether `code` is an implementation code in form: 18 characters of a body, level 1 to 6, basic code.
#[must_use]
pub fn is_implementation(code: &str) -> bool {
    let (Some(body), Some(level), Some(basic)) = (code.get(..18), code.get(18..19), code.get(19..))
    else {
        return false;
    };
    is_credit_text(body) && ("1"..="6").contains(&level) && is_basic(basic)
}

/// Whether `code` is `implementation` and two digits.
#[must_use]
pub fn is_handling(code: &str, implementation: &str) -> bool {
    code.strip_prefix(implementation)
        .is_some_and(|tail| tail.len() == 2 && tail.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether `text` has 18 characters of the credit code alphabet.
#[must_use]
pub fn is_credit_text(text: &str) -> bool {
    text.len() == 18 && text.bytes().all(|byte| credit_value(byte).is_some())
}

/// Whether the check character (position 18) of a unified social credit code is right.
///
/// Source: GB 32100-2015.
#[must_use]
pub fn credit_code_valid(code: &str) -> bool {
    let bytes = code.as_bytes();
    let Some((check, body)) = bytes.split_last() else {
        return false;
    };
    if body.len() != CREDIT_WEIGHTS.len() {
        return false;
    }
    let sum = weighted(body, &CREDIT_WEIGHTS, credit_value);
    sum.is_some_and(|sum| {
        let index = (31 - sum % 31) % 31;
        CREDIT_ALPHABET.get(index as usize) == Some(check)
    })
}

/// Whether the organisation code inside a credit code (positions 9 to 17) has a right check character.
///
/// Old organisations may fail it: an error for bodies, a remark for applicants.
/// Source: GB 11714-1997.
#[must_use]
pub fn organisation_code_valid(credit_code: &str) -> bool {
    let Some(code) = credit_code.as_bytes().get(8..17) else {
        return false;
    };
    let Some((check, body)) = code.split_last() else {
        return false;
    };
    let sum = weighted(body, &ORGANISATION_WEIGHTS, |byte| match byte {
        b'0'..=b'9' => Some(u32::from(byte - b'0')),
        b'A'..=b'Z' => Some(u32::from(byte - b'A') + 10),
        _ => None,
    });
    sum.is_some_and(|sum| {
        let expected = match 11 - sum % 11 {
            10 => b'X',
            11 => b'0',
            digit => b"0123456789".get(digit as usize).copied().unwrap_or(b'?'),
        };
        expected == *check
    })
}

/// Why a citizen number is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CitizenNumberError {
    /// Not 17 digits and a digit or X.
    #[error("a citizen number has 17 digits and a digit or X")]
    Form,
    /// The birth date does not exist.
    #[error("the birth date in the number does not exist")]
    Date,
    /// The birth date is after today.
    #[error("the birth date in the number is in the future")]
    Future,
    /// The check character is wrong.
    #[error("the check character of the number is wrong")]
    Check,
}

/// Checks a citizen identity number, a permanent-resident number or a residence permit number.
///
/// The division is not looked up: people keep numbers of divisions that no longer exist.
///
/// # Errors
/// [`CitizenNumberError`] names what is wrong.
///
/// Source: GB 11643-1999.
pub fn check_citizen_number(number: &str, today: Date) -> Result<(), CitizenNumberError> {
    let (check, digits) = number
        .as_bytes()
        .split_last()
        .ok_or(CitizenNumberError::Form)?;
    let sum = weighted(digits, &CITIZEN_WEIGHTS, |byte| {
        byte.is_ascii_digit().then(|| u32::from(byte - b'0'))
    });
    let sum = sum
        .filter(|_| digits.len() == 17)
        .ok_or(CitizenNumberError::Form)?;
    if !check.is_ascii_digit() && *check != b'X' {
        return Err(CitizenNumberError::Form);
    }
    let birth = birth_date(number).ok_or(CitizenNumberError::Date)?;
    if birth > today {
        return Err(CitizenNumberError::Future);
    }
    if CITIZEN_CHECKS.get((sum % 11) as usize) != Some(check) {
        return Err(CitizenNumberError::Check);
    }
    Ok(())
}

/// The birth date inside an 18-character citizen number; `None` where there is none.
#[must_use]
pub fn birth_date(number: &str) -> Option<Date> {
    let text = number.get(6..14).filter(|_| number.len() == 18)?;
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = |range| {
        text.get(range)
            .and_then(|part: &str| part.parse::<i16>().ok())
    };
    let (year, month, day) = (part(0..4)?, part(4..6)?, part(6..8)?);
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// Whole years between `birth` and `today`; a birthday on 29 February counts on 1 March.
#[must_use]
pub fn age(birth: Date, today: Date) -> i16 {
    let before = (today.month(), today.day()) < (birth.month(), birth.day());
    today.year() - birth.year() - i16::from(before)
}

/// Whether digits pass the Luhn check of bank cards.
#[must_use]
pub fn luhn_valid(digits: &str) -> bool {
    if digits.len() < 2 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| {
            let digit = u32::from(byte - b'0');
            match (place % 2, digit) {
                (0, digit) => digit,
                (_, 0..=4) => digit * 2,
                _ => digit * 2 - 9,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Whether `code` has the form of a division code: 6, 9 or 12 digits.
#[must_use]
pub fn is_region(code: &str) -> bool {
    matches!(code.len(), 6 | 9 | 12) && code.bytes().all(|byte| byte.is_ascii_digit())
}

fn credit_value(byte: u8) -> Option<u32> {
    let place = CREDIT_ALPHABET.iter().position(|&known| known == byte)?;
    u32::try_from(place).ok()
}

fn weighted(text: &[u8], weights: &[u32], value: impl Fn(u8) -> Option<u32>) -> Option<u32> {
    text.iter()
        .zip(weights)
        .map(|(&byte, weight)| Some(value(byte)? * weight))
        .sum()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const TODAY: Date = date(2026, 3, 2);

    #[test]
    fn the_constructed_examples_are_well_formed() {
        let implementation = "12590100YT001014893592014003000";
        assert!(is_implementation(implementation));
        assert!(is_handling(&format!("{implementation}01"), implementation));
        assert!(credit_code_valid("12590100YT00101489"));
        assert!(organisation_code_valid("12590100YT00101489"));
        assert!(!credit_code_valid("12590100YT00101488"));
        assert!(
            !is_implementation("12590100YT001014897592014003000"),
            "level 7"
        );
        assert!(
            !is_implementation("12590100YI001014893592014003000"),
            "letter I"
        );
        assert_eq!(ItemCode::from(implementation).basic(), Some("592014003000"));
    }

    #[test]
    fn a_lost_digit_is_reported_and_not_guessed() {
        assert!(!credit_code_valid("1259010YT00101489"));
        assert!(!organisation_code_valid("1259010YT00101489"));
        assert!(!is_credit_text("YT0010148"));
        assert!(!credit_code_valid(""));
    }

    #[test]
    fn citizen_numbers_are_checked_to_the_last_character() {
        for good in [
            "590102199002150015",
            "59010219771111005X",
            "931586198001010028",
        ] {
            assert_eq!(check_citizen_number(good, TODAY), Ok(()), "{good}");
        }
        let wrong = |number| check_citizen_number(number, TODAY).unwrap_err();
        assert_eq!(wrong("590102199002150016"), CitizenNumberError::Check);
        assert_eq!(wrong("590102199002300011"), CitizenNumberError::Date);
        assert_eq!(wrong("590102202603030012"), CitizenNumberError::Future);
        assert_eq!(wrong("59010219771111005x"), CitizenNumberError::Form);
        assert_eq!(wrong("5901021990021500"), CitizenNumberError::Form);
        assert_eq!(wrong("姓名"), CitizenNumberError::Form);
        assert_eq!(wrong(""), CitizenNumberError::Form);
    }

    #[test]
    fn ages_turn_on_the_birthday() {
        assert_eq!(birth_date("590102201506010040"), Some(date(2015, 6, 1)));
        assert_eq!(age(date(2012, 3, 3), TODAY), 13);
        assert_eq!(age(date(2012, 3, 2), TODAY), 14);
        assert_eq!(age(date(2004, 2, 29), date(2018, 2, 28)), 13);
    }

    #[test]
    fn a_mistyped_bank_card_fails_luhn() {
        assert!(luhn_valid("79927398713"));
        assert!(!luhn_valid("79927398710"));
        assert!(!luhn_valid("7992739871a"));
        assert!(!luhn_valid("0"));
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in ".{0,24}") {
            let _ = (check_citizen_number(&text, TODAY), credit_code_valid(&text));
            let _ = (organisation_code_valid(&text), luhn_valid(&text), birth_date(&text));
            let _ = (is_implementation(&text), is_region(&text), is_handling(&text, &text));
        }
    }
}
