//! A4 documents: application forms and results.
//!
//! A [`Document`] is data. [`Document::lay_out`] places it once; the [`Layout`] is then drawn
//! both as PDF ([`Layout::pdf`]) and as pictures ([`Layout::picture`]), so that what is shown is
//! what is filed. Words come in already translated.

mod compose;
mod flow;
mod form;
mod jpegs;
mod layout;
mod marks;
mod pdf;
mod picture;
mod purpose;
mod seal;

use std::sync::Arc;

use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop};

pub use jpegs::{JpegPage, pdf_from_jpegs};
pub use layout::Layout;
pub use purpose::{MAX_PURPOSE, with_purpose};

use crate::qr::QrTooLong;
use crate::{FontSet, Strokes};

/// Most pages of one document.
pub const MAX_PAGES: usize = 60;
/// Most characters of all texts of one document: more could not fit [`MAX_PAGES`].
pub const MAX_CHARACTERS: usize = 200_000;

/// The civil date and time a document bears: the only time in it, given by the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DocumentDate {
    /// Year, for example 2026.
    pub year: u16,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day, 1 to 31.
    pub day: u8,
    /// Hour, 0 to 23, in `utc_offset_hours`.
    pub hour: u8,
    /// Minute, 0 to 59.
    pub minute: u8,
    /// Hours east of UTC; 8 in China.
    pub utc_offset_hours: i8,
}

/// A label and its value; `None` prints as a dashed frame, so that a gap is seen.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Row {
    /// What it is.
    pub label: String,
    /// `None`: not given.
    pub value: Option<String>,
}

impl Row {
    /// A row of a label and its value.
    pub fn new(label: impl Into<String>, value: Option<impl Into<String>>) -> Self {
        Self {
            label: label.into(),
            value: value.map(Into::into),
        }
    }
}

/// A column of a [`Table`].
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Column {
    /// Words at its head, repeated on every page.
    pub heading: String,
    /// Share of the width, compared with the other columns; 0 counts as 1.
    pub share: u16,
}

/// A table; it may run over many pages.
#[derive(Clone, Default, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Table {
    /// At least one, at most 12.
    pub columns: Vec<Column>,
    /// Cells by column; missing ones and `None` are left as a dash, further ones are an error.
    pub rows: Vec<Vec<Option<String>>>,
}

/// A part of a document under its own heading.
#[derive(Clone, Default, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Section {
    /// Empty: no heading.
    pub heading: String,
    /// Labels and values.
    pub rows: Vec<Row>,
    /// Shown below the rows.
    pub table: Option<Table>,
}

/// The place for a signature.
#[derive(Clone, PartialEq, Zeroize, ZeroizeOnDrop)]
pub struct Signature {
    /// For example 申请人签名.
    pub label: String,
    /// `None`: an empty line to sign on.
    pub strokes: Option<Strokes>,
    /// Words below, for example the name and the date; may be empty.
    pub note: String,
}

/// How a reader of the paper can check it.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Verification {
    /// What the QR code holds, as a rule an address with the code in it.
    pub qr: String,
    /// For example 验证码.
    pub label: String,
    /// The code itself, already grouped.
    pub code: String,
    /// How to check, one or two sentences.
    pub note: String,
}

/// A flat drawing of a seal that cannot be taken for a real one: it bears `mark` across.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Seal {
    /// Along the ring.
    pub issuer: String,
    /// For example 示例 SAMPLE; an empty one is replaced by that.
    pub mark: String,
}

