//! Whom counters call: by table, and by chance against what must always hold.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::hall::{CallError, Letter, Queue, Ticket, TicketNumber, TicketState};
use crate::policy::HallPolicy;

fn at(second: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH
        .checked_add(SignedDuration::from_secs(second))
        .unwrap()
}

fn number(text: &str) -> TicketNumber {
    text.parse().unwrap()
}

/// A queue with these tickets, one second after the other.
fn queue(tickets: &[&str]) -> Queue {
    let ticket = |(second, text): (i64, &&str)| Ticket::new(number(text), at(second));
    Queue {
        tickets: (0..).zip(tickets).map(ticket).collect(),
        ..Queue::default()
    }
}

/// Whom one counter calls after the other, until nobody waits.
fn calls(queue: &mut Queue) -> Vec<String> {
    let policy = HallPolicy::default();
    let mut called = Vec::new();
    let mut after = None;
    while let Some(next) = queue.next(1, after, at(1000), &policy) {
        assert!(after != Some(next), "{next} again");
        called.push(next.to_string());
        after = Some(next);
    }
    called
}

#[test]
fn priority_then_booked_then_returned_then_walk_ins_and_enterprises_by_arrival() {
    let mut hall = queue(&["E001", "A001", "R001", "B001", "V001", "A002"]);
    assert_eq!(
        calls(&mut hall),
        ["V001", "B001", "R001", "E001", "A001", "A002"]
    );
}

#[test]
fn at_most_two_priority_or_booked_go_before_one_walk_in() {
    let mut hall = queue(&["A001", "A002", "V001", "V002", "V003", "B001", "B002"]);
    let expected = ["V001", "V002", "A001", "V003", "B001", "A002", "B002"];
    assert_eq!(calls(&mut hall), expected);
    // Nobody walked in: nothing to hold them up.
    let mut hall = queue(&["V001", "V002", "V003", "B001"]);
    assert_eq!(calls(&mut hall), ["V001", "V002", "V003", "B001"]);
    // A returned one goes in front of the walk-in whose turn it is, one in each turn.
    let mut hall = queue(&[
        "A001", "A002", "R001", "R002", "V001", "V002", "V003", "V004",
    ]);
    let expected = [
        "V001", "V002", "R001", "A001", "V003", "V004", "R002", "A002",
    ];
    assert_eq!(calls(&mut hall), expected);
}

#[test]
fn a_booked_one_is_called_when_its_slot_has_begun() {
    let mut hall = queue(&["A001"]);
    let policy = HallPolicy::default();
    hall.tickets.push(Ticket::new(number("B001"), at(60)));
    assert_eq!(hall.next(1, None, at(59), &policy), Some(number("A001")));
    assert_eq!(hall.next(2, None, at(59), &policy), None);
    assert_eq!(hall.next(2, None, at(60), &policy), Some(number("B001")));
}

#[test]
fn a_lost_answer_is_asked_for_again_and_loses_nobody() {
    let mut hall = queue(&["A001", "A002"]);
    let policy = HallPolicy::default();
    let first = hall.next(1, None, at(9), &policy);
    assert_eq!(hall.next(1, None, at(9), &policy), first);
    let second = hall.next(1, first, at(9), &policy);
    assert_eq!(second, Some(number("A002")));
    assert_eq!(hall.next(1, first, at(9), &policy), second);
    assert_eq!(hall.next(1, second, at(9), &policy), None);
    assert!(
        hall.tickets
            .iter()
            .all(|ticket| ticket.state == TicketState::Done)
    );
}

/// Calls a ticket as often as it takes, and nobody comes.
fn miss(hall: &mut Queue, counter: u16) -> TicketState {
    let policy = HallPolicy::default();
    let early = hall.missed(counter, &policy);
    assert_eq!(
        early,
        Err(CallError::TooFewCalls {
            calls: 1,
            needed: 3
        })
    );
    assert_eq!(hall.recall(counter), Ok(2));
    assert_eq!(hall.recall(counter), Ok(3));
    hall.missed(counter, &policy).unwrap().1
}

