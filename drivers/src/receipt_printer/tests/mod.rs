//! What goes wrong in the room, played on the simulated printer with a clock that only waiting moves.

mod carriers;
mod confirmation;
mod families;
mod killed;
mod mechanics;
mod mutated;
mod paper_out;
mod presenter;
mod probe;
mod scripted;
mod unplugged;

use std::time::Duration;

use super::sim::{Build, Piece, PrinterSim};
use super::*;
use crate::runner::{Driver, Fault};
use crate::transport::memory::{MemoryLine, MemoryTransport};
use crate::transport::{Transport, TransportError};

/// A kiosk's printer corner: printer, wire, driver and journal.
struct Room {
    printer: MemoryLine<PrinterSim>,
    journal: MemoryJournal,
    driver: PrinterDriver<MemoryJournal>,
    settings: Settings,
    line: Box<dyn Transport>,
    events: Vec<PrinterEvent>,
}

const BAUD: u32 = 115_200;

fn settings() -> Settings {
    Settings {
        profile: Profile::default(),
        pace: Some(BAUD),
        first_process_id: ProcessId::wrapping(4711),
        confirm_within: Duration::from_secs(15),
    }
}

impl Room {
    /// A printer that is switched on and a driver that has found it ready.
    fn new() -> Self {
        let mut room = Self::unidentified(Build::default());
        room.identify().unwrap();
        room.idle(1);
        room
    }

    /// A printer of another family that was found ready by its profile.
    fn of(build: Build, profile: &str) -> Self {
        let mut room = Self::apart(build, Profile::named(profile).unwrap());
        room.identify().unwrap();
        room.idle(1);
        room
    }

    fn unidentified(build: Build) -> Self {
        Self::apart(build, Profile::default())
    }

    fn apart(build: Build, profile: Profile) -> Self {
        let settings = Settings {
            profile,
            ..settings()
        };
        let printer = MemoryLine::new(PrinterSim::new(build), Some(BAUD));
        let journal = MemoryJournal::default();
        let driver = PrinterDriver::new(settings.clone(), journal.clone());
        let line = Box::new(printer.open().unwrap());
        Self {
            printer,
            journal,
            settings,
            driver,
            line,
            events: Vec::new(),
        }
    }

    fn identify(&mut self) -> Result<(), Fault> {
        self.driver.identify(&mut *self.line).map(|_| ())
    }

    /// One round with at most one command; failures are told to the driver as the runner does.
    fn round(&mut self, command: Option<PrinterCommand>) -> Result<(), Fault> {
        let mut command = command;
        let events = &mut self.events;
        let result = self
            .driver
            .step(&mut *self.line, &mut || command.take(), &mut |event| {
                events.push(event)
            });
        if let Err(fault) = &result {
            self.driver.failed(fault, &mut |event| events.push(event));
        }
        result
    }

    /// Lets the driver idle for some seconds of the line's clock.
    fn idle(&mut self, seconds: u64) {
        let until = self.printer.now() + Duration::from_secs(seconds);
        while self.printer.now() < until {
            self.round(None).unwrap();
        }
    }

    /// Prints and returns the outcome and the fault of the round.
    fn try_print(&mut self, job: Job) -> (Outcome, Option<Fault>) {
        let (outcome, fault) = self.hand_in(job);
        (outcome.expect("a job ends with an outcome"), fault)
    }

    /// The same where a fault may come before the job is even taken.
    fn hand_in(&mut self, job: Job) -> (Option<Outcome>, Option<Fault>) {
        let id = job.id.clone();
        let before = self.events.len();
        let taken = self.round(Some(PrinterCommand::Print(job)));
        // Printed in the round after it was taken.
        let fault = taken.and_then(|()| self.round(None)).err();
        let mut outcomes = self.events[before..]
            .iter()
            .filter_map(|event| match event {
                PrinterEvent::Outcome { job, outcome } if *job == id => Some(*outcome),
                _ => None,
            });
        let outcome = outcomes.next();
        assert!(outcomes.next().is_none(), "a job ends with one outcome");
        (outcome, fault)
    }

    fn print(&mut self, job: Job) -> Outcome {
        let (outcome, fault) = self.try_print(job);
        assert!(fault.is_none(), "{fault:?}");
        outcome
    }

    /// Another program on the same journal and the same printer.
    fn restart(&mut self) {
        self.driver = PrinterDriver::new(self.settings.clone(), self.journal.clone());
        self.line = Box::new(self.printer.open().unwrap());
    }

    fn pieces(&self) -> Vec<Piece> {
        self.printer.device(|printer| printer.pieces())
    }

