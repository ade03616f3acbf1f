//! The face of a simulated device, and the wire between it and the program under test.
//!
//! One simulator serves every carrier: [`super::memory`] moves the time by hand,
//! [`crate::sim_host`] runs it on a pty or a socket. Both drive the same [`Link`], which
//! paces the bytes of each direction like a UART and honours XOFF like one.

use std::time::Duration;

use super::plan::{Act, LineFault, Plan, Spoil, Way};
use super::wire::Wire;
pub use super::wire::wire_time;

/// XON: the device takes bytes again.
const XON: u8 = 0x11;
/// XOFF: the device's buffer is nearly full.
const XOFF: u8 = 0x13;
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

/// A simulated device at the end of its wire.
#[derive(Debug)]
pub struct Link<D> {
    /// The device itself, for the hand that puts cards and jams paper.
    pub device: D,
    pace: Option<u32>,
    xon_xoff: bool,
    to_device: Wire,
    to_host: Wire,
    /// What is through on its way to the host.
    arrived: Vec<u8>,
    last: Duration,
    plan: Plan<D>,
    plugged: bool,
    pulled: u64,
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
            arrived: Vec::new(),
            last: Duration::ZERO,
            plan: Plan::default(),
            plugged: true,
            pulled: 0,
        }
    }

    /// Lets `plan` happen from `now` on, in place of any other.
    pub fn play(&mut self, now: Duration, plan: Plan<D>) {
        self.plan = plan;
        self.arm(now);
        self.perform(now);
    }

    /// Whether everything planned has happened.
    #[must_use]
    pub fn played(&self) -> bool {
        self.plan.is_over()
    }

    /// Pulls the plug: the bytes on the wire are gone.
    pub fn unplug(&mut self) {
        self.plugged = false;
        self.pulled += 1;
        self.to_device.cut();
        self.to_host.cut();
        self.arrived.clear();
    }

    /// Puts the plug back.
    pub fn replug(&mut self) {
        self.plugged = true;
    }

    /// Whether the device is plugged in.
    #[must_use]
    pub fn plugged(&self) -> bool {
        self.plugged
    }

    /// How often the plug was pulled: who opened the line before has lost it.
    #[must_use]
    pub fn pulled(&self) -> u64 {
        self.pulled
    }

    fn arm(&mut self, now: Duration) {
        self.to_host.tap.gate = None;
        self.to_device.tap.gate = None;
        match self.plan.arm(now) {
            Some((Way::ToHost, count)) => self.to_host.tap.gate = Some(count),
            Some((Way::ToDevice, count)) => self.to_device.tap.gate = Some(count),
            None => {}
        }
    }

    /// Does what the plan has for `now`.
    fn perform(&mut self, now: Duration) {
        let through = |wire: &Wire| wire.tap.gate == Some(0);
        while self.plan.due.is_some_and(|due| due <= now)
            || through(&self.to_host)
            || through(&self.to_device)
        {
            for act in self.plan.take() {
                match act {
                    Act::Line(fault) => self.go_wrong(now, fault),
                    Act::Device(deed) => deed(&mut self.device),
                }
            }
            self.arm(now);
        }
    }

    fn go_wrong(&mut self, now: Duration, fault: LineFault) {
        match fault {
            LineFault::Spoil(Way::ToHost, spoil) => self.to_host.spoil(now, spoil),
            LineFault::Spoil(Way::ToDevice, spoil) => self.to_device.spoil(now, spoil),
            LineFault::Stuck(time) => {
                self.to_host.spoil(now, Spoil::Delay(time));
                self.to_device.spoil(now, Spoil::Delay(time));
            }
            LineFault::Unplug => self.unplug(),
            LineFault::Replug => self.replug(),
        }
    }

    /// Says whether the host's end honours XOFF; then the device's XOFF stops the bytes
    /// still on their way, as a UART driver would.
    pub fn honour_xoff(&mut self, on: bool) {
        self.xon_xoff = on;
        if !on {
            self.to_device.release();
        }
    }

    /// Takes bytes the host wrote at `now`.
    pub fn host_wrote(&mut self, now: Duration, bytes: &[u8]) {
        if self.plugged {
            self.to_device.push(now, bytes);
        }
    }

    /// Bytes the host wrote that the device has not had yet.
    pub fn backlog(&self) -> usize {
        self.to_device.len()
    }

    /// The next moment at which anything happens by itself; `None` = only the host can act.
    pub fn next_due(&self) -> Option<Duration> {
        let device = self.device.next_due().map(|due| due.max(self.last));
        let wires = [&self.to_device, &self.to_host].map(|wire| wire.next_due(self.pace));
        let [to_device, to_host] = wires;
        [to_device, to_host, device, self.plan.due]
            .into_iter()
            .flatten()
            .min()
    }

    /// Lets everything happen that is due until `now`, each at its own time.
    pub fn advance(&mut self, now: Duration) {
        let due = |due: Option<Duration>, at: Duration| due.is_some_and(|due| due <= at);
        while let Some(at) = self.next_due().filter(|&at| at <= now) {
            let at = at.max(self.last);
            self.perform(at);
            if due(self.to_device.next_due(self.pace), at) {
                let bytes = self.to_device.pop(self.pace);
                self.device.receive(at, &bytes);
                self.perform(at);
            }
            let answer = self.device.poll(at);
            self.watch_flow(at, &answer);
            if self.plugged {
                self.to_host.push(at, &answer);
            }
            while due(self.to_host.next_due(self.pace), at) {
                self.arrived.extend(self.to_host.pop(self.pace));
                self.perform(at);
            }
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

    /// The bytes that have reached the host by the time last [advanced](Self::advance) to.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.arrived)
    }
}
