//! A template and its values become a slip.

use std::borrow::Cow;

use zeroize::{Zeroize, Zeroizing};

use super::check::{Problem, Vocabulary};
use super::line::{Kind, Line, Mark, Piece, Rule, Said, pieces};
use super::{MAX_LINES, Template, Values};
use crate::slip::{Slip, SlipLine};

/// What stands for a missing field inside a sentence; alone it becomes a dashed frame.
const GAP: &str = "____";

/// The words of `said` in `language`, fields not yet filled in.
pub(super) fn words<'a>(
    said: &'a Said,
    language: &str,
    vocabulary: &Vocabulary<'_>,
) -> Result<Cow<'a, str>, Problem> {
    match said {
        Said::One(text) => match text.strip_prefix('@') {
            Some(key) => (vocabulary.words)(language, key)
                .map(Cow::Owned)
                .ok_or_else(|| Problem::Words(key.to_owned())),
            None => Ok(Cow::Borrowed(text)),
        },
        Said::ByLanguage(texts) => {
            let own = texts.get(language).map(|text| Cow::Borrowed(text.as_str()));
            let derived = || {
                let mut derived = vocabulary.derived.iter();
                let derived = derived.find(|derived| derived.code == language)?;
                let text = texts.get(derived.of)?;
                Some(Cow::Owned((derived.write)(text)))
            };
            own.or_else(derived)
                .ok_or_else(|| Problem::Language(language.to_owned()))
        }
    }
}

impl Template {
    /// The slip in `language`. Never fails: what is unknown is a marked gap on the paper.
    ///
    /// `vocabulary` is that of [`Template::parse`]; with another one its words may be missing
    /// and are gaps then.
    #[must_use]
    pub fn fill(&self, language: &str, vocabulary: &Vocabulary<'_>, values: &Values) -> Slip {
        let mut filling = Filling {
            template: self,
            language,
            vocabulary,
            copy: values.copy,
            slip: Slip::default(),
        };
        filling.block(&self.lines, &[values]);
        filling.slip
    }
}

struct Filling<'a> {
    template: &'a Template,
    language: &'a str,
    vocabulary: &'a Vocabulary<'a>,
    copy: u32,
    slip: Slip,
}

impl Filling<'_> {
    /// `scope`: the slip's values, then those of each entry inside it.
    fn block(&mut self, lines: &[Line], scope: &[&Values]) {
        for line in lines {
            let known = |name: &String| field(scope, name).is_some() || entries(scope, name);
            let prints = line.when.as_ref().is_none_or(known)
                && !line.unless.as_ref().is_some_and(known)
                && self.slip.lines.len() < MAX_LINES;
            if prints {
                self.line(&line.kind, scope);
            }
        }
    }

    fn line(&mut self, kind: &Kind, scope: &[&Values]) {
        let line = match kind {
            Kind::Heading(text) => SlipLine::Heading(self.sentence(text, scope)),
            Kind::Caption(text) => SlipLine::Caption(self.sentence(text, scope)),
            Kind::Paragraph(text) => SlipLine::Paragraph(self.sentence(text, scope)),
            Kind::Notice(text) => SlipLine::Notice(self.sentence(text, scope)),
            Kind::Note(text) => SlipLine::Note(self.sentence(text, scope)),
            Kind::Qr(text) => self.whole(text, scope).map_or_else(
                || SlipLine::Number {
                    label: String::new(),
                    number: None,
                },
                SlipLine::Qr,
            ),
            Kind::Row(label, value) => SlipLine::Row {
                label: self.sentence(label, scope),
                value: self.whole(value, scope),
            },
            Kind::Number(label, value) => SlipLine::Number {
                label: self.sentence(label, scope),
                number: self.whole(value, scope),
            },
            Kind::Rule(Rule::Thin) => SlipLine::Rule,
            Kind::Rule(Rule::Dashed) => SlipLine::Divider,
            Kind::Mark(Mark::Copy) if self.copy > 0 => SlipLine::Copy(self.copy),
            Kind::Mark(Mark::Copy) => return,
            Kind::Each(list) => return self.each(list, scope),
        };
        self.slip.lines.push(line);
    }

    fn each(&mut self, list: &str, scope: &[&Values]) {
        let template = self.template;
        let Some(lines) = template.each.get(list) else {
            return;
        };
        let inner = scope.last().map_or(&[][..], |values| values.list(list));
        for entry in inner {
            self.block(lines, &[scope, &[entry]].concat());
        }
    }

    /// A text in which a missing field leaves a gap.
    fn sentence(&self, said: &Said, scope: &[&Values]) -> String {
        self.text(said, scope).0
    }

    /// A text that is worth nothing with a gap in it; `None`: it has one.
    fn whole(&self, said: &Said, scope: &[&Values]) -> Option<String> {
        let (mut text, whole) = self.text(said, scope);
        if !whole {
            text.zeroize();
        }
        whole.then_some(text)
    }

    /// The text, and whether every field of it is known.
    fn text(&self, said: &Said, scope: &[&Values]) -> (String, bool) {
        let words = words(said, self.language, self.vocabulary);
        let Some(pieces) = words.as_deref().ok().and_then(pieces) else {
            return (GAP.to_owned(), false);
        };
        let value = |piece: &Piece<'_>| match *piece {
            Piece::Words(words) => Some(words.to_owned()),
            Piece::Field(name) => field(scope, name).map(str::to_owned),
        };
        let mut whole = true;
        let mut parts = Zeroizing::new(Vec::with_capacity(pieces.len()));
        for piece in &pieces {
            let part = value(piece);
            whole &= part.is_some();
            parts.push(part.unwrap_or_else(|| GAP.to_owned()));
        }
        (parts.concat(), whole)
    }
}

/// A field of the innermost entry that knows it.
fn field<'a>(scope: &[&'a Values], name: &str) -> Option<&'a str> {
    scope.iter().rev().find_map(|values| values.field(name))
}

fn entries(scope: &[&Values], list: &str) -> bool {
    scope
        .last()
        .is_some_and(|values| !values.list(list).is_empty())
}
