//! The outbox: sealed packets from "submit" until the city's signed acknowledgement.

use city_api::acknowledgement::{Acknowledgement, SignedAcknowledgement};
use city_api::digest::Sha256;
use city_api::keys::{Signature, SigningPublic};
use city_api::numbers::ReceiptNumber;
use city_api::packet::{ChainHead, Header, SealError, Sealed};
use city_api::time::CityTime;
use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use uuid::Uuid;

use super::{Store, StoreError};

/// A packet that is on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filed {
    /// Its id.
    pub id: Uuid,
    /// The number the resident holds.
    pub receipt: ReceiptNumber,
    /// Its number in the kiosk's chain.
    pub sequence: u64,
    /// SHA-256 of its header.
    pub header_sha256: Sha256,
}

/// A packet that waits to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Exact bytes of the header.
    pub header: Vec<u8>,
    /// The kiosk's signature over them.
    pub signature: Signature,
    /// The header, read.
    pub fields: Header,
    /// Attempts so far.
    pub attempts: u32,
    /// Key of the last error; None before the first.
    pub last_error: Option<String>,
}

/// The outbox in numbers, for heartbeat and technician.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OutboxState {
    /// Packets that wait.
    pub waiting: u32,
    /// When the oldest of them was filed; None when none waits.
    pub oldest: Option<CityTime>,
    /// Packets the city refused.
    pub quarantined: u32,
}

impl Store {
    /// Files a packet: draws its place in the chain, lets `sign` finish it, commits header, parts and chain in one
    /// transaction. When this returns, the packet survives a power cut.
    ///
    /// `sign` runs under the store's lock: seal the parts before ([`city_api::packet::Draft::seal`]).
    ///
    /// # Errors
    /// [`StoreError::DiskFull`], [`StoreError::AlreadyFiled`] for a second submission of one application, and the
    /// others; then nothing is stored and the chain stands where it stood.
    pub fn file(
        &self,
        sign: impl FnOnce(ChainHead) -> Result<Sealed, SealError>,
    ) -> Result<Filed, StoreError> {
        self.change("filing a packet", |transaction| file_in(transaction, sign))
    }

    /// Where the chain stands.
    #[cfg(test)]
    pub(super) fn chain_head(&self) -> Result<ChainHead, StoreError> {
        self.change("reading the chain", chain_head)
    }

    /// Packets that wait to be sent, oldest first, at most `limit`; without their parts.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when a header cannot be read back, and what SQLite reports.
    pub fn pending(&self, limit: u32) -> Result<Vec<Pending>, StoreError> {
        let connection = self.connection();
        let failed = || StoreError::sqlite("reading the outbox");
        let mut query = connection
            .prepare_cached(
                "SELECT header, signature, attempts, last_error FROM outbox
                 WHERE state = 'waiting' ORDER BY sequence LIMIT ?1",
            )
            .map_err(failed())?;
        let rows = query
            .query_map([limit], pending_columns)
            .map_err(failed())?;
        rows.map(|row| pending(row.map_err(failed())?)).collect()
    }

    /// Bytes `from` to at most `from + most` of a sealed part; empty at its end.
    ///
    /// # Errors
    /// [`StoreError::NotThere`] when the packet left the outbox.
    pub fn part(
        &self,
        id: Uuid,
        sha256: Sha256,
        from: u64,
        most: usize,
    ) -> Result<Vec<u8>, StoreError> {
        let operation = "reading a sealed part";
        let connection = self.connection();
        let row: Option<i64> = connection
            .query_row(
                "SELECT number FROM outbox JOIN outbox_part
                     ON number BETWEEN 64 * sequence AND 64 * sequence + 63
                 WHERE id = ?1 AND sha256 = ?2",
                params![id.as_bytes(), sha256.as_bytes()],
                |row| row.get(0),
            )
            .optional()
            .map_err(StoreError::sqlite(operation))?;
        let row = row.ok_or(StoreError::NotThere { operation, id })?;
        let blob = connection
            .blob_open("main", "outbox_part", "ciphertext", row, true)
            .map_err(StoreError::sqlite(operation))?;
        let from = usize::try_from(from).unwrap_or(usize::MAX).min(blob.len());
        let mut bytes = vec![0; most.min(blob.len() - from)];
        blob.read_at_exact(&mut bytes, from)
            .map_err(StoreError::sqlite(operation))?;
        Ok(bytes)
    }

