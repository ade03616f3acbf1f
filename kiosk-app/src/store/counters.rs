//! Device events and counters: what a technician and the fleet look at. Nothing about anybody.

use city_api::time::CityTime;
use rusqlite::{OptionalExtension as _, params};

use super::{Store, StoreError};

/// Events kept; older ones are dropped.
const KEPT_EVENTS: i64 = 20_000;

/// Something that happened to a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceEvent {
    /// When.
    pub time: CityTime,
    /// Kind as on the command line, for example `receipt-printer`.
    pub device: String,
    /// Key of what happened, for example `paper-out`.
    pub what: String,
    /// More for the technician, without personal data; None when there is no more.
    pub detail: Option<String>,
}

impl Store {
    /// Writes an event down.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn record(&self, event: &DeviceEvent) -> Result<(), StoreError> {
        let operation = "recording a device event";
        self.change(operation, |transaction| {
            transaction
                .execute(
                    "INSERT INTO event (time, device, what, detail) VALUES (?1, ?2, ?3, ?4)",
                    params![
                        event.time.timestamp().as_second(),
                        event.device,
                        event.what,
                        event.detail
                    ],
                )
                .and_then(|_| {
                    transaction.execute(
                        "DELETE FROM event WHERE number <= (SELECT max(number) FROM event) - ?1",
                        [KEPT_EVENTS],
                    )
                })
                .map_err(StoreError::sqlite(operation))?;
            Ok(())
        })
    }

    /// The newest events, newest first, at most `limit`.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn events(&self, limit: u32) -> Result<Vec<DeviceEvent>, StoreError> {
        let connection = self.connection();
        let failed = || StoreError::sqlite("reading device events");
        let mut query = connection
            .prepare_cached(
                "SELECT time, device, what, detail FROM event ORDER BY number DESC LIMIT ?1",
            )
            .map_err(failed())?;
        let rows = query
            .query_map([limit], |row| {
                let seconds: i64 = row.get(0)?;
                let moment = jiff::Timestamp::from_second(seconds).unwrap_or_default();
                Ok(DeviceEvent {
                    time: CityTime::new(moment),
                    device: row.get(1)?,
                    what: row.get(2)?,
                    detail: row.get(3)?,
                })
            })
            .map_err(failed())?;
        rows.collect::<Result<_, _>>().map_err(failed())
    }

    /// Adds to a counter and returns its new value.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn count(&self, name: &str, by: i64) -> Result<i64, StoreError> {
        self.connection()
            .query_row(
                "INSERT INTO counter (name, value) VALUES (?1, ?2)
                 ON CONFLICT (name) DO UPDATE SET value = value + excluded.value RETURNING value",
                params![name, by],
                |row| row.get(0),
            )
            .map_err(StoreError::sqlite("counting"))
    }

    /// The value of a counter; 0 when it was never counted.
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
