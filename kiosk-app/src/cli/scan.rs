//! `kiosk scan`: pages from a scanner into a folder.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, ValueEnum};
use kiosk_drivers::runner::CancelToken;
use kiosk_drivers::scanner::{NextPage, Page, Region, ScanSettings, Source};
use kiosk_drivers::selector::Selector;
use kiosk_paper::scan::straighten;
use serde_json::json;

use super::device::scanner;
use super::{DEVICE, Exit, Failure, USAGE, selector};

/// A page that names no resolution is taken for one at the usual one.
const UNKNOWN_DPI: u16 = 300;

/// `kiosk scan`.
#[derive(Args)]
#[command(
    after_help = "Example:\n  kiosk scan --device escl:http://127.0.0.1:60000/eSCL --out pages --json"
)]
pub(crate) struct Scan {
    /// The scanner, such as escl:http://127.0.0.1:60000/eSCL, sane:test:0 or camera:/dev/video0.
    #[arg(long, value_parser = selector)]
    device: Selector,
    /// Where the paper lies.
    #[arg(long, value_enum, default_value_t = From::Platen)]
    source: From,
    /// What is scanned.
    #[arg(long, value_enum, default_value_t = What::Page)]
    kind: What,
    /// The folder the pages go to; created when missing.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Keeps the scanner's bytes: nothing is turned straight, and nothing is said of the quality.
    #[arg(long)]
    raw: bool,
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum From {
    Platen,
    Feeder,
    Duplex,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    Page,
    Card,
}

impl Scan {
    pub(crate) fn run(self) -> Result<(), Failure> {
        std::fs::create_dir_all(&self.out)
            .with_context(|| format!("creating {}", self.out.display()))
            .exit(USAGE)?;
        let settings = ScanSettings {
            source: match self.source {
                From::Platen => Source::Platen,
                From::Feeder => Source::Feeder,
                From::Duplex => Source::Duplex,
            },
            region: match self.kind {
                What::Page => Region::A4,
                What::Card => Region::CARD,
            },
            ..ScanSettings::default()
        };
        let mut scanner = scanner(&self.device)?;
        if let Err(fault) = scanner.start(&settings, &CancelToken::default()) {
            return self.fault(&fault);
        }
        let mut number = 0_u32;
        loop {
            match scanner.next_page() {
                NextPage::Page(page) => {
                    number += 1;
                    self.keep(number, &page)?;
                    if settings.source == Source::Platen {
                        break;
                    }
                }
                NextPage::End => break,
                NextPage::Retry(pause) => {
                    CancelToken::default().wait(pause);
                }
                NextPage::Fault(fault) => return self.fault(&fault),
            }
        }
        scanner.cancel();
        if self.json {
            println!("{}", json!({"event": "end"}));
        }
        Ok(())
    }

    /// Keeps a page, straight unless it is wanted raw.
    fn keep(&self, number: u32, page: &Page) -> Result<(), Failure> {
        let name = format!("page-{number:03}.jpg");
        let path: &Path = &self.out.join(&name);
        let dpi = page.dpi.and_then(|dpi| u16::try_from(dpi).ok());
        let straight = (!self.raw)
            .then(|| straighten(&page.jpeg, dpi.unwrap_or(UNKNOWN_DPI), None))
            .transpose()
            .context("making the page straight")
            .exit(DEVICE)?;
        let jpeg: &[u8] = match &straight {
            Some(straight) => &straight.jpeg,
            None => &page.jpeg,
        };
        std::fs::write(path, jpeg)
            .with_context(|| format!("writing {}", path.display()))
            .exit(USAGE)?;
        let skew = straight.as_ref().and_then(|page| page.skew_degrees);
        let quality: Vec<&str> = straight
            .iter()
            .flat_map(|page| page.advice.iter().map(|advice| advice.name()))
            .collect();
        if self.json {
            println!(
                "{}",
                json!({
                    "file": name,
                    "widthPx": page.width_px,
                    "heightPx": page.height_px,
                    "dpi": page.dpi,
                    "skewDegrees": skew.map(|degrees| (degrees * 100.0).round() / 100.0),
                    "quality": quality,
                })
            );
        } else {
            let (width, height) = (page.width_px, page.height_px);
            println!(
                "{} {width} x {height} {}",
                path.display(),
                quality.join(" ")
            );
        }
        Ok(())
    }

    fn fault(&self, fault: &kiosk_drivers::scanner::ScanFault) -> Result<(), Failure> {
        if self.json {
            println!("{}", json!({"event": "fault", "kind": fault.kind()}));
        }
        Err(anyhow::anyhow!("{fault}")).exit(DEVICE)
    }
}