    /// The pieces with something on them.
    fn printed(&self) -> Vec<Piece> {
        self.pieces()
            .into_iter()
            .filter(|piece| !piece.is_blank())
            .collect()
    }

    fn outcomes(&self) -> Vec<(&str, Outcome)> {
        let named = |event: &PrinterEvent| matches!(event, PrinterEvent::Outcome { .. });
        self.events
            .iter()
            .filter(|event| named(event))
            .map(|event| match event {
                PrinterEvent::Outcome { job, outcome } => (job.0.as_str(), *outcome),
                _ => unreachable!("filtered above"),
            })
            .collect()
    }
}

/// Takes a slip and prints it in the round after that, as the runner does.
fn print_on<J: Journal>(
    driver: &mut PrinterDriver<J>,
    line: &mut dyn Transport,
    job: Job,
    emit: &mut dyn FnMut(PrinterEvent),
) -> Result<(), Fault> {
    let mut command = Some(PrinterCommand::Print(job));
    driver.step(line, &mut || command.take(), emit)?;
    driver.step(line, &mut || None, emit)
}

/// A slip of `millimetres` whose every row carries `mark`, with blank stretches like text lines.
fn slip(name: &str, mark: u8, millimetres: usize) -> Job {
    let rows = millimetres * 8;
    let mut data = vec![0u8; rows * 72];
    for (index, row) in data.chunks_exact_mut(72).enumerate() {
        // 20 rows of print, 12 of white; the last row is printed, so that every row counts.
        if index % 32 < 20 || index == rows - 1 {
            row[..40].fill(mark);
            row[40] = (index % 61) as u8 | 0xC0;
        }
    }
    Job {
        id: JobId(name.to_owned()),
        content_hash: [mark; 32],
        bitmap: Bitmap::new(576, data).unwrap(),
        copies: 1,
        reprint: None,
    }
}

/// The printed rows of a piece: white above and below cut off.
fn picture(piece: &Piece) -> Vec<u8> {
    trimmed(piece.bitmap().unwrap().as_bytes())
}

fn trimmed(rows: &[u8]) -> Vec<u8> {
    let rows: Vec<&[u8]> = rows.chunks_exact(72).collect();
    let inked = |row: &&[u8]| row.iter().any(|byte| *byte != 0);
    let first = rows.iter().position(inked).unwrap_or(0);
    let last = rows.iter().rposition(inked).map_or(0, |last| last + 1);
    rows[first..last.max(first)].concat()
}

/// The same slip for a 58 mm head.
fn narrow(job: Job) -> Job {
    let rows: Vec<u8> = job
        .bitmap
        .as_bytes()
        .chunks_exact(72)
        .flat_map(|row| row[..48].to_vec())
        .collect();
    Job {
        bitmap: Bitmap::new(384, rows).unwrap(),
        ..job
    }
}

/// The same slip as wide as the head of `build`.
fn of_width(build: Build, job: Job) -> Job {
    if build.head_bytes == 48 {
        narrow(job)
    } else {
        job
    }
}

fn carries(piece: &Piece, mark: u8) -> bool {
    !piece.is_blank() && picture(piece).contains(&mark)
}

/// A line that dies after a number of written bytes, as when the program is killed.
struct DyingLine {
    line: MemoryTransport<PrinterSim>,
    left: usize,
    written: std::sync::Arc<std::sync::atomic::AtomicUsize>,
}

impl DyingLine {
    /// Breaks after `left` more bytes.
    fn new(line: MemoryTransport<PrinterSim>, left: usize) -> Self {
        Self {
            line,
            left,
            written: std::sync::Arc::default(),
        }
    }
}

impl Transport for DyingLine {
    fn now(&self) -> Duration {
        self.line.now()
    }

    fn read(&mut self, buffer: &mut [u8], deadline: Duration) -> Result<usize, TransportError> {
        self.line.read(buffer, deadline)
    }

    fn write(&mut self, bytes: &[u8], deadline: Duration) -> Result<usize, TransportError> {
        if self.left == 0 {
            return Err(TransportError {
                operation: "write",
                device: "memory:".to_owned(),
                source: std::io::ErrorKind::BrokenPipe.into(),
            });
        }
        let part = &bytes[..bytes.len().min(self.left)];
        let count = self.line.write(part, deadline)?;
        self.left -= count;
        self.written
            .fetch_add(count, std::sync::atomic::Ordering::SeqCst);
        Ok(count)
    }
}

