//! What a reader has to say.

use super::card::Card;
use super::exchange::ExchangeError;
use super::protocol::sam_id::SamId;
use super::protocol::status::Status;
use super::protocol::words::{self, Words};
use crate::runner::{Fault, FaultKind};

/// The key of the fault of a module that is not the one pinned.
pub(super) const OTHER_MODULE: &str = "other_module";

/// What a reader has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReaderEvent {
    /// The number of the module found; said also of one that is not used because another is pinned.
    SamId(SamId),
    /// A card was put and read whole.
    Card(Box<Card>),
    /// The card told of (read or failed) is gone.
    Removed,
    /// A card that cannot be read, or a reader that cannot read.
    Fault(ReaderFault),
}

/// What is wrong with the card or the reader.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {detail}", kind.name())]
pub struct ReaderFault {
    /// What kind of trouble.
    pub kind: ReaderFaultKind,
    /// What was being done, such as `read card`, or the key of the device's fault.
    pub detail: String,
    /// SW3, where the module said one.
    pub sw3: Option<u8>,
}

/// The kinds of trouble, in the words of what to do about them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReaderFaultKind {
    /// Reading failed or broke off: lift the card and put it back.
    ReadFailed,
    /// The card cannot be selected: perhaps two lie there.
    SelectFailed,
    /// Card and module did not accept each other: put it again; accuse nobody.
    NotAccepted,
    /// A card of another kind.
    UnsupportedCard,
    /// The module refused the command or answered something unknown.
    Refused,
    /// The module's self-test failed, it is not authorised, or it is not the one pinned: out
    /// of service.
    OutOfService,
    /// The reader does not answer, or not in its language.
    NoAnswer,
    /// The line to the reader is gone.
    Unplugged,
}

impl ReaderFaultKind {
    /// The stable name, as in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ReadFailed => "read_failed",
            Self::SelectFailed => "select_failed",
            Self::NotAccepted => "not_accepted",
            Self::UnsupportedCard => "unsupported_card",
            Self::Refused => "refused",
            Self::OutOfService => "out_of_service",
            Self::NoAnswer => "no_answer",
            Self::Unplugged => "unplugged",
        }
    }
}

impl ReaderFault {
    pub(super) fn new(kind: ReaderFaultKind, detail: &str) -> Self {
        Self {
            kind,
            detail: detail.to_owned(),
            sw3: None,
        }
    }

    pub(super) fn status(kind: ReaderFaultKind, detail: &str, status: Status) -> Self {
        Self {
            sw3: Some(status.into()),
            ..Self::new(kind, detail)
        }
    }

    /// What to tell resident and technician.
    #[must_use]
    pub fn words(&self) -> Words {
        if let Some(sw3) = self.sw3 {
            return Status::from(sw3).words();
        }
        match self.kind {
            ReaderFaultKind::Unplugged => words::UNPLUGGED,
            ReaderFaultKind::NoAnswer => words::NO_ANSWER,
            ReaderFaultKind::OutOfService if self.detail == OTHER_MODULE => words::OTHER_MODULE,
            ReaderFaultKind::OutOfService => Status::SelfTestFailed.words(),
            ReaderFaultKind::ReadFailed => words::BROKEN_OFF,
            ReaderFaultKind::SelectFailed => Status::SelectFailed.words(),
            ReaderFaultKind::NotAccepted => Status::CardRefusedModule.words(),
            ReaderFaultKind::UnsupportedCard => Status::UnsupportedCard.words(),
            ReaderFaultKind::Refused => Status::BadCommand.words(),
        }
    }

    /// The device's fault in the words of the reader.
    pub(super) fn of_device(fault: &Fault) -> Self {
        let kind = match fault.kind {
            FaultKind::Absent | FaultKind::Refused | FaultKind::LineLost => {
                ReaderFaultKind::Unplugged
            }
            FaultKind::NoAnswer | FaultKind::Garbled | FaultKind::WrongDevice => {
                ReaderFaultKind::NoAnswer
            }
            FaultKind::OutOfService | FaultKind::NeedsHand | FaultKind::Suspicious => {
                ReaderFaultKind::OutOfService
            }
        };
        let cause = fault.source.as_ref();
        let sw3 = match cause.and_then(|cause| cause.downcast_ref::<ExchangeError>()) {
            Some(ExchangeError::Status(status)) => Some(u8::from(*status)),
            Some(_) | None => None,
        };
        Self {
            kind,
            detail: fault.key.to_string(),
            sw3,
        }
    }

    /// The fault of one exchange, for whoever asked for it.
    pub(super) fn of_exchange(error: &ExchangeError, doing: &str) -> Self {
        match error {
            ExchangeError::Status(status) => Self::status(kind_of(*status), doing, *status),
            ExchangeError::Silence | ExchangeError::Garbled => {
                Self::new(ReaderFaultKind::NoAnswer, doing)
            }
            ExchangeError::Line(_) => Self::new(ReaderFaultKind::Unplugged, doing),
        }
    }
}

/// What kind of trouble a status is that is no success.
pub(super) fn kind_of(status: Status) -> ReaderFaultKind {
    match status {
        Status::ReadFailed | Status::NoCard | Status::RandomFailed => ReaderFaultKind::ReadFailed,
        Status::SelectFailed => ReaderFaultKind::SelectFailed,
        Status::CardRefusedModule | Status::ModuleRefusedCard | Status::VerificationFailed => {
            ReaderFaultKind::NotAccepted
        }
        Status::UnsupportedCard => ReaderFaultKind::UnsupportedCard,
        Status::SelfTestFailed | Status::NotAuthorised => ReaderFaultKind::OutOfService,
        Status::Success
        | Status::Found
        | Status::NotOnCard
        | Status::WrongChecksum
        | Status::WrongLength
        | Status::BadCommand
        | Status::NotAllowed
        | Status::UnknownError
        | Status::Other(_) => ReaderFaultKind::Refused,
    }
}

impl ReaderEvent {
    /// The event as `kiosk device watch id-card` prints it; `None` for those it does not.
    #[must_use]
    pub fn to_json(&self, reveal: bool) -> Option<serde_json::Value> {
        match self {
            Self::SamId(_) => None,
            Self::Card(card) => Some(card.to_json(reveal)),
            Self::Removed => Some(serde_json::json!({"event": "removed"})),
            Self::Fault(fault) => Some(serde_json::json!({
                "event": "fault",
                "kind": fault.kind.name(),
                "detail": fault.detail,
                "status": fault.sw3.map(|byte| format!("{byte:02X}")),
            })),
        }
    }
}
