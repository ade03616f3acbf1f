//! Seals a filing to the city, signs it with the kiosk's key and commits it.

use std::error::Error;
use std::sync::Arc;

use city_api::application::{self, Arrival};
use city_api::keys::{DeviceKey, SoftwareKey};
use city_api::numbers::ReceiptNumber;
use city_api::packet::{Draft, Kind, PlainPart, Role};
use kiosk_core::screen::Lang;
use kiosk_core::{Arrived, Filing, HallEntry, HallKept, Shelf};
use rand::Rng;

use crate::filing::{city_time, content};
use crate::link::Hall;
use crate::memory::VisitMemory;
use crate::store::{Enrolment, Sign, Store};
use crate::words::Words;
use crate::work::Filer;

/// Files into the store.
pub struct PacketFiler {
    store: Store,
    key: Arc<SoftwareKey>,
    /// Who is expected, and what became of them here.
    hall: Arc<Hall>,
    /// Called after a commit, to send at once.
    wake: Box<dyn Fn() + Send>,
}

/// Nothing can be filed before enrolment.
#[derive(Debug, thiserror::Error)]
#[error("filing: this kiosk is not enrolled at a city")]
struct NotEnrolled;

impl PacketFiler {
    /// Files into `store`, signs with `key`, tells `hall` who came, calls `wake` after each commit.
    pub fn new(
        store: Store,
        key: Arc<SoftwareKey>,
        hall: Arc<Hall>,
        wake: Box<dyn Fn() + Send>,
    ) -> Self {
        Self {
            store,
            key,
            hall,
            wake,
        }
    }

    /// Somebody of today's list is here.
    fn arrival(
        entry: &HallEntry,
        arrived: Arrived,
        enrolment: &Enrolment,
    ) -> Result<Draft, Box<dyn Error + Send + Sync>> {
        let arrival = Arrival {
            appointment: arrived.booking,
            station: enrolment.station.clone(),
        };
        Ok(Draft {
            kind: Kind::CheckIn,
            kiosk: enrolment.kiosk,
            sam_id: enrolment.sam_id.clone(),
            id: arrived.packet,
            receipt: ReceiptNumber::new(enrolment.kiosk, rand::rng().random()),
            item: None,
            time: city_time(entry.at),
            parts: vec![PlainPart {
                role: Role::Content,
                bytes: application::to_bytes(&arrival)?,
            }],
        })
    }

    fn draft(
        filing: &Filing,
        enrolment: &Enrolment,
        shelf: Option<&Shelf>,
        memory: &VisitMemory,
    ) -> Result<Draft, Box<dyn Error + Send + Sync>> {
        let item = filing
            .item
            .as_ref()
            .and_then(|(code, _)| shelf?.catalogue.item(code).cloned());
        let body = item
            .as_deref()
            .and_then(|item| shelf?.catalogue.department(&item.department))
            .map(|body| body.name.clone())
            .unwrap_or_default();
        let content = content(
            filing,
            item.as_deref(),
            &body,
            &enrolment.station,
            Words(Lang::ZhHans),
            memory,
        )?;
        Ok(Draft {
            kind: content.kind,
            kiosk: enrolment.kiosk,
            sam_id: enrolment.sam_id.clone(),
            id: filing.application,
            receipt: ReceiptNumber::new(enrolment.kiosk, rand::rng().random()),
            item: content.item,
            time: city_time(filing.at),
            parts: content.parts,
        })
    }
}

impl Filer for PacketFiler {
    fn file(
        &mut self,
        filing: &Filing,
        shelf: Option<&Shelf>,
        memory: &VisitMemory,
    ) -> Result<String, Box<dyn Error + Send + Sync>> {
        let enrolment = self.store.enrolment()?.ok_or(NotEnrolled)?;
        let draft = Self::draft(filing, &enrolment, shelf, memory)?;
        let sealed = draft.seal(&enrolment.city_keys)?;
        let key: &dyn DeviceKey = self.key.as_ref();
        let filed = self.store.file(|head| sealed.sign(head, key))?;
        (self.wake)();
        Ok(filed.receipt.to_string())
    }

    fn keep(&mut self, entry: &HallEntry) -> Result<HallKept, Box<dyn Error + Send + Sync>> {
        let enrolment = self.store.enrolment()?.ok_or(NotEnrolled)?;
        let draft = entry
            .arrival
            .map(|arrived| Self::arrival(entry, arrived, &enrolment))
            .transpose()?;
        let sealed = draft
            .map(|draft| draft.seal(&enrolment.city_keys))
            .transpose()?;
        let key: &dyn DeviceKey = self.key.as_ref();
        let sign =
            sealed.map(|sealed| -> Sign<'_> { Box::new(move |head| sealed.sign(head, key)) });
        let at = city_time(entry.at);
        let number = self
            .store
            .keep_hall(entry.ticket.map(|id| (id, at)), sign)?;
        if let Some(arrived) = entry.arrival {
            self.hall.arrived(arrived.booking, number);
        }
        // The number is told at once where the city was away only for a moment.
        self.hall.look_again();
        (self.wake)();
        Ok(HallKept {
            number: number.map(|number| number.to_string()),
        })
    }

    fn has_room(&mut self) -> bool {
        self.store.has_room()
    }
}
