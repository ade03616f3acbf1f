//! Values and answers. They hold a person's data: they print as `[redacted]` and zero themselves.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

/// A month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Month {
    /// Year.
    pub year: i16,
    /// Month, 1 to 12.
    pub month: i8,
}

impl Month {
    /// Reads `YYYY-MM`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if year.len() != 4 || month.len() != 2 || !digits(year) || !digits(month) {
            return None;
        }
        let month = Self {
            year: year.parse().ok()?,
            month: month.parse().ok()?,
        };
        month.is_real().then_some(month)
    }

    /// The month `day` lies in.
    #[must_use]
    pub fn of(day: Date) -> Self {
        Self {
            year: day.year(),
            month: day.month(),
        }
    }

    /// Whether there is such a month between the years 1 and 9999.
    #[must_use]
    pub fn is_real(self) -> bool {
        (1..=9999).contains(&self.year) && (1..=12).contains(&self.month)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{:04}-{:02}", self.year, self.month)
    }
}

/// Pages scanned for a file field. The pictures themselves are kept elsewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Scanned {
    /// Number of pages.
    pub pages: u16,
    /// Media type, where known, for example `image/jpeg`.
    pub media_type: Option<String>,
    /// Bytes of all pages, where known.
    pub bytes: Option<u64>,
    /// Width and height of the first page in pixels, where known.
    pub pixels: Option<(u32, u32)>,
}

/// An answer's value.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "camelCase")]
pub enum Value {
    /// Text, and every number that is no quantity (identity numbers, telephone, bank card …).
    Text(String),
    /// A decimal number as typed, ASCII digits and a point.
    Number(String),
    /// Yes or no.
    Flag(bool),
    /// The value of one choice.
    Choice(String),
    /// The values of several choices.
    Choices(Vec<String>),
    /// A day.
    Date(Date),
    /// A month.
    Month(Month),
    /// Code of a division.
    Region(String),
    /// A division and the rest of the address. A card's address may have an empty division.
    Address {
        /// Code of the division; empty where a card's address names none that is known.
        region: String,
        /// The rest.
        detail: String,
    },
    /// Rows of a table: value by column name.
    Rows(Vec<BTreeMap<String, Value>>),
    /// Scanned pages.
    Files(Scanned),
    /// The applicant signed.
    Signed,
}

impl Value {
    /// The value as one text, where it is one: text, number, choice, division code, yes and no.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Number(text) | Self::Choice(text) | Self::Region(text) => {
                Some(text)
            }
            Self::Flag(true) => Some("true"),
            Self::Flag(false) => Some("false"),
            Self::Choices(_)
            | Self::Date(_)
            | Self::Month(_)
            | Self::Address { .. }
            | Self::Rows(_)
            | Self::Files(_)
            | Self::Signed => None,
        }
    }

    /// Whether nothing was entered: blank text, no choice, no page.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Text(text) | Self::Number(text) | Self::Choice(text) | Self::Region(text) => {
                text.trim().is_empty()
            }
            Self::Choices(list) => list.is_empty(),
            Self::Address { region, detail } => region.is_empty() && detail.trim().is_empty(),
            Self::Files(scanned) => scanned.pages == 0,
            Self::Flag(_) | Self::Date(_) | Self::Month(_) | Self::Rows(_) | Self::Signed => false,
        }
    }
}

impl Zeroize for Value {
    fn zeroize(&mut self) {
        match self {
            Self::Text(text) | Self::Number(text) | Self::Choice(text) | Self::Region(text) => {
                text.zeroize();
            }
            Self::Flag(flag) => *flag = false,
            Self::Choices(list) => list.zeroize(),
            Self::Date(date) => *date = Date::ZERO,
            Self::Month(month) => *month = Month { year: 0, month: 0 },
            Self::Address { region, detail } => {
                region.zeroize();
                detail.zeroize();
            }
            Self::Rows(rows) => {
                for cell in rows.iter_mut().flat_map(BTreeMap::values_mut) {
                    cell.zeroize();
                }
                rows.clear();
            }
            Self::Files(scanned) => *scanned = Scanned::default(),
            Self::Signed => {}
        }
    }
}

impl Drop for Value {
    fn drop(&mut self) {
        self.zeroize();
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("[redacted]")
    }
}

/// Where a value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Source {
    /// The resident typed or chose it.
    Typed,
    /// The chip of the identity document.
    Card,
    /// A data set of the city.
    Register,
}

/// A value, its source, and whether the resident says that it is wrong.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The value.
    pub value: Value,
    /// Where it came from.
    pub source: Source,
    /// The resident disputes a value of a chip or register (数据异议); the case goes on.
    #[serde(default)]
    pub disputed: bool,
}

impl Answer {
    /// A value the resident typed or chose.
    #[must_use]
    pub fn typed(value: Value) -> Self {
        Self::from_source(value, Source::Typed)
    }

    /// A value of `source`, not disputed.
    #[must_use]
    pub fn from_source(value: Value, source: Source) -> Self {
        Self {
            value,
            source,
            disputed: false,
        }
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("[redacted]")
    }
}

/// The answers of one application by field name. Zeroes itself on drop.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Answers(BTreeMap<String, Answer>);

impl Answers {
    /// No answers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The answer to `field`.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<&Answer> {
        self.0.get(field)
    }

    /// The value of the answer to `field`.
    #[must_use]
    pub fn value(&self, field: &str) -> Option<&Value> {
        self.get(field).map(|answer| &answer.value)
    }

    /// Sets the answer to `field`; the one before is zeroed.
    pub fn set(&mut self, field: impl Into<String>, answer: Answer) {
        self.0.insert(field.into(), answer);
    }

    /// Forgets the answer to `field`; true when there was one.
    pub fn remove(&mut self, field: &str) -> bool {
        self.0.remove(field).is_some()
    }

    /// Forgets everything that is not asked any more.
    pub fn retain(&mut self, mut keep: impl FnMut(&str) -> bool) {
        self.0.retain(|field, _| keep(field));
    }

    /// Marks the answer to `field` as disputed or not; false when there is none from a chip or register.
    pub fn dispute(&mut self, field: &str, disputed: bool) -> bool {
        let answer = self.0.get_mut(field);
        let Some(answer) = answer.filter(|answer| answer.source != Source::Typed) else {
            return false;
        };
        answer.disputed = disputed;
        true
    }

    /// Answers by field name, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Answer)> {
        self.0
            .iter()
            .map(|(field, answer)| (field.as_str(), answer))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Zeroize for Answers {
    fn zeroize(&mut self) {
        // Every value zeroes itself when it is dropped.
        self.0.clear();
    }
}

impl fmt::Debug for Answers {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("[redacted]")
    }
}
