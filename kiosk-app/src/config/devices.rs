//! The devices of the configuration, with the files they name read when the file is read.

use std::path::{Path, PathBuf};

use kiosk_drivers::cabinet::{MapError, RegisterMap};
use kiosk_drivers::code_scanner;
use kiosk_drivers::keypad::{KeyMap, KeyMapError};
use kiosk_drivers::receipt_printer::{Profile, ProfileError};
use kiosk_drivers::scanner::escl::protocol::{QuirkTable, QuirksError};
use kiosk_drivers::selector::Selector;
use kiosk_paper::scan::{GlassLook, ScanError};
use serde::Deserialize;

/// Selectors of the devices, in the form of `kiosk device`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Devices {
    /// Id-card reader.
    #[serde(default)]
    pub id_card: Option<SelectorText>,
    /// Receipt printer.
    #[serde(default)]
    pub receipt_printer: Option<SelectorText>,
    /// Family of the receipt printer: one that is built in (`epson`, `custom`, `cashino`,
    /// `generic`) or the path of a profile of one's own (`….toml`). `None` is `epson`.
    #[serde(default)]
    pub receipt_printer_profile: Option<PrinterProfile>,
    /// Program that takes the power from a USB port and gives it back, for a device that hangs
    /// on one: `kiosk-port-power`, allowed to write there. `None` leaves that rung of the
    /// recovery ladder out.
    #[serde(default)]
    pub port_power: Option<PathBuf>,
    /// Scanner.
    #[serde(default)]
    pub scanner: Option<SelectorText>,
    /// Camera for portraits: the head of a document camera that looks at the person, or any
    /// other. Where there is none, portraits are brought on paper.
    #[serde(default)]
    pub camera: Option<SelectorText>,
    /// A scan of its glass with nothing on it (`kiosk scan --kind glass`), for a lid that is not
    /// of one colour: at goodbye the glass is compared with it. `None` takes a glass of one
    /// brightness for empty.
    #[serde(default)]
    pub empty_glass: Option<EmptyGlass>,
    /// File with what eSCL scanners do differently that the program's own table
    /// (`drivers/src/scanner/escl/quirks.toml`, of the same form) does not know. `None` adds
    /// nothing.
    #[serde(default)]
    pub scanner_quirks: Option<ScannerQuirks>,
    /// Document printer.
    #[serde(default)]
    pub document_printer: Option<SelectorText>,
    /// Code scanner.
    #[serde(default)]
    pub code_scanner: Option<SelectorText>,
    /// Its command language (`family`: `honeywell`, `newland`, `gm65`; absent for one that scans
    /// by itself) and what ends a code (`ending`).
    #[serde(default)]
    pub code_scanner_settings: code_scanner::Settings,
    /// Tactile keypad.
    #[serde(default)]
    pub keypad: Option<SelectorText>,
    /// File that says which key code is which key. `None` takes the kernel's own names.
    #[serde(default)]
    pub keypad_map: Option<KeypadMap>,
    /// I/O board of the cabinet.
    #[serde(default)]
    pub cabinet: Option<SelectorText>,
    /// File that says which register of the board is which. `None` is the sample map shipped
    /// with the driver.
    #[serde(default)]
    pub cabinet_map: Option<CabinetMap>,
    /// Bounds of the temperature inside the cabinet.
    #[serde(default)]
    pub temperature: Temperature,
    /// Program, with its arguments, that turns the compressed photo of a card (1,024 bytes on
    /// its standard input) into a picture, under the driver's limits of time and memory. `None`
    /// leaves photos as they are.
    #[serde(default)]
    pub photo_decoder: Option<PhotoDecoder>,
}

/// Bounds of the temperature inside, in whole degrees Celsius. Beyond `warn` the technician is
/// told; at `stop` no new visit begins until it is 2 degrees back.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "Bounds")]
pub struct Temperature {
    /// Told at or below this.
    pub warn_below: i16,
    /// Told at or above this.
    pub warn_above: i16,
    /// Closed at or below this.
    pub stop_below: i16,
    /// Closed at or above this.
    pub stop_above: i16,
}

impl Default for Temperature {
    /// What thermal printers and flat panels are commonly built for.
    fn default() -> Self {
        Self {
            warn_below: 0,
            warn_above: 55,
            stop_below: -10,
            stop_above: 65,
        }
    }
}

/// The bounds as they stand in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Bounds {
    warn_below: Option<i16>,
    warn_above: Option<i16>,
    stop_below: Option<i16>,
    stop_above: Option<i16>,
}

