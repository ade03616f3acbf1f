//! The face of a simulated device, and the wire between it and the program under test.
//!
//! One simulator serves every carrier: [`super::memory`] moves the time by hand,
//! [`crate::sim_host`] runs it on a pty or a socket. Both drive the same [`Link`], which
//! paces the bytes of each direction like a UART and honours XOFF like one.

use std::collections::VecDeque;
use std::time::Duration;

/// XON: the device takes bytes again.
const XON: u8 = 0x11;
/// XOFF: the device's buffer is nearly full.
const XOFF: u8 = 0x13;
/// Bytes that travel as one event when paced: 1.4 ms at 115200, a UART's FIFO.
const PACED_STEP: usize = 16;
/// Bytes that travel as one event at full speed; small enough for XOFF to be in time.
const FREE_STEP: usize = 64;

/// A device that exists as a program: it gets the bytes a host sends and answers with
/// bytes of its own, each at its time. It never reads a clock.
pub trait SimulatedDevice: Send {
    /// Takes bytes that arrived at `now`. Answers come out of [`Self::poll`].
    fn receive(&mut self, now: Duration, bytes: &[u8]);

    /// When [`Self::poll`] next has something to do or to say; `None` while it waits for
    /// the host. After `poll(now)` it lies later than `now`.
    fn next_due(&self) -> Option<Duration>;

    /// Does what is due at `now` and returns the bytes to send.
    fn poll(&mut self, now: Duration) -> Vec<u8>;
}

/// One direction of a wire.
#[derive(Debug, Default)]
struct Wire {
    queue: VecDeque<u8>,
    /// When the byte at the front of the queue may begin to travel.
    free_at: Duration,
    held: bool,
}

impl Wire {
    fn push(&mut self, now: Duration, bytes: &[u8]) {
        if self.queue.is_empty() {
            self.free_at = self.free_at.max(now);
        }
        self.queue.extend(bytes);
    }

    fn step(&self, pace: Option<u32>) -> usize {
        let most = if pace.is_some() {
            PACED_STEP
        } else {
            FREE_STEP
        };
        self.queue.len().min(most)
    }

    /// When the next bytes are through.
    fn next_due(&self, pace: Option<u32>) -> Option<Duration> {
        (!self.queue.is_empty() && !self.held)
            .then(|| self.free_at + wire_time(self.step(pace), pace))
    }

    fn pop(&mut self, pace: Option<u32>) -> Vec<u8> {
        let step = self.step(pace);
        self.free_at += wire_time(step, pace);
        self.queue.drain(..step).collect()
    }

    fn hold(&mut self, now: Duration, held: bool) {
        self.held = held;
        self.free_at = self.free_at.max(now);
    }
}

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

/// A simulated device at the end of its wire.
#[derive(Debug)]
pub struct Link<D> {
    /// The device itself, for the hand that puts cards and jams paper.
    pub device: D,
    pace: Option<u32>,
    xon_xoff: bool,
    to_device: Wire,
    to_host: Wire,
    last: Duration,
}

impl<D: SimulatedDevice> Link<D> {
    /// Joins `device` to a wire of `pace` bits per second; `None` = as fast as possible.
    pub fn new(device: D, pace: Option<u32>) -> Self {
        Self {
            device,
            pace,
            xon_xoff: false,
            to_device: Wire::default(),
            to_host: Wire::default(),
            last: Duration::ZERO,
        }
    }

    /// Says whether the host's end honours XOFF; then the device's XOFF stops the bytes
    /// still on their way, as a UART driver would.
    pub fn honour_xoff(&mut self, on: bool) {
        self.xon_xoff = on;
        if !on {
            self.to_device.held = false;
        }
    }

    /// Takes bytes the host wrote at `now`.
    pub fn host_wrote(&mut self, now: Duration, bytes: &[u8]) {
        self.to_device.push(now, bytes);
    }

    /// Bytes the host wrote that the device has not had yet.
    pub fn backlog(&self) -> usize {
        self.to_device.queue.len()
    }

    /// The next moment at which anything happens by itself; `None` = only the host can act.
    pub fn next_due(&self) -> Option<Duration> {
        [self.next_inside(), self.to_host.next_due(self.pace)]
            .into_iter()
            .flatten()
            .min()
    }

    /// The next moment at which the device gets bytes or acts.
    fn next_inside(&self) -> Option<Duration> {
        let device = self.device.next_due().map(|due| due.max(self.last));
        [self.to_device.next_due(self.pace), device]
            .into_iter()
            .flatten()
            .min()
    }

    /// Lets everything happen that is due until `now`, each at its own time.
    pub fn advance(&mut self, now: Duration) {
        while let Some(at) = self.next_inside().filter(|&at| at <= now) {
            let at = at.max(self.last);
            if self
                .to_device
                .next_due(self.pace)
                .is_some_and(|due| due <= at)
            {
                let bytes = self.to_device.pop(self.pace);
                self.device.receive(at, &bytes);
            }
            let answer = self.device.poll(at);
            self.watch_flow(at, &answer);
            self.to_host.push(at, &answer);
            // A device that is always due would otherwise hold the time back for ever.
            self.last = at
                + Duration::from_micros(u64::from(
                    self.device.next_due().is_some_and(|due| due <= at),
                ));
        }
        self.last = self.last.max(now);
    }

    fn watch_flow(&mut self, at: Duration, answer: &[u8]) {
        if !self.xon_xoff {
            return;
        }
        if let Some(last) = answer.iter().rfind(|byte| matches!(**byte, XON | XOFF)) {
            self.to_device.hold(at, *last == XOFF);
        }
    }

    /// The bytes that have reached the host by `now`.
    pub fn take(&mut self, now: Duration) -> Vec<u8> {
        let mut out = Vec::new();
        while self
            .to_host
            .next_due(self.pace)
            .is_some_and(|due| due <= now)
        {
            out.extend(self.to_host.pop(self.pace));
        }
        out
    }

    /// Forgets all bytes on the wire, as pulling the plug does.
    pub fn cut(&mut self) {
        self.to_device = Wire::default();
        self.to_host = Wire::default();
    }
}
