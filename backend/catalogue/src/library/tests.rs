//! The rules of the library, each with the sample city changed where the rule bites.

use std::collections::BTreeMap;

use jiff::civil::date;
use proptest::prelude::*;

use super::life::{Denied, Life, has_approval_character, is_reviewed};
use super::report::{coverage, gaps, last_checked, report, stale, wording};
use super::{Burden, Measure, VersionDiff, bundle, burden, graph, guide};
use crate::policy::LibraryPolicy;
use crate::record::{Cause, CauseKind, Item, LimitUnit, Necessity, Revision, Status, Supply};
use crate::sample::{TODAY, catalogue};

fn named(zh: &str) -> Item {
    let catalogue = catalogue();
    let mut items = catalogue.items().iter();
    let item = items.find(|item| item.name.zh == zh);
    item.unwrap().as_ref().clone()
}

fn changed(zh: &str, change: impl FnOnce(&mut Item)) -> Item {
    let mut item = named(zh);
    item.version += 1;
    change(&mut item);
    item
}

fn revision(editor: &str, reviewers: &[&str]) -> Revision {
    Revision {
        editor: editor.into(),
        at: date(2026, 2, 1),
        why: "法律修改".into(),
        reviewers: reviewers.iter().map(|&who| who.to_owned()).collect(),
        checked: None,
        causes: Vec::new(),
    }
}

const AID: &str = "法律援助申请";

#[test]
fn a_new_version_asks_for_more_of_each_of_the_four_and_says_nothing() {
    let old = named(AID);
    let before = Burden::of(&old);
    assert_eq!((before.materials, before.visits), (2, 0));
    type More = fn(&mut Item);
    let more: [(Measure, More); 4] = [
        (Measure::Materials, |item| {
            item.commitment.supported = false;
            item.materials[2].supply = Supply::Submit;
        }),
        (Measure::Visits, |item| item.on_site_visits = 1),
        (Measure::Steps, |item| {
            let step = item.steps[0].clone();
            item.steps.push(step);
        }),
        (Measure::Days, |item| item.promised_limit.value += 1),
    ];
    for (measure, more) in more {
        let mut new = changed(AID, more);
        assert_eq!(burden::unexplained(&new, &old), [measure]);
        new.revision = Some(revision("e1", &[]));
        assert_eq!(burden::unexplained(&new, &old), []);
    }
    let fewer = changed(AID, |item| {
        item.steps.pop();
        item.promised_limit.value -= 1;
    });
    assert_eq!(burden::unexplained(&fewer, &old), []);
    // Hours are no fewer days: nobody converts them.
    let hours = changed(AID, |item| {
        item.promised_limit.unit = LimitUnit::Hour;
        item.promised_limit.value = 1;
    });
    assert_eq!(burden::unexplained(&hours, &old), [Measure::Days]);
}

#[test]
fn every_item_says_what_it_costs_and_what_is_shared_costs_nothing() {
    for item in catalogue().items() {
        let cost = Burden::of(item);
        let most = item.materials.len();
        assert!(
            cost.materials as usize <= most && cost.steps > 0,
            "{}",
            item.name.zh
        );
        let mut shared = item.as_ref().clone();
        for material in &mut shared.materials {
            material.supply = Supply::Shared;
        }
        assert_eq!(Burden::of(&shared).materials, 0);
    }
}

#[test]
fn two_steps_became_one_and_a_version_shows_it_with_the_days_it_saves() {
    let old = named(AID);
    let new = changed(AID, |item| {
        let second = item.steps.remove(1);
        let name = format!("{}并{}", item.steps[0].name.zh, second.name.zh);
        item.steps[0].department = second.department;
        item.steps[0].name.zh = name;
        item.promised_limit.value -= 2;
        item.materials.remove(3);
        item.revision = Some(revision("e1", &["r1"]));
    });
    let diff = VersionDiff::between(&old, &new);
    assert_eq!((diff.from, diff.to, diff.days_saved), (1, 2, Some(2)));
    assert_eq!(diff.steps_merged.len(), 1, "{diff:?}");
    assert!(diff.steps_merged[0].steps.contains(&old.steps[1].name.zh));
    assert!(diff.steps_added.is_empty());
    assert_eq!(diff.materials_removed, [old.materials[3].name.zh.clone()]);
    assert_eq!(
        (diff.before.steps - diff.after.steps, diff.visits_saved),
        (1, 0)
    );
    assert_eq!(diff.why.as_deref(), Some("法律修改"));
    let back = VersionDiff::between(&new, &old);
    assert_eq!(back.days_saved, Some(-2));
    assert_eq!(
        back.rises,
        [Measure::Materials, Measure::Steps, Measure::Days]
    );
    let beside = changed(AID, |item| item.steps[1].parallel_group = Some("P1".into()));
    let beside = VersionDiff::between(&old, &beside);
    assert_eq!(beside.steps_beside, [old.steps[1].name.zh.clone()]);
}

