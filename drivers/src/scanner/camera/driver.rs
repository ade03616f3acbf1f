//! One camera head as a scanner: opened by a job, closed by its end.

use std::path::Path;
use std::time::Duration;

use super::capture::capture;
use super::files::Files;
use super::node::Node;
use super::{Frames, Head};
use crate::runner::{CancelToken, Condition};
use crate::scanner::{NextPage, ScanFault, ScanSettings, Scanner, Source};
use crate::selector::Selector;

/// Time and patience with a camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Frames thrown away first, while the camera finds its exposure.
    pub discard: u32,
    /// Frames of steady light of which the sharpest is the page.
    pub choose_from: u32,
    /// Most frames of one page, those thrown away included; the best so far is taken then.
    pub frames: u32,
    /// So often the same bytes, and the camera hangs.
    pub frozen: u32,
    /// From one frame to the next.
    pub frame: Duration,
    /// One whole page.
    pub page: Duration,
}

impl Default for Settings {
    /// Source: the scanner fact sheet, section 4.
    fn default() -> Self {
        Self {
            discard: 8,
            choose_from: 3,
            frames: 40,
            frozen: 10,
            frame: Duration::from_secs(3),
            page: Duration::from_secs(30),
        }
    }
}

/// A document camera. Its glass is the desk: one page a job, and no feeder.
pub struct CameraScanner {
    head: Box<dyn Head>,
    settings: Settings,
    job: Option<Job>,
}

struct Job {
    frames: Box<dyn Frames>,
    cancel: CancelToken,
}

/// The camera at `selector`, not opened yet; `None` when it names no camera.
#[must_use]
pub fn camera(selector: &Selector) -> Option<CameraScanner> {
    match selector {
        Selector::Camera(path) => Some(CameraScanner::at_node(path, Settings::default())),
        Selector::CameraFrames(path) => Some(CameraScanner::playing(path, Settings::default())),
        Selector::Serial { .. }
        | Selector::Tcp { .. }
        | Selector::Usb { .. }
        | Selector::Hid { .. }
        | Selector::Escl(_)
        | Selector::Sane(_)
        | Selector::File(_)
        | Selector::Ipp(_)
        | Selector::Evdev(_)
        | Selector::Sim => None,
    }
}

impl CameraScanner {
    /// The camera at a device node such as `/dev/video0` or a link to one; not opened yet.
    #[must_use]
    pub fn at_node(path: &Path, settings: Settings) -> Self {
        Self::of(Box::new(Node::new(path)), settings)
    }

    /// Pictures instead of a camera: a file, or a folder whose files play in the order of
    /// their names, over and over. JPEG, PNG, and YUYV named `NAME-WIDTHxHEIGHT.yuyv`.
    #[must_use]
    pub fn playing(path: &Path, settings: Settings) -> Self {
        Self::of(Box::new(Files::new(path)), settings)
    }

    /// The head and the patience with it, for a live view.
    pub(super) fn parts(&self) -> (&dyn Head, &Settings) {
        (self.head.as_ref(), &self.settings)
    }

    pub(super) fn of(head: Box<dyn Head>, settings: Settings) -> Self {
        Self {
            head,
            settings,
            job: None,
        }
    }
}

impl std::fmt::Debug for CameraScanner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let open = self.job.is_some();
        f.debug_struct("CameraScanner")
            .field("open", &open)
            .finish_non_exhaustive()
    }
}

impl Scanner for CameraScanner {
    fn identify(&mut self) -> Result<String, ScanFault> {
        self.head.name()
    }

    /// Only whether it is there: to ask more, it would have to be opened and wake.
    fn status(&mut self) -> Result<Condition, ScanFault> {
        if self.head.present() {
            Ok(Condition::ONLINE)
        } else {
            Err(ScanFault::Offline)
        }
    }

    /// Nothing is kept: the camera is asked every time.
    fn forget(&mut self) {}

    fn places(&mut self) -> Result<&'static [Source], ScanFault> {
        Ok(Source::places(false, true))
    }

    /// Region, resolution and colours are the camera's own: it sees the whole desk, and how
    /// large a page is on it shows only later.
    fn start(&mut self, settings: &ScanSettings, cancel: &CancelToken) -> Result<(), ScanFault> {
        self.cancel();
        match settings.source {
            Source::Platen => {}
            Source::Feeder | Source::Duplex => return Err(ScanFault::Unsupported),
        }
        if cancel.is_cancelled() {
            return Err(ScanFault::Cancelled);
        }
        self.job = Some(Job {
            frames: self.head.open()?,
            cancel: cancel.clone(),
        });
        Ok(())
    }

    fn next_page(&mut self) -> NextPage {
        // Taken out, so that the camera is closed whatever comes of it.
        let Some(mut job) = self.job.take() else {
            return NextPage::End;
        };
        match capture(job.frames.as_mut(), &self.settings, &job.cancel) {
            Ok(page) => NextPage::Page(page),
            Err(fault) => NextPage::Fault(fault),
        }
    }

    fn cancel(&mut self) {
        self.job = None;
    }
}
