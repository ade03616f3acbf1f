//! The evaluator: visible questions, one answer, all answers, flags for the officer.

use std::collections::BTreeMap;

use super::{
    Answer, Answers, Context, FieldProblem, Flag, FlagKind, Problem, Scanned, Source, Value, dates,
    numbers, places, text,
};
use crate::record::{Field, FieldType, Item, Prefill};

/// Most rows of a table without a rule of its own.
const MAX_ROWS: u32 = 200;

/// The questions that are asked under `answers`, in the order of the form.
#[must_use]
pub fn visible<'f>(form: &'f [Field], answers: &Answers) -> Vec<&'f Field> {
    let mut asked: Vec<&Field> = Vec::with_capacity(form.len());
    for field in form {
        let shown = field.visible_if.as_ref().is_none_or(|condition| {
            // A condition on a question that is itself not asked is not met.
            let other = asked.iter().any(|other| other.name == condition.field);
            let value = answers.value(&condition.field).and_then(Value::as_text);
            other && value == Some(&condition.equals)
        });
        if shown {
            asked.push(field);
        }
    }
    asked
}

/// Checks one answer. Values of a chip or register are exempt from the rules of typing.
///
/// # Errors
/// The first [`Problem`] of the answer.
pub fn check(
    field: &Field,
    answer: &Answer,
    answers: &Answers,
    ctx: &Context<'_>,
) -> Result<(), Problem> {
    let typed = answer.source == Source::Typed;
    if typed && field.is_readonly() && field.prefill().is_some() {
        return Err(Problem::ReadOnly);
    }
    check_kind(field.field_type, &answer.value)?;
    if answer.value.is_blank() {
        return if field.required {
            Err(Problem::Required)
        } else {
            Ok(())
        };
    }
    if typed {
        check_value(field, &answer.value, answers, ctx)
    } else {
        Ok(())
    }
}

/// Every problem of an application: missing, unknown and unasked answers, and all rules.
#[must_use]
pub fn check_all(item: &Item, answers: &Answers, ctx: &Context<'_>) -> Vec<FieldProblem> {
    let asked = visible(&item.form, answers);
    let mut problems = Vec::new();
    for field in &asked {
        match answers.get(&field.name) {
            Some(answer) => problems.extend(problems_of(field, answer, answers, ctx)),
            None => problems.extend(missing(field).map(|problem| at(&field.name, problem))),
        }
    }
    for (name, _) in answers.iter() {
        if item.field(name).is_none() {
            problems.push(at(name, Problem::UnknownField));
        } else if !asked.iter().any(|field| field.name == name) {
            problems.push(at(name, Problem::NotAsked));
        }
    }
    problems
}

/// What the officer should know: values that typing would not have passed, disputes, and values
/// the city still has to fill in.
#[must_use]
pub fn flags(item: &Item, answers: &Answers, ctx: &Context<'_>) -> Vec<Flag> {
    let mut flags = Vec::new();
    for field in visible(&item.form, answers) {
        let mut add = |kind| {
            let field = field.name.clone();
            flags.push(Flag { field, kind });
        };
        let Some(answer) = answers.get(&field.name) else {
            if field.required && awaits_register(field) {
                add(FlagKind::AwaitsRegister);
            }
            continue;
        };
        if answer.source != Source::Typed
            && let Err(problem) = check_value(field, &answer.value, answers, ctx)
        {
            add(FlagKind::Exempt { problem });
        }
        if answer.disputed {
            add(FlagKind::Disputed);
        }
    }
    flags
}

fn at(field: &str, problem: Problem) -> FieldProblem {
    match problem {
        Problem::Cell { row, column, inner } => FieldProblem {
            field: field.to_owned(),
            row: Some(row),
            column: Some(column),
            problem: *inner,
        },
        problem => FieldProblem {
            field: field.to_owned(),
            row: None,
            column: None,
            problem,
        },
    }
}

