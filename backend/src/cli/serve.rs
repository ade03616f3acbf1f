//! `serve` and `departments`.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use city_backend::clock::Clock;
use city_backend::{CERTIFICATE_DAYS, City, CityConfig, DepartmentsSource, Limits, Mtls, Tls};
use clap::{Args, ValueEnum};

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
    /// Client certificates of kiosks: `required` refuses a kiosk without one (handing over packets and getting one aside),
    /// `offered` only one that does not hold. Without --tls there are none: what a proxy sees is not seen here.
    #[arg(long, value_enum, default_value_t = MtlsName::Offered)]
    mtls: MtlsName,
    /// Days that a client certificate is valid; kiosks get another at half of them.
    #[arg(long, default_value_t = CERTIFICATE_DAYS, value_parser = clap::value_parser!(u16).range(1..=825))]
    certificate_days: u16,
    /// The departments' data service. Absent: the sample city's, as a process of its own.
    #[arg(long)]
    departments: Option<String>,
    /// Folder of messages to residents, one file each, for a gateway to take from. Absent: none are sent.
    #[arg(long)]
    outbox: Option<PathBuf>,
    /// Address of the proxy in front: its `X-Forwarded-For` is believed when requests are counted by address.
    #[arg(long)]
    proxy: Option<IpAddr>,
    /// Address of figures for Prometheus (`/metrics`) and probes, plain HTTP: for the city's own network. Absent: none.
    #[arg(long)]
    metrics: Option<SocketAddr>,
    /// Seconds it serves on and says that it is not ready after it was told to stop.
    #[arg(long, default_value_t = 0)]
    drain_seconds: u64,
    /// Address people reach the city at, printed on results. Absent: the one listened on.
    #[arg(long)]
    public_url: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum MtlsName {
    /// None are given, none are looked at.
    Off,
    /// A kiosk without one goes on by its signature.
    Offered,
    /// A kiosk without one only hands over packets and gets one.
    Required,
}

impl From<MtlsName> for Mtls {
    fn from(name: MtlsName) -> Self {
        match name {
            MtlsName::Off => Self::Off,
            MtlsName::Offered => Self::Offered,
            MtlsName::Required => Self::Required,
        }
    }
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
            limits: Limits {
                drain: Duration::from_secs(self.drain_seconds),
                ..Limits::default()
            },
            proxy: self.proxy,
            metrics: self.metrics,
            mtls: self.mtls.into(),
            certificate_life: Duration::from_secs(24 * 60 * 60 * u64::from(self.certificate_days)),
        };
        if self.tls.is_none() && self.mtls == MtlsName::Offered {
            eprintln!("client certificates are off: TLS ends before this program");
        }
        let city = City::start(config)?;
        if let Some(figures) = city.metrics() {
            eprintln!("figures on http://{figures}/metrics");
        }
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
