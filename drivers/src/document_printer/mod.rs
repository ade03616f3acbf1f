//! Document printers: finished PDF documents on their way to A4 paper.
//!
//! [`FolderPrinter`] is the selector `file:PATH`: a folder that something else prints from
//! or a person fetches documents from. [`ipp::IppPrinter`] is `ipp:URL`.

mod folder;
pub mod ipp;
mod pages;
mod thread;

pub use folder::FolderPrinter;
#[cfg(feature = "fuzzing")]
pub(crate) use pages::count as count_pages;
pub use thread::{DocumentCommand, DocumentEvent, DocumentThread};

use std::path::PathBuf;

use crate::receipt_printer::{Cause, Outcome};
use crate::runner::{CancelToken, Condition, Fault, HealthState, Identity};

/// How a document ended up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentResult {
    /// What is known, in the same words as for slips.
    pub outcome: Outcome,
    /// Where the document lies now; `None` when it is on paper or nowhere.
    pub file: Option<PathBuf>,
}

/// What is worth showing while a document prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// The printer took the job.
    Accepted,
    /// It waits for a hand: paper, cover, jam. The cause's name is the key of the words.
    Waiting(Cause),
    /// It goes on.
    Going,
}

/// Something that takes finished PDF documents.
pub trait DocumentPrinter: Send {
    /// Takes one document and returns when its fate is known.
    fn print(&mut self, pdf: &[u8]) -> DocumentResult;

    /// The same with a way to end it and somebody who hears how it goes.
    ///
    /// A printer that is done at once need not look at `cancel` in between.
    fn print_watched(
        &mut self,
        pdf: &[u8],
        cancel: &CancelToken,
        _tell: &mut dyn FnMut(Progress),
    ) -> DocumentResult {
        if cancel.is_cancelled() {
            return DocumentResult {
                outcome: Outcome::NotPrinted(Cause::Cancelled),
                file: None,
            };
        }
        self.print(pdf)
    }

    /// Asks the printer who it is.
    ///
    /// # Errors
    /// [`Fault`] when it does not answer or answers nonsense.
    fn identify(&mut self) -> Result<Identity, Fault>;

    /// Asks the printer whether it could take a document now.
    ///
    /// # Errors
    /// [`Fault`] when it does not answer or answers nonsense.
    fn condition(&mut self) -> Result<Condition, Fault>;
}

/// The condition of a printer that `cause` keeps from printing.
fn hindered(cause: Cause) -> Condition {
    let state = match cause {
        Cause::Offline => HealthState::Offline,
        _ => HealthState::UserError,
    };
    Condition::new(state, cause.as_str())
}
