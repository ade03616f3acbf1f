//! Document printers that speak IPP Everywhere: A4 sheets from PDF, followed to their end.
//!
//! A job is created before a byte of its document is sent, so that a lost connection is
//! resolved by asking for the job. A document is handed over once; nothing is ever sent again
//! unasked, and a queue that repeats jobs by itself is not used.
//!
//! Source: RFC 8011; PWG 5100.14 (IPP Everywhere); the printer fact sheet, section 5.

mod http;
mod job;
#[cfg(test)]
mod mutated;
mod printer;
#[cfg(feature = "simulator")]
pub mod sim;
mod status;
#[cfg(all(test, feature = "simulator"))]
mod tests;
mod wire;

pub use printer::{AddressError, IppPrinter, Patience};

/// Reads an answer and what it says of printer and job; for the fuzz targets.
#[cfg(feature = "fuzzing")]
pub(crate) fn read_answer(bytes: Vec<u8>) {
    if let Ok(answer) = wire::answer(bytes) {
        status::Printer::of(&answer.printer).condition();
        answer.job.words("job-state-reasons");
        answer.job.numbers("job-state");
    }
}
