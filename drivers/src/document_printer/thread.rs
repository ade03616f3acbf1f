//! The thread around a [`DocumentPrinter`]: a document may wait minutes for paper.

use std::io;
use std::sync::mpsc::Sender;

use zeroize::Zeroizing;

use super::{DocumentPrinter, DocumentResult, Progress, hindered};
use crate::runner::jobs::{JobDevice, JobThread, Outlet};
use crate::runner::{CancelToken, Condition, Fault, HealthState, Identity, Report, Upkeep};

/// What the printer can be told to do.
#[derive(Clone, PartialEq, Eq)]
pub enum DocumentCommand {
    /// Print; ends with exactly one [`DocumentEvent::Ended`] of the same job.
    Print {
        /// The caller's number of the job; every event carries it.
        job: u64,
        /// The document; wiped once it is handed over.
        pdf: Zeroizing<Vec<u8>>,
    },
    /// End the job, at the printer too; also one that still waits. A job already over is left alone.
    Cancel {
        /// The job's number.
        job: u64,
    },
}

impl std::fmt::Debug for DocumentCommand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Print { job, .. } => write!(f, "Print({job}, [redacted])"),
            Self::Cancel { job } => write!(f, "Cancel({job})"),
        }
    }
}

/// What the printer has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DocumentEvent {
    /// Something to show.
    Progress {
        /// The job's number.
        job: u64,
        /// How it goes.
        progress: Progress,
    },
    /// The job is over.
    Ended {
        /// The job's number.
        job: u64,
        /// How.
        result: DocumentResult,
    },
}

/// A running document printer. Dropping it cancels what runs and waits for the thread.
#[derive(Debug)]
pub struct DocumentThread(JobThread<Zeroizing<Vec<u8>>>);

impl DocumentThread {
    /// Runs `printer` on a thread called `name`; everything it says goes through `map` into `events`.
    ///
    /// Between jobs the printer is looked after as `upkeep` says.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start<M, E>(
        name: &str,
        printer: Box<dyn DocumentPrinter>,
        upkeep: Upkeep,
        events: Sender<E>,
        map: M,
    ) -> io::Result<Self>
    where
        M: Fn(Report<DocumentEvent>) -> E + Send + 'static,
        E: Send + 'static,
    {
        JobThread::start(name, Worker(printer), upkeep, events, map).map(Self)
    }

    /// Hands `command` over; a cancel takes effect at once, also while a job waits for paper.
    ///
    /// Returns `false` when the thread has ended.
    pub fn send(&self, command: DocumentCommand) -> bool {
        match command {
            DocumentCommand::Print { job, pdf } => self.0.work(job, pdf),
            DocumentCommand::Cancel { job } => self.0.cancel(job),
        }
    }
}

struct Worker(Box<dyn DocumentPrinter>);

impl JobDevice for Worker {
    type Work = Zeroizing<Vec<u8>>;
    type Event = DocumentEvent;

    const BUSY: &'static str = "printing";

    fn identify(&mut self, _outlet: &Outlet<DocumentEvent>) -> Result<Identity, Fault> {
        self.0.identify()
    }

    fn look(&mut self) -> Result<Condition, Fault> {
        self.0.condition()
    }

    fn work(
        &mut self,
        job: u64,
        pdf: Zeroizing<Vec<u8>>,
        cancel: &CancelToken,
        outlet: &mut Outlet<DocumentEvent>,
    ) {
        let mut progress = |progress| {
            // Whoever waits for the paper, and who is to bring it, are told while it matters.
            outlet.meanwhile(match progress {
                Progress::Waiting(cause) => hindered(cause),
                Progress::Accepted | Progress::Going => {
                    Condition::new(HealthState::Busy, Self::BUSY)
                }
            });
            outlet.say(DocumentEvent::Progress { job, progress });
        };
        let result = self.0.print_watched(&pdf, cancel, &mut progress);
        outlet.say(DocumentEvent::Ended { job, result });
    }
}

#[cfg(all(test, feature = "simulator"))]
mod tests {
    use std::sync::mpsc::{self, Receiver};
    use std::time::Duration;

    use super::*;
    use crate::document_printer::ipp::sim::{Build, IppSim};
    use crate::document_printer::ipp::{IppPrinter, Patience};
    use crate::receipt_printer::{Cause, Outcome};

    const PATIENCE: Duration = Duration::from_secs(60);

    fn start(sim: &IppSim) -> (DocumentThread, Receiver<Report<DocumentEvent>>) {
        let patience = Patience {
            poll: Duration::from_millis(5),
            resolve: Duration::from_millis(500),
            ..Patience::default()
        };
        let printer = IppPrinter::new(&sim.url(), patience).unwrap();
        let (events, inbox) = mpsc::channel();
        let upkeep = Upkeep::every(Duration::from_secs(60));
        let thread =
            DocumentThread::start("documents", Box::new(printer), upkeep, events, |it| it).unwrap();
        (thread, inbox)
    }

