//! The client and the outbox against a small city on port 0 that misbehaves on demand.

mod fake_city;
mod outbox;
mod questions;
mod transport;

use std::sync::Arc;
use std::time::Duration;

use city_api::keys::{CityKeys, DeviceKey as _, SealingIdentity, SoftwareKey};
use city_api::packet::ItemRef;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::{CityClient, Outbox, OutboxEvent, Pace};
use crate::store::trial::{Synthetic, file_one};
use crate::store::{Enrolment, Filed, Options, Store};

/// Longer than any step of these tests takes; reached only when one fails.
const PATIENCE: Duration = Duration::from_secs(20);

fn kiosk_key() -> SoftwareKey {
    SoftwareKey::from_seed(&[1; 32])
}

fn city_key() -> SoftwareKey {
    SoftwareKey::from_seed(&[2; 32])
}

fn quick() -> Pace {
    Pace {
        first: Duration::from_millis(5),
        most: Duration::from_millis(20),
    }
}

fn synthetic(page_bytes: usize) -> Synthetic {
    Synthetic {
        item: ItemRef {
            code: "12590100YT00101489359201400300001".to_owned(),
            version: 1,
        },
        pages: 1,
        page_bytes,
    }
}

/// An enrolled kiosk with its store in a folder of its own.
struct Kiosk {
    folder: tempfile::TempDir,
    store: Store,
    enrolment: Enrolment,
    sealing: SealingIdentity,
}

impl Kiosk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("kiosk.db"), Options::default()).unwrap();
        let sealing = SealingIdentity::generate();
        let enrolment = Enrolment {
            kiosk: "ABC".parse().unwrap(),
            station: "YT-01".to_owned(),
            city_keys: CityKeys {
                sealing_current: sealing.public(),
                sealing_next: None,
                signing: city_key().public(),
            },
            sam_id: None,
            ca_pem: None,
        };
        store.enrol(&enrolment).unwrap();
        Self {
            folder,
            store,
            enrolment,
            sealing,
        }
    }

    fn file(&self, page_bytes: usize) -> Filed {
        let synthetic = synthetic(page_bytes);
        file_one(&self.store, &self.enrolment, &kiosk_key(), &synthetic).unwrap()
    }

    fn client(&self, url: &str) -> CityClient {
        CityClient::new(url, None, self.enrolment.kiosk, Arc::new(kiosk_key())).unwrap()
    }

    /// Starts the sender; what it tells comes through the channel.
    fn start(&self, url: &str) -> (Outbox, UnboundedReceiver<OutboxEvent>) {
        let (tell, told) = unbounded_channel();
        let outbox = Outbox::start(
            &tokio::runtime::Handle::current(),
            self.store.clone(),
            Arc::new(self.client(url)),
            quick(),
            move |event| {
                let _ = tell.send(event);
            },
        );
        (outbox, told)
    }
}

/// The next event that is not about waiting.
async fn settled(told: &mut UnboundedReceiver<OutboxEvent>) -> OutboxEvent {
    until(told, |event| !matches!(event, OutboxEvent::Waiting { .. })).await
}

async fn until(
    told: &mut UnboundedReceiver<OutboxEvent>,
    wanted: impl Fn(&OutboxEvent) -> bool,
) -> OutboxEvent {
    let wait = async {
        loop {
            let event = told.recv().await.unwrap();
            if wanted(&event) {
                return event;
            }
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.unwrap()
}
