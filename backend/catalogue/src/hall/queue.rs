//! The queue of a station's day: whom a counter calls next, and what becomes of a ticket.
//!
//! Order: V, B whose slot has begun, R, then A and E by arrival. While an A or E waits, at most
//! [`HallPolicy::favoured_in_a_row`] V or B are called before one of them; an R that waits too goes just before it, one
//! in each such turn, so that nobody waits for ever.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Letter, TicketNumber};
use crate::policy::HallPolicy;

closed_list! {
    /// Where a ticket stands.
    TicketState {
        /// Waits to be called.
        Waiting = "waiting",
        /// Called to a counter, or served there.
        Called = "called",
        /// Put aside by a counter, for example while a form is filled in.
        Parked = "parked",
        /// Served.
        Done = "done",
        /// Called often enough, and nobody came.
        Cancelled = "cancelled",
    }
}

impl TicketState {
    /// The state of this name; None when there is none.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|state| state.as_str() == name)
    }

    /// Whether somebody is still in the hall with it.
    #[must_use]
    pub fn is_live(self) -> bool {
        matches!(self, Self::Waiting | Self::Called | Self::Parked)
    }
}

/// A ticket in the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Its number.
    pub number: TicketNumber,
    /// Since when it is in the queue: the arrival, for a booked one the begin of its slot.
    pub queued: Timestamp,
    /// Where it stands.
    pub state: TicketState,
    /// Counter that called or parked it; None while it waits.
    pub counter: Option<u16>,
    /// Counter it was forwarded to, which alone calls it; None for any.
    pub wanted: Option<u16>,
    /// How often it was called to the counter where it is now.
    pub calls: u32,
    /// It is passed over until the hall has called so many; None when it was not missed.
    pub back: Option<u64>,
    /// Whether it was missed before: the next time it is cancelled.
    pub missed: bool,
}

impl Ticket {
    /// A ticket of somebody who just came.
    #[must_use]
    pub fn new(number: TicketNumber, queued: Timestamp) -> Self {
        Self {
            number,
            queued,
            state: TicketState::Waiting,
            counter: None,
            wanted: None,
            calls: 0,
            back: None,
            missed: false,
        }
    }
}

/// What was called since the last A or E.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Run {
    /// V and B.
    pub favoured: u32,
    /// R.
    pub returned: u32,
}

/// Tickets of one station and day that are still in the hall, and what was called so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Queue {
    /// The tickets, in any order.
    pub tickets: Vec<Ticket>,
    /// How often somebody was called from the queue.
    pub called: u64,
    /// What was called since the last A or E.
    pub run: Run,
}

/// Why a counter cannot do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// Nobody is called to this counter.
    #[error("nobody is called to this counter")]
    Nobody,
    /// It must be called more often before it counts as missed.
    #[error("called {calls} times; {needed} are needed before it counts as missed")]
    TooFewCalls {
        /// How often it was called.
        calls: u32,
        /// How often it must be.
        needed: u32,
    },
    /// The ticket is not in this hall today.
    #[error("no such ticket today")]
    NoTicket,
    /// It is waiting, called or served: there is nothing to readmit.
    #[error("a ticket that is {} is not readmitted", .0.as_str())]
    NotAway(TicketState),
    /// It is here already.
    #[error("it is at this counter already")]
    SameCounter,
}

/// Four lanes, in the order they are called; in each one by the time it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Lane {
    Priority,
    Booked,
    Returned,
    Ordinary,
}

impl Lane {
    fn of(letter: Letter) -> Self {
        match letter {
            Letter::Priority => Self::Priority,
            Letter::Booked => Self::Booked,
            Letter::Returned => Self::Returned,
            Letter::WalkIn | Letter::Enterprise => Self::Ordinary,
        }
    }
}

impl Queue {
    /// The ticket that is called to this counter now.
    #[must_use]
    pub fn at(&self, counter: u16) -> Option<&Ticket> {
        let here = |ticket: &&Ticket| {
            ticket.state == TicketState::Called && ticket.counter == Some(counter)
        };
        self.tickets.iter().find(here)
    }

