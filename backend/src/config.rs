//! What a city is started with.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::clock::Clock;
use crate::limits::Limits;
use crate::mtls::{CERTIFICATE_DAYS, Mtls, days};
use crate::tls::Tls;

/// What a city is started with.
#[derive(Debug, Clone)]
pub struct CityConfig {
    /// The database.
    pub database: Database,
    /// Where sealed parts and documents are kept.
    pub blobs: BlobPlace,
    /// Folder of keys; made when it is not there.
    pub keys: PathBuf,
    /// Folder of the catalogue; with the sample city, missing base files are written to it.
    pub catalogue: PathBuf,
    /// Address to listen on; port 0 takes any free port.
    pub listen: SocketAddr,
    /// TLS.
    pub tls: Tls,
    /// The departments' data service.
    pub departments: DepartmentsSource,
    /// Address people reach the city at, for the QR of results; None for the one listened on.
    pub public_url: Option<String>,
    /// The clock: a test or the demo can set it ahead.
    pub clock: Clock,
    /// Folder of messages to residents, one file each; None for a city that sends none.
    pub outbox: Option<PathBuf>,
    /// Client certificates of kiosks; without TLS of the city's own there are none.
    pub mtls: Mtls,
    /// How long a client certificate is valid.
    pub certificate_life: Duration,
    /// What one asker may cost.
    pub limits: Limits,
    /// Address of the proxy in front, whose `X-Forwarded-For` says for whom it asks; None where nobody is believed.
    pub proxy: Option<IpAddr>,
    /// Address of figures and probes, over plain HTTP and for the city's own network; None for none.
    pub metrics: Option<SocketAddr>,
}

/// Where a city remembers.
#[derive(Clone, PartialEq, Eq)]
pub enum Database {
    /// A file of the embedded engine; made when it is not there.
    Sqlite(PathBuf),
    /// User, hosts and database of a PostgreSQL that is there, as `postgres://…`; several hosts are parted by commas,
    /// and the one that takes writes is used.
    Postgres(String),
}

/// Without what may hold a password.
impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(_) => f.write_str("postgres:[redacted]"),
        }
    }
}

/// The text is neither `sqlite:PATH` nor `postgres://…`.
#[derive(Debug, thiserror::Error)]
#[error("a database is `sqlite:PATH` or `postgres://USER@HOST,HOST/NAME`")]
pub struct NoDatabase;

impl std::str::FromStr for Database {
    type Err = NoDatabase;

    fn from_str(text: &str) -> Result<Self, NoDatabase> {
        let is_url = text.starts_with("postgres://") || text.starts_with("postgresql://");
        match text.strip_prefix("sqlite:") {
            Some(path) if !path.is_empty() => Ok(Self::Sqlite(PathBuf::from(path))),
            None if is_url => Ok(Self::Postgres(text.to_owned())),
            Some(_) | None => Err(NoDatabase),
        }
    }
}

/// Where sealed parts and documents are kept.
#[derive(Clone, PartialEq, Eq)]
pub enum BlobPlace {
    /// A folder; made when it is not there.
    Folder(PathBuf),
    /// A bucket of an S3 service, which is there.
    S3 {
        /// `s3://BUCKET` or `s3://BUCKET/PREFIX`.
        url: String,
        /// Settings by the names of `object_store` (`aws_endpoint`, `aws_region`, …); they come before those of the
        /// environment.
        options: Vec<(String, String)>,
    },
}

/// Without the options, which may hold a secret.
impl std::fmt::Debug for BlobPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Folder(path) => write!(f, "{}", path.display()),
            Self::S3 { url, .. } => f.write_str(url),
        }
    }
}

impl std::str::FromStr for BlobPlace {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(if text.starts_with("s3://") {
            Self::S3 {
                url: text.to_owned(),
                options: Vec::new(),
            }
        } else {
            Self::Folder(PathBuf::from(text))
        })
    }
}

/// Where the departments' data service is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DepartmentsSource {
    /// None: system steps wait.
    None,
    /// At this URL.
    Url(String),
    /// A process to start: it prints `listening on URL` on its standard output and ends when its standard input does.
    Process {
        /// The program.
        program: PathBuf,
        /// Its arguments.
        args: Vec<String>,
    },
}

impl CityConfig {
    /// A city in one folder: loopback, any free port, TLS by an authority of its own, no departments.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self {
            database: Database::Sqlite(folder.join("city.sqlite")),
            blobs: BlobPlace::Folder(folder.join("blobs")),
            keys: folder.join("keys"),
            catalogue: folder.join("catalogue"),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            tls: Tls::Own,
            departments: DepartmentsSource::None,
            public_url: None,
            clock: Clock::default(),
            outbox: Some(folder.join("outbox")),
            mtls: Mtls::default(),
            certificate_life: days(CERTIFICATE_DAYS),
            limits: Limits::default(),
            proxy: None,
            metrics: None,
        }
    }
}
