//! `kiosk device list|watch|test`.

use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::{Args, Subcommand, ValueEnum};
use kiosk_drivers::id_card::{self, ReaderEvent};
use kiosk_drivers::receipt_printer::{MemoryJournal, PrinterCommand, PrinterEvent, Profile};
use kiosk_drivers::runner::{CancelToken, HealthState, Report};
use kiosk_drivers::scanner::{NextPage, Page, ScanFault, ScanSettings, Scanner, escl};
use kiosk_drivers::selector::Selector;
use serde_json::json;

use super::{CHECK_FAILED, DEVICE, Exit, Failure, Kind, USAGE, no_driver, selector};

/// `kiosk device`.
#[derive(Args)]
pub(crate) struct Device {
    #[command(subcommand)]
    command: DeviceCommand,
}

#[derive(Subcommand)]
enum DeviceCommand {
    /// Lists serial lines and other places where devices may be.
    #[command(after_help = "Example:\n  kiosk device list --json")]
    List {
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Prints what a device reports, one event a line.
    #[command(
        after_help = "Example:\n  kiosk device watch id-card --device serial:/dev/ttyUSB0 --seconds 30 --json"
    )]
    Watch {
        /// The kind of device.
        kind: Kind,
        /// The device, such as serial:/dev/ttyUSB0@115200.
        #[arg(long, value_parser = selector)]
        device: Selector,
        /// Ends after so many seconds; without it, only by Ctrl-C.
        #[arg(long)]
        seconds: Option<u64>,
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
        /// Shows values unmasked.
        #[arg(long)]
        reveal: bool,
    },
    /// Tests a device: silent asks it only, active makes it work (prints a slip, scans the glass, reads the card that is
    /// laid down within ten seconds).
    #[command(
        after_help = "Example:\n  kiosk device test receipt-printer --device serial:/dev/ttyUSB1 --level active"
    )]
    Test {
        /// The kind of device.
        kind: Kind,
        /// The device.
        #[arg(long, value_parser = selector)]
        device: Selector,
        /// How much is done.
        #[arg(long, value_enum, default_value_t = Level::Silent)]
        level: Level,
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Level {
    Silent,
    Active,
    Guided,
}

impl Device {
    pub(crate) fn run(self) -> Result<(), Failure> {
        match self.command {
            DeviceCommand::List { json } => {
                list(json);
                Ok(())
            }
            DeviceCommand::Watch {
                kind,
                device,
                seconds,
                json,
                reveal,
            } => match kind {
                Kind::IdCard => watch_card(&device, seconds, json, reveal),
                Kind::ReceiptPrinter => watch_printer(&device, seconds, json),
                Kind::ChipCard
                | Kind::Keypad
                | Kind::CodeScanner
                | Kind::DocumentPrinter
                | Kind::Scanner
                | Kind::Camera
                | Kind::Cabinet => Err(no_driver(kind)),
            },
            DeviceCommand::Test {
                kind,
                device,
                level,
                json,
            } => test(kind, &device, level, json),
        }
    }
}

/// Serial nodes, with the stable names udev gives where there are any.
fn list(as_json: bool) {
    let mut found = Vec::new();
    for folder in ["/dev/serial/by-id", "/dev"] {
        let Ok(entries) = std::fs::read_dir(folder) else {
            continue;
        };
        let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        found.extend(paths.into_iter().filter(|path| serial(folder, path)));
    }
    for path in &found {
        let usable = std::fs::OpenOptions::new()
            .read(true)
            .write(true)
            .open(path);
        let state = match usable {
            Ok(_) => "available",
            Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                "permission_denied"
            }
            Err(_) => "unavailable",
        };
        let selector = format!("serial:{}", path.display());
        if as_json {
            println!("{}", json!({"selector": selector, "state": state}));
        } else {
            println!("{selector}  {state}");
        }
    }
    if found.is_empty() && !as_json {
        println!("no serial devices found");
    }
}

fn serial(folder: &str, path: &Path) -> bool {
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    folder != "/dev"
        || ["ttyUSB", "ttyACM", "ttyS"]
            .iter()
            .any(|prefix| name.starts_with(prefix))
}

