//! The cabinet in the room: driver and board joined by a line in memory.

mod damage;
mod maps;
mod mutated;
mod peer;
mod room;
mod scripted;
mod thread;

use std::collections::VecDeque;
use std::time::Duration;

use super::sim::SimBoard;
use super::{Cabinet, CabinetCommand, CabinetEvent, RegisterMap};
use crate::runner::{Driver, Fault};
use crate::transport::memory::{MemoryLine, MemoryTransport};
use crate::transport::simulated::SimulatedDevice;

pub(super) fn sample() -> RegisterMap {
    RegisterMap::sample().unwrap()
}

/// A driver, a board and what the driver said.
struct Room<D> {
    line: MemoryLine<D>,
    transport: MemoryTransport<D>,
    driver: Cabinet,
    identified: bool,
    commands: VecDeque<CabinetCommand>,
    events: Vec<CabinetEvent>,
    faults: Vec<Fault>,
}

impl Room<SimBoard> {
    fn new() -> Self {
        Self::with(sample(), SimBoard::new(&sample()))
    }
}

impl<D: SimulatedDevice + 'static> Room<D> {
    fn with(map: RegisterMap, device: D) -> Self {
        let line = MemoryLine::new(device, Some(map.baud()));
        let transport = line.open().unwrap();
        Self {
            line,
            transport,
            driver: Cabinet::new(map),
            identified: false,
            commands: VecDeque::new(),
            events: Vec::new(),
            faults: Vec::new(),
        }
    }

    /// One round, as the runner does it.
    fn round(&mut self) {
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

    /// Lets the driver work for `seconds`.
    fn run(&mut self, seconds: f64) {
        let end = self.line.now() + Duration::from_secs_f64(seconds);
        while self.line.now() < end {
            self.round();
        }
    }

    /// What was said since the last call.
    fn said(&mut self) -> Vec<CabinetEvent> {
        std::mem::take(&mut self.events)
    }
}

/// What a good board with nobody before it says at start.
fn at_rest() -> Vec<CabinetEvent> {
    use super::Ups;
    let ups = |mains, battery_low| {
        CabinetEvent::Ups(Ups {
            mains,
            battery_low,
            charge: Some(100),
        })
    };
    vec![
        ups(None, None),
        CabinetEvent::Temperature(250),
        CabinetEvent::Door(false),
        CabinetEvent::Cover(false),
        CabinetEvent::Headphones(false),
        CabinetEvent::Presence(false),
        ups(Some(true), Some(false)),
    ]
}
