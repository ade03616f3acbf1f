//! Thousands of damaged exchanges: bytes lost, doubled, flipped, late, in both directions.
//!
//! One mutation an answer: the protocol's checksum is a single XOR, and two equal flips in
//! one answer are beyond what any reader of it can notice.

use std::collections::VecDeque;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use super::super::sim::{CardContent, SimReader};
use super::super::{ReaderEvent, SamId, start};
use super::climb::Climb;
use super::zhang_san;
use crate::runner::Report;
use crate::sim_host::SimHost;
use crate::transport::simulated::SimulatedDevice;

/// Mutated exchanges in the ordinary run, and with `KIOSK_LONG`.
const ORDINARY: u64 = 10_000;
const LONG: u64 = 100_000;

/// The same over real ptys, where every lost answer costs real seconds: many lines wait at once.
const PTYS: u64 = 50;
const ORDINARY_PTY: u64 = 4;
const LONG_PTY: u64 = 40;

/// How long the driver may take to be right again after the last fault.
const RECOVERED: Duration = Duration::from_secs(10);

/// How long faults last in one story, and how often another card is put.
const TROUBLE: Duration = Duration::from_secs(60);
const SWAP: Duration = Duration::from_secs(4);

/// A small generator of numbers that look random, the same for the same seed (xorshift64*).
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11
    }

    /// A number below `limit`.
    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}

/// A reader at the end of a bad line.
struct Mutant {
    reader: SimReader,
    dice: Dice,
    on: bool,
    /// One answer in so many is damaged.
    rate: usize,
    mutated: u64,
    /// Answers on their way, in order.
    held: VecDeque<(Duration, Vec<u8>)>,
    last_due: Duration,
    /// Who lies on the reader, and who did when it was last asked to find a card.
    lies_there: String,
    found: String,
}

impl Mutant {
    fn new(seed: u64) -> Self {
        Self {
            reader: SimReader::default(),
            dice: Dice::new(seed),
            on: true,
            rate: [2, 3, 6][(seed % 3) as usize],
            mutated: 0,
            held: VecDeque::new(),
            last_due: Duration::ZERO,
            lies_there: String::new(),
            found: String::new(),
        }
    }

    fn put(&mut self, card: CardContent) {
        self.lies_there = card.name.clone();
        self.reader.remove();
        self.reader.put(card);
    }

    /// Damages `bytes` and says how much later they come.
    fn mutate(&mut self, bytes: &mut Vec<u8>) -> Duration {
        if !self.on || bytes.is_empty() || self.dice.below(self.rate) != 0 {
            return Duration::ZERO;
        }
        self.mutated += 1;
        let place = self.dice.below(bytes.len());
        let run = place..(place + 1 + self.dice.below(8)).min(bytes.len());
        match self.dice.below(9) {
            0 => drop(bytes.drain(run)),
            1 => {
                let again = bytes[run].to_vec();
                bytes.splice(place..place, again);
            }
            2 | 3 => bytes[place] ^= 1 << self.dice.below(8),
            4 => bytes[place] ^= 1 + self.dice.below(255) as u8,
            5 => bytes.truncate(place),
            6 => {
                let dirt = (0..self.dice.below(40)).map(|_| self.dice.next() as u8);
                let dirt: Vec<u8> = dirt.collect();
                bytes.splice(place..place, dirt);
            }
            // A shortened answer with zeros behind it, as on carriers that fill up.
            7 => {
                bytes.remove(place);
                bytes.extend([0; 30]);
            }
            _ => return Duration::from_millis(200 + self.dice.below(5000) as u64),
        }
        Duration::ZERO
    }
}

impl SimulatedDevice for Mutant {
    fn receive(&mut self, now: Duration, bytes: &[u8]) {
        if bytes.get(7..9) == Some(&[0x20, 0x01]) {
            self.found.clone_from(&self.lies_there);
        }
        let mut bytes = bytes.to_vec();
        // Fewer of the requests: they are short, and the module checks them itself.
        if self.dice.below(6) == 0 {
            self.mutate(&mut bytes);
        }
        self.reader.receive(now, &bytes);
    }

    fn next_due(&self) -> Option<Duration> {
        let held = self.held.front().map(|(due, _)| *due);
        [self.reader.next_due(), held].into_iter().flatten().min()
    }

    fn poll(&mut self, now: Duration) -> Vec<u8> {
        let mut bytes = self.reader.poll(now);
        if !bytes.is_empty() {
            let late = self.mutate(&mut bytes);
            self.last_due = self.last_due.max(now + late);
            self.held.push_back((self.last_due, bytes));
        }
        let mut out = Vec::new();
        while let Some((_, bytes)) = self.held.pop_front_if(|(due, _)| *due <= now) {
            out.extend(bytes);
        }
        out
    }
}

/// The driver on the bad line.
struct Story {
    room: Climb<Mutant>,
    cards: u64,
    right_id: SamId,
}

