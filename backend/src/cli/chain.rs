//! `chain verify`: recomputes the chain over the events and names the first that does not fit.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use city_api::event_chain::EventHead;
use city_backend::{ChainReport, Database, verify_chain};
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(super) enum ChainCommand {
    /// Recomputes the chain from the rows of the events; exit code 1 when something does not fit. Wants no keys.
    #[command(after_help = "Examples:
  city-backend chain verify
  city-backend chain verify --database sqlite:/srv/city/city.sqlite --heads kiosk-A22.jsonl --json
  (kiosk chain --config FILE prints the heads a kiosk kept)")]
    Verify {
        /// The database: `sqlite:PATH`, or `postgres://USER@HOST,HOST/NAME` where this build has it.
        #[arg(long, default_value = "sqlite:city/city.sqlite")]
        database: Database,
        /// Heads that were kept elsewhere, one JSON object a line with `sequence` and `hash`.
        #[arg(long)]
        heads: Option<PathBuf>,
        /// Prints one JSON object.
        #[arg(long)]
        json: bool,
    },
}

impl ChainCommand {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let Self::Verify {
            database,
            heads,
            json,
        } = self;
        if let Database::Sqlite(path) = &database {
            // Opening it would make it.
            anyhow::ensure!(path.is_file(), "{} is not there", path.display());
        }
        let kept = heads.as_deref().map(read_heads).transpose()?;
        let kept = kept.unwrap_or_default();
        let report = verify_chain(&database, &kept)?;
        print(&report, kept.len(), json);
        Ok(match report.fault {
            None => ExitCode::SUCCESS,
            Some(_) => ExitCode::from(1),
        })
    }
}

fn read_heads(path: &Path) -> anyhow::Result<Vec<EventHead>> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("reading heads from {}", path.display()))?;
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines
        .zip(1_u32..)
        .map(|(line, number)| {
            serde_json::from_str(line)
                .with_context(|| format!("reading a head from {}, line {number}", path.display()))
        })
        .collect()
}

fn print(report: &ChainReport, kept: usize, json: bool) {
    if json {
        let line = serde_json::json!({
            "good": report.fault.is_none(),
            "head": report.head,
            "waiting": report.waiting,
            "keptHeads": kept,
            "fault": report.fault.as_ref().map(ToString::to_string),
        });
        println!("{line}");
        return;
    }
    match (&report.fault, &report.head) {
        (Some(fault), _) => println!("{fault}"),
        (None, Some(head)) => println!(
            "{} events fit, {} wait to be sealed, {kept} kept heads fit; head {}",
            head.sequence, report.waiting, head.hash
        ),
        (None, None) => println!("no event is sealed yet, {} wait", report.waiting),
    }
}
