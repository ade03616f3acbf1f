//! `kiosk chain`: what this kiosk kept of the city's event chain, for `city-backend chain verify --heads`.

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;
use kiosk::config::Config;
use serde_json::json;

use super::{CHECK_FAILED, Exit, Failure, USAGE};

/// `kiosk chain`.
#[derive(Args)]
pub(crate) struct Chain {
    /// The configuration file (TOML).
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Says that the fault was looked at, for example after the city was restored from a backup. The heads stay.
    #[arg(long)]
    acknowledge: bool,
}

impl Chain {
    /// One JSON object a line on standard output, what is wrong on standard error.
    pub(crate) fn run(self) -> Result<(), Failure> {
        let config = Config::read(&self.config).exit(USAGE)?;
        let state = kiosk::app::state(&config.state).exit(CHECK_FAILED)?;
        for kept in state.store.event_heads().exit(CHECK_FAILED)? {
            let line = json!({
                "sequence": kept.head.sequence,
                "hash": kept.head.hash.to_string(),
                "story": kept.story,
                "kept": time(kept.kept),
            });
            println!("{line}");
        }
        if self.acknowledge {
            let now = Timestamp::now().as_second();
            let faults = state.store.acknowledge_event_faults(now);
            eprintln!("{} faults acknowledged", faults.exit(CHECK_FAILED)?);
            return Ok(());
        }
        match state.store.event_fault().exit(CHECK_FAILED)? {
            None => Ok(()),
            Some(fault) => Err(anyhow::anyhow!(
                "the city contradicted what it told of its events at {}, noticed {}",
                fault.sequence,
                time(fault.noticed)
            ))
            .exit(CHECK_FAILED),
        }
    }
}

/// Kept in whole seconds.
fn time(second: i64) -> String {
    Timestamp::from_second(second).map_or_else(|_| second.to_string(), |time| time.to_string())
}
