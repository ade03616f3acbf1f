//! Thousands of codes on a bad line. Neither a scanner's line nor the kernel's keys have a
//! checksum, so each code carries one of its own, as receipt numbers do: a wrong success is a code
//! told with a right one that was not shown.

use std::collections::VecDeque;
use std::time::Duration;

use super::super::sim::SimScanner;
use super::super::{CodeEvent, CodeScanner, Ending, Family, MAX_PAYLOAD, ScanCommand, Settings};
use super::Room;
use crate::input_event::sim::SimKeys;
use crate::runner::Driver;
use crate::sim_host::SimHost;
use crate::transport::memory::MemoryLine;
use crate::transport::mutating::{Mutating, stories, wanted};
use crate::transport::simulated::SimulatedDevice;
use crate::transport::{LineSettings, Transport, open};

/// Every kind of scanner: always looking, those that are told to look, and one that types.
const KINDS: [Kind; 5] = [
    Kind::Stream(None),
    Kind::Stream(Some(Family::Honeywell)),
    Kind::Stream(Some(Family::Newland)),
    Kind::Stream(Some(Family::Gm65)),
    Kind::Wedge,
];

/// Codes spoiled in one story, and the same over a pty.
const STORY: u64 = 100;
const STORY_PTY: u64 = 10;

/// How long the scanner may take to be right again.
const RECOVERED: Duration = Duration::from_secs(10);

/// A message comes this much later at most.
const LATE: Duration = Duration::from_millis(900);

#[derive(Debug, Clone, Copy)]
enum Kind {
    Stream(Option<Family>),
    Wedge,
}

impl Kind {
    fn driver(self) -> CodeScanner {
        match self {
            Self::Stream(family) => CodeScanner::new(Settings {
                family,
                ending: Ending::Terminator,
            }),
            Self::Wedge => CodeScanner::wedge(),
        }
    }
}

/// What a scanner of any kind does with a code.
trait Shows: SimulatedDevice + Sized + 'static {
    /// A scanner of `kind` at a cable that spoils a good part of its codes.
    fn at_a_cable(kind: Kind, seed: u64) -> Mutating<Self>;

    fn show(&mut self, code: &str);
}

impl Shows for SimScanner {
    /// Commands and their answers are spoiled as well.
    fn at_a_cable(kind: Kind, seed: u64) -> Mutating<Self> {
        let family = match kind {
            Kind::Stream(family) => family,
            Kind::Wedge => None,
        };
        let scanner = SimScanner::new(family, b"\r\n");
        // A module that is told to look has three messages a code.
        let rate = family.map_or(500, |_| 250);
        Mutating::new(scanner, rate, LATE, seed).both_ways()
    }

    fn show(&mut self, code: &str) {
        SimScanner::show(self, code.as_bytes());
    }
}

impl Shows for SimKeys {
    /// A code is one message: its keys lie ready when the driver looks.
    fn at_a_cable(_kind: Kind, seed: u64) -> Mutating<Self> {
        Mutating::new(SimKeys::default(), 500, LATE, seed)
    }

    fn show(&mut self, code: &str) {
        self.type_text(&format!("{code}\n"), Duration::from_millis(2));
    }
}

/// The `number`th code, which ends with what its digits add up to.
fn code(number: u64) -> String {
    let digits = format!("K{number:07}");
    format!("{digits}-{:08x}", sum(&digits))
}

