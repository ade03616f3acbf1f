//! One line of a template as it is written, exactly one kind in each.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A line and when it prints.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Written")]
pub(super) struct Line {
    pub(super) kind: Kind,
    /// Prints only when this field is known or this list has an entry.
    pub(super) when: Option<String>,
    /// Prints only when this field is unknown or this list is empty.
    pub(super) unless: Option<String>,
}

/// What a line is.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    Heading(Said),
    Caption(Said),
    Paragraph(Said),
    Notice(Said),
    Note(Said),
    Qr(Said),
    Row(Said, Said),
    Number(Said, Said),
    Rule(Rule),
    Mark(Mark),
    Each(String),
}

/// A text: `@key`, words with `{fields}`, or such words by language.
#[derive(Clone, Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "a text is \"@key\", \"words {field}\" or { language = \"words\" }"
)]
pub(super) enum Said {
    One(String),
    ByLanguage(BTreeMap<String, String>),
}

/// A line across.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Rule {
    Thin,
    Dashed,
}

/// A mark that only some slips carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Mark {
    /// 副本 COPY n, on a reprint.
    Copy,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    heading: Option<Said>,
    caption: Option<Said>,
    paragraph: Option<Said>,
    notice: Option<Said>,
    note: Option<Said>,
    qr: Option<Said>,
    row: Option<(Said, Said)>,
    number: Option<(Said, Said)>,
    rule: Option<Rule>,
    mark: Option<Mark>,
    each: Option<String>,
    when: Option<String>,
    unless: Option<String>,
}

impl TryFrom<Written> for Line {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        let pair = |make: fn(Said, Said) -> Kind, said: Option<(Said, Said)>| {
            said.map(|(label, value)| make(label, value))
        };
        let mut kinds = [
            written.heading.map(Kind::Heading),
            written.caption.map(Kind::Caption),
            written.paragraph.map(Kind::Paragraph),
            written.notice.map(Kind::Notice),
            written.note.map(Kind::Note),
            written.qr.map(Kind::Qr),
            pair(Kind::Row, written.row),
            pair(Kind::Number, written.number),
            written.rule.map(Kind::Rule),
            written.mark.map(Kind::Mark),
            written.each.map(Kind::Each),
        ]
        .into_iter()
        .flatten();
        let kind = kinds.next().ok_or("a line needs a kind, such as note")?;
        if kinds.next().is_some() {
            return Err("a line is of one kind only");
        }
        Ok(Self {
            kind,
            when: written.when,
            unless: written.unless,
        })
    }
}

impl Kind {
    /// The texts of this line.
    pub(super) fn said(&self) -> Vec<&Said> {
        match self {
            Self::Heading(text)
            | Self::Caption(text)
            | Self::Paragraph(text)
            | Self::Notice(text)
            | Self::Note(text)
            | Self::Qr(text) => vec![text],
            Self::Row(label, value) | Self::Number(label, value) => vec![label, value],
            Self::Rule(_) | Self::Mark(_) | Self::Each(_) => Vec::new(),
        }
    }
}

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Words(&'a str),
    Field(&'a str),
}

/// Takes a text apart at its `{fields}`; `None`: a brace is not closed.
pub(super) fn pieces(text: &str) -> Option<Vec<Piece<'_>>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((words, after)) = rest.split_once('{') {
        let (field, tail) = after.split_once('}')?;
        pieces.extend([Piece::Words(words), Piece::Field(field)]);
        rest = tail;
    }
    pieces.push(Piece::Words(rest));
    Some(pieces)
}
