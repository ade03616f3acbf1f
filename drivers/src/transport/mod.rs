//! The byte stream between a driver and its device, with the clock the driver lives by.
//!
//! Time is the transport's: on the in-memory transport a test moves it by hand, so no
//! test sleeps; on a serial line or a socket it is the machine's monotonic clock.

use std::time::Duration;

/// A byte stream to one device.
pub trait Transport: Send {
    /// Monotonic time since an arbitrary origin.
    fn now(&self) -> Duration;

    /// Reads what is there into `buffer`, waiting until `deadline` at most.
    ///
    /// Returns as soon as at least one byte has come; `Ok(0)` means the deadline passed
    /// without a byte. A deadline already past reads what is there without waiting.
    ///
    /// # Errors
    /// [`TransportError`] when the line is gone (unplugged, closed, reset).
    fn read(&mut self, buffer: &mut [u8], deadline: Duration) -> Result<usize, TransportError>;

    /// Hands `bytes` over, waiting for the device's flow control until `deadline` at most.
    ///
    /// Returns how many bytes were handed over, fewer than given when the deadline passed.
    ///
    /// # Errors
    /// [`TransportError`] when the line is gone; bytes handed over before are then unknown to the device.
    fn write(&mut self, bytes: &[u8], deadline: Duration) -> Result<usize, TransportError>;
}

/// Why a byte stream could not be opened or used any further.
#[derive(Debug, thiserror::Error)]
#[error("{operation} on {device} failed")]
pub struct TransportError {
    /// What was tried: `open`, `read` or `write`.
    pub operation: &'static str,
    /// The device's selector, as in the configuration.
    pub device: String,
    /// The system's reason.
    #[source]
    pub source: std::io::Error,
}
