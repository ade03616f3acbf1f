//! Ending work that blocks, from another thread.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Ends a job from another thread: the waiting one wakes at once. Clones share one state.
#[derive(Debug, Clone, Default)]
pub struct CancelToken {
    shared: Arc<(Mutex<bool>, Condvar)>,
}

impl CancelToken {
    /// Cancels, for ever.
    pub fn cancel(&self) {
        let (cancelled, wake) = &*self.shared;
        *cancelled.lock().unwrap_or_else(PoisonError::into_inner) = true;
        wake.notify_all();
    }

    /// Whether it was cancelled.
    pub fn is_cancelled(&self) -> bool {
        *self.shared.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for `pause`, or less when cancelled meanwhile; true when cancelled.
    pub fn wait(&self, pause: Duration) -> bool {
        let (cancelled, wake) = &*self.shared;
        let until = Instant::now() + pause;
        let mut guard = cancelled.lock().unwrap_or_else(PoisonError::into_inner);
        while !*guard {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            guard = wake
                .wait_timeout(guard, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        true
    }
}
