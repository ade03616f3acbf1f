//! QR codes as a grid of modules, for 1-bit slips and for pages alike.
//!
//! Source: ISO/IEC 18004 (quiet zone of four modules).

use qrcode::{EcLevel, QrCode};
use thiserror::Error;

/// White modules that must surround the code.
pub const QUIET_ZONE: u32 = 4;

/// The text does not fit a QR code at level M (2,331 bytes).
#[derive(Debug, Error, PartialEq, Eq)]
#[error("make QR code: {bytes} bytes of text are too many")]
pub struct QrTooLong {
    /// Length of the text in bytes.
    pub bytes: usize,
}

/// A QR code, error correction level M (15 %), without its quiet zone.
pub struct QrGrid {
    side: u32,
    dark: Vec<bool>,
}

crate::private::redacted_debug!(QrGrid);

impl QrGrid {
    /// Encodes the text.
    ///
    /// # Errors
    /// [`QrTooLong`] when it does not fit the largest code.
    pub fn new(text: &str) -> Result<Self, QrTooLong> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M)
            .map_err(|_| QrTooLong { bytes: text.len() })?;
        let side = u32::try_from(code.width()).unwrap_or(u32::MAX);
        let dark = code
            .into_colors()
            .into_iter()
            .map(|c| c == qrcode::Color::Dark)
            .collect();
        Ok(Self { side, dark })
    }

    /// Modules along one side, 21 to 177.
    pub fn side(&self) -> u32 {
        self.side
    }

    /// Whether a module is dark; outside of the code everything is light.
    pub fn is_dark(&self, x: u32, y: u32) -> bool {
        x < self.side
            && y < self.side
            && self
                .dark
                .get((y * self.side + x) as usize)
                .copied()
                .unwrap_or(false)
    }
}
