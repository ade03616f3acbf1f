//! One eSCL scanner: the flow and the decision table.
//!
//! Source: the scanner fact sheet, section 2.4.

use std::time::{Duration, Instant};

use reqwest::StatusCode;

use super::http::{Fetched, Http, Limits, Transfer};
use super::protocol::{
    AdfState, Capabilities, JobSettings, JobState, QuirkTable, Quirks, ScannerState, Status,
    job_path,
};
use crate::runner::{CancelToken, Condition, HealthState};
use crate::scanner::jpeg;
use crate::scanner::{NextPage, Page, ScanFault, ScanSettings, Scanner, Source};

/// Bytes of a page after which it is worth looking how far it is.
const WORTH_A_LOOK: usize = 24 * 1024;

/// A scanner that speaks eSCL.
#[derive(Debug)]
pub struct EsclScanner {
    http: Http,
    own_quirks: QuirkTable,
    known: Option<Known>,
    job: Option<Job>,
    /// No new start before; some scanners fall over when asked again at once.
    rest_until: Option<Instant>,
}

/// What the scanner can do, and what it does differently from others.
#[derive(Debug)]
struct Known {
    capabilities: Capabilities,
    quirks: Quirks,
}

#[derive(Debug)]
struct Job {
    path: String,
    wanted: ScanSettings,
    settings: JobSettings,
    quirks: Quirks,
    cancel: CancelToken,
    pages: u32,
    /// Those of jobs before it that belong to it, where a job takes one sheet.
    pages_before: u32,
    not_ready: u32,
    /// What the last page took.
    last_page: Duration,
    /// The page on its way, and how far it was when it was looked at.
    coming: Option<Coming>,
}

#[derive(Debug)]
struct Coming {
    transfer: Transfer,
    looked_at: usize,
    percent: u8,
}

impl Coming {
    /// So many percent of the rows are here; looked at only where enough has come since.
    fn percent(&mut self) -> u8 {
        let here = self.transfer.body.len();
        if here >= self.looked_at + WORTH_A_LOOK {
            self.looked_at = here;
            self.percent = jpeg::percent_here(&self.transfer.body).max(self.percent);
        }
        self.percent
    }
}

impl Job {
    fn feeds(&self) -> bool {
        self.settings.source != Source::Platen
    }
}

impl EsclScanner {
    /// Speaks to the scanner at `url`, such as `http://127.0.0.1:60000/eSCL/`.
    ///
    /// # Errors
    /// [`ScanFault::Device`] when `url` is no address.
    pub fn new(url: &str, limits: Limits) -> Result<Self, ScanFault> {
        Ok(Self {
            http: Http::new(url, limits)?,
            own_quirks: QuirkTable::default(),
            known: None,
            job: None,
            rest_until: None,
        })
    }

    /// The same scanner, for which an operator's entries hold beside those built in.
    #[must_use]
    pub fn with_quirks(mut self, own: QuirkTable) -> Self {
        self.own_quirks = own;
        self
    }

    /// What the scanner can do; asks it the first time.
    ///
    /// # Errors
    /// [`ScanFault`] when it does not answer or answers nonsense.
    pub fn capabilities(&mut self) -> Result<&Capabilities, ScanFault> {
        self.known().map(|known| &known.capabilities)
    }

    fn known(&mut self) -> Result<&Known, ScanFault> {
        let known = match self.known.take() {
            Some(known) => known,
            None => self.get_to_know()?,
        };
        self.http.host = known.quirks.host;
        Ok(self.known.insert(known))
    }

    fn get_to_know(&self) -> Result<Known, ScanFault> {
        let answer = self.http.get("ScannerCapabilities")?;
        if answer.status != StatusCode::OK {
            return Err(unexpected("its capabilities", answer.status));
        }
        let device = |error: &dyn std::fmt::Display| ScanFault::Device(error.to_string());
        let capabilities = Capabilities::parse(&answer.body).map_err(|error| device(&error))?;
        let quirks = Quirks::of(&capabilities, answer.server.as_deref(), &self.own_quirks);
        let quirks = quirks.map_err(|error| device(&error))?;
        if quirks != Quirks::default() {
            tracing::info!(?quirks, "a scanner with ways of its own");
        }
        Ok(Known {
            capabilities,
            quirks,
        })
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
        let known = self.known()?;
        let quirks = known.quirks.clone();
        let settings = JobSettings::choose(wanted, &known.capabilities, &quirks)?;
        if quirks.look_at_feeder_first
            && wanted.source != Source::Platen
            && self.feeder_ran_out(&quirks)?
        {
            return Err(ScanFault::NoPaper);
        }
        let job = |path: String, settings: JobSettings| Job {
            path,
            wanted: *wanted,
            settings,
            quirks: quirks.clone(),
            cancel: cancel.clone(),
            pages: 0,
            pages_before: 0,
            not_ready: 0,
            last_page: Duration::ZERO,
            coming: None,
        };
        let xml = settings.to_xml();
        for attempt in 1..=self.http.limits.job_attempts {
            if cancel.is_cancelled() {
                return Err(ScanFault::Cancelled);
            }
            let answer = self.http.post_job(&xml)?;
            match answer.status {
                StatusCode::CREATED => {
                    let location = answer.location.as_deref();
                    let path = location.and_then(|l| job_path(l, self.http.base_path()));
                    let path =
                        path.ok_or_else(|| ScanFault::Device("the job has no address".to_owned()))?;
                    return Ok(job(path, settings));
                }
                StatusCode::CONFLICT | StatusCode::BAD_REQUEST => {
                    return Err(self.why_refused(wanted.source, &quirks));
                }
                StatusCode::SERVICE_UNAVAILABLE => {
                    let again = attempt < self.http.limits.job_attempts;
                    if again && cancel.wait(self.http.limits.retry) {
                        return Err(ScanFault::Cancelled);
                    }
                }
                other => return Err(unexpected("a job", other)),
            }
        }
        // A cover that is open all the time looks busy on some.
        let status = self.read_status()?;
        let fault = status.as_ref().and_then(Status::feeder_fault);
        Err(fault.unwrap_or(ScanFault::Busy))
    }

