//! Devices that stay away although the power of their ports can be switched.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Instant;

use kiosk_drivers::receipt_printer::MemoryJournal;

use super::*;
use crate::config::SelectorText;

/// Longer than four attempts take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// A program that notes in a file with which port it was called.
fn recorder(folder: &Path) -> (PathBuf, PathBuf) {
    let (program, called) = (folder.join("port-power"), folder.join("called"));
    let script = format!("#!/bin/sh\necho \"$*\" >> {}\n", called.display());
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).unwrap();
    (program, called)
}

#[test]
fn every_device_that_stays_away_from_its_usb_port_has_the_port_switched() {
    let folder = tempfile::tempdir().unwrap();
    let (program, called) = recorder(folder.path());
    // Ports on a bus that no machine has.
    let at = |selector: &str| Some(SelectorText(selector.parse().unwrap()));
    let config = config::Devices {
        id_card: at("hid:10c4:0007@255-1"),
        receipt_printer: at("usb:1209:0002@255-2"),
        code_scanner: at("usb:1209:0003@255-3"),
        keypad: at("hid:1209:0004@255-4"),
        cabinet: at("usb:1209:0005@255-5"),
        port_power: Some(program),
        ..config::Devices::default()
    };
    let (events, reports) = mpsc::channel();
    let journal = MemoryJournal::default();
    let devices = DeviceSet::start(&config, None, journal, &events, |it| it).unwrap();
    let mut switched = BTreeSet::new();
    let begun = Instant::now();
    while switched.len() < 5 {
        assert!(begun.elapsed() < PATIENCE, "only {switched:?}");
        let report = reports.recv_timeout(Duration::from_secs(60)).unwrap();
        if let (kind, Some(health)) = report.health()
            && health.counters.power_cycles > 0
        {
            switched.insert(kind);
        }
    }
    drop(devices);
    let called: BTreeSet<String> = fs::read_to_string(called)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect();
    let ports = (1..=5).map(|port| format!("255-{port}"));
    assert_eq!(called, ports.collect());
}
