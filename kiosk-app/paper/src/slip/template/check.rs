//! Whether a template asks only for what the program has.

use thiserror::Error;

use super::line::{Kind, Line, Mark, Piece, Said, pieces};
use super::{MAX_TEMPLATE, Template};

/// What a kind of slip can say.
#[derive(Clone, Copy)]
pub struct Vocabulary<'a> {
    /// Fields of the slip.
    pub fields: &'a [&'a str],
    /// Lists of the slip, outer ones first.
    pub lists: &'a [List<'a>],
    /// Codes of the languages a slip is printed in.
    pub languages: &'a [&'a str],
    /// Languages that are made of another where a template has no words of its own in them.
    pub derived: &'a [Derived<'a>],
    /// The words of a key in a language; `None`: there is no such key.
    pub words: &'a dyn Fn(&str, &str) -> Option<String>,
    /// Whether the slip may be a reprint: the template must then have the mark.
    pub marks_copies: bool,
}

/// A language whose words can be made of another's.
#[derive(Clone, Copy, Debug)]
pub struct Derived<'a> {
    /// Its code.
    pub code: &'a str,
    /// The code of the other language.
    pub of: &'a str,
    /// Writes the other's words in it; braces and what is between them stay.
    pub write: fn(&str) -> String,
}

/// A list whose entries repeat lines.
#[derive(Clone, Copy, Debug)]
pub struct List<'a> {
    /// Its name after `each`.
    pub name: &'a str,
    /// The list whose entries it belongs to; `None`: the slip itself.
    pub inside: Option<&'a str>,
    /// Fields of one entry; those of the list it belongs to and of the slip are known too.
    pub fields: &'a [&'a str],
}

/// Why a template cannot be used.
#[derive(Debug, Error)]
pub enum TemplateError {
    /// More text than any slip needs.
    #[error("reading a slip template: {bytes} bytes, at most {MAX_TEMPLATE} are read")]
    TooLong {
        /// Bytes given.
        bytes: usize,
    },
    /// It is no TOML, or a line has no kind that exists; line and column are named.
    #[error("reading a slip template: {0}")]
    Syntax(#[from] Box<toml::de::Error>),
    /// A line asks for what there is not.
    #[error("reading a slip template: {block}, line {line}: {problem}")]
    Line {
        /// `lines`, or the list under `each`.
        block: String,
        /// Place in the block, from 1.
        line: usize,
        /// What is wrong.
        problem: Problem,
    },
    /// A slip that may be a reprint must say so on paper.
    #[error(
        "reading a slip template: lines: {{ mark = \"copy\" }} stands in it once, not {0} times"
    )]
    CopyMark(usize),
    /// Lines for a list that nothing repeats.
    #[error("reading a slip template: each.{0}: no list is called so")]
    UnknownBlock(String),
}

/// What is wrong with a line.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum Problem {
    /// No such field here.
    #[error("there is no field {{{0}}} here")]
    Field(String),
    /// No such list here.
    #[error("there is no list {0} here")]
    List(String),
    /// A list without lines.
    #[error("each.{0} is missing")]
    NoLines(String),
    /// No such key in the translation files.
    #[error("there are no words @{0}")]
    Words(String),
    /// Words of one's own that lack a language.
    #[error("the words in {0} are missing")]
    Language(String),
    /// A brace without its pair.
    #[error("a {{ is not closed")]
    Brace,
}

/// The fields and lists in reach of a block.
struct Reach<'a> {
    fields: Vec<&'a str>,
    lists: Vec<&'a str>,
}

pub(super) fn check(template: &Template, vocabulary: &Vocabulary<'_>) -> Result<(), TemplateError> {
    block(template, "lines", None, &template.lines, vocabulary)?;
    for (name, lines) in &template.each {
        if !vocabulary.lists.iter().any(|list| list.name == name) {
            return Err(TemplateError::UnknownBlock(name.clone()));
        }
        block(template, name, Some(name), lines, vocabulary)?;
    }
    let marks = |lines: &[Line]| {
        let mark = |line: &&Line| matches!(line.kind, Kind::Mark(Mark::Copy));
        lines.iter().filter(mark).count()
    };
    let unconditional = |line: &Line| {
        matches!(line.kind, Kind::Mark(_)) && line.when.is_none() && line.unless.is_none()
    };
    let all = marks(&template.lines) + template.each.values().map(|it| marks(it)).sum::<usize>();
    let sure = template.lines.iter().any(unconditional);
    let right = if vocabulary.marks_copies {
        all == 1 && sure
    } else {
        all == 0
    };
    if right {
        Ok(())
    } else {
        Err(TemplateError::CopyMark(all))
    }
}

fn block(
    template: &Template,
    name: &str,
    list: Option<&str>,
    lines: &[Line],
    vocabulary: &Vocabulary<'_>,
) -> Result<(), TemplateError> {
    let reach = reach(list, vocabulary);
    for (index, line) in lines.iter().enumerate() {
        check_line(template, line, &reach, vocabulary).map_err(|problem| TemplateError::Line {
            block: name.to_owned(),
            line: index + 1,
            problem,
        })?;
    }
    Ok(())
}

/// What the lines of `list` (`None`: of the slip) may name.
fn reach<'a>(list: Option<&str>, vocabulary: &Vocabulary<'a>) -> Reach<'a> {
    let mut fields = vocabulary.fields.to_vec();
    let mut at = list;
    // Inner lists stand behind their outer ones, so that this walk ends.
    for outer in vocabulary.lists.iter().rev() {
        if at == Some(outer.name) {
            fields.extend(outer.fields);
            at = outer.inside;
        }
    }
    let inside = |inner: &&List<'a>| inner.inside == list;
    let lists = vocabulary.lists.iter().filter(inside);
    Reach {
        fields,
        lists: lists.map(|inner| inner.name).collect(),
    }
}

fn check_line(
    template: &Template,
    line: &Line,
    reach: &Reach<'_>,
    vocabulary: &Vocabulary<'_>,
) -> Result<(), Problem> {
    for name in [&line.when, &line.unless].into_iter().flatten() {
        if !reach.fields.contains(&name.as_str()) && !reach.lists.contains(&name.as_str()) {
            return Err(Problem::Field(name.clone()));
        }
    }
    if let Kind::Each(list) = &line.kind {
        if !reach.lists.contains(&list.as_str()) {
            return Err(Problem::List(list.clone()));
        }
        if !template.each.contains_key(list) {
            return Err(Problem::NoLines(list.clone()));
        }
    }
    line.kind
        .said()
        .into_iter()
        .try_for_each(|said| check_said(said, reach, vocabulary))
}

fn check_said(said: &Said, reach: &Reach<'_>, vocabulary: &Vocabulary<'_>) -> Result<(), Problem> {
    for language in vocabulary.languages {
        let text = super::fill::words(said, language, vocabulary)?;
        for piece in pieces(&text).ok_or(Problem::Brace)? {
            match piece {
                Piece::Field(field) if !reach.fields.contains(&field) => {
                    return Err(Problem::Field(field.to_owned()));
                }
                Piece::Field(_) | Piece::Words(_) => {}
            }
        }
    }
    Ok(())
}
