//! The reader on its own thread: over a real pty, unplugged and plugged in again.

use std::sync::mpsc;
use std::time::Duration;

use super::super::sim::SimReader;
use super::super::{CardReader, ReaderEvent, start};
use super::{short, zhang_san};
use crate::runner::waiting::until;
use crate::runner::{self, HealthState, Ladder, Report};
use crate::selector::Selector;
use crate::sim_host::SimHost;
use crate::transport::{self, LineSettings};

fn tell(report: Report<ReaderEvent>) -> String {
    match report {
        Report::Identified(identity) => identity.name,
        Report::Health(health) => format!("{} {}", health.state.name(), health.detail),
        Report::Event(event) => short(&event),
    }
}

/// What was said beside the health of a reader that works.
fn but_health(said: &[String]) -> Vec<&str> {
    let health = ["online ", "busy reading"];
    let said = said.iter().map(String::as_str);
    said.filter(|said| !health.contains(said)).collect()
}

#[test]
fn a_card_on_a_reader_at_a_pty_that_is_unplugged_and_plugged_in_again() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("reader");
    let host = SimHost::on_pty(SimReader::default(), Some(115_200), Some(&link)).unwrap();
    let (events, reports) = mpsc::channel();
    let selector = host.selector().clone();
    let thread = runner::start(
        "id-card",
        CardReader::default(),
        Box::new(move || transport::open(&selector, LineSettings::default())),
        Ladder::new(Duration::from_millis(10), Duration::from_millis(20)),
        events,
        tell,
    )
    .unwrap();
    let first = until(&reports, "online ");
    assert_eq!(first, ["starting ", "05.03-20170101-0001234567-3456789012"]);
    host.device(|reader| reader.put(zhang_san()));
    let before = until(&reports, "card 张三");
    assert_eq!(but_health(&before), ["sam"]);
    assert!(before.contains(&"busy reading".to_owned()), "{before:?}");

    host.unplug().unwrap();
    let before = until(&reports, "offline unplugged");
    assert_eq!(but_health(&before), ["removed", "unplugged"]);
    until(&reports, "no_device absent");
    host.plug().unwrap();
    until(&reports, "online ");
    until(&reports, "card 张三");
    host.device(|reader| reader.remove());
    until(&reports, "removed");
    thread.stop();
    assert!(reports.recv().is_err());
}

#[test]
fn a_reader_behind_a_network_adapter_is_the_same_reader() {
    let address = "127.0.0.1:0".parse().unwrap();
    let host = SimHost::on_tcp(SimReader::default(), None, address).unwrap();
    let (events, reports) = mpsc::channel();
    let thread = start(host.selector(), events, tell).unwrap();
    until(&reports, "online ");
    host.device(|reader| reader.put(zhang_san()));
    until(&reports, "card 张三");
    drop(thread);
}

#[test]
fn a_reader_that_is_not_there_is_health_and_stops_at_once() {
    let (events, reports) = mpsc::channel();
    let selector: Selector = "serial:/dev/there-is-none".parse().unwrap();
    let thread = start(&selector, events, |report| report).unwrap();
    let state = |report| match report {
        Report::Health(health) => Some(health.state),
        Report::Identified(_) | Report::Event(_) => None,
    };
    let states: Vec<HealthState> = (0..3)
        .filter_map(|_| state(reports.recv().unwrap()))
        .collect();
    assert_eq!(states, [HealthState::Starting, HealthState::NoDevice]);
    thread.stop();
}
