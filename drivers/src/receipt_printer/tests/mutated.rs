//! Whatever the line does to what the printer says: no wrong success, no panic, ready again.
//!
//! Towards the printer the bytes are left whole, because ESC/POS has no checksum: no driver
//! can know that a dot of its picture was lost on the way.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::sim::PieceEnd;
use super::*;
use crate::sim_host::SimHost;
use crate::transport::mutating::{stories, wanted};
use crate::transport::simulated::SimulatedDevice;

/// Nothing happens in the room after that.
const LAST_ACCIDENT: Duration = Duration::from_secs(4);
/// How long the printer may take to be ready again after the last fault.
const RECOVERED: Duration = Duration::from_secs(10);
/// A byte comes this much later at most.
const LONGEST_DELAY: Duration = Duration::from_secs(3);

/// A small generator, so that a failure names the number that brings it back.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
}

/// A line that drops, doubles, flips and delays what the printer says while it is bad.
struct BadLine {
    line: MemoryTransport<PrinterSim>,
    noise: Noise,
    /// Faults are this many in a thousand bytes.
    rate: u64,
    good_from: Duration,
    late: VecDeque<(Duration, u8)>,
    /// Bytes spoiled so far.
    spoiled: Arc<AtomicU64>,
}

impl BadLine {
    fn spoil(&mut self, byte: u8, out: &mut VecDeque<u8>) {
        let now = self.line.now();
        if now >= self.good_from || self.noise.below(1000) >= self.rate {
            out.push_back(byte);
            return;
        }
        self.spoiled.fetch_add(1, Ordering::Relaxed);
        match self.noise.below(5) {
            0 => {}
            1 => out.extend([byte, byte]),
            2 => out.push_back(byte ^ (1 << self.noise.below(8))),
            3 => out.push_back(self.noise.below(256) as u8),
            _ => {
                let by = Duration::from_millis(self.noise.below(LONGEST_DELAY.as_millis() as u64));
                self.late.push_back((now + by, byte));
            }
        }
    }
}

impl Transport for BadLine {
    fn now(&self) -> Duration {
        self.line.now()
    }

    fn read(&mut self, buffer: &mut [u8], deadline: Duration) -> Result<usize, TransportError> {
        let mut raw = [0u8; 64];
        let due = self
            .late
            .front()
            .map_or(deadline, |(due, _)| deadline.min(*due));
        // No more than half the buffer, because a byte may be doubled.
        let most = raw.len().min(buffer.len() / 2);
        let count = self.line.read(&mut raw[..most], due)?;
        let mut out = VecDeque::new();
        for byte in raw.iter().take(count) {
            self.spoil(*byte, &mut out);
        }
        while let Some((due, byte)) = self.late.front().copied() {
            if due > self.line.now() || out.len() >= buffer.len() {
                break;
            }
            self.late.pop_front();
            out.push_back(byte);
        }
        for (slot, byte) in buffer.iter_mut().zip(&out) {
            *slot = *byte;
        }
        Ok(out.len())
    }

    fn write(&mut self, bytes: &[u8], deadline: Duration) -> Result<usize, TransportError> {
        self.line.write(bytes, deadline)
    }
}

/// What came of one exchange.
struct Exchange {
    /// At least one byte of what the printer said was spoiled.
    mutated: bool,
    succeeded: bool,
}

