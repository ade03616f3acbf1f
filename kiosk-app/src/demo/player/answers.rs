//! The answer a script has for the question on the screen, as the next touch.

use std::collections::{BTreeMap, BTreeSet};

use kiosk_core::Touch;
use kiosk_core::screen::{Ask, OptionShown, QuestionPage, Turn};

use super::super::script::Answer;
use super::{Fault, expected, offer};

/// The script's answers and where in them the walk is.
pub(super) struct Asked<'s> {
    answers: &'s BTreeMap<String, Answer>,
    /// The row of a table being filled: its cells.
    row: Option<&'s BTreeMap<String, Answer>>,
    /// The question that stood there last and the choices seen of it.
    label: String,
    choices: BTreeSet<String>,
}

impl<'s> Asked<'s> {
    pub(super) fn new(answers: &'s BTreeMap<String, Answer>) -> Self {
        Self {
            answers,
            row: None,
            label: String::new(),
            choices: BTreeSet::new(),
        }
    }

    /// The next touch on this question.
    pub(super) fn answer(&mut self, page: &QuestionPage) -> Result<Touch, Fault> {
        if page.problem.is_some() {
            return Err(expected("an answer that is taken"));
        }
        if matches!(page.ask, Ask::Rows { .. }) {
            self.row = None;
        }
        if self.label != page.label.zh {
            self.label.clone_from(&page.label.zh);
            self.choices.clear();
        }
        let Some(answer) = self.row.unwrap_or(self.answers).get(&page.label.zh) else {
            return if page.optional {
                Ok(Touch::Skip)
            } else {
                Err(expected(format!("the script to answer {}", page.label.zh)))
            };
        };
        self.touch(&page.ask, answer)
            .ok_or_else(|| expected(format!("another kind of answer to {}", page.label.zh)))?
    }

    /// `None` when the question cannot be answered so.
    fn touch(&mut self, ask: &Ask, answer: &'s Answer) -> Option<Result<Touch, Fault>> {
        let touch = match (ask, answer) {
            (Ask::Text { text, .. }, Answer::Text(wanted)) => type_text(text, wanted),
            (Ask::Text { text, .. }, Answer::Number(wanted)) => {
                type_text(text, &wanted.to_string())
            }
            (Ask::Text { text, .. }, Answer::Place(place)) => type_text(text, &place.detail),
            (Ask::Date { digits, .. }, Answer::Text(wanted)) => {
                let wanted: String = wanted.chars().filter(char::is_ascii_digit).collect();
                type_text(digits, &wanted)
            }
            (Ask::YesNo { answer }, Answer::Flag(wanted)) if *answer == Some(*wanted) => {
                Touch::Next
            }
            (Ask::YesNo { .. }, Answer::Flag(wanted)) => Touch::Pick(usize::from(!*wanted)),
            (Ask::Statement { on }, Answer::Flag(wanted)) if on == wanted => Touch::Next,
            (Ask::Statement { .. }, Answer::Flag(_)) => Touch::Toggle(0),
            (Ask::Choice { options, turn }, Answer::Text(wanted)) => {
                return Some(choose_one(options, *turn, wanted));
            }
            (Ask::Choices { options, turn }, Answer::Names(wanted)) => {
                return Some(self.choose_several(options, *turn, wanted));
            }
            (
                Ask::Region {
                    path,
                    options,
                    turn,
                },
                Answer::Names(wanted),
            ) => return Some(region(path.len(), options, *turn, wanted)),
            (
                Ask::Region {
                    path,
                    options,
                    turn,
                },
                Answer::Place(place),
            ) => return Some(region(path.len(), options, *turn, &place.region)),
            (Ask::Rows { rows, .. }, Answer::Rows(wanted)) => match wanted.get(rows.len()) {
                Some(row) => {
                    self.row = Some(row);
                    Touch::AddRow
                }
                None => Touch::Next,
            },
            (_, _) => return None,
        };
        Some(Ok(touch))
    }

    /// All wanted choices of this list page, then the next one; every name must have been seen.
    fn choose_several(
        &mut self,
        options: &[OptionShown],
        turn: Turn,
        wanted: &[String],
    ) -> Result<Touch, Fault> {
        self.choices
            .extend(options.iter().map(|option| option.name.zh.clone()));
        let next = options
            .iter()
            .position(|option| option.on != wanted.contains(&option.name.zh));
        if let Some(place) = next {
            return Ok(Touch::Toggle(place));
        }
        if let Some(touch) = offer::onward(turn) {
            return Ok(touch);
        }
        match wanted.iter().find(|name| !self.choices.contains(*name)) {
            Some(name) => Err(expected(format!("the choice {name}"))),
            None => Ok(Touch::Next),
        }
    }
}

/// Types into an empty field, clears another text, goes on with the right one.
fn type_text(text: &str, wanted: &str) -> Touch {
    if text == wanted {
        Touch::Next
    } else if text.is_empty() {
        Touch::Type(wanted.to_owned())
    } else {
        Touch::ClearText
    }
}

fn choose_one(options: &[OptionShown], turn: Turn, wanted: &str) -> Result<Touch, Fault> {
    match options.iter().position(|option| option.name.zh == wanted) {
        Some(place) if options.get(place).is_some_and(|option| option.on) => Ok(Touch::Next),
        Some(place) => Ok(Touch::Pick(place)),
        None => offer::onward(turn).ok_or_else(|| expected(format!("the choice {wanted}"))),
    }
}

/// The region of the next level; `depth` levels were picked.
fn region(
    depth: usize,
    options: &[OptionShown],
    turn: Turn,
    wanted: &[String],
) -> Result<Touch, Fault> {
    let Some(wanted) = wanted.get(depth) else {
        return Ok(Touch::Next);
    };
    match options.iter().position(|option| option.name.zh == *wanted) {
        Some(place) => Ok(Touch::Pick(place)),
        None => offer::onward(turn).ok_or_else(|| expected(format!("the region {wanted}"))),
    }
}
