//! The kiosk's durable side: one SQLite file with the sealed outbox, the print journal and settings.
//!
//! What is in it: sealed packets (the kiosk holds no key that opens them), print jobs by hash, counters, numbers of the queue, what happened to devices, the hash of the technician's PIN, the city's public keys and catalogue. What is not: anything readable about a person.
//!
//! Invariants:
//! - A packet is on disk, whole and in its place in the chain, when [`Store::file`] returns; before that nothing is.
//! - A packet leaves the outbox only by an acknowledgement that the city signed for exactly its header.
//! - One connection writes: the file is locked against a second program, and a mutex orders the threads of this one.

mod counters;
mod devices;
mod enrolment;
mod error;
mod event_heads;
mod journal;
mod open;
mod outbox;
mod quarantine;
mod schema;
mod service;
#[cfg(test)]
mod tests;
mod tickets;
pub mod trial;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, Transaction, TransactionBehavior};

pub use devices::{DeviceEventRecord, KEPT_EVENTS, PaperRecord};
pub use enrolment::Enrolment;
pub use error::StoreError;
pub use event_heads::{AskedHeads, EventFault, KEPT_DAYS, KEPT_HEADS, KeptHead};
pub use journal::PrintJournal;
pub use outbox::{Filed, OutboxState, Pending};
pub use quarantine::Quarantined;
pub use service::PinRecord;
pub use tickets::{GivenNumber, NumbersLeft, Sign};

/// Bytes of an application with several pages: more than SQLite holds back from the disk (2 MiB).
const APPLICATION_BYTES: i64 = 4 * 1024 * 1024;

/// How a store is opened.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Most bytes of the file; beyond, filing fails with [`StoreError::DiskFull`].
    pub max_bytes: u64,
}

impl Default for Options {
    /// 2 GiB: a month without the city.
    fn default() -> Self {
        Self {
            max_bytes: 2 * 1024 * 1024 * 1024,
        }
    }
}

/// The open store. Clones share the one connection.
#[derive(Debug, Clone)]
pub struct Store(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    connection: Mutex<Connection>,
    path: PathBuf,
    /// Held as long as the store is open: the system releases it, also after a kill.
    _lock: std::fs::File,
}

impl Store {
    /// Opens the store at `path`, creates it when it is not there, brings its schema up to date, and recovers what a
    /// power cut left. The folder must exist.
    ///
    /// # Errors
    /// [`StoreError::InUse`] when another program has it, [`StoreError::Newer`] when a later program wrote it, and
    /// what SQLite or the file system report.
    pub fn open(path: &Path, options: Options) -> Result<Self, StoreError> {
        let (connection, lock) = open::open(path, options)?;
        let store = Self(Arc::new(Inner {
            connection: Mutex::new(connection),
            path: path.to_owned(),
            _lock: lock,
        }));
        match store.tidy() {
            // What is waiting can still be sent, and that makes room.
            Err(StoreError::DiskFull { .. }) | Ok(()) => Ok(store),
            Err(error) => Err(error),
        }
    }

    /// Whether another application fits: its pages are written to the log and taken back.
    #[must_use]
    pub fn has_room(&self) -> bool {
        let mut connection = self.connection();
        let tried = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .and_then(|transaction| {
                let sql = "INSERT INTO setting (name, value) VALUES ('room', zeroblob(?1))";
                transaction.execute(sql, [APPLICATION_BYTES])?;
                transaction.rollback()
            });
        tried.is_ok()
    }

    /// Where the file is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// Copies the write-ahead log into the file and gives back pages of deleted packets. Slow; called when nobody
    /// waits, so that the commit of a submission is one write and one `fsync`.
    ///
    /// # Errors
    /// What SQLite reports; the store stays whole.
    pub fn tidy(&self) -> Result<(), StoreError> {
        open::tidy(&self.connection(), &self.0.path)
    }

    /// Checks the whole file; the answer is `ok` or SQLite's first complaint.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn check(&self) -> Result<String, StoreError> {
        self.connection()
            .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
            .map_err(StoreError::sqlite("checking the store"))
    }

    /// The connection. A thread that panicked inside left a transaction that was rolled back: the lock is good.
    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.0
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `change` in one transaction; any error undoes it.
    fn change<T>(
        &self,
        operation: &'static str,
        change: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut connection = self.connection();
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(StoreError::sqlite(operation))?;
        let value = change(&transaction)?;
        transaction
            .commit()
            .map_err(StoreError::sqlite(operation))?;
        Ok(value)
    }
}
