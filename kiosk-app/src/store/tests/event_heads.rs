//! Heads of the city's event chain: kept, bounded, never written over.

use city_api::digest::Sha256;
use city_api::event_chain::EventHead;
use city_api::requests::status::EventChain;

use super::*;

fn head(sequence: u64, past: &str) -> EventHead {
    EventHead {
        sequence,
        hash: Sha256::of(format!("{past} {sequence}").as_bytes()),
    }
}

/// A city with this past, asked for a place.
fn told(sequence: u64, past: &str, asked: Option<u64>) -> EventChain {
    EventChain {
        head: Some(head(sequence, past)),
        asked: asked.map(|asked| head(asked, past).hash),
        asked_older: None,
        takes_older: true,
    }
}

fn place(place: Option<u64>) -> AskedHeads {
    AskedHeads { place, older: None }
}

fn sequences(store: &Store, story: i64) -> Vec<u64> {
    let heads = store.event_heads().unwrap().into_iter();
    let heads = heads.filter(|kept| kept.story == story);
    heads.map(|kept| kept.head.sequence).collect()
}

#[test]
fn a_city_that_tells_another_hash_less_or_nothing_contradicts_itself() {
    type Telling = fn() -> Option<EventChain>;
    let tellings: [(Option<u64>, Telling, u64); 6] = [
        (Some(5), || Some(told(12, "b", Some(5))), 5),
        (None, || Some(told(9, "b", None)), 9),
        (None, || Some(told(8, "a", None)), 9),
        (Some(5), || Some(told(12, "a", None)), 5),
        (None, || None, 9),
        (
            None,
            || {
                Some(EventChain {
                    head: None,
                    asked: None,
                    asked_older: None,
                    takes_older: true,
                })
            },
            9,
        ),
    ];
    for (asked, telling, at) in tellings {
        let (_folder, store) = store();
        assert_eq!(store.head_to_ask(0).unwrap(), None);
        for sequence in [5, 9] {
            let chain = told(sequence, "a", None);
            assert_eq!(
                store.take_events(place(None), Some(&chain), 1).unwrap(),
                None
            );
        }
        assert_eq!(store.head_to_ask(0).unwrap(), Some(9));
        let asked_for: Vec<_> = [1, 3].map(|draw| store.head_to_ask(draw).unwrap()).into();
        assert_eq!(asked_for, [Some(9), Some(5)]);
        assert_eq!(
            store
                .take_events(place(asked), telling().as_ref(), 2)
                .unwrap(),
            Some(at)
        );
        let fault = store.event_fault().unwrap().unwrap();
        assert_eq!((fault.sequence, fault.noticed), (at, 2));
        assert_eq!(sequences(&store, 0), [5, 9]);
    }
}

#[test]
fn a_city_that_goes_on_as_it_told_is_no_fault_and_one_that_never_told_is_none() {
    let (_folder, store) = store();
    assert_eq!(store.take_events(place(None), None, 1).unwrap(), None);
    for (asked, sequence) in [(None, 5), (Some(5), 5), (Some(5), 9), (Some(9), 12)] {
        let chain = told(sequence, "a", asked);
        assert_eq!(
            store.take_events(place(asked), Some(&chain), 1).unwrap(),
            None
        );
    }
    assert_eq!(sequences(&store, 0), [5, 9, 12]);
    assert_eq!(store.event_fault().unwrap(), None);
}

#[test]
fn a_city_that_contradicts_itself_all_day_fills_nothing_up() {
    let (_folder, store) = store();
    for past in 0..50 {
        let chain = told(9, &past.to_string(), None);
        store.take_events(place(None), Some(&chain), past).unwrap();
    }
    let kept = store.event_heads().unwrap();
    assert_eq!(kept.len(), 9);
    assert_eq!(kept[0].head, head(9, "0"), "the first stays");
    assert_eq!(store.acknowledge_event_faults(60).unwrap(), 8);
    assert_eq!(store.event_fault().unwrap(), None);
}

#[test]
fn a_kiosk_that_is_enrolled_at_another_city_hears_another_past() {
    let (_folder, store) = store();
    store
        .take_events(place(None), Some(&told(9, "a", None)), 1)
        .unwrap();
    store.enrol(&enrolment()).unwrap();
    assert_eq!(store.head_to_ask(0).unwrap(), None);
    let other = told(2, "b", None);
    assert_eq!(
        store.take_events(place(None), Some(&other), 2).unwrap(),
        None
    );
    assert_eq!(store.event_fault().unwrap(), None);
    assert_eq!(
        (sequences(&store, 0), sequences(&store, 1)),
        (vec![9], vec![2])
    );
}

#[test]
fn one_answer_vouches_for_the_newest_and_shows_a_changed_older_place() {
    let (_folder, store) = store();
    assert_eq!(store.older_to_ask(4).unwrap(), None);
    for sequence in [5, 9] {
        let chain = told(sequence, "a", None);
        let kept = store.take_events(AskedHeads::default(), Some(&chain), 1);
        assert_eq!(kept.unwrap(), None);
    }
    let drawn: Vec<_> = (0..4)
        .map(|draw| store.older_to_ask(draw).unwrap())
        .collect();
    assert_eq!(drawn, [None, None, Some(5), Some(5)]);
    let asked = AskedHeads {
        place: Some(9),
        older: Some(5),
    };
    let both = |older: &str| EventChain {
        asked_older: Some(head(5, older).hash),
        ..told(12, "a", Some(9))
    };
    assert_eq!(store.take_events(asked, Some(&both("a")), 2).unwrap(), None);
    assert_eq!(
        sequences(&store, 0),
        [5, 9, 12],
        "kept in the same heartbeat"
    );
    let contradicted = store.take_events(asked, Some(&both("b")), 3).unwrap();
    assert_eq!(contradicted, Some(5));
}
