//! What a city is started with.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use crate::clock::Clock;
use crate::tls::Tls;

/// What a city is started with.
#[derive(Debug, Clone)]
pub struct CityConfig {
    /// The SQLite database; made when it is not there.
    pub database: PathBuf,
    /// Folder of sealed parts and documents; made when it is not there.
    pub blobs: PathBuf,
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
            database: folder.join("city.sqlite"),
            blobs: folder.join("blobs"),
            keys: folder.join("keys"),
            catalogue: folder.join("catalogue"),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            tls: Tls::Own,
            departments: DepartmentsSource::None,
            public_url: None,
            clock: Clock::default(),
        }
    }
}
