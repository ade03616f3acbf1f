//! Whether the materials of an application are what its item asks for.
//!
//! Source: domain specification, sections 3 (Material) and 4.3; R11, R12.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::clock::Calendar;
use crate::form::{Answers, Value, visible};
use crate::record::{FieldType, Item, LimitUnit, Material, Necessity, Supply};

/// How a material reached the city, as far as the rules ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// A register has it.
    Held,
    /// A register should have it and has no record.
    NoRecord,
    /// A register could not be asked.
    AskedLater,
    /// Read from the identity document.
    FromCard,
    /// Made from the answers.
    Generated,
    /// So many scanned pages.
    Scanned(usize),
    /// A signed commitment in its place (告知承诺).
    Promised,
    /// To be brought by this day (容缺).
    Later(Date),
    /// Not brought.
    NotBrought,
}

/// One material as filed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given<'a> {
    /// `seq` of the material; 0 for a file field of the form.
    pub seq: u32,
    /// Name of the form field; `None` for a material of the list.
    pub field: Option<&'a str>,
    /// How it came.
    pub way: Way,
}

/// What is not as the item asks, at one material.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lack {
    /// `seq` of the material; 0 for a file field of the form.
    pub seq: u32,
    /// Name of the form field; `None` for a material of the list.
    pub field: Option<String>,
    /// What it is.
    pub kind: LackKind,
}

/// What a material lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LackKind {
    /// Required and not there.
    Missing,
    /// Promised, and the item takes no promise for it.
    NoPromise,
    /// To follow, and the item does not let it follow.
    NoDelay,
    /// Not a material of the item, or named twice.
    Unknown,
    /// To follow by a later day than the item allows; this is the last.
    TooLate(Date),
    /// A register has no record of it: an officer looks.
    NoRecord,
    /// A register is still to be asked.
    AskedLater,
}

impl LackKind {
    /// Whether it is a defect of the application; else an officer is told and the case goes on.
    #[must_use]
    pub const fn is_defect(self) -> bool {
        match self {
            Self::Missing | Self::NoPromise | Self::NoDelay | Self::Unknown => true,
            Self::TooLate(_) | Self::NoRecord | Self::AskedLater => false,
        }
    }

    /// Stable key.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::NoPromise => "no_promise",
            Self::NoDelay => "no_delay",
            Self::Unknown => "unknown",
            Self::TooLate(_) => "too_late",
            Self::NoRecord => "no_record",
            Self::AskedLater => "asked_later",
        }
    }
}

