//! Correction notices, and what a resident brings for them.

use city_api::requests::{Private, ProblemCode};
use city_catalogue::case::{Actor, By, EventKind, Move};

use super::officer::{by, own_task, tell};
use super::{ACCEPTANCE_WORKDAYS, Ground, Officer, SUPPLEMENT_WORKDAYS, go, stages};
use crate::file::{Brought, Record, SupplementRecord};
use crate::store::{Refusal, TaskState};

/// 补正告知: everything that is missing, once, before acceptance.
///
/// # Errors
/// [`Refusal`] for a material that is not the item's (R9), a second notice about one that the first filing already
/// lacked (R44), or a state past acceptance.
pub(crate) fn ask_supplement(
    record: &mut Record,
    officer: &Officer,
    materials: Vec<u32>,
    words: Private,
    ground: &Ground<'_>,
) -> Result<(), Refusal> {
    own_task(record, officer, None, ground.now)?;
    check_materials(record, &materials, ground)?;
    go(record, Move::AskForSupplement, by(officer))?;
    let bring_by = ground
        .workdays(ground.acceptance_day(), SUPPLEMENT_WORKDAYS)
        .ok_or_else(|| Refusal::new(ProblemCode::Internal, "no date for the supplement"))?;
    record.accept_by = None;
    let asked = format!("{} materials", materials.len());
    tell(record, officer, EventKind::NoticeGiven, asked, ground);
    record.supplements.push(SupplementRecord {
        materials,
        words,
        asked: ground.now,
        person: officer.person.clone(),
        bring_by,
        brought: None,
    });
    Ok(())
}

fn check_materials(record: &Record, materials: &[u32], ground: &Ground<'_>) -> Result<(), Refusal> {
    let item = ground.item.ok_or_else(|| {
        Refusal::new(
            ProblemCode::WrongState,
            "the item is not known: nothing can be asked for",
        )
    })?;
    for (at, seq) in materials.iter().enumerate() {
        let mut listed = item.filed.materials.iter();
        if !listed.any(|material| material.seq == *seq) {
            return Err(Refusal::new(
                ProblemCode::BadField,
                "not a material of the item in the case's version",
            )
            .field(format!("materials[{at}]")));
        }
        let asked_before = record
            .supplements
            .iter()
            .flat_map(|asked| &asked.materials)
            .any(|asked| asked == seq);
        if !record.supplements.is_empty() && !asked_before {
            return Err(Refusal::new(
                ProblemCode::BadField,
                "the first notice had to name it: everything missing is told once",
            )
            .field(format!("materials[{at}]")));
        }
    }
    Ok(())
}

/// 补正受理: the resident brought something; a new acceptance clock runs.
///
/// # Errors
/// [`Refusal`] when nothing was asked for.
pub(crate) fn bring_supplement(
    record: &mut Record,
    brought: Brought,
    ground: &Ground<'_>,
) -> Result<(), Refusal> {
    let applicant = By {
        actor: Actor::Applicant,
        person: None,
    };
    go(record, Move::Supplement, applicant)?;
    let kind = EventKind::Supplemented;
    let detail = format!("packet {}", brought.packet);
    record.tell(ground.now, kind, Some("applicant"), None, detail);
    if let Some(asked) = record.supplements.last_mut() {
        asked.brought = Some(brought);
    }
    record.accept_by = ground.workdays(ground.acceptance_day(), ACCEPTANCE_WORKDAYS);
    if record
        .tasks
        .iter()
        .all(|task| task.state != TaskState::Open)
    {
        stages::advance(record, ground);
    }
    Ok(())
}
