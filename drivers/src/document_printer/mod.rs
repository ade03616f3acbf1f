//! Document printers: finished PDF documents on their way to A4 paper.
//!
//! [`FolderPrinter`] is the selector `file:PATH`: a folder that something else prints from
//! or a person fetches documents from. [`ipp::IppPrinter`] is `ipp:URL`.

mod folder;
pub mod ipp;

pub use folder::FolderPrinter;

use std::path::PathBuf;

use crate::receipt_printer::Outcome;
use crate::runner::Condition;

/// How a document ended up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentResult {
    /// What is known, in the same words as for slips.
    pub outcome: Outcome,
    /// Where the document lies now; `None` when it is on paper or nowhere.
    pub file: Option<PathBuf>,
}

/// Something that takes finished PDF documents.
pub trait DocumentPrinter: Send {
    /// Takes one document and returns when its fate is known.
    fn print(&mut self, pdf: &[u8]) -> DocumentResult;

    /// Whether it could take a document now.
    fn condition(&self) -> Condition;
}
