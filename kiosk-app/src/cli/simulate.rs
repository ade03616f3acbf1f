//! `kiosk simulate`: one byte-exact simulated device on a pty or a port.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, ValueEnum};
use kiosk_drivers::cabinet::RegisterMap;
use kiosk_drivers::cabinet::sim::SimBoard;
use kiosk_drivers::code_scanner::Family;
use kiosk_drivers::code_scanner::sim::SimScanner;
use kiosk_drivers::document_printer::ipp::sim::{self as ipp, IppSim};
use kiosk_drivers::id_card::sim::SimReader;
use kiosk_drivers::input_event::sim::SimKeys;
use kiosk_drivers::receipt_printer::sim::{Build, PrinterSim};
use kiosk_drivers::runner::CancelToken;
use kiosk_drivers::scanner::camera::sim::CameraSim;
use kiosk_drivers::scanner::sim::ScannerSim;
use kiosk_drivers::sim_host::{SimHost, play_document_printer, play_scanner};
use kiosk_drivers::sim_script::{DeviceDeed, Script, Scriptable};
use kiosk_drivers::transport::simulated::SimulatedDevice;

use super::{DEVICE, Exit, Failure, Kind, USAGE, no_driver};

/// Speed of the simulated serial lines.
const BAUD: u32 = 115_200;

/// `kiosk simulate`.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  kiosk simulate id-card --link /tmp/reader --script faults.toml\n  kiosk simulate receipt-printer --listen 127.0.0.1:9100 --profile custom\n  kiosk simulate scanner --listen 127.0.0.1:60000\n  kiosk simulate document-printer --listen 127.0.0.1:6310 --out printed\n  kiosk simulate camera --out /tmp/desk --script faults.toml\n  kiosk simulate cabinet --link /tmp/board --map cabinet.toml\n  kiosk simulate keypad --link /tmp/keys\n\nA keypad's line carries the kernel's input events as bytes, which `serial:` and `tcp:` selectors read; it is no /dev/input node, which would need uinput and its rights.\nFault scripts are described in docs/fault-scripts.md."
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
    /// What goes wrong when (TOML): [[fault]] entries in order, see docs/fault-scripts.md.
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,
    /// The receipt printer's family.
    #[arg(long, value_name = "NAME")]
    profile: Option<PrinterFamily>,
    /// The code scanner's command language; without it the scanner looks for codes by itself.
    #[arg(long, value_name = "NAME")]
    family: Option<ScannerFamily>,
    /// The cabinet's register map (TOML); the sample map when not told.
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// The folder for the documents that the document printer prints, or for the camera's frames.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Families of receipt printers.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PrinterFamily {
    /// 80 mm, all of Epson's commands.
    Epson,
    /// 80 mm with a presenter that retracts.
    Custom,
    /// 58 mm with a tear bar.
    Cashino,
    /// A clone that knows little and says it is an Epson.
    Generic,
}

impl PrinterFamily {
    fn build(self) -> Build {
        match self {
            Self::Epson => Build::default(),
            Self::Custom => Build::custom(),
            Self::Cashino => Build::cashino(),
            Self::Generic => Build::generic(),
        }
    }
}

/// Command languages of code scanners.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ScannerFamily {
    Honeywell,
    Newland,
    Gm65,
}

impl From<ScannerFamily> for Family {
    fn from(family: ScannerFamily) -> Self {
        match family {
            ScannerFamily::Honeywell => Self::Honeywell,
            ScannerFamily::Newland => Self::Newland,
            ScannerFamily::Gm65 => Self::Gm65,
        }
    }
}

impl Simulate {
    pub(crate) fn run(self) -> Result<(), Failure> {
        self.options_of_the_kind()?;
        match self.kind {
            Kind::IdCard => self.line(SimReader::default(), BAUD),
            Kind::ReceiptPrinter => {
                let build = self
                    .profile
                    .map_or_else(Build::default, PrinterFamily::build);
                self.line(PrinterSim::new(build), BAUD)
            }
            Kind::CodeScanner => {
                let family = self.family.map(Family::from);
                let baud = family.map_or(BAUD, Family::baud);
                self.line(SimScanner::new(family, b"\r\n"), baud)
            }
            Kind::Keypad => self.line(SimKeys::default(), BAUD),
            Kind::Cabinet => {
                let map = match &self.map {
                    Some(path) => RegisterMap::read(path).exit(USAGE)?,
                    None => RegisterMap::sample().exit(USAGE)?,
                };
                self.line(SimBoard::new(&map), map.baud())
            }
            Kind::Scanner => self.scanner(),
            Kind::DocumentPrinter => self.document_printer(),
            Kind::Camera => self.camera(),
            Kind::ChipCard => Err(no_driver(self.kind)),
        }
    }

