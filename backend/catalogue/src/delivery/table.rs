//! The table: which move leads where, and who may make it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Way;
use crate::case::Actor;

closed_list! {
    /// Where a delivery stands; the name is for the database and the wire.
    State {
        /// It can be read, and printed at any kiosk.
        Ready = "ready",
        /// 待送达: the body has to hand it out.
        ToHandOut = "to_hand_out",
        /// It lies at a station and is handed out at its windows.
        AtStation = "at_station",
        /// It lies in a compartment of a station's locker.
        InLocker = "in_locker",
        /// It is on its way by post.
        Posted = "posted",
        /// The post found nobody and brought it back.
        Undelivered = "undelivered",
        /// 送达: it is in the applicant's hands, or those of an agent who may collect.
        Delivered = "delivered",
        /// Nobody came: it went back to the body.
        Returned = "returned",
    }
}

closed_list! {
    /// What somebody does with a delivery.
    Move {
        /// The applicant read it, or a kiosk printed it for them.
        Receive = "be received",
        /// It came to a station, or was taken out of its locker.
        Arrive = "arrive at a station",
        /// It was put into a compartment.
        Store = "be put into a locker",
        /// It was taken out with its code.
        PickUp = "be picked up",
        /// A window handed it out.
        HandOut = "be handed out",
        /// It was posted.
        Post = "be posted",
        /// Who received it signed for it.
        Sign = "be signed for",
        /// The post brought it back.
        Fail = "come back from the post",
        /// It went back to the body.
        Return = "go back to the body",
    }
}

/// A move that the table does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a result that is {} cannot {} {}", .state.as_str(), .movement.as_str(), Why(*.actor))]
pub struct Refusal {
    /// Where it stands.
    pub state: State,
    /// What somebody tried.
    pub movement: Move,
    /// The actor who may not; `None` where the state does not allow it to anybody.
    pub actor: Option<Actor>,
}

/// The end of the sentence.
struct Why(Option<Actor>);

impl fmt::Display for Why {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(actor) => write!(to, "by {}", actor.as_str()),
            None => to.write_str("now"),
        }
    }
}

impl State {
    /// The state of this name; `None` when there is none.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|state| state.as_str() == name)
    }

    /// Where a delivery by this way begins.
    #[must_use]
    pub const fn first(way: Way) -> Self {
        if way.is_fetched() {
            Self::Ready
        } else {
            Self::ToHandOut
        }
    }

    /// Where `movement` by `actor` leads.
    ///
    /// # Errors
    /// [`Refusal`] for every move that is not in the table, or by an actor it does not name.
    pub fn step(self, movement: Move, actor: Actor) -> Result<Self, Refusal> {
        let refused = |actor| Refusal {
            state: self,
            movement,
            actor,
        };
        let (next, actors) = self.rule(movement).ok_or_else(|| refused(None))?;
        if actors.contains(&actor) {
            Ok(next)
        } else {
            Err(refused(Some(actor)))
        }
    }

    /// Where `movement` leads and who may make it; `None` where it is not in the table.
    fn rule(self, movement: Move) -> Option<(Self, &'static [Actor])> {
        use Actor::{Applicant, Courier, Officer, System, Window};
        let rule: (Self, &'static [Actor]) = match (movement, self) {
            (Move::Receive, Self::Ready) => (Self::Delivered, &[Applicant, Window]),
            (
                Move::Arrive,
                Self::ToHandOut | Self::InLocker | Self::Undelivered | Self::Returned,
            ) => (Self::AtStation, &[Window]),
            (Move::Store, Self::ToHandOut | Self::AtStation) => (Self::InLocker, &[Window]),
            (Move::PickUp, Self::InLocker) => (Self::Delivered, &[Applicant]),
            (Move::HandOut, Self::AtStation) => (Self::Delivered, &[Window]),
            (
                Move::Post,
                Self::ToHandOut | Self::AtStation | Self::Undelivered | Self::Returned,
            ) => (Self::Posted, &[Officer, Window]),
            (Move::Sign, Self::Posted) => (Self::Delivered, &[Courier]),
            (Move::Fail, Self::Posted) => (Self::Undelivered, &[Courier]),
            (Move::Return, Self::AtStation | Self::InLocker | Self::Posted | Self::Undelivered) => {
                (Self::Returned, &[Officer, Window, System])
            }
            (
                Move::Receive
                | Move::Arrive
                | Move::Store
                | Move::PickUp
                | Move::HandOut
                | Move::Post
                | Move::Sign
                | Move::Fail
                | Move::Return,
                _,
            ) => return None,
        };
        Some(rule)
    }

    /// Whether it is with the body or the post, so that the days of the law run (行政许可法 Art. 44).
    #[must_use]
    pub const fn runs(self) -> bool {
        match self {
            Self::ToHandOut | Self::Posted => true,
            Self::Ready
            | Self::AtStation
            | Self::InLocker
            | Self::Undelivered
            | Self::Delivered
            | Self::Returned => false,
        }
    }

    /// Whether it left the body and waits for somebody to take it.
    #[must_use]
    pub const fn waits(self) -> bool {
        match self {
            Self::AtStation | Self::InLocker | Self::Posted | Self::Undelivered => true,
            Self::Ready | Self::ToHandOut | Self::Delivered | Self::Returned => false,
        }
    }
}
