//! From evidence to outcome: the one table that says what may be claimed.
//!
//! Source: the printer fact sheet, section 2. A slip that was seen to come out at an output
//! seen empty before, behind a fence, counts as printed like one with a process number: the
//! sensor saw the paper itself.

use super::clearing::Cleared;
use super::conversation::Stop;
use crate::receipt_printer::outcome::{Cause, Outcome};
use crate::transport::TransportError;

/// What proves that everything handed over was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// The job's own process number came back on its own connection.
    ProcessId,
    /// The answers to the job's own fence came back, as many as were asked for.
    Fence,
}

/// What the sensor at the output saw of the slip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Output {
    /// There is no sensor, or it could not be read any more.
    Unseen,
    /// The slip came and went.
    Taken,
    /// The slip came, stayed, and was drawn back.
    Retracted,
    /// The slip came and is still there.
    Left,
}

/// The outcome of a slip that is proven to have been processed.
pub(super) fn proven(proof: Proof, output: Output) -> Outcome {
    match (proof, output) {
        (Proof::ProcessId | Proof::Fence, Output::Taken) => Outcome::PrintedTaken,
        (Proof::ProcessId | Proof::Fence, Output::Retracted) => Outcome::PrintedNotTaken,
        (Proof::ProcessId, Output::Unseen | Output::Left) => Outcome::Printed,
        (Proof::Fence, Output::Unseen | Output::Left) => Outcome::Processed,
    }
}

/// The outcome of a slip of which bytes were handed over and `stop` came before the proof.
///
/// `cleared` is what clearing the printer gave afterwards; `None` when it could not be tried.
pub(super) fn stopped(stop: &Stop, cleared: Option<Cleared>) -> Outcome {
    match stop {
        Stop::Problem(problem) if cleared == Some(Cleared::Proven) => {
            Outcome::Partial(Cause::from(*problem))
        }
        other => Outcome::Unknown(cause(other)),
    }
}

/// The cause a stop stands for.
pub(super) fn cause(stop: &Stop) -> Cause {
    match stop {
        Stop::Problem(problem) => Cause::from(*problem),
        Stop::PowerLost => Cause::PowerLost,
        Stop::Timeout => Cause::Timeout,
        Stop::WrongConfirmation => Cause::WrongConfirmation,
        Stop::Garbled => Cause::Garbled,
        Stop::NoConfirmation => Cause::NoConfirmation,
        Stop::Broken(error) => broken_cause(error),
    }
}

/// The cause a broken line stands for.
fn broken_cause(error: &TransportError) -> Cause {
    if error.source.kind() == std::io::ErrorKind::Interrupted {
        Cause::ProgramStopped
    } else {
        Cause::Disconnected
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::receipt_printer::protocol::status::Problem;

    #[test]
    fn every_line_of_the_table_for_a_slip_that_was_processed() {
        for (proof, output, outcome) in [
            (Proof::ProcessId, Output::Unseen, Outcome::Printed),
            (Proof::ProcessId, Output::Left, Outcome::Printed),
            (Proof::ProcessId, Output::Taken, Outcome::PrintedTaken),
            (
                Proof::ProcessId,
                Output::Retracted,
                Outcome::PrintedNotTaken,
            ),
            (Proof::Fence, Output::Unseen, Outcome::Processed),
            (Proof::Fence, Output::Left, Outcome::Processed),
            (Proof::Fence, Output::Taken, Outcome::PrintedTaken),
            (Proof::Fence, Output::Retracted, Outcome::PrintedNotTaken),
        ] {
            assert_eq!(proven(proof, output), outcome, "{proof:?} {output:?}");
        }
    }

    #[test]
    fn only_a_named_problem_with_a_proven_clear_is_partial() {
        let line = |kind: std::io::ErrorKind| {
            Stop::Broken(TransportError {
                operation: "read",
                device: "test".to_owned(),
                source: kind.into(),
            })
        };
        let stops = [
            (Stop::Problem(Problem::Jam), Cause::Jam),
            (Stop::PowerLost, Cause::PowerLost),
            (Stop::Timeout, Cause::Timeout),
            (Stop::WrongConfirmation, Cause::WrongConfirmation),
            (Stop::Garbled, Cause::Garbled),
            (Stop::NoConfirmation, Cause::NoConfirmation),
            (line(std::io::ErrorKind::BrokenPipe), Cause::Disconnected),
            (line(std::io::ErrorKind::Interrupted), Cause::ProgramStopped),
        ];
        for (stop, cause) in &stops {
            for cleared in [None, Some(Cleared::Waiting), Some(Cleared::Refused)] {
                assert_eq!(stopped(stop, cleared), Outcome::Unknown(*cause), "{stop:?}");
            }
            let proven = stopped(stop, Some(Cleared::Proven));
            let expected = match stop {
                Stop::Problem(_) => Outcome::Partial(*cause),
                _ => Outcome::Unknown(*cause),
            };
            assert_eq!(proven, expected, "{stop:?}");
        }
    }
}
