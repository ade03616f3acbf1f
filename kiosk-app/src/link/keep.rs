//! Keeps the catalogue fresh and the city informed; knows from that whether the city answers.

use std::sync::mpsc::Sender;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use city_api::requests::status::{DeviceHealth, DeviceState, HeartbeatRequest};
use jiff::Timestamp;
use kiosk_core::{Event, Link};
use kiosk_drivers::runner::HealthState;
use rand::Rng;

use super::CONFIRMED;
use crate::city::{CityClient, CityError};
use crate::clock::Clock;
use crate::shelf::shelf;
use crate::shell::{Message, SharedHealth};
use crate::store::Store;

/// The catalogue is asked for this often: a published item is here within a minute.
const REFRESH: Duration = Duration::from_secs(15);
/// The same while the city is away.
const RETRY: Duration = Duration::from_secs(2);
/// Heartbeats, with 20 % jitter.
const HEARTBEAT: Duration = Duration::from_secs(60);
/// The loop is told anew that the catalogue is fresh this often.
const CONFIRM: Duration = Duration::from_secs(3600);

pub(super) struct Keeper {
    pub(super) client: Arc<CityClient>,
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) health: SharedHealth,
    pub(super) inbox: Sender<Message>,
}

/// What a refresh found.
enum Found {
    New,
    Same,
    Unusable,
}

impl Keeper {
    pub(super) async fn run(self) {
        let started = Instant::now();
        let mut beat = Instant::now();
        let mut told: Option<Instant> = None;
        loop {
            let found = self.refresh().await;
            let up = found.is_ok();
            let link = if up { Link::Up } else { Link::Away };
            let fresh = told.is_some_and(|at| at.elapsed() < CONFIRM);
            if matches!(found, Ok(Found::New)) || (matches!(found, Ok(Found::Same)) && !fresh) {
                self.tell_shelf();
                told = Some(Instant::now());
            }
            if self.inbox.send(Message::Core(Event::Link(link))).is_err() {
                return;
            }
            if up && Instant::now() >= beat {
                self.beat(started.elapsed()).await;
                beat = Instant::now() + jittered(HEARTBEAT);
            }
            tokio::time::sleep(if up { REFRESH } else { RETRY }).await;
        }
    }

    async fn refresh(&self) -> Result<Found, CityError> {
        let store = self.store.clone();
        let known = blocking(move || store.bundle())
            .await?
            .map(|bundle| bundle.version);
        let Some(signed) = self.client.bundle(known).await? else {
            self.confirm().await?;
            return Ok(Found::Same);
        };
        let store = self.store.clone();
        let saved = tokio::task::spawn_blocking(move || store.save_bundle(&signed)).await;
        match saved {
            Ok(Ok(_)) => {
                self.confirm().await?;
                Ok(Found::New)
            }
            Ok(Err(error)) => {
                // The last good one stays; the technician sees why.
                tracing::error!("{}", crate::work::chain(&error));
                Ok(Found::Unusable)
            }
            Err(_) => Ok(Found::Unusable),
        }
    }

    /// Notes that the city confirmed the catalogue now.
    async fn confirm(&self) -> Result<(), CityError> {
        let store = self.store.clone();
        let now = Timestamp::now().as_second();
        blocking(move || {
            let known = store.counter(CONFIRMED)?;
            store.count(CONFIRMED, now - known).map(drop)
        })
        .await
    }

    fn tell_shelf(&self) {
        let bundle = match self.store.bundle() {
            Ok(Some(bundle)) => bundle,
            Ok(None) => return,
            Err(error) => {
                tracing::error!("{}", crate::work::chain(&error));
                return;
            }
        };
        match shelf(&bundle, self.clock.now().civil) {
            // A loop that has ended wants to hear nothing.
            Ok(shelf) => drop(
                self.inbox
                    .send(Message::Core(Event::Shelf(Arc::new(shelf)))),
            ),
            Err(error) => tracing::error!("{}", crate::work::chain(&error)),
        }
    }

    async fn beat(&self, up: Duration) {
        let store = self.store.clone();
        let version = blocking(move || store.bundle())
            .await
            .ok()
            .flatten()
            .map(|b| b.version);
        let health = self
            .health
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let beat = heartbeat(&self.store, up.as_secs(), version, &health);
        if let Err(error) = self.client.heartbeat(&beat).await {
            tracing::info!("{}", crate::work::chain(&error));
        }
    }
}

/// What the city is told of this kiosk; nothing about a person.
pub(super) fn heartbeat(
    store: &Store,
    uptime_seconds: u64,
    catalogue_version: Option<u64>,
    devices: &[(&'static str, HealthState, String)],
) -> HeartbeatRequest {
    let outbox = store.outbox_state().ok();
    let now = Timestamp::now();
    HeartbeatRequest {
        program: env!("CARGO_PKG_VERSION").to_owned(),
        uptime_seconds,
        catalogue_version,
        outbox_waiting: outbox.as_ref().map_or(0, |outbox| outbox.waiting),
        outbox_oldest_seconds: outbox.as_ref().and_then(|outbox| outbox.oldest).and_then(
            |oldest| u64::try_from(now.duration_since(oldest.timestamp()).as_secs()).ok(),
        ),
        quarantined: outbox.as_ref().map_or(0, |outbox| outbox.quarantined),
        devices: devices.iter().map(device).collect(),
    }
}

fn device((kind, state, detail): &(&'static str, HealthState, String)) -> DeviceState {
    DeviceState {
        kind: (*kind).to_owned(),
        health: match state {
            HealthState::Online | HealthState::Busy | HealthState::Starting => DeviceHealth::Ok,
            HealthState::UserError => DeviceHealth::Warn,
            HealthState::Offline | HealthState::HardwareError => DeviceHealth::Fault,
            HealthState::NoDevice => DeviceHealth::Absent,
        },
        cause: (!detail.is_empty()).then(|| detail.clone()),
    }
}

fn jittered(time: Duration) -> Duration {
    time.mul_f64(rand::rng().random_range(0.8..1.2))
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, crate::store::StoreError> + Send + 'static,
) -> Result<T, CityError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => Ok(done?),
        Err(_) => Err(CityError::Setup("the program is stopping".to_owned())),
    }
}
