//! A device that stays away, comes late, or is asked for something meanwhile.

use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use super::logged::Logged;
use super::{
    Condition, Driver, Fault, FaultKind, Health, HealthState, Identity, Ladder, Line, Report, Rung,
    start, start_on,
};
use crate::sim_host::SimHost;
use crate::transport::memory::MemoryLine;
use crate::transport::simulated::SimulatedDevice;
use crate::transport::{LineSettings, Transport, TransportError};

/// Answers every byte with itself, if it is awake.
#[derive(Default)]
struct Echo {
    asleep: bool,
    wakes_by_reset: bool,
    answer: Vec<u8>,
}

impl SimulatedDevice for Echo {
    fn receive(&mut self, _now: Duration, bytes: &[u8]) {
        if bytes == [RESET] && self.wakes_by_reset {
            self.asleep = false;
        }
        if !self.asleep {
            self.answer.extend(bytes);
        }
    }

    fn next_due(&self) -> Option<Duration> {
        (!self.answer.is_empty()).then_some(Duration::ZERO)
    }

    fn poll(&mut self, _now: Duration) -> Vec<u8> {
        std::mem::take(&mut self.answer)
    }
}

/// Sends each command's byte and tells what came back.
struct Caller;

/// The byte that wakes a sleeping device, as a reset command does.
const RESET: u8 = 0xFF;

impl Caller {
    fn call(line: &mut dyn Transport, byte: u8) -> Result<u8, Fault> {
        let mut answer = [0];
        line.write(&[byte], line.now() + Duration::from_secs(1))?;
        match line.read(&mut answer, line.now() + Duration::from_secs(1))? {
            0 => Err(Fault::new(FaultKind::NoAnswer, "call")),
            _ => Ok(answer[0]),
        }
    }
}

impl Driver for Caller {
    type Command = u8;
    type Event = Result<u8, u8>;

    fn identify(&mut self, line: &mut dyn Transport) -> Result<Identity, Fault> {
        Self::call(line, 0)?;
        Ok(Identity {
            name: "echo".to_owned(),
            detail: None,
        })
    }

    fn step(
        &mut self,
        line: &mut dyn Transport,
        commands: &mut dyn FnMut() -> Option<u8>,
        emit: &mut dyn FnMut(Self::Event),
    ) -> Result<(), Fault> {
        while let Some(byte) = commands() {
            emit(Ok(Self::call(line, byte)?));
        }
        line.read(&mut [0], line.now() + Duration::from_millis(10))?;
        Ok(())
    }

    fn reset(&mut self, line: &mut dyn Transport) -> Result<bool, Fault> {
        line.write(&[RESET], line.now() + Duration::from_secs(1))?;
        Ok(true)
    }

    fn counters(&self) -> Vec<(&'static str, u64)> {
        vec![("callers", 1)]
    }

    fn condition(&self) -> Condition {
        Condition::new(HealthState::Online, "listening")
    }

    fn failed(&mut self, _fault: &Fault, _emit: &mut dyn FnMut(Self::Event)) {}

    fn refuse(&mut self, command: u8, _fault: &Fault, emit: &mut dyn FnMut(Self::Event)) {
        emit(Err(command));
    }
}

type Reports = Receiver<Report<Result<u8, u8>>>;

fn next_event(reports: &Reports) -> Result<u8, u8> {
    loop {
        if let Report::Event(event) = reports.recv_timeout(Duration::from_secs(10)).unwrap() {
            return event;
        }
    }
}

fn next_health(reports: &Reports) -> (HealthState, String) {
    loop {
        if let Report::Health(health) = reports.recv_timeout(Duration::from_secs(10)).unwrap() {
            return (health.state, health.detail.into_owned());
        }
    }
}

fn opener(line: &MemoryLine<Echo>) -> super::Opener {
    let line = line.clone();
    Box::new(move || line.open().map(|end| Box::new(end) as Box<dyn Transport>))
}

/// A pause no test could sit out.
fn long() -> Ladder {
    Ladder::new(Duration::from_secs(3600), Duration::from_secs(3600))
}

