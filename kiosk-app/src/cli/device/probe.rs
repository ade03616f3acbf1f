//! `kiosk device probe`: which family a receipt printer is of, found by what it does.

use anyhow::Context;
use clap::{Args, ValueEnum};
use kiosk_drivers::receipt_printer::{self, Findings};
use kiosk_drivers::selector::Selector;
use rand::Rng;
use serde_json::json;

use super::super::{CHECK_FAILED, DEVICE, Exit, Failure, selector};

/// `kiosk device probe`.
#[derive(Args)]
pub(super) struct Probe {
    /// The kind of device.
    #[arg(value_enum)]
    kind: Probed,
    /// The device, such as serial:/dev/ttyUSB1@115200.
    #[arg(long, value_parser = selector)]
    device: Selector,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

/// Kinds whose families differ so much that they have to be told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Probed {
    ReceiptPrinter,
}

impl Probe {
    pub(super) fn run(self) -> Result<(), Failure> {
        let Probed::ReceiptPrinter = self.kind;
        let random = rand::rng().random();
        let found = receipt_printer::probe(&self.device, random)
            .with_context(|| format!("probing the receipt printer at {}", self.device))
            .exit(DEVICE)?;
        let profile = found.profile();
        if self.json {
            let device = self.device.to_string();
            println!(
                "{}",
                json!({"device": device, "findings": found, "profile": profile})
            );
        } else {
            println!("{}", table(&found));
        }
        match profile {
            Some(_) => Ok(()),
            None => Err(anyhow::anyhow!(
                "it confirms nothing, so no slip could be proven; no profile fits"
            ))
            .exit(CHECK_FAILED),
        }
    }
}

/// The findings for a person, with the profile to configure in the last line.
fn table(found: &Findings) -> String {
    let word = |on| if on { "yes" } else { "no" };
    let rows = [
        ("claims", found.claims.as_deref().unwrap_or("nothing")),
        ("real-time-status", word(found.real_time_status)),
        ("torn-flag", word(found.torn_flag)),
        ("full-status", word(found.full_status)),
        ("status-back", word(found.status_back)),
        ("real-time-clear", word(found.real_time_clear)),
        ("fence", word(found.fence)),
        ("process-id", word(found.process_id)),
        ("profile", found.profile().unwrap_or("none")),
    ];
    let rows = rows.map(|(name, value)| format!("{name:<18} {value}"));
    rows.join("\n")
}
