//! The folder in memory through which pages come: ours alone, and wiped behind them.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock, statfs};
use zeroize::Zeroizing;

/// What `statfs` calls a file system in memory.
const TMPFS: u64 = 0x0102_1994;
/// Bytes overwritten at once.
const STEP: usize = 64 * 1024;
/// Enough of a page to read its size, and not a row of it.
const HEAD: u64 = 64;
/// Files looked at when the folder is emptied.
const MOST_FILES: usize = 10_000;

/// A folder of one scanner; emptied when it is made and when it is dropped.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// Held while we live, so that no second program takes the same scanner's pages.
    _lock: OwnedFd,
}

impl Folder {
    /// The folder for the scanner called `device` in `parent`, which has to be in memory.
    ///
    /// # Errors
    /// When `parent` is not in memory, the folder is somebody else's, or in use.
    pub(super) fn open(parent: &Path, device: &str) -> io::Result<Self> {
        if u64::try_from(statfs(parent)?.f_type) != Ok(TMPFS) {
            return Err(io::Error::other(format!(
                "{} is not in memory, and pages must not reach a disk",
                parent.display()
            )));
        }
        let name: String = device
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
            .take(80)
            .collect();
        let path = parent.join(format!("kiosk-scan-{name}"));
        match DirBuilder::new().mode(0o700).create(&path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            Ok(()) | Err(_) => {}
        }
        let found = fs::symlink_metadata(&path)?;
        let ours = found.uid() == rustix::process::geteuid().as_raw();
        if !found.is_dir() || !ours || found.mode() & 0o077 != 0 {
            return Err(io::Error::new(
                io::ErrorKind::PermissionDenied,
                format!("{} is not ours alone", path.display()),
            ));
        }
        let lock = OwnedFd::from(File::open(&path)?);
        flock(&lock, FlockOperation::NonBlockingLockExclusive).map_err(|_| {
            io::Error::new(
                io::ErrorKind::ResourceBusy,
                "another program uses this scanner",
            )
        })?;
        let folder = Self { path, _lock: lock };
        // A program that was killed may have left a page.
        folder.empty()?;
        Ok(folder)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The first bytes of the file `name` that is being written, and how long it is by now;
    /// nothing where there is none yet.
    pub(super) fn growing(&self, name: &str) -> (Vec<u8>, u64) {
        // Under another name until it is whole, or under its own.
        let paths = [format!("{name}.part"), name.to_owned()];
        let open = |name: &String| File::open(self.path.join(name)).ok();
        let Some(file) = paths.iter().find_map(open) else {
            return (Vec::new(), 0);
        };
        let length = file.metadata().map_or(0, |found| found.len());
        let mut head = Vec::new();
        if let Err(error) = file.take(HEAD).read_to_end(&mut head) {
            tracing::debug!(%error, "looking at a page on its way");
        }
        (head, length)
    }

    /// Whether there is a file `name`.
    pub(super) fn holds(&self, name: &str) -> bool {
        self.path.join(name).is_file()
    }

    /// Reads the file `name`, of at most `most` bytes, and wipes it.
    ///
    /// # Errors
    /// When it is not there or longer.
    pub(super) fn take(&self, name: &str, most: u64) -> io::Result<Zeroizing<Vec<u8>>> {
        let path = self.path.join(name);
        let length = fs::metadata(&path)?.len();
        let read = if length > most {
            Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the page is larger than any page",
            ))
        } else {
            // Room for all of it at once, so that no copy is left behind by growing.
            let room = usize::try_from(length)
                .unwrap_or(usize::MAX)
                .saturating_add(1);
            let mut bytes = Zeroizing::new(Vec::with_capacity(room));
            File::open(&path)
                .and_then(|file| file.take(length).read_to_end(&mut bytes))
                .map(|_| bytes)
        };
        wipe(&path)?;
        read
    }

    /// Wipes all files; folders inside hold settings and stay.
    ///
    /// # Errors
    /// When one cannot be overwritten or removed.
    pub(super) fn empty(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.path)?.take(MOST_FILES) {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                wipe(&entry.path())?;
            }
        }
        Ok(())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let done = self.empty().and_then(|()| fs::remove_dir_all(&self.path));
        if let Err(error) = done {
            tracing::warn!(%error, "the scanner's folder could not be removed");
        }
    }
}

/// Overwrites and removes a file.
fn wipe(path: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(path)?;
    let mut left = file.metadata()?.len();
    let zeros = [0; STEP];
    while left > 0 {
        let step = left.min(STEP as u64);
        let count = usize::try_from(step).unwrap_or(STEP);
        file.write_all(zeros.get(..count).unwrap_or(&zeros))?;
        left -= step;
    }
    fs::remove_file(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory() -> tempfile::TempDir {
        tempfile::tempdir_in("/dev/shm").unwrap()
    }

    #[test]
    fn a_page_is_read_once_and_nothing_of_it_stays() {
        let memory = memory();
        let folder = Folder::open(memory.path(), "test:0").unwrap();
        let path = folder.path().join("1.pnm");
        fs::write(&path, b"a page").unwrap();
        let mut held = File::open(&path).unwrap();
        assert_eq!(*folder.take("1.pnm", 100).unwrap(), b"a page");
        assert!(!path.exists());
        let mut left = Vec::new();
        held.read_to_end(&mut left).unwrap();
        assert_eq!(left, [0; 6]);
        fs::write(&path, b"too long a page").unwrap();
        assert!(folder.take("1.pnm", 3).is_err());
        assert!(!path.exists());
    }

    #[test]
    fn what_a_killed_program_left_is_gone_at_the_next_start() {
        let memory = memory();
        let left = Folder::open(memory.path(), "test:0").unwrap();
        let path = left.path().to_owned();
        let second = Folder::open(memory.path(), "test:0").unwrap_err();
        assert_eq!(second.kind(), io::ErrorKind::ResourceBusy);
        drop(left);
        DirBuilder::new().mode(0o700).create(&path).unwrap();
        fs::write(path.join("1.pnm"), b"a page").unwrap();
        let next = Folder::open(memory.path(), "test:0").unwrap();
        assert_eq!(fs::read_dir(next.path()).unwrap().count(), 0);
        drop(next);
        assert!(!path.exists());
    }

    #[test]
    fn a_folder_on_a_disk_or_of_others_is_refused() {
        let disk = tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR")).unwrap();
        let error = Folder::open(disk.path(), "test:0").unwrap_err();
        assert!(error.to_string().contains("is not in memory"), "{error}");
        let memory = memory();
        std::os::unix::fs::symlink("/dev", memory.path().join("kiosk-scan-test_0")).unwrap();
        let error = Folder::open(memory.path(), "test:0").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
    }
}
