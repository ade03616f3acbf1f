//! Opening the file: lock, pragmas, schema.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::{Options, StoreError, schema};

/// Bytes of a page: a page of scan ciphertext fills some dozens instead of hundreds.
const PAGE_BYTES: u64 = 16 * 1024;

/// Bytes of the log that are laid out ahead: an application with several pages.
const LAID_OUT_BYTES: usize = 1024 * 1024;

/// SQLite 3.7.0 to 3.51.2 can lose an acknowledged commit when a write meets a checkpoint.
const OLDEST_SQLITE: i32 = 3_051_003;

/// Opens and locks the file. The lock is a file of its own: SQLite's locks die with any descriptor of the database.
pub(super) fn open(path: &Path, options: Options) -> Result<(Connection, File), StoreError> {
    if rusqlite::version_number() < OLDEST_SQLITE {
        return Err(StoreError::SqliteTooOld(rusqlite::version()));
    }
    let lock = lock(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)
        .map_err(StoreError::sqlite("opening the store"))?;
    settle(&connection, options)?;
    schema::migrate(&mut connection)?;
    Ok((connection, lock))
}

fn lock(path: &Path) -> Result<File, StoreError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&name)
        .map_err(StoreError::file("locking the store"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse),
        Err(TryLockError::Error(error)) => Err(StoreError::file("locking the store")(error)),
    }
}

fn settle(connection: &Connection, options: Options) -> Result<(), StoreError> {
    let failed = StoreError::sqlite("setting the store up");
    let mode = pragmas(connection, options).map_err(failed)?;
    if mode == "wal" {
        Ok(())
    } else {
        Err(StoreError::NoWal(mode))
    }
}

fn pragmas(connection: &Connection, options: Options) -> rusqlite::Result<String> {
    connection.busy_timeout(Duration::from_secs(5))?;
    // These two only count before the first table is made.
    connection.pragma_update(None, "page_size", PAGE_BYTES as i64)?;
    connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    let mode = connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    // FULL: a commit is on the disk when it returns. NORMAL loses acknowledged commits in a power cut.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "secure_delete", "ON")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    // Checkpoints happen in `tidy`, never inside the commit a resident waits for.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    let pages = i64::try_from(options.max_bytes / PAGE_BYTES).unwrap_or(i64::MAX);
    connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?;
    Ok(mode)
}

/// Gives back the pages of deleted packets, empties the write-ahead log and lays it out anew with zeros.
///
/// The next commit then overwrites blocks that are there, so that its one `fsync` has no allocation to write down;
/// and no frame of a deleted packet is left. The counter written last takes the second `fsync` that the first commit
/// into an empty log needs.
pub(super) fn tidy(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let failed = || StoreError::sqlite("tidying the store");
    vacuum(connection).map_err(failed())?;
    let busy: bool = connection
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
        .map_err(failed())?;
    if !busy {
        lay_out(path).map_err(StoreError::file("tidying the store"))?;
    }
    connection
        .execute(
            "INSERT INTO counter (name, value) VALUES ('store.tidied', 1)
             ON CONFLICT (name) DO UPDATE SET value = value + 1",
            [],
        )
        .map_err(failed())?;
    Ok(())
}

fn vacuum(connection: &Connection) -> rusqlite::Result<()> {
    let mut vacuum = connection.prepare_cached("PRAGMA incremental_vacuum")?;
    let mut rows = vacuum.query([])?;
    while rows.next()?.is_some() {}
    Ok(())
}

/// Writes zeros over the place of the next frames. A log of zeros has no valid header: to SQLite it is an empty one,
/// also after a power cut at any byte of this.
fn lay_out(path: &Path) -> std::io::Result<()> {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let mut log = OpenOptions::new().write(true).open(log)?;
    if log.metadata()?.len() == 0 {
        log.write_all(&vec![0; LAID_OUT_BYTES])?;
        log.sync_data()?;
    }
    Ok(())
}
