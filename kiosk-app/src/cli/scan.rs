//! `kiosk scan`: pages from a scanner into a folder.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, ValueEnum};
use kiosk_drivers::runner::CancelToken;
use kiosk_drivers::scanner::{NextPage, Page, Region, ScanSettings, Scanner, Source};
use kiosk_drivers::selector::Selector;
use serde_json::json;

use super::device::scanner;
use super::{DEVICE, Exit, Failure, USAGE, selector};

/// `kiosk scan`.
#[derive(Args)]
#[command(
    after_help = "Example:\n  kiosk scan --device escl:http://127.0.0.1:60000/eSCL --out pages --json"
)]
pub(crate) struct Scan {
    /// The scanner, such as escl:http://127.0.0.1:60000/eSCL.
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
    /// Keeps the scanner's bytes (this version does no page processing, so pages are always raw).
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

    fn keep(&self, number: u32, page: &Page) -> Result<(), Failure> {
        let name = format!("page-{number:03}.jpg");
        let path: &Path = &self.out.join(&name);
        std::fs::write(path, &page.jpeg)
            .with_context(|| format!("writing {}", path.display()))
            .exit(USAGE)?;
        if self.json {
            println!(
                "{}",
                json!({
                    "file": name,
                    "widthPx": page.width_px,
                    "heightPx": page.height_px,
                    "dpi": page.dpi,
                    "skewDegrees": null,
                    "quality": [],
                })
            );
        } else {
            println!("{} {} x {}", path.display(), page.width_px, page.height_px);
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
