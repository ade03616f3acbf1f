//! What a simulated device is going to say, each piece at its time.

use std::collections::VecDeque;
use std::time::Duration;

/// Pieces in the order they were said; a piece waits for those before it.
#[derive(Debug, Default)]
pub(crate) struct Outgoing(VecDeque<(Duration, Vec<u8>)>);

impl Outgoing {
    /// Says `bytes` at `due`.
    pub(crate) fn push(&mut self, due: Duration, bytes: impl Into<Vec<u8>>) {
        self.0.push_back((due, bytes.into()));
    }

    /// When the next piece is due; `None` when nothing is to be said.
    pub(crate) fn next_due(&self) -> Option<Duration> {
        self.0.front().map(|(due, _)| *due)
    }

    /// What is due at `now`.
    pub(crate) fn take(&mut self, now: Duration) -> Vec<u8> {
        let mut out = Vec::new();
        while let Some((_, bytes)) = self.0.pop_front_if(|(due, _)| *due <= now) {
            out.extend(bytes);
        }
        out
    }

    /// Says none of it.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}
