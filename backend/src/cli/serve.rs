//! `serve` and `departments`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use city_backend::clock::Clock;
use city_backend::{City, CityConfig, DepartmentsSource, Tls};
use clap::Args;

use super::Places;

#[derive(Debug, Args)]
pub(super) struct Serve {
    #[command(flatten)]
    places: Places,
    /// Address to listen on; port 0 takes any free port.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Certificate chain and private key in PEM. Absent: HTTP, for a proxy in front.
    #[arg(long, num_args = 2, value_names = ["CERT", "KEY"])]
    tls: Option<Vec<PathBuf>>,
    /// The departments' data service. Absent: the sample city's, as a process of its own.
    #[arg(long)]
    departments: Option<String>,
    /// Folder of messages to residents, one file each, for a gateway to take from. Absent: none are sent.
    #[arg(long)]
    outbox: Option<PathBuf>,
    /// Address people reach the city at, printed on results. Absent: the one listened on.
    #[arg(long)]
    public_url: Option<String>,
}

impl Serve {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        self.places.make_folder()?;
        let config = CityConfig {
            catalogue: self.places.catalogue(),
            database: self.places.database,
            blobs: self.places.blobs,
            keys: self.places.keys,
            listen: self.listen,
            tls: match self.tls.as_deref() {
                Some([cert, key]) => Tls::Files {
                    cert: cert.clone(),
                    key: key.clone(),
                },
                Some(_) | None => Tls::Off,
            },
            departments: departments(self.departments)?,
            public_url: self.public_url,
            clock: Clock::default(),
            outbox: self.outbox,
        };
        let city = City::start(config)?;
        eprintln!("listening on {}", city.url());
        city.run_until_signal().context("waiting for a signal")?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The departments asked for, else the sample city's own as a process of this program.
fn departments(url: Option<String>) -> anyhow::Result<DepartmentsSource> {
    if let Some(url) = url {
        return Ok(DepartmentsSource::Url(url));
    }
    #[cfg(feature = "sample-city")]
    {
        let program = std::env::current_exe().context("looking for this program")?;
        let args = [
            "departments",
            "--listen",
            "127.0.0.1:0",
            "--until-input-ends",
        ];
        Ok(DepartmentsSource::Process {
            program,
            args: args.map(str::to_owned).to_vec(),
        })
    }
    #[cfg(not(feature = "sample-city"))]
    Ok(DepartmentsSource::None)
}

#[cfg(feature = "sample-city")]
#[derive(Debug, Args)]
pub(super) struct Departments {
    /// Address to listen on; port 0 takes any free port.
    #[arg(long, default_value = "127.0.0.1:9000")]
    listen: SocketAddr,
    /// Ends when standard input ends: for a city that started it.
    #[arg(long, hide = true)]
    until_input_ends: bool,
}

#[cfg(feature = "sample-city")]
impl Departments {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        city_backend::sample_city::departments::serve(self.listen, self.until_input_ends)?;
        Ok(ExitCode::SUCCESS)
    }
}
