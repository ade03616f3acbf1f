//! Fonts of slips and documents: the embedded ones, and the system's for rare characters.
//!
//! The system's fonts are large; they are read only when a character is asked for that the
//! embedded ones do not have.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use kiosk_paper::{FontBytes, FontError, FontSet};

/// Where Debian puts the fonts that hold rare Han characters (fonts-noto-cjk, fonts-hanazono).
const SYSTEM: [&str; 4] = [
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/hanazono/HanaMinA.ttf",
    "/usr/share/fonts/truetype/hanazono/HanaMinB.ttf",
    "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf",
];

/// The fonts of this machine.
pub struct Fonts {
    embedded: Arc<FontSet>,
    all: OnceLock<Arc<FontSet>>,
}

fn embedded() -> [FontBytes; 2] {
    [
        FontBytes::new(Arc::new(kiosk_ui::fonts::REGULAR)),
        FontBytes::new(Arc::new(kiosk_ui::fonts::BOLD)),
    ]
}

impl Fonts {
    /// The embedded fonts.
    ///
    /// # Errors
    /// [`FontError`] when they cannot be read, which a test excludes.
    pub fn new() -> Result<Self, FontError> {
        Ok(Self {
            embedded: Arc::new(FontSet::new(&embedded(), &[])?),
            all: OnceLock::new(),
        })
    }

    /// The smallest set that has every character of `text`, or all fonts of this machine.
    #[must_use]
    pub fn for_text(&self, text: &str) -> Arc<FontSet> {
        if self.embedded.missing(text).is_empty() {
            Arc::clone(&self.embedded)
        } else {
            Arc::clone(self.all.get_or_init(|| self.with_system()))
        }
    }

    /// Whether a font of this machine has `character`.
    #[must_use]
    pub fn has(&self, character: char) -> bool {
        let text = character.to_string();
        self.for_text(&text).missing(&text).is_empty()
    }

    fn with_system(&self) -> Arc<FontSet> {
        let system: Vec<FontBytes> = system_fonts()
            .iter()
            .filter_map(|path| std::fs::read(path).ok())
            .map(|bytes| FontBytes::new(Arc::new(bytes)))
            .collect();
        FontSet::new(&embedded(), &system).map_or_else(|_| Arc::clone(&self.embedded), Arc::new)
    }
}

/// The system's fonts for rare characters that are there.
#[must_use]
pub fn system_fonts() -> Vec<PathBuf> {
    SYSTEM
        .iter()
        .map(Path::new)
        .filter(|path| path.is_file())
        .map(Path::to_path_buf)
        .collect()
}