    /// Whether the feeder says that it is empty, or its fault. Some forget a fault once they
    /// have told it, so that nothing may be read again to learn more.
    fn feeder_ran_out(&self, quirks: &Quirks) -> Result<bool, ScanFault> {
        let Some(status) = self.read_status()? else {
            return Ok(false);
        };
        match status.feeder_fault() {
            Some(fault) => Err(fault),
            None => Ok(is_empty(&status, quirks)),
        }
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
    fn why_refused(&self, source: Source, quirks: &Quirks) -> ScanFault {
        let status = match self.read_status() {
            Ok(Some(status)) => status,
            Ok(None) => return ScanFault::Unsupported,
            Err(fault) => return fault,
        };
        match status.feeder_fault() {
            Some(fault) => fault,
            None if source != Source::Platen && is_empty(&status, quirks) => ScanFault::NoPaper,
            None => ScanFault::Unsupported,
        }
    }

    fn fetch(&mut self, job: &mut Job) -> NextPage {
        let mut coming = match job.coming.take() {
            Some(coming) => coming,
            None => match self.ask_page(job) {
                Ok(coming) => coming,
                Err(next) => return next,
            },
        };
        let fetched = self.http.collect(&mut coming.transfer, &job.cancel);
        let Some(fetched) = fetched.transpose() else {
            let percent = coming.percent();
            job.coming = Some(coming);
            return NextPage::Coming(percent);
        };
        let took = coming.transfer.since.elapsed();
        // Its connection is closed before anything else is asked.
        drop(coming);
        match fetched {
            Ok(Fetched::Body(body)) => {
                job.last_page = took;
                self.take_page(job, &body)
            }
            Ok(Fetched::BrokenOff) => NextPage::Fault(self.why_broken_off()),
            Ok(Fetched::Refused(StatusCode::SERVICE_UNAVAILABLE)) => self
                .not_ready(job)
                .unwrap_or(NextPage::Fault(ScanFault::Busy)),
            Ok(Fetched::Refused(code)) if job.quirks.retry_codes.contains(&code.as_u16()) => {
                self.not_yet(job, code)
            }
            Ok(Fetched::Refused(code)) => self.refused(job, code),
            Err(fault) => NextPage::Fault(fault),
        }
    }

    /// Asks for the next page, or tells why there is none to ask for.
    fn ask_page(&self, job: &Job) -> Result<Coming, NextPage> {
        if !job.feeds() && job.pages >= 1 {
            // One scanner would send the same page twenty times before its 404.
            return Err(NextPage::End);
        }
        if job.pages >= self.http.limits.pages {
            return Err(NextPage::Fault(ScanFault::Device(
                "more pages than a job may have".to_owned(),
            )));
        }
        let rest = job.quirks.feeder_rest.min(job.last_page / 2);
        if job.feeds() && job.pages >= 1 && job.cancel.wait(rest) {
            return Err(NextPage::Fault(ScanFault::Cancelled));
        }
        let transfer = self.http.ask_page(&job.path).map_err(NextPage::Fault)?;
        Ok(Coming {
            transfer,
            looked_at: 0,
            percent: 0,
        })
    }

    /// Asks again later; `None` when that was tried often enough.
    fn not_ready(&self, job: &mut Job) -> Option<NextPage> {
        job.not_ready += 1;
        let attempts = job.quirks.page_attempts;
        let more = job.not_ready < attempts.unwrap_or(self.http.limits.page_attempts);
        more.then_some(NextPage::Retry(self.http.limits.retry))
    }

    /// An answer that elsewhere ends the job: here the status says whether it did.
    fn not_yet(&self, job: &mut Job, code: StatusCode) -> NextPage {
        let status = match self.read_status() {
            Ok(status) => status,
            Err(fault) => return NextPage::Fault(fault),
        };
        if let Some(status) = &status {
            let ended = matches!(status.job(&job.path), Some((JobState::Completed, _)));
            let bad = status.feeder_fault().or(ended_badly(status, &job.path));
            if let Some(fault) = bad {
                return NextPage::Fault(fault);
            }
            if job.pages >= 1 && (ended || is_empty(status, &job.quirks)) {
                return NextPage::End;
            }
        }
        match self.not_ready(job) {
            Some(retry) => retry,
            None => self.refused(job, code),
        }
    }

    /// An answer without a page.
    fn refused(&self, job: &Job, code: StatusCode) -> NextPage {
        match code {
            StatusCode::NOT_FOUND => self.no_more(job),
            StatusCode::CONFLICT => self.conflict(job),
            StatusCode::GONE => NextPage::Fault(ScanFault::Device(
                "the scanner has dropped the job".to_owned(),
            )),
            other => NextPage::Fault(unexpected("a page", other)),
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
        let empty = if job.feeds() {
            ScanFault::NoPaper
        } else {
            ScanFault::EmptyImage
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
        let completed = matches!(status.job(&job.path), Some((JobState::Completed, _)));
        let empty = job.feeds() && is_empty(&status, &job.quirks);
        if job.pages >= 1 && (empty || completed) {
            NextPage::End
        } else if empty {
            NextPage::Fault(ScanFault::NoPaper)
        } else {
            NextPage::Fault(
                ended_badly(&status, &job.path).unwrap_or_else(|| {
                    ScanFault::Device("the scanner refuses the page".to_owned())
                }),
            )
        }
    }

    /// Ends a job at the scanner; a page that is still coming is dropped first, since some hear
    /// nothing else as long as it is open.
    fn delete(&self, job: &mut Job) {
        job.coming = None;
        self.http.delete(&job.path);
    }

    /// Where a job is over after one sheet: another one, when more lie in the feeder. A job
    /// that gave none is the last, whatever the feeder says of itself.
    fn next_sheet(&mut self, job: &Job) -> Option<NextPage> {
        if !job.quirks.one_sheet_jobs || !job.feeds() || job.pages == job.pages_before {
            return None;
        }
        let status = self.read_status().ok()??;
        if status.adf != Some(AdfState::Loaded) {
            return None;
        }
        match self.create_job(&job.wanted, &job.cancel) {
            Ok(next) => {
                self.job = Some(Job {
                    pages: job.pages,
                    pages_before: job.pages,
                    ..next
                });
                Some(NextPage::Retry(Duration::ZERO))
            }
            // The same settings were taken for the sheet before: there is none any more.
            Err(ScanFault::NoPaper | ScanFault::Unsupported) => None,
            Err(fault) => Some(NextPage::Fault(fault)),
        }
    }
}

impl Scanner for EsclScanner {
    fn identify(&mut self) -> Result<String, ScanFault> {
        let name = self.capabilities()?.make_and_model.clone();
        Ok(name.unwrap_or_else(|| "eSCL scanner".to_owned()))
    }

    fn status(&mut self) -> Result<Condition, ScanFault> {
        let status = self.read_status()?;
        // A scanner without a status answers all the same.
        Ok(status.as_ref().map_or(Condition::ONLINE, condition))
    }

    fn forget(&mut self) {
        self.known = None;
    }

    fn places(&mut self) -> Result<&'static [Source], ScanFault> {
        let Capabilities { platen, feeder, .. } = self.capabilities()?;
        Ok(Source::places(feeder.is_some(), platen.is_some()))
    }

    fn feeds_both_sides(&mut self) -> Result<bool, ScanFault> {
        Ok(self.capabilities()?.duplex.is_some())
    }

    fn feeder_is_empty(&mut self) -> Result<bool, ScanFault> {
        let quirks = self.known()?.quirks.clone();
        self.feeder_ran_out(&quirks)
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
            NextPage::Page(_) | NextPage::Coming(_) | NextPage::Retry(_) => {
                self.job = Some(job);
                next
            }
            NextPage::End => {
                if !job.quirks.keep_ended_jobs {
                    self.delete(&mut job);
                }
                self.next_sheet(&job).unwrap_or(NextPage::End)
            }
            NextPage::Fault(_) => {
                self.delete(&mut job);
                next
            }
        }
    }

    fn cancel(&mut self) {
        if let Some(mut job) = self.job.take() {
            self.delete(&mut job);
        }
    }
}

impl Drop for EsclScanner {
    fn drop(&mut self) {
        self.cancel();
    }
}

/// Whether the feeder has run out, in this scanner's way of saying it.
fn is_empty(status: &Status, quirks: &Quirks) -> bool {
    match &status.adf {
        Some(AdfState::Empty) => true,
        Some(AdfState::Processing) => quirks.processing_is_empty,
        Some(_) | None => false,
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
    // A feeder that measures its sheets says by the width that it did as asked.
    let whole =
        near(facts.height, height) || settings.source != Source::Platen && facts.height <= height;
    let same = near(facts.width, width) && whole;
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
