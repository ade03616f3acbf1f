//! The fonts of all paper: one fallback chain, character by character.
//!
//! Embedded fonts come first and decide how ordinary text looks; system fonts follow and are
//! asked only for what the embedded ones lack. GB 18030-2022 level 3 names more Han characters
//! than one font file can hold, so the chain has no fixed length.
//!
//! Source: `GB 18030-2022` level 3; OpenType glyph ids are 16 bit.

pub(crate) mod code_point;
pub(crate) mod glyphs;
pub(crate) mod shape;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex};

use parley::fontique::{Blob, Collection, CollectionOptions, FontInfoOverride, SourceCache};
use parley::{FontContext, LayoutContext};
use swash::{CacheKey, FontRef};
use thiserror::Error;

/// Weight from which a face counts as bold.
const BOLD_FROM: f32 = 600.0;

/// The content of one font file (ttf, otf or ttc).
#[derive(Clone)]
pub struct FontBytes(Arc<dyn AsRef<[u8]> + Send + Sync>);

impl FontBytes {
    /// Wraps anything that gives bytes, for example a mapped file; nothing is copied.
    pub fn new(data: Arc<dyn AsRef<[u8]> + Send + Sync>) -> Self {
        Self(data)
    }

    pub(crate) fn share(&self) -> Arc<dyn AsRef<[u8]> + Send + Sync> {
        Arc::clone(&self.0)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.as_ref().as_ref()
    }
}

impl From<&'static [u8]> for FontBytes {
    fn from(bytes: &'static [u8]) -> Self {
        Self(Arc::new(bytes))
    }
}

impl From<Vec<u8>> for FontBytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Arc::new(bytes))
    }
}

impl From<Arc<[u8]>> for FontBytes {
    fn from(bytes: Arc<[u8]>) -> Self {
        Self(Arc::new(bytes))
    }
}

impl fmt::Debug for FontBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FontBytes({} bytes)", self.bytes().len())
    }
}

/// Why a [`FontSet`] could not be made.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum FontError {
    /// Without an embedded font paper could come out blank.
    #[error("load fonts: no embedded font given")]
    NoneGiven,
    /// An embedded file is not a font; `position` counts from 0.
    #[error("load fonts: embedded font {position} cannot be read")]
    Unreadable {
        /// Place in the list of embedded fonts, from 0.
        position: usize,
    },
}

/// How heavy text is drawn. What Bold lacks is taken from Regular.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Weight {
    /// Text.
    #[default]
    Regular,
    /// Headings and numbers.
    Bold,
}

/// One face of one font file.
pub(crate) struct Face {
    pub(crate) bytes: FontBytes,
    pub(crate) index: u32,
    family: String,
    bold: bool,
    embedded: bool,
    offset: u32,
    key: CacheKey,
}

impl Face {
    pub(crate) fn font(&self) -> FontRef<'_> {
        FontRef {
            data: self.bytes.bytes(),
            offset: self.offset,
            key: self.key,
        }
    }

    fn glyph(&self, character: char) -> Option<u16> {
        Some(self.font().charmap().map(character)).filter(|id| *id != 0)
    }
}

/// What shaping needs and changes while it works.
struct Shaper {
    fonts: FontContext,
    layouts: LayoutContext<()>,
}

/// A chain of fonts, shared by slips and documents; make one and keep it in an `Arc`.
pub struct FontSet {
    faces: Vec<Face>,
    by_blob: HashMap<(u64, u32), usize>,
    regular: Vec<String>,
    bold: Vec<String>,
    shaper: Mutex<Shaper>,
}

impl FontSet {
    /// Builds the chain: embedded fonts in the order given, then system fonts in the order given.
    ///
    /// A system font that cannot be read is left out: it would only have been asked for rare
    /// characters, and those are then listed as missing. In a collection, faces for Simplified
    /// Chinese come before the other regional forms.
    ///
    /// # Errors
    /// [`FontError::NoneGiven`] for an empty `embedded`, [`FontError::Unreadable`] when one of
    /// the embedded files is no font.
    pub fn new(embedded: &[FontBytes], system: &[FontBytes]) -> Result<Self, FontError> {
        if embedded.is_empty() {
            return Err(FontError::NoneGiven);
        }
        let mut loader = Loader::new();
        for (position, bytes) in embedded.iter().enumerate() {
            if loader.add(bytes, Some(&format!("embedded {position}"))) == 0 {
                return Err(FontError::Unreadable { position });
            }
        }
        for bytes in system {
            loader.add(bytes, None);
        }
        Ok(loader.finish())
    }

