//! The line of a simulated HTTP device: what a script does to the bytes of its connections.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::sim_script::{DeviceDeed, Happening, Script, Scriptable};
use crate::transport::plan::{LineFault, Spoil, Trigger, Way};
use crate::transport::wire::Tap;

/// How long a connection waits for its other side, or for a script to go on.
const PATIENCE: Duration = Duration::from_secs(20);

/// One direction of all connections.
#[derive(Debug, Default)]
struct Lane {
    tap: Tap,
    garbage: Vec<u8>,
    stall: Duration,
}

#[derive(Debug, Default)]
struct State {
    to_host: Lane,
    to_device: Lane,
    /// Open connections by number, to break them.
    open: Vec<(u64, TcpStream)>,
    connections: u64,
    /// How often the plug was pulled.
    pulled: u64,
}

impl State {
    fn lane(&mut self, way: Way) -> &mut Lane {
        match way {
            Way::ToHost => &mut self.to_host,
            Way::ToDevice => &mut self.to_device,
        }
    }
}

/// What all connections of one device pass.
#[derive(Debug, Default)]
pub(crate) struct HttpLine {
    state: Mutex<State>,
    changed: Condvar,
}

impl HttpLine {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a script waits for bytes.
    #[cfg(test)]
    pub(crate) fn armed(&self) -> bool {
        let state = self.state();
        state.to_host.tap.gate.is_some() || state.to_device.tap.gate.is_some()
    }

    /// Breaks all connections.
    pub(crate) fn cut(&self) {
        let mut state = self.state();
        state.pulled += 1;
        for (_, stream) in state.open.drain(..) {
            // One that is gone already needs no end.
            let _ = stream.shutdown(Shutdown::Both);
        }
        state.to_host.stall = Duration::ZERO;
        state.to_device.stall = Duration::ZERO;
        self.changed.notify_all();
    }

    fn spoil(&self, way: Way, spoil: Spoil) {
        let mut state = self.state();
        let lane = state.lane(way);
        match lane.tap.spoil(spoil) {
            Some(Spoil::Delay(time)) => lane.stall += time,
            Some(Spoil::Garbage(bytes)) => lane.garbage.extend(bytes),
            Some(Spoil::Lose) => lane.garbage.clear(),
            Some(Spoil::Drop(_) | Spoil::Flip(_) | Spoil::Split(..)) | None => {}
        }
    }

    /// Waits for what an entry waits for; bytes behind the last of it wait as well.
    fn await_trigger(&self, trigger: Trigger) {
        let mut state = self.state();
        state.to_host.tap.gate = None;
        state.to_device.tap.gate = None;
        match trigger {
            Trigger::Time(time) => {
                self.changed.notify_all();
                let end = Instant::now() + time;
                while let Some(left) = end.checked_duration_since(Instant::now()) {
                    state = self.wait(state, left);
                }
            }
            Trigger::Bytes(way, count) => {
                state.lane(way).tap.gate = Some(count);
                self.changed.notify_all();
                while state.lane(way).tap.gate != Some(0) {
                    state = self.wait(state, PATIENCE);
                }
            }
        }
    }

    fn release(&self) {
        let mut state = self.state();
        state.to_host.tap.gate = None;
        state.to_device.tap.gate = None;
        self.changed.notify_all();
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>, time: Duration) -> MutexGuard<'a, State> {
        let waited = self.changed.wait_timeout(state, time);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

/// A simulated device that is an HTTP server.
pub(crate) trait HttpDevice: Scriptable {
    fn line(&self) -> Arc<HttpLine>;
    fn unplug(&mut self);
    fn replug(&mut self) -> io::Result<()>;
}

/// Plays `script` to its end, each entry at its time.
pub(crate) fn play<S: HttpDevice>(sim: &mut S, script: Script<S::Deed>) -> io::Result<()>
where
    S::Deed: DeviceDeed,
{
    let line = sim.line();
    for (trigger, happenings) in script.into_entries() {
        line.await_trigger(trigger);
        for happening in happenings {
            match happening {
                Happening::Device(deed) => sim.perform(deed),
                Happening::Line(LineFault::Spoil(way, spoil)) => line.spoil(way, spoil),
                Happening::Line(LineFault::Stuck(time)) => {
                    line.spoil(Way::ToHost, Spoil::Delay(time));
                    line.spoil(Way::ToDevice, Spoil::Delay(time));
                }
                Happening::Line(LineFault::Unplug) => {
                    line.cut();
                    sim.unplug();
                }
                Happening::Line(LineFault::Replug) => sim.replug()?,
            }
        }
    }
    line.release();
    Ok(())
}

/// One connection, whose bytes pass the line.
pub(crate) struct Connection {
    stream: TcpStream,
    line: Arc<HttpLine>,
    number: u64,
    pulled: u64,
}

impl Connection {
    pub(crate) fn new(stream: TcpStream, line: &Arc<HttpLine>) -> io::Result<Self> {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let held = stream.try_clone()?;
        let mut state = line.state();
        state.connections += 1;
        let number = state.connections;
        state.open.push((number, held));
        let pulled = state.pulled;
        drop(state);
        Ok(Self {
            stream,
            line: Arc::clone(line),
            number,
            pulled,
        })
    }

