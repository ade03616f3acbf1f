//! The words are complete: every key in every language, none unused, no text in the markup.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may stop"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use kiosk_ui::words;

/// Keys with these beginnings are used from Rust.
const FROM_RUST: &[&str] = &[
    "action.",
    "agreement-trouble.",
    "appointment.",
    "barred.",
    "camera-away.",
    "card-trouble.",
    "check-in.",
    "code-trouble.",
    "delivery.",
    "doc.",
    "enquiry.",
    "factor-trouble.",
    "fault.",
    "guide.for-another-detail",
    "guide.in-person-detail",
    "hall.",
    "panel.",
    "limit.",
    "material-state.",
    "notice.",
    "page-advice.",
    "portrait-advice.",
    "portrait-seen.",
    "portrait-trouble.",
    "principal-trouble.",
    "principal.",
    "print-trouble.",
    "problem.",
    "reason.",
    "review.",
    "scan-trouble.",
    "service.",
    "slip.",
    "state.",
    "technician.",
    "wait.",
    "way.",
    "weekday.",
    "withdraw.",
    "word.",
    "display.dark",
    "sign.aloud-",
    "sign.for ",
    "spoken.",
];

fn markup() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "slint") {
                let text = fs::read_to_string(&path).unwrap();
                files.push((path, text));
            }
        }
    }
    assert!(files.len() > 30, "the markup is found");
    files
}

/// The keys of all `@tr("…")` in the markup.
fn used() -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for (_, text) in markup() {
        for part in text.split("@tr(\"").skip(1) {
            keys.insert(part.split('"').next().unwrap_or_default().to_owned());
        }
    }
    keys
}

fn keys(lang: &str) -> BTreeSet<String> {
    words::keys(lang).into_iter().map(str::to_owned).collect()
}

/// The places to fill, in order of the alphabet.
fn places(text: &str) -> BTreeSet<String> {
    text.split('{')
        .skip(1)
        .filter_map(|part| part.split_once('}').map(|(name, _)| name.to_owned()))
        .collect()
}

#[test]
fn every_key_of_the_markup_has_words_in_every_language() {
    for lang in words::languages() {
        let missing: Vec<_> = used().difference(&keys(lang)).cloned().collect();
        assert!(missing.is_empty(), "{lang}: {missing:?}");
    }
}

#[test]
fn no_words_are_kept_that_nobody_uses() {
    let used = used();
    for lang in words::languages() {
        let unused: Vec<_> = keys(lang)
            .into_iter()
            .filter(|key| !used.contains(key) && !FROM_RUST.iter().any(|p| key.starts_with(p)))
            .collect();
        assert!(unused.is_empty(), "{lang}: {unused:?}");
    }
}

#[test]
fn languages_have_the_same_keys_with_the_same_places_and_no_empty_words() {
    let [first, others @ ..] = &words::languages()[..] else {
        panic!("there is a language");
    };
    for lang in others {
        assert_eq!(keys(first), keys(lang));
        for key in keys(first) {
            let (one, other) = (words::get(first, &key), words::get(lang, &key));
            assert_eq!(places(one), places(other), "{key}");
            assert!(!one.is_empty() && !other.is_empty(), "{key}");
        }
    }
}

#[test]
fn no_text_stands_in_the_markup() {
    for (path, text) in markup() {
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.starts_with("//") || line.starts_with("import") {
                continue;
            }
            let han = line.chars().any(|c| ('\u{3400}'..='\u{9fff}').contains(&c));
            let literal = ["text: \"", "title: \"", "label: \"", "hint: \""]
                .iter()
                .filter_map(|property| line.split_once(property))
                .any(|(_, rest)| {
                    rest.chars().next().is_some_and(char::is_alphabetic) && rest.find('"') > Some(1)
                });
            assert!(
                !han && !literal,
                "{}:{}: {line}",
                path.display(),
                number + 1
            );
        }
    }
}
