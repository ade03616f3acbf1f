//! The words outside the markup: slips, documents and texts that depend on data.
//!
//! They live in the same translation files as the screens, bundled in the program and read once.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::po;

/// The languages, each with its file; the first is the default.
const FILES: [(&str, &str); 3] = [
    (
        "zh-Hans",
        include_str!("../lang/zh-Hans/LC_MESSAGES/kiosk-ui.po"),
    ),
    ("en", include_str!("../lang/en/LC_MESSAGES/kiosk-ui.po")),
    (
        "zh-Hant",
        include_str!("../lang/zh-Hant/LC_MESSAGES/kiosk-ui.po"),
    ),
];

type Table = HashMap<String, String>;

fn tables() -> &'static [(&'static str, Table)] {
    static TABLES: OnceLock<Vec<(&'static str, Table)>> = OnceLock::new();
    TABLES.get_or_init(|| {
        FILES
            .iter()
            .map(|(lang, file)| (*lang, po::entries(file).into_iter().collect()))
            .collect()
    })
}

/// The codes of all languages, the default first.
#[must_use]
pub fn languages() -> Vec<&'static str> {
    FILES.iter().map(|(lang, _)| *lang).collect()
}

/// All keys of `lang`, without order; empty for a language that does not exist.
#[must_use]
pub fn keys(lang: &str) -> Vec<&'static str> {
    tables()
        .iter()
        .find(|(code, _)| *code == lang)
        .map(|(_, table)| table.keys().map(String::as_str).collect())
        .unwrap_or_default()
}

/// The words for `key` in `lang`.
///
/// An unknown language gives the default one. An unknown key is given back as it is, so that a
/// gap is seen on the screen and never hangs a page or a slip; a test keeps the files complete.
#[must_use]
pub fn get<'a>(lang: &str, key: &'a str) -> &'a str {
    let tables: &'static [(&'static str, Table)] = tables();
    let named = tables.iter().find(|(code, _)| *code == lang);
    named
        .or_else(|| tables.first())
        .and_then(|(_, table)| table.get(key))
        .map_or(key, String::as_str)
}

/// The words for `key` in `lang` with every `{name}` replaced by its value.
///
/// A name without a value stays as it is; a value is never searched for names again.
#[must_use]
pub fn fill(lang: &str, key: &str, values: &[(&str, &str)]) -> String {
    let mut rest = get(lang, key);
    let mut filled = String::with_capacity(rest.len());
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let known = after.split_once('}').and_then(|(name, tail)| {
            let value = values.iter().find(|(known, _)| *known == name)?;
            Some((value.1, tail))
        });
        match known {
            Some((value, tail)) => {
                filled.push_str(value);
                rest = tail;
            }
            None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_in_the_language_asked_for() {
        assert_eq!(get("zh-Hans", "action.submit"), "提交申请");
        assert_eq!(get("en", "action.submit"), "Submit");
        assert_eq!(get("zh-Hant", "action.submit"), "提交申請");
    }

    #[test]
    fn an_unknown_language_gets_the_default_and_an_unknown_key_is_seen() {
        assert_eq!(get("xx", "action.submit"), "提交申请");
        assert_eq!(get("en", "no.such-key"), "no.such-key");
    }

    #[test]
    fn values_are_filled_in_once_and_never_searched_again() {
        assert_eq!(
            fill("en", "word.provisional", &[("date", "{date}")]),
            "{date} (provisional)"
        );
        assert_eq!(fill("en", "word.money", &[]), "CNY {amount}");
    }
}
