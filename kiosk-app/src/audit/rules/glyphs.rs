//! Every character that is drawn is in the embedded font that draws it, so that no page depends
//! on what a machine has installed.

use std::sync::Arc;

use kiosk_paper::{FontBytes, FontError, FontSet};

use super::super::found::{Found, Rule};
use super::super::scene::Scene;

/// The two fonts of the screens, each for itself.
pub(in super::super) struct Glyphs {
    regular: FontSet,
    bold: FontSet,
}

impl Glyphs {
    pub(in super::super) fn new() -> Result<Self, FontError> {
        let alone = |bytes: &'static [u8]| FontSet::new(&[FontBytes::new(Arc::new(bytes))], &[]);
        Ok(Self {
            regular: alone(kiosk_ui::fonts::REGULAR)?,
            bold: alone(kiosk_ui::fonts::BOLD)?,
        })
    }

    /// Whether the screens can draw this character without another font.
    pub(in super::super) fn has(&self, character: char) -> bool {
        self.regular.has_glyph(character)
    }

    pub(in super::super) fn check(&self, scene: &Scene, found: &mut Vec<Found>) {
        for text in &scene.texts {
            // What the bold font lacks is drawn with the other one.
            for character in self.regular.missing(&text.text) {
                let bold = text.bold && self.bold.has_glyph(character);
                if !character.is_control() && !bold {
                    found.push(Found::new(
                        Rule::Glyph,
                        text,
                        format_args!("U+{:04X}", u32::from(character)),
                        "a character of Kiosk Sans",
                    ));
                }
            }
        }
    }
}
