//! Cases and their tasks.

use jiff::Timestamp;
use rusqlite::{Row, Transaction, params};
use uuid::Uuid;

use city_api::requests::identity::IdentityLevel;
use city_api::requests::officer::OfficerRole;
use city_api::requests::outcome::CaseState;

use super::results;
use super::values::{
    collect, damaged, first, id, instant, listed, maybe_date, maybe_instant, millis,
};
use crate::store::{CaseKey, CaseRow, Change, Refusal, Stored, TaskRow, TaskState};

const SELECT: &str =
    "SELECT id, filing_number, case_number, receipt, person, level, item, state, received, act_at,
    data_key, record FROM case_file";

pub(super) fn find(tx: &Transaction<'_>, key: &CaseKey) -> Stored<Option<CaseRow>> {
    let found = match key {
        CaseKey::Id(case) => first(
            &mut tx.prepare_cached(&format!("{SELECT} WHERE id = ?1"))?,
            [case.to_string()],
            read,
        )?,
        CaseKey::Number(number) => first(
            &mut tx.prepare_cached(&format!(
                "{SELECT} WHERE case_number = ?1 OR filing_number = ?1 OR receipt = ?1 LIMIT 1"
            ))?,
            [number],
            read,
        )?,
    };
    found.map(|case| with_tasks(tx, case)).transpose()
}

pub(super) fn change(
    tx: &Transaction<'_>,
    key: &CaseKey,
    change: Change,
) -> Stored<Option<Result<CaseRow, Refusal>>> {
    let Some(case) = find(tx, key)? else {
        return Ok(None);
    };
    let changed = change(case)?;
    if let Ok(case) = &changed {
        update(tx, case)?;
    }
    Ok(Some(changed))
}

pub(super) fn insert(tx: &Transaction<'_>, case: &CaseRow) -> Stored<()> {
    tx.execute(
        "INSERT INTO case_file (id, filing_number, case_number, receipt, person, level, item, state, received,
            act_at, data_key, record) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        params![
            case.id.to_string(),
            case.filing_number,
            case.case_number,
            case.receipt,
            case.person,
            case.level.name(),
            case.item,
            case.state.name(),
            millis(case.received),
            case.act_at.map(millis),
            case.data_key,
            case.record,
        ],
    )?;
    insert_tasks(tx, case)?;
    tell(tx, case)
}

fn update(tx: &Transaction<'_>, case: &CaseRow) -> Stored<()> {
    tx.execute(
        "UPDATE case_file SET case_number = ?2, state = ?3, act_at = ?4, record = ?5 WHERE id = ?1",
        params![
            case.id.to_string(),
            case.case_number,
            case.state.name(),
            case.act_at.map(millis),
            case.record,
        ],
    )?;
    tx.execute("DELETE FROM task WHERE case_id = ?1", [case.id.to_string()])?;
    insert_tasks(tx, case)?;
    tell(tx, case)
}

/// Writes what happened by the change.
fn tell(tx: &Transaction<'_>, case: &CaseRow) -> Stored<()> {
    for event in &case.events {
        results::note(tx, Some(case.id), event)?;
    }
    for alarm in &case.alarms {
        results::add_alarm(tx, alarm)?;
    }
    Ok(())
}

fn insert_tasks(tx: &Transaction<'_>, case: &CaseRow) -> Stored<()> {
    let mut statement = tx.prepare_cached(
        "INSERT INTO task (case_id, number, step, body, role, state, opened, due)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    for task in &case.tasks {
        statement.execute(params![
            case.id.to_string(),
            task.number,
            task.step,
            task.body,
            task.role.map(OfficerRole::name),
            task.state.name(),
            task.opened.map(millis),
            task.due.map(|day| day.to_string()),
        ])?;
    }
    Ok(())
}

