//! The table, move by move, and random lives of cases that never leave its rules.

use proptest::prelude::*;

use super::*;

const ACCEPTED_BY: &str = "w1";

fn standing(state: State) -> Standing<'static> {
    Standing {
        state,
        extended: false,
        accepted: false,
        accepted_by: None,
    }
}

/// Who may make the move, by the name of the actors.
fn actors(standing: &Standing<'_>, movement: Move) -> Vec<&'static str> {
    let mut able = Vec::new();
    for &actor in Actor::ALL {
        let by = By {
            actor,
            person: None,
        };
        match standing.step(movement, by) {
            Ok(_) => able.push(actor.as_str()),
            Err(refusal) => assert_eq!(
                (refusal.state, refusal.movement),
                (standing.state, movement)
            ),
        }
    }
    able
}

/// Every line of the table: what is not written in `table.golden` is refused.
#[test]
fn the_table_allows_exactly_these_moves() {
    let mut allowed = String::new();
    for &state in State::ALL {
        let standing = standing(state);
        for movement in Move::all() {
            let able = actors(&standing, movement);
            let by = Actor::ALL
                .iter()
                .find(|actor| able.contains(&actor.as_str()));
            if let Some(&actor) = by {
                let next = standing
                    .step(
                        movement,
                        By {
                            actor,
                            person: None,
                        },
                    )
                    .unwrap();
                let able = able.join(", ");
                allowed.push_str(&format!("{state}: {movement} by {able} -> {next}\n"));
            }
        }
    }
    assert_eq!(allowed, include_str!("table.golden"));
}

#[test]
fn what_was_extended_or_accepted_goes_back_where_it_was() {
    let extended = Standing {
        extended: true,
        accepted: true,
        ..standing(State::Special)
    };
    assert_eq!(extended.step(Move::Resume, By::SYSTEM), Ok(State::Extended));
    let lapsed = Standing {
        state: State::Correction,
        ..extended
    };
    let resident = By::person(Actor::Applicant, "r");
    assert_eq!(lapsed.step(Move::Supplement, resident), Ok(State::Extended));
    let again = Standing {
        state: State::Processing,
        ..extended
    };
    let head = By::person(Actor::Head, "h");
    assert_eq!(again.step(Move::Extend, head).unwrap_err().why, Why::Now);
}

#[test]
fn every_open_case_can_still_end_and_every_name_is_read_back() {
    for &state in State::ALL {
        let standing = standing(state);
        let moves = Move::all().filter(|movement| !actors(&standing, *movement).is_empty());
        assert_eq!(moves.count() > 0, state != State::Archived, "{state}");
        assert_eq!(state.as_str().parse::<State>().unwrap(), state);
        assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
    }
    assert!("lost".parse::<State>().is_err());
    assert!(ResultCode::try_from(7).is_err());
    assert_eq!(ResultCode::try_from(5).unwrap(), ResultCode::NotSupplied);
}

#[test]
fn who_accepted_cannot_decide() {
    let accepted = Standing {
        accepted: true,
        accepted_by: Some(ACCEPTED_BY),
        ..standing(State::Processing)
    };
    for movement in [Move::Grant, Move::Refuse] {
        let same = accepted.step(movement, By::person(Actor::Approver, ACCEPTED_BY));
        assert_eq!(same.unwrap_err().why, Why::SamePerson);
        assert!(
            accepted
                .step(movement, By::person(Actor::Approver, "a1"))
                .is_ok()
        );
        assert!(accepted.step(movement, By::SYSTEM).is_ok());
    }
}

/// A case that lives by the table alone.
#[derive(Debug, Clone)]
struct Life {
    state: State,
    extended: bool,
    accepted: bool,
    accepted_by: Option<String>,
}

impl Life {
    fn standing(&self) -> Standing<'_> {
        Standing {
            state: self.state,
            extended: self.extended,
            accepted: self.accepted,
            accepted_by: self.accepted_by.as_deref(),
        }
    }

    fn step(&mut self, movement: Move, by: By<'_>) -> bool {
        let Ok(next) = self.standing().step(movement, by) else {
            return false;
        };
        self.state = next;
        match movement {
            Move::Accept => {
                self.accepted = true;
                self.accepted_by = by.person.map(str::to_owned);
            }
            Move::Extend => self.extended = true,
            _ => {}
        }
        true
    }
}

fn check(before: &Life, movement: Move, by: By<'_>) -> Result<(), TestCaseError> {
    let was = before.state;
    match movement {
        Move::Close(code @ (ResultCode::Issued | ResultCode::PassedUpward | ResultCode::Other)) => {
            prop_assert!(was.is_running(), "{was} closed as {}", code.number());
        }
        Move::Close(code) => {
            let not_supplied = code == ResultCode::NotSupplied;
            prop_assert_eq!(was == State::Correction, not_supplied);
        }
        Move::Grant | Move::Refuse => {
            prop_assert!(before.accepted);
            prop_assert!(by.person.is_none() || by.person != before.accepted_by.as_deref());
        }
        Move::Extend => prop_assert!(!before.extended && by.actor == Actor::Head),
        Move::Withdraw => prop_assert_eq!(by.actor, Actor::Applicant),
        _ => {}
    }
    if was == State::Special {
        prop_assert!(matches!(movement, Move::Resume | Move::Withdraw));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn random_lives_never_leave_the_rules(
        irregular: bool,
        steps in prop::collection::vec(
            (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0_u8..4), 1..120),
    ) {
        let moves: Vec<Move> = Move::all().collect();
        let state = if irregular { State::Irregular } else { State::Submitted };
        let mut life = Life { state, extended: false, accepted: false, accepted_by: None };
        for (movement, actor, person) in steps {
            let movement = *movement.get(&moves);
            let names = [None, Some("p1"), Some("p2"), Some("p3")];
            let by = By { actor: *actor.get(Actor::ALL), person: names[usize::from(person)] };
            let before = life.clone();
            if !life.step(movement, by) {
                prop_assert_eq!(life.state, before.state);
                continue;
            }
            check(&before, movement, by)?;
            prop_assert!(life.state.is_closed() || !before.state.is_closed());
            prop_assert!(life.state != State::Draft);
            let stopped = life.state.clock() == RunningClock::Stopped;
            prop_assert_eq!(stopped, life.state == State::Special);
            let decided = matches!(life.state, State::DecidedGranted | State::DecidedRefused);
            prop_assert!(life.accepted || !decided && !life.state.is_processing());
        }
    }
}
