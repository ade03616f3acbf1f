//! The words of one item, and how well a query fits them.

use pinyin::ToPinyin;

use super::fuzzy::Needle;
use crate::code::ItemCode;
use crate::record::Item;

/// Most characters of a query; what is typed beyond them does not narrow it further.
const MAX_QUERY: usize = 60;
/// Shortest Latin query in which a typo is forgiven.
const MIN_LATIN_TYPO: usize = 4;
/// Shortest Chinese query in which a typo is forgiven.
const MIN_HAN_TYPO: usize = 3;

/// A query brought into the form the words are stored in.
pub(super) struct Query {
    /// Lower case, ASCII width, single spaces.
    text: String,
    /// The same without spaces.
    joined: String,
    /// Whether it is written in Latin letters and digits only.
    latin: bool,
    /// The same with one typo forgiven; `None` where it is too short for that.
    needle: Option<Needle>,
}

impl Query {
    /// Reads what was typed; `None` when it is blank.
    pub(super) fn parse(typed: &str) -> Option<Self> {
        let text = fold(&typed.chars().take(MAX_QUERY).collect::<String>());
        let joined: String = text.chars().filter(|c| *c != ' ' && *c != '\'').collect();
        if joined.is_empty() {
            return None;
        }
        let latin = joined.is_ascii();
        let shortest = if latin { MIN_LATIN_TYPO } else { MIN_HAN_TYPO };
        let long = joined.chars().count() >= shortest;
        let needle = long.then(|| Needle::new(&joined));
        Some(Self {
            text,
            joined,
            latin,
            needle,
        })
    }
}

/// The words of one item.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// Its code.
    pub(super) code: ItemCode,
    /// Chinese name, folded.
    zh: String,
    /// Theme and body, folded.
    around: String,
    /// English words, folded.
    words: Vec<String>,
    /// English name, folded, without spaces.
    en: String,
    /// Syllable of each character of the name; letters and digits stand for themselves.
    syllables: Vec<String>,
    /// All syllables in one.
    pinyin: String,
}

impl Entry {
    /// The words of `item`, which `body` implements.
    pub(super) fn new(item: &Item, body: &str) -> Self {
        let zh = fold(&item.name.zh);
        let en = fold(&item.name.en);
        let spoken = zh.chars().filter(|c| c.is_alphanumeric());
        // Keyboards have no ü: people type v for it.
        let syllables: Vec<String> = spoken
            .map(|c| {
                c.to_pinyin()
                    .map_or_else(|| c.to_string(), |p| p.plain().replace('ü', "v"))
            })
            .collect();
        Self {
            code: item.code(),
            around: fold(&format!("{} {body}", item.theme)),
            words: en.split(' ').map(str::to_owned).collect(),
            en: en.chars().filter(|c| *c != ' ').collect(),
            pinyin: syllables.concat(),
            syllables,
            zh,
        }
    }

    /// Characters of the Chinese name.
    pub(super) fn length(&self) -> usize {
        self.syllables.len()
    }

    /// How well `query` fits as it is.
    pub(super) fn exact(&self, query: &Query) -> Option<u32> {
        let parts = [
            self.by_name(&query.joined),
            self.by_pinyin(query),
            self.by_words(query),
            self.around.contains(&query.joined).then_some(200),
        ];
        parts.into_iter().flatten().max()
    }

    /// How well `query` fits with one typo.
    pub(super) fn fuzzy(&self, query: &Query) -> Option<u32> {
        let needle = query.needle.as_ref()?;
        if query.latin {
            let pinyin = needle.is_near_part_of(&self.pinyin).then_some(150);
            let english = needle.is_near_part_of(&self.en).then_some(120);
            pinyin.max(english)
        } else {
            needle.is_near_part_of(&self.zh).then_some(150)
        }
    }

    /// By the Chinese name: whole, beginning, inside, or its characters in order.
    fn by_name(&self, query: &str) -> Option<u32> {
        match self.zh.find(query) {
            Some(0) if self.zh.len() == query.len() => Some(1_000),
            Some(0) => Some(900),
            Some(_) => Some(800),
            None if !query.is_ascii() && in_order(query, &self.zh) => Some(300),
            None => None,
        }
    }

    /// By pinyin: every syllable in full, by its beginning or by its initial.
    fn by_pinyin(&self, query: &Query) -> Option<u32> {
        if !query.latin {
            return None;
        }
        let starts = 0..self.syllables.len();
        let best = starts.filter_map(|start| {
            let tail = self.syllables.get(start..)?;
            let used = spelled(&query.joined, tail)?;
            let whole = start == 0 && used == self.syllables.len();
            Some(match (whole, start) {
                (true, _) => 950,
                (false, 0) => 850,
                (false, _) => 700,
            })
        });
        best.max()
    }

    /// By English: every word of the query begins a word of the name.
    fn by_words(&self, query: &Query) -> Option<u32> {
        if !query.latin {
            return None;
        }
        let begins = |part: &str| self.words.iter().any(|word| word.starts_with(part));
        if query.text.split(' ').all(begins) {
            let first = query.text.split(' ').next().unwrap_or_default();
            let leads = self
                .words
                .first()
                .is_some_and(|word| word.starts_with(first));
            return Some(if leads { 780 } else { 720 });
        }
        (query.joined.len() > 3 && self.en.contains(&query.joined)).then_some(400)
    }
}

/// How many of `syllables` the text spells from the first on, each by a beginning of it; `None` if it does not.
fn spelled(text: &str, syllables: &[String]) -> Option<usize> {
    if text.is_empty() {
        return Some(0);
    }
    let (first, rest) = syllables.split_first()?;
    // The longest beginning first: "xian" is read as one syllable before two.
    let common = first
        .bytes()
        .zip(text.bytes())
        .take_while(|(a, b)| a == b)
        .count();
    (1..=common).rev().find_map(|length| {
        let used = spelled(text.get(length..)?, rest)?;
        Some(used + 1)
    })
}

/// Whether all characters of `part` occur in `whole` in this order.
fn in_order(part: &str, whole: &str) -> bool {
    let mut rest = whole.chars();
    part.chars().count() > 1 && part.chars().all(|c| rest.any(|other| other == c))
}

/// Lower case, ASCII width, and one space for every run of anything that is no letter or digit.
fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let c = match c {
            '！'..='～' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
            other => other,
        };
        if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        } else if c != '\'' && !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    out
}
