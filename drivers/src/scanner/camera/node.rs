//! A camera of the kernel (V4L2), through its device node.
//!
//! The calls are those of the crate `linuxvideo`: the kernel's own, without a C library. This
//! side has been built and its refusals tried, but it has not met a real camera: neither a
//! container nor a build machine has one.

use std::fs;
use std::io;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use linuxvideo::controls::Cid;
use linuxvideo::format::{FrameSizes, PixFormat, PixelFormat};
use linuxvideo::stream::ReadStream;
use linuxvideo::{BufType, CapabilityFlags, Device};
use zeroize::Zeroizing;

use super::frame::{Format, Frame, MAX_BYTES};
use super::{Frames, Head};
use crate::poll::readable;
use crate::runner::CancelToken;
use crate::scanner::ScanFault;
use crate::scanner::bounds::MAX_PIXELS;

/// How often a wait for a frame looks whether the job was cancelled.
const CANCEL_LOOK: Duration = Duration::from_millis(50);

/// Where the kernel tells a camera's name without opening it.
const NAMES: &str = "/sys/class/video4linux";

/// What a desk lamp and a page want, where the camera has it: focus and white found by itself,
/// exposure by aperture priority (3), lamps on 50 Hz (1).
const WANTED: [(Cid, i32); 4] = [
    (Cid::FOCUS_AUTO, 1),
    (Cid::AUTO_WHITE_BALANCE, 1),
    (Cid::EXPOSURE_AUTO, 3),
    (Cid::POWER_LINE_FREQUENCY, 1),
];

/// One video node.
pub(super) struct Node {
    path: PathBuf,
}

impl Node {
    pub(super) fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
        }
    }

    fn device(&self) -> Result<Device, ScanFault> {
        let device = Device::open(&self.path).map_err(|error| fault(&error))?;
        let can = device
            .capabilities()
            .map_err(|error| fault(&error))?
            .device_capabilities();
        // A camera often has a second node that tells only about its frames.
        if can.contains(CapabilityFlags::VIDEO_CAPTURE | CapabilityFlags::STREAMING) {
            Ok(device)
        } else {
            Err(ScanFault::Device(
                "this node gives no pictures; take the camera's other one".to_owned(),
            ))
        }
    }
}

impl Head for Node {
    fn name(&self) -> Result<String, ScanFault> {
        self.device()?;
        // A name cut off in the middle of a character stops the crate; the kernel's file does not.
        let node = fs::canonicalize(&self.path).map_err(|error| fault(&error))?;
        let file = node
            .file_name()
            .map(|node| Path::new(NAMES).join(node).join("name"));
        let bytes = file
            .and_then(|file| fs::read(file).ok())
            .unwrap_or_default();
        let name: String = String::from_utf8_lossy(&bytes)
            .trim()
            .chars()
            .take(100)
            .collect();
        Ok(if name.is_empty() {
            "camera".to_owned()
        } else {
            name
        })
    }

    fn present(&self) -> bool {
        fs::metadata(&self.path).is_ok_and(|node| node.file_type().is_char_device())
    }

    fn open(&self) -> Result<Box<dyn Frames>, ScanFault> {
        let mut device = self.device()?;
        let wanted = best_format(&device)?;
        for (control, value) in WANTED {
            // Not all cameras have all of them, and some have none.
            if let Err(error) = device.write_control_raw(control, value) {
                tracing::debug!(%error, ?control, "setting a camera");
            }
        }
        let device = device
            .video_capture(wanted)
            .map_err(|error| fault(&error))?;
        let got = device.format();
        let format = match got.pixel_format() {
            MJPG | JPEG => Format::Jpeg,
            YUYV => Format::Yuyv {
                width: got.width(),
                height: got.height(),
                stride: got.bytes_per_line().max(got.width().saturating_mul(2)),
            },
            _ => return Err(ScanFault::Unsupported),
        };
        let stream = device.into_stream().map_err(|error| fault(&error))?;
        Ok(Box::new(Stream { stream, format }))
    }
}

const MJPG: PixelFormat = PixelFormat::from_fourcc(*b"MJPG");
const JPEG: PixelFormat = PixelFormat::from_fourcc(*b"JPEG");
const YUYV: PixelFormat = PixelFormat::from_fourcc(*b"YUYV");

