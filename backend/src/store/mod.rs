//! What the city remembers: whole transactions by area, carried out by one of two engines.
//!
//! Every method is one transaction and commits before it returns. The store knows keys and columns; what is in a
//! case is an encrypted record to it (`crate::file` makes and opens it).

mod area;
mod desk;
mod error;
#[cfg(feature = "postgres")]
mod postgres;
mod schema;
mod sqlite;
mod tx;
mod value;

use std::path::Path;

use prometheus_client::metrics::counter::Counter as Count;

use crate::config::Database;

pub(crate) use area::{
    Accepted, AccountChange, AccountRow, Acknowledge, Acknowledged, ActKind, ActRow, Alarm,
    AlarmKind, AppointmentRow, Asked, AuthorityRow, Call, CallRow, CardRow, CaseFacts, CaseKey,
    CaseRow, ChainRow, Change, CheckInBy, CheckRow, Claim, Counter, CounterAct, DEFAULT_CHANNEL,
    DeliveryRow, Drawn, EnquiryChange, EnquiryKind, EnquiryRow, EnrolledRow, Event, Figures,
    Filing, GrantRow, HelpRow, ItemRow, KIOSK_CHANNEL, KioskRow, LOCKER_SECONDS, LateTask, Moving,
    NewCheck, NewDelivery, NewPacket, NewRating, NewSaved, NoticeKind, NoticeRow, OfficerRow,
    Opening, OrderDates, OrderRow, OrderState, PacketRow, Period, Place, REISSUE_MILLIS, Refusal,
    Reported, ResultRow, RunningCase, SavedRow, SessionRow, Shelf, TaskRow, TaskState, TicketRow,
    VersionRow, ViewRow, WEB_CHANNEL, event_hash,
};
pub(crate) use error::StoreError;

use tx::Tx;

/// Result of a transaction.
pub(crate) type Stored<T> = Result<T, StoreError>;

/// Everything the city remembers. Its transactions stand by area in [`area`].
#[derive(Debug)]
pub(crate) struct Store {
    engine: Engine,
    failed: Count,
    away: Count,
}

#[derive(Debug)]
enum Engine {
    Sqlite(sqlite::Sqlite),
    #[cfg(feature = "postgres")]
    Postgres(postgres::Postgres),
}

impl Store {
    /// Opens the database and brings its schema up to date; an SQLite file that is not there is made.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be opened or is of a newer program.
    pub(crate) fn open(database: &Database) -> Stored<Self> {
        let engine = match database {
            Database::Sqlite(path) => Engine::Sqlite(sqlite::Sqlite::open(path)?),
            #[cfg(feature = "postgres")]
            Database::Postgres(url) => Engine::Postgres(postgres::Postgres::open(url)?),
            #[cfg(not(feature = "postgres"))]
            Database::Postgres(_) => {
                return Err(StoreError::NoEngine {
                    engine: "PostgreSQL",
                    feature: "postgres",
                });
            }
        };
        Ok(Self {
            engine,
            failed: Count::default(),
            away: Count::default(),
        })
    }

    /// Name of the engine.
    pub(crate) fn engine(&self) -> &'static str {
        match &self.engine {
            Engine::Sqlite(_) => "sqlite",
            #[cfg(feature = "postgres")]
            Engine::Postgres(_) => "postgres",
        }
    }

    /// Transactions that failed, and those that the database did not answer; both go on counting.
    pub(crate) fn failures(&self) -> (Count, Count) {
        (self.failed.clone(), self.away.clone())
    }

    /// Counts what failed.
    fn counted<T>(&self, done: Stored<T>) -> Stored<T> {
        match &done {
            Ok(_) => {}
            Err(StoreError::Away { .. }) => drop(self.away.inc()),
            Err(_) => drop(self.failed.inc()),
        }
        done
    }

    /// Writes a consistent copy of the running database to a new file.
    ///
    /// # Errors
    /// [`StoreError`] when the file exists or cannot be written, or the engine has a tool of its own.
    pub(crate) async fn backup(&self, to: &Path) -> Stored<()> {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.backup(to).await,
            #[cfg(feature = "postgres")]
            Engine::Postgres(_) => Err(StoreError::OwnTool {
                operation: "backing up",
                tool: "pg_dump or pg_basebackup",
            }),
        }
    }

    /// One transaction that writes.
    async fn write<T, F>(&self, operation: &'static str, work: F) -> Stored<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Tx) -> Stored<T> + Send + 'static,
    {
        self.counted(match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.write(operation, work).await,
            #[cfg(feature = "postgres")]
            Engine::Postgres(postgres) => postgres.write(operation, work).await,
        })
    }

    /// One transaction that reads.
    async fn read<T, F>(&self, operation: &'static str, work: F) -> Stored<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Tx) -> Stored<T> + Send + 'static,
    {
        self.counted(match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.read(operation, work).await,
            #[cfg(feature = "postgres")]
            Engine::Postgres(postgres) => postgres.read(operation, work).await,
        })
    }
}
