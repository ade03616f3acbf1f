//! Gathers what the service's pages show.

use std::path::Path;

use jiff::Timestamp;
use jiff::civil::DateTime;
use kiosk_core::service::{
    DeviceEvent, DeviceFacts, HealthShown, LevelShown, MachineFacts, RollFacts, ServiceFacts,
    TestLevel,
};
use kiosk_drivers::receipt_printer::{PaperUse, Roll};
use kiosk_drivers::runner::{Counters, Health, HealthState, Level, Supply};

use super::Machine;
use crate::clock::{civil, moment};
use crate::devices::DeviceSet;
use crate::store::{PaperRecord, Store, StoreError};

/// Every configured device as it is; `under_test` is out of use meanwhile.
pub(super) fn devices(
    kinds: &[&'static str],
    devices: &DeviceSet,
    under_test: Option<&str>,
    now: DateTime,
) -> Vec<DeviceFacts> {
    let healths = devices.healths();
    let table = devices.table();
    let health = |kind| {
        let found = healths.iter().find(|(known, _)| *known == kind);
        found.and_then(|(_, health)| health.as_ref())
    };
    // As the heartbeat tells it: an open door is the cabinet's state.
    let told = |kind| {
        let found = table.iter().find(|(known, _, _)| *known == kind);
        found.map(|(_, state, detail)| (*state, detail.clone()))
    };
    kinds
        .iter()
        .map(|kind| {
            let known = health(*kind).zip(told(*kind));
            device(kind, known, under_test == Some(*kind), now)
        })
        .collect()
}

fn device(
    kind: &'static str,
    known: Option<(&Health, (HealthState, String))>,
    under_test: bool,
    now: DateTime,
) -> DeviceFacts {
    let (health, told) = known.unzip();
    let (state, detail) = match told {
        _ if under_test => (HealthShown::Busy, "tested".to_owned()),
        None => (HealthShown::Starting, String::new()),
        Some((state, detail)) => (shown(state), detail),
    };
    let since = health.filter(|_| !under_test).map(|health| {
        let age = jiff::SignedDuration::try_from(health.since.elapsed()).unwrap_or_default();
        now.saturating_sub(age)
    });
    DeviceFacts {
        kind,
        state,
        detail,
        since,
        supplies: health.map_or_else(Vec::new, |health| supplies(&health.supplies)),
        counters: health.map_or_else(Vec::new, |health| counters(&health.counters)),
        tests: vec![TestLevel::Silent, TestLevel::Active, TestLevel::Guided],
        roll: None,
    }
}

fn shown(state: HealthState) -> HealthShown {
    match state {
        HealthState::Starting => HealthShown::Starting,
        HealthState::Online => HealthShown::Online,
        HealthState::Offline => HealthShown::Offline,
        HealthState::PowerOff => HealthShown::PowerOff,
        HealthState::NoDevice => HealthShown::NoDevice,
        HealthState::HardwareError => HealthShown::HardwareError,
        HealthState::UserError => HealthShown::UserError,
        HealthState::Busy => HealthShown::Busy,
        HealthState::FraudAttempt => HealthShown::FraudAttempt,
        HealthState::PotentialFraud => HealthShown::PotentialFraud,
    }
}

fn supplies(supplies: &[Supply]) -> Vec<(&'static str, LevelShown)> {
    let shown = |supply: &Supply| {
        let level = match supply.level {
            Level::Enough => LevelShown::Enough,
            Level::Low => LevelShown::Low,
            Level::Out => LevelShown::Out,
        };
        (supply.name, level)
    };
    supplies.iter().map(shown).collect()
}

/// What was counted since the start, as far as it is not zero.
fn counters(counters: &Counters) -> Vec<(&'static str, u64)> {
    [
        ("identified", counters.identified),
        ("faults", counters.faults),
        ("retries", counters.retries),
        ("reopens", counters.reopens),
        ("resets", counters.resets),
        ("power_cycles", counters.power_cycles),
        ("broken", counters.broken),
    ]
    .into_iter()
    .chain(counters.driver.iter().copied())
    .filter(|(_, count)| *count > 0)
    .collect()
}

/// Adds what the store and the system know.
///
/// # Errors
/// What SQLite reports.
pub(super) fn complete(
    store: &Store,
    disk: &Path,
    mut devices: Vec<DeviceFacts>,
    machine: Machine,
    near_end: bool,
    now: DateTime,
) -> Result<ServiceFacts, StoreError> {
    for device in &mut devices {
        if let Some(name) = total(device.kind) {
            let count = store.counter(name)?;
            // The driver counts the same since the start only.
            device.counters.retain(|(counted, _)| *counted != name);
            device.counters.insert(0, (name, count.unsigned_abs()));
        }
        if device.kind == "receipt-printer" {
            device.roll = Some(roll(&store.paper()?, near_end, now));
            if near_end && device.state == HealthShown::Online && device.detail.is_empty() {
                device.detail = "near_end".to_owned();
            }
        }
    }
    let outbox = store.outbox_state()?;
    let events = store.device_events()?.into_iter().map(|event| DeviceEvent {
        at: civil_of(event.time),
        device: event.device,
        what: event.what,
        detail: event.detail,
    });
    Ok(ServiceFacts {
        devices,
        events: events.collect(),
        machine: MachineFacts {
            waiting: outbox.waiting,
            oldest: outbox
                .oldest
                .map(|time| civil_of(time.timestamp().as_second())),
            quarantined: outbox.quarantined,
            disk_free: disk_free(disk),
            can_store: machine.can_store,
            enrolled: machine.enrolled,
            has_voice: machine.has_voice,
            past_kept: store.event_fault()?.is_none(),
            clock: now,
            version: env!("CARGO_PKG_VERSION"),
        },
    })
}

/// The counter that is kept for a device over all runs; `None` for devices without one.
pub(super) fn total(kind: &str) -> Option<&'static str> {
    match kind {
        "id-card" => Some("cards_read"),
        "scanner" => Some("pages_scanned"),
        "document-printer" => Some("documents_printed"),
        "code-scanner" => Some("codes_read"),
        _ => None,
    }
}

fn roll(paper: &PaperRecord, near_end: bool, now: DateTime) -> RollFacts {
    let age = paper.roll_since.map_or(0, |since| {
        moment(now).as_second().saturating_sub(since).max(0)
    });
    let forecast = Roll {
        length_mm: paper.roll_mm,
        used: paper.roll_used,
        slips: paper.roll_slips,
        age: std::time::Duration::from_secs(age.unsigned_abs()),
        near_end,
    }
    .forecast();
    let hours = forecast.time.map(|time| time.as_secs() / 3_600);
    RollFacts {
        used_mm: millimetres(&paper.used),
        cuts: paper.used.cuts.into(),
        retracts: paper.used.retracts.into(),
        slips: paper.slips.into(),
        since: paper.roll_since.map(civil_of),
        length_mm: paper.roll_mm,
        left_mm: forecast.left_mm,
        slips_left: forecast.slips,
        hours_left: hours.map(|hours| u32::try_from(hours).unwrap_or(u32::MAX)),
    }
}

/// 8 rows are a millimetre.
fn millimetres(used: &PaperUse) -> u64 {
    used.rows / 8
}

fn civil_of(second: i64) -> DateTime {
    civil(Timestamp::from_second(second).unwrap_or_default())
}

/// Free bytes for this program where `path` lies.
fn disk_free(path: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(path).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}
