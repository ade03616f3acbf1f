//! What taking a packet in costs the city (`POST /v1/packets` over TLS, parts uploaded before), as two ratios:
//!
//! - beside nobody but the engine: raw `rusqlite` commits of the same rows in the same grouping, one transaction a
//!   packet, or `pgbench` with the same row writes where `CITY_TEST_POSTGRES` names a server (bar 0.5 of its rate);
//! - with a million cases in the store over ten thousand (bar 1.3 of the cost).
//!
//! `cargo bench -p city-backend --bench intake [-- --cases 5000000]`; on PostgreSQL
//! `backend/tests/with-postgres --durable cargo bench -p city-backend --features postgres --bench intake`.
//!
//! The peers write no row twice: the counters that the city raises with every packet are not among theirs, nor are
//! foreign keys checked for them. TLS, signatures and the client that files run on the same cores as the city.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a benchmark that cannot measure ends"
)]

#[path = "../tests/common/mod.rs"]
mod common;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::Command;
use std::time::{Duration, Instant};

use city_api::requests::packets::PacketBody;
use city_api::requests::paths;
use city_backend::Database;
use common::database::{execute, rows};
use common::filing::ZHANG;
use common::{Room, TestKiosk};

const BAR_RATE: f64 = 0.5;
const BAR_GROWTH: f64 = 1.3;
/// Kiosks that file at once.
const FILERS: usize = 8;
/// Cases of the smaller store.
const FEW: u64 = 10_000;
/// Cases written in one transaction.
const BATCH: u64 = 100_000;
/// Columns whose values are another filing's own, and how they are told apart.
const OWN: &[&str] = &["filing_number", "case_number", "receipt", "person"];

/// Tables that a filing changes rather than adds to, and the chain, which is written for all events of a second.
const NOT_ITS_OWN: &[&str] = &["counter", "event_chain", "kiosk"];

struct Size {
    rounds: usize,
    packets: usize,
    cases: u64,
    few: u64,
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let cases = arguments.iter().position(|argument| argument == "--cases");
    let cases = cases.map(|at| arguments[at + 1].parse().expect("--cases takes a number"));
    // `cargo test --benches` calls without `--bench`: small, it proves that it runs.
    let size = if arguments.iter().any(|argument| argument == "--bench") {
        Size {
            rounds: 7,
            packets: 200,
            cases: cases.unwrap_or(1_000_000),
            few: FEW,
        }
    } else {
        Size {
            rounds: 1,
            packets: 16,
            cases: 100,
            few: 10,
        }
    };
    let rows = beside_the_engine(&size);
    with_many_cases(&size, &rows);
}

/// The rate of filings beside the engine's own; the rows of one filing.
fn beside_the_engine(size: &Size) -> Vec<Table> {
    let room = Room::open();
    let kiosks = Kiosks::at(&room, FILERS);
    let database = &room.config.database;
    // Statements are prepared, pages are warm.
    kiosks.file(FILERS);
    let before = tables(database);
    kiosks.file(1);
    let rows = grown(&before, tables(database));
    let written: Vec<String> = rows
        .iter()
        .map(|table| format!("{} {}", table.rows.len(), table.name))
        .collect();
    println!("rows of a filing: {}", written.join(", "));
    let mut peer = Peer::new(&room, &rows);
    let (mut city, mut raw) = (Vec::new(), Vec::new());
    for _ in 0..size.rounds {
        let took = kiosks.file(size.packets);
        city.push(size.packets as f64 / took.as_secs_f64());
        raw.push(peer.rate(size.packets));
    }
    let (city, raw) = (Spread::of(city), Spread::of(raw));
    println!("city: {city} filings a second");
    println!("{}: {raw} a second", peer.name());
    println!(
        "city over {}: {:.2} (bar {BAR_RATE})",
        peer.name(),
        city.median / raw.median
    );
    rows
}

