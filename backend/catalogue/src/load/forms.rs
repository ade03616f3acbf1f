//! Rule 17: the form of an item, and the regular expressions in it.

use std::collections::HashMap;

use regex::Regex;

use super::fault::{FaultCode, Faults};
use crate::decimal::Decimal;
use crate::record::{Bound, Field, FieldType, Item, Pattern, PatternError, VisibleIf};

/// Patterns compiled so far; the same few occur in every form.
pub(super) type Patterns = HashMap<String, Result<Regex, PatternError>>;

/// Checks the form and shares its compiled patterns.
pub(super) fn check(item: &Item, patterns: &mut Patterns, faults: &mut Faults<'_>) {
    for (index, field) in item.form.iter().enumerate() {
        let path = format!("form[{index}]");
        let before = item.form.get(..index).unwrap_or_default();
        check_field(field, before, &path, patterns, faults);
        check_references(field, before, &item.form, &path, faults);
        for (place, column) in field.columns().iter().enumerate() {
            let path = format!("{path}.columns[{place}]");
            let before = field.columns().get(..place).unwrap_or_default();
            check_field(column, before, &path, patterns, faults);
            check_column(column, &path, faults);
        }
    }
}

fn check_field(
    field: &Field,
    before: &[Field],
    path: &str,
    patterns: &mut Patterns,
    faults: &mut Faults<'_>,
) {
    if before.iter().any(|other| other.name == field.name) {
        let reason = format!("{} occurs twice", field.name);
        faults.add(FaultCode::FormDup, format!("{path}.name"), reason);
    }
    let chooses = matches!(field.field_type, FieldType::Select | FieldType::MultiSelect);
    if chooses && field.choices().is_empty() && field.dynamic_options.is_none() {
        let reason = format!("{} has nothing to choose from", field.name);
        faults.add(FaultCode::FormOptions, format!("{path}.options"), reason);
    }
    check_shape(field, path, faults);
    let Some(pattern) = &field.pattern else {
        return;
    };
    let compiled = patterns
        .entry(pattern.as_str().to_owned())
        .or_insert_with(|| Pattern::compile(pattern.as_str()));
    match compiled {
        Ok(regex) => pattern.share(regex.clone()),
        Err(error) => {
            faults.add(
                FaultCode::Pattern,
                format!("{path}.pattern"),
                error.to_string(),
            );
        }
    }
}

/// Rules whose value cannot be read are a record of the wrong shape: they must not lapse silently.
fn check_shape(field: &Field, path: &str, faults: &mut Faults<'_>) {
    let mut wrong = |rule: &str, reason: &str| {
        faults.add(FaultCode::Record, format!("{path}.{rule}"), reason);
    };
    if field.name.is_empty() {
        wrong("name", "a field needs a name");
    }
    if field.pixel_size.is_some() && field.pixels().is_none() {
        wrong("pixels", "must be WIDTHxHEIGHT");
    }
    if field.field_type == FieldType::Table && field.columns().is_empty() {
        wrong("columns", "a table needs columns");
    }
    for (rule, bound) in [("min", &field.min), ("max", &field.max)] {
        if bound
            .as_ref()
            .is_some_and(|bound| !bound_fits(field.field_type, bound))
        {
            wrong(rule, "is not a bound for this type of field");
        }
    }
    if let Some(step) = &field.step
        && Decimal::parse(&step.to_string()).is_none()
    {
        wrong("step", "is not a plain decimal number");
    }
}

fn bound_fits(field_type: FieldType, bound: &Bound) -> bool {
    match (field_type, bound) {
        (FieldType::Month, Bound::Day(text)) => crate::form::Month::parse(text).is_some(),
        (FieldType::Date, Bound::Day(text)) => text.parse::<jiff::civil::Date>().is_ok(),
        (FieldType::Number | FieldType::Money, Bound::Number(number)) => {
            Decimal::parse(&number.to_string()).is_some()
        }
        _ => false,
    }
}

fn check_references(
    field: &Field,
    before: &[Field],
    form: &[Field],
    path: &str,
    faults: &mut Faults<'_>,
) {
    let mut wrong = |rule: &str, reason: String| {
        faults.add(FaultCode::FormRef, format!("{path}.{rule}"), reason);
    };
    if let Some(condition) = &field.visible_if
        && let Err(reason) = check_condition(condition, before)
    {
        wrong("visibleIf", reason);
    }
    if let Some(other) = &field.gte_field {
        let known = form.iter().find(|known| known.name == *other);
        if !known.is_some_and(|known| known.field_type == field.field_type && other != &field.name)
        {
            wrong(
                "gteField",
                format!("{other} is no other field of the same type"),
            );
        }
    }
    if let Some(source) = &field.prefill_source
        && field.prefill().is_none()
    {
        wrong("prefill", format!("{source} is not a source"));
    }
}

/// A condition names an earlier field, so that no two questions can wait for each other.
fn check_condition(condition: &VisibleIf, before: &[Field]) -> Result<(), String> {
    let VisibleIf { field, equals } = condition;
    let Some(other) = before.iter().find(|other| other.name == *field) else {
        return Err(format!("{field} is not an earlier field"));
    };
    let possible = match other.field_type {
        FieldType::Boolean => equals == "true" || equals == "false",
        _ => {
            other.dynamic_options.is_some()
                || other.choices().is_empty()
                || other.choices().iter().any(|choice| choice.value == *equals)
        }
    };
    if possible {
        Ok(())
    } else {
        Err(format!("{field} is never {equals}"))
    }
}

/// A column is a plain question: no table in a table and nothing that looks outside its row.
fn check_column(column: &Field, path: &str, faults: &mut Faults<'_>) {
    let nested = matches!(
        column.field_type,
        FieldType::Table | FieldType::File | FieldType::Signature
    );
    if nested {
        let reason = "a column holds one plain value";
        faults.add(FaultCode::Record, format!("{path}.type"), reason);
    }
    if column.visible_if.is_some() || column.gte_field.is_some() {
        let reason = "a column cannot refer to other fields";
        faults.add(FaultCode::FormRef, path, reason);
    }
}
