//! The cabinet in the room: driver and board joined by a line in memory.

mod damage;
mod maps;
mod mutated;
mod peer;
mod room;
mod scripted;
mod thread;

use super::sim::SimBoard;
use super::{Cabinet, CabinetEvent, RegisterMap};
use crate::runner::room::Room as RoomOf;
use crate::transport::simulated::SimulatedDevice;

pub(super) fn sample() -> RegisterMap {
    RegisterMap::sample().unwrap()
}

/// A driver, a board and what the driver said.
type Room<D> = RoomOf<Cabinet, D>;

impl Room<SimBoard> {
    fn new() -> Self {
        Self::with(sample(), SimBoard::new(&sample()))
    }
}

impl<D: SimulatedDevice + 'static> Room<D> {
    fn with(map: RegisterMap, device: D) -> Self {
        let baud = map.baud();
        Self::joined(Cabinet::new(map), device, baud)
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