/// The cost of a filing in a store of many cases over one of few; both take turns.
fn with_many_cases(size: &Size, rows: &[Table]) {
    let rooms = [size.few, size.cases].map(|cases| {
        let room = Room::open();
        let begun = Instant::now();
        fill(&room, rows, cases);
        println!("{cases} cases written in {:.0?}", begun.elapsed());
        let kiosk = Kiosks::at(&room, 1);
        kiosk.file(5);
        (room, kiosk)
    });
    let mut costs = [Vec::new(), Vec::new()];
    for _ in 0..size.packets {
        for ((_room, kiosk), costs) in rooms.iter().zip(&mut costs) {
            costs.push(kiosk.file(1).as_secs_f64() * 1e3);
        }
    }
    let [few, many] = costs.map(Spread::of);
    println!("one filing, {} cases: {few} ms", size.few);
    println!("one filing, {} cases: {many} ms", size.cases);
    println!(
        "many over few: {:.2} (bar {BAR_GROWTH})",
        many.median / few.median
    );
}

/// Kiosks at once, each with a line of its own. One thread sends for all of them: what a client costs is not measured.
struct Kiosks {
    kiosks: Vec<TestKiosk>,
    lines: Vec<reqwest::Client>,
    runtime: tokio::runtime::Runtime,
}

impl Kiosks {
    fn at(room: &Room, count: usize) -> Self {
        let ca = room.city().ca_pem().unwrap();
        let line = || {
            reqwest::Client::builder()
                .add_root_certificate(reqwest::Certificate::from_pem(ca.as_bytes()).unwrap())
                .no_proxy()
                .build()
                .unwrap()
        };
        Self {
            kiosks: (0..count).map(|_| room.kiosk()).collect(),
            lines: (0..count).map(|_| line()).collect(),
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap(),
        }
    }

    /// So many applications, filed by the kiosks in turn and all of these at once; how long the city took. Their parts are
    /// with the city before.
    fn file(&self, count: usize) -> Duration {
        let mut bodies: Vec<Vec<Vec<u8>>> = self.kiosks.iter().map(|_| Vec::new()).collect();
        for at in 0..count {
            let at = at % self.kiosks.len();
            let packet = self.kiosks[at].legal_aid(ZHANG);
            self.kiosks[at].send_parts(&packet);
            let body = PacketBody::new(&packet.header, packet.signature.as_bytes());
            bodies[at].push(serde_json::to_vec(&body).unwrap());
        }
        let url = format!("{}{}", self.kiosks[0].url, paths::PACKETS);
        let begun = Instant::now();
        self.runtime.block_on(async {
            let mut filing = tokio::task::JoinSet::new();
            for (line, bodies) in self.lines.iter().cloned().zip(bodies) {
                let url = url.clone();
                filing.spawn(async move {
                    for body in bodies {
                        let request = line.post(&url).header("content-type", "application/json");
                        let answer = request.body(body).send().await.unwrap();
                        assert!(answer.status().is_success(), "{}", answer.status());
                        answer.bytes().await.unwrap();
                    }
                });
            }
            filing.join_all().await;
        });
        begun.elapsed()
    }
}

