//! Results, alarms, events and counts.

use rusqlite::{Row, Transaction, params};
use uuid::Uuid;

use city_api::requests::outcome::CaseState;

use super::cases;
use super::values::{collect, damaged, first, id, instant, listed, maybe_date, millis};
use crate::store::{Alarm, AlarmKind, CaseKey, Change, Counts, Event, ResultRow, Stored};

const SELECT: &str =
    "SELECT id, case_id, number, code, name, issuer, issued, kiosk_print, blob FROM result";

pub(super) fn add(
    tx: &Transaction<'_>,
    result: &ResultRow,
    change: Change,
    event: &Event,
) -> Stored<()> {
    let there: bool = tx.query_row(
        "SELECT EXISTS (SELECT 1 FROM result WHERE case_id = ?1)",
        [result.case.to_string()],
        |row| row.get(0),
    )?;
    if there {
        return Ok(());
    }
    match cases::change(tx, &CaseKey::Id(result.case), change)? {
        Some(Ok(_)) => {}
        Some(Err(_)) | None => return Ok(()),
    }
    tx.execute(
        "INSERT INTO result (id, case_id, number, code, name, issuer, issued, kiosk_print, blob)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            result.id.to_string(),
            result.case.to_string(),
            result.number,
            result.code,
            result.name,
            result.issuer,
            result.issued.to_string(),
            result.kiosk_print,
            result.blob,
        ],
    )?;
    note(tx, Some(result.case), event)
}

pub(super) fn by_id(tx: &Transaction<'_>, result: Uuid) -> Stored<Option<ResultRow>> {
    first(
        &mut tx.prepare_cached(&format!("{SELECT} WHERE id = ?1"))?,
        [result.to_string()],
        read,
    )
}

pub(super) fn by_number(tx: &Transaction<'_>, number: &str) -> Stored<Option<ResultRow>> {
    first(
        &mut tx.prepare_cached(&format!("{SELECT} WHERE number = ?1"))?,
        [number],
        read,
    )
}

fn read(row: &Row<'_>) -> Stored<ResultRow> {
    Ok(ResultRow {
        id: id(row, "id")?,
        case: id(row, "case_id")?,
        number: row.get("number")?,
        code: row.get("code")?,
        name: row.get("name")?,
        issuer: row.get("issuer")?,
        issued: maybe_date(row, "issued")?.ok_or_else(|| damaged("a day of issue"))?,
        kiosk_print: row.get("kiosk_print")?,
        blob: row.get("blob")?,
    })
}

pub(super) fn add_alarm(tx: &Transaction<'_>, alarm: &Alarm) -> Stored<()> {
    tx.execute(
        "INSERT INTO alarm (at, kind, kiosk, detail) VALUES (?1, ?2, ?3, ?4)",
        params![
            millis(alarm.at),
            alarm.kind.name(),
            alarm.kiosk,
            alarm.detail
        ],
    )?;
    Ok(())
}

pub(super) fn alarms(tx: &Transaction<'_>, most: u32) -> Stored<Vec<Alarm>> {
    collect(
        &mut tx.prepare_cached(
            "SELECT at, kind, kiosk, detail FROM alarm ORDER BY id DESC LIMIT ?1",
        )?,
        [most],
        |row| {
            Ok(Alarm {
                at: instant(row, "at")?,
                kind: listed(row, "kind", AlarmKind::parse)?,
                kiosk: row.get("kiosk")?,
                detail: row.get("detail")?,
            })
        },
    )
}

/// Touches the file and one row, no more.
pub(super) fn answers(tx: &Transaction<'_>) -> Stored<()> {
    tx.query_row("SELECT EXISTS (SELECT 1 FROM counter)", [], |_| Ok(()))?;
    Ok(())
}

pub(super) fn counts(tx: &Transaction<'_>) -> Stored<Counts> {
    let count = |sql: &str| -> Stored<u64> {
        let number: i64 = tx.query_row(sql, [], |row| row.get(0))?;
        u64::try_from(number).map_err(|_| damaged("a count"))
    };
    Ok(Counts {
        packets: count("SELECT count(*) FROM packet")?,
        cases: collect(
            &mut tx.prepare_cached(
                "SELECT state, count(*) AS number FROM case_file GROUP BY state ORDER BY state",
            )?,
            [],
            |row| {
                let number: i64 = row.get("number")?;
                Ok((
                    listed(row, "state", CaseState::parse)?,
                    u64::try_from(number).map_err(|_| damaged("a count"))?,
                ))
            },
        )?,
        open_tasks: count("SELECT count(*) FROM task WHERE state = 'open' AND role IS NOT NULL")?,
        results: count("SELECT count(*) FROM result")?,
        alarms: count("SELECT count(*) FROM alarm")?,
    })
}

pub(super) fn note(tx: &Transaction<'_>, case: Option<Uuid>, event: &Event) -> Stored<()> {
    tx.execute(
        "INSERT INTO event (case_id, at, kind, actor, detail) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            case.map(|id| id.to_string()),
            millis(event.at),
            event.kind,
            event.actor,
            event.detail
        ],
    )?;
    Ok(())
}
