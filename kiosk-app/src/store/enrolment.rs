//! Settings: what enrolment gave this kiosk, and the last good catalogue bundle.

use city_api::bundle::{Bundle, SignedBundle};
use city_api::increment::{BadIncrement, Increment};
use city_api::keys::CityKeys;
use city_api::numbers::KioskId;
use kiosk_drivers::id_card::SamId;
use rusqlite::{Connection, OptionalExtension as _, params};
use serde::{Deserialize, Serialize};

use super::event_heads::begin_story;
use super::{Store, StoreError};

const ENROLMENT: &str = "enrolment";
const BUNDLE: &str = "bundle";

/// What this kiosk is, from the moment the technician typed the one-time code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Enrolment {
    /// Its name in receipt numbers and packets.
    pub kiosk: KioskId,
    /// Id of its station.
    pub station: String,
    /// The city's public keys; renewed by every catalogue bundle.
    pub city_keys: CityKeys,
    /// Security module of the id-card reader, pinned; None for a kiosk without a reader. Another one blocks filing.
    pub sam_id: Option<String>,
    /// Certificate authority of the city's TLS; None when a public one signs it.
    pub ca_pem: Option<String>,
}

impl Enrolment {
    /// The number of the pinned module; None without one, or when what was stored is no such number.
    #[must_use]
    pub fn module(&self) -> Option<SamId> {
        self.sam_id.as_deref()?.parse().ok()
    }
}

impl Store {
    /// What enrolment gave; None before.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when it cannot be read back, and what SQLite reports.
    pub fn enrolment(&self) -> Result<Option<Enrolment>, StoreError> {
        let stored = get(&self.connection(), ENROLMENT)?;
        stored.map(|bytes| read_enrolment(&bytes)).transpose()
    }

    /// Stores what enrolment gave, in place of what was there. The catalogue goes: another city counts its versions
    /// anew, and has another event chain. Numbers of the queue go too: they were another kiosk's or station's.
    ///
    /// # Errors
    /// What SQLite reports.
    pub fn enrol(&self, enrolment: &Enrolment) -> Result<(), StoreError> {
        let operation = "storing the enrolment";
        self.change(operation, |transaction| {
            transaction
                .execute("DELETE FROM setting WHERE name = ?1", [BUNDLE])
                .and_then(|_| transaction.execute("DELETE FROM ticket_range", []))
                .and_then(|_| begin_story(transaction))
                .map_err(StoreError::sqlite(operation))?;
            put_enrolment(transaction, enrolment)
        })
    }

    /// The last good catalogue bundle; None before the first. It was verified when it was stored.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when it cannot be read back, and what SQLite reports.
    pub fn bundle(&self) -> Result<Option<Bundle>, StoreError> {
        let stored = get(&self.connection(), BUNDLE)?;
        stored
            .map(|bytes| serde_json::from_slice(&bytes))
            .transpose()
            .map_err(|_| StoreError::Damaged("the catalogue bundle"))
    }

    /// Checks a bundle against the enrolled signing key and the version known; stores nothing.
    ///
    /// # Errors
    /// As [`Store::save_bundle`].
    pub fn verify_bundle(&self, signed: &SignedBundle) -> Result<Bundle, StoreError> {
        let operation = "checking a catalogue bundle";
        let known = self.bundle()?.map(|bundle| bundle.version);
        let enrolment = self.enrolment()?;
        let enrolment = enrolment.ok_or(StoreError::NotEnrolled { operation })?;
        Ok(signed.verify(&enrolment.city_keys.signing, known)?)
    }

    /// The bundle that an increment leads to from the one stored, checked; stores nothing.
    ///
    /// # Errors
    /// [`StoreError::Increment`] when it leads to none of the city's. [`StoreError::NotEnrolled`].
    pub fn apply_increment(&self, increment: Increment) -> Result<SignedBundle, StoreError> {
        let operation = "applying an increment to the catalogue";
        let held = self.bundle()?.ok_or(BadIncrement::NoFit)?;
        let enrolment = self.enrolment()?;
        let enrolment = enrolment.ok_or(StoreError::NotEnrolled { operation })?;
        let (signed, _) = increment.apply(&held, &enrolment.city_keys.signing)?;
        Ok(signed)
    }

    /// Checks a bundle against the enrolled signing key and the version known, and stores it with the city's keys it
    /// carries, in one transaction. What is in it must have been found usable before ([`Store::verify_bundle`]).
    ///
    /// # Errors
    /// [`StoreError::Bundle`] when it is forged or older; the last good one stays. [`StoreError::NotEnrolled`].
    pub fn save_bundle(&self, signed: &SignedBundle) -> Result<Bundle, StoreError> {
        let operation = "storing a catalogue bundle";
        let known = self.bundle()?.map(|bundle| bundle.version);
        self.change(operation, |transaction| {
            let stored = get(transaction, ENROLMENT)?;
            let stored = stored.ok_or(StoreError::NotEnrolled { operation })?;
            let mut enrolment = read_enrolment(&stored)?;
            let bundle = signed.verify(&enrolment.city_keys.signing, known)?;
            enrolment.city_keys = bundle.city_keys.clone();
            put_enrolment(transaction, &enrolment)?;
            put(transaction, BUNDLE, &signed.bytes)?;
            Ok(bundle)
        })
    }
}

fn read_enrolment(bytes: &[u8]) -> Result<Enrolment, StoreError> {
    serde_json::from_slice(bytes).map_err(|_| StoreError::Damaged("the enrolment"))
}

fn put_enrolment(connection: &Connection, enrolment: &Enrolment) -> Result<(), StoreError> {
    let bytes = serde_json::to_vec(enrolment).map_err(|_| StoreError::Damaged("the enrolment"))?;
    put(connection, ENROLMENT, &bytes)
}

fn get(connection: &Connection, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    connection
        .query_row("SELECT value FROM setting WHERE name = ?1", [name], |row| {
            row.get(0)
        })
        .optional()
        .map_err(StoreError::sqlite("reading a setting"))
}

fn put(connection: &Connection, name: &str, value: &[u8]) -> Result<(), StoreError> {
    connection
        .execute(
            "INSERT INTO setting (name, value) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            params![name, value],
        )
        .map_err(StoreError::sqlite("storing a setting"))?;
    Ok(())
}
