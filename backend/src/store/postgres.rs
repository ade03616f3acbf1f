//! PostgreSQL engine, 15 or newer: a pool of connections that follow the leader of the hosts named.
//!
//! Transactions are READ COMMITTED and lock the rows they change, so that any number of nodes may serve one city. A
//! lost connection is made anew by the next transaction; nothing is ever carried out twice by this program, because
//! whoever asked asks again.

use std::collections::HashMap;
use std::rc::Rc;
use std::str::FromStr as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use postgres::config::{Host, SslMode, TargetSessionAttrs};
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, Config, GenericClient, NoTls, Statement};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::desk::Desks;
use super::error::Cause;
use super::schema::{self, VERSIONS};
use super::tx::Tx;
use super::value::{Row, ToValue, Value, damaged, values};
use super::{StoreError, Stored};

/// Oldest server this was tested with, as `server_version_num` counts.
const OLDEST_SERVER: i64 = 150_000;
/// Connections that write, and as many that read: a leader with two cores is busy with them.
const CONNECTIONS: usize = 8;
/// A host that does not take a connection by then is passed over.
const CONNECT_PATIENCE: Duration = Duration::from_secs(3);
/// A peer that does not acknowledge what was sent by then is gone: a failed leader is noticed, not waited for.
const SILENCE: Duration = Duration::from_secs(10);
/// No statement of ours takes longer.
const STATEMENT_PATIENCE: Duration = Duration::from_secs(30);

/// A PostgreSQL database of the city.
pub(in crate::store) struct Postgres {
    writers: Desks<Connection>,
    readers: Desks<Connection>,
}

impl Postgres {
    /// Connects, and makes or migrates the schema. `url` names user, hosts and database as libpq does; several hosts
    /// are tried until one takes writes. `sslmode=require` wants TLS, proved by the authorities in the PEM file that
    /// the variable `PGSSLROOTCERT` names.
    ///
    /// # Errors
    /// [`StoreError`] when no host takes writes, the server is too old or the database is of a newer program.
    pub(in crate::store) fn open(url: &str) -> Stored<Self> {
        let mut config = Config::from_str(url).map_err(|source| StoreError::Open {
            name: "named by --database".to_owned(),
            source: source.into(),
        })?;
        config
            .application_name("city-backend")
            .target_session_attrs(TargetSessionAttrs::ReadWrite)
            .connect_timeout(CONNECT_PATIENCE)
            .tcp_user_timeout(SILENCE)
            .keepalives_idle(SILENCE);
        let opened = |source| StoreError::Open {
            name: hosts(&config),
            source,
        };
        let tls = tls(&config).map_err(opened)?;
        let options = |more: &str| {
            let patience = STATEMENT_PATIENCE.as_millis();
            let options = format!("-c statement_timeout={patience}{more}");
            Arc::new(Place {
                tls: tls.clone(),
                config: config.clone().options(&options).clone(),
            })
        };
        let place = options("");
        // A number need not be on disk before what it is drawn for is: that comes after it in the same log.
        let numbers = options(" -c synchronous_commit=off");
        let numbers = Arc::new(Mutex::new(Session::new(&numbers)));
        let connection = || Connection {
            session: Session::new(&place),
            numbers: Arc::clone(&numbers),
        };
        // The client runs a runtime of its own, which a thread of the city's runtime does not allow.
        std::thread::scope(|scope| scope.spawn(|| connection().migrate()).join())
            .map_err(|_| StoreError::Ended)?
            .map_err(|error| error.during("bringing the schema up to date"))?;
        let connections = || (0..CONNECTIONS).map(|_| connection());
        Ok(Self {
            writers: Desks::start(connections()),
            readers: Desks::start(connections()),
        })
    }

