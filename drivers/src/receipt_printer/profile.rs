//! Families of receipt printers as data: what a model can do and how it is told.
//!
//! Four profiles are built in ([`Profile::shipped`]); a city names another as a TOML file of
//! the same form ([`Profile::parse`]). Which one fits is found by behaviour
//! ([`super::Findings`]), because clones lie about their maker.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use crate::settings_file;
use crate::transport::{FlowControl, LineSettings};

/// The profiles built in, the most capable first.
const SHIPPED: [&str; 4] = [
    include_str!("../../profiles/epson.toml"),
    include_str!("../../profiles/custom.toml"),
    include_str!("../../profiles/cashino.toml"),
    include_str!("../../profiles/generic.toml"),
];

/// Largest profile read.
const MAX_TEXT: usize = 16 * 1024;
/// Widest head: 640 dots.
const MAX_HEAD_BYTES: u8 = 80;
/// Longest command a profile may name.
const MAX_COMMAND: usize = 32;

/// One family of receipt printers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Profile {
    /// The name the configuration uses.
    pub name: String,
    /// Which printers it fits, for the technician.
    pub about: String,
    /// Bytes of one head row: 72 on 80 mm paper, 48 on 58 mm. Wider pictures are refused.
    pub head_bytes: u8,
    /// Most rows of one raster band, 8 to a millimetre.
    pub band_rows: u8,
    /// How the sensors are read.
    pub status: StatusStyle,
    /// `GS a`: the printer reports changes by itself.
    pub status_back: bool,
    /// What proves that a slip is printed.
    pub confirmation: Confirmation,
    /// How the printer holds back what it cannot take.
    pub flow: Flow,
    /// How the rest of a slip is taken out of the printer.
    pub clear: Clearing,
    /// How a slip leaves the printer.
    pub delivery: Delivery,
    /// What the family does differently.
    #[serde(default)]
    pub quirks: Quirks,
}

/// How the sensors are read; never two at once, because their bytes collide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StatusStyle {
    /// `DLE EOT 1` to `4`, one byte each.
    #[default]
    RealTime,
    /// The same, with bit 7 of the first answer saying that a slip is not torn away yet.
    TornFlag,
    /// Custom's `10 04 14`: six bytes, with a sensor at the output.
    FullStatus,
}

/// What proves that a slip is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confirmation {
    /// `GS ( H`: a number that comes back when everything before it is on paper.
    ProcessId,
    /// `GS r`: an answer when everything before it is processed.
    Fence,
    /// Nothing: a slip handed over is never known to be printed.
    None,
}

/// How a printer holds back what it cannot take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flow {
    /// By XOFF, which the driver itself obeys, so that it can clear a printer that holds back.
    XonXoff,
    /// By its DTR wire on our CTS.
    RtsCts,
    /// Not at all, or the carrier does it.
    None,
}

/// How the rest of a slip is taken out of a printer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(
    tag = "by",
    deny_unknown_fields,
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case"
)]
pub enum Clearing {
    /// `DLE DC4 8`, confirmed by the printer at any time.
    RealTime,
    /// A reset that nobody confirms; the fence after it proves that the buffers are empty.
    Reset {
        /// The reset.
        command: Bytes,
    },
    /// No command: what is left is completed, printed and cut off before the next slip.
    Flush,
}

/// How a slip leaves the printer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(
    tag = "kind",
    deny_unknown_fields,
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case"
)]
pub enum Delivery {
    /// Cut off, falling or hanging where the resident takes it.
    Cut {
        /// Feeds to the knife and cuts.
        cut: Bytes,
    },
    /// Cut off inside, pushed out, and drawn back when nobody takes it.
    Present {
        /// Feeds to the knife and cuts.
        cut: Bytes,
        /// Pushes the slip to the output.
        present: Bytes,
        /// Draws it back in.
        retract: Bytes,
        /// How long a slip waits to be taken: 5 to 600 s.
        retract_after_seconds: u16,
    },
    /// No knife: fed to the tear bar.
    Tear {
        /// Blank rows from the head to the bar.
        feed_rows: u8,
        /// How long is waited for the tear flag: 5 to 600 s.
        torn_within_seconds: u16,
    },
}

/// What a family does differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Quirks {
    /// `ESC @` prints what is buffered instead of dropping it.
    pub initialise_prints: bool,
    /// `GS P` sets the motion unit; without it one unit is one row.
    pub motion_units: bool,
    /// `ESC c 5` switches the panel button off.
    pub panel_button: bool,
}

impl Default for Quirks {
    fn default() -> Self {
        Self {
            initialise_prints: false,
            motion_units: true,
            panel_button: true,
        }
    }
}

/// A command as pairs of hex digits, `1D 56 42 00`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Bytes(Vec<u8>);

impl Bytes {
    /// The bytes of the command.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }
}

