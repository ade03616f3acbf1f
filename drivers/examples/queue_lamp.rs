//! A driver in one file: the lamp over a service window that is lit when a ticket is called.
//!
//! The lamp is made up, in the manner of many small serial devices: commands and answers are
//! lines of ASCII. `docs/write-a-driver.md` walks through this file.

use std::error::Error;
use std::sync::mpsc;
use std::time::Duration;

use kiosk_drivers::conformance::{Check, Level, Limits, NoGuide, run_driver};
use kiosk_drivers::runner::{
    self, Condition, Driver, Fault, FaultKind, HealthState, Identity, Ladder, Line, Report,
};
use kiosk_drivers::sim_host::SimHost;
use kiosk_drivers::transport::simulated::SimulatedDevice;
use kiosk_drivers::transport::{self, LineSettings, Transport};

// ---- protocol: bytes, pure ----

/// Who are you, how are you, shine, be dark.
const WHO: &[u8] = b"V?\r";
const STATE: &[u8] = b"S?\r";
const SHINE: &[u8] = b"L1\r";
const DARK: &[u8] = b"L0\r";

/// The longest line the lamp says; whatever is longer is no answer.
const MAX_LINE: usize = 32;

/// Takes the first whole line out of `bytes`.
fn take_line(bytes: &mut Vec<u8>) -> Option<String> {
    let end = bytes.iter().position(|byte| *byte == b'\r')?;
    let line = bytes.drain(..=end).take(end).collect();
    String::from_utf8(line).ok()
}

// ---- driver: behaviour ----

/// How long the lamp may think.
const ANSWER: Duration = Duration::from_millis(500);
/// How often an idle lamp is asked how it is.
const ROUND: Duration = Duration::from_millis(200);

/// Switches the lamp; said again once it is confirmed.
type Lit = bool;

#[derive(Default)]
struct QueueLamp {
    broken: bool,
}

impl QueueLamp {
    /// Asks and waits for the answer: one question at a time, bounded in time and bytes.
    fn ask(&self, line: &mut dyn Transport, request: &[u8]) -> Result<String, Fault> {
        let deadline = line.now() + ANSWER;
        line.write(request, deadline)?;
        let (mut seen, mut buffer) = (Vec::new(), [0; MAX_LINE]);
        while line.now() < deadline && seen.len() < MAX_LINE {
            let count = line.read(&mut buffer, deadline)?;
            seen.extend(buffer.iter().take(count));
            if let Some(answer) = take_line(&mut seen) {
                return Ok(answer);
            }
        }
        let garbled = seen.first().map(|_| FaultKind::Garbled);
        let kind = garbled.unwrap_or(FaultKind::NoAnswer);
        Err(Fault::new(kind, "ask the lamp"))
    }
}

impl Driver for QueueLamp {
    type Command = Lit;
    type Event = Lit;

    fn identify(&mut self, line: &mut dyn Transport) -> Result<Identity, Fault> {
        let name = self.ask(line, WHO)?;
        if !name.starts_with("LAMP ") {
            return Err(Fault::new(FaultKind::WrongDevice, "ask the lamp who it is"));
        }
        self.broken = self.ask(line, STATE)? == "S9";
        Ok(Identity { name, detail: None })
    }

    fn step(
        &mut self,
        line: &mut dyn Transport,
        commands: &mut dyn FnMut() -> Option<Lit>,
        emit: &mut dyn FnMut(Lit),
    ) -> Result<(), Fault> {
        if let Some(on) = commands() {
            if self.ask(line, if on { SHINE } else { DARK })? != "OK" {
                return Err(Fault::new(FaultKind::Garbled, "switch the lamp"));
            }
            emit(on);
            return Ok(());
        }
        self.broken = self.ask(line, STATE)? == "S9";
        let end = line.now() + ROUND;
        while line.now() < end {
            line.read(&mut [0; MAX_LINE], end)?;
        }
        Ok(())
    }

    fn condition(&self) -> Condition {
        let bulb = Condition::new(HealthState::HardwareError, "bulb");
        if self.broken { bulb } else { Condition::ONLINE }
    }

    fn failed(&mut self, _fault: &Fault, _emit: &mut dyn FnMut(Lit)) {}

    /// Nobody waits for a lamp.
    fn refuse(&mut self, _on: Lit, _fault: &Fault, _emit: &mut dyn FnMut(Lit)) {}
}

// ---- sim: a device that speaks the same bytes ----

/// The simulated lamp; its fields are the hand in the room.
#[derive(Default)]
pub(crate) struct SimLamp {
    /// Whether it shines.
    pub(crate) lit: bool,
    /// Whether its bulb is broken.
    pub(crate) broken: bool,
    /// Whether it says nothing at all.
    pub(crate) silent: bool,
    incoming: Vec<u8>,
    answers: Vec<u8>,
}

impl SimulatedDevice for SimLamp {
    fn receive(&mut self, _now: Duration, bytes: &[u8]) {
        self.incoming.extend(bytes);
        while let Some(request) = take_line(&mut self.incoming) {
            let answer: &[u8] = match request.as_str() {
                "V?" => b"LAMP 2\r",
                "S?" if self.broken => b"S9\r",
                "S?" if self.lit => b"S1\r",
                "S?" => b"S0\r",
                "L1" | "L0" => {
                    self.lit = request == "L1";
                    b"OK\r"
                }
                _ => b"?\r",
            };
            if !self.silent {
                self.answers.extend(answer);
            }
        }
    }

    fn next_due(&self) -> Option<Duration> {
        (!self.answers.is_empty()).then_some(Duration::ZERO)
    }

    fn poll(&mut self, _now: Duration) -> Vec<u8> {
        std::mem::take(&mut self.answers)
    }
}

// ---- proof: the common checks, and the lamp's own ----

/// Runs the common checks on the lamp behind `host`.
pub(crate) fn checks(host: &SimHost<SimLamp>, limits: Limits) -> Vec<Check> {
    let selector = host.selector().clone();
    let open = move || transport::open(&selector, LineSettings::default());
    let make = QueueLamp::default;
    run_driver(make, open, limits, Level::Silent, &mut NoGuide)
}

/// Lights the lamp through the runner and returns once that is confirmed.
pub(crate) fn light(host: &SimHost<SimLamp>) -> Result<(), Box<dyn Error>> {
    let (events, reports) = mpsc::channel();
    let line = Line::at(host.selector(), LineSettings::default());
    let lamp = QueueLamp::default();
    let thread = runner::start_on("lamp", lamp, line, Ladder::default(), events, |it| it)?;
    let mut asked = false;
    loop {
        match reports.recv_timeout(Duration::from_secs(10))? {
            Report::Health(health) if health.state == HealthState::Online && !asked => {
                asked = thread.send(true);
            }
            Report::Event(true) => return Ok(()),
            Report::Identified(_) | Report::Health(_) | Report::Event(false) => {}
        }
    }
}

/// Proves the lamp on a simulated one.
pub(crate) fn main() -> Result<(), Box<dyn Error>> {
    let host = SimHost::on_pty(SimLamp::default(), Some(9600), None)?;
    let checks = checks(&host, Limits::default());
    checks.iter().for_each(|check| println!("{check}"));
    light(&host)?;
    println!("  lit                {}", host.device(|lamp| lamp.lit));
    Ok(())
}
