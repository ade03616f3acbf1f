//! The board on its own thread: over a real pty, unplugged and plugged in again.

use std::sync::mpsc;
use std::time::Duration;

use super::super::sim::SimBoard;
use super::super::{Cabinet, CabinetCommand, CabinetEvent, Signal, Slot, start};
use super::sample;
use crate::runner::waiting::until;
use crate::runner::{self, Ladder, Report};
use crate::selector::Selector;
use crate::sim_host::SimHost;
use crate::transport::{self, LineSettings};

fn tell(report: Report<CabinetEvent>) -> String {
    match report {
        Report::Identified(identity) => identity.detail.unwrap_or_default(),
        Report::Health(health) => format!("{} {}", health.state.name(), health.detail),
        Report::Event(event) => format!("{event:?}"),
    }
}

#[test]
fn a_board_at_a_pty_tells_and_lights_at_its_speed() {
    let board = SimBoard::new(&sample());
    let host = SimHost::on_pty(board, Some(9600), None).unwrap();
    let (events, reports) = mpsc::channel();
    let thread = start(host.selector(), sample(), events, tell).unwrap();
    until(&reports, "4b49");
    until(&reports, "Presence(false)");
    host.device(|board| board.set(Signal::Presence, true));
    until(&reports, "Presence(true)");
    let (slot, on) = (Slot::Card, true);
    assert!(thread.send(CabinetCommand::Light { slot, on }));
    until(&reports, "Lit { slot: Card, on: true }");
    assert_eq!(host.device(|board| board.lit(slot)), Some(true));
    thread.stop();
}

#[test]
fn a_board_unplugged_twenty_times_is_ready_again_each_time() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("board");
    let host = SimHost::on_pty(SimBoard::new(&sample()), None, Some(&link)).unwrap();
    let selector = host.selector().clone();
    let (events, reports) = mpsc::channel();
    let thread = runner::start(
        "cabinet",
        Cabinet::new(sample()),
        Box::new(move || transport::open(&selector, LineSettings::default())),
        Ladder::new(Duration::from_millis(10), Duration::from_millis(20)),
        events,
        tell,
    )
    .unwrap();
    until(&reports, "online ");
    for _ in 0..20 {
        host.unplug().unwrap();
        until(&reports, "no_device absent");
        host.plug().unwrap();
        until(&reports, "4b49");
        until(&reports, "online ");
    }
    thread.stop();
}

#[test]
fn a_board_that_is_not_there_is_health() {
    let selector: Selector = "serial:/dev/there-is-none".parse().unwrap();
    let (events, reports) = mpsc::channel();
    let thread = start(&selector, sample(), events, tell).unwrap();
    until(&reports, "no_device absent");
    thread.stop();
}
