//! One document: asked for, created, handed over once, followed to its end.

use std::time::Instant;

use ipp::model::{DelimiterTag, Operation};
use ipp::value::IppValue;

use super::http::Failure;
use super::printer::{IppPrinter, requested};
use super::status::{self, JOB_ATTRIBUTES, Printer, Standing};
use super::wire::{self, WireError};
use crate::document_printer::{Progress, pages};
use crate::receipt_printer::{Cause, Outcome};
use crate::runner::CancelToken;

/// The largest document taken: 64 MB.
const MAX_BYTES: usize = 64 << 20;
/// State of a job that somebody cancelled.
const CANCELLED: i32 = 7;

/// A job at the printer.
struct Job {
    id: i32,
    /// How many sides its document has; `None` when they could not be counted.
    pages: Option<u32>,
    only_sends: bool,
    /// Why we gave it up; `None` while we want it.
    given_up: Option<Cause>,
    /// Ends what is waited for; once we gave it up nothing does.
    cancel: CancelToken,
    /// What stood in its way last.
    hindrance: Option<Cause>,
}

/// When a job is given up.
struct Limits {
    /// The job as a whole.
    whole: Instant,
    /// Since when it is hindered.
    hindered: Option<Instant>,
    /// Since when it is not known whether its document arrived.
    unsent: Option<Instant>,
    /// Since when the printer does not answer.
    silent: Option<Instant>,
    /// Since when it is given up.
    given_up: Option<Instant>,
}

impl IppPrinter {
    /// Prints `pdf` once, one-sided on A4, and returns when its end is known.
    ///
    /// `cancel` ends the wait and the job.
    pub(super) fn follow_through(
        &mut self,
        pdf: &[u8],
        cancel: &CancelToken,
        tell: &mut dyn FnMut(Progress),
    ) -> Outcome {
        if !pdf.starts_with(b"%PDF-") || pdf.len() > MAX_BYTES {
            return Outcome::NotPrinted(Cause::NotADocument);
        }
        let printer = match self.ready(cancel) {
            Ok(printer) => printer,
            Err(cause) => return Outcome::NotPrinted(cause),
        };
        let id = match self.create(&printer, cancel) {
            Ok(id) => id,
            // A job without a document prints nothing, whether or not it was created.
            Err(cause) => return Outcome::NotPrinted(cause),
        };
        tell(Progress::Accepted);
        let mut job = Job {
            id,
            pages: pages::count(pdf),
            only_sends: printer.only_sends,
            given_up: None,
            cancel: cancel.clone(),
            hindrance: None,
        };
        let mut limits = Limits {
            whole: Instant::now() + self.patience.whole,
            hindered: None,
            unsent: None,
            silent: None,
            given_up: None,
        };
        match self.hand_over(id, pdf, cancel) {
            Ok(()) => {}
            Err(Failure::HungUp) => self.give_up(&mut job, &mut limits, Cause::Cancelled),
            Err(Failure::NotReached) => {
                self.cancel_job(id, cancel);
                return Outcome::NotPrinted(Cause::Disconnected);
            }
            Err(Failure::Lost | Failure::Nonsense) => {
                limits.unsent = Some(Instant::now());
            }
            Err(Failure::Forbidden) => self.give_up(&mut job, &mut limits, Cause::Aborted),
        }
        self.follow(job, limits, tell)
    }

    /// The printer, when nothing stands in the way of a document.
    fn ready(&self, cancel: &CancelToken) -> Result<Printer, Cause> {
        let printer = self.look(self.patience.exchange, cancel);
        let printer = printer.map_err(Failure::cause)?;
        match printer.unfit.or(printer.hindrance) {
            Some(cause) => Err(cause),
            None => Ok(printer),
        }
    }

    fn create(&mut self, printer: &Printer, cancel: &CancelToken) -> Result<i32, Cause> {
        let attributes = job_template(printer).map_err(|_| Cause::Mechanism)?;
        let answer = self
            .operate(Operation::CreateJob, attributes, None, cancel)
            .map_err(Failure::cause)?;
        answer
            .job
            .number("job-id")
            .filter(|_| answer.is_ok())
            .ok_or(Cause::Aborted)
    }

    /// Sends the document, once. `Forbidden` when the printer refused it.
    fn hand_over(&mut self, id: i32, pdf: &[u8], cancel: &CancelToken) -> Result<(), Failure> {
        let group = DelimiterTag::OperationAttributes;
        let format = wire::media_type("application/pdf").map_err(|_| Failure::Nonsense)?;
        let attributes = vec![
            (group, "job-id", IppValue::Integer(id)),
            user().map_err(|_| Failure::Nonsense)?,
            (group, "document-format", format),
            (group, "last-document", IppValue::Boolean(true)),
        ];
        let answer = self.operate(Operation::SendDocument, attributes, Some(pdf), cancel)?;
        if answer.is_ok() {
            Ok(())
        } else {
            Err(Failure::Forbidden)
        }
    }

