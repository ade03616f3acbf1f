//! `kiosk device list|watch|test|probe|trace|replay`.

mod list;
mod probe;
mod setup;
mod test;
mod trace;
mod watch;

use anyhow::Context;
use clap::{Args, Subcommand};
use kiosk_drivers::conformance::DeviceKind;
use kiosk_drivers::scanner;
use kiosk_drivers::scanner::escl::protocol::QuirkTable;
use kiosk_drivers::selector::Selector;

use super::{DEVICE, Exit, Failure, Kind, USAGE, no_driver, selector};
use setup::Setup;
pub(super) use setup::read_profile;

/// `kiosk device`.
#[derive(Args)]
pub(crate) struct Device {
    #[command(subcommand)]
    command: DeviceCommand,
}

#[derive(Subcommand)]
enum DeviceCommand {
    /// Lists serial lines, USB, HID and input devices, with the right to open them.
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
    Watch(watch::Watch),
    /// Tests a device: silent asks it only, active makes it work by itself (prints a slip, scans the glass, reads the card
    /// that lies there), guided has you do things to it.
    #[command(
        after_help = "Examples:\n  kiosk device test receipt-printer --device serial:/dev/ttyUSB1 --level active\n  kiosk device test id-card --device serial:/dev/ttyUSB0 --level guided --json"
    )]
    Test(test::Test),
    /// Finds out by a maintenance slip what a receipt printer really does, whatever it claims to be, and which profile
    /// fits it.
    #[command(
        after_help = "Example:\n  kiosk device probe receipt-printer --device serial:/dev/ttyUSB1@115200 --json"
    )]
    Probe(probe::Probe),
    /// Records what a device and its driver say to each other, byte by byte. What a card or a code says of a person is
    /// replaced by a specimen's.
    #[command(
        after_help = "Examples:\n  kiosk device trace id-card --device serial:/dev/ttyUSB0 --out reader.trace --seconds 20\n  kiosk device trace receipt-printer --device serial:/dev/ttyUSB1 --out slip.trace --order '2:print 40'\n\nOrders are SECONDS:ORDER. Receipt printer: print MILLIMETRES (a ruler), clear. Code scanner: trigger, stop, forget. Cabinet: light SLOT on|off."
    )]
    Trace(trace::Trace),
    /// Plays the device's side of a recording to its driver and prints what that says; exit code 1 when the driver asks
    /// for something the recording does not have.
    #[command(after_help = "Example:\n  kiosk device replay reader.trace")]
    Replay(trace::Replay),
}

impl Device {
    pub(crate) fn run(self) -> Result<(), Failure> {
        match self.command {
            DeviceCommand::List { json } => {
                list::list(json);
                Ok(())
            }
            DeviceCommand::Watch(watch) => watch.run(),
            DeviceCommand::Test(test) => test.run(),
            DeviceCommand::Probe(probe) => probe.run(),
            DeviceCommand::Trace(trace) => trace.run(),
            DeviceCommand::Replay(replay) => replay.run(),
        }
    }
}

/// The device a command is about.
#[derive(Args)]
struct About {
    /// The kind of device.
    kind: Kind,
    /// The device, such as serial:/dev/ttyUSB0@115200.
    #[arg(long, value_parser = selector)]
    device: Selector,
    #[command(flatten)]
    setup: Setup,
}

/// The kind as the drivers know it.
fn driven(kind: Kind) -> Result<DeviceKind, Failure> {
    // A document camera is a scanner whose glass is the desk.
    let name = match kind {
        Kind::Camera => Kind::Scanner.name(),
        other => other.name(),
    };
    DeviceKind::from_name(name).ok_or_else(|| no_driver(kind))
}

/// The scanner a selector names, with an operator's entries beside those built in.
pub(crate) fn scanner(
    device: &Selector,
    quirks: &QuirkTable,
) -> Result<Box<dyn scanner::Scanner>, Failure> {
    let Some(opened) = scanner::with_quirks(device, quirks) else {
        return Err(anyhow::anyhow!(
            "`{device}` is no scanner; use escl:URL, sane:DEVICE or camera:PATH"
        ))
        .exit(USAGE);
    };
    opened.context("opening the scanner").exit(DEVICE)
}
