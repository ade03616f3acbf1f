//! Fault scripts at the code scanner: a code is whole or none, and the next one is read.

use std::time::Duration;

use super::super::sim::SimScanner;
use super::super::{CodeScanner, Ending, Settings};
use super::Room;
use crate::runner::Driver;
use crate::sim_script::Script;

/// What is said while `faults` happen; then a code must be read within ten seconds.
fn story(faults: &str) -> Vec<String> {
    let settings = Settings {
        family: None,
        ending: Ending::Terminator,
    };
    let mut room = Room::new(CodeScanner::new(settings), SimScanner::new(None, b"\r\n"));
    let script = Script::parse("scanner.toml", faults).unwrap();
    room.line.play(script.plan());
    let mut said = Vec::new();
    while !room.line.played() || room.line.now() < Duration::from_secs(3) {
        round(&mut room);
        said.extend(room.said());
        assert!(
            room.line.now() < Duration::from_secs(60),
            "never over: {faults}"
        );
    }
    // What has begun to come ends by itself.
    room.line.pass(Duration::from_secs(3));
    let mended = room.line.now();
    room.line.device(|scanner| {
        scanner.take_away();
        scanner.show(b"NEXT-ONE");
    });
    loop {
        round(&mut room);
        let now_said = room.said();
        let read = now_said.contains(&"NEXT-ONE".to_owned());
        said.extend(now_said.into_iter().filter(|code| code != "NEXT-ONE"));
        if read {
            return said;
        }
        let took = room.line.now() - mended;
        assert!(took < Duration::from_secs(10), "deaf after {faults}");
    }
}

/// A little of the driver's work, and what a thread does when the line is gone.
fn round(room: &mut Room<SimScanner>) {
    let Ok(end) = room.line.open() else {
        room.line.pass(Duration::from_millis(200));
        return;
    };
    if !room.identified {
        room.transport = end;
    }
    let events = &mut room.events;
    let result = if room.identified {
        let emit = &mut |event| events.push(event);
        room.driver.step(&mut room.transport, &mut || None, emit)
    } else {
        room.driver.identify(&mut room.transport).map(drop)
    };
    room.identified = result.is_ok();
    if let Err(fault) = result {
        room.driver.failed(&fault, &mut |_| {});
    }
}

const CODE: &str = "[[fault]]\ncode = \"ABC2-3456-789K\"";

#[test]
fn a_code_late_in_pieces_or_behind_a_busy_module_is_one_code() {
    for faults in [
        "delay-ms = 2000",
        "stuck-busy-ms = 2500",
        "split = { bytes = 3, pause-ms = 200 }",
        "split = { bytes = 1, pause-ms = 60 }",
    ] {
        assert_eq!(
            story(&format!("[[fault]]\n{faults}\n{CODE}")),
            ["ABC2-3456-789K"],
            "{faults}"
        );
    }
}

#[test]
fn a_code_cut_off_at_any_byte_is_no_shorter_code() {
    for bytes in 1..14 {
        for what in [
            "lose = true",
            "unplug = true\n[[fault]]\nafter-ms = 900\nreplug = true",
        ] {
            let said = story(&format!(
                "{CODE}\n[[fault]]\nafter-bytes-to-host = {bytes}\n{what}"
            ));
            let code = said.iter().find(|said| !said.starts_with("rejected"));
            assert_eq!(code, None, "{what} after {bytes}");
        }
    }
}

#[test]
fn a_lost_terminator_never_joins_two_codes() {
    let second = "[[fault]]\nafter-ms = 1500\ncode = \"ZZZ2-3456-789K\"";
    let said = story(&format!(
        "{CODE}\n[[fault]]\nafter-bytes-to-host = 14\ndrop = 2\n{second}"
    ));
    assert_eq!(said, ["rejected unfinished", "ZZZ2-3456-789K"]);
}