/// Bounds that make no sense.
#[derive(Debug, thiserror::Error)]
#[error(
    "the bounds of the temperature must grow: stop-below {}, warn-below {}, warn-above {}, stop-above {}",
    .0.stop_below, .0.warn_below, .0.warn_above, .0.stop_above
)]
pub struct BadBounds(Temperature);

impl TryFrom<Bounds> for Temperature {
    type Error = BadBounds;

    fn try_from(bounds: Bounds) -> Result<Self, BadBounds> {
        let usual = Self::default();
        let bounds = Self {
            warn_below: bounds.warn_below.unwrap_or(usual.warn_below),
            warn_above: bounds.warn_above.unwrap_or(usual.warn_above),
            stop_below: bounds.stop_below.unwrap_or(usual.stop_below),
            stop_above: bounds.stop_above.unwrap_or(usual.stop_above),
        };
        let grow = bounds.stop_below <= bounds.warn_below
            && bounds.warn_below < bounds.warn_above
            && bounds.warn_above <= bounds.stop_above;
        if grow {
            Ok(bounds)
        } else {
            Err(BadBounds(bounds))
        }
    }
}

/// A program that decodes photos: its path, then its arguments.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Vec<String>")]
pub struct PhotoDecoder {
    /// The program.
    pub program: String,
    /// Its arguments.
    pub arguments: Vec<String>,
}

/// An empty list names no program.
#[derive(Debug, thiserror::Error)]
#[error("a photo decoder is a program and its arguments: the list is empty")]
pub struct NoProgram;

impl TryFrom<Vec<String>> for PhotoDecoder {
    type Error = NoProgram;

    fn try_from(words: Vec<String>) -> Result<Self, NoProgram> {
        let mut words = words.into_iter();
        Ok(Self {
            program: words.next().ok_or(NoProgram)?,
            arguments: words.collect(),
        })
    }
}

/// A keypad's map, read when the file is read.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "PathBuf")]
pub struct KeypadMap(pub KeyMap);

/// A file that cannot be used; its name and its causes in one line.
#[derive(Debug, thiserror::Error)]
#[error("{}", crate::work::chain(.0))]
pub struct BadFile<E: std::error::Error + 'static>(#[source] E);

impl TryFrom<PathBuf> for KeypadMap {
    type Error = BadFile<KeyMapError>;

    fn try_from(path: PathBuf) -> Result<Self, Self::Error> {
        KeyMap::read(&path).map(Self).map_err(BadFile)
    }
}

/// A cabinet's map, read when the file is read.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "PathBuf")]
pub struct CabinetMap(pub RegisterMap);

impl TryFrom<PathBuf> for CabinetMap {
    type Error = BadFile<MapError>;

    fn try_from(path: PathBuf) -> Result<Self, Self::Error> {
        RegisterMap::read(&path).map(Self).map_err(BadFile)
    }
}

/// A look at the empty glass, read when the file is read.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "PathBuf")]
pub struct EmptyGlass(pub GlassLook);

/// A picture of the glass that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum GlassError {
    /// The file cannot be read.
    #[error("reading {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: std::io::Error,
    },
    /// It is no JPEG, or a damaged one.
    #[error("reading the scan of the glass in {path}")]
    Scan {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: ScanError,
    },
}

impl TryFrom<PathBuf> for EmptyGlass {
    type Error = BadFile<GlassError>;

    fn try_from(path: PathBuf) -> Result<Self, Self::Error> {
        let read = std::fs::read(&path).map_err(|source| GlassError::Read {
            path: path.clone(),
            source,
        });
        read.and_then(|jpeg| {
            GlassLook::read(&jpeg).map_err(|source| GlassError::Scan { path, source })
        })
        .map(Self)
        .map_err(BadFile)
    }
}

/// An operator's table of what scanners do differently, read when the file is read.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "PathBuf")]
pub struct ScannerQuirks(pub QuirkTable);

impl TryFrom<PathBuf> for ScannerQuirks {
    type Error = BadFile<QuirksError>;

    fn try_from(path: PathBuf) -> Result<Self, Self::Error> {
        QuirkTable::read(&path).map(Self).map_err(BadFile)
    }
}

/// A selector, parsed when the file is read.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct SelectorText(pub Selector);

impl TryFrom<String> for SelectorText {
    type Error = kiosk_drivers::selector::SelectorError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map(Self)
    }
}

/// A receipt printer's family, read when the file is read.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct PrinterProfile(pub Profile);

impl TryFrom<String> for PrinterProfile {
    type Error = ProfileError;