#[test]
fn a_command_while_the_device_is_away_is_refused_and_one_after_it_came_back_is_done() {
    let line = MemoryLine::new(Echo::default(), None);
    line.unplug();
    let (events, reports) = mpsc::channel();
    let thread = start("echo", Caller, opener(&line), long(), events, |report| {
        report
    })
    .unwrap();
    assert_eq!(next_health(&reports).0, HealthState::Starting);
    assert_eq!(
        next_health(&reports),
        (HealthState::NoDevice, "absent".to_owned())
    );
    // The command ends the pause: the device is looked for at once, in vain.
    assert!(thread.send(7));
    assert_eq!(next_event(&reports), Err(7));
    line.plug();
    assert!(thread.send(8));
    assert_eq!(next_event(&reports), Ok(8));
}

#[test]
fn a_stop_ends_a_pause_of_an_hour() {
    let line = MemoryLine::new(Echo::default(), None);
    line.unplug();
    let (events, reports) = mpsc::channel();
    let thread = start("echo", Caller, opener(&line), long(), events, |report| {
        report
    })
    .unwrap();
    assert_eq!(next_health(&reports).0, HealthState::Starting);
    assert_eq!(next_health(&reports).0, HealthState::NoDevice);
    let begun = Instant::now();
    thread.stop();
    assert!(begun.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_device_that_falls_silent_is_asked_again_before_its_line_is_given_up() {
    let line = MemoryLine::new(
        Echo {
            asleep: true,
            ..Echo::default()
        },
        None,
    );
    let (opened, openings) = mpsc::channel();
    let mut open = opener(&line);
    let counted = Box::new(move || {
        let _ = opened.send(());
        open()
    });
    let (events, reports) = mpsc::channel();
    let thread = start("echo", Caller, counted, long(), events, |report| report).unwrap();
    assert_eq!(next_health(&reports).0, HealthState::Starting);
    assert_eq!(
        next_health(&reports),
        (HealthState::Offline, "no_answer".to_owned())
    );
    line.device(|echo| echo.asleep = false);
    // Asked again in vain or with success: either way the command is answered once.
    thread.send(9);
    let answer = next_event(&reports);
    assert!(matches!(answer, Ok(9) | Err(9)));
    thread.stop();
    assert!((1..=2).contains(&openings.iter().count()));
}

/// Pauses that are over at once.
fn short() -> Ladder {
    Ladder::new(Duration::from_micros(10), Duration::from_micros(20))
}

/// All health until the first that `last` holds for.
fn healths(reports: &Reports, last: impl Fn(&Health) -> bool) -> Vec<Health> {
    let mut all = Vec::new();
    loop {
        let report = reports.recv_timeout(Duration::from_secs(10)).unwrap();
        if let Report::Health(health) = report {
            let found = last(&health);
            all.push(health);
            if found {
                return all;
            }
        }
    }
}

fn asleep(wakes_by_reset: bool) -> MemoryLine<Echo> {
    let echo = Echo {
        asleep: true,
        wakes_by_reset,
        answer: Vec::new(),
    };
    MemoryLine::new(echo, None)
}

#[test]
fn a_device_that_only_a_reset_wakes_is_reset_and_works() {
    let line = asleep(true);
    let (events, reports) = mpsc::channel();
    let thread = start("echo", Caller, opener(&line), short(), events, |r| r).unwrap();
    let seen = healths(&reports, |health| health.state == HealthState::Online);
    thread.stop();
    let rungs: Vec<Option<Rung>> = seen.iter().map(|health| health.rung).collect();
    let climbed = [Rung::Retry, Rung::Reopen, Rung::Reset].map(Some);
    assert_eq!(rungs[1..4], climbed);
    let last = seen.last().unwrap();
    assert_eq!((last.rung, last.counters.resets), (None, 1));
    assert_eq!((last.counters.faults, last.counters.retries), (3, 1));
    assert_eq!(last.counters.driver, [("callers", 1)]);
}

#[test]
fn a_silent_device_has_its_port_switched_and_then_counts_as_broken_until_it_answers() {
    let line = asleep(false);
    let (switched, switchings) = mpsc::channel();
    let power = Box::new(move || switched.send(()).map_err(std::io::Error::other));
    let (events, reports) = mpsc::channel();
    let on = Line::new(opener(&line)).with_power_switch(power);
    let thread = start_on("echo", Caller, on, short(), events, |r| r).unwrap();
    let seen = healths(&reports, |health| health.rung == Some(Rung::Broken));
    assert!(
        seen.iter()
            .any(|health| health.state == HealthState::PowerOff)
    );
    let broken = seen.last().unwrap();
    assert_eq!(broken.state, HealthState::HardwareError);
    assert_eq!(broken.detail, "no_answer");
    assert_eq!(
        (broken.counters.broken, broken.counters.power_cycles),
        (1, 1)
    );
    line.device(|echo| echo.asleep = false);
    let well = healths(&reports, |health| health.state == HealthState::Online);
    assert_eq!(well.last().unwrap().rung, None);
    thread.stop();
    assert!(switchings.iter().count() >= 1);
}

#[test]
fn a_stop_does_not_wait_until_the_power_is_back() {
    let line = asleep(false);
    let (back, power_back) = mpsc::channel::<()>();
    let (tell, switching) = mpsc::channel();
    let power = Box::new(move || {
        let _ = tell.send("off");
        // Told only after the thread has stopped.
        let _ = power_back.recv_timeout(Duration::from_secs(20));
        let _ = tell.send("on");
        Ok(())
    });
    let (events, _reports) = mpsc::channel();
    let on = Line::new(opener(&line)).with_power_switch(power);
    let thread = start_on("echo", Caller, on, short(), events, |r| r).unwrap();
    let told = || switching.recv_timeout(Duration::from_secs(10));
    assert_eq!(told(), Ok("off"));
    thread.stop();
    assert!(switching.try_recv().is_err(), "the stop waited");
    back.send(()).unwrap();
    // A port left off would stay off.
    assert_eq!(told(), Ok("on"));
}

#[test]
fn every_rung_is_in_the_log_with_its_fault_and_what_caused_it() {
    let logged = Logged::here();
    let line = asleep(false);
    let (events, reports) = mpsc::channel();
    let refused = || Err(std::io::Error::other("no such hub"));
    let on = Line::new(opener(&line)).with_power_switch(Box::new(refused));
    let thread = start_on("logged-echo", Caller, on, short(), events, |r| r).unwrap();
    let seen = healths(&reports, |health| health.rung == Some(Rung::Broken));
    thread.stop();
    let lines = logged.of("logged-echo");
    let expected = [
        "device failed fault=call: no_answer source=None rung=\"retry\"",
        "device failed fault=call: no_answer source=None rung=\"reopen\"",
        "device failed fault=call: no_answer source=None rung=\"reset\"",
        "device failed fault=call: no_answer source=None rung=\"power_cycle\"",
        "the port's power could not be switched error=no such hub",
        "device failed fault=call: no_answer source=None rung=\"broken\"",
    ];
    assert_eq!(lines[..expected.len()], expected);
    let last = seen.last().unwrap();
    assert_eq!((last.counters.faults, last.counters.power_cycles), (5, 0));
}

#[test]
fn a_device_plugged_in_during_a_pause_of_an_hour_is_used_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("device");
    let host = SimHost::on_pty(Echo::default(), None, Some(&link)).unwrap();
    host.unplug().unwrap();
    let (events, reports) = mpsc::channel();
    let on = Line::at(host.selector(), LineSettings::default());
    let thread = start_on("echo", Caller, on, long(), events, |r| r).unwrap();
    healths(&reports, |health| health.state == HealthState::NoDevice);
    host.plug().unwrap();
    healths(&reports, |health| health.state == HealthState::Online);
    thread.stop();
}

#[test]
fn a_program_that_no_longer_listens_ends_the_thread() {
    let line = MemoryLine::new(Echo::default(), None);
    let (events, reports) = mpsc::channel::<Report<Result<u8, u8>>>();
    drop(reports);
    let thread = start("echo", Caller, opener(&line), long(), events, |report| {
        report
    })
    .unwrap();
    while thread.send(1) {
        std::thread::yield_now();
    }
}

#[test]
fn an_error_is_printed_as_one_chain() {
    let line = TransportError {
        operation: "read",
        device: "serial:/dev/ttyUSB0".to_owned(),
        source: std::io::ErrorKind::BrokenPipe.into(),
    };
    let fault = Fault::from(line);
    let cause = fault.source.as_ref().unwrap();
    assert_eq!(fault.to_string(), "read: unplugged");
    assert_eq!(cause.to_string(), "read on serial:/dev/ttyUSB0 failed");
    assert_eq!(cause.source().unwrap().to_string(), "broken pipe");
}
