//! The translation file of Traditional Chinese: made from the Simplified one, then read by a person.
//!
//! `UPDATE=1 cargo test -p kiosk --lib traditional` writes it anew from `ui/lang/zh-Hans` and
//! `ui/lang/zh-Hant/habits.toml`, which holds what the reading changed. Without `UPDATE` the same
//! test finds a file that is behind.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// What the change of characters alone does not do.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Habits {
    /// Words as they come out of the conversion and as they are said, replaced in this order.
    words: Vec<(String, String)>,
    /// Keys whose words are a person's: the Simplified ones they were made for, and theirs.
    entries: BTreeMap<String, (String, String)>,
}

pub(super) fn lang(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../ui/lang")
        .join(file)
}

impl Habits {
    pub(super) fn read() -> Self {
        let text = std::fs::read_to_string(lang("zh-Hant/habits.toml")).unwrap();
        toml::from_str(&text).unwrap()
    }

    /// The Traditional file for the Simplified one.
    pub(super) fn file(&self, simplified: &str) -> String {
        let mut key = "";
        let mut file = String::with_capacity(simplified.len());
        for line in simplified.lines() {
            let written = if let Some(id) = quoted(line, "msgid ") {
                key = id;
                line.to_owned()
            } else if let Some(words) = quoted(line, "msgstr ") {
                format!("msgstr \"{}\"", self.say(key, words))
            } else if line == "\"Language: zh-Hans\\n\"" {
                line.replace("zh-Hans", "zh-Hant")
            } else {
                line.to_owned()
            };
            file.push_str(&written);
            file.push('\n');
        }
        file
    }

    fn say(&self, key: &str, words: &str) -> String {
        if let Some((of, own)) = self.entries.get(key) {
            assert_eq!(of, words, "habits.toml: look at {key} again");
            return own.clone();
        }
        let converted = super::written(words).into_owned();
        self.words
            .iter()
            .fold(converted, |words, (from, to)| words.replace(from, to))
    }

    /// Entries for keys that are no more, and words that change nothing.
    pub(super) fn idle(&self, simplified: &str) -> Vec<&str> {
        let mut all = String::new();
        let mut keys = Vec::new();
        for line in simplified.lines() {
            keys.extend(quoted(line, "msgid "));
            if let Some(words) = quoted(line, "msgstr ") {
                all.push_str(&super::written(words));
                all.push('\n');
            }
        }
        let entries = self.entries.keys().map(String::as_str);
        let mut idle: Vec<&str> = entries.filter(|key| !keys.contains(key)).collect();
        for (from, to) in &self.words {
            if all.contains(from) {
                all = all.replace(from, to);
            } else {
                idle.push(from);
            }
        }
        idle
    }
}

fn quoted<'a>(line: &'a str, what: &str) -> Option<&'a str> {
    line.strip_prefix(what)?
        .strip_prefix('"')?
        .strip_suffix('"')
}
