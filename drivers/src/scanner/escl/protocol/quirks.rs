//! What single makes and models do differently, as a table (`quirks.toml` beside this folder), to
//! which an operator can add.
//!
//! Source: the scanner fact sheet, section 2.5.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use super::capabilities::Capabilities;
use crate::settings_file;

/// The table built in.
const TABLE: &str = include_str!("../quirks.toml");
/// Largest table read.
const MAX_TEXT: usize = 64 * 1024;
/// Most attempts at one page that an entry may ask for.
const MAX_ATTEMPTS: u32 = 300;

/// What one scanner does differently; by default nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Quirks {
    /// What `Host` names.
    pub host: Host,
    /// Answers at a page that mean "not yet", beside 503.
    pub retry_codes: Vec<u16>,
    /// Attempts at a page that is not ready; `None` = as many as at any scanner.
    pub page_attempts: Option<u32>,
    /// Most rest between two pages of a feeder; half of what the last page took, if that is less.
    pub feeder_rest: Duration,
    /// Highest resolution that works, whatever is offered; `None` = all that is offered.
    pub max_dpi: Option<u32>,
    /// A job at an empty feeder makes a jam: the feeder is looked at first.
    pub look_at_feeder_first: bool,
    /// A feeder that ran out says `ScannerAdfProcessing`.
    pub processing_is_empty: bool,
    /// A job ends after one sheet though more lie in the feeder: the next job takes them.
    pub one_sheet_jobs: bool,
    /// A job that ended by itself must not be deleted.
    pub keep_ended_jobs: bool,
}

/// What the `Host` of a request names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Host {
    /// The host, and the port unless it is the usual one.
    #[default]
    Usual,
    /// The port also when it is the usual one.
    WithPort,
    /// `localhost`, when a job is created.
    Localhost,
}

/// Why a table cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum QuirksError {
    /// The file cannot be read.
    #[error("reading scanner quirks from {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// The table in a file cannot be used.
    #[error("the scanner quirks in {path} cannot be used")]
    File {
        /// The file.
        path: PathBuf,
        /// The line or the entry.
        #[source]
        source: Box<Self>,
    },
    /// It is longer than any table.
    #[error("reading scanner quirks: larger than 64 KiB")]
    TooLarge,
    /// It is not of the form.
    #[error("reading scanner quirks")]
    Form(#[from] toml::de::Error),
    /// An entry says something impossible.
    #[error("reading scanner quirks: \"{about}\": {reason}")]
    Entry {
        /// The entry's `about`.
        about: String,
        /// What is wrong with it.
        reason: &'static str,
    },
}

/// Entries of an operator, for scanners that the table built in does not know.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuirkTable {
    #[serde(default, rename = "quirk")]
    quirks: Vec<Entry>,
}

impl QuirkTable {
    /// Reads a table of the form of the one built in.
    ///
    /// # Errors
    /// [`QuirksError`] naming the line or the entry.
    pub fn parse(text: &str) -> Result<Self, QuirksError> {
        if text.len() > MAX_TEXT {
            return Err(QuirksError::TooLarge);
        }
        let table: Self = toml::from_str(text)?;
        for entry in &table.quirks {
            if let Some(reason) = entry.defect() {
                let about = entry.about.chars().take(100).collect();
                return Err(QuirksError::Entry { about, reason });
            }
        }
        Ok(table)
    }

