//! Document cameras: a head over the desk, seen through the kernel (V4L2).
//!
//! A camera with two heads is two devices, each with its own selector. While nobody scans the
//! camera is not open: a lens that streams is warm and watches. A job opens it, waits until
//! light and focus stand still, keeps the sharpest of three frames and closes it again.
//!
//! [`Scanner`](super::Scanner) is what the rest sees; below it stands one interface, `Head`,
//! with two makers of frames: the kernel (`node`) and files (`files`), which play where
//! there is no camera. The kernel's side has not met a real camera yet.
//!
//! Source: the scanner fact sheet, section 4.

mod capture;
mod driver;
mod files;
mod frame;
mod live;
mod node;
#[cfg(feature = "simulator")]
pub mod sim;
#[cfg(test)]
mod tests;

use std::time::Instant;

pub use driver::{CameraScanner, Settings, camera};
use frame::Frame;
pub use live::{LiveEvent, LiveThread};

use super::fault::ScanFault;
use crate::runner::CancelToken;

/// One lens: opened for a job, closed after it.
trait Head: Send {
    /// What the camera calls itself.
    fn name(&self) -> Result<String, ScanFault>;

    /// Whether it is there; must not wake it.
    fn present(&self) -> bool;

    /// Opens it and starts the stream of frames.
    fn open(&self) -> Result<Box<dyn Frames>, ScanFault>;
}

/// An open camera; dropping it stops the stream and closes the device.
trait Frames: Send {
    /// The next frame; waits no longer than `until`, and no longer once `cancel` is told.
    fn next(&mut self, until: Instant, cancel: &CancelToken) -> Result<Frame, ScanFault>;

    /// Whether the same frame again and again is right: a picture, not a camera.
    fn still(&self) -> bool;
}

/// Fuzzing: what a camera may send as a frame, through to the page.
#[cfg(feature = "fuzzing")]
pub(crate) fn fuzz_frame(bytes: &[u8], width: u32, height: u32) {
    let bytes = zeroize::Zeroizing::new(bytes.to_vec());
    for format in [
        frame::Format::Jpeg,
        frame::Format::Yuyv {
            width,
            height,
            stride: width * 2,
        },
    ] {
        let frame = Frame {
            format,
            bytes: bytes.clone(),
        };
        if frame.look().is_ok() {
            let _ = frame.page();
        }
    }
}

/// Fuzzing: a file in the place of a camera, through to the page.
#[cfg(feature = "fuzzing")]
pub(crate) fn fuzz_file(bytes: &[u8]) {
    let bytes = zeroize::Zeroizing::new(bytes.to_vec());
    if let Ok(frame) = files::as_frame(bytes, std::path::Path::new("desk.png")) {
        let _ = frame.page();
    }
}
