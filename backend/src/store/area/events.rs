//! Events: who did what and when, appended and never changed.

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Transaction, params};
use uuid::Uuid;

use crate::store::Stored;
use crate::store::sqlite::Sqlite;
use crate::store::sqlite::values::millis;

/// Events.
#[async_trait]
pub(crate) trait Events {
    /// Appends to the events of a case, or of none: who did what and when, never changed afterwards.
    async fn note(&self, case: Option<Uuid>, event: Event) -> Stored<()>;
}

/// Something that happened, for the record; no personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: &'static str,
    /// Who did it.
    pub actor: String,
    /// More about it.
    pub detail: String,
}

#[async_trait]
impl Events for Sqlite {
    async fn note(&self, case: Option<Uuid>, event: Event) -> Stored<()> {
        self.write("noting an event", move |tx| note(tx, case, &event))
            .await
    }
}

pub(super) fn note(tx: &Transaction<'_>, case: Option<Uuid>, event: &Event) -> Stored<()> {
    tx.execute(
        "INSERT INTO event (case_id, at, kind, actor, detail) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            case.map(|id| id.to_string()),
            millis(event.at),
            event.kind,
            event.actor,
            event.detail
        ],
    )?;
    Ok(())
}
