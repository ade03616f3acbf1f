//! `kiosk enrol`: the one-time code makes this machine a kiosk of its city.

use std::path::PathBuf;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::Args;
use kiosk::config::Config;
use kiosk_drivers::id_card::{self, ReaderEvent};
use kiosk_drivers::runner::Report;

use super::{CITY, DEVICE, Exit, Failure, USAGE};

/// The reader answers within this time, or enrolment stops.
const READER_WITHIN: Duration = Duration::from_secs(15);

/// `kiosk enrol`.
#[derive(Args)]
pub(crate) struct Enrol {
    /// The configuration file (TOML).
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// The one-time code, as `city-backend enrol-code` printed it.
    #[arg(long)]
    code: String,
}

impl Enrol {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let config = Config::read(&self.config).exit(USAGE)?;
        let state = kiosk::app::state(&config.state).exit(USAGE)?;
        let sam_id = pinned_module(&config)?;
        let enrolment = kiosk::link::enrol(&config, &state, &self.code, sam_id).exit(CITY)?;
        // Without it the first start could neither name its city nor open an item.
        kiosk::link::first_catalogue(&config, &state).exit(CITY)?;
        println!("kiosk {} at station {}", enrolment.kiosk, enrolment.station);
        Ok(())
    }
}

/// The id of the reader's security module, which every packet will carry.
fn pinned_module(config: &Config) -> Result<Option<String>, Failure> {
    let Some(selector) = &config.devices.id_card else {
        return Ok(None);
    };
    let (events, inbox) = mpsc::channel();
    let reader = id_card::start(&selector.0, events, |report| report)
        .context("starting the id-card reader")
        .exit(DEVICE)?;
    let end = Instant::now() + READER_WITHIN;
    let found = loop {
        match inbox.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(Report::Event(ReaderEvent::SamId(id))) => break Some(id.to_string()),
            Ok(_) => {}
            Err(_) => break None,
        }
    };
    drop(reader);
    found
        .map(Some)
        .context("the id-card reader did not tell the id of its module")
        .exit(DEVICE)
}
