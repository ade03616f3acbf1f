//! Two nodes serve one city: what one took the other knows, and nothing is taken or numbered twice.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use std::collections::HashSet;

use common::Room;
use common::filing::ZHANG;

/// Packets that a kiosk sends, and copies of each that are under way at once.
const PACKETS: usize = 200;
const COPIES: usize = 10;

#[test]
fn ten_copies_of_each_packet_at_once_over_two_nodes_open_one_case_each() {
    let room = Room::open();
    let second = room.second_node();
    let kiosks: Vec<_> = (0..4).map(|_| room.kiosk()).collect();
    let mut numbers = HashSet::new();
    for at in 0..PACKETS {
        let kiosk = &kiosks[at % kiosks.len()];
        let packet = kiosk.unemployment(ZHANG);
        kiosk.send_parts(&packet);
        let doors = [kiosk.at(room.city()), kiosk.at(&second)];
        let answers: Vec<String> = std::thread::scope(|scope| {
            let copies: Vec<_> = (0..COPIES)
                .map(|copy| {
                    let (door, packet) = (&doors[copy % doors.len()], &packet);
                    scope.spawn(move || {
                        let answer = door.acknowledged(packet, door.post_packet(packet));
                        answer.case_number.unwrap().to_string()
                    })
                })
                .collect();
            let copies = copies.into_iter().map(|copy| copy.join().unwrap());
            copies.collect()
        });
        let first = &answers[0];
        assert!(answers.iter().all(|number| number == first), "{answers:?}");
        assert!(numbers.insert(first.clone()), "{first} was given twice");
    }
    let kept = room.column("SELECT count(*) FROM case_file");
    assert_eq!(kept, [PACKETS.to_string()]);
    assert!(room.city().alarms().unwrap().is_empty());
    second.shutdown();
}

#[test]
fn a_kiosk_loses_one_node_in_mid_filing_and_goes_on_at_the_other() {
    let mut room = Room::open();
    let second = room.second_node();
    let kiosk = room.kiosk();
    let before = kiosk.unemployment(ZHANG);
    let answer = kiosk.send(&before);
    let packet = kiosk.unemployment(ZHANG);
    kiosk.send_parts(&packet);
    room.stop();
    let door = kiosk.at(&second);
    let again = door.acknowledged(&before, door.post_packet(&before));
    assert_eq!(again.case_number, answer.case_number);
    let next = door.acknowledged(&packet, door.post_packet(&packet));
    assert_ne!(next.case_number, answer.case_number);
    assert!(second.alarms().unwrap().is_empty());
    second.shutdown();
}
