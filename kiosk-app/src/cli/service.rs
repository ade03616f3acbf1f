//! `kiosk service`: the technician's PIN, set and unlocked at the machine itself.

use std::io::{IsTerminal as _, Read as _};
use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Subcommand};
use kiosk::config::Config;
use kiosk::service::pin::Pin;
use kiosk::store::{Options, Store};
use zeroize::Zeroizing;

use super::{Exit, Failure, USAGE};

/// More than a PIN and a line end; the rest is not read.
const MOST_BYTES: u64 = 64;

/// `kiosk service`.
#[derive(Args)]
pub(crate) struct Service {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Sets the PIN, read from standard input: 6 to 12 digits. The kiosk must not run meanwhile.
    #[command(
        after_help = "Example:\n  kiosk service pin --config /etc/kiosk/kiosk.toml < pin.txt"
    )]
    Pin(At),
    /// Ends a lock-out; the PIN stays. The kiosk must not run meanwhile.
    #[command(after_help = "Example:\n  kiosk service unlock --config /etc/kiosk/kiosk.toml")]
    Unlock(At),
}

#[derive(Args)]
struct At {
    /// The configuration file (TOML).
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

impl At {
    fn store(&self) -> Result<Store, Failure> {
        let config = Config::read(&self.config).exit(USAGE)?;
        Store::open(&config.state.join("kiosk.db"), Options::default())
            .context("opening the kiosk's store (is the kiosk running?)")
            .exit(USAGE)
    }
}

impl Service {
    pub(crate) fn run(self) -> Result<(), Failure> {
        match self.what {
            What::Pin(at) => {
                let store = at.store()?;
                let hash = typed()?.hash().exit(USAGE)?;
                store.set_pin(&hash).exit(USAGE)?;
                println!("the service PIN is set");
            }
            What::Unlock(at) => {
                let store = at.store()?;
                let pin = store.pin().exit(USAGE)?;
                pin.context("no service PIN was ever set").exit(USAGE)?;
                store.clear_pin_tries().exit(USAGE)?;
                println!("the service is unlocked");
            }
        }
        Ok(())
    }
}

/// The PIN on standard input, without its line end.
fn typed() -> Result<Pin, Failure> {
    let input = std::io::stdin();
    if input.is_terminal() {
        eprintln!("the new PIN, 6 to 12 digits, then Enter and Ctrl-D:");
    }
    let mut text = Zeroizing::new(String::with_capacity(64));
    input
        .take(MOST_BYTES)
        .read_to_string(&mut text)
        .context("reading the PIN from standard input")
        .exit(USAGE)?;
    Pin::new(text.trim_end_matches(['\r', '\n'])).exit(USAGE)
}
