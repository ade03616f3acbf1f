//! The technician's PIN: its hash, and the tries since it was last right.

use rusqlite::{OptionalExtension as _, params};

use super::{Store, StoreError};

/// The PIN as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct PinRecord {
    /// PHC string with its parameters and salt.
    pub hash: String,
    /// Tries since the PIN was last right.
    pub tries: u32,
}

/// The hash opens nothing but is nobody's business.
impl std::fmt::Debug for PinRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PinRecord")
            .field("tries", &self.tries)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Keeps the hash of a new PIN; tries and locks begin anew.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn set_pin(&self, hash: &str) -> Result<(), StoreError> {
        self.connection()
            .execute(
                "INSERT INTO service_pin (one, hash) VALUES (1, ?1)
                 ON CONFLICT (one) DO UPDATE SET hash = excluded.hash, tries = 0",
                [hash],
            )
            .map_err(StoreError::sqlite("keeping the service PIN"))?;
        Ok(())
    }

    /// The PIN; `None` when none was ever set.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn pin(&self) -> Result<Option<PinRecord>, StoreError> {
        self.connection()
            .query_row("SELECT hash, tries FROM service_pin", [], |row| {
                Ok(PinRecord {
                    hash: row.get(0)?,
                    tries: row.get(1)?,
                })
            })
            .optional()
            .map_err(StoreError::sqlite("reading the service PIN"))
    }

    /// Counts one try and returns how many there were. It is on the disk when this returns: a
    /// power cut while the hash is compared takes nothing back.
    ///
    /// # Errors
    /// What SQLite reports; then nothing may be compared.
    pub fn count_pin_try(&self) -> Result<u32, StoreError> {
        let operation = "counting a try of the service PIN";
        self.change(operation, |transaction| {
            transaction
                .query_row(
                    "UPDATE service_pin SET tries = min(tries + 1, 1000000) RETURNING tries",
                    params![],
                    |row| row.get(0),
                )
                .map_err(StoreError::sqlite(operation))
        })
    }

    /// The PIN was right, or somebody at the machine unlocked it.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn clear_pin_tries(&self) -> Result<(), StoreError> {
        self.connection()
            .execute("UPDATE service_pin SET tries = 0", [])
            .map_err(StoreError::sqlite("clearing the tries of the service PIN"))?;
        Ok(())
    }
}
