//! A document placed on pages.

use std::sync::Arc;

use crate::{FontSet, Picture, PrivateBytes};

use super::marks::Page;
use super::{DocumentDate, DocumentError, pdf, picture};

/// A document placed on A4 pages, ready to be shown and filed. Wiped when dropped.
pub struct Layout {
    pub(super) fonts: Arc<FontSet>,
    pub(super) pages: Vec<Page>,
    pub(super) missing: Vec<char>,
    pub(super) title: String,
    pub(super) language: String,
    pub(super) date: DocumentDate,
}

crate::private::redacted_debug!(Layout);

impl Layout {
    /// How many pages there are, at least 1.
    pub fn page_count(&self) -> usize {
        self.pages.len()
    }

    /// Characters drawn as their code point, each once, for the technician.
    pub fn missing(&self) -> &[char] {
        &self.missing
    }

    /// A page (from 0) as an RGB picture, `width_px` wide (64 to 4960, others are moved there).
    ///
    /// `None` when there is no such page.
    pub fn picture(&self, page: usize, width_px: u32) -> Option<Picture> {
        Some(picture::draw(&self.fonts, self.pages.get(page)?, width_px))
    }

    /// The pages as PDF/A-2u. Equal documents give equal bytes: their hash is what is signed.
    ///
    /// # Errors
    /// [`DocumentError::Pdf`] when a system font may not be embedded or is damaged.
    pub fn pdf(&self) -> Result<PrivateBytes, DocumentError> {
        pdf::write(self)
    }
}