    /// One transaction that writes.
    pub(in crate::store) async fn write<T, F>(&self, operation: &'static str, work: F) -> Stored<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Tx) -> Stored<T> + Send + 'static,
    {
        self.writers
            .call(operation, move |connection| connection.transaction(work))
            .await
    }

    /// Reads from the leader: what was committed is seen. Each statement sees what is there when it begins, as it does
    /// in a transaction of READ COMMITTED; two round trips are saved.
    pub(in crate::store) async fn read<T, F>(&self, operation: &'static str, work: F) -> Stored<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Tx) -> Stored<T> + Send + 'static,
    {
        self.readers
            .call(operation, move |connection| {
                let open = connection.session.open()?;
                work(&mut Counted {
                    client: &mut open.client,
                    prepared: &mut open.prepared,
                    numbers: &connection.numbers,
                })
            })
            .await
    }
}

impl std::fmt::Debug for Postgres {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Postgres([redacted])")
    }
}

/// Where the database is, and how it is reached.
struct Place {
    config: Config,
    tls: Option<MakeRustlsConnect>,
}

/// A connection that is there when it is needed.
struct Session {
    place: Arc<Place>,
    open: Option<Open>,
}

/// What a desk works with.
struct Connection {
    session: Session,
    /// Where numbers are drawn, in turns: each takes one statement and waits for no disk.
    numbers: Arc<Mutex<Session>>,
}

/// A connection that was open when it was used last.
struct Open {
    client: Client,
    prepared: HashMap<String, Statement>,
}

impl Session {
    fn new(place: &Arc<Place>) -> Self {
        Self {
            place: Arc::clone(place),
            open: None,
        }
    }

    fn open(&mut self) -> Stored<&mut Open> {
        let open = match self.open.take() {
            Some(open) if !open.client.is_closed() => open,
            Some(_) | None => self.place.connect()?,
        };
        Ok(self.open.insert(open))
    }
}

impl Connection {
    fn transaction<T>(&mut self, work: impl FnOnce(&mut dyn Tx) -> Stored<T>) -> Stored<T> {
        let open = self.session.open()?;
        let mut transaction = open.client.transaction()?;
        let done = work(&mut Counted {
            client: &mut transaction,
            prepared: &mut open.prepared,
            numbers: &self.numbers,
        })?;
        transaction.commit()?;
        Ok(done)
    }

    /// Nodes that start together migrate one after the other.
    fn migrate(&mut self) -> Stored<()> {
        let open = self.session.open()?;
        let number = open.client.query_one("SHOW server_version_num", &[])?;
        let number: &str = number.try_get(0)?;
        if number.parse().unwrap_or(0) < OLDEST_SERVER {
            return Err(StoreError::Server {
                found: number.to_owned(),
            });
        }
        self.transaction(|tx| {
            tx.lock("schema")?;
            tx.execute(
                "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY)",
                &[],
            )?;
            let found: u32 = tx.answer(
                "SELECT coalesce(max(version), 0) AS answer FROM schema_version",
                &[],
            )?;
            let known = u32::try_from(VERSIONS.len()).unwrap_or(u32::MAX);
            if found > known {
                return Err(StoreError::Schema { found, known });
            }
            for (version, number) in VERSIONS.iter().zip(1_u32..).skip(found as usize) {
                for statement in schema::postgres(version.schema).split_terminator(";\n") {
                    tx.execute(statement, &[])?;
                }
                tx.execute(
                    "INSERT INTO schema_version (version) VALUES (?1)",
                    values![number],
                )?;
            }
            Ok(())
        })
    }
}

impl Place {
    fn connect(&self) -> Stored<Open> {
        let client = match &self.tls {
            Some(tls) => self.config.connect(tls.clone()),
            None => self.config.connect(NoTls),
        };
        let client = client.map_err(|source| StoreError::Away {
            operation: "connecting",
            source: source.into(),
        })?;
        Ok(Open {
            client,
            prepared: HashMap::new(),
        })
    }
}

/// Authorities are named by a file, because a city runs its own; None without TLS.
fn tls(config: &Config) -> Result<Option<MakeRustlsConnect>, Cause> {
    if config.get_ssl_mode() != SslMode::Require {
        return Ok(None);
    }
    let file = std::env::var_os("PGSSLROOTCERT")
        .ok_or("sslmode=require, but PGSSLROOTCERT names no file of authorities")?;
    let mut roots = RootCertStore::empty();
    for authority in CertificateDer::pem_file_iter(file)? {
        roots.add(authority?)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let client = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Some(MakeRustlsConnect::new(client)))
}

fn hosts(config: &Config) -> String {
    let name = |host: &Host| match host {
        Host::Tcp(name) => name.clone(),
        Host::Unix(folder) => folder.display().to_string(),
    };
    let hosts: Vec<String> = config.get_hosts().iter().map(name).collect();
    hosts.join(", ")
}

/// A connection, or a transaction of it, with the statements the connection has prepared.
struct Counted<'a, C> {
    client: &'a mut C,
    prepared: &'a mut HashMap<String, Statement>,
    numbers: &'a Mutex<Session>,
}