pub(super) fn of_person(tx: &Transaction<'_>, person: [u8; 32], most: u32) -> Stored<Vec<CaseRow>> {
    let cases = collect(
        &mut tx.prepare_cached(&format!(
            "{SELECT} WHERE person = ?1 ORDER BY received DESC LIMIT ?2"
        ))?,
        params![person, most],
        read,
    )?;
    cases.into_iter().map(|case| with_tasks(tx, case)).collect()
}

/// Without their tasks: an overview does not need them.
pub(super) fn all(tx: &Transaction<'_>, most: u32) -> Stored<Vec<CaseRow>> {
    collect(
        &mut tx.prepare_cached(&format!("{SELECT} ORDER BY received DESC LIMIT ?1"))?,
        [most],
        read,
    )
}

pub(super) fn open_tasks(
    tx: &Transaction<'_>,
    body: &str,
    role: OfficerRole,
    most: u32,
) -> Stored<Vec<(TaskRow, CaseRow)>> {
    let open = collect(
        &mut tx.prepare_cached(
            "SELECT case_id, number FROM task WHERE state = 'open' AND body = ?1 AND role = ?2
             ORDER BY due IS NULL, due, opened LIMIT ?3",
        )?,
        params![body, role.name(), most],
        |row| Ok((id(row, "case_id")?, row.get::<_, String>("number")?)),
    )?;
    let mut found = Vec::with_capacity(open.len());
    for (case, number) in open {
        let case = find(tx, &CaseKey::Id(case))?.ok_or_else(|| damaged("the case of a task"))?;
        if let Some(task) = case
            .tasks
            .iter()
            .find(|task| task.number == number)
            .cloned()
        {
            found.push((task, case));
        }
    }
    Ok(found)
}

pub(super) fn due(tx: &Transaction<'_>, now: Timestamp, most: u32) -> Stored<Vec<Uuid>> {
    collect(
        &mut tx.prepare_cached(
            "SELECT id FROM case_file WHERE act_at <= ?1 ORDER BY act_at LIMIT ?2",
        )?,
        params![millis(now), most],
        |row| id(row, "id"),
    )
}

pub(super) fn put_off(tx: &Transaction<'_>, case: Uuid, until: Timestamp) -> Stored<()> {
    tx.execute(
        "UPDATE case_file SET act_at = ?2 WHERE id = ?1",
        params![case.to_string(), millis(until)],
    )?;
    Ok(())
}

fn with_tasks(tx: &Transaction<'_>, mut case: CaseRow) -> Stored<CaseRow> {
    case.tasks = collect(
        &mut tx.prepare_cached(
            "SELECT number, step, body, role, state, opened, due FROM task WHERE case_id = ?1 ORDER BY number",
        )?,
        [case.id.to_string()],
        read_task,
    )?;
    Ok(case)
}

fn read(row: &Row<'_>) -> Stored<CaseRow> {
    Ok(CaseRow {
        id: id(row, "id")?,
        filing_number: row.get("filing_number")?,
        case_number: row.get("case_number")?,
        receipt: row.get("receipt")?,
        person: row.get("person")?,
        level: listed(row, "level", IdentityLevel::parse)?,
        item: row.get("item")?,
        state: listed(row, "state", CaseState::parse)?,
        received: instant(row, "received")?,
        act_at: maybe_instant(row, "act_at")?,
        data_key: row.get("data_key")?,
        record: row.get("record")?,
        tasks: Vec::new(),
        events: Vec::new(),
        alarms: Vec::new(),
    })
}

fn read_task(row: &Row<'_>) -> Stored<TaskRow> {
    let role: Option<String> = row.get("role")?;
    Ok(TaskRow {
        step: row.get("step")?,
        number: row.get("number")?,
        body: row.get("body")?,
        role: role
            .map(|name| OfficerRole::parse(&name).ok_or_else(|| damaged("a role")))
            .transpose()?,
        state: listed(row, "state", TaskState::parse)?,
        opened: maybe_instant(row, "opened")?,
        due: maybe_date(row, "due")?,
    })
}
