//! The plug is pulled at any moment and put back after any time, without hot plug to help.

use std::time::Duration;

use super::super::ReaderEvent;
use super::super::sim::SimReader;
use super::climb::Climb;
use super::zhang_san;

/// How long a reader may take to be ready again.
const READY: Duration = Duration::from_secs(10);

#[test]
fn a_reader_unplugged_at_any_moment_is_ready_within_ten_seconds_of_coming_back() {
    let rounds = match std::env::var_os("KIOSK_LONG") {
        Some(_) => 100,
        None => 20,
    };
    let mut room = Climb::new(SimReader::default(), Some(115_200));
    room.line.device(|reader| reader.put(zhang_san()));
    let mut slowest = Duration::ZERO;
    for round in 1..=rounds {
        // The moments fall into idle, find, select, read and watch.
        let pulled = room.line.now() + Duration::from_millis(round * 37 % 900);
        let back = pulled + Duration::from_millis(10 + round * round * 170);
        room.line.unplug_at(pulled);
        room.line.plug_at(back);
        while room.line.now() < back {
            check(&room.round());
        }
        let mut read = false;
        while !read {
            let events = room.round();
            check(&events);
            read = events
                .iter()
                .any(|event| matches!(event, ReaderEvent::Card(_)));
            assert!(room.line.now() < back + READY, "round {round}");
        }
        slowest = slowest.max(room.line.now() - back);
    }
    println!("slowest to read a card again: {slowest:?}");
}

/// Nobody is half read.
fn check(events: &[ReaderEvent]) {
    for event in events {
        if let ReaderEvent::Card(card) = event {
            assert_eq!(card.number, "11010519491231002X");
            assert_eq!(card.name, "张三");
        }
    }
}
