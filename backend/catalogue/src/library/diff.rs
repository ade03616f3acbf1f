//! What changed between two versions of an item.

use serde::{Deserialize, Serialize};

use super::burden::{Burden, Measure};
use crate::code::ItemCode;
use crate::record::{Item, Step};

/// The changes of a version against an older one, for people to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VersionDiff {
    /// Code of the item.
    pub code: ItemCode,
    /// Older version.
    pub from: u32,
    /// Newer version.
    pub to: u32,
    /// Chinese names of steps that are new and take no older one in.
    pub steps_added: Vec<String>,
    /// Chinese names of steps that are gone and in no other one.
    pub steps_removed: Vec<String>,
    /// Older steps that one newer step takes in.
    pub steps_merged: Vec<Merged>,
    /// Chinese names of steps that run beside others now and did not before.
    pub steps_beside: Vec<String>,
    /// Chinese names of materials that are new.
    pub materials_added: Vec<String>,
    /// Chinese names of materials that are gone.
    pub materials_removed: Vec<String>,
    /// Promised days saved, below 0 when it takes longer; `None` when the unit changed.
    pub days_saved: Option<i64>,
    /// Visits saved, below 0 when there are more.
    pub visits_saved: i64,
    /// What the older version costs people.
    pub before: Burden,
    /// What the newer version costs people.
    pub after: Burden,
    /// Measures that rose.
    pub rises: Vec<Measure>,
    /// The recorded reason of the newer version; `None` where none is recorded.
    pub why: Option<String>,
}

/// Older steps in one newer one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merged {
    /// Chinese name of the newer step.
    pub into: String,
    /// Chinese names of the older steps.
    pub steps: Vec<String>,
}

impl VersionDiff {
    /// What `new` changes against `old`. A step that is gone counts as merged where a step of the same body that is new
    /// has its name in its own.
    #[must_use]
    pub fn between(old: &Item, new: &Item) -> Self {
        let has = |steps: &[Step], name: &str| steps.iter().any(|step| step.name.zh == name);
        let gone: Vec<&Step> = old
            .steps
            .iter()
            .filter(|step| !has(&new.steps, &step.name.zh))
            .collect();
        let added: Vec<&Step> = new
            .steps
            .iter()
            .filter(|step| !has(&old.steps, &step.name.zh))
            .collect();
        let merged: Vec<Merged> = added
            .iter()
            .map(|step| Merged {
                into: step.name.zh.clone(),
                steps: gone
                    .iter()
                    .filter(|older| takes_in(step, older))
                    .map(|older| older.name.zh.clone())
                    .collect(),
            })
            .filter(|merged| !merged.steps.is_empty())
            .collect();
        let is_merged = |name: &String| merged.iter().any(|one| one.steps.contains(name));
        let takes = |name: &String| merged.iter().any(|one| one.into == *name);
        let (before, after) = (Burden::of(old), Burden::of(new));
        let saved = i64::from(before.days) - i64::from(after.days);
        Self {
            code: new.code(),
            from: old.version,
            to: new.version,
            steps_added: names(&added).filter(|name| !takes(name)).collect(),
            steps_removed: names(&gone).filter(|name| !is_merged(name)).collect(),
            steps_beside: beside(old, new),
            materials_added: only_in(new, old),
            materials_removed: only_in(old, new),
            days_saved: (before.unit == after.unit).then_some(saved),
            visits_saved: i64::from(before.visits) - i64::from(after.visits),
            before,
            after,
            rises: after.rises(&before),
            why: new.revision.as_ref().map(|revision| revision.why.clone()),
            steps_merged: merged,
        }
    }
}

fn takes_in(newer: &Step, older: &Step) -> bool {
    newer.department == older.department && newer.name.zh.contains(&older.name.zh)
}

fn names<'a>(steps: &'a [&Step]) -> impl Iterator<Item = String> + 'a {
    steps.iter().map(|step| step.name.zh.clone())
}

fn beside(old: &Item, new: &Item) -> Vec<String> {
    let alone = |step: &Step| step.parallel_group.is_none();
    let was_alone = |name: &str| {
        let mut older = old.steps.iter();
        older.any(|step| step.name.zh == name && alone(step))
    };
    let now = new.steps.iter().filter(|step| !alone(step));
    now.filter(|step| was_alone(&step.name.zh))
        .map(|step| step.name.zh.clone())
        .collect()
}

/// Chinese names of the materials of `item` that `other` does not have.
fn only_in(item: &Item, other: &Item) -> Vec<String> {
    let names = item.materials.iter().map(|material| &material.name.zh);
    let known = |name: &&String| other.materials.iter().any(|known| known.name.zh == **name);
    names.filter(|name| !known(name)).cloned().collect()
}
