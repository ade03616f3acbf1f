//! Errors of the store.

/// Why an engine failed.
pub(crate) type Cause = Box<dyn std::error::Error + Send + Sync>;

/// What went wrong in the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be opened.
    #[error("opening the database {name}")]
    Open {
        /// Its path, or its hosts; never a password.
        name: String,
        /// Why.
        #[source]
        source: Cause,
    },
    /// A transaction failed and left nothing behind.
    #[error("{operation} in the database")]
    Transaction {
        /// What was done.
        operation: &'static str,
        /// Why.
        #[source]
        source: Cause,
    },
    /// The connection to the database is lost; whether a transaction that was ending is in it, only asking again tells.
    #[error("{operation}: the database does not answer")]
    Away {
        /// What was done.
        operation: &'static str,
        /// Why.
        #[source]
        source: Cause,
    },
    /// The SQLite library is older than the version whose WAL this was tested with.
    #[error("SQLite {found} is too old, 3.51.3 is the oldest allowed")]
    Library {
        /// The version found.
        found: String,
    },
    /// The PostgreSQL server is older than the one this was tested with.
    #[error("PostgreSQL {found} is too old, 15 is the oldest allowed")]
    Server {
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
    /// The program was built without this engine.
    #[error("this build has no {engine}: build with the feature `{feature}`")]
    NoEngine {
        /// The engine asked for.
        engine: &'static str,
        /// The cargo feature that brings it.
        feature: &'static str,
    },
    /// The engine has a tool of its own for it.
    #[error("{operation} a PostgreSQL database is done with its own tools: {tool}")]
    OwnTool {
        /// What was asked for.
        operation: &'static str,
        /// What does it.
        tool: &'static str,
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
    #[error("the database thread has ended, or fell over with this transaction")]
    Ended,
}

impl StoreError {
    /// A statement failed; [`StoreError::during`] names the operation.
    pub(in crate::store) fn statement(source: impl Into<Cause>) -> Self {
        Self::Transaction {
            operation: "a statement",
            source: source.into(),
        }
    }

    /// Puts the operation into an error of one of its statements.
    #[must_use]
    pub(in crate::store) fn during(self, operation: &'static str) -> Self {
        match self {
            Self::Transaction { source, .. } => Self::Transaction { operation, source },
            Self::Away { source, .. } => Self::Away { operation, source },
            other => other,
        }
    }
}
