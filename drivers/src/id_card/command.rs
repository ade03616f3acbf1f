//! What a reader can be told beside reading what is put on it: the technician's commands.

use std::fmt;
use std::sync::mpsc::Sender;

use zeroize::Zeroizing;

use super::event::ReaderFault;

/// Where the answer to a command goes. Nobody waiting for it is no error.
pub type Reply<T> = Sender<Result<T, ReaderFault>>;

/// What a reader can be told.
#[derive(Debug)]
pub enum ReaderCommand {
    /// From the next card on, read the fingerprints too, or no longer. Only where a rule
    /// of the item asks for them; off at start and never logged.
    WantFingerprint(bool),
    /// Read the management number of the card that lies there and was read.
    ReadManagementNumber(Reply<ManagementNumber>),
    /// Reset the module; a card on it counts as newly put.
    ResetModule(Reply<()>),
    /// Set the module's line speed in bits per second, kept over power-off, and follow it.
    SetSpeed {
        /// One of [`super::protocol::commands::SPEEDS`].
        baud: u32,
        /// Told once the module answered at the new speed.
        reply: Reply<()>,
    },
    /// Set the most bytes per frame between module and antenna.
    SetRadioFrame {
        /// Bytes per frame; the allowed range is not published.
        bytes: u8,
        /// Told once the module took it.
        reply: Reply<()>,
    },
}

impl ReaderCommand {
    /// Answers the command with `fault`.
    pub(super) fn refuse(self, fault: ReaderFault) {
        // Whoever asked may have stopped waiting.
        let _ = match self {
            Self::WantFingerprint(_) => return,
            Self::ReadManagementNumber(reply) => reply.send(Err(fault)).is_ok(),
            Self::ResetModule(reply)
            | Self::SetSpeed { reply, .. }
            | Self::SetRadioFrame { reply, .. } => reply.send(Err(fault)).is_ok(),
        };
    }
}

/// The management number of a card: 28 bytes that nobody outside the police interprets.
#[derive(Clone, PartialEq, Eq)]
pub struct ManagementNumber(pub(super) Zeroizing<[u8; 28]>);

impl ManagementNumber {
    /// The bytes as they stand on the chip (IIN, SN and DN).
    #[must_use]
    pub fn bytes(&self) -> &[u8; 28] {
        &self.0
    }
}

impl fmt::Debug for ManagementNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ManagementNumber([redacted])")
    }
}
