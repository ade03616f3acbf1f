//! One SANE device: options asked once, a child for each job, pages as they are whole.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::child::{self, Scanimage, Waited};
use super::folder::Folder;
use super::options::Options;
use super::pnm;
use crate::runner::{CancelToken, Condition};
use crate::scanner::{NextPage, ScanFault, ScanSettings, Scanner, Source};

/// So long a page is waited for until it is told how far it is.
const TELL: Duration = Duration::from_millis(400);
/// How often it is looked how large the page has become.
const GROWTH: Duration = Duration::from_millis(50);

/// How `scanimage` is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The program.
    pub program: PathBuf,
    /// A folder in memory, in which each scanner gets one of its own for its pages.
    pub memory: PathBuf,
    /// Opening the device and asking what it can do.
    pub open: Duration,
    /// One page, warming up included.
    pub page: Duration,
    /// Largest file of a page, in bytes.
    pub page_bytes: u64,
    /// Most pages of one job.
    pub pages: u32,
    /// How long a scanner that was well is believed to be so: looking means opening it.
    pub look: Duration,
    /// More arguments for `scanimage`, for options of one backend.
    pub arguments: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            program: "scanimage".into(),
            memory: "/dev/shm".into(),
            open: Duration::from_secs(20),
            page: Duration::from_secs(120),
            page_bytes: pnm::MAX_BYTES,
            pages: 200,
            look: Duration::from_secs(60),
            arguments: Vec::new(),
        }
    }
}

/// A scanner that SANE knows as `device`, such as `fujitsu:fi-7160:12345`.
#[derive(Debug)]
pub struct SaneScanner {
    device: String,
    settings: Settings,
    folder: Folder,
    config: OsString,
    options: Option<Options>,
    job: Option<Job>,
    /// When it was last known to be well.
    well: Option<Instant>,
}

#[derive(Debug)]
struct Job {
    running: Scanimage,
    cancel: CancelToken,
    source: Source,
    dpi: Option<u32>,
    pages: u32,
    /// Since when the next page is waited for.
    since: Instant,
}

impl SaneScanner {
    /// The device is not asked yet.
    ///
    /// # Errors
    /// [`ScanFault::Device`] when `device` is no name of SANE's, or there is no folder in
    /// memory for its pages.
    pub fn new(device: &str, settings: Settings) -> Result<Self, ScanFault> {
        let plain = |c: char| !c.is_control();
        if device.is_empty() || device.starts_with('-') || !device.chars().all(plain) {
            return Err(ScanFault::Device(
                "a SANE device is named as `scanimage -L` does".to_owned(),
            ));
        }
        let folder = Folder::open(&settings.memory, device).map_err(|error| system(&error))?;
        let given = std::env::var_os("SANE_CONFIG_DIR");
        let config = child::settings_for(device, folder.path(), given);
        let config = config.map_err(|error| system(&error))?;
        Ok(Self {
            device: device.to_owned(),
            settings,
            folder,
            config,
            options: None,
            job: None,
            well: None,
        })
    }

    /// Runs `scanimage` with `arguments` to its end and returns what it printed.
    fn ask(&self, arguments: &[String]) -> Result<(ExitStatus, String), ScanFault> {
        let until = Instant::now() + self.settings.open;
        let (status, text) =
            Scanimage::start(&self.settings.program, arguments, Some(&self.config))
                .and_then(|running| running.finish(until))
                .map_err(|error| system(&error))?;
        match status.code() {
            Some(child::NO_PROGRAM) => Err(system(&io::ErrorKind::NotFound.into())),
            Some(_) | None => Ok((status, text)),
        }
    }

    fn on_device(&self, rest: &[&str]) -> Vec<String> {
        let mut arguments = vec![format!("--device-name={}", self.device)];
        arguments.extend(rest.iter().map(|&one| one.to_owned()));
        arguments
    }

    /// What it can do; asked the first time.
    fn options(&mut self) -> Result<&Options, ScanFault> {
        let known = match self.options.take() {
            Some(known) => known,
            None => {
                let (status, text) = self.ask(&self.on_device(&["--all-options"]))?;
                if !status.success() {
                    return Err(ScanFault::Offline);
                }
                Options::parse(&text)
            }
        };
        self.well = Some(Instant::now());
        Ok(self.options.insert(known))
    }

    /// Whether the device opens, without scanning.
    fn opens(&self) -> Result<bool, ScanFault> {
        let (status, _) = self.ask(&self.on_device(&["--dont-scan", "--format=pnm"]))?;
        Ok(status.success())
    }

    /// Waits for the next page, or for a while that is worth telling how far it is.
    fn wait_for_page(&mut self) -> Result<NextPage, ScanFault> {
        let Some(job) = &mut self.job else {
            return Ok(NextPage::End);
        };
        if job.pages >= self.settings.pages {
            return Err(ScanFault::Device(format!(
                "more than {} pages in one job",
                self.settings.pages
            )));
        }
        let name = format!("{}.pnm", job.pages + 1);
        let until = job.since + self.settings.page;
        let tell = Instant::now() + TELL;
        while !job.running.printed_line(&format!("/{name}")) {
            let look = (Instant::now() + GROWTH).min(tell).min(until);
            match job.running.listen(look, &job.cancel) {
                Ok(Waited::Printed) => {}
                Ok(Waited::Closed) => {
                    let status = job.running.status(until).map_err(|error| system(&error))?;
                    // Written whole, and the line that tells of it was lost.
                    if matches!(status.code(), Some(0 | 7)) && self.folder.holds(&name) {
                        break;
                    }
                    return self.over(status).map(|()| NextPage::End);
                }
                Ok(Waited::TimedOut) => {
                    let (head, length) = self.folder.growing(&name);
                    let now = Instant::now();
                    if length > self.settings.page_bytes {
                        return Err(too_large());
                    } else if now >= until {
                        return Err(ScanFault::Timeout);
                    } else if now >= tell {
                        return Ok(NextPage::Coming(pnm::percent_here(&head, length)));
                    }
                }
                Ok(Waited::Cancelled) => return Err(ScanFault::Cancelled),
                Err(error) => return Err(system(&error)),
            }
        }
        job.pages += 1;
        job.since = Instant::now();
        let file = self.folder.take(&name, self.settings.page_bytes);
        let page = pnm::page(&file.map_err(|error| system(&error))?, job.dpi)?;
        Ok(NextPage::Page(page))
    }

