//! The table, move by move, and random ways of results that never leave its rules.

use proptest::prelude::*;

use super::{Move, State, Way};
use crate::case::Actor;
use crate::sample;

/// Every line of the table: what is not written in `table.golden` is refused.
#[test]
fn the_table_allows_exactly_these_moves() {
    let mut allowed = String::new();
    for &state in State::ALL {
        for &movement in Move::ALL {
            let able = |actor: &&Actor| state.step(movement, **actor).is_ok();
            let able: Vec<Actor> = Actor::ALL.iter().filter(able).copied().collect();
            let Some(&first) = able.first() else {
                let refused = state.step(movement, Actor::System).unwrap_err();
                assert_eq!((refused.state, refused.actor), (state, None));
                continue;
            };
            let next = state.step(movement, first).unwrap();
            let names: Vec<&str> = able.iter().map(|actor| actor.as_str()).collect();
            allowed.push_str(&format!(
                "{}: {} by {} -> {}\n",
                state.as_str(),
                movement.as_str(),
                names.join(", "),
                next.as_str()
            ));
        }
    }
    assert_eq!(allowed, include_str!("table.golden"));
}

#[test]
fn a_refusal_says_what_was_tried_and_by_whom() {
    let again = State::Posted.step(Move::Post, Actor::Officer);
    let words = "a result that is posted cannot be posted now";
    assert_eq!(again.unwrap_err().to_string(), words);
    let stranger = State::AtStation.step(Move::HandOut, Actor::Officer);
    let words = "a result that is at_station cannot be handed out by officer";
    assert_eq!(stranger.unwrap_err().to_string(), words);
}

#[test]
fn a_card_that_no_kiosk_prints_and_nobody_chose_a_way_for_is_handed_out_at_a_window() {
    let catalogue = sample::catalogue();
    let item = |zh: &str| {
        let mut items = catalogue.items().iter();
        items.find(|item| item.name.zh == zh).unwrap().clone()
    };
    let card = item("居民身份证补领");
    assert_eq!(Way::unchosen(&card), Way::Window);
    assert!(Way::Post.is_offered(&card) && !Way::Print.is_offered(&card));
    let proof = item("失业登记");
    assert_eq!(Way::unchosen(&proof), Way::Print);
    assert!(!Way::Post.is_offered(&proof));
}

proptest! {
    #[test]
    fn random_ways_end_in_somebodys_hands_and_nothing_is_handed_out_twice(
        way in prop::sample::select(Way::ALL),
        steps in prop::collection::vec(
            (any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..80),
    ) {
        let mut state = State::first(way);
        let mut handed_out = 0;
        for (movement, actor) in steps {
            let Ok(next) = state.step(*movement.get(Move::ALL), *actor.get(Actor::ALL)) else {
                continue;
            };
            prop_assert!(state != State::Delivered, "it left the applicant's hands");
            handed_out += u32::from(next == State::Delivered);
            // What the applicant fetches never lies anywhere.
            prop_assert!(!way.is_fetched() || next == State::Delivered);
            state = next;
        }
        prop_assert!(handed_out <= 1);
    }
}
