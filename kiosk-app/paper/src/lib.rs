//! Slips, forms and result documents as pictures and PDF, pure.
//!
//! Data and font bytes go in; a 1-bit slip, an RGB picture or a PDF comes out. This crate opens
//! no file, asks no clock and knows no device: fonts are handed over as bytes ([`FontSet`]) and
//! every date is part of the data. Equal input gives equal bytes, because the hash of the
//! document a resident was shown is what the resident signs.
//!
//! - [`fonts`]: one fallback chain for all paper; what no font can draw becomes its code point
//!   in a box and is listed.
//! - [`slip`]: a receipt as a 1-bit picture for 80 mm and 58 mm paper.
//! - [`document`]: A4 pages laid out once, then drawn as PDF and as pictures.
//! - [`strokes`]: a signature as smooth lines.
//! - [`scan`]: scanned pages: check, preview, fit into a material's limits.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod bitmap;
pub mod document;
pub mod fonts;
pub mod picture;
mod private;
pub mod qr;
pub mod scan;
pub mod slip;
pub mod strokes;

pub use bitmap::Bitmap;
pub use document::{Document, DocumentError, JpegPage, Layout, pdf_from_jpegs};
pub use fonts::{FontBytes, FontError, FontSet};
pub use picture::Picture;
pub use private::PrivateBytes;
pub use slip::{PaperWidth, Slip, SlipError, SlipLine, SlipPicture};
pub use strokes::{Strokes, StrokesError};

#[cfg(test)]
mod tests;