#[test]
fn a_slip_comes_out_whole_cut_off_and_confirmed() {
    let mut room = Room::new();
    let job = slip("one", 0x5A, 150);
    assert_eq!(room.print(job.clone()), Outcome::Printed);
    let pieces = room.pieces();
    assert_eq!(pieces.len(), 1);
    assert_eq!(picture(&pieces[0]), trimmed(job.bitmap.as_bytes()));
    assert!(pieces[0].text.is_empty(), "something printed as text");
    let used = PaperUse {
        rows: pieces[0].height() as u64,
        cuts: 1,
        retracts: 0,
    };
    assert!(room.events.contains(&PrinterEvent::Used(used)));
    assert_eq!(room.printer.device(|printer| printer.lost_bytes()), 0);
}

#[test]
fn the_journal_knows_the_job_before_its_first_byte_and_closes_it_after() {
    let mut room = Room::new();
    room.print(slip("one", 0x5A, 50));
    let saved = room.journal.saved();
    assert_eq!(
        (saved[0].phase, saved[0].bytes, saved[0].outcome),
        (Phase::Sending, 0, None)
    );
    assert!(saved.windows(2).all(|pair| pair[0].bytes <= pair[1].bytes));
    assert_eq!(saved.last().unwrap().phase, Phase::Confirming);
    let closed = room.journal.closed();
    assert_eq!(closed.len(), 1);
    assert_eq!(closed[0].outcome, Some(Outcome::Printed));
    assert_eq!(closed[0].process_id, ProcessId::wrapping(4711));
}

#[test]
fn a_slip_printed_again_is_so_in_the_journal() {
    let mut room = Room::new();
    room.print(slip("one", 0x5A, 20));
    let reprint = Reprint::after(&room.journal.closed()[0]);
    let job = Job {
        reprint: reprint.clone(),
        ..slip("two", 0x5A, 20)
    };
    room.print(job);
    let record = room.journal.closed().pop().unwrap();
    assert_eq!(record.reprint, reprint);
    assert_eq!(record.reprint.unwrap().mark(), "副本 COPY 1");
}

#[test]
fn process_ids_go_on_after_a_restart() {
    let mut room = Room::new();
    room.print(slip("one", 0x5A, 20));
    room.restart();
    room.identify().unwrap();
    room.print(slip("two", 0x5A, 20));
    let ids: Vec<u16> = room
        .journal
        .closed()
        .iter()
        .map(|record| record.process_id.get())
        .collect();
    assert_eq!(ids, [4711, 4712]);
}

#[test]
fn two_copies_are_two_pieces() {
    let mut room = Room::new();
    let job = Job {
        copies: 2,
        ..slip("one", 0x5A, 40)
    };
    assert_eq!(room.print(job), Outcome::Printed);
    let pieces = room.pieces();
    assert_eq!(pieces.len(), 2);
    assert_eq!(picture(&pieces[0]), picture(&pieces[1]));
}

#[test]
fn a_picture_wider_than_the_head_is_not_printed_and_says_so() {
    let mut room = Room::new();
    let bitmap = Bitmap::new(640, vec![0xFF; 80]).unwrap();
    let job = Job {
        bitmap,
        ..slip("wide", 0x5A, 1)
    };
    assert_eq!(room.print(job), Outcome::NotPrinted(Cause::TooWide));
    assert!(room.pieces().is_empty());
}

#[test]
fn a_thin_roll_is_a_supply_and_not_a_fault() {
    let mut room = Room::new();
    room.printer.device(|printer| printer.set_near_end(true));
    room.idle(1);
    assert!(room.events.contains(&PrinterEvent::Supply(Supply::NearEnd)));
    assert_eq!(room.print(slip("one", 0x5A, 30)), Outcome::Printed);
}

#[test]
fn xoff_in_the_middle_of_a_status_group_and_of_a_block_is_understood() {
    let mut room = Room::unidentified(Build::default());
    room.printer.device(|printer| printer.set_flow_inside(true));
    room.identify().unwrap();
    assert_eq!(room.print(slip("one", 0x5A, 100)), Outcome::Printed);
    room.printer.device(|printer| printer.pull_paper());
    room.idle(1);
    assert!(room.events.contains(&PrinterEvent::Supply(Supply::Out)));
}

#[test]
fn a_slow_head_is_waited_for_and_loses_nothing() {
    let slow = Build {
        speed: Some(8.0),
        ..Build::default()
    };
    let mut room = Room::unidentified(slow);
    room.identify().unwrap();
    let job = slip("one", 0x5A, 60);
    assert_eq!(room.print(job.clone()), Outcome::Printed);
    assert_eq!(room.printer.device(|printer| printer.lost_bytes()), 0);
    assert_eq!(picture(&room.pieces()[0]), trimmed(job.bitmap.as_bytes()));
}
