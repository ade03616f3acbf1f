//! Item records that are or were in force, and bundle versions.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{ActKind, ActRow, versions};
use crate::store::tx::Tx;
use crate::store::value::{Row, damaged, values};
use crate::store::{Store, Stored};

/// A bundle is published anew after a day even when nothing changed, so that no kiosk calls it stale.
pub(crate) const REISSUE_MILLIS: i64 = 24 * 60 * 60 * 1000;

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
    /// Who wrote it and why, for the history; empty when it is read back.
    pub origin: (String, String),
}

impl Store {
    /// Keeps the item records in force now, so that a case stays on the version it began with. Known ones stay as they
    /// are; those that are not among them go out of force now.
    pub(crate) async fn keep_items(&self, items: Vec<ItemRow>, now: Timestamp) -> Stored<()> {
        self.write("keeping item records", move |tx| keep(tx, &items, now))
            .await
    }

    /// An item in one version that is or was in force; in its newest when `version` is None.
    pub(crate) async fn item(&self, code: String, version: Option<u32>) -> Stored<Option<ItemRow>> {
        self.read("reading an item record", move |tx| one(tx, &code, version))
            .await
    }

    /// Version and issue of a bundle of this content: those of the newest while its content is the same and it is
    /// younger than a day, else the next version, issued now.
    pub(crate) async fn publish(
        &self,
        content: [u8; 32],
        now: Timestamp,
    ) -> Stored<(u64, Timestamp)> {
        self.write("publishing a bundle", move |tx| publish(tx, content, now))
            .await
    }
}

/// Keeps the versions in force now; every other one ends now, unless it has ended before. What came and what went is
/// appended to the history of the item.
pub(super) fn keep(tx: &mut dyn Tx, items: &[ItemRow], now: Timestamp) -> Stored<()> {
    tx.lock("library")?;
    let sql = "SELECT code, version FROM item WHERE ended IS NULL";
    let mut left = BTreeSet::new();
    for row in tx.rows(sql, &[])? {
        left.insert((row.get::<String>("code")?, row.get::<u32>("version")?));
    }
    let sql = "INSERT INTO item (code, version, record) VALUES (?1, ?2, ?3)
         ON CONFLICT (code, version) DO UPDATE SET ended = NULL";
    for item in items {
        if left.remove(&(item.code.clone(), item.version)) {
            continue;
        }
        tx.execute(sql, values![&item.code, item.version, &item.record])?;
        tell(
            tx,
            &item.code,
            item.version,
            ActKind::Published,
            now,
            &item.origin,
        )?;
    }
    for (code, version) in left {
        let sql = "UPDATE item SET ended = ?3 WHERE code = ?1 AND version = ?2";
        tx.execute(sql, values![&code, version, now])?;
        let by = items.iter().find(|item| item.code == code);
        let why = by.map_or_else(
            || "not in the catalogue any more".to_owned(),
            |item| format!("version {} is in force", item.version),
        );
        let origin = (String::new(), why);
        tell(tx, &code, version, ActKind::Ended, now, &origin)?;
    }
    Ok(())
}

fn tell(
    tx: &mut dyn Tx,
    code: &str,
    version: u32,
    kind: ActKind,
    at: Timestamp,
    (person, why): &(String, String),
) -> Stored<()> {
    let person = if person.is_empty() { "city" } else { person };
    let act = ActRow {
        code: code.to_owned(),
        version,
        kind,
        person: person.to_owned(),
        at,
        why: why.clone(),
    };
    versions::note_act(tx, &act)
}

/// The item in this version, or in its newest.
pub(super) fn one(tx: &mut dyn Tx, code: &str, version: Option<u32>) -> Stored<Option<ItemRow>> {
    let found = tx.row(
        "SELECT code, version, record, ended FROM item
         WHERE code = ?1 AND (CAST(?2 AS BIGINT) IS NULL OR version = ?2) ORDER BY version DESC LIMIT 1",
        values![code, version],
    )?;
    found.as_ref().map(read).transpose()
}

fn read(row: &Row) -> Stored<ItemRow> {
    Ok(ItemRow {
        code: row.get("code")?,
        version: row.get("version")?,
        record: row.get("record")?,
        ended: row.get("ended")?,
        origin: Default::default(),
    })
}

/// Version and issue of this content: the newest one's while it is fresh, else the next.
pub(super) fn publish(
    tx: &mut dyn Tx,
    content: [u8; 32],
    now: Timestamp,
) -> Stored<(u64, Timestamp)> {
    tx.lock("library")?;
    let sql = "SELECT version, content, issued FROM bundle ORDER BY version DESC LIMIT 1";
    let mut next = 1;
    if let Some(newest) = tx.row(sql, &[])? {
        let version: i64 = newest.get("version")?;
        let issued: Timestamp = newest.get("issued")?;
        let is_fresh = now.as_millisecond() - issued.as_millisecond() < REISSUE_MILLIS;
        if is_fresh && newest.get::<[u8; 32]>("content")? == content {
            return Ok((newest.get("version")?, issued));
        }
        next = version + 1;
    }
    tx.execute(
        "INSERT INTO bundle (version, content, issued) VALUES (?1, ?2, ?3)",
        values![next, content, now],
    )?;
    // To the millisecond, as it was kept.
    let issued = Timestamp::from_millisecond(now.as_millisecond());
    let version = u64::try_from(next);
    Ok((
        version.map_err(|_| damaged("a bundle version"))?,
        issued.map_err(|_| damaged("a bundle's issue"))?,
    ))
}
