//! What may stand in our files: an opening sentence, no debts, no place of work, and nothing
//! of the outside world in what must be pure.

use super::files::File;
use super::{assert_none, over_all};

/// Endings of files that are code.
const CODE: &[&str] = &[
    "rs", "slint", "toml", "py", "sh", "sql", "html", "css", "js", "yml",
];

/// Every Rust file begins by saying what it is for.
fn opening(file: &File) -> Vec<String> {
    let told = file.text.lines().next().is_some_and(|line| {
        line.strip_prefix("//!")
            .is_some_and(|sentence| !sentence.trim().is_empty())
    });
    let complaint = format!("{}: does not open with //!", file.path);
    (file.is("rs") && !told)
        .then_some(complaint)
        .into_iter()
        .collect()
}

/// Whether `word` stands in `line` as a word of its own.
fn has_word(line: &str, word: &str) -> bool {
    let letter = |found: Option<char>| found.is_some_and(|c| c.is_alphanumeric() || c == '_');
    line.match_indices(word).any(|(at, _)| {
        let (before, after) = (&line[..at], &line[at + word.len()..]);
        !letter(before.chars().next_back()) && !letter(after.chars().next())
    })
}

/// A debt is an issue, not a remark; a test is run or not written.
fn debts(file: &File) -> Vec<String> {
    const WORDS: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME")];
    const REMARK: &str = concat!("XX", "X");
    const MACROS: &[&str] = &[
        concat!("to", "do!"),
        concat!("unim", "plemented!"),
        concat!("db", "g!"),
        concat!("#[ig", "nore"),
    ];
    let code = CODE.iter().any(|ending| file.is(ending)) || file.path.starts_with(".ci/");
    if !code {
        return Vec::new();
    }
    let owes = |line: &str| {
        let remark = line
            .split_once("//")
            .is_some_and(|(_, remark)| has_word(remark, REMARK));
        remark
            || WORDS.iter().any(|word| has_word(line, word))
            || MACROS.iter().any(|word| line.contains(word))
    };
    complaints(file, "a debt", owes)
}

/// A file says nothing about the machine it was written on.
fn workplaces(file: &File) -> Vec<String> {
    const PLACES: &[&str] = &[
        concat!("/wo", "rk/"),
        concat!("/ho", "me/"),
        concat!("/ro", "ot/"),
        concat!("/Us", "ers/"),
        concat!("C:", "\\"),
    ];
    complaints(file, "a place of work", |line| {
        PLACES.iter().any(|place| line.contains(place))
    })
}

/// The pure crates know no clock, no file, no thread and no network, the drivers no wall clock:
/// they are told the time.
fn outside_world(file: &File) -> Vec<String> {
    const WALL: &[&str] = &[
        "Timestamp::now",
        "Zoned::now",
        "SystemTime::now",
        "now_v7",
        "Utc::now",
    ];
    const WORLD: &[&str] = &[
        "Instant::now",
        "std::env",
        "std::fs",
        "std::io",
        "std::net",
        "std::process",
        "std::thread",
        "thread::spawn",
    ];
    const PURE: &[&str] = &[
        "kiosk-app/core/src/",
        "kiosk-app/paper/src/",
        "backend/catalogue/src/",
    ];
    const TOLD_THE_TIME: &[&str] = &["drivers/src/"];
    let within = |folders: &[&str]| folders.iter().any(|folder| file.path.starts_with(folder));
    let (pure, told) = (within(PURE), within(TOLD_THE_TIME));
    let test = file.path.contains("/tests/") || file.path.ends_with("/tests.rs");
    if !file.is("rs") || test || !(pure || told) {
        return Vec::new();
    }
    let shown = File::new(
        &file.path,
        file.text.split("#[cfg(test)]\nmod ").next().unwrap_or(""),
    );
    complaints(&shown, "the outside world", |line| {
        let wall = WALL.iter().any(|word| line.contains(word));
        let world = pure && WORLD.iter().any(|word| line.contains(word));
        !line.trim_start().starts_with("//") && (wall || world)
    })
}

fn complaints(file: &File, what: &str, wrong: impl Fn(&str) -> bool) -> Vec<String> {
    file.lines()
        .filter(|(_, line)| wrong(line))
        .map(|(number, line)| format!("{}:{number}: {what}: {}", file.path, line.trim()))
        .collect()
}

#[test]
fn every_file_says_what_it_is_for() {
    assert_none(&over_all(opening));
}

#[test]
fn no_file_holds_a_debt() {
    assert_none(&over_all(debts));
}

#[test]
fn no_file_names_a_place_of_work() {
    assert_none(&over_all(workplaces));
}

#[test]
fn what_must_be_pure_does_not_reach_outside() {
    assert_none(&over_all(outside_world));
}

#[test]
fn a_file_without_an_opening_is_found() {
    for text in [
        "",
        "//!",
        "//! \nmod x;",
        "mod x;\n//! Late.",
        "/// An item's words.",
    ] {
        assert_eq!(opening(&File::new("a/b.rs", text)).len(), 1, "{text:?}");
    }
    assert_none(&opening(&File::new("a/b.rs", "//! Words.\n")));
    assert_none(&opening(&File::new("a/b.toml", "")));
}

#[test]
fn a_debt_is_found() {
    for line in [
        concat!("// TO", "DO: later"),
        concat!("let x = 1; // FIX", "ME"),
        concat!("    to", "do!()"),
        concat!("unim", "plemented!(\"x\")"),
        concat!("db", "g!(x);"),
        concat!("#[ig", "nore = \"slow\"]"),
        concat!("// XX", "X odd"),
    ] {
        assert_eq!(debts(&File::new("a.rs", line)).len(), 1, "{line}");
    }
    assert_eq!(debts(&File::new(".ci/run", concat!("# TO", "DO"))).len(), 1);
    for line in ["let department = \"XXX\";", "fn todos() {}", "MASTODON"] {
        assert_none(&debts(&File::new("a.rs", line)));
    }
}

#[test]
fn a_place_of_work_is_found() {
    for line in [
        concat!("let p = \"/wo", "rk/x\";"),
        concat!("see /ho", "me/someone/notes"),
    ] {
        assert_eq!(workplaces(&File::new("README.md", line)).len(), 1, "{line}");
    }
    assert_none(&workplaces(&File::new(
        "a.rs",
        "/dev/ttyUSB0 /etc/kiosk /var/lib/kiosk",
    )));
}

#[test]
fn a_pure_crate_that_reaches_outside_is_found() {
    let wall = "let now = jiff::Timestamp::now();";
    assert_eq!(
        outside_world(&File::new("kiosk-app/core/src/now.rs", wall)).len(),
        1
    );
    assert_eq!(
        outside_world(&File::new("drivers/src/runner/thread.rs", wall)).len(),
        1
    );
    assert_none(&outside_world(&File::new("backend/src/clock.rs", wall)));
    assert_none(&outside_world(&File::new(
        "kiosk-app/core/src/now.rs",
        &format!("// {wall}"),
    )));

    let file = "use std::fs;";
    assert_eq!(
        outside_world(&File::new("kiosk-app/paper/src/lib.rs", file)).len(),
        1
    );
    assert_none(&outside_world(&File::new("drivers/src/lib.rs", file)));
    let tested = format!("//! x\n#[cfg(test)]\nmod tests {{\n{file}\n}}");
    assert_none(&outside_world(&File::new(
        "kiosk-app/paper/src/lib.rs",
        &tested,
    )));
    assert_none(&outside_world(&File::new(
        "kiosk-app/paper/src/tests/mod.rs",
        file,
    )));
}