/// Two items that make and ask for what `wants` says, by document.
fn ring(makes: [&str; 2], wants: [&str; 2]) -> [Item; 2] {
    let mut items = [named(AID), named("失业登记")];
    for (at, item) in items.iter_mut().enumerate() {
        item.result.name = makes[at].into();
        item.materials.truncate(1);
        item.materials[0].name.zh = wants[at].into();
        item.materials[0].supply = Supply::Submit;
        item.materials[0].necessity = Necessity::Required;
    }
    items
}

#[test]
fn a_paper_of_one_office_needs_the_paper_of_the_other_which_needs_the_first() {
    let items = ring(["甲证", "乙证（副本）"], ["乙证", "甲证"]);
    let locked = graph::locked(&items);
    assert_eq!(locked.len(), 2);
    assert_eq!(graph::edges(&items).len(), 2);
    // A third item makes one of them without the other: a way round, so it is flagged and not locked.
    let mut third = named("社会保障卡申领");
    third.result.name = "甲证".into();
    third.materials.clear();
    let [one, two] = items;
    let open = [one, two, third];
    assert!(graph::locked(&open).is_empty());
    assert_eq!(graph::cycles(&graph::edges(&open)).len(), 1);
    // A renewal asks for what it makes, and an optional paper stops nobody.
    assert!(graph::locked(&ring(["甲证", "乙证"], ["甲证", "乙证"])).is_empty());
    let mut optional = ring(["甲证", "乙证"], ["乙证", "甲证"]);
    optional[0].materials[0].necessity = Necessity::Optional;
    assert!(graph::locked(&optional).is_empty());
}

#[test]
fn the_sample_city_locks_nobody() {
    let catalogue = catalogue();
    let items: Vec<&Item> = catalogue.items().iter().map(AsRef::as_ref).collect();
    assert!(graph::locked(items.iter().copied()).is_empty());
    let edges = graph::edges(items);
    assert!(edges.iter().any(|edge| edge.document == "营业执照"));
    assert!(
        graph::cycles(&edges).is_empty(),
        "{:?}",
        graph::cycles(&edges)
    );
}

proptest! {
    /// Whatever asks for what: an item is locked exactly when no order of applying reaches it.
    #[test]
    fn nobody_is_locked_who_can_apply_in_some_order(wants in prop::collection::vec(0_usize..5, 5)) {
        let template = named(AID);
        let items: Vec<Item> = wants.iter().enumerate().map(|(at, want)| {
            let mut item = template.clone();
            item.codes.handling = Some(format!("{at}"));
            item.result.name = format!("证{at}");
            item.materials.truncate(1);
            item.materials[0].name.zh = format!("证{want}");
            item.materials[0].supply = Supply::Submit;
            item.materials[0].necessity = Necessity::Required;
            item
        }).collect();
        let locked = graph::locked(&items);
        for (at, item) in items.iter().enumerate() {
            // Each asks for one document: follow them until one asks for its own, or forever.
            let mut here = at;
            for _ in 0..wants.len() {
                here = wants[here];
            }
            prop_assert_eq!(locked.contains(&item.code()), wants[here] != here);
        }
    }
}