    /// Checks the city's acknowledgement, stores it and deletes the sealed packet, in one transaction. A repeat of an
    /// acknowledgement stored before is harmless.
    ///
    /// # Errors
    /// [`StoreError::Acknowledgement`] when `city` did not sign it or it confirms another packet; the packet stays.
    pub fn acknowledge(
        &self,
        id: Uuid,
        signed: &SignedAcknowledgement,
        city: &SigningPublic,
        now: CityTime,
    ) -> Result<Acknowledgement, StoreError> {
        let operation = "storing an acknowledgement";
        let read = signed.verify(city)?;
        self.change(operation, |transaction| {
            let Some((header, receipt)) = header_of(transaction, id)? else {
                return repeated(transaction, id, read).map_err(|error| match error {
                    None => StoreError::NotThere { operation, id },
                    Some(error) => error,
                });
            };
            read.confirms(id, Sha256::of(&header))?;
            remember(transaction, id, &receipt, signed, now)
                .map_err(StoreError::sqlite(operation))?;
            Ok(read)
        })
    }

    /// Notes a failed attempt by the key of its error.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn note_attempt(&self, id: Uuid, error: &str) -> Result<(), StoreError> {
        self.connection()
            .execute(
                "UPDATE outbox SET attempts = attempts + 1, last_error = ?2 WHERE id = ?1",
                params![id.as_bytes(), error],
            )
            .map_err(StoreError::sqlite("noting an attempt to send"))?;
        Ok(())
    }

    /// What the city confirmed for a receipt number, oldest first: one number may stand for several packets.
    #[cfg(test)]
    pub(crate) fn acknowledged(&self, receipt: ReceiptNumber) -> Vec<Acknowledgement> {
        let connection = self.connection();
        let mut query = connection
            .prepare("SELECT bytes FROM acknowledged WHERE receipt = ?1 ORDER BY rowid")
            .unwrap();
        let rows = query
            .query_map([receipt.to_string()], |row| row.get::<_, Vec<u8>>(0))
            .unwrap();
        rows.map(|row| serde_json::from_slice(&row.unwrap()).unwrap())
            .collect()
    }

    /// The outbox in numbers.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn outbox_state(&self) -> Result<OutboxState, StoreError> {
        self.connection()
            .query_row(
                "SELECT count(*) FILTER (WHERE state = 'waiting'),
                        min(filed) FILTER (WHERE state = 'waiting'),
                        count(*) FILTER (WHERE state = 'quarantined') FROM outbox",
                [],
                |row| {
                    let oldest: Option<i64> = row.get(1)?;
                    Ok(OutboxState {
                        waiting: row.get(0)?,
                        oldest: oldest.and_then(moment),
                        quarantined: row.get(2)?,
                    })
                },
            )
            .map_err(StoreError::sqlite("counting the outbox"))
    }

    /// Forgets acknowledgements stored before `before`; the resident has the numbers on the slip.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn forget_acknowledged(&self, before: CityTime) -> Result<usize, StoreError> {
        self.connection()
            .execute(
                "DELETE FROM acknowledged WHERE stored < ?1",
                [before.timestamp().as_second()],
            )
            .map_err(StoreError::sqlite("forgetting acknowledgements"))
    }
}

/// Files a packet as a part of a transaction.
pub(super) fn file_in(
    transaction: &Transaction<'_>,
    sign: impl FnOnce(ChainHead) -> Result<Sealed, SealError>,
) -> Result<Filed, StoreError> {
    let head = chain_head(transaction)?;
    let sealed = sign(head)?;
    if (sealed.fields.sequence, sealed.fields.previous) != (head.sequence, head.previous) {
        return Err(StoreError::Chain);
    }
    refuse_second(transaction, sealed.fields.id)?;
    insert(transaction, &sealed).map_err(StoreError::sqlite("filing a packet"))?;
    Ok(Filed {
        id: sealed.fields.id,
        receipt: sealed.fields.receipt,
        sequence: sealed.fields.sequence,
        header_sha256: sealed.header_sha256(),
    })
}

fn moment(seconds: i64) -> Option<CityTime> {
    Some(CityTime::new(jiff::Timestamp::from_second(seconds).ok()?))
}

fn chain_head(transaction: &Transaction<'_>) -> Result<ChainHead, StoreError> {
    let head = |row: &Row<'_>| {
        let sequence: i64 = row.get(0)?;
        let previous: Option<[u8; 32]> = row.get(1)?;
        Ok(ChainHead {
            sequence: sequence.unsigned_abs(),
            previous: previous.map(Sha256::from_bytes),
        })
    };
    transaction
        .prepare_cached("SELECT sequence, previous FROM chain")
        .and_then(|mut query| query.query_row([], head))
        .map_err(StoreError::sqlite("reading the chain"))
}