impl Story {
    fn new(seed: u64) -> Self {
        Self {
            room: Climb::new(Mutant::new(seed), None),
            cards: 0,
            right_id: SimReader::default().sam_id(),
        }
    }

    fn round(&mut self) {
        for event in self.room.round() {
            self.check(&event);
        }
    }

    fn check(&mut self, event: &ReaderEvent) {
        match event {
            ReaderEvent::Card(card) => {
                self.cards += 1;
                let found = self.room.line.device(|mutant| mutant.found.clone());
                assert_eq!(card.name, found, "somebody else's card");
                assert_eq!(card.to_json(true), expected(&found), "a wrong person");
            }
            ReaderEvent::SamId(id) => assert_eq!(*id, self.right_id, "a wrong module"),
            ReaderEvent::Removed | ReaderEvent::Fault(_) => {}
        }
    }

    /// Puts both cards in turn while the line is bad.
    fn trouble(&mut self) {
        let mut next_swap = Duration::ZERO;
        let mut turn = 0;
        while self.room.line.now() < TROUBLE {
            if self.room.line.now() >= next_swap {
                turn += 1;
                next_swap = self.room.line.now() + SWAP;
                self.room
                    .line
                    .device(|mutant| mutant.put(person(turn % 2 == 0)));
            }
            self.round();
        }
    }

    /// Makes the line good again; the next card must be read in time.
    fn recover(&mut self) -> Duration {
        let good = self.room.line.device(|mutant| {
            mutant.on = false;
            mutant.put(person(false));
            mutant.last_due
        });
        let good = good.max(self.room.line.now());
        let before = self.cards;
        while self.cards == before {
            self.round();
            assert!(
                self.room.line.now() < good + RECOVERED,
                "not right again in time"
            );
        }
        self.room.line.now().saturating_sub(good)
    }
}

fn person(moved: bool) -> CardContent {
    let mut card = zhang_san();
    if moved {
        card.name = "陈𬱖样".to_owned();
        card.new_address = "上海市黄浦区样例路2号".to_owned();
    }
    card
}

pub(super) fn expected(name: &str) -> serde_json::Value {
    let moved = name != "张三";
    serde_json::json!({
        "event": "card", "document": "resident", "name": name, "englishName": null,
        "sexCode": "1", "ethnicityCode": "01", "nationality": null,
        "birthDate": "1949-12-31", "address": "北京市东城区测试路1号",
        "number": "11010519491231002X", "numberValid": true,
        "issuer": "北京市公安局东城分局", "validFrom": "2020-01-01",
        "validTo": "long-term",
        "newAddress": moved.then_some("上海市黄浦区样例路2号"), "photo": true,
    })
}

/// How many mutations make a run.
fn wanted(ordinary: u64, long: u64) -> u64 {
    match std::env::var_os("KIOSK_LONG") {
        Some(_) => long,
        None => ordinary,
    }
}

#[test]
fn thousands_of_damaged_exchanges_make_no_wrong_person_and_are_got_over() {
    let wanted = wanted(ORDINARY, LONG);
    let (mut mutated, mut cards, mut slowest) = (0, 0, Duration::ZERO);
    let mut seed = 0;
    while mutated < wanted {
        seed += 1;
        let mut story = Story::new(seed);
        story.trouble();
        slowest = slowest.max(story.recover());
        mutated += story.room.line.device(|mutant| mutant.mutated);
        cards += story.cards;
    }
    println!("{mutated} mutations in {seed} stories, {cards} cards, slowest recovery {slowest:?}");
    // The line was bad, not dead: a good part of the cards put was read all the same.
    assert!(cards > seed);
}

#[test]
fn damaged_exchanges_over_real_ptys_make_no_wrong_person_either() {
    std::thread::scope(|scope| {
        for seed in 5..5 + PTYS {
            scope.spawn(move || over_a_pty(seed));
        }
    });
}

fn over_a_pty(seed: u64) {
    let host = SimHost::on_pty(Mutant::new(seed), None, None).unwrap();
    let (events, reports) = mpsc::channel();
    let thread = start(host.selector(), events, |report| report).unwrap();
    let wanted = wanted(ORDINARY_PTY, LONG_PTY);
    let mut turn = 0;
    let card_within = |time: Duration| {
        let end = Instant::now() + time;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match reports.recv_timeout(left) {
                Ok(Report::Event(ReaderEvent::Card(card))) => {
                    assert_eq!(card.to_json(true), expected(&card.name), "a wrong person");
                    return true;
                }
                Ok(Report::Event(_) | Report::Health(_) | Report::Identified(_)) => {}
                Err(_) => return false,
            }
        }
    };
    while host.device(|mutant| mutant.mutated) < wanted {
        turn += 1;
        host.device(|mutant| mutant.put(person(turn % 2 == 0)));
        card_within(SWAP);
    }
    host.device(|mutant| {
        mutant.on = false;
        mutant.put(person(false));
    });
    // Answers on their way may still be late.
    assert!(card_within(Duration::from_secs(5) + RECOVERED));
    drop(thread);
}
