//! The behaviour of a reader: polls, reads whole or not at all, notices removal.

use std::convert::Infallible;
use std::time::Duration;

use zeroize::Zeroize;

use super::card::Card;
use super::exchange::{Exchange, ExchangeError};
use super::protocol::commands::{
    FindCard, ReadCard, ReadNewestAddress, ReadSamId, ResetSam, SPEEDS, SamId, SamStatus,
    SelectCard,
};
use super::protocol::status::Status;
use super::protocol::text;
use crate::runner::{Driver, Fault, FaultKind, Identity};
use crate::transport::Transport;

/// From the end of one exchange to the next find, the makers' advice.
const POLL: Duration = Duration::from_millis(300);

/// Status requests at open, because the first bytes after power-up may be lost.
const FIRST_ASKS: u32 = 3;

/// Exchanges in a row without an answer until the reader counts as gone.
const PATIENCE: u32 = 3;

/// Selections in a row that may fail before somebody is told; one or two fail while a card
/// is being laid down.
const SELECTS: u32 = 3;

/// What a reader has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReaderEvent {
    /// The number of the module now in use.
    SamId(SamId),
    /// A card was put and read whole.
    Card(Box<Card>),
    /// The card told of (read or failed) is gone.
    Removed,
    /// A card that cannot be read, or a reader that cannot read.
    Fault(ReaderFault),
}

/// What is wrong with the card or the reader.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// The module's self-test failed or it is not authorised: out of service.
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

/// What lies on the reader, as far as known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Empty,
    /// A card that was read whole and told of.
    Read,
    /// A card that could not be read and was told of.
    Failed,
}

/// The driver of one reader.
pub struct CardReader {
    exchange: Exchange,
    field: Field,
    speed: Option<u32>,
    /// Told at the next step, because only a step can tell.
    sam_id: Option<SamId>,
    next_poll: Duration,
    /// Exchanges in a row without a usable answer.
    unanswered: u32,
    selects_failed: u32,
    /// A card was found and its reading broke off, in the exchange before this.
    interrupted: bool,
    /// The module knows no newest address, so a card is watched by reading it again.
    watch_by_reading: bool,
    /// The fault of the device last told, so that a reader that stays away is told once.
    told: Option<ReaderFault>,
}

impl Default for CardReader {
    fn default() -> Self {
        Self::new()
    }
}

/// Why a card was not read, so far.
enum Unread {
    /// Nothing lies there.
    NotThere,
    /// Something lies there, not well enough yet.
    NotYet,
    /// Somebody has to be told.
    Tell(ReaderFault),
    /// No usable answer.
    Lost(ExchangeError),
}

