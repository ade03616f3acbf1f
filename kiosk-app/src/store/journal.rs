//! The receipt printer's journal in the store: on disk before a byte reaches the printer.

use kiosk_drivers::receipt_printer::{
    JobId, JobRecord, Journal, JournalError, Outcome, Phase, ProcessId, Reprint,
};
use rusqlite::{Row, params};

use super::counters::set;
use super::{Store, StoreError};

/// Closed jobs kept for the technician.
const KEPT_JOBS: i64 = 1_000;

/// [`Journal`] over the store; the printer's driver owns one.
#[derive(Debug, Clone)]
pub struct PrintJournal(Store);

impl PrintJournal {
    /// The journal of this store.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self(store)
    }

    /// The newest jobs, newest first, at most `limit`.
    #[cfg(test)]
    pub(super) fn jobs(&self, limit: u32) -> Result<Vec<JobRecord>, JournalError> {
        self.read("WHERE number > 0", limit).map_err(reading)
    }

    fn read(&self, which: &str, limit: u32) -> Result<Vec<JobRecord>, StoreError> {
        let connection = self.0.connection();
        let failed = || StoreError::sqlite("reading print jobs");
        let sql = format!(
            "SELECT job, content_hash, process_id, phase, bytes, epoch, outcome, reprint
             FROM print_job
             {which} ORDER BY number DESC LIMIT ?1"
        );
        let mut query = connection.prepare_cached(&sql).map_err(failed())?;
        let rows = query.query_map([limit], columns).map_err(failed())?;
        rows.map(|row| record(row.map_err(failed())?)).collect()
    }

    fn write(&self, record: &JobRecord, closed: bool) -> Result<(), StoreError> {
        let operation = "writing a print job";
        let outcome = record
            .outcome
            .map(|outcome| serde_json::to_string(&outcome))
            .transpose()
            .map_err(|_| StoreError::Damaged("a print job"))?;
        let reprint = record
            .reprint
            .as_ref()
            .map(serde_json::to_string)
            .transpose()
            .map_err(|_| StoreError::Damaged("a print job"))?;
        self.0.change(operation, |transaction| {
            transaction
                .prepare_cached(
                    "INSERT INTO print_job
                         (job, content_hash, process_id, phase, bytes, epoch, outcome, closed,
                          reprint)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                     ON CONFLICT (job) DO UPDATE SET
                         content_hash = excluded.content_hash, process_id = excluded.process_id,
                         phase = excluded.phase, bytes = excluded.bytes, epoch = excluded.epoch,
                         outcome = excluded.outcome, closed = excluded.closed,
                         reprint = excluded.reprint",
                )
                .and_then(|mut statement| {
                    statement.execute(params![
                        record.job.0,
                        record.content_hash,
                        record.process_id.get(),
                        phase_name(record.phase),
                        i64::try_from(record.bytes).unwrap_or(i64::MAX),
                        i64::try_from(record.epoch).unwrap_or(i64::MAX),
                        outcome,
                        closed,
                        reprint,
                    ])
                })
                .and_then(|_| set(transaction, LAST_ID, i64::from(record.process_id.get())))
                .and_then(|()| prune(transaction))
                .map_err(StoreError::sqlite(operation))
        })
    }
}

impl Journal for PrintJournal {
    fn last_process_id(&mut self) -> Result<Option<ProcessId>, JournalError> {
        let value = self.0.counter(LAST_ID).map_err(reading)?;
        Ok(u16::try_from(value)
            .ok()
            .and_then(|id| ProcessId::try_from(id).ok()))
    }

    fn open_job(&mut self) -> Result<Option<JobRecord>, JournalError> {
        let open = self.read("WHERE closed = 0", 1).map_err(reading)?;
        Ok(open.into_iter().next())
    }

    fn save(&mut self, record: &JobRecord) -> Result<(), JournalError> {
        self.write(record, false).map_err(writing)
    }

    fn close(&mut self, record: &JobRecord) -> Result<(), JournalError> {
        self.write(record, true).map_err(writing)
    }
}

const LAST_ID: &str = "print.last_process_id";

fn prune(connection: &rusqlite::Connection) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "DELETE FROM print_job WHERE closed = 1
             AND number <= (SELECT max(number) FROM print_job) - ?1",
        )?
        .execute([KEPT_JOBS])?;
    Ok(())
}

type Columns = (
    String,
    [u8; 32],
    u16,
    String,
    i64,
    i64,
    Option<String>,
    Option<String>,
);

fn columns(row: &Row<'_>) -> rusqlite::Result<Columns> {
    Ok((
        row.get(0)?,
        row.get(1)?,
        row.get(2)?,
        row.get(3)?,
        row.get(4)?,
        row.get(5)?,
        row.get(6)?,
        row.get(7)?,
    ))
}

fn record(columns: Columns) -> Result<JobRecord, StoreError> {
    let damaged = || StoreError::Damaged("a print job");
    let (job, content_hash, process_id, phase, bytes, epoch, outcome, reprint) = columns;
    let outcome: Option<Outcome> = outcome
        .map(|text| serde_json::from_str(&text))
        .transpose()
        .map_err(|_| damaged())?;
    let reprint: Option<Reprint> = reprint
        .map(|text| serde_json::from_str(&text))
        .transpose()
        .map_err(|_| damaged())?;
    Ok(JobRecord {
        job: JobId(job),
        content_hash,
        process_id: ProcessId::try_from(process_id).map_err(|_| damaged())?,
        phase: phase_of(&phase).ok_or_else(damaged)?,
        bytes: bytes.unsigned_abs(),
        epoch: epoch.unsigned_abs(),
        outcome,
        reprint,
    })
}

fn phase_name(phase: Phase) -> &'static str {
    match phase {
        Phase::Sending => "sending",
        Phase::Confirming => "confirming",
        Phase::Uncut => "uncut",
    }
}

fn phase_of(name: &str) -> Option<Phase> {
    [Phase::Sending, Phase::Confirming, Phase::Uncut]
        .into_iter()
        .find(|phase| phase_name(*phase) == name)
}

fn reading(source: StoreError) -> JournalError {
    JournalError {
        operation: "reading",
        source: Box::new(source),
    }
}

fn writing(source: StoreError) -> JournalError {
    JournalError {
        operation: "writing",
        source: Box::new(source),
    }
}
