//! What a page is made of: the same marks are drawn as PDF and as pixels.

use swash::zeno::Command;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::fonts::shape::{GlyphRun, Piece, TextLine, TextStyle};

/// Width of A4 in points.
pub(crate) const PAGE_WIDTH: f32 = 595.276;
/// Height of A4 in points.
pub(crate) const PAGE_HEIGHT: f32 = 841.89;

/// Red, green and blue.
pub(crate) type Colour = [u8; 3];

/// The colours of paper, those of the screens.
pub(crate) mod ink {
    use super::Colour;

    pub(crate) const TEXT: Colour = [0x10, 0x18, 0x28];
    pub(crate) const QUIET: Colour = [0x47, 0x54, 0x67];
    pub(crate) const PRIMARY: Colour = [0x0B, 0x4F, 0x9E];
    pub(crate) const HAIRLINE: Colour = [0xC3, 0xCB, 0xD6];
    pub(crate) const TINT: Colour = [0xF1, 0xF4, 0xF8];
    pub(crate) const SEAL: Colour = [0xC8, 0x2A, 0x2A];
    pub(crate) const WATERMARK: Colour = [0xE9, 0xEC, 0xF0];
}

/// One mark; positions in points from the upper left corner of the page.
#[derive(Clone, PartialEq)]
pub(crate) enum Mark {
    /// Glyphs of one face from `x` on the baseline `y`, turned against the clock around there.
    Text {
        x: f32,
        y: f32,
        run: GlyphRun,
        colour: Colour,
        turn: f32,
    },
    /// A character without a glyph: a box of `side` points with its code point.
    CodePoint {
        x: f32,
        y: f32,
        side: f32,
        character: char,
        colour: Colour,
    },
    /// A filled rectangle.
    Rect {
        x: f32,
        y: f32,
        width: f32,
        height: f32,
        colour: Colour,
    },
    /// A filled path.
    Shape { path: Vec<Command>, colour: Colour },
    /// A path drawn with a round pen.
    Line {
        path: Vec<Command>,
        pen: f32,
        colour: Colour,
    },
}

impl Zeroize for Mark {
    fn zeroize(&mut self) {
        match self {
            Self::Text { run, .. } => run.zeroize(),
            Self::CodePoint { character, .. } => character.zeroize(),
            Self::Rect { .. } => {}
            // Geometry types of the rasteriser cannot be wiped through a trait; each is
            // overwritten with an empty command.
            Self::Shape { path, .. } | Self::Line { path, .. } => {
                path.fill(Command::Close);
                path.clear();
            }
        }
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        self.zeroize();
    }
}

impl ZeroizeOnDrop for Mark {}

/// The marks of one page, lower ones first.
#[derive(Clone, Default, PartialEq, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Page {
    pub(crate) marks: Vec<Mark>,
}

crate::private::redacted_debug!(Mark, Page);

impl Page {
    pub(crate) fn rect(&mut self, x: f32, y: f32, width: f32, height: f32, colour: Colour) {
        self.marks.push(Mark::Rect {
            x,
            y,
            width,
            height,
            colour,
        });
    }

    /// A line of text with its left edge at `x` and its top at `y`.
    pub(crate) fn line(
        &mut self,
        line: &TextLine,
        style: TextStyle,
        x: f32,
        y: f32,
        colour: Colour,
    ) {
        for piece in &line.pieces {
            self.marks.push(match piece {
                Piece::Glyphs(run) => Mark::Text {
                    x: x + run.x,
                    y: y + style.baseline(),
                    run: run.clone(),
                    colour,
                    turn: 0.0,
                },
                Piece::CodePoint {
                    x: offset,
                    character,
                } => Mark::CodePoint {
                    x: x + offset,
                    y: y + (style.line_height() - style.size) / 2.0,
                    side: style.size,
                    character: *character,
                    colour,
                },
            });
        }
    }
}