/// Receives until the time is over or `each` has enough; false when the device thread ended before.
fn until<T>(
    inbox: &mpsc::Receiver<T>,
    seconds: Option<u64>,
    mut each: impl FnMut(T) -> bool,
) -> bool {
    let end = seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    loop {
        let wait = end.map_or(Duration::from_secs(3600), |end| {
            end.saturating_duration_since(Instant::now())
        });
        match inbox.recv_timeout(wait) {
            Ok(report) => {
                if !each(report) {
                    return true;
                }
            }
            Err(RecvTimeoutError::Timeout) if end.is_some() => return true,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
}

fn watch_card(
    device: &Selector,
    seconds: Option<u64>,
    as_json: bool,
    reveal: bool,
) -> Result<(), Failure> {
    let (events, inbox) = mpsc::channel();
    let thread = id_card::start(device, events, |report| report)
        .context("starting the id-card reader")
        .exit(DEVICE)?;
    let mut online = false;
    let alive = until(&inbox, seconds, |report| {
        match report {
            Report::Event(event) => {
                if let Some(line) = event.to_json(reveal) {
                    println!("{line}");
                }
            }
            Report::Health(health) => {
                online |= health.state == HealthState::Online;
                if !as_json {
                    eprintln!("{} {}", health.state.name(), health.detail);
                }
            }
            Report::Identified(identity) => {
                if !as_json {
                    eprintln!("reader {}", identity.name);
                }
            }
        }
        true
    });
    drop(thread);
    if alive && (online || seconds.is_none()) {
        Ok(())
    } else {
        Err(anyhow::anyhow!(
            "the id-card reader {device} never answered"
        ))
        .exit(DEVICE)
    }
}

fn watch_printer(device: &Selector, seconds: Option<u64>, as_json: bool) -> Result<(), Failure> {
    let (events, inbox) = mpsc::channel();
    let thread = kiosk::devices::start_printer(
        device,
        Profile::default(),
        MemoryJournal::default(),
        events,
        |r| r,
    )
    .context("starting the receipt printer")
    .exit(DEVICE)?;
    let mut online = false;
    until(&inbox, seconds, |report| {
        match report {
            Report::Event(PrinterEvent::Supply(supply)) => {
                println!("{}", json!({"event": "supply", "supply": supply}));
            }
            Report::Health(health) => {
                online |= health.state == HealthState::Online;
                let detail = (!health.detail.is_empty()).then_some(&health.detail);
                println!(
                    "{}",
                    json!({"event": "health", "state": health.state.name(), "detail": detail})
                );
            }
            Report::Identified(identity) if !as_json => eprintln!("printer {}", identity.name),
            Report::Identified(_) | Report::Event(_) => {}
        }
        true
    });
    drop(thread);
    if online {
        Ok(())
    } else {
        Err(anyhow::anyhow!(
            "the receipt printer {device} was never ready"
        ))
        .exit(DEVICE)
    }
}

/// What a test found.
struct Verdict {
    passed: bool,
    identity: Option<String>,
    detail: String,
}

fn test(kind: Kind, device: &Selector, level: Level, as_json: bool) -> Result<(), Failure> {
    if level == Level::Guided {
        return Err(anyhow::anyhow!(
            "guided tests come with the service screen; use silent or active"
        ))
        .exit(USAGE);
    }
    let verdict = match kind {
        Kind::IdCard => test_card(device, level)?,
        Kind::ReceiptPrinter => test_printer(device, level)?,
        Kind::Scanner => test_scanner(device, level)?,
        Kind::ChipCard
        | Kind::Keypad
        | Kind::CodeScanner
        | Kind::DocumentPrinter
        | Kind::Camera
        | Kind::Cabinet => return Err(no_driver(kind)),
    };
    if as_json {
        println!(
            "{}",
            json!({
                "kind": kind.name(),
                "device": device.to_string(),
                "passed": verdict.passed,
                "identity": verdict.identity,
                "detail": verdict.detail,
            })
        );
    } else {
        let word = if verdict.passed { "passed" } else { "FAILED" };
        let identity = verdict.identity.as_deref().unwrap_or("-");
        println!(
            "{} {device}: {word} ({identity}) {}",
            kind.name(),
            verdict.detail
        );
    }
    if verdict.passed {
        Ok(())
    } else {
        Err(anyhow::anyhow!("the {} did not pass", kind.name())).exit(CHECK_FAILED)
    }
}

const TEST_SECONDS: u64 = 10;

fn test_card(device: &Selector, level: Level) -> Result<Verdict, Failure> {
    let (events, inbox) = mpsc::channel();
    let thread = id_card::start(device, events, |report| report)
        .context("starting the id-card reader")
        .exit(DEVICE)?;
    let mut verdict = Verdict {
        passed: false,
        identity: None,
        detail: "no answer".to_owned(),
    };
    until(&inbox, Some(TEST_SECONDS), |report| match report {
        Report::Event(ReaderEvent::SamId(id)) => {
            verdict.identity = Some(id.to_string());
            true
        }
        Report::Health(health) => {
            let online = health.state == HealthState::Online;
            verdict.detail = format!("{} {}", health.state.name(), health.detail);
            verdict.passed = online && level == Level::Silent;
            if online && level == Level::Active {
                verdict.detail = "online, and no card was laid down".to_owned();
            }
            !(verdict.passed && verdict.identity.is_some())
        }
        Report::Identified(identity) => {
            verdict.identity = Some(identity.name);
            true
        }
        Report::Event(ReaderEvent::Card(_)) if level == Level::Active => {
            verdict.passed = true;
            verdict.detail = "a card was read".to_owned();
            false
        }
        Report::Event(ReaderEvent::Fault(fault)) if level == Level::Active => {
            verdict.detail = fault.kind.name().to_owned();
            false
        }
        Report::Event(_) => true,
    });
    drop(thread);
    Ok(verdict)
}

fn test_printer(device: &Selector, level: Level) -> Result<Verdict, Failure> {
    let (events, inbox) = mpsc::channel();
    let thread = kiosk::devices::start_printer(
        device,
        Profile::default(),
        MemoryJournal::default(),
        events,
        |r| r,
    )
    .context("starting the receipt printer")
    .exit(DEVICE)?;
    let mut verdict = Verdict {
        passed: false,
        identity: None,
        detail: "no answer".to_owned(),
    };
    let mut asked = false;
    until(&inbox, Some(3 * TEST_SECONDS), |report| match report {
        Report::Health(health) => {
            let ready = health.state == HealthState::Online;
            verdict.detail = format!("{} {}", health.state.name(), health.detail);
            if ready && level == Level::Active && !asked {
                asked = true;
                match super::print::sample_job() {
                    Ok(job) => return thread.send(PrinterCommand::Print(job)),
                    Err(error) => {
                        verdict.detail = format!("{error:#}");
                        return false;
                    }
                }
            }
            verdict.passed = ready && level == Level::Silent;
            !verdict.passed
        }
        Report::Event(PrinterEvent::Outcome { outcome, .. }) => {
            verdict.passed = outcome.as_str() == "printed";
            verdict.detail = outcome.as_str().to_owned();
            false
        }
        Report::Identified(identity) => {
            verdict.identity = Some(identity.name);
            true
        }
        Report::Event(_) => true,
    });
    drop(thread);
    Ok(verdict)
}

fn test_scanner(device: &Selector, level: Level) -> Result<Verdict, Failure> {
    let mut scanner = scanner(device)?;
    let state = scanner.status();
    let mut verdict = Verdict {
        passed: kiosk::devices::usable(state.state),
        identity: None,
        detail: format!("{} {}", state.state.name(), state.detail),
    };
    if verdict.passed && level == Level::Active {
        let scanned = scan_one(&mut scanner);
        verdict.passed = scanned.is_ok();
        verdict.detail = match scanned {
            Ok(page) => format!("scanned {} x {} pixels", page.width_px, page.height_px),
            Err(fault) => fault.to_string(),
        };
    }
    Ok(verdict)
}

/// One page from the glass; it is kept nowhere.
fn scan_one(scanner: &mut escl::EsclScanner) -> Result<Page, ScanFault> {
    let cancel = CancelToken::default();
    scanner.start(&ScanSettings::default(), &cancel)?;
    let page = loop {
        match scanner.next_page() {
            NextPage::Page(page) => break Ok(page),
            NextPage::End => break Err(ScanFault::NoPaper),
            NextPage::Retry(pause) => {
                cancel.wait(pause);
            }
            NextPage::Fault(fault) => break Err(fault),
        }
    };
    scanner.cancel();
    page
}

/// The eSCL scanner a selector names.
pub(crate) fn scanner(device: &Selector) -> Result<escl::EsclScanner, Failure> {
    let Selector::Escl(url) = device else {
        return Err(anyhow::anyhow!(
            "`{device}` is no scanner this version can drive"
        ))
        .exit(USAGE);
    };
    escl::EsclScanner::new(url, escl::Limits::default())
        .context("opening the scanner")
        .exit(DEVICE)
}

#[cfg(all(test, feature = "demo"))]
mod tests {
    use kiosk_drivers::scanner::sim::{ScannerSim, draw_page};

    use super::*;

    #[test]
    fn an_active_test_scans_and_a_silent_one_does_not() {
        let sim = ScannerSim::start().unwrap();
        sim.load_page(draw_page(620, 877, 75, true).unwrap());
        let jobs = || {
            let asked = sim.requests();
            asked.iter().filter(|line| line.contains("POST")).count()
        };
        let silent = test_scanner(&sim.selector(), Level::Silent).ok().unwrap();
        assert!(silent.passed && jobs() == 0, "{}", silent.detail);
        let active = test_scanner(&sim.selector(), Level::Active).ok().unwrap();
        assert!(active.passed && jobs() == 1, "{}", active.detail);
        assert!(active.detail.starts_with("scanned"), "{}", active.detail);
    }
}
