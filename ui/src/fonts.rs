//! The fonts of the screens, which slips and documents use too: subsets that are always there.

/// Kiosk Sans Regular: common Han, Latin, Extension A and the planes beyond as far as the source has them.
pub const REGULAR: &[u8] = include_bytes!("../fonts/KioskSans-Regular.otf");

/// Kiosk Sans Bold: GB 2312, Latin and punctuation.
pub const BOLD: &[u8] = include_bytes!("../fonts/KioskSans-Bold.otf");