/// One exchange: a printer, a bad line, perhaps an accident, a slip.
fn exchange(seed: u64) -> Exchange {
    let mut noise = Noise(seed);
    let (build, profile) = match noise.below(8) {
        0 | 1 => (Build::generic(), "generic"),
        2 => (Build::custom(), "custom"),
        _ => (Build::default(), "epson"),
    };
    let mut room = Room::apart(build, Profile::named(profile).unwrap());
    let job = slip("first", 0xA5, 6 + noise.below(10) as usize);
    let rate = 1 + noise.below(200);
    accident(&room, &mut noise);
    let bad_for = Duration::from_secs(noise.below(40));
    let spoiled = Arc::default();
    room.line = Box::new(BadLine {
        line: room.printer.open().unwrap(),
        noise: Noise(noise.next()),
        rate,
        good_from: bad_for,
        late: VecDeque::new(),
        spoiled: Arc::clone(&spoiled),
    });
    let outcome = if room.identify().is_ok() && room.round(None).is_ok() {
        room.hand_in(job.clone()).0
    } else {
        None
    };
    let is_whole = |piece: &Piece| {
        piece.end == PieceEnd::Cut && inked(&picture(piece)) == inked(job.bitmap.as_bytes())
    };
    let out = room.printed().iter().any(is_whole);
    let back = room
        .printer
        .device(|printer| printer.drawn_back().iter().any(is_whole));
    let waits = room.printer.device(|printer| printer.slip_waits());
    let presents = build.presenter;
    let (success, right) = match outcome {
        Some(Outcome::Printed | Outcome::Processed) => (true, out || presents && (back || waits)),
        Some(Outcome::PrintedTaken) => (true, presents && out),
        Some(Outcome::PrintedNotTaken) => (true, presents && back),
        Some(Outcome::NotPrinted(_)) => (false, room.printed().is_empty()),
        Some(Outcome::Partial(_) | Outcome::Unknown(_)) | None => (false, true),
    };
    assert!(right, "seed {seed}: {outcome:?} on {profile} is wrong");
    recovers(&mut room, seed, bad_for);
    Exchange {
        mutated: spoiled.load(Ordering::Relaxed) > 0,
        succeeded: success,
    }
}

/// The rows with something on them. White between them may be a few dots more or less where
/// a printer without a power notice lost its motion unit.
fn inked(rows: &[u8]) -> Vec<&[u8]> {
    rows.chunks_exact(72)
        .filter(|row| row.iter().any(|byte| *byte != 0))
        .collect()
}

/// Something that happens in the room meanwhile, in half of the exchanges.
fn accident(room: &Room, noise: &mut Noise) {
    let at = Duration::from_millis(noise.below(LAST_ACCIDENT.as_millis() as u64));
    match noise.below(6) {
        0 => room.printer.at(at, PrinterSim::pull_paper),
        1 => room.printer.at(at, |printer| printer.set_cover_open(true)),
        2 => room.printer.at(at, PrinterSim::power_cycle),
        _ => {}
    }
    if room.settings.profile.name == "custom" && noise.below(2) == 0 {
        // Somebody stands there and takes what comes.
        for second in 1..40 {
            let at = Duration::from_millis(second * 1_500);
            room.printer.at(at, PrinterSim::take_slip);
        }
    }
}

/// After the last fault the printer is ready and empty again within ten seconds.
fn recovers(room: &mut Room, seed: u64, bad_for: Duration) {
    let over = bad_for.max(LAST_ACCIDENT);
    let left = over.saturating_sub(room.printer.now());
    room.printer.pass(left + LONGEST_DELAY);
    room.printer.device(PrinterSim::refill);
    let begun = room.printer.now();
    let mut tries = 0;
    let mut in_time = |room: &Room| {
        tries += 1;
        let taken = room.printer.now() - begun;
        assert!(
            taken < RECOVERED && tries < 10_000,
            "seed {seed}: {:?} after {taken:?}",
            room.driver.condition()
        );
    };
    let ready = |room: &mut Room| room.round(None).is_ok() && room.driver.ready();
    while !ready(room) && room.identify().is_err() {
        in_time(room);
    }
    while !ready(room) {
        in_time(room);
    }
    in_time(room);
    let hanging = room.printer.device(|printer| printer.hanging());
    assert!(
        hanging.is_blank(),
        "seed {seed}: something hangs at the head"
    );
}

#[test]
fn what_a_bad_line_makes_of_the_answers_is_never_a_success_that_was_none() {
    let (mutated, succeeded) = stories(wanted(10_000, 100_000), 2, |seed| {
        let exchange = exchange(seed);
        let succeeded = exchange.mutated && exchange.succeeded;
        (u64::from(exchange.mutated), u64::from(succeeded))
    });
    println!("{mutated} mutated exchanges, {succeeded} of them succeeded");
    assert!(succeeded > mutated / 20 && succeeded < mutated);
}

