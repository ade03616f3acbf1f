//! The fonts of result documents: the same embedded set as on the kiosk's slips.

use std::sync::Arc;

use kiosk_paper::{FontBytes, FontError, FontSet};

const REGULAR: &[u8] = include_bytes!("../../ui/fonts/KioskSans-Regular.otf");
const BOLD: &[u8] = include_bytes!("../../ui/fonts/KioskSans-Bold.otf");

/// The font set.
///
/// # Errors
/// [`FontError`] when the embedded files are no fonts.
pub(crate) fn load() -> Result<Arc<FontSet>, FontError> {
    let embedded = [REGULAR, BOLD].map(|bytes| FontBytes::new(Arc::new(bytes)));
    FontSet::new(&embedded, &[]).map(Arc::new)
}
