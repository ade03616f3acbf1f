//! Runs a simulated device on a pty or a TCP port, for drivers and for any other program.
//!
//! The device sits at the end of a [`Link`] that paces its bytes; a thread carries them
//! and a [`SimHost`] is the hand that puts cards, jams paper and pulls the plug.

mod carrier;
pub(crate) mod http;
pub(crate) mod http_line;
#[cfg(test)]
pub(crate) mod mutating_relay;

use std::io::{self, Write};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, Sender, TryRecvError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use carrier::{Carrier, Pty};

use crate::document_printer::ipp::sim::IppSim;
use crate::scanner::sim::ScannerSim;
use crate::selector::Selector;
use crate::sim_script::{DocumentDeed, ScannerDeed, Script};
use crate::transport::plan::Plan;
use crate::transport::simulated::{Link, SimulatedDevice};

/// Plays `script` at a device that is an HTTP server, to its end, each entry at its time.
///
/// # Errors
/// When the plug does not go back: another program has taken the port.
pub fn play_scanner(sim: &mut ScannerSim, script: Script<ScannerDeed>) -> io::Result<()> {
    http_line::play(sim, script)
}

/// [`play_scanner`] for a document printer.
///
/// # Errors
/// As [`play_scanner`].
pub fn play_document_printer(sim: &mut IppSim, script: Script<DocumentDeed>) -> io::Result<()> {
    http_line::play(sim, script)
}

/// Host bytes taken off the carrier before the device had them; like a UART's buffer.
const MAX_BACKLOG: usize = 4096;

/// A running simulated device. Dropping it stops the thread and removes its link.
pub struct SimHost<D> {
    link: Arc<Mutex<Link<D>>>,
    orders: Sender<Order>,
    wake: UnixStream,
    selector: Selector,
    /// Zero of the link's clock.
    origin: Instant,
    thread: Option<JoinHandle<()>>,
}

/// What the hand asks of the thread.
enum Order {
    Unplug(Sender<io::Result<()>>),
    Plug(Sender<io::Result<()>>),
    Stop,
}

impl<D: SimulatedDevice + 'static> SimHost<D> {
    /// Runs `device` on a new pty.
    ///
    /// `pace` paces both directions at so many bits per second (`None` = as fast as
    /// possible). `link` is a symbolic link to keep pointing at the pty; without it the
    /// pty's own name is the address and changes when it is unplugged.
    ///
    /// # Errors
    /// When no pty is to be had, or `link` exists and is no symbolic link.
    pub fn on_pty(device: D, pace: Option<u32>, link: Option<&Path>) -> io::Result<Self> {
        let pty = Pty::open(link.map(Path::to_owned))?;
        let path: PathBuf = link.map_or_else(|| pty.name().to_owned(), Path::to_owned);
        let selector = Selector::Serial { path, baud: None };
        Self::start(device, pace, Carrier::Pty(pty), selector)
    }

    /// Runs `device` behind a TCP port, one connection at a time; `address` may ask for port 0.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub fn on_tcp(device: D, pace: Option<u32>, address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let host = match address {
            SocketAddr::V4(v4) => v4.ip().to_string(),
            SocketAddr::V6(v6) => format!("[{}]", v6.ip()),
        };
        let selector = Selector::Tcp {
            host,
            port: address.port(),
        };
        Self::start(device, pace, Carrier::tcp(listener), selector)
    }

    fn start(
        device: D,
        pace: Option<u32>,
        carrier: Carrier,
        selector: Selector,
    ) -> io::Result<Self> {
        let link = Arc::new(Mutex::new(Link::new(device, pace)));
        let (wake, woken) = UnixStream::pair()?;
        wake.set_nonblocking(true)?;
        woken.set_nonblocking(true)?;
        let (orders, inbox) = mpsc::channel();
        let origin = Instant::now();
        let worker = Worker {
            link: Arc::clone(&link),
            carrier,
            orders: inbox,
            woken,
            origin,
            pulled: 0,
            plugged: true,
            outgoing: Vec::new(),
        };
        let thread = std::thread::Builder::new()
            .name("simulator".to_owned())
            .spawn(move || worker.run())?;
        Ok(Self {
            link,
            orders,
            wake,
            selector,
            origin,
            thread: Some(thread),
        })
    }

    /// How a driver reaches the device.
    #[must_use]
    pub fn selector(&self) -> &Selector {
        &self.selector
    }

    /// Does something to the device: puts a card, jams the paper, reads what it printed.
    pub fn device<R>(&self, deed: impl FnOnce(&mut D) -> R) -> R {
        let result = deed(&mut self.link().device);
        self.wake();
        result
    }

    /// Lets `plan` happen from now on, in place of any other.
    pub fn play(&self, plan: Plan<D>) {
        self.link().play(self.origin.elapsed(), plan);
        self.wake();
    }

    /// Whether everything [played](Self::play) has happened.
    #[must_use]
    pub fn played(&self) -> bool {
        self.link().played()
    }

    fn link(&self) -> MutexGuard<'_, Link<D>> {
        lock(&self.link)
    }

    /// Pulls the plug: whoever has the line open loses it.
    ///
    /// # Errors
    /// When the thread has ended.
    pub fn unplug(&self) -> io::Result<()> {
        self.order(Order::Unplug)
    }

    /// Puts the plug back: a new pty under the same link, or the port open again.
    ///
    /// # Errors
    /// When no pty is to be had or the thread has ended.
    pub fn plug(&self) -> io::Result<()> {
        self.order(Order::Plug)
    }

    fn order(&self, order: impl FnOnce(Sender<io::Result<()>>) -> Order) -> io::Result<()> {
        let ended = || io::Error::new(io::ErrorKind::BrokenPipe, "the simulator has ended");
        let (reply, answer) = mpsc::channel();
        self.orders.send(order(reply)).map_err(|_| ended())?;
        self.wake();
        answer.recv().map_err(|_| ended())?
    }

    fn wake(&self) {
        // A full pipe means the thread is to wake up already.
        let _ = (&self.wake).write(&[0]);
    }
}

