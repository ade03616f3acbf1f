//! SQLite engine: one file, WAL, `synchronous=FULL`, one writing thread and one reading thread.

pub(in crate::store) mod schema;
pub(in crate::store) mod values;

use std::path::Path;
use std::sync::Mutex;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::oneshot;

use super::{StoreError, Stored};

/// Oldest SQLite whose WAL recovery this was tested with (3.51.3).
const OLDEST_LIBRARY: i32 = 3_051_003;

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// A SQLite database of the city.
#[derive(Debug)]
pub(crate) struct Sqlite {
    writer: Desk,
    reader: Desk,
}

/// A thread that owns a connection and works off jobs one by one.
#[derive(Debug)]
struct Desk {
    jobs: Mutex<Sender<Job>>,
}

impl Sqlite {
    /// Opens the database, makes it when it is not there, and migrates an older schema.
    ///
    /// # Errors
    /// [`StoreError`] when the file cannot be opened, is of a newer program, or SQLite is too old.
    pub(crate) fn open(path: &Path) -> Stored<Self> {
        if rusqlite::version_number() < OLDEST_LIBRARY {
            return Err(StoreError::Library {
                found: rusqlite::version().to_owned(),
            });
        }
        let mut writer = connect(path)?;
        schema::migrate(&mut writer)?;
        let reader = connect(path)?;
        Ok(Self {
            writer: Desk::start(writer),
            reader: Desk::start(reader),
        })
    }

    /// Writes a consistent copy of the running database to a new file.
    ///
    /// # Errors
    /// [`StoreError::Transaction`] when the file exists or cannot be written.
    pub(crate) async fn backup(&self, to: &Path) -> Stored<()> {
        let to = to.display().to_string();
        self.writer
            .call("backing up", move |connection| {
                connection.execute("VACUUM INTO ?1", [to])?;
                Ok(())
            })
            .await
    }

    /// One transaction that writes.
    pub(in crate::store) async fn write<T, F>(&self, operation: &'static str, work: F) -> Stored<T>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Stored<T> + Send + 'static,
    {
        self.writer
            .call(operation, move |connection| {
                let transaction =
                    connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
                let done = work(&transaction)?;
                transaction.commit()?;
                Ok(done)
            })
            .await
    }

    /// One transaction that reads.
    pub(in crate::store) async fn read<T, F>(&self, operation: &'static str, work: F) -> Stored<T>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Stored<T> + Send + 'static,
    {
        self.reader
            .call(operation, move |connection| {
                work(&connection.transaction()?)
            })
            .await
    }
}

fn connect(path: &Path) -> Stored<Connection> {
    let open = || -> rusqlite::Result<Connection> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(Duration::from_secs(10))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        Ok(connection)
    };
    open().map_err(|source| StoreError::Open {
        path: path.display().to_string(),
        source,
    })
}

impl Desk {
    fn start(mut connection: Connection) -> Self {
        let (jobs, inbox) = channel::<Job>();
        std::thread::spawn(move || {
            while let Ok(job) = inbox.recv() {
                job(&mut connection);
            }
        });
        Self {
            jobs: Mutex::new(jobs),
        }
    }

    async fn call<T, F>(&self, operation: &'static str, work: F) -> Stored<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> Stored<T> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            // Nobody waits any more when the request was dropped; the work is done all the same.
            let _ = answer.send(work(connection));
        });
        self.jobs
            .lock()
            .map_err(|_| StoreError::Ended)?
            .send(job)
            .map_err(|_| StoreError::Ended)?;
        answered
            .await
            .map_err(|_| StoreError::Ended)?
            .map_err(|error| named(error, operation))
    }
}

/// Puts the operation into an error of one of its statements.
fn named(error: StoreError, operation: &'static str) -> StoreError {
    match error {
        StoreError::Transaction { source, .. } => StoreError::Transaction { operation, source },
        other => other,
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(source: rusqlite::Error) -> Self {
        Self::Transaction {
            operation: "a statement",
            source,
        }
    }
}