    /// Reads the table in the file at `path`.
    ///
    /// # Errors
    /// As [`Self::parse`] with the file's name, and when the file cannot be read.
    pub fn read(path: &Path) -> Result<Self, QuirksError> {
        let text = settings_file::read(path, MAX_TEXT).map_err(|source| QuirksError::Read {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(&text).map_err(|source| QuirksError::File {
            path: path.to_owned(),
            source: Box::new(source),
        })
    }
}

/// One entry: whom it fits, and what they do.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Entry {
    about: String,
    /// Beginnings of make and model.
    #[serde(default)]
    models: Vec<String>,
    /// Beginnings of the `Server` of an answer.
    #[serde(default)]
    servers: Vec<String>,
    host: Option<Host>,
    #[serde(default)]
    retry_codes: Vec<u16>,
    page_attempts: Option<u32>,
    feeder_rest_ms: Option<u64>,
    max_dpi: Option<u32>,
    #[serde(default)]
    look_at_feeder_first: bool,
    #[serde(default)]
    processing_is_empty: bool,
    #[serde(default)]
    one_sheet_jobs: bool,
    #[serde(default)]
    keep_ended_jobs: bool,
}

impl Quirks {
    /// Those of the scanner with these capabilities, that calls its server `server`, by the
    /// table built in and then by the operator's `own`. Of entries that fit, all apply; where two
    /// say different things, the later one.
    ///
    /// # Errors
    /// [`QuirksError`] of the table built in, which a test excludes.
    pub fn of(
        capabilities: &Capabilities,
        server: Option<&str>,
        own: &QuirkTable,
    ) -> Result<Self, QuirksError> {
        let shipped = QuirkTable::parse(TABLE)?;
        let mut quirks = Self::default();
        for entry in shipped.quirks.iter().chain(&own.quirks) {
            if entry.fits(capabilities, server) {
                quirks.add(entry);
            }
        }
        Ok(quirks)
    }

    fn add(&mut self, entry: &Entry) {
        self.host = entry.host.unwrap_or(self.host);
        self.retry_codes.extend(&entry.retry_codes);
        self.page_attempts = entry.page_attempts.or(self.page_attempts);
        self.feeder_rest = entry
            .feeder_rest_ms
            .map_or(self.feeder_rest, Duration::from_millis);
        self.max_dpi = entry.max_dpi.or(self.max_dpi);
        self.look_at_feeder_first |= entry.look_at_feeder_first;
        self.processing_is_empty |= entry.processing_is_empty;
        self.one_sheet_jobs |= entry.one_sheet_jobs;
        self.keep_ended_jobs |= entry.keep_ended_jobs;
    }
}

impl Entry {
    fn defect(&self) -> Option<&'static str> {
        let mut names = self.models.iter().chain(&self.servers);
        let no_code = |code: &u16| !matches!(code, 404 | 409 | 410);
        if self.models.is_empty() && self.servers.is_empty() {
            Some("it names no models and no servers")
        } else if names.any(|name| name.trim().is_empty()) {
            Some("an empty name fits every scanner")
        } else if self.retry_codes.iter().any(no_code) {
            Some("retry-codes are 404, 409 or 410")
        } else if self
            .page_attempts
            .is_some_and(|n| n == 0 || n > MAX_ATTEMPTS)
        {
            Some("page-attempts are 1 to 300")
        } else if self.feeder_rest_ms.is_some_and(|rest| rest > 10_000) {
            Some("feeder-rest-ms is 10000 at most")
        } else if self.max_dpi.is_some_and(|dpi| dpi < 75) {
            Some("max-dpi is 75 at least")
        } else {
            None
        }
    }

