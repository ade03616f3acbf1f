//! What happened to devices, and the paper they used. Nothing about anybody.

use kiosk_drivers::receipt_printer::PaperUse;
use rusqlite::params;

use super::{Store, StoreError};

/// Device events kept; older ones fall out.
pub const KEPT_EVENTS: u32 = 200;

/// Something that happened to a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceEventRecord {
    /// Seconds since 1970.
    pub time: i64,
    /// Kind of the device, as on the command line.
    pub device: String,
    /// Key of what happened.
    pub what: String,
    /// Key of the reason; empty when there is nothing to add.
    pub detail: String,
}

/// The receipt printer's paper.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PaperRecord {
    /// Ever used.
    pub used: PaperUse,
    /// Slips ever printed.
    pub slips: u32,
    /// Length of the present roll when it was put in, in millimetres; 0 when none was entered.
    pub roll_mm: u32,
    /// When that was, in seconds since 1970; `None` when none was entered.
    pub roll_since: Option<i64>,
    /// Used of it.
    pub roll_used: PaperUse,
    /// Slips printed on it.
    pub roll_slips: u32,
}

impl Store {
    /// Notes what happened to a device; the oldest beyond [`KEPT_EVENTS`] falls out.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn note_device_event(&self, event: &DeviceEventRecord) -> Result<(), StoreError> {
        let operation = "noting a device event";
        self.change(operation, |transaction| {
            transaction
                .prepare_cached(
                    "INSERT INTO device_event (time, device, what, detail)
                     VALUES (?1, ?2, ?3, ?4)",
                )
                .and_then(|mut insert| {
                    insert.execute(params![event.time, event.device, event.what, event.detail])
                })
                .and_then(|_| {
                    transaction.execute(
                        "DELETE FROM device_event
                         WHERE number <= (SELECT max(number) FROM device_event) - ?1",
                        [KEPT_EVENTS],
                    )
                })
                .map(drop)
                .map_err(StoreError::sqlite(operation))
        })
    }

    /// The newest device events, newest first, at most [`KEPT_EVENTS`].
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn device_events(&self) -> Result<Vec<DeviceEventRecord>, StoreError> {
        let failed = || StoreError::sqlite("reading device events");
        let connection = self.connection();
        let mut query = connection
            .prepare_cached(
                "SELECT time, device, what, detail FROM device_event
                 ORDER BY number DESC LIMIT ?1",
            )
            .map_err(failed())?;
        let rows = query
            .query_map([KEPT_EVENTS], |row| {
                Ok(DeviceEventRecord {
                    time: row.get(0)?,
                    device: row.get(1)?,
                    what: row.get(2)?,
                    detail: row.get(3)?,
                })
            })
            .map_err(failed())?;
        rows.map(|row| row.map_err(failed())).collect()
    }

    /// Adds paper that was used, and slips that came out.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn add_paper(&self, used: &PaperUse, slips: u32) -> Result<(), StoreError> {
        let rows = i64::try_from(used.rows).unwrap_or(i64::MAX / 4);
        self.connection()
            .execute(
                "UPDATE paper SET rows = min(rows + ?1, 4611686018427387904), cuts = cuts + ?2,
                                  retracts = retracts + ?3, slips = slips + ?4",
                params![rows.min(i64::MAX / 4), used.cuts, used.retracts, slips],
            )
            .map_err(StoreError::sqlite("counting paper"))?;
        Ok(())
    }

    /// A new roll of `length_mm` is in the printer since `since` (seconds since 1970).
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn replace_roll(&self, length_mm: u32, since: i64) -> Result<(), StoreError> {
        self.connection()
            .execute(
                "UPDATE paper SET roll_mm = ?1, roll_since = ?2, roll_rows = rows,
                                  roll_cuts = cuts, roll_slips = slips",
                params![length_mm, since],
            )
            .map_err(StoreError::sqlite("noting a new roll"))?;
        Ok(())
    }

    /// The paper's counters.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn paper(&self) -> Result<PaperRecord, StoreError> {
        self.connection()
            .query_row(
                "SELECT rows, cuts, retracts, slips, roll_mm, roll_since,
                        rows - roll_rows, cuts - roll_cuts, slips - roll_slips FROM paper",
                [],
                |row| {
                    Ok(PaperRecord {
                        used: PaperUse {
                            rows: row.get::<_, i64>(0)?.unsigned_abs(),
                            cuts: row.get(1)?,
                            retracts: row.get(2)?,
                        },
                        slips: row.get(3)?,
                        roll_mm: row.get(4)?,
                        roll_since: row.get(5)?,
                        roll_used: PaperUse {
                            rows: row.get::<_, i64>(6)?.unsigned_abs(),
                            cuts: row.get(7)?,
                            retracts: 0,
                        },
                        roll_slips: row.get(8)?,
                    })
                },
            )
            .map_err(StoreError::sqlite("reading the paper's counters"))
    }
}
