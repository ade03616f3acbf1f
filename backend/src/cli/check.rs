//! `catalogue check`: every fault as file, item, field, code, reason; `report` and `diff` of sound catalogues.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use city_backend::clock::{Clock, civil};
use city_catalogue::library::report::report as make;
use city_catalogue::library::{VersionDiff, burden};
use city_catalogue::load::{CaseReport, check_cases};
use city_catalogue::policy::Policy;
use city_catalogue::{Catalogue, Fault, Refused};
use clap::Subcommand;
use jiff::civil::Date;

#[derive(Debug, Subcommand)]
pub(super) enum CatalogueCommand {
    /// Checks a catalogue, a file of items, or a `cases` file; exit code 1 when something is wrong.
    #[command(after_help = "Examples:
  city-backend catalogue check catalogue.json
  city-backend catalogue check new-item.json --against catalogue.json
  city-backend catalogue check catalogue-broken.json --against catalogue.json --json")]
    Check {
        /// The file.
        file: PathBuf,
        /// The catalogue that items or cases are held against.
        #[arg(long)]
        against: Option<PathBuf>,
        /// Prints JSON, one object a line.
        #[arg(long)]
        json: bool,
    },
    /// Prints what who keeps a catalogue should look at: coverage, stale items, open wording, gaps, the longest.
    #[command(
        after_help = "Example: city-backend catalogue report catalogue.json --policy policy.json"
    )]
    Report {
        /// The catalogue.
        file: PathBuf,
        /// The city's settings. Absent: the defaults.
        #[arg(long)]
        policy: Option<PathBuf>,
        /// The day it is made for. Absent: today.
        #[arg(long)]
        day: Option<Date>,
    },
    /// Prints what changed between two versions of each item that two catalogues hold.
    #[command(after_help = "Example: city-backend catalogue diff old.json new.json")]
    Diff {
        /// The older catalogue.
        old: PathBuf,
        /// The newer catalogue.
        new: PathBuf,
    },
}

/// What a check found.
enum Found {
    Sound(usize),
    Faults(Vec<Fault>),
    Cases(Vec<CaseReport>),
}

impl CatalogueCommand {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let (file, against, json) = match self {
            Self::Check {
                file,
                against,
                json,
            } => (file, against, json),
            Self::Report { file, policy, day } => return report(&file, policy.as_deref(), day),
            Self::Diff { old, new } => return diff(&old, &new),
        };
        let found = check(&file, against.as_deref())?;
        let sound = match found {
            Found::Sound(items) => {
                if json {
                    println!(
                        "{}",
                        serde_json::json!({"file": file.display().to_string(), "items": items})
                    );
                } else {
                    println!("{}: {items} items, no fault", file.display());
                }
                true
            }
            Found::Faults(faults) => {
                print_faults(&faults, json)?;
                faults.is_empty()
            }
            Found::Cases(reports) => print_cases(&reports, json)?,
        };
        Ok(if sound {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(1)
        })
    }
}

/// The report as one JSON object; exit code 1 when the catalogue is refused.
fn report(file: &Path, policy: Option<&Path>, day: Option<Date>) -> anyhow::Result<ExitCode> {
    let Some(catalogue) = sound(file)? else {
        return Ok(ExitCode::from(1));
    };
    let policy = match policy {
        Some(path) => Policy::parse(&path.display().to_string(), &read(path)?)?,
        None => Policy::default(),
    };
    let today = day.unwrap_or_else(|| civil(Clock::default().now()).date());
    let report = make(&catalogue, &policy.library, &BTreeMap::new(), today);
    println!("{}", serde_json::to_string_pretty(&report)?);
    Ok(ExitCode::SUCCESS)
}

/// One JSON object a line for each item whose version rose; exit code 1 when one burdens people more without a reason.
fn diff(old: &Path, new: &Path) -> anyhow::Result<ExitCode> {
    let (Some(old), Some(new)) = (sound(old)?, sound(new)?) else {
        return Ok(ExitCode::from(1));
    };
    let mut unexplained = false;
    for item in new.items() {
        let Some(before) = old.item(&item.code()) else {
            continue;
        };
        if before.version < item.version {
            unexplained |= !burden::unexplained(item, before).is_empty();
            println!(
                "{}",
                serde_json::to_string(&VersionDiff::between(before, item))?
            );
        }
    }
    Ok(ExitCode::from(u8::from(unexplained)))
}

/// The catalogue of a file; None, with its faults printed, when it is refused.
fn sound(file: &Path) -> anyhow::Result<Option<Catalogue>> {
    match Catalogue::parse(&file.display().to_string(), &read(file)?) {
        Ok(catalogue) => Ok(Some(catalogue)),
        Err(refused) => {
            print_faults(&refused.faults, false)?;
            Ok(None)
        }
    }
}

fn check(file: &Path, against: Option<&Path>) -> anyhow::Result<Found> {
    let name = file.display().to_string();
    let bytes = read(file)?;
    let Some(against) = against else {
        return Ok(faults(Catalogue::parse(&name, &bytes)));
    };
    let known = read(against)?;
    let catalogue = match Catalogue::parse(&against.display().to_string(), &known) {
        Ok(catalogue) => catalogue,
        Err(refused) => return Ok(Found::Faults(refused.faults)),
    };
    if is_cases(&bytes) {
        return Ok(match check_cases(&name, &bytes, &catalogue) {
            Ok(reports) => Found::Cases(reports),
            Err(refused) => Found::Faults(refused.faults),
        });
    }
    Ok(faults(catalogue.with_file(&name, &bytes)))
}

fn faults(checked: Result<Catalogue, Refused>) -> Found {
    match checked {
        Ok(catalogue) => Found::Sound(catalogue.items().len()),
        Err(refused) => Found::Faults(refused.faults),
    }
}

fn is_cases(bytes: &[u8]) -> bool {
    serde_json::from_slice::<serde_json::Value>(bytes)
        .is_ok_and(|value| value.get("cases").is_some())
}

fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(file).with_context(|| format!("reading {}", file.display()))
}

fn print_faults(faults: &[Fault], json: bool) -> anyhow::Result<()> {
    for fault in faults {
        if json {
            println!("{}", serde_json::to_string(fault)?);
        } else {
            println!("{fault}");
        }
    }
    Ok(())
}

/// Prints the faults of every case, each with the id of its case; true when there are none.
fn print_cases(reports: &[CaseReport], json: bool) -> anyhow::Result<bool> {
    for report in reports {
        if !json {
            let word = if report.as_expected() {
                "as expected"
            } else {
                "NOT as expected"
            };
            println!("{}: {} faults, {word}", report.case_id, report.faults.len());
        }
        for fault in &report.faults {
            if json {
                let mut line = serde_json::to_value(fault)?;
                if let Some(object) = line.as_object_mut() {
                    object.insert("caseId".to_owned(), report.case_id.clone().into());
                }
                println!("{line}");
            } else {
                println!("{fault}");
            }
        }
    }
    Ok(reports.iter().all(|report| report.faults.is_empty()))
}
