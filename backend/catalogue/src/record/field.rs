//! One question of a form with its rules, as data.

use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};
use serde_json::Number;

use super::{Checksum, FieldType, Lang, Text};

/// Most characters of a pattern.
const PATTERN_CHARS: usize = 500;
/// Most bytes a compiled pattern may take.
const PATTERN_BYTES: usize = 4 << 20;

/// A question, or a column of a table. An absent rule does not apply.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Field {
    /// Name, unique in its form.
    pub name: String,
    /// What is asked.
    pub label: Text,
    /// Type.
    #[serde(rename = "type")]
    pub field_type: FieldType,
    /// Whether an answer is needed while the question is visible.
    pub required: bool,
    /// Where its first value comes from, for example `idcard.name`; see [`Field::prefill`].
    #[serde(default, rename = "prefill", skip_serializing_if = "Option::is_none")]
    pub prefill_source: Option<String>,
    /// The applicant cannot type over the first value, only dispute it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub readonly: Option<bool>,
    /// Masked on screen, paper and in logs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sensitive: Option<bool>,
    /// Fewest characters (code points).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_length: Option<u32>,
    /// Most characters (code points).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u32>,
    /// What typed text must match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<Pattern>,
    /// Check digit rule of typed text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checksum: Option<Checksum>,
    /// Character repertoire the field must keep (3 is the whole of GB 18030-2022).
    #[serde(
        default,
        rename = "gb18030Level",
        skip_serializing_if = "Option::is_none"
    )]
    pub gb18030_level: Option<u8>,
    /// Smallest number, month or day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<Bound>,
    /// Largest number, month or day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<Bound>,
    /// Whole numbers only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integer: Option<bool>,
    /// The number is a multiple of this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Number>,
    /// What can be chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<Vec<Choice>>,
    /// Source of what can be chosen, for example `/api/hospitals`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dynamic_options: Option<String>,
    /// Fewest chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_items: Option<u32>,
    /// Most chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_items: Option<u32>,
    /// Division the answer must lie in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region_root: Option<String>,
    /// Not before today (or this month).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_today: Option<bool>,
    /// Not after today (or this month).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_today: Option<bool>,
    /// Not more than this many days after today.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_days_ahead: Option<u16>,
    /// Not longer ago than this many months.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within_months: Option<u16>,
    /// At least this many days ago.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_age_days: Option<u16>,
    /// A working day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workday_only: Option<bool>,
    /// Not before the answer of this field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gte_field: Option<String>,
    /// Asked only under this condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visible_if: Option<VisibleIf>,
    /// The citizen number is of somebody under 14.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minor_under14: Option<bool>,
    /// Only yes lets the applicant go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub must_be_true: Option<bool>,
    /// A consent that is asked on its own and never ticked beforehand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub single_consent: Option<bool>,
    /// Media types of a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accept: Option<Vec<String>>,
    /// Most megabytes (10^6 bytes) of a file.
    #[serde(default, rename = "maxSizeMB", skip_serializing_if = "Option::is_none")]
    pub max_size_mb: Option<u32>,
    /// Exact size of a picture, `WIDTHxHEIGHT`; see [`Field::pixels`].
    #[serde(default, rename = "pixels", skip_serializing_if = "Option::is_none")]
    pub pixel_size: Option<String>,
    /// Fewest rows of a table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_rows: Option<u32>,
    /// Most rows of a table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_rows: Option<u32>,
    /// Columns of a table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub columns: Option<Vec<Field>>,
}

impl Field {
    /// Where the first value comes from; `None` where the resident types it.
    #[must_use]
    pub fn prefill(&self) -> Option<Prefill> {
        self.prefill_source.as_deref().and_then(Prefill::parse)
    }

    /// Whether the answer is masked on screen, paper and in logs.
    #[must_use]
    pub fn is_sensitive(&self) -> bool {
        self.sensitive == Some(true)
    }

    /// Whether a screen shows the answer masked until asked: a sensitive one, a document number,
    /// and a table with such a column.
    #[must_use]
    pub fn is_masked(&self) -> bool {
        self.is_sensitive()
            || self.field_type == FieldType::IdNumber
            || self.columns().iter().any(Self::is_masked)
    }

    /// Whether the resident can only confirm or dispute the first value.
    #[must_use]
    pub fn is_readonly(&self) -> bool {
        self.readonly == Some(true)
    }

    /// Width and height a picture must have, in pixels; `None` where it does not matter.
    #[must_use]
    pub fn pixels(&self) -> Option<(u32, u32)> {
        let (width, height) = self.pixel_size.as_deref()?.split_once('x')?;
        Some((width.parse().ok()?, height.parse().ok()?))
    }

