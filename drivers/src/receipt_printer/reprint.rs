//! Printing a slip again: on purpose, counted, and visible on the paper.

use serde::{Deserialize, Serialize};

use super::journal::JobRecord;
use super::outcome::{JobId, Outcome};

/// Why a slip is printed again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReprintReason {
    /// Nobody knows how the first one ended, and the resident asked.
    NotKnownPrinted,
    /// Only a part of the first one came out.
    CameOutInPart,
    /// The resident did not take the first one, or wants another.
    AskedAgain,
}

impl ReprintReason {
    /// The reason that an outcome gives to print again; `None`: nothing is on paper.
    #[must_use]
    pub fn after(outcome: Outcome) -> Option<Self> {
        match outcome {
            Outcome::NotPrinted(_) => None,
            Outcome::Partial(_) => Some(Self::CameOutInPart),
            Outcome::Unknown(_) => Some(Self::NotKnownPrinted),
            Outcome::Printed
            | Outcome::Processed
            | Outcome::PrintedTaken
            | Outcome::PrintedNotTaken => Some(Self::AskedAgain),
        }
    }
}

/// That a job prints a slip again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reprint {
    /// The job that printed it first.
    pub of: JobId,
    /// Which repetition this is, from 1.
    pub count: u16,
    /// Why.
    pub reason: ReprintReason,
}

impl Reprint {
    /// The repetition that follows `record`, with the reason its outcome gives.
    ///
    /// `None` while the job runs, and when nothing is on paper: that is no repetition, the
    /// job may simply be sent again.
    #[must_use]
    pub fn after(record: &JobRecord) -> Option<Self> {
        let reason = ReprintReason::after(record.outcome?)?;
        Some(match &record.reprint {
            None => Self {
                of: record.job.clone(),
                count: 1,
                reason,
            },
            Some(before) => Self {
                of: before.of.clone(),
                count: before.count.saturating_add(1),
                reason,
            },
        })
    }

    /// What must stand on the slip, so that two slips cannot be taken for two filings.
    #[must_use]
    pub fn mark(&self) -> String {
        format!("副本 COPY {}", self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::receipt_printer::{Cause, Phase, ProcessId};

    fn ended(outcome: Option<Outcome>, reprint: Option<Reprint>) -> JobRecord {
        JobRecord {
            job: JobId("second".to_owned()),
            content_hash: [0; 32],
            process_id: ProcessId::wrapping(1),
            phase: Phase::Uncut,
            bytes: 0,
            epoch: 1,
            outcome,
            reprint,
        }
    }

    #[test]
    fn what_is_not_on_paper_needs_no_mark_and_what_may_be_does() {
        let reason = |outcome| Reprint::after(&ended(Some(outcome), None)).map(|it| it.reason);
        assert_eq!(reason(Outcome::NotPrinted(Cause::PaperOut)), None);
        assert_eq!(Reprint::after(&ended(None, None)), None);
        for (outcome, expected) in [
            (
                Outcome::Partial(Cause::PaperOut),
                ReprintReason::CameOutInPart,
            ),
            (
                Outcome::Unknown(Cause::Timeout),
                ReprintReason::NotKnownPrinted,
            ),
            (Outcome::PrintedNotTaken, ReprintReason::AskedAgain),
            (Outcome::Processed, ReprintReason::AskedAgain),
        ] {
            assert_eq!(reason(outcome), Some(expected));
        }
    }

    #[test]
    fn copies_are_counted_from_the_first_slip() {
        let first = Reprint::after(&ended(Some(Outcome::Printed), None)).unwrap();
        assert_eq!(
            (first.of.0.as_str(), first.mark()),
            ("second", "副本 COPY 1".to_owned())
        );
        let of_a_copy = Reprint {
            of: JobId("first".to_owned()),
            ..first
        };
        let next = Reprint::after(&ended(Some(Outcome::Printed), Some(of_a_copy))).unwrap();
        assert_eq!((next.of.0.as_str(), next.count), ("first", 2));
    }
}
