//! The database's leader is killed while kiosks file: nothing acknowledged is lost and nothing is there twice.
//!
//! Beside three nodes (`backend/tests/with-patroni`) only: one kill, five with `KIOSK_LONG`. Alone in its program,
//! because it takes its nodes down.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use std::collections::HashSet;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

use city_api::packet::Sealed;
use city_api::requests::packets::AcknowledgementBody;

use common::filing::ZHANG;
use common::{Room, TestKiosk};

/// Kiosks that file without a pause.
const KIOSKS: usize = 4;
/// Filings acknowledged before the leader dies, and after another took over.
const ENOUGH: usize = 20;
/// A new leader has to be there by then: Patroni waits 20 s for the old one.
const PATIENCE: Duration = Duration::from_secs(120);

/// Filings that were acknowledged, and the longest time without one.
#[derive(Default)]
struct Filed {
    ids: HashSet<String>,
    last: Option<Instant>,
    longest_gap: Duration,
}

#[test]
fn the_leader_dies_under_load_and_nothing_acknowledged_is_lost_or_doubled() {
    let Some(nodes) = std::env::var_os("CITY_TEST_PATRONI") else {
        println!("not run: no three nodes here (backend/tests/with-patroni)");
        return;
    };
    let nodes = Path::new(&nodes);
    let kills = match std::env::var_os("KIOSK_LONG") {
        Some(_) => 5,
        None => 1,
    };
    let room = Room::open();
    let second = room.second_node();
    let filed = Mutex::new(Filed::default());
    let more = Condvar::new();
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for at in 0..KIOSKS {
            let kiosk = room.kiosk();
            let door = kiosk.at(if at % 2 == 0 { room.city() } else { &second });
            let (filed, more, over) = (&filed, &more, &over);
            scope.spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    let packet = kiosk.unemployment(ZHANG);
                    send_until_acknowledged(&door, &packet);
                    filed.lock().unwrap().note(&packet);
                    more.notify_one();
                }
            });
        }
        for _ in 0..kills {
            wait_for_more(&filed, &more);
            let leader = run(nodes, "leader", &[]).unwrap();
            run(nodes, "kill", &[&leader]).unwrap();
            wait_for_more(&filed, &more);
            run(nodes, "start", &[&leader]).unwrap();
            let begun = Instant::now();
            while run(nodes, "leader", &[]).is_none() {
                assert!(begun.elapsed() < PATIENCE, "no leader");
            }
        }
        over.store(true, Ordering::Relaxed);
    });
    let filed = filed.into_inner().unwrap();
    let kept: HashSet<String> = room
        .column("SELECT id FROM case_file")
        .into_iter()
        .collect();
    let lost = filed.ids.difference(&kept).count();
    let cases = room.column("SELECT count(*) FROM case_file");
    let numbers = room.column("SELECT count(DISTINCT case_number) FROM case_file");
    println!(
        "{kills} leaders killed: {} filings acknowledged, {lost} lost, {} cases, longest gap {:.1} s",
        filed.ids.len(),
        cases[0],
        filed.longest_gap.as_secs_f64()
    );
    assert_eq!(lost, 0);
    assert_eq!(cases, [filed.ids.len().to_string()]);
    assert_eq!(cases, numbers);
    second.shutdown();
}

impl Filed {
    fn note(&mut self, packet: &Sealed) {
        let now = Instant::now();
        let gap = self.last.map_or(Duration::ZERO, |last| now - last);
        self.longest_gap = self.longest_gap.max(gap);
        self.last = Some(now);
        assert!(self.ids.insert(packet.fields.id.to_string()));
    }
}

/// As the outbox of a kiosk does: the same again until the city's signed answer is here.
fn send_until_acknowledged(door: &TestKiosk, packet: &Sealed) {
    let begun = Instant::now();
    loop {
        assert!(begun.elapsed() < PATIENCE, "the city never answered");
        if !door.try_parts(packet) {
            continue;
        }
        let answer = door.post_packet(packet);
        if answer.status().is_success() {
            let _: AcknowledgementBody = common::read(answer);
            return;
        }
        assert!(answer.status().is_server_error(), "{}", answer.status());
    }
}

fn wait_for_more(filed: &Mutex<Filed>, more: &Condvar) {
    let filed = filed.lock().unwrap();
    let wanted = filed.ids.len() + ENOUGH;
    let waited = more.wait_timeout_while(filed, PATIENCE, |filed| filed.ids.len() < wanted);
    assert!(!waited.unwrap().1.timed_out(), "filing does not go on");
}

/// What a program of the three nodes prints; None when it fails.
fn run(nodes: &Path, program: &str, args: &[&str]) -> Option<String> {
    let output = Command::new(nodes.join(program))
        .args(args)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    output.status.success().then(|| text.trim().to_owned())
}
