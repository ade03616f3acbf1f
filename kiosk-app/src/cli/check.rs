//! `kiosk check`: is this kiosk fit for service? One line per thing looked at.

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use clap::Args;
use kiosk::config::Config;
use kiosk::devices::{DeviceReport, DeviceSet, usable, words};
use kiosk::store::{Enrolment, PrintJournal};
use kiosk_core::screen::Lang;
use kiosk_drivers::runner::HealthState;
use serde_json::json;

use super::{CHECK_FAILED, DEVICE, Exit, Failure, USAGE};

/// Devices answer within this time, or they are red.
const DEVICES_WITHIN: Duration = Duration::from_secs(10);
/// Below this the disk is red.
const LEAST_DISK: u64 = 512 * 1024 * 1024;
/// A clock further off than this from the city's is red.
const MOST_SKEW: i64 = 30;

/// `kiosk check`.
#[derive(Args)]
pub(crate) struct Check {
    /// The configuration file (TOML).
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Writes every quarantined packet into this folder, still sealed; they stay in the outbox.
    #[arg(long, value_name = "DIR")]
    export: Option<PathBuf>,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

/// One thing looked at.
struct Finding {
    what: String,
    good: bool,
    detail: String,
}

impl Finding {
    fn new(what: impl Into<String>, good: bool, detail: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            good,
            detail: detail.into(),
        }
    }
}

impl Check {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let config = Config::read(&self.config).exit(USAGE)?;
        let state = kiosk::app::state(&config.state).exit(CHECK_FAILED)?;
        let mut findings = vec![disk(&config)];
        findings.extend(store(&state));
        if let Some(folder) = &self.export {
            findings.push(export(&state, folder));
        }
        findings.extend(devices(&config, &state)?);
        findings.extend(city(&config, &state));
        findings.push(fonts());
        let good = findings.iter().all(|finding| finding.good);
        self.print(&findings, good);
        if good {
            Ok(())
        } else {
            Err(anyhow::anyhow!("not fit for service")).exit(CHECK_FAILED)
        }
    }

    fn print(&self, findings: &[Finding], good: bool) {
        if self.json {
            let list: Vec<_> = findings
                .iter()
                .map(|f| json!({"what": f.what, "good": f.good, "detail": f.detail}))
                .collect();
            println!("{}", json!({"good": good, "findings": list}));
        } else {
            for finding in findings {
                let word = if finding.good { "ok " } else { "RED" };
                println!("{word} {}: {}", finding.what, finding.detail);
            }
        }
    }
}

fn disk(config: &Config) -> Finding {
    match rustix_free(&config.state) {
        Ok(free) => Finding::new(
            "disk",
            free >= LEAST_DISK,
            format!("{} MiB free", free / 1024 / 1024),
        ),
        Err(error) => Finding::new("disk", false, error.to_string()),
    }
}

fn rustix_free(path: &std::path::Path) -> std::io::Result<u64> {
    let found = rustix::fs::statvfs(path)?;
    Ok(found.f_bavail.saturating_mul(found.f_frsize))
}

fn store(state: &kiosk::app::State) -> Vec<Finding> {
    let whole = match state.store.check() {
        Ok(word) => Finding::new("store", word == "ok", word),
        Err(error) => Finding::new("store", false, kiosk::work::chain(&error)),
    };
    let outbox = match state.store.outbox_state() {
        Ok(outbox) => Finding::new(
            "outbox",
            outbox.quarantined == 0,
            format!(
                "{} waiting, {} quarantined",
                outbox.waiting, outbox.quarantined
            ),
        ),
        Err(error) => Finding::new("outbox", false, kiosk::work::chain(&error)),
    };
    let events = match state.store.event_fault() {
        Ok(None) => Finding::new("event-chain", true, "as the city told it"),
        Ok(Some(fault)) => Finding::new(
            "event-chain",
            false,
            format!(
                "the city's past was changed or lost at {}; see `kiosk chain`",
                fault.sequence
            ),
        ),
        Err(error) => Finding::new("event-chain", false, kiosk::work::chain(&error)),
    };
    vec![whole, outbox, events]
}