    fn fits(&self, capabilities: &Capabilities, server: Option<&str>) -> bool {
        let begins = |text: &str, names: &[String]| {
            let text = text.to_lowercase();
            names
                .iter()
                .any(|name| text.starts_with(&name.to_lowercase()))
        };
        let named = [&capabilities.make_and_model, &capabilities.manufacturer];
        let model = named
            .into_iter()
            .flatten()
            .any(|name| begins(name, &self.models));
        // Some name only the model there, and the maker apart.
        let both = match named {
            [Some(model), Some(maker)] => begins(&format!("{maker} {model}"), &self.models),
            _ => false,
        };
        model || both || server.is_some_and(|server| begins(server, &self.servers))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn named(model: Option<&str>, maker: Option<&str>) -> Capabilities {
        Capabilities {
            make_and_model: model.map(str::to_owned),
            manufacturer: maker.map(str::to_owned),
            ..Capabilities::default()
        }
    }

    fn of(model: &str) -> Quirks {
        Quirks::of(&named(Some(model), None), None, &QuirkTable::default()).unwrap()
    }

    #[test]
    fn every_family_of_the_table_is_known_by_its_name() {
        assert_eq!(of("HP LaserJet MFP M630").host, Host::Localhost);
        assert_eq!(of("EPSON WF-3720 Series").host, Host::WithPort);
        assert_eq!(
            of("Brother MFC-L2710DW").feeder_rest,
            Duration::from_secs(1)
        );
        let xerox = of("Xerox B215 Multifunction Printer");
        assert_eq!(xerox.retry_codes, [404, 410]);
        assert!(xerox.keep_ended_jobs);
        let workcentre = of("Xerox WorkCentre 3345");
        assert!(workcentre.look_at_feeder_first);
        assert_eq!(workcentre.retry_codes, [410]);
        assert!(of("Canon MF410 Series").look_at_feeder_first);
        assert_eq!(of("Canon iR2625/2630").max_dpi, Some(300));
        assert!(of("HP LaserJet MFP M28w").page_attempts > Some(30));
        assert!(of("Kyocera ECOSYS M6526cdn").processing_is_empty);
        let epson = of("EPSON WF-2930 Series");
        assert!(epson.one_sheet_jobs && epson.host == Host::WithPort);
        assert_eq!(of("Simulated flatbed"), Quirks::default());
    }

    #[test]
    fn a_family_is_known_by_maker_apart_or_by_its_server() {
        let of = |known: &Capabilities, server| {
            Quirks::of(known, server, &QuirkTable::default()).unwrap()
        };
        let apart = named(Some("WF-3720 Series"), Some("Epson"));
        assert_eq!(of(&apart, None).host, Host::WithPort);
        let silent = named(None, None);
        let server = of(&silent, Some("HP_Compact_Server/1.2"));
        assert_eq!(server.host, Host::Localhost);
        assert_eq!(of(&silent, None), Quirks::default());
    }

    #[test]
    fn an_operators_entries_come_after_those_built_in() {
        let own = "[[quirk]]\nabout = 'ours'\nmodels = ['Canon iR2625', 'Roomy']\nmax-dpi = 200\n\
            look-at-feeder-first = true";
        let own = QuirkTable::parse(own).unwrap();
        let of = |model| Quirks::of(&named(Some(model), None), None, &own).unwrap();
        assert_eq!(of("Canon iR2625/2630").max_dpi, Some(200));
        assert!(of("Roomy 3").look_at_feeder_first);
        assert_eq!(of("Kyocera ECOSYS"), self::of("Kyocera ECOSYS"));
    }

    #[test]
    fn a_file_of_an_operator_is_named_with_what_is_wrong_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("quirks.toml");
        let missing = QuirkTable::read(&path).unwrap_err();
        assert!(missing.to_string().contains("quirks.toml"), "{missing}");
        std::fs::write(&path, "[[quirk]]\nabout = 'x'\nmodles = ['x']").unwrap();
        let wrong = QuirkTable::read(&path).unwrap_err();
        assert!(wrong.to_string().contains("quirks.toml"), "{wrong}");
        let inner = std::error::Error::source(&wrong).unwrap();
        let line = std::error::Error::source(inner).unwrap().to_string();
        assert!(line.contains("line 3") && line.contains("modles"), "{line}");
    }

    #[test]
    fn a_table_with_a_mistake_names_its_entry() {
        for (body, reason) in [
            ("", "names no models"),
            ("models = ['']", "fits every scanner"),
            ("models = ['X']\nretry-codes = [500]", "retry-codes"),
            ("models = ['X']\npage-attempts = 0", "page-attempts"),
            ("models = ['X']\nfeeder-rest-ms = 99999", "feeder-rest-ms"),
            ("models = ['X']\nmax-dpi = 1", "max-dpi"),
        ] {
            let table = format!("[[quirk]]\nabout = 'mine'\n{body}");
            let error = QuirkTable::parse(&table).unwrap_err().to_string();
            assert!(error.contains("mine") && error.contains(reason), "{error}");
        }
        let unknown = "[[quirk]]\nabout = 'x'\nmodels = ['x']\nmax_dpi = 300";
        assert!(QuirkTable::parse(unknown).is_err());
        let long = "#".repeat(MAX_TEXT + 1);
        assert!(matches!(
            QuirkTable::parse(&long),
            Err(QuirksError::TooLarge)
        ));
    }

    proptest! {
        #[test]
        fn any_name_has_its_quirks(model in ".{0,60}", server in ".{0,60}") {
            let named = named(Some(&model), Some(&model));
            prop_assert!(Quirks::of(&named, Some(&server), &QuirkTable::default()).is_ok());
        }
    }
}