/// A value of a row.
#[derive(Clone, Debug, PartialEq)]
enum Cell {
    Null,
    Number(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// Rows of a table.
#[derive(Clone)]
struct Table {
    name: String,
    columns: Vec<String>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    /// Columns that the engine does not number by itself.
    fn told(&self) -> Vec<usize> {
        let numbered =
            |at: usize| self.columns[at] == "id" && matches!(self.rows[0][at], Cell::Number(_));
        (0..self.columns.len())
            .filter(|at| !numbered(*at))
            .collect()
    }

    /// An `INSERT` of this row for a filing that is told apart by `key`, an SQL expression of a text.
    fn insert(&self, row: &[Cell], own: &BTreeMap<String, usize>, key: &Key) -> String {
        let told = self.told();
        let names: Vec<&str> = told.iter().map(|at| self.columns[*at].as_str()).collect();
        let values: Vec<String> = told.iter().map(|at| key.value(&row[*at], own)).collect();
        format!(
            "INSERT INTO {} ({}) SELECT {}{}",
            self.name,
            names.join(", "),
            values.join(", "),
            key.from
        )
    }
}

/// Values that are one filing's own, each with a number: its ids, numbers and person.
fn own(tables: &[Table]) -> BTreeMap<String, usize> {
    let mut own = BTreeMap::new();
    for table in tables {
        for (at, column) in table.columns.iter().enumerate() {
            let is_id = column == "id" && matches!(table.name.as_str(), "packet" | "case_file");
            if is_id || OWN.contains(&column.as_str()) {
                for row in &table.rows {
                    let next = own.len();
                    match &row[at] {
                        Cell::Text(text) => own.entry(text.clone()).or_insert(next),
                        Cell::Bytes(bytes) => own.entry(hex::encode(bytes)).or_insert(next),
                        Cell::Null | Cell::Number(_) => continue,
                    };
                }
            }
        }
    }
    own
}

/// How an engine spells values, and what tells many filings apart.
struct Key {
    number: &'static str,
    from: String,
    is_postgres: bool,
}

impl Key {
    fn value(&self, cell: &Cell, own: &BTreeMap<String, usize>) -> String {
        let (number, is_postgres) = (self.number, self.is_postgres);
        let new = |at: &usize| {
            if is_postgres {
                format!("lpad({number}::text || 'x{at}', 36, '0')")
            } else {
                format!("printf('%033dx{at}', {number})")
            }
        };
        match cell {
            Cell::Null => "NULL".to_owned(),
            Cell::Number(number) => number.to_string(),
            Cell::Text(text) => match own.get(text) {
                Some(at) => new(at),
                None => format!("'{}'", text.replace('\'', "''")),
            },
            Cell::Bytes(bytes) => match own.get(&hex::encode(bytes)) {
                Some(at) if is_postgres => format!("convert_to({}, 'UTF8')", new(at)),
                Some(at) => format!("CAST({} AS BLOB)", new(at)),
                None if is_postgres => format!("'\\x{}'::bytea", hex::encode(bytes)),
                None => format!("X'{}'", hex::encode(bytes)),
            },
        }
    }
}

/// Writes so many further cases, with all rows of a filing each, and the chain over their events; nothing here reads its
/// hashes, so they are of nothing.
fn fill(room: &Room, tables: &[Table], cases: u64) {
    let own = own(tables);
    let database = &room.config.database;
    let is_postgres = matches!(database, Database::Postgres(_));
    // The packets' kiosk is enrolled at the other city.
    let kiosk = room.kiosk().id.to_string();
    let mut written = 0;
    while written < cases {
        let (first, last) = (written + 1, cases.min(written + BATCH));
        let numbers = if is_postgres {
            format!("generate_series({first}, {last}) AS n(i)")
        } else {
            format!(
                "(WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last}) SELECT i FROM n)"
            )
        };
        let key = Key {
            number: "i",
            from: format!(" FROM {numbers}"),
            is_postgres,
        };
        // The city seals events itself: not while these are written.
        let (begin, hash) = if is_postgres {
            ("BEGIN; LOCK TABLE event_chain", "sha256(id::text::bytea)")
        } else {
            ("BEGIN IMMEDIATE", "randomblob(32)")
        };
        let mut sql = format!("{begin};\n");
        for table in tables {
            let place = table.columns.iter().position(|name| name == "kiosk");
            for row in &table.rows {
                let mut row = row.clone();
                if let Some(place) = place.filter(|place| row[*place] != Cell::Null) {
                    row[place] = Cell::Text(kiosk.clone());
                }
                writeln!(sql, "{};", table.insert(&row, &own, &key)).unwrap();
            }
        }
        writeln!(
            sql,
            "INSERT INTO event_chain (sequence, event, hash)
             SELECT (SELECT coalesce(max(sequence), 0) FROM event_chain) + row_number() OVER (ORDER BY id), id, {hash}
             FROM event WHERE id > (SELECT coalesce(max(event), 0) FROM event_chain);
             COMMIT;"
        )
        .unwrap();
        execute(database, &sql);
        if !is_postgres {
            // Else the log grows as large as the database.
            rows(database, "PRAGMA wal_checkpoint(TRUNCATE)");
        }
        written = last;
    }
}

/// Every table and all its rows, from beside the city.
fn tables(database: &Database) -> Vec<Table> {
    let names = match database {
        Database::Sqlite(_) => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        }
        Database::Postgres(_) => {
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
        }
    };
    let names = rows(database, names).into_iter();
    names
        .map(|mut row| row.swap_remove(0))
        .filter(|name| !NOT_ITS_OWN.contains(&name.as_str()))
        .map(|name| read(database, name))
        .collect()
}

/// A table's rows; every value is asked for with its type, in words that both engines write alike.
fn read(database: &Database, name: String) -> Table {
    let is_postgres = matches!(database, Database::Postgres(_));
    let columns = if is_postgres {
        format!(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = '{name}' ORDER BY ordinal_position"
        )
    } else {
        format!("SELECT name, lower(type) FROM pragma_table_info('{name}')")
    };
    let columns = rows(database, &columns);
    let asked: Vec<String> = columns
        .iter()
        .map(|column| {
            let name = &column[0];
            match (column[1].as_str(), is_postgres) {
                ("bytea", _) => format!("'b' || encode({name}, 'hex')"),
                ("blob", _) => format!("'b' || lower(hex({name}))"),
                ("bigint" | "integer", true) => format!("'n' || {name}::text"),
                ("bigint" | "integer", false) => format!("'n' || {name}"),
                _ => format!("'t' || {name}"),
            }
        })
        .collect();
    let cell = |text: String| match text.split_at_checked(1) {
        Some(("b", bytes)) => Cell::Bytes(hex::decode(bytes).unwrap()),
        Some(("n", number)) => Cell::Number(number.parse().unwrap()),
        Some((_, text)) => Cell::Text(text.to_owned()),
        None => Cell::Null,
    };
    let all = rows(
        database,
        &format!("SELECT {} FROM {name}", asked.join(", ")),
    );
    Table {
        columns: columns
            .into_iter()
            .map(|mut row| row.swap_remove(0))
            .collect(),
        rows: all
            .into_iter()
            .map(|row| row.into_iter().map(cell).collect())
            .collect(),
        name,
    }
}

/// The rows that are in `now` and were not in `before`; a case stands before what refers to it.
fn grown(before: &[Table], now: Vec<Table>) -> Vec<Table> {
    let mut grown: Vec<Table> = before
        .iter()
        .zip(now)
        .map(|(before, mut now)| {
            now.rows.retain(|row| !before.rows.contains(row));
            now
        })
        .filter(|table| !table.rows.is_empty())
        .collect();
    grown.sort_by_key(|table| table.name != "case_file");
    grown
}

/// Whoever writes the same rows without a city.
enum Peer {
    Sqlite {
        _folder: tempfile::TempDir,
        connection: rusqlite::Connection,
        rows: Vec<Table>,
        own: BTreeMap<String, usize>,
        written: usize,
    },
    Pgbench {
        folder: tempfile::TempDir,
        url: String,
    },
}

impl Peer {
    fn new(room: &Room, rows: &[Table]) -> Self {
        let own = own(rows);
        match &room.config.database {
            Database::Sqlite(path) => {
                // Beside the city's, on the same disk, with all its tables and indexes.
                let folder = tempfile::tempdir_in(room.folder.path()).unwrap();
                let connection = rusqlite::Connection::open(folder.path().join("raw.db")).unwrap();
                let set = |name: &str, value: &str| {
                    connection.pragma_update(None, name, value).unwrap();
                };
                set("journal_mode", "WAL");
                set("synchronous", "FULL");
                set("foreign_keys", "OFF");
                let schema = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'";
                for row in common::database::rows(&Database::Sqlite(path.clone()), schema) {
                    connection.execute_batch(&row[0]).unwrap();
                }
                Self::Sqlite {
                    _folder: folder,
                    connection,
                    rows: rows.to_vec(),
                    own,
                    written: 0,
                }
            }
            Database::Postgres(url) => {
                let folder = tempfile::tempdir().unwrap();
                let key = Key {
                    number: ":filing_of_the_peer",
                    from: String::new(),
                    is_postgres: true,
                };
                let mut script =
                    "\\set filing_of_the_peer random(1, 1000000000000000)\nBEGIN;\n".to_owned();
                for table in rows {
                    for row in &table.rows {
                        writeln!(script, "{};", table.insert(row, &own, &key)).unwrap();
                    }
                }
                script.push_str("COMMIT;\n");
                std::fs::write(folder.path().join("filing.sql"), script).unwrap();
                Self::Pgbench {
                    folder,
                    url: url.clone(),
                }
            }
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Sqlite { .. } => "raw rusqlite",
            Self::Pgbench { .. } => "pgbench",
        }
    }

