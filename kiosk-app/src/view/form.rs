//! Pages that ask: notice and consent, what is known already, one question.

use kiosk_core::screen::{
    Ask, Consent, FactSource, FactsPage, Keyboard, NoticePage, OptionShown, ProblemShown,
    QuestionPage,
};
use kiosk_ui as ui;
use slint::{ModelRc, SharedString};

use super::phrases::{Phrases, model, turn};

/// Between the cells of a row.
const BETWEEN: &str = " · ";

/// Characters of each line at the foot of a passport.
const PASSPORT_LINE: usize = 44;

/// A date before anything was typed, and where its digits go.
const DAY: &str = "____-__-__";
const MONTH: &str = "____-__";

pub(super) fn notice(page: &NoticePage, say: &Phrases<'_>) -> ui::NoticeData {
    ui::NoticeData {
        item: say.text(&page.item),
        body: say.text(&page.body),
        kinds: say.listed(&page.kinds),
        sensitive: say.listed(&page.sensitive),
        minor: page.minor,
        ticks: model(page.ticks.iter().map(|tick| ui::ConsentTick {
            kind: match tick.consent {
                Consent::Notice => ui::ConsentKind::Notice,
                Consent::Sensitive => ui::ConsentKind::Sensitive,
                Consent::Guardian => ui::ConsentKind::Guardian,
            },
            on: tick.on,
        })),
    }
}

pub(super) fn facts(page: &FactsPage, say: &Phrases<'_>) -> ui::FactsData {
    let (at, of) = turn(page.turn);
    ui::FactsData {
        facts: model(page.facts.iter().map(|fact| ui::FactRow {
            label: say.text(&fact.label),
            value: say.segments(&fact.value),
            from: match fact.from {
                FactSource::Card => ui::FactSource::Card,
                FactSource::Register => ui::FactSource::Register,
                FactSource::Typed => ui::FactSource::Typed,
            },
            disputed: fact.disputed,
            masked: fact.masked,
            editable: fact.editable,
        })),
        at,
        of,
    }
}

pub(super) fn question(page: &QuestionPage, say: &Phrases<'_>) -> ui::QuestionData {
    ui::QuestionData {
        label: say.text(&page.label),
        optional: page.optional,
        sensitive: page.sensitive,
        zone: page.zone,
        problem: problem(page.problem.as_ref(), say),
        ..ask(&page.ask, say)
    }
}

fn problem(problem: Option<&ProblemShown>, say: &Phrases<'_>) -> SharedString {
    let Some(problem) = problem else {
        return SharedString::new();
    };
    let values: Vec<(&str, &str)> = problem
        .values
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let key = format!("problem.{}", problem.key);
    say.words.fill(&key, &values).into()
}

fn ask(ask: &Ask, say: &Phrases<'_>) -> ui::QuestionData {
    let empty = ui::QuestionData {
        answer: -1,
        at: 1,
        of: 1,
        ..ui::QuestionData::default()
    };
    match ask {
        Ask::Text {
            text,
            keyboard,
            max,
            long,
        } => ui::QuestionData {
            kind: ui::AskKind::Text,
            text: match keyboard {
                Keyboard::Zone => zone(text).into(),
                _ => text.as_str().into(),
            },
            keyboard: keyboard_kind(*keyboard),
            count: count(text, *keyboard, *max),
            long: *long,
            ..empty
        },
        Ask::Choice { options, turn } => choices(ui::AskKind::Choice, options, *turn, say, empty),
        Ask::Choices { options, turn } => choices(ui::AskKind::Choices, options, *turn, say, empty),
        Ask::YesNo { answer } => ui::QuestionData {
            kind: ui::AskKind::YesNo,
            answer: match answer {
                Some(true) => 0,
                Some(false) => 1,
                None => -1,
            },
            ..empty
        },
        Ask::Statement { on } => ui::QuestionData {
            kind: ui::AskKind::Statement,
            on: *on,
            ..empty
        },
        Ask::Date { digits, month } => ui::QuestionData {
            kind: ui::AskKind::Date,
            text: digits.as_str().into(),
            keyboard: ui::KeyboardKind::Digits,
            preview: preview(digits, if *month { MONTH } else { DAY }).into(),
            month: *month,
            ..empty
        },
        Ask::Region {
            path,
            options,
            turn,
        } => ui::QuestionData {
            path: say.texts(path),
            ..choices(ui::AskKind::Region, options, *turn, say, empty)
        },
        Ask::Rows {
            columns,
            rows,
            may_add,
        } => ui::QuestionData {
            kind: ui::AskKind::Rows,
            columns: joined(columns.iter().map(|column| say.words.text(column))),
            rows: table(rows),
            may_add: *may_add,
            ..empty
        },
    }
}

