//! Packets the city called not authentic: out of the way, visible, exportable, never deleted by a program.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use city_api::digest::Sha256;
use rusqlite::params;
use uuid::Uuid;

use super::{Store, StoreError};

/// A quarantined packet, as a technician sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantined {
    /// Its id.
    pub id: Uuid,
    /// The number the resident holds, `ABC2-3456-789K`.
    pub receipt: String,
    /// Key of the reason.
    pub reason: String,
}

impl Store {
    /// Takes a packet out of the sending order. It blocks nothing and stays.
    ///
    /// # Errors
    /// [`StoreError::NotThere`] when it is not in the outbox.
    pub fn quarantine(&self, id: Uuid, reason: &str) -> Result<(), StoreError> {
        let operation = "quarantining a packet";
        let changed = self
            .connection()
            .execute(
                "UPDATE outbox SET state = 'quarantined', last_error = ?2 WHERE id = ?1",
                params![id.as_bytes(), reason],
            )
            .map_err(StoreError::sqlite(operation))?;
        if changed == 0 {
            return Err(StoreError::NotThere { operation, id });
        }
        Ok(())
    }

    /// Every quarantined packet, oldest first.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn quarantined(&self) -> Result<Vec<Quarantined>, StoreError> {
        let connection = self.connection();
        let failed = || StoreError::sqlite("listing quarantined packets");
        let mut query = connection
            .prepare(
                "SELECT id, receipt, coalesce(last_error, '') FROM outbox
                 WHERE state = 'quarantined' ORDER BY sequence",
            )
            .map_err(failed())?;
        let rows = query
            .query_map([], |row| {
                Ok(Quarantined {
                    id: Uuid::from_bytes(row.get(0)?),
                    receipt: row.get(1)?,
                    reason: row.get(2)?,
                })
            })
            .map_err(failed())?;
        rows.collect::<Result<_, _>>().map_err(failed())
    }

    /// Writes a packet of the outbox into `folder`, still sealed: `ID.header.json`, `ID.signature`, and each part as
    /// `SHA256.age`. It stays in the outbox.
    ///
    /// # Errors
    /// [`StoreError::NotThere`] when it is not in the outbox, and what the file system reports.
    pub fn export(&self, id: Uuid, folder: &Path) -> Result<(), StoreError> {
        let operation = "exporting a packet";
        let (header, signature) = self.exact_header(operation, id)?;
        write(&folder.join(format!("{id}.header.json")), &header)?;
        write(&folder.join(format!("{id}.signature")), &signature)?;
        for sha256 in self.part_hashes(operation, id)? {
            let ciphertext = self.part(id, sha256, 0, usize::MAX)?;
            write(&folder.join(format!("{sha256}.age")), &ciphertext)?;
        }
        Ok(())
    }

    fn exact_header(
        &self,
        operation: &'static str,
        id: Uuid,
    ) -> Result<(Vec<u8>, Vec<u8>), StoreError> {
        self.connection()
            .query_row(
                "SELECT header, signature FROM outbox WHERE id = ?1",
                [id.as_bytes()],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .map_err(|error| match error {
                rusqlite::Error::QueryReturnedNoRows => StoreError::NotThere { operation, id },
                other => StoreError::sqlite(operation)(other),
            })
    }

    fn part_hashes(&self, operation: &'static str, id: Uuid) -> Result<Vec<Sha256>, StoreError> {
        let connection = self.connection();
        let mut query = connection
            .prepare(
                "SELECT sha256 FROM outbox JOIN outbox_part
                     ON number BETWEEN 64 * sequence AND 64 * sequence + 63
                 WHERE id = ?1 ORDER BY number",
            )
            .map_err(StoreError::sqlite(operation))?;
        let rows = query
            .query_map([id.as_bytes()], |row| row.get(0).map(Sha256::from_bytes))
            .map_err(StoreError::sqlite(operation))?;
        rows.collect::<Result<_, _>>()
            .map_err(StoreError::sqlite(operation))
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let written = fs::File::create(path).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.map_err(StoreError::file("exporting a packet"))
}
