//! Keeps the catalogue fresh and the city informed; knows from that whether the city answers.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use city_api::bundle::{Bundle, SignedBundle};
use city_api::requests::status::{DeviceHealth, DeviceState, HeartbeatAnswer, HeartbeatRequest};
use jiff::Timestamp;
use kiosk_core::{Event, Link, Shelf};
use kiosk_drivers::runner::HealthState;
use rand::Rng;

use super::Hall;
use crate::city::{Changed, CityClient, CityError, blocking};
use crate::clock::civil;
use crate::shelf::shelf;
use crate::shell::{Message, SharedHealth};
use crate::store::{AskedHeads, OutboxState, Store, StoreError};

/// The catalogue is asked for this often: a published item is here within a minute.
const REFRESH: Duration = Duration::from_secs(15);
/// The same while the city is away.
const RETRY: Duration = Duration::from_secs(2);
/// Heartbeats, with 20 % jitter.
const HEARTBEAT: Duration = Duration::from_secs(60);
/// Who is expected is asked for this often, and after every check-in; nobody can book for today.
const HALL: Duration = Duration::from_secs(300);
/// The loop is told anew that the catalogue is fresh this often.
const CONFIRM: Duration = Duration::from_secs(3600);

pub(super) struct Keeper {
    pub(super) client: Arc<CityClient>,
    pub(super) store: Store,
    pub(super) health: SharedHealth,
    pub(super) inbox: Sender<Message>,
    /// The city said that a heartbeat may ask for two places of its event chain.
    pub(super) asks_older: AtomicBool,
    pub(super) hall: Arc<Hall>,
}

/// What a refresh found.
pub(super) enum Found {
    New(Box<Shelf>),
    Same,
    Unusable,
}

impl Keeper {
    pub(super) async fn run(self) {
        let started = Instant::now();
        let mut beat = Instant::now();
        let mut told: Option<Instant> = None;
        let mut known = self.stored().await.map(|bundle| bundle.version);
        let mut hall: Option<Instant> = None;
        let mut asked = true;
        loop {
            let found = self.refresh(known).await;
            let up = found.is_ok();
            let fresh = told.is_some_and(|at| at.elapsed() < CONFIRM);
            let shelf = match found {
                Ok(Found::New(shelf)) => Some(*shelf),
                Ok(Found::Same) if !fresh => self.shelf().await,
                Ok(Found::Same | Found::Unusable) | Err(_) => None,
            };
            if let Some(shelf) = shelf {
                known = Some(shelf.version);
                told = Some(Instant::now());
                // A loop that has ended is noticed by the next message.
                drop(
                    self.inbox
                        .send(Message::Core(Event::Shelf(Arc::new(shelf)))),
                );
            }
            let link = if up { Link::Up } else { Link::Away };
            if self.inbox.send(Message::Core(Event::Link(link))).is_err() {
                return;
            }
            if up && Instant::now() >= beat {
                self.beat(started.elapsed(), known).await;
                beat = Instant::now() + jittered(HEARTBEAT);
            }
            let old = hall.is_none_or(|at| at.elapsed() >= HALL) || self.hall.is_of_yesterday();
            // Whoever was let in meanwhile is told of as soon as the city is back.
            asked |= !up || old;
            if up && asked {
                hall = self.look_at_hall().await.then(Instant::now);
                asked = false;
            }
            let pause = if up { REFRESH } else { RETRY };
            asked |= tokio::time::timeout(pause, self.hall.asked()).await.is_ok();
        }
    }

    /// Tells of what was given without the city, and asks who is expected; whether that went well.
    pub(super) async fn look_at_hall(&self) -> bool {
        let round = self.hall.round(&self.client, &self.store, &self.inbox);
        match round.await {
            Ok(()) => true,
            Err(error) => {
                tracing::info!("{}", crate::work::chain(&error));
                false
            }
        }
    }

    /// The last good bundle; `None` when there is none, or it cannot be read.
    async fn stored(&self) -> Option<Bundle> {
        let store = self.store.clone();
        let bundle = blocking(move || store.bundle()).await;
        bundle.unwrap_or_else(|error| {
            tracing::error!("{}", crate::work::chain(&error));
            None
        })
    }

    /// Fetches what changed since version `known`, or the whole catalogue where there is no way from there.
    pub(super) async fn refresh(&self, known: Option<u64>) -> Result<Found, CityError> {
        if let Some(known) = known {
            match self.client.increment(known).await? {
                None => return self.confirmed().await,
                Some(Changed::By(increment)) => {
                    let store = self.store.clone();
                    match blocking(move || store.apply_increment(*increment)).await {
                        Ok(signed) => return Ok(self.take(signed).await),
                        Err(error) => tracing::error!("{}", crate::work::chain(&error)),
                    }
                }
                Some(Changed::NotKept) => {}
            }
        }
        self.whole(known).await
    }

    async fn whole(&self, known: Option<u64>) -> Result<Found, CityError> {
        let Some(signed) = self.client.bundle(known).await? else {
            return self.confirmed().await;
        };
        Ok(self.take(signed).await)
    }

