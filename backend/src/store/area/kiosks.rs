//! Enrolment and heartbeats of kiosks.

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Row, Transaction, params};

use city_api::numbers::KioskId;

use super::packets;
use crate::store::Stored;
use crate::store::sqlite::Sqlite;
use crate::store::sqlite::values::{collect, damaged, first, maybe_instant, millis};

/// Kiosks.
#[async_trait]
pub(crate) trait Kiosks {
    /// Keeps the hash of a one-time code for a station until `expires`.
    async fn add_enrol_code(
        &self,
        code: [u8; 32],
        station: String,
        expires: Timestamp,
    ) -> Stored<()>;

    /// Uses up a one-time code and enrols the kiosk; None when the code is used, over or unknown.
    async fn enrol(
        &self,
        code: [u8; 32],
        public_key: [u8; 32],
        sam_id: String,
        now: Timestamp,
    ) -> Stored<Option<KioskRow>>;

    /// The kiosk of this id.
    async fn kiosk(&self, id: String) -> Stored<Option<KioskRow>>;

    /// All kiosks by id.
    async fn kiosks(&self) -> Stored<Vec<KioskRow>>;

    /// Keeps the latest heartbeat of a kiosk.
    async fn heartbeat(&self, kiosk: String, at: Timestamp, body: String) -> Stored<()>;
}

/// An enrolled kiosk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KioskRow {
    /// Three characters.
    pub id: String,
    /// Ed25519 key.
    pub public_key: [u8; 32],
    /// Pinned security module of its reader.
    pub sam_id: String,
    /// Station it stands at.
    pub station: String,
    /// Last heartbeat: when, and its JSON. None before the first.
    pub heartbeat: Option<(Timestamp, String)>,
}

#[async_trait]
impl Kiosks for Sqlite {
    async fn add_enrol_code(
        &self,
        code: [u8; 32],
        station: String,
        expires: Timestamp,
    ) -> Stored<()> {
        self.write("keeping an enrolment code", move |tx| {
            add_code(tx, code, &station, expires)
        })
        .await
    }

    async fn enrol(
        &self,
        code: [u8; 32],
        public_key: [u8; 32],
        sam_id: String,
        now: Timestamp,
    ) -> Stored<Option<KioskRow>> {
        self.write("enrolling a kiosk", move |tx| {
            enrol(tx, code, public_key, sam_id, now)
        })
        .await
    }

    async fn kiosk(&self, id: String) -> Stored<Option<KioskRow>> {
        self.read("reading a kiosk", move |tx| one(tx, &id)).await
    }

    async fn kiosks(&self) -> Stored<Vec<KioskRow>> {
        self.read("reading the kiosks", all).await
    }

    async fn heartbeat(&self, kiosk: String, at: Timestamp, body: String) -> Stored<()> {
        self.write("keeping a heartbeat", move |tx| {
            heartbeat(tx, &kiosk, at, &body)
        })
        .await
    }
}

const SELECT: &str = "SELECT id, public_key, sam_id, station, heartbeat_at, heartbeat FROM kiosk";

pub(super) fn add_code(
    tx: &Transaction<'_>,
    code: [u8; 32],
    station: &str,
    expires: Timestamp,
) -> Stored<()> {
    tx.execute(
        "INSERT INTO enrol_code (code, station, expires) VALUES (?1, ?2, ?3)",
        params![code, station, millis(expires)],
    )?;
    Ok(())
}

pub(super) fn enrol(
    tx: &Transaction<'_>,
    code: [u8; 32],
    public_key: [u8; 32],
    sam_id: String,
    now: Timestamp,
) -> Stored<Option<KioskRow>> {
    let station: Option<String> = tx
        .query_row(
            "UPDATE enrol_code SET used = ?2 WHERE code = ?1 AND used IS NULL AND expires > ?2 RETURNING station",
            params![code, millis(now)],
            |row| row.get(0),
        )
        .optional()?;
    let Some(station) = station else {
        return Ok(None);
    };
    let id = free_id(tx)?;
    tx.execute(
        "INSERT INTO kiosk (id, public_key, sam_id, station, enrolled) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![id, public_key, sam_id, station, millis(now)],
    )?;
    Ok(Some(KioskRow {
        id,
        public_key,
        sam_id,
        station,
        heartbeat: None,
    }))
}

/// Names begin at `A22`: one that begins with a letter is read as a name, not as a number.
const FIRST_INDEX: u64 = 8 * 32 * 32;

/// The next id that no kiosk has: counted, not drawn by lot, so that two never collide.
fn free_id(tx: &Transaction<'_>) -> Stored<String> {
    let index = FIRST_INDEX + packets::draw(tx, "kiosk")? - 1;
    u16::try_from(index)
        .ok()
        .and_then(KioskId::from_index)
        .map(|id| id.to_string())
        .ok_or_else(|| damaged("the counter of kiosks: all ids of three characters are used"))
}

pub(super) fn one(tx: &Transaction<'_>, id: &str) -> Stored<Option<KioskRow>> {
    first(
        &mut tx.prepare_cached(&format!("{SELECT} WHERE id = ?1"))?,
        [id],
        read,
    )
}

pub(super) fn all(tx: &Transaction<'_>) -> Stored<Vec<KioskRow>> {
    collect(
        &mut tx.prepare_cached(&format!("{SELECT} ORDER BY id"))?,
        [],
        read,
    )
}

fn read(row: &Row<'_>) -> Stored<KioskRow> {
    let heartbeat =
        maybe_instant(row, "heartbeat_at")?.zip(row.get::<_, Option<String>>("heartbeat")?);
    Ok(KioskRow {
        id: row.get("id")?,
        public_key: row.get("public_key")?,
        sam_id: row.get("sam_id")?,
        station: row.get("station")?,
        heartbeat,
    })
}

pub(super) fn heartbeat(
    tx: &Transaction<'_>,
    kiosk: &str,
    at: Timestamp,
    body: &str,
) -> Stored<()> {
    tx.execute(
        "UPDATE kiosk SET heartbeat_at = ?2, heartbeat = ?3 WHERE id = ?1",
        params![kiosk, millis(at), body],
    )?;
    Ok(())
}