    /// Asks for the job until it is at its end, or nothing more is to be learnt.
    fn follow(
        &mut self,
        mut job: Job,
        mut limits: Limits,
        tell: &mut dyn FnMut(Progress),
    ) -> Outcome {
        loop {
            match self.standing(&job) {
                Ok(Standing::Ended(outcome)) => return outcome,
                Ok(Standing::Going { begun }) => {
                    limits.silent = None;
                    if begun {
                        limits.unsent = None;
                    }
                    self.watch(&mut job, &mut limits, tell);
                }
                Err(_) => {
                    limits.silent.get_or_insert_with(Instant::now);
                }
            }
            let over = |since: Option<Instant>| {
                since.is_some_and(|since| since.elapsed() > self.patience.resolve)
            };
            if over(limits.silent) || over(limits.given_up) {
                return Outcome::Unknown(job.given_up.unwrap_or(Cause::Disconnected));
            }
            if job.given_up.is_none() {
                self.may_give_up(&mut job, &mut limits);
            }
            job.cancel.wait(self.patience.poll);
        }
    }

    fn standing(&mut self, job: &Job) -> Result<Standing, Failure> {
        let wanted = requested(&JOB_ATTRIBUTES).map_err(|_| Failure::Nonsense)?;
        let group = DelimiterTag::OperationAttributes;
        let attributes = vec![(group, "job-id", IppValue::Integer(job.id)), wanted];
        let answer = self.operate(Operation::GetJobAttributes, attributes, None, &job.cancel)?;
        if !answer.is_ok() {
            return Err(Failure::Nonsense);
        }
        let theirs = if answer.job.number("job-state") == Some(CANCELLED) {
            Cause::Cancelled
        } else {
            job.hindrance.unwrap_or(Cause::Aborted)
        };
        let cause = job.given_up.unwrap_or(theirs);
        Ok(status::standing(
            &answer.job,
            job.pages,
            job.only_sends,
            cause,
        ))
    }

    /// Looks at the printer while the job is on its way, and tells what changed.
    fn watch(&self, job: &mut Job, limits: &mut Limits, tell: &mut dyn FnMut(Progress)) {
        let Ok(printer) = self.look(self.patience.exchange, &job.cancel) else {
            return;
        };
        let before = limits.hindered.and(job.hindrance);
        if printer.hindrance == before {
            return;
        }
        match printer.hindrance {
            Some(cause) => {
                job.hindrance = Some(cause);
                limits.hindered.get_or_insert_with(Instant::now);
                tell(Progress::Waiting(cause));
            }
            None => {
                limits.hindered = None;
                tell(Progress::Going);
            }
        }
    }

    fn may_give_up(&mut self, job: &mut Job, limits: &mut Limits) {
        let hindered = limits.hindered.map(|since| since.elapsed());
        let unsent = limits.unsent.map(|since| since.elapsed());
        if job.cancel.is_cancelled() {
            self.give_up(job, limits, Cause::Cancelled);
        } else if unsent.is_some_and(|time| time > self.patience.resolve) {
            // It may not have arrived whole: a job that waits for its document never prints.
            self.give_up(job, limits, Cause::Disconnected);
        } else if hindered.is_some_and(|time| time > self.patience.hindered) {
            let cause = job.hindrance.unwrap_or(Cause::Timeout);
            self.give_up(job, limits, cause);
        } else if Instant::now() > limits.whole {
            self.give_up(job, limits, Cause::Timeout);
        }
    }

    /// Cancels the job and gives it the time to say how it ended.
    fn give_up(&mut self, job: &mut Job, limits: &mut Limits, cause: Cause) {
        job.given_up = Some(cause);
        job.cancel = CancelToken::default();
        limits.given_up = Some(Instant::now());
        self.cancel_job(job.id, &job.cancel);
    }

    fn cancel_job(&mut self, id: i32, cancel: &CancelToken) {
        let group = DelimiterTag::OperationAttributes;
        let Ok(user) = user() else { return };
        let attributes = vec![(group, "job-id", IppValue::Integer(id)), user];
        if let Err(failure) = self.operate(Operation::CancelJob, attributes, None, cancel) {
            tracing::warn!(?failure, job = id, "cancelling a document");
        }
    }
}

/// Who prints, as the printer's log shows it: never a person.
fn user() -> Result<(DelimiterTag, &'static str, IppValue), WireError> {
    let group = DelimiterTag::OperationAttributes;
    Ok((group, "requesting-user-name", wire::name("kiosk")?))
}

/// A4, one side, one copy, not scaled: nothing is left to the printer's defaults.
fn job_template(
    printer: &Printer,
) -> Result<Vec<(DelimiterTag, &'static str, IppValue)>, WireError> {
    let group = DelimiterTag::OperationAttributes;
    let template = DelimiterTag::JobAttributes;
    let mut attributes = vec![
        user()?,
        (group, "job-name", wire::name("document")?),
        (template, "media", wire::keyword(status::A4)?),
        (template, "copies", IppValue::Integer(1)),
    ];
    if printer.takes_one_sided {
        attributes.push((template, "sides", wire::keyword("one-sided")?));
    }
    if printer.takes_no_scaling {
        attributes.push((template, "print-scaling", wire::keyword("none")?));
    }
    Ok(attributes)
}