    /// Calls the next one to a counter; None when nobody waits for it.
    ///
    /// `after` is the ticket the clerk has finished with; it is done. Where another one is called to the counter
    /// already, that one is answered again: an answer that was lost must not lose a person.
    pub fn next(
        &mut self,
        counter: u16,
        after: Option<TicketNumber>,
        now: Timestamp,
        policy: &HallPolicy,
    ) -> Option<TicketNumber> {
        if let Some(here) = self.at(counter).map(|ticket| ticket.number) {
            if after != Some(here) {
                return Some(here);
            }
            // It is there: it was just found.
            let _ = self.done(counter);
        }
        let number = self.choose(counter, now, policy)?;
        let ticket = self
            .tickets
            .iter_mut()
            .find(|ticket| ticket.number == number)?;
        ticket.state = TicketState::Called;
        ticket.counter = Some(counter);
        ticket.calls = 1;
        ticket.back = None;
        self.called = self.called.saturating_add(1);
        Some(number)
    }

    /// Calls the same one again; how often it was called by now.
    ///
    /// # Errors
    /// [`CallError::Nobody`].
    pub fn recall(&mut self, counter: u16) -> Result<u32, CallError> {
        let ticket = self.called_to(counter)?;
        ticket.calls = ticket.calls.saturating_add(1);
        Ok(ticket.calls)
    }

    /// The matter is done.
    ///
    /// # Errors
    /// [`CallError::Nobody`].
    pub fn done(&mut self, counter: u16) -> Result<TicketNumber, CallError> {
        let ticket = self.called_to(counter)?;
        ticket.state = TicketState::Done;
        Ok(ticket.number)
    }

    /// Puts the ticket aside.
    ///
    /// # Errors
    /// [`CallError::Nobody`].
    pub fn park(&mut self, counter: u16) -> Result<TicketNumber, CallError> {
        let ticket = self.called_to(counter)?;
        ticket.state = TicketState::Parked;
        Ok(ticket.number)
    }

    /// Sends the ticket to another counter, which calls it before all others.
    ///
    /// # Errors
    /// [`CallError::Nobody`]; [`CallError::SameCounter`].
    pub fn forward(&mut self, counter: u16, to: u16) -> Result<TicketNumber, CallError> {
        if counter == to {
            return Err(CallError::SameCounter);
        }
        let ticket = self.called_to(counter)?;
        ticket.state = TicketState::Waiting;
        ticket.counter = None;
        ticket.wanted = Some(to);
        ticket.calls = 0;
        Ok(ticket.number)
    }

    /// Nobody came: some places back the first time, cancelled the second.
    ///
    /// # Errors
    /// [`CallError::Nobody`]; [`CallError::TooFewCalls`].
    pub fn missed(
        &mut self,
        counter: u16,
        policy: &HallPolicy,
    ) -> Result<(TicketNumber, TicketState), CallError> {
        let back = self.called.saturating_add(u64::from(policy.back_places));
        let ticket = self.called_to(counter)?;
        if ticket.calls < policy.calls {
            return Err(CallError::TooFewCalls {
                calls: ticket.calls,
                needed: policy.calls,
            });
        }
        if ticket.missed {
            ticket.state = TicketState::Cancelled;
        } else {
            ticket.state = TicketState::Waiting;
            ticket.counter = None;
            ticket.calls = 0;
            ticket.back = Some(back);
            ticket.missed = true;
        }
        Ok((ticket.number, ticket.state))
    }

    /// Takes a parked or cancelled ticket back: a parked one at its old place, a cancelled one behind all others.
    ///
    /// # Errors
    /// [`CallError::NoTicket`]; [`CallError::NotAway`].
    pub fn readmit(&mut self, number: TicketNumber, now: Timestamp) -> Result<(), CallError> {
        let mut tickets = self.tickets.iter_mut();
        let ticket = tickets
            .find(|ticket| ticket.number == number)
            .ok_or(CallError::NoTicket)?;
        match ticket.state {
            TicketState::Parked => {}
            TicketState::Cancelled => ticket.queued = now.max(ticket.queued),
            TicketState::Waiting | TicketState::Called | TicketState::Done => {
                return Err(CallError::NotAway(ticket.state));
            }
        }
        ticket.state = TicketState::Waiting;
        ticket.counter = None;
        ticket.calls = 0;
        Ok(())
    }

