//! A board that is not ours: the server of the `rmodbus` crate answers our driver.

use std::collections::VecDeque;
use std::time::Duration;

use rmodbus::ModbusProto;
use rmodbus::server::ModbusFrame;
use rmodbus::server::context::ModbusContext;
use rmodbus::server::storage::ModbusStorage;

use super::super::{CabinetCommand, CabinetEvent, Slot};
use super::{Room, at_rest, sample};
use crate::transport::simulated::SimulatedDevice;

/// The other maker's board.
struct PeerBoard {
    storage: Box<ModbusStorage<8, 8, 8, 8>>,
    incoming: Vec<u8>,
    outgoing: VecDeque<u8>,
}

impl PeerBoard {
    fn new() -> Self {
        let mut storage = Box::new(ModbusStorage::new());
        storage.set_holding(0, 0x4B49).unwrap();
        // Door and cover are inverted in the map, mains is on.
        for bit in [1, 2, 4] {
            storage.set_discrete(bit, true).unwrap();
        }
        storage.set_input(0, 250).unwrap();
        storage.set_input(1, 100).unwrap();
        Self {
            storage,
            incoming: Vec::new(),
            outgoing: VecDeque::new(),
        }
    }

    fn answer(&mut self) {
        let mut request = [0; 256];
        request[..self.incoming.len()].copy_from_slice(&self.incoming);
        let mut response = Vec::new();
        let mut frame = ModbusFrame::new(1, &request, ModbusProto::Rtu, &mut response);
        frame.parse().unwrap();
        if frame.processing_required {
            if frame.readonly {
                frame.process_read(&*self.storage).unwrap();
            } else {
                frame.process_write(&mut *self.storage).unwrap();
            }
        }
        if frame.response_required {
            frame.finalize_response().unwrap();
        }
        self.incoming.clear();
        self.outgoing.extend(response);
    }
}

impl SimulatedDevice for PeerBoard {
    fn receive(&mut self, _now: Duration, bytes: &[u8]) {
        for byte in bytes {
            self.incoming.push(*byte);
            // All our requests have eight bytes.
            if self.incoming.len() == 8 {
                self.answer();
            }
        }
    }

    fn next_due(&self) -> Option<Duration> {
        (!self.outgoing.is_empty()).then_some(Duration::ZERO)
    }

    fn poll(&mut self, _now: Duration) -> Vec<u8> {
        self.outgoing.drain(..).collect()
    }
}

#[test]
fn the_driver_runs_a_board_that_is_not_ours() {
    let mut room = Room::with(sample(), PeerBoard::new());
    room.run(3.0);
    assert_eq!(room.said(), at_rest());
    let (slot, on) = (Slot::Scanner, true);
    room.commands.push_back(CabinetCommand::Light { slot, on });
    room.line
        .device(|board| board.storage.set_discrete(0, true).unwrap());
    room.run(1.0);
    assert_eq!(
        room.said(),
        [CabinetEvent::Lit { slot, on }, CabinetEvent::Presence(true)]
    );
    assert!(room.line.device(|board| board.storage.get_coil(2).unwrap()));
    assert!(room.faults.is_empty());
}

#[test]
fn a_register_the_other_board_has_not_is_an_exception() {
    let text = super::super::RegisterMap::SAMPLE.replace("address = 5\n", "address = 60\n");
    let map = super::super::RegisterMap::parse(&text).unwrap();
    let mut room = Room::with(map, PeerBoard::new());
    room.run(3.0);
    assert_eq!(room.faults[0].key, "modbus_exception_02");
}
