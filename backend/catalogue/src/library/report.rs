//! What somebody who keeps the library should look at.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::burden::Burden;
use super::life::{has_approval_character, is_reviewed};
use super::{graph, guide};
use crate::code::ItemCode;
use crate::load::Catalogue;
use crate::policy::LibraryPolicy;
use crate::record::{Item, LegalBasis, LimitUnit, Supply};

/// Bodies and bases without an item (R7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Coverage {
    /// Active bodies with the items in force that they implement.
    pub bodies: BTreeMap<String, u32>,
    /// Active bodies that neither implement an item in force nor take part in one.
    pub bodies_without_item: Vec<String>,
    /// Titles of bases that the city has to carry out and no item in force rests on.
    pub bases_without_item: Vec<String>,
    /// How many titles the city's policy names; 0 is a city that keeps no list of them.
    pub bases_listed: u32,
}

/// An item that nobody confirmed for long (R22).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stale {
    /// Code.
    pub code: ItemCode,
    /// Chinese name.
    pub name: String,
    /// Body that has to confirm it.
    pub department: String,
    /// The last day somebody did.
    pub checked: Date,
    /// Days since then.
    pub days: u32,
}

/// Something about one item, at one place in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Note {
    /// Code.
    pub code: ItemCode,
    /// Chinese name.
    pub name: String,
    /// Path of the field, for example `acceptConditions[1]`.
    pub field: String,
    /// What is there, or missing.
    pub what: String,
}

/// An item among the longest (R14).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Long {
    /// Code.
    pub code: ItemCode,
    /// Chinese name.
    pub name: String,
    /// What it costs people.
    pub burden: Burden,
}

/// The whole report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Items in force.
    pub items: u32,
    /// Bodies and bases.
    pub coverage: Coverage,
    /// Items nobody confirmed for long.
    pub stale: Vec<Stale>,
    /// Wording that leaves the decision open (R52).
    pub free_wording: Vec<Note>,
    /// Parts of the list of elements that are missing and do not stop publication (R17).
    pub gaps: Vec<Note>,
    /// Items whose name has approval character (R15), and whether their record shows enough reviews.
    pub approval_character: Vec<Note>,
    /// Items with the most steps, the longest first.
    pub most_steps: Vec<Long>,
    /// Items with the longest promise in days, the longest first; working and natural days are listed apart.
    pub most_workdays: Vec<Long>,
    /// The same in natural days.
    pub most_days: Vec<Long>,
    /// Groups of items whose results are materials of each other, and that another way leads around (R16).
    pub cycles: Vec<Vec<ItemCode>>,
}

/// The report on the items in force on `today`. `checked` knows later confirmations than the records.
#[must_use]
pub fn report(
    catalogue: &Catalogue,
    policy: &LibraryPolicy,
    checked: &BTreeMap<ItemCode, Date>,
    today: Date,
) -> Report {
    let items: Vec<&Item> = in_force(catalogue, today).collect();
    let longest = |kept: &dyn Fn(&Burden) -> Option<u32>| longest(&items, policy.longest, kept);
    let in_unit = |unit| move |burden: &Burden| (burden.unit == unit).then_some(burden.days);
    let cycles = graph::cycles(&graph::edges(items.iter().copied()));
    Report {
        items: u32::try_from(items.len()).unwrap_or(u32::MAX),
        coverage: coverage(catalogue, policy, today),
        stale: stale(catalogue, policy, checked, today),
        free_wording: items
            .iter()
            .flat_map(|item| wording(item, policy))
            .collect(),
        gaps: items.iter().flat_map(|item| gaps(item)).collect(),
        approval_character: items
            .iter()
            .filter(|item| has_approval_character(item, policy))
            .map(|item| {
                let reviewed = is_reviewed(item, policy);
                let what = if reviewed {
                    "reviewed"
                } else {
                    "no two reviews recorded"
                };
                note(item, "name.zh", what)
            })
            .collect(),
        most_steps: longest(&|burden| Some(burden.steps)),
        most_workdays: longest(&in_unit(LimitUnit::Workday)),
        most_days: longest(&in_unit(LimitUnit::Day)),
        cycles: cycles
            .into_iter()
            .map(|group| group.into_iter().collect())
            .collect(),
    }
}

/// Bodies and bases without an item in force on `today`.
#[must_use]
pub fn coverage(catalogue: &Catalogue, policy: &LibraryPolicy, today: Date) -> Coverage {
    let items: Vec<&Item> = in_force(catalogue, today).collect();
    let active = || catalogue.departments().iter().filter(|body| body.active);
    let implemented = |id: &str| items.iter().filter(|item| item.department == id).count();
    let rests_on = |title: &str| {
        items.iter().any(|item| {
            let mut bases = item.legal_basis.iter();
            bases.any(|basis: &LegalBasis| basis.title == title)
        })
    };
    Coverage {
        bodies: active()
            .map(|body| (body.id.clone(), implemented(&body.id)))
            .map(|(id, count)| (id, u32::try_from(count).unwrap_or(u32::MAX)))
            .collect(),
        bodies_without_item: active()
            .filter(|body| !items.iter().any(|item| item.involves(&body.id)))
            .map(|body| body.id.clone())
            .collect(),
        bases_without_item: policy
            .bases
            .iter()
            .filter(|title| !rests_on(title))
            .cloned()
            .collect(),
        bases_listed: u32::try_from(policy.bases.len()).unwrap_or(u32::MAX),
    }
}

