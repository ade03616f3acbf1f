//! The simulated portrait camera: a file that plays as its frames, with a drawn bust or nobody.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use kiosk_drivers::scanner::sim::{Bust, draw_frame, draw_photo};
use kiosk_drivers::selector::Selector;
use serde::Deserialize;

/// Who is before the camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sitter {
    /// Nobody.
    Nobody,
    /// Somebody who sits as they should.
    Well,
    /// Somebody who stands far away.
    Far,
    /// Nobody can tell: the camera is unplugged.
    Unplugged,
}

/// The glass with a photo of somebody on paper; of nobody, with nothing but white.
///
/// # Errors
/// When it cannot be drawn, which a test excludes.
pub fn photo_on_glass(sitter: Sitter) -> io::Result<Vec<u8>> {
    draw_photo(match sitter {
        Sitter::Well | Sitter::Far => true,
        Sitter::Nobody | Sitter::Unplugged => false,
    })
}

/// The frame without anybody: drawn once, because it is wanted again before every visit.
fn nobody() -> io::Result<&'static [u8]> {
    static FRAME: OnceLock<Vec<u8>> = OnceLock::new();
    if let Some(frame) = FRAME.get() {
        return Ok(frame);
    }
    let frame = draw_frame(None)?;
    Ok(FRAME.get_or_init(|| frame))
}

/// The camera.
pub struct SimCamera {
    path: PathBuf,
}

impl SimCamera {
    /// A camera whose frame lies at `path`, with nobody before it.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn start(path: &Path) -> io::Result<Self> {
        let camera = Self {
            path: path.to_owned(),
        };
        camera.before(Sitter::Nobody)?;
        Ok(camera)
    }

    /// Where the kiosk finds it.
    #[must_use]
    pub fn selector(&self) -> Selector {
        Selector::CameraFrames(self.path.clone())
    }

    /// Somebody sits down before it or goes away; or it is unplugged.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn before(&self, sitter: Sitter) -> io::Result<()> {
        let bust = match sitter {
            Sitter::Nobody => None,
            Sitter::Well => Some(Bust::WELL),
            Sitter::Far => Some(Bust::FAR),
            Sitter::Unplugged => {
                return match fs::remove_file(&self.path) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                    Ok(()) | Err(_) => Ok(()),
                };
            }
        };
        // Never half a frame: it is written beside and put in place at once.
        let beside = self.path.with_extension("next");
        match bust {
            None => fs::write(&beside, nobody()?)?,
            Some(_) => fs::write(&beside, draw_frame(bust)?)?,
        }
        fs::rename(beside, &self.path)
    }

    /// It is plugged in, and nobody is there.
    pub fn settle(&self) {
        if let Err(error) = self.before(Sitter::Nobody) {
            tracing::error!("the simulated camera: {error}");
        }
    }
}

#[cfg(test)]
mod tests {
    use kiosk_paper::scan::decode;
    use kiosk_paper::scan::portrait::{PortraitAdvice, PortraitRules, from_paper, look};

    use super::*;

    #[test]
    fn whoever_sits_before_the_camera_is_seen_as_who_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("camera.jpg");
        let camera = SimCamera::start(&path).unwrap();
        for (sitter, advice) in [
            (Sitter::Well, None),
            (Sitter::Far, Some(PortraitAdvice::TooFar)),
            (Sitter::Nobody, Some(PortraitAdvice::Nobody)),
        ] {
            camera.before(sitter).unwrap();
            let frame = decode(&fs::read(&path).unwrap()).unwrap();
            assert_eq!(
                look(&frame, &PortraitRules::of(358, 441)),
                advice,
                "{sitter:?}"
            );
        }
        let photo = |sitter| {
            let scan = decode(&photo_on_glass(sitter).unwrap()).unwrap();
            from_paper(&scan, &PortraitRules::of(358, 441), 1_000_000)
                .unwrap()
                .advice
        };
        assert_eq!(photo(Sitter::Well), None);
        assert_eq!(photo(Sitter::Nobody), Some(PortraitAdvice::Nobody));
        for _ in 0..2 {
            camera.before(Sitter::Unplugged).unwrap();
        }
        assert!(!path.exists());
    }
}
