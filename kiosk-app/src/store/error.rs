//! Why the store could not do something.

use city_api::packet::SealError;
use uuid::Uuid;

/// Why the store could not do something. After any of these, nothing of the operation is in the file.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The disk or the store's quota is full.
    #[error("{operation}: the disk is full")]
    DiskFull {
        /// What was being done.
        operation: &'static str,
    },
    /// SQLite could not do it.
    #[error("{operation} failed")]
    Sqlite {
        /// What was being done.
        operation: &'static str,
        /// SQLite's reason.
        #[source]
        source: rusqlite::Error,
    },
    /// A file of the store could not be used.
    #[error("{operation} failed")]
    File {
        /// What was being done.
        operation: &'static str,
        /// The system's reason.
        #[source]
        source: std::io::Error,
    },
    /// Another program has the store open.
    #[error("opening the store: another program has it open")]
    InUse,
    /// The file was written by a later program.
    #[error("opening the store: its schema version {found} is newer than this program's")]
    Newer {
        /// Version of the file.
        found: i64,
    },
    /// SQLite before 3.51.3 can lose an acknowledged commit.
    #[error("opening the store: SQLite {0} can lose commits, 3.51.3 or later is needed")]
    SqliteTooOld(&'static str),
    /// The file system does not allow a write-ahead log.
    #[error("opening the store: the journal mode is `{0}`, not `wal`")]
    NoWal(String),
    /// What is stored cannot be read back.
    #[error("reading the store: {0} is damaged")]
    Damaged(&'static str),
    /// This application was filed before; it is filed once.
    #[error("filing a packet: {0} is filed already")]
    AlreadyFiled(Uuid),
    /// There is no such packet in the outbox.
    #[error("{operation}: packet {id} is not in the outbox")]
    NotThere {
        /// What was being done.
        operation: &'static str,
        /// Its id.
        id: Uuid,
    },
    /// The kiosk is not enrolled.
    #[error("{operation}: this kiosk is not enrolled")]
    NotEnrolled {
        /// What was being done.
        operation: &'static str,
    },
    /// The city reserved no more numbers for this kiosk and day.
    #[error("giving a number: none is left for today")]
    NoNumber,
    /// The packet could not be made.
    #[error("filing a packet")]
    Seal(#[from] SealError),
    /// The packet was not made for the place in the chain it was given.
    #[error("filing a packet: it is not the next of the chain")]
    Chain,
    /// The acknowledgement is not to be believed; the packet stays.
    #[error("storing an acknowledgement")]
    Acknowledgement(#[from] city_api::acknowledgement::NotAcknowledged),
    /// The increment does not lead to a bundle of the city; the whole one is fetched.
    #[error("applying an increment to the catalogue")]
    Increment(#[from] city_api::increment::BadIncrement),
    /// The bundle is not to be believed; the last good one stays.
    #[error("storing a catalogue bundle")]
    Bundle(#[from] city_api::bundle::BadBundle),
}

impl StoreError {
    /// Names the operation on an SQLite error; a full disk gets its own name.
    pub(super) fn sqlite(operation: &'static str) -> impl FnOnce(rusqlite::Error) -> Self {
        move |source| {
            if source.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull) {
                Self::DiskFull { operation }
            } else {
                Self::Sqlite { operation, source }
            }
        }
    }

    /// Names the operation on a system error.
    pub(super) fn file(operation: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |source| match source.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
                Self::DiskFull { operation }
            }
            _ => Self::File { operation, source },
        }
    }
}
