//! `kiosk print`: one slip or document on one printer, and what is proven about it.

use std::path::PathBuf;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::Args;
use kiosk_drivers::receipt_printer::{
    Job, MemoryJournal, Outcome, PrinterCommand, PrinterEvent, Profile,
};
use kiosk_drivers::runner::Report;
use kiosk_drivers::selector::Selector;
use kiosk_paper::{Slip, SlipLine};
use serde::Deserialize;
use serde_json::json;

use super::device::read_profile;
use super::{DEVICE, Exit, Failure, USAGE, selector};

/// A whole slip takes at most this long.
const LONGEST: Duration = Duration::from_secs(120);
/// Largest file that is printed.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// `kiosk print`.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  kiosk print --sample --device serial:/dev/ttyUSB1@115200 --json\n  kiosk print --pdf form.pdf --device ipp:ipp://192.0.2.8/ipp/print"
)]
pub(crate) struct Print {
    /// Prints a sample slip (this is also what nothing else does).
    #[arg(long, conflicts_with_all = ["receipt", "pdf"])]
    sample: bool,
    /// Prints the slip a JSON file describes: {"lines": [{"heading": "…"}, {"row": ["label", "value"]}, {"text": "…"}, {"note": "…"}, {"number": ["label", "…"]}, {"qr": "…"}, "rule", "divider"]}.
    #[arg(long, value_name = "FILE", conflicts_with = "pdf")]
    receipt: Option<PathBuf>,
    /// Prints a PDF on a document printer.
    #[arg(long, value_name = "FILE")]
    pdf: Option<PathBuf>,
    /// The printer, such as serial:/dev/ttyUSB1@115200, tcp:HOST:9100, ipp:ipp://HOST/ipp/print or file:FOLDER.
    #[arg(long, value_parser = selector)]
    device: Selector,
    /// Family of a receipt printer (epson, custom, cashino, generic) or a file that describes
    /// one; epson unless given.
    #[arg(long, value_name = "NAME|FILE", conflicts_with = "pdf")]
    profile: Option<String>,
    /// Ends with one JSON object.
    #[arg(long)]
    json: bool,
}

impl Print {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let profile = self.profile.as_deref().map(read_profile);
        let profile = profile.transpose().exit(USAGE)?.unwrap_or_default();
        let head = profile.head_bytes;
        let outcome = match (&self.pdf, &self.receipt) {
            (Some(pdf), _) => print_pdf(&self.device, pdf)?,
            (None, Some(file)) => {
                let bytes = read(file)?;
                let slip: SlipFile = serde_json::from_slice(&bytes)
                    .with_context(|| format!("reading the slip {}", file.display()))
                    .exit(USAGE)?;
                let job = job(&slip.slip(), head).exit(USAGE)?;
                print_slip(&self.device, profile, job)?
            }
            (None, None) => {
                let job = sample_job(head).exit(USAGE)?;
                print_slip(&self.device, profile, job)?
            }
        };
        let cause = outcome.cause().map(|cause| cause.as_str());
        if self.json {
            println!("{}", json!({"outcome": outcome.as_str(), "cause": cause}));
        } else {
            println!("{} {}", outcome.as_str(), cause.unwrap_or_default());
        }
        match outcome {
            Outcome::Printed
            | Outcome::Processed
            | Outcome::PrintedTaken
            | Outcome::PrintedNotTaken => Ok(()),
            Outcome::NotPrinted(_) | Outcome::Partial(_) | Outcome::Unknown(_) => Err(
                anyhow::anyhow!("not known to be printed: {}", outcome.as_str()),
            )
            .exit(DEVICE),
        }
    }
}

fn read(file: &std::path::Path) -> Result<Vec<u8>, Failure> {
    let size = std::fs::metadata(file)
        .with_context(|| format!("reading {}", file.display()))
        .exit(USAGE)?
        .len();
    if size > MOST_BYTES {
        return Err(anyhow::anyhow!("{} is larger than 64 MiB", file.display())).exit(USAGE);
    }
    std::fs::read(file)
        .with_context(|| format!("reading {}", file.display()))
        .exit(USAGE)
}

fn print_pdf(device: &Selector, file: &std::path::Path) -> Result<Outcome, Failure> {
    let mut printer = kiosk::devices::document_printer(device).exit(USAGE)?;
    let pdf = read(file)?;
    Ok(printer.print(&pdf).outcome)
}

