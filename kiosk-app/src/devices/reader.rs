//! The id-card reader: started as the configuration says.

use kiosk_drivers::id_card::{self, PhotoDecoder, ReaderCommand, ReaderEvent, Settings};
use kiosk_drivers::runner::{DeviceThread, Line};
use kiosk_drivers::selector::Selector;
use kiosk_drivers::transport::LineSettings;

use super::{DeviceError, Way, start, switched};
use crate::config;

/// The running reader.
pub(super) struct Reader {
    thread: DeviceThread<ReaderCommand>,
    /// Fingerprints are read with the card; `false` unless the configuration says so.
    fingerprint: bool,
}

impl Reader {
    /// The one at `selector`, set up as `config` says.
    pub(super) fn start<E: Send + 'static>(
        selector: &Selector,
        config: &config::Devices,
        (events, map): Way<E, ReaderEvent>,
    ) -> Result<Self, DeviceError> {
        let settings = Settings {
            decoder: config.photo_decoder.as_ref().map(decoder),
            ..Settings::default()
        };
        let line = Line::at(selector, LineSettings::default());
        let line = switched(line, config.port_power.as_deref(), selector);
        let thread = id_card::start_with(line, settings, events, map)
            .map_err(|source| start("id-card reader", source))?;
        Ok(Self {
            thread,
            fingerprint: config.id_card_fingerprint,
        })
    }

    /// The reader was found: a command sent before would have been refused.
    pub(super) fn found(&self) {
        if self.fingerprint {
            self.thread.send(ReaderCommand::WantFingerprint(true));
        }
    }
}

fn decoder(config: &config::PhotoDecoder) -> PhotoDecoder {
    let mut decoder = PhotoDecoder::new(&config.program);
    decoder.arguments = config.arguments.iter().map(Into::into).collect();
    decoder
}
