//! One kiosk of a demonstration: its simulated devices, its state and the running program.

use std::path::{Path, PathBuf};

use kiosk_core::Settings;

use super::city::{SampleCity, SampleCityError};
use super::devices::SimulatedDevices;
use crate::app::{App, AppError, state};
use crate::clock::Clock;
use crate::config::{City, Config, Speech, SpeechEngine, Window, default_phone};
use crate::link::{self, LinkError};
use crate::shell::Audience;
use crate::slips::{Standing, Templates};

/// Where the kiosks of a demonstration stand.
const STATIONS: [&str; 2] = ["S002", "S003"];

/// The technician's PIN at every kiosk of a demonstration.
pub const SAMPLE_PIN: &str = "135790";

/// Its hash, made once: making it anew would cost every start a quarter of a second.
const SAMPLE_PIN_HASH: &str = "$argon2id$v=19$m=65536,t=3,p=1$HG8v9AWsBMz2WFNGZ6gJAQ$oYzGChcPoNblAY5Z1w1bTEHQ/QhwEDQ8Kg3KCZtkkFE";

/// Why a demonstration's kiosk cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// Its simulated devices.
    #[error("starting the simulated devices")]
    Devices(#[source] std::io::Error),
    /// Its folders.
    #[error("preparing {path}")]
    Folder {
        /// The folder or file.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: std::io::Error,
    },
    /// The embedded city.
    #[error(transparent)]
    City(#[from] SampleCityError),
    /// Enrolling at it.
    #[error("enrolling at the embedded city")]
    Enrol(#[from] LinkError),
    /// The program.
    #[error("starting the kiosk")]
    App(#[from] AppError),
    /// The sample catalogue, which a test excludes.
    #[error("reading the sample catalogue")]
    Catalogue(#[from] city_catalogue::Refused),
    /// The sample cards, which a test excludes.
    #[error("reading the sample cards")]
    Cards(#[from] serde_json::Error),
}

/// One kiosk.
pub struct Place {
    /// The program; first, so that it ends before its devices are gone.
    pub app: App,
    /// Its devices.
    pub devices: SimulatedDevices,
    /// Its clock.
    pub clock: Clock,
    /// What stands in its head and on its slips.
    pub standing: Standing,
    /// Where its documents go.
    pub documents: PathBuf,
}

impl Place {
    /// Starts kiosk `number` (from 1) with its state in `folder` and enrols it at `city`; `engine`
    /// reads aloud.
    ///
    /// # Errors
    /// [`PlaceError`].
    pub fn start<A: Audience + 'static>(
        number: u8,
        folder: &Path,
        city: &SampleCity,
        paced: bool,
        engine: SpeechEngine,
        audience: A,
    ) -> Result<Self, PlaceError> {
        let links = folder.join("devices");
        make(&links)?;
        let devices =
            SimulatedDevices::start(number, paced, &links).map_err(PlaceError::Devices)?;
        let documents = folder.join("documents");
        make(&documents)?;
        let config = Config {
            state: folder.join("state"),
            city: City {
                url: city.url()?,
                ca: authority(folder, city)?,
            },
            devices: devices.config(&documents),
            window: Window::default(),
            speech: Speech {
                engine,
                ..Speech::default()
            },
            help_phone: default_phone(),
            slips: Templates::default(),
        };
        enrol(number, &config, &devices, city)?;
        let clock = Clock::new();
        let app = App::start(&config, Settings::default(), clock.clone(), audience)?;
        let standing = app.standing().clone();
        Ok(Self {
            devices,
            clock,
            app,
            standing,
            documents,
        })
    }
}

/// Id of the station that kiosk `number` (from 1) stands at.
#[must_use]
pub fn station(number: u8) -> &'static str {
    STATIONS
        .get(usize::from(number.saturating_sub(1)))
        .copied()
        .unwrap_or(STATIONS[0])
}

fn make(folder: &Path) -> Result<(), PlaceError> {
    std::fs::create_dir_all(folder).map_err(|source| PlaceError::Folder {
        path: folder.to_owned(),
        source,
    })
}

fn authority(folder: &Path, city: &SampleCity) -> Result<Option<PathBuf>, PlaceError> {
    let Some(pem) = city.ca_pem()? else {
        return Ok(None);
    };
    let path = folder.join("city-ca.pem");
    std::fs::write(&path, pem).map_err(|source| PlaceError::Folder {
        path: path.clone(),
        source,
    })?;
    Ok(Some(path))
}

/// Enrols with a real one-time code and takes the first catalogue, as a technician would.
fn enrol(
    number: u8,
    config: &Config,
    devices: &SimulatedDevices,
    city: &SampleCity,
) -> Result<(), PlaceError> {
    let code = city.enrol_code(station(number))?;
    let state = state(&config.state)?;
    let module = devices.reader.device(|reader| reader.sam_id().to_string());
    link::enrol(config, &state, &code, Some(module))?;
    link::first_catalogue(config, &state)?;
    let kept = state.store.set_pin(SAMPLE_PIN_HASH);
    kept.map_err(|error| PlaceError::App(error.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_pin_opens_the_kiosks_of_a_demonstration() {
        assert!(crate::service::pin::verify(SAMPLE_PIN_HASH, SAMPLE_PIN).unwrap());
    }
}
