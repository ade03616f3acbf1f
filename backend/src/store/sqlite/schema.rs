//! The schema, version by version. A released version is never edited; a change is a further entry.

use rusqlite::{Connection, TransactionBehavior};

use crate::store::{StoreError, Stored};

/// Every version's statements; `user_version` counts those applied.
const VERSIONS: &[&str] = &[VERSION_1, VERSION_2];

const VERSION_1: &str = "
CREATE TABLE enrol_code (
    code BLOB PRIMARY KEY,
    station TEXT NOT NULL,
    expires INTEGER NOT NULL,
    used INTEGER
) STRICT;
CREATE TABLE kiosk (
    id TEXT PRIMARY KEY,
    public_key BLOB NOT NULL,
    sam_id TEXT NOT NULL,
    station TEXT NOT NULL,
    enrolled INTEGER NOT NULL,
    heartbeat_at INTEGER,
    heartbeat TEXT
) STRICT;
CREATE TABLE item (
    code TEXT NOT NULL,
    version INTEGER NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (code, version)
) STRICT;
CREATE TABLE bundle (
    version INTEGER PRIMARY KEY,
    content BLOB NOT NULL,
    issued INTEGER NOT NULL
) STRICT;
CREATE TABLE packet (
    id TEXT PRIMARY KEY,
    header_hash BLOB NOT NULL,
    header BLOB NOT NULL,
    signature BLOB NOT NULL,
    kiosk TEXT NOT NULL REFERENCES kiosk (id),
    sequence INTEGER NOT NULL,
    case_id TEXT,
    received INTEGER NOT NULL,
    acknowledgement BLOB NOT NULL,
    acknowledgement_signature BLOB NOT NULL
) STRICT;
CREATE INDEX packet_chain ON packet (kiosk, sequence);
CREATE TABLE counter (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT;
CREATE TABLE case_file (
    id TEXT PRIMARY KEY,
    filing_number TEXT NOT NULL UNIQUE,
    case_number TEXT UNIQUE,
    receipt TEXT NOT NULL,
    person BLOB,
    level TEXT NOT NULL,
    item TEXT,
    state TEXT NOT NULL,
    received INTEGER NOT NULL,
    act_at INTEGER,
    data_key BLOB NOT NULL,
    record BLOB NOT NULL
) STRICT;
CREATE INDEX case_receipt ON case_file (receipt);
CREATE INDEX case_person ON case_file (person, received);
CREATE INDEX case_act ON case_file (act_at) WHERE act_at IS NOT NULL;
CREATE TABLE task (
    case_id TEXT NOT NULL REFERENCES case_file (id),
    number TEXT NOT NULL,
    step INTEGER NOT NULL,
    body TEXT NOT NULL,
    role TEXT,
    state TEXT NOT NULL,
    opened INTEGER,
    due TEXT,
    PRIMARY KEY (case_id, number)
) STRICT;
CREATE INDEX task_open ON task (body, role, due) WHERE state = 'open';
CREATE TABLE result (
    id TEXT PRIMARY KEY,
    case_id TEXT NOT NULL UNIQUE REFERENCES case_file (id),
    number TEXT NOT NULL UNIQUE,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    issuer TEXT NOT NULL,
    issued TEXT NOT NULL,
    kiosk_print INTEGER NOT NULL,
    blob TEXT NOT NULL
) STRICT;
CREATE TABLE officer (
    token BLOB PRIMARY KEY,
    person TEXT NOT NULL,
    body TEXT NOT NULL,
    role TEXT NOT NULL
) STRICT;
CREATE TABLE visit_grant (
    token BLOB PRIMARY KEY,
    kiosk TEXT NOT NULL,
    person BLOB NOT NULL,
    level TEXT NOT NULL,
    number BLOB NOT NULL,
    expires INTEGER NOT NULL
) STRICT;
CREATE INDEX visit_grant_expires ON visit_grant (expires);
CREATE TABLE one_time_code (
    place BLOB PRIMARY KEY,
    code BLOB NOT NULL,
    tries INTEGER NOT NULL,
    expires INTEGER NOT NULL
) STRICT;
CREATE TABLE alarm (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    kiosk TEXT,
    detail TEXT NOT NULL
) STRICT;
CREATE TABLE event (
    id INTEGER PRIMARY KEY,
    case_id TEXT,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
CREATE INDEX event_case ON event (case_id);
";

/// Item versions know when they went out of force. Drafts were kept too; those no case began with go, so that the
/// version can come into force under its number. Ratings, one for each contact. Events say item, body, station and
/// device. A case that is due is claimed by one worker at a time.
const VERSION_2: &str = "
ALTER TABLE item ADD COLUMN ended INTEGER;
DELETE FROM item WHERE json_extract(record, '$.status') <> 'in_force'
    AND NOT EXISTS (SELECT 1 FROM case_file WHERE case_file.item = item.code);
CREATE TABLE rating (
    contact TEXT PRIMARY KEY,
    packet TEXT NOT NULL,
    case_id TEXT NOT NULL REFERENCES case_file (id),
    level INTEGER NOT NULL,
    at INTEGER NOT NULL
) STRICT;
ALTER TABLE event ADD COLUMN item TEXT;
ALTER TABLE event ADD COLUMN item_version INTEGER;
ALTER TABLE event ADD COLUMN body TEXT;
ALTER TABLE event ADD COLUMN station TEXT;
ALTER TABLE event ADD COLUMN device TEXT;
ALTER TABLE case_file ADD COLUMN claimed INTEGER;
";

/// Brings the database to the newest schema, version by version, each in one transaction.
pub(in crate::store) fn migrate(connection: &mut Connection) -> Stored<()> {
    let known = u32::try_from(VERSIONS.len()).unwrap_or(u32::MAX);
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > known {
        return Err(StoreError::Schema { found, known });
    }
    for statements in VERSIONS.iter().skip(found as usize) {
        transaction.execute_batch(statements)?;
    }
    transaction.pragma_update(None, "user_version", known)?;
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{VERSIONS, migrate};
    use crate::store::StoreError;
    use rusqlite::Connection;

    #[test]
    fn every_older_schema_reaches_the_newest() {
        for from in 0..=VERSIONS.len() {
            let mut connection = Connection::open_in_memory().unwrap();
            for statements in &VERSIONS[..from] {
                connection.execute_batch(statements).unwrap();
            }
            connection
                .pragma_update(None, "user_version", from as u32)
                .unwrap();
            migrate(&mut connection).unwrap();
            let version: u32 = connection
                .pragma_query_value(None, "user_version", |row| row.get(0))
                .unwrap();
            assert_eq!(version as usize, VERSIONS.len());
            let cases: u32 = connection
                .query_row("SELECT count(*) FROM case_file", [], |row| row.get(0))
                .unwrap();
            assert_eq!(cases, 0);
        }
    }

    #[test]
    fn a_database_of_a_newer_program_is_left_alone() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.pragma_update(None, "user_version", 999).unwrap();
        assert!(matches!(
            migrate(&mut connection),
            Err(StoreError::Schema { found: 999, .. })
        ));
    }
}
