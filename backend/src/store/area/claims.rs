//! Claims: which officer works on which task, and tasks that nobody may work on.
//!
//! A claim is a lease on the task's row. The row of the case is locked before that of its task, here as wherever a
//! case is changed, so that a claim never gets lost in a change.

use jiff::Timestamp;

use city_api::requests::officer::OfficerRole;

use super::{CaseKey, CaseRow, Event, TaskRow, cases, events, queue};
use crate::store::tx::{SKIP_LOCKED, Tx};
use crate::store::value::{damaged, values};
use crate::store::{Store, Stored};

/// Who asks for a task, and until when it is theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Claim {
    /// The person.
    pub person: String,
    /// Their body.
    pub body: String,
    /// Their role.
    pub role: OfficerRole,
    /// Now.
    pub now: Timestamp,
    /// The lease ends by itself then.
    pub until: Timestamp,
}

impl Store {
    /// Claims the most urgent task of the body and role that nobody holds and whose case the person did not accept and
    /// is in no special procedure; None when there is none. `event` is noted with its number.
    pub(crate) async fn claim_next(
        &self,
        claim: Claim,
        event: Event,
    ) -> Stored<Option<(TaskRow, CaseRow)>> {
        self.write("claiming a task", move |tx| next(tx, &claim, event))
            .await
    }

    /// Open tasks that went back too often or to nobody, the oldest first, at most `most`.
    pub(crate) async fn dead_letters(&self, most: u32) -> Stored<Vec<(TaskRow, CaseRow)>> {
        self.read("reading dead letters", move |tx| {
            let sql = "SELECT case_id, number FROM task WHERE state = 'dead_letter' ORDER BY opened LIMIT ?1";
            queue::with_cases(tx, sql, values![most])
        })
        .await
    }
}

fn next(tx: &mut dyn Tx, claim: &Claim, mut event: Event) -> Stored<Option<(TaskRow, CaseRow)>> {
    // Who accepted a case, took it in or took in what was brought for it decides nothing in it; a window decides nothing, to hand over is no decision.
    let sql = format!(
        "SELECT task.case_id, task.number FROM task JOIN case_file ON case_file.id = task.case_id
         WHERE task.state = 'open' AND task.body = ?1 AND task.role = ?2 AND case_file.state <> 'special'
            AND (task.lease_until IS NULL OR task.lease_until <= ?3)
            AND (task.kind = 'delivery' OR task.role = 'window'
                OR (coalesce(case_file.accepted_by, '') <> ?4 AND coalesce(case_file.received_by, '') <> ?4
                    AND replace(coalesce(case_file.brought_by, ''), ?5, '') = coalesce(case_file.brought_by, '')))
         ORDER BY task.due IS NULL, task.due, task.opened, task.number LIMIT 1{SKIP_LOCKED}"
    );
    let role = claim.role.name();
    let between = format!(" {} ", claim.person);
    let asked = values![&claim.body, role, claim.now, &claim.person, &between];
    let found = tx.row(&sql, asked)?;
    let Some(found) = found else {
        return Ok(None);
    };
    let (id, number): (uuid::Uuid, String) = (found.get("case_id")?, found.get("number")?);
    tx.execute(
        "UPDATE task SET holder = ?3, lease_until = ?4 WHERE case_id = ?1 AND number = ?2",
        values![id, &number, &claim.person, claim.until],
    )?;
    let case = cases::find(tx, &CaseKey::Id(id))?.ok_or_else(|| damaged("the case of a task"))?;
    event.item = case.item.clone().zip(case.facts.item_version);
    event.detail.clone_from(&number);
    events::note(tx, Some(id), &event)?;
    let task = case.tasks.iter().find(|task| task.number == number);
    let task = task.cloned().ok_or_else(|| damaged("a task"))?;
    Ok(Some((task, case)))
}
