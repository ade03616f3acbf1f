//! `kiosk run`: the kiosk of this machine.

use std::path::Path;

use anyhow::Context;
use kiosk::config::Config;
use kiosk::stop::on_signal;
use kiosk::window;
use kiosk_core::Settings;

use super::{DEVICE, Exit, Failure, USAGE};

/// Opens the window and runs until it is closed, or the program is told to end.
pub(crate) fn run(file: &Path) -> Result<(), Failure> {
    let config = Config::read(file).exit(USAGE)?;
    let settings = Settings {
        help_phone: config.help_phone.clone(),
        ..Settings::default()
    };
    let stop = on_signal(window::close);
    let stop = stop.context("listening for signals").exit(USAGE)?;
    window::run(&config, settings, &stop).exit(DEVICE)
}
