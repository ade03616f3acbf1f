//! What goes wrong on a simulated wire and at the device behind it, in order: each entry
//! waits for the one before, and then for its time or for bytes that pass.

use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

/// Which way bytes travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// From the device to the host.
    #[default]
    ToHost,
    /// From the host to the device.
    ToDevice,
}

/// What happens to the bytes of one direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Spoil {
    /// The wire stands still for so long.
    Delay(Duration),
    /// The next so many bytes are lost.
    Drop(u32),
    /// The next bytes come with these bits turned, one mask a byte.
    Flip(Vec<u8>),
    /// These bytes come before all others.
    Garbage(Vec<u8>),
    /// From now on so many bytes come at once, with a pause behind them; 0 = as ever.
    Split(usize, Duration),
    /// All that is on its way is lost.
    Lose,
}

/// What happens to a line, whatever is at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineFault {
    /// Something happens to the bytes of one direction.
    Spoil(Way, Spoil),
    /// Both directions stand still for so long, as at a device that is busy with itself.
    Stuck(Duration),
    /// The plug is pulled.
    Unplug,
    /// The plug is put back.
    Replug,
}

/// What an entry waits for, counted from the entry before or from the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// So long.
    Time(Duration),
    /// So many bytes that way, as they arrive.
    Bytes(Way, u64),
}

/// One thing that happens.
pub enum Act<D> {
    /// To the line.
    Line(LineFault),
    /// To the device.
    Device(Box<dyn FnOnce(&mut D) + Send>),
}

impl<D> fmt::Debug for Act<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(fault) => write!(f, "{fault:?}"),
            Self::Device(_) => f.write_str("Device"),
        }
    }
}

/// What happens, in order.
#[derive(Debug)]
pub struct Plan<D> {
    entries: VecDeque<(Trigger, Vec<Act<D>>)>,
    /// When the first entry happens, if it waits for a time.
    pub(super) due: Option<Duration>,
}

impl<D> Default for Plan<D> {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl<D> Plan<D> {
    /// A plan of `entries`; what one of them does happens at once.
    #[must_use]
    pub fn new(entries: Vec<(Trigger, Vec<Act<D>>)>) -> Self {
        Self {
            entries: entries.into(),
            due: None,
        }
    }

    /// Whether everything has happened.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.entries.is_empty()
    }

    /// Makes the first entry wait from `now` on; returns the bytes it waits for, if it does.
    pub(super) fn arm(&mut self, now: Duration) -> Option<(Way, u64)> {
        let trigger = self.entries.front().map(|(trigger, _)| *trigger);
        self.due = match trigger {
            Some(Trigger::Time(time)) => Some(now.saturating_add(time)),
            Some(Trigger::Bytes(..)) | None => None,
        };
        match trigger {
            Some(Trigger::Bytes(way, count)) => Some((way, count)),
            Some(Trigger::Time(_)) | None => None,
        }
    }

    /// What the first entry does; it is gone then.
    pub(super) fn take(&mut self) -> Vec<Act<D>> {
        self.due = None;
        self.entries
            .pop_front()
            .map(|(_, acts)| acts)
            .unwrap_or_default()
    }
}
