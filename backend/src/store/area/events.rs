//! Events: who did what and when, appended and never changed.

use jiff::Timestamp;
use uuid::Uuid;

use city_api::requests::staff::EventView;
use city_catalogue::case::EventKind;

use super::KioskRow;
use crate::store::tx::Tx;
use crate::store::value::{Row, Value, values};
use crate::store::{Store, Stored};

/// Something that happened, for the record; no personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: EventKind,
    /// Who did it.
    pub actor: String,
    /// Handling code and version of the item; None when it concerns none.
    pub item: Option<(String, u32)>,
    /// The body that did it, or that it falls to; None when it is no body's.
    pub body: Option<String>,
    /// Station the matter was filed at, or the kiosk stands at; None when there is none.
    pub station: Option<String>,
    /// Kiosk it was done at; None when it was done elsewhere.
    pub device: Option<String>,
    /// More about it.
    pub detail: String,
}

impl Event {
    /// What `actor` did, at no kiosk and for no body.
    #[must_use]
    pub(crate) fn new(
        at: Timestamp,
        kind: EventKind,
        actor: impl Into<String>,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            at,
            kind,
            actor: actor.into(),
            item: None,
            body: None,
            station: None,
            device: None,
            detail: detail.into(),
        }
    }

    /// It was done at this kiosk.
    #[must_use]
    pub(crate) fn at_kiosk(mut self, kiosk: &KioskRow) -> Self {
        self.station = Some(kiosk.station.clone());
        self.device = Some(kiosk.id.clone());
        self
    }

    /// The body did it, or it falls to it.
    #[must_use]
    pub(crate) fn of_body(mut self, body: &str) -> Self {
        self.body = Some(body.to_owned());
        self
    }
}

impl Store {
    /// Appends to the events of a case, or of none: who did what and when, never changed afterwards.
    pub(crate) async fn note(&self, case: Option<Uuid>, event: Event) -> Stored<()> {
        self.write("noting an event", move |tx| note(tx, case, &event))
            .await
    }

    /// Appends events of several cases.
    pub(crate) async fn note_all(&self, events: Vec<(Uuid, Event)>) -> Stored<()> {
        self.write("noting events", move |tx| {
            let mut events = events.iter();
            events.try_for_each(|(case, event)| note(tx, Some(*case), event))
        })
        .await
    }

    /// Events after a number, the oldest first, at most `most`; those of one case where it is named.
    pub(crate) async fn events(
        &self,
        after: u32,
        case: Option<Uuid>,
        most: u32,
    ) -> Stored<Vec<EventView>> {
        self.read("reading events", move |tx| events(tx, after, case, most))
            .await
    }
}

/// Events after a number, the oldest first; those of one case where it is named.
fn events(tx: &mut dyn Tx, after: u32, case: Option<Uuid>, most: u32) -> Stored<Vec<EventView>> {
    let sql = "SELECT id, at, kind, actor, case_id, item, body, station, device, detail FROM event WHERE id > ?1";
    let rows = match case {
        Some(case) => {
            let sql = format!("{sql} AND case_id = ?2 ORDER BY id LIMIT ?3");
            tx.rows(&sql, values![after, case, most])?
        }
        None => tx.rows(&format!("{sql} ORDER BY id LIMIT ?2"), values![after, most])?,
    };
    let read = |row: &Row| {
        Ok(EventView {
            number: row.get("id")?,
            at: row.get("at")?,
            kind: row.get("kind")?,
            actor: row.get("actor")?,
            case_id: row.get("case_id")?,
            item: row.get("item")?,
            body: row.get("body")?,
            station: row.get("station")?,
            device: row.get("device")?,
            detail: row.get("detail")?,
        })
    };
    rows.iter().map(read).collect()
}

pub(super) fn note(tx: &mut dyn Tx, case: Option<Uuid>, event: &Event) -> Stored<()> {
    note_all(tx, case, [event])
}

/// Notes them in this order.
pub(super) fn note_all<'a>(
    tx: &mut dyn Tx,
    case: Option<Uuid>,
    events: impl IntoIterator<Item = &'a Event>,
) -> Stored<()> {
    let row = |event: &Event| {
        let (item, version) = event.item.clone().unzip();
        values![
            case,
            event.at,
            event.kind.as_str(),
            &event.actor,
            item,
            version,
            &event.body,
            &event.station,
            &event.device,
            &event.detail,
        ]
        .to_vec()
    };
    let rows: Vec<Vec<Value>> = events.into_iter().map(row).collect();
    tx.insert(
        "event (case_id, at, kind, actor, item, item_version, body, station, device, detail)",
        &rows,
    )
}
