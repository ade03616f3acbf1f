//! The committed list of names, addresses and form words, typed as people type them.

use std::collections::BTreeMap;

use crate::ime::{Bar, Way, candidates};

/// Letters, a tab, the text wanted; a line with `#` begins a part of the list.
const WANTED: &str = include_str!("wanted.tsv");

/// The bars of the three panels: 1080x1920, 1920x1080, 1280x800.
const PANELS: [(&str, Bar); 3] = [
    (
        "portrait",
        Bar {
            rows: 2,
            width: 856,
            character: 60,
        },
    ),
    (
        "landscape",
        Bar {
            rows: 1,
            width: 1440,
            character: 60,
        },
    ),
    (
        "compact",
        Bar {
            rows: 1,
            width: 900,
            character: 52,
        },
    ),
];

fn lines() -> Vec<(&'static str, &'static str, &'static str)> {
    let mut part = "";
    let mut lines = Vec::new();
    for line in WANTED.lines() {
        if let Some(name) = line.strip_prefix("# ") {
            part = name;
        } else {
            let (letters, text) = line.split_once('\t').expect("a tab");
            lines.push((part, letters, text));
        }
    }
    lines
}

#[test]
fn names_addresses_and_form_words_stand_on_the_first_page() {
    let lines = lines();
    assert!(lines.len() >= 500);
    let offered: Vec<_> = lines
        .iter()
        .map(|(_, letters, _)| candidates(Way::Pinyin, letters))
        .collect();
    for (panel, bar) in PANELS {
        let mut parts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        let mut missed = Vec::new();
        for ((part, letters, text), offered) in lines.iter().zip(&offered) {
            let (found, all) = parts.entry(part).or_default();
            *all += 1;
            let page = offered.iter().take(bar.page(offered).len());
            if page.into_iter().any(|candidate| candidate.text == *text) {
                *found += 1;
            } else {
                missed.push(format!("{letters} {text}"));
            }
        }
        let found = lines.len() - missed.len();
        println!(
            "{panel}: {found} of {} on the first page ({:.1} %, bar 95)",
            lines.len(),
            100.0 * found as f64 / lines.len() as f64
        );
        for (part, (found, all)) in parts {
            println!("  {part}: {found} of {all}");
        }
        println!("  not there: {}", missed.join(", "));
        assert!(found * 100 >= lines.len() * 95, "{panel}: {missed:?}");
    }
}
