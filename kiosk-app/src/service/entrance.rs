//! The entrance: counts a try on disk, then compares it.

use std::time::Duration;

use kiosk_core::service::PinAnswer;

use super::lock::Lockout;
use super::pin::PinHashError;
use crate::store::{Store, StoreError};

/// Why a try was not compared.
#[derive(Debug, thiserror::Error)]
pub(super) enum EntranceError {
    /// The tries could not be read or counted.
    #[error("checking the service PIN")]
    Store(#[from] StoreError),
    /// The hash could not be compared.
    #[error("checking the service PIN")]
    Hash(#[from] PinHashError),
}

/// The entrance of one running program.
pub(super) struct Entrance {
    store: Store,
    /// When the last wrong try was, in time since start. The start itself counts as one: a power
    /// cut in a lock-out begins the lock-out anew, whatever the clock on the wall says.
    locked_from: Duration,
}

impl Entrance {
    pub(super) fn new(store: Store, now: Duration) -> Self {
        Self {
            store,
            locked_from: now,
        }
    }

    /// Whether a PIN is taken at `now`.
    pub(super) fn stands(&self, now: Duration) -> Result<PinAnswer, StoreError> {
        let answer =
            self.store
                .pin()?
                .map_or(PinAnswer::NoneSet, |pin| match Lockout::after(pin.tries) {
                    Lockout::Open { .. } => PinAnswer::Ask,
                    Lockout::Hard => PinAnswer::LockedHard,
                    Lockout::For(time) => match (self.locked_from + time).saturating_sub(now) {
                        Duration::ZERO => PinAnswer::Ask,
                        left => PinAnswer::Locked {
                            seconds: seconds(left),
                        },
                    },
                });
        Ok(answer)
    }

    /// Compares `typed` by `verify` (hash first), at `now` and while the entrance is open.
    ///
    /// # Errors
    /// [`EntranceError`]; then nobody is let in.
    pub(super) fn check(
        &mut self,
        typed: &str,
        now: Duration,
        verify: impl FnOnce(&str, &str) -> Result<bool, PinHashError>,
    ) -> Result<PinAnswer, EntranceError> {
        let standing = self.stands(now)?;
        let Some(pin) = self.store.pin()? else {
            return Ok(standing);
        };
        if standing != PinAnswer::Ask {
            return Ok(standing);
        }
        let tries = self.store.count_pin_try()?;
        self.locked_from = now;
        if verify(&pin.hash, typed)? {
            self.store.clear_pin_tries()?;
            return Ok(PinAnswer::Right);
        }
        Ok(match Lockout::after(tries) {
            Lockout::Open { left } => PinAnswer::Wrong {
                left: u8::try_from(left).unwrap_or(u8::MAX),
            },
            Lockout::For(time) => PinAnswer::Locked {
                seconds: seconds(time),
            },
            Lockout::Hard => PinAnswer::LockedHard,
        })
    }
}

/// Whole seconds, rounded up.
fn seconds(time: Duration) -> u32 {
    u32::try_from(time.as_millis().div_ceil(1000)).unwrap_or(u32::MAX)
}
