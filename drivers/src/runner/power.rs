//! The power of a device's port, switched without holding up a stop.

use std::io;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};

use super::LOOK;

/// Switches the power of a device's port off and on again. It blocks until the power is
/// back, some seconds at most; a hub that cannot switch has no such hook.
pub type PowerSwitch = Box<dyn FnMut() -> io::Result<()> + Send>;

/// A port whose power can be switched.
#[derive(Clone)]
pub(super) struct PortPower(Arc<Mutex<PowerSwitch>>);

impl PortPower {
    pub(super) fn new(switch: PowerSwitch) -> Self {
        Self(Arc::new(Mutex::new(switch)))
    }

    /// Switches the power off and on and waits until it is back; `None` when `stopped` said so
    /// meanwhile. Then the switching goes on to its end by itself: a port left off stays off.
    pub(super) fn cycle(&self, stopped: impl Fn() -> bool) -> Option<io::Result<()>> {
        let (done, ended) = mpsc::channel();
        let switch = Arc::clone(&self.0);
        let thread = std::thread::Builder::new().name("port-power".to_owned());
        let switching = thread.spawn(move || {
            let mut switch = switch.lock().unwrap_or_else(PoisonError::into_inner);
            // A thread that was stopped meanwhile no longer listens.
            let _ = done.send(switch());
        });
        if let Err(error) = switching {
            return Some(Err(error));
        }
        loop {
            match ended.recv_timeout(LOOK) {
                Ok(result) => return Some(result),
                Err(RecvTimeoutError::Timeout) if stopped() => return None,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    return Some(Err(io::Error::other("the switching ended by a fault")));
                }
            }
        }
    }
}
