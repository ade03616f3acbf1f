//! Errors of the store.

/// What went wrong in the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be opened.
    #[error("opening the database {path}")]
    Open {
        /// Its path.
        path: String,
        /// Why.
        #[source]
        source: rusqlite::Error,
    },
    /// A transaction failed and left nothing behind.
    #[error("{operation} in the database")]
    Transaction {
        /// What was done.
        operation: &'static str,
        /// Why.
        #[source]
        source: rusqlite::Error,
    },
    /// The SQLite library is older than the version whose WAL this was tested with.
    #[error("SQLite {found} is too old, 3.51.3 is the oldest allowed")]
    Library {
        /// The version found.
        found: String,
    },
    /// The database was written by a newer program.
    #[error("the database has schema {found}, this program knows up to {known}")]
    Schema {
        /// Version found.
        found: u32,
        /// Newest version known.
        known: u32,
    },
    /// A row cannot be what it should be.
    #[error("reading {what}: the row is damaged")]
    Damaged {
        /// What was read.
        what: &'static str,
    },
    /// A case could not be made or opened inside the transaction.
    #[error("{operation} inside the transaction: {reason}")]
    Content {
        /// What was done.
        operation: &'static str,
        /// Why.
        reason: String,
    },
    /// The thread of the database is gone.
    #[error("the database thread has ended")]
    Ended,
}
