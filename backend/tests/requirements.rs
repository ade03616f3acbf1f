//! The table of requirements R1 to R76 in this crate's README stands on tests that are there.
//!
//! `requirements.toml` says for each which tests show it, or what is missing. The README's table is made from it:
//! with `UPDATE=1` this test writes it, without it compares.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;
use std::path::Path;

/// Requirements of `specs/domain.md` that may have a gap for now.
const MAY_BE_MISSING: [u32; 15] = [7, 14, 31, 36, 41, 42, 43, 48, 49, 56, 61, 62, 69, 74, 75];
const REQUIREMENTS: u32 = 76;
const BEGIN: &str = "<!-- requirements: written by tests/requirements.rs -->\n";
const END: &str = "<!-- end of requirements -->\n";
/// Where tests stand, from this crate's folder.
const FOLDERS: [&str; 8] = [
    "src",
    "sample-city",
    "tests",
    "api/src",
    "catalogue/src",
    "catalogue/tests",
    "../kiosk-app/core/src",
    "../tests/tests",
];

/// A requirement as `requirements.toml` has it.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Requirement {
    /// What must hold, in a few words.
    holds: String,
    /// Names of the tests that show it.
    #[serde(default)]
    tests: Vec<String>,
    /// What is missing; None when nothing is.
    missing: Option<String>,
}

#[test]
fn every_requirement_has_a_test_that_is_there_or_says_what_is_missing() {
    let requirements = read();
    let known = tests();
    for (number, requirement) in (1..).zip(requirements.values()) {
        for test in &requirement.tests {
            assert!(known.contains(test), "R{number}: there is no test {test}");
        }
        let is_whole = !requirement.tests.is_empty() && requirement.missing.is_none();
        assert!(
            is_whole || requirement.missing.is_some(),
            "R{number} has neither a test nor a gap"
        );
    }
    let table = table(&requirements);
    let readme = std::fs::read_to_string("README.md").unwrap();
    let (before, rest) = readme.split_once(BEGIN).unwrap();
    let (written, after) = rest.split_once(END).unwrap();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write("README.md", format!("{before}{BEGIN}{table}{END}{after}")).unwrap();
        return;
    }
    assert_eq!(written, table, "run this test with UPDATE=1");
}

/// By number, all of them.
fn read() -> BTreeMap<u32, Requirement> {
    let text = std::fs::read_to_string("requirements.toml").unwrap();
    let read: BTreeMap<String, Requirement> = toml::from_str(&text).unwrap();
    let requirements: BTreeMap<u32, Requirement> = read
        .into_iter()
        .map(|(name, requirement)| (name[1..].parse().unwrap(), requirement))
        .collect();
    assert!(requirements.keys().copied().eq(1..=REQUIREMENTS));
    requirements
}

fn table(requirements: &BTreeMap<u32, Requirement>) -> String {
    let mut table =
        String::from("\n| | What must hold | Shown by | Missing |\n| --- | --- | --- | --- |\n");
    for (number, requirement) in requirements {
        let tests: Vec<String> = requirement
            .tests
            .iter()
            .map(|test| format!("`{test}`"))
            .collect();
        let missing = match &requirement.missing {
            Some(missing) if MAY_BE_MISSING.contains(number) => missing.clone(),
            Some(missing) => format!("**open:** {missing}"),
            None => String::new(),
        };
        writeln!(
            table,
            "| R{number} | {} | {} | {missing} |",
            requirement.holds,
            tests.join(", ")
        )
        .unwrap();
    }
    table.push('\n');
    table
}

/// Names of all tests.
fn tests() -> HashSet<String> {
    let mut names = HashSet::new();
    for folder in FOLDERS {
        collect(Path::new(folder), &mut names);
    }
    names
}

fn collect(folder: &Path, names: &mut HashSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, names);
            continue;
        }
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let mut lines = text.lines().map(str::trim);
        while let Some(line) = lines.next() {
            // proptest writes `#[test]` too.
            if !matches!(line, "#[test]" | "#[tokio::test]") {
                continue;
            }
            let function = lines.find_map(|line| {
                let line = line.strip_prefix("async ").unwrap_or(line);
                line.strip_prefix("fn ")
            });
            let name = function.and_then(|function| function.split('(').next());
            names.extend(name.map(str::to_owned));
        }
    }
}
