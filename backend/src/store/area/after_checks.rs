//! Commitments that stand in for materials, to be looked at afterwards (R12).

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use city_api::requests::commitment::CheckState;
use city_api::requests::outcome::CaseState;

use super::notices::{self, NoticeKind};
use super::{CaseRow, Event, Refusal, alarms, events};
use crate::store::tx::{FOR_UPDATE, Tx};
use crate::store::value::{Row, values};
use crate::store::{Store, Stored};

/// A check that the acceptance of a case opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewCheck {
    /// `seq` of the material.
    pub material: u32,
    /// Body that looks.
    pub body: String,
    /// When the case was accepted.
    pub opened: Timestamp,
    /// Last day to look.
    pub due: Date,
}

/// A check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CheckRow {
    /// Id.
    pub id: Uuid,
    /// Case.
    pub case: Uuid,
    /// `seq` of the material.
    pub material: u32,
    /// Body that looks.
    pub body: String,
    /// When the case was accepted.
    pub opened: Timestamp,
    /// Last day to look, or to put it right.
    pub due: Date,
    /// State.
    pub state: CheckState,
    /// When it was closed; None while somebody has to act.
    pub closed: Option<Timestamp>,
    /// Who said last what was found.
    pub found_by: Option<String>,
    /// What they wrote, sealed to `check` and the id.
    pub words: Option<Vec<u8>>,
    /// Its clock ran out.
    pub late: bool,
    /// How it was repaired after it was found false: when, by whom, and their words, sealed to `repair` and the id.
    pub repaired: Option<(Timestamp, String, Vec<u8>)>,
}

/// Makes the new state of a check out of the old one, or says why not.
pub(crate) type CheckChange = Box<dyn FnOnce(CheckRow) -> Result<CheckRow, Refusal> + Send>;

impl Store {
    /// Open checks of a body, the most urgent first, at most `most`.
    pub(crate) async fn open_checks(&self, body: String, most: u32) -> Stored<Vec<CheckRow>> {
        self.read("reading checks", move |tx| {
            let sql = format!(
                "{SELECT} WHERE body = ?1 AND closed IS NULL ORDER BY due, opened LIMIT ?2"
            );
            let rows = tx.rows(&sql, values![&body, most])?;
            rows.iter().map(read).collect()
        })
        .await
    }

    /// A check.
    pub(crate) async fn check(&self, id: Uuid) -> Stored<Option<CheckRow>> {
        self.read("reading a check", move |tx| find(tx, id, ""))
            .await
    }

    /// Checks of a body that were found false since, and are not repaired, the newest first, at most `most`.
    pub(crate) async fn broken_checks(
        &self,
        body: String,
        since: Timestamp,
        most: u32,
    ) -> Stored<Vec<CheckRow>> {
        self.read("reading broken commitments", move |tx| {
            let sql = format!(
                "{SELECT} WHERE body = ?1 AND state = 'revoked' AND repaired IS NULL AND closed >= ?2
                 ORDER BY closed DESC, id LIMIT ?3"
            );
            let rows = tx.rows(&sql, values![&body, since, most])?;
            rows.iter().map(read).collect()
        })
        .await
    }

    /// When a commitment of a person was found false last, by `at`, that is not repaired; None when there is none.
    pub(crate) async fn broken(
        &self,
        person: [u8; 32],
        at: Timestamp,
    ) -> Stored<Option<Timestamp>> {
        self.read("looking for a broken commitment", move |tx| {
            tx.answer(
                "SELECT max(closed) AS answer FROM after_check
                 WHERE person = ?1 AND state = 'revoked' AND repaired IS NULL AND closed <= ?2",
                values![person, at],
            )
        })
        .await
    }

    /// Changes a check and notes it with its case; None when there is none of this id. Who is to put something right,
    /// or loses what was granted, is told.
    pub(crate) async fn change_check(
        &self,
        id: Uuid,
        change: CheckChange,
        event: Event,
    ) -> Stored<Option<Result<CheckRow, Refusal>>> {
        self.write("changing a check", move |tx| {
            let Some(check) = find(tx, id, FOR_UPDATE)? else {
                return Ok(None);
            };
            let before = check.state;
            let changed = match change(check) {
                Ok(changed) => changed,
                Err(refusal) => return Ok(Some(Err(refusal))),
            };
            update(tx, &changed)?;
            events::note(tx, Some(changed.case), &event)?;
            let notice = match changed.state {
                CheckState::Rectify => Some(NoticeKind::Rectify),
                CheckState::Revoked => Some(NoticeKind::Revoked),
                CheckState::Open | CheckState::Kept | CheckState::NotNeeded => None,
            };
            if let Some(notice) = notice.filter(|_| changed.state != before) {
                notices::add(tx, changed.case, notice, event.at)?;
            }
            Ok(Some(Ok(changed)))
        })
        .await
    }

