//! Resumable upload of sealed parts: the few headers, read and written in one place.
//!
//! `HEAD /v1/parts/{sha256}`: 200 with [`OFFSET_HEADER`] (bytes the city holds) and [`COMPLETE_HEADER`]; 404 when it
//! holds none. `PUT /v1/parts/{sha256}` with [`ContentRange`] (or without: the whole part): 201 when the part is
//! complete and has its hash, 202 with [`OFFSET_HEADER`] when more is to come, 409 `wrong_offset` with
//! [`OFFSET_HEADER`] when the range does not begin where the city's bytes end, 422 `hash_mismatch` (begin anew).

use std::fmt;
use std::str::FromStr;

use super::BadField;
use crate::packet::MAX_PART_BYTES;

/// Bytes of the part that the city holds.
pub const OFFSET_HEADER: &str = "upload-offset";
/// `true` when the part is complete.
pub const COMPLETE_HEADER: &str = "upload-complete";
/// Most bytes of one `PUT`; longer parts go in several.
pub const MAX_CHUNK_BYTES: usize = 8 * 1024 * 1024;

/// `Content-Range: bytes FIRST-LAST/TOTAL` of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContentRange {
    /// Offset of the first byte sent.
    pub first: u64,
    /// Offset of the last byte sent.
    pub last: u64,
    /// Bytes of the whole part.
    pub total: u64,
}

impl ContentRange {
    /// The range of `length` bytes from `first` of a part of `total` bytes; None when it is empty or does not fit.
    #[must_use]
    pub fn of(first: u64, length: u64, total: u64) -> Option<Self> {
        let last = first.checked_add(length)?.checked_sub(1)?;
        (length > 0 && last < total).then_some(Self { first, last, total })
    }

    /// Bytes in the range.
    #[must_use]
    pub fn length(self) -> u64 {
        self.last - self.first + 1
    }
}

impl fmt::Display for ContentRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "bytes {}-{}/{}", self.first, self.last, self.total)
    }
}

impl FromStr for ContentRange {
    type Err = BadField;

    fn from_str(header: &str) -> Result<Self, BadField> {
        let bad = || BadField::new("Content-Range", "must be `bytes FIRST-LAST/TOTAL`");
        let rest = header.trim().strip_prefix("bytes ").ok_or_else(bad)?;
        let (range, total) = rest.split_once('/').ok_or_else(bad)?;
        let (first, last) = range.split_once('-').ok_or_else(bad)?;
        let number = |text: &str| text.trim().parse::<u64>().map_err(|_| bad());
        let (first, last, total) = (number(first)?, number(last)?, number(total)?);
        if first > last || last >= total {
            return Err(BadField::new(
                "Content-Range",
                "does not lie inside its total",
            ));
        }
        if total > MAX_PART_BYTES {
            return Err(BadField::new("Content-Range", "part larger than 64 MiB"));
        }
        Ok(Self { first, last, total })
    }
}
