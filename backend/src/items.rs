//! Item records in memory: a list of two hundred tasks must not read and parse two hundred records.
//!
//! A record in one version never changes, so what is here is right for ever; whether it is in force is asked of the
//! store.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use city_catalogue::record::Item;

/// Most records kept; the one longest here goes for a further one. A record takes some ten kilobytes.
const MOST: usize = 512;

/// Code and version.
type Key = (String, u32);

/// The records read last.
#[derive(Debug, Default)]
pub(crate) struct Items {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    /// Counts what came.
    came: u64,
    by_key: BTreeMap<Key, (u64, Arc<Item>)>,
}

impl Items {
    /// The record of this code and version, if it is here.
    #[must_use]
    pub(crate) fn get(&self, code: &str, version: u32) -> Option<Arc<Item>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.by_key.get(&(code.to_owned(), version));
        found.map(|(_, item)| Arc::clone(item))
    }

    /// Keeps a record.
    pub(crate) fn keep(&self, code: &str, item: &Arc<Item>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.came = kept.came.saturating_add(1);
        let came = kept.came;
        let key = (code.to_owned(), item.version);
        if kept.by_key.len() >= MOST && !kept.by_key.contains_key(&key) {
            let oldest = kept.by_key.iter().min_by_key(|(_, (came, _))| *came);
            let oldest = oldest.map(|(key, _)| key.clone());
            oldest.map(|key| kept.by_key.remove(&key));
        }
        kept.by_key.insert(key, (came, Arc::clone(item)));
    }
}

#[cfg(all(test, feature = "sample-city"))]
mod tests {
    use std::sync::Arc;

    use city_catalogue::Catalogue;

    use super::{Items, MOST};
    use crate::sample_city::FILES;

    #[test]
    fn records_by_the_thousand_stay_within_bounds_and_the_newest_are_here() {
        let (name, json) = FILES[0];
        let catalogue = Catalogue::parse(name, json.as_bytes()).unwrap();
        let mut item = catalogue.items()[0].as_ref().clone();
        let items = Items::default();
        let last = u32::try_from(MOST + 100).unwrap();
        for version in 1..=last {
            item.version = version;
            items.keep("x", &Arc::new(item.clone()));
        }
        assert_eq!(items.kept.lock().unwrap().by_key.len(), MOST);
        assert!(items.get("x", 1).is_none() && items.get("y", last).is_none());
        assert_eq!(items.get("x", last).unwrap().version, last);
    }
}
