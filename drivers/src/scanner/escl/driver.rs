//! One eSCL scanner: the flow and the decision table.
//!
//! Source: the scanner fact sheet, section 2.4.

use std::time::Instant;

use reqwest::StatusCode;

use super::http::{Fetched, Http, Limits};
use super::protocol::{
    AdfState, Capabilities, JobSettings, JobState, ScannerState, Status, job_path,
};
use crate::runner::{CancelToken, Condition, HealthState};
use crate::scanner::jpeg;
use crate::scanner::{NextPage, Page, ScanFault, ScanSettings, Scanner, Source};

/// A scanner that speaks eSCL.
#[derive(Debug)]
pub struct EsclScanner {
    http: Http,
    capabilities: Option<Capabilities>,
    job: Option<Job>,
    /// No new start before; some scanners fall over when asked again at once.
    rest_until: Option<Instant>,
}

#[derive(Debug)]
struct Job {
    path: String,
    settings: JobSettings,
    cancel: CancelToken,
    pages: u32,
    not_ready: u32,
}

impl EsclScanner {
    /// Speaks to the scanner at `url`, such as `http://127.0.0.1:60000/eSCL/`.
    ///
    /// # Errors
    /// [`ScanFault::Device`] when `url` is no address.
    pub fn new(url: &str, limits: Limits) -> Result<Self, ScanFault> {
        Ok(Self {
            http: Http::new(url, limits)?,
            capabilities: None,
            job: None,
            rest_until: None,
        })
    }

    /// What the scanner can do; asks it the first time.
    ///
    /// # Errors
    /// [`ScanFault`] when it does not answer or answers nonsense.
    pub fn capabilities(&mut self) -> Result<&Capabilities, ScanFault> {
        let known = match self.capabilities.take() {
            Some(known) => known,
            None => self.ask_capabilities()?,
        };
        Ok(self.capabilities.insert(known))
    }

    fn ask_capabilities(&self) -> Result<Capabilities, ScanFault> {
        let answer = self.http.get("ScannerCapabilities")?;
        if answer.status != StatusCode::OK {
            return Err(unexpected("its capabilities", answer.status));
        }
        Capabilities::parse(&answer.body).map_err(|error| ScanFault::Device(error.to_string()))
    }

    /// Reads the status once; `None` when the scanner has none or answers nonsense.
    fn read_status(&self) -> Result<Option<Status>, ScanFault> {
        let answer = self.http.get("ScannerStatus")?;
        if answer.status != StatusCode::OK {
            return Ok(None);
        }
        Ok(Status::parse(&answer.body)
            .inspect_err(|error| tracing::debug!(%error, "scanner status"))
            .ok())
    }

    fn create_job(
        &mut self,
        wanted: &ScanSettings,
        cancel: &CancelToken,
    ) -> Result<Job, ScanFault> {
        self.rest(cancel)?;
        let settings = JobSettings::choose(wanted, self.capabilities()?)?;
        let xml = settings.to_xml();
        for attempt in 1..=self.http.limits.job_attempts {
            if cancel.is_cancelled() {
                return Err(ScanFault::Cancelled);
            }
            let answer = self.http.post_job(xml.clone())?;
            match answer.status {
                StatusCode::CREATED => {
                    let path = answer
                        .location
                        .as_deref()
                        .and_then(|l| job_path(l, self.http.base_path()));
                    let path =
                        path.ok_or_else(|| ScanFault::Device("the job has no address".to_owned()))?;
                    return Ok(Job {
                        path,
                        settings,
                        cancel: cancel.clone(),
                        pages: 0,
                        not_ready: 0,
                    });
                }
                StatusCode::CONFLICT | StatusCode::BAD_REQUEST => {
                    return Err(self.why_refused(wanted.source));
                }
                StatusCode::SERVICE_UNAVAILABLE => {
                    if attempt < self.http.limits.job_attempts
                        && cancel.wait(self.http.limits.retry)
                    {
                        return Err(ScanFault::Cancelled);
                    }
                }
                other => return Err(unexpected("a job", other)),
            }
        }
        Err(ScanFault::Busy)
    }

    /// Waits out the rest a scanner needs after a start that failed.
    fn rest(&mut self, cancel: &CancelToken) -> Result<(), ScanFault> {
        let rest = self
            .rest_until
            .take()
            .map(|until| until.saturating_duration_since(Instant::now()));
        match rest {
            Some(rest) if cancel.wait(rest) => Err(ScanFault::Cancelled),
            Some(_) | None => Ok(()),
        }
    }

