//! Results of items that are materials of other items (互为前置).
//!
//! A document is known by its name without what stands in brackets. An item cannot be obtained when one of its required
//! materials is the result of items that cannot be obtained either: such items lock each other, and nobody who has
//! nothing can begin. An item that asks for its own result (a renewal) locks nobody.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::code::ItemCode;
use crate::record::{Item, Material, Necessity, Supply};

/// `from`'s result is a material of `to`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Edge {
    /// Item whose result it is.
    pub from: ItemCode,
    /// Item that asks for it.
    pub to: ItemCode,
    /// Chinese name of the document.
    pub document: String,
}

/// Every result that another item asks for, in the order of the items.
#[must_use]
pub fn edges<'a>(items: impl IntoIterator<Item = &'a Item>) -> Vec<Edge> {
    let items: Vec<&Item> = items.into_iter().collect();
    let makers = makers(&items);
    let mut found = Vec::new();
    for item in &items {
        for material in item.materials.iter().filter(|one| is_asked_for(item, one)) {
            let makers = makers.get(bare(&material.name.zh)).into_iter().flatten();
            found.extend(
                makers
                    .filter(|maker| maker.code() != item.code())
                    .map(|maker| Edge {
                        from: maker.code(),
                        to: item.code(),
                        document: material.name.zh.clone(),
                    }),
            );
        }
    }
    found
}

/// The codes of items that lock each other, each of them in a cycle or behind one; empty where there is a way to
/// everything.
#[must_use]
pub fn locked<'a>(items: impl IntoIterator<Item = &'a Item>) -> BTreeSet<ItemCode> {
    let items: Vec<&Item> = items.into_iter().collect();
    let mut makers: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, item) in items.iter().enumerate() {
        makers.entry(bare(&item.result.name)).or_default().push(at);
    }
    // What each still waits for: the places of the items that make a document, one list for each document.
    let mut waiting: Vec<(usize, Vec<&Vec<usize>>)> = Vec::new();
    let mut open = vec![false; items.len()];
    for (at, item) in items.iter().enumerate() {
        let asked = item.materials.iter().filter(|one| is_asked_for(item, one));
        let wants: Vec<&Vec<usize>> = asked
            .filter_map(|material| makers.get(bare(&material.name.zh)))
            .filter(|makers| !makers.contains(&at))
            .collect();
        match open.get_mut(at) {
            Some(open) if wants.is_empty() => *open = true,
            _ => waiting.push((at, wants)),
        }
    }
    loop {
        let left = waiting.len();
        waiting.retain(|(at, wants)| {
            let is_open = |maker: &usize| open.get(*maker).copied().unwrap_or_default();
            let free = wants.iter().all(|makers| makers.iter().any(is_open));
            if free && let Some(open) = open.get_mut(*at) {
                *open = true;
            }
            !free
        });
        if waiting.len() == left {
            break;
        }
    }
    let code = |(at, _): &(usize, _)| items.get(*at).map(|item| item.code());
    waiting.iter().filter_map(code).collect()
}

/// Groups of items each of whose results leads back to itself, and that are not locked: another item makes the document
/// too. They are flagged, not refused.
#[must_use]
pub fn cycles(edges: &[Edge]) -> Vec<BTreeSet<ItemCode>> {
    let mut next: BTreeMap<&ItemCode, BTreeSet<&ItemCode>> = BTreeMap::new();
    for edge in edges {
        next.entry(&edge.from).or_default().insert(&edge.to);
    }
    let reach = |from: &ItemCode| {
        let mut seen: BTreeSet<&ItemCode> = BTreeSet::new();
        let mut left: Vec<&ItemCode> = next.get(from).into_iter().flatten().copied().collect();
        while let Some(code) = left.pop() {
            if seen.insert(code) {
                left.extend(next.get(code).into_iter().flatten());
            }
        }
        seen
    };
    // Only what both asks for a result and gives one can lie in a cycle.
    let asked: BTreeSet<&ItemCode> = edges.iter().map(|edge| &edge.to).collect();
    let reached: BTreeMap<&ItemCode, BTreeSet<&ItemCode>> = next
        .keys()
        .filter(|code| asked.contains(*code))
        .map(|code| (*code, reach(code)))
        .collect();
    let mut found: Vec<BTreeSet<ItemCode>> = Vec::new();
    for (code, there) in reached.iter().filter(|(code, there)| there.contains(*code)) {
        let back = |other: &&&ItemCode| {
            let theirs = reached.get(**other);
            theirs.is_some_and(|theirs| theirs.contains(code))
        };
        let group: BTreeSet<ItemCode> = there
            .iter()
            .filter(back)
            .map(|one| (*one).clone())
            .collect();
        if !found.contains(&group) {
            found.push(group);
        }
    }
    found
}

/// Items by the bare name of what they make.
fn makers<'a>(items: &[&'a Item]) -> BTreeMap<&'a str, Vec<&'a Item>> {
    let mut makers: BTreeMap<&str, Vec<&Item>> = BTreeMap::new();
    for item in items {
        makers
            .entry(bare(&item.result.name))
            .or_default()
            .push(item);
    }
    makers
}

/// Whether nobody can apply without it: what is optional, made here or replaced by a commitment locks nothing.
fn is_asked_for(item: &Item, material: &Material) -> bool {
    material.necessity != Necessity::Optional
        && matches!(
            material.supply,
            Supply::Submit | Supply::IdRead | Supply::Shared
        )
        && !item.allows_commitment(material)
}

/// A name without what stands in brackets behind it.
fn bare(name: &str) -> &str {
    let end = name.find(['（', '(']).unwrap_or(name.len());
    let bare = name.get(..end).unwrap_or(name).trim();
    if bare.is_empty() { name } else { bare }
}