fn print_slip(device: &Selector, profile: Profile, job: Job) -> Result<Outcome, Failure> {
    let (events, inbox) = mpsc::channel();
    let printer = kiosk::devices::start_printer(
        device,
        profile,
        None,
        MemoryJournal::default(),
        events,
        |r| r,
    )
    .context("starting the receipt printer")
    .exit(DEVICE)?;
    let wanted = job.id.clone();
    printer.send(PrinterCommand::Print(job));
    let end = Instant::now() + LONGEST;
    loop {
        let wait = end.saturating_duration_since(Instant::now());
        match inbox.recv_timeout(wait) {
            Ok(Report::Event(PrinterEvent::Outcome { job, outcome })) if job == wanted => {
                return Ok(outcome);
            }
            Ok(_) => {}
            Err(_) => {
                return Err(anyhow::anyhow!(
                    "the printer {device} gave no outcome in time"
                ))
                .exit(DEVICE);
            }
        }
    }
}

/// A slip as a JSON file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SlipFile {
    lines: Vec<Line>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum Line {
    Heading(String),
    Text(String),
    Note(String),
    Notice(String),
    Row(String, Option<String>),
    Number(String, Option<String>),
    Qr(String),
    Rule,
    Divider,
}

impl SlipFile {
    fn slip(self) -> Slip {
        let lines = self.lines.into_iter().map(|line| match line {
            Line::Heading(text) => SlipLine::Heading(text),
            Line::Text(text) => SlipLine::Paragraph(text),
            Line::Note(text) => SlipLine::Note(text),
            Line::Notice(text) => SlipLine::Notice(text),
            Line::Row(label, value) => SlipLine::Row { label, value },
            Line::Number(label, number) => SlipLine::Number { label, number },
            Line::Qr(text) => SlipLine::Qr(text),
            Line::Rule => SlipLine::Rule,
            Line::Divider => SlipLine::Divider,
        });
        Slip::new(lines.collect())
    }
}

/// For a printer whose head takes `head_bytes` bytes a row.
fn job(slip: &Slip, head_bytes: u8) -> anyhow::Result<Job> {
    let paper = kiosk::slips::paper_for_head(head_bytes);
    let fonts = kiosk::fonts::Fonts::new()?;
    Ok(kiosk::slips::job(slip, &fonts, paper)?)
}

/// What a technician prints to see the printer work.
pub(crate) fn sample_job(head_bytes: u8) -> anyhow::Result<Job> {
    Ok(kiosk::slips::test_job(
        &kiosk::fonts::Fonts::new()?,
        head_bytes,
    )?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SLIP: &str = r#"{"lines": [{"heading": "云汀市"}, "rule", {"row": ["时间", "15:26"]},
        {"row": ["", null]}, {"number": ["回执号", "ABC2-3456-789K"]}, {"qr": "ABC2"},
        {"notice": "𬱖"}, "divider", {"text": "Aa"}, {"note": "1"}]}"#;

    #[test]
    fn a_slip_cut_off_or_doubled_anywhere_is_drawn_or_refused() {
        let drawn = |text: &str| {
            let slip = serde_json::from_str::<SlipFile>(text).map_err(anyhow::Error::from);
            slip.and_then(|slip| job(&slip.slip(), 72)).is_ok()
        };
        assert!(drawn(SLIP));
        let letters: Vec<char> = SLIP.chars().collect();
        for at in 0..letters.len() {
            let (before, after) = letters.split_at(at);
            let lost = before
                .iter()
                .chain(after.iter().skip(1))
                .collect::<String>();
            let doubled = before
                .iter()
                .chain(after.first())
                .chain(after)
                .collect::<String>();
            let cut = before.iter().collect::<String>();
            drawn(&lost);
            drawn(&doubled);
            assert!(!drawn(&cut), "a slip without its end, cut at {at}");
        }
        // Longer than any roll, which ends it, and more than any code holds.
        let endless = format!(r#"{{"lines": [{{"text": "{}"}}]}}"#, "长".repeat(100_000));
        drawn(&endless);
        let code = format!(r#"{{"lines": [{{"qr": "{}"}}]}}"#, "7".repeat(10_000));
        assert!(!drawn(&code));
    }
}
