//! Enrolment and heartbeats of kiosks.

use jiff::Timestamp;
use uuid::Uuid;

use city_api::numbers::KioskId;

use super::{Event, events};
use crate::store::tx::Tx;
use crate::store::value::{Row, damaged, values};
use crate::store::{Store, Stored};

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
    /// When its enrolment was revoked; None while it holds.
    pub revoked: Option<Timestamp>,
}

/// What the city keeps of a kiosk's enrolment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EnrolledRow {
    /// The kiosk.
    pub kiosk: KioskRow,
    /// When it was enrolled.
    pub enrolled: Timestamp,
    /// Serial number and end of the newest client certificate; None before the first.
    pub certificate: Option<(String, Timestamp)>,
    /// Who revoked the enrolment and why; None while it holds, and for what was revoked before this was kept.
    pub revocation: Option<(String, String)>,
}

impl Store {
    /// Keeps the hash of a one-time code for a station until `expires`.
    pub(crate) async fn add_enrol_code(
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

    /// Uses up a one-time code and enrols the kiosk; None when the code is used, over or unknown.
    pub(crate) async fn enrol(
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

    /// The kiosk of this id.
    pub(crate) async fn kiosk(&self, id: String) -> Stored<Option<KioskRow>> {
        self.read("reading a kiosk", move |tx| one(tx, &id)).await
    }

    /// The desk of a station: what its windows file as. Made with the city's own key when there is none.
    pub(crate) async fn desk(
        &self,
        station: String,
        public_key: [u8; 32],
        now: Timestamp,
    ) -> Stored<KioskRow> {
        let of = station.clone();
        let known = self.read("reading a desk", move |tx| desk(tx, &of)).await?;
        if let Some(known) = known {
            return Ok(known);
        }
        self.write("making a desk", move |tx| {
            tx.lock(&format!("desk of {station}"))?;
            match desk(tx, &station)? {
                Some(known) => Ok(known),
                None => add(tx, DESK, (public_key, String::new()), station, now),
            }
        })
        .await
    }

    /// All kiosks by id.
    pub(crate) async fn kiosks(&self) -> Stored<Vec<KioskRow>> {
        self.read("reading the kiosks", all).await
    }

    /// Enrolments after an id, revoked ones too, by id, at most `most`.
    pub(crate) async fn enrolled(&self, after: String, most: u32) -> Stored<Vec<EnrolledRow>> {
        self.read("reading enrolments", move |tx| enrolled(tx, &after, most))
            .await
    }

    /// Keeps which client certificate a kiosk was given last.
    pub(crate) async fn certified(
        &self,
        kiosk: String,
        serial: String,
        ends: Timestamp,
    ) -> Stored<()> {
        self.write("keeping a certificate's number", move |tx| {
            tx.execute(
                "UPDATE kiosk SET certificate = ?2, certificate_ends = ?3 WHERE id = ?1",
                values![&kiosk, &serial, ends],
            )?;
            Ok(())
        })
        .await
    }

    /// Revokes the enrolment of a kiosk for a reason; who did it and when says the event that is noted with it. False
    /// when there is no enrolled kiosk of this id.
    pub(crate) async fn revoke_kiosk(&self, id: String, why: String, event: Event) -> Stored<bool> {
        self.write("revoking a kiosk", move |tx| revoke(tx, &id, &why, &event))
            .await
    }

    /// Keeps the latest heartbeat of a kiosk.
    pub(crate) async fn heartbeat(&self, kiosk: String, at: Timestamp, body: String) -> Stored<()> {
        self.write("keeping a heartbeat", move |tx| {
            heartbeat(tx, &kiosk, at, &body)
        })
        .await
    }
}

const COLUMNS: &str = "id, public_key, sam_id, station, heartbeat_at, heartbeat, revoked";

pub(super) fn add_code(
    tx: &mut dyn Tx,
    code: [u8; 32],
    station: &str,
    expires: Timestamp,
) -> Stored<()> {
    tx.execute(
        "INSERT INTO enrol_code (code, station, expires) VALUES (?1, ?2, ?3)",
        values![code, station, expires],
    )?;
    Ok(())
}

pub(super) fn enrol(
    tx: &mut dyn Tx,
    code: [u8; 32],
    public_key: [u8; 32],
    sam_id: String,
    now: Timestamp,
) -> Stored<Option<KioskRow>> {
    let used = tx.row(
        "UPDATE enrol_code SET used = ?2 WHERE code = ?1 AND used IS NULL AND expires > ?2 RETURNING station",
        values![code, now],
    )?;
    let Some(used) = used else {
        return Ok(None);
    };
    let station: String = used.get("station")?;
    add(tx, KIOSK, (public_key, sam_id), station, now).map(Some)
}

/// A machine with a person before it.
const KIOSK: &str = "kiosk";
/// The windows of a station together.
const DESK: &str = "desk";

fn add(
    tx: &mut dyn Tx,
    kind: &str,
    (public_key, sam_id): ([u8; 32], String),
    station: String,
    now: Timestamp,
) -> Stored<KioskRow> {
    let id = free_id(tx)?;
    tx.execute(
        "INSERT INTO kiosk (id, public_key, sam_id, station, enrolled, kind) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        values![&id, public_key, &sam_id, &station, now, kind],
    )?;
    Ok(KioskRow {
        id,
        public_key,
        sam_id,
        station,
        heartbeat: None,
        revoked: None,
    })
}

fn desk(tx: &mut dyn Tx, station: &str) -> Stored<Option<KioskRow>> {
    let sql = format!("SELECT {COLUMNS} FROM kiosk WHERE kind = ?1 AND station = ?2");
    let found = tx.row(&sql, values![DESK, station])?;
    found.as_ref().map(read).transpose()
}

/// Names begin at `A22`: one that begins with a letter is read as a name, not as a number.
const FIRST_INDEX: u64 = 8 * 32 * 32;

/// The next id that no kiosk has: counted, not drawn by lot, so that two never collide.
fn free_id(tx: &mut dyn Tx) -> Stored<String> {
    let index = FIRST_INDEX + tx.draw("kiosk")? - 1;
    u16::try_from(index)
        .ok()
        .and_then(KioskId::from_index)
        .map(|id| id.to_string())
        .ok_or_else(|| damaged("the counter of kiosks: all ids of three characters are used"))
}

fn one(tx: &mut dyn Tx, id: &str) -> Stored<Option<KioskRow>> {
    let found = tx.row(
        &format!("SELECT {COLUMNS} FROM kiosk WHERE id = ?1"),
        values![id],
    )?;
    found.as_ref().map(read).transpose()
}

/// A kiosk, and whether a packet of this id was accepted; None when there is no such kiosk.
pub(super) fn filing(tx: &mut dyn Tx, id: &str, packet: Uuid) -> Stored<Option<(KioskRow, bool)>> {
    let sql = format!(
        "SELECT {COLUMNS}, EXISTS (SELECT 1 FROM packet WHERE packet.id = ?2) AS known
         FROM kiosk WHERE id = ?1"
    );
    let found = tx.row(&sql, values![id, packet])?;
    found
        .map(|row| Ok((read(&row)?, row.get("known")?)))
        .transpose()
}

pub(super) fn all(tx: &mut dyn Tx) -> Stored<Vec<KioskRow>> {
    let sql = format!("SELECT {COLUMNS} FROM kiosk WHERE kind = ?1 ORDER BY id");
    let rows = tx.rows(&sql, values![KIOSK])?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Stored<KioskRow> {
    let at: Option<Timestamp> = row.get("heartbeat_at")?;
    Ok(KioskRow {
        id: row.get("id")?,
        public_key: row.get("public_key")?,
        sam_id: row.get("sam_id")?,
        station: row.get("station")?,
        heartbeat: at.zip(row.get("heartbeat")?),
        revoked: row.get("revoked")?,
    })
}

fn enrolled(tx: &mut dyn Tx, after: &str, most: u32) -> Stored<Vec<EnrolledRow>> {
    let sql = format!(
        "SELECT {COLUMNS}, enrolled, certificate, certificate_ends, revoked_by, revoked_why
         FROM kiosk WHERE kind = ?1 AND id > ?2 ORDER BY id LIMIT ?3"
    );
    let rows = tx.rows(&sql, values![KIOSK, after, most])?;
    let read = |row: &Row| {
        let serial: Option<String> = row.get("certificate")?;
        let by: Option<String> = row.get("revoked_by")?;
        Ok(EnrolledRow {
            kiosk: read(row)?,
            enrolled: row.get("enrolled")?,
            certificate: serial.zip(row.get("certificate_ends")?),
            revocation: by.zip(row.get("revoked_why")?),
        })
    };
    rows.iter().map(read).collect()
}

pub(super) fn heartbeat(tx: &mut dyn Tx, kiosk: &str, at: Timestamp, body: &str) -> Stored<()> {
    tx.execute(
        "UPDATE kiosk SET heartbeat_at = ?2, heartbeat = ?3 WHERE id = ?1",
        values![kiosk, at, body],
    )?;
    Ok(())
}

fn revoke(tx: &mut dyn Tx, id: &str, why: &str, event: &Event) -> Stored<bool> {
    let revoked = tx.row(
        "UPDATE kiosk SET revoked = ?2, revoked_by = ?4, revoked_why = ?5
         WHERE id = ?1 AND kind = ?3 AND revoked IS NULL RETURNING id",
        values![id, event.at, KIOSK, &event.actor, why],
    )?;
    if revoked.is_some() {
        events::note(tx, None, event)?;
    }
    Ok(revoked.is_some())
}