    /// The child ended without another page: was that the end of the paper, or a fault?
    fn over(&mut self, status: ExitStatus) -> Result<(), ScanFault> {
        let Some(job) = self.job.take() else {
            return Ok(());
        };
        match (status.code(), job.pages) {
            (Some(0 | 7), 0) if job.source == Source::Platen => Err(ScanFault::EmptyImage),
            (Some(0 | 7), 0) => Err(ScanFault::NoPaper),
            (Some(0 | 7), _) => Ok(()),
            // One number for both: an option it does not take, and a device that is away.
            (Some(1 | 4), _) => match self.opens()? {
                true => Err(ScanFault::Unsupported),
                false => Err(ScanFault::Offline),
            },
            (Some(2), _) => Err(ScanFault::Cancelled),
            (Some(3), _) => Err(ScanFault::Busy),
            (Some(6), _) => Err(ScanFault::Jam),
            (Some(8), _) => Err(ScanFault::CoverOpen),
            (Some(9), _) => Err(ScanFault::Device("the device does not answer".to_owned())),
            (Some(11), _) => Err(ScanFault::Device("the device may not be opened".to_owned())),
            (None, _) if status.signal() == Some(Signal::XFSZ.as_raw()) => Err(too_large()),
            (Some(_) | None, _) => Err(ScanFault::Device(format!("scanimage ended with {status}"))),
        }
    }
}

impl Scanner for SaneScanner {
    fn identify(&mut self) -> Result<String, ScanFault> {
        self.options()?;
        // Scanners behind a network open and are in no list; then their name has to do.
        let listed = self.ask(&["--formatted-device-list=%d|%v %m%n".to_owned()]);
        let name = listed.ok().and_then(|(_, text)| {
            text.lines()
                .filter_map(|line| line.split_once('|'))
                .find(|(device, _)| *device == self.device)
                .map(|(_, name)| name.chars().take(100).collect())
        });
        Ok(name.unwrap_or_else(|| self.device.clone()))
    }

    fn status(&mut self) -> Result<Condition, ScanFault> {
        let fresh = self
            .well
            .is_some_and(|at| at.elapsed() < self.settings.look);
        if fresh {
            return Ok(Condition::ONLINE);
        }
        if !self.opens()? {
            return Err(ScanFault::Offline);
        }
        self.well = Some(Instant::now());
        Ok(Condition::ONLINE)
    }

    fn forget(&mut self) {
        self.options = None;
        self.well = None;
    }

    fn places(&mut self) -> Result<&'static [Source], ScanFault> {
        let options = self.options()?;
        let has = |source| options.has(source);
        Ok(Source::places(has(Source::Feeder), has(Source::Platen)))
    }

    fn feeds_both_sides(&mut self) -> Result<bool, ScanFault> {
        Ok(self.options()?.has(Source::Duplex))
    }

    fn start(&mut self, settings: &ScanSettings, cancel: &CancelToken) -> Result<(), ScanFault> {
        self.cancel();
        let choice = self.options()?.choose(settings)?;
        let pages = format!("--batch={}/%d.pnm", self.folder.path().display());
        let mut arguments = self.on_device(&["--format=pnm", "--batch-print", &pages]);
        // It draws the next sheet while we read the last page: it has to know where to stop.
        let most = match settings.source {
            Source::Platen => Some(1),
            Source::Feeder | Source::Duplex => settings.most_pages,
        };
        arguments.extend(most.map(|most| format!("--batch-count={most}")));
        arguments.extend(choice.arguments);
        arguments.extend(self.settings.arguments.iter().cloned());
        let running = Scanimage::start(&self.settings.program, &arguments, Some(&self.config))
            .map_err(|error| system(&error))?;
        running.limit(self.settings.page_bytes);
        self.job = Some(Job {
            running,
            cancel: cancel.clone(),
            source: settings.source,
            dpi: choice.dpi,
            pages: 0,
            since: Instant::now(),
        });
        Ok(())
    }

    fn next_page(&mut self) -> NextPage {
        match self.wait_for_page() {
            Ok(NextPage::End) => {
                self.cancel();
                NextPage::End
            }
            Ok(next) => next,
            Err(fault) => {
                self.cancel();
                // What kept the page from coming may be gone, or not: it is looked at again.
                self.well = None;
                NextPage::Fault(fault)
            }
        }
    }

    fn cancel(&mut self) {
        if let Some(job) = self.job.take() {
            job.running.stop();
        }
        if let Err(error) = self.folder.empty() {
            tracing::warn!(%error, "the scanner's folder could not be emptied");
        }
    }
}

fn too_large() -> ScanFault {
    ScanFault::Device("the page is larger than any page may be".to_owned())
}

fn system(error: &io::Error) -> ScanFault {
    match error.kind() {
        io::ErrorKind::TimedOut => ScanFault::Timeout,
        io::ErrorKind::NotFound => ScanFault::Device("scanimage is not installed".to_owned()),
        _ => ScanFault::Device(error.to_string()),
    }
}
