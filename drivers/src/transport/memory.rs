//! A transport in memory: one simulated device, and a clock that moves only by waiting.
//!
//! A test reads as a story told in order: it schedules what people do to the device
//! ([`MemoryLine::at`]), runs the driver, and a read that waits jumps to the next thing
//! that happens. Nothing sleeps and every run is the same.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::plan::Plan;
use super::simulated::{Link, SimulatedDevice};
use super::{FlowControl, Transport, TransportError};

/// Bytes the pretended kernel buffers on the way to the device, as Linux does for a UART.
const KERNEL_BUFFER: usize = 4096;

/// What someone does at a planned time.
enum Deed<D> {
    Device(Box<dyn FnOnce(&mut D) + Send>),
    Unplug,
    Plug,
}

/// Everything behind the line.
struct World<D> {
    link: Link<D>,
    now: Duration,
    plan: BTreeMap<(Duration, u64), Deed<D>>,
    planned: u64,
    /// How often the plug had been pulled when the inbox was last filled.
    pulled: u64,
    inbox: Vec<u8>,
    flow: FlowControl,
}

impl<D: SimulatedDevice> World<D> {
    fn next_due(&self) -> Option<Duration> {
        let planned = self.plan.keys().next().map(|(at, _)| *at);
        [planned, self.link.next_due()].into_iter().flatten().min()
    }

    /// Moves to `to`, letting everything on the way happen at its own time.
    fn advance(&mut self, to: Duration) {
        while let Some(at) = self.next_due().filter(|at| *at <= to) {
            self.now = self.now.max(at);
            self.happen();
        }
        self.now = self.now.max(to);
        self.happen();
    }

    fn happen(&mut self) {
        while let Some(entry) = self.plan.first_entry().filter(|e| e.key().0 <= self.now) {
            match entry.remove() {
                Deed::Device(deed) => deed(&mut self.link.device),
                Deed::Unplug => self.link.unplug(),
                Deed::Plug => self.link.replug(),
            }
        }
        self.link.advance(self.now);
        let mut bytes = self.link.take();
        if self.pulled != self.link.pulled() {
            self.pulled = self.link.pulled();
            self.inbox.clear();
        }
        if self.flow == FlowControl::XonXoff {
            bytes.retain(|byte| !matches!(byte, 0x11 | 0x13));
        }
        if self.link.plugged() {
            self.inbox.extend(bytes);
        }
    }
}

/// The hand beside the device: puts cards, pulls plugs, plans ahead. Clones share one world.
pub struct MemoryLine<D>(Arc<Mutex<World<D>>>);

