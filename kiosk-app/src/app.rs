//! A running kiosk: store, devices, work, city and the loop, joined by channels.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use city_api::keys::SoftwareKey;
use kiosk_core::{Event, Settings};

use crate::city::{KeyFileError, load_or_create};
use crate::clock::Clock;
use crate::config::Config;
use crate::devices::{DeviceError, DeviceSet};
use crate::filer::PacketFiler;
use crate::fonts::Fonts;
use crate::link::{self, LinkError};
use crate::memory::VisitMemory;
use crate::shelf::shelf;
use crate::shell::{Audience, Message, Parts, SharedHealth, Shell, WorkEnded};
use crate::slips::Standing;
use crate::store::{Enrolment, Options, PrintJournal, Store, StoreError};
use crate::work::{SharedMemory, Worker};

/// How often a full disk is looked at again.
const LOOK_AGAIN: Duration = Duration::from_secs(10);

/// Why a kiosk cannot start.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The state folder or the key file.
    #[error("preparing {path}")]
    State {
        /// The folder or file.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: std::io::Error,
    },
    /// The device key's file.
    #[error("preparing the device key")]
    Key(#[from] KeyFileError),
    /// The store.
    #[error("opening the store")]
    Store(#[from] StoreError),
    /// A device.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// The fonts inside the program.
    #[error("reading the embedded fonts")]
    Fonts(#[from] kiosk_paper::FontError),
    /// The city's client.
    #[error("preparing the city's client")]
    Link(#[from] LinkError),
    /// A thread.
    #[error("starting a thread")]
    Thread(#[source] std::io::Error),
    /// The work thread ended while the kiosk ran.
    #[error("running the kiosk")]
    Work(#[from] WorkEnded),
    /// The loop ended by a fault while the kiosk ran; stderr says where.
    #[error("running the kiosk: the loop has ended by a fault")]
    Loop,
}

/// A kiosk that runs on threads of its own until it is dropped.
pub struct App {
    inbox: Sender<Message>,
    memory: SharedMemory,
    store: Store,
    looping: Option<JoinHandle<Result<(), WorkEnded>>>,
    /// Sends, fetches and reports as long as it lives.
    _link: Option<link::Running>,
}

/// The state a kiosk keeps between runs.
pub struct State {
    /// Database.
    pub store: Store,
    /// Device key.
    pub key: Arc<SoftwareKey>,
}

/// Opens the state folder; makes folder, database and key when they are not there.
///
/// # Errors
/// [`AppError`] with the path.
pub fn state(folder: &Path) -> Result<State, AppError> {
    std::fs::create_dir_all(folder).map_err(at(folder))?;
    let key = load_or_create(&folder.join("device.key"))?;
    let store = Store::open(&folder.join("kiosk.db"), Options::default())?;
    Ok(State {
        store,
        key: Arc::new(key),
    })
}

fn at(path: &Path) -> impl FnOnce(std::io::Error) -> AppError {
    let path = path.to_owned();
    |source| AppError::State { path, source }
}

impl App {
    /// Starts everything `config` names; screens and notes go to `audience`.
    ///
    /// # Errors
    /// [`AppError`]. A city that is away or a device that is broken is no error.
    pub fn start<A>(
        config: &Config,
        settings: Settings,
        clock: Clock,
        audience: A,
    ) -> Result<Self, AppError>
    where
        A: Audience + 'static,
    {
        let State { store, key } = state(&config.state)?;
        let enrolment = store.enrolment()?;
        let (inbox, messages) = mpsc::channel();
        let memory = SharedMemory::new(Mutex::new(VisitMemory::default()));
        let health = SharedHealth::default();
        let devices = DeviceSet::start(
            &config.devices,
            PrintJournal::new(store.clone()),
            &inbox,
            Message::Device,
        )?;
        let link = enrolment
            .as_ref()
            .map(|enrolment| {
                link::start(
                    config,
                    enrolment,
                    &store,
                    &key,
                    &clock,
                    &health,
                    inbox.clone(),
                )
            })
            .transpose()?;
        let work = start_work(config, &store, key, &memory, &clock, &inbox, link.as_ref())?;
        tell_standing(&inbox, &store, enrolment.as_ref(), &clock);
        let shell = Shell::new(Parts {
            settings,
            clock,
            inbox: messages,
            work,
            devices,
            errands: link::ErrandsOf(link.as_ref().map(link::Running::errands), inbox.clone()),
            audience,
            memory: Arc::clone(&memory),
            health,
        });
        let looping = std::thread::Builder::new()
            .name("loop".to_owned())
            .spawn(move || shell.run())
            .map_err(AppError::Thread)?;
        Ok(Self {
            inbox,
            memory,
            store,
            looping: Some(looping),
            _link: link,
        })
    }

    /// Where messages for the loop go.
    #[must_use]
    pub fn inbox(&self) -> Sender<Message> {
        self.inbox.clone()
    }

    /// Pictures of the present visit.
    #[must_use]
    pub fn memory(&self) -> SharedMemory {
        Arc::clone(&self.memory)
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Ends the kiosk.
    ///
    /// # Errors
    /// [`AppError::Work`] and [`AppError::Loop`] when it had ended before, by a fault.
    pub fn end(mut self) -> Result<(), AppError> {
        self.join()
    }

    fn join(&mut self) -> Result<(), AppError> {
        // A loop that has ended already needs no word.
        let _ = self.inbox.send(Message::Quit);
        match self.looping.take().map(JoinHandle::join) {
            None | Some(Ok(Ok(()))) => Ok(()),
            Some(Ok(Err(ended))) => Err(ended.into()),
            Some(Err(_)) => Err(AppError::Loop),
        }
    }
}

impl Drop for App {
    fn drop(&mut self) {
        if let Err(error) = self.join() {
            tracing::error!("{}", crate::work::chain(&error));
        }
    }
}

fn start_work(
    config: &Config,
    store: &Store,
    key: Arc<SoftwareKey>,
    memory: &SharedMemory,
    clock: &Clock,
    inbox: &Sender<Message>,
    link: Option<&link::Running>,
) -> Result<Sender<crate::work::Work>, AppError> {
    let wake: Box<dyn Fn() + Send> = match link {
        Some(link) => link.waker(),
        None => Box::new(|| {}),
    };
    let worker = Worker {
        fonts: Fonts::new()?,
        standing: standing(config, store),
        memory: Arc::clone(memory),
        filer: PacketFiler::new(store.clone(), key, wake),
        clock: clock.clone(),
        full: !store.has_room(),
        look_again: LOOK_AGAIN,
    };
    worker.start(inbox.clone()).map_err(AppError::Thread)
}

/// City and station as the last good catalogue names them.
#[must_use]
pub fn standing(config: &Config, store: &Store) -> Standing {
    let mut standing = Standing {
        phone: config.help_phone.clone(),
        ..Standing::default()
    };
    let (Ok(Some(bundle)), Ok(Some(enrolment))) = (store.bundle(), store.enrolment()) else {
        return standing;
    };
    if let Ok(shelf) = shelf(&bundle, jiff::civil::DateTime::default()) {
        standing.city = shelf.catalogue.city().name.clone();
        if let Some(station) = shelf.catalogue.station(&enrolment.station) {
            standing.station = city_catalogue::Text {
                zh: station.zh.clone(),
                en: station.en.clone(),
            };
        }
    }
    standing
}

/// What the store knows at start: the enrolment, and the catalogue of the last run.
fn tell_standing(
    inbox: &Sender<Message>,
    store: &Store,
    enrolment: Option<&Enrolment>,
    clock: &Clock,
) {
    let mut messages = vec![Message::Standing {
        pinned: enrolment.and_then(|enrolment| enrolment.sam_id.clone()),
        can_store: store.has_room(),
        enrolled: enrolment.is_some(),
    }];
    match store.bundle() {
        Ok(Some(bundle)) => match shelf(&bundle, link::confirmed_at(store, clock)) {
            Ok(shelf) => messages.push(Message::Core(Event::Shelf(Arc::new(shelf)))),
            Err(error) => tracing::error!("{}", crate::work::chain(&error)),
        },
        Ok(None) => {}
        Err(error) => tracing::error!("{}", crate::work::chain(&error)),
    }
    for message in messages {
        // The loop starts right after this; its inbox is open.
        let _ = inbox.send(message);
    }
}
