//! Fault scripts at the printer: no wrong success, and ready again within ten seconds.

use super::sim::PieceEnd;
use super::*;
use crate::sim_script::Script;

/// Prints while `faults` happen and says what came of it; then the printer must print again.
fn story(build: Build, profile: &str, faults: &str) -> Outcome {
    let mut room = Room::of(build, profile);
    let script = Script::parse("printer.toml", faults).unwrap();
    room.printer.play(script.plan());
    let job = fitting(slip("first", 0xA5, 30), profile);
    let (outcome, fault) = room.hand_in(job.clone());
    let outcome = outcome.expect("a job ends with an outcome");
    true_of_the_paper(&room, outcome, &job, faults);
    let mut lost = fault.is_some();
    while !room.printer.played() {
        room.printer.pass(Duration::from_millis(100));
        assert!(room.printer.now() < Duration::from_secs(300), "{faults}");
    }
    let mended = room.printer.now();
    loop {
        if lost && let Ok(line) = room.printer.open() {
            room.line = Box::new(line);
            lost = room.identify().is_err();
        }
        lost = lost || room.round(None).is_err();
        if !lost && room.driver.ready() {
            break;
        }
        if lost {
            room.printer.pass(Duration::from_millis(100));
        }
        assert!(
            room.printer.now() - mended < Duration::from_secs(10),
            "not ready again after {faults}"
        );
    }
    let second = fitting(slip("second", 0x3C, 10), profile);
    let outcome_of_second = room.print(second.clone());
    assert!(
        outcome_of_second.cause().is_none(),
        "{outcome_of_second:?} after {faults}"
    );
    let firsts = room.printed().iter().filter(|p| whole(p, &job)).count();
    assert!(
        firsts <= 1,
        "the first slip came out {firsts} times after {faults}"
    );
    outcome
}

fn fitting(job: Job, profile: &str) -> Job {
    if profile == "cashino" {
        narrow(job)
    } else {
        job
    }
}

fn whole(piece: &Piece, job: &Job) -> bool {
    piece.end == PieceEnd::Cut && inked(piece.bitmap().as_ref()) == inked(Some(&job.bitmap))
}

fn inked(bitmap: Option<&Bitmap>) -> Vec<Vec<u8>> {
    let Some(bitmap) = bitmap else {
        return Vec::new();
    };
    let width = usize::from(bitmap.width()) / 8;
    let rows = bitmap.as_bytes().chunks_exact(width);
    let used = rows.filter(|row| row.iter().any(|byte| *byte != 0));
    used.map(<[u8]>::to_vec).collect()
}

fn true_of_the_paper(room: &Room, outcome: Outcome, job: &Job, faults: &str) {
    let printed = room.printed();
    let back = room.printer.device(|printer| printer.drawn_back().to_vec());
    let waits = room.printer.device(|printer| printer.slip_waits());
    let out = printed.iter().any(|piece| whole(piece, job));
    let right = match outcome {
        Outcome::Printed | Outcome::Processed => out || waits,
        Outcome::PrintedTaken => out,
        Outcome::PrintedNotTaken => back.iter().any(|piece| whole(piece, job)),
        Outcome::NotPrinted(_) => printed.is_empty(),
        Outcome::Partial(_) | Outcome::Unknown(_) => true,
    };
    assert!(right, "{outcome:?} is wrong after {faults}");
}

/// What heals within the time a slip takes, and what a hand puts right.
const STORIES: [&str; 12] = [
    "[[fault]]\nafter-bytes-to-device = 3000\npaper-out-rows = 40\n[[fault]]\nafter-ms = 4000\nrefill = true",
    "[[fault]]\nafter-ms = 200\npaper-out-mm = 3.5\n[[fault]]\nafter-ms = 4000\nrefill = true",
    "[[fault]]\nafter-bytes-to-device = 2000\ncover-open = true\n[[fault]]\nafter-ms = 2000\ncover-open = false",
    "[[fault]]\ncutter-jammed = true\n[[fault]]\nafter-ms = 9000\ncutter-jammed = false",
    "[[fault]]\nafter-ms = 100\nnear-end = true",
    "[[fault]]\nafter-ms = 300\nhead-hot = true\n[[fault]]\nafter-ms = 3000\nhead-hot = false",
    "[[fault]]\nafter-bytes-to-device = 5000\npower-cycle = true",
    "[[fault]]\nafter-bytes-to-device = 1500\nstuck-busy-ms = 3000",
    "[[fault]]\nway = \"to-device\"\nsplit = { bytes = 200, pause-ms = 30 }\n[[fault]]\nafter-ms = 9000\nway = \"to-device\"\nsplit = { bytes = 0, pause-ms = 0 }",
    "[[fault]]\nafter-bytes-to-device = 4000\ndrop = 9\n[[fault]]\nafter-ms = 500\nflip = [0x10, 0x80]",
    "[[fault]]\nafter-bytes-to-device = 4500\ngarbage = [0x37, 0x22, 0x34, 0x37, 0x31, 0x32, 0x00, 0x16]",
    "[[fault]]\nafter-bytes-to-device = 5000\nlose = true\n[[fault]]\ndelay-ms = 2500",
];

#[test]
fn whatever_a_script_does_to_an_epson_its_word_is_true_and_it_heals() {
    for faults in STORIES {
        story(Build::default(), "epson", faults);
    }
}

#[test]
fn whatever_a_script_does_to_a_presenter_its_word_is_true_and_it_heals() {
    for faults in STORIES {
        let taken = "\n[[fault]]\nafter-ms = 2000\ntake-slip = true";
        story(Build::custom(), "custom", &format!("{faults}{taken}"));
    }
}

#[test]
fn whatever_a_script_does_to_a_clone_its_word_is_true_and_it_heals() {
    for faults in STORIES {
        story(Build::generic(), "generic", faults);
    }
}

#[test]
fn paper_out_at_any_row_by_a_script_is_never_printed() {
    for rows in (0..240).step_by(11) {
        let faults = format!(
            "[[fault]]\npaper-out-rows = {rows}\n[[fault]]\nafter-ms = 4000\nrefill = true"
        );
        let outcome = story(Build::default(), "epson", &faults);
        assert!(
            matches!(
                outcome,
                Outcome::NotPrinted(Cause::PaperOut) | Outcome::Partial(Cause::PaperOut)
            ),
            "{outcome:?} at row {rows}"
        );
    }
}

#[test]
fn unplugged_by_a_script_at_bytes_of_a_slip_is_never_printed() {
    for bytes in [40, 400, 2000, 4000, 5500] {
        let faults = format!(
            "[[fault]]\nafter-bytes-to-device = {bytes}\nunplug = true\n[[fault]]\nafter-ms = 1500\nreplug = true"
        );
        let outcome = story(Build::default(), "epson", &faults);
        assert!(
            matches!(
                outcome,
                Outcome::NotPrinted(Cause::Disconnected) | Outcome::Unknown(Cause::Disconnected)
            ),
            "{outcome:?} at {bytes}"
        );
    }
}
