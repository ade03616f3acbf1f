//! Messages to residents that are due: which case, what about, when. Words and numbers are found in the case when one is
//! sent, so nothing personal is in here.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use city_catalogue::case::EventKind;

use super::Event;
use crate::clock::after;
use crate::store::tx::{SKIP_LOCKED, Tx};
use crate::store::value::{Row, values};
use crate::store::{Store, Stored};

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum NoticeKind {
    /// Accepted, with the promised end.
    Accepted,
    /// Not accepted.
    NotAccepted,
    /// Something is missing.
    Correction,
    /// What is missing is due soon.
    DueSoon,
    /// The result is there.
    Result,
    /// A question was answered.
    Answered,
    /// A commitment does not hold and is to be put right.
    Rectify,
    /// What was granted on a commitment is revoked.
    Revoked,
    /// A special procedure began: its kind and the days it is expected to take.
    Special,
    /// It ended, and the clock runs on.
    Resumed,
    /// The limit was extended.
    Extended,
    /// An officer ended it without a decision.
    Terminated,
    /// Its result lies at a station or in a locker.
    Collect,
    /// Its result was posted.
    Posted,
    /// Its result waits for long.
    Uncollected,
    /// Its result went back to the body.
    Returned,
}

city_api::names! {
    pub(crate) NoticeKind
    Accepted = "accepted",
    NotAccepted = "not_accepted",
    Correction = "correction",
    DueSoon = "due_soon",
    Result = "result",
    Answered = "answered",
    Rectify = "rectify",
    Revoked = "revoked",
    Special = "special",
    Resumed = "resumed",
    Extended = "extended",
    Terminated = "terminated",
    Collect = "collect",
    Posted = "posted",
    Uncollected = "uncollected",
    Returned = "returned",
}

impl NoticeKind {
    /// Whether it is about the hand-over of a result.
    #[must_use]
    pub(crate) fn is_of_delivery(self) -> bool {
        match self {
            Self::Collect | Self::Posted | Self::Uncollected | Self::Returned => true,
            Self::Accepted
            | Self::NotAccepted
            | Self::Correction
            | Self::DueSoon
            | Self::Result
            | Self::Answered
            | Self::Rectify
            | Self::Revoked
            | Self::Special
            | Self::Resumed
            | Self::Extended
            | Self::Terminated => false,
        }
    }
}

/// A message that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NoticeRow {
    /// Its number.
    pub id: i64,
    /// Case.
    pub case: Uuid,
    /// About.
    pub kind: NoticeKind,
    /// Tries that failed.
    pub tries: u32,
}

impl Store {
    /// Claims the message that is due first: no other node gets it before `until`. None when none is due.
    pub(crate) async fn claim_notice(
        &self,
        now: Timestamp,
        until: Timestamp,
    ) -> Stored<Option<NoticeRow>> {
        let due = "SELECT EXISTS (SELECT 1 FROM notice WHERE sent IS NULL AND at <= ?1) AS answer";
        let any = self.read("looking for messages", move |tx| {
            tx.answer::<bool>(due, values![now])
        });
        if !any.await? {
            return Ok(None);
        }
        self.write("claiming a message", move |tx| {
            let sql = format!(
                "UPDATE notice SET at = ?2 WHERE id = (
                    SELECT id FROM notice WHERE sent IS NULL AND at <= ?1 ORDER BY at, id LIMIT 1{SKIP_LOCKED}
                ) RETURNING id, case_id, kind, tries"
            );
            let claimed = tx.row(&sql, values![now, until])?;
            claimed.as_ref().map(read).transpose()
        })
        .await
    }

    /// A message was sent, or is not needed any more; `next` comes later.
    pub(crate) async fn notice_done(
        &self,
        notice: NoticeRow,
        now: Timestamp,
        next: Option<(NoticeKind, Timestamp)>,
    ) -> Stored<()> {
        self.write("noting a message", move |tx| {
            let sql = "UPDATE notice SET sent = ?2 WHERE id = ?1";
            tx.execute(sql, values![notice.id, now])?;
            match next {
                Some((kind, at)) => add(tx, notice.case, kind, at),
                None => Ok(()),
            }
        })
        .await
    }

    /// A message could not be sent: it is tried again later.
    pub(crate) async fn notice_failed(
        &self,
        notice: NoticeRow,
        seconds: i64,
        now: Timestamp,
    ) -> Stored<()> {
        self.write("putting a message off", move |tx| {
            let sql = "UPDATE notice SET tries = tries + 1, at = ?2 WHERE id = ?1";
            tx.execute(sql, values![notice.id, after(now, seconds)])?;
            Ok(())
        })
        .await
    }
}

fn read(row: &Row) -> Stored<NoticeRow> {
    Ok(NoticeRow {
        id: row.get("id")?,
        case: row.get("case_id")?,
        kind: row.listed("kind", NoticeKind::parse)?,
        tries: row.get("tries")?,
    })
}

pub(super) fn add(tx: &mut dyn Tx, case: Uuid, kind: NoticeKind, at: Timestamp) -> Stored<()> {
    tx.execute(
        "INSERT INTO notice (case_id, kind, at, tries) VALUES (?1, ?2, ?3, 0)",
        values![case, kind.name(), at],
    )?;
    Ok(())
}

/// The message that what happened to a case makes due, in the same transaction.
pub(super) fn add_for(tx: &mut dyn Tx, case: Uuid, event: &Event) -> Stored<()> {
    let kind = match event.kind {
        EventKind::Accepted | EventKind::AcceptedByLaw => NoticeKind::Accepted,
        EventKind::NotAccepted => NoticeKind::NotAccepted,
        EventKind::NoticeGiven => NoticeKind::Correction,
        EventKind::ResultIssued | EventKind::NotGranted => NoticeKind::Result,
        EventKind::SpecialBegan => NoticeKind::Special,
        EventKind::SpecialEnded => NoticeKind::Resumed,
        EventKind::Extended => NoticeKind::Extended,
        EventKind::Terminated => NoticeKind::Terminated,
        _ => return Ok(()),
    };
    add(tx, case, kind, event.at)
}
