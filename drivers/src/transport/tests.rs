//! Carriers held against each other: what holds on a line in memory holds on a pty.

use std::time::Duration;

use super::memory::MemoryLine;
use super::simulated::{SimulatedDevice, wire_time};
use super::{FlowControl, LineSettings, Transport, open};
use crate::runner::{Fault, FaultKind};
use crate::selector::Selector;
use crate::sim_host::SimHost;

/// Takes bytes, and says XOFF when it has `limit` of them until it is told to go on.
#[derive(Default)]
struct Sink {
    taken: usize,
    limit: Option<usize>,
    say: Vec<u8>,
    held: bool,
}

impl SimulatedDevice for Sink {
    fn receive(&mut self, _now: Duration, bytes: &[u8]) {
        self.taken += bytes.len();
        if !self.held && self.limit.is_some_and(|limit| self.taken >= limit) {
            self.held = true;
            self.say.push(0x13);
        }
    }

    fn next_due(&self) -> Option<Duration> {
        (!self.say.is_empty()).then_some(Duration::ZERO)
    }

    fn poll(&mut self, _now: Duration) -> Vec<u8> {
        std::mem::take(&mut self.say)
    }
}

impl Sink {
    fn go_on(&mut self) {
        self.limit = None;
        self.say.push(0x11);
    }
}

fn held_sink() -> Sink {
    Sink {
        limit: Some(1000),
        ..Sink::default()
    }
}

const XON_XOFF: LineSettings = LineSettings {
    baud: 115_200,
    flow: FlowControl::XonXoff,
};

#[test]
fn bytes_take_their_time_on_a_paced_line() {
    let line = MemoryLine::new(Sink::default(), Some(9600));
    let mut end = line.open().unwrap();
    assert_eq!(end.write(&[0; 960], Duration::ZERO).unwrap(), 960);
    line.pass(Duration::from_millis(500));
    assert!((464..=480).contains(&line.device(|sink| sink.taken)));
    line.pass(Duration::from_millis(500));
    assert_eq!(line.device(|sink| sink.taken), 960);
    assert_eq!(wire_time(960, Some(9600)), Duration::from_secs(1));
}

#[test]
fn a_device_that_holds_back_stops_a_write_at_its_deadline() {
    let line = MemoryLine::new(held_sink(), Some(115_200)).with_flow(FlowControl::XonXoff);
    let mut end = line.open().unwrap();
    let written = end.write(&[0; 20_000], Duration::from_secs(3)).unwrap();
    assert!((5000..5200).contains(&written), "{written}");
    assert_eq!(line.now(), Duration::from_secs(3));
    assert!(line.device(|sink| sink.taken) < 1032);
    // XOFF itself is the line's business and never reaches the driver.
    assert_eq!(end.read(&mut [0; 8], line.now()).unwrap(), 0);
    line.device(Sink::go_on);
    let rest = end.write(&vec![0; 20_000 - written], Duration::from_secs(9));
    assert_eq!(rest.unwrap(), 20_000 - written);
}

#[test]
fn a_printer_at_a_pty_that_holds_back_stops_a_write_at_its_deadline() {
    let host = SimHost::on_pty(held_sink(), Some(1_000_000), None).unwrap();
    let mut end = open(host.selector(), XON_XOFF).unwrap();
    let deadline = end.now() + Duration::from_millis(300);
    let data = vec![0; 200_000];
    let written = end.write(&data, deadline).unwrap();
    assert!(written < data.len(), "{written}");
    assert!(end.now() < deadline + Duration::from_millis(200));
    let taken = host.device(|sink| sink.taken);
    assert!((1000..1100).contains(&taken), "{taken}");
    assert_eq!(end.read(&mut [0; 8], Duration::ZERO).unwrap(), 0);
    host.device(Sink::go_on);
    let end_of_it = end.now() + Duration::from_secs(20);
    let rest = data.get(written..).unwrap();
    assert_eq!(end.write(rest, end_of_it).unwrap(), rest.len());
}

#[test]
fn a_line_pulled_out_fails_and_has_to_be_opened_again() {
    let line = MemoryLine::new(Sink::default(), None);
    let mut end = line.open().unwrap();
    line.unplug_at(Duration::from_secs(1));
    line.plug_at(Duration::from_secs(2));
    let error = end.read(&mut [0; 8], Duration::from_secs(5)).unwrap_err();
    assert_eq!(error.to_string(), "read on memory: failed");
    assert!(line.open().is_err());
    line.pass(Duration::from_secs(1));
    assert!(end.write(&[1], Duration::from_secs(5)).is_err());
    assert!(line.open().unwrap().write(&[1], line.now()).is_ok());
}

#[test]
fn what_cannot_be_opened_says_why() {
    let fault = |text: &str| {
        let selector: Selector = text.parse().unwrap();
        Fault::opening(open(&selector, LineSettings::default()).err().unwrap())
    };
    assert_eq!(fault("serial:/dev/there-is-none").kind, FaultKind::Absent);
    // A device node that is no terminal.
    assert_eq!(fault("serial:/dev/null").key, "refused");
    assert_eq!(fault("escl:http://192.0.2.1/eSCL").key, "refused");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    assert_eq!(
        fault(&format!("tcp:127.0.0.1:{port}")).kind,
        FaultKind::Absent
    );
}

#[test]
fn a_link_never_replaces_a_file_of_somebody_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("reader");
    std::fs::write(&path, "not ours").unwrap();
    let error = SimHost::on_pty(Sink::default(), None, Some(&path))
        .err()
        .unwrap();
    assert!(
        error
            .to_string()
            .ends_with("exists and is no symbolic link"),
        "{error}"
    );
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "not ours");

    std::fs::remove_file(&path).unwrap();
    let host = SimHost::on_pty(Sink::default(), None, Some(&path)).unwrap();
    assert!(path.is_symlink());
    drop(host);
    assert!(!path.is_symlink());
}

#[test]
fn a_line_opened_again_goes_on_with_the_same_clock() {
    let host = SimHost::on_pty(Sink::default(), None, None).unwrap();
    let mut line = open(host.selector(), LineSettings::default()).unwrap();
    let wait = line.now() + Duration::from_millis(20);
    assert_eq!(line.read(&mut [0; 8], wait).unwrap(), 0);
    let before = line.now();
    drop(line);
    let again = open(host.selector(), LineSettings::default()).unwrap();
    assert!(again.now() >= before, "{:?} {before:?}", again.now());
}
