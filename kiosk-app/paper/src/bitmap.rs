//! A 1-bit picture: what a receipt printer burns.

use png::{BitDepth, ColorType, Compression, Encoder, Filter};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::PrivateBytes;

/// Black dots on white paper, rows from the top, the left dot in the high bit of a byte.
///
/// This is the bit order of `GS v 0` and `GS ( L` rasters. Wiped when dropped.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Bitmap {
    width_dots: u16,
    rows: u32,
    bytes: Vec<u8>,
}

crate::private::redacted_debug!(Bitmap);

impl Bitmap {
    /// White paper of this size.
    pub fn new(width_dots: u16, rows: u32) -> Self {
        let bytes = vec![0; usize::from(width_dots.div_ceil(8)) * rows as usize];
        Self {
            width_dots,
            rows,
            bytes,
        }
    }

    /// Width in dots.
    pub fn width_dots(&self) -> u16 {
        self.width_dots
    }

    /// Height in rows of dots.
    pub fn rows(&self) -> u32 {
        self.rows
    }

    /// Bytes a row takes; unused low bits of the last byte are white.
    pub fn row_bytes(&self) -> usize {
        usize::from(self.width_dots.div_ceil(8))
    }

    /// All rows, each [`Bitmap::row_bytes`] long; a set bit is a black dot.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether the dot is black; dots outside of the paper are white.
    pub fn is_black(&self, x: u32, y: u32) -> bool {
        self.place(i64::from(x), i64::from(y))
            .and_then(|(byte, bit)| self.bytes.get(byte).map(|value| value & bit != 0))
            .unwrap_or(false)
    }

    /// The picture as PNG, one bit a dot.
    pub fn to_png(&self) -> PrivateBytes {
        // PNG has 1 for white.
        let inverted: Zeroizing<Vec<u8>> =
            Zeroizing::new(self.bytes.iter().map(|dots| !dots).collect());
        let mut png = Vec::new();
        let mut encoder = Encoder::new(&mut png, u32::from(self.width_dots), self.rows);
        encoder.set_color(ColorType::Grayscale);
        encoder.set_depth(BitDepth::One);
        // Filters are for bytes of grey; dots pack better without.
        encoder.set_filter(Filter::NoFilter);
        encoder.set_compression(Compression::High);
        // Writing into memory fails for a picture without dots only.
        let written = encoder.write_header().and_then(|mut writer| {
            writer.write_image_data(&inverted)?;
            writer.finish()
        });
        PrivateBytes::new(if written.is_ok() { png } else { Vec::new() })
    }

    pub(crate) fn put(&mut self, x: i32, y: i32, black: bool) {
        let Some((byte, bit)) = self.place(i64::from(x), i64::from(y)) else {
            return;
        };
        if let Some(value) = self.bytes.get_mut(byte) {
            if black {
                *value |= bit;
            } else {
                *value &= !bit;
            }
        }
    }

    pub(crate) fn fill(&mut self, x: i32, y: i32, width: i32, height: i32, black: bool) {
        for row in y..y.saturating_add(height) {
            for column in x..x.saturating_add(width) {
                self.put(column, row, black);
            }
        }
    }

    /// Adds white rows at the bottom, or cuts rows off.
    pub(crate) fn set_rows(&mut self, rows: u32) {
        self.rows = rows;
        self.bytes.resize(self.row_bytes() * rows as usize, 0);
    }

    fn place(&self, x: i64, y: i64) -> Option<(usize, u8)> {
        if x < 0 || y < 0 || x >= i64::from(self.width_dots) || y >= i64::from(self.rows) {
            return None;
        }
        let byte = usize::try_from(y).ok()? * self.row_bytes() + usize::try_from(x / 8).ok()?;
        Some((byte, 0x80 >> (x % 8)))
    }
}