impl TryFrom<String> for Bytes {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let bytes: Option<Vec<u8>> = text
            .split_whitespace()
            .map(|pair| {
                (pair.len() == 2 && pair.bytes().all(|digit| digit.is_ascii_hexdigit()))
                    .then(|| u8::from_str_radix(pair, 16).ok())
                    .flatten()
            })
            .collect();
        let bytes = bytes.ok_or("a command is pairs of hex digits, such as \"1D 56 42 00\"")?;
        if bytes.is_empty() || bytes.len() > MAX_COMMAND {
            return Err(format!("a command has 1 to {MAX_COMMAND} bytes"));
        }
        if bytes.starts_with(&[0x1B, 0x70]) {
            return Err("1B 70 opens a drawer, which no kiosk has".to_owned());
        }
        Ok(Self(bytes))
    }
}

impl Profile {
    /// The profiles built in: `epson`, `custom`, `cashino`, `generic`.
    ///
    /// # Errors
    /// [`ProfileError`], which a test excludes.
    pub fn shipped() -> Result<Vec<Self>, ProfileError> {
        SHIPPED.into_iter().map(Self::parse).collect()
    }

    /// The profile built in under `name`.
    ///
    /// # Errors
    /// [`ProfileError::Unknown`] when there is none.
    pub fn named(name: &str) -> Result<Self, ProfileError> {
        Self::shipped()?
            .into_iter()
            .find(|profile| profile.name == name)
            .ok_or_else(|| ProfileError::Unknown {
                name: name.chars().take(100).collect(),
            })
    }

    /// Reads the profile in a file.
    ///
    /// # Errors
    /// [`ProfileError`] as of [`Self::parse`], and when the file cannot be read.
    pub fn read(path: &Path) -> Result<Self, ProfileError> {
        let text = settings_file::read(path, MAX_TEXT).map_err(|source| ProfileError::Read {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(&text)
    }

    /// Reads a profile and checks that its parts agree.
    ///
    /// # Errors
    /// [`ProfileError`] naming the line or the field and what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        if text.len() > MAX_TEXT {
            return Err(ProfileError::TooLarge);
        }
        let profile: Self = toml::from_str(text)?;
        match profile.defect() {
            Some((field, reason)) => Err(ProfileError::Value {
                profile: profile.name,
                field,
                reason,
            }),
            None => Ok(profile),
        }
    }

    /// The first field that cannot be as it is.
    fn defect(&self) -> Option<(&'static str, &'static str)> {
        let seconds = match &self.delivery {
            Delivery::Cut { .. } => None,
            Delivery::Present {
                retract_after_seconds,
                ..
            } => Some(*retract_after_seconds),
            Delivery::Tear {
                torn_within_seconds,
                ..
            } => Some(*torn_within_seconds),
        };
        let presents = matches!(self.delivery, Delivery::Present { .. });
        if self.name.is_empty() || self.name.len() > 40 {
            Some(("name", "1 to 40 letters"))
        } else if !(1..=MAX_HEAD_BYTES).contains(&self.head_bytes) {
            Some(("head-bytes", "1 to 80 bytes of 8 dots"))
        } else if self.band_rows == 0 {
            Some(("band-rows", "at least 1 row"))
        } else if self.status_back && self.status == StatusStyle::FullStatus {
            Some(("status-back", "its bytes collide with those of full-status"))
        } else if presents && self.status != StatusStyle::FullStatus {
            Some((
                "delivery",
                "a presenter needs the output sensor of full-status",
            ))
        } else if self.clear != Clearing::RealTime && self.confirmation == Confirmation::None {
            Some((
                "clear",
                "without a fence nothing proves that the buffers are empty",
            ))
        } else if seconds.is_some_and(|seconds| !(5..=600).contains(&seconds)) {
            Some(("delivery", "a slip waits 5 to 600 seconds"))
        } else {
            None
        }
    }

    /// How a serial line to this printer is opened.
    ///
    /// XON and XOFF stay with the driver, so that a printer that holds back can be cleared.
    #[must_use]
    pub fn line(&self) -> LineSettings {
        LineSettings {
            flow: match self.flow {
                Flow::RtsCts => FlowControl::RtsCts,
                Flow::XonXoff | Flow::None => FlowControl::None,
            },
            ..LineSettings::default()
        }
    }

    /// How long a slip waits at the output; `None` where no sensor sees it.
    #[must_use]
    pub fn waits_for(&self) -> Option<Duration> {
        match &self.delivery {
            Delivery::Present {
                retract_after_seconds: seconds,
                ..
            } => Some(Duration::from_secs(u64::from(*seconds))),
            Delivery::Tear {
                torn_within_seconds: seconds,
                ..
            } if self.status == StatusStyle::TornFlag => {
                Some(Duration::from_secs(u64::from(*seconds)))
            }
            Delivery::Tear { .. } | Delivery::Cut { .. } => None,
        }
    }
}

