//! Putting typed text into its one form before it is stored and checked.

use crate::record::{Field, FieldType};

/// Dots that people type for the middle dot in names.
const MIDDLE_DOTS: [char; 12] = [
    '\u{2022}', '\u{2027}', '\u{2219}', '\u{22C5}', '\u{30FB}', '\u{FF65}', '\u{0387}', '\u{16EB}',
    '\u{25CF}', '\u{2E31}', '\u{2E33}', '\u{A78F}',
];

/// Brings what was typed for `field` into its stored form: full-width digits and letters become
/// ASCII, look-alike dots the middle dot U+00B7, the x of numbers X; spaces around it go, in
/// numbers all spaces and hyphens.
#[must_use]
pub fn normalise(field: &Field, typed: &str) -> String {
    let narrow = typed.trim().chars().map(narrow);
    match field.field_type {
        FieldType::IdNumber | FieldType::Uscc => narrow
            .filter(|c| !is_filler(*c))
            .map(|c| c.to_ascii_uppercase())
            .collect(),
        FieldType::Mobile | FieldType::BankCard => narrow.filter(|c| !is_filler(*c)).collect(),
        FieldType::Number | FieldType::Money => narrow
            .filter(|c| !c.is_whitespace() && !matches!(c, ',' | '，'))
            .map(|c| if matches!(c, '．' | '。') { '.' } else { c })
            .collect(),
        FieldType::Text => narrow.map(middle_dot).collect(),
        _ => narrow.collect(),
    }
}

fn narrow(c: char) -> char {
    match c {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => {
            char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c)
        }
        '\u{3000}' => ' ',
        other => other,
    }
}

fn middle_dot(c: char) -> char {
    if MIDDLE_DOTS.contains(&c) {
        '\u{B7}'
    } else {
        c
    }
}

fn is_filler(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '－')
}
