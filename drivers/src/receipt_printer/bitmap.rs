//! A black-and-white picture as a thermal head takes it.

use zeroize::ZeroizeOnDrop;

/// Rows of black and white dots, the most significant bit of a byte leftmost, 1 = black.
///
/// A slip names a person: the dots are zeroed on drop and never printed by `Debug`.
#[derive(Clone, PartialEq, Eq, ZeroizeOnDrop)]
pub struct Bitmap {
    width: u16,
    data: Vec<u8>,
}

impl Bitmap {
    /// Takes `data` of whole rows, each `width` dots rounded up to whole bytes.
    ///
    /// Dots beyond `width` in the last byte of a row are made white.
    ///
    /// # Errors
    /// [`BitmapError`] when there is no row, no dot, more than [`Bitmap::MAX_ROWS`] rows,
    /// or when `data` does not end with a whole row.
    pub fn new(width: u16, mut data: Vec<u8>) -> Result<Self, BitmapError> {
        let stride = usize::from(width).div_ceil(8);
        if stride == 0 || data.is_empty() {
            return Err(BitmapError::Empty);
        }
        if !data.len().is_multiple_of(stride) {
            return Err(BitmapError::BrokenRow {
                bytes: data.len(),
                stride,
            });
        }
        let rows = data.len() / stride;
        if rows > Self::MAX_ROWS {
            return Err(BitmapError::TooLong { rows });
        }
        let unused = (stride * 8 - usize::from(width)) as u32;
        let mask = 0xFFu8.checked_shl(unused).unwrap_or(0);
        for row in data.chunks_exact_mut(stride) {
            if let Some(last) = row.last_mut() {
                *last &= mask;
            }
        }
        Ok(Self { width, data })
    }

    /// The longest slip taken: 2 m of paper at 8 rows a millimetre.
    pub const MAX_ROWS: usize = 16_000;

    /// Width in dots.
    pub fn width(&self) -> u16 {
        self.width
    }

    /// Bytes of one row.
    pub fn stride(&self) -> usize {
        usize::from(self.width).div_ceil(8)
    }

    /// Number of rows, 8 to a millimetre.
    pub fn height(&self) -> usize {
        self.data.len() / self.stride()
    }

    /// The rows from top to bottom.
    pub fn rows(&self) -> impl Iterator<Item = &[u8]> {
        self.data.chunks_exact(self.stride())
    }

    /// All rows in one piece, [`Bitmap::stride`] bytes each.
    pub fn as_bytes(&self) -> &[u8] {
        &self.data
    }
}

impl std::fmt::Debug for Bitmap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Bitmap({} x {}, [redacted])", self.width, self.height())
    }
}

/// Why bytes are not a picture for the head.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BitmapError {
    /// No row or no dot.
    #[error("reading a bitmap: it has no dots")]
    Empty,
    /// The bytes do not end with a whole row.
    #[error("reading a bitmap: {bytes} bytes are not whole rows of {stride} bytes")]
    BrokenRow {
        /// Bytes given.
        bytes: usize,
        /// Bytes one row takes.
        stride: usize,
    },
    /// More paper than any slip needs.
    #[error(
        "reading a bitmap: {rows} rows are more than a slip may have ({})",
        Bitmap::MAX_ROWS
    )]
    TooLong {
        /// Rows given.
        rows: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_beyond_the_width_become_white() {
        let bitmap = Bitmap::new(9, vec![0xFF; 4]).unwrap();
        assert_eq!(bitmap.as_bytes(), [0xFF, 0x80, 0xFF, 0x80]);
        assert_eq!(bitmap.height(), 2);
    }

    #[test]
    fn half_a_row_and_no_row_are_refused() {
        assert_eq!(
            Bitmap::new(16, vec![0; 3]),
            Err(BitmapError::BrokenRow {
                bytes: 3,
                stride: 2
            })
        );
        assert_eq!(Bitmap::new(16, vec![]), Err(BitmapError::Empty));
        assert_eq!(Bitmap::new(0, vec![0]), Err(BitmapError::Empty));
    }

    #[test]
    fn what_stands_on_a_slip_is_not_in_its_debug_text() {
        let text = format!("{:?}", Bitmap::new(8, vec![0xAB]).unwrap());
        assert_eq!(text, "Bitmap(8 x 1, [redacted])");
    }
}
