//! Rules of numbers and amounts.

use super::Problem;
use crate::decimal::Decimal;
use crate::record::{Bound, Field, FieldType};

/// Checks a typed number.
pub(super) fn check(field: &Field, text: &str) -> Result<(), Problem> {
    let number = Decimal::parse(text).ok_or(Problem::NotNumber)?;
    if field.integer == Some(true) && !number.is_whole() {
        return Err(Problem::NotInteger);
    }
    if field.field_type == FieldType::Money && !number.is_cents() {
        return Err(Problem::NotCents);
    }
    if let Some((min, text)) = bound(field.min.as_ref())
        && number < min
    {
        return Err(Problem::BelowMin { min: text });
    }
    if let Some((max, text)) = bound(field.max.as_ref())
        && number > max
    {
        return Err(Problem::AboveMax { max: text });
    }
    if let Some(step) = &field.step {
        let step = step.to_string();
        if Decimal::parse(&step).is_some_and(|size| !number.is_multiple_of(size)) {
            return Err(Problem::NotStep { step });
        }
    }
    Ok(())
}

/// A numeric bound with its text. The loader refuses bounds that are no plain decimals.
fn bound(bound: Option<&Bound>) -> Option<(Decimal, String)> {
    match bound? {
        Bound::Number(number) => {
            let text = number.to_string();
            Some((Decimal::parse(&text)?, text))
        }
        Bound::Day(_) => None,
    }
}
