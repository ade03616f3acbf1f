//! Print jobs and how they end.

use serde::{Deserialize, Serialize};

use super::bitmap::Bitmap;
use super::protocol::status::Problem;
use super::reprint::Reprint;

/// The kiosk's own name of a job; free text without personal data, the same in journal and events.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct JobId(pub String);

impl std::fmt::Display for JobId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// One slip to print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// The kiosk's name of this job.
    pub id: JobId,
    /// SHA-256 of what the slip says, for the journal.
    pub content_hash: [u8; 32],
    /// The whole slip, with [`Reprint::mark`] on it if it is a repetition.
    pub bitmap: Bitmap,
    /// Slips to print, each cut off; 0 counts as 1.
    pub copies: u8,
    /// Which repetition of a slip this is, for the journal; `None` for the first.
    pub reprint: Option<Reprint>,
}

/// How a job ended, by the evidence at hand; only [`Outcome::NotPrinted`] may be retried unasked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", content = "cause", rename_all = "snake_case")]
pub enum Outcome {
    /// The printer confirmed that everything up to the cut is done.
    Printed,
    /// The printer took every byte but cannot confirm the mechanics.
    Processed,
    /// Printed and taken from the presenter.
    PrintedTaken,
    /// Printed, left in the presenter and drawn back.
    PrintedNotTaken,
    /// Certainly nothing on paper.
    NotPrinted(Cause),
    /// Some paper may be out; the printer confirmed that the rest is cleared.
    Partial(Cause),
    /// Nobody can tell from here.
    Unknown(Cause),
}

impl Outcome {
    /// The stable name, as `kiosk print --json` ends with it.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Printed => "printed",
            Self::Processed => "processed",
            Self::PrintedTaken => "printed_taken",
            Self::PrintedNotTaken => "printed_not_taken",
            Self::NotPrinted(_) => "not_printed",
            Self::Partial(_) => "partial",
            Self::Unknown(_) => "unknown",
        }
    }

    /// Why it was not printed for certain; `None` when it was.
    pub fn cause(&self) -> Option<Cause> {
        match self {
            Self::NotPrinted(cause) | Self::Partial(cause) | Self::Unknown(cause) => Some(*cause),
            Self::Printed | Self::Processed | Self::PrintedTaken | Self::PrintedNotTaken => None,
        }
    }
}

/// Why a job is not known to be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The roll has run out.
    PaperOut,
    /// The cover is open.
    CoverOpen,
    /// Paper is jammed on its way out.
    Jam,
    /// The knife is jammed.
    Cutter,
    /// The head is too hot.
    HeadHot,
    /// An error inside the printer.
    Mechanism,
    /// The printer is offline or does not answer its status queries.
    Offline,
    /// The picture is wider than the head.
    TooWide,
    /// The journal could not be written, so nothing was sent.
    Journal,
    /// The connection broke (unplugged, switched off).
    Disconnected,
    /// The printer was switched off and on, or reset.
    PowerLost,
    /// No confirmation in time.
    Timeout,
    /// Only a confirmation of something else came.
    WrongConfirmation,
    /// The printer was not understood in mid job; it may have been reset meanwhile.
    Garbled,
    /// The printer has no way to confirm anything.
    NoConfirmation,
    /// The slip before this one is still at the output.
    SlipWaiting,
    /// The kiosk program ended in the middle of the job.
    ProgramStopped,
    /// The folder for documents is not there.
    FolderMissing,
    /// No room where documents are written.
    StorageFull,
    /// Documents may not be written there.
    NotPermitted,
    /// What was to be printed is no PDF document, or too large for one.
    NotADocument,
    /// The toner or ink is used up.
    TonerEmpty,
    /// The output tray is full.
    OutputFull,
    /// A paper tray is pulled out.
    TrayMissing,
    /// Somebody cancelled it.
    Cancelled,
    /// The printer broke the job off.
    Aborted,
    /// The printer takes no PDF documents.
    FormatNotTaken,
    /// The printer has no A4 paper.
    MediaNotTaken,
    /// The printer cannot say how a job ends.
    NotFollowable,
    /// The print queue repeats documents by itself.
    PrintsAgain,
}

impl Cause {
    /// The stable name in snake case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PaperOut => "paper_out",
            Self::CoverOpen => "cover_open",
            Self::Jam => "jam",
            Self::Cutter => "cutter",
            Self::HeadHot => "head_hot",
            Self::Mechanism => "mechanism",
            Self::Offline => "offline",
            Self::TooWide => "too_wide",
            Self::Journal => "journal",
            Self::Disconnected => "disconnected",
            Self::PowerLost => "power_lost",
            Self::Timeout => "timeout",
            Self::WrongConfirmation => "wrong_confirmation",
            Self::Garbled => "garbled",
            Self::NoConfirmation => "no_confirmation",
            Self::SlipWaiting => "slip_waiting",
            Self::ProgramStopped => "program_stopped",
            Self::FolderMissing => "folder_missing",
            Self::StorageFull => "storage_full",
            Self::NotPermitted => "not_permitted",
            Self::NotADocument => "not_a_document",
            Self::TonerEmpty => "toner_empty",
            Self::OutputFull => "output_full",
            Self::TrayMissing => "tray_missing",
            Self::Cancelled => "cancelled",
            Self::Aborted => "aborted",
            Self::FormatNotTaken => "format_not_taken",
            Self::MediaNotTaken => "media_not_taken",
            Self::NotFollowable => "not_followable",
            Self::PrintsAgain => "prints_again",
        }
    }
}

impl From<Problem> for Cause {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::PaperOut => Self::PaperOut,
            Problem::CoverOpen => Self::CoverOpen,
            Problem::Jam => Self::Jam,
            Problem::Cutter => Self::Cutter,
            Problem::HeadHot => Self::HeadHot,
            Problem::Mechanism => Self::Mechanism,
            Problem::Offline => Self::Offline,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_written_as_the_command_line_promises() {
        let partial = serde_json::to_string(&Outcome::Partial(Cause::PaperOut)).unwrap();
        assert_eq!(partial, r#"{"outcome":"partial","cause":"paper_out"}"#);
        assert_eq!(
            serde_json::to_string(&Outcome::Printed).unwrap(),
            r#"{"outcome":"printed"}"#
        );
        let back: Outcome =
            serde_json::from_str(r#"{"outcome":"unknown","cause":"timeout"}"#).unwrap();
        assert_eq!(back, Outcome::Unknown(Cause::Timeout));
    }

    #[test]
    fn names_and_serialised_names_agree() {
        for cause in [
            Cause::PaperOut,
            Cause::PowerLost,
            Cause::WrongConfirmation,
            Cause::ProgramStopped,
            Cause::TooWide,
            Cause::FolderMissing,
            Cause::NotADocument,
            Cause::NoConfirmation,
            Cause::SlipWaiting,
            Cause::TonerEmpty,
            Cause::FormatNotTaken,
            Cause::PrintsAgain,
        ] {
            assert_eq!(serde_json::to_value(cause).unwrap(), cause.as_str());
        }
    }
}