/// An A4 document as data.
#[derive(Clone, PartialEq, Zeroize, ZeroizeOnDrop)]
pub struct Document {
    /// Language tag (`zh-CN`, `en`) for readers and search.
    pub language: String,
    /// Also the title in the file's metadata: never anything about a person.
    pub title: String,
    /// Label and value at the upper right, for example 回执号; `None`: no number.
    pub number: Option<Row>,
    /// Who issues or receives it; stands above the title.
    pub issuer: String,
    /// When it was made.
    #[zeroize(skip)]
    pub date: DocumentDate,
    /// The parts, in order.
    pub sections: Vec<Section>,
    /// Declarations above the signature, each in a paragraph of its own.
    pub statements: Vec<String>,
    /// `None`: no place to sign.
    pub signature: Option<Signature>,
    /// `None`: nothing to verify.
    pub verification: Option<Verification>,
    /// `None`: no seal.
    pub seal: Option<Seal>,
    /// Pale words across every page; `None`: none.
    pub watermark: Option<String>,
    /// At the foot of every page, beside "1/3".
    pub footer: String,
}

crate::private::redacted_debug!(
    Row,
    Column,
    Table,
    Section,
    Signature,
    Verification,
    Seal,
    Document
);

/// Why a document cannot be made.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum DocumentError {
    /// It would have more than [`MAX_PAGES`] pages.
    #[error("lay out document: more than {MAX_PAGES} pages")]
    TooManyPages,
    /// All texts together have more than [`MAX_CHARACTERS`] characters.
    #[error("lay out document: {characters} characters are too many")]
    TooLong {
        /// How many there are.
        characters: usize,
    },
    /// A table has no column, more than 12, or a row with more cells than columns.
    #[error(
        "lay out document: section {section}: table has {columns} columns and a row of {cells} cells"
    )]
    Table {
        /// Place in [`Document::sections`], from 0.
        section: usize,
        /// Columns of the table.
        columns: usize,
        /// Cells of its longest row.
        cells: usize,
    },
    /// The verification text does not fit a QR code.
    #[error("lay out document: verification")]
    Qr(#[from] QrTooLong),
    /// The PDF library refused; the text says why and holds nothing of the document.
    #[error("write PDF: {0}")]
    Pdf(String),
    /// One of the JPEG pages cannot be put into a PDF.
    #[error("write PDF: page {page}: {reason}")]
    Page {
        /// Place in the list, from 0.
        page: usize,
        /// What is wrong with it.
        reason: String,
    },
}

impl Document {
    /// A document with a title, an issuer and a date, in Chinese and with nothing else on it;
    /// the fields are public, to be filled.
    pub fn new(title: impl Into<String>, issuer: impl Into<String>, date: DocumentDate) -> Self {
        Self {
            language: "zh-CN".into(),
            title: title.into(),
            number: None,
            issuer: issuer.into(),
            date,
            sections: Vec::new(),
            statements: Vec::new(),
            signature: None,
            verification: None,
            seal: None,
            watermark: None,
            footer: String::new(),
        }
    }

    /// Places everything on A4 pages.
    ///
    /// # Errors
    /// [`DocumentError`] when the document is longer than the limits or a table is malformed.
    pub fn lay_out(&self, fonts: &Arc<FontSet>) -> Result<Layout, DocumentError> {
        compose::compose(self, fonts)
    }

    /// Characters of all texts together.
    pub(crate) fn characters(&self) -> usize {
        let rows = self
            .sections
            .iter()
            .flat_map(|section| &section.rows)
            .chain(&self.number);
        let tables = || {
            self.sections
                .iter()
                .filter_map(|section| section.table.as_ref())
        };
        let cells = tables().flat_map(|table| table.rows.iter().flatten().flatten());
        let columns = tables().flat_map(|table| table.columns.iter().map(|column| &column.heading));
        [&self.title, &self.issuer, &self.footer]
            .into_iter()
            .chain(rows.flat_map(|row| std::iter::once(&row.label).chain(&row.value)))
            .chain(self.sections.iter().map(|section| &section.heading))
            .chain(cells)
            .chain(columns)
            .chain(&self.statements)
            .chain(self.signature.iter().flat_map(|s| [&s.label, &s.note]))
            .chain(
                self.verification
                    .iter()
                    .flat_map(|v| [&v.label, &v.code, &v.note]),
            )
            .chain(self.seal.iter().flat_map(|seal| [&seal.issuer, &seal.mark]))
            .chain(&self.watermark)
            .map(|text| text.chars().count())
            .sum()
    }
}
