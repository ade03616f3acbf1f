//! The versioned schema. A file is brought up step by step, each step in one transaction; nothing is set aside.

use rusqlite::Connection;

use super::StoreError;

/// The steps: entry `n` turns version `n` into `n + 1`. A released step never changes.
const STEPS: &[&str] = &[
    include_str!("schema/1.sql"),
    include_str!("schema/2.sql"),
    include_str!("schema/3.sql"),
    include_str!("schema/4.sql"),
    include_str!("schema/5.sql"),
    include_str!("schema/6.sql"),
    include_str!("schema/7.sql"),
];

/// Version this program writes.
pub(super) fn version() -> i64 {
    STEPS.len() as i64
}

/// Brings the file up to [`version`].
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let failed = StoreError::sqlite("bringing the store's schema up to date");
    let found: i64 = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(failed)?;
    if found > version() {
        return Err(StoreError::Newer { found });
    }
    for (step, sql) in STEPS
        .iter()
        .enumerate()
        .skip(usize::try_from(found).unwrap_or(0))
    {
        let failed = StoreError::sqlite("bringing the store's schema up to date");
        apply(connection, sql, step + 1).map_err(failed)?;
    }
    Ok(())
}

fn apply(connection: &mut Connection, sql: &str, to: usize) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    transaction.execute_batch(sql)?;
    transaction.pragma_update(None, "user_version", to as i64)?;
    transaction.commit()
}
