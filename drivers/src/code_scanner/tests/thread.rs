//! The scanner on its own thread: over a real pty, unplugged and plugged in again.

use std::sync::mpsc;
use std::time::Duration;

use super::super::sim::SimScanner;
use super::super::{CodeEvent, CodeScanner, Family, ScanCommand, Settings, start};
use super::short;
use crate::input_event::sim::SimKeys;
use crate::runner::waiting::until;
use crate::runner::{self, Ladder, Report};
use crate::selector::Selector;
use crate::sim_host::SimHost;
use crate::transport::{self, LineSettings};

fn tell(report: Report<CodeEvent>) -> String {
    match report {
        Report::Identified(identity) => identity.detail.unwrap_or_default(),
        Report::Health(health) => format!("{} {}", health.state.name(), health.detail),
        Report::Event(event) => short(&event),
    }
}

#[test]
fn a_module_at_a_pty_scans_and_comes_back_after_the_plug_was_pulled() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("scanner");
    let module = SimScanner::new(Some(Family::Gm65), b"\r\n");
    let host = SimHost::on_pty(module, Some(9600), Some(&link)).unwrap();
    let settings = Settings {
        family: Some(Family::Gm65),
        ..Settings::default()
    };
    let (events, reports) = mpsc::channel();
    let thread = start(host.selector(), settings, events, tell).unwrap();
    until(&reports, "gm65");
    until(&reports, "online ");
    host.device(|scanner| scanner.show("张三 1234".as_bytes()));
    assert!(thread.send(ScanCommand::Trigger));
    until(&reports, "张三 1234");
    host.unplug().unwrap();
    until(&reports, "offline unplugged");
    until(&reports, "no_device absent");
    host.plug().unwrap();
    until(&reports, "online ");
    host.device(|scanner| scanner.show(b"after"));
    assert!(thread.send(ScanCommand::Trigger));
    until(&reports, "after");
    thread.stop();
}

#[test]
fn a_scanner_unplugged_twenty_times_is_ready_again_each_time() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("scanner");
    let host = SimHost::on_pty(SimScanner::new(None, b"\r"), None, Some(&link)).unwrap();
    let selector = host.selector().clone();
    let (events, reports) = mpsc::channel();
    let thread = runner::start(
        "code-scanner",
        CodeScanner::new(Settings::default()),
        Box::new(move || transport::open(&selector, LineSettings::default())),
        Ladder::new(Duration::from_millis(10), Duration::from_millis(20)),
        events,
        tell,
    )
    .unwrap();
    until(&reports, "online ");
    for round in 0..20 {
        host.unplug().unwrap();
        until(&reports, "no_device absent");
        host.plug().unwrap();
        until(&reports, "online ");
        let text = format!("code {round}");
        host.device(|scanner| scanner.show(text.as_bytes()));
        until(&reports, &text);
    }
    thread.stop();
}

#[test]
fn keys_at_a_pty_are_the_same_keys() {
    let host = SimHost::on_pty(SimKeys::default(), None, None).unwrap();
    let selector = host.selector().clone();
    let (events, reports) = mpsc::channel();
    let thread = runner::start(
        "code-scanner",
        CodeScanner::wedge(),
        Box::new(move || transport::open(&selector, LineSettings::default())),
        Ladder::default(),
        events,
        tell,
    )
    .unwrap();
    until(&reports, "online ");
    host.device(|keys| keys.type_text("ABC2-3456-789K\n", Duration::from_millis(1)));
    until(&reports, "ABC2-3456-789K");
    thread.stop();
}

#[test]
fn a_wedge_that_is_not_there_or_is_none_is_health() {
    for (device, condition) in [
        ("evdev:/dev/input/there-is-none", "no_device absent"),
        ("evdev:/dev/null", "offline refused"),
        ("hid:ffff:fffe", "no_device absent"),
    ] {
        let selector: Selector = device.parse().unwrap();
        let (events, reports) = mpsc::channel();
        let thread = start(&selector, Settings::default(), events, tell).unwrap();
        until(&reports, condition);
        thread.stop();
    }
}
