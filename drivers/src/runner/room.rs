//! A driver, a simulated device and the line in memory between them, for the tests of a kind.

use std::collections::VecDeque;
use std::time::Duration;

use super::{Driver, Fault};
use crate::transport::memory::{MemoryLine, MemoryTransport};
use crate::transport::simulated::SimulatedDevice;

/// What stands in the room, and what the driver said.
pub(crate) struct Room<R: Driver, D> {
    pub(crate) line: MemoryLine<D>,
    pub(crate) transport: MemoryTransport<D>,
    pub(crate) driver: R,
    pub(crate) identified: bool,
    pub(crate) commands: VecDeque<R::Command>,
    pub(crate) events: Vec<R::Event>,
    pub(crate) faults: Vec<Fault>,
}

impl<R: Driver, D: SimulatedDevice + 'static> Room<R, D> {
    /// The device at the end of a line of `baud`; the driver has not asked it anything yet.
    pub(crate) fn joined(driver: R, device: D, baud: u32) -> Self {
        let line = MemoryLine::new(device, Some(baud));
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

    pub(crate) fn tell(&mut self, command: R::Command) {
        self.commands.push_back(command);
    }

    /// One round, as the runner does it.
    pub(crate) fn round(&mut self) {
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
            self.driver.failed(&fault, emit);
            self.identified = false;
            self.faults.push(fault);
        }
    }

    /// Lets the driver work for `seconds` of the line's clock.
    pub(crate) fn run(&mut self, seconds: f64) {
        let end = self.line.now() + Duration::from_secs_f64(seconds);
        while self.line.now() < end {
            self.round();
        }
    }
}
