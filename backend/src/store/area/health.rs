//! Whether the database answers, and counts for the console.

use jiff::civil::Date;

use city_api::requests::outcome::CaseState;

use crate::store::tx::Tx;
use crate::store::value::{Row, Value, values};
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

/// How much waits, for those who watch; each is found in an index of what waits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    /// Tasks open.
    pub open_tasks: u64,
    /// Tasks that no body takes.
    pub dead_letters: u64,
    /// Messages to residents not sent yet.
    pub notices: u64,
    /// Tickets that wait today.
    pub tickets: u64,
    /// Questions not answered yet.
    pub enquiries: u64,
}

impl Store {
    /// Whether the database answers.
    pub(crate) async fn answers(&self) -> Stored<()> {
        self.read("asking for an answer", answers).await
    }

    /// How much waits.
    pub(crate) async fn figures(&self, today: Date) -> Stored<Figures> {
        self.read("counting what waits", move |tx| figures(tx, today))
            .await
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

fn figures(tx: &mut dyn Tx, today: Date) -> Stored<Figures> {
    let mut count = |rows: &str, values: &[Value]| {
        tx.answer(&format!("SELECT count(*) AS answer FROM {rows}"), values)
    };
    Ok(Figures {
        open_tasks: count("task WHERE state = 'open'", &[])?,
        dead_letters: count("task WHERE state = 'dead_letter'", &[])?,
        notices: count("notice WHERE sent IS NULL", &[])?,
        tickets: count(
            "ticket WHERE state IN ('waiting', 'called', 'parked') AND state = 'waiting' AND day = ?1",
            values![today],
        )?,
        enquiries: count("enquiry WHERE answered IS NULL", &[])?,
    })
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
