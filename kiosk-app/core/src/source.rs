//! What a card or a register says, as a value of the field it fills in.

use city_catalogue::form::{Month, Value};
use city_catalogue::record::{Field, FieldType};
use city_catalogue::regions::Regions;

/// The value of `field` that a card or register says as `text`; `None` when the text does not
/// fit the field's type, so that the question is asked.
///
/// Days are read as `2026-11-23`, months as `2026-11`; a choice by its value or one of its
/// words; an address or place by the names in `regions` (without them the division of an
/// address stays empty). Lists, files, signatures and tables come from no source.
#[must_use]
pub fn value_from_source(field: &Field, text: &str, regions: Option<&Regions>) -> Option<Value> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    match field.field_type {
        FieldType::Text
        | FieldType::TextArea
        | FieldType::IdNumber
        | FieldType::Uscc
        | FieldType::Mobile
        | FieldType::BankCard => Some(Value::Text(text.to_owned())),
        FieldType::Number | FieldType::Money => Some(Value::Number(text.to_owned())),
        FieldType::Date => text.parse().ok().map(Value::Date),
        FieldType::Month => Month::parse(text).map(Value::Month),
        FieldType::Boolean => text.parse().ok().map(Value::Flag),
        FieldType::Select => choice(field, text).map(Value::Choice),
        FieldType::Region => region(text, regions).map(Value::Region),
        FieldType::Address => Some(address(text, regions)),
        FieldType::MultiSelect | FieldType::File | FieldType::Signature | FieldType::Table => None,
    }
}

/// The stored value of the choice that `text` names; a list the city keeps is not at hand here.
fn choice(field: &Field, text: &str) -> Option<String> {
    if field.dynamic_options.is_some() {
        return Some(text.to_owned());
    }
    let named = field
        .choices()
        .iter()
        .find(|choice| [&choice.value, &choice.zh, &choice.en].contains(&&text.to_owned()));
    named.map(|choice| choice.value.clone())
}

/// A code as it is, else the division a name stands for.
fn region(text: &str, regions: Option<&Regions>) -> Option<String> {
    let Some(regions) = regions else {
        return Some(text.to_owned());
    };
    let known = regions.get(text).or_else(|| {
        let (region, rest) = regions.locate(text)?;
        rest.is_empty().then_some(region)
    });
    known.map(|region| region.code.clone())
}

fn address(text: &str, regions: Option<&Regions>) -> Value {
    let located = regions.and_then(|regions| regions.locate(text));
    let (region, detail) = located.map_or((String::new(), text), |(region, rest)| {
        (region.code.clone(), rest)
    });
    Value::Address {
        region,
        detail: detail.to_owned(),
    }
}
