//! Recording: a line that notes everything that goes over it.

use std::hash::{BuildHasher, RandomState};
use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;
use zeroize::Zeroizing;

use super::drive::{Bench, Opener};
use super::entry::{Entry, MAX_CHUNK, What};
use super::file::{Head, MAX_BYTES, MAX_TIME, TraceError};
use super::kinds::{self, Facts, Play};
use super::redact::Redaction;
use crate::conformance::{DeviceKind, Target};
use crate::runner::CancelToken;
use crate::selector::Selector;
use crate::transport::{Transport, TransportError};

/// Bytes of the device kept back until it is known what they are.
const MAX_PENDING: usize = 16 * 1024;

/// What came is looked through when nothing followed for so long.
const QUIET: Duration = Duration::from_millis(300);

/// What is recorded, and how long.
#[derive(Debug, Clone, Default)]
pub struct Recording {
    /// How long, on the line's clock; [`MAX_TIME`] at most.
    pub time: Duration,
    /// Leaves a person's bytes as they are. The file is then as personal as the card.
    pub reveal: bool,
    /// What the driver is told, and when: `trigger` and `stop` for code scanners,
    /// `print MILLIMETRES` (a ruler) and `clear` for receipt printers, `light SLOT on|off` for cabinets.
    pub orders: Vec<(Duration, String)>,
}

/// What a recording came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// Lines written, the head not counted.
    pub lines: usize,
    /// Whether it was ended by its largest size and not by its time.
    pub full: bool,
}

/// Records what the device at `target` and its driver say to each other into `out`; what the
/// driver reports meanwhile goes to `tell`, masked unless revealed.
///
/// `open` opens the line, such as [`crate::transport::open`]; it is called again when the line is lost.
///
/// # Errors
/// [`TraceError`] when the kind has no byte stream, an order is none, the device types and is
/// not to be revealed, or `out` cannot be written.
pub fn record(
    kind: DeviceKind,
    target: &Target,
    recording: Recording,
    open: &mut Opener<'_>,
    out: Box<dyn Write + Send>,
    tell: &mut dyn FnMut(Value),
) -> Result<Summary, TraceError> {
    if matches!(kind, DeviceKind::DocumentPrinter | DeviceKind::Scanner) {
        return Err(TraceError::NoByteStream(kind.name()));
    }
    let random = RandomState::new().hash_one(()) as u16;
    let facts = Facts::of_target(target, random)?;
    for (_, order) in &recording.orders {
        if !facts.understands(kind, order) {
            return Err(TraceError::Order(order.clone()));
        }
    }
    let redaction = match kind {
        _ if recording.reveal => Redaction::Nothing,
        DeviceKind::IdCard => Redaction::Cards,
        DeviceKind::CodeScanner if facts.wedge => return Err(TraceError::Typed(kind.name())),
        DeviceKind::CodeScanner => Redaction::Codes(facts.family()),
        DeviceKind::Keypad
        | DeviceKind::ReceiptPrinter
        | DeviceKind::DocumentPrinter
        | DeviceKind::Scanner
        | DeviceKind::Cabinet => Redaction::Nothing,
    };
    let head = Head {
        kind,
        carrier: carrier(&target.selector),
        revealed: recording.reveal,
        settings: &facts.settings(kind),
    };
    let mut tape = Tape::new(out, redaction);
    tape.write(&head.to_string());
    let (reveal, tape) = (recording.reveal, Arc::new(Mutex::new(tape)));
    let mut bench = RecordingBench {
        open,
        tape: Arc::clone(&tape),
        recording,
        ordered: 0,
        paused: CancelToken::default(),
    };
    let play = Play {
        bench: &mut bench,
        tell,
    };
    kinds::with_driver(kind, &facts, reveal, play);
    lock(&tape).finish()
}

/// The carrier's word; where the device is stays out of the file.
fn carrier(selector: &Selector) -> &'static str {
    match selector {
        Selector::Serial { .. } => "serial",
        Selector::Tcp { .. } => "tcp",
        Selector::Usb { .. } => "usb",
        Selector::Hid { .. } => "hid",
        Selector::Escl(_) => "escl",
        Selector::Sane(_) => "sane",
        Selector::Camera(_) | Selector::CameraFrames(_) => "camera",
        Selector::File(_) => "file",
        Selector::Ipp(_) => "ipp",
        Selector::Evdev(_) => "evdev",
        Selector::Sim => "sim",
    }
}

/// The file being written.
struct Tape {
    out: Box<dyn Write + Send>,
    redaction: Redaction,
    salt: Zeroizing<Vec<u8>>,
    /// Chunks that came and are not written yet: when, and how long.
    chunks: Vec<(Duration, usize)>,
    /// Their bytes. Wiped; a person may be among them.
    pending: Zeroizing<Vec<u8>>,
    /// The line's clock when it was first opened.
    origin: Option<Duration>,
    now: Duration,
    lines: usize,
    written: usize,
    full: bool,
    error: Option<std::io::Error>,
}

impl Tape {
    fn new(out: Box<dyn Write + Send>, redaction: Redaction) -> Self {
        let random = || RandomState::new().hash_one(()).to_le_bytes();
        Self {
            out,
            redaction,
            salt: Zeroizing::new([random(), random()].concat()),
            chunks: Vec::new(),
            pending: Zeroizing::new(Vec::with_capacity(MAX_PENDING)),
            origin: None,
            now: Duration::ZERO,
            lines: 0,
            written: 0,
            full: false,
            error: None,
        }
    }

    /// Moves the recording's time to the line's clock.
    fn tick(&mut self, clock: Duration) {
        let origin = *self.origin.get_or_insert(clock.saturating_sub(self.now));
        self.now = self.now.max(clock.saturating_sub(origin));
    }

