//! The rules of the project that a program can check, each with a planted fault that it finds.
//!
//! Every rule takes text and gives back its complaints, one sentence each with the place.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod files;
mod manifests;
mod readme;
mod words;

use files::File;

/// Fails with every complaint at once, so that one run shows all there is to do.
fn assert_none(complaints: &[String]) {
    assert!(
        complaints.is_empty(),
        "{} complaints:\n{}",
        complaints.len(),
        complaints.join("\n")
    );
}

/// What `rule` says about each of our files.
fn over_all(rule: impl Fn(&File) -> Vec<String>) -> Vec<String> {
    files::all().iter().flat_map(rule).collect()
}
