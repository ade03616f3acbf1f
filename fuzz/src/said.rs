//! A device that answers every request with the next piece of what the fuzzer says.

use std::time::Duration;

use kiosk_drivers::transport::simulated::SimulatedDevice;

/// Pieces are told apart by their first byte, which is their length.
pub struct Says {
    rest: Vec<u8>,
    now: Option<Vec<u8>>,
}

impl Says {
    /// A device that says `bytes`, the first piece unasked.
    pub fn new(bytes: &[u8]) -> Self {
        let mut says = Self { rest: bytes.to_vec(), now: None };
        says.next();
        says
    }

    fn next(&mut self) {
        let Some(length) = self.rest.first() else { return };
        let length = (usize::from(*length) + 1).min(self.rest.len());
        let piece: Vec<u8> = self.rest.drain(..length).skip(1).collect();
        self.now.get_or_insert_default().extend(piece);
    }
}

impl SimulatedDevice for Says {
    fn receive(&mut self, _now: Duration, _bytes: &[u8]) {
        self.next();
    }

    fn next_due(&self) -> Option<Duration> {
        self.now.as_ref().map(|_| Duration::ZERO)
    }

    fn poll(&mut self, _now: Duration) -> Vec<u8> {
        self.now.take().unwrap_or_default()
    }
}
