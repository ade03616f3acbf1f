//! The simulated document camera: a file in which its frame lies, with a sheet on a desk.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use kiosk_drivers::scanner::sim::draw_desk;
use kiosk_drivers::selector::Selector;

/// The frame of the empty desk: drawn once, because it is wanted again before every visit.
fn empty_desk() -> io::Result<&'static [u8]> {
    static FRAME: OnceLock<Vec<u8>> = OnceLock::new();
    if let Some(frame) = FRAME.get() {
        return Ok(frame);
    }
    let frame = draw_desk(false, false)?;
    Ok(FRAME.get_or_init(|| frame))
}

/// A camera over a desk.
pub struct SimDesk {
    path: PathBuf,
}

impl SimDesk {
    /// A camera whose frame lies at `path`, over an empty desk.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn start(path: &Path) -> io::Result<Self> {
        let desk = Self {
            path: path.to_owned(),
        };
        desk.show(empty_desk()?)?;
        Ok(desk)
    }

    /// Where the kiosk finds it.
    #[must_use]
    pub fn selector(&self) -> Selector {
        Selector::CameraFrames(self.path.clone())
    }

    /// A sheet of A4 is laid down, a little crooked; `short` lines make another page.
    ///
    /// # Errors
    /// When it cannot be drawn or written.
    pub fn lay_page(&self, short: bool) -> io::Result<()> {
        self.show(&draw_desk(true, short)?)
    }

    /// It is taken away.
    pub fn clear(&self) {
        let cleared = empty_desk().and_then(|frame| self.show(frame));
        if let Err(error) = cleared {
            tracing::error!("the simulated document camera: {error}");
        }
    }

    /// Never half a frame: it is written beside and put in place at once.
    fn show(&self, frame: &[u8]) -> io::Result<()> {
        let beside = self.path.with_extension("next");
        fs::write(&beside, frame)?;
        fs::rename(beside, &self.path)
    }
}

#[cfg(test)]
mod tests {
    use kiosk_paper::scan::{Format, PageFile, lay_flat};

    use super::*;

    #[test]
    fn a_sheet_under_the_camera_is_a_good_page_and_an_empty_desk_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("desk.jpg");
        let desk = SimDesk::start(&path).unwrap();
        let seen = || lay_flat(PageFile::read(&fs::read(&path).unwrap()).unwrap());
        assert_eq!(seen().outline, None);
        desk.lay_page(true).unwrap();
        let page = seen();
        assert_eq!((page.format, page.advice), (Some(Format::A4), vec![]));
        desk.clear();
        assert_eq!(seen().outline, None);
    }
}
