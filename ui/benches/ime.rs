//! Time from a key to its page of candidates (bar: 5 ms at p95), the first key, and memory.
//!
//! Every line of the wanted list is typed key by key, then long runs that nobody means, then
//! strokes.
//!
//! `cargo bench -p kiosk-ui --bench ime`
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use kiosk_ui::ime::{Composer, Way};

const WANTED: &str = include_str!("../src/ime/tests/wanted.tsv");
/// Runs with as many ways to be cut as the alphabet has to offer.
const HARD: [&str; 5] = [
    "gangangangangangangangangangangangangangangangangangangangangang",
    "xianxianxianxianxianxianxianxianxianxianxianxianxianxianxianxian",
    "sssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss",
    "zhezhezhezhezhezhshchzhshchzhshchanganganzhshchzhshchzhshchenen",
    "aoaoaoaoaoaoaoaeaeaeaeaeaneneneneneganganganoooooooooaaaaaaaeeee",
];
const STROKES: [&str; 5] = [
    "hhsh",
    "pnhhszhzhsz",
    "???????z",
    "hpzpnhhpn",
    "nnhszhhsszzpn",
];

fn main() {
    let before = resident();
    let first = times(Way::Pinyin, ["s"].into_iter());
    report("the first key", first);
    println!(
        "memory: {} KiB before, {} KiB more after it",
        before,
        resident() - before
    );
    let letters = || {
        WANTED
            .lines()
            .filter_map(|line| line.split_once('\t'))
            .map(|(letters, _)| letters)
    };
    // Whatever else is the first time.
    times(Way::Pinyin, letters());
    report(
        "pinyin, keys of the wanted list (bar 5 ms at p95)",
        times(Way::Pinyin, letters()),
    );
    report(
        "pinyin, runs of 64 letters",
        times(Way::Pinyin, HARD.into_iter()),
    );
    report("strokes", times(Way::Strokes, STROKES.into_iter()));
    println!(
        "memory: {} KiB more than before the first key",
        resident() - before
    );
}

/// The time each key takes until its page is known.
fn times<'a>(way: Way, runs: impl Iterator<Item = &'a str>) -> Vec<Duration> {
    let mut times = Vec::new();
    for run in runs {
        let mut composer = Composer::default();
        composer.begin(way);
        for key in run.chars() {
            let begun = Instant::now();
            composer.push(key);
            black_box(composer.shown());
            times.push(begun.elapsed());
        }
    }
    times
}

fn report(name: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1e3;
    println!(
        "{name}: {} keys, p50 {:.2} ms, p95 {:.2} ms, p99 {:.2} ms, most {:.2} ms",
        times.len(),
        at(50),
        at(95),
        at(99),
        at(100)
    );
}

/// Resident memory of this process, KiB.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok())
        .unwrap_or_default()
}