    fn try_from(text: String) -> Result<Self, ProfileError> {
        if text.ends_with(".toml") {
            Profile::read(Path::new(&text)).map(Self)
        } else {
            Profile::named(&text).map(Self)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_of_the_glass_that_is_none_is_refused_by_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let own = folder.path().join("glass.jpg");
        let refused = || EmptyGlass::try_from(own.clone()).unwrap_err().to_string();
        let absent = refused();
        assert!(absent.contains("glass.jpg"), "{absent}");
        std::fs::write(&own, b"no picture").unwrap();
        let none = refused();
        assert!(
            none.contains("glass.jpg") && none.contains("JPEG"),
            "{none}"
        );
    }

    #[test]
    fn a_printer_of_another_family_is_named_or_described_and_a_wrong_one_refused() {
        let folder = tempfile::tempdir().unwrap();
        let own = folder.path().join("own.toml");
        let shipped = include_str!("../../../drivers/profiles/custom.toml");
        std::fs::write(&own, shipped).unwrap();
        let with = |profile: &str| {
            let text = format!(
                "state = \"/tmp/k\"\n[city]\nurl = \"https://c\"\n[devices]\nreceipt-printer-profile = \"{profile}\"\n"
            );
            let config = toml::from_str::<crate::config::Config>(&text)
                .map_err(|error| error.to_string())?;
            Ok::<_, String>(config.devices.receipt_printer_profile.unwrap().0)
        };
        assert_eq!(
            with("custom").unwrap(),
            with(&own.display().to_string()).unwrap()
        );
        assert_ne!(with("custom").unwrap(), with("epson").unwrap());
        assert!(with("toaster").unwrap_err().contains("toaster"));
        assert!(with("/no/such.toml").unwrap_err().contains("/no/such.toml"));
        std::fs::write(&own, "name = 1").unwrap();
        assert!(with(&own.display().to_string()).is_err());
    }

    fn devices(text: &str) -> Result<Devices, String> {
        toml::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn a_cabinet_is_configured_whole_or_refused_with_what_is_wrong() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path.display().to_string()
        };
        let map = file("cabinet.toml", RegisterMap::SAMPLE);
        let quirks = "[[quirk]]\nabout = 'ours'\nmodels = ['Roomy']\nmax-dpi = 200";
        let quirks = file("quirks.toml", quirks);
        let keys = file("keys.toml", "up = [103]\ndown = [108]\nselect = [28]");
        let good = devices(&format!(
            "code-scanner = \"serial:/dev/ttyACM0\"
             camera = \"camera:/dev/video2\"
             code-scanner-settings = {{ family = \"gm65\" }}
             keypad = \"evdev:/dev/input/event3\"
             keypad-map = \"{keys}\"
             cabinet = \"serial:/dev/ttyUSB2\"
             cabinet-map = \"{map}\"
             scanner-quirks = \"{quirks}\"
             temperature = {{ stop-above = 60 }}
             photo-decoder = [\"decode\", \"--bmp\"]"
        ))
        .unwrap();
        assert!(good.scanner_quirks.is_some());
        assert_eq!(good.temperature.stop_above, 60);
        assert_eq!(good.temperature.warn_above, 55);
        assert_eq!(good.photo_decoder.unwrap().arguments, ["--bmp"]);

        let wrong = file("wrong.toml", "up = [1]\ndown = [1]\nselect = [2]");
        let refused = devices(&format!("keypad-map = \"{wrong}\"")).unwrap_err();
        assert!(refused.contains("two keys"), "{refused}");
        let refused = devices("cabinet-map = \"/no/such.toml\"").unwrap_err();
        assert!(refused.contains("/no/such.toml"), "{refused}");
        let quirks = "[[quirk]]\nabout = 'ours'\nmodels = ['Roomy']\nmax-dpi = 1";
        let quirks = file("quirks.toml", quirks);
        let refused = devices(&format!("scanner-quirks = \"{quirks}\"")).unwrap_err();
        assert!(
            refused.contains("quirks.toml") && refused.contains("max-dpi"),
            "{refused}"
        );
        let refused = devices("temperature = { warn-above = 70 }").unwrap_err();
        assert!(refused.contains("must grow"), "{refused}");
        let refused = devices("temperature = { warm = 70 }").unwrap_err();
        assert!(refused.contains("warm"), "{refused}");
        assert!(devices("photo-decoder = []").is_err());
        assert!(devices("code-scanner-settings = { famly = \"gm65\" }").is_err());
    }
}
