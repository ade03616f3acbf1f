//! Ten thousand exchanges of which a good part is damaged on the way, in both directions:
//! bytes dropped, doubled, flipped, added, answers swallowed, doubled, cut and late.

use std::collections::VecDeque;
use std::time::Duration;

use super::super::bus::{Bus, Read, Table};
use super::super::sim::SimBoard;
use super::super::{CabinetEvent, RegisterMap, Signal, Slot, Ups};
use super::{Room, at_rest, sample};
use crate::sim_host::SimHost;
use crate::transport::memory::MemoryLine;
use crate::transport::simulated::SimulatedDevice;
use crate::transport::{LineSettings, Transport, open};

/// A board behind a cable that spoils `rate` of a thousand messages.
struct Mutating {
    board: SimBoard,
    rate: u64,
    /// The longest an answer comes late, in milliseconds.
    late: u64,
    random: u64,
    spoiled: u64,
    outgoing: VecDeque<(Duration, Vec<u8>)>,
}

impl Mutating {
    fn new(rate: u64, late: u64, seed: u64) -> Self {
        Self {
            board: SimBoard::new(&sample()),
            rate,
            late,
            random: seed,
            spoiled: 0,
            outgoing: VecDeque::new(),
        }
    }

    /// A number below `end`, from a generator that is the same in every run.
    fn below(&mut self, end: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % end.max(1)
    }

    fn index(&mut self, bytes: &[u8]) -> usize {
        usize::try_from(self.below(bytes.len() as u64)).unwrap()
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap()
    }

    /// Spoils `bytes`, or not; returns how late they come.
    fn spoil(&mut self, bytes: &mut Vec<u8>) -> Duration {
        if bytes.is_empty() || self.below(1000) >= self.rate {
            return Duration::ZERO;
        }
        self.spoiled += 1;
        let at = self.index(bytes);
        match self.below(10) {
            0 => drop(bytes.remove(at)),
            1 => bytes.insert(at, bytes[at]),
            2 => bytes[at] ^= 1 << self.below(8),
            3 => {
                for _ in 0..4 {
                    let at = self.index(bytes);
                    bytes[at] = self.byte();
                }
            }
            4 => bytes.truncate(at),
            5 => bytes.extend(bytes.clone()),
            6 => bytes.clear(),
            7 => {
                let noise: Vec<u8> = (0..self.below(20)).map(|_| self.byte()).collect();
                bytes.splice(0..0, noise);
            }
            _ => return Duration::from_millis(self.below(self.late)),
        }
        Duration::ZERO
    }
}

impl SimulatedDevice for Mutating {
    fn receive(&mut self, now: Duration, bytes: &[u8]) {
        let mut bytes = bytes.to_vec();
        self.spoil(&mut bytes);
        self.board.receive(now, &bytes);
    }

    fn next_due(&self) -> Option<Duration> {
        let queued = self.outgoing.front().map(|(due, _)| *due);
        [self.board.next_due(), queued].into_iter().flatten().min()
    }

    fn poll(&mut self, now: Duration) -> Vec<u8> {
        let mut bytes = self.board.poll(now);
        let late = self.spoil(&mut bytes);
        // A wire keeps the order.
        let last = self.outgoing.back().map_or(now, |(due, _)| *due);
        self.outgoing.push_back(((now + late).max(last), bytes));
        let mut out = Vec::new();
        while self.outgoing.front().is_some_and(|(due, _)| *due <= now) {
            out.extend(self.outgoing.pop_front().unwrap().1);
        }
        out
    }
}

fn bus(map: &RegisterMap) -> Bus {
    Bus::new(
        map.unit,
        Duration::from_millis(map.answer_ms.into()),
        map.identity.read(),
        map.identity.expect.clone(),
    )
}

const WORDS: Read = Read {
    table: Table::Input,
    address: 0,
    count: 2,
};

/// What came of the exchanges.
#[derive(Debug, Default)]
struct Tally {
    right: u32,
    wrong: u32,
    failed: u32,
}

/// Does something to the board and its cable.
type Hand<'a> = dyn Fn(&mut dyn FnMut(&mut Mutating)) + 'a;