    /// Packets a second.
    fn rate(&mut self, packets: usize) -> f64 {
        match self {
            Self::Sqlite {
                connection,
                rows,
                own,
                written,
                ..
            } => {
                let begun = Instant::now();
                for _ in 0..packets {
                    *written += 1;
                    let transaction = connection
                        .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
                        .unwrap();
                    for table in rows.iter() {
                        insert(&transaction, table, own, *written);
                    }
                    transaction.commit().unwrap();
                }
                packets as f64 / begun.elapsed().as_secs_f64()
            }
            Self::Pgbench { folder, url } => {
                let said = Command::new("pgbench")
                    .args(["--no-vacuum", "--jobs=2", "--protocol=prepared"])
                    .arg(format!("--client={FILERS}"))
                    .arg(format!("--transactions={}", packets.div_ceil(FILERS)))
                    .arg("--file")
                    .arg(folder.path().join("filing.sql"))
                    .arg(url.as_str())
                    .output()
                    .expect("pgbench, of the Debian package postgresql");
                let text = String::from_utf8_lossy(&said.stdout).into_owned();
                let rate = text.lines().find_map(|line| line.strip_prefix("tps = "));
                let rate = rate.and_then(|rate| rate.split(' ').next());
                rate.and_then(|rate| rate.parse().ok())
                    .unwrap_or_else(|| panic!("{text}{}", String::from_utf8_lossy(&said.stderr)))
            }
        }
    }
}

/// The rows of a table for the filing of this number, as parameters of one prepared statement.
fn insert(
    connection: &rusqlite::Connection,
    table: &Table,
    own: &BTreeMap<String, usize>,
    number: usize,
) {
    let told = table.told();
    let names: Vec<&str> = told.iter().map(|at| table.columns[*at].as_str()).collect();
    let places = vec!["?"; told.len()].join(", ");
    let sql = format!(
        "INSERT INTO {} ({}) VALUES ({places})",
        table.name,
        names.join(", ")
    );
    let mut statement = connection.prepare_cached(&sql).unwrap();
    for row in &table.rows {
        let values = told.iter().map(|at| {
            use rusqlite::types::Value;
            match &row[*at] {
                Cell::Null => Value::Null,
                Cell::Number(number) => Value::Integer(*number),
                Cell::Text(text) => Value::Text(match own.get(text) {
                    Some(at) => format!("{number:033}x{at}"),
                    None => text.clone(),
                }),
                Cell::Bytes(bytes) => Value::Blob(match own.get(&hex::encode(bytes)) {
                    Some(at) => format!("{number:033}x{at}").into_bytes(),
                    None => bytes.clone(),
                }),
            }
        });
        statement
            .execute(rusqlite::params_from_iter(values))
            .unwrap();
    }
}

/// Median, and how far apart the rounds are.
struct Spread {
    least: f64,
    median: f64,
    most: f64,
}

impl Spread {
    fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        Self {
            least: values[0],
            median: values[values.len() / 2],
            most: values[values.len() - 1],
        }
    }
}

impl std::fmt::Display for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            least,
            median,
            most,
        } = self;
        write!(f, "{median:.1} ({least:.1} to {most:.1})")
    }
}
