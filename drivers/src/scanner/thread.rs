//! A scanner on a thread of its own: jobs by number, health between them.

use std::io;
use std::sync::mpsc::Sender;

use super::Scanner;
use super::fault::ScanFault;
use super::page::{NextPage, Page, ScanSettings, Source};
use crate::runner::jobs::{JobDevice, JobThread, Outlet};
use crate::runner::{CancelToken, Condition, Fault, Identity, Report, Upkeep};

/// What the scanner can be told to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScannerCommand {
    /// Scan; ends with exactly one [`ScannerEvent::End`] or [`ScannerEvent::Fault`] of the same job.
    Scan {
        /// The caller's number of the job; every event carries it.
        job: u64,
        /// What to scan.
        settings: ScanSettings,
    },
    /// Scan the sheets in the feeder, or what lies on the glass when the feeder is empty; ends
    /// as a [`ScannerCommand::Scan`] does.
    ScanPaper {
        /// The caller's number of the job.
        job: u64,
        /// What to scan; the source is chosen.
        settings: ScanSettings,
        /// Most pages; sheets beyond stay in the feeder, unless the scanner has drawn them in
        /// before it is told.
        pages: u32,
        /// Both sides of the sheets, where the feeder can do that.
        both_sides: bool,
    },
    /// End the job, at the scanner too; also one that still waits. A job already over is left alone.
    Cancel {
        /// The job's number.
        job: u64,
    },
}

/// What the scanner has to say.
#[derive(Debug, PartialEq, Eq)]
pub enum ScannerEvent {
    /// Whether the scanner has a feeder; said once it is known.
    Feeder(bool),
    /// The job has begun, or its page is not ready yet: something to show.
    Progress {
        /// The job's number.
        job: u64,
        /// Pages so far.
        pages: u32,
        /// So many percent of the next one's rows are here; 0 when that is not known.
        percent: u8,
    },
    /// One page.
    Page {
        /// The job's number.
        job: u64,
        /// 1 for the first.
        number: u32,
        /// Where it lay.
        source: Source,
        /// The page itself.
        page: Page,
    },
    /// All pages have come.
    End {
        /// The job's number.
        job: u64,
        /// How many.
        pages: u32,
        /// No more were wanted, and sheets may be left in the feeder.
        left: bool,
    },
    /// The job is over without its end; pages that came before are whole.
    Fault {
        /// The job's number.
        job: u64,
        /// Why.
        fault: ScanFault,
    },
}

/// A running scanner. Dropping it cancels what runs and waits for the thread.
#[derive(Debug)]
pub struct ScannerThread(JobThread<Task>);

impl ScannerThread {
    /// Runs `scanner` on a thread called `name`; everything it says goes through `map` into `events`.
    ///
    /// Between jobs the scanner is looked after as `upkeep` says.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start<M, E>(
        name: &str,
        scanner: Box<dyn Scanner>,
        upkeep: Upkeep,
        events: Sender<E>,
        map: M,
    ) -> io::Result<Self>
    where
        M: Fn(Report<ScannerEvent>) -> E + Send + 'static,
        E: Send + 'static,
    {
        JobThread::start(name, Worker(scanner), upkeep, events, map).map(Self)
    }

    /// Hands `command` over; a cancel takes effect at once, also in the middle of a page.
    ///
    /// Returns `false` when the thread has ended.
    pub fn send(&self, command: ScannerCommand) -> bool {
        let (job, task) = match command {
            ScannerCommand::Scan { job, settings } => {
                let pages = None;
                (
                    job,
                    Task {
                        settings,
                        pages,
                        both_sides: false,
                    },
                )
            }
            ScannerCommand::ScanPaper {
                job,
                settings,
                pages,
                both_sides,
            } => {
                let pages = Some(pages);
                (
                    job,
                    Task {
                        settings,
                        pages,
                        both_sides,
                    },
                )
            }
            ScannerCommand::Cancel { job } => return self.0.cancel(job),
        };
        self.0.work(job, task)
    }
}

/// One job.
#[derive(Debug)]
struct Task {
    settings: ScanSettings,
    /// Most pages from wherever paper lies; `None` for the source of the settings, to its end.
    pages: Option<u32>,
    both_sides: bool,
}

struct Worker(Box<dyn Scanner>);

/// Asks a scanner who it is.
pub(super) fn identify(scanner: &mut dyn Scanner) -> Result<Identity, Fault> {
    let name = scanner.identify();
    let name = name.map_err(|fault| fault.during("identify the scanner"))?;
    Ok(Identity { name, detail: None })
}