    /// Refuses options that mean nothing for the kind, rather than ignoring them.
    fn options_of_the_kind(&self) -> Result<(), Failure> {
        let http = matches!(self.kind, Kind::Scanner | Kind::DocumentPrinter);
        let folder = self.kind == Kind::Camera;
        let misplaced = [
            (
                "--profile",
                self.profile.is_some(),
                self.kind == Kind::ReceiptPrinter,
            ),
            (
                "--family",
                self.family.is_some(),
                self.kind == Kind::CodeScanner,
            ),
            ("--map", self.map.is_some(), self.kind == Kind::Cabinet),
            (
                "--out",
                self.out.is_some(),
                matches!(self.kind, Kind::DocumentPrinter | Kind::Camera),
            ),
            ("--link", self.link.is_some(), !http && !folder),
            ("--listen", self.listen.is_some(), !folder),
        ];
        let found = misplaced.iter().find(|(_, told, right)| *told && !*right);
        match found {
            Some((option, _, _)) => Err(Failure {
                code: USAGE,
                error: anyhow::anyhow!("{option} is not for the kind `{}`", self.kind.name()),
            }),
            None => Ok(()),
        }
    }

    fn script<T: DeviceDeed>(&self) -> Result<Script<T>, Failure> {
        match &self.script {
            Some(path) => Script::read(path).exit(USAGE),
            None => Ok(Script::default()),
        }
    }

    /// Runs a device at the end of a serial line or a socket.
    fn line<D>(&self, device: D, baud: u32) -> Result<(), Failure>
    where
        D: SimulatedDevice + Scriptable + 'static,
    {
        let script = self.script()?;
        let host = match self.listen {
            Some(address) => SimHost::on_tcp(device, Some(baud), address),
            None => SimHost::on_pty(device, Some(baud), self.link.as_deref()),
        };
        let host = host.context("starting the simulated device").exit(DEVICE)?;
        eprintln!("simulating {} on {}", self.kind.name(), host.selector());
        host.play(script.plan());
        forever()
    }

    fn address(&self) -> SocketAddr {
        self.listen
            .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 0)))
    }

    fn scanner(&self) -> Result<(), Failure> {
        let script = self.script()?;
        let mut scanner = ScannerSim::start_on(self.address())
            .context("starting the simulated scanner")
            .exit(DEVICE)?;
        eprintln!("simulating scanner on {}", scanner.selector());
        play_scanner(&mut scanner, script)
            .context("playing the fault script")
            .exit(DEVICE)?;
        forever()
    }

    fn camera(&self) -> Result<(), Failure> {
        let script = self.script()?;
        let folder = self
            .out
            .as_deref()
            .context("a camera plays in a folder of its own: name one with --out")
            .exit(USAGE)?;
        let mut camera = CameraSim::start_in(folder)
            .with_context(|| format!("starting the simulated camera in {}", folder.display()))
            .exit(DEVICE)?;
        eprintln!("simulating camera on {}", camera.selector());
        // Nobody cancels it: the script waits out its times.
        let never = CancelToken::default();
        let wait = |time| {
            never.wait(time);
        };
        camera
            .play(script, wait)
            .context("playing the fault script")
            .exit(USAGE)?;
        forever()
    }

    fn document_printer(&self) -> Result<(), Failure> {
        let script = self.script()?;
        if let Some(folder) = &self.out {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("creating {}", folder.display()))
                .exit(USAGE)?;
        }
        let mut printer = IppSim::start_on(ipp::Build::default(), self.address())
            .context("starting the simulated printer")
            .exit(DEVICE)?;
        if let Some(folder) = &self.out {
            printer.keep_in(folder);
        }
        eprintln!("simulating document-printer on {}", printer.selector());
        play_document_printer(&mut printer, script)
            .context("playing the fault script")
            .exit(DEVICE)?;
        forever()
    }
}

/// Until somebody ends the program.
fn forever() -> Result<(), Failure> {
    loop {
        std::thread::park();
    }
}