    /// After 400 or 409 on a job: the feeder's fault if it has one, else the settings.
    fn why_refused(&self, source: Source) -> ScanFault {
        match self.read_status() {
            Ok(Some(status)) => status
                .feeder_fault()
                .or(
                    (source != Source::Platen && status.adf == Some(AdfState::Empty))
                        .then_some(ScanFault::NoPaper),
                )
                .unwrap_or(ScanFault::Unsupported),
            Ok(None) => ScanFault::Unsupported,
            Err(fault) => fault,
        }
    }

    fn fetch(&mut self, job: &mut Job) -> NextPage {
        let one_page = job.settings.source == Source::Platen;
        if one_page && job.pages >= 1 {
            // One scanner would send the same page twenty times before its 404.
            return NextPage::End;
        }
        if job.pages >= self.http.limits.pages {
            return NextPage::Fault(ScanFault::Device(
                "more pages than a job may have".to_owned(),
            ));
        }
        match self.http.get_page(&job.path, &job.cancel) {
            Ok(Fetched::Body(body)) => self.take_page(job, &body),
            Ok(Fetched::BrokenOff) => NextPage::Fault(self.why_broken_off()),
            Ok(Fetched::Refused(StatusCode::SERVICE_UNAVAILABLE)) => {
                job.not_ready += 1;
                if job.not_ready < self.http.limits.page_attempts {
                    NextPage::Retry(self.http.limits.retry)
                } else {
                    NextPage::Fault(ScanFault::Busy)
                }
            }
            Ok(Fetched::Refused(StatusCode::NOT_FOUND)) => self.no_more(job),
            Ok(Fetched::Refused(StatusCode::CONFLICT)) => self.conflict(job),
            Ok(Fetched::Refused(StatusCode::GONE)) => NextPage::Fault(ScanFault::Device(
                "the scanner has dropped the job".to_owned(),
            )),
            Ok(Fetched::Refused(other)) => NextPage::Fault(unexpected("a page", other)),
            Err(fault) => NextPage::Fault(fault),
        }
    }

    /// Success is decoded pixels, never an HTTP code.
    fn take_page(&self, job: &mut Job, body: &[u8]) -> NextPage {
        match jpeg::examine(body) {
            Ok(facts) => {
                job.pages += 1;
                job.not_ready = 0;
                NextPage::Page(Page {
                    jpeg: jpeg::strip_metadata(body),
                    width_px: facts.width,
                    height_px: facts.height,
                    dpi: agreed_dpi(&job.settings, &facts),
                    components: facts.components,
                })
            }
            Err(fault) => NextPage::Fault(self.why_no_page(job, fault)),
        }
    }

    /// After a page that is none: a fault of the feeder or of the job says more than the bytes.
    fn why_no_page(&self, job: &Job, fault: ScanFault) -> ScanFault {
        let Ok(Some(status)) = self.read_status() else {
            return fault;
        };
        if let Some((JobState::Aborted, reason)) = status.job(&job.path) {
            tracing::warn!(?reason, "the scanner aborted the job");
        }
        status.feeder_fault().unwrap_or(fault)
    }

    /// After a transfer that broke off: is the scanner still there?
    fn why_broken_off(&self) -> ScanFault {
        match self.read_status() {
            Ok(_) => ScanFault::Truncated,
            Err(fault) => fault,
        }
    }

    /// 404: the normal end of a feeder job, and a fault before the first page.
    fn no_more(&self, job: &Job) -> NextPage {
        let status = match self.read_status() {
            Ok(status) => status,
            Err(fault) => return NextPage::Fault(fault),
        };
        if let Some(fault) = status
            .as_ref()
            .and_then(|status| ended_badly(status, &job.path))
        {
            return NextPage::Fault(fault);
        }
        if job.pages >= 1 {
            return NextPage::End;
        }
        let feeder_fault = status.as_ref().and_then(Status::feeder_fault);
        let empty = if job.settings.source == Source::Platen {
            ScanFault::EmptyImage
        } else {
            ScanFault::NoPaper
        };
        NextPage::Fault(feeder_fault.unwrap_or(empty))
    }