    /// Marks open checks whose clock ran out before `today`, each once, with an event and an alarm.
    pub(crate) async fn late_checks(&self, today: Date, now: Timestamp, most: u32) -> Stored<u64> {
        self.write("looking at checks", move |tx| {
            let sql = format!(
                "{SELECT} WHERE closed IS NULL AND late = 0 AND due < ?1 ORDER BY id LIMIT ?2{FOR_UPDATE}"
            );
            let rows = tx.rows(&sql, values![today, most])?;
            for row in &rows {
                let mut check = read(row)?;
                check.late = true;
                update(tx, &check)?;
                let detail = format!(
                    "the commitment for material {} is {} and not looked at in time",
                    check.material,
                    check.state.name()
                );
                alarms::overdue(tx, check.case, &check.body, detail, now)?;
            }
            Ok(u64::try_from(rows.len()).unwrap_or(u64::MAX))
        })
        .await
    }
}

const SELECT: &str =
    "SELECT id, case_id, material, body, opened, due, state, closed, found_by, words, late, repaired,
        repaired_by, repair_words
    FROM after_check";

fn find(tx: &mut dyn Tx, id: Uuid, locks: &str) -> Stored<Option<CheckRow>> {
    let found = tx.row(&format!("{SELECT} WHERE id = ?1{locks}"), values![id])?;
    found.as_ref().map(read).transpose()
}

fn read(row: &Row) -> Stored<CheckRow> {
    let (at, by): (Option<Timestamp>, Option<String>) =
        (row.get("repaired")?, row.get("repaired_by")?);
    let repaired = at.zip(by).zip(row.get("repair_words")?);
    Ok(CheckRow {
        repaired: repaired.map(|((at, by), words)| (at, by, words)),
        id: row.get("id")?,
        case: row.get("case_id")?,
        material: row.get("material")?,
        body: row.get("body")?,
        opened: row.get("opened")?,
        due: row.get("due")?,
        state: row.listed("state", CheckState::parse)?,
        closed: row.get("closed")?,
        found_by: row.get("found_by")?,
        words: row.get("words")?,
        late: row.get("late")?,
    })
}

fn update(tx: &mut dyn Tx, check: &CheckRow) -> Stored<()> {
    let repaired = check.repaired.as_ref();
    tx.execute(
        "UPDATE after_check SET due = ?2, state = ?3, closed = ?4, found_by = ?5, words = ?6, late = ?7, repaired = ?8,
            repaired_by = ?9, repair_words = ?10
         WHERE id = ?1",
        values![
            check.id,
            check.due,
            check.state.name(),
            check.closed,
            &check.found_by,
            &check.words,
            check.late,
            repaired.map(|(at, ..)| *at),
            repaired.map(|(_, by, _)| by.clone()),
            repaired.map(|(.., words)| words.clone()),
        ],
    )?;
    Ok(())
}

/// Opens the checks of a case that was accepted, and closes those of one that ended without a grant.
pub(super) fn follow(tx: &mut dyn Tx, case: &CaseRow) -> Stored<()> {
    for check in &case.checks {
        tx.execute(
            "INSERT INTO after_check (id, case_id, person, material, body, opened, due, state, late)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0) ON CONFLICT DO NOTHING",
            values![
                Uuid::now_v7(),
                case.id,
                case.person,
                check.material,
                &check.body,
                check.opened,
                check.due,
                CheckState::Open.name(),
            ],
        )?;
    }
    let ended = matches!(case.state, CaseState::Withdrawn | CaseState::Terminated)
        || (case.facts.closed_at.is_some() && case.facts.granted != Some(true))
        || case.facts.granted == Some(false);
    if let Some(event) = case.events.last().filter(|_| ended) {
        tx.execute(
            "UPDATE after_check SET state = ?2, closed = ?3 WHERE case_id = ?1 AND closed IS NULL",
            values![case.id, CheckState::NotNeeded.name(), event.at],
        )?;
    }
    Ok(())
}