#[test]
fn the_editor_reviews_the_own_draft_and_a_registration_passes_with_one_reviewer() {
    let policy = LibraryPolicy::default();
    let mut life = Life::draft(&named(AID), "e1", &policy);
    assert_eq!((life.approval_character, life.reviews_needed()), (false, 1));
    assert_eq!(life.enforce(), Err(Denied::Status("draft")));
    assert_eq!(life.review("e1"), Err(Denied::Editor));
    life.review("r1").unwrap();
    assert_eq!(life.review("r2"), Err(Denied::Status("reviewed")));
    life.enforce().unwrap();
    assert_eq!(life.cancel("  "), Err(Denied::NoReason));
    life.change().unwrap();
    assert_eq!(life.cancel("取消"), Err(Denied::Status("changed")));

    let mut life = Life::draft(&named("失业登记"), "e1", &policy);
    assert!(life.approval_character);
    life.review("r1").unwrap();
    assert_eq!(life.status, Status::Draft);
    assert_eq!(life.enforce(), Err(Denied::Status("draft")));
    assert_eq!(life.review("r1"), Err(Denied::SameReviewer));
    life.review("r2").unwrap();
    life.enforce().unwrap();
    life.cancel("法律废止").unwrap();
    assert_eq!(life.status, Status::Cancelled);
}

#[test]
fn what_a_file_says_of_its_reviews_is_held_to_the_same_rule() {
    let policy = LibraryPolicy::default();
    let with = |zh, reviewers: &[&str]| {
        let item = changed(zh, |item| item.revision = Some(revision("e1", reviewers)));
        is_reviewed(&item, &policy)
    };
    assert!(!is_reviewed(&named(AID), &policy));
    assert!(with(AID, &["r1"]) && !with(AID, &["e1"]) && !with(AID, &[]));
    assert!(with("失业登记", &["r1", "r2"]));
    assert!(!with("失业登记", &["r1"]) && !with("失业登记", &["r1", "r1"]));
}

#[test]
fn nobody_confirmed_an_item_for_half_a_year() {
    let catalogue = catalogue();
    let policy = LibraryPolicy::default();
    let none = BTreeMap::new();
    let last_day = date(2026, 6, 30);
    assert!(stale(&catalogue, &policy, &none, last_day).is_empty());
    let late = stale(&catalogue, &policy, &none, date(2026, 7, 1));
    assert_eq!(late.len(), 62);
    assert_eq!((late[0].checked, late[0].days), (date(2026, 1, 1), 181));
    let confirmed = BTreeMap::from([(named(AID).code(), date(2026, 5, 1))]);
    assert_eq!(
        stale(&catalogue, &policy, &confirmed, date(2026, 7, 1)).len(),
        61
    );
    let strict = LibraryPolicy {
        stale_days: 30,
        ..policy
    };
    assert_eq!(stale(&catalogue, &strict, &none, TODAY).len(), 62);
    let written = changed(AID, |item| item.revision = Some(revision("e1", &[])));
    assert_eq!(
        last_checked(&written, Some(date(2025, 1, 1))),
        date(2026, 2, 1)
    );
}

#[test]
fn a_body_without_an_item_and_a_law_nobody_carries_out_are_named() {
    let catalogue = catalogue();
    let mut policy = LibraryPolicy::default();
    let covered = coverage(&catalogue, &policy, TODAY);
    assert_eq!(covered.bodies.len(), 29);
    assert_eq!(
        (covered.bodies_without_item.len(), covered.bases_listed),
        (0, 0)
    );
    policy.bases = vec!["法律援助法".into(), "档案法".into()];
    let covered = coverage(&catalogue, &policy, TODAY);
    assert_eq!(covered.bases_without_item, ["档案法"]);
    // Nothing is in force before its first day: every body is without an item then.
    let before = coverage(&catalogue, &policy, date(2025, 12, 31));
    assert_eq!(before.bodies_without_item.len(), 29);
}

#[test]
fn a_condition_that_anybody_may_read_as_they_like_is_flagged() {
    let policy = LibraryPolicy::default();
    assert!(wording(&named(AID), &policy).is_empty());
    let free = changed(AID, |item| {
        item.accept_conditions.push("原则上为本市户籍".into());
        item.materials[3].accept_standard = "视情况提供".into();
    });
    let fields: Vec<String> = wording(&free, &policy)
        .into_iter()
        .map(|note| note.field)
        .collect();
    let last = free.accept_conditions.len() - 1;
    assert_eq!(
        fields,
        [
            format!("acceptConditions[{last}]"),
            "materials[3].acceptStandard".into()
        ]
    );
}