/// FNV-1a, 32 bits.
fn sum(text: &str) -> u32 {
    text.bytes().fold(0x811C_9DC5, |sum, byte| {
        (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

/// Whether a code carries the right sum.
fn sound(code: &str) -> bool {
    code.rsplit_once('-')
        .is_some_and(|(digits, tail)| tail == format!("{:08x}", sum(digits)))
}

/// What came of it.
#[derive(Debug, Default)]
struct Tally {
    /// Codes shown so far.
    shown: u64,
    /// Those told with a right sum.
    read: u64,
}

impl Tally {
    fn count(&mut self, event: &CodeEvent) {
        match event {
            CodeEvent::Code(told) => {
                assert!(told.text().len() <= 4 * MAX_PAYLOAD);
                if sound(told.text()) {
                    let mut lately = self.shown.saturating_sub(40)..=self.shown;
                    let known = lately.any(|number| code(number) == told.text());
                    assert!(known, "{} was not shown", told.text());
                    self.read += 1;
                }
            }
            CodeEvent::Rejected(_) => {}
            CodeEvent::Refused(command) => panic!("{command:?} was not given"),
        }
    }
}

/// Shows codes in memory until so many were spoiled; then all must be read again. Returns how many
/// were, and how many codes were read meanwhile.
fn story<D: Shows>(kind: Kind, seed: u64) -> (u64, u64) {
    // Not paced, so that a message is one step.
    let line = MemoryLine::new(D::at_a_cable(kind, seed), None);
    let mut room = Room {
        transport: line.open().unwrap(),
        line,
        driver: kind.driver(),
        identified: false,
        commands: VecDeque::new(),
        events: Vec::new(),
        faults: Vec::new(),
    };
    let (mut tally, mut mutated, mut spoiled) = (Tally::default(), 0, 0);
    while mutated < STORY {
        tally.shown += 1;
        room.tell(ScanCommand::Trigger);
        room.line
            .device(|cable| cable.device.show(&code(tally.shown)));
        room.run(0.3);
        for event in room.events.drain(..) {
            tally.count(&event);
        }
        let now = room.line.device(|cable| cable.spoiled);
        mutated += u64::from(now > spoiled);
        spoiled = now;
    }
    let good = room.line.device(Mutating::mend).max(room.line.now());
    let mut right = 0;
    while right < 5 {
        assert!(
            room.line.now() < good + RECOVERED,
            "{kind:?} {seed}: {tally:?}"
        );
        tally.shown += 1;
        room.tell(ScanCommand::Trigger);
        room.line
            .device(|cable| cable.device.show(&code(tally.shown)));
        room.run(1.0);
        right = if room.said() == [code(tally.shown)] {
            right + 1
        } else {
            0
        };
    }
    (mutated, tally.read)
}

#[test]
fn thousands_of_damaged_codes_are_never_another_code_and_are_got_over() {
    for kind in KINDS {
        // Those on a byte stream are one driver, the one that types is another.
        let (streams, wanted) = (KINDS.len() as u64 - 1, wanted(10_000, 100_000));
        let (mutated, read) = match kind {
            Kind::Stream(_) => stories(wanted / streams, 2, |seed| story::<SimScanner>(kind, seed)),
            Kind::Wedge => stories(wanted, 2, |seed| story::<SimKeys>(kind, seed)),
        };
        println!("{kind:?}: {mutated} codes spoiled, {read} read");
        assert!(read > mutated / 3, "{kind:?}: {read}");
    }
}

#[test]
fn two_hundred_damaged_codes_over_real_ptys_are_never_another_code_either() {
    // Much of the time goes by with waiting: many scanners wait at once.
    std::thread::scope(|scope| {
        for kind in KINDS {
            for seed in 0..4 {
                scope.spawn(move || match kind {
                    Kind::Stream(_) => over_a_pty::<SimScanner>(kind, seed),
                    Kind::Wedge => over_a_pty::<SimKeys>(kind, seed),
                });
            }
        }
    });
}

/// The same story over a pty.
fn over_a_pty<D: Shows>(kind: Kind, seed: u64) {
    let host = SimHost::on_pty(D::at_a_cable(kind, seed), None, None).unwrap();
    let mut driven = Driven {
        line: open(host.selector(), LineSettings::default()).unwrap(),
        driver: kind.driver(),
        tally: Tally::default(),
        identified: false,
    };
    let (mut mutated, mut spoiled) = (0, 0);
    while mutated < STORY_PTY {
        driven.show(&host, Duration::from_millis(200));
        let now = host.device(|cable| cable.spoiled);
        mutated += u64::from(now > spoiled);
        spoiled = now;
    }
    host.device(Mutating::mend);
    let mended = driven.line.now();
    let mut right = 0;
    while right < 3 {
        let within = LATE + RECOVERED;
        assert!(driven.line.now() - mended < within, "{kind:?} {seed}");
        let before = driven.tally.read;
        driven.show(&host, Duration::from_millis(500));
        right = if driven.tally.read > before {
            right + 1
        } else {
            0
        };
    }
}

/// A driver at a pty.
struct Driven {
    line: Box<dyn Transport>,
    driver: CodeScanner,
    tally: Tally,
    identified: bool,
}

impl Driven {
    /// Shows the next code and hears what is said until it is read, `patience` long at most.
    fn show<D: Shows>(&mut self, host: &SimHost<Mutating<D>>, patience: Duration) {
        self.tally.shown += 1;
        host.device(|cable| cable.device.show(&code(self.tally.shown)));
        let mut trigger = Some(ScanCommand::Trigger);
        let (until, before) = (self.line.now() + patience, self.tally.read);
        while self.line.now() < until && self.tally.read == before {
            let emit = &mut |event: CodeEvent| self.tally.count(&event);
            let done = if self.identified {
                self.driver
                    .step(&mut *self.line, &mut || trigger.take(), emit)
            } else {
                let identity = self.driver.identify(&mut *self.line);
                identity.map(|_| self.identified = true)
            };
            if let Err(fault) = done {
                self.driver.failed(&fault, emit);
                self.identified = false;
            }
        }
    }
}