    /// How many who wait are before this ticket, were nobody else to come and no bound in the way.
    #[must_use]
    pub fn ahead(&self, number: TicketNumber) -> usize {
        let place = |ticket: &Ticket| (Lane::of(ticket.number.letter), order(ticket));
        let Some(own) = self.tickets.iter().find(|ticket| ticket.number == number) else {
            return 0;
        };
        let own = place(own);
        let waits = |ticket: &&Ticket| {
            ticket.state == TicketState::Waiting && ticket.wanted.is_none() && place(ticket) < own
        };
        self.tickets.iter().filter(waits).count()
    }

    fn called_to(&mut self, counter: u16) -> Result<&mut Ticket, CallError> {
        let here = |ticket: &&mut Ticket| {
            ticket.state == TicketState::Called && ticket.counter == Some(counter)
        };
        self.tickets.iter_mut().find(here).ok_or(CallError::Nobody)
    }

    /// Whom this counter calls: what was forwarded to it, then by lanes. Who was missed is passed over as long as others
    /// wait.
    fn choose(
        &mut self,
        counter: u16,
        now: Timestamp,
        policy: &HallPolicy,
    ) -> Option<TicketNumber> {
        for all in [false, true] {
            if let Some(number) = self.forwarded(counter, all) {
                return Some(number);
            }
            if let Some((number, run)) = self.by_lane(all, now, policy) {
                self.run = run;
                return Some(number);
            }
        }
        None
    }

    fn forwarded(&self, counter: u16, all: bool) -> Option<TicketNumber> {
        let wanted = |ticket: &&Ticket| {
            ticket.state == TicketState::Waiting
                && ticket.wanted == Some(counter)
                && (all || self.is_up(ticket))
        };
        let tickets = self.tickets.iter().filter(wanted);
        tickets
            .min_by_key(|ticket| order(ticket))
            .map(|ticket| ticket.number)
    }

    fn is_up(&self, ticket: &Ticket) -> bool {
        ticket.back.is_none_or(|back| back <= self.called)
    }

    fn by_lane(
        &self,
        all: bool,
        now: Timestamp,
        policy: &HallPolicy,
    ) -> Option<(TicketNumber, Run)> {
        let first = |lane: Lane| {
            self.tickets
                .iter()
                .filter(|ticket| ticket.state == TicketState::Waiting && ticket.wanted.is_none())
                .filter(|ticket| Lane::of(ticket.number.letter) == lane && ticket.queued <= now)
                .filter(|ticket| all || self.is_up(ticket))
                .min_by_key(|ticket| order(ticket))
                .map(|ticket| ticket.number)
        };
        let favoured = first(Lane::Priority).or_else(|| first(Lane::Booked));
        let (returned, ordinary) = (first(Lane::Returned), first(Lane::Ordinary));
        let run = self.run;
        let full = run.favoured >= policy.favoured_in_a_row;
        let turn = full && (returned.is_some() || ordinary.is_some());
        if let Some(number) = favoured.filter(|_| !turn) {
            let favoured = run.favoured.saturating_add(1);
            return Some((number, Run { favoured, ..run }));
        }
        // In a turn that the bound made, one R goes before the A or E: else either could wait for ever.
        let had_its_turn = full && run.returned > 0 && ordinary.is_some();
        if let Some(number) = returned.filter(|_| !had_its_turn) {
            let run = if ordinary.is_none() {
                Run::default()
            } else if full {
                let returned = run.returned.saturating_add(1);
                Run { returned, ..run }
            } else {
                run
            };
            return Some((number, run));
        }
        ordinary.map(|number| (number, Run::default()))
    }
}

/// Within a lane: by the time it came, then by its number.
fn order(ticket: &Ticket) -> (Timestamp, u32, TicketNumber) {
    (ticket.queued, ticket.number.number, ticket.number)
}
