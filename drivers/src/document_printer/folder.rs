//! A folder that takes documents so that a power cut leaves a whole one or none.
//!
//! No paper moves here: what lies in the folder is [`Outcome::Processed`], never printed.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::{DocumentPrinter, DocumentResult};
use crate::receipt_printer::{Cause, Outcome};
use crate::runner::{Condition, Fault, FaultKind, Identity};

/// Ending of a document that is not whole yet.
const UNFINISHED: &str = ".part";
/// The largest document taken: 64 MB.
const MAX_BYTES: usize = 64 << 20;

/// Writes documents into a folder under random names, readable by us alone.
///
/// The name says nothing about the person: 32 random hexadecimal digits and `.pdf`.
#[derive(Debug)]
pub struct FolderPrinter {
    folder: PathBuf,
}

impl FolderPrinter {
    /// Uses `folder`, which must exist, and removes what a crash left there unfinished.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        let printer = Self {
            folder: folder.into(),
        };
        printer.sweep();
        printer
    }

    /// Unfinished documents hold a person's data and belong to nobody any more.
    fn sweep(&self) {
        let Ok(entries) = fs::read_dir(&self.folder) else {
            return;
        };
        for entry in entries.flatten() {
            if is_unfinished(&entry.path()) {
                // What cannot be removed now is tried again at the next start.
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    fn write(&self, pdf: &[u8]) -> Result<PathBuf, Failure> {
        let name = random_name().map_err(Failure::before)?;
        let unfinished = self.folder.join(format!("{name}{UNFINISHED}"));
        let whole = self.folder.join(format!("{name}.pdf"));
        let written = write_synced(&unfinished, pdf).and_then(|()| fs::rename(&unfinished, &whole));
        if let Err(error) = written {
            // Half a document is of no use; the error that matters is the first.
            let _ = fs::remove_file(&unfinished);
            return Err(Failure::before(error));
        }
        // Until the folder itself is on disk, the name may be gone after a power cut.
        let synced = File::open(&self.folder).and_then(|folder| folder.sync_all());
        synced
            .map(|()| whole)
            .map_err(|error| Failure { error, named: true })
    }
}

/// What went wrong, and whether the document already had its name.
struct Failure {
    error: io::Error,
    named: bool,
}

impl Failure {
    fn before(error: io::Error) -> Self {
        Self {
            error,
            named: false,
        }
    }
}

impl DocumentPrinter for FolderPrinter {
    fn print(&mut self, pdf: &[u8]) -> DocumentResult {
        if !pdf.starts_with(b"%PDF-") || pdf.len() > MAX_BYTES {
            return DocumentResult {
                outcome: Outcome::NotPrinted(Cause::NotADocument),
                file: None,
            };
        }
        match self.write(pdf) {
            Ok(file) => DocumentResult {
                outcome: Outcome::Processed,
                file: Some(file),
            },
            Err(Failure { error, named }) => {
                tracing::warn!(error = %error, "writing a document");
                let cause = cause(&error);
                let outcome = if named {
                    Outcome::Unknown(cause)
                } else {
                    Outcome::NotPrinted(cause)
                };
                DocumentResult {
                    outcome,
                    file: None,
                }
            }
        }
    }

    fn identify(&mut self) -> Result<Identity, Fault> {
        self.condition()?;
        Ok(Identity {
            name: "folder".to_owned(),
            detail: None,
        })
    }

    fn condition(&mut self) -> Result<Condition, Fault> {
        let away = |cause: Cause| {
            Fault::new(FaultKind::Absent, "look at the folder").with_key(cause.as_str())
        };
        match fs::metadata(&self.folder) {
            Ok(data) if data.is_dir() => Ok(Condition::ONLINE),
            Ok(_) => Err(away(Cause::FolderMissing)),
            Err(error) => Err(away(cause(&error)).because(error)),
        }
    }
}

fn cause(error: &io::Error) -> Cause {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => Cause::FolderMissing,
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            Cause::StorageFull
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Cause::NotPermitted,
        _ => Cause::Mechanism,
    }
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn random_name() -> io::Result<String> {
    let mut random = [0u8; 16];
    File::open("/dev/urandom")?.read_exact(&mut random)?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn is_unfinished(path: &Path) -> bool {
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    name.strip_suffix(UNFINISHED)
        .is_some_and(|stem| stem.len() == 32 && stem.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runner::HealthState;

    const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n";

    fn names(folder: &Path) -> Vec<String> {
        fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    #[test]
    fn a_document_lies_whole_in_the_folder_under_a_name_that_says_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut printer = FolderPrinter::new(folder.path());
        assert_eq!(printer.condition().unwrap(), Condition::ONLINE);
        let first = printer.print(PDF);
        let second = printer.print(PDF);
        assert_eq!(
            (first.outcome, second.outcome),
            (Outcome::Processed, Outcome::Processed)
        );
        assert_ne!(first.file, second.file);
        assert_eq!(fs::read(first.file.unwrap()).unwrap(), PDF);
        for name in names(folder.path()) {
            let stem = name.strip_suffix(".pdf").unwrap();
            assert!(
                stem.len() == 32 && stem.bytes().all(|byte| byte.is_ascii_hexdigit()),
                "{name}"
            );
        }
    }

    #[test]
    fn the_folder_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let mut printer = FolderPrinter::new(folder.path().join("gone"));
        assert_eq!(
            printer.print(PDF).outcome,
            Outcome::NotPrinted(Cause::FolderMissing)
        );
        assert_eq!(printer.condition().unwrap_err().key, "folder_missing");
    }

    #[test]
    fn a_file_stands_where_the_folder_should_be() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, b"").unwrap();
        assert_eq!(
            FolderPrinter::new(&file).print(PDF).outcome,
            Outcome::NotPrinted(Cause::FolderMissing)
        );
        let fault = FolderPrinter::new(&file).condition().unwrap_err();
        assert_eq!(fault.condition().state, HealthState::NoDevice);
    }

    #[test]
    fn a_full_disk_and_a_forbidden_folder_are_named() {
        let named = |kind: ErrorKind| cause(&io::Error::from(kind));
        assert_eq!(named(ErrorKind::StorageFull), Cause::StorageFull);
        assert_eq!(named(ErrorKind::PermissionDenied), Cause::NotPermitted);
        assert_eq!(named(ErrorKind::ReadOnlyFilesystem), Cause::NotPermitted);
    }

    #[test]
    fn what_is_no_pdf_is_not_printed() {
        let folder = tempfile::tempdir().unwrap();
        let result = FolderPrinter::new(folder.path()).print(b"hello");
        assert_eq!(result.outcome, Outcome::NotPrinted(Cause::NotADocument));
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn what_a_power_cut_left_half_written_is_removed_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let half = format!("{}.part", "0123456789abcdef".repeat(2));
        for name in [half.as_str(), "someone-elses.part", "kept.pdf"] {
            fs::write(folder.path().join(name), b"%PDF-").unwrap();
        }
        FolderPrinter::new(folder.path());
        let mut left = names(folder.path());
        left.sort();
        assert_eq!(left, ["kept.pdf", "someone-elses.part"]);
    }
}
