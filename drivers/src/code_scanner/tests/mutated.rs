//! Thousands of codes on a bad line. A code scanner's line has no checksum, so each code
//! carries one of its own, as receipt numbers do: whatever is told with a right one was shown.

use std::collections::VecDeque;
use std::time::Duration;

use super::super::sim::SimScanner;
use super::super::{CodeEvent, CodeScanner, Ending, MAX_PAYLOAD, Settings};
use super::Room;
use crate::runner::Driver;
use crate::sim_host::SimHost;
use crate::transport::simulated::SimulatedDevice;
use crate::transport::{LineSettings, open};

/// A scanner at the end of a line that spoils `rate` of a thousand codes.
struct Mutating {
    scanner: SimScanner,
    rate: u64,
    random: u64,
    spoiled: u64,
    outgoing: VecDeque<(Duration, Vec<u8>)>,
}

impl Mutating {
    fn new(rate: u64, seed: u64) -> Self {
        Self {
            scanner: SimScanner::new(None, b"\r\n"),
            rate,
            random: seed,
            spoiled: 0,
            outgoing: VecDeque::new(),
        }
    }

    fn below(&mut self, end: usize) -> usize {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random % end.max(1) as u64) as usize
    }

    /// Spoils a code; returns how late it comes.
    fn spoil(&mut self, bytes: &mut Vec<u8>) -> Duration {
        self.spoiled += 1;
        let at = self.below(bytes.len());
        match self.below(8) {
            0 => drop(bytes.remove(at)),
            1 => bytes.insert(at, bytes[at]),
            2 => bytes[at] ^= 1 << self.below(8),
            3 => bytes.truncate(at),
            4 => bytes.extend(bytes.clone()),
            5 => bytes.truncate(bytes.len().saturating_sub(2)),
            6 => {
                let noise: Vec<u8> = (0..self.below(40)).map(|_| self.below(256) as u8).collect();
                bytes.splice(0..0, noise);
            }
            _ => return Duration::from_millis(self.below(900) as u64),
        }
        Duration::ZERO
    }
}

impl SimulatedDevice for Mutating {
    fn receive(&mut self, now: Duration, bytes: &[u8]) {
        self.scanner.receive(now, bytes);
    }

    fn next_due(&self) -> Option<Duration> {
        let held = self.outgoing.front().map(|(due, _)| *due);
        [self.scanner.next_due(), held].into_iter().flatten().min()
    }

    fn poll(&mut self, now: Duration) -> Vec<u8> {
        let mut bytes = self.scanner.poll(now);
        if !bytes.is_empty() {
            let mut late = Duration::ZERO;
            if (self.below(1000) as u64) < self.rate {
                late = self.spoil(&mut bytes);
            }
            let last = self.outgoing.back().map_or(now, |(due, _)| *due);
            self.outgoing.push_back(((now + late).max(last), bytes));
        }
        let mut out = Vec::new();
        while let Some((_, bytes)) = self.outgoing.pop_front_if(|(due, _)| *due <= now) {
            out.extend(bytes);
        }
        out
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
    read: u64,
    rejected: u64,
    unsound: u64,
}

impl Tally {
    fn count(&mut self, event: &CodeEvent, shown: u64) {
        match event {
            CodeEvent::Code(told) => {
                assert!(told.text().len() <= 4 * MAX_PAYLOAD);
                if sound(told.text()) {
                    let known = (shown.saturating_sub(40)..=shown).any(|n| code(n) == told.text());
                    assert!(known, "{} was not shown", told.text());
                    self.read += 1;
                } else {
                    self.unsound += 1;
                }
            }
            CodeEvent::Rejected(_) => self.rejected += 1,
            CodeEvent::Refused(command) => panic!("{command:?} was not given"),
        }
    }
}

fn settings() -> Settings {
    Settings {
        family: None,
        ending: Ending::Terminator,
    }
}

#[test]
fn thousands_of_damaged_codes_are_never_another_code_and_are_got_over() {
    let long = std::env::var_os("KIOSK_LONG").is_some();
    let wanted = if long { 100_000 } else { 10_000 };
    let mut room = Room::new(
        CodeScanner::new(settings()),
        Mutating::new(600, 0x9E37_79B9),
    );
    let (mut tally, mut number) = (Tally::default(), 0);
    while room.line.device(|cable| cable.spoiled) < wanted {
        number += 1;
        room.line
            .device(|cable| cable.scanner.show(code(number).as_bytes()));
        room.run(1.0);
        for event in std::mem::take(&mut room.events) {
            tally.count(&event, number);
        }
    }
    assert!(tally.read > number / 3 && tally.rejected > 100, "{tally:?}");
    // The line is mended.
    room.line.device(|cable| cable.rate = 0);
    room.run(3.0);
    room.events.clear();
    for next in number + 1..number + 10 {
        room.line
            .device(|cable| cable.scanner.show(code(next).as_bytes()));
        room.run(1.0);
        assert_eq!(room.said(), [code(next)]);
    }
}

#[test]
fn two_hundred_damaged_codes_over_a_real_pty_are_never_another_code_either() {
    let host = SimHost::on_pty(Mutating::new(700, 0x2545_F491), None, None).unwrap();
    let mut end = open(host.selector(), LineSettings::default()).unwrap();
    let mut driver = CodeScanner::new(settings());
    driver.identify(&mut *end).unwrap();
    let (mut tally, mut number) = (Tally::default(), 0);
    while host.device(|cable| cable.spoiled) < 200 {
        number += 1;
        host.device(|cable| cable.scanner.show(code(number).as_bytes()));
        let until = end.now() + Duration::from_millis(25);
        while end.now() < until {
            let emit = &mut |event: CodeEvent| tally.count(&event, number + 1);
            driver.step(&mut *end, &mut || None, emit).unwrap();
        }
    }
    assert!(tally.read > 20, "{tally:?}");
}
