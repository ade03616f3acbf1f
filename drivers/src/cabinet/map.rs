//! Which register of the board is which: a TOML file, checked when it is read.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::bus::{Read, Table};
use crate::settings_file;

/// The most bytes of a map's text.
const MAX_TEXT: usize = 64 * 1024;

/// The most bits or words of one read.
const MAX_COUNT: u16 = 64;

/// A switch or sensor of the cabinet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Signal {
    /// On: somebody stands before the kiosk.
    Presence,
    /// On: the service door is open.
    Door,
    /// On: the cover is open.
    Cover,
    /// On: a plug is in the headphone socket.
    Headphones,
    /// On: the UPS has mains.
    Mains,
    /// On: the battery of the UPS is nearly empty.
    BatteryLow,
}

impl Signal {
    /// The stable name, as in the map and in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Presence => "presence",
            Self::Door => "door",
            Self::Cover => "cover",
            Self::Headphones => "headphones",
            Self::Mains => "mains",
            Self::BatteryLow => "battery-low",
        }
    }
}

/// A place with a light of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Slot {
    /// The id-card reader.
    Card,
    /// Where slips come out.
    Receipt,
    /// The scanner.
    Scanner,
    /// Where documents come out.
    Document,
    /// The window of the code scanner.
    Code,
}

impl Slot {
    /// The stable name, as in the map and in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Receipt => "receipt",
            Self::Scanner => "scanner",
            Self::Document => "document",
            Self::Code => "code",
        }
    }
}

/// The file as it stands.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    unit: u8,
    #[serde(default = "default_baud")]
    baud: u32,
    #[serde(default = "default_poll")]
    poll_ms: u16,
    #[serde(default = "default_answer")]
    answer_ms: u16,
    identity: Identity,
    #[serde(default)]
    input: Vec<Input>,
    temperature: Option<Temperature>,
    charge: Option<Charge>,
    #[serde(default)]
    light: Vec<Light>,
}

fn default_baud() -> u32 {
    9600
}

fn default_poll() -> u16 {
    100
}

fn default_answer() -> u16 {
    300
}

fn default_settle() -> u16 {
    200
}

/// What proves that it is this board.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Identity {
    table: Table,
    address: u16,
    count: u16,
    /// The first words; none when any answer will do.
    #[serde(default)]
    pub(super) expect: Vec<u16>,
}

impl Identity {
    pub(super) fn read(&self) -> Read {
        Read {
            table: self.table,
            address: self.address,
            count: self.count,
        }
    }
}

/// A bit with a meaning.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Input {
    pub(super) signal: Signal,
    pub(super) table: Table,
    pub(super) address: u16,
    #[serde(default = "default_settle")]
    pub(super) settle_ms: u16,
    #[serde(default)]
    pub(super) invert: bool,
}

/// A word that is a temperature.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Temperature {
    pub(super) table: Table,
    pub(super) address: u16,
    /// Tenths of a degree in one step of the word.
    pub(super) tenths: i16,
}

/// A word that is a percentage.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Charge {
    pub(super) table: Table,
    pub(super) address: u16,
}

/// A coil that is a light.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Light {
    pub(super) slot: Slot,
    pub(super) coil: u16,
}

/// Where everything is on one board.
#[derive(Debug, Clone)]
pub struct RegisterMap {
    pub(super) unit: u8,
    baud: u32,
    pub(super) poll_ms: u16,
    pub(super) answer_ms: u16,
    pub(super) identity: Identity,
    pub(super) inputs: Vec<Input>,
    pub(super) temperature: Option<Temperature>,
    pub(super) charge: Option<Charge>,
    pub(super) lights: Vec<Light>,
    /// What is read in every round: one block a table.
    pub(super) blocks: Vec<Read>,
}

