//! The command line. Exit codes: 0 done, 1 a check failed, 2 usage, 3 device, 4 city.

#[cfg(feature = "demo")]
mod audit;
mod chain;
mod check;
#[cfg(feature = "demo")]
mod demo;
mod device;
mod display;
mod enrol;
#[cfg(feature = "demo")]
mod gallery;
mod page;
mod pages;
mod print;
mod run;
mod scan;
mod service;
#[cfg(feature = "demo")]
mod simulate;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use kiosk_drivers::selector::Selector;

/// Self-service kiosk for city public services.
#[derive(Parser)]
#[command(
    name = "kiosk",
    version,
    after_help = "Examples:\n  kiosk demo\n  kiosk demo --headless --visit all --out pictures\n  kiosk run --config /etc/kiosk/kiosk.toml\n  kiosk device watch id-card --device serial:/dev/ttyUSB0@115200 --json"
)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// A kiosk with simulated devices and an embedded city (this is also what no command does).
    #[cfg(feature = "demo")]
    Demo(demo::Demo),
    /// The kiosk of this machine.
    #[command(after_help = "Example:\n  kiosk run --config /etc/kiosk/kiosk.toml")]
    Run(ConfigFile),
    /// Looks at devices, disk, clock, city and catalogue; exit code 1 when something is red.
    #[command(after_help = "Example:\n  kiosk check --config /etc/kiosk/kiosk.toml --json")]
    Check(check::Check),
    /// The screen of a hall: the last calls, the newest one large, and whether the city still answers.
    #[command(
        after_help = "Examples:\n  kiosk display --city https://city.example --hall S002 --full-screen\n  kiosk display --city https://city.example --hall S002 --picture hall.png"
    )]
    Display(display::Display),
    /// Prints the heads of the city's event chain that this kiosk kept; exit code 1 when the city contradicted them.
    #[command(
        after_help = "Examples:\n  kiosk chain --config /etc/kiosk/kiosk.toml > kiosk-A22.jsonl\n  kiosk chain --config /etc/kiosk/kiosk.toml --acknowledge"
    )]
    Chain(chain::Chain),
    /// Enrols this kiosk at its city with a one-time code.
    #[command(
        after_help = "Example:\n  kiosk enrol --config /etc/kiosk/kiosk.toml --code ABCD-EFGH"
    )]
    Enrol(enrol::Enrol),
    /// Sets or unlocks the PIN of the technician's service screen.
    Service(service::Service),
    /// Lists, watches and tests devices.
    Device(device::Device),
    /// Prints a slip or a document and says what is proven about it.
    Print(print::Print),
    /// Scans into a folder.
    Scan(scan::Scan),
    /// Makes pictures of pages into the pages that are filed, and one PDF of them.
    Page(page::Page),
    /// Looks at every page in every language, size of words, contrast and mode; exit code 1 when something is found.
    #[cfg(feature = "demo")]
    #[command(after_help = "Examples:\n  kiosk audit --quick\n  kiosk audit --out findings")]
    Audit(audit::Audit),
    /// Shows every component in every state, in a window or as pictures.
    #[cfg(feature = "demo")]
    #[command(after_help = "Examples:\n  kiosk gallery\n  kiosk gallery --out pictures")]
    Gallery(gallery::Gallery),
    /// One byte-exact simulated device for any other program to talk to.
    #[cfg(feature = "demo")]
    Simulate(simulate::Simulate),
    /// The departments' data service of the sample city (started by `demo`).
    #[cfg(feature = "demo")]
    #[command(hide = true)]
    Departments(demo::Departments),
}

/// Where the configuration is.
#[derive(clap::Args)]
struct ConfigFile {
    /// The configuration file (TOML).
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

/// The kinds of devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    IdCard,
    ChipCard,
    Keypad,
    CodeScanner,
    ReceiptPrinter,
    DocumentPrinter,
    Scanner,
    Camera,
    Cabinet,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::IdCard => "id-card",
            Self::ChipCard => "chip-card",
            Self::Keypad => "keypad",
            Self::CodeScanner => "code-scanner",
            Self::ReceiptPrinter => "receipt-printer",
            Self::DocumentPrinter => "document-printer",
            Self::Scanner => "scanner",
            Self::Camera => "camera",
            Self::Cabinet => "cabinet",
        }
    }
}

/// A failure with the exit code it means.
struct Failure {
    code: u8,
    error: anyhow::Error,
}

const CHECK_FAILED: u8 = 1;
const USAGE: u8 = 2;
const DEVICE: u8 = 3;
const CITY: u8 = 4;

/// Gives an error its exit code.
trait Exit<T> {
    fn exit(self, code: u8) -> Result<T, Failure>;
}

impl<T, E: Into<anyhow::Error>> Exit<T> for Result<T, E> {
    fn exit(self, code: u8) -> Result<T, Failure> {
        self.map_err(|error| Failure {
            code,
            error: error.into(),
        })
    }
}

/// A device's kind that has no driver in this version.
fn no_driver(kind: Kind) -> Failure {
    Failure {
        code: USAGE,
        error: anyhow::anyhow!("this version has no driver for the kind `{}`", kind.name()),
    }
}

/// Reads a selector argument.
fn selector(text: &str) -> Result<Selector, String> {
    text.parse()
        .map_err(|error: kiosk_drivers::selector::SelectorError| error.to_string())
}

/// Runs the command line.
pub(crate) fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_env("KIOSK_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let done = match cli.command {
        #[cfg(feature = "demo")]
        None => demo::Demo::default().run(),
        #[cfg(not(feature = "demo"))]
        None => Err(Failure {
            code: USAGE,
            error: anyhow::anyhow!("a command is needed; see `kiosk --help`"),
        }),
        #[cfg(feature = "demo")]
        Some(Command::Demo(demo)) => demo.run(),
        Some(Command::Run(file)) => run::run(&file.config),
        Some(Command::Check(check)) => check.run(),
        Some(Command::Display(display)) => display.run(),
        Some(Command::Chain(chain)) => chain.run(),
        Some(Command::Enrol(enrol)) => enrol.run(),
        Some(Command::Service(service)) => service.run(),
        Some(Command::Device(device)) => device.run(),
        Some(Command::Print(print)) => print.run(),
        Some(Command::Scan(scan)) => scan.run(),
        Some(Command::Page(page)) => page.run(),
        #[cfg(feature = "demo")]
        Some(Command::Audit(audit)) => audit.run(),
        #[cfg(feature = "demo")]
        Some(Command::Gallery(gallery)) => gallery.run(),
        #[cfg(feature = "demo")]
        Some(Command::Simulate(simulate)) => simulate.run(),
        #[cfg(feature = "demo")]
        Some(Command::Departments(departments)) => departments.run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("kiosk: {:#}", failure.error);
            ExitCode::from(failure.code)
        }
    }
}
