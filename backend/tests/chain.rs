//! The chain over the events: what is changed in the database behind the city's back is named, and a past that was
//! rewritten with all its hashes is not what a kiosk kept.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use city_api::event_chain::EventHead;
use city_api::requests::paths;
use city_api::requests::status::{EventChain, HeartbeatAnswer, HeartbeatRequest};
use city_backend::{ChainFault, ChainReport, verify_chain};

use common::filing::{CHEN, LI, ZHANG};
use common::{Room, TestKiosk, read, wait_for};

fn beat(kiosk: &TestKiosk, asked: Option<u64>, fault: Option<u64>) -> EventChain {
    beat_for(kiosk, (asked, None), fault)
}

fn beat_for(
    kiosk: &TestKiosk,
    (asked, older): (Option<u64>, Option<u64>),
    fault: Option<u64>,
) -> EventChain {
    let beat = HeartbeatRequest {
        program: "0.1.0".into(),
        uptime_seconds: 5,
        catalogue_version: Some(1),
        outbox_waiting: 0,
        outbox_oldest_seconds: None,
        quarantined: 0,
        devices: Vec::new(),
        event_sequence: asked,
        event_sequence_older: older,
        event_fault: fault,
    };
    let answer: HeartbeatAnswer = read(kiosk.post(paths::HEARTBEATS, &beat));
    answer.events.unwrap()
}

fn verify(room: &Room, kept: &[EventHead]) -> ChainReport {
    verify_chain(&room.config.database, kept).unwrap()
}

/// Waits until every event is in the chain; its newest place, as a kiosk hears it.
fn sealed(room: &Room, kiosk: &TestKiosk) -> EventHead {
    let events = || room.column("SELECT count(*) FROM event").remove(0);
    let chained = || room.column("SELECT count(*) FROM event_chain").remove(0);
    wait_for(
        || (events(), chained()),
        |(events, chained)| events == chained,
    );
    beat(kiosk, None, None).head.unwrap()
}

fn fault(room: &Room, kept: &[EventHead]) -> ChainFault {
    verify(room, kept).fault.unwrap()
}

/// The city stands still: what is written now is not sealed.
fn stopped(room: &mut Room) -> EventHead {
    let kiosk = room.kiosk();
    kiosk.filed(&kiosk.legal_aid(CHEN));
    kiosk.filed(&kiosk.legal_aid(LI));
    kiosk.filed(&kiosk.legal_aid(ZHANG));
    let head = sealed(room, &kiosk);
    room.stop();
    assert_eq!(verify(room, &[head]).fault, None);
    head
}

#[test]
fn a_row_that_is_changed_behind_the_citys_back_is_named_whatever_column_it_is() {
    let mut room = Room::open();
    let head = stopped(&mut room);
    assert!(head.sequence > 5, "{head:?}");
    let names = |change: &str, back: &str, named: &ChainFault| {
        room.execute(change);
        assert_eq!(fault(&room, &[]), *named, "{change}");
        room.execute(back);
        assert_eq!(verify(&room, &[]).fault, None, "{back}");
    };
    let at = |sequence: u32| -> i64 {
        let sql = format!("SELECT event FROM event_chain WHERE sequence = {sequence}");
        room.column(&sql)[0].parse().unwrap()
    };
    let (two, three) = (at(2), at(3));
    let third = ChainFault::Changed {
        sequence: 3,
        event: three,
    };
    for (column, other) in [
        ("at", "at + 1"),
        ("kind", "kind || 'x'"),
        ("actor", "actor || 'x'"),
        ("detail", "detail || 'x'"),
        ("station", "coalesce(station, '') || 'x'"),
        ("device", "coalesce(device, '') || 'x'"),
        ("body", "coalesce(body, '') || 'x'"),
        ("item", "coalesce(item, '') || 'x'"),
        ("item_version", "coalesce(item_version, 0) + 1"),
        ("case_id", "coalesce(case_id, '') || 'x'"),
    ] {
        room.execute("DROP TABLE IF EXISTS kept");
        room.execute(&format!(
            "CREATE TABLE kept AS SELECT * FROM event WHERE id = {three}"
        ));
        let change = format!("UPDATE event SET {column} = {other} WHERE id = {three}");
        let kept = format!("(SELECT {column} FROM kept)");
        let back = format!("UPDATE event SET {column} = {kept} WHERE id = {three}");
        names(&change, &back, &third);
    }
    let gone = ChainFault::Gone {
        sequence: 3,
        event: three,
    };
    let delete = format!("DELETE FROM event WHERE id = {three}");
    names(&delete, "INSERT INTO event SELECT * FROM kept", &gone);
    names(
        "INSERT INTO event (id, at, kind, actor, detail) VALUES (0, 1, 'granted', 'a1', '')",
        "DELETE FROM event WHERE id = 0",
        &ChainFault::PutIn { event: 0 },
    );
    let places = |second: i64, third: i64| {
        format!(
            "UPDATE event_chain SET event = -event WHERE sequence IN (2, 3);
             UPDATE event_chain SET event = {second} WHERE sequence = 2;
             UPDATE event_chain SET event = {third} WHERE sequence = 3"
        )
    };
    let turned = ChainFault::Changed {
        sequence: 2,
        event: three,
    };
    names(&places(three, two), &places(two, three), &turned);
    room.execute("DELETE FROM event_chain WHERE sequence = 4");
    assert_eq!(fault(&room, &[]), ChainFault::Hole { sequence: 4 });
}

