//! Random visits over all events, with what must always hold, and visits told by name.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    unreachable_pub
)]

mod acting;
mod alone;
mod aloud;
mod appointment;
mod asking;
mod barred;
mod check_in;
mod delivering;
mod enquiring;
mod finger;
mod help;
mod here;
mod leaving;
mod named;
mod papers;
mod portraits;
mod printing;
mod room;
mod samples;
mod sensed;
mod service;
mod shown;
mod sides;
mod starting;
mod withdrawing;
mod world;
mod zone;

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use finger::Finger;
use kiosk_core::Event;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use world::World;

/// 400 runs of 300 moves each: more than 100,000 transitions in the ordinary test run.
const RUNS: u32 = 400;
const MOVES: usize = 300;

#[test]
fn random_visits_always_come_back_to_idle() {
    let shelf = samples::shelf();
    let transitions = Cell::new(0u64);
    let filed = Cell::new(0u64);
    let pages = RefCell::new(BTreeSet::new());
    let moves = (
        proptest::collection::vec(any::<u8>(), 64),
        proptest::collection::vec(any::<u16>(), MOVES),
    );
    let mut runner = TestRunner::new(ProptestConfig {
        cases: RUNS,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    runner
        .run(&moves, |(bits, moves)| {
            let mut world = World::new(bits);
            world.event(Event::Shelf(Arc::clone(&shelf)));
            for chance in moves {
                Finger(chance).moves(&mut world);
            }
            back_to_idle(&mut world);
            transitions.set(transitions.get() + world.transitions);
            filed.set(filed.get() + u64::from(world.stored));
            pages.borrow_mut().extend(world.pages);
            Ok(())
        })
        .expect("every random visit keeps what must hold");
    println!(
        "{} transitions, {} filings, pages: {:?}",
        transitions.get(),
        filed.get(),
        pages.borrow()
    );
    assert!(transitions.get() >= 100_000, "too few transitions");
    assert!(filed.get() >= 50, "the finger hardly ever reaches the end");
    assert_eq!(pages.borrow().len(), 37, "every page was visited");
}

/// Nobody touches any more: within ten minutes the kiosk is idle.
fn back_to_idle(world: &mut World) {
    let begun = world.now.up;
    let mut ticks = 0;
    while !world.kiosk.is_idle() {
        world.settle();
        if world.kiosk.is_idle() {
            break;
        }
        assert!(
            world.tick(),
            "nothing would ever bring the kiosk back to idle"
        );
        ticks += 1;
        assert!(ticks < 2_000, "ticks without end");
    }
    assert!(
        world.now.up.saturating_sub(begun) < Duration::from_secs(600),
        "back to idle took too long"
    );
}
