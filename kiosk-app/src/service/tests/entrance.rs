//! The entrance under guesses and power cuts.

use std::cell::Cell;

use kiosk_core::Secret;
use kiosk_core::service::PinAnswer;

use super::super::entrance::Entrance;
use super::super::pin::{Pin, PinHashError, verify};
use super::*;

fn wrong(_: &str, _: &str) -> Result<bool, PinHashError> {
    Ok(false)
}

fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("kiosk.db"), Options::default()).unwrap();
    store.set_pin("$argon2id$sample").unwrap();
    (folder, store)
}

const fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn a_power_cut_in_a_lock_out_begins_it_anew_and_keeps_the_tries() {
    let (_folder, store) = store();
    let mut entrance = Entrance::new(store.clone(), at(0));
    for left in (1..5).rev() {
        let answer = entrance.check("000000", at(1), wrong).unwrap();
        assert_eq!(answer, PinAnswer::Wrong { left });
    }
    let locked = PinAnswer::Locked { seconds: 15 };
    assert_eq!(entrance.check("000000", at(1), wrong).unwrap(), locked);
    assert_eq!(
        entrance.stands(at(15)).unwrap(),
        PinAnswer::Locked { seconds: 1 }
    );
    let mut again = Entrance::new(store, at(0));
    assert_eq!(again.stands(at(0)).unwrap(), locked, "switched off and on");
    let right = |_: &str, _: &str| Ok(true);
    let answer = again.check("135790", at(14), right).unwrap();
    assert_eq!(
        answer,
        PinAnswer::Locked { seconds: 1 },
        "not even compared"
    );
    assert_eq!(
        again.check("000000", at(15), wrong).unwrap(),
        PinAnswer::Locked { seconds: 30 },
        "doubled"
    );
    assert_eq!(
        again.check("135790", at(45), right).unwrap(),
        PinAnswer::Right
    );
    let answer = again.check("000000", at(46), wrong).unwrap();
    assert_eq!(answer, PinAnswer::Wrong { left: 4 }, "forgotten when right");
}

#[test]
fn a_try_is_on_the_disk_before_it_is_compared() {
    let (_folder, store) = store();
    let mut entrance = Entrance::new(store.clone(), at(0));
    let counted = Cell::new(0);
    let answer = entrance.check("000000", at(0), |_, _| {
        counted.set(store.pin().unwrap().unwrap().tries);
        Ok(false)
    });
    assert_eq!(answer.unwrap(), PinAnswer::Wrong { left: 4 });
    assert_eq!(counted.get(), 1);
}

#[test]
fn a_patient_guesser_with_a_mains_switch_reaches_the_hash_fifteen_times() {
    let (_folder, store) = store();
    let mut entrance = Entrance::new(store.clone(), at(0));
    let (mut compared, mut now) = (0, 0);
    for guess in 0..20_000_u32 {
        let answer = entrance.check("000000", at(now), |_, _| {
            compared += 1;
            Ok(false)
        });
        assert_ne!(answer.unwrap(), PinAnswer::Right);
        now += 700;
        if guess % 7 == 0 {
            (entrance, now) = (Entrance::new(store.clone(), at(0)), 0);
        }
    }
    assert_eq!(compared, 15);
    assert_eq!(entrance.stands(at(now)).unwrap(), PinAnswer::LockedHard);
    store.clear_pin_tries().unwrap();
    assert_eq!(
        entrance.stands(at(now)).unwrap(),
        PinAnswer::Ask,
        "unlocked"
    );
}

#[test]
fn a_hash_that_cannot_be_compared_lets_nobody_in() {
    let (_folder, store) = store();
    let mut entrance = Entrance::new(store.clone(), at(0));
    assert!(entrance.check("135790", at(0), verify).is_err());
    assert_eq!(store.pin().unwrap().unwrap().tries, 1, "and it counts");
}

#[test]
fn the_desk_compares_with_the_real_hash_and_notes_no_digit() {
    let mut bench = Bench::new();
    bench.serve(1, Errand::Entrance);
    let Answer::Pin(answer) = bench.answer(1) else {
        panic!("how the entrance stands");
    };
    assert_eq!(answer, PinAnswer::NoneSet);
    let hash = Pin::new("135790").unwrap().hash().unwrap();
    bench.store.set_pin(&hash).unwrap();
    let tries = [
        ("135791", PinAnswer::Wrong { left: 4 }),
        ("135790", PinAnswer::Right),
    ];
    for (ask, (typed, expected)) in (2..).zip(tries) {
        bench.serve(ask, Errand::CheckPin(Secret::new(typed)));
        let Answer::Pin(answer) = bench.answer(ask) else {
            panic!("an answer to a PIN");
        };
        assert_eq!(answer, expected);
    }
    // The journal is written after the answer: a look waits its turn behind it.
    bench.serve(9, Errand::Look);
    let Answer::Facts(facts) = bench.answer(9) else {
        panic!("facts");
    };
    let mut what = facts
        .events
        .iter()
        .filter(|event| event.device == "service");
    let mut next = || what.next().map(|event| event.what.as_str());
    assert_eq!((next(), next()), (Some("entered"), Some("pin_wrong")));
    assert!(!format!("{:?}", facts.events).contains("13579"));
}
