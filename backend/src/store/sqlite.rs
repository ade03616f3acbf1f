//! SQLite engine: one file, WAL, `synchronous=FULL`, one writing thread and one reading thread.

use std::borrow::Cow;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ToSql, Transaction, TransactionBehavior, params_from_iter};

use super::desk::Desks;
use super::schema::VERSIONS;
use super::tx::{FOR_UPDATE, SKIP_LOCKED, Tx};
use super::value::{Row, Value, damaged};
use super::{StoreError, Stored};

/// Oldest SQLite whose WAL recovery this was tested with (3.51.3).
const OLDEST_LIBRARY: i32 = 3_051_003;

/// Statements that a connection keeps prepared: all of the city's. One that is prepared anew for every filing costs more
/// than its rows.
const STATEMENTS: usize = 1024;

/// A SQLite database of the city.
#[derive(Debug)]
pub(in crate::store) struct Sqlite {
    writer: Desks<Connection>,
    reader: Desks<Connection>,
}

impl Sqlite {
    /// Opens the database, makes it when it is not there, and migrates an older schema.
    ///
    /// # Errors
    /// [`StoreError`] when the file cannot be opened, is of a newer program, or SQLite is too old.
    pub(in crate::store) fn open(path: &Path) -> Stored<Self> {
        if rusqlite::version_number() < OLDEST_LIBRARY {
            return Err(StoreError::Library {
                found: rusqlite::version().to_owned(),
            });
        }
        let mut writer = connect(path)?;
        migrate(&mut writer).map_err(|error| error.during("bringing the schema up to date"))?;
        let reader = connect(path)?;
        Ok(Self {
            writer: Desks::start([writer]),
            reader: Desks::start([reader]),
        })
    }

    /// Writes a consistent copy of the running database to a new file.
    ///
    /// # Errors
    /// [`StoreError::Transaction`] when the file exists or cannot be written.
    pub(in crate::store) async fn backup(&self, to: &Path) -> Stored<()> {
        let to = to.display().to_string();
        self.writer
            .call("backing up", move |connection| {
                connection.execute("VACUUM INTO ?1", [to])?;
                Ok(())
            })
            .await
    }

    /// One transaction that writes.
    pub(in crate::store) async fn write<T, F>(&self, operation: &'static str, work: F) -> Stored<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Tx) -> Stored<T> + Send + 'static,
    {
        self.writer
            .call(operation, move |connection| {
                let mut transaction =
                    connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
                let done = work(&mut transaction)?;
                transaction.commit()?;
                Ok(done)
            })
            .await
    }

    /// One transaction that reads.
    pub(in crate::store) async fn read<T, F>(&self, operation: &'static str, work: F) -> Stored<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Tx) -> Stored<T> + Send + 'static,
    {
        self.reader
            .call(operation, move |connection| {
                work(&mut connection.transaction()?)
            })
            .await
    }
}

fn connect(path: &Path) -> Stored<Connection> {
    let open = || -> rusqlite::Result<Connection> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(Duration::from_secs(10))?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        Ok(connection)
    };
    open().map_err(|source| StoreError::Open {
        name: path.display().to_string(),
        source: source.into(),
    })
}

/// Brings the database to the newest schema, version by version, all in one transaction.
fn migrate(connection: &mut Connection) -> Stored<()> {
    let known = u32::try_from(VERSIONS.len()).unwrap_or(u32::MAX);
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > known {
        return Err(StoreError::Schema { found, known });
    }
    for version in VERSIONS.iter().skip(found as usize) {
        transaction.execute_batch(version.schema)?;
        transaction.execute_batch(version.sqlite_rows)?;
    }
    transaction.pragma_update(None, "user_version", known)?;
    transaction.commit()?;
    Ok(())
}

/// One transaction writes at a time: what is read in it to be changed is nobody else's, and needs no lock.
impl Tx for Transaction<'_> {
    fn rows(&mut self, sql: &str, values: &[Value]) -> Stored<Vec<Row>> {
        let mut statement = self.prepare_cached(&without_locks(sql))?;
        let columns: Rc<[String]> = statement.column_names().map(str::to_owned).collect();
        let mut rows = statement.query(params_from_iter(values))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let values: Stored<Vec<Value>> = (0..columns.len())
                .map(|at| value(row.get_ref(at)?))
                .collect();
            found.push(Row::new(&columns, values?));
        }
        Ok(found)
    }

    fn execute(&mut self, sql: &str, values: &[Value]) -> Stored<u64> {
        let changed = self
            .prepare_cached(sql)?
            .execute(params_from_iter(values))?;
        Ok(changed as u64)
    }

    fn lock_all(&mut self, _names: &[&str]) -> Stored<()> {
        Ok(())
    }

    fn draw_all(&mut self, counters: &[&str]) -> Stored<Vec<u64>> {
        <dyn Tx>::draw_here(self, counters)
    }
}

/// Most statements read without a lock and stay as they are.
fn without_locks(sql: &str) -> Cow<'_, str> {
    if !sql.contains(FOR_UPDATE) {
        return Cow::Borrowed(sql);
    }
    Cow::Owned(sql.replace(SKIP_LOCKED, "").replace(FOR_UPDATE, ""))
}

fn value(held: ValueRef<'_>) -> Stored<Value> {
    match held {
        ValueRef::Null => Ok(Value::Null),
        ValueRef::Integer(number) => Ok(Value::Integer(number)),
        ValueRef::Real(_) => Err(damaged("a whole number")),
        ValueRef::Text(text) => match std::str::from_utf8(text) {
            Ok(text) => Ok(Value::Text(text.to_owned())),
            Err(_) => Err(damaged("a text")),
        },
        ValueRef::Blob(bytes) => Ok(Value::Bytes(bytes.to_vec())),
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(source: rusqlite::Error) -> Self {
        Self::statement(source)
    }
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
            for version in &VERSIONS[..from] {
                connection.execute_batch(version.schema).unwrap();
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
