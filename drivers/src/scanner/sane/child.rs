//! `scanimage` as a child: started, listened to, stopped; never waited for without an end.

use std::ffi::OsString;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags};
use rustix::process::{Resource, Rlimit, prlimit};

use crate::child::Running;
use crate::poll::any_readable;
use crate::runner::CancelToken;

/// How often a wait looks whether it was cancelled.
const LOOK: Duration = Duration::from_millis(50);
/// After a polite request to stop, so long until it is killed.
const STOP: Duration = Duration::from_secs(5);
/// Most bytes taken of what it prints.
const MOST_PRINTED: usize = 256 * 1024;

/// What `setpriv` says of a program that is not there.
pub(super) const NO_PROGRAM: i32 = 127;
/// Most memory of the program itself: its libraries, and a page three times over.
const PROGRAM: u64 = 2 << 30;

/// How a wait ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Waited {
    /// It printed something.
    Printed,
    /// It closed its output: it is ending.
    Closed,
    /// Nothing came in time.
    TimedOut,
    /// The job was cancelled.
    Cancelled,
}

/// The running `scanimage`.
#[derive(Debug)]
pub(super) struct Scanimage {
    running: Running,
    output: Option<ChildStdout>,
    printed: Vec<u8>,
    /// How it ended, once that was asked for.
    ended: Option<ExitStatus>,
}

impl Scanimage {
    /// Starts `program` with `arguments`, knowing only the folder of SANE's settings. Should the
    /// kiosk itself be killed, the kernel asks it to stop: it does so at the end of the thread
    /// that started it, which is the scanner's own.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(super) fn start(
        program: &Path,
        arguments: &[String],
        settings: Option<&OsString>,
    ) -> io::Result<Self> {
        let mut command = Command::new("setpriv");
        command
            .args(["--pdeathsig", "INT", "--"])
            .arg(program)
            .args(arguments)
            .env_clear()
            // Its words are in the system's language otherwise.
            .env("LC_ALL", "C")
            .env("PATH", "/usr/bin:/bin")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        if let Some(settings) = settings {
            command.env("SANE_CONFIG_DIR", settings);
        }
        let mut running = Running::start(&mut command)?;
        Ok(Self {
            output: running.output(),
            running,
            printed: Vec::new(),
            ended: None,
        })
    }

    /// Keeps it from writing a file of more than `bytes`, from growing without end itself (it
    /// holds a page whose height nobody knows), and from leaving a page behind when it crashes.
    pub(super) fn limit(&self, bytes: u64) {
        let most = |most: u64| Rlimit {
            current: Some(most),
            maximum: Some(most),
        };
        let limits = [
            (Resource::Fsize, most(bytes.saturating_add(1))),
            (Resource::As, most(bytes.saturating_add(PROGRAM))),
            (Resource::Core, most(0)),
        ];
        for (resource, limit) in limits {
            // One that has ended already needs none.
            if let Err(error) = prlimit(Some(self.running.pid()), resource, limit) {
                tracing::debug!(%error, "limiting scanimage");
            }
        }
    }

    /// Waits until it prints, ends, `deadline` comes or `cancel` is pulled.
    ///
    /// # Errors
    /// What the system says of its output.
    pub(super) fn listen(&mut self, deadline: Instant, cancel: &CancelToken) -> io::Result<Waited> {
        let Some(output) = &mut self.output else {
            return Ok(Waited::Closed);
        };
        loop {
            if cancel.is_cancelled() {
                return Ok(Waited::Cancelled);
            }
            let now = Instant::now();
            if now >= deadline {
                return Ok(Waited::TimedOut);
            }
            let mut wait = [
                PollFd::new(output, PollFlags::IN),
                PollFd::new(&self.running, PollFlags::IN),
            ];
            if !any_readable(&mut wait, deadline.min(now + LOOK))? {
                continue;
            }
            let [said, ended] = &wait;
            if said.revents().is_empty() && !ended.revents().is_empty() {
                self.output = None;
                return Ok(Waited::Closed);
            }
            let mut piece = [0; 4096];
            let count = output.read(&mut piece)?;
            if count == 0 {
                self.output = None;
                return Ok(Waited::Closed);
            }
            let room = MOST_PRINTED.saturating_sub(self.printed.len());
            let piece = piece.get(..count.min(room)).unwrap_or_default();
            self.printed.extend_from_slice(piece);
            return Ok(Waited::Printed);
        }
    }

    /// Whether it has printed a line that ends with `name`; that line is then forgotten, and
    /// those before it.
    pub(super) fn printed_line(&mut self, name: &str) -> bool {
        let mut end = 0;
        for line in self.printed.split_inclusive(|byte| *byte == b'\n') {
            end += line.len();
            if line
                .strip_suffix(b"\n")
                .is_some_and(|line| line.ends_with(name.as_bytes()))
            {
                self.printed.drain(..end);
                return true;
            }
        }
        false
    }

    /// All it printed, once it has ended by itself in time.
    ///
    /// # Errors
    /// `TimedOut`, and what the system says.
    pub(super) fn finish(mut self, deadline: Instant) -> io::Result<(ExitStatus, String)> {
        let never = CancelToken::default();
        loop {
            match self.listen(deadline, &never)? {
                Waited::Printed | Waited::Cancelled => {}
                Waited::Closed => break,
                Waited::TimedOut => return Err(io::ErrorKind::TimedOut.into()),
            }
        }
        let status = self.status(deadline)?;
        Ok((status, String::from_utf8_lossy(&self.printed).into_owned()))
    }

    /// How it ended.
    ///
    /// # Errors
    /// `TimedOut` when it has not by `deadline`.
    pub(super) fn status(&mut self, deadline: Instant) -> io::Result<ExitStatus> {
        if self.ended.is_none() {
            self.ended = self.running.ended(deadline)?;
        }
        self.ended.ok_or_else(|| io::ErrorKind::TimedOut.into())
    }

    /// Asks it to stop, which lets SANE park the lamp and give the device back.
    pub(super) fn stop(mut self) {
        if self.ended.is_some() {
            // Its number may be another program's by now.
            return;
        }
        self.running.interrupt();
        // Its output goes nowhere now; a program that writes ends by that too.
        self.output = None;
        if let Err(error) = self.status(Instant::now() + STOP) {
            tracing::warn!(%error, "scanimage did not stop and is killed");
        }
    }
}

