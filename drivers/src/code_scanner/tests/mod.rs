//! The scanner in the room: driver and simulator joined by a line in memory.

mod damage;
mod hostile;
mod mutated;
mod room;
mod scripted;
mod thread;
mod typing;

use std::collections::VecDeque;
use std::time::Duration;

use super::{CodeEvent, CodeScanner, ScanCommand};
use crate::runner::{Driver, Fault};
use crate::transport::memory::{MemoryLine, MemoryTransport};
use crate::transport::simulated::SimulatedDevice;

/// A driver, a scanner and what the driver said.
struct Room<D> {
    line: MemoryLine<D>,
    transport: MemoryTransport<D>,
    driver: CodeScanner,
    identified: bool,
    commands: VecDeque<ScanCommand>,
    events: Vec<CodeEvent>,
    faults: Vec<Fault>,
}

impl<D: SimulatedDevice + 'static> Room<D> {
    fn new(driver: CodeScanner, device: D) -> Self {
        let line = MemoryLine::new(device, Some(115_200));
        let transport = line.open().unwrap();
        Self {
            line,
            transport,
            driver,
            identified: false,
            commands: VecDeque::new(),
            events: Vec::new(),
            faults: Vec::new(),
        }
    }

    fn tell(&mut self, command: ScanCommand) {
        self.commands.push_back(command);
    }

    /// Lets the driver work for `seconds`.
    fn run(&mut self, seconds: f64) {
        let end = self.line.now() + Duration::from_secs_f64(seconds);
        while self.line.now() < end {
            let events = &mut self.events;
            let commands = &mut self.commands;
            let emit = &mut |event| events.push(event);
            let result = if self.identified {
                let next = &mut || commands.pop_front();
                self.driver.step(&mut self.transport, next, emit)
            } else {
                let identity = self.driver.identify(&mut self.transport);
                identity.map(|_| self.identified = true)
            };
            if let Err(fault) = result {
                self.driver.failed(&fault, &mut |_| {});
                self.identified = false;
                self.faults.push(fault);
            }
        }
    }

    /// What was said since the last call, in short.
    fn said(&mut self) -> Vec<String> {
        self.events.drain(..).map(|event| short(&event)).collect()
    }
}

fn short(event: &CodeEvent) -> String {
    match event {
        CodeEvent::Code(code) => code.text().to_owned(),
        CodeEvent::Rejected(rejection) => format!("rejected {}", rejection.name()),
        CodeEvent::Refused(command) => format!("refused {command:?}"),
    }
}