    /// Takes a catalogue into use, beside the runtime's threads.
    async fn take(&self, signed: SignedBundle) -> Found {
        let store = self.store.clone();
        match tokio::task::spawn_blocking(move || super::take(&store, &signed)).await {
            Ok(Ok(shelf)) => Found::New(Box::new(shelf)),
            Ok(Err(error)) => {
                // The last good one stays; the technician sees why.
                tracing::error!("{}", crate::work::chain(&error));
                Found::Unusable
            }
            Err(_) => Found::Unusable,
        }
    }

    /// The city has no other catalogue than the one stored.
    async fn confirmed(&self) -> Result<Found, CityError> {
        let store = self.store.clone();
        blocking(move || super::confirm(&store)).await?;
        Ok(Found::Same)
    }

    /// The stored catalogue, confirmed now.
    async fn shelf(&self) -> Option<Shelf> {
        let bundle = self.stored().await?;
        let now = civil(Timestamp::now());
        let store = self.store.clone();
        let build = move || shelf(&bundle, now, super::station(&store));
        let built = tokio::task::spawn_blocking(build).await;
        match built.ok()? {
            Ok(shelf) => Some(shelf),
            Err(error) => {
                tracing::error!("{}", crate::work::chain(&error));
                None
            }
        }
    }

    pub(super) async fn beat(&self, up: Duration, version: Option<u64>) {
        let store = self.store.clone();
        let outbox = blocking(move || store.outbox_state()).await.ok();
        let health = self
            .health
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let store = self.store.clone();
        let draw = rand::rng().random();
        let both = self.asks_older.load(Ordering::Relaxed);
        let events = blocking(move || events_asked(&store, draw, both)).await;
        let events = events.unwrap_or_else(|error| {
            tracing::error!("{}", crate::work::chain(&error));
            EventsAsked::default()
        });
        let beat = heartbeat(outbox, up.as_secs(), version, &health, events);
        match self.client.heartbeat(&beat).await {
            Ok(answer) => self.keep_events(events.asked, answer).await,
            Err(error) => tracing::info!("{}", crate::work::chain(&error)),
        }
    }

    /// Keeps what the city told of its events, and says what contradicts what it told before.
    async fn keep_events(&self, asked: AskedHeads, answer: HeartbeatAnswer) {
        let takes = answer
            .events
            .as_ref()
            .is_some_and(|chain| chain.takes_older);
        self.asks_older.store(takes, Ordering::Relaxed);
        let store = self.store.clone();
        let now = Timestamp::now().as_second();
        let take = move || store.take_events(asked, answer.events.as_ref(), now);
        match blocking(take).await {
            Ok(None) => {}
            Ok(Some(sequence)) => tracing::error!(
                sequence,
                "the city's event chain is not what it told before: its past was changed or lost"
            ),
            Err(error) => tracing::error!("{}", crate::work::chain(&error)),
        }
    }
}

/// What a heartbeat asks and says of the event chain.
#[derive(Clone, Copy, Default)]
pub(super) struct EventsAsked {
    asked: AskedHeads,
    fault: Option<u64>,
}

/// `draw` is a random number: the city must not guess what it is asked for. `both` asks for the newest place kept and
/// any older one at once; a city of before is asked for one of them in turn.
pub(super) fn events_asked(
    store: &Store,
    draw: u32,
    both: bool,
) -> Result<EventsAsked, StoreError> {
    let asked = if both {
        AskedHeads {
            place: store.head_to_ask(0)?,
            older: store.older_to_ask(draw)?,
        }
    } else {
        AskedHeads {
            place: store.head_to_ask(draw)?,
            older: None,
        }
    };
    Ok(EventsAsked {
        asked,
        fault: store.event_fault()?.map(|fault| fault.sequence),
    })
}

/// What the city is told of this kiosk; nothing about a person.
pub(super) fn heartbeat(
    outbox: Option<OutboxState>,
    uptime_seconds: u64,
    catalogue_version: Option<u64>,
    devices: &[(&'static str, HealthState, String)],
    events: EventsAsked,
) -> HeartbeatRequest {
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
        event_sequence: events.asked.place,
        event_sequence_older: events.asked.older,
        event_fault: events.fault,
    }
}

fn device((kind, state, detail): &(&'static str, HealthState, String)) -> DeviceState {
    DeviceState {
        kind: (*kind).to_owned(),
        health: match state {
            HealthState::Online | HealthState::Busy | HealthState::Starting => DeviceHealth::Ok,
            HealthState::UserError => DeviceHealth::Warn,
            HealthState::Offline
            | HealthState::PowerOff
            | HealthState::HardwareError
            | HealthState::FraudAttempt
            | HealthState::PotentialFraud => DeviceHealth::Fault,
            HealthState::NoDevice => DeviceHealth::Absent,
        },
        cause: (!detail.is_empty()).then(|| detail.clone()),
    }
}

fn jittered(time: Duration) -> Duration {
    time.mul_f64(rand::rng().random_range(0.8..1.2))
}
