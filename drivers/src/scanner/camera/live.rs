//! A camera's live view: frames for the screen while somebody looks, then the sharpest of three.
//!
//! The camera is open exactly as long as a view is: an idle kiosk watches nobody.

use std::io;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::capture::Watch;
use super::driver::{CameraScanner, Settings};
use super::frame::Frame;
use super::{Frames, Head};
use crate::runner::jobs::{JobDevice, JobThread, Outlet};
use crate::runner::{CancelToken, Condition, Fault, Identity, Report, Upkeep};
use crate::scanner::thread::{identify, look};
use crate::scanner::{Page, ScanFault};

/// From one look at the camera to the next: fast enough for a camera of 25 frames a second, so
/// that what is shown is not old.
const PACE: Duration = Duration::from_millis(40);
/// One of so many frames is shown: about eight a second.
const SHOWN: u32 = 3;
/// So many broken frames in a row, and the camera gives none.
const BROKEN: u32 = 10;
/// Longest live view.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// What a live view says. After `Taken` and `Fault` it is over and the camera closed.
#[derive(Debug, PartialEq, Eq)]
pub enum LiveEvent {
    /// What the camera sees now.
    Frame {
        /// The view's number.
        job: u64,
        /// The frame.
        frame: Page,
    },
    /// The picture that was taken.
    Taken {
        /// The view's number.
        job: u64,
        /// The sharpest of the frames since it was asked for.
        frame: Page,
    },
    /// The camera gives no picture.
    Fault {
        /// The view's number.
        job: u64,
        /// Why.
        fault: ScanFault,
    },
}

/// A camera that shows what it sees. Dropping it closes the camera and waits for the thread.
#[derive(Debug)]
pub struct LiveThread {
    views: JobThread<()>,
    take: Take,
}

/// The view whose picture is to be taken now; `None` while nobody asked.
#[derive(Clone, Debug, Default)]
struct Take(Arc<Mutex<Option<u64>>>);

impl Take {
    fn asked(&self) -> MutexGuard<'_, Option<u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, job: u64) {
        *self.asked() = Some(job);
    }

    /// A view that is over leaves alone what was asked of the next.
    fn clear(&self, job: u64) {
        self.asked().take_if(|asked| *asked == job);
    }

    fn is(&self, job: u64) -> bool {
        *self.asked() == Some(job)
    }
}

impl LiveThread {
    /// Runs `camera` on a thread called `name`; everything it says goes through `map` into
    /// `events`. Between views it is looked after as `upkeep` says.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start<M, E>(
        name: &str,
        camera: CameraScanner,
        upkeep: Upkeep,
        events: Sender<E>,
        map: M,
    ) -> io::Result<Self>
    where
        M: Fn(Report<LiveEvent>) -> E + Send + 'static,
        E: Send + 'static,
    {
        let take = Take::default();
        let worker = Worker {
            camera,
            take: take.clone(),
        };
        let views = JobThread::start(name, worker, upkeep, events, map)?;
        Ok(Self { views, take })
    }

    /// Opens a view; `false` when the thread has ended.
    pub fn open(&self, job: u64) -> bool {
        self.views.work(job, ())
    }

    /// Takes the picture of an open view; ends it with exactly one [`LiveEvent::Taken`] or
    /// [`LiveEvent::Fault`], unless it is closed first.
    pub fn take(&self, job: u64) {
        self.take.set(job);
    }

    /// Closes a view at once; it says nothing more. One already over is left alone.
    pub fn close(&self, job: u64) {
        self.views.cancel(job);
    }
}

struct Worker {
    camera: CameraScanner,
    take: Take,
}

impl JobDevice for Worker {
    type Work = ();
    type Event = LiveEvent;

    const BUSY: &'static str = "scanning";

    fn identify(&mut self, _outlet: &Outlet<LiveEvent>) -> Result<Identity, Fault> {
        identify(&mut self.camera)
    }

    fn look(&mut self) -> Result<Condition, Fault> {
        look(&mut self.camera)
    }

    fn work(&mut self, job: u64, (): (), cancel: &CancelToken, outlet: &mut Outlet<LiveEvent>) {
        let (head, settings) = self.camera.parts();
        match view(head, settings, job, cancel, &self.take, outlet) {
            Ok(frame) => outlet.say(LiveEvent::Taken { job, frame }),
            Err(ScanFault::Cancelled) => {}
            Err(fault) => outlet.say(LiveEvent::Fault { job, fault }),
        }
        self.take.clear(job);
    }
}

/// Shows frames until the picture is taken.
fn view(
    head: &dyn Head,
    settings: &Settings,
    job: u64,
    cancel: &CancelToken,
    take: &Take,
    outlet: &Outlet<LiveEvent>,
) -> Result<Page, ScanFault> {
    let settings = Settings {
        page: LONGEST,
        ..*settings
    };
    let mut frames = head.open()?;
    let mut watch = Watch::new(&settings, frames.still());
    let mut broken = 0;
    for number in 0_u32.. {
        if take.is(job) {
            return sharpest(frames.as_mut(), &mut watch, settings.choose_from, cancel);
        }
        let frame = watch.next(frames.as_mut(), cancel)?;
        if number.is_multiple_of(SHOWN) {
            match frame.page() {
                Ok(frame) => {
                    broken = 0;
                    outlet.say(LiveEvent::Frame { job, frame });
                }
                // A frame in pieces is common on a busy bus; the next one may be whole.
                Err(_) if broken < BROKEN => broken += 1,
                Err(fault) => return Err(fault),
            }
        }
        if cancel.wait(PACE) {
            return Err(ScanFault::Cancelled);
        }
    }
    Err(ScanFault::Timeout)
}

/// The sharpest of the next frames.
fn sharpest(
    frames: &mut dyn Frames,
    watch: &mut Watch<'_>,
    choose_from: u32,
    cancel: &CancelToken,
) -> Result<Page, ScanFault> {
    let mut best: Option<(Frame, f32)> = None;
    let mut last_fault = ScanFault::Truncated;
    for number in 1..=choose_from + BROKEN {
        let frame = watch.next(frames, cancel)?;
        match frame.look() {
            Ok(look) if look.is_black() => last_fault = ScanFault::Covered,
            Ok(look) => {
                let before = best.as_ref().map(|(_, sharpness)| *sharpness);
                if before.is_none_or(|before| look.sharpness > before) {
                    best = Some((frame, look.sharpness));
                }
            }
            Err(fault) => last_fault = fault,
        }
        if number >= choose_from && best.is_some() {
            break;
        }
    }
    best.map_or(Err(last_fault), |(frame, _)| frame.page())
}

#[cfg(test)]
#[path = "live_tests.rs"]
mod tests;
