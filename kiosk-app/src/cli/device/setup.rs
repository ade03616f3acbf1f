//! What has to be known of a device beside where it is.

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, ValueEnum};
use kiosk_drivers::cabinet::RegisterMap;
use kiosk_drivers::code_scanner::{self, Family};
use kiosk_drivers::conformance::{DeviceKind, Target};
use kiosk_drivers::keypad::KeyMap;
use kiosk_drivers::receipt_printer::Profile;
use kiosk_drivers::scanner::escl::protocol::QuirkTable;
use kiosk_drivers::selector::Selector;

use super::super::{Exit, Failure, USAGE};

/// Largest profile read.
const MOST_BYTES: u64 = 64 * 1024;

/// Settings of some kinds of devices; each belongs to one kind and is refused elsewhere.
#[derive(Args, Default)]
pub(super) struct Setup {
    /// Receipt printer: its family, or a TOML file that describes it.
    #[arg(long, value_name = "NAME|FILE")]
    profile: Option<String>,
    /// Code scanner: its command language; without it, it looks for codes by itself.
    #[arg(long, value_name = "NAME")]
    family: Option<CodeFamily>,
    /// Cabinet: its register map (TOML); the sample map when not told.
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// Scanner: what it does differently (TOML), of the form of `scanner-quirks` in the configuration.
    #[arg(long, value_name = "FILE")]
    quirks: Option<PathBuf>,
    /// Keypad: its map of keys (TOML); the kernel's names when not told.
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
}

/// Command languages of code scanners.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum CodeFamily {
    Honeywell,
    Newland,
    Gm65,
}

impl From<CodeFamily> for Family {
    fn from(family: CodeFamily) -> Self {
        match family {
            CodeFamily::Honeywell => Self::Honeywell,
            CodeFamily::Newland => Self::Newland,
            CodeFamily::Gm65 => Self::Gm65,
        }
    }
}

impl Setup {
    /// The device at `selector` with these settings.
    pub(super) fn target(&self, kind: DeviceKind, selector: Selector) -> Result<Target, Failure> {
        self.belongs_to(kind)?;
        let mut target = Target::new(selector);
        if let Some(profile) = &self.profile {
            target.profile = read_profile(profile).exit(USAGE)?;
        }
        if let Some(path) = &self.keys {
            target.keys = KeyMap::read(path).exit(USAGE)?;
        }
        if let Some(path) = &self.map {
            target.registers = Some(RegisterMap::read(path).exit(USAGE)?);
        }
        if let Some(path) = &self.quirks {
            target.quirks = QuirkTable::read(path).exit(USAGE)?;
        }
        target.codes = code_scanner::Settings {
            family: self.family.map(Family::from),
            ..code_scanner::Settings::default()
        };
        Ok(target)
    }

    fn belongs_to(&self, kind: DeviceKind) -> Result<(), Failure> {
        let options = [
            (
                "--profile",
                self.profile.is_some(),
                DeviceKind::ReceiptPrinter,
            ),
            ("--family", self.family.is_some(), DeviceKind::CodeScanner),
            ("--map", self.map.is_some(), DeviceKind::Cabinet),
            ("--quirks", self.quirks.is_some(), DeviceKind::Scanner),
            ("--keys", self.keys.is_some(), DeviceKind::Keypad),
        ];
        match options.iter().find(|(_, given, of)| *given && *of != kind) {
            Some((option, _, of)) => {
                let (of, kind) = (of.name(), kind.name());
                Err(anyhow::anyhow!(
                    "{option} is for the kind {of}, not for {kind}"
                ))
                .exit(USAGE)
            }
            None => Ok(()),
        }
    }
}

/// A family that is built in, else a file.
pub(crate) fn read_profile(text: &str) -> anyhow::Result<Profile> {
    if let Ok(profile) = Profile::named(text) {
        return Ok(profile);
    }
    let reading = || format!("reading the printer's profile {text}");
    let size = std::fs::metadata(text).with_context(reading)?.len();
    anyhow::ensure!(
        size <= MOST_BYTES,
        "the profile {text} is larger than 64 KiB"
    );
    let profile = std::fs::read_to_string(text).with_context(reading)?;
    Profile::parse(&profile).with_context(reading)
}
