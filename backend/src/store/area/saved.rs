//! Drafts of residents (R34): sealed under the person's identity, kept for some days, filed once.

use jiff::Timestamp;
use uuid::Uuid;

use city_api::requests::identity::IdentityLevel;

use super::{Event, events};
use crate::store::tx::Tx;
use crate::store::value::{Row, damaged, values};
use crate::store::{Store, Stored};

/// A draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SavedRow {
    /// Its id.
    pub id: Uuid,
    /// Blind index of its person.
    pub person: [u8; 32],
    /// Handling code and version of the item.
    pub item: (String, u32),
    /// Level its person must reach to take it up.
    pub level: IdentityLevel,
    /// Station it was kept at.
    pub station: String,
    /// When it was kept.
    pub made: Timestamp,
    /// It is gone then.
    pub lapses: Timestamp,
    /// The packet it was filed by, which leaves no more of it than this; None before.
    pub filed: Option<Uuid>,
    /// Names of the documents with its pages, sealed under the person's key.
    pub pages: Vec<String>,
    /// Answers and materials, sealed under the person's key.
    pub content: Vec<u8>,
}

/// A draft to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewSaved {
    /// The draft.
    pub row: SavedRow,
    /// An older one of the same person that goes.
    pub replaces: Option<Uuid>,
}

impl Store {
    /// The draft of this id that did not lapse, or the mark of one that was filed.
    pub(crate) async fn saved(&self, id: Uuid, now: Timestamp) -> Stored<Option<SavedRow>> {
        self.read("reading a draft", move |tx| one(tx, id, now))
            .await
    }

    /// Drafts of a person that did not lapse and were not filed, the newest first.
    pub(crate) async fn saved_of(&self, person: [u8; 32], now: Timestamp) -> Stored<Vec<SavedRow>> {
        self.read("reading a person's drafts", move |tx| {
            let sql = format!(
                "{SELECT} WHERE person = ?1 AND lapses > ?2 AND filed IS NULL ORDER BY made DESC, id"
            );
            tx.rows(&sql, values![person, now])?
                .iter()
                .map(read)
                .collect()
        })
        .await
    }

    /// Keeps a draft and notes it; false when one of this id is here.
    pub(crate) async fn save(&self, new: NewSaved, event: Event) -> Stored<bool> {
        self.write("keeping a draft", move |tx| {
            let kept = insert(tx, &new)?;
            if kept {
                events::note(tx, None, &event)?;
            }
            Ok(kept)
        })
        .await
    }

    /// Deletes a draft of this person that was not filed, and notes it; false when there is none.
    pub(crate) async fn delete_saved(
        &self,
        id: Uuid,
        person: [u8; 32],
        event: Event,
    ) -> Stored<bool> {
        self.write("deleting a draft", move |tx| {
            let deleted = delete(tx, id, person)?;
            if deleted {
                events::note(tx, None, &event)?;
            }
            Ok(deleted)
        })
        .await
    }

    /// Names of the documents of drafts by the drafts' ids, after one of them, of at most `most` drafts.
    pub(crate) async fn saved_pages(
        &self,
        after: Uuid,
        most: u32,
    ) -> Stored<Vec<(Uuid, Vec<String>)>> {
        self.read("reading names of pages of drafts", move |tx| {
            let sql = "SELECT id, pages FROM saved_draft WHERE id > ?1 ORDER BY id LIMIT ?2";
            let rows = tx.rows(sql, values![after, most])?;
            rows.iter()
                .map(|row| Ok((row.get("id")?, pages(row)?)))
                .collect()
        })
        .await
    }

    /// Deletes what lapsed, at most `most` drafts, and notes how many; these drafts.
    pub(crate) async fn lapse_saved(&self, most: u32, event: Event) -> Stored<Vec<SavedRow>> {
        self.write("deleting drafts that lapsed", move |tx| {
            let sql = format!("{SELECT} WHERE lapses <= ?1 ORDER BY lapses LIMIT ?2");
            let rows = tx.rows(&sql, values![event.at, most])?;
            let rows: Vec<SavedRow> = rows.iter().map(read).collect::<Stored<_>>()?;
            for row in &rows {
                tx.execute("DELETE FROM saved_draft WHERE id = ?1", values![row.id])?;
            }
            if !rows.is_empty() {
                let detail = rows.len().to_string();
                events::note(tx, None, &Event { detail, ..event })?;
            }
            Ok(rows)
        })
        .await
    }
}

const SELECT: &str =
    "SELECT id, person, item, item_version, level, station, made, lapses, filed, pages, content
    FROM saved_draft";

fn one(tx: &mut dyn Tx, id: Uuid, now: Timestamp) -> Stored<Option<SavedRow>> {
    let sql = format!("{SELECT} WHERE id = ?1 AND lapses > ?2");
    let found = tx.row(&sql, values![id, now])?;
    found.as_ref().map(read).transpose()
}

/// False when one of this id is here. The one it replaces goes with it.
pub(super) fn insert(tx: &mut dyn Tx, new: &NewSaved) -> Stored<bool> {
    let row = &new.row;
    let inserted = tx.execute(
        "INSERT INTO saved_draft (id, person, item, item_version, level, station, made, lapses, pages, content)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT DO NOTHING",
        values![
            row.id,
            row.person,
            &row.item.0,
            row.item.1,
            row.level.name(),
            &row.station,
            row.made,
            row.lapses,
            row.pages.join(" "),
            &row.content,
        ],
    )?;
    if let Some(old) = new.replaces.filter(|old| inserted == 1 && *old != row.id) {
        delete(tx, old, row.person)?;
    }
    Ok(inserted == 1)
}

fn delete(tx: &mut dyn Tx, id: Uuid, person: [u8; 32]) -> Stored<bool> {
    let deleted = tx.execute(
        "DELETE FROM saved_draft WHERE id = ?1 AND person = ?2 AND filed IS NULL",
        values![id, person],
    )?;
    Ok(deleted == 1)
}

/// Marks a draft as filed by a packet and empties it; false when another packet filed it. One that is not here any
/// more was deleted or lapsed: nothing stands against filing.
pub(super) fn file(tx: &mut dyn Tx, id: Uuid, packet: Uuid) -> Stored<bool> {
    let filed = tx.execute(
        "UPDATE saved_draft SET filed = ?2, pages = '', content = ?3 WHERE id = ?1 AND filed IS NULL",
        values![id, packet, Vec::<u8>::new()],
    )?;
    if filed == 1 {
        return Ok(true);
    }
    let sql = "SELECT count(*) AS answer FROM saved_draft WHERE id = ?1 AND filed <> ?2";
    Ok(tx.answer::<i64>(sql, values![id, packet])? == 0)
}

fn read(row: &Row) -> Stored<SavedRow> {
    let filed: Option<String> = row.get("filed")?;
    let filed = filed.map(|id| id.parse().map_err(|_| damaged("an id")));
    Ok(SavedRow {
        id: row.get("id")?,
        person: row.get("person")?,
        item: (row.get("item")?, row.get("item_version")?),
        level: row.listed("level", IdentityLevel::parse)?,
        station: row.get("station")?,
        made: row.get("made")?,
        lapses: row.get("lapses")?,
        filed: filed.transpose()?,
        pages: pages(row)?,
        content: row.get("content")?,
    })
}

fn pages(row: &Row) -> Stored<Vec<String>> {
    let pages: String = row.get("pages")?;
    Ok(pages.split_whitespace().map(str::to_owned).collect())
}
