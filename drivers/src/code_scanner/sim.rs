//! A scanner module that exists as a program and speaks the bytes of a real one.

use std::time::Duration;

use super::trigger::Family;
use crate::transport::outgoing::Outgoing;
use crate::transport::simulated::SimulatedDevice;

/// How the scanner is told to misbehave; the default is a good scanner.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Faults {
    /// Thinks so long before it sends a code.
    pub delay: Duration,
    /// Thinks so long before it answers a command.
    pub reply_delay: Duration,
    /// Sends every code in pieces of so many bytes; 0 = whole.
    pub split: usize,
    /// Waits so long between pieces.
    pub split_gap: Duration,
    /// Sends these bytes before every code.
    pub garbage: Vec<u8>,
    /// Sends so many bytes of a code and no more; `None` = all.
    pub break_off: Option<usize>,
    /// Does not answer commands, and does not carry them out.
    pub deaf: bool,
    /// Sends a code held before it again and again, this far apart; `None` = once.
    pub again: Option<Duration>,
}

/// The simulated scanner.
pub struct SimScanner {
    /// How it misbehaves.
    pub faults: Faults,
    family: Option<Family>,
    suffix: Vec<u8>,
    looking: bool,
    held: Option<Vec<u8>>,
    /// When the held code is seen next.
    next_look: Duration,
    commands: Vec<u8>,
    triggered: u64,
    outgoing: Outgoing,
}

/// Command bytes kept at most, twice the longest command.
const MAX_COMMAND: usize = 18;

impl SimScanner {
    /// A scanner of `family` that ends its codes with `suffix`; without a family it always
    /// looks for codes.
    #[must_use]
    pub fn new(family: Option<Family>, suffix: &[u8]) -> Self {
        Self {
            faults: Faults::default(),
            family,
            suffix: suffix.to_owned(),
            looking: family.is_none(),
            held: None,
            next_look: Duration::ZERO,
            commands: Vec::new(),
            triggered: 0,
            outgoing: Outgoing::default(),
        }
    }

    /// Holds a code before the window.
    pub fn show(&mut self, payload: &[u8]) {
        self.held = Some(payload.to_owned());
        self.next_look = Duration::ZERO;
    }

    /// Takes the code away.
    pub fn take_away(&mut self) {
        self.held = None;
    }

    /// How often it was triggered.
    #[must_use]
    pub fn triggered(&self) -> u64 {
        self.triggered
    }

    /// Whether its light is on.
    #[must_use]
    pub fn looking(&self) -> bool {
        self.looking
    }

    fn obey(&mut self, now: Duration, family: Family) {
        let ends = |commands: &[u8], command: &[u8]| commands.ends_with(command);
        let trigger = ends(&self.commands, family.trigger());
        if !trigger && !ends(&self.commands, family.stop()) {
            return;
        }
        self.commands.clear();
        if self.faults.deaf {
            return;
        }
        self.looking = trigger;
        self.triggered += u64::from(trigger);
        self.next_look = now;
        let reply: &[u8] = match family {
            Family::Honeywell => &[],
            Family::Newland => &[0x06],
            Family::Gm65 => Family::GM65_DONE,
        };
        if !reply.is_empty() {
            self.outgoing.push(now + self.faults.reply_delay, reply);
        }
    }

    fn say(&mut self, now: Duration, payload: &[u8]) {
        let mut bytes = self.faults.garbage.clone();
        bytes.extend_from_slice(payload);
        bytes.extend_from_slice(&self.suffix);
        if let Some(most) = self.faults.break_off {
            bytes.truncate(most);
        }
        let size = if self.faults.split == 0 {
            bytes.len().max(1)
        } else {
            self.faults.split
        };
        let mut due = now + self.faults.delay;
        for piece in bytes.chunks(size) {
            self.outgoing.push(due, piece);
            due += self.faults.split_gap;
        }
    }

    fn sees(&self) -> bool {
        self.looking && self.held.is_some()
    }
}

impl SimulatedDevice for SimScanner {
    fn receive(&mut self, now: Duration, bytes: &[u8]) {
        let Some(family) = self.family else {
            return;
        };
        for byte in bytes {
            self.commands.push(*byte);
            if self.commands.len() > MAX_COMMAND {
                self.commands.remove(0);
            }
            self.obey(now, family);
        }
    }

    fn next_due(&self) -> Option<Duration> {
        let speech = self.outgoing.next_due();
        let look = self.sees().then_some(self.next_look);
        [speech, look].into_iter().flatten().min()
    }

    fn poll(&mut self, now: Duration) -> Vec<u8> {
        if self.sees() && self.next_look <= now {
            let payload = self.held.clone().unwrap_or_default();
            self.say(now, &payload);
            match self.faults.again {
                Some(pause) => self.next_look = now + pause,
                None => self.held = None,
            }
            // A triggered module looks until it has seen one code.
            self.looking = self.family.is_none() || self.faults.again.is_some();
        }
        self.outgoing.take(now)
    }
}
