//! Finding an item by Chinese words, English words, pinyin or its initials, with one typo.
//!
//! ```
//! # let catalogue = city_catalogue::Catalogue::parse("catalogue.json",
//! #     include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../sample-city/catalogue.json"))).unwrap();
//! let index = city_catalogue::search::Index::new(&catalogue);
//! let hits = index.search("sydj", 5);
//! assert_eq!(catalogue.item(&hits[0].code).unwrap().name.zh, "失业登记");
//! ```

mod entry;
mod fuzzy;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;

use crate::code::ItemCode;
use crate::load::Catalogue;
use crate::record::{Item, Status};
use entry::{Entry, Query};

/// One item found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Its code.
    pub code: ItemCode,
    /// How well it fits; larger is better, of no further meaning.
    pub score: u32,
}

/// The words of all items in force.
#[derive(Debug, Clone, Default)]
pub struct Index {
    entries: Vec<Entry>,
}

impl Index {
    /// An index over the items in force of `catalogue`.
    #[must_use]
    pub fn new(catalogue: &Catalogue) -> Self {
        let body = |item: &Item| {
            let body = catalogue.department(&item.department);
            body.map(|body| body.name.zh.clone()).unwrap_or_default()
        };
        let items = catalogue
            .items()
            .iter()
            .map(|item| (item.as_ref(), body(item)));
        Self::of_items(items)
    }

    /// An index over the items in force among `items`, each with the name of its body.
    pub fn of_items<'a>(items: impl Iterator<Item = (&'a Item, String)>) -> Self {
        let entries = items
            .filter(|(item, _)| item.status == Status::InForce)
            .map(|(item, body)| Entry::new(item, &body))
            .collect();
        Self { entries }
    }

    /// The items that fit `query`, the best first, at most `limit`. A blank query fits nothing.
    ///
    /// One typo is forgiven only when nothing fits without it.
    #[must_use]
    pub fn search(&self, query: &str, limit: usize) -> Vec<Hit> {
        let Some(query) = Query::parse(query) else {
            return Vec::new();
        };
        let mut found = self.scored(|entry| entry.exact(&query));
        if found.is_empty() {
            found = self.scored(|entry| entry.fuzzy(&query));
        }
        // Equal ones stay in the order of the catalogue: initials alone often fit several names.
        found.sort_by_key(|(score, entry)| (Reverse(*score), entry.length()));
        let hit = |(score, entry): (u32, &Entry)| Hit {
            code: entry.code.clone(),
            score,
        };
        found.into_iter().take(limit).map(hit).collect()
    }

    fn scored(&self, score: impl Fn(&Entry) -> Option<u32>) -> Vec<(u32, &Entry)> {
        let entries = self.entries.iter();
        entries
            .filter_map(|entry| Some((score(entry)?, entry)))
            .collect()
    }
}
