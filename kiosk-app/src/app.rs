//! A running kiosk: store, devices, work, city and the loop, joined by channels.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use city_api::keys::SoftwareKey;
use kiosk_core::{Event, Settings, Shelf};
use kiosk_drivers::id_card::SamId;
use kiosk_drivers::receipt_printer::Profile;

use crate::city::{KeyFileError, load_or_create};
use crate::clock::Clock;
use crate::config::{self, Config};
use crate::devices::{DeviceError, DeviceSet};
use crate::filer::PacketFiler;
use crate::fonts::Fonts;
use crate::link::{self, LinkError};
use crate::memory::VisitMemory;
use crate::service::{self, Service};
use crate::shelf::shelf;
use crate::shell::{Audience, Message, Parts, SharedHealth, Shell, WorkEnded};
use crate::slips::{Standing, Stationery};
use crate::speech::{ProgramVoice, SilentVoice, Voice};
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
    standing: Standing,
    health: SharedHealth,
    hall: Arc<link::Hall>,
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
        let settings = Settings {
            traditional: crate::traditional::written,
            ..settings
        };
        let State { store, key } = state(&config.state)?;
        let enrolment = store.enrolment()?;
        let (inbox, messages) = mpsc::channel();
        let memory = SharedMemory::new(Mutex::new(VisitMemory::default()));
        let health = SharedHealth::default();
        let pinned = enrolment.as_ref().and_then(Enrolment::module);
        let devices = DeviceSet::start(
            &config.devices,
            pinned,
            PrintJournal::new(store.clone()),
            &inbox,
            Message::Device,
        )?;
        let service = Service::start(service::Parts {
            store: store.clone(),
            devices: config.devices.clone(),
            starter: starter(config.devices.clone(), pinned, store.clone(), inbox.clone()),
            clock: clock.clone(),
            inbox: inbox.clone(),
        })
        .map_err(AppError::Thread)?;
        let link = enrolment
            .as_ref()
            .map(|enrolment| link::start(config, enrolment, &store, &key, &health, inbox.clone()))
            .transpose()?;
        let hall = link.as_ref().map(link::Running::hall).unwrap_or_default();
        let shelf = last_shelf(&store);
        let standing = standing(config, shelf.as_deref(), enrolment.as_ref());
        let can_store = store.has_room();
        let worker = Worker {
            fonts: Fonts::new()?,
            standing: standing.clone(),
            memory: Arc::clone(&memory),
            filer: PacketFiler::new(store.clone(), key, hall.clone(), waker(link.as_ref())),
            clock: clock.clone(),
            full: !can_store,
            look_again: LOOK_AGAIN,
            empty_glass: config.devices.empty_glass.clone().map(|glass| glass.0),
            scan: None,
        };
        let work = worker.start(inbox.clone()).map_err(AppError::Thread)?;
        let known = Message::Standing {
            pinned: enrolment.and_then(|enrolment| enrolment.sam_id),
            can_store,
            enrolled: link.is_some(),
        };
        let shelf = shelf.map(|shelf| Message::Core(Event::Shelf(shelf)));
        // The catalogue first: an enrolled kiosk without one would say that it is out of date.
        for message in shelf.into_iter().chain([known]) {
            // The loop starts right after this; its inbox is open.
            let _ = inbox.send(message);
        }
        let shell = Shell::new(Parts {
            settings,
            clock,
            inbox: messages,
            work,
            devices,
            service,
            errands: link::ErrandsOf(link.as_ref().map(link::Running::errands), inbox.clone()),
            audience,
            memory: Arc::clone(&memory),
            health: Arc::clone(&health),
            voice: voice(&config.speech, &inbox),
        });
        let looping = std::thread::Builder::new()
            .name("loop".to_owned())
            .spawn(move || shell.run())
            .map_err(AppError::Thread)?;
        Ok(Self {
            inbox,
            memory,
            store,
            standing,
            health,
            hall,
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

    /// What every device said of itself last.
    #[must_use]
    pub fn health(&self) -> SharedHealth {
        Arc::clone(&self.health)
    }

    /// Who is expected at this station today.
    #[must_use]
    pub fn hall(&self) -> Arc<link::Hall> {
        Arc::clone(&self.hall)
    }

    /// What stands in the head of screens and slips.
    #[must_use]
    pub fn standing(&self) -> &Standing {
        &self.standing
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

/// Starts one device again, as it was started first.
fn starter(
    devices: config::Devices,
    pinned: Option<SamId>,
    store: Store,
    inbox: Sender<Message>,
) -> service::Starter {
    Box::new(move |kind| {
        let journal = PrintJournal::new(store.clone());
        let only = devices.only(kind);
        DeviceSet::start(&only, pinned, journal, &inbox, Message::Device)
    })
}

/// What reads aloud; `None` where nothing can, which is said once here and shown as long as it is
/// so: on the sheet where it would be chosen, and to the technician.
fn voice(config: &config::Speech, inbox: &Sender<Message>) -> Option<Box<dyn Voice>> {
    if config.engine == config::SpeechEngine::Silent {
        return Some(Box::<SilentVoice>::default());
    }
    match ProgramVoice::start(config, inbox.clone()) {
        Ok(voice) => Some(Box::new(voice)),
        Err(error) => {
            tracing::warn!(target: "speech", "{}", crate::work::chain(&error));
            None
        }
    }
}

fn waker(link: Option<&link::Running>) -> Box<dyn Fn() + Send> {
    link.map_or_else(
        || Box::new(|| {}) as Box<dyn Fn() + Send>,
        link::Running::waker,
    )
}

/// City and station as the last good catalogue names them.
fn standing(config: &Config, shelf: Option<&Shelf>, enrolment: Option<&Enrolment>) -> Standing {
    let mut standing = Standing {
        phone: config.help_phone.clone(),
        stationery: stationery(config),
        ..Standing::default()
    };
    let Some((shelf, enrolment)) = shelf.zip(enrolment) else {
        return standing;
    };
    standing.city = shelf.catalogue.city().name.clone();
    if let Some(station) = shelf.catalogue.station(&enrolment.station) {
        standing.station = city_catalogue::Text {
            zh: station.zh.clone(),
            en: station.en.clone(),
        };
    }
    standing
}

/// Slips as wide as the printer's head, in the city's own lines where it has some.
fn stationery(config: &Config) -> Stationery {
    let profile = config.devices.receipt_printer_profile.as_ref();
    let head = profile.map_or_else(|| Profile::default().head_bytes, |it| it.0.head_bytes);
    Stationery::for_head(head, config.slips.clone())
}

/// The catalogue of the last run; `None` before the first, or when it cannot be read.
fn last_shelf(store: &Store) -> Option<Arc<Shelf>> {
    let bundle = store.bundle().unwrap_or_else(|error| {
        tracing::error!("{}", crate::work::chain(&error));
        None
    })?;
    match shelf(&bundle, link::confirmed_at(store), link::station(store)) {
        Ok(shelf) => Some(Arc::new(shelf)),
        Err(error) => {
            tracing::error!("{}", crate::work::chain(&error));
            None
        }
    }
}
