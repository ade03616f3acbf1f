//! Which key code is which key, as data.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// The keys of a tactile keypad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub enum Key {
    /// The element before.
    Up,
    /// The element after.
    Down,
    /// The value before.
    Left,
    /// The value after.
    Right,
    /// Take what was read out.
    Select,
    /// One page back.
    Back,
    /// Read it out again.
    Repeat,
    /// Louder.
    VolumeUp,
    /// Softer.
    VolumeDown,
    /// Help.
    Help,
    /// A digit, 0 to 9, on keypads that have them.
    Digit(u8),
}

/// The names of the digits.
const DIGITS: [&str; 10] = [
    "digit-0", "digit-1", "digit-2", "digit-3", "digit-4", "digit-5", "digit-6", "digit-7",
    "digit-8", "digit-9",
];

/// The keys that are no digits.
const KEYS: [Key; 10] = [
    Key::Up,
    Key::Down,
    Key::Left,
    Key::Right,
    Key::Select,
    Key::Back,
    Key::Repeat,
    Key::VolumeUp,
    Key::VolumeDown,
    Key::Help,
];

/// No key is called so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no key is called `{0}`")]
pub struct NoSuchKey(String);

impl TryFrom<String> for Key {
    type Error = NoSuchKey;

    fn try_from(name: String) -> Result<Self, NoSuchKey> {
        Self::named(&name).ok_or(NoSuchKey(name))
    }
}

impl Key {
    /// The key with this name, as in JSON and in the map; `None` when none is called so.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let digit = DIGITS.iter().position(|known| *known == name);
        match digit {
            Some(digit) => u8::try_from(digit).ok().map(Self::Digit),
            None => KEYS.into_iter().find(|key| key.name() == name),
        }
    }

    /// The stable name, as in JSON and in the map.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
            Self::Left => "left",
            Self::Right => "right",
            Self::Select => "select",
            Self::Back => "back",
            Self::Repeat => "repeat",
            Self::VolumeUp => "volume-up",
            Self::VolumeDown => "volume-down",
            Self::Help => "help",
            Self::Digit(digit) => DIGITS.get(usize::from(digit)).copied().unwrap_or("digit"),
        }
    }
}

/// `KEY_1` to `KEY_0`, and those of the numeric block.
const DIGIT_CODES: [(u16, u8); 20] = [
    (2, 1),
    (3, 2),
    (4, 3),
    (5, 4),
    (6, 5),
    (7, 6),
    (8, 7),
    (9, 8),
    (10, 9),
    (11, 0),
    (82, 0),
    (79, 1),
    (80, 2),
    (81, 3),
    (75, 4),
    (76, 5),
    (77, 6),
    (71, 7),
    (72, 8),
    (73, 9),
];

/// The most bytes of a map's text.
const MAX_TEXT: usize = 16 * 1024;

/// Key codes of the kernel (`linux/input-event-codes.h`) by key.
///
/// ```
/// use kiosk_drivers::keypad::{Key, KeyMap};
///
/// let map = KeyMap::parse("up = [103]\ndown = [108]\nselect = [28, 96]")?;
/// assert_eq!(map.key(96), Some(Key::Select));
/// assert_eq!(map.key(1), None);
/// # Ok::<(), kiosk_drivers::keypad::KeyMapError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyMap(BTreeMap<u16, Key>);

/// Why a text is no map of keys.
#[derive(Debug, thiserror::Error)]
pub enum KeyMapError {
    /// The file cannot be read.
    #[error("reading the map of keys in {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: std::io::Error,
    },
    /// Longer than any map.
    #[error("reading the map of keys: more than 16 KiB")]
    TooLong,
    /// Not the TOML expected.
    #[error("reading the map of keys")]
    Toml(#[source] Box<toml::de::Error>),
    /// One code for two keys.
    #[error("reading the map of keys: code {0} stands for two keys")]
    Twice(u16),
    /// A visit cannot be led without it.
    #[error("reading the map of keys: no code for the key {}", .0.name())]
    Missing(Key),
}

impl KeyMap {
    /// Reads a map: one line a key, `up = [103]`.
    ///
    /// # Errors
    /// [`KeyMapError`] when it is no such TOML, gives a code twice, or has no code for up,
    /// down or select.
    pub fn parse(text: &str) -> Result<Self, KeyMapError> {
        if text.len() > MAX_TEXT {
            return Err(KeyMapError::TooLong);
        }
        let table: BTreeMap<Key, Vec<u16>> =
            toml::from_str(text).map_err(|error| KeyMapError::Toml(Box::new(error)))?;
        let mut codes = BTreeMap::new();
        for (key, code) in table
            .iter()
            .flat_map(|(key, codes)| codes.iter().map(|code| (*key, *code)))
        {
            if codes.insert(code, key).is_some() {
                return Err(KeyMapError::Twice(code));
            }
        }
        for key in [Key::Up, Key::Down, Key::Select] {
            if !codes.values().any(|mapped| *mapped == key) {
                return Err(KeyMapError::Missing(key));
            }
        }
        Ok(Self(codes))
    }

    /// Reads the map in the file at `path`.
    ///
    /// # Errors
    /// [`KeyMapError`] as of [`Self::parse`], and when the file cannot be read.
    pub fn read(path: &Path) -> Result<Self, KeyMapError> {
        let read = |source| KeyMapError::Read {
            path: path.to_owned(),
            source,
        };
        let mut text = String::new();
        let file = std::fs::File::open(path).map_err(read)?;
        file.take(MAX_TEXT as u64 + 1)
            .read_to_string(&mut text)
            .map_err(read)?;
        Self::parse(&text)
    }

    /// The lowest code of a key; `None` when the map has none for it.
    #[must_use]
    pub fn code(&self, key: Key) -> Option<u16> {
        let found = self.0.iter().find(|(_, known)| **known == key);
        found.map(|(code, _)| *code)
    }

    /// The key of a code; `None` when the map knows none.
    #[must_use]
    pub fn key(&self, code: u16) -> Option<Key> {
        self.0.get(&code).copied()
    }

    /// The keys there are, each once.
    pub fn keys(&self) -> impl Iterator<Item = Key> {
        let keys: std::collections::BTreeSet<Key> = self.0.values().copied().collect();
        keys.into_iter()
    }
}

impl Default for KeyMap {
    /// The kernel's own names: arrows, Enter and SELECT, Esc, Backspace and BACK, R, volume, HELP,
    /// and the digits of both blocks.
    fn default() -> Self {
        let digits = DIGIT_CODES.into_iter();
        let digits = digits.map(|(code, digit)| (code, Key::Digit(digit)));
        let mut codes = BTreeMap::from([
            (103, Key::Up),
            (108, Key::Down),
            (105, Key::Left),
            (106, Key::Right),
            (28, Key::Select),
            (96, Key::Select),
            (0x161, Key::Select),
            (1, Key::Back),
            (14, Key::Back),
            (158, Key::Back),
            (19, Key::Repeat),
            (115, Key::VolumeUp),
            (114, Key::VolumeDown),
            (138, Key::Help),
        ]);
        codes.extend(digits);
        Self(codes)
    }
}
