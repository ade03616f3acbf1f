//! One line of a recording.

use std::fmt;
use std::time::Duration;

/// The most bytes on one line.
pub(super) const MAX_CHUNK: usize = 4096;

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// The line was opened.
    Open,
    /// It could not be opened.
    Absent,
    /// Bytes from the driver to the device.
    Sent(Vec<u8>),
    /// Bytes from the device to the driver.
    Came(Vec<u8>),
    /// So many bytes of the lines after this were a person's and are replaced.
    Replaced { bytes: usize, hash: String },
    /// The driver set the line's speed; whether the carrier has one.
    Speed(u32, bool),
    /// The driver was told to do something.
    Order(String),
    /// The line broke.
    Lost,
    /// The recording ends.
    End,
}

/// One line: when, since the beginning, and what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) at: Duration,
    pub(super) what: What,
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:06} ", self.at.as_secs(), self.at.subsec_micros())?;
        match &self.what {
            What::Open => f.write_str("open"),
            What::Absent => f.write_str("absent"),
            What::Sent(bytes) => hex(f, '>', bytes),
            What::Came(bytes) => hex(f, '<', bytes),
            What::Replaced { bytes, hash } => write!(f, "replaced {bytes} sha256 {hash}"),
            What::Speed(baud, taken) => write!(f, "speed {baud} {taken}"),
            What::Order(words) => write!(f, "order {words}"),
            What::Lost => f.write_str("lost"),
            What::End => f.write_str("end"),
        }
    }
}

fn hex(f: &mut fmt::Formatter<'_>, direction: char, bytes: &[u8]) -> fmt::Result {
    write!(f, "{direction}")?;
    bytes.iter().try_for_each(|byte| write!(f, " {byte:02X}"))
}

impl Entry {
    /// Reads a line.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(super) fn parse(line: &str) -> Result<Self, &'static str> {
        let (time, rest) = line.split_once(' ').ok_or("no word after the time")?;
        let at = time_of(time).ok_or("the time is not SECONDS.MICROSECONDS")?;
        let (word, rest) = rest.split_once(' ').unwrap_or((rest, ""));
        let what = match word {
            ">" => What::Sent(bytes_of(rest)?),
            "<" => What::Came(bytes_of(rest)?),
            "open" if rest.is_empty() => What::Open,
            "absent" if rest.is_empty() => What::Absent,
            "lost" if rest.is_empty() => What::Lost,
            "end" if rest.is_empty() => What::End,
            "order" if !rest.is_empty() => What::Order(rest.to_owned()),
            "speed" => speed_of(rest).ok_or("a speed is BAUD true|false")?,
            "replaced" => replaced_of(rest).ok_or("write replaced COUNT sha256 HASH")?,
            _ => return Err("an unknown word after the time"),
        };
        Ok(Self { at, what })
    }
}

fn time_of(text: &str) -> Option<Duration> {
    let (seconds, micros) = text.split_once('.')?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if micros.len() != 6 || seconds.len() > 9 || !digits(seconds) || !digits(micros) {
        return None;
    }
    let micros = Duration::from_micros(micros.parse().ok()?);
    Some(Duration::from_secs(seconds.parse().ok()?) + micros)
}

fn bytes_of(text: &str) -> Result<Vec<u8>, &'static str> {
    let mut bytes = Vec::new();
    for pair in text.split(' ') {
        if pair.len() != 2 || bytes.len() == MAX_CHUNK {
            return Err("bytes are pairs of hex digits, 4096 a line at most");
        }
        let byte = u8::from_str_radix(pair, 16).map_err(|_| "not a hex digit")?;
        bytes.push(byte);
    }
    Ok(bytes)
}

fn speed_of(text: &str) -> Option<What> {
    let (baud, taken) = text.split_once(' ')?;
    Some(What::Speed(baud.parse().ok()?, taken.parse().ok()?))
}

fn replaced_of(text: &str) -> Option<What> {
    let (bytes, hash) = text.split_once(" sha256 ")?;
    let whole = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    whole.then_some(What::Replaced {
        bytes: bytes.parse().ok()?,
        hash: hash.to_owned(),
    })
}
