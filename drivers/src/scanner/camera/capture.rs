//! From a stream of frames to one page: settle, the sharpest of three, and what is no picture.

use std::time::Instant;

use sha2::{Digest, Sha256};

use super::Frames;
use super::driver::Settings;
use super::frame::{Frame, Look};
use crate::runner::CancelToken;
use crate::scanner::{Page, ScanFault};

/// Light of two frames that differs by less (of 255) stands still.
const STEADY_LIGHT: f32 = 4.0;
/// A frame so much sharper than all before it means that the lens still moves.
const STILL_FOCUSING: f32 = 1.1;

/// Takes one page from an open camera.
///
/// # Errors
/// `Cancelled`; `Timeout` when a frame or the whole picture takes too long; `Covered` when the
/// frames are black; `Truncated`, `EmptyImage` or `Device` when no whole frame came.
pub(super) fn capture(
    frames: &mut dyn Frames,
    settings: &Settings,
    cancel: &CancelToken,
) -> Result<Page, ScanFault> {
    let mut watch = Watch::new(settings, frames.still());
    let mut choice = Choice::default();
    let mut last_fault = None;
    for number in 0..settings.frames {
        let frame = watch.next(frames, cancel)?;
        if number < settings.discard {
            continue;
        }
        // A frame in pieces is common on a busy bus; the next one may be whole.
        match frame.look() {
            Ok(look) => choice.weigh(frame, look),
            Err(fault) => last_fault = Some(fault),
        }
        if choice.is_made(settings.choose_from) {
            break;
        }
    }
    match choice.best {
        Some((_, look)) if look.is_black() => Err(ScanFault::Covered),
        Some((frame, _)) => frame.page(),
        None => Err(last_fault.unwrap_or(ScanFault::Truncated)),
    }
}

/// Fetches frames within the limits of time and notices a camera that hangs.
pub(super) struct Watch<'a> {
    settings: &'a Settings,
    until: Instant,
    still: bool,
    last: Option<[u8; 32]>,
    same: u32,
}

impl<'a> Watch<'a> {
    pub(super) fn new(settings: &'a Settings, still: bool) -> Self {
        Self {
            settings,
            until: Instant::now() + settings.page,
            still,
            last: None,
            same: 0,
        }
    }

    /// The next frame.
    ///
    /// # Errors
    /// `Cancelled`; `Timeout`; `Device` when the picture is frozen; what the camera says.
    pub(super) fn next(
        &mut self,
        frames: &mut dyn Frames,
        cancel: &CancelToken,
    ) -> Result<Frame, ScanFault> {
        let until = (Instant::now() + self.settings.frame).min(self.until);
        if cancel.is_cancelled() {
            return Err(ScanFault::Cancelled);
        }
        if Instant::now() >= self.until {
            return Err(ScanFault::Timeout);
        }
        let frame = frames.next(until, cancel)?;
        if !self.still {
            // A lens that sees never gives the same bytes twice; a driver that hangs does.
            let hash: [u8; 32] = Sha256::digest(frame.bytes.as_slice()).into();
            self.same = if self.last == Some(hash) {
                self.same + 1
            } else {
                1
            };
            self.last = Some(hash);
            if self.same >= self.settings.frozen {
                return Err(ScanFault::Device(
                    "the camera's picture is frozen".to_owned(),
                ));
            }
        }
        Ok(frame)
    }
}

/// The best frame since light stood still, and whether it is time to take it.
#[derive(Default)]
struct Choice {
    best: Option<(Frame, Look)>,
    light: Option<f32>,
    steady: u32,
    focusing: bool,
}

impl Choice {
    fn weigh(&mut self, frame: Frame, look: Look) {
        let steady = self
            .light
            .replace(look.light)
            .is_some_and(|before| (before - look.light).abs() < STEADY_LIGHT);
        if !steady {
            self.best = None;
            self.steady = 0;
        }
        self.steady += 1;
        let before = self.best.as_ref().map(|(_, best)| best.sharpness);
        self.focusing = before.is_some_and(|before| look.sharpness > before * STILL_FOCUSING);
        if before.is_none_or(|before| look.sharpness > before) {
            self.best = Some((frame, look));
        }
    }

    fn is_made(&self, choose_from: u32) -> bool {
        self.steady >= choose_from && !self.focusing
    }
}