impl CardReader {
    /// A driver that has not seen its reader yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            exchange: Exchange::default(),
            field: Field::Empty,
            speed: None,
            sam_id: None,
            next_poll: Duration::ZERO,
            unanswered: 0,
            selects_failed: 0,
            interrupted: false,
            watch_by_reading: false,
            told: None,
        }
    }

    /// Looks for the module: at the speed it last had, then at the others, fastest first.
    fn find_module(&mut self, line: &mut dyn Transport) -> Result<(), ExchangeError> {
        let known = self.speed.take();
        let others = SPEEDS.into_iter().filter(|speed| Some(*speed) != known);
        let mut asks = FIRST_ASKS;
        let mut failure = ExchangeError::Silence;
        for speed in known.into_iter().chain(others) {
            let adjustable = line.set_speed(speed)?;
            for _ in 0..asks {
                match self.exchange.ask(line, &SamStatus) {
                    Ok(()) => {
                        self.speed = adjustable.then_some(speed);
                        return Ok(());
                    }
                    Err(error @ (ExchangeError::Silence | ExchangeError::Garbled)) => {
                        failure = error;
                    }
                    Err(error) => return Err(error),
                }
            }
            if !adjustable {
                break;
            }
            asks = 1;
        }
        Err(failure)
    }

    /// Resets the module, so that a card left on it counts as newly put, and reads its
    /// number. A module that cannot be reset is used as it is.
    fn prepare_module(&mut self, line: &mut dyn Transport) -> Result<SamId, ExchangeError> {
        if let Err(error @ ExchangeError::Line(_)) = self.exchange.ask(line, &ResetSam) {
            return Err(error);
        }
        match self.exchange.ask(line, &ReadSamId) {
            Err(ExchangeError::Silence | ExchangeError::Garbled) => {
                self.exchange.ask(line, &ReadSamId)
            }
            result => result,
        }
    }

    /// Waits until the next poll, throwing away what a reader says unasked.
    fn pause(&mut self, line: &mut dyn Transport) -> Result<(), Fault> {
        let mut stray = [0; 64];
        while line.now() < self.next_poll {
            line.read(&mut stray, self.next_poll)?;
        }
        stray.zeroize();
        Ok(())
    }

    /// Find, select, read, newest address: all of it or nothing.
    fn read_card(&mut self, line: &mut dyn Transport) -> Result<Box<Card>, Unread> {
        if let Err(error) = self.exchange.ask(line, &FindCard) {
            return Err(unread(error, "find card"));
        }
        self.interrupted = true;
        self.select(line)?;
        let read = match self.exchange.ask(line, &ReadCard) {
            Err(ExchangeError::Status(Status::RandomFailed)) => self.exchange.ask(line, &ReadCard),
            result => result,
        };
        let read = read.map_err(|error| unread(error, "read card"))?;
        let mut card = Box::new(text::parse(&read.text));
        card.photo = !read.photo.is_empty();
        self.watch_by_reading = false;
        match self.exchange.ask(line, &ReadNewestAddress) {
            Ok(address) if !address.is_empty() => card.new_address = Some(address.to_string()),
            Ok(_) | Err(ExchangeError::Status(Status::NotOnCard)) => {}
            Err(ExchangeError::Status(Status::BadCommand | Status::NotAllowed)) => {
                self.watch_by_reading = true;
            }
            Err(error) => return Err(unread(error, "read newest address")),
        }
        self.interrupted = false;
        Ok(card)
    }

    fn select(&mut self, line: &mut dyn Transport) -> Result<(), Unread> {
        match self.exchange.ask(line, &SelectCard) {
            Ok(_) => {
                self.selects_failed = 0;
                Ok(())
            }
            Err(ExchangeError::Status(Status::SelectFailed)) => {
                self.selects_failed = self.selects_failed.saturating_add(1);
                if self.selects_failed < SELECTS {
                    return Err(Unread::NotYet);
                }
                let kind = ReaderFaultKind::SelectFailed;
                Err(Unread::Tell(tell(
                    kind,
                    "select card",
                    Status::SelectFailed,
                )))
            }
            Err(error) => Err(unread(error, "select card")),
        }
    }

    /// Looks for a card and reads it.
    fn look(
        &mut self,
        line: &mut dyn Transport,
        emit: &mut dyn FnMut(ReaderEvent),
    ) -> Result<(), Fault> {
        let unread = match self.read_card(line) {
            Ok(card) => {
                self.unanswered = 0;
                self.field = Field::Read;
                emit(ReaderEvent::Card(card));
                return Ok(());
            }
            Err(unread) => unread,
        };
        match unread {
            Unread::Lost(error) => return self.forgive(error, "find and read"),
            Unread::NotYet => {}
            Unread::NotThere => self.field_empty(emit),
            Unread::Tell(fault) => {
                let status = fault.sw3.map(Status::from);
                self.tell_card(fault, emit);
                if matches!(status, Some(Status::UnknownError | Status::RandomFailed)) {
                    let reset = self.exchange.ask(line, &ResetSam);
                    reset.map_err(|error| error.into_fault("reset SAM"))?;
                }
            }
        }
        self.unanswered = 0;
        self.interrupted = false;
        Ok(())
    }

    /// Tells of a card that cannot be read, once as long as it lies there.
    fn tell_card(&mut self, fault: ReaderFault, emit: &mut dyn FnMut(ReaderEvent)) {
        if self.field != Field::Failed {
            self.field = Field::Failed;
            emit(ReaderEvent::Fault(fault));
        }
    }

    /// Find saw nothing: a card whose reading failed or broke off was lifted.
    fn field_empty(&mut self, emit: &mut dyn FnMut(ReaderEvent)) {
        self.selects_failed = 0;
        if self.interrupted {
            let fault = ReaderFault {
                kind: ReaderFaultKind::ReadFailed,
                detail: "read card".to_owned(),
                sw3: None,
            };
            self.tell_card(fault, emit);
        }
        if self.field != Field::Empty {
            self.field = Field::Empty;
            emit(ReaderEvent::Removed);
        }
    }

    /// Asks whether the card that was read still lies there.
    fn watch(
        &mut self,
        line: &mut dyn Transport,
        emit: &mut dyn FnMut(ReaderEvent),
    ) -> Result<(), Fault> {
        let answer = if self.watch_by_reading {
            self.exchange.ask(line, &ReadCard).map(drop)
        } else {
            self.exchange.ask(line, &ReadNewestAddress).map(drop)
        };
        match answer {
            Ok(()) | Err(ExchangeError::Status(Status::NotOnCard)) => {}
            Err(ExchangeError::Status(status)) if !unfit(status) => {
                self.field = Field::Empty;
                emit(ReaderEvent::Removed);
            }
            Err(error) => return self.forgive(error, "watch card"),
        }
        self.unanswered = 0;
        Ok(())
    }

    /// Counts an exchange without a usable answer; one or two are forgiven.
    fn forgive(&mut self, error: ExchangeError, doing: &'static str) -> Result<(), Fault> {
        if matches!(error, ExchangeError::Silence | ExchangeError::Garbled) {
            self.unanswered += 1;
            if self.unanswered < PATIENCE {
                return Ok(());
            }
        }
        Err(error.into_fault(doing))
    }
}

