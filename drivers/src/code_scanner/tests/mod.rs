//! The scanner in the room: driver and simulator joined by a line in memory.

mod damage;
mod hostile;
mod mutated;
mod room;
mod scripted;
mod thread;
mod typing;

use super::{CodeEvent, CodeScanner};
use crate::runner::room::Room as RoomOf;
use crate::transport::simulated::SimulatedDevice;

/// A driver, a scanner and what the driver said.
type Room<D> = RoomOf<CodeScanner, D>;

impl<D: SimulatedDevice + 'static> Room<D> {
    fn new(driver: CodeScanner, device: D) -> Self {
        Self::joined(driver, device, 115_200)
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
