//! Why a device cannot be used, in the words of the recovery ladder.

use std::borrow::Cow;
use std::error::Error;
use std::io::ErrorKind;

use super::health::{Condition, HealthState};
use crate::transport::TransportError;

/// What kind of trouble a device is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// The line could not be opened: there is no such device.
    Absent,
    /// The line could not be opened: taken by another program, or not permitted.
    Refused,
    /// The line broke while in use: unplugged, reset, closed.
    LineLost,
    /// The line is open and nobody answers in time.
    NoAnswer,
    /// Answers that make no sense.
    Garbled,
    /// Another device than expected answered.
    WrongDevice,
    /// The device says of itself that it cannot work.
    OutOfService,
    /// A device that vouches for something is not the one it was: somebody may have swapped it.
    Suspicious,
    /// The device needs a hand (paper, cover) before it goes on.
    NeedsHand,
}

impl FaultKind {
    /// Whether asking again on the same line can help.
    #[must_use]
    pub fn line_usable(self) -> bool {
        match self {
            Self::Absent | Self::Refused | Self::LineLost => false,
            Self::NoAnswer
            | Self::Garbled
            | Self::WrongDevice
            | Self::OutOfService
            | Self::Suspicious
            | Self::NeedsHand => true,
        }
    }

    /// The health this kind of fault shows as.
    #[must_use]
    pub fn state(self) -> HealthState {
        match self {
            Self::Absent => HealthState::NoDevice,
            Self::Refused | Self::LineLost | Self::NoAnswer | Self::Garbled => HealthState::Offline,
            Self::WrongDevice | Self::OutOfService => HealthState::HardwareError,
            Self::Suspicious => HealthState::PotentialFraud,
            Self::NeedsHand => HealthState::UserError,
        }
    }

    /// The key technicians read, unless the driver has a better one.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Refused => "refused",
            Self::LineLost => "unplugged",
            Self::NoAnswer => "no_answer",
            Self::Garbled => "garbled",
            Self::WrongDevice => "wrong_device",
            Self::OutOfService => "out_of_service",
            Self::Suspicious => "suspicious",
            Self::NeedsHand => "needs_hand",
        }
    }
}

/// Why a device cannot be used as it is.
#[derive(Debug, thiserror::Error)]
#[error("{operation}: {key}")]
pub struct Fault {
    /// What kind of trouble.
    pub kind: FaultKind,
    /// Key of the trouble for health and logs, such as `no_answer` or `not_authorised`.
    pub key: Cow<'static, str>,
    /// What was being done, such as `read SAM id`.
    pub operation: &'static str,
    /// The cause underneath, where there is one.
    #[source]
    pub source: Option<Box<dyn Error + Send + Sync>>,
}

impl Fault {
    /// A fault of `kind` while doing `operation`, with the kind's own key.
    #[must_use]
    pub fn new(kind: FaultKind, operation: &'static str) -> Self {
        Self {
            kind,
            key: Cow::Borrowed(kind.key()),
            operation,
            source: None,
        }
    }

    /// The same fault under a more exact `key`.
    #[must_use]
    pub fn with_key(mut self, key: impl Into<Cow<'static, str>>) -> Self {
        self.key = key.into();
        self
    }

    /// The same fault with what caused it.
    #[must_use]
    pub fn because(mut self, source: impl Error + Send + Sync + 'static) -> Self {
        self.source = Some(Box::new(source));
        self
    }

    /// The fault of a line that could not be opened.
    #[must_use]
    pub fn opening(error: TransportError) -> Self {
        let (kind, key) = match error.source.kind() {
            ErrorKind::NotFound | ErrorKind::ConnectionRefused => (FaultKind::Absent, "absent"),
            ErrorKind::PermissionDenied => (FaultKind::Refused, "permission_denied"),
            ErrorKind::ResourceBusy => (FaultKind::Refused, "taken"),
            // ENXIO and ENODEV: the node is there and the device behind it is not.
            _ if matches!(error.source.raw_os_error(), Some(6 | 19)) => {
                (FaultKind::Absent, "absent")
            }
            _ => (FaultKind::Refused, "refused"),
        };
        Self::new(kind, "open").with_key(key).because(error)
    }

    /// How the device's health shows this fault.
    #[must_use]
    pub fn condition(&self) -> Condition {
        Condition {
            state: self.kind.state(),
            detail: self.key.clone(),
            supplies: Vec::new(),
        }
    }
}

impl From<TransportError> for Fault {
    fn from(error: TransportError) -> Self {
        Self::new(FaultKind::LineLost, error.operation).because(error)
    }
}
