//! A page speaks one language: no key stands where words should, and no words of the other
//! language but those that come from data without a translation.

use std::collections::{BTreeSet, HashMap};

use kiosk_core::screen::{
    EnquiryPage, EnquiryShown, FactChoice, Lang, OutcomeShown, Page, Wording,
};
use kiosk_core::{Screen, Secret};
use kiosk_ui::words as po;

use super::super::found::{Found, Rule};
use super::super::scene::Scene;
use crate::traditional::written;
use crate::words::Words;

/// The words of the program in both languages.
pub(in super::super) struct Said {
    /// Keys, as they begin.
    keys: BTreeSet<String>,
    /// English words that are no Chinese ones, and the key they belong to.
    english: HashMap<&'static str, &'static str>,
    /// Characters that Traditional Chinese is written with here, though a converter would change them.
    traditional: BTreeSet<char>,
}

/// The beginning of a key: what is filled in comes after it.
fn stem(text: &str) -> &str {
    text.split(' ').next().unwrap_or_default()
}

fn has_han(text: &str) -> bool {
    text.chars().any(is_han)
}

fn is_han(character: char) -> bool {
    matches!(u32::from(character), 0x3400..=0x9fff | 0xf900..=0xfaff | 0x2_0000..=0x3_ffff)
}

impl Said {
    pub(in super::super) fn new() -> Self {
        let keys = po::keys("en");
        let chinese: BTreeSet<&str> = keys.iter().map(|key| po::get("zh-Hans", key)).collect();
        Self {
            english: keys
                .iter()
                .map(|key| (po::get("en", key), *key))
                .filter(|(words, _)| words.chars().filter(char::is_ascii_alphabetic).count() > 2)
                .filter(|(words, _)| !chinese.contains(words))
                .collect(),
            keys: keys.iter().map(|key| stem(key).to_owned()).collect(),
            traditional: po::keys("zh-Hant")
                .into_iter()
                .flat_map(|key| po::get("zh-Hant", key).chars())
                .collect(),
        }
    }

    /// What the files of words lack, whatever page they stand on.
    pub(in super::super) fn gaps() -> Vec<Found> {
        let mut found = Vec::new();
        let all: BTreeSet<&str> = po::languages().into_iter().flat_map(po::keys).collect();
        for lang in po::languages() {
            let there: BTreeSet<&str> = po::keys(lang).into_iter().collect();
            for key in &all {
                if !there.contains(key) || po::get(lang, key).trim().is_empty() {
                    found.push(Found::new(
                        Rule::Words,
                        format_args!("key \"{key}\""),
                        format_args!("no words in {lang}"),
                        "words in every language",
                    ));
                }
            }
        }
        found
    }

    /// Whether a character of `text` is none of Traditional Chinese.
    fn simplified(&self, text: &str) -> bool {
        let mut buffer = [0; 4];
        text.chars()
            .filter(|c| is_han(*c) && !self.traditional.contains(c))
            .any(|c| {
                let alone: &str = c.encode_utf8(&mut buffer);
                written(alone) != alone
            })
    }

    /// Whether a run of Han characters of `text` is Simplified and stands in no `data`: of one text
    /// a part may be ours and another part somebody's.
    fn converted_too_little(&self, text: &str, data: &str) -> bool {
        runs(text).any(|run| self.simplified(run) && !data.contains(run))
    }

