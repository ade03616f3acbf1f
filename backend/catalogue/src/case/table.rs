//! The table: which move leads where, and who may make it.

use super::{Actor, By, Move, State};

/// Where a case stands, with what its next state depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing<'a> {
    /// The state.
    pub state: State,
    /// Its limit was extended: that happens once.
    pub extended: bool,
    /// It was accepted.
    pub accepted: bool,
    /// Who accepted it; `None` before, and for the system.
    pub accepted_by: Option<&'a str>,
}

/// A move that the table does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a case that is {state} cannot {movement} {why}")]
pub struct Refusal {
    /// Where the case stands.
    pub state: State,
    /// What somebody tried.
    pub movement: Move,
    /// Why not.
    pub why: Why,
}

/// Why a move is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// The state does not allow it.
    #[error("now")]
    Now,
    /// This actor may not.
    #[error("by {}", .0.as_str())]
    Actor(Actor),
    /// Who accepted a case cannot decide it (接办分离).
    #[error("by the person who accepted it")]
    SamePerson,
}

impl Standing<'_> {
    /// The state after `movement` by `by`.
    ///
    /// # Errors
    /// [`Refusal`] for every move that is not in the table, by an actor it does not name, or by the person who
    /// accepted the case where it is decided.
    pub fn step(&self, movement: Move, by: By<'_>) -> Result<State, Refusal> {
        let refused = |why| Refusal {
            state: self.state,
            movement,
            why,
        };
        let (next, actors) = self.rule(movement).ok_or_else(|| refused(Why::Now))?;
        if !actors.contains(&by.actor) {
            return Err(refused(Why::Actor(by.actor)));
        }
        let decides = matches!(movement, Move::Grant | Move::Refuse);
        if decides && by.person.is_some() && by.person == self.accepted_by {
            return Err(refused(Why::SamePerson));
        }
        Ok(next)
    }

    /// Where `movement` leads and who may make it; `None` where it is not in the table.
    fn rule(&self, movement: Move) -> Option<(State, &'static [Actor])> {
        use Actor::{Applicant, Approver, Courier, Head, Officer, System, Window};
        use State as S;
        let state = self.state;
        let working = if self.extended {
            S::Extended
        } else {
            S::Processing
        };
        let open = state.awaits_acceptance() || state == S::Irregular;
        let rule: (State, &'static [Actor]) = match movement {
            Move::Submit if state == S::Draft => (S::Submitted, &[Applicant]),
            Move::Repair if state == S::Irregular => (S::Submitted, &[Window, Officer]),
            Move::PreAccept if state == S::Submitted => (S::PreAccepted, &[Window, System]),
            Move::AskForSupplement if open => (S::Correction, &[Window, Officer]),
            Move::Supplement if state == S::Correction && self.accepted => (working, &[Applicant]),
            Move::Supplement if state == S::Correction => (S::Corrected, &[Applicant]),
            Move::Accept if state.awaits_acceptance() => (S::Accepted, &[Window, System]),
            Move::RefuseAcceptance if open => (S::NotAccepted, &[Window]),
            Move::Process if state == S::Accepted => (S::Processing, &[System]),
            Move::Stop if state.is_processing() => (S::Special, &[Approver]),
            Move::Resume if state == S::Special => (working, &[Officer, System]),
            Move::Extend if state == S::Processing && !self.extended => (S::Extended, &[Head]),
            Move::Lapse if state.is_processing() => (S::Correction, &[System]),
            Move::Grant if state.is_processing() => {
                (S::DecidedGranted, &[Approver, Officer, System])
            }
            Move::Refuse if state.is_processing() => {
                (S::DecidedRefused, &[Approver, Officer, System])
            }
            Move::Close(code) if state.closes_as(code) => (S::Closed, &[System]),
            Move::Deliver if matches!(state, S::Closed | S::Rated) => {
                (S::Delivered, &[Applicant, Window, Courier, System])
            }
            Move::Rate if matches!(state, S::Closed | S::Delivered) => (S::Rated, &[Applicant]),
            Move::Archive if state.is_closed() && state != S::Archived => (S::Archived, &[System]),
            Move::Withdraw if state.can_withdraw() => (S::Withdrawn, &[Applicant]),
            Move::Terminate if state == S::Accepted || state.is_processing() => {
                (S::Terminated, &[Officer, Head])
            }
            Move::Submit
            | Move::Repair
            | Move::PreAccept
            | Move::AskForSupplement
            | Move::Supplement
            | Move::Accept
            | Move::RefuseAcceptance
            | Move::Process
            | Move::Stop
            | Move::Resume
            | Move::Extend
            | Move::Lapse
            | Move::Grant
            | Move::Refuse
            | Move::Close(_)
            | Move::Deliver
            | Move::Rate
            | Move::Archive
            | Move::Withdraw
            | Move::Terminate => return None,
        };
        Some(rule)
    }
}
