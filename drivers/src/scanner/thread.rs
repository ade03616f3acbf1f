//! A scanner on a thread of its own: jobs by number, health between them.

use std::collections::HashMap;
use std::io;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::Scanner;
use super::fault::ScanFault;
use super::page::{CancelToken, NextPage, Page, ScanSettings};
use crate::runner::{Condition, Counters, Health, HealthState, Identity, Report};

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
pub struct ScannerThread {
    orders: Sender<Order>,
    tokens: Tokens,
    thread: Option<JoinHandle<()>>,
}

type Tokens = Arc<Mutex<HashMap<u64, CancelToken>>>;

#[derive(Debug)]
enum Order {
    Scan {
        job: u64,
        settings: ScanSettings,
        cancel: CancelToken,
    },
    Stop,
}

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
        let (orders, inbox) = mpsc::channel();
        let tokens = Tokens::default();
        let worker = Worker {
            scanner,
            inbox,
            tokens: Arc::clone(&tokens),
            poll,
            health: None,
            identified: false,
            // A program that no longer listens is about to stop this thread.
            tell: Box::new(move |report| drop(events.send(map(report)))),
        };
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || worker.run())?;
        Ok(Self {
            orders,
            tokens,
            thread: Some(thread),
        })
    }

    /// Hands `command` over; a cancel takes effect at once, also in the middle of a page.
    ///
    /// Returns `false` when the thread has ended.
    pub fn send(&self, command: ScannerCommand) -> bool {
        match command {
            ScannerCommand::Scan { job, settings } => {
                let cancel = CancelToken::default();
                self.tokens
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .insert(job, cancel.clone());
                self.orders
                    .send(Order::Scan {
                        job,
                        settings,
                        cancel,
                    })
                    .is_ok()
            }
            ScannerCommand::Cancel { job } => {
                let tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(token) = tokens.get(&job) {
                    token.cancel();
                }
                !self.thread.as_ref().is_none_or(JoinHandle::is_finished)
            }
        }
    }
}

impl Drop for ScannerThread {
    fn drop(&mut self) {
        for token in self
            .tokens
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .values()
        {
            token.cancel();
        }
        let _ = self.orders.send(Order::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Worker {
    scanner: Box<dyn Scanner>,
    inbox: Receiver<Order>,
    tokens: Tokens,
    poll: Duration,
    health: Option<Health>,
    identified: bool,
    tell: Box<dyn Fn(Report<ScannerEvent>) + Send>,
}

impl Worker {
    fn run(mut self) {
        self.condition(Condition::new(HealthState::Starting, ""));
        loop {
            self.look();
            match self.inbox.recv_timeout(self.poll) {
                Ok(Order::Scan {
                    job,
                    settings,
                    cancel,
                }) => {
                    self.condition(Condition::new(HealthState::Busy, "scanning"));
                    self.scan(job, &settings, &cancel);
                    self.tokens
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .remove(&job);
                }
                Ok(Order::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    /// Asks how the scanner is, and first of all who.
    fn look(&mut self) {
        if !self.identified {
            match self.scanner.identify() {
                Ok(name) => {
                    self.identified = true;
                    (self.tell)(Report::Identified(Identity { name, detail: None }));
                }
                Err(fault) => {
                    tracing::debug!(%fault, "identifying the scanner");
                    let state = if fault == ScanFault::Offline {
                        HealthState::Offline
                    } else {
                        HealthState::HardwareError
                    };
                    self.condition(Condition::new(state, fault.kind()));
                    return;
                }
            }
        }
        let condition = self.scanner.status();
        self.condition(condition);
    }

    fn scan(&mut self, job: u64, settings: &ScanSettings, cancel: &CancelToken) {
        let mut pages = 0;
        self.say(ScannerEvent::Progress { job, pages });
        if let Err(fault) = self.scanner.start(settings, cancel) {
            self.say(ScannerEvent::Fault { job, fault });
            return;
        }
        loop {
            match self.scanner.next_page() {
                NextPage::Page(page) => {
                    pages += 1;
                    self.say(ScannerEvent::Page {
                        job,
                        number: pages,
                        page,
                    });
                }
                NextPage::Retry(pause) => {
                    self.say(ScannerEvent::Progress { job, pages });
                    cancel.wait(pause);
                }
                NextPage::End => return self.say(ScannerEvent::End { job, pages }),
                NextPage::Fault(fault) => return self.say(ScannerEvent::Fault { job, fault }),
            }
        }
    }

    fn say(&self, event: ScannerEvent) {
        (self.tell)(Report::Event(event));
    }

    /// Reports the health if it is another than before.
    fn condition(&mut self, condition: Condition) {
        let health = Health::changed(&mut self.health, condition, None, &Counters::default());
        if let Some(health) = health {
            (self.tell)(Report::Health(health));
        }
    }
}