    /// All texts and labels of a page; `own` is what the other language may stand in.
    pub(in super::super) fn check(
        &self,
        scene: &Scene,
        screen: &Screen,
        own: &[String],
        found: &mut Vec<Found>,
    ) {
        let lang = screen.lang;
        let names = NAMES.map(|key| Words(lang).get(key));
        let data = untranslated(screen);
        let texts = scene
            .texts
            .iter()
            .map(|text| (text.to_string(), &text.text));
        let labels = scene
            .elements
            .iter()
            .map(|element| (element.to_string(), &element.label));
        for (name, text) in texts.chain(labels) {
            if names.contains(text) || own.contains(text) {
                continue;
            }
            if self.keys.contains(stem(text)) || text.contains('{') {
                found.push(Found::new(Rule::Words, name, "a key", "words"));
            } else if lang == Lang::En && !of_data(text, &data) {
                found.push(Found::new(Rule::Words, name, "Chinese", "English"));
            } else if lang == Lang::ZhHans && self.english.contains_key(text.as_str()) {
                found.push(Found::new(Rule::Words, name, "English", "Chinese"));
            } else if lang == Lang::ZhHant && self.converted_too_little(text, &data) {
                found.push(Found::new(Rule::Words, name, "Simplified", "Traditional"));
            }
        }
    }
}

/// Keys of the names of languages, each in its own.
const NAMES: [&str; 5] = [
    "head.other-language",
    "head.script",
    "display.chinese",
    "display.traditional",
    "display.english",
];

/// Every run of Han characters of `text` stands in `data`.
fn of_data(text: &str, data: &str) -> bool {
    if !has_han(text) || data.contains(text) {
        return true;
    }
    runs(text).all(|run| data.contains(run))
}

fn runs(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c| !is_han(c)).filter(|run| !run.is_empty())
}

/// Everything the screen says, without the Chinese of what has an English text too.
fn untranslated(screen: &Screen) -> String {
    let all = format!("{:?} {:?}", screen.page, screen.overlay);
    let mut data = String::with_capacity(all.len());
    let mut rest = all.as_str();
    while let Some((before, after)) = rest.split_once("Text { zh: \"") {
        data.push_str(before);
        // The English text of what has none is Chinese: then it is a gap.
        rest = after.split_once("\", en: ").map_or("", |(_, tail)| tail);
    }
    data.push_str(rest);
    // The reason of a decision is its department's: in the other script it stays as it was given,
    // though it has an English text.
    if let Page::Done(done) = &screen.page
        && screen.lang == Lang::ZhHant
        && let OutcomeShown::Refused { reason } = &done.outcome
    {
        data.push_str(&reason.zh);
    }
    for secret in kept_back(&screen.page, screen.lang) {
        data.push_str(secret.reveal());
    }
    data
}

/// What keeps itself out of what is written for debugging: an address that was typed, what was asked
/// and answered inside a matter, and what was known of the person.
fn kept_back(page: &Page, lang: Lang) -> Vec<&Secret> {
    match page {
        Page::Review(review) => {
            let wishes = review.rows.iter().filter_map(|row| row.delivery.as_ref());
            wishes.filter_map(|wish| wish.address.as_ref()).collect()
        }
        Page::Matter(matter) => matter.enquiries.iter().flat_map(said).collect(),
        Page::Enquiry(page) => match page {
            EnquiryPage::Fact { facts, .. } => facts.iter().map(|it| value(it, lang)).collect(),
            EnquiryPage::Usual { fact, .. } | EnquiryPage::Typed { fact, .. } => {
                fact.iter().map(|it| value(it, lang)).collect()
            }
            EnquiryPage::Confirm(draft) => {
                let fact = draft.fact.iter().map(|it| value(it, lang));
                own(&draft.wording).into_iter().chain(fact).collect()
            }
            EnquiryPage::Done(shown) => said(shown).collect(),
            EnquiryPage::Trouble(_) => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn own(wording: &Wording) -> Option<&Secret> {
    match wording {
        Wording::Usual(_) => None,
        Wording::Own(words) => Some(words),
    }
}

fn said(shown: &EnquiryShown) -> impl Iterator<Item = &Secret> {
    let answer = shown.answer.as_ref().map(|(words, _)| words);
    own(&shown.wording).into_iter().chain(answer)
}

/// The value in the language of the page: the other one would be a gap.
fn value(fact: &FactChoice, lang: Lang) -> &Secret {
    let (zh, en) = &fact.value;
    match lang {
        Lang::En => en,
        Lang::ZhHans | Lang::ZhHant => zh,
    }
}
