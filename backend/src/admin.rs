//! What an administrator makes: enrolment codes and officers' tokens, in the process or beside it.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use city_api::requests::officer::OfficerRole;

use crate::clock::after;
use crate::codes;
use crate::config::Database;
use crate::keys::{Keys, KeysError};
use crate::publish::{PublishError, read_catalogue};
use crate::secret::{MasterKey, new_token};
use crate::store::{OfficerRow, Store, StoreError};

/// Why something was not made.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// The store failed.
    #[error("writing to the city's database")]
    Store(#[from] StoreError),
    /// The keys cannot be read.
    #[error("opening the city's keys")]
    Keys(#[from] KeysError),
    /// There is no database: most likely a mistyped path.
    #[error("{path} is not there: the city makes it when it serves")]
    NoCity {
        /// The path.
        path: String,
    },
    /// The catalogue cannot be read or is faulty.
    #[error("reading the city's catalogue")]
    Catalogue(#[source] PublishError),
    /// No such station in the catalogue.
    #[error("station {0} is not in the catalogue")]
    UnknownStation(String),
    /// No such body in the catalogue.
    #[error("body {0} is not in the catalogue")]
    UnknownBody(String),
    /// The city was stopped.
    #[error("the city is stopped")]
    Stopped,
    /// The runtime cannot be made.
    #[error("starting the runtime")]
    Runtime(#[source] std::io::Error),
}

/// A database and keys without a city that serves.
#[derive(Debug)]
pub struct Admin {
    store: Store,
    keys: Keys,
    catalogue: PathBuf,
    runtime: tokio::runtime::Runtime,
}

impl Admin {
    /// Opens database and keys of a city that is there; it may serve at the same time. `catalogue` is its folder of
    /// the catalogue, or where there is none.
    ///
    /// # Errors
    /// [`AdminError`] when database or keys are not there or cannot be opened. Nothing is made.
    pub fn open(database: &Database, keys: &Path, catalogue: &Path) -> Result<Self, AdminError> {
        if let Database::Sqlite(path) = database
            && !path.is_file()
        {
            return Err(AdminError::NoCity {
                path: path.display().to_string(),
            });
        }
        let keys = Keys::open_existing(keys)?;
        Ok(Self {
            store: Store::open(database)?,
            keys,
            catalogue: catalogue.to_owned(),
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(AdminError::Runtime)?,
        })
    }

    /// A one-time enrolment code for a station (15 minutes, one use).
    ///
    /// # Errors
    /// [`AdminError`] for a station that is not in the catalogue, or when the store fails.
    pub fn enrol_code(&self, station: &str) -> Result<String, AdminError> {
        let catalogue = read_catalogue(&self.catalogue).map_err(AdminError::Catalogue)?;
        if catalogue.is_some_and(|catalogue| catalogue.station(station).is_none()) {
            return Err(AdminError::UnknownStation(station.to_owned()));
        }
        self.runtime.block_on(enrol_code(
            &self.store,
            &self.keys.master,
            station,
            Timestamp::now(),
        ))
    }

    /// A bearer token for an officer; `person` names who it is, so that one person may have several tokens and is
    /// still known as one. None makes a new person.
    ///
    /// # Errors
    /// [`AdminError`] for a body that is not in the catalogue, or when the store fails.
    pub fn officer_token(
        &self,
        body: &str,
        role: OfficerRole,
        person: Option<&str>,
    ) -> Result<String, AdminError> {
        let catalogue = read_catalogue(&self.catalogue).map_err(AdminError::Catalogue)?;
        if catalogue.is_some_and(|catalogue| catalogue.department(body).is_none()) {
            return Err(AdminError::UnknownBody(body.to_owned()));
        }
        self.runtime
            .block_on(officer_token(&self.store, body, role, person))
    }

    /// Writes a consistent copy of the database to a new file.
    ///
    /// # Errors
    /// [`AdminError`] when the file exists or cannot be written.
    pub fn backup(&self, to: &Path) -> Result<(), AdminError> {
        Ok(self.runtime.block_on(self.store.backup(to))?)
    }
}

pub(crate) async fn enrol_code(
    store: &Store,
    master: &MasterKey,
    station: &str,
    now: Timestamp,
) -> Result<String, AdminError> {
    let code = codes::new_enrolment();
    let expires = after(now, codes::ENROLMENT_SECONDS);
    store
        .add_enrol_code(codes::enrolment(master, &code), station.to_owned(), expires)
        .await?;
    Ok(code)
}

pub(crate) async fn officer_token(
    store: &Store,
    body: &str,
    role: OfficerRole,
    person: Option<&str>,
) -> Result<String, AdminError> {
    let (token, hash) = new_token();
    let person = person.map_or_else(|| uuid::Uuid::now_v7().to_string(), str::to_owned);
    let officer = OfficerRow {
        person,
        body: body.to_owned(),
        role,
    };
    store.add_officer(hash, officer).await?;
    Ok(token)
}