/// Why a text is no register map.
#[derive(Debug, thiserror::Error)]
pub enum MapError {
    /// The file cannot be read.
    #[error("reading the register map in {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: std::io::Error,
    },
    /// Longer than any map.
    #[error("reading the register map: more than 64 KiB")]
    TooLong,
    /// Not the TOML expected.
    #[error("reading the register map")]
    Toml(#[source] Box<toml::de::Error>),
    /// A number out of its range.
    #[error("reading the register map: {0} is out of its range")]
    Range(&'static str),
    /// Two entries for one signal or slot.
    #[error("reading the register map: {0} stands there twice")]
    Twice(&'static str),
    /// A bit where a word is needed, or the other way round.
    #[error("reading the register map: {0} is in a table of the wrong kind")]
    WrongTable(&'static str),
    /// The inputs of one table lie further apart than one read goes.
    #[error("reading the register map: the inputs of a table lie more than 64 apart")]
    TooFar,
    /// There is nothing to read.
    #[error("reading the register map: no input, no temperature and no charge")]
    Empty,
    /// A late answer to one question could be taken for the answer to the other.
    #[error(
        "reading the register map: the identity is answered like the inputs or the lights, take another table"
    )]
    Ambiguous,
}

impl RegisterMap {
    /// Reads a map; [`RegisterMap::SAMPLE`] shows the form.
    ///
    /// # Errors
    /// [`MapError`] with the line where it is no such TOML, or with what cannot work.
    pub fn parse(text: &str) -> Result<Self, MapError> {
        if text.len() > MAX_TEXT {
            return Err(MapError::TooLong);
        }
        let file: File = toml::from_str(text).map_err(|error| MapError::Toml(Box::new(error)))?;
        ranges(&file)?;
        once(file.input.iter().map(|input| input.signal.name()))?;
        once(file.light.iter().map(|light| light.slot.name()))?;
        tables(&file)?;
        let blocks = blocks(&file)?;
        let identity = file.identity.read();
        let lit = !file.light.is_empty() && identity.table == Table::Coil;
        if lit || blocks.iter().any(|block| block.table == identity.table) {
            return Err(MapError::Ambiguous);
        }
        Ok(Self {
            unit: file.unit,
            baud: file.baud,
            poll_ms: file.poll_ms,
            answer_ms: file.answer_ms,
            identity: file.identity,
            inputs: file.input,
            temperature: file.temperature,
            charge: file.charge,
            lights: file.light,
            blocks,
        })
    }

    /// Reads the map in the file at `path`.
    ///
    /// # Errors
    /// [`MapError`] as of [`Self::parse`], and when the file cannot be read.
    pub fn read(path: &Path) -> Result<Self, MapError> {
        let read = |source| MapError::Read {
            path: path.to_owned(),
            source,
        };
        let text = settings_file::read(path, MAX_TEXT).map_err(read)?;
        Self::parse(&text)
    }

    /// The map shipped as an example, with its explanations.
    pub const SAMPLE: &str = include_str!("sample-map.toml");

    /// The map of [`Self::SAMPLE`].
    ///
    /// # Errors
    /// Never as shipped; a test reads it.
    pub fn sample() -> Result<Self, MapError> {
        Self::parse(Self::SAMPLE)
    }

    /// Bits per second where the selector names none.
    #[must_use]
    pub fn baud(&self) -> u32 {
        self.baud
    }

    /// The switches and sensors the board has, in the map's order.
    pub fn signals(&self) -> impl Iterator<Item = Signal> + '_ {
        self.inputs.iter().map(|input| input.signal)
    }

    /// The slots that have a light, in the map's order.
    pub fn slots(&self) -> impl Iterator<Item = Slot> + '_ {
        self.lights.iter().map(|light| light.slot)
    }
}

fn ranges(file: &File) -> Result<(), MapError> {
    let checks = [
        ("unit", (1..=247).contains(&file.unit)),
        ("baud", (1200..=921_600).contains(&file.baud)),
        ("poll-ms", (20..=5000).contains(&file.poll_ms)),
        ("answer-ms", (20..=5000).contains(&file.answer_ms)),
        ("identity", fits(&file.identity.read())),
        (
            "expect",
            file.identity.expect.len() <= usize::from(file.identity.count),
        ),
        (
            "settle-ms",
            file.input.iter().all(|input| input.settle_ms <= 60_000),
        ),
        (
            "tenths",
            file.temperature.as_ref().is_none_or(|t| t.tenths != 0),
        ),
    ];
    match checks.into_iter().find(|(_, right)| !right) {
        Some((name, _)) => Err(MapError::Range(name)),
        None => Ok(()),
    }
}

fn fits(read: &Read) -> bool {
    (1..=MAX_COUNT).contains(&read.count) && read.address.checked_add(read.count).is_some()
}

fn once(names: impl Iterator<Item = &'static str>) -> Result<(), MapError> {
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(MapError::Twice(name));
        }
    }
    Ok(())
}

fn tables(file: &File) -> Result<(), MapError> {
    if let Some(input) = file.input.iter().find(|input| !input.table.of_bits()) {
        return Err(MapError::WrongTable(input.signal.name()));
    }
    if file.temperature.as_ref().is_some_and(|t| t.table.of_bits()) {
        return Err(MapError::WrongTable("temperature"));
    }
    if file.charge.as_ref().is_some_and(|c| c.table.of_bits()) {
        return Err(MapError::WrongTable("charge"));
    }
    if !file.identity.expect.is_empty() && file.identity.table.of_bits() {
        return Err(MapError::WrongTable("identity"));
    }
    Ok(())
}

/// One read a table, from its first to its last address.
fn blocks(file: &File) -> Result<Vec<Read>, MapError> {
    let mut wanted: Vec<(Table, u16)> = file
        .input
        .iter()
        .map(|input| (input.table, input.address))
        .collect();
    wanted.extend(file.temperature.iter().map(|t| (t.table, t.address)));
    wanted.extend(file.charge.iter().map(|c| (c.table, c.address)));
    let mut blocks: Vec<Read> = Vec::new();
    for table in Table::ALL {
        let addresses = || {
            wanted
                .iter()
                .filter(|(its, _)| *its == table)
                .map(|(_, at)| *at)
        };
        let (Some(first), Some(last)) = (addresses().min(), addresses().max()) else {
            continue;
        };
        let count = (last - first).checked_add(1).ok_or(MapError::TooFar)?;
        let block = Read {
            table,
            address: first,
            count,
        };
        if !fits(&block) {
            return Err(MapError::TooFar);
        }
        blocks.push(block);
    }
    if blocks.is_empty() {
        return Err(MapError::Empty);
    }
    Ok(blocks)
}
