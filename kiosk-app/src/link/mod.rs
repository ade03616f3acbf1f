//! The city at work for this kiosk: the outbox that sends, the catalogue that stays fresh, the
//! heartbeat, the hall, and the errands of a visit. All of it runs on one small tokio runtime.

mod errands;
mod hall;
mod keep;
mod replies;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::Sender;

use city_api::bundle::SignedBundle;
use city_api::keys::{DeviceKey, SoftwareKey};
use city_api::requests::enrolment::{EnrolmentAnswer, EnrolmentRequest};
use jiff::Timestamp;
use jiff::civil::DateTime;
use kiosk_core::{Event, Shelf};
use tokio::runtime::Runtime;

use crate::app::State;
use crate::city::{CityClient, CityError, Outbox, OutboxEvent, Pace};
use crate::clock::civil;
use crate::config::Config;
use crate::shelf::{ShelfError, shelf};
use crate::shell::{Message, SharedHealth};
use crate::store::{Enrolment, Store, StoreError};

pub use errands::{Errander, ErrandsOf};
pub use hall::Hall;

/// Name of the counter that holds when the city last confirmed the catalogue (Unix seconds).
const CONFIRMED: &str = "catalogue.confirmed";

/// Why the city's client cannot be prepared or used.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// The authority's file cannot be read.
    #[error("reading the city's certificate authority {path}")]
    Authority {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: std::io::Error,
    },
    /// No runtime.
    #[error("starting the network runtime")]
    Runtime(#[source] std::io::Error),
    /// The city, or the address it is at.
    #[error(transparent)]
    City(#[from] CityError),
    /// What the city answered to an enrolment is not usable.
    #[error("enrolling: the city's answer names no usable {0}")]
    Answer(&'static str),
    /// The store, or what was to be stored.
    #[error("storing what the city gave")]
    Store(#[from] StoreError),
    /// The catalogue has faults.
    #[error("taking a catalogue into use")]
    Shelf(#[from] ShelfError),
}

/// Everything that talks to the city; dropped, it stops and leaves the outbox on disk.
pub struct Running {
    errander: Errander,
    hall: Arc<Hall>,
    outbox: Arc<Outbox>,
    runtime: Option<Runtime>,
}

impl Running {
    /// Runs the errands of visits.
    #[must_use]
    pub fn errands(&self) -> Errander {
        self.errander.clone()
    }

    /// Who is expected at this station today.
    #[must_use]
    pub fn hall(&self) -> Arc<Hall> {
        Arc::clone(&self.hall)
    }

    /// Called after something was filed: sends at once.
    #[must_use]
    pub fn waker(&self) -> Box<dyn Fn() + Send> {
        let outbox = Arc::clone(&self.outbox);
        Box::new(move || outbox.wake())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn runtime() -> Result<Runtime, LinkError> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("city")
        .enable_all()
        .build()
        .map_err(LinkError::Runtime)
}

/// The authority of the city's TLS: the configured file, or what enrolment gave.
fn authority(config: &Config, given: Option<&str>) -> Result<Option<String>, LinkError> {
    match &config.city.ca {
        None => Ok(given.map(str::to_owned)),
        Some(path) => {
            std::fs::read_to_string(path)
                .map(Some)
                .map_err(|source| LinkError::Authority {
                    path: path.clone(),
                    source,
                })
        }
    }
}

/// The client of an enrolled kiosk.
fn client(
    config: &Config,
    enrolment: &Enrolment,
    key: &Arc<SoftwareKey>,
) -> Result<CityClient, LinkError> {
    let ca = authority(config, enrolment.ca_pem.as_deref())?;
    let key: Arc<dyn DeviceKey> = Arc::clone(key) as Arc<dyn DeviceKey>;
    let url = &config.city.url;
    Ok(CityClient::new(url, ca.as_deref(), enrolment.kiosk, key)?)
}

/// Starts sending, refreshing and reporting.
///
/// # Errors
/// [`LinkError`] when address, authority or runtime cannot be had; a city that is away is no error.
pub fn start(
    config: &Config,
    enrolment: &Enrolment,
    store: &Store,
    key: &Arc<SoftwareKey>,
    health: &SharedHealth,
    inbox: Sender<Message>,
) -> Result<Running, LinkError> {
    let runtime = runtime()?;
    let client = Arc::new(client(config, enrolment, key)?);
    let told = inbox.clone();
    let outbox = Outbox::start(
        runtime.handle(),
        store.clone(),
        Arc::clone(&client),
        Pace::default(),
        move |event| tell(&told, event),
    );
    let hall = Arc::new(Hall::default());
    let keeper = keep::Keeper {
        client: Arc::clone(&client),
        store: store.clone(),
        health: Arc::clone(health),
        inbox: inbox.clone(),
        asks_older: AtomicBool::new(false),
        hall: Arc::clone(&hall),
    };
    runtime.spawn(keeper.run());
    let errander = Errander::new(runtime.handle().clone(), client, Arc::clone(&hall), inbox);
    Ok(Running {
        errander,
        hall,
        outbox: Arc::new(outbox),
        runtime: Some(runtime),
    })
}

/// What the outbox says, for the loop. A loop that has ended wants to hear nothing.
fn tell(inbox: &Sender<Message>, event: OutboxEvent) {
    match event {
        OutboxEvent::Received {
            id,
            acknowledgement,
            ..
        } => {
            let _ = inbox.send(Message::Core(Event::Link(kiosk_core::Link::Up)));
            let _ = inbox.send(Message::Core(Event::Received {
                application: id,
                filing: acknowledgement.filing_number.to_string(),
                case: acknowledgement
                    .case_number
                    .as_ref()
                    .map(ToString::to_string),
            }));
        }
        OutboxEvent::Quarantined {
            receipt, reason, ..
        } => {
            tracing::error!("the city refused the packet {receipt}: {reason}; it is in quarantine");
        }
        OutboxEvent::Waiting { reason, .. } => {
            tracing::info!("a packet waits: {reason}");
            if reason == "unreachable" {
                let _ = inbox.send(Message::Core(Event::Link(kiosk_core::Link::Away)));
            }
        }
    }
}

/// When the city last confirmed the catalogue that is stored, in the city's time.
#[must_use]
pub fn confirmed_at(store: &Store) -> DateTime {
    let seconds = store.counter(CONFIRMED).unwrap_or(0);
    civil(Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH))
}

/// Id of the station this kiosk stands at; empty while it is not enrolled, or when that cannot be read.
#[must_use]
pub fn station(store: &Store) -> String {
    let enrolment = store.enrolment().unwrap_or_else(|error| {
        tracing::error!("{}", crate::work::chain(&error));
        None
    });
    enrolment.map_or_else(String::new, |enrolment| enrolment.station)
}

/// Notes that the city confirmed the catalogue now.
fn confirm(store: &Store) -> Result<(), StoreError> {
    store.set_counter(CONFIRMED, Timestamp::now().as_second())
}

/// Takes a bundle into use: it is checked, its shelf is built, and only then it is stored. One that cannot be used
/// leaves the last good one in its place.
///
/// # Errors
/// [`LinkError::Store`] for a bundle that is forged or older, [`LinkError::Shelf`] for one with faults.
fn take(store: &Store, signed: &SignedBundle) -> Result<Shelf, LinkError> {
    let bundle = store.verify_bundle(signed)?;
    let shelf = shelf(&bundle, civil(Timestamp::now()), station(store))?;
    store.save_bundle(signed)?;
    confirm(store)?;
    Ok(shelf)
}

/// Enrols this kiosk with a one-time code and stores what the city gave.
///
/// # Errors
/// [`LinkError`]; nothing is stored then.
pub fn enrol(
    config: &Config,
    state: &State,
    code: &str,
    sam_id: Option<String>,
) -> Result<Enrolment, LinkError> {
    let ca = authority(config, None)?;
    let request = EnrolmentRequest {
        code: code.to_owned(),
        public_key: state.key.public().to_string(),
        sam_id: sam_id.clone().unwrap_or_default(),
    };
    let answer = runtime()?.block_on(crate::city::enrol(
        &config.city.url,
        ca.as_deref(),
        &request,
    ))?;
    let enrolment = enrolment(answer, ca, sam_id)?;
    state.store.enrol(&enrolment)?;
    Ok(enrolment)
}

fn enrolment(
    answer: EnrolmentAnswer,
    ca: Option<String>,
    sam_id: Option<String>,
) -> Result<Enrolment, LinkError> {
    Ok(Enrolment {
        kiosk: answer
            .kiosk
            .parse()
            .map_err(|_| LinkError::Answer("kiosk id"))?,
        station: answer.station,
        city_keys: (&answer.city_keys)
            .try_into()
            .map_err(|_| LinkError::Answer("city keys"))?,
        sam_id,
        ca_pem: answer.ca_pem.or(ca),
    })
}

/// Fetches the first catalogue after enrolment and stores it.
///
/// # Errors
/// [`LinkError`] when the city does not answer or its bundle is not usable.
pub fn first_catalogue(config: &Config, state: &State) -> Result<(), LinkError> {
    let enrolment = state
        .store
        .enrolment()?
        .ok_or(LinkError::Answer("enrolment"))?;
    let client = client(config, &enrolment, &state.key)?;
    let bundle = runtime()?.block_on(client.bundle(None))?;
    let bundle = bundle.ok_or(LinkError::Answer("catalogue"))?;
    take(&state.store, &bundle).map(drop)
}

/// What a look at the city found.
pub struct Probe {
    /// The city's clock less ours, in seconds.
    pub skew_seconds: i64,
    /// Version of the catalogue in force.
    pub catalogue_version: u64,
}

/// Asks the city for a sign of life, for `kiosk check`.
///
/// # Errors
/// [`LinkError`] when it gives none.
pub fn probe(config: &Config, enrolment: &Enrolment, state: &State) -> Result<Probe, LinkError> {
    let client = client(config, enrolment, &state.key)?;
    let beat = keep::heartbeat(
        state.store.outbox_state().ok(),
        0,
        None,
        &[],
        keep::EventsAsked::default(),
    );
    let answer = runtime()?.block_on(client.heartbeat(&beat))?;
    let skew = answer.time.duration_since(Timestamp::now());
    Ok(Probe {
        skew_seconds: skew.as_secs(),
        catalogue_version: answer.catalogue_version,
    })
}

#[cfg(test)]
mod tests;
