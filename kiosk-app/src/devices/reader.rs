//! The id-card reader: started as the configuration says.

use kiosk_drivers::id_card::{self, PhotoDecoder, ReaderCommand, ReaderEvent, SamId, Settings};
use kiosk_drivers::runner::{DeviceThread, Line};
use kiosk_drivers::selector::Selector;
use kiosk_drivers::transport::LineSettings;

use super::{DeviceError, Way, start, switched};
use crate::config;

/// Starts the one at `selector`, set up as `config` says; with another module than the one
/// `pinned` it reads no card. Fingerprints stay on the card: no item asks for them.
pub(super) fn start_reader<E: Send + 'static>(
    selector: &Selector,
    config: &config::Devices,
    pinned: Option<SamId>,
    (events, map): Way<E, ReaderEvent>,
) -> Result<DeviceThread<ReaderCommand>, DeviceError> {
    let settings = Settings {
        pinned,
        decoder: config.photo_decoder.as_ref().map(decoder),
    };
    let line = Line::at(selector, LineSettings::default());
    let line = switched(line, config.port_power.as_deref(), selector);
    id_card::start_with(line, settings, events, map)
        .map_err(|source| start("id-card reader", source))
}

fn decoder(config: &config::PhotoDecoder) -> PhotoDecoder {
    let mut decoder = PhotoDecoder::new(&config.program);
    decoder.arguments = config.arguments.iter().map(Into::into).collect();
    decoder
}
