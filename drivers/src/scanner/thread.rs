//! A scanner on a thread of its own: jobs by number, health between them.

use std::io;
use std::sync::mpsc::Sender;
use std::time::Duration;

use super::Scanner;
use super::fault::ScanFault;
use super::page::{NextPage, Page, ScanSettings};
use crate::runner::jobs::{JobDevice, JobThread, Outlet};
use crate::runner::{CancelToken, Condition, HealthState, Identity, Report};

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
    /// End the job, at the scanner too; also one that still waits. A job already over is left alone.
    Cancel {
        /// The job's number.
        job: u64,
    },
}

/// What the scanner has to say.
#[derive(Debug, PartialEq, Eq)]
pub enum ScannerEvent {
    /// The job has begun, or its page is not ready yet: something to show.
    Progress {
        /// The job's number.
        job: u64,
        /// Pages so far.
        pages: u32,
    },
    /// One page.
    Page {
        /// The job's number.
        job: u64,
        /// 1 for the first.
        number: u32,
        /// The page itself.
        page: Page,
    },
    /// All pages have come.
    End {
        /// The job's number.
        job: u64,
        /// How many.
        pages: u32,
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
pub struct ScannerThread(JobThread<ScanSettings>);

impl ScannerThread {
    /// Runs `scanner` on a thread called `name`; everything it says goes through `map` into `events`.
    ///
    /// Between jobs the scanner is asked for its health every `poll`.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start<M, E>(
        name: &str,
        scanner: Box<dyn Scanner>,
        poll: Duration,
        events: Sender<E>,
        map: M,
    ) -> io::Result<Self>
    where
        M: Fn(Report<ScannerEvent>) -> E + Send + 'static,
        E: Send + 'static,
    {
        let worker = Worker {
            scanner,
            identified: false,
        };
        JobThread::start(name, worker, poll, events, map).map(Self)
    }

    /// Hands `command` over; a cancel takes effect at once, also in the middle of a page.
    ///
    /// Returns `false` when the thread has ended.
    pub fn send(&self, command: ScannerCommand) -> bool {
        match command {
            ScannerCommand::Scan { job, settings } => self.0.work(job, settings),
            ScannerCommand::Cancel { job } => self.0.cancel(job),
        }
    }
}

struct Worker {
    scanner: Box<dyn Scanner>,
    identified: bool,
}

impl JobDevice for Worker {
    type Work = ScanSettings;
    type Event = ScannerEvent;

    const BUSY: &'static str = "scanning";

    /// Asks how the scanner is, and first of all who.
    fn look(&mut self, outlet: &mut Outlet<ScannerEvent>) {
        if !self.identified {
            match self.scanner.identify() {
                Ok(name) => {
                    self.identified = true;
                    outlet.report(Report::Identified(Identity { name, detail: None }));
                }
                Err(fault) => {
                    tracing::debug!(%fault, "identifying the scanner");
                    let state = if fault == ScanFault::Offline {
                        HealthState::Offline
                    } else {
                        HealthState::HardwareError
                    };
                    outlet.condition(Condition::new(state, fault.kind()));
                    return;
                }
            }
        }
        outlet.condition(self.scanner.status());
    }

    fn work(
        &mut self,
        job: u64,
        settings: ScanSettings,
        cancel: &CancelToken,
        outlet: &mut Outlet<ScannerEvent>,
    ) {
        let mut pages = 0;
        outlet.say(ScannerEvent::Progress { job, pages });
        if let Err(fault) = self.scanner.start(&settings, cancel) {
            outlet.say(ScannerEvent::Fault { job, fault });
            return;
        }
        loop {
            match self.scanner.next_page() {
                NextPage::Page(page) => {
                    pages += 1;
                    outlet.say(ScannerEvent::Page {
                        job,
                        number: pages,
                        page,
                    });
                }
                NextPage::Retry(pause) => {
                    outlet.say(ScannerEvent::Progress { job, pages });
                    cancel.wait(pause);
                }
                NextPage::End => return outlet.say(ScannerEvent::End { job, pages }),
                NextPage::Fault(fault) => return outlet.say(ScannerEvent::Fault { job, fault }),
            }
        }
    }
}