/// Everything that the materials `given` lack, in the order of the item; `filed` is the day of filing.
///
/// What a register shares is never demanded (R11): without a word on it the city asks. What is made from the answers
/// is the form itself, which is checked by its hash.
#[must_use]
pub fn lacks(
    item: &Item,
    answers: &Answers,
    given: &[Given<'_>],
    filed: Date,
    calendar: &Calendar,
) -> Vec<Lack> {
    let mut found: Vec<Lack> = item
        .materials
        .iter()
        .filter_map(|material| {
            let given = given.iter().find(|given| is_of(given, material));
            let way = given.map_or(Way::NotBrought, |given| given.way);
            lack(item, material, way, filed, calendar).map(|kind| Lack {
                seq: material.seq,
                field: None,
                kind,
            })
        })
        .collect();
    found.extend(files(item, answers, given));
    found.extend(unknown(item, given));
    found
}

fn is_of(given: &Given<'_>, material: &Material) -> bool {
    given.field.is_none() && given.seq == material.seq
}

fn lack(
    item: &Item,
    material: &Material,
    way: Way,
    filed: Date,
    calendar: &Calendar,
) -> Option<LackKind> {
    let required = material.necessity == Necessity::Required;
    match (material.supply, way) {
        (Supply::Generated, _) => None,
        (Supply::Shared, Way::NoRecord) => Some(LackKind::NoRecord),
        (Supply::Shared, Way::AskedLater | Way::NotBrought) => Some(LackKind::AskedLater),
        (_, Way::Scanned(pages)) if pages > 0 => None,
        (_, Way::Held) | (Supply::IdRead, Way::FromCard) => None,
        (Supply::Commitment, Way::Promised) => None,
        (_, Way::Promised) if item.allows_commitment(material) => None,
        (_, Way::Promised) => Some(LackKind::NoPromise),
        (_, Way::Later(due)) => late(material, due, filed, calendar),
        (
            _,
            Way::NoRecord
            | Way::AskedLater
            | Way::FromCard
            | Way::Generated
            | Way::Scanned(_)
            | Way::NotBrought,
        ) => required.then_some(LackKind::Missing),
    }
}

fn late(material: &Material, due: Date, filed: Date, calendar: &Calendar) -> Option<LackKind> {
    let allowed = material.tolerance.within_workdays;
    let Some(days) = allowed.filter(|_| material.tolerance.allowed) else {
        return Some(LackKind::NoDelay);
    };
    let last = calendar.deadline_of(filed, u32::from(days), LimitUnit::Workday);
    last.ok()
        .map(|last| last.date)
        .filter(|last| due > *last)
        .map(LackKind::TooLate)
}

/// Files that the form says were scanned, and that are not there.
fn files(item: &Item, answers: &Answers, given: &[Given<'_>]) -> Vec<Lack> {
    let scanned = |name: &str| {
        given.iter().any(|given| {
            given.field == Some(name) && matches!(given.way, Way::Scanned(pages) if pages > 0)
        })
    };
    visible(&item.form, answers)
        .into_iter()
        .filter(|field| field.field_type == FieldType::File)
        .filter(|field| {
            let value = answers.value(&field.name);
            matches!(value, Some(Value::Files(files)) if files.pages > 0)
        })
        .filter(|field| !scanned(&field.name))
        .map(|field| Lack {
            seq: 0,
            field: Some(field.name.clone()),
            kind: LackKind::Missing,
        })
        .collect()
}

/// What the item does not know, and what is named twice.
fn unknown(item: &Item, given: &[Given<'_>]) -> Vec<Lack> {
    let mut seen = BTreeSet::new();
    given
        .iter()
        .filter(|given| {
            let known = match given.field {
                Some(name) => item
                    .field(name)
                    .is_some_and(|field| field.field_type == FieldType::File),
                None => item.materials.iter().any(|material| is_of(given, material)),
            };
            !seen.insert((given.seq, given.field)) || !known
        })
        .map(|given| Lack {
            seq: given.seq,
            field: given.field.map(str::to_owned),
            kind: LackKind::Unknown,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::{Answer, Scanned};
    use crate::sample::{TODAY, calendar, catalogue};
    use jiff::civil::date;

    fn item(change: impl FnOnce(&mut Item)) -> Item {
        let catalogue = catalogue();
        let mut items = catalogue.items().iter();
        let aid = items.find(|item| item.name.zh == "法律援助申请");
        let mut item = aid.unwrap().as_ref().clone();
        change(&mut item);
        item
    }

    /// 法律援助申请 as a kiosk files it: card, form, commitment, one page of evidence.
    const FILED: [(u32, Way); 4] = [
        (1, Way::FromCard),
        (2, Way::Generated),
        (3, Way::Promised),
        (4, Way::Scanned(1)),
    ];

    fn found(item: &Item, given: &[(u32, Way)]) -> Vec<(u32, LackKind)> {
        let given: Vec<Given<'_>> = given
            .iter()
            .map(|&(seq, way)| Given {
                seq,
                field: None,
                way,
            })
            .collect();
        let lacks = lacks(item, &Answers::new(), &given, TODAY, &calendar());
        lacks.iter().map(|lack| (lack.seq, lack.kind)).collect()
    }

    /// What is found when the evidence comes in another way.
    fn evidence(item: &Item, way: Way) -> Vec<LackKind> {
        let mut given = FILED;
        given[3].1 = way;
        let found = found(item, &given);
        found.into_iter().map(|(_, kind)| kind).collect()
    }

    #[test]
    fn everything_is_there() {
        assert_eq!(found(&item(|_| ()), &FILED), []);
    }

    #[test]
    fn a_required_paper_is_missing_an_optional_one_may_be() {
        let aid = item(|_| ());
        for way in [
            Way::NotBrought,
            Way::Scanned(0),
            Way::FromCard,
            Way::AskedLater,
        ] {
            assert_eq!(evidence(&aid, way), [LackKind::Missing], "{way:?}");
        }
        assert_eq!(found(&aid, &FILED[..3]), [(4, LackKind::Missing)]);
        assert_eq!(found(&aid, &FILED[1..]), [(1, LackKind::Missing)]);
        let optional = item(|item| item.materials[3].necessity = Necessity::Optional);
        assert_eq!(evidence(&optional, Way::NotBrought), []);
    }

    #[test]
    fn a_promise_counts_only_where_item_and_material_take_one() {
        for (supported, allowed, found) in [
            (true, true, vec![]),
            (false, true, vec![LackKind::NoPromise]),
            (true, false, vec![LackKind::NoPromise]),
        ] {
            let item = item(|item| {
                item.commitment.supported = supported;
                item.materials[3].commitment_allowed = allowed;
            });
            assert_eq!(evidence(&item, Way::Promised), found);
        }
    }

    #[test]
    fn a_paper_follows_only_where_it_may_and_no_later() {
        let strict = item(|_| ());
        let due = date(2026, 3, 9);
        assert_eq!(evidence(&strict, Way::Later(due)), [LackKind::NoDelay]);
        let lenient = item(|item| {
            item.materials[3].tolerance.allowed = true;
            item.materials[3].tolerance.within_workdays = Some(5);
        });
        assert_eq!(evidence(&lenient, Way::Later(due)), []);
        let next = date(2026, 3, 10);
        assert_eq!(
            evidence(&lenient, Way::Later(next)),
            [LackKind::TooLate(due)]
        );
        assert!(!LackKind::TooLate(due).is_defect());
    }

    #[test]
    fn what_a_register_shares_is_never_demanded() {
        let shared = item(|item| item.materials[3].supply = Supply::Shared);
        for (way, kind) in [
            (Way::NotBrought, LackKind::AskedLater),
            (Way::AskedLater, LackKind::AskedLater),
            (Way::NoRecord, LackKind::NoRecord),
        ] {
            assert_eq!(evidence(&shared, way), [kind]);
            assert!(!kind.is_defect());
        }
        assert_eq!(evidence(&shared, Way::Held), []);
    }

    #[test]
    fn a_paper_nobody_asked_for_and_one_named_twice_are_defects() {
        let aid = item(|_| ());
        let mut given = FILED.to_vec();
        given.push((9, Way::Scanned(1)));
        given.push((4, Way::NotBrought));
        let unknown = [(9, LackKind::Unknown), (4, LackKind::Unknown)];
        assert_eq!(found(&aid, &given), unknown);
    }

    #[test]
    fn a_file_of_the_form_was_answered_and_its_pages_are_not_there() {
        let catalogue = catalogue();
        let mut items = catalogue.items().iter();
        let item = items.find(|item| item.name.zh == "居住证申领").unwrap();
        let mut answers = Answers::new();
        let pages = Scanned {
            pages: 1,
            ..Scanned::default()
        };
        answers.set("photo", Answer::typed(Value::Files(pages)));
        let photo = |way| {
            let given = [Given {
                seq: 0,
                field: Some("photo"),
                way,
            }];
            let lacks = lacks(item, &answers, &given, TODAY, &calendar());
            lacks.iter().any(|lack| lack.field.is_some())
        };
        assert!(photo(Way::NotBrought));
        assert!(!photo(Way::Scanned(1)));
    }
}
