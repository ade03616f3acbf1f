//! Enrolment and heartbeats of kiosks.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Row, Transaction, params};

use city_api::numbers::KioskId;

use super::values::{collect, damaged, first, maybe_instant, millis};
use crate::store::{KioskRow, Stored};

const SELECT: &str = "SELECT id, public_key, sam_id, station, heartbeat_at, heartbeat FROM kiosk";

pub(super) fn add_code(
    tx: &Transaction<'_>,
    code: [u8; 32],
    station: &str,
    expires: Timestamp,
) -> Stored<()> {
    tx.execute(
        "INSERT INTO enrol_code (code, station, expires) VALUES (?1, ?2, ?3)",
        params![code, station, millis(expires)],
    )?;
    Ok(())
}

pub(super) fn enrol(
    tx: &Transaction<'_>,
    code: [u8; 32],
    public_key: [u8; 32],
    sam_id: String,
    now: Timestamp,
) -> Stored<Option<KioskRow>> {
    let station: Option<String> = tx
        .query_row(
            "UPDATE enrol_code SET used = ?2 WHERE code = ?1 AND used IS NULL AND expires > ?2 RETURNING station",
            params![code, millis(now)],
            |row| row.get(0),
        )
        .optional()?;
    let Some(station) = station else {
        return Ok(None);
    };
    let id = free_id(tx)?;
    tx.execute(
        "INSERT INTO kiosk (id, public_key, sam_id, station, enrolled) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![id, public_key, sam_id, station, millis(now)],
    )?;
    Ok(Some(KioskRow {
        id,
        public_key,
        sam_id,
        station,
        heartbeat: None,
    }))
}

/// Names begin at `A22`: one that begins with a letter is read as a name, not as a number.
const FIRST_INDEX: u64 = 8 * 32 * 32;

/// The next id that no kiosk has: counted, not drawn by lot, so that two never collide.
fn free_id(tx: &Transaction<'_>) -> Stored<String> {
    let index = FIRST_INDEX + super::packets::draw(tx, "kiosk")? - 1;
    u16::try_from(index)
        .ok()
        .and_then(KioskId::from_index)
        .map(|id| id.to_string())
        .ok_or_else(|| damaged("the counter of kiosks: all ids of three characters are used"))
}

pub(super) fn one(tx: &Transaction<'_>, id: &str) -> Stored<Option<KioskRow>> {
    first(
        &mut tx.prepare_cached(&format!("{SELECT} WHERE id = ?1"))?,
        [id],
        read,
    )
}

pub(super) fn all(tx: &Transaction<'_>) -> Stored<Vec<KioskRow>> {
    collect(
        &mut tx.prepare_cached(&format!("{SELECT} ORDER BY id"))?,
        [],
        read,
    )
}

fn read(row: &Row<'_>) -> Stored<KioskRow> {
    let heartbeat =
        maybe_instant(row, "heartbeat_at")?.zip(row.get::<_, Option<String>>("heartbeat")?);
    Ok(KioskRow {
        id: row.get("id")?,
        public_key: row.get("public_key")?,
        sam_id: row.get("sam_id")?,
        station: row.get("station")?,
        heartbeat,
    })
}

pub(super) fn heartbeat(
    tx: &Transaction<'_>,
    kiosk: &str,
    at: Timestamp,
    body: &str,
) -> Stored<()> {
    tx.execute(
        "UPDATE kiosk SET heartbeat_at = ?2, heartbeat = ?3 WHERE id = ?1",
        params![kiosk, millis(at), body],
    )?;
    Ok(())
}
