//! A transaction as the areas see it: one text of every statement for both engines.
//!
//! Parameters are `?1`, `?2`, …; a row that is read to be changed is read `FOR UPDATE`. Each engine leaves out or
//! rewrites what it says otherwise, and the words both have are the only ones used.

use super::Stored;
use super::value::{Column, Row, ToValue, Value, damaged};

/// What a statement reads a row with that it will change: others wait for it.
pub(in crate::store) const FOR_UPDATE: &str = " FOR UPDATE";

/// The same, but rows that others hold are passed over.
pub(in crate::store) const SKIP_LOCKED: &str = " FOR UPDATE SKIP LOCKED";

/// Most rows of one statement: an engine prepares one for every count of rows that occurs.
const ROWS: usize = 16;

/// A transaction under way; it commits when its work ends well.
pub(in crate::store) trait Tx {
    /// The rows a statement answers.
    fn rows(&mut self, sql: &str, values: &[Value]) -> Stored<Vec<Row>>;

    /// Carries a statement out; how many rows it changed.
    fn execute(&mut self, sql: &str, values: &[Value]) -> Stored<u64>;

    /// Lets one transaction at a time go on with what each of these names stands for, until it ends.
    fn lock_all(&mut self, names: &[&str]) -> Stored<()>;

    /// The next number of each counter, from 1; no number is drawn twice. Where many write at once they are drawn for
    /// good at once, so that nobody waits until another's transaction is on disk: one that falls over leaves a gap.
    fn draw_all(&mut self, counters: &[&str]) -> Stored<Vec<u64>>;
}

impl dyn Tx + '_ {
    /// The first row; None when there is none.
    pub(in crate::store) fn row(&mut self, sql: &str, values: &[Value]) -> Stored<Option<Row>> {
        Ok(self.rows(sql, values)?.into_iter().next())
    }

    /// What the statement's one row holds in the column `answer`.
    pub(in crate::store) fn answer<T: Column>(&mut self, sql: &str, values: &[Value]) -> Stored<T> {
        self.row(sql, values)?
            .ok_or_else(|| damaged(T::WHAT))?
            .get("answer")
    }

    /// Adds rows, many in one statement: `into` names the table and its columns.
    pub(in crate::store) fn insert(&mut self, into: &str, rows: &[Vec<Value>]) -> Stored<()> {
        for rows in rows.chunks(ROWS) {
            let mut places = (1..).map(|place| format!("?{place}"));
            let row = |row: &Vec<Value>| {
                let places: Vec<String> = places.by_ref().take(row.len()).collect();
                format!("({})", places.join(", "))
            };
            let places: Vec<String> = rows.iter().map(row).collect();
            let sql = format!("INSERT INTO {into} VALUES {}", places.join(", "));
            self.execute(&sql, &rows.concat())?;
        }
        Ok(())
    }

    /// Lets one transaction at a time go on with what this name stands for, until it ends.
    pub(in crate::store) fn lock(&mut self, name: &str) -> Stored<()> {
        self.lock_all(&[name])
    }

    /// The next number of a counter, as [`Tx::draw_all`] draws it.
    pub(in crate::store) fn draw(&mut self, counter: &str) -> Stored<u64> {
        let drawn = self.draw_all(&[counter])?;
        drawn.first().copied().ok_or_else(|| damaged("a counter"))
    }

    /// Draws from counters, each another one, within this transaction.
    pub(in crate::store) fn draw_here(&mut self, counters: &[&str]) -> Stored<Vec<u64>> {
        let rows: Vec<String> = (1..=counters.len())
            .map(|at| format!("(?{at}, 1)"))
            .collect();
        let sql = format!(
            "INSERT INTO counter (name, value) VALUES {}
             ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING name, value",
            rows.join(", ")
        );
        let values: Vec<Value> = counters.iter().map(ToValue::to_value).collect();
        let drawn = self.rows(&sql, &values)?;
        let value = |counter: &&str| {
            for row in &drawn {
                if row.get::<String>("name")? == **counter {
                    return row.get("value");
                }
            }
            Err(damaged("a counter"))
        };
        counters.iter().map(value).collect()
    }
}
