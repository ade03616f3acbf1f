//! Counters: what this kiosk remembers as a number. Nothing about anybody.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::{Store, StoreError};

impl Store {
    /// Sets a counter.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn set_counter(&self, name: &str, value: i64) -> Result<(), StoreError> {
        set(&self.connection(), name, value).map_err(StoreError::sqlite("setting a counter"))
    }

    /// Adds to a counter.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn add_to_counter(&self, name: &str, more: i64) -> Result<(), StoreError> {
        self.connection()
            .prepare_cached(
                "INSERT INTO counter (name, value) VALUES (?1, ?2)
                 ON CONFLICT (name) DO UPDATE SET value = value + excluded.value",
            )
            .and_then(|mut add| add.execute(params![name, more]))
            .map_err(StoreError::sqlite("adding to a counter"))?;
        Ok(())
    }

    /// The value of a counter; 0 when it was never set.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn counter(&self, name: &str) -> Result<i64, StoreError> {
        let value = self
            .connection()
            .query_row("SELECT value FROM counter WHERE name = ?1", [name], |row| {
                row.get(0)
            })
            .optional()
            .map_err(StoreError::sqlite("reading a counter"))?;
        Ok(value.unwrap_or(0))
    }
}

/// Sets a counter, also inside a transaction.
pub(super) fn set(connection: &Connection, name: &str, value: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO counter (name, value) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )?
        .execute(params![name, value])?;
    Ok(())
}
