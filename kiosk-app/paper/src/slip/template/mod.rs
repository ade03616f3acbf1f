//! Slips as data: which lines stand on a slip, in which order and words.
//!
//! ```toml
//! lines = [
//!     { heading = "{city}" },                          # a field
//!     { caption = "@slip.title" },                     # words of the translation files
//!     { note = { zh-Hans = "请妥善保管", en = "Keep it" } }, # words of one's own
//!     { mark = "copy" },                               # only on a reprint
//!     { row = ["@slip.name", "{name}"], when = "name" },
//!     { each = "matter" },                             # the lines below, once a matter
//! ]
//!
//! [each]
//! matter = [{ rule = "dashed" }, { qr = "{receipt}" }]
//! ```
//! A value that is missing never hides its line and never stops the slip: the gap is marked.
//! What should vanish with its field says so with `when`. A language that is made of another
//! ([`Derived`]) may be left out of words of one's own.

mod check;
mod fill;
mod line;
mod values;

use std::collections::BTreeMap;

pub use check::{Derived, List, TemplateError, Vocabulary};
pub use values::Values;

use line::Line;

/// Longest template in bytes.
pub const MAX_TEMPLATE: usize = 16 * 1024;
/// Most lines of a filled slip. Each takes more than five rows, so [`super::MAX_ROWS`] ends
/// the paper first.
pub const MAX_LINES: usize = 1000;

/// The lines of one kind of slip, checked against what the program can fill in.
#[derive(Clone, Debug)]
pub struct Template {
    lines: Vec<Line>,
    each: BTreeMap<String, Vec<Line>>,
}

/// A template as it is written.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    lines: Vec<Line>,
    #[serde(default)]
    each: BTreeMap<String, Vec<Line>>,
}

impl Template {
    /// Reads a template and checks that every field, list and word in it exists.
    ///
    /// # Errors
    /// [`TemplateError`] with the place and the reason.
    pub fn parse(text: &str, vocabulary: &Vocabulary<'_>) -> Result<Self, TemplateError> {
        if text.len() > MAX_TEMPLATE {
            return Err(TemplateError::TooLong { bytes: text.len() });
        }
        let File { lines, each } = toml::from_str(text).map_err(Box::new)?;
        let template = Self { lines, each };
        check::check(&template, vocabulary)?;
        Ok(template)
    }
}

#[cfg(test)]
mod tests;
