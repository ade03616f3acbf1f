//! Versions of items that were written here, what was done with every version, and bundles as they were published.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use city_catalogue::library::Life;
use city_catalogue::record::Status;

use crate::store::tx::{FOR_UPDATE, Tx};
use crate::store::value::{Row, damaged, values};
use crate::store::{Store, Stored};

/// Bundles that are kept to make increments from: a kiosk that was off for longer fetches the whole one.
const BUNDLES: i64 = 16;

/// A version that was written here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VersionRow {
    /// Handling code.
    pub code: String,
    /// Version.
    pub version: u32,
    /// The record as JSON.
    pub record: String,
    /// Where it stands, who wrote and reviewed it.
    pub life: Life,
    /// Whether it is or was in force: it is merged into the catalogue.
    pub published: bool,
}

/// What is done with a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ActKind {
    /// Written.
    Drafted,
    /// Found right by another person.
    Reviewed,
    /// Brought into force here.
    Enforced,
    /// Cancelled.
    Cancelled,
    /// Confirmed as still right.
    Confirmed,
    /// Came into force with the catalogue, however it got there.
    Published,
    /// Replaced by a newer version, or gone from the catalogue.
    Ended,
}

city_api::names! {
    pub(crate) ActKind
    Drafted = "drafted",
    Reviewed = "reviewed",
    Enforced = "enforced",
    Cancelled = "cancelled",
    Confirmed = "confirmed",
    Published = "published",
    Ended = "ended",
}

/// Who did what with a version, when and why; appended and never changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ActRow {
    /// Handling code.
    pub code: String,
    /// Version.
    pub version: u32,
    /// What.
    pub kind: ActKind,
    /// Who.
    pub person: String,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub why: String,
}

/// Makes the new state of a version out of the old one, or says why not.
pub(crate) type Advance<E> = Box<dyn FnOnce(VersionRow) -> Result<VersionRow, E> + Send>;

impl Store {
    /// Keeps a new draft and that it was written; false when a version of this number is or was known.
    pub(crate) async fn add_draft(&self, draft: VersionRow, act: ActRow) -> Stored<bool> {
        self.write("keeping a draft", move |tx| {
            tx.lock("library")?;
            let known = find(tx, &draft.code, draft.version, "")?.is_some();
            let sql = "SELECT version FROM item WHERE code = ?1 AND version >= ?2 LIMIT 1";
            if known || tx.row(sql, values![&draft.code, draft.version])?.is_some() {
                return Ok(false);
            }
            put(tx, &draft)?;
            note_act(tx, &act)?;
            Ok(true)
        })
        .await
    }