/// The largest picture it gives as MJPEG, else as YUYV.
fn best_format(device: &Device) -> Result<PixFormat, ScanFault> {
    let offered: Vec<PixelFormat> = device
        .formats(BufType::VIDEO_CAPTURE)
        .filter_map(Result::ok)
        .map(|format| format.pixel_format())
        .collect();
    let format = [MJPG, JPEG, YUYV]
        .into_iter()
        .find(|format| offered.contains(format));
    let format = format.ok_or(ScanFault::Unsupported)?;
    let sizes = match device.frame_sizes(format).map_err(|error| fault(&error))? {
        FrameSizes::Discrete(sizes) => sizes
            .iter()
            .map(|one| (one.width(), one.height()))
            .collect(),
        FrameSizes::Stepwise(range) | FrameSizes::Continuous(range) => {
            vec![(range.max_width(), range.max_height())]
        }
    };
    let (width, height) = largest(&sizes).ok_or(ScanFault::Unsupported)?;
    Ok(PixFormat::new(width, height, format))
}

/// The size with the most pixels, of those no larger than any page.
fn largest(sizes: &[(u32, u32)]) -> Option<(u32, u32)> {
    let pixels = |(width, height): &(u32, u32)| u64::from(*width) * u64::from(*height);
    let usable = sizes
        .iter()
        .filter(|size| (1..=MAX_PIXELS).contains(&pixels(size)));
    usable.max_by_key(|size| pixels(size)).copied()
}

/// An open camera. The stream ends and the node is closed when it is dropped.
struct Stream {
    stream: ReadStream,
    format: Format,
}

impl Frames for Stream {
    fn next(&mut self, until: Instant, cancel: &CancelToken) -> Result<Frame, ScanFault> {
        // An unplugged camera is readable too, and tells what it is when it is read.
        while !readable(&self.stream, until.min(Instant::now() + CANCEL_LOOK))
            .map_err(|error| fault(&error))?
        {
            if cancel.is_cancelled() {
                return Err(ScanFault::Cancelled);
            }
            if Instant::now() >= until {
                return Err(ScanFault::Timeout);
            }
        }
        let bytes = self.stream.dequeue(|view| {
            // A frame the kernel itself calls damaged is none.
            let damaged = view.is_error() || view.len() > MAX_BYTES;
            Ok(Zeroizing::new(if damaged {
                Vec::new()
            } else {
                view.to_vec()
            }))
        });
        Ok(Frame {
            format: self.format,
            bytes: bytes.map_err(|error| fault(&error))?,
        })
    }

    fn still(&self) -> bool {
        false
    }
}

/// What an answer of the kernel means.
fn fault(error: &io::Error) -> ScanFault {
    use io::ErrorKind as Kind;
    use rustix::io::Errno;
    let code = error.raw_os_error().map(Errno::from_raw_os_error);
    match (error.kind(), code) {
        (Kind::NotFound, _) | (_, Some(Errno::NODEV | Errno::NXIO | Errno::IO)) => {
            ScanFault::Offline
        }
        (Kind::ResourceBusy, _) => ScanFault::Busy,
        (Kind::TimedOut, _) => ScanFault::Timeout,
        (Kind::PermissionDenied, _) => ScanFault::Device("the camera may not be opened".to_owned()),
        (_, Some(Errno::NOTTY)) => ScanFault::Device("this node is no camera".to_owned()),
        _ => ScanFault::Device(format!("the camera answers: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_picture_that_is_no_larger_than_any_page_is_taken() {
        let sizes = [
            (640, 480),
            (4208, 3120),
            (1920, 1080),
            (30_000, 30_000),
            (0, 9),
        ];
        assert_eq!(largest(&sizes), Some((4208, 3120)));
        assert_eq!(largest(&[]), None);
    }

    #[test]
    fn every_answer_of_the_kernel_has_its_fault() {
        use rustix::io::Errno;
        let of = |errno: Errno| fault(&io::Error::from_raw_os_error(errno.raw_os_error()));
        for gone in [Errno::NOENT, Errno::NODEV, Errno::NXIO, Errno::IO] {
            assert_eq!(of(gone), ScanFault::Offline, "{gone:?}");
        }
        assert_eq!(of(Errno::BUSY), ScanFault::Busy);
        let text = of(Errno::ACCESS).to_string();
        assert!(text.contains("may not be opened"), "{text}");
        assert!(of(Errno::NOTTY).to_string().contains("no camera"));
        assert_eq!(of(Errno::INVAL).kind(), "device");
    }

    #[test]
    fn a_camera_that_is_not_there_and_a_node_that_is_none_are_refused() {
        let absent = Node::new(Path::new("/dev/there-is-no-camera"));
        assert!(!absent.present());
        assert_eq!(absent.name(), Err(ScanFault::Offline));
        assert_eq!(absent.open().err(), Some(ScanFault::Offline));
        let none = Node::new(Path::new("/dev/null"));
        assert_eq!(none.open().err().map(|fault| fault.kind()), Some("device"));
    }
}
