//! The line to a device: how it is opened, where it appears, how its port is switched.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::arrival::Place;
use super::power::{PortPower, PowerSwitch};
use crate::selector::Selector;
use crate::transport::{self, LineSettings, Transport, TransportError};

/// Opens a device's line anew; called once per attempt.
pub type Opener = Box<dyn FnMut() -> Result<Box<dyn Transport>, TransportError> + Send>;

/// The longest a read or write goes on without looking whether the thread is to stop.
const STOP_STEP: Duration = Duration::from_millis(100);

/// How a device is reached.
pub struct Line {
    pub(super) open: Opener,
    pub(super) place: Option<Place>,
    pub(super) power: Option<PortPower>,
}

impl Line {
    /// Reached by `open` alone: no hot plug, no power switch.
    #[must_use]
    pub fn new(open: Opener) -> Self {
        Self {
            open,
            place: None,
            power: None,
        }
    }

    /// The byte stream at `selector`, looked for at once when its device node appears.
    #[must_use]
    pub fn at(selector: &Selector, settings: LineSettings) -> Self {
        let named = selector.clone();
        let open = move || transport::open(&named, settings);
        Self::opened_by(Box::new(open), selector)
    }

    /// What `open` opens, looked for at once when the device node of `selector` appears; a
    /// selector without one is only opened.
    #[must_use]
    pub fn opened_by(open: Opener, selector: &Selector) -> Self {
        Self {
            open,
            place: Place::of(selector),
            power: None,
        }
    }

    /// With a hook that switches the port's power, the last rung before a device counts as
    /// broken.
    #[must_use]
    pub fn with_power_switch(mut self, power: PowerSwitch) -> Self {
        self.power = Some(PortPower::new(power));
        self
    }
}

/// A line on which a long wait ends when the thread is to stop.
pub(super) struct StoppableLine {
    pub(super) line: Box<dyn Transport>,
    pub(super) stop: Arc<AtomicBool>,
}

impl StoppableLine {
    pub(super) fn check_stop(&self, operation: &'static str) -> Result<(), TransportError> {
        if self.stop.load(Ordering::SeqCst) {
            return Err(TransportError {
                operation,
                device: "stopped".to_owned(),
                source: io::ErrorKind::Interrupted.into(),
            });
        }
        Ok(())
    }

    /// The next moment to look at the stop flag, not after `deadline`.
    fn step(&self, deadline: Duration) -> Duration {
        (self.line.now() + STOP_STEP).min(deadline)
    }
}

impl Transport for StoppableLine {
    fn now(&self) -> Duration {
        self.line.now()
    }

    fn read(&mut self, buffer: &mut [u8], deadline: Duration) -> Result<usize, TransportError> {
        loop {
            self.check_stop("read")?;
            let step = self.step(deadline);
            let count = self.line.read(buffer, step)?;
            if count > 0 || step >= deadline {
                return Ok(count);
            }
        }
    }

    fn write(&mut self, bytes: &[u8], deadline: Duration) -> Result<usize, TransportError> {
        let mut written = 0;
        loop {
            self.check_stop("write")?;
            let step = self.step(deadline);
            written += self
                .line
                .write(bytes.get(written..).unwrap_or_default(), step)?;
            if written >= bytes.len() || step >= deadline {
                return Ok(written);
            }
        }
    }

    fn set_speed(&mut self, baud: u32) -> Result<bool, TransportError> {
        self.line.set_speed(baud)
    }
}