/// What a missing answer means. A read-only value of a register cannot be typed: the city fills it in.
fn missing(field: &Field) -> Option<Problem> {
    if !field.required || awaits_register(field) {
        return None;
    }
    let from_card = matches!(field.prefill(), Some(Prefill::IdCard(_)));
    Some(if field.is_readonly() && from_card {
        Problem::NotOnCard
    } else {
        Problem::Required
    })
}

fn awaits_register(field: &Field) -> bool {
    field.is_readonly() && matches!(field.prefill(), Some(Prefill::Share(_)))
}

/// All problems of one answer: for a table those of every cell, else the first one.
fn problems_of(
    field: &Field,
    answer: &Answer,
    answers: &Answers,
    ctx: &Context<'_>,
) -> Vec<FieldProblem> {
    if let (FieldType::Table, Value::Rows(rows)) = (field.field_type, &answer.value)
        && answer.source == Source::Typed
        && check_row_count(field, rows.len()).is_ok()
    {
        let cells = cell_problems(field, rows, answers, ctx);
        return cells.map(|problem| at(&field.name, problem)).collect();
    }
    let problem = check(field, answer, answers, ctx).err();
    problem
        .map(|problem| at(&field.name, problem))
        .into_iter()
        .collect()
}

/// Whether the value is of the type the field asks for.
fn check_kind(field_type: FieldType, value: &Value) -> Result<(), Problem> {
    let fits = match field_type {
        FieldType::Text
        | FieldType::TextArea
        | FieldType::IdNumber
        | FieldType::Uscc
        | FieldType::Mobile
        | FieldType::BankCard => matches!(value, Value::Text(_)),
        FieldType::Number | FieldType::Money => matches!(value, Value::Number(_)),
        FieldType::Date => matches!(value, Value::Date(_)),
        FieldType::Month => matches!(value, Value::Month(_)),
        FieldType::Select => matches!(value, Value::Choice(_)),
        FieldType::MultiSelect => matches!(value, Value::Choices(_)),
        FieldType::Address => matches!(value, Value::Address { .. }),
        FieldType::Region => matches!(value, Value::Region(_)),
        FieldType::Boolean => matches!(value, Value::Flag(_)),
        FieldType::File => matches!(value, Value::Files(_)),
        FieldType::Signature => matches!(value, Value::Signed),
        FieldType::Table => matches!(value, Value::Rows(_)),
    };
    if fits {
        Ok(())
    } else {
        Err(Problem::WrongKind)
    }
}

/// Every rule of the field, as for a typed value.
fn check_value(
    field: &Field,
    value: &Value,
    answers: &Answers,
    ctx: &Context<'_>,
) -> Result<(), Problem> {
    match value {
        Value::Text(text) => text::check(field, text, ctx),
        Value::Number(text) => numbers::check(field, text),
        Value::Flag(yes) => check_flag(field, *yes),
        Value::Choice(choice) => check_choice(field, choice, answers, ctx),
        Value::Choices(choices) => check_choices(field, choices, answers, ctx),
        Value::Date(day) => dates::check_day(field, *day, answers, ctx),
        Value::Month(month) => dates::check_month(field, *month, answers, ctx),
        Value::Region(code) => places::check_region(field, code, ctx),
        Value::Address { region, detail } => places::check_address(field, region, detail, ctx),
        Value::Rows(rows) => check_rows(field, rows, answers, ctx),
        Value::Files(scanned) => check_file(field, scanned),
        Value::Signed => Ok(()),
    }
}

fn check_flag(field: &Field, yes: bool) -> Result<(), Problem> {
    if field.must_be_true == Some(true) && !yes {
        return Err(Problem::MustBeTrue);
    }
    Ok(())
}

fn check_choice(
    field: &Field,
    choice: &str,
    answers: &Answers,
    ctx: &Context<'_>,
) -> Result<(), Problem> {
    let offered = ctx
        .choices(field, answers)
        .ok_or(Problem::OptionsUnavailable)?;
    if offered.iter().any(|known| known.value == choice) {
        Ok(())
    } else {
        Err(Problem::NotOffered)
    }
}

