//! Result documents.

use uuid::Uuid;

use super::{CaseKey, Change, cases};
use crate::store::tx::Tx;
use crate::store::value::{Row, values};
use crate::store::{Store, Stored};

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

impl Store {
    /// Result documents by their id, after one of them, at most `most`: id and name of the object.
    pub(crate) async fn result_blobs(&self, after: Uuid, most: u32) -> Stored<Vec<(Uuid, String)>> {
        self.read("reading names of documents", move |tx| {
            let sql = "SELECT id, blob FROM result WHERE id > ?1 ORDER BY id LIMIT ?2";
            let rows = tx.rows(sql, values![after, most])?;
            rows.iter()
                .map(|row| Ok((row.get("id")?, row.get("blob")?)))
                .collect()
        })
        .await
    }

    /// Keeps a result document and puts it on its case: all or nothing, and nothing when the case has a result already.
    pub(crate) async fn add_result(&self, result: ResultRow, change: Change) -> Stored<()> {
        self.write("keeping a result", move |tx| add(tx, &result, change))
            .await
    }

    /// A result by id.
    pub(crate) async fn result(&self, id: Uuid) -> Stored<Option<ResultRow>> {
        self.read("reading a result", move |tx| by_id(tx, id)).await
    }

    /// A result by the number on the paper.
    pub(crate) async fn result_by_number(&self, number: String) -> Stored<Option<ResultRow>> {
        self.read("looking for a result", move |tx| by_number(tx, &number))
            .await
    }
}

const SELECT: &str =
    "SELECT id, case_id, number, code, name, issuer, issued, kiosk_print, blob FROM result";

pub(super) fn add(tx: &mut dyn Tx, result: &ResultRow, change: Change) -> Stored<()> {
    tx.lock(&format!("result of {}", result.case))?;
    let sql = "SELECT EXISTS (SELECT 1 FROM result WHERE case_id = ?1) AS answer";
    let there: bool = tx.answer(sql, values![result.case])?;
    if there {
        return Ok(());
    }
    let Some((_, Ok(case))) = cases::change(tx, &CaseKey::Id(result.case), change)? else {
        return Ok(());
    };
    tx.execute(
        "INSERT INTO result (id, case_id, number, code, name, issuer, issued, kiosk_print, blob)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        values![
            result.id,
            result.case,
            &result.number,
            &result.code,
            &result.name,
            &result.issuer,
            result.issued,
            result.kiosk_print,
            &result.blob,
        ],
    )?;
    cases::tell(tx, &case)
}

pub(super) fn by_id(tx: &mut dyn Tx, result: Uuid) -> Stored<Option<ResultRow>> {
    let found = tx.row(&format!("{SELECT} WHERE id = ?1"), values![result])?;
    found.as_ref().map(read).transpose()
}

pub(super) fn by_number(tx: &mut dyn Tx, number: &str) -> Stored<Option<ResultRow>> {
    let found = tx.row(&format!("{SELECT} WHERE number = ?1"), values![number])?;
    found.as_ref().map(read).transpose()
}

fn read(row: &Row) -> Stored<ResultRow> {
    Ok(ResultRow {
        id: row.get("id")?,
        case: row.get("case_id")?,
        number: row.get("number")?,
        code: row.get("code")?,
        name: row.get("name")?,
        issuer: row.get("issuer")?,
        issued: row.get("issued")?,
        kiosk_print: row.get("kiosk_print")?,
        blob: row.get("blob")?,
    })
}
