//! Rules of days and months.

use jiff::ToSpan;
use jiff::civil::Date;

use super::{Answers, Context, Month, Problem, Value};
use crate::record::{Bound, Field};

/// Checks a day.
pub(super) fn check_day(
    field: &Field,
    day: Date,
    answers: &Answers,
    ctx: &Context<'_>,
) -> Result<(), Problem> {
    let parse = |text: &str| text.parse::<Date>().ok();
    check_bounds(field, &day, parse)?;
    check_today(field, &day, &ctx.today)?;
    if let Some(days) = field.max_days_ahead
        && ctx.today.saturating_add(i64::from(days).days()) < day
    {
        return Err(Problem::TooFarAhead { days });
    }
    if let Some(months) = field.within_months
        && day < ctx.today.saturating_sub(i64::from(months).months())
    {
        return Err(Problem::TooLongAgo { months });
    }
    if let Some(days) = field.min_age_days
        && day > ctx.today.saturating_sub(i64::from(days).days())
    {
        return Err(Problem::TooRecent { days });
    }
    if field.workday_only == Some(true) && !ctx.calendar.is_workday(day) {
        return Err(Problem::NotWorkday);
    }
    let other = |value: &Value| match value {
        Value::Date(other) => Some(*other),
        _ => None,
    };
    check_order(field, &day, answers, other)
}

/// Checks a month.
pub(super) fn check_month(
    field: &Field,
    month: Month,
    answers: &Answers,
    ctx: &Context<'_>,
) -> Result<(), Problem> {
    if !month.is_real() {
        return Err(Problem::WrongKind);
    }
    check_bounds(field, &month, Month::parse)?;
    check_today(field, &month, &Month::of(ctx.today))?;
    let other = |value: &Value| match value {
        Value::Month(other) => Some(*other),
        _ => None,
    };
    check_order(field, &month, answers, other)
}

fn check_bounds<T: Ord>(
    field: &Field,
    value: &T,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<(), Problem> {
    if let Some(Bound::Day(min)) = &field.min
        && parse(min).is_some_and(|first| *value < first)
    {
        return Err(Problem::BelowMin { min: min.clone() });
    }
    if let Some(Bound::Day(max)) = &field.max
        && parse(max).is_some_and(|last| *value > last)
    {
        return Err(Problem::AboveMax { max: max.clone() });
    }
    Ok(())
}

fn check_today<T: Ord>(field: &Field, value: &T, today: &T) -> Result<(), Problem> {
    if field.max_today == Some(true) && value > today {
        return Err(Problem::InFuture);
    }
    if field.min_today == Some(true) && value < today {
        return Err(Problem::InPast);
    }
    Ok(())
}

/// Not before the other field's answer; nothing to compare while that is missing.
fn check_order<T: Ord>(
    field: &Field,
    value: &T,
    answers: &Answers,
    read: impl Fn(&Value) -> Option<T>,
) -> Result<(), Problem> {
    let Some(other) = &field.gte_field else {
        return Ok(());
    };
    let before = answers.value(other).and_then(read);
    if before.is_some_and(|before| *value < before) {
        return Err(Problem::BeforeField {
            field: other.clone(),
        });
    }
    Ok(())
}