fn check_choices(
    field: &Field,
    choices: &[String],
    answers: &Answers,
    ctx: &Context<'_>,
) -> Result<(), Problem> {
    let offered = ctx
        .choices(field, answers)
        .ok_or(Problem::OptionsUnavailable)?;
    let count = u32::try_from(choices.len()).unwrap_or(u32::MAX);
    if let Some(min) = field.min_items.filter(|min| count < *min) {
        return Err(Problem::TooFewItems { min });
    }
    let most = u32::try_from(offered.len()).unwrap_or(u32::MAX);
    let max = field.max_items.unwrap_or(most);
    if count > max {
        return Err(Problem::TooManyItems { max });
    }
    let mut seen = std::collections::BTreeSet::new();
    for choice in choices {
        if !offered.iter().any(|known| known.value == *choice) {
            return Err(Problem::NotOffered);
        }
        if !seen.insert(choice) {
            return Err(Problem::ItemTwice);
        }
    }
    Ok(())
}

fn check_row_count(field: &Field, count: usize) -> Result<(), Problem> {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    let max = field.max_rows.unwrap_or(MAX_ROWS);
    if count > max {
        return Err(Problem::TooManyRows { max });
    }
    match field.min_rows.filter(|min| count < *min) {
        Some(min) => Err(Problem::TooFewRows { min }),
        None => Ok(()),
    }
}

fn check_rows(
    field: &Field,
    rows: &[BTreeMap<String, Value>],
    answers: &Answers,
    ctx: &Context<'_>,
) -> Result<(), Problem> {
    check_row_count(field, rows.len())?;
    cell_problems(field, rows, answers, ctx)
        .next()
        .map_or(Ok(()), Err)
}

fn cell_problems<'a>(
    field: &'a Field,
    rows: &'a [BTreeMap<String, Value>],
    answers: &'a Answers,
    ctx: &'a Context<'a>,
) -> impl Iterator<Item = Problem> + 'a {
    let row_problems = move |(row, cells): (usize, &'a BTreeMap<String, Value>)| {
        let known = field.columns().iter().filter_map(move |column| {
            let inner = check_cell(column, cells.get(&column.name), answers, ctx).err()?;
            Some((column.name.clone(), inner))
        });
        let unknown = cells
            .keys()
            .filter(|name| !field.columns().iter().any(|column| column.name == **name))
            .map(|name| (name.clone(), Problem::UnknownField));
        known
            .chain(unknown)
            .map(move |(column, inner)| Problem::Cell {
                row,
                column,
                inner: Box::new(inner),
            })
    };
    rows.iter().enumerate().flat_map(row_problems)
}

fn check_cell(
    column: &Field,
    value: Option<&Value>,
    answers: &Answers,
    ctx: &Context<'_>,
) -> Result<(), Problem> {
    let Some(value) = value else {
        return if column.required {
            Err(Problem::Required)
        } else {
            Ok(())
        };
    };
    check_kind(column.field_type, value)?;
    match (value.is_blank(), column.required) {
        (true, true) => Err(Problem::Required),
        (true, false) => Ok(()),
        (false, _) => check_value(column, value, answers, ctx),
    }
}

/// What is not known of a scan (its size, its type) cannot be wrong yet; the pages themselves are
/// measured again when they are sealed.
fn check_file(field: &Field, scanned: &Scanned) -> Result<(), Problem> {
    if let (Some(accept), Some(media_type)) = (&field.accept, &scanned.media_type)
        && !accept.contains(media_type)
    {
        let accept = accept.clone();
        return Err(Problem::FileType { accept });
    }
    if let (Some(max_mb), Some(bytes)) = (field.max_size_mb, scanned.bytes)
        && bytes > u64::from(max_mb) * 1_000_000
    {
        return Err(Problem::FileTooLarge { max_mb });
    }
    if let (Some((width, height)), Some(pixels)) = (field.pixels(), scanned.pixels)
        && pixels != (width, height)
    {
        return Err(Problem::FilePixels { width, height });
    }
    Ok(())
}
