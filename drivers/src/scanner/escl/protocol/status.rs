//! How a scanner and its jobs are right now.

use super::xml::{self, Element, XmlError};
use crate::scanner::ScanFault;

/// One reading of `ScannerStatus`.
///
/// Some scanners forget a fault once it was read: read once per decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The scanner as a whole.
    pub state: ScannerState,
    /// The feeder; `None` when not told.
    pub adf: Option<AdfState>,
    /// Jobs: the path their address ends with, and how they are.
    jobs: Vec<JobInfo>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct JobInfo {
    uri: String,
    state: JobState,
    reason: Option<String>,
}

/// `pwg:State` of a scanner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScannerState {
    /// Ready.
    Idle,
    /// Scanning.
    Processing,
    /// Warming up or checking itself.
    Testing,
    /// Stopped by an error.
    Stopped,
    /// Not available.
    Down,
    /// Not told, or in a word we do not know.
    Unknown,
}

/// `scan:AdfState`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AdfState {
    /// Paper is in and nothing wrong.
    Loaded,
    /// Sheets are being drawn in; on some scanners also: they ran out.
    Processing,
    /// No paper.
    Empty,
    /// Paper is stuck.
    Jam,
    /// A hatch or door is open.
    Open,
    /// Several sheets at once.
    Multipick,
    /// Another fault, in the scanner's word.
    Other(String),
}

/// `pwg:JobState`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// Waiting, scanning, or in a word we do not know.
    Running,
    /// Done.
    Completed,
    /// Ended by somebody.
    Cancelled,
    /// Ended by the scanner.
    Aborted,
}

impl Status {
    /// Reads a `ScannerStatus` document.
    ///
    /// # Errors
    /// [`XmlError`] when it is malformed, too large or another document.
    ///
    /// Source: the scanner fact sheet, section 2.2.
    pub fn parse(bytes: &[u8]) -> Result<Self, XmlError> {
        let root = xml::read(bytes, "ScannerStatus", "the scanner's status")?;
        let jobs = root
            .child("Jobs")
            .map(|jobs| jobs.children("JobInfo").filter_map(job_info).collect());
        Ok(Self {
            state: scanner_state(root.text_at(&["State"])),
            adf: root.text_at(&["AdfState"]).map(adf_state),
            jobs: jobs.unwrap_or_default(),
        })
    }

    /// How the job at `path` is, with the scanner's reason; `None` when the scanner does not list it.
    pub fn job(&self, path: &str) -> Option<(JobState, Option<&str>)> {
        let name = path.rsplit('/').next().filter(|name| !name.is_empty())?;
        let job = self
            .jobs
            .iter()
            .find(|job| job.uri.trim_end_matches('/').ends_with(name))?;
        Some((job.state, job.reason.as_deref()))
    }

    /// The fault the feeder is in; `None` when it is empty, loaded, at work, or not told.
    pub fn feeder_fault(&self) -> Option<ScanFault> {
        match self.adf.as_ref()? {
            AdfState::Loaded | AdfState::Processing | AdfState::Empty => None,
            AdfState::Jam => Some(ScanFault::Jam),
            AdfState::Open => Some(ScanFault::CoverOpen),
            AdfState::Multipick => Some(ScanFault::DoubleFeed),
            AdfState::Other(word) => Some(ScanFault::Device(word.clone())),
        }
    }
}

fn job_info(element: &Element) -> Option<JobInfo> {
    let reasons = element.texts_at(&["JobStateReasons"], "JobStateReason");
    Some(JobInfo {
        uri: element.text_at(&["JobUri"])?.to_owned(),
        state: match element.text_at(&["JobState"]) {
            Some("Completed") => JobState::Completed,
            Some("Canceled") => JobState::Cancelled,
            Some("Aborted") => JobState::Aborted,
            _ => JobState::Running,
        },
        reason: reasons.into_iter().next().map(|reason| short(&reason)),
    })
}

fn scanner_state(word: Option<&str>) -> ScannerState {
    match word {
        Some("Idle") => ScannerState::Idle,
        Some("Processing") => ScannerState::Processing,
        Some("Testing") => ScannerState::Testing,
        Some("Stopped") => ScannerState::Stopped,
        Some("Down") => ScannerState::Down,
        _ => ScannerState::Unknown,
    }
}

fn adf_state(word: &str) -> AdfState {
    match word {
        "ScannerAdfLoaded" => AdfState::Loaded,
        "ScannerAdfProcessing" => AdfState::Processing,
        "ScannerAdfEmpty" => AdfState::Empty,
        "ScannerAdfJam" | "ScannerAdfMispick" => AdfState::Jam,
        "ScannerAdfHatchOpen" | "ScannerAdfDoorOpen" => AdfState::Open,
        "ScannerAdfMultipickDetected" => AdfState::Multipick,
        other => AdfState::Other(short(other)),
    }
}

/// A device's own word, short enough for a log line.
fn short(word: &str) -> String {
    word.chars().filter(|c| !c.is_control()).take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(body: &str) -> Status {
        let xml = format!(
            "<x:ScannerStatus xmlns:x='http://schemas.hp.com/imaging/escl/2011/05/03' \
             xmlns='http://www.pwg.org/schemas/2010/12/sm'>{body}</x:ScannerStatus>"
        );
        Status::parse(xml.as_bytes()).unwrap()
    }

    #[test]
    fn every_feeder_word_has_its_fault() {
        let fault = |word: &str| parse(&format!("<x:AdfState>{word}</x:AdfState>")).feeder_fault();
        assert_eq!(fault("ScannerAdfLoaded"), None);
        assert_eq!(fault("ScannerAdfEmpty"), None);
        assert_eq!(fault("ScannerAdfJam"), Some(ScanFault::Jam));
        assert_eq!(fault("ScannerAdfMispick"), Some(ScanFault::Jam));
        assert_eq!(fault("ScannerAdfHatchOpen"), Some(ScanFault::CoverOpen));
        assert_eq!(fault("ScannerAdfDoorOpen"), Some(ScanFault::CoverOpen));
        assert_eq!(
            fault("ScannerAdfMultipickDetected"),
            Some(ScanFault::DoubleFeed)
        );
        let other = "ScannerAdfInputTrayFailed";
        assert_eq!(fault(other), Some(ScanFault::Device(other.to_owned())));
    }

    #[test]
    fn a_job_is_found_by_the_end_of_its_address() {
        let status = parse(
            "<State>Processing</State><x:Jobs><x:JobInfo><JobUri>/eSCL/ScanJobs/urn:uuid:1</JobUri>\
             <JobState>Aborted</JobState><JobStateReasons><JobStateReason>ResourcesAreNotReady</JobStateReason>\
             </JobStateReasons></x:JobInfo></x:Jobs>",
        );
        assert_eq!(status.state, ScannerState::Processing);
        let found = status.job("/other/ScanJobs/urn:uuid:1");
        assert_eq!(
            found,
            Some((JobState::Aborted, Some("ResourcesAreNotReady")))
        );
        assert_eq!(status.job("/eSCL/ScanJobs/2"), None);
        assert_eq!(status.job(""), None);
    }

    #[test]
    fn a_status_without_anything_is_unknown() {
        let status = parse("");
        assert_eq!((status.state, status.adf), (ScannerState::Unknown, None));
    }
}
