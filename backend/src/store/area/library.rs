//! Records of items and contracts that are or were in force, and bundles as they were published.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{ActKind, ActRow, Shelf, versions};
use crate::store::tx::Tx;
use crate::store::value::{Row, damaged, values};
use crate::store::{Store, Stored};

/// A bundle is published anew after a day even when nothing changed, so that no kiosk calls it stale.
pub(crate) const REISSUE_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// Bundles that are kept to make increments from: a kiosk that was off for longer fetches the whole one.
const BUNDLES: i64 = 16;

/// A record of an item or contract as it was put in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ItemRow {
    /// Handling code of the item, or id of the contract.
    pub code: String,
    /// Version.
    pub version: u32,
    /// The record as JSON.
    pub record: String,
    /// When it was replaced, cancelled or taken out of what is published; None while it is in force.
    pub ended: Option<Timestamp>,
    /// Who wrote it and why, for the history; empty when it is read back.
    pub origin: (String, String),
}

impl Store {
    /// Keeps the records in force now, so that a case stays on the version of the item it began with. Known ones stay as
    /// they are; those that are not among them go out of force now.
    pub(crate) async fn keep_records(
        &self,
        shelf: Shelf,
        records: Vec<ItemRow>,
        now: Timestamp,
    ) -> Stored<()> {
        self.write("keeping records", move |tx| keep(tx, shelf, &records, now))
            .await
    }

    /// An item or contract in one version that is or was in force; in its newest when `version` is None.
    pub(crate) async fn kept_record(
        &self,
        shelf: Shelf,
        code: String,
        version: Option<u32>,
    ) -> Stored<Option<ItemRow>> {
        self.read("reading a record", move |tx| one(tx, shelf, &code, version))
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

    /// Keeps a bundle as it was published; the oldest go.
    pub(crate) async fn keep_bundle(&self, version: u64, bytes: Vec<u8>) -> Stored<()> {
        let number = i64::try_from(version).map_err(|_| damaged("a bundle version"))?;
        self.write("keeping a bundle", move |tx| {
            let sql = "UPDATE bundle SET document = ?2 WHERE version = ?1 AND document IS NULL";
            tx.execute(sql, values![number, bytes])?;
            let sql =
                "UPDATE bundle SET document = NULL WHERE version <= ?1 AND document IS NOT NULL";
            tx.execute(sql, values![number - BUNDLES])?;
            Ok(())
        })
        .await
    }

    /// A bundle as it was published; None when it is not kept any more.
    pub(crate) async fn bundle(&self, version: u64) -> Stored<Option<Vec<u8>>> {
        let Ok(number) = i64::try_from(version) else {
            return Ok(None);
        };
        self.read("reading a bundle", move |tx| {
            let found = tx.row(
                "SELECT document FROM bundle WHERE version = ?1",
                values![number],
            )?;
            let bytes = found.map(|row| row.get::<Option<Vec<u8>>>("document"));
            Ok(bytes.transpose()?.flatten())
        })
        .await
    }
}

/// Keeps the versions in force now; every other one ends now, unless it has ended before. What came and what went is
/// appended to the history of the item or contract.
pub(super) fn keep(
    tx: &mut dyn Tx,
    shelf: Shelf,
    records: &[ItemRow],
    now: Timestamp,
) -> Stored<()> {
    tx.lock("library")?;
    let kept = shelf.kept();
    let sql = format!("SELECT code, version FROM {kept} WHERE ended IS NULL");
    let mut left = BTreeSet::new();
    for row in tx.rows(&sql, &[])? {
        left.insert((row.get::<String>("code")?, row.get::<u32>("version")?));
    }
    let sql = format!(
        "INSERT INTO {kept} (code, version, record) VALUES (?1, ?2, ?3)
         ON CONFLICT (code, version) DO UPDATE SET ended = NULL"
    );
    for one in records {
        let (code, version) = (&one.code, one.version);
        if left.remove(&(code.clone(), version)) {
            continue;
        }
        tx.execute(&sql, values![code, version, &one.record])?;
        let came = act((code, version), ActKind::Published, now, &one.origin);
        versions::note_act(tx, shelf, &came)?;
    }
    let sql = format!("UPDATE {kept} SET ended = ?3 WHERE code = ?1 AND version = ?2");
    for (code, version) in left {
        tx.execute(&sql, values![&code, version, now])?;
        let by = records.iter().find(|one| one.code == code);
        let why = by.map_or_else(
            || "not in the catalogue any more".to_owned(),
            |one| format!("version {} is in force", one.version),
        );
        let went = act((&code, version), ActKind::Ended, now, &(String::new(), why));
        versions::note_act(tx, shelf, &went)?;
    }
    Ok(())
}

fn act(
    (code, version): (&str, u32),
    kind: ActKind,
    at: Timestamp,
    (person, why): &(String, String),
) -> ActRow {
    let person = if person.is_empty() { "city" } else { person };
    ActRow {
        code: code.to_owned(),
        version,
        kind,
        person: person.to_owned(),
        at,
        why: why.clone(),
    }
}

fn one(tx: &mut dyn Tx, shelf: Shelf, code: &str, version: Option<u32>) -> Stored<Option<ItemRow>> {
    let kept = shelf.kept();
    let sql = format!(
        "SELECT code, version, record, ended FROM {kept}
         WHERE code = ?1 AND (CAST(?2 AS BIGINT) IS NULL OR version = ?2) ORDER BY version DESC LIMIT 1"
    );
    let found = tx.row(&sql, values![code, version])?;
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
