//! Fault scripts at the cabinet: nothing untrue is told, and all is known again in ten seconds.

use std::time::Duration;

use super::super::sim::SimBoard;
use super::super::{CabinetEvent, Signal, Ups};
use super::{Room, at_rest, sample};
use crate::sim_script::Script;

/// Says what was told while `faults` happen; then an open door must be told.
fn story(faults: &str) -> Vec<CabinetEvent> {
    let mut room = Room::with(sample(), SimBoard::new(&sample()));
    room.run(3.0);
    assert_eq!(room.said(), at_rest());
    let script = Script::parse("board.toml", faults).unwrap();
    room.line.play(script.plan());
    let begun = room.line.now();
    while !room.line.played() || room.line.now() - begun < Duration::from_secs(3) {
        round(&mut room);
        let took = room.line.now() - begun;
        assert!(took < Duration::from_secs(60), "never over: {faults}");
    }
    let told = room.said();
    let mended = room.line.now();
    room.line.device(|board| board.set(Signal::Door, true));
    let mut rest = Vec::new();
    while !rest.contains(&CabinetEvent::Door(true)) {
        round(&mut room);
        rest.extend(room.said());
        let took = room.line.now() - mended;
        assert!(
            took < Duration::from_secs(10),
            "the door is not seen after {faults}"
        );
    }
    told
}

/// A little of the driver's work, and what a thread does when the line is gone.
fn round(room: &mut Room<SimBoard>) {
    let before = room.faults.len();
    if !room.identified
        && let Ok(end) = room.line.open()
    {
        room.transport = end;
    }
    room.round();
    if room.faults.len() > before {
        room.line.pass(Duration::from_millis(300));
    }
}

/// Whether it is true of a board on which nothing changes.
fn at_rest_still(event: &CabinetEvent) -> bool {
    let supply = |ups: &Ups| ups.mains != Some(false) && ups.battery_low != Some(true);
    match event {
        CabinetEvent::Ups(ups) => supply(ups),
        CabinetEvent::Lost => true,
        other => at_rest().contains(other),
    }
}

#[test]
fn a_line_that_stumbles_tells_nothing_that_is_not_so() {
    for faults in [
        "after-bytes-to-host = 40\ndelay-ms = 2500",
        "after-bytes-to-host = 33\ndrop = 3",
        "after-bytes-to-host = 51\nflip = [0x01, 0xFF]",
        "after-bytes-to-host = 27\ngarbage = [1, 4, 4, 0, 1, 0, 2]",
        "split = { bytes = 2, pause-ms = 10 }",
        "after-bytes-to-host = 20\nlose = true",
        "stuck-busy-ms = 5000",
        "after-bytes-to-device = 20\nway = \"to-device\"\ndrop = 5",
        "after-bytes-to-device = 20\nway = \"to-device\"\nflip = [0x01]",
        "after-bytes-to-host = 29\nunplug = true\n[[fault]]\nafter-ms = 1500\nreplug = true",
        "silent = true\n[[fault]]\nafter-ms = 4000\nsilent = false",
        "exception = 4\n[[fault]]\nafter-ms = 4000\nexception = 0",
        "board-power-cycle = true",
    ] {
        for event in story(&format!("[[fault]]\n{faults}")) {
            assert!(at_rest_still(&event), "{event:?} after {faults}");
        }
    }
}

#[test]
fn what_happens_in_the_cabinet_is_told_also_when_the_line_stumbles() {
    let told = story(
        "[[fault]]\nswitch = { signal = \"cover\", on = true }\n[[fault]]\ndrop = 4\n\
         [[fault]]\ntemperature-tenths = 610\n[[fault]]\ncharge-percent = 40\n\
         [[fault]]\nafter-ms = 2500\nswitch = { signal = \"mains\", on = false }\n\
         [[fault]]\nafter-ms = 2500\nflip = [3]",
    );
    assert!(told.contains(&CabinetEvent::Cover(true)), "{told:?}");
    assert!(told.contains(&CabinetEvent::Temperature(610)), "{told:?}");
    let supply = told.iter().any(|event| {
        matches!(event, CabinetEvent::Ups(ups) if ups.mains == Some(false) && ups.charge == Some(40))
    });
    assert!(supply, "{told:?}");
}
