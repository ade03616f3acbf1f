//! What the evaluator must know beside the answers.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Answers;
use crate::clock::Calendar;
use crate::record::{Choice, Field, Lang};
use crate::regions::Regions;

/// How words of the catalogue are written; what a person typed never passes through it.
pub type Script = fn(&str) -> Cow<'_, str>;

/// The [`Script`] of the catalogue itself.
#[must_use]
pub fn as_published(words: &str) -> Cow<'_, str> {
    Cow::Borrowed(words)
}

/// Facts of the day and the city.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Today in the city's time zone.
    pub today: Date,
    /// Working days.
    pub calendar: &'a Calendar,
    /// What can be chosen where a service says so.
    pub options: &'a DynamicOptions,
    /// Divisions.
    pub regions: &'a Regions,
    /// How labels and names of divisions are written when answers are shown.
    pub script: Script,
}

impl Context<'_> {
    /// The same facts, words of the catalogue written in `script`.
    #[must_use]
    pub fn written(self, script: Script) -> Self {
        Self { script, ..self }
    }

    /// What can be chosen for `field` now; `None` where the list is not at hand.
    #[must_use]
    pub fn choices(&self, field: &Field, answers: &Answers) -> Option<Vec<Choice>> {
        match &field.dynamic_options {
            Some(source) => self.options.choices(source, answers),
            None => Some(field.choices().to_vec()),
        }
    }
}

/// Choices by source, as services give them: `{"/api/hospitals": [{value, zh, en, when}]}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DynamicOptions(BTreeMap<String, Vec<DynamicChoice>>);

/// One choice of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DynamicChoice {
    /// What is stored.
    pub value: String,
    /// Chinese label.
    pub zh: String,
    /// English label.
    pub en: String,
    /// Answers of other fields under which it is offered; empty is always.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub when: BTreeMap<String, String>,
}

impl DynamicOptions {
    /// Sets the choices of `source`.
    pub fn set(&mut self, source: impl Into<String>, choices: Vec<DynamicChoice>) {
        self.0.insert(source.into(), choices);
    }

    /// What `source` offers after `answers`; `None` for a source that is not at hand.
    #[must_use]
    pub fn choices(&self, source: &str, answers: &Answers) -> Option<Vec<Choice>> {
        let given = |field: &str| answers.value(field).and_then(|value| value.as_text());
        let offered = |choice: &&DynamicChoice| {
            let mut conditions = choice.when.iter();
            conditions.all(|(field, equals)| given(field) == Some(equals))
        };
        let list = self.0.get(source)?;
        let plain = |choice: &DynamicChoice| Choice {
            value: choice.value.clone(),
            zh: choice.zh.clone(),
            en: choice.en.clone(),
        };
        Some(list.iter().filter(offered).map(plain).collect())
    }

    /// The label of a value of `source`, whether it is offered now or not.
    #[must_use]
    pub fn label(&self, source: &str, value: &str, lang: Lang) -> Option<&str> {
        let choice = self
            .0
            .get(source)?
            .iter()
            .find(|choice| choice.value == value)?;
        Some(match lang {
            Lang::Zh => &choice.zh,
            Lang::En => &choice.en,
        })
    }
}
