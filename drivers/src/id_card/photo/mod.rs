//! The photo of a card, where the operator has a decoder.
//!
//! The chip holds 1,024 bytes by a closed method; its decoder is licensed to reader makers
//! and ships with no part of this program. Where a maker's decoder is at hand, a small
//! program of the operator's wraps it: it gets the 1,024 bytes on its standard input and
//! writes the picture, 102 by 126 pixels as PNG, BMP, JPEG or raw RGB, to its standard
//! output. It runs apart from us, within limits of time and memory, and can write no file and
//! leave no core behind. The limits hold for each process and are set before it is given the
//! first byte of a card; how many processes it starts is not limited (the system counts those
//! of a user, not of a program), but none outlives the answer. Whatever goes wrong in there
//! means "no photo" and nothing else.

mod run;

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use zeroize::{Zeroize, ZeroizeOnDrop};
use zune_core::bytestream::ZCursor;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

/// Width of every photo in pixels.
const WIDTH: u16 = 102;
/// Height of every photo in pixels.
const HEIGHT: u16 = 126;

/// Length of a compressed photo.
const COMPRESSED: usize = 1024;
/// Length of a photo as raw RGB, rows from the top.
const RGB: usize = WIDTH as usize * HEIGHT as usize * 3;
/// Length of a photo as BMP: 54 bytes of head, rows padded to 308 bytes.
const BMP: usize = 54 + HEIGHT as usize * 308;

/// A program that decodes photos, and its limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhotoDecoder {
    /// The program; it is given no environment.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// How long one photo may take; cards wait for it. 2 s by default.
    pub time: Duration,
    /// Address space in bytes; 256 MiB by default.
    pub memory: u64,
}

/// How a photo is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PhotoFormat {
    /// PNG.
    Png,
    /// Windows bitmap, 24 bits, rows from the bottom.
    Bmp,
    /// JPEG.
    Jpeg,
    /// Red, green and blue of each pixel, rows from the top.
    Rgb,
}

/// A decoded photo of 102 by 126 pixels. Wipes itself and is never printed.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Photo {
    #[zeroize(skip)]
    format: PhotoFormat,
    bytes: Vec<u8>,
}

/// Why there is no photo.
#[derive(Debug, thiserror::Error)]
pub enum PhotoError {
    /// The card's photo has not the length of one.
    #[error("decode photo: {0} bytes instead of 1024")]
    Compressed(usize),
    /// The program could not be started, limited or spoken to.
    #[error("decode photo: {operation}")]
    System {
        /// What was tried.
        operation: &'static str,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// The program took too long and was killed.
    #[error("decode photo: the program took longer than {0:?}")]
    TimedOut(Duration),
    /// The program wrote more than any photo has.
    #[error("decode photo: the program wrote more than a photo")]
    TooLong,
    /// The program failed or was killed.
    #[error("decode photo: the program ended with {0}")]
    Failed(std::process::ExitStatus),
    /// What the program wrote is no photo.
    #[error("decode photo: {0}")]
    NoPhoto(&'static str),
}

impl PhotoDecoder {
    /// `program` without arguments, with the usual limits.
    #[must_use]
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            arguments: Vec::new(),
            time: Duration::from_secs(2),
            memory: 256 << 20,
        }
    }

    /// Decodes the `compressed` photo of a card. Blocks for as long as the program may take.
    ///
    /// # Errors
    /// [`PhotoError`] whatever goes wrong; there is then simply no photo.
    pub fn decode(&self, compressed: &[u8]) -> Result<Photo, PhotoError> {
        if compressed.len() != COMPRESSED {
            return Err(PhotoError::Compressed(compressed.len()));
        }
        Photo::from_bytes(run::run(self, compressed)?)
    }
}

impl Photo {
    /// How it is written.
    #[must_use]
    pub fn format(&self) -> PhotoFormat {
        self.format
    }

    /// The picture as the decoder wrote it; its size was checked, its content was not.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn from_bytes(mut bytes: Vec<u8>) -> Result<Self, PhotoError> {
        match format(&bytes) {
            Ok(format) => Ok(Self { format, bytes }),
            Err(reason) => {
                bytes.zeroize();
                Err(PhotoError::NoPhoto(reason))
            }
        }
    }
}

/// Reads `bytes` as what a decoder wrote, for the fuzz targets.
#[cfg(feature = "fuzzing")]
pub(super) fn fuzz(bytes: &[u8]) {
    if let Ok(photo) = Photo::from_bytes(bytes.to_vec()) {
        assert_eq!(photo.bytes(), bytes);
    }
}

impl fmt::Debug for Photo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Photo({:?}, [redacted])", self.format)
    }
}

/// Which picture of the right size `bytes` is.
fn format(bytes: &[u8]) -> Result<PhotoFormat, &'static str> {
    let size = "the picture is not 102 by 126 pixels";
    if let Some(head) = bytes.strip_prefix(b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR") {
        let (width, height) = (u32::from(WIDTH), u32::from(HEIGHT));
        let wanted = [width.to_be_bytes(), height.to_be_bytes()].concat();
        return head
            .starts_with(&wanted)
            .then_some(PhotoFormat::Png)
            .ok_or(size);
    }
    if bytes.starts_with(b"BM") {
        return is_bmp(bytes).then_some(PhotoFormat::Bmp).ok_or(size);
    }
    if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
        let mut decoder =
            JpegDecoder::new_with_options(ZCursor::new(bytes), DecoderOptions::default());
        decoder.decode_headers().map_err(|_| "the JPEG is broken")?;
        let wanted = (usize::from(WIDTH), usize::from(HEIGHT));
        let right = decoder.dimensions() == Some(wanted);
        return right.then_some(PhotoFormat::Jpeg).ok_or(size);
    }
    let raw = bytes.len() == RGB;
    raw.then_some(PhotoFormat::Rgb)
        .ok_or("neither PNG, BMP, JPEG nor raw RGB")
}

/// The head every decoder's BMP has: file size 0x97CE, data from 0x36, 102 by 126, 24 bits.
fn is_bmp(bytes: &[u8]) -> bool {
    let number = |at: usize| {
        let field = bytes.get(at..at + 4)?;
        Some(u32::from_le_bytes(field.try_into().ok()?))
    };
    bytes.len() == BMP
        && number(2) == Some(0x97CE)
        && number(10) == Some(0x36)
        && number(18) == Some(u32::from(WIDTH))
        && number(22) == Some(u32::from(HEIGHT))
        && bytes.get(28..30) == Some(&24_u16.to_le_bytes())
}

#[cfg(test)]
mod tests;
