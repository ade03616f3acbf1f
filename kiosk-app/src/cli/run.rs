//! `kiosk run`: the kiosk of this machine.

use std::path::Path;

use kiosk::config::Config;
use kiosk_core::Settings;

use super::{DEVICE, Exit, Failure, USAGE};

/// Opens the window and runs until it is closed.
pub(crate) fn run(file: &Path) -> Result<(), Failure> {
    let config = Config::read(file).exit(USAGE)?;
    let settings = Settings {
        help_phone: config.help_phone.clone(),
        ..Settings::default()
    };
    kiosk::window::run(&config, settings).exit(DEVICE)
}