/// A printer at a pty that says every `rate`th thing damaged.
struct Garbled {
    printer: PrinterSim,
    noise: Noise,
    rate: u64,
    spoiled: u64,
}

impl SimulatedDevice for Garbled {
    fn receive(&mut self, now: Duration, bytes: &[u8]) {
        self.printer.receive(now, bytes);
    }

    fn next_due(&self) -> Option<Duration> {
        self.printer.next_due()
    }

    fn poll(&mut self, now: Duration) -> Vec<u8> {
        let mut said = self.printer.poll(now);
        if !said.is_empty() && self.rate > 0 && self.noise.below(self.rate) == 0 {
            self.spoiled += 1;
            let at = self.noise.below(said.len() as u64) as usize;
            match self.noise.below(4) {
                0 => drop(said.remove(at)),
                1 => said.insert(at, said[at]),
                2 => said[at] ^= 1 << self.noise.below(8),
                _ => said.insert(at, self.noise.below(256) as u8),
            }
        }
        said
    }
}

/// Most of the time goes by with waiting for answers that were damaged: many lines wait at once.
const LINES: u64 = 40;
/// Damaged answers on each of them.
const ON_EACH: u64 = 5;

#[test]
fn two_hundred_damaged_answers_over_real_ptys_are_no_wrong_success_either() {
    let good: u32 = std::thread::scope(|scope| {
        let lines: Vec<_> = (0..LINES)
            .map(|seed| scope.spawn(move || over_a_pty(seed)))
            .collect();
        lines.into_iter().map(|line| line.join().unwrap()).sum()
    });
    assert!(good > 20, "{good} slips were printed");
}

/// Prints on a bad line until so many answers were damaged; then the printer must be ready again.
fn over_a_pty(seed: u64) -> u32 {
    let device = Garbled {
        printer: PrinterSim::new(Build {
            speed: None,
            ..Build::default()
        }),
        noise: Noise(seed),
        rate: 6,
        spoiled: 0,
    };
    let host = SimHost::on_pty(device, None, None).unwrap();
    let settings = Settings {
        pace: None,
        confirm_within: Duration::from_millis(500),
        ..settings()
    };
    let mut line = crate::receipt_printer::open(host.selector(), &settings).unwrap();
    let mut driver = PrinterDriver::new(settings, MemoryJournal::default());
    let (mut slips, mut good) = (0_u64, 0);
    let bad = || host.device(|garbled| garbled.spoiled) < ON_EACH;
    while bad() {
        let mut works = driver.identify(&mut *line).is_ok();
        while works && bad() {
            slips += 1;
            let job = slip(&format!("slip {slips}"), (slips % 200 + 1) as u8, 2);
            let mut printed = false;
            let done = print_on(&mut driver, &mut *line, job.clone(), &mut |event| {
                printed |= matches!(
                    event,
                    PrinterEvent::Outcome {
                        outcome: Outcome::Printed,
                        ..
                    }
                );
            });
            let pieces = host.device(|garbled| garbled.printer.take_pieces());
            let out = pieces.iter().any(|piece| {
                piece.end == PieceEnd::Cut && inked(&picture(piece)) == inked(job.bitmap.as_bytes())
            });
            assert!(
                out || !printed,
                "slip {slips} of line {seed} was not printed"
            );
            good += u32::from(printed);
            works = done.is_ok();
            if let Err(fault) = done {
                driver.failed(&fault, &mut |_| {});
            }
        }
    }
    host.device(|garbled| garbled.rate = 0);
    let mended = line.now();
    while driver.identify(&mut *line).is_err()
        || driver.step(&mut *line, &mut || None, &mut |_| {}).is_err()
        || !driver.ready()
    {
        assert!(line.now() - mended < RECOVERED);
    }
    good
}
