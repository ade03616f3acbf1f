//! The file of a recording: its head, its lines, its bounds.

use std::fmt;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use super::entry::{Entry, What};
use crate::conformance::DeviceKind;

/// The largest recording written and read: 16 MiB.
pub const MAX_BYTES: usize = 16 << 20;

/// The longest time recorded: an hour.
pub const MAX_TIME: Duration = Duration::from_secs(3_600);

/// The latest time in a file: a recording ends after the round its hour is over in. A driver that
/// polls to a farther end would play it for ever.
const LATEST: Duration = Duration::from_secs(2 * 3_600);

/// The most settings in a head.
const MAX_SETTINGS: usize = 32;

/// What the first line says.
const MAGIC: &str = "kiosk-trace 1";

/// Why there is no recording, or why it could not be played.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// The kind has no byte stream of ours.
    #[error("recording a {0}: there is no byte trace for this kind")]
    NoByteStream(&'static str),
    /// This carrier gives the text away letter by letter.
    #[error("recording a {0} that types: only with its values revealed")]
    Typed(&'static str),
    /// The file cannot be read or written.
    #[error("{operation} the recording")]
    File {
        /// `reading` or `writing`.
        operation: &'static str,
        /// The system's reason.
        #[source]
        source: std::io::Error,
    },
    /// Larger than any recording.
    #[error("reading the recording: more than 16 MiB")]
    TooLong,
    /// A line is not what a recording has.
    #[error("reading the recording, line {line}: {reason}")]
    Line {
        /// From 1.
        line: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A setting nobody knows, or a value it cannot have.
    #[error("replaying: the setting {name} {reason}")]
    Setting {
        /// Its name.
        name: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The driver did something else than it did then.
    #[error("replaying, line {line} of the recording, at {:.3} s: {reason}", at.as_secs_f64())]
    Diverged {
        /// The line the driver was at.
        line: usize,
        /// The recording's time.
        at: Duration,
        /// What it did, and what it did then.
        reason: String,
    },
    /// The driver was told something it does not know.
    #[error("recording: {0:?} is no order for this kind")]
    Order(String),
}

/// A recording in memory.
///
/// ```
/// use kiosk_drivers::trace::Trace;
///
/// let text = "kiosk-trace 1\nkind code-scanner\ncarrier serial\npersonal replaced\n\n\
///             0.000000 open\n0.250000 < 41 42 0D\n2.000000 end\n";
/// let trace = Trace::parse(text)?;
/// assert_eq!(trace.kind.name(), "code-scanner");
///
/// let error = Trace::parse(&text.replace("<", "?")).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "reading the recording, line 7: an unknown word after the time"
/// );
/// # Ok::<(), kiosk_drivers::trace::TraceError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// The kind of device recorded.
    pub kind: DeviceKind,
    /// How it was reached, such as `serial`; never where.
    pub carrier: String,
    /// Whether a person's bytes stand in it as they were.
    pub revealed: bool,
    pub(super) settings: Vec<(String, String)>,
    /// Line number and entry.
    pub(super) entries: Vec<(usize, Entry)>,
}

impl Trace {
    /// Reads the recording in the file at `path`.
    ///
    /// # Errors
    /// [`TraceError`] as of [`Self::parse`], and when the file cannot be read.
    pub fn read(path: &Path) -> Result<Self, TraceError> {
        let read = |source| TraceError::File {
            operation: "reading",
            source,
        };
        let mut text = String::new();
        let file = std::fs::File::open(path).map_err(read)?;
        file.take(MAX_BYTES as u64 + 1)
            .read_to_string(&mut text)
            .map_err(read)?;
        Self::parse(&text)
    }

    /// Reads a recording.
    ///
    /// # Errors
    /// [`TraceError::Line`] with the line that is wrong; [`TraceError::TooLong`].
    pub fn parse(text: &str) -> Result<Self, TraceError> {
        if text.len() > MAX_BYTES {
            return Err(TraceError::TooLong);
        }
        let mut lines = (1..).zip(text.lines());
        let mut trace = head(&mut lines)?;
        let mut last = Duration::ZERO;
        for (line, text) in lines {
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            let entry = Entry::parse(text).map_err(|reason| TraceError::Line { line, reason })?;
            let reason = if entry.at < last {
                Some("the time runs backwards")
            } else if entry.at > LATEST {
                Some("the time is longer than any recording's")
            } else if trace.ended() {
                Some("something comes after the end")
            } else {
                None
            };
            if let Some(reason) = reason {
                return Err(TraceError::Line { line, reason });
            }
            last = entry.at;
            trace.entries.push((line, entry));
        }
        if trace.ended() {
            Ok(trace)
        } else {
            let line = text.lines().count();
            let reason = "it breaks off without its end";
            Err(TraceError::Line { line, reason })
        }
    }

    fn ended(&self) -> bool {
        let last = self.entries.last();
        last.is_some_and(|(_, entry)| entry.what == What::End)
    }

    /// The value of a setting of the head; `None` when it does not stand there.
    pub(super) fn setting(&self, name: &str) -> Option<&str> {
        let found = self.settings.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// Reads up to the first empty line.
fn head<'a>(lines: &mut impl Iterator<Item = (usize, &'a str)>) -> Result<Trace, TraceError> {
    let mut word = |key: &str| {
        let (line, text) = lines.next().unwrap_or((1, ""));
        let value = text
            .strip_prefix(key)
            .map(|value| value.trim_start().to_owned());
        (line, value)
    };
    let wrong = |line, reason| TraceError::Line { line, reason };
    let (line, rest) = word(MAGIC);
    if rest.as_deref() != Some("") {
        return Err(wrong(line, "no kiosk-trace of version 1"));
    }
    let (line, kind) = word("kind ");
    let kind = kind.and_then(|name| DeviceKind::from_name(&name));
    let kind = kind.ok_or(wrong(line, "no known kind of device"))?;
    let (line, carrier) = word("carrier ");
    let carrier = carrier.ok_or(wrong(line, "no carrier"))?;
    let (line, personal) = word("personal ");
    let revealed = match personal.as_deref() {
        Some("replaced") => false,
        Some("revealed") => true,
        _ => return Err(wrong(line, "personal is replaced or revealed")),
    };
    let mut settings = Vec::new();
    for (line, text) in lines.by_ref() {
        if text.is_empty() {
            break;
        }
        let setting = text
            .strip_prefix("set ")
            .and_then(|text| text.split_once(' '));
        let (key, value) = setting.ok_or(wrong(line, "write set NAME VALUE, or an empty line"))?;
        if settings.len() == MAX_SETTINGS {
            return Err(wrong(line, "more settings than any driver has"));
        }
        settings.push((key.to_owned(), value.to_owned()));
    }
    Ok(Trace {
        kind,
        carrier,
        revealed,
        settings,
        entries: Vec::new(),
    })
}

/// The head as it stands in the file, with the empty line after it.
pub(super) struct Head<'a> {
    pub(super) kind: DeviceKind,
    pub(super) carrier: &'a str,
    pub(super) revealed: bool,
    pub(super) settings: &'a [(&'static str, String)],
}

impl fmt::Display for Head<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let personal = if self.revealed {
            "revealed"
        } else {
            "replaced"
        };
        writeln!(f, "{MAGIC}")?;
        writeln!(f, "kind {}", self.kind.name())?;
        writeln!(f, "carrier {}", self.carrier)?;
        writeln!(f, "personal {personal}")?;
        for (name, value) in self.settings {
            writeln!(f, "set {name} {value}")?;
        }
        writeln!(f)
    }
}