/// The second line of a passport stands under the first, as printed. Lines of cards stand as
/// they are typed: their first letter does not tell how long they are.
fn zone(text: &str) -> String {
    let second = text.char_indices().nth(PASSPORT_LINE).map(|(at, _)| at);
    match second.filter(|_| text.starts_with('P')) {
        Some(at) => {
            let (first, second) = text.split_at(at);
            format!("{first}\n{second}")
        }
        None => text.to_owned(),
    }
}

/// How much was typed; the cells of machine-readable lines are counted without a bound, since
/// only their reader knows how many belong to them.
fn count(text: &str, keyboard: Keyboard, max: Option<u32>) -> SharedString {
    let typed = text.chars().count();
    match max {
        Some(max) => slint::format!("{typed} / {max}"),
        None if keyboard == Keyboard::Zone => slint::format!("{typed}"),
        None => SharedString::new(),
    }
}

fn choices(
    kind: ui::AskKind,
    options: &[OptionShown],
    list: kiosk_core::screen::Turn,
    say: &Phrases<'_>,
    empty: ui::QuestionData,
) -> ui::QuestionData {
    let (at, of) = turn(list);
    ui::QuestionData {
        kind,
        options: model(options.iter().map(|option| ui::OptionEntry {
            name: say.text(&option.name),
            detail: SharedString::new(),
            on: option.on,
        })),
        at,
        of,
        ..empty
    }
}

fn table(rows: &[Vec<String>]) -> ModelRc<ui::TableRow> {
    model(rows.iter().map(|cells| ui::TableRow {
        cells: joined(cells.iter().filter(|cell| !cell.is_empty()).cloned()),
    }))
}

fn joined(parts: impl Iterator<Item = String>) -> SharedString {
    parts.collect::<Vec<_>>().join(BETWEEN).into()
}

/// The digits typed so far in the places of `form`.
fn preview(digits: &str, form: &str) -> String {
    let mut digits = digits.chars();
    form.chars()
        .map(|place| match place {
            '_' => digits.next().unwrap_or('_'),
            other => other,
        })
        .collect()
}

fn keyboard_kind(keyboard: Keyboard) -> ui::KeyboardKind {
    match keyboard {
        Keyboard::Full => ui::KeyboardKind::Full,
        Keyboard::Latin => ui::KeyboardKind::Latin,
        Keyboard::Digits => ui::KeyboardKind::Digits,
        Keyboard::IdNumber => ui::KeyboardKind::IdNumber,
        Keyboard::Money => ui::KeyboardKind::Money,
        Keyboard::Zone => ui::KeyboardKind::Zone,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_line_of_a_passport_stands_under_the_first() {
        let first = format!("P<UTO{}", "<".repeat(39));
        assert_eq!(zone(&first), first);
        assert_eq!(zone(&format!("{first}L8")), format!("{first}\nL8"));
        let card = format!("I<UTO{}", "<".repeat(60));
        assert_eq!(zone(&card), card);
    }

    #[test]
    fn a_date_grows_digit_by_digit() {
        assert_eq!(preview("", DAY), "____-__-__");
        assert_eq!(preview("202611", DAY), "2026-11-__");
        assert_eq!(preview("202611239", DAY), "2026-11-23");
        assert_eq!(preview("20261", MONTH), "2026-1_");
    }
}