impl<C: GenericClient> Counted<'_, C> {
    fn prepare(&mut self, sql: &str) -> Stored<Statement> {
        if let Some(statement) = self.prepared.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(&sql.replace('?', "$"))?;
        self.prepared.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}

fn parameters(values: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    values
        .iter()
        .map(|value| value as &(dyn ToSql + Sync))
        .collect()
}

impl<C: GenericClient> Tx for Counted<'_, C> {
    fn rows(&mut self, sql: &str, values: &[Value]) -> Stored<Vec<Row>> {
        let statement = self.prepare(sql)?;
        let columns: Rc<[String]> = statement
            .columns()
            .iter()
            .map(|column| column.name().to_owned())
            .collect();
        let rows = self.client.query(&statement, &parameters(values))?;
        rows.iter()
            .map(|row| {
                let values: Stored<Vec<Value>> =
                    (0..columns.len()).map(|at| value(row, at)).collect();
                Ok(Row::new(&columns, values?))
            })
            .collect()
    }

    fn execute(&mut self, sql: &str, values: &[Value]) -> Stored<u64> {
        let statement = self.prepare(sql)?;
        Ok(self.client.execute(&statement, &parameters(values))?)
    }

    fn lock_all(&mut self, names: &[&str]) -> Stored<()> {
        let lock = |at| format!("pg_advisory_xact_lock(hashtextextended(?{at}, 0)) IS NULL");
        let locks: Vec<String> = (1..=names.len()).map(lock).collect();
        let values: Vec<Value> = names.iter().map(ToValue::to_value).collect();
        self.rows(&format!("SELECT {}", locks.join(", ")), &values)?;
        Ok(())
    }

    fn draw_all(&mut self, counters: &[&str]) -> Stored<Vec<u64>> {
        let mut numbers = self.numbers.lock().map_err(|_| StoreError::Ended)?;
        let open = numbers.open()?;
        let mut here = Counted {
            client: &mut open.client,
            prepared: &mut open.prepared,
            numbers: self.numbers,
        };
        <dyn Tx>::draw_here(&mut here, counters)
    }
}

fn value(row: &postgres::Row, at: usize) -> Stored<Value> {
    let kind = row.columns().get(at).map(|column| column.type_().clone());
    let held = match kind {
        Some(Type::INT8) => row.try_get::<_, Option<i64>>(at)?.map(Value::Integer),
        Some(Type::INT4) => row
            .try_get::<_, Option<i32>>(at)?
            .map(|number| Value::Integer(number.into())),
        Some(Type::BOOL) => row
            .try_get::<_, Option<bool>>(at)?
            .map(|truth| Value::Integer(truth.into())),
        Some(Type::TEXT | Type::VARCHAR) => row.try_get::<_, Option<String>>(at)?.map(Value::Text),
        Some(Type::BYTEA) => row.try_get::<_, Option<Vec<u8>>>(at)?.map(Value::Bytes),
        Some(_) | None => return Err(damaged("a column of a type this program uses")),
    };
    Ok(held.unwrap_or(Value::Null))
}

impl ToSql for Value {
    fn to_sql(&self, kind: &Type, out: &mut bytes::BytesMut) -> Result<IsNull, Cause> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Integer(number) if *kind == Type::INT4 => {
                i32::try_from(*number)?.to_sql(kind, out)
            }
            Self::Integer(number) => number.to_sql(kind, out),
            Self::Text(text) => text.to_sql(kind, out),
            Self::Bytes(bytes) => bytes.to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        matches!(
            *kind,
            Type::INT8 | Type::INT4 | Type::TEXT | Type::VARCHAR | Type::BYTEA
        )
    }

    to_sql_checked!();
}

impl From<postgres::Error> for StoreError {
    fn from(source: postgres::Error) -> Self {
        // Without a code the server said nothing: the connection broke.
        if source.code().is_none() || source.is_closed() {
            return Self::Away {
                operation: "a statement",
                source: source.into(),
            };
        }
        Self::statement(source)
    }
}
