//! Files of settings that a technician writes: read only as far as they may be long.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The text in `path`. Of a longer file one byte more than `most` is read, so that the parser
/// sees that it is too long.
///
/// # Errors
/// When it cannot be read, or is no UTF-8.
pub(crate) fn read(path: &Path, most: usize) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?
        .take(most as u64 + 1)
        .read_to_string(&mut text)?;
    Ok(text)
}
