//! Events: who did what and when, appended and never changed.

use jiff::Timestamp;
use uuid::Uuid;

use city_catalogue::case::EventKind;

use super::KioskRow;
use crate::store::tx::Tx;
use crate::store::value::values;
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
}

pub(super) fn note(tx: &mut dyn Tx, case: Option<Uuid>, event: &Event) -> Stored<()> {
    let (item, version) = event.item.clone().unzip();
    tx.execute(
        "INSERT INTO event (case_id, at, kind, actor, item, item_version, body, station, device, detail)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
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
        ],
    )?;
    Ok(())
}