    /// Reads a version, lets `advance` move it, keeps it and what was done. None when there is no such version.
    pub(crate) async fn advance_version<E: Send + 'static>(
        &self,
        act: ActRow,
        advance: Advance<E>,
    ) -> Stored<Option<Result<VersionRow, E>>> {
        self.write("moving a version", move |tx| {
            tx.lock("library")?;
            let Some(row) = find(tx, &act.code, act.version, FOR_UPDATE)? else {
                return Ok(None);
            };
            let moved = match advance(row) {
                Ok(moved) => moved,
                Err(denied) => return Ok(Some(Err(denied))),
            };
            if moved.life.status == Status::InForce {
                change_older(tx, &moved)?;
            }
            put(tx, &moved)?;
            note_act(tx, &act)?;
            Ok(Some(Ok(moved)))
        })
        .await
    }

    /// Notes what was done with a version that may not have been written here.
    pub(crate) async fn note_act(&self, act: ActRow) -> Stored<()> {
        self.write("noting what was done with a version", move |tx| {
            note_act(tx, &act)
        })
        .await
    }

    /// A version that was written here.
    pub(crate) async fn version(&self, code: String, version: u32) -> Stored<Option<VersionRow>> {
        self.read("reading a version", move |tx| find(tx, &code, version, ""))
            .await
    }

    /// Versions written here that are not in force yet, by code and version.
    pub(crate) async fn drafts(&self, most: u32) -> Stored<Vec<VersionRow>> {
        self.read("reading drafts", move |tx| {
            let sql = format!("{SELECT} WHERE published = 0 ORDER BY code, version LIMIT ?1");
            tx.rows(&sql, values![most])?.iter().map(read).collect()
        })
        .await
    }

    /// Records written here that are or were in force, by code and version, and a mark that grows when there are more.
    pub(crate) async fn published_versions(&self) -> Stored<(Vec<VersionRow>, i64)> {
        self.read("reading published versions", move |tx| {
            let sql = format!("{SELECT} WHERE published = 1 ORDER BY code, version");
            let rows = tx.rows(&sql, &[])?;
            let rows = rows.iter().map(read).collect::<Stored<_>>()?;
            Ok((rows, mark(tx)?))
        })
        .await
    }

    /// The mark of [`Store::published_versions`].
    pub(crate) async fn library_mark(&self) -> Stored<i64> {
        self.read("looking for published versions", mark).await
    }

    /// What was done with the versions of an item, the oldest first.
    pub(crate) async fn acts(&self, code: String, most: u32) -> Stored<Vec<ActRow>> {
        self.read("reading the history of an item", move |tx| {
            let sql = "SELECT code, version, act, person, at, why FROM library_act
                WHERE code = ?1 ORDER BY id LIMIT ?2";
            let rows = tx.rows(sql, values![&code, most])?;
            rows.iter().map(read_act).collect()
        })
        .await
    }

    /// When each item was confirmed last, by code.
    pub(crate) async fn confirmed(&self) -> Stored<BTreeMap<String, Timestamp>> {
        self.read("reading confirmations", |tx| {
            let sql = "SELECT code, MAX(at) AS last FROM library_act WHERE act = 'confirmed' GROUP BY code";
            let rows = tx.rows(sql, &[])?;
            let pairs = rows.iter().map(|row| Ok((row.get("code")?, row.get("last")?)));
            pairs.collect()
        })
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

const SELECT: &str = "SELECT code, version, record, life, published FROM library_version";

fn find(tx: &mut dyn Tx, code: &str, version: u32, locks: &str) -> Stored<Option<VersionRow>> {
    let sql = format!("{SELECT} WHERE code = ?1 AND version = ?2{locks}");
    let found = tx.row(&sql, values![code, version])?;
    found.as_ref().map(read).transpose()
}

fn read(row: &Row) -> Stored<VersionRow> {
    let life: String = row.get("life")?;
    Ok(VersionRow {
        code: row.get("code")?,
        version: row.get("version")?,
        record: row.get("record")?,
        life: serde_json::from_str(&life).map_err(|_| damaged("the life of a version"))?,
        published: row.get("published")?,
    })
}

fn read_act(row: &Row) -> Stored<ActRow> {
    Ok(ActRow {
        code: row.get("code")?,
        version: row.get("version")?,
        kind: row.listed("act", ActKind::parse)?,
        person: row.get("person")?,
        at: row.get("at")?,
        why: row.get("why")?,
    })
}

fn put(tx: &mut dyn Tx, row: &VersionRow) -> Stored<()> {
    let life = serde_json::to_string(&row.life).map_err(|_| damaged("the life of a version"))?;
    tx.execute(
        "INSERT INTO library_version (code, version, record, life, published) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (code, version) DO UPDATE SET record = ?3, life = ?4, published = ?5",
        values![&row.code, row.version, &row.record, life, row.published],
    )?;
    Ok(())
}

/// The versions written here that were in force are changed now.
fn change_older(tx: &mut dyn Tx, newer: &VersionRow) -> Stored<()> {
    let sql = format!("{SELECT} WHERE code = ?1 AND version < ?2 AND published = 1{FOR_UPDATE}");
    for row in tx.rows(&sql, values![&newer.code, newer.version])? {
        let mut older = read(&row)?;
        if older.life.change().is_ok() {
            put(tx, &older)?;
        }
    }
    Ok(())
}

/// Appends to what was done with a version.
pub(super) fn note_act(tx: &mut dyn Tx, act: &ActRow) -> Stored<()> {
    tx.execute(
        "INSERT INTO library_act (code, version, act, person, at, why) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        values![&act.code, act.version, act.kind.name(), &act.person, act.at, &act.why],
    )?;
    Ok(())
}

fn mark(tx: &mut dyn Tx) -> Stored<i64> {
    tx.answer(
        "SELECT COALESCE(MAX(id), 0) AS answer FROM library_act WHERE act IN ('enforced', 'cancelled')",
        &[],
    )
}
