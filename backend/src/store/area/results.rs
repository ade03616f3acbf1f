//! Result documents.

use async_trait::async_trait;
use rusqlite::{Row, Transaction, params};
use uuid::Uuid;

use super::{CaseKey, Change, cases};
use crate::store::Stored;
use crate::store::sqlite::Sqlite;
use crate::store::sqlite::values::{damaged, first, id, maybe_date};

/// Result documents.
#[async_trait]
pub(crate) trait Results {
    /// Keeps a result document and puts it on its case: all or nothing, and nothing when the case has a result already.
    async fn add_result(&self, result: ResultRow, change: Change) -> Stored<()>;

    /// A result by id.
    async fn result(&self, id: Uuid) -> Stored<Option<ResultRow>>;

    /// A result by the number on the paper.
    async fn result_by_number(&self, number: String) -> Stored<Option<ResultRow>>;
}

/// A result document and what `/verify` may confirm: nothing that is not on the paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ResultRow {
    /// Its id.
    pub id: Uuid,
    /// Its case.
    pub case: Uuid,
    /// Number on the paper.
    pub number: String,
    /// Verification code on the paper.
    pub code: String,
    /// Name of the document.
    pub name: String,
    /// Body that issued it, in both languages, as JSON of `Words`.
    pub issuer: String,
    /// Day of issue.
    pub issued: jiff::civil::Date,
    /// The item lets a kiosk print it.
    pub kiosk_print: bool,
    /// Name of the encrypted document in the object store.
    pub blob: String,
}

#[async_trait]
impl Results for Sqlite {
    async fn add_result(&self, result: ResultRow, change: Change) -> Stored<()> {
        self.write("keeping a result", move |tx| add(tx, &result, change))
            .await
    }

    async fn result(&self, id: Uuid) -> Stored<Option<ResultRow>> {
        self.read("reading a result", move |tx| by_id(tx, id)).await
    }

    async fn result_by_number(&self, number: String) -> Stored<Option<ResultRow>> {
        self.read("looking for a result", move |tx| by_number(tx, &number))
            .await
    }
}

const SELECT: &str =
    "SELECT id, case_id, number, code, name, issuer, issued, kiosk_print, blob FROM result";

pub(super) fn add(tx: &Transaction<'_>, result: &ResultRow, change: Change) -> Stored<()> {
    let there: bool = tx.query_row(
        "SELECT EXISTS (SELECT 1 FROM result WHERE case_id = ?1)",
        [result.case.to_string()],
        |row| row.get(0),
    )?;
    if there {
        return Ok(());
    }
    let Some((_, Ok(case))) = cases::change(tx, &CaseKey::Id(result.case), change)? else {
        return Ok(());
    };
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
    cases::tell(tx, &case)
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
