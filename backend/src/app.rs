//! What every request and the worker share.

use std::net::IpAddr;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;
use tokio::sync::{Notify, Semaphore};
use uuid::Uuid;

use city_api::requests::Words;
use city_api::requests::outcome::BodyRef;
use city_catalogue::case::EventKind;
use city_catalogue::record::Item;
use kiosk_paper::FontSet;

use crate::blobs::Blobs;
use crate::clock::Clock;
use crate::departments::Departments;
use crate::file::{CaseFile, CaseItem};
use crate::items::Items;
use crate::keys::Keys;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::mtls::ClientAuthority;
use crate::notify::Channel;
use crate::publish::Published;
use crate::store::{Event, KioskRow, Shelf, Store, StoreError};
use crate::web::guess::Guesses;
use crate::web::rate::Rates;

/// The running city.
#[derive(Debug)]
pub(crate) struct App {
    /// Transactions.
    pub store: Arc<Store>,
    /// Parts and documents.
    pub blobs: Blobs,
    /// Keys.
    pub keys: Arc<Keys>,
    /// Time.
    pub clock: Clock,
    /// The departments.
    pub departments: Departments,
    /// Wakes the worker.
    pub work: Notify,
    /// The way to residents; None for a city that sends no messages.
    pub channel: Option<Arc<dyn Channel>>,
    /// Fonts of result documents.
    pub fonts: Arc<FontSet>,
    /// Address people reach the city at, for the QR of a result.
    pub public_url: String,
    /// Certificate authority of the city's own TLS; None when a public one signs it.
    pub ca_pem: Option<String>,
    /// Authority of client certificates of kiosks; None where there are none.
    pub mtls: Option<ClientAuthority>,
    /// What one asker may cost.
    pub limits: Limits,
    /// Who asked how often.
    pub rates: Rates,
    /// The proxy in front, which is believed when it says for whom it asks.
    pub proxy: Option<IpAddr>,
    /// It was told to stop: running requests end, and no new ones should come.
    pub draining: AtomicBool,
    /// What is counted.
    pub metrics: Metrics,
    /// Wrong tries at `/verify`, by the number typed there.
    pub verify_guesses: Guesses,
    /// Forged packets, by the kiosk they name.
    pub forgeries: Guesses,
    /// Codes sent to people at home, by the blind index of the person.
    pub home_codes: Guesses,
    /// Whose turn it is to open a page that was handed in.
    pub looks: Arc<Semaphore>,
    /// Wrong staff codes, by kiosk.
    pub staff_guesses: Guesses,
    /// Item records read last.
    pub items: Items,
    /// The catalogue: [`App::published`] reads it.
    pub publication: RwLock<Arc<Published>>,
}

/// An item version that is or was in force.
#[derive(Debug, Clone)]
pub(crate) struct KeptItem {
    /// The record.
    pub item: Arc<Item>,
    /// When it was replaced, cancelled or taken out of the catalogue; None while it is in force.
    pub ended: Option<Timestamp>,
}

impl App {
    /// What is published now.
    #[must_use]
    pub(crate) fn published(&self) -> Arc<Published> {
        Arc::clone(
            &self
                .publication
                .read()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    /// Publishes something else from now on.
    pub(crate) fn set_published(&self, published: Published) {
        *self
            .publication
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::new(published);
    }

    /// Now, in whole milliseconds as the store keeps it.
    #[must_use]
    pub(crate) fn now(&self) -> Timestamp {
        let now = self.clock.now();
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }

    /// Notes what somebody did now with a case or without, at a kiosk or elsewhere.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub(crate) async fn note(
        &self,
        case: Option<Uuid>,
        kiosk: Option<&KioskRow>,
        kind: EventKind,
        actor: impl Into<String>,
        detail: impl Into<String>,
    ) -> Result<(), StoreError> {
        let event = Event::new(self.now(), kind, actor, detail);
        let event = match kiosk {
            Some(kiosk) => event.at_kiosk(kiosk),
            None => event,
        };
        self.store.note(case, event).await
    }

    /// A body by id and name; an unknown one by its id alone.
    #[must_use]
    pub(crate) fn body(&self, id: &str) -> BodyRef {
        let published = self.published();
        let name = published.catalogue.department(id).map_or_else(
            || Words::new(id, id),
            |body| Words::new(body.name.zh.clone(), body.name.en.clone()),
        );
        BodyRef {
            id: id.to_owned(),
            name,
        }
    }

    /// An item in one version that is or was in force; in its newest when `version` is None.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails or the record is damaged.
    pub(crate) async fn kept_item(
        &self,
        code: &str,
        version: Option<u32>,
    ) -> Result<Option<KeptItem>, StoreError> {
        let Some(row) = self
            .store
            .kept_record(Shelf::Items, code.to_owned(), version)
            .await?
        else {
            return Ok(None);
        };
        let damaged = |_| StoreError::Damaged {
            what: "an item record",
        };
        let item = match self.items.get(code, row.version) {
            Some(known) => known,
            None => {
                let item = Arc::new(serde_json::from_str(&row.record).map_err(damaged)?);
                self.items.keep(code, &item);
                item
            }
        };
        Ok(Some(KeptItem {
            item,
            ended: row.ended,
        }))
    }

    /// The record of an item in one version that is or was in force.
    async fn item(&self, code: &str, version: u32) -> Result<Option<Arc<Item>>, StoreError> {
        if let Some(known) = self.items.get(code, version) {
            return Ok(Some(known));
        }
        let kept = self.kept_item(code, Some(version)).await?;
        Ok(kept.map(|kept| kept.item))
    }

    /// The item of a case, in the versions it began with.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails or a record is damaged.
    pub(crate) async fn item_of(&self, file: &CaseFile) -> Result<Option<CaseItem>, StoreError> {
        let (Some(code), Some(version)) = (&file.item, file.record.item_version) else {
            return Ok(None);
        };
        let Some(filed) = self.item(code, version).await? else {
            return Ok(None);
        };
        let handled = match &file.record.handled_as {
            Some((code, version)) => self.item(code, *version).await?,
            None => None,
        };
        Ok(Some(CaseItem {
            handled: handled.unwrap_or_else(|| Arc::clone(&filed)),
            filed,
        }))
    }
}
