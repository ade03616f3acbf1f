//! Whether the database answers, and counts for the console.

use city_api::requests::outcome::CaseState;

use crate::store::tx::Tx;
use crate::store::value::Row;
use crate::store::{Store, Stored};

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

impl Store {
    /// Whether the database answers.
    pub(crate) async fn answers(&self) -> Stored<()> {
        self.read("asking for an answer", answers).await
    }

    /// Counts for the console; no personal data.
    pub(crate) async fn counts(&self) -> Stored<Counts> {
        self.read("counting", counts).await
    }
}

/// Touches the file and one row, no more.
pub(super) fn answers(tx: &mut dyn Tx) -> Stored<()> {
    tx.rows("SELECT EXISTS (SELECT 1 FROM counter)", &[])?;
    Ok(())
}

pub(super) fn counts(tx: &mut dyn Tx) -> Stored<Counts> {
    let mut count = |rows: &str| tx.answer(&format!("SELECT count(*) AS answer FROM {rows}"), &[]);
    Ok(Counts {
        packets: count("packet")?,
        open_tasks: count("task WHERE state = 'open' AND role IS NOT NULL")?,
        results: count("result")?,
        alarms: count("alarm")?,
        cases: by_state(tx)?,
    })
}

fn by_state(tx: &mut dyn Tx) -> Stored<Vec<(CaseState, u64)>> {
    let sql = "SELECT state, count(*) AS number FROM case_file GROUP BY state ORDER BY state";
    let count = |row: &Row| Ok((row.listed("state", CaseState::parse)?, row.get("number")?));
    tx.rows(sql, &[])?.iter().map(count).collect()
}
