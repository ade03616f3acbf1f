//! One direction of a simulated wire: bytes in order, each at its time, damaged as told.

use std::collections::VecDeque;
use std::time::Duration;

use super::plan::Spoil;

/// Bytes that travel as one event when paced: 1.4 ms at 115200, a UART's FIFO.
const PACED_STEP: usize = 16;
/// Bytes that travel as one event at full speed; small enough for XOFF to be in time.
const FREE_STEP: usize = 64;
/// Bytes on the wire to which nothing more is added by a fault.
const MAX_QUEUE: usize = 1 << 20;

/// How long `bytes` take on a wire of `pace` bits per second, ten bits a byte; nothing when `None`.
#[must_use]
pub fn wire_time(bytes: usize, pace: Option<u32>) -> Duration {
    match pace {
        None | Some(0) => Duration::ZERO,
        Some(baud) => {
            let nanos = bytes as u128 * 10_000_000_000 / u128::from(baud);
            Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
        }
    }
}

/// What damages bytes as they pass, and counts them.
#[derive(Debug, Default)]
pub(crate) struct Tap {
    /// So many more bytes pass before a plan goes on; `None` = it does not wait for bytes.
    pub(crate) gate: Option<u64>,
    drop: u64,
    flips: VecDeque<u8>,
    /// So many bytes at once, and the pause behind them.
    split: Option<(usize, Duration)>,
}

impl Tap {
    /// How many of `count` bytes may pass as one piece.
    pub(crate) fn most(&self, count: usize) -> usize {
        let gate = self.gate.map(|left| usize::try_from(left).unwrap_or(count));
        let piece = self.split.map(|(size, _)| size);
        [gate, piece].into_iter().flatten().fold(count, usize::min)
    }

    /// Lets one piece pass; what comes out may be less.
    pub(crate) fn pass(&mut self, bytes: impl Iterator<Item = u8>) -> Vec<u8> {
        let mut out = Vec::new();
        for byte in bytes {
            self.gate = self.gate.map(|left| left.saturating_sub(1));
            if self.drop > 0 {
                self.drop -= 1;
            } else {
                out.push(byte ^ self.flips.pop_front().unwrap_or(0));
            }
        }
        out
    }

    /// The pause behind a piece.
    pub(crate) fn pause(&self) -> Duration {
        self.split.map_or(Duration::ZERO, |(_, pause)| pause)
    }

    /// Takes the kinds of damage that wait for bytes; gives back the others.
    pub(crate) fn spoil(&mut self, spoil: Spoil) -> Option<Spoil> {
        match spoil {
            Spoil::Drop(count) => self.drop += u64::from(count),
            Spoil::Flip(masks) => self.flips.extend(masks),
            Spoil::Split(0, _) => self.split = None,
            Spoil::Split(size, pause) => self.split = Some((size, pause)),
            Spoil::Delay(_) | Spoil::Garbage(_) | Spoil::Lose => return Some(spoil),
        }
        None
    }
}

/// One direction of a wire.
#[derive(Debug, Default)]
pub(super) struct Wire {
    queue: VecDeque<u8>,
    /// When the byte at the front of the queue may begin to travel.
    free_at: Duration,
    held: bool,
    pub(super) tap: Tap,
}

impl Wire {
    pub(super) fn push(&mut self, now: Duration, bytes: &[u8]) {
        if self.queue.is_empty() {
            self.free_at = self.free_at.max(now);
        }
        self.queue.extend(bytes);
    }

    /// Bytes that are not through yet.
    pub(super) fn len(&self) -> usize {
        self.queue.len()
    }

    fn step(&self, pace: Option<u32>) -> usize {
        let most = if pace.is_some() {
            PACED_STEP
        } else {
            FREE_STEP
        };
        self.tap.most(self.queue.len().min(most))
    }

    /// When the next bytes are through.
    pub(super) fn next_due(&self, pace: Option<u32>) -> Option<Duration> {
        (!self.queue.is_empty() && !self.held)
            .then(|| self.free_at + wire_time(self.step(pace), pace))
    }

    /// The next bytes, as they arrive.
    pub(super) fn pop(&mut self, pace: Option<u32>) -> Vec<u8> {
        let step = self.step(pace);
        self.free_at += wire_time(step, pace) + self.tap.pause();
        self.tap.pass(self.queue.drain(..step))
    }

    pub(super) fn hold(&mut self, now: Duration, held: bool) {
        self.held = held;
        self.free_at = self.free_at.max(now);
    }

    pub(super) fn release(&mut self) {
        self.held = false;
    }

    pub(super) fn spoil(&mut self, now: Duration, spoil: Spoil) {
        match self.tap.spoil(spoil) {
            Some(Spoil::Delay(time)) => self.free_at = self.free_at.max(now) + time,
            Some(Spoil::Garbage(bytes)) => {
                if self.queue.is_empty() {
                    self.free_at = self.free_at.max(now);
                }
                if self.queue.len() < MAX_QUEUE {
                    bytes
                        .into_iter()
                        .rev()
                        .for_each(|b| self.queue.push_front(b));
                }
            }
            Some(Spoil::Lose) => self.queue.clear(),
            Some(Spoil::Drop(_) | Spoil::Flip(_) | Spoil::Split(..)) | None => {}
        }
    }

    /// Forgets the bytes and the damage meant for them; a plan that waits for bytes waits on.
    pub(super) fn cut(&mut self) {
        let gate = self.tap.gate;
        *self = Self::default();
        self.tap.gate = gate;
    }
}
