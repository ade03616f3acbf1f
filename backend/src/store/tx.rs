//! A transaction as the areas see it: one text of every statement for both engines.
//!
//! Parameters are `?1`, `?2`, …; a row that is read to be changed is read `FOR UPDATE`. Each engine leaves out or
//! rewrites what it says otherwise, and the words both have are the only ones used.

use super::Stored;
use super::value::{Column, Row, Value, damaged};

/// What a statement reads a row with that it will change: others wait for it.
pub(in crate::store) const FOR_UPDATE: &str = " FOR UPDATE";

/// The same, but rows that others hold are passed over.
pub(in crate::store) const SKIP_LOCKED: &str = " FOR UPDATE SKIP LOCKED";

/// A transaction under way; it commits when its work ends well.
pub(in crate::store) trait Tx {
    /// The rows a statement answers.
    fn rows(&mut self, sql: &str, values: &[Value]) -> Stored<Vec<Row>>;

    /// Carries a statement out; how many rows it changed.
    fn execute(&mut self, sql: &str, values: &[Value]) -> Stored<u64>;

    /// Lets one transaction at a time go on with what this name stands for, until it ends.
    fn lock(&mut self, name: &str) -> Stored<()>;
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
}
