//! A device that answers every request with the next piece of what the fuzzer says.

use std::collections::VecDeque;
use std::time::Duration;

use kiosk_drivers::transport::simulated::SimulatedDevice;

/// What the fuzzer says, a piece for each request.
pub struct Says {
    rest: VecDeque<Vec<u8>>,
    now: Option<Vec<u8>>,
}

impl Says {
    /// A device that says `bytes`, the first piece unasked. Pieces are told apart by their first
    /// byte, which is their length.
    #[allow(dead_code, reason = "each target is a program of its own")]
    pub fn new(bytes: &[u8]) -> Self {
        let (mut rest, mut pieces) = (bytes, Vec::new());
        while let Some((length, after)) = rest.split_first() {
            let (piece, later) = after.split_at(usize::from(*length).min(after.len()));
            pieces.push(piece.to_vec());
            rest = later;
        }
        Self::pieces(pieces)
    }

    /// A device that says these pieces, the first unasked.
    pub fn pieces(pieces: Vec<Vec<u8>>) -> Self {
        let mut says = Self { rest: pieces.into(), now: None };
        says.next();
        says
    }

    fn next(&mut self) {
        let Some(piece) = self.rest.pop_front() else { return };
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
