//! What is typed for one question, and how it becomes a value.

use city_catalogue::form::{Month, Value, normalise};
use city_catalogue::record::{Field, FieldType, Pattern};
use jiff::civil::Date;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::screen::Keyboard;
use crate::touch::Touch;

/// Longest text any field takes, in characters.
const LONGEST: usize = 4_000;

/// The text being typed.
#[derive(Clone, Default, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Entry(String);

impl Entry {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// Adds characters up to `max` characters in all; line breaks and control characters are dropped.
    pub(crate) fn push(&mut self, typed: &str, max: usize) {
        let room = max.min(LONGEST).saturating_sub(self.0.chars().count());
        self.0
            .extend(typed.chars().filter(|c| !c.is_control()).take(room));
    }

    /// What a key of the keyboard does to it, up to `max` characters in all; whether the touch was one.
    pub(crate) fn keyed(&mut self, touch: &Touch, max: usize) -> bool {
        match touch {
            Touch::Type(typed) => self.push(typed, max),
            Touch::Erase => self.erase(),
            Touch::ClearText => self.clear(),
            _ => return false,
        }
        true
    }

    /// The same for a code of so many digits: what is no digit is not taken.
    pub(crate) fn digit_keyed(&mut self, touch: &Touch, count: usize) -> bool {
        match touch {
            Touch::Type(typed) => {
                let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
                self.push(&digits, count);
                true
            }
            touch => self.keyed(touch, count),
        }
    }

    pub(crate) fn erase(&mut self) {
        self.0.pop();
    }

    pub(crate) fn clear(&mut self) {
        self.0.zeroize();
    }
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

/// The keyboard a field is typed with.
pub(crate) fn keyboard(field: &Field) -> Keyboard {
    match field.field_type {
        FieldType::IdNumber => Keyboard::IdNumber,
        FieldType::Uscc => Keyboard::Latin,
        FieldType::Mobile | FieldType::BankCard | FieldType::Date | FieldType::Month => {
            Keyboard::Digits
        }
        FieldType::Number if field.integer == Some(true) => Keyboard::Digits,
        FieldType::Number | FieldType::Money => Keyboard::Money,
        FieldType::Text if latin_only(field) => Keyboard::Latin,
        FieldType::Text
        | FieldType::TextArea
        | FieldType::Select
        | FieldType::MultiSelect
        | FieldType::Address
        | FieldType::Region
        | FieldType::Boolean
        | FieldType::File
        | FieldType::Signature
        | FieldType::Table => Keyboard::Full,
    }
}

/// A pattern made of capital letters, digits and nothing of another script.
fn latin_only(field: &Field) -> bool {
    field
        .pattern
        .as_ref()
        .map(Pattern::as_str)
        .is_some_and(|pattern| !pattern.contains("\\p") && pattern.is_ascii())
}

/// The value of what was typed; `None` when nothing was typed.
///
/// Text that is no date, month or number stays text, so that the evaluator names the problem.
pub(crate) fn value(field: &Field, typed: &str) -> Option<Value> {
    let text = normalise(field, typed.trim());
    if text.is_empty() {
        return None;
    }
    Some(match field.field_type {
        FieldType::Date => date(&text).map_or(Value::Text(text), Value::Date),
        FieldType::Month => month(&text).unwrap_or(Value::Text(text)),
        FieldType::Number | FieldType::Money => Value::Number(text),
        FieldType::Text
        | FieldType::TextArea
        | FieldType::IdNumber
        | FieldType::Uscc
        | FieldType::Mobile
        | FieldType::BankCard
        | FieldType::Select
        | FieldType::MultiSelect
        | FieldType::Address
        | FieldType::Region
        | FieldType::Boolean
        | FieldType::File
        | FieldType::Signature
        | FieldType::Table => Value::Text(text),
    })
}

fn digits(text: &str, from: usize, count: usize) -> Option<i16> {
    text.get(from..from + count)?.parse().ok()
}

fn date(text: &str) -> Option<Date> {
    if text.len() != 8 {
        return None;
    }
    let month = i8::try_from(digits(text, 4, 2)?).ok()?;
    let day = i8::try_from(digits(text, 6, 2)?).ok()?;
    Date::new(digits(text, 0, 4)?, month, day).ok()
}

fn month(text: &str) -> Option<Value> {
    if text.len() != 6 {
        return None;
    }
    let month = i8::try_from(digits(text, 4, 2)?).ok()?;
    (1..=12).contains(&month).then_some(())?;
    let year = digits(text, 0, 4)?;
    Some(Value::Month(Month { year, month }))
}

/// What stands in the field when an answer is opened again.
pub(crate) fn typed(value: &Value) -> String {
    match value {
        Value::Text(text) | Value::Number(text) | Value::Choice(text) | Value::Region(text) => {
            text.clone()
        }
        Value::Date(date) => format!("{:04}{:02}{:02}", date.year(), date.month(), date.day()),
        Value::Month(month) => format!("{:04}{:02}", month.year, month.month),
        Value::Address { detail, .. } => detail.clone(),
        Value::Flag(_) | Value::Choices(_) | Value::Rows(_) | Value::Files(_) | Value::Signed => {
            String::new()
        }
    }
}
