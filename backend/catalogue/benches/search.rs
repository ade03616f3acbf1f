//! Search over 1,000 items: the sample multiplied. Prints median and 95th percentile per query.

use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use city_catalogue::search::Index;
use city_catalogue::{Catalogue, Item};

/// Bar of the 95th percentile.
const BAR: Duration = Duration::from_millis(5);
const ROUNDS: usize = 200;
const QUERIES: [&str; 12] = [
    "失业登记",
    "登记",
    "sydj",
    "s",
    "shiyedengji",
    "shiye",
    "unemployment",
    "registration of",
    "shixedengji",
    "失业等记",
    "qqqqqqqqqqqq",
    "公共体育场馆公益时段预药",
];

fn main() -> ExitCode {
    let sample = include_bytes!("../../sample-city/catalogue.json");
    let catalogue = match Catalogue::parse("catalogue.json", sample) {
        Ok(catalogue) => catalogue,
        Err(refused) => {
            eprintln!("{refused}");
            return ExitCode::FAILURE;
        }
    };
    let items: Vec<Item> = multiplied(&catalogue);
    let index = Index::of_items(items.iter().map(|item| (item, String::new())));
    let mut times = Vec::with_capacity(ROUNDS * QUERIES.len());
    for query in QUERIES.iter().cycle().take(ROUNDS * QUERIES.len()) {
        let start = Instant::now();
        black_box(index.search(black_box(query), 20));
        times.push(start.elapsed());
    }
    times.sort_unstable();
    let at = |percent: usize| {
        times
            .get(times.len() * percent / 100)
            .copied()
            .unwrap_or_default()
    };
    let (median, p95) = (at(50), at(95));
    println!(
        "search over {} items: median {median:?}, p95 {p95:?} (bar {BAR:?})",
        items.len()
    );
    if p95 < BAR {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// The sample's items over and over, each with its round in the name, until there are 1,000.
fn multiplied(catalogue: &Catalogue) -> Vec<Item> {
    let rounds =
        (0_usize..).flat_map(|round| catalogue.items().iter().map(move |item| (round, item)));
    let numbered = |(round, item): (usize, &std::sync::Arc<Item>)| {
        let mut item = item.as_ref().clone();
        item.name.zh.push_str(&format!("第{round}类"));
        item
    };
    rounds.take(1_000).map(numbered).collect()
}
