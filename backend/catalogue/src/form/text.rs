//! Rules of text: length, characters, pattern, check digits, age.

use super::{Context, Problem};
use crate::code::{
    CitizenNumberError, age, birth_date, check_citizen_number, credit_code_valid, luhn_valid,
};
use crate::record::{Checksum, Field, FieldType};

/// Most characters of a text without a rule of its own.
const MAX_CHARS: u32 = 2_000;

/// Checks a text that the resident typed.
pub(super) fn check(field: &Field, text: &str, ctx: &Context<'_>) -> Result<(), Problem> {
    let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    if let Some(min) = field.min_length.filter(|min| length < *min) {
        return Err(Problem::TooShort { min });
    }
    check_length(field, length)?;
    characters(field, text)?;
    if field
        .pattern
        .as_ref()
        .is_some_and(|pattern| !pattern.is_match(text))
    {
        return Err(Problem::Pattern);
    }
    if let Some(rule) = field.checksum {
        checksum(rule, text, ctx)?;
    }
    if field.minor_under14 == Some(true) {
        let birth = birth_date(text).ok_or(Problem::BirthDate)?;
        if age(birth, ctx.today) >= 14 {
            return Err(Problem::NotUnder14);
        }
    }
    Ok(())
}

/// Checks the upper bound of a length, which every text has.
pub(super) fn check_length(field: &Field, length: u32) -> Result<(), Problem> {
    let max = field.max_length.unwrap_or(MAX_CHARS);
    if length > max {
        return Err(Problem::TooLong { max });
    }
    Ok(())
}

/// Refuses what is no character of any language; rare ones of every plane are welcome.
pub(super) fn characters(field: &Field, text: &str) -> Result<(), Problem> {
    let lines = field.field_type == FieldType::TextArea;
    let strange = |c: &char| {
        let private = matches!(*c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}');
        let none = *c == '\u{FFFD}' || u32::from(*c) & 0xFFFE == 0xFFFE;
        (c.is_control() && !(lines && *c == '\n')) || private || none
    };
    match text.chars().find(strange) {
        Some(c) => Err(Problem::Character {
            code: format!("U+{:04X}", u32::from(c)),
        }),
        None => Ok(()),
    }
}

fn checksum(rule: Checksum, text: &str, ctx: &Context<'_>) -> Result<(), Problem> {
    let valid = match rule {
        Checksum::CreditCode => credit_code_valid(text),
        Checksum::Luhn => luhn_valid(text),
        Checksum::CitizenNumber => match check_citizen_number(text, ctx.today) {
            Ok(()) => true,
            Err(CitizenNumberError::Date | CitizenNumberError::Future) => {
                return Err(Problem::BirthDate);
            }
            Err(CitizenNumberError::Form | CitizenNumberError::Check) => false,
        },
    };
    if valid {
        Ok(())
    } else {
        Err(Problem::Checksum { rule })
    }
}
