//! What an administrator makes: enrolment codes, officers' tokens and accounts of staff, in the process or beside it.

use std::path::{Path, PathBuf};

use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::civil::Date;

use city_api::requests::Private;
use city_api::requests::officer::OfficerRole;
use city_api::requests::staff::{AccountRequest, AccountView};
use city_catalogue::case::EventKind;
use city_catalogue::policy::{StaffPolicy, StaffRole};

use crate::blobs::Blobs;
use crate::clock::after;
use crate::codes;
use crate::config::{BlobPlace, Database};
use crate::keys::{Keys, KeysError};
use crate::password::{self, PasswordError};
use crate::publish::{PublishError, read_catalogue, read_policy};
use crate::secret::{MasterKey, new_token};
use crate::store::{AccountChange, AccountRow, Event, OfficerRow, Store, StoreError};
use crate::sweep::{Sweep, SweepError, Swept, sweep};

/// Why something was not made.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// The store failed.
    #[error("working on the city's database")]
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
    /// No enrolled kiosk has this id, or its enrolment was revoked before.
    #[error("kiosk {0} is not enrolled, or was revoked before")]
    UnknownKiosk(String),
    /// No such body in the catalogue.
    #[error("body {0} is not in the catalogue")]
    UnknownBody(String),
    /// An account cannot be made or changed.
    #[error("account {name}: {reason}")]
    Account {
        /// Its name.
        name: String,
        /// Why.
        reason: String,
    },
    /// A booking was not entered.
    #[error("entering a booking: {0}")]
    Booking(String),
    /// The password cannot be hashed.
    #[error("keeping a password")]
    Password(#[from] PasswordError),
    /// The object store cannot be swept.
    #[error("sweeping the city's object store")]
    Sweep(#[from] SweepError),
    /// The city was stopped.
    #[error("the city is stopped")]
    Stopped,
    /// The runtime cannot be made.
    #[error("starting the runtime")]
    Runtime(#[source] std::io::Error),
}

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// 1 to 32 of `a` to `z`, `0` to `9`, `.`, `_`, `-`.
    pub name: String,
    /// Id of its body.
    pub body: String,
    /// Its roles; which may be held together is the city's policy.
    pub roles: Vec<StaffRole>,
    /// Last day of the training record; None without one.
    pub trained_until: Option<Date>,
    /// First password; None makes one.
    pub password: Option<Private>,
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
        self.known(station)?;
        let (store, master) = (&self.store, &self.keys.master);
        let code = enrol_code(store, master, station, Timestamp::now());
        self.runtime.block_on(code)
    }

    /// As many one-time enrolment codes for a station.
    ///
    /// # Errors
    /// As [`Admin::enrol_code`].
    pub fn enrol_codes(&self, station: &str, count: usize) -> Result<Vec<String>, AdminError> {
        self.known(station)?;
        let (store, master) = (&self.store, &self.keys.master);
        self.runtime.block_on(async {
            let mut codes = Vec::with_capacity(count);
            for _ in 0..count {
                codes.push(enrol_code(store, master, station, Timestamp::now()).await?);
            }
            Ok(codes)
        })
    }

    fn known(&self, station: &str) -> Result<(), AdminError> {
        let catalogue = read_catalogue(&self.catalogue).map_err(AdminError::Catalogue)?;
        if catalogue.is_some_and(|catalogue| catalogue.station(station).is_none()) {
            return Err(AdminError::UnknownStation(station.to_owned()));
        }
        Ok(())
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

    /// Makes an account of somebody who works for the city; its password.
    ///
    /// # Errors
    /// [`AdminError`] for a body that is not in the catalogue, a name that was ever used, roles that one person must
    /// not hold, a password that is too short, or when the store fails.
    pub fn add_account(&self, account: NewAccount) -> Result<Private, AdminError> {
        let catalogue = read_catalogue(&self.catalogue).map_err(AdminError::Catalogue)?;
        if catalogue.is_some_and(|catalogue| catalogue.department(&account.body).is_none()) {
            return Err(AdminError::UnknownBody(account.body));
        }
        let policy = read_policy(&self.catalogue).map_err(AdminError::Catalogue)?;
        let made = add_account(&self.store, &policy.staff, account, Timestamp::now());
        self.runtime.block_on(made)
    }

    /// Closes an account; its sessions end.
    ///
    /// # Errors
    /// [`AdminError`] when there is no open account of this name, or the store fails.
    pub fn close_account(&self, name: &str) -> Result<(), AdminError> {
        let close = (AccountChange::Close, EventKind::AccountClosed);
        self.runtime
            .block_on(change_account(&self.store, name, close))
    }

    /// Gives an account a new password, which is returned; its sessions end.
    ///
    /// # Errors
    /// [`AdminError`] when there is no open account of this name, or the store fails.
    pub fn reset_password(&self, name: &str) -> Result<Private, AdminError> {
        let new = codes::new_password();
        let hash = password::hash(new.reveal())?;
        let set = (AccountChange::Password(hash), EventKind::PasswordSet);
        self.runtime
            .block_on(change_account(&self.store, name, set))?;
        Ok(new)
    }

    /// Revokes the enrolment of a kiosk for the reason `why`: from its next request on, neither its signature nor its
    /// certificate is worth anything, at every node.
    ///
    /// # Errors
    /// [`AdminError`] when no kiosk of this id is enrolled, or the store fails.
    pub fn revoke_kiosk(&self, id: &str, why: &str) -> Result<(), AdminError> {
        let revoked = revoke_kiosk(&self.store, id, why, Timestamp::now());
        self.runtime.block_on(revoked)
    }

    /// All accounts by name, at most 1,000.
    ///
    /// # Errors
    /// [`AdminError`] when the store fails.
    pub fn accounts(&self) -> Result<Vec<AccountView>, AdminError> {
        let rows = self.runtime.block_on(self.store.accounts(1000))?;
        Ok(rows.into_iter().map(AccountRow::view).collect())
    }

    /// Sweeps the object store: parts and documents that no row names go, in two sweeps, once they are older than
    /// `hours`; what a row names and is not there is reported. Looks at what came since the last sweep, or at `all`.
    ///
    /// # Errors
    /// [`AdminError`] when database or object store fail.
    pub fn sweep(&self, blobs: &BlobPlace, hours: u32, all: bool) -> Result<Swept, AdminError> {
        // A bucket is reached over TLS; another part of the process may have chosen the provider already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let asked = Sweep {
            now: Timestamp::now(),
            older_than: SignedDuration::from_hours(i64::from(hours)),
            all,
        };
        Ok(self.runtime.block_on(async {
            let blobs = Blobs::open(blobs)?;
            sweep(&self.store, &blobs, asked).await
        })?)
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

/// Who made what is made on the machine itself.
const CONSOLE: &str = "administrator";

pub(crate) async fn add_account(
    store: &Store,
    policy: &StaffPolicy,
    new: NewAccount,
    now: Timestamp,
) -> Result<Private, AdminError> {
    let password = new.password.unwrap_or_else(codes::new_password);
    let refused = |reason: String| AdminError::Account {
        name: new.name.clone(),
        reason,
    };
    let asked = AccountRequest {
        name: new.name.clone(),
        body: new.body.clone(),
        password: password.clone(),
    };
    city_api::requests::Request::check(&asked).map_err(|bad| refused(bad.to_string()))?;
    if !policy.allows(&new.roles) {
        return Err(refused(
            "one person must not hold these roles together".to_owned(),
        ));
    }
    password::check(policy, &new.name, password.reveal()).map_err(&refused)?;
    let account = AccountRow {
        name: new.name.clone(),
        body: new.body.clone(),
        password: password::hash(password.reveal())?,
        roles: new.roles.clone(),
        scope: city_catalogue::policy::WindowScope::default(),
        trained_until: new.trained_until,
        created: now,
        created_by: CONSOLE.to_owned(),
        closed: None,
    };
    let event = Event::new(now, EventKind::AccountMade, CONSOLE, &new.name);
    if !store.add_account(account, event).await? {
        return Err(refused("the name was used before".to_owned()));
    }
    Ok(password)
}

async fn change_account(
    store: &Store,
    name: &str,
    (change, kind): (AccountChange, EventKind),
) -> Result<(), AdminError> {
    let event = Event::new(Timestamp::now(), kind, CONSOLE, name);
    if store.change_account(name.to_owned(), change, event).await? {
        return Ok(());
    }
    Err(AdminError::Account {
        name: name.to_owned(),
        reason: "there is no open account of this name".to_owned(),
    })
}

pub(crate) async fn revoke_kiosk(
    store: &Store,
    id: &str,
    why: &str,
    now: Timestamp,
) -> Result<(), AdminError> {
    let event = Event::new(
        now,
        EventKind::KioskRevoked,
        CONSOLE,
        format!("{id}: {why}"),
    );
    let (id_kept, why) = (id.to_owned(), why.to_owned());
    if store.revoke_kiosk(id_kept, why, event).await? {
        return Ok(());
    }
    Err(AdminError::UnknownKiosk(id.to_owned()))
}
