//! The id-card reader: started as the configuration says.

use std::sync::mpsc::Sender;

use kiosk_drivers::id_card::{self, PhotoDecoder, ReaderCommand, ReaderEvent, Settings};
use kiosk_drivers::runner::{DeviceThread, Line, Report};
use kiosk_drivers::transport::LineSettings;

use super::{DeviceError, start, switched};
use crate::config;

/// The running reader.
pub(super) struct Reader {
    thread: DeviceThread<ReaderCommand>,
    /// Fingerprints are read with the card; `false` unless the configuration says so.
    fingerprint: bool,
}

impl Reader {
    /// `None` when the configuration names none.
    pub(super) fn start<E, M>(
        config: &config::Devices,
        events: Sender<E>,
        map: M,
    ) -> Result<Option<Self>, DeviceError>
    where
        E: Send + 'static,
        M: Fn(Report<ReaderEvent>) -> E + Send + 'static,
    {
        let Some(selector) = &config.id_card else {
            return Ok(None);
        };
        let settings = Settings {
            decoder: config.photo_decoder.as_ref().map(decoder),
            ..Settings::default()
        };
        let line = Line::at(&selector.0, LineSettings::default());
        let line = switched(line, config.port_power.as_deref(), &selector.0);
        let thread = id_card::start_with(line, settings, events, map)
            .map_err(|source| start("id-card reader", source))?;
        Ok(Some(Self {
            thread,
            fingerprint: config.id_card_fingerprint,
        }))
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
