//! Numbers of the queue: used up, given twice, a day that is over, a power cut in between.

use city_api::packet::SealError;
use jiff::civil::date;
use uuid::Uuid;

use super::*;
use crate::store::{NumbersLeft, Sign};

fn number(store: &Store, id: u128) -> Result<String, StoreError> {
    let ticket = Some((Uuid::from_u128(id), now()));
    let number = store.keep_hall(ticket, None)?;
    Ok(number.unwrap().to_string())
}

#[test]
fn numbers_are_given_in_order_until_they_are_used_up_and_then_none_is() {
    let (_folder, store) = store();
    let today = now().date();
    assert!(matches!(number(&store, 1), Err(StoreError::NoNumber)));
    store.add_numbers(today, 21, 22).unwrap();
    store.add_numbers(today, 41, 41).unwrap();
    // The same answer of the city came twice.
    store.add_numbers(today, 21, 22).unwrap();
    let given: Vec<_> = (1..=3).map(|id| number(&store, id).unwrap()).collect();
    assert_eq!(given, ["A021", "A022", "A041"]);
    assert!(matches!(number(&store, 4), Err(StoreError::NoNumber)));
    let left = NumbersLeft {
        count: 0,
        last: Some(41),
    };
    assert_eq!(store.numbers_left(today).unwrap(), left);
}

#[test]
fn the_same_ticket_has_the_same_number_however_often_it_is_asked_for() {
    let (_folder, store) = store();
    store.add_numbers(now().date(), 21, 40).unwrap();
    assert_eq!(number(&store, 1).unwrap(), "A021");
    assert_eq!(number(&store, 1).unwrap(), "A021");
    assert_eq!(store.numbers_given(10).unwrap().len(), 1);
}

#[test]
fn the_power_fails_after_a_number_and_it_is_not_given_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kiosk.db");
    let store = Store::open(&path, Options::default()).unwrap();
    store.add_numbers(now().date(), 21, 40).unwrap();
    assert_eq!(number(&store, 1).unwrap(), "A021");
    drop(store);
    let store = Store::open(&path, Options::default()).unwrap();
    assert_eq!(number(&store, 2).unwrap(), "A022");
    let given = store.numbers_given(10).unwrap();
    assert_eq!((given.len(), given[0].at), (2, now()));
}

#[test]
fn a_packet_that_cannot_be_sealed_takes_no_number_with_it() {
    let (_folder, store) = store();
    store.add_numbers(now().date(), 21, 40).unwrap();
    let ticket = Some((Uuid::from_u128(1), now()));
    let fails: Sign<'_> = Box::new(|_| Err(SealError::TooLarge));
    assert!(store.keep_hall(ticket, Some(fails)).is_err());
    assert_eq!(store.numbers_given(10).unwrap(), []);
    assert_eq!(number(&store, 2).unwrap(), "A021");
}

#[test]
fn a_number_and_its_packet_are_kept_together() {
    let (_folder, store) = store();
    store.add_numbers(now().date(), 21, 40).unwrap();
    let made = draft(&enrolment(), &small()).unwrap();
    let sealed = made.seal(&enrolment().city_keys).unwrap();
    let key = kiosk_key();
    let sign: Sign<'_> = Box::new(|head| sealed.sign(head, &key));
    let ticket = Some((Uuid::from_u128(1), now()));
    assert!(store.keep_hall(ticket, Some(sign)).unwrap().is_some());
    assert_eq!(store.outbox_state().unwrap().waiting, 1);
    assert_eq!(store.numbers_given(10).unwrap().len(), 1);
}

#[test]
fn what_the_city_knows_or_nobody_waits_for_any_more_is_forgotten() {
    let (_folder, store) = store();
    store.add_numbers(now().date(), 21, 40).unwrap();
    for id in 1..=3 {
        number(&store, id).unwrap();
    }
    store.numbers_told(&[Uuid::from_u128(2)]).unwrap();
    let left = store.numbers_given(10).unwrap();
    let left: Vec<_> = left.iter().map(|given| given.number.number).collect();
    assert_eq!(left, [21, 23]);
    assert_eq!(store.forget_numbers(now().timestamp()).unwrap(), 0);
    let later = "2026-03-02T09:15:01+08:00".parse::<CityTime>().unwrap();
    assert_eq!(store.forget_numbers(later.timestamp()).unwrap(), 2);
}

#[test]
fn numbers_of_yesterday_or_of_another_station_are_never_given() {
    let (_folder, store) = store();
    store.add_numbers(date(2026, 3, 1), 21, 40).unwrap();
    assert!(matches!(number(&store, 1), Err(StoreError::NoNumber)));
    store.add_numbers(now().date(), 61, 80).unwrap();
    assert_eq!(
        store.numbers_left(date(2026, 3, 1)).unwrap(),
        NumbersLeft::default()
    );
    store.enrol(&enrolment()).unwrap();
    assert!(matches!(number(&store, 1), Err(StoreError::NoNumber)));
}
