//! Whether the database answers, and counts for the console.

use async_trait::async_trait;
use rusqlite::Transaction;

use city_api::requests::outcome::CaseState;

use crate::store::Stored;
use crate::store::sqlite::Sqlite;
use crate::store::sqlite::values::{collect, damaged, listed};

/// Health of the store.
#[async_trait]
pub(crate) trait Health {
    /// Whether the database answers.
    async fn answers(&self) -> Stored<()>;

    /// Counts for the console; no personal data.
    async fn counts(&self) -> Stored<Counts>;
}

/// Counts for the console.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Packets accepted.
    pub packets: u64,
    /// Cases by state.
    pub cases: Vec<(CaseState, u64)>,
    /// Open tasks.
    pub open_tasks: u64,
    /// Results issued.
    pub results: u64,
    /// Alarms.
    pub alarms: u64,
}

#[async_trait]
impl Health for Sqlite {
    async fn answers(&self) -> Stored<()> {
        self.read("asking for an answer", answers).await
    }

    async fn counts(&self) -> Stored<Counts> {
        self.read("counting", counts).await
    }
}

/// Touches the file and one row, no more.
pub(super) fn answers(tx: &Transaction<'_>) -> Stored<()> {
    tx.query_row("SELECT EXISTS (SELECT 1 FROM counter)", [], |_| Ok(()))?;
    Ok(())
}

pub(super) fn counts(tx: &Transaction<'_>) -> Stored<Counts> {
    let count = |sql: &str| -> Stored<u64> {
        let number: i64 = tx.query_row(sql, [], |row| row.get(0))?;
        u64::try_from(number).map_err(|_| damaged("a count"))
    };
    Ok(Counts {
        packets: count("SELECT count(*) FROM packet")?,
        cases: collect(
            &mut tx.prepare_cached(
                "SELECT state, count(*) AS number FROM case_file GROUP BY state ORDER BY state",
            )?,
            [],
            |row| {
                let number: i64 = row.get("number")?;
                Ok((
                    listed(row, "state", CaseState::parse)?,
                    u64::try_from(number).map_err(|_| damaged("a count"))?,
                ))
            },
        )?,
        open_tasks: count("SELECT count(*) FROM task WHERE state = 'open' AND role IS NOT NULL")?,
        results: count("SELECT count(*) FROM result")?,
        alarms: count("SELECT count(*) FROM alarm")?,
    })
}
