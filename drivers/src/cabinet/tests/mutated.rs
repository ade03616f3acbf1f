//! Ten thousand exchanges that are damaged on the way, in both directions: bytes dropped, doubled,
//! flipped, added, answers swallowed, doubled, cut and late. A wrong success is a value read that
//! the board does not hold, or a light that is said to be switched and is not.

use std::time::Duration;

use super::super::bus::{Bus, Read, Table};
use super::super::sim::SimBoard;
use super::super::{CabinetEvent, RegisterMap, Signal, Slot, Ups};
use super::{Room, at_rest, sample};
use crate::sim_host::SimHost;
use crate::transport::memory::MemoryLine;
use crate::transport::mutating::{Mutating, wanted};
use crate::transport::{LineSettings, Transport, open};

/// The longest a message comes late.
const LATE: Duration = Duration::from_millis(1500);

/// How long the bus may take to be right again.
const RECOVERED: Duration = Duration::from_secs(10);

/// A board at a cable that spoils `rate` of a thousand messages, in both directions.
fn cable(rate: usize, late: Duration, seed: u64) -> Mutating<SimBoard> {
    Mutating::new(SimBoard::new(&sample()), rate, late, seed).both_ways()
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
    /// Exchanges of which a message was spoiled.
    mutated: u64,
}

/// Does something to the board and its cable.
type Hand<'a> = dyn Fn(&mut dyn FnMut(&mut Mutating<SimBoard>)) + 'a;

/// Asks until `wanted` exchanges were spoiled, with another value in the board before every question.
fn exchanges(line: &mut dyn Transport, bus: &mut Bus, wanted: u64, board: &Hand<'_>) -> Tally {
    let (mut tally, mut spoiled) = (Tally::default(), 0);
    for number in (0..=u16::MAX).cycle() {
        let on = number % 2 == 1;
        let before = spoiled;
        board(&mut |cable| {
            spoiled = cable.spoiled;
            cable.device.write(Table::Input, 0, number);
            cable.device.set(Signal::Presence, on);
        });
        tally.mutated += u64::from(spoiled > before);
        if tally.mutated >= wanted {
            break;
        }
        let right = match number % 3 {
            0 => bus
                .read(line, WORDS)
                .map(|values| values.word(Table::Input, 0) == Some(number)),
            1 => bus
                .read(line, sample().blocks[0])
                .map(|values| values.bit(Table::Discrete, 0) == Some(on)),
            _ => bus.switch(line, 2, on).map(|()| {
                let mut lit = None;
                board(&mut |cable| lit = cable.device.lit(Slot::Scanner));
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

/// After the cable was mended at `mended`: so many answers in a row are right in time.
fn recovers(line: &mut dyn Transport, bus: &mut Bus, mended: Duration) {
    while !(0..20).all(|_| bus.read(line, WORDS).is_ok()) {
        assert!(line.now() < mended + RECOVERED, "not right in time");
    }
    assert!(line.now() < mended + RECOVERED, "not right in time");
}

#[test]
fn ten_thousand_mutated_exchanges_bring_no_wrong_value() {
    for (rate, seed) in [(150, 1), (500, 2)] {
        let line = MemoryLine::new(cable(rate, LATE, seed), Some(9600));
        let mut end = line.open().unwrap();
        let mut bus = bus(&sample());
        let board =
            |deed: &mut dyn FnMut(&mut Mutating<SimBoard>)| line.device(|cable| deed(cable));
        let wanted = wanted(10_000, 100_000) / 2;
        let tally = exchanges(&mut end, &mut bus, wanted, &board);
        println!("{rate} of a thousand: {tally:?}");
        assert_eq!(tally.wrong, 0, "{tally:?}");
        assert!(tally.right > 1000 && tally.failed > 1000, "{tally:?}");
        let good = line.device(Mutating::mend).max(line.now());
        recovers(&mut end, &mut bus, good);
    }
}

#[test]
fn a_cabinet_that_does_not_change_is_never_said_to_have_changed() {
    let mut room = Room::with(sample(), cable(300, LATE, 3));
    let truths = at_rest();
    let ups = |event: &CabinetEvent| match event {
        CabinetEvent::Ups(ups) => Some(*ups),
        _ => None,
    };
    let wanted = wanted(10_000, 100_000);
    while room.line.device(|cable| cable.device.requests()) < wanted {
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
    room.line.device(Mutating::mend);
    room.run(2.0);
    room.said();
    room.line
        .device(|cable| cable.device.set(Signal::Door, true));
    room.run(8.0);
    assert!(room.said().contains(&CabinetEvent::Door(true)));
}

#[test]
fn two_hundred_mutated_exchanges_over_real_ptys_bring_no_wrong_value() {
    // Most of the time goes by with waiting for answers: many boards wait at once.
    let right: u32 = std::thread::scope(|scope| {
        let boards: Vec<_> = (0..20)
            .map(|seed| scope.spawn(move || over_a_pty(seed)))
            .collect();
        boards.into_iter().map(|board| board.join().unwrap()).sum()
    });
    assert!(right > 50, "{right}");
}

/// Ten mutated exchanges, and then the bus must be right again; returns how many were right.
fn over_a_pty(seed: u64) -> u32 {
    let text = RegisterMap::SAMPLE.replace("answer-ms = 300", "answer-ms = 100");
    let map = RegisterMap::parse(&text).unwrap();
    let late = Duration::from_millis(150);
    let host = SimHost::on_pty(cable(250, late, seed), None, None).unwrap();
    let mut end = open(host.selector(), LineSettings::default()).unwrap();
    let mut bus = bus(&map);
    let board = |deed: &mut dyn FnMut(&mut Mutating<SimBoard>)| host.device(|cable| deed(cable));
    let tally = exchanges(&mut *end, &mut bus, 10, &board);
    assert_eq!(tally.wrong, 0, "{tally:?}");
    host.device(Mutating::mend);
    let mended = end.now() + late;
    recovers(&mut *end, &mut bus, mended);
    tally.right
}