impl Default for Profile {
    /// The same as `epson`, for programs that name no profile.
    fn default() -> Self {
        Self {
            name: "epson".to_owned(),
            about: "Epson TM series and printers that behave like it, 80 mm".to_owned(),
            head_bytes: 72,
            band_rows: 128,
            status: StatusStyle::RealTime,
            status_back: true,
            confirmation: Confirmation::ProcessId,
            flow: Flow::XonXoff,
            clear: Clearing::RealTime,
            delivery: Delivery::Cut {
                cut: Bytes(vec![0x1D, 0x56, 0x42, 0x00]),
            },
            quirks: Quirks::default(),
        }
    }
}

/// Why a profile cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// The file cannot be read.
    #[error("reading the printer profile {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: std::io::Error,
    },
    /// More text than any profile needs.
    #[error("reading a printer profile: it is longer than {MAX_TEXT} bytes")]
    TooLarge,
    /// No TOML, or not the fields of a profile.
    #[error("reading a printer profile")]
    Syntax(#[from] toml::de::Error),
    /// A value that cannot be.
    #[error("reading the printer profile {profile:?}: {field}: {reason}")]
    Value {
        /// The profile's name.
        profile: String,
        /// The field.
        field: &'static str,
        /// What is expected.
        reason: &'static str,
    },
    /// No profile of that name is built in.
    #[error("no printer profile is called {name:?}; there are epson, custom, cashino and generic")]
    Unknown {
        /// The name given.
        name: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profiles_built_in_are_sound_and_named_once() {
        let names: Vec<String> = Profile::shipped()
            .unwrap()
            .into_iter()
            .map(|profile| profile.name)
            .collect();
        assert_eq!(names, ["epson", "custom", "cashino", "generic"]);
        assert_eq!(Profile::named("epson").unwrap(), Profile::default());
        let cashino = Profile::named("cashino").unwrap();
        assert_eq!(cashino.head_bytes, 48);
        assert_eq!(cashino.waits_for(), Some(Duration::from_secs(60)));
        assert_eq!(Profile::named("epson").unwrap().waits_for(), None);
    }

    #[test]
    fn a_wrong_profile_says_which_field_and_why() {
        let epson = include_str!("../../profiles/epson.toml");
        for (from, to, message) in [
            (
                "head-bytes = 72",
                "head-bytes = 200",
                "head-bytes: 1 to 80 bytes of 8 dots",
            ),
            (
                "band-rows = 128",
                "band-rows = 0",
                "band-rows: at least 1 row",
            ),
            (
                "\"real-time\"\nstatus-back",
                "\"full-status\"\nstatus-back",
                "status-back: its bytes collide",
            ),
            (
                "kind = \"cut\", cut = \"1D 56 42 00\"",
                "kind = \"present\", cut = \"1D 56 42 00\", present = \"1D 65 03 0C\", retract = \"1D 65 02\", retract-after-seconds = 60",
                "a presenter needs the output sensor",
            ),
            ("by = \"real-time\"", "by = \"flush\"", ""),
        ] {
            let text = epson.replace(from, to);
            assert_ne!(text, epson, "{from}");
            match Profile::parse(&text) {
                Ok(_) => assert!(message.is_empty(), "{to} was taken"),
                Err(error) => assert!(error.to_string().contains(message), "{error}"),
            }
        }
    }

    #[test]
    fn a_misspelt_field_and_a_broken_command_are_refused_with_their_line() {
        let epson = include_str!("../../profiles/epson.toml");
        for (from, to, message) in [
            ("band-rows", "bandrows", "unknown field `bandrows`"),
            ("1D 56 42 00", "1D5642", "pairs of hex digits"),
            ("1D 56 42 00", "1B 70 00 19 FA", "opens a drawer"),
            ("1D 56 42 00", "", "1 to 32 bytes"),
        ] {
            let error = Profile::parse(&epson.replace(from, to)).unwrap_err();
            let source = std::error::Error::source(&error).unwrap().to_string();
            assert!(
                source.contains(message) && source.contains("line"),
                "{source}"
            );
        }
        assert!(matches!(
            Profile::parse(&" ".repeat(20_000)),
            Err(ProfileError::TooLarge)
        ));
        let unknown = Profile::named("star").unwrap_err().to_string();
        assert!(unknown.contains("there are epson, custom"), "{unknown}");
    }

    #[test]
    fn a_printer_wired_for_rts_gets_a_line_with_rts() {
        let text = include_str!("../../profiles/epson.toml").replace("xon-xoff", "rts-cts");
        assert_eq!(
            Profile::parse(&text).unwrap().line().flow,
            FlowControl::RtsCts
        );
        assert_eq!(
            Profile::named("epson").unwrap().line().flow,
            FlowControl::None
        );
    }
}
