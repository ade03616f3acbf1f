//! What a rule found on a page.

use std::fmt;

use super::scene::{Element, Words};

/// The rules, each with the word it is printed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// A page that no screen of the audit shows.
    Page,
    /// Height and width of what is touched.
    Size,
    /// Between two that are touched.
    Distance,
    /// Contrast of text as the markup says.
    Contrast,
    /// Contrast of text as it was drawn.
    Pixels,
    /// Text that is cut off or leaves its box.
    Cut,
    /// Text on text, or on something else.
    Overlap,
    /// More than fits, and no button that shows the rest.
    Rest,
    /// A character that no embedded font has.
    Glyph,
    /// What is touched or shown without a label.
    Label,
    /// What is touched without a fitting role.
    Role,
    /// The order of the keyboard's focus, and what it does not reach.
    Focus,
    /// A number of a person that is not masked.
    Private,
    /// Words of another language, or a key in their place.
    Words,
    /// Touches from the start page to a guide.
    Taps,
}

impl Rule {
    /// All.
    pub const ALL: [Self; 15] = [
        Self::Page,
        Self::Size,
        Self::Distance,
        Self::Contrast,
        Self::Pixels,
        Self::Cut,
        Self::Overlap,
        Self::Rest,
        Self::Glyph,
        Self::Label,
        Self::Role,
        Self::Focus,
        Self::Private,
        Self::Words,
        Self::Taps,
    ];
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Page => "page",
            Self::Size => "size",
            Self::Distance => "distance",
            Self::Contrast => "contrast",
            Self::Pixels => "pixels",
            Self::Cut => "cut",
            Self::Overlap => "overlap",
            Self::Rest => "rest",
            Self::Glyph => "glyph",
            Self::Label => "label",
            Self::Role => "role",
            Self::Focus => "focus",
            Self::Private => "private",
            Self::Words => "words",
            Self::Taps => "taps",
        })
    }
}

/// One finding on one screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) rule: Rule,
    pub(super) element: String,
    pub(super) measured: String,
    pub(super) bar: String,
}

impl Found {
    pub(super) fn new(
        rule: Rule,
        element: impl fmt::Display,
        measured: impl fmt::Display,
        bar: impl fmt::Display,
    ) -> Self {
        Self {
            rule,
            element: element.to_string(),
            measured: measured.to_string(),
            bar: bar.to_string(),
        }
    }
}

/// So many characters of a text name it.
const NAMED: usize = 24;

/// The beginning of a text; digits are left out, for they may be a person's.
fn named(text: &str) -> String {
    let plain = text
        .chars()
        .map(|c| if c.is_ascii_digit() { '#' } else { c })
        .map(|c| if c.is_control() { ' ' } else { c });
    let mut name: String = plain.clone().take(NAMED).collect();
    if plain.count() > NAMED {
        name.push('…');
    }
    name
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "text \"{}\"", named(&self.text))
    }
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} \"{}\"", self.role, named(&self.label))
    }
}
