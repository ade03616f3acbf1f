//! Pictures that play as a camera's frames, where there is no camera.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::frame::{Format, Frame, MAX_BYTES};
use super::{Frames, Head};
use crate::runner::CancelToken;
use crate::scanner::{ScanFault, png};

/// Most files of a folder that play.
const MAX_FILES: usize = 1_000;
/// How often an empty folder is looked into for a first frame.
const LOOK: Duration = Duration::from_millis(20);
/// Of a PNG that becomes a frame.
const QUALITY: u8 = 92;

/// A file or folder in the place of a camera.
pub(super) struct Files {
    path: PathBuf,
}

impl Files {
    pub(super) fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
        }
    }
}

impl Head for Files {
    fn name(&self) -> Result<String, ScanFault> {
        if self.present() {
            Ok("pictures in the place of a camera".to_owned())
        } else {
            Err(ScanFault::Offline)
        }
    }

    fn present(&self) -> bool {
        self.path.exists()
    }

    fn open(&self) -> Result<Box<dyn Frames>, ScanFault> {
        Ok(Box::new(Playing {
            path: self.path.clone(),
            files: listed(&self.path)?,
            at: 0,
        }))
    }
}

/// The files that play, by name.
fn listed(path: &Path) -> Result<Vec<PathBuf>, ScanFault> {
    let gone = |_| ScanFault::Offline;
    if fs::metadata(path).map_err(gone)?.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files: Vec<PathBuf> = fs::read_dir(path)
        .map_err(gone)?
        .take(MAX_FILES)
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    Ok(files)
}

struct Playing {
    path: PathBuf,
    files: Vec<PathBuf>,
    at: usize,
}

impl Frames for Playing {
    fn next(&mut self, until: Instant, cancel: &CancelToken) -> Result<Frame, ScanFault> {
        loop {
            while self.files.is_empty() {
                let left = until.saturating_duration_since(Instant::now());
                if left.is_zero() {
                    return Err(ScanFault::Timeout);
                }
                if cancel.wait(left.min(LOOK)) {
                    return Err(ScanFault::Cancelled);
                }
                self.files = listed(&self.path)?;
            }
            let file = self.files.get(self.at % self.files.len());
            self.at += 1;
            let file = file.ok_or(ScanFault::Offline)?;
            if file.exists() || !self.path.is_dir() {
                return frame(file);
            }
            // The folder stands: no plug was pulled, the frames have stopped.
            self.files.clear();
        }
    }

    fn still(&self) -> bool {
        self.files.len() == 1
    }
}

/// The frame in a file; a file that is gone is a camera unplugged.
fn frame(path: &Path) -> Result<Frame, ScanFault> {
    let mut bytes = Zeroizing::new(Vec::new());
    fs::File::open(path)
        .and_then(|file| file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes))
        .map_err(|_| ScanFault::Offline)?;
    if bytes.len() > MAX_BYTES {
        return Err(ScanFault::Device(
            "the file is larger than any frame".to_owned(),
        ));
    }
    as_frame(bytes, path)
}

/// The frame of a file's bytes; its name tells the size of a YUYV.
pub(super) fn as_frame(mut bytes: Zeroizing<Vec<u8>>, path: &Path) -> Result<Frame, ScanFault> {
    if bytes.starts_with(b"\x89PNG") {
        bytes = png::to_jpeg(&bytes, QUALITY)?;
    }
    let name = path
        .file_stem()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let yuyv = path.extension().is_some_and(|kind| kind == "yuyv");
    let format = match yuyv.then(|| dimensions(name)) {
        None => Format::Jpeg,
        Some(Some((width, height))) => Format::Yuyv {
            width,
            height,
            stride: width.saturating_mul(2),
        },
        Some(None) => {
            return Err(ScanFault::Device(
                "a YUYV file is named NAME-WIDTHxHEIGHT.yuyv".to_owned(),
            ));
        }
    };
    Ok(Frame { format, bytes })
}

/// `desk-640x480`: width and height.
fn dimensions(name: &str) -> Option<(u32, u32)> {
    let (width, height) = name.rsplit('-').next()?.split_once('x')?;
    Some((width.parse().ok()?, height.parse().ok()?))
}
