//! What can be wrong with an answer, as data: the words are the translations' business.

use serde::{Deserialize, Serialize};

use crate::record::Checksum;

/// What is wrong with one answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "problem", rename_all = "camelCase")]
pub enum Problem {
    /// An answer is needed.
    Required,
    /// A read-only field is filled from the card, and the card does not say it.
    NotOnCard,
    /// The form has no such field.
    UnknownField,
    /// The field is not asked under the other answers.
    NotAsked,
    /// The resident cannot type over this value, only dispute it.
    ReadOnly,
    /// The value is of another type than the field.
    WrongKind,
    /// Fewer characters than this.
    TooShort {
        /// Fewest.
        min: u32,
    },
    /// More characters than this.
    TooLong {
        /// Most.
        max: u32,
    },
    /// Not of the form asked for.
    Pattern,
    /// A character that is none of a language: control, private use, replacement.
    Character {
        /// Code point, as `U+E000`.
        code: String,
    },
    /// The check digit rule fails: a slip of the finger.
    Checksum {
        /// The rule.
        rule: Checksum,
    },
    /// The birth date inside the number does not exist or is in the future.
    BirthDate,
    /// The number is not of somebody under 14.
    NotUnder14,
    /// Not a number.
    NotNumber,
    /// Smaller than this.
    BelowMin {
        /// Smallest, as in the catalogue.
        min: String,
    },
    /// Larger than this.
    AboveMax {
        /// Largest, as in the catalogue.
        max: String,
    },
    /// Not a whole number.
    NotInteger,
    /// More than two decimals of money.
    NotCents,
    /// Not a multiple of this.
    NotStep {
        /// The step, as in the catalogue.
        step: String,
    },
    /// After today.
    InFuture,
    /// Before today.
    InPast,
    /// Too many days ahead.
    TooFarAhead {
        /// Most days.
        days: u16,
    },
    /// Longer ago than this.
    TooLongAgo {
        /// Most months.
        months: u16,
    },
    /// Not yet this long ago.
    TooRecent {
        /// Fewest days.
        days: u16,
    },
    /// Not a working day.
    NotWorkday,
    /// Before the answer of this field.
    BeforeField {
        /// The other field.
        field: String,
    },
    /// Not one of the choices.
    NotOffered,
    /// The list of choices is not at hand.
    OptionsUnavailable,
    /// Fewer choices than this.
    TooFewItems {
        /// Fewest.
        min: u32,
    },
    /// More choices than this.
    TooManyItems {
        /// Most.
        max: u32,
    },
    /// One choice twice.
    ItemTwice,
    /// Fewer rows than this.
    TooFewRows {
        /// Fewest.
        min: u32,
    },
    /// More rows than this.
    TooManyRows {
        /// Most.
        max: u32,
    },
    /// A cell of a table is wrong.
    Cell {
        /// Row, from 0.
        row: usize,
        /// Name of the column.
        column: String,
        /// What is wrong with it.
        inner: Box<Problem>,
    },
    /// No such division.
    UnknownRegion,
    /// Not inside this division.
    RegionOutside {
        /// Code of the division it must lie in.
        root: String,
    },
    /// The rest of the address is missing.
    NoAddressDetail,
    /// Only yes lets the applicant go on.
    MustBeTrue,
    /// Not one of these media types.
    FileType {
        /// Media types taken.
        accept: Vec<String>,
    },
    /// Larger than this.
    FileTooLarge {
        /// Most megabytes.
        max_mb: u32,
    },
    /// Not exactly this size.
    FilePixels {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
}

impl Problem {
    /// Name for the translations, for example `too-short`.
    #[must_use]
    pub fn key(&self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::NotOnCard => "not-on-card",
            Self::UnknownField => "unknown-field",
            Self::NotAsked => "not-asked",
            Self::ReadOnly => "read-only",
            Self::WrongKind => "wrong-kind",
            Self::TooShort { .. } => "too-short",
            Self::TooLong { .. } => "too-long",
            Self::Pattern => "pattern",
            Self::Character { .. } => "character",
            Self::Checksum { .. } => "checksum",
            Self::BirthDate => "birth-date",
            Self::NotUnder14 => "not-under-14",
            Self::NotNumber => "not-number",
            Self::BelowMin { .. } => "below-min",
            Self::AboveMax { .. } => "above-max",
            Self::NotInteger => "not-integer",
            Self::NotCents => "not-cents",
            Self::NotStep { .. } => "not-step",
            Self::InFuture => "in-future",
            Self::InPast => "in-past",
            Self::TooFarAhead { .. } => "too-far-ahead",
            Self::TooLongAgo { .. } => "too-long-ago",
            Self::TooRecent { .. } => "too-recent",
            Self::NotWorkday => "not-workday",
            Self::BeforeField { .. } => "before-field",
            Self::NotOffered => "not-offered",
            Self::OptionsUnavailable => "options-unavailable",
            Self::TooFewItems { .. } => "too-few-items",
            Self::TooManyItems { .. } => "too-many-items",
            Self::ItemTwice => "item-twice",
            Self::TooFewRows { .. } => "too-few-rows",
            Self::TooManyRows { .. } => "too-many-rows",
            Self::Cell { inner, .. } => inner.key(),
            Self::UnknownRegion => "unknown-region",
            Self::RegionOutside { .. } => "region-outside",
            Self::NoAddressDetail => "no-address-detail",
            Self::MustBeTrue => "must-be-true",
            Self::FileType { .. } => "file-type",
            Self::FileTooLarge { .. } => "file-too-large",
            Self::FilePixels { .. } => "file-pixels",
        }
    }
}

/// A problem and where it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldProblem {
    /// Name of the field.
    pub field: String,
    /// Row of a table, from 0; `None` for the field itself.
    pub row: Option<usize>,
    /// Column of a table; `None` for the field itself.
    pub column: Option<String>,
    /// What is wrong.
    pub problem: Problem,
}

/// Something the officer should know about an accepted answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flag {
    /// Name of the field.
    pub field: String,
    /// What it is.
    pub kind: FlagKind,
}

/// What the officer should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "flag", rename_all = "camelCase")]
pub enum FlagKind {
    /// A value of a chip or register would not have been taken from the keyboard.
    Exempt {
        /// Why not.
        problem: Problem,
    },
    /// The resident disputes a value of a chip or register.
    Disputed,
    /// A read-only value of a register was not at hand; the city fills it in.
    AwaitsRegister,
}
