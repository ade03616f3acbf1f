//! A relay between a driver and a simulated HTTP device that spoils answers on their way, for the
//! counted tests. Every answer ends with its connection, so nothing spoiled is waited for.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::runner::CancelToken;
use crate::transport::mutating::{Dice, spoil};

/// An answer comes so many milliseconds later at most.
const LATE: usize = 20;

/// The largest answer.
const MAX_ANSWER: u64 = 1 << 20;

/// What all connections share.
struct Cable {
    device: SocketAddr,
    /// So many of a thousand answers are spoiled.
    rate: AtomicUsize,
    spoiled: AtomicU64,
    dice: Mutex<Dice>,
    /// Where an answer must not be turned into one that nobody can tell from a right one.
    keep: fn(&[u8]) -> Range<usize>,
    off: AtomicBool,
}

/// A running relay. Dropping it stops it.
pub(crate) struct Relay {
    address: SocketAddr,
    cable: Arc<Cable>,
    thread: Option<JoinHandle<()>>,
}

impl Relay {
    /// Relays to the device at `device`, well at first. Bits are turned anywhere but in the range
    /// that `keep` gives for an answer.
    pub(crate) fn start(
        device: SocketAddr,
        seed: u64,
        keep: fn(&[u8]) -> Range<usize>,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let cable = Arc::new(Cable {
            device,
            rate: AtomicUsize::new(0),
            spoiled: AtomicU64::new(0),
            dice: Mutex::new(Dice::new(seed)),
            keep,
            off: AtomicBool::new(false),
        });
        let there = Arc::clone(&cable);
        let thread = std::thread::spawn(move || listen(&listener, &there));
        Ok(Self {
            address,
            cable,
            thread: Some(thread),
        })
    }

    /// Where the driver finds the device.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers spoiled so far.
    pub(crate) fn spoiled(&self) -> u64 {
        self.cable.spoiled.load(Ordering::SeqCst)
    }

    /// Spoils `rate` of a thousand answers from now on.
    pub(crate) fn spoil(&self, rate: usize) {
        self.cable.rate.store(rate, Ordering::SeqCst);
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.cable.off.store(true, Ordering::SeqCst);
        // Wakes the listener.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn listen(listener: &TcpListener, cable: &Arc<Cable>) {
    for client in listener.incoming() {
        if cable.off.load(Ordering::SeqCst) {
            return;
        }
        let cable = Arc::clone(cable);
        // A driver that has gone away needs no answer.
        std::thread::spawn(move || client.and_then(|client| pass(&client, &cable)));
    }
}

/// Passes a request on as it is, and its answer as the cable has it.
fn pass(client: &TcpStream, cable: &Cable) -> io::Result<()> {
    let device = TcpStream::connect(cable.device)?;
    let (mut asking, mut asked) = (client.try_clone()?, device.try_clone()?);
    let request = std::thread::spawn(move || io::copy(&mut asking, &mut asked));
    let mut answer = Vec::new();
    let read = device.take(MAX_ANSWER).read_to_end(&mut answer);
    let answered = read.and_then(|_| {
        spoil_answer(cable, &mut answer);
        (&*client).write_all(&answer)
    });
    // Ends the copying of the request as well.
    let _ = client.shutdown(Shutdown::Both);
    let _ = request.join();
    answered
}

fn spoil_answer(cable: &Cable, answer: &mut Vec<u8>) {
    let late = {
        let mut dice = cable.dice.lock().unwrap();
        if answer.is_empty() || !dice.happens(cable.rate.load(Ordering::SeqCst)) {
            return;
        }
        cable.spoiled.fetch_add(1, Ordering::SeqCst);
        let keep = (cable.keep)(answer);
        if spoil(&mut dice, answer, |at| !keep.contains(&at)) {
            dice.below(LATE)
        } else {
            0
        }
    };
    CancelToken::default().wait(Duration::from_millis(late as u64));
}
