//! Databases of tests: an SQLite file each, or with `CITY_TEST_POSTGRES` a database each on the server it names.

use std::path::Path;

use city_backend::Database;

/// An empty database for one test.
pub fn empty(folder: &Path) -> Database {
    match std::env::var("CITY_TEST_POSTGRES") {
        Ok(server) => postgres::empty(&server),
        Err(_) => Database::Sqlite(folder.join("city.sqlite")),
    }
}

/// Carries statements out beside the city.
pub fn execute(database: &Database, sql: &str) {
    match database {
        Database::Sqlite(path) => sqlite(path).execute_batch(sql).unwrap(),
        Database::Postgres(url) => postgres::execute(url, sql),
    }
}

/// What a question answers: every value as text, nothing as the empty text.
pub fn rows(database: &Database, sql: &str) -> Vec<Vec<String>> {
    match database {
        Database::Postgres(url) => postgres::rows(url, sql),
        Database::Sqlite(path) => {
            use rusqlite::types::ValueRef;
            let database = sqlite(path);
            let mut statement = database.prepare(sql).unwrap();
            let columns = statement.column_count();
            let text = |value: ValueRef<'_>| match value {
                ValueRef::Null => String::new(),
                ValueRef::Integer(number) => number.to_string(),
                ValueRef::Text(text) => String::from_utf8(text.to_vec()).unwrap(),
                other => panic!("{other:?} is not text"),
            };
            let rows = statement.query_map((), |row| {
                (0..columns).map(|at| row.get_ref(at).map(text)).collect()
            });
            rows.unwrap().map(Result::unwrap).collect()
        }
    }
}

/// Every row of a database on a server, as text; none of one in a file.
pub fn everything(database: &Database) -> Vec<String> {
    match database {
        Database::Sqlite(_) => Vec::new(),
        Database::Postgres(url) => {
            let tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'";
            let read = |table: Vec<String>| {
                let sql = format!(
                    "SET bytea_output = 'escape'; SELECT t::text FROM {0} t",
                    table[0]
                );
                postgres::rows(url, &sql).concat()
            };
            let rows = postgres::rows(url, tables).into_iter();
            rows.flat_map(read).collect()
        }
    }
}

fn sqlite(path: &Path) -> rusqlite::Connection {
    let database = rusqlite::Connection::open(path).unwrap();
    database
        .busy_timeout(std::time::Duration::from_secs(10))
        .unwrap();
    database
}

#[cfg(feature = "postgres")]
mod postgres {
    use city_backend::Database;
    use postgres::{Client, NoTls, SimpleQueryMessage};

    // The client makes a runtime of its own, which a test's runtime does not allow on its thread.
    fn with<T: Send>(url: &str, work: impl FnOnce(&mut Client) -> T + Send) -> T {
        std::thread::scope(|scope| {
            let work = || work(&mut Client::connect(url, NoTls).unwrap());
            scope.spawn(work).join().unwrap()
        })
    }

    pub(super) fn empty(server: &str) -> Database {
        let name = format!("city_{}", uuid::Uuid::now_v7().simple());
        let sql = format!("CREATE DATABASE {name}");
        with(&server.replace("NAME", "postgres"), |client| {
            client.batch_execute(&sql).unwrap();
        });
        Database::Postgres(server.replace("NAME", &name))
    }

    pub(super) fn execute(url: &str, sql: &str) {
        with(url, |client| client.batch_execute(sql).unwrap());
    }

    pub(super) fn rows(url: &str, sql: &str) -> Vec<Vec<String>> {
        let answer = with(url, |client| client.simple_query(sql).unwrap());
        let rows = answer.into_iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        });
        rows.map(|row| {
            let text = |at| row.get(at).unwrap_or_default().to_owned();
            (0..row.len()).map(text).collect()
        })
        .collect()
    }
}

#[cfg(not(feature = "postgres"))]
mod postgres {
    use city_backend::Database;

    const NONE: &str = "tests on PostgreSQL want the feature `postgres`";

    pub(super) fn empty(_server: &str) -> Database {
        panic!("{NONE}");
    }

    pub(super) fn execute(_url: &str, _sql: &str) {
        panic!("{NONE}");
    }

    pub(super) fn rows(_url: &str, _sql: &str) -> Vec<Vec<String>> {
        panic!("{NONE}");
    }
}
