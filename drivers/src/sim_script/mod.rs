//! Fault scripts: what happens to a simulated device and its line, as a TOML file.
//!
//! The form is described in `docs/fault-scripts.md`. The same script gives the same bytes:
//! times are those of the link's clock, bytes are counted as they arrive.

mod deed;
mod entry;
mod perform;
#[cfg(test)]
mod tests;

use std::fmt;
use std::io::Read;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

pub use deed::{
    BoardDeed, CameraDeed, CodeDeed, Deed, DeviceDeed, DocumentDeed, KeyDeed, PrinterDeed,
    ReaderDeed, ScannerDeed,
};
use entry::{Entry, Step};

use crate::transport::plan::{Act, LineFault, Plan, Trigger};

/// The most bytes of a script's text.
const MAX_TEXT: usize = 256 * 1024;
/// The most entries of a script.
const MAX_ENTRIES: usize = 1000;

/// A simulated device that a script can act on.
pub trait Scriptable {
    /// What it can be told.
    type Deed: DeviceDeed;

    /// Does it now.
    fn perform(&mut self, deed: Self::Deed);
}

/// What happens in one entry.
pub enum Happening<T> {
    /// Something happens to the line.
    Line(LineFault),
    /// Something happens to the device.
    Device(T),
}

/// A script for one kind of device, checked. Values are not in its `Debug`.
pub struct Script<T> {
    entries: Vec<(Trigger, Vec<Happening<T>>)>,
}

impl<T> fmt::Debug for Script<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Script({} entries)", self.entries.len())
    }
}

impl<T> Default for Script<T> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
        }
    }
}

/// Why a text is no script for a device: file, line and reason.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// The file cannot be read.
    #[error("reading the fault script {file}")]
    Read {
        /// The file.
        file: String,
        /// The system's reason.
        #[source]
        source: std::io::Error,
    },
    /// More text or entries than any script has.
    #[error("reading the fault script {file}: more than {what}")]
    TooLong {
        /// The file.
        file: String,
        /// The limit.
        what: &'static str,
    },
    /// Something in it is wrong.
    #[error("reading the fault script {file}, line {line}{field}: {reason}")]
    Wrong {
        /// The file.
        file: String,
        /// From 1.
        line: usize,
        /// The key, as ` in key`, where there is one.
        field: String,
        /// What is wrong with it.
        reason: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    fault: Vec<Spanned<Entry>>,
}

impl<T: DeviceDeed> Script<T> {
    /// Reads a script; `file` is its name in errors, and files it names lie beside it.
    ///
    /// # Errors
    /// [`ScriptError`] when it is no such TOML, has a key for another device, or an entry
    /// does nothing or two things.
    pub fn parse(file: &str, text: &str) -> Result<Self, ScriptError> {
        let too_long = |what| ScriptError::TooLong {
            file: file.to_owned(),
            what,
        };
        if text.len() > MAX_TEXT {
            return Err(too_long("256 KiB"));
        }
        let read: File = toml::from_str(text).map_err(|error| wrong_toml(file, text, &error))?;
        if read.fault.len() > MAX_ENTRIES {
            return Err(too_long("1000 entries"));
        }
        let mut entries = Vec::new();
        for entry in read.fault {
            let at = entry.span().start;
            let folder = Path::new(file).parent().unwrap_or(Path::new(""));
            let happening = entry
                .into_inner()
                .read(folder)
                .and_then(|(trigger, steps)| {
                    let steps: Result<_, String> = steps.into_iter().map(happening).collect();
                    Ok((trigger, steps?))
                });
            entries.push(happening.map_err(|reason| ScriptError::Wrong {
                file: file.to_owned(),
                line: line_of(text, at),
                field: String::new(),
                reason,
            })?);
        }
        Ok(Self { entries })
    }

    /// Reads the script in the file at `path`.
    ///
    /// # Errors
    /// [`ScriptError`] as of [`Self::parse`], and when the file cannot be read.
    pub fn read(path: &Path) -> Result<Self, ScriptError> {
        let file = path.display().to_string();
        let read = |source| ScriptError::Read {
            file: file.clone(),
            source,
        };
        let mut text = String::new();
        std::fs::File::open(path)
            .map_err(read)?
            .take(MAX_TEXT as u64 + 1)
            .read_to_string(&mut text)
            .map_err(read)?;
        Self::parse(&file, &text)
    }

    /// The script for a device on a [`crate::transport::simulated::Link`].
    #[must_use]
    pub fn plan<D: Scriptable<Deed = T> + 'static>(self) -> Plan<D> {
        let act = |happening| match happening {
            Happening::Line(fault) => Act::Line(fault),
            Happening::Device(deed) => Act::Device(Box::new(move |device: &mut D| {
                device.perform(deed);
            })),
        };
        let entries = self.entries.into_iter();
        Plan::new(
            entries
                .map(|(trigger, steps)| (trigger, steps.into_iter().map(act).collect()))
                .collect(),
        )
    }

    /// The entries in order: what each waits for, and what happens then.
    pub fn into_entries(self) -> impl Iterator<Item = (Trigger, Vec<Happening<T>>)> {
        self.entries.into_iter()
    }
}

fn happening<T: DeviceDeed>(step: Step) -> Result<Happening<T>, String> {
    match step {
        Step::Line(fault) => Ok(Happening::Line(fault)),
        Step::Device(deed) => {
            let kind = deed.kind();
            let deed = T::of(deed).map(Happening::Device);
            deed.ok_or_else(|| {
                format!("this is for the kind {kind}, and the device is {}", T::KIND)
            })
        }
    }
}

fn wrong_toml(file: &str, text: &str, error: &toml::de::Error) -> ScriptError {
    let at = error.span().map_or(0, |span| span.start);
    ScriptError::Wrong {
        file: file.to_owned(),
        line: line_of(text, at),
        field: field_of(text, at),
        reason: error.message().to_owned(),
    }
}

fn line_of(text: &str, at: usize) -> usize {
    let before = text.as_bytes().get(..at).unwrap_or_default();
    before.iter().filter(|byte| **byte == b'\n').count() + 1
}

/// The key whose value begins at `at`, for an error; nothing where there is none on the line.
fn field_of(text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    let key = line.rsplit_once('=').map_or("", |(key, _)| key.trim_end());
    let key = key.rsplit([' ', ',', '{']).next().unwrap_or_default();
    if key.is_empty() {
        String::new()
    } else {
        format!(" in {key}")
    }
}