    pub(crate) fn stream(&self) -> &TcpStream {
        &self.stream
    }

    /// Waits until bytes may pass that way; returns how many of `count`.
    fn turn(&self, way: Way, count: usize) -> io::Result<usize> {
        let end = Instant::now() + PATIENCE;
        let mut state = self.line.state();
        loop {
            if state.pulled != self.pulled {
                return Err(ErrorKind::ConnectionAborted.into());
            }
            let stall = std::mem::take(&mut state.lane(way).stall);
            if !stall.is_zero() {
                state = self.stand_still(state, stall);
            } else if state.lane(way).tap.gate != Some(0) {
                return Ok(state.lane(way).tap.most(count));
            } else if Instant::now() >= end {
                return Err(ErrorKind::TimedOut.into());
            } else {
                state = self.line.wait(state, PATIENCE);
            }
        }
    }

    /// Waits for so long, or until the plug is pulled.
    fn stand_still<'a>(
        &self,
        mut state: MutexGuard<'a, State>,
        time: Duration,
    ) -> MutexGuard<'a, State> {
        let end = Instant::now() + time;
        while let Some(left) = end.checked_duration_since(Instant::now())
            && state.pulled == self.pulled
        {
            state = self.line.wait(state, left);
        }
        state
    }

    fn damage(&self, way: Way, piece: &[u8]) -> Vec<u8> {
        let mut state = self.line.state();
        state.lane(way).tap.pass(piece.iter().copied())
    }

    fn garbage(&self, way: Way, most: usize) -> Vec<u8> {
        let mut state = self.line.state();
        let garbage = &mut state.lane(way).garbage;
        garbage.drain(..most.min(garbage.len())).collect()
    }

    /// A piece is through: a script that waited for it goes on.
    fn through(&self, way: Way) {
        let mut state = self.line.state();
        self.line.changed.notify_all();
        let pause = state.lane(way).tap.pause();
        if !pause.is_zero() {
            drop(self.stand_still(state, pause));
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let mut state = self.line.state();
        state.open.retain(|(number, _)| *number != self.number);
    }
}

impl Read for Connection {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let most = self.turn(Way::ToDevice, buffer.len())?;
            let mut piece = self.garbage(Way::ToDevice, most);
            if piece.is_empty() {
                let count = self
                    .stream
                    .read(buffer.get_mut(..most).unwrap_or_default())?;
                if count == 0 {
                    return Ok(0);
                }
                piece = self.damage(Way::ToDevice, buffer.get(..count).unwrap_or_default());
                self.through(Way::ToDevice);
            }
            if let Some(place) = buffer.get_mut(..piece.len())
                && !piece.is_empty()
            {
                place.copy_from_slice(&piece);
                return Ok(piece.len());
            }
        }
    }
}

impl Write for Connection {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let most = self.turn(Way::ToHost, bytes.len())?;
        let garbage = self.garbage(Way::ToHost, usize::MAX);
        self.stream.write_all(&garbage)?;
        let piece = bytes.get(..most).unwrap_or_default();
        let out = self.damage(Way::ToHost, piece);
        self.stream.write_all(&out)?;
        self.through(Way::ToHost);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}
