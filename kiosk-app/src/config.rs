//! The kiosk's one configuration file (TOML), read once into types; unknown keys are refused.
//!
//! ```toml
//! state = "/var/lib/kiosk"            # database, keys
//! slips = "/etc/kiosk/slips"          # absent: the program's receipt.toml and guide.toml
//!
//! [city]
//! url = "https://city.example:8443"
//! ca = "/etc/kiosk/city-ca.pem"       # absent: what enrolment gave
//!
//! [devices]
//! id-card = "serial:/dev/ttyUSB0@115200"
//! receipt-printer = "serial:/dev/ttyUSB1@115200"
//! port-power = "/usr/lib/kiosk/kiosk-port-power"   # for a device that hangs
//! scanner = "escl:http://127.0.0.1:60000/eSCL"
//! camera = "camera:/dev/video2"       # for portraits
//! empty-glass = "/etc/kiosk/glass.jpg"   # absent: a glass of one brightness is empty
//! scanner-quirks = "/etc/kiosk/scanner-quirks.toml" # absent: the program's own table alone
//! document-printer = "file:/var/spool/kiosk"
//! code-scanner = "serial:/dev/ttyACM0"
//! code-scanner-settings = { family = "newland", ending = "cr" }
//! keypad = "evdev:/dev/input/by-id/usb-keypad-event-kbd"
//! keypad-map = "/etc/kiosk/keypad.toml"
//! cabinet = "serial:/dev/ttyUSB2"
//! cabinet-map = "/etc/kiosk/cabinet.toml"
//! temperature = { warn-below = 0, warn-above = 55, stop-below = -10, stop-above = 65 }
//! photo-decoder = ["/usr/local/bin/wlt-decoder"]
//!
//! [speech]                            # absent: the first speech program installed
//! engine = "espeak-ng"                # or "speech-dispatcher"
//! prompts = "/etc/kiosk/prompts"      # recorded: zh-Hans/idle.welcome.wav
//! ```

mod devices;

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::slips::Templates;

pub use devices::{
    BadBounds, BadFile, CabinetMap, Devices, EmptyGlass, GlassError, KeypadMap, NoProgram,
    PhotoDecoder, PrinterProfile, ScannerQuirks, SelectorText, Temperature,
};

/// Largest configuration file.
const MOST_BYTES: u64 = 64 * 1024;

/// The configuration of one kiosk.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// Folder of the database and the device key; created when missing.
    pub state: PathBuf,
    /// The city.
    pub city: City,
    /// The devices; an absent one is a device this kiosk has not.
    #[serde(default)]
    pub devices: Devices,
    /// The window.
    #[serde(default)]
    pub window: Window,
    /// What speaks.
    #[serde(default)]
    pub speech: Speech,
    /// Phone shown on the help page.
    #[serde(default = "default_phone")]
    pub help_phone: String,
    /// The lines of the slips, read from a folder with a `receipt.toml` or a `guide.toml`.
    #[serde(default)]
    pub slips: Templates,
}

/// Where the city is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct City {
    /// Base URL, `https://…`.
    pub url: String,
    /// PEM file of the authority that signs the city's transport certificate.
    /// `None` uses the one enrolment gave.
    #[serde(default)]
    pub ca: Option<PathBuf>,
}

/// The window's size in development; on the appliance the compositor decides.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Window {
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Without a frame, over the whole display.
    #[serde(default)]
    pub full_screen: bool,
}

impl Default for Window {
    fn default() -> Self {
        Self {
            width: 1080,
            height: 1920,
            full_screen: false,
        }
    }
}

/// What reads aloud.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Speech {
    /// The speech program.
    pub engine: SpeechEngine,
    /// Folder of recorded prompts, a folder for each language with one WAV a word key; what is
    /// not there is spoken by the program.
    pub prompts: Option<PathBuf>,
    /// What plays a prompt: a program that reads a WAV from its standard input.
    pub player: PathBuf,
}

impl Default for Speech {
    fn default() -> Self {
        Self {
            engine: SpeechEngine::default(),
            prompts: None,
            player: PathBuf::from("aplay"),
        }
    }
}

/// A speech program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpeechEngine {
    /// The first one installed.
    #[default]
    Auto,
    /// `spd-say`.
    SpeechDispatcher,
    /// `espeak-ng`.
    EspeakNg,
    /// None: everything counts as spoken. For demonstrations without a loudspeaker.
    Silent,
}

/// The line for public services in every city.
pub(crate) fn default_phone() -> String {
    "12345".to_owned()
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("reading the configuration {path} failed")]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: std::io::Error,
    },
    /// The file is larger than any configuration.
    #[error("the configuration {path} is larger than 64 KiB")]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// The file is not what it should be.
    #[error("the configuration {path} is not understood")]
    Parse {
        /// The file.
        path: PathBuf,
        /// Where and why.
        #[source]
        source: Box<toml::de::Error>,
    },
}

impl Config {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// [`ConfigError`] with the line where TOML or a value is wrong.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let read = |source| ConfigError::Read {
            path: path.to_owned(),
            source,
        };
        if std::fs::metadata(path).map_err(read)?.len() > MOST_BYTES {
            return Err(ConfigError::TooLarge {
                path: path.to_owned(),
            });
        }
        let text = std::fs::read_to_string(path).map_err(read)?;
        toml::from_str(&text).map_err(|source| ConfigError::Parse {
            path: path.to_owned(),
            source: Box::new(source),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selector_that_is_none_is_named_with_its_line() {
        let text =
            "state = \"/tmp/k\"\n[city]\nurl = \"https://c\"\n[devices]\nid-card = \"floppy:1\"\n";
        let error = toml::from_str::<Config>(text).unwrap_err().to_string();
        assert!(error.contains("line 5"), "{error}");
    }

    #[test]
    fn a_misspelt_key_is_refused() {
        let text = "state = \"/tmp/k\"\nstat = 1\n[city]\nurl = \"https://c\"\n";
        let error = toml::from_str::<Config>(text).unwrap_err().to_string();
        assert!(error.contains("stat"), "{error}");
    }
}
