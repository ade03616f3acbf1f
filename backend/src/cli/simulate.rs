//! `simulate-kiosks`: what one city carries, in figures.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Duration;

use anyhow::Context as _;
use city_backend::sample_city::simulate::{Report, Simulation, Times};
use city_backend::{Admin, Database, Tls};
use clap::Args;

/// A station of the sample city.
const STATION: &str = "S001";

#[derive(Debug, Args)]
pub(super) struct SimulateKiosks {
    /// How many kiosks.
    kiosks: usize,
    /// The city, `https://HOST:PORT`; the places name its database and keys. Absent: one of its own in a new folder.
    #[arg(long)]
    city: Option<String>,
    #[command(flatten)]
    places: super::Places,
    /// How long, in seconds.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Seconds between two heartbeats of a kiosk.
    #[arg(long, default_value_t = 60)]
    heartbeat: u64,
    /// Kiosks that file at once.
    #[arg(long, default_value_t = 8)]
    filers: usize,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

impl SimulateKiosks {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let own = match &self.city {
            Some(_) => None,
            None => Some(OwnCity::start(&self.places.database)?),
        };
        let admin = match &own {
            Some(own) => own.admin()?,
            None => self.places.admin()?,
        };
        let keys = own.as_ref().map_or(&self.places.keys, |own| &own.keys);
        let simulation = Simulation {
            url: match &own {
                Some(own) => own.url.clone(),
                None => self.city.clone().unwrap_or_default(),
            },
            ca_pem: Tls::Own
                .certificate(keys)?
                .and_then(|certificate| certificate.ca),
            codes: admin.enrol_codes(STATION, self.kiosks)?,
            duration: Duration::from_secs(self.seconds),
            heartbeat: Duration::from_secs(self.heartbeat),
            filers: self.filers,
        };
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .context("starting the runtime")?;
        let report = runtime.block_on(simulation.run())?;
        let memory = own.as_ref().and_then(OwnCity::most_memory);
        self.print(&report, memory)?;
        let failed = report.heartbeats.failed + report.filings.failed + report.storm.failed;
        Ok(ExitCode::from(u8::from(failed > 0)))
    }

    fn print(&self, report: &Report, memory_mb: Option<u64>) -> anyhow::Result<()> {
        if self.json {
            let mut json = serde_json::to_value(report)?;
            json["mostMemoryMb"] = memory_mb.into();
            println!("{json}");
            return Ok(());
        }
        let line = |what: &str, times: &Times| {
            println!(
                "{what}: {} answered, {} failed, median {:.1} ms, p99 {:.1} ms",
                times.count, times.failed, times.median_ms, times.p99_ms
            );
        };
        println!("{} kiosks", report.kiosks);
        line("heartbeats", &report.heartbeats);
        line("filings", &report.filings);
        println!("filings a second: {:.1}", report.filings_per_second);
        line("all kiosks at once", &report.storm);
        if let Some(most) = memory_mb {
            println!("the city's memory at most: {most} MB");
        }
        Ok(())
    }
}

/// A city as a process of its own, in a folder that goes with it.
struct OwnCity {
    process: Child,
    url: String,
    keys: PathBuf,
    database: Database,
    folder: tempfile::TempDir,
}

impl OwnCity {
    /// On SQLite in its folder, or on the PostgreSQL that is named.
    fn start(named: &Database) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir().context("making a folder for the city")?;
        let at = |name: &str| folder.path().join(name);
        let keys = at("keys");
        let certificate = Tls::Own
            .certificate(&keys)?
            .context("making a certificate")?;
        std::fs::write(at("chain.pem"), &certificate.chain).context("keeping the certificate")?;
        std::fs::write(at("key.pem"), certificate.key.as_bytes()).context("keeping its key")?;
        let database = match named {
            Database::Sqlite(_) => Database::Sqlite(at("city.sqlite")),
            Database::Postgres(url) => Database::Postgres(url.clone()),
        };
        let name = match &database {
            Database::Sqlite(path) => format!("sqlite:{}", path.display()),
            Database::Postgres(url) => url.clone(),
        };
        let program = std::env::current_exe().context("looking for this program")?;
        let mut process = Command::new(program)
            .args(["serve", "--listen", "127.0.0.1:0", "--database", &name])
            .arg("--keys")
            .arg(&keys)
            .arg("--blobs")
            .arg(at("blobs"))
            .arg("--tls")
            .args([at("chain.pem"), at("key.pem")])
            .env("RUST_LOG", "warn")
            .stderr(Stdio::piped())
            .spawn()
            .context("starting the city")?;
        let mut lines =
            BufReader::new(process.stderr.take().context("listening to the city")?).lines();
        let url = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("listening on ").map(str::to_owned))
            .context("the city did not say where it listens")?;
        std::thread::spawn(move || {
            lines
                .map_while(Result::ok)
                .for_each(|line| eprintln!("city: {line}"))
        });
        Ok(Self {
            process,
            url,
            keys,
            database,
            folder,
        })
    }

    fn admin(&self) -> anyhow::Result<Admin> {
        let catalogue: &Path = &self.folder.path().join("catalogue");
        Ok(Admin::open(&self.database, &self.keys, catalogue)?)
    }

    /// Most memory it held, in MB; None where the system does not tell.
    fn most_memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))?;
        let kb: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        Some(kb / 1024)
    }
}

impl Drop for OwnCity {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
