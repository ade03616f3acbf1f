//! Programs that are not ours open what we made and talk to what we simulate: PDF, QR codes,
//! the printer's bytes, IPP; pages that are not ours are laid flat.
//!
//! What the kiosk believes about its own paper and the simulator about its own bytes would stay
//! believed for ever if only our code read them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod document_printer;
mod page;
mod paper;
mod real_pages;
mod receipt_printer;
mod skew;
mod voice;

use std::path::PathBuf;
use std::process::Output;

use tempfile::TempDir;

/// Writes bytes where a program can read them; gone with the folder.
fn kept(bytes: &[u8], name: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

fn told(output: &Output) -> String {
    let streams = [&output.stdout, &output.stderr];
    streams
        .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        .join("\n")
}