    fn pdf(job: u64) -> DocumentCommand {
        DocumentCommand::Print {
            job,
            pdf: Zeroizing::new(b"%PDF-1.7\n%%EOF\n".to_vec()),
        }
    }

    /// The details of the health that is told while the job waits and once it goes on.
    #[test]
    fn no_paper_jam_and_cover_are_the_health_of_the_printer_while_the_job_waits() {
        for (reason, detail) in [
            ("media-empty-error", "paper_out"),
            ("media-jam", "jam"),
            ("cover-open-report", "cover_open"),
        ] {
            let sim = IppSim::start(Build::default()).unwrap();
            let (thread, inbox) = start(&sim);
            assert!(thread.send(pdf(1)));
            let mut told = Vec::new();
            loop {
                match inbox.recv_timeout(PATIENCE).unwrap() {
                    Report::Health(health) => {
                        let waits = health.state == HealthState::UserError;
                        told.push(health.detail.into_owned());
                        if waits {
                            sim.set_reason(reason, false);
                        }
                    }
                    Report::Event(DocumentEvent::Progress { progress, .. }) => {
                        if progress == Progress::Accepted {
                            sim.set_reason(reason, true);
                        }
                    }
                    Report::Event(DocumentEvent::Ended { result, .. }) => {
                        assert_eq!(result.outcome, Outcome::Printed);
                        break;
                    }
                    Report::Identified(_) => {}
                }
            }
            assert_eq!(told, ["", "", "printing", detail, "printing"], "{reason}");
        }
    }

    fn ended(inbox: &Receiver<Report<DocumentEvent>>) -> (u64, Outcome) {
        loop {
            let report = inbox.recv_timeout(PATIENCE).unwrap();
            if let Report::Event(DocumentEvent::Ended { job, result }) = report {
                return (job, result.outcome);
            }
        }
    }

    #[test]
    fn two_documents_come_out_one_after_the_other() {
        let sim = IppSim::start(Build::default()).unwrap();
        let (thread, inbox) = start(&sim);
        assert!(thread.send(pdf(1)) && thread.send(pdf(2)));
        assert_eq!(ended(&inbox), (1, Outcome::Printed));
        assert_eq!(ended(&inbox), (2, Outcome::Printed));
        assert_eq!(sim.printed().len(), 2);
        assert_eq!(format!("{:?}", pdf(1)), "Print(1, [redacted])");
    }

    fn identity(inbox: &Receiver<Report<DocumentEvent>>) -> String {
        loop {
            if let Report::Identified(identity) = inbox.recv_timeout(PATIENCE).unwrap() {
                return identity.name;
            }
        }
    }

    #[test]
    fn another_printer_put_in_the_place_of_a_broken_one_says_who_it_is() {
        let mut sim = IppSim::start(Build::default()).unwrap();
        let (thread, inbox) = start(&sim);
        assert_eq!(identity(&inbox), "Simulated A4");
        sim.stop();
        sim.rebuild(Build {
            model: "Another A4".to_owned(),
            ..Build::default()
        });
        // The job finds out that nobody is there.
        assert!(thread.send(pdf(1)));
        assert!(matches!(ended(&inbox), (1, Outcome::NotPrinted(_))));
        sim.resume().unwrap();
        assert_eq!(identity(&inbox), "Another A4");
    }

    #[test]
    fn the_resident_cancels_the_one_that_waits_for_paper_and_the_one_behind_it() {
        let sim = IppSim::start(Build::default()).unwrap();
        let (thread, inbox) = start(&sim);
        assert!(thread.send(pdf(1)));
        loop {
            let report = inbox.recv_timeout(PATIENCE).unwrap();
            let Report::Event(DocumentEvent::Progress { progress, .. }) = report else {
                continue;
            };
            match progress {
                Progress::Accepted => sim.set_reason("media-empty", true),
                Progress::Waiting(cause) => {
                    assert_eq!(cause, Cause::PaperOut);
                    break;
                }
                Progress::Going => {}
            }
        }
        assert!(thread.send(pdf(2)));
        assert!(thread.send(DocumentCommand::Cancel { job: 2 }));
        assert!(thread.send(DocumentCommand::Cancel { job: 1 }));
        assert_eq!(ended(&inbox), (1, Outcome::Unknown(Cause::Cancelled)));
        let (job, outcome) = ended(&inbox);
        assert_eq!(job, 2);
        assert!(matches!(outcome, Outcome::NotPrinted(_)), "{outcome:?}");
        sim.set_reason("media-empty", false);
        assert!(sim.printed().is_empty());
    }
}
