//! Versions of items and contracts that were written here, and what was done with every version.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use city_api::requests::ProblemCode;
use city_catalogue::case::EventKind;
use city_catalogue::library::Life;
use city_catalogue::record::Status;

use super::{Event, Refusal, events};
use crate::store::tx::{FOR_UPDATE, Tx};
use crate::store::value::{Row, damaged, values};
use crate::store::{Store, Stored};

/// What there are versions of; each has its own tables of the same columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shelf {
    /// Items.
    Items,
    /// Contracts of data sharing.
    Contracts,
}

impl Shelf {
    /// One of what stands there, in words.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Items => "item",
            Self::Contracts => "contract",
        }
    }

    /// Records as they are or were in force, wherever they came from.
    pub(super) const fn kept(self) -> &'static str {
        self.name()
    }

    /// Versions that were written here.
    const fn written(self) -> &'static str {
        match self {
            Self::Items => "library_version",
            Self::Contracts => "contract_version",
        }
    }

    /// What was done with every version.
    const fn acts(self) -> &'static str {
        match self {
            Self::Items => "library_act",
            Self::Contracts => "contract_act",
        }
    }
}

/// A version that was written here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VersionRow {
    /// Handling code of the item, or id of the contract.
    pub code: String,
    /// Version.
    pub version: u32,
    /// The record as JSON.
    pub record: String,
    /// Where it stands, who wrote and reviewed it.
    pub life: Life,
    /// Whether it is or was in force: it is merged into what is published.
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

