//! Answers as people read them: on the review page, on documents, and masked.

use std::collections::BTreeMap;

use super::{Context, Scanned, Value};
use crate::record::{Field, FieldType, Lang};

/// `value` as text in `lang`: labels for choices, names for divisions, thousands for money.
/// Words of the catalogue are in the context's script; text, names and addresses are as they were given.
#[must_use]
pub fn display(field: &Field, value: &Value, lang: Lang, ctx: &Context<'_>) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Number(text) if field.field_type == FieldType::Money => thousands(text),
        Value::Number(text) => text.clone(),
        Value::Flag(yes) => yes_no(*yes, lang).to_owned(),
        Value::Choice(choice) => label(field, choice, lang, ctx),
        Value::Choices(choices) => {
            let labels: Vec<String> = choices.iter().map(|c| label(field, c, lang, ctx)).collect();
            labels.join(separator(lang))
        }
        Value::Date(day) => match lang {
            Lang::Zh => format!("{}年{}月{}日", day.year(), day.month(), day.day()),
            Lang::En => day.to_string(),
        },
        Value::Month(month) => match lang {
            Lang::Zh => format!("{}年{}月", month.year, month.month),
            Lang::En => month.to_string(),
        },
        Value::Region(code) => (ctx.script)(&region_name(code, lang, ctx)).into_owned(),
        Value::Address { region, detail } => address(region, detail, lang, ctx),
        Value::Rows(rows) => each_row(field, rows, lang, |column, value| {
            display(column, value, lang, ctx)
        }),
        Value::Files(scanned) => pages(scanned, lang, ctx),
        Value::Signed => match lang {
            Lang::Zh => (ctx.script)("已签名").into_owned(),
            Lang::En => "signed".to_owned(),
        },
    }
}

/// `value` as others may see it over a shoulder: the first and the last 4 characters of numbers,
/// the first character of names and other text. Of a table, the columns that are masked.
#[must_use]
pub fn masked(field: &Field, value: &Value, lang: Lang, ctx: &Context<'_>) -> String {
    match value {
        Value::Text(text) => match field.field_type {
            FieldType::Text | FieldType::TextArea => mask(text, 1, 0),
            _ => mask(text, 1, 4),
        },
        Value::Number(text) => mask(text, 0, 0),
        Value::Address { detail, .. } => mask(detail, 1, 0),
        Value::Rows(rows) if !field.is_sensitive() => {
            each_row(field, rows, lang, |column, value| {
                display_cell(column, value, lang, ctx)
            })
        }
        Value::Files(scanned) => pages(scanned, lang, ctx),
        Value::Signed => "✓".to_owned(),
        Value::Flag(_)
        | Value::Choice(_)
        | Value::Choices(_)
        | Value::Date(_)
        | Value::Month(_)
        | Value::Region(_)
        | Value::Rows(_) => "***".to_owned(),
    }
}

/// A cell of a table in a list that others may see: masked where its column is.
#[must_use]
pub fn display_cell(column: &Field, value: &Value, lang: Lang, ctx: &Context<'_>) -> String {
    if column.is_masked() {
        masked(column, value, lang, ctx)
    } else {
        display(column, value, lang, ctx)
    }
}

/// Keeps `first` and `last` characters. Short text, where that would show most of it, keeps the first only.
fn mask(text: &str, first: usize, last: usize) -> String {
    let chars: Vec<char> = text.chars().collect();
    let last = if chars.len() > 2 * (first + last) {
        last
    } else {
        0
    };
    let star = |(place, c): (usize, &char)| {
        let shown = place < first || place + last >= chars.len();
        if shown { *c } else { '*' }
    };
    chars.iter().enumerate().map(star).collect()
}

fn yes_no(yes: bool, lang: Lang) -> &'static str {
    match (lang, yes) {
        (Lang::Zh, true) => "是",
        (Lang::Zh, false) => "否",
        (Lang::En, true) => "yes",
        (Lang::En, false) => "no",
    }
}

fn separator(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "、",
        Lang::En => ", ",
    }
}

/// The label of a choice; the stored value where the list does not know it any more.
fn label(field: &Field, choice: &str, lang: Lang, ctx: &Context<'_>) -> String {
    let label = match &field.dynamic_options {
        Some(source) => ctx.options.label(source, choice, lang),
        None => field
            .choices()
            .iter()
            .find(|c| c.value == choice)
            .map(|c| c.label(lang)),
    };
    label.map_or_else(
        || choice.to_owned(),
        |label| (ctx.script)(label).into_owned(),
    )
}

fn region_name(code: &str, lang: Lang, ctx: &Context<'_>) -> String {
    let name = ctx.regions.path_name(code, lang);
    if name.is_empty() {
        code.to_owned()
    } else {
        name
    }
}

fn address(region: &str, detail: &str, lang: Lang, ctx: &Context<'_>) -> String {
    let place = region_name(region, lang, ctx);
    match lang {
        _ if place.is_empty() => detail.to_owned(),
        Lang::Zh => format!("{place}{detail}"),
        Lang::En => format!("{detail}, {place}"),
    }
}

/// A line for each row, its cells in the order of the columns.
fn each_row(
    field: &Field,
    rows: &[BTreeMap<String, Value>],
    lang: Lang,
    cell: impl Fn(&Field, &Value) -> String,
) -> String {
    let row = |cells: &BTreeMap<String, Value>| {
        let shown = field.columns().iter().filter_map(|column| {
            let value = cells.get(&column.name)?;
            Some(cell(column, value))
        });
        shown.collect::<Vec<_>>().join(separator(lang))
    };
    rows.iter().map(row).collect::<Vec<_>>().join("\n")
}

fn pages(scanned: &Scanned, lang: Lang, ctx: &Context<'_>) -> String {
    match (lang, scanned.pages) {
        (Lang::Zh, pages) => format!("{pages}{}", (ctx.script)("页")),
        (Lang::En, 1) => "1 page".to_owned(),
        (Lang::En, pages) => format!("{pages} pages"),
    }
}

/// `1234567.5` as `1,234,567.5`.
fn thousands(text: &str) -> String {
    let (sign, rest) = text
        .strip_prefix('-')
        .map_or(("", text), |rest| ("-", rest));
    let (whole, fraction) = rest
        .split_once('.')
        .map_or((rest, None), |(w, f)| (w, Some(f)));
    let mut out = String::from(sign);
    let count = whole.chars().count();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (count - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}