#[test]
fn missed_after_three_calls_three_others_go_first_and_the_second_time_it_is_over() {
    let mut hall = queue(&["A001", "A002", "A003", "A004", "A005"]);
    let policy = HallPolicy::default();
    assert_eq!(hall.next(1, None, at(9), &policy), Some(number("A001")));
    assert_eq!(miss(&mut hall, 1), TicketState::Waiting);
    let mut order = Vec::new();
    for counter in 2..=5 {
        order.extend(hall.next(counter, None, at(9), &policy));
    }
    assert_eq!(order, ["A002", "A003", "A004", "A001"].map(number));
    assert_eq!(miss(&mut hall, 5), TicketState::Cancelled);
    assert_eq!(hall.next(6, None, at(9), &policy), Some(number("A005")));
    assert_eq!(hall.next(7, None, at(9), &policy), None);
    // Came after all: behind everybody, and the next miss ends it.
    hall.tickets.push(Ticket::new(number("A006"), at(10)));
    hall.readmit(number("A001"), at(20)).unwrap();
    assert_eq!(hall.next(7, None, at(30), &policy), Some(number("A006")));
    assert_eq!(hall.next(8, None, at(30), &policy), Some(number("A001")));
    assert_eq!(miss(&mut hall, 8), TicketState::Cancelled);
}

#[test]
fn missed_with_nobody_else_waiting_is_called_again_at_once() {
    let mut hall = queue(&["A001"]);
    let policy = HallPolicy::default();
    hall.next(1, None, at(9), &policy);
    assert_eq!(miss(&mut hall, 1), TicketState::Waiting);
    assert_eq!(hall.next(1, None, at(9), &policy), Some(number("A001")));
}

#[test]
fn parked_comes_back_to_its_place_and_forwarded_goes_first_at_its_counter_alone() {
    let mut hall = queue(&["A001", "A002", "V001"]);
    let policy = HallPolicy::default();
    assert_eq!(hall.next(1, None, at(9), &policy), Some(number("V001")));
    assert_eq!(hall.forward(1, 1), Err(CallError::SameCounter));
    hall.forward(1, 4).unwrap();
    assert_eq!(hall.next(2, None, at(9), &policy), Some(number("A001")));
    assert_eq!(hall.park(2), Ok(number("A001")));
    assert_eq!(hall.park(2), Err(CallError::Nobody));
    let twice = hall.readmit(number("A002"), at(9));
    assert_eq!(twice, Err(CallError::NotAway(TicketState::Waiting)));
    assert_eq!(
        hall.readmit(number("A009"), at(9)),
        Err(CallError::NoTicket)
    );
    hall.readmit(number("A001"), at(9)).unwrap();
    assert_eq!(hall.next(2, None, at(9), &policy), Some(number("A001")));
    assert_eq!(hall.next(3, None, at(9), &policy), Some(number("A002")));
    assert_eq!(hall.next(5, None, at(9), &policy), None);
    assert_eq!(hall.next(4, None, at(9), &policy), Some(number("V001")));
}

#[test]
fn who_is_ahead_is_counted_by_lane_and_arrival() {
    let hall = queue(&["A001", "E001", "R001", "V001", "A002"]);
    assert_eq!(hall.ahead(number("A002")), 4);
    assert_eq!(hall.ahead(number("E001")), 3);
    assert_eq!(hall.ahead(number("V001")), 0);
}

/// What people and clerks do.
#[derive(Debug, Clone)]
enum Act {
    Come(Letter),
    Next(u16),
    Recall(u16),
    Park(u16),
    Forward(u16, u16),
    Missed(u16),
    Done(u16),
    Readmit(usize),
}