/// The last day somebody confirmed that `item` is right: `confirmed` where it is later than what the record says.
#[must_use]
pub fn last_checked(item: &Item, confirmed: Option<Date>) -> Date {
    let written = item.revision.as_ref().map(|revision| {
        let checked = revision.checked.unwrap_or(revision.at);
        checked.max(revision.at)
    });
    let recorded = written.unwrap_or(item.effective_from);
    confirmed.map_or(recorded, |day| day.max(recorded))
}

/// Items in force on `today` that nobody confirmed for longer than the policy allows, the oldest first.
#[must_use]
pub fn stale(
    catalogue: &Catalogue,
    policy: &LibraryPolicy,
    checked: &BTreeMap<ItemCode, Date>,
    today: Date,
) -> Vec<Stale> {
    let mut found: Vec<Stale> = in_force(catalogue, today)
        .filter_map(|item| {
            let code = item.code();
            let last = last_checked(item, checked.get(&code).copied());
            let days = u32::try_from((today - last).get_days()).ok()?;
            (days > u32::from(policy.stale_days)).then(|| Stale {
                name: item.name.zh.clone(),
                department: item.department.clone(),
                checked: last,
                days,
                code,
            })
        })
        .collect();
    found.sort_by(|a, b| (a.checked, &a.code).cmp(&(b.checked, &b.code)));
    found
}

/// Wording of conditions and standards that is neither yes or no nor measurable.
#[must_use]
pub fn wording(item: &Item, policy: &LibraryPolicy) -> Vec<Note> {
    let conditions = item.accept_conditions.iter().enumerate();
    let conditions = conditions.map(|(at, text)| (format!("acceptConditions[{at}]"), text));
    let standards = item.materials.iter().enumerate();
    let standards = standards.map(|(at, material)| {
        let field = format!("materials[{at}].acceptStandard");
        (field, &material.accept_standard)
    });
    let mut found = Vec::new();
    for (field, text) in conditions.chain(standards) {
        let mut words = policy.free_wording.iter();
        if let Some(word) = words.find(|word| text.contains(word.as_str())) {
            found.push(note(
                item,
                &field,
                &format!("{word} leaves the decision open"),
            ));
        }
    }
    found
}

/// Model texts and examples of mistakes that are missing: shown to who keeps the item, no reason not to publish it.
#[must_use]
pub fn gaps(item: &Item) -> Vec<Note> {
    let mut found = Vec::new();
    let submitted = item.materials.iter().enumerate();
    for (at, material) in submitted.filter(|(_, material)| material.supply == Supply::Submit) {
        let missing = [
            ("sampleDoc", material.sample_doc.is_none(), "no model text"),
            (
                "commonErrors",
                material.common_errors.is_empty(),
                "no examples of mistakes",
            ),
            (
                "acceptStandard",
                material.accept_standard.trim().is_empty(),
                "no standard of acceptance",
            ),
        ];
        for (field, _, what) in missing.into_iter().filter(|(_, missing, _)| *missing) {
            found.push(note(item, &format!("materials[{at}].{field}"), what));
        }
    }
    for step in guide::handbook(item).steps {
        if step.review_points.is_empty() && step.examines {
            let field = format!("steps[{}]", step.seq);
            found.push(note(item, &field, "nothing to examine is written down"));
        }
    }
    found
}

fn in_force(catalogue: &Catalogue, today: Date) -> impl Iterator<Item = &Item> {
    let items = catalogue.items().iter().map(AsRef::as_ref);
    items.filter(move |item: &&Item| item.in_force(today))
}

fn longest(items: &[&Item], most: u16, kept: &dyn Fn(&Burden) -> Option<u32>) -> Vec<Long> {
    let mut found: Vec<(u32, Long)> = items
        .iter()
        .filter_map(|item| {
            let burden = Burden::of(item);
            let length = kept(&burden).filter(|length| *length > 0)?;
            let long = Long {
                code: item.code(),
                name: item.name.zh.clone(),
                burden,
            };
            Some((length, long))
        })
        .collect();
    found.sort_by(|(a, one), (b, other)| b.cmp(a).then_with(|| one.code.cmp(&other.code)));
    found.truncate(most.into());
    found.into_iter().map(|(_, long)| long).collect()
}

fn note(item: &Item, field: &str, what: &str) -> Note {
    Note {
        code: item.code(),
        name: item.name.zh.clone(),
        field: field.to_owned(),
        what: what.to_owned(),
    }
}
