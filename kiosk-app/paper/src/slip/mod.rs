//! Receipts: what stands on a slip, and its 1-bit picture.
//!
//! Everything is drawn here and sent as raster, so that any script prints on any printer.
//! Words come in already translated; this module adds none but the reprint mark, which is in
//! two languages by rule.
//!
//! Source: specification of receipt printers, raster on 203 dpi heads: 576 dots on 80 mm paper,
//! 384 dots on 58 mm paper.

mod lay_out;
mod pen;
pub mod template;

use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{Bitmap, FontSet, qr::QrTooLong};

/// The longest slip in rows of dots: 600 mm.
pub const MAX_ROWS: u32 = 4800;
/// Characters of one text that are printed; the rest is cut and [`SlipPicture::cut`] says so.
pub const MAX_TEXT: usize = 2000;

/// The paper in the printer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PaperWidth {
    /// 80 mm paper, 72 mm printed: 576 dots.
    Mm80,
    /// 58 mm paper, 48 mm printed: 384 dots.
    Mm58,
}

impl PaperWidth {
    /// Dots of one printed row.
    pub fn dots(self) -> u16 {
        match self {
            Self::Mm80 => 576,
            Self::Mm58 => 384,
        }
    }
}

/// One thing on a slip, from top to bottom. A value that is `None` prints as an empty dashed
/// frame, so that a gap is seen and never hides a line.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub enum SlipLine {
    /// Large, bold, in the middle.
    Heading(String),
    /// Small, in the middle: under a heading or a code.
    Caption(String),
    /// Text from the left, wrapped.
    Paragraph(String),
    /// Text that must not be overlooked: bold, with a bar at its left.
    Notice(String),
    /// Small text from the left, wrapped.
    Note(String),
    /// A label and its value; the value goes below when the label is long.
    Row {
        /// What it is.
        label: String,
        /// `None`: unknown when the slip was made.
        value: Option<String>,
    },
    /// A thin line across.
    Rule,
    /// A line to cut along or to part matters: dashed.
    Divider,
    /// A number to be read aloud or typed: large, bold, in the middle, never broken.
    Number {
        /// What the number is, small above it.
        label: String,
        /// Already grouped, for example `ABC2-3456-789K`; `None`: unknown.
        number: Option<String>,
    },
    /// A QR code in the middle.
    Qr(String),
    /// Empty paper in dots, at most 240.
    Space(u16),
    /// One matter of several: a title with its rows under it, set in from the left.
    Item {
        /// Name of the matter, bold.
        title: String,
        /// Labels and values.
        rows: Vec<(String, Option<String>)>,
    },
    /// The mark of a reprint, white on black: 副本 COPY and this number (1 is the first reprint).
    Copy(u32),
}

/// A slip as data.
#[derive(Clone, Default, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Slip {
    /// What is printed, from top to bottom.
    pub lines: Vec<SlipLine>,
}

/// A slip as a picture, and what could not be drawn as it should. The bitmap wipes itself.
#[derive(Clone, PartialEq, Eq)]
pub struct SlipPicture {
    /// The dots; height at most [`MAX_ROWS`].
    pub bitmap: Bitmap,
    /// Characters drawn as their code point, each once, for the technician.
    pub missing: Vec<char>,
    /// Whether something was left out: the slip was longer than [`MAX_ROWS`] or a text longer
    /// than [`MAX_TEXT`]. The paper then shows "…" there.
    pub cut: bool,
}

crate::private::redacted_debug!(SlipLine, Slip, SlipPicture);

/// Why a slip cannot be drawn.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum SlipError {
    /// The text of a QR code is too long for any code.
    #[error("draw slip: line {line}")]
    Qr {
        /// Place in [`Slip::lines`], from 0.
        line: usize,
        /// How long it was.
        #[source]
        source: QrTooLong,
    },
    /// The code would need modules smaller than four dots, which phones do not read from
    /// thermal paper.
    #[error("draw slip: line {line}: QR code of {modules} modules does not fit {width} dots")]
    QrTooWide {
        /// Place in [`Slip::lines`], from 0.
        line: usize,
        /// Modules along one side with the quiet zone.
        modules: u32,
        /// Dots of the paper.
        width: u16,
    },
}

impl Slip {
    /// A slip of these lines.
    pub fn new(lines: Vec<SlipLine>) -> Self {
        Self { lines }
    }

    /// Every text that is printed, to choose fonts by.
    pub fn text(&self) -> Zeroizing<String> {
        let mut all = Zeroizing::new(String::new());
        let mut add = |text: &str| all.push_str(text);
        for line in &self.lines {
            match line {
                SlipLine::Heading(text)
                | SlipLine::Caption(text)
                | SlipLine::Paragraph(text)
                | SlipLine::Notice(text)
                | SlipLine::Note(text) => add(text),
                SlipLine::Row { label, value }
                | SlipLine::Number {
                    label,
                    number: value,
                } => {
                    add(label);
                    add(value.as_deref().unwrap_or_default());
                }
                SlipLine::Item { title, rows } => {
                    add(title);
                    for (label, value) in rows {
                        add(label);
                        add(value.as_deref().unwrap_or_default());
                    }
                }
                SlipLine::Rule
                | SlipLine::Divider
                | SlipLine::Qr(_)
                | SlipLine::Space(_)
                | SlipLine::Copy(_) => {}
            }
        }
        all
    }

    /// Draws the slip for this paper. An empty slip is an empty picture of 0 rows.
    ///
    /// # Errors
    /// [`SlipError`] when a QR code does not fit the paper.
    pub fn draw(&self, fonts: &FontSet, paper: PaperWidth) -> Result<SlipPicture, SlipError> {
        lay_out::draw(self, fonts, paper)
    }
}
