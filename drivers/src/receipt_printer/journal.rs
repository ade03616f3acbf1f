//! What must be on disk before a byte reaches the printer, so that a crash cannot hide a slip.

use serde::{Deserialize, Serialize};

use super::outcome::{JobId, Outcome};
use super::protocol::commands::ProcessId;
use super::reprint::Reprint;

/// How far a job has come; each step is on disk before its bytes are handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Raster bytes are being handed over.
    Sending,
    /// Everything including the cut is handed over; the confirmation is awaited.
    Confirming,
    /// The outcome is known, but paper of this job may still be in the printer: at the head,
    /// not cut off, or at the output, not taken.
    Uncut,
}

/// One job as the journal keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JobRecord {
    /// The kiosk's name of the job.
    pub job: JobId,
    /// SHA-256 of what the slip says.
    pub content_hash: [u8; 32],
    /// The number whose confirmation ends the job.
    pub process_id: ProcessId,
    /// How far it has come.
    pub phase: Phase,
    /// Bytes handed over at most: written ahead of each band.
    pub bytes: u64,
    /// The driver's connection count, from 1; a confirmation counts only on the connection it was asked on.
    pub epoch: u64,
    /// How it ended; `None` while it runs. An open record without outcome is a job cut short by a crash.
    pub outcome: Option<Outcome>,
    /// Which repetition of a slip it is; `None` for the first.
    #[serde(default)]
    pub reprint: Option<Reprint>,
}

/// The durable memory of print jobs. At most one job is open at a time.
///
/// Every method returns only when its change would survive a power cut.
pub trait Journal: Send {
    /// The process number given out last, by any program before this one; `None` when there was none.
    ///
    /// # Errors
    /// [`JournalError`] when it cannot be read.
    fn last_process_id(&mut self) -> Result<Option<ProcessId>, JournalError>;

    /// The job that is not closed yet; `None` when all are.
    ///
    /// # Errors
    /// [`JournalError`] when it cannot be read.
    fn open_job(&mut self) -> Result<Option<JobRecord>, JournalError>;

    /// Opens the job or replaces its record; its process number is from then on the last one.
    ///
    /// # Errors
    /// [`JournalError`] when the record is not on disk; nothing is sent then.
    fn save(&mut self, record: &JobRecord) -> Result<(), JournalError>;

    /// Closes the job with its outcome.
    ///
    /// # Errors
    /// [`JournalError`] when the record is not on disk; it then counts as open at the next start.
    fn close(&mut self, record: &JobRecord) -> Result<(), JournalError>;
}

/// Why the journal could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{operation} the print journal failed")]
pub struct JournalError {
    /// `reading` or `writing`.
    pub operation: &'static str,
    /// The store's reason.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

/// A journal that lives as long as its handles: for tests, and for programs that print one
/// slip by hand. Clones share one memory.
#[derive(Debug, Clone, Default)]
pub struct MemoryJournal {
    shared: std::sync::Arc<std::sync::Mutex<Memory>>,
}

#[derive(Debug, Default)]
struct Memory {
    last: Option<ProcessId>,
    open: Option<JobRecord>,
    saved: Vec<JobRecord>,
    closed: Vec<JobRecord>,
}

impl MemoryJournal {
    fn with<T>(&self, act: impl FnOnce(&mut Memory) -> T) -> T {
        // A poisoned lock means that a test thread failed; its records are still whole.
        act(&mut self
            .shared
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    /// Every record ever saved, in order.
    pub fn saved(&self) -> Vec<JobRecord> {
        self.with(|memory| memory.saved.clone())
    }

    /// Every closed record, in order.
    pub fn closed(&self) -> Vec<JobRecord> {
        self.with(|memory| memory.closed.clone())
    }
}

impl Journal for MemoryJournal {
    fn last_process_id(&mut self) -> Result<Option<ProcessId>, JournalError> {
        Ok(self.with(|memory| memory.last))
    }

    fn open_job(&mut self) -> Result<Option<JobRecord>, JournalError> {
        Ok(self.with(|memory| memory.open.clone()))
    }

    fn save(&mut self, record: &JobRecord) -> Result<(), JournalError> {
        self.with(|memory| {
            memory.last = Some(record.process_id);
            memory.open = Some(record.clone());
            memory.saved.push(record.clone());
        });
        Ok(())
    }

    fn close(&mut self, record: &JobRecord) -> Result<(), JournalError> {
        self.with(|memory| {
            memory.last = Some(record.process_id);
            memory.open = None;
            memory.closed.push(record.clone());
        });
        Ok(())
    }
}