#[test]
fn a_past_that_is_rewritten_with_all_its_hashes_is_not_what_a_kiosk_kept() {
    let mut room = Room::open();
    let kiosk = room.kiosk();
    kiosk.filed(&kiosk.legal_aid(CHEN));
    let old = sealed(&room, &kiosk);
    kiosk.filed(&kiosk.legal_aid(LI));
    let kept = sealed(&room, &kiosk);
    assert!(kept.sequence > old.sequence);
    let asked = beat(&kiosk, Some(old.sequence), None).asked;
    assert_eq!(asked, Some(old.hash));
    room.stop();

    // Whoever owns the database changes what was said and lets the city seal everything anew.
    let after = old.sequence + 1;
    room.execute(&format!(
        "UPDATE event SET actor = 'somebody else'
         WHERE id = (SELECT event FROM event_chain WHERE sequence = {after});
         DELETE FROM event_chain WHERE sequence >= {after}"
    ));
    room.start_again();
    let head = sealed(&room, &kiosk.at(room.city()));
    assert!(head.sequence >= kept.sequence);
    assert_eq!(verify(&room, &[]).fault, None, "it fits itself");
    let kiosk = kiosk.at(room.city());
    let told = beat(&kiosk, Some(kept.sequence), None).asked;
    assert_ne!(told, Some(kept.hash));
    let unchanged = beat(&kiosk, Some(old.sequence), None).asked;
    assert_eq!(unchanged, Some(old.hash), "before it all is as it was");
    let found = fault(&room, &[old, kept]);
    let expected = ChainFault::Rewritten {
        sequence: kept.sequence,
        fits: Some(old.sequence),
    };
    assert_eq!(found, expected);

    // The kiosk says so with every heartbeat until somebody looked: one alarm, one event.
    for _ in 0..3 {
        beat(&kiosk, None, Some(kept.sequence));
    }
    let alarms = room.city().alarms().unwrap();
    let told = alarms.iter().filter(|kind| *kind == "event_chain");
    assert_eq!(told.count(), 1, "{alarms:?}");
    let events = "SELECT device || ' ' || station FROM event WHERE kind = 'event chain differs'";
    assert_eq!(room.column(events), [format!("{} S001", kiosk.id)]);
}

#[test]
fn two_nodes_seal_side_by_side_and_there_is_one_chain() {
    let room = Room::open();
    let second = room.second_node();
    std::thread::scope(|scope| {
        for node in [room.city(), &second] {
            for who in [ZHANG, LI, CHEN] {
                let kiosk = room.kiosk();
                scope.spawn(move || {
                    let door = kiosk.at(node);
                    (0..10).for_each(|_| drop(door.filed(&door.unemployment(who))));
                });
            }
        }
    });
    let kiosk = room.kiosk();
    let head = sealed(&room, &kiosk);
    let other = beat(&kiosk.at(&second), Some(head.sequence), None);
    assert_eq!(other.asked, Some(head.hash));
    // Services are still asked meanwhile, and each time is an event.
    let report = wait_for(|| verify(&room, &[head]), |report| report.waiting == 0);
    assert_eq!(report.fault, None);
    let numbers = "SELECT count(*), count(DISTINCT event), max(sequence) FROM event_chain";
    let row = room.rows(numbers).remove(0);
    assert!(row.iter().all(|count| *count == row[0]), "{row:?}");
    second.shutdown();
}

#[test]
fn a_city_restored_from_an_older_backup_ends_before_what_was_kept() {
    let mut room = Room::open();
    let kept = stopped(&mut room);
    // As an older backup has it.
    let before = kept.sequence - 2;
    room.execute(&format!(
        "DELETE FROM event WHERE id IN (SELECT event FROM event_chain WHERE sequence > {before});
         DELETE FROM event_chain WHERE sequence > {before}"
    ));
    assert_eq!(verify(&room, &[]).fault, None, "it fits itself");
    let cut = ChainFault::CutOff {
        sequence: kept.sequence,
    };
    assert_eq!(fault(&room, &[kept]), cut);
}

#[test]
fn one_heartbeat_hears_the_newest_place_it_kept_and_any_older_one() {
    let room = Room::open();
    let kiosk = room.kiosk();
    kiosk.filed(&kiosk.legal_aid(CHEN));
    let head = sealed(&room, &kiosk);
    assert!(head.sequence > 1, "{head:?}");
    let both = beat_for(&kiosk, (Some(head.sequence), Some(1)), None);
    assert!(both.takes_older);
    assert_eq!(both.asked, Some(head.hash));
    assert_eq!(both.asked_older, beat(&kiosk, Some(1), None).asked);
    assert!(both.asked_older.is_some());
    let beyond = beat_for(&kiosk, (None, Some(head.sequence + 100)), None);
    assert_eq!((beyond.asked, beyond.asked_older), (None, None));
}
