//! `kiosk simulate`: one byte-exact simulated device on a pty or a port.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use kiosk_drivers::id_card::sim::{CardContent, SimReader};
use kiosk_drivers::receipt_printer::sim::{Build, PrinterSim};
use kiosk_drivers::scanner::sim::ScannerSim;
use kiosk_drivers::sim_host::SimHost;
use kiosk_drivers::transport::simulated::SimulatedDevice;
use serde::Deserialize;

use super::{DEVICE, Exit, Failure, Kind, USAGE, no_driver};

/// Speed of the simulated serial lines.
const BAUD: u32 = 115_200;

/// `kiosk simulate`.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  kiosk simulate id-card --link /tmp/reader --script card.toml\n  kiosk simulate receipt-printer --listen 127.0.0.1:9100\n  kiosk simulate scanner --listen 127.0.0.1:60000"
)]
pub(crate) struct Simulate {
    /// The kind of device.
    kind: Kind,
    /// A pty with this symbolic link to it.
    #[arg(long, value_name = "PATH", conflicts_with = "listen")]
    link: Option<PathBuf>,
    /// A TCP or HTTP port instead of a pty.
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// What happens when (TOML): [[step]] after-seconds, then one of card, remove, paper-out, refill, cover-open, cover-closed, near-end, unplug, plug.
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,
}

/// What happens to a simulated device, in order.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    #[serde(default)]
    step: Vec<Step>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Step {
    /// Seconds after the step before.
    #[serde(default)]
    after_seconds: f64,
    /// Puts a card: the fields of a chip.
    card: Option<CardContent>,
    /// Takes the card away.
    #[serde(default)]
    remove: bool,
    /// The roll ends after so many millimetres.
    paper_out: Option<f64>,
    /// New paper.
    #[serde(default)]
    refill: bool,
    /// Opens or closes the cover.
    cover_open: Option<bool>,
    /// The near-end sensor.
    near_end: Option<bool>,
    /// Pulls the cable.
    #[serde(default)]
    unplug: bool,
    /// Plugs it in again.
    #[serde(default)]
    plug: bool,
}

impl Simulate {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let script = self.script()?;
        match self.kind {
            Kind::IdCard => {
                let host = self.host(SimReader::default())?;
                play(&host, script, |reader, step| {
                    if let Some(card) = step.card {
                        reader.put(card);
                    }
                    if step.remove {
                        reader.remove();
                    }
                })
            }
            Kind::ReceiptPrinter => {
                let host = self.host(PrinterSim::new(Build::default()))?;
                play(&host, script, |printer, step| {
                    if let Some(millimetres) = step.paper_out {
                        printer.end_roll_after(millimetres);
                    }
                    if step.refill {
                        printer.refill();
                    }
                    if let Some(open) = step.cover_open {
                        printer.set_cover_open(open);
                    }
                    if let Some(near) = step.near_end {
                        printer.set_near_end(near);
                    }
                })
            }
            Kind::Scanner => {
                let address = self
                    .listen
                    .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 0)));
                let scanner = ScannerSim::start_on(address)
                    .context("starting the simulated scanner")
                    .exit(DEVICE)?;
                eprintln!("simulating scanner on {}", scanner.selector());
                forever()
            }
            Kind::ChipCard
            | Kind::Keypad
            | Kind::CodeScanner
            | Kind::DocumentPrinter
            | Kind::Camera
            | Kind::Cabinet => Err(no_driver(self.kind)),
        }
    }

    fn script(&self) -> Result<Script, Failure> {
        let Some(path) = &self.script else {
            return Ok(Script::default());
        };
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("reading {}", path.display()))
            .exit(USAGE)?;
        toml::from_str(&text)
            .with_context(|| format!("reading the script {}", path.display()))
            .exit(USAGE)
    }

    fn host<D: SimulatedDevice + 'static>(&self, device: D) -> Result<SimHost<D>, Failure> {
        let host = match self.listen {
            Some(address) => SimHost::on_tcp(device, Some(BAUD), address),
            None => SimHost::on_pty(device, Some(BAUD), self.link.as_deref()),
        };
        let host = host.context("starting the simulated device").exit(DEVICE)?;
        eprintln!("simulating {} on {}", self.kind.name(), host.selector());
        Ok(host)
    }
}

fn play<D: SimulatedDevice + 'static>(
    host: &SimHost<D>,
    script: Script,
    deed: impl Fn(&mut D, Step),
) -> Result<(), Failure> {
    for step in script.step {
        let pause = Duration::try_from_secs_f64(step.after_seconds)
            .context("after-seconds is no time")
            .exit(USAGE)?;
        std::thread::park_timeout(pause);
        if step.unplug {
            host.unplug().context("unplugging").exit(DEVICE)?;
        }
        if step.plug {
            host.plug().context("plugging in").exit(DEVICE)?;
        }
        host.device(|device| deed(device, step));
    }
    forever()
}

/// Until somebody ends the program.
fn forever() -> Result<(), Failure> {
    loop {
        std::thread::park();
    }
}