fn refuse_second(transaction: &Transaction<'_>, id: Uuid) -> Result<(), StoreError> {
    let known: bool = transaction
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM outbox WHERE id = ?1)
                 OR EXISTS (SELECT 1 FROM acknowledged WHERE id = ?1)",
        )
        .and_then(|mut query| query.query_row([id.as_bytes()], |row| row.get(0)))
        .map_err(StoreError::sqlite("filing a packet"))?;
    if known {
        return Err(StoreError::AlreadyFiled(id));
    }
    Ok(())
}

fn insert(transaction: &Transaction<'_>, sealed: &Sealed) -> rusqlite::Result<()> {
    let fields = &sealed.fields;
    transaction
        .prepare_cached(
            "INSERT INTO outbox (id, sequence, receipt, header, signature, filed)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            fields.id.as_bytes(),
            fields.sequence as i64,
            fields.receipt.to_string(),
            sealed.header,
            sealed.signature.as_bytes(),
            fields.time.timestamp().as_second(),
        ])?;
    let mut part_row = transaction.prepare_cached(
        "INSERT INTO outbox_part (number, sha256, ciphertext) VALUES (?1, ?2, ?3)",
    )?;
    for (number, part) in (64 * fields.sequence as i64..).zip(&sealed.parts) {
        part_row.execute(params![number, part.sha256.as_bytes(), part.ciphertext,])?;
    }
    transaction
        .prepare_cached("UPDATE chain SET sequence = ?1, previous = ?2")?
        .execute(params![
            fields.sequence as i64 + 1,
            sealed.header_sha256().as_bytes(),
        ])?;
    Ok(())
}

type PendingColumns = (Vec<u8>, Vec<u8>, u32, Option<String>);

fn pending_columns(row: &Row<'_>) -> rusqlite::Result<PendingColumns> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
}

fn pending(
    (header, signature, attempts, last_error): PendingColumns,
) -> Result<Pending, StoreError> {
    let fields = Header::parse(&header).map_err(|_| StoreError::Damaged("a packet header"))?;
    let signature =
        Signature::from_slice(&signature).map_err(|_| StoreError::Damaged("a packet signature"))?;
    Ok(Pending {
        header,
        signature,
        fields,
        attempts,
        last_error,
    })
}

fn header_of(
    transaction: &Transaction<'_>,
    id: Uuid,
) -> Result<Option<(Vec<u8>, String)>, StoreError> {
    transaction
        .query_row(
            "SELECT header, receipt FROM outbox WHERE id = ?1",
            [id.as_bytes()],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()
        .map_err(StoreError::sqlite("storing an acknowledgement"))
}

/// The acknowledgement of a packet that left the outbox before: the same answer again, or none.
fn repeated(
    transaction: &Transaction<'_>,
    id: Uuid,
    read: Acknowledgement,
) -> Result<Acknowledgement, Option<StoreError>> {
    let known: Option<Vec<u8>> = transaction
        .query_row(
            "SELECT bytes FROM acknowledged WHERE id = ?1",
            [id.as_bytes()],
            |row| row.get(0),
        )
        .optional()
        .map_err(StoreError::sqlite("storing an acknowledgement"))
        .map_err(Some)?;
    let known: Acknowledgement = serde_json::from_slice(&known.ok_or(None)?)
        .map_err(|_| Some(StoreError::Damaged("an acknowledgement")))?;
    read.confirms(id, known.header_sha256)
        .map_err(|error| Some(error.into()))?;
    Ok(read)
}

fn remember(
    transaction: &Transaction<'_>,
    id: Uuid,
    receipt: &str,
    signed: &SignedAcknowledgement,
    now: CityTime,
) -> rusqlite::Result<()> {
    transaction.execute(
        "INSERT INTO acknowledged (id, receipt, bytes, signature, stored) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            id.as_bytes(),
            receipt,
            signed.bytes,
            signed.signature.as_bytes(),
            now.timestamp().as_second(),
        ],
    )?;
    let sequence: i64 = transaction.query_row(
        "DELETE FROM outbox WHERE id = ?1 RETURNING sequence",
        [id.as_bytes()],
        |row| row.get(0),
    )?;
    transaction.execute(
        "DELETE FROM outbox_part WHERE number BETWEEN 64 * ?1 AND 64 * ?1 + 63",
        [sequence],
    )?;
    Ok(())
}