    /// The listed choices; empty where the field has none or they come from a service.
    #[must_use]
    pub fn choices(&self) -> &[Choice] {
        self.options.as_deref().unwrap_or_default()
    }

    /// The columns of a table; empty for other types.
    #[must_use]
    pub fn columns(&self) -> &[Field] {
        self.columns.as_deref().unwrap_or_default()
    }
}

/// One thing that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What is stored.
    pub value: String,
    /// Chinese label.
    pub zh: String,
    /// English label.
    pub en: String,
}

impl Choice {
    /// The label in `lang`.
    #[must_use]
    pub fn label(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

/// A question is asked only while another has this answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisibleIf {
    /// The other question; it stands earlier in the form.
    pub field: String,
    /// Its answer; `true` or `false` for yes and no.
    pub equals: String,
}

/// A bound of numbers, or of months and days written `YYYY-MM` and `YYYY-MM-DD`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Bound {
    /// A number.
    Number(Number),
    /// A month or a day.
    Day(String),
}

impl std::fmt::Display for Bound {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => number.fmt(to),
            Self::Day(day) => to.write_str(day),
        }
    }
}

/// Where the first value of a field comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prefill {
    /// The chip of the identity document.
    IdCard(CardField),
    /// A data set of the city, by its short name, for example `sscard.account`.
    Share(String),
}

impl Prefill {
    /// Reads `idcard.FIELD` or `share.NAME`; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once('.')? {
            ("idcard", field) => CardField::parse(field).map(Self::IdCard),
            ("share", name) if !name.is_empty() => Some(Self::Share(name.to_owned())),
            _ => None,
        }
    }
}

/// A fact on the chip of an identity document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardField {
    /// Name of the holder.
    Name,
    /// Number of the document's holder.
    Number,
    /// Address as one text.
    Address,
    /// Date of birth.
    BirthDate,
    /// Sex.
    Sex,
    /// Ethnicity.
    Ethnicity,
}

impl CardField {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "name" => Self::Name,
            "number" => Self::Number,
            "address" => Self::Address,
            "birthDate" => Self::BirthDate,
            "sex" => Self::Sex,
            "ethnicity" => Self::Ethnicity,
            _ => return None,
        })
    }
}

/// A regular expression, compiled once and bounded in size.
///
/// Catalogues are written for web pages too, so `\d` means the ten ASCII digits here.
#[derive(Clone, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Pattern {
    text: String,
    compiled: OnceLock<Option<Regex>>,
}

/// Why a pattern cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// Too many characters.
    #[error("pattern has more than {PATTERN_CHARS} characters")]
    TooLong,
    /// Not a regular expression, or too large when compiled.
    #[error("pattern does not compile: {0}")]
    Invalid(String),
}

impl Pattern {
    /// The pattern as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether `text` matches. A pattern that does not compile matches nothing; the loader refuses it.
    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        let compiled = self.compiled.get_or_init(|| Self::compile(&self.text).ok());
        compiled.as_ref().is_some_and(|regex| regex.is_match(text))
    }

    /// Shares `regex`, compiled from the same text, with this pattern.
    pub(crate) fn share(&self, regex: Regex) {
        // A pattern that was already used keeps its own: both mean the same.
        let _ = self.compiled.set(Some(regex));
    }

    /// Compiles `text` within the size limits.
    ///
    /// # Errors
    /// [`PatternError`] when it is too long, not a regular expression, or too large compiled.
    pub(crate) fn compile(text: &str) -> Result<Regex, PatternError> {
        if text.chars().count() > PATTERN_CHARS {
            return Err(PatternError::TooLong);
        }
        RegexBuilder::new(&ascii_digits(text))
            .size_limit(PATTERN_BYTES)
            .nest_limit(20)
            .build()
            .map_err(|error| PatternError::Invalid(error.to_string()))
    }
}

/// Replaces the class `\d` by `[0-9]`, which is right inside brackets too.
fn ascii_digits(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut escaped = false;
    for c in text.chars() {
        match (escaped, c) {
            (true, 'd') => out.push_str("[0-9]"),
            (true, other) => out.extend(['\\', other]),
            (false, '\\') => {}
            (false, other) => out.push(other),
        }
        escaped = !escaped && c == '\\';
    }
    if escaped {
        out.push('\\');
    }
    out
}

impl From<String> for Pattern {
    fn from(text: String) -> Self {
        Self {
            text,
            compiled: OnceLock::new(),
        }
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> Self {
        pattern.text
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl std::fmt::Debug for Pattern {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "Pattern({:?})", self.text)
    }
}
