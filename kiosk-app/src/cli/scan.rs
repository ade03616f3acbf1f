//! `kiosk scan`: pages from a scanner into a folder.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, ValueEnum};
use kiosk::stop::on_signal;
use kiosk::work::upright_page;
use kiosk_drivers::scanner::escl::protocol::QuirkTable;
use kiosk_drivers::scanner::{NextPage, Page, Region, ScanSettings, Source};
use kiosk_drivers::selector::Selector;
use kiosk_paper::scan::{PageLimit, SideMark, lay_flat};
use serde_json::{Value, json};

use super::device::scanner;
use super::pages::{Ready, Said};
use super::{DEVICE, Exit, Failure, USAGE, selector};

/// By hand nothing is made smaller: no material says what it allows.
const ALL: PageLimit = PageLimit {
    max_bytes: usize::MAX,
    colour: true,
};

/// `kiosk scan`.
#[derive(Args)]
#[command(
    after_help = "Example:\n  kiosk scan --device escl:http://127.0.0.1:60000/eSCL --out pages --json"
)]
pub(crate) struct Scan {
    /// The scanner, such as escl:http://127.0.0.1:60000/eSCL, sane:test:0, camera:/dev/video0 or camera:file:desk.jpg.
    #[arg(long, value_parser = selector)]
    device: Selector,
    /// Where the paper lies.
    #[arg(long, value_enum, default_value_t = From::Platen)]
    source: From,
    /// What is scanned. A camera sees the whole desk and finds either by its outline.
    #[arg(long, value_enum, default_value_t = What::Page)]
    kind: What,
    /// The folder the pages go to; created when missing.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// What an eSCL scanner does differently (TOML), of the form of `scanner-quirks` in the configuration.
    #[arg(long, value_name = "FILE")]
    quirks: Option<PathBuf>,
    /// Keeps the scanner's bytes: nothing is turned, cut out or straightened, and nothing is said of the quality.
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
    /// A quick look at the whole glass, as it is: with nothing on it, the picture for
    /// `empty-glass` in the configuration.
    Glass,
}

impl Scan {
    pub(crate) fn run(self) -> Result<(), Failure> {
        std::fs::create_dir_all(&self.out)
            .with_context(|| format!("creating {}", self.out.display()))
            .exit(USAGE)?;
        let usual = ScanSettings {
            source: match self.source {
                From::Platen => Source::Platen,
                From::Feeder => Source::Feeder,
                From::Duplex => Source::Duplex,
            },
            ..ScanSettings::default()
        };
        let settings = match self.kind {
            What::Page => usual,
            What::Card => ScanSettings {
                region: Region::CARD,
                ..usual
            },
            What::Glass => ScanSettings::PREVIEW,
        };
        let quirks = match &self.quirks {
            Some(path) => QuirkTable::read(path).exit(USAGE)?,
            None => QuirkTable::default(),
        };
        let mut scanner = scanner(&self.device, &quirks)?;
        // Ended by hand, the job is ended at the scanner too.
        let cancel = on_signal(|| {})
            .context("listening for signals")
            .exit(USAGE)?;
        if let Err(fault) = scanner.start(&settings, &cancel) {
            return self.fault(&fault);
        }
        let (mut number, mut before) = (0_u32, None);
        loop {
            match scanner.next_page() {
                NextPage::Page(page) => {
                    number += 1;
                    self.keep(number, &page, &mut before)?;
                    if settings.source == Source::Platen {
                        break;
                    }
                }
                NextPage::End => break,
                NextPage::Coming(_) => {}
                NextPage::Retry(pause) => {
                    cancel.wait(pause);
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

    /// Keeps a page: made ready as in a visit, unless it is wanted raw.
    fn keep(&self, number: u32, page: &Page, before: &mut Option<SideMark>) -> Result<(), Failure> {
        let name = format!("page-{number:03}.jpg");
        let path: &Path = &self.out.join(&name);
        let ready = if self.raw || self.kind == What::Glass {
            None
        } else {
            Some(ready(page, before)?)
        };
        let jpeg: &[u8] = match &ready {
            Some(ready) => &ready.page.jpeg,
            None => &page.jpeg,
        };
        std::fs::write(path, jpeg)
            .with_context(|| format!("writing {}", path.display()))
            .exit(USAGE)?;
        let shown = path.display().to_string();
        match (&ready, self.json) {
            (Some(ready), true) => println!("{}", ready.json(&name)),
            (Some(ready), false) => println!("{}", ready.words(&shown)),
            (None, true) => println!("{}", raw(&name, page)),
            (None, false) => println!("{shown} {} x {}", page.width_px, page.height_px),
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

/// A page upright, flat and straight, with what is to be said of it.
fn ready(page: &Page, before: &mut Option<SideMark>) -> Result<Ready, Failure> {
    let upright = upright_page(page).context("making a page of the scan");
    let (read, facing) = upright.exit(DEVICE)?;
    let flat = lay_flat(read);
    let mut said = Said::of(&flat, facing, None);
    let mark = flat.side_mark();
    said.compare(&mark, before.as_ref());
    *before = Some(mark);
    let page = flat.fit(ALL).context("making a page of the scan");
    let page = page.exit(DEVICE)?;
    Ok(Ready { page, said })
}

/// What is said of a page that stays as it came: nothing of its quality.
fn raw(name: &str, page: &Page) -> Value {
    json!({
        "file": name,
        "widthPx": page.width_px,
        "heightPx": page.height_px,
        "dpi": page.dpi,
        "skewDegrees": null,
        "turnedDegrees": 0,
        "quality": [],
    })
}