    fn write(&mut self, text: &str) {
        // Room for the end, which every recording has.
        if self.written + text.len() > MAX_BYTES - 64 {
            self.full = true;
        }
        if self.full || self.error.is_some() {
            return;
        }
        self.written += text.len();
        self.error = self.out.write_all(text.as_bytes()).err();
    }

    fn put(&mut self, at: Duration, what: What) {
        self.lines += 1;
        self.write(&format!("{}\n", Entry { at, what }));
    }

    fn note(&mut self, what: What) {
        self.flush();
        self.put(self.now, what);
    }

    fn sent(&mut self, bytes: &[u8]) {
        self.flush();
        for chunk in bytes.chunks(MAX_CHUNK) {
            self.put(self.now, What::Sent(chunk.to_vec()));
        }
    }

    fn came(&mut self, bytes: &[u8]) {
        if self.pending.len() + bytes.len() > MAX_PENDING {
            self.flush();
        }
        for chunk in bytes.chunks(MAX_CHUNK) {
            self.chunks.push((self.now, chunk.len()));
            self.pending.extend_from_slice(chunk);
        }
    }

    /// Nothing came by now: what is kept back is all there is.
    fn quiet(&mut self) {
        let last = self.chunks.last().map(|(at, _)| *at);
        if last.is_some_and(|last| self.now.saturating_sub(last) >= QUIET) {
            self.flush();
        }
    }

    /// Writes what was kept back, a person's bytes replaced.
    fn flush(&mut self) {
        let mut pending = std::mem::replace(
            &mut self.pending,
            Zeroizing::new(Vec::with_capacity(MAX_PENDING)),
        );
        let chunks = std::mem::take(&mut self.chunks);
        let Some((first, _)) = chunks.first().copied() else {
            return;
        };
        for replaced in self.redaction.apply(&mut pending, &self.salt) {
            let (bytes, hash) = (replaced.bytes, replaced.hash);
            self.put(first, What::Replaced { bytes, hash });
        }
        let mut rest = pending.as_slice();
        for (at, length) in chunks {
            let (chunk, later) = rest.split_at(length.min(rest.len()));
            self.put(at, What::Came(chunk.to_vec()));
            rest = later;
        }
    }

    fn finish(&mut self) -> Result<Summary, TraceError> {
        self.flush();
        let end = Entry {
            at: self.now,
            what: What::End,
        };
        let written = |source| TraceError::File {
            operation: "writing",
            source,
        };
        if let Some(error) = self.error.take() {
            return Err(written(error));
        }
        writeln!(self.out, "{end}")
            .and_then(|()| self.out.flush())
            .map_err(written)?;
        Ok(Summary {
            lines: self.lines + 1,
            full: self.full,
        })
    }
}

fn lock(tape: &Mutex<Tape>) -> MutexGuard<'_, Tape> {
    tape.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The real device while it is recorded.
struct RecordingBench<'a, 'o> {
    open: &'a mut Opener<'o>,
    tape: Arc<Mutex<Tape>>,
    recording: Recording,
    ordered: usize,
    paused: CancelToken,
}

impl Bench for RecordingBench<'_, '_> {
    fn open(&mut self) -> Result<Box<dyn Transport>, TransportError> {
        let opened = (self.open)();
        let mut tape = lock(&self.tape);
        match opened {
            Ok(line) => {
                tape.tick(line.now());
                tape.note(What::Open);
                drop(tape);
                let tape = Arc::clone(&self.tape);
                Ok(Box::new(RecordedLine { line, tape }))
            }
            Err(error) => {
                tape.note(What::Absent);
                Err(error)
            }
        }
    }

    fn pause(&mut self, time: Duration) {
        self.paused.wait(time);
        lock(&self.tape).now += time;
    }

    fn order(&mut self) -> Option<String> {
        let mut tape = lock(&self.tape);
        let (due, text) = self.recording.orders.get(self.ordered)?;
        if tape.now < *due {
            return None;
        }
        self.ordered += 1;
        tape.note(What::Order(text.clone()));
        Some(text.clone())
    }

    fn over(&self) -> bool {
        let tape = lock(&self.tape);
        let time = self.recording.time.min(MAX_TIME);
        tape.now >= time || tape.full || tape.error.is_some()
    }
}

/// A line with an ear on it.
struct RecordedLine {
    line: Box<dyn Transport>,
    tape: Arc<Mutex<Tape>>,
}

impl Transport for RecordedLine {
    fn now(&self) -> Duration {
        self.line.now()
    }

    fn read(&mut self, buffer: &mut [u8], deadline: Duration) -> Result<usize, TransportError> {
        let read = self.line.read(buffer, deadline);
        let mut tape = lock(&self.tape);
        tape.tick(self.line.now());
        match &read {
            Ok(0) => tape.quiet(),
            Ok(count) => tape.came(buffer.get(..*count).unwrap_or_default()),
            Err(_) => tape.note(What::Lost),
        }
        read
    }

    fn write(&mut self, bytes: &[u8], deadline: Duration) -> Result<usize, TransportError> {
        let written = self.line.write(bytes, deadline);
        let mut tape = lock(&self.tape);
        tape.tick(self.line.now());
        match &written {
            Ok(count) => tape.sent(bytes.get(..*count).unwrap_or_default()),
            Err(_) => tape.note(What::Lost),
        }
        written
    }

    fn set_speed(&mut self, baud: u32) -> Result<bool, TransportError> {
        let set = self.line.set_speed(baud);
        let mut tape = lock(&self.tape);
        tape.tick(self.line.now());
        match &set {
            Ok(taken) => tape.note(What::Speed(baud, *taken)),
            Err(_) => tape.note(What::Lost),
        }
        set
    }
}
