//! Calls for a person's help at the kiosks.

use jiff::Timestamp;
use uuid::Uuid;

use city_api::requests::help::HelpState;

use super::{Event, events};
use crate::store::tx::{FOR_UPDATE, Tx};
use crate::store::value::{Row, values};
use crate::store::{Store, Stored};

/// A call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HelpRow {
    /// Its id.
    pub id: Uuid,
    /// Kiosk it came from.
    pub kiosk: String,
    /// Station of the kiosk.
    pub station: String,
    /// Page the person is on.
    pub step: String,
    /// Handling code; None when no item was chosen.
    pub item: Option<String>,
    /// When it was raised.
    pub called: Timestamp,
    /// Where it stands.
    pub state: HelpState,
    /// Who comes; None while nobody heard it.
    pub by: Option<String>,
}

impl Store {
    /// Keeps a call and notes it. The one kept under this id, which is the same when it came again.
    pub(crate) async fn call_help(&self, call: HelpRow, event: Event) -> Stored<HelpRow> {
        self.write("keeping a call for help", move |tx| {
            tx.lock(&format!("help call {}", call.id))?;
            if let Some(known) = one(tx, call.id, "")? {
                return Ok(known);
            }
            tx.execute(
                "INSERT INTO help_call (id, kiosk, station, step, item, called, state)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                values![
                    call.id,
                    &call.kiosk,
                    &call.station,
                    &call.step,
                    &call.item,
                    call.called,
                    call.state.name()
                ],
            )?;
            events::note(tx, None, &event)?;
            Ok(call)
        })
        .await
    }

    /// A call; None when there is none of this id.
    pub(crate) async fn help_call(&self, id: Uuid) -> Stored<Option<HelpRow>> {
        self.read("reading a call for help", move |tx| one(tx, id, ""))
            .await
    }

    /// Calls of a station since then that nobody closed, the oldest first, at most `most`.
    pub(crate) async fn open_help(
        &self,
        station: String,
        since: Timestamp,
        most: u32,
    ) -> Stored<Vec<HelpRow>> {
        self.read("reading calls for help", move |tx| {
            let sql = format!(
                "{SELECT} WHERE station = ?1 AND state <> 'closed' AND called > ?2 ORDER BY called, id LIMIT ?3"
            );
            let rows = tx.rows(&sql, values![&station, since, most])?;
            rows.iter().map(read).collect()
        })
        .await
    }

    /// Moves a call on and notes it; as it stands then. None when there is none of this id. A closed one stays closed, and
    /// who comes first is who comes.
    pub(crate) async fn move_help(
        &self,
        id: Uuid,
        state: HelpState,
        by: Option<String>,
        event: Event,
    ) -> Stored<Option<HelpRow>> {
        self.write("moving a call for help", move |tx| {
            let Some(mut call) = one(tx, id, FOR_UPDATE)? else {
                return Ok(None);
            };
            if call.state == HelpState::Closed || call.state == state {
                return Ok(Some(call));
            }
            call.state = state;
            call.by = call.by.or(by);
            tx.execute(
                "UPDATE help_call SET state = ?2, heard_by = ?3 WHERE id = ?1",
                values![id, state.name(), &call.by],
            )?;
            events::note(tx, None, &event)?;
            Ok(Some(call))
        })
        .await
    }
}

const SELECT: &str =
    "SELECT id, kiosk, station, step, item, called, state, heard_by FROM help_call";

/// `locks` is what the row is read with.
fn one(tx: &mut dyn Tx, id: Uuid, locks: &str) -> Stored<Option<HelpRow>> {
    let found = tx.row(&format!("{SELECT} WHERE id = ?1{locks}"), values![id])?;
    found.as_ref().map(read).transpose()
}

fn read(row: &Row) -> Stored<HelpRow> {
    Ok(HelpRow {
        id: row.get("id")?,
        kiosk: row.get("kiosk")?,
        station: row.get("station")?,
        step: row.get("step")?,
        item: row.get("item")?,
        called: row.get("called")?,
        state: row.listed("state", HelpState::parse)?,
        by: row.get("heard_by")?,
    })
}
