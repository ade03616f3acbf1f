//! `kiosk device trace` and `kiosk device replay`.

use std::fs::OpenOptions;
use std::io::BufWriter;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use kiosk_drivers::conformance::{DeviceKind, Target};
use kiosk_drivers::receipt_printer;
use kiosk_drivers::trace::{self, MAX_TIME, Recording, TraceError};
use kiosk_drivers::transport::{LineSettings, Transport, TransportError, evdev};

use super::super::{CHECK_FAILED, DEVICE, Exit, Failure, USAGE};
use super::setup::Setup;
use super::{About, driven};

/// `kiosk device trace`.
#[derive(Args)]
pub(super) struct Trace {
    #[command(flatten)]
    about: About,
    /// The recording; an existing file is not overwritten.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// How long is recorded.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=MAX_TIME.as_secs()))]
    seconds: u64,
    /// What the driver is told and when, as SECONDS:ORDER; may be given several times, in order.
    #[arg(long, value_name = "SECONDS:ORDER", value_parser = order)]
    order: Vec<(Duration, String)>,
    /// Records what cards and codes say as it is. The file is then as personal as the card.
    #[arg(long)]
    reveal: bool,
}

/// `kiosk device replay`.
#[derive(Args)]
pub(super) struct Replay {
    /// The recording.
    file: PathBuf,
    #[command(flatten)]
    setup: Setup,
    /// Shows values unmasked; in a recording without persons they are a specimen's.
    #[arg(long)]
    reveal: bool,
}

/// Reads `2.5:print 40`.
fn order(text: &str) -> Result<(Duration, String), String> {
    let (seconds, order) = text.split_once(':').ok_or("write SECONDS:ORDER")?;
    let seconds: f64 = seconds
        .parse()
        .map_err(|_| format!("{seconds:?} is no number of seconds"))?;
    let at = Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())?;
    Ok((at, order.to_owned()))
}

impl Trace {
    pub(super) fn run(self) -> Result<(), Failure> {
        let kind = driven(self.about.kind)?;
        let target = self.about.setup.target(kind, self.about.device)?;
        if let DeviceKind::DocumentPrinter | DeviceKind::Scanner = kind {
            return Err(TraceError::NoByteStream(kind.name())).exit(USAGE);
        }
        let recording = Recording {
            time: Duration::from_secs(self.seconds),
            reveal: self.reveal,
            orders: self.order,
        };
        let line = line_settings(kind, &target)?;
        // A recording shows no person and is nobody else's business all the same.
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&self.out)
            .with_context(|| format!("creating {}", self.out.display()))
            .exit(USAGE)?;
        let mut opened = false;
        let mut open = || {
            let line = open_line(kind, &target, line);
            opened |= line.is_ok();
            line
        };
        let done = trace::record(
            kind,
            &target,
            recording,
            &mut open,
            Box::new(BufWriter::new(file)),
            &mut |said| println!("{said}"),
        );
        let summary = match done {
            Ok(summary) => summary,
            Err(error) => {
                // Nothing was recorded, so nothing is kept.
                let _ = std::fs::remove_file(&self.out);
                return Err(error).exit(USAGE);
            }
        };
        let full = if summary.full {
            ", ended at 16 MiB"
        } else {
            ""
        };
        eprintln!("{} lines in {}{full}", summary.lines, self.out.display());
        if opened {
            Ok(())
        } else {
            let device = &target.selector;
            Err(anyhow::anyhow!(
                "the {} {device} was never opened",
                kind.name()
            ))
            .exit(DEVICE)
        }
    }
}

/// The speed and flow control the kind's driver asks for.
fn line_settings(kind: DeviceKind, target: &Target) -> Result<LineSettings, Failure> {
    let mut line = LineSettings::default();
    match kind {
        DeviceKind::CodeScanner => {
            line.baud = target
                .codes
                .family
                .map_or(line.baud, |family| family.baud());
        }
        DeviceKind::Cabinet => {
            let map = kiosk_drivers::cabinet::RegisterMap::sample().exit(USAGE)?;
            line.baud = target.registers.as_ref().unwrap_or(&map).baud();
        }
        DeviceKind::ReceiptPrinter => line = target.profile.line(),
        DeviceKind::IdCard
        | DeviceKind::Keypad
        | DeviceKind::DocumentPrinter
        | DeviceKind::Scanner => {}
    }
    Ok(line)
}

fn open_line(
    kind: DeviceKind,
    target: &Target,
    line: LineSettings,
) -> Result<Box<dyn Transport>, TransportError> {
    match kind {
        DeviceKind::Keypad | DeviceKind::CodeScanner => {
            evdev::open_selector(&target.selector, line)
        }
        DeviceKind::ReceiptPrinter => {
            let settings =
                receipt_printer::Settings::for_profile(target.profile.clone(), &target.selector, 1);
            receipt_printer::open(&target.selector, &settings)
        }
        DeviceKind::IdCard
        | DeviceKind::Cabinet
        | DeviceKind::DocumentPrinter
        | DeviceKind::Scanner => kiosk_drivers::transport::open(&target.selector, line),
    }
}

impl Replay {
    pub(super) fn run(self) -> Result<(), Failure> {
        let reading = || format!("reading {}", self.file.display());
        let recording = trace::Trace::read(&self.file)
            .with_context(reading)
            .exit(USAGE)?;
        let nowhere = kiosk_drivers::selector::Selector::Sim;
        let target = self.setup.target(recording.kind, nowhere)?;
        trace::replay(&recording, &target, self.reveal, &mut |said| {
            println!("{said}")
        })
        .exit(CHECK_FAILED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_has_its_time() {
        let (at, text) = order("2.5:print 40").unwrap();
        assert_eq!(
            (at, text.as_str()),
            (Duration::from_millis(2500), "print 40")
        );
        assert!(order("print 40").is_err());
        assert!(order("soon:print 40").is_err());
        assert!(order("-1:clear").is_err());
    }
}
