//! Item records that are or were in force, and bundle versions.

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Transaction, params};

use crate::store::Stored;
use crate::store::sqlite::Sqlite;
use crate::store::sqlite::values::{damaged, first, maybe_instant, millis};

/// A bundle is published anew after a day even when nothing changed, so that no kiosk calls it stale.
pub(crate) const REISSUE_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// The library of items.
#[async_trait]
pub(crate) trait Library {
    /// Keeps the item records in force now, so that a case stays on the version it began with. Known ones stay as they
    /// are; those that are not among them go out of force now.
    async fn keep_items(&self, items: Vec<ItemRow>, now: Timestamp) -> Stored<()>;

    /// An item in one version that is or was in force; in its newest when `version` is None.
    async fn item(&self, code: String, version: Option<u32>) -> Stored<Option<ItemRow>>;

    /// Version and issue of a bundle of this content: those of the newest while its content is the same and it is
    /// younger than a day, else the next version, issued now.
    async fn publish(&self, content: [u8; 32], now: Timestamp) -> Stored<(u64, Timestamp)>;
}

/// An item record as it was put in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ItemRow {
    /// Handling code.
    pub code: String,
    /// Version.
    pub version: u32,
    /// The record as JSON.
    pub record: String,
    /// When it was replaced, cancelled or taken out of the catalogue; None while it is in force.
    pub ended: Option<Timestamp>,
}

#[async_trait]
impl Library for Sqlite {
    async fn keep_items(&self, items: Vec<ItemRow>, now: Timestamp) -> Stored<()> {
        self.write("keeping item records", move |tx| keep(tx, &items, now))
            .await
    }

    async fn item(&self, code: String, version: Option<u32>) -> Stored<Option<ItemRow>> {
        self.read("reading an item record", move |tx| one(tx, &code, version))
            .await
    }

    async fn publish(&self, content: [u8; 32], now: Timestamp) -> Stored<(u64, Timestamp)> {
        self.write("publishing a bundle", move |tx| publish(tx, content, now))
            .await
    }
}

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