/// Asks `count` times, with another value in the board before every question.
fn exchanges(line: &mut dyn Transport, bus: &mut Bus, count: u16, board: &Hand<'_>) -> Tally {
    let mut tally = Tally::default();
    for number in 0..count {
        let on = number % 2 == 1;
        board(&mut |cable| {
            cable.board.write(Table::Input, 0, number);
            cable.board.set(Signal::Presence, on);
        });
        let right = match number % 3 {
            0 => bus
                .read(line, WORDS)
                .map(|values| values.word(Table::Input, 0) == Some(number)),
            1 => bus
                .read(line, sample().blocks[0])
                .map(|values| values.bit(Table::Discrete, 0) == Some(on)),
            _ => bus.switch(line, 2, on).map(|()| {
                let mut lit = None;
                board(&mut |cable| lit = cable.board.lit(Slot::Scanner));
                lit == Some(on)
            }),
        };
        match right {
            Ok(true) => tally.right += 1,
            Ok(false) => tally.wrong += 1,
            Err(_) => tally.failed += 1,
        }
    }
    tally
}

#[test]
fn ten_thousand_mutated_exchanges_bring_no_wrong_value() {
    for (rate, seed) in [(150, 0x9E37_79B9_7F4A_7C15), (500, 0x2545_F491_4F6C_DD1D)] {
        let map = sample();
        let line = MemoryLine::new(Mutating::new(rate, 1500, seed), Some(9600));
        let mut end = line.open().unwrap();
        let mut bus = bus(&map);
        let board = |deed: &mut dyn FnMut(&mut Mutating)| line.device(|cable| deed(cable));
        let long = std::env::var_os("KIOSK_LONG").is_some();
        let count = if long { 50_000 } else { 10_000 };
        let tally = exchanges(&mut end, &mut bus, count, &board);
        let spoiled = line.device(|cable| cable.spoiled);
        assert_eq!(tally.wrong, 0, "{tally:?}");
        assert!(tally.right > 1000 && tally.failed > 1000, "{tally:?}");
        assert!(spoiled > 3000, "{spoiled}");
        // The cable is mended: within ten seconds all is well.
        line.device(|cable| cable.rate = 0);
        let mended = line.now();
        let good =
            |bus: &mut Bus, end: &mut dyn Transport| (0..20).all(|_| bus.read(end, WORDS).is_ok());
        while !good(&mut bus, &mut end) {
            assert!(line.now() - mended < Duration::from_secs(10));
        }
        assert!(line.now() - mended < Duration::from_secs(10));
    }
}

#[test]
fn a_cabinet_that_does_not_change_is_never_said_to_have_changed() {
    let map = sample();
    let mut room = Room::with(map, Mutating::new(300, 1500, 0x0123_4567_89AB_CDEF));
    let truths = at_rest();
    let ups = |event: &CabinetEvent| match event {
        CabinetEvent::Ups(ups) => Some(*ups),
        _ => None,
    };
    while room.line.device(|cable| cable.board.requests()) < 10_000 {
        room.round();
    }
    for event in room.said() {
        // After a loss the supply is known piece by piece.
        let partly = |ups: Ups| {
            ups.mains != Some(false)
                && ups.battery_low != Some(true)
                && ups.charge.is_none_or(|charge| charge == 100)
        };
        let true_of_the_supply = ups(&event).is_some_and(partly);
        let right = truths.contains(&event) || event == CabinetEvent::Lost || true_of_the_supply;
        assert!(right, "{event:?}");
    }
    assert!(room.faults.len() > 10, "{}", room.faults.len());
    // The cable is mended.
    room.line.device(|cable| cable.rate = 0);
    room.run(2.0);
    room.said();
    room.line
        .device(|cable| cable.board.set(Signal::Door, true));
    room.run(8.0);
    assert!(room.said().contains(&CabinetEvent::Door(true)));
}

#[test]
fn two_hundred_mutated_exchanges_over_a_pty_bring_no_wrong_value() {
    let text = RegisterMap::SAMPLE.replace("answer-ms = 300", "answer-ms = 60");
    let map = RegisterMap::parse(&text).unwrap();
    let cable = Mutating::new(120, 100, 0xDEAD_BEEF_CAFE_F00D);
    let host = SimHost::on_pty(cable, None, None).unwrap();
    let mut end = open(host.selector(), LineSettings::default()).unwrap();
    let mut bus = bus(&map);
    let board = |deed: &mut dyn FnMut(&mut Mutating)| host.device(|cable| deed(cable));
    let tally = exchanges(&mut *end, &mut bus, 200, &board);
    assert_eq!(tally.wrong, 0, "{tally:?}");
    assert!(tally.right > 50, "{tally:?}");
    assert!(host.device(|cable| cable.spoiled) > 10);
}
