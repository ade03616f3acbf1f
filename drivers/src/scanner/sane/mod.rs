//! Scanners that only SANE knows, by its program `scanimage`: older and sheet-fed ones.
//!
//! The program runs as a child, because SANE's backends crash and hang in the process that
//! loads them: a child can be stopped, and its end is a clear number. What it writes goes to
//! a folder in memory that nobody else can read, and is overwritten once it was read.
//!
//! Source: the scanner fact sheet, section 3.

mod child;
mod driver;
mod folder;
#[cfg(all(test, feature = "simulator"))]
mod mutated;
mod options;
mod pnm;
#[cfg(test)]
mod tests;

pub use driver::{SaneScanner, Settings};

/// Reads `bytes` as a page, for the fuzz targets.
#[cfg(feature = "fuzzing")]
pub(super) fn fuzz_page(bytes: &[u8]) -> Result<super::Page, super::ScanFault> {
    pnm::page(bytes, Some(300))
}

/// Reads `text` as options and chooses among them, for the fuzz targets.
#[cfg(feature = "fuzzing")]
pub(super) fn fuzz_options(text: &str) {
    use super::{Region, ScanSettings, Source};

    let options = options::Options::parse(text);
    for source in [Source::Platen, Source::Feeder, Source::Duplex] {
        for region in [Region::A4, Region::ALL] {
            let wanted = ScanSettings {
                source,
                region,
                ..ScanSettings::PREVIEW
            };
            // Every argument is an option: none is taken for a device or a file.
            if let Ok(choice) = options.choose(&wanted) {
                assert!(choice.arguments.iter().all(|one| one.starts_with('-')));
            }
        }
    }
}
