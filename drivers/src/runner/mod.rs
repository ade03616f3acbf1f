//! Opens, identifies, runs and heals one device on a thread of its own.
//!
//! A device is only used after it said who it is. When it fails, the runner climbs a
//! ladder ([`Recovery`]): ask it again on the same line; close and reopen with growing,
//! jittered pauses of up to 8 s; the device's own reset command; the power of its port,
//! where a hook can switch it; and then it counts as broken, and is tried for ever all the
//! same. Every pause is a wait on the command channel, so a stop or a command ends it at
//! once, and so does the device's node appearing.

mod arrival;
mod cancel;
mod climb;
mod fault;
mod health;
pub(crate) mod jobs;
mod ladder;
mod line;
#[cfg(all(test, feature = "simulator"))]
mod logged;
mod power;
mod recovery;
#[cfg(all(test, feature = "simulator"))]
pub(crate) mod room;
#[cfg(all(test, feature = "simulator"))]
mod tests;
mod thread;
mod upkeep;
#[cfg(all(test, feature = "simulator"))]
pub(crate) mod waiting;

pub use cancel::CancelToken;
pub use fault::{Fault, FaultKind};
pub use health::{Condition, Counters, Health, HealthState, Level, Supply};
pub use ladder::Ladder;
pub use line::{Line, Opener};
pub use power::PowerSwitch;
pub use recovery::{Recovery, Rung};
pub use thread::{DeviceThread, start, start_on};
pub use upkeep::Upkeep;

use std::time::Duration;

use crate::transport::Transport;

/// How often a thread that waits looks whether something else has happened.
const LOOK: Duration = Duration::from_millis(100);

/// Who a device said it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// What it calls itself: the reader's SAM id, the printer's model.
    pub name: String,
    /// Firmware or serial number where the device tells; `None` when it does not.
    pub detail: Option<String>,
}

/// What a device's thread tells the rest of the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Report<E> {
    /// The device answered and is now used.
    Identified(Identity),
    /// The device's health changed.
    Health(Health),
    /// Something the driver has to say.
    Event(E),
}

/// The behaviour of one kind of device; it blocks, and keeps no thread of its own.
pub trait Driver: Send {
    /// What the driver can be told to do.
    type Command: Send + 'static;
    /// What the driver has to say.
    type Event: Send + 'static;

    /// Asks the device who it is and brings it into a known state; called on every newly
    /// opened line, and again after a fault that left the line open.
    ///
    /// # Errors
    /// [`Fault`] when nobody answers, or somebody else does.
    fn identify(&mut self, line: &mut dyn Transport) -> Result<Identity, Fault>;

    /// Does one round: polls the device or carries out a command, and waits for the next
    /// round by reading the line until its time. A round in which nothing happens takes at
    /// most some hundred milliseconds, because commands are looked for between rounds.
    ///
    /// # Errors
    /// [`Fault`] when the device cannot be used any further as it is.
    fn step(
        &mut self,
        line: &mut dyn Transport,
        commands: &mut dyn FnMut() -> Option<Self::Command>,
        emit: &mut dyn FnMut(Self::Event),
    ) -> Result<(), Fault>;

    /// Sends the device's own reset command on an open line, when asking again and reopening
    /// did not help; `Ok(false)` when the device has none. It is identified afterwards.
    ///
    /// # Errors
    /// [`Fault`] when the device did not take it.
    fn reset(&mut self, _line: &mut dyn Transport) -> Result<bool, Fault> {
        Ok(false)
    }

    /// What the driver counts, by stable names, since it was made.
    fn counters(&self) -> Vec<(&'static str, u64)> {
        Vec::new()
    }

    /// How the device is while it works; looked at after every round.
    fn condition(&self) -> Condition {
        Condition::ONLINE
    }

    /// Is told that a round or an identification failed with `fault`, to withdraw what no
    /// longer holds.
    fn failed(&mut self, fault: &Fault, emit: &mut dyn FnMut(Self::Event));

    /// Answers a command that came while the device cannot be reached.
    fn refuse(&mut self, command: Self::Command, fault: &Fault, emit: &mut dyn FnMut(Self::Event));
}