    /// 409 on a page: an empty feeder ends the job, everything else is a fault.
    fn conflict(&self, job: &Job) -> NextPage {
        let status = match self.read_status() {
            Ok(Some(status)) => status,
            Ok(None) => {
                return NextPage::Fault(ScanFault::Device(
                    "the scanner refuses the page".to_owned(),
                ));
            }
            Err(fault) => return NextPage::Fault(fault),
        };
        if let Some(fault) = status.feeder_fault() {
            return NextPage::Fault(fault);
        }
        let feeder = job.settings.source != Source::Platen;
        match (&status.adf, status.job(&job.path)) {
            (Some(AdfState::Empty), _) if feeder && job.pages >= 1 => NextPage::End,
            (Some(AdfState::Empty), _) if feeder => NextPage::Fault(ScanFault::NoPaper),
            (_, Some((JobState::Completed, _))) if job.pages >= 1 => NextPage::End,
            _ => {
                NextPage::Fault(ended_badly(&status, &job.path).unwrap_or_else(|| {
                    ScanFault::Device("the scanner refuses the page".to_owned())
                }))
            }
        }
    }
}

impl Scanner for EsclScanner {
    fn identify(&mut self) -> Result<String, ScanFault> {
        let name = self.capabilities()?.make_and_model.clone();
        Ok(name.unwrap_or_else(|| "eSCL scanner".to_owned()))
    }

    fn status(&mut self) -> Condition {
        match self.read_status() {
            Ok(Some(status)) => condition(&status),
            // A scanner without a status answers all the same.
            Ok(None) => Condition::ONLINE,
            Err(fault) => Condition::new(HealthState::Offline, fault.kind()),
        }
    }

    fn start(&mut self, settings: &ScanSettings, cancel: &CancelToken) -> Result<(), ScanFault> {
        self.cancel();
        match self.create_job(settings, cancel) {
            Ok(job) => {
                self.job = Some(job);
                Ok(())
            }
            Err(fault) => {
                self.rest_until = Some(Instant::now() + self.http.limits.rest_after_failure);
                Err(fault)
            }
        }
    }

    fn next_page(&mut self) -> NextPage {
        let Some(mut job) = self.job.take() else {
            return NextPage::End;
        };
        let next = if job.cancel.is_cancelled() {
            NextPage::Fault(ScanFault::Cancelled)
        } else {
            self.fetch(&mut job)
        };
        match next {
            NextPage::Page(_) | NextPage::Retry(_) => self.job = Some(job),
            NextPage::End | NextPage::Fault(_) => self.http.delete(&job.path),
        }
        next
    }

    fn cancel(&mut self) {
        if let Some(job) = self.job.take() {
            self.http.delete(&job.path);
        }
    }
}

impl Drop for EsclScanner {
    fn drop(&mut self) {
        self.cancel();
    }
}

fn unexpected(what: &str, status: StatusCode) -> ScanFault {
    ScanFault::Device(format!("asked for {what} the scanner answered {status}"))
}

fn ended_badly(status: &Status, path: &str) -> Option<ScanFault> {
    match status.job(path)? {
        (JobState::Aborted, reason) => {
            let reason = reason.unwrap_or("no reason given");
            Some(ScanFault::Device(format!(
                "the scanner aborted the job: {reason}"
            )))
        }
        (JobState::Cancelled, _) => Some(ScanFault::Cancelled),
        (JobState::Running | JobState::Completed, _) => None,
    }
}

/// The density on which request, picture and file agree.
///
/// A picture a hundredth smaller or larger than asked is rounding; a smaller one may have been
/// clamped by the scanner, and then only the file's own density, if it equals the request, vouches.
fn agreed_dpi(settings: &JobSettings, facts: &jpeg::Facts) -> Option<u32> {
    if facts.density.is_some_and(|density| density != settings.dpi) {
        return None;
    }
    let (width, height) = settings.expected_pixels();
    let near = |got: u32, asked: u32| got.abs_diff(asked) <= asked / 100 + 2;
    let same = near(facts.width, width) && near(facts.height, height);
    let clamped = facts.density.is_some() && facts.width <= width + 2 && facts.height <= height + 2;
    (same || clamped).then_some(settings.dpi)
}

fn condition(status: &Status) -> Condition {
    if let Some(fault) = status.feeder_fault() {
        return Condition::new(HealthState::UserError, fault.kind());
    }
    match status.state {
        ScannerState::Idle | ScannerState::Unknown => Condition::ONLINE,
        ScannerState::Processing => Condition::new(HealthState::Busy, "processing"),
        ScannerState::Testing => Condition::new(HealthState::Busy, "warming_up"),
        ScannerState::Stopped => Condition::new(HealthState::HardwareError, "stopped"),
        ScannerState::Down => Condition::new(HealthState::HardwareError, "down"),
    }
}
