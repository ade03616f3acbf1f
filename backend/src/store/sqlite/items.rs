//! Item records that are or were in force, and bundle versions.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Transaction, params};

use super::values::{damaged, first, maybe_instant, millis};
use crate::store::{ItemRow, REISSUE_MILLIS, Stored};

/// Keeps the versions in force now; every other one ends now, unless it has ended before.
pub(super) fn keep(tx: &Transaction<'_>, items: &[ItemRow], now: Timestamp) -> Stored<()> {
    tx.execute(
        "UPDATE item SET ended = ?1 WHERE ended IS NULL",
        [millis(now)],
    )?;
    let mut statement = tx.prepare_cached(
        "INSERT INTO item (code, version, record) VALUES (?1, ?2, ?3)
         ON CONFLICT (code, version) DO UPDATE SET ended = NULL",
    )?;
    for item in items {
        statement.execute(params![item.code, item.version, item.record])?;
    }
    Ok(())
}

/// The item in this version, or in its newest.
pub(super) fn one(
    tx: &Transaction<'_>,
    code: &str,
    version: Option<u32>,
) -> Stored<Option<ItemRow>> {
    first(
        &mut tx.prepare_cached(
            "SELECT code, version, record, ended FROM item WHERE code = ?1 AND (?2 IS NULL OR version = ?2)
             ORDER BY version DESC LIMIT 1",
        )?,
        params![code, version],
        |row| {
            Ok(ItemRow {
                code: row.get("code")?,
                version: row.get("version")?,
                record: row.get("record")?,
                ended: maybe_instant(row, "ended")?,
            })
        },
    )
}

/// Version and issue of this content: the newest one's while it is fresh, else the next.
pub(super) fn publish(
    tx: &Transaction<'_>,
    content: [u8; 32],
    now: Timestamp,
) -> Stored<(u64, Timestamp)> {
    let newest: Option<(i64, [u8; 32], i64)> = tx
        .query_row(
            "SELECT version, content, issued FROM bundle ORDER BY version DESC LIMIT 1",
            [],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()?;
    let (version, issued) = match newest {
        Some((version, known, issued))
            if known == content && millis(now) - issued < REISSUE_MILLIS =>
        {
            (version, issued)
        }
        Some((version, ..)) => (insert(tx, version + 1, content, now)?, millis(now)),
        None => (insert(tx, 1, content, now)?, millis(now)),
    };
    let version = u64::try_from(version).map_err(|_| damaged("a bundle version"))?;
    let issued = Timestamp::from_millisecond(issued).map_err(|_| damaged("a bundle's issue"))?;
    Ok((version, issued))
}

fn insert(tx: &Transaction<'_>, version: i64, content: [u8; 32], now: Timestamp) -> Stored<i64> {
    tx.execute(
        "INSERT INTO bundle (version, content, issued) VALUES (?1, ?2, ?3)",
        params![version, content, millis(now)],
    )?;
    Ok(version)
}