impl<D> Clone for MemoryLine<D> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<D: SimulatedDevice + 'static> MemoryLine<D> {
    /// Joins `device` to a wire of `pace` bits per second; `None` = as fast as possible.
    pub fn new(device: D, pace: Option<u32>) -> Self {
        Self(Arc::new(Mutex::new(World {
            link: Link::new(device, pace),
            now: Duration::ZERO,
            plan: BTreeMap::new(),
            planned: 0,
            pulled: 0,
            inbox: Vec::new(),
            flow: FlowControl::None,
        })))
    }

    /// Makes the host's end honour XON/XOFF and swallow them, as a serial line set so does.
    #[must_use]
    pub fn with_flow(self, flow: FlowControl) -> Self {
        let mut world = self.world();
        world.flow = flow;
        world.link.honour_xoff(flow == FlowControl::XonXoff);
        drop(world);
        self
    }

    fn world(&self) -> MutexGuard<'_, World<D>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens the line.
    ///
    /// # Errors
    /// [`TransportError`] of kind `NotFound` while it is unplugged.
    pub fn open(&self) -> Result<MemoryTransport<D>, TransportError> {
        let world = self.world();
        if !world.link.plugged() {
            return Err(error("open", io::ErrorKind::NotFound));
        }
        Ok(MemoryTransport {
            generation: world.link.pulled(),
            line: self.clone(),
        })
    }

    /// The time on the line's clock.
    #[must_use]
    pub fn now(&self) -> Duration {
        self.world().now
    }

    /// Moves the clock on by `time`, letting everything due happen.
    pub fn pass(&self, time: Duration) {
        let mut world = self.world();
        let to = world.now + time;
        world.advance(to);
    }

    /// Does something to the device now.
    pub fn device<R>(&self, deed: impl FnOnce(&mut D) -> R) -> R {
        deed(&mut self.world().link.device)
    }

    /// Plans something to be done to the device at `time` of the line's clock.
    pub fn at(&self, time: Duration, deed: impl FnOnce(&mut D) + Send + 'static) {
        self.plan(time, Deed::Device(Box::new(deed)));
    }

    /// Plans the plug being pulled; open transports fail from then on.
    pub fn unplug_at(&self, time: Duration) {
        self.plan(time, Deed::Unplug);
    }

    /// Plans the plug being put back; the line has to be opened again.
    pub fn plug_at(&self, time: Duration) {
        self.plan(time, Deed::Plug);
    }

    /// Lets `plan` happen from now on, in place of any other.
    pub fn play(&self, plan: Plan<D>) {
        let mut world = self.world();
        let now = world.now;
        world.link.play(now, plan);
    }

    /// Whether everything [played](Self::play) has happened.
    #[must_use]
    pub fn played(&self) -> bool {
        self.world().link.played()
    }

    /// Pulls the plug now.
    pub fn unplug(&self) {
        let mut world = self.world();
        world.link.unplug();
        world.inbox.clear();
        world.pulled = world.link.pulled();
    }

    /// Puts the plug back now.
    pub fn plug(&self) {
        self.world().link.replug();
    }

    fn plan(&self, time: Duration, deed: Deed<D>) {
        let mut world = self.world();
        world.planned += 1;
        let number = world.planned;
        world.plan.insert((time, number), deed);
    }
}

/// The program's end of a [`MemoryLine`].
pub struct MemoryTransport<D> {
    line: MemoryLine<D>,
    /// How often the plug had been pulled when it was opened.
    generation: u64,
}

impl<D: SimulatedDevice + 'static> MemoryTransport<D> {
    /// Takes the world if this end is still connected to it.
    fn connected(
        &self,
        operation: &'static str,
    ) -> Result<MutexGuard<'_, World<D>>, TransportError> {
        let world = self.line.world();
        if world.link.plugged() && world.link.pulled() == self.generation {
            Ok(world)
        } else {
            Err(error(operation, io::ErrorKind::BrokenPipe))
        }
    }
}

impl<D: SimulatedDevice + 'static> Transport for MemoryTransport<D> {
    fn now(&self) -> Duration {
        self.line.now()
    }

    fn read(&mut self, buffer: &mut [u8], deadline: Duration) -> Result<usize, TransportError> {
        loop {
            let mut world = self.connected("read")?;
            let now = world.now;
            world.advance(now);
            drop(world);
            let mut world = self.connected("read")?;
            let count = world.inbox.len().min(buffer.len());
            if count > 0 {
                for (slot, byte) in buffer.iter_mut().zip(world.inbox.drain(..count)) {
                    *slot = byte;
                }
                return Ok(count);
            }
            if world.now >= deadline {
                return Ok(0);
            }
            let next = world.next_due().unwrap_or(deadline).min(deadline);
            world.advance(next);
        }
    }

    fn write(&mut self, bytes: &[u8], deadline: Duration) -> Result<usize, TransportError> {
        let mut rest = bytes;
        loop {
            let mut world = self.connected("write")?;
            let room = KERNEL_BUFFER.saturating_sub(world.link.backlog());
            let (part, later) = rest.split_at(room.min(rest.len()));
            let now = world.now;
            world.link.host_wrote(now, part);
            world.advance(now);
            rest = later;
            if rest.is_empty() || world.now >= deadline {
                return Ok(bytes.len() - rest.len());
            }
            let next = world.next_due().unwrap_or(deadline).min(deadline);
            world.advance(next);
        }
    }
}

fn error(operation: &'static str, kind: io::ErrorKind) -> TransportError {
    TransportError {
        operation,
        device: "memory:".to_owned(),
        source: kind.into(),
    }
}