/// Who did what with a version, when and why; appended and never changed. What people do is an event too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ActRow {
    /// Handling code of the item, or id of the contract.
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
    pub(crate) async fn add_draft(
        &self,
        shelf: Shelf,
        draft: VersionRow,
        act: ActRow,
    ) -> Stored<bool> {
        self.write("keeping a draft", move |tx| {
            tx.lock("library")?;
            let known = find(tx, shelf, (&draft.code, draft.version), "")?.is_some();
            let kept = shelf.kept();
            let sql =
                format!("SELECT version FROM {kept} WHERE code = ?1 AND version >= ?2 LIMIT 1");
            if known || tx.row(&sql, values![&draft.code, draft.version])?.is_some() {
                return Ok(false);
            }
            put(tx, shelf, &draft)?;
            tell(tx, shelf, &act)?;
            Ok(true)
        })
        .await
    }

    /// Reads a version, lets `advance` move it, keeps it and what was done. None when there is no such version.
    pub(crate) async fn advance_version<E: Send + 'static>(
        &self,
        shelf: Shelf,
        act: ActRow,
        advance: Advance<E>,
    ) -> Stored<Option<Result<VersionRow, E>>> {
        self.write("moving a version", move |tx| {
            tx.lock("library")?;
            let Some(row) = find(tx, shelf, (&act.code, act.version), FOR_UPDATE)? else {
                return Ok(None);
            };
            let moved = match advance(row) {
                Ok(moved) => moved,
                Err(denied) => return Ok(Some(Err(denied))),
            };
            if moved.life.status == Status::InForce {
                change_older(tx, shelf, &moved)?;
            }
            put(tx, shelf, &moved)?;
            tell(tx, shelf, &act)?;
            Ok(Some(Ok(moved)))
        })
        .await
    }

    /// Notes what was done with a version that may not have been written here.
    pub(crate) async fn note_act(&self, shelf: Shelf, act: ActRow) -> Stored<()> {
        self.write("noting what was done with a version", move |tx| {
            tell(tx, shelf, &act)
        })
        .await
    }

    /// A version that was written here.
    pub(crate) async fn version(
        &self,
        shelf: Shelf,
        code: String,
        version: u32,
    ) -> Stored<Option<VersionRow>> {
        self.read("reading a version", move |tx| {
            find(tx, shelf, (&code, version), "")
        })
        .await
    }

    /// The number of a cancellation: after every version of the item or contract. Refused while a draft of it is under
    /// way, and when it is cancelled already.
    pub(crate) async fn next_version(
        &self,
        shelf: Shelf,
        code: String,
    ) -> Stored<Result<u32, Refusal>> {
        self.read("counting versions", move |tx| next(tx, shelf, &code))
            .await
    }

    /// Versions written here that are not in force yet, by code and version.
    pub(crate) async fn drafts(&self, shelf: Shelf, most: u32) -> Stored<Vec<VersionRow>> {
        self.read("reading drafts", move |tx| {
            let select = select(shelf);
            let sql = format!("{select} WHERE published = 0 ORDER BY code, version LIMIT ?1");
            tx.rows(&sql, values![most])?.iter().map(read).collect()
        })
        .await
    }

    /// Records written here that are or were in force, by code and version, and a mark that grows when there are more.
    pub(crate) async fn published_versions(&self, shelf: Shelf) -> Stored<(Vec<VersionRow>, i64)> {
        self.read("reading published versions", move |tx| {
            let select = select(shelf);
            let sql = format!("{select} WHERE published = 1 ORDER BY code, version");
            let rows = tx.rows(&sql, &[])?;
            let rows = rows.iter().map(read).collect::<Stored<_>>()?;
            Ok((rows, mark(tx, shelf)?))
        })
        .await
    }

    /// The mark of [`Store::published_versions`].
    pub(crate) async fn library_mark(&self, shelf: Shelf) -> Stored<i64> {
        self.read("looking for published versions", move |tx| mark(tx, shelf))
            .await
    }

    /// What was done with the versions of an item or contract, the oldest first.
    pub(crate) async fn acts(&self, shelf: Shelf, code: String, most: u32) -> Stored<Vec<ActRow>> {
        self.read("reading the history of versions", move |tx| {
            let acts = shelf.acts();
            let sql = format!(
                "SELECT code, version, act, person, at, why FROM {acts} WHERE code = ?1 ORDER BY id LIMIT ?2"
            );
            let rows = tx.rows(&sql, values![&code, most])?;
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
}

fn select(shelf: Shelf) -> String {
    let written = shelf.written();
    format!("SELECT code, version, record, life, published FROM {written}")
}

fn find(
    tx: &mut dyn Tx,
    shelf: Shelf,
    (code, version): (&str, u32),
    locks: &str,
) -> Stored<Option<VersionRow>> {
    let select = select(shelf);
    let sql = format!("{select} WHERE code = ?1 AND version = ?2{locks}");
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

fn next(tx: &mut dyn Tx, shelf: Shelf, code: &str) -> Stored<Result<u32, Refusal>> {
    let refused = |why: &str| Ok(Err(Refusal::new(ProblemCode::WrongState, why)));
    let (select, kept) = (select(shelf), shelf.kept());
    let sql = format!("SELECT COALESCE(MAX(version), 0) AS answer FROM {kept} WHERE code = ?1");
    let mut last: u32 = tx.answer(&sql, values![code])?;
    let sql = format!("{select} WHERE code = ?1 ORDER BY version");
    let mut is_cancelled = false;
    for row in tx.rows(&sql, values![code])? {
        let written = read(&row)?;
        if matches!(written.life.status, Status::Draft | Status::Reviewed) {
            return refused("a draft of the next version is known: discard it first");
        }
        if written.published && written.version > last {
            // A higher version that the folder brought since is in force again.
            is_cancelled = written.life.status == Status::Cancelled;
        }
        last = last.max(written.version);
    }
    if is_cancelled {
        return refused("it is cancelled already");
    }
    Ok(Ok(last.saturating_add(1)))
}

fn put(tx: &mut dyn Tx, shelf: Shelf, row: &VersionRow) -> Stored<()> {
    let life = serde_json::to_string(&row.life).map_err(|_| damaged("the life of a version"))?;
    let written = shelf.written();
    let sql = format!(
        "INSERT INTO {written} (code, version, record, life, published) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (code, version) DO UPDATE SET record = ?3, life = ?4, published = ?5"
    );
    tx.execute(
        &sql,
        values![&row.code, row.version, &row.record, life, row.published],
    )?;
    Ok(())
}

/// The versions written here that were in force are changed now.
fn change_older(tx: &mut dyn Tx, shelf: Shelf, newer: &VersionRow) -> Stored<()> {
    let select = select(shelf);
    let sql = format!("{select} WHERE code = ?1 AND version < ?2 AND published = 1{FOR_UPDATE}");
    for row in tx.rows(&sql, values![&newer.code, newer.version])? {
        let mut older = read(&row)?;
        if older.life.change().is_ok() {
            put(tx, shelf, &older)?;
        }
    }
    Ok(())
}

/// Notes what somebody did with a version, as an event too.
fn tell(tx: &mut dyn Tx, shelf: Shelf, act: &ActRow) -> Stored<()> {
    note_act(tx, shelf, act)?;
    let (code, version) = (&act.code, act.version);
    let (what, done) = (shelf.name(), act.kind.name());
    let detail = format!("{what} {code}, version {version}: {done}");
    let event = Event::new(act.at, EventKind::VersionMoved, &act.person, detail);
    events::note(tx, None, &event)
}

/// Appends to what was done with a version.
pub(super) fn note_act(tx: &mut dyn Tx, shelf: Shelf, act: &ActRow) -> Stored<()> {
    let acts = shelf.acts();
    let sql = format!(
        "INSERT INTO {acts} (code, version, act, person, at, why) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
    );
    let (kind, person) = (act.kind.name(), &act.person);
    tx.execute(
        &sql,
        values![&act.code, act.version, kind, person, act.at, &act.why],
    )?;
    Ok(())
}

fn mark(tx: &mut dyn Tx, shelf: Shelf) -> Stored<i64> {
    let acts = shelf.acts();
    let sql = format!(
        "SELECT COALESCE(MAX(id), 0) AS answer FROM {acts} WHERE act IN ('enforced', 'cancelled')"
    );
    tx.answer(&sql, &[])
}