#[test]
fn the_report_on_the_sample_city_shows_what_is_left_to_do() {
    let catalogue = catalogue();
    let policy = LibraryPolicy::default();
    let report = report(&catalogue, &policy, &BTreeMap::new(), TODAY);
    assert_eq!((report.items, report.approval_character.len()), (62, 15));
    assert!(report.free_wording.is_empty() && report.stale.is_empty() && report.cycles.is_empty());
    assert_eq!(report.most_steps.len(), 10);
    let steps: Vec<u32> = report
        .most_steps
        .iter()
        .map(|long| long.burden.steps)
        .collect();
    assert!(steps.is_sorted_by(|a, b| a >= b));
    let unit = |long: &super::report::Long| long.burden.unit == LimitUnit::Day;
    assert!(!report.most_days.is_empty() && report.most_days.iter().all(unit));
    let samples = report
        .gaps
        .iter()
        .filter(|gap| gap.field.ends_with("sampleDoc"));
    assert_eq!(samples.count(), 3);
    assert!(gaps(&named(AID)).is_empty(), "{:?}", gaps(&named(AID)));
}

#[test]
fn guide_and_handbook_are_one_record() {
    let item = named(AID);
    let guide = guide::guide(&item);
    assert_eq!(guide.legal_basis, item.legal_basis);
    assert_eq!(guide.conditions.len(), item.accept_conditions.len());
    assert!(
        guide
            .conditions
            .iter()
            .all(|condition| condition.basis.starts_with('《'))
    );
    assert_eq!(guide.flow.len(), item.steps.len());
    assert_eq!(guide.materials.len(), item.materials.len());
    let (fee, limit) = (&guide.fee, &guide.promised_limit);
    assert_eq!((fee, limit), (&item.fee, &item.promised_limit));
    let handbook = guide::handbook(&item);
    let examined = handbook.steps.iter().filter(|step| step.examines);
    for step in examined {
        let points = item.accept_conditions.len() + item.materials.len();
        assert_eq!(step.review_points.len(), points, "{}", step.name.zh);
    }
    let keys: Vec<String> = guide::review_points(&item).map(|point| point.key).collect();
    assert_eq!(keys[0], "condition.1");
    assert_eq!(keys.last().unwrap(), "material.4");
}

#[test]
fn one_matter_asks_each_question_and_each_paper_once() {
    let catalogue = catalogue();
    for one in catalogue.bundles() {
        let joint = bundle::joint(one, &catalogue, TODAY);
        assert_eq!(
            (joint.items.len(), joint.missing.len()),
            (one.items.len(), 0)
        );
        let items: Vec<_> = one
            .items
            .iter()
            .map(|code| catalogue.item(code).unwrap())
            .collect();
        let questions: usize = items.iter().map(|item| item.form.len()).sum();
        let papers: usize = items.iter().map(|item| item.materials.len()).sum();
        assert!(joint.form.len() < questions, "{}", one.name.zh);
        let taken: usize = joint.form.iter().map(|field| field.items.len()).sum();
        assert_eq!(taken, questions, "every form gets its answer");
        let taken: usize = joint
            .materials
            .iter()
            .map(|material| material.items.len())
            .sum();
        assert_eq!(taken, papers);
        assert!(joint.materials.len() <= papers);
    }
    let card = bundle::joint(&catalogue.bundles()[0], &catalogue, TODAY)
        .materials
        .remove(0);
    assert_eq!(
        (card.material.name.zh.as_str(), card.items.len()),
        ("居民身份证", 3)
    );
    let before = bundle::joint(&catalogue.bundles()[0], &catalogue, date(2025, 1, 1));
    assert_eq!((before.items.len(), before.missing.len()), (0, 3));
}

#[test]
fn a_version_says_which_ratings_led_to_it() {
    let mut revision = revision("e1", &["r1"]);
    revision.causes.push(Cause {
        kind: CauseKind::Rating,
        reference: "WO20260301-0001".into(),
    });
    let item = changed(AID, |item| item.revision = Some(revision));
    let written = serde_json::to_value(&item).unwrap();
    assert_eq!(written["revision"]["causes"][0]["kind"], "rating");
    assert_eq!(serde_json::from_value::<Item>(written).unwrap(), item);
}

#[test]
fn each_word_of_the_approval_list_is_found_in_a_name() {
    let policy = LibraryPolicy::default();
    let mut item = named(AID);
    assert!(!has_approval_character(&item, &policy));
    for word in &policy.approval_words {
        item.name.zh = format!("某事{word}");
        assert!(has_approval_character(&item, &policy), "{word}");
    }
}