/// Asks a scanner how it is.
pub(super) fn look(scanner: &mut dyn Scanner) -> Result<Condition, Fault> {
    let status = scanner.status();
    status.map_err(|fault| fault.during("ask the scanner's status"))
}

impl Worker {
    /// The sources to try, in this order.
    fn sources<'t>(&mut self, task: &'t Task) -> Result<&'t [Source], ScanFault> {
        if task.pages.is_none() {
            return Ok(std::slice::from_ref(&task.settings.source));
        }
        Ok(match self.0.places()? {
            [Source::Feeder, rest @ ..] if !rest.is_empty() && self.0.feeder_is_empty()? => rest,
            all => all,
        })
    }

    /// Scans from `source` to the end of its paper or of what is wanted; how many pages came, and
    /// whether sheets may be left.
    fn scan(
        &mut self,
        (job, source): (u64, Source),
        task: &Task,
        cancel: &CancelToken,
        outlet: &Outlet<ScannerEvent>,
    ) -> (u32, Result<bool, ScanFault>) {
        let settings = ScanSettings {
            source,
            most_pages: task.pages.or(task.settings.most_pages),
            region: match source {
                Source::Feeder | Source::Duplex if task.pages.is_some() => {
                    task.settings.region.fed()
                }
                Source::Platen | Source::Feeder | Source::Duplex => task.settings.region,
            },
            ..task.settings
        };
        let mut pages = 0;
        if let Err(fault) = self.0.start(&settings, cancel) {
            return (pages, Err(fault));
        }
        loop {
            match self.0.next_page() {
                NextPage::Page(page) => {
                    pages += 1;
                    outlet.say(ScannerEvent::Page {
                        job,
                        number: pages,
                        source,
                        page,
                    });
                    if task.pages.is_some_and(|most| pages >= most) {
                        self.0.cancel();
                        let left =
                            source != Source::Platen && !self.0.feeder_is_empty().unwrap_or(false);
                        return (pages, Ok(left));
                    }
                }
                NextPage::Coming(percent) => {
                    outlet.say(ScannerEvent::Progress {
                        job,
                        pages,
                        percent,
                    });
                }
                NextPage::Retry(pause) => {
                    let percent = 0;
                    outlet.say(ScannerEvent::Progress {
                        job,
                        pages,
                        percent,
                    });
                    cancel.wait(pause);
                }
                NextPage::End => return (pages, Ok(false)),
                NextPage::Fault(fault) => return (pages, Err(fault)),
            }
        }
    }
}

impl JobDevice for Worker {
    type Work = Task;
    type Event = ScannerEvent;

    const BUSY: &'static str = "scanning";

    fn identify(&mut self, outlet: &Outlet<ScannerEvent>) -> Result<Identity, Fault> {
        let identity = identify(self.0.as_mut())?;
        let places = self.0.places();
        let places = places.map_err(|fault| fault.during("ask where paper may lie"))?;
        outlet.say(ScannerEvent::Feeder(places.contains(&Source::Feeder)));
        Ok(identity)
    }

    fn look(&mut self) -> Result<Condition, Fault> {
        look(self.0.as_mut())
    }

    fn forget(&mut self) {
        self.0.forget();
    }

    fn work(
        &mut self,
        job: u64,
        task: Task,
        cancel: &CancelToken,
        outlet: &mut Outlet<ScannerEvent>,
    ) {
        outlet.say(ScannerEvent::Progress {
            job,
            pages: 0,
            percent: 0,
        });
        let sources = match self.sources(&task) {
            Ok(sources) => sources,
            Err(fault) => return outlet.say(ScannerEvent::Fault { job, fault }),
        };
        let both = task.both_sides && matches!(self.0.feeds_both_sides(), Ok(true));
        let mut ended = (0, Err(ScanFault::Unsupported));
        for &source in sources {
            let source = match source {
                Source::Feeder if both => Source::Duplex,
                source => source,
            };
            ended = self.scan((job, source), &task, cancel, outlet);
            // Not in the feeder, or the feeder takes no job: then perhaps on the glass.
            let elsewhere = matches!(ended, (0, Err(ScanFault::NoPaper | ScanFault::Unsupported)));
            if !elsewhere {
                break;
            }
        }
        outlet.say(match ended {
            (pages, Ok(left)) => ScannerEvent::End { job, pages, left },
            (_, Err(fault)) => ScannerEvent::Fault { job, fault },
        });
    }
}
