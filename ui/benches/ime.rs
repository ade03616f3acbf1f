//! Time from a key to its page of candidates (bar: 5 ms at p95), the first key, and memory.
//!
//! Every line of the wanted list is typed key by key, then long runs that nobody means, then
//! strokes. Each key is timed five times: the first time as it comes, and the best of the five,
//! which leaves out what other programs on the machine took.
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
    report("the first key", &first);
    let after = resident() - before;
    println!("memory: {before} KiB before, {after} KiB more after it");
    let letters = WANTED
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(letters, _)| letters);
    let wanted = times(Way::Pinyin, letters);
    report("pinyin, the wanted list (bar 5 ms at p95)", &wanted);
    let hard = times(Way::Pinyin, HARD.into_iter());
    report("pinyin, runs of 64 letters", &hard);
    let strokes = times(Way::Strokes, STROKES.into_iter());
    report("strokes", &strokes);
    let after = resident() - before;
    println!("memory: {after} KiB more than before the first key");
}

/// How long a key takes until its page is known: the first time, and the best of five.
struct Key {
    first: Duration,
    best: Duration,
}

fn times<'a>(way: Way, runs: impl Iterator<Item = &'a str>) -> Vec<Key> {
    let mut times = Vec::new();
    for run in runs {
        let mut composer = Composer::default();
        composer.begin(way);
        for key in run.chars() {
            let first = time(&mut composer, key);
            let mut best = first;
            for _ in 0..4 {
                composer.erase();
                best = best.min(time(&mut composer, key));
            }
            times.push(Key { first, best });
        }
    }
    times
}

fn time(composer: &mut Composer, key: char) -> Duration {
    let begun = Instant::now();
    composer.push(key);
    black_box(composer.shown());
    begun.elapsed()
}

fn report(name: &str, times: &[Key]) {
    let [first, best] = [|key: &Key| key.first, |key: &Key| key.best].map(|of| {
        let mut all: Vec<Duration> = times.iter().map(of).collect();
        all.sort_unstable();
        [50, 95, 100].map(|share| {
            let at = all[(all.len() - 1) * share / 100];
            format!("{:.2}", at.as_secs_f64() * 1e3)
        })
    });
    println!(
        "{name}: {} keys; p50, p95 and most: {} ms, best of five {} ms",
        times.len(),
        first.join(", "),
        best.join(", ")
    );
}

/// Resident memory of this process, KiB.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok())
        .unwrap_or_default()
}