    /// Whether any font of the chain can draw the character.
    pub fn has_glyph(&self, character: char) -> bool {
        self.faces
            .iter()
            .any(|face| face.glyph(character).is_some())
    }

    /// The characters of `text` that would be drawn as their code point, each once, in order.
    pub fn missing(&self, text: &str) -> Vec<char> {
        let mut missing = Vec::new();
        for character in shape::clean(text).chars() {
            if shape::wants_glyph(character)
                && !missing.contains(&character)
                && !self.has_glyph(character)
            {
                missing.push(character);
            }
        }
        missing
    }

    pub(crate) fn face(&self, number: usize) -> Option<&Face> {
        self.faces.get(number)
    }

    /// The first face and its glyph for a character, for marks drawn outside of shaping.
    pub(crate) fn glyph_of(&self, character: char) -> Option<(usize, u16)> {
        self.faces
            .iter()
            .enumerate()
            .find_map(|(number, face)| Some((number, face.glyph(character)?)))
    }

    fn chain(&self, weight: Weight) -> &[String] {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }
}

impl fmt::Debug for FontSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FontSet")
            .field("faces", &self.regular)
            .finish()
    }
}

/// Collects faces while a [`FontSet`] is made.
struct Loader {
    collection: Collection,
    faces: Vec<Face>,
    by_blob: HashMap<(u64, u32), usize>,
}

impl Loader {
    fn new() -> Self {
        // The fonts of the machine come in as bytes; a scan of our own would make the paper
        // depend on where the program runs.
        let options = CollectionOptions {
            shared: false,
            system_fonts: false,
        };
        Self {
            collection: Collection::new(options),
            faces: Vec::new(),
            by_blob: HashMap::new(),
        }
    }

    /// Adds every face of the file and returns how many there were.
    fn add(&mut self, bytes: &FontBytes, family: Option<&str>) -> usize {
        let blob = Blob::new(bytes.share());
        let id = blob.id();
        let name = family.map(|name| FontInfoOverride {
            family_name: Some(name),
            ..Default::default()
        });
        let mut found = Vec::new();
        for (family_id, fonts) in self.collection.register_fonts(blob, name) {
            let family_name = self
                .collection
                .family_name(family_id)
                .unwrap_or_default()
                .to_owned();
            found.extend(fonts.into_iter().map(|font| (family_name.clone(), font)));
        }
        found.sort_by_key(|(name, font)| (!simplified_chinese(name), font.index()));
        let before = self.faces.len();
        for (name, font) in found {
            let Some(reference) = FontRef::from_index(bytes.bytes(), font.index() as usize) else {
                continue;
            };
            self.by_blob.insert((id, font.index()), self.faces.len());
            self.faces.push(Face {
                bytes: bytes.clone(),
                index: font.index(),
                family: name,
                bold: font.weight().value() >= BOLD_FROM,
                embedded: family.is_some(),
                offset: reference.offset,
                key: reference.key,
            });
        }
        self.faces.len() - before
    }

    fn finish(self) -> FontSet {
        let chain = |bold_first: bool| {
            let mut faces: Vec<&Face> = self.faces.iter().collect();
            faces.sort_by_key(|face| (!face.embedded, face.bold != bold_first));
            let mut names: Vec<String> = Vec::new();
            for face in faces {
                if !names.contains(&face.family) {
                    names.push(face.family.clone());
                }
            }
            names
        };
        FontSet {
            regular: chain(false),
            bold: chain(true),
            faces: self.faces,
            by_blob: self.by_blob,
            shaper: Mutex::new(Shaper {
                fonts: FontContext {
                    collection: self.collection,
                    source_cache: SourceCache::default(),
                },
                layouts: LayoutContext::new(),
            }),
        }
    }
}

/// Noto and Source name their Simplified Chinese faces with a trailing "SC".
fn simplified_chinese(family: &str) -> bool {
    family.ends_with(" SC") && !family.contains("Mono")
}
