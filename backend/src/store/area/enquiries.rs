//! Questions and data objections inside a case: asked, handed over, answered (R43, R67).

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::notices::{self, NoticeKind};
use super::{Event, Refusal, alarms, events};
use crate::store::tx::{FOR_UPDATE, Tx};
use crate::store::value::{Row, values};
use crate::store::{Store, Stored};

/// What somebody asks inside a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum EnquiryKind {
    /// A question.
    Question,
    /// 数据异议: data that a register holds is not right.
    Objection,
}

city_api::names! {
    pub(crate) EnquiryKind
    Question = "question",
    Objection = "objection",
}

/// A question or objection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EnquiryRow {
    /// Id that who asks gave it: asked again, it is one.
    pub id: Uuid,
    /// Case.
    pub case: Uuid,
    /// What it is.
    pub kind: EnquiryKind,
    /// Blind index of who asks.
    pub person: Option<[u8; 32]>,
    /// Who took it first (首问): a kiosk.
    pub first: String,
    /// Station it was asked at.
    pub station: String,
    /// Body that has it now.
    pub body: String,
    /// The named receiver it was handed to; None before.
    pub receiver: Option<String>,
    /// When it was asked.
    pub asked: Timestamp,
    /// Last day to answer.
    pub due: Date,
    /// When it was answered; None while it is open.
    pub answered: Option<Timestamp>,
    /// Who answered.
    pub answered_by: Option<String>,
    /// What was asked and answered, sealed to `enquiry` and the id.
    pub content: Vec<u8>,
    /// Its clock ran out.
    pub late: bool,
}

/// Makes the new state of an enquiry out of the old one, or says why not.
pub(crate) type EnquiryChange = Box<dyn FnOnce(EnquiryRow) -> Result<EnquiryRow, Refusal> + Send>;

impl Store {
    /// Keeps a question and what happened; the one that is here already when its id is.
    pub(crate) async fn ask(&self, enquiry: EnquiryRow, event: Event) -> Stored<EnquiryRow> {
        self.write("keeping a question", move |tx| {
            if insert(tx, &enquiry)? {
                events::note(tx, Some(enquiry.case), &event)?;
            }
            Ok(find(tx, enquiry.id, "")?.unwrap_or(enquiry))
        })
        .await
    }

    /// Open questions of a body, the most urgent first.
    pub(crate) async fn open_enquiries(&self, body: String, most: u32) -> Stored<Vec<EnquiryRow>> {
        self.read("reading questions", move |tx| {
            let sql = format!(
                "{SELECT} WHERE body = ?1 AND answered IS NULL ORDER BY due, asked LIMIT ?2"
            );
            tx.rows(&sql, values![&body, most])?
                .iter()
                .map(read)
                .collect()
        })
        .await
    }

    /// Questions of a person, the newest first.
    pub(crate) async fn enquiries_of(
        &self,
        person: [u8; 32],
        most: u32,
    ) -> Stored<Vec<EnquiryRow>> {
        self.read("reading a person's questions", move |tx| {
            let sql = format!("{SELECT} WHERE person = ?1 ORDER BY asked DESC LIMIT ?2");
            tx.rows(&sql, values![person, most])?
                .iter()
                .map(read)
                .collect()
        })
        .await
    }

    /// Changes an open question and notes it with its case; None when there is none of this id.
    pub(crate) async fn change_enquiry(
        &self,
        id: Uuid,
        change: EnquiryChange,
        event: Event,
    ) -> Stored<Option<Result<EnquiryRow, Refusal>>> {
        self.write("changing a question", move |tx| {
            let Some(enquiry) = find(tx, id, FOR_UPDATE)? else {
                return Ok(None);
            };
            let changed = match change(enquiry) {
                Ok(changed) => changed,
                Err(refusal) => return Ok(Some(Err(refusal))),
            };
            update(tx, &changed)?;
            events::note(tx, Some(changed.case), &event)?;
            if changed.answered.is_some() {
                notices::add(tx, changed.case, NoticeKind::Answered, event.at)?;
            }
            Ok(Some(Ok(changed)))
        })
        .await
    }

    /// Marks open questions whose clock ran out before `today`, each once, with an event and an alarm.
    pub(crate) async fn late_enquiries(
        &self,
        today: Date,
        now: Timestamp,
        most: u32,
    ) -> Stored<u64> {
        self.write("looking at questions", move |tx| {
            let sql = format!(
                "{SELECT} WHERE answered IS NULL AND late = 0 AND due < ?1 ORDER BY id LIMIT ?2{FOR_UPDATE}"
            );
            let rows = tx.rows(&sql, values![today, most])?;
            for row in &rows {
                let mut enquiry = read(row)?;
                enquiry.late = true;
                update(tx, &enquiry)?;
                let detail = format!("{} {} is not answered in time", enquiry.kind.name(), enquiry.id);
                alarms::overdue(tx, enquiry.case, &enquiry.body, detail, now)?;
            }
            Ok(u64::try_from(rows.len()).unwrap_or(u64::MAX))
        })
        .await
    }
}

const SELECT: &str =
    "SELECT id, case_id, kind, person, first, station, body, receiver, asked, due, answered,
    answered_by, content, late FROM enquiry";

fn find(tx: &mut dyn Tx, id: Uuid, locks: &str) -> Stored<Option<EnquiryRow>> {
    let found = tx.row(&format!("{SELECT} WHERE id = ?1{locks}"), values![id])?;
    found.as_ref().map(read).transpose()
}

fn read(row: &Row) -> Stored<EnquiryRow> {
    Ok(EnquiryRow {
        id: row.get("id")?,
        case: row.get("case_id")?,
        kind: row.listed("kind", EnquiryKind::parse)?,
        person: row.get("person")?,
        first: row.get("first")?,
        station: row.get("station")?,
        body: row.get("body")?,
        receiver: row.get("receiver")?,
        asked: row.get("asked")?,
        due: row.get("due")?,
        answered: row.get("answered")?,
        answered_by: row.get("answered_by")?,
        content: row.get("content")?,
        late: row.get("late")?,
    })
}

/// False when one of this id is here.
pub(super) fn insert(tx: &mut dyn Tx, enquiry: &EnquiryRow) -> Stored<bool> {
    let inserted = tx.execute(
        "INSERT INTO enquiry (id, case_id, kind, person, first, station, body, receiver, asked, due, answered,
            answered_by, content, late)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) ON CONFLICT DO NOTHING",
        values![
            enquiry.id,
            enquiry.case,
            enquiry.kind.name(),
            enquiry.person,
            &enquiry.first,
            &enquiry.station,
            &enquiry.body,
            &enquiry.receiver,
            enquiry.asked,
            enquiry.due,
            enquiry.answered,
            &enquiry.answered_by,
            &enquiry.content,
            enquiry.late,
        ],
    )?;
    Ok(inserted == 1)
}

fn update(tx: &mut dyn Tx, enquiry: &EnquiryRow) -> Stored<()> {
    tx.execute(
        "UPDATE enquiry SET body = ?2, receiver = ?3, answered = ?4, answered_by = ?5, content = ?6, late = ?7
         WHERE id = ?1",
        values![
            enquiry.id,
            &enquiry.body,
            &enquiry.receiver,
            enquiry.answered,
            &enquiry.answered_by,
            &enquiry.content,
            enquiry.late,
        ],
    )?;
    Ok(())
}