impl<D> Drop for SimHost<D> {
    fn drop(&mut self) {
        let _ = self.orders.send(Order::Stop);
        let _ = (&self.wake).write(&[0]);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The thread's own half.
struct Worker<D> {
    link: Arc<Mutex<Link<D>>>,
    carrier: Carrier,
    orders: Receiver<Order>,
    woken: UnixStream,
    origin: Instant,
    /// How often the plug had been pulled when the carrier last followed.
    pulled: u64,
    plugged: bool,
    /// Device bytes the carrier has not taken yet.
    outgoing: Vec<u8>,
}

impl<D: SimulatedDevice> Worker<D> {
    fn run(mut self) {
        while self.obey() {
            let due = self.carry();
            let now = self.origin.elapsed();
            let timeout = due.map(|due| due.saturating_sub(now));
            let full = self.backlog() >= MAX_BACKLOG;
            self.carrier
                .wait(&self.woken, timeout, !full, !self.outgoing.is_empty());
        }
    }

    /// Does what the hand asked; `false` once it is to stop.
    fn obey(&mut self) -> bool {
        loop {
            match self.orders.try_recv() {
                Ok(Order::Unplug(reply)) => {
                    lock(&self.link).unplug();
                    let _ = reply.send(self.follow());
                }
                Ok(Order::Plug(reply)) => {
                    lock(&self.link).replug();
                    let _ = reply.send(self.follow());
                }
                Ok(Order::Stop) | Err(TryRecvError::Disconnected) => return false,
                Err(TryRecvError::Empty) => return true,
            }
        }
    }

    /// Pulls the carrier's plug or puts it back, as the link's is.
    fn follow(&mut self) -> io::Result<()> {
        let (pulled, plugged) = {
            let link = lock(&self.link);
            (link.pulled(), link.plugged())
        };
        if self.pulled != pulled {
            self.pulled = pulled;
            self.plugged = false;
            self.carrier.unplug();
            self.outgoing.clear();
        }
        if plugged && !self.plugged {
            self.carrier.plug()?;
            self.plugged = true;
        }
        Ok(())
    }

    /// Carries bytes both ways; returns when something next happens by itself.
    fn carry(&mut self) -> Option<Duration> {
        self.carrier.let_in();
        let mut link = lock(&self.link);
        let now = self.origin.elapsed();
        link.honour_xoff(self.carrier.honours_xoff());
        let mut buffer = [0; 512];
        while link.backlog() < MAX_BACKLOG {
            match self.carrier.read(&mut buffer) {
                0 => break,
                count => link.host_wrote(now, buffer.get(..count).unwrap_or_default()),
            }
        }
        link.advance(now);
        self.outgoing.extend(link.take());
        let due = link.next_due();
        drop(link);
        if let Err(error) = self.follow() {
            tracing::warn!(%error, "the simulator's plug does not go back");
        }
        let taken = self.carrier.write(&self.outgoing);
        self.outgoing.drain(..taken.min(self.outgoing.len()));
        due
    }

    fn backlog(&self) -> usize {
        lock(&self.link).backlog()
    }
}

fn lock<D>(link: &Mutex<Link<D>>) -> MutexGuard<'_, Link<D>> {
    link.lock().unwrap_or_else(PoisonError::into_inner)
}