/// Carries quarantined packets out, for the city's people to look at.
fn export(state: &kiosk::app::State, folder: &Path) -> Finding {
    let written = state.store.quarantined().and_then(|packets| {
        for packet in &packets {
            state.store.export(packet.id, folder)?;
        }
        Ok(packets)
    });
    match written {
        Ok(packets) => {
            let numbers: Vec<_> = packets.iter().map(|p| p.receipt.as_str()).collect();
            let detail = format!("{} packets written {}", packets.len(), numbers.join(" "));
            Finding::new("export", true, detail)
        }
        Err(error) => Finding::new("export", false, kiosk::work::chain(&error)),
    }
}

fn devices(config: &Config, state: &kiosk::app::State) -> Result<Vec<Finding>, Failure> {
    let (events, inbox) = mpsc::channel::<DeviceReport>();
    let journal = PrintJournal::new(state.store.clone());
    let enrolment = state.store.enrolment().ok().flatten();
    let pinned = enrolment.as_ref().and_then(Enrolment::module);
    let mut set = DeviceSet::start(&config.devices, pinned, journal, &events, |report| report)
        .exit(DEVICE)?;
    let started = Instant::now();
    let end = started + DEVICES_WITHIN;
    let settled = |set: &DeviceSet| {
        set.table()
            .iter()
            .all(|(_, state, _)| *state != HealthState::Starting)
    };
    while !settled(&set) {
        match inbox.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(report) => {
                set.note(started.elapsed(), &report);
            }
            Err(_) => break,
        }
    }
    let mut findings: Vec<Finding> = set
        .table()
        .into_iter()
        .map(|(kind, state, detail)| {
            let words = words::technician(Lang::En, &detail);
            let words = words.map_or_else(String::new, |words| format!(" ({words})"));
            let detail = format!("{} {detail}{words}", state.name());
            Finding::new(kind, usable(state), detail.trim_end())
        })
        .collect();
    let pinned = enrolment.and_then(|enrolment| enrolment.sam_id);
    if let (Some(pinned), Some(found)) = (pinned, set.sam_id()) {
        let same = pinned == found;
        let detail = if same {
            "as enrolled"
        } else {
            "another module than enrolled"
        };
        findings.push(Finding::new("security-module", same, detail));
    }
    Ok(findings)
}

fn city(config: &Config, state: &kiosk::app::State) -> Vec<Finding> {
    let enrolment = match state.store.enrolment() {
        Ok(Some(enrolment)) => enrolment,
        Ok(None) => return vec![Finding::new("enrolment", false, "not enrolled")],
        Err(error) => return vec![Finding::new("enrolment", false, kiosk::work::chain(&error))],
    };
    let named = format!("kiosk {} at {}", enrolment.kiosk, enrolment.station);
    let mut findings = vec![Finding::new("enrolment", true, named)];
    match kiosk::link::probe(config, &enrolment, state) {
        Ok(probe) => {
            findings.push(Finding::new("city", true, "answers"));
            findings.push(Finding::new(
                "clock",
                probe.skew_seconds.abs() <= MOST_SKEW,
                format!("{} s from the city's", probe.skew_seconds),
            ));
            findings.push(Finding::new(
                "catalogue",
                true,
                format!("version {} in force at the city", probe.catalogue_version),
            ));
        }
        Err(error) => findings.push(Finding::new("city", false, kiosk::work::chain(&error))),
    }
    match state.store.bundle() {
        Ok(Some(bundle)) => findings.push(Finding::new(
            "catalogue-here",
            true,
            format!("version {}", bundle.version),
        )),
        Ok(None) => findings.push(Finding::new("catalogue-here", false, "none yet")),
        Err(error) => {
            findings.push(Finding::new(
                "catalogue-here",
                false,
                kiosk::work::chain(&error),
            ));
        }
    }
    findings
}

/// Rare characters need the system's fonts; without them they print as their code point.
fn fonts() -> Finding {
    let found = kiosk::fonts::system_fonts().len();
    let detail = if found == 0 {
        "embedded only; install fonts-noto-cjk and fonts-hanazono for rare characters".to_owned()
    } else {
        format!("embedded and {found} of the system's")
    };
    Finding::new("fonts", true, detail)
}
