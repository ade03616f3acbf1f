//! A simulated camera: a folder whose picture plays as its frames, through `camera:file:FOLDER`.
//!
//! A camera has no line of bytes: what a script does to it happens to the folder. The plug is
//! the folder itself.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::scanner::sim::draw_page;
use crate::selector::Selector;
use crate::sim_script::{CameraDeed, Happening, Script};
use crate::transport::plan::{LineFault, Trigger};

/// The frame's file in the folder.
const FRAME: &str = "frame.jpg";
/// What the camera sees before a script says so: a drawn page of A4's shape, in pixels.
const DRAWN: (u32, u32) = (1240, 1754);

/// What is wrong with the frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FrameFault {
    /// Nothing.
    #[default]
    None,
    /// Only the first half of each picture.
    Cut,
    /// Not a byte.
    Empty,
    /// Bytes that are no picture.
    Rubbish,
    /// None come.
    Stalled,
}

/// A camera played by a folder; dropping it takes the folder's frame away, and the folder.
#[derive(Debug)]
pub struct CameraSim {
    folder: PathBuf,
    sees: Vec<u8>,
    fault: FrameFault,
}

impl CameraSim {
    /// A camera that sees a drawn page, plugged in as `folder`, which must be empty or not there.
    ///
    /// # Errors
    /// When the folder holds something else, or cannot be made or written.
    pub fn start_in(folder: &Path) -> io::Result<Self> {
        let mut sim = Self {
            folder: folder.to_owned(),
            sees: draw_page(DRAWN.0, DRAWN.1, 150, false)?,
            fault: FrameFault::None,
        };
        fs::create_dir_all(folder)?;
        if fs::read_dir(folder)?.next().is_some() {
            // Its files would play as frames, and go when the plug is pulled.
            return Err(io::ErrorKind::DirectoryNotEmpty.into());
        }
        sim.replug()?;
        Ok(sim)
    }

    /// Where a driver finds it.
    #[must_use]
    pub fn selector(&self) -> Selector {
        Selector::CameraFrames(self.folder.clone())
    }

    /// Pulls the plug.
    ///
    /// # Errors
    /// When the folder cannot be removed.
    pub fn unplug(&mut self) -> io::Result<()> {
        self.take_frame_away()?;
        found(fs::remove_dir(&self.folder))
    }

    /// Puts the plug back.
    ///
    /// # Errors
    /// When the folder cannot be made or written.
    pub fn replug(&mut self) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        self.show()
    }

    /// Does `deed` now.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn perform(&mut self, deed: CameraDeed) -> io::Result<()> {
        match deed {
            CameraDeed::Sees(picture) => self.sees = picture,
            CameraDeed::Fault(fault) => self.fault = fault,
        }
        if self.folder.exists() {
            self.show()?;
        }
        Ok(())
    }

    /// Plays `script` to its end; `pause` waits between its entries.
    ///
    /// # Errors
    /// When an entry counts bytes or does something to a line, which a camera has not, and when
    /// the folder cannot be written.
    pub fn play(
        &mut self,
        script: Script<CameraDeed>,
        pause: impl Fn(std::time::Duration),
    ) -> io::Result<()> {
        let no_line = |what| Err(io::Error::new(io::ErrorKind::InvalidInput, what));
        for (trigger, happenings) in script.into_entries() {
            match trigger {
                Trigger::Time(time) => pause(time),
                Trigger::Bytes(..) => return no_line("a camera counts no bytes: use after-ms"),
            }
            for happening in happenings {
                match happening {
                    Happening::Device(deed) => self.perform(deed)?,
                    Happening::Line(LineFault::Unplug) => self.unplug()?,
                    Happening::Line(LineFault::Replug) => self.replug()?,
                    Happening::Line(LineFault::Spoil(..) | LineFault::Stuck(_)) => {
                        return no_line(
                            "a camera has no line of bytes: use frame-fault, unplug or replug",
                        );
                    }
                }
            }
        }
        Ok(())
    }

    /// Puts the frame into the folder as it is now, whole at once.
    fn show(&self) -> io::Result<()> {
        let bytes: &[u8] = match self.fault {
            FrameFault::None => &self.sees,
            FrameFault::Cut => self.sees.get(..self.sees.len() / 2).unwrap_or_default(),
            FrameFault::Empty => &[],
            FrameFault::Rubbish => b"no picture",
            FrameFault::Stalled => return self.take_frame_away(),
        };
        // Beside the folder: in it, it would play.
        let coming = self.folder.with_extension("coming");
        fs::write(&coming, bytes)?;
        fs::rename(&coming, self.folder.join(FRAME))
    }

    fn take_frame_away(&self) -> io::Result<()> {
        found(fs::remove_file(self.folder.join(FRAME)))
    }
}

/// What is gone already need not be taken away.
fn found(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

impl Drop for CameraSim {
    fn drop(&mut self) {
        // Nobody is left to hear of it.
        let _ = self.unplug();
    }
}