/// Where SANE looks for its settings: as `given` by the caller's environment
/// (`SANE_CONFIG_DIR`), or a folder of our own that names only the backend of `device`, in
/// front of the system's. Asking all 77 takes seconds.
///
/// # Errors
/// When the folder cannot be written.
pub(super) fn settings_for(
    device: &str,
    folder: &Path,
    given: Option<OsString>,
) -> io::Result<OsString> {
    if let Some(given) = given {
        return Ok(given);
    }
    let backend = device.split(':').next().unwrap_or_default();
    let own: PathBuf = folder.join("sane.d");
    std::fs::create_dir_all(&own)?;
    std::fs::write(own.join("dll.conf"), format!("{backend}\n"))?;
    let mut path = own.into_os_string();
    // With the colon SANE goes on to the system's folder for the backend's own file.
    path.push(":");
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operators_settings_are_left_alone_and_without_them_one_backend_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let given = Some(OsString::from("/etc/ours"));
        let told = settings_for("fujitsu:fi-7160:1", folder.path(), given).unwrap();
        assert_eq!(told, "/etc/ours");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        let told = settings_for("fujitsu:fi-7160:1", folder.path(), None).unwrap();
        let own = folder.path().join("sane.d");
        assert_eq!(told.to_str().unwrap(), format!("{}:", own.display()));
        let named = std::fs::read_to_string(own.join("dll.conf")).unwrap();
        assert_eq!(named, "fujitsu\n");
    }

    /// The other half of the test below: scans until it is killed.
    #[test]
    fn a_scan_of_a_kiosk_that_is_killed() {
        if std::env::var_os("KIOSK_TEST_KILLED").is_none() {
            return;
        }
        let arguments = ["-f".to_owned(), "/dev/null".to_owned()];
        let running = Scanimage::start(Path::new("tail"), &arguments, None).unwrap();
        println!("scanning: {}", running.running.pid().as_raw_nonzero());
        loop {
            std::thread::park();
        }
    }

    #[test]
    fn the_scan_of_a_kiosk_that_is_killed_ends_too() {
        use std::io::{BufRead as _, BufReader};
        let test = "scanner::sane::child::tests::a_scan_of_a_kiosk_that_is_killed";
        let mut kiosk = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", test, "--nocapture"])
            .env("KIOSK_TEST_KILLED", "1")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(kiosk.stdout.take().unwrap()).lines();
        let pid = said
            .map_while(Result::ok)
            .find_map(|line| Some(line.split_once("scanning: ")?.1.to_owned()))
            .unwrap();
        // Gone, or dead and not yet waited for by whoever inherited it.
        let state = || std::fs::read_to_string(format!("/proc/{pid}/stat"));
        let runs = || state().is_ok_and(|stat| !stat.contains(") Z "));
        // It has become the program it is to run.
        while !state().unwrap().contains("(tail)") {
            std::thread::park_timeout(Duration::from_millis(2));
        }
        kiosk.kill().unwrap();
        kiosk.wait().unwrap();
        while runs() {
            std::thread::park_timeout(Duration::from_millis(2));
        }
    }

    #[test]
    fn a_program_that_scans_is_bounded_in_files_and_memory_and_leaves_no_core() {
        let arguments = ["-f".to_owned(), "/dev/null".to_owned()];
        let running = Scanimage::start(Path::new("/usr/bin/tail"), &arguments, None).unwrap();
        running.limit(1000);
        let pid = running.running.pid().as_raw_nonzero();
        let limits = std::fs::read_to_string(format!("/proc/{pid}/limits")).unwrap();
        let limit = |name: &str| {
            let line = limits.lines().find(|line| line.starts_with(name)).unwrap();
            let most = line[name.len()..].split_whitespace().next().unwrap();
            most.parse::<u64>().unwrap()
        };
        assert_eq!(limit("Max file size"), 1001);
        assert_eq!(limit("Max core file size"), 0);
        assert_eq!(limit("Max address space"), (2 << 30) + 1000);
        running.stop();
    }
}