/// Whether the module says of itself that it cannot work.
fn unfit(status: Status) -> bool {
    matches!(status, Status::SelfTestFailed | Status::NotAuthorised)
}

/// What a failed exchange means for the card.
fn unread(error: ExchangeError, doing: &'static str) -> Unread {
    let status = match error {
        ExchangeError::Status(status) => status,
        ExchangeError::Silence | ExchangeError::Garbled | ExchangeError::Line(_) => {
            return Unread::Lost(error);
        }
    };
    match status {
        Status::NoCard => Unread::NotThere,
        Status::SelfTestFailed | Status::NotAuthorised => Unread::Lost(error),
        Status::ReadFailed | Status::SelectFailed | Status::RandomFailed => {
            Unread::Tell(tell(ReaderFaultKind::ReadFailed, doing, status))
        }
        Status::CardRefusedModule | Status::ModuleRefusedCard | Status::VerificationFailed => {
            Unread::Tell(tell(ReaderFaultKind::NotAccepted, doing, status))
        }
        Status::UnsupportedCard => {
            Unread::Tell(tell(ReaderFaultKind::UnsupportedCard, doing, status))
        }
        Status::Success
        | Status::Found
        | Status::NotOnCard
        | Status::WrongChecksum
        | Status::WrongLength
        | Status::BadCommand
        | Status::NotAllowed
        | Status::UnknownError
        | Status::Other(_) => Unread::Tell(tell(ReaderFaultKind::Refused, doing, status)),
    }
}

fn tell(kind: ReaderFaultKind, doing: &str, status: Status) -> ReaderFault {
    ReaderFault {
        kind,
        detail: doing.to_owned(),
        sw3: Some(status.into()),
    }
}

/// The device's fault in the words of the reader.
fn device_fault(fault: &Fault) -> ReaderFault {
    let kind = match fault.kind {
        FaultKind::Absent | FaultKind::Refused | FaultKind::LineLost => ReaderFaultKind::Unplugged,
        FaultKind::NoAnswer | FaultKind::Garbled | FaultKind::WrongDevice => {
            ReaderFaultKind::NoAnswer
        }
        FaultKind::OutOfService | FaultKind::NeedsHand => ReaderFaultKind::OutOfService,
    };
    let cause = fault.source.as_ref();
    let sw3 = match cause.and_then(|cause| cause.downcast_ref::<ExchangeError>()) {
        Some(ExchangeError::Status(status)) => Some(u8::from(*status)),
        Some(_) | None => None,
    };
    ReaderFault {
        kind,
        detail: fault.key.to_string(),
        sw3,
    }
}

impl Driver for CardReader {
    /// A reader takes no orders: it reads what is put on it.
    type Command = Infallible;
    type Event = ReaderEvent;

    fn identify(&mut self, line: &mut dyn Transport) -> Result<Identity, Fault> {
        self.field = Field::Empty;
        self.unanswered = 0;
        self.selects_failed = 0;
        self.interrupted = false;
        self.find_module(line)
            .map_err(|error| error.into_fault("SAM status"))?;
        let id = self
            .prepare_module(line)
            .map_err(|error| error.into_fault("read SAM id"))?;
        self.sam_id = Some(id);
        Ok(Identity {
            name: id.to_string(),
            detail: self.speed.map(|speed| format!("{speed} bit/s")),
        })
    }

    fn step(
        &mut self,
        line: &mut dyn Transport,
        _commands: &mut dyn FnMut() -> Option<Infallible>,
        emit: &mut dyn FnMut(ReaderEvent),
    ) -> Result<(), Fault> {
        if let Some(id) = self.sam_id.take() {
            self.told = None;
            emit(ReaderEvent::SamId(id));
        }
        self.pause(line)?;
        let result = match self.field {
            Field::Read => self.watch(line, emit),
            Field::Empty | Field::Failed => self.look(line, emit),
        };
        self.next_poll = line.now() + POLL;
        result
    }

    fn failed(&mut self, fault: &Fault, emit: &mut dyn FnMut(ReaderEvent)) {
        if self.field != Field::Empty {
            self.field = Field::Empty;
            emit(ReaderEvent::Removed);
        }
        let fault = device_fault(fault);
        if self.told.as_ref() != Some(&fault) {
            self.told = Some(fault.clone());
            emit(ReaderEvent::Fault(fault));
        }
    }

    fn refuse(&mut self, command: Infallible, _fault: &Fault, _emit: &mut dyn FnMut(ReaderEvent)) {
        match command {}
    }
}