fn act() -> impl Strategy<Value = Act> {
    let counter = 1..5_u16;
    prop_oneof![
        6 => (0..Letter::ALL.len()).prop_map(|at| Act::Come(Letter::ALL[at])),
        8 => counter.clone().prop_map(Act::Next),
        3 => counter.clone().prop_map(Act::Recall),
        1 => counter.clone().prop_map(Act::Park),
        1 => (counter.clone(), counter.clone()).prop_map(|(from, to)| Act::Forward(from, to)),
        2 => counter.clone().prop_map(Act::Missed),
        1 => counter.prop_map(Act::Done),
        1 => any::<usize>().prop_map(Act::Readmit),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Nobody is at two counters, no counter has two people, and nobody is lost: who came is waiting, called, parked,
    /// served or cancelled, and cancelled only after being missed twice.
    #[test]
    fn nobody_is_lost_and_nobody_is_called_twice(acts in prop::collection::vec(act(), 1..120)) {
        let policy = HallPolicy::default();
        let mut hall = Queue::default();
        let mut came = 0;
        let mut missed: BTreeMap<TicketNumber, u32> = BTreeMap::new();
        for (second, act) in (0..).zip(acts) {
            let now = at(second);
            let waited = hall.tickets.iter().any(|t| t.state == TicketState::Waiting && t.wanted.is_none());
            match act {
                Act::Come(letter) => {
                    came += 1;
                    hall.tickets.push(Ticket::new(TicketNumber { letter, number: came }, now));
                }
                Act::Next(counter) => {
                    let before = hall.at(counter).map(|ticket| ticket.number);
                    let next = hall.next(counter, before, now, &policy);
                    prop_assert!(next.is_some() || !waited, "somebody waits and nobody is called");
                    prop_assert_eq!(next, hall.at(counter).map(|ticket| ticket.number));
                }
                Act::Recall(counter) => {
                    let _ = hall.recall(counter);
                }
                Act::Park(counter) => {
                    let _ = hall.park(counter);
                }
                Act::Forward(from, to) => {
                    let _ = hall.forward(from, to);
                }
                Act::Done(counter) => {
                    let _ = hall.done(counter);
                }
                Act::Missed(counter) => {
                    if let Ok((number, state)) = hall.missed(counter, &policy) {
                        let times = missed.entry(number).or_default();
                        *times += 1;
                        prop_assert_eq!(state == TicketState::Cancelled, *times > 1);
                    }
                }
                Act::Readmit(which) => {
                    let which = which.checked_rem(hall.tickets.len()).map(|at| hall.tickets[at].number);
                    if let Some(number) = which {
                        let _ = hall.readmit(number, now);
                    }
                }
            }
            prop_assert_eq!(hall.tickets.len(), came as usize);
            for counter in 1..5 {
                let here = |ticket: &&Ticket| ticket.state == TicketState::Called && ticket.counter == Some(counter);
                prop_assert!(hall.tickets.iter().filter(here).count() <= 1);
            }
        }
    }

    /// The bound: with any crowd of V, B and R before and behind, an A with so many A or E ahead is called after at most
    /// three calls for each of them and itself, and one for each R; an R with so many R ahead after at most four each.
    #[test]
    fn nobody_waits_longer_than_the_bound(
        crowd in prop::collection::vec(0..5_usize, 1..60),
        stream in prop::collection::vec(prop::sample::select(vec![Letter::Priority, Letter::Booked]), 200),
    ) {
        let policy = HallPolicy::default();
        let mut hall = Queue::default();
        for (count, letter) in (1..).zip(&crowd) {
            let number = TicketNumber { letter: Letter::ALL[*letter], number: count };
            hall.tickets.push(Ticket::new(number, at(i64::from(count))));
        }
        let (mut ordinary, mut returned, mut run) = (0_usize, 0_usize, 0);
        let all_returned = crowd.iter().filter(|at| Letter::ALL[**at] == Letter::Returned).count();
        for (calls, letter) in (1_usize..).zip(stream) {
            // With every call another V or B comes, so that they never run out.
            let more = TicketNumber { letter, number: 1000 + u32::try_from(calls).unwrap() };
            hall.tickets.push(Ticket::new(more, at(100)));
            let waits = |hall: &Queue, letters: &[Letter]| {
                hall.tickets.iter().any(|t| t.state == TicketState::Waiting && letters.contains(&t.number.letter))
            };
            let walk_in_waits = waits(&hall, &[Letter::WalkIn, Letter::Enterprise]);
            let counter = u16::try_from(calls).unwrap();
            match hall.next(counter, None, at(200), &policy).unwrap().letter {
                Letter::WalkIn | Letter::Enterprise => {
                    ordinary += 1;
                    run = 0;
                    prop_assert!(calls <= 3 * ordinary + all_returned, "A {ordinary} after {calls}");
                }
                Letter::Returned => {
                    returned += 1;
                    prop_assert!(calls <= 4 * returned, "R {returned} after {calls}");
                }
                Letter::Priority | Letter::Booked => {
                    run += 1;
                    prop_assert!(run <= 2 || !walk_in_waits, "{run} in a row");
                }
            }
        }
        let left = hall.tickets.iter().filter(|t| t.state == TicketState::Waiting && t.number.number < 1000);
        prop_assert!(left.clone().all(|t| matches!(t.number.letter, Letter::Priority | Letter::Booked)));
    }
}
